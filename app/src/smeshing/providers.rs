//! Processors and graphics cards, as the process that may crash sees them.

use std::sync::Arc;

use post_gpu::{
    device::{CPU_DEVICE_ID, CpuDevice, Device as _, DeviceInfo, DeviceKind},
    gpu::Provider,
    worker::{Reply, Request},
};

use super::{measure::rate_of, work};
use crate::{
    app::Inner,
    contract::Change,
    error::AppError,
    session::sentence,
    view::{Decimal, Done, Instant, ProviderView, ProvidersView, Sentence},
};

impl Inner {
    pub(crate) fn providers(self: &Arc<Self>, _: Done) -> Result<ProvidersView, AppError> {
        let known = self.smeshing.state().measured.providers.clone();
        let providers = match known {
            Some(providers) => providers,
            None => self.list_providers()?,
        };
        Ok(self.providers_view(&providers))
    }

    pub(crate) fn refresh_providers(self: &Arc<Self>, _: Done) -> Result<ProvidersView, AppError> {
        let providers = self.list_providers()?;
        self.tell(Change::Providers {});
        Ok(self.providers_view(&providers))
    }

    /// Lists graphics cards in a process of its own. A driver that crashes there means that there is none.
    fn list_providers(&self) -> Result<Vec<Provider>, AppError> {
        let client = work::client(&self.smeshing.worker, false);
        let providers = match client.call(&Request::Providers, &mut |_| {}) {
            Ok(Reply::Providers(providers)) => providers,
            Ok(_) => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "graphics cards could not be listed");
                Vec::new()
            }
        };
        self.smeshing.state().measured.providers = Some(providers.clone());
        Ok(providers)
    }

    pub(super) fn providers_view(&self, providers: &[Provider]) -> ProvidersView {
        let cpu = CpuDevice::detect().info().clone();
        let usable_cards = providers
            .iter()
            .filter(|provider| {
                provider.unusable.is_none() && provider.info.kind != DeviceKind::Software
            })
            .count();
        let now = self.now().as_second();
        let state = self.smeshing.state();
        let chosen = state.measured.proposed_devices();
        let view = |info: &DeviceInfo, unusable: Option<&str>| {
            let measured = rate_of(&state.measured, &info.id, now);
            let proposed = match &chosen {
                Some(chosen) => chosen.contains(&info.id),
                // Before measuring: the cards, or the processor without any.
                None if usable_cards > 0 => {
                    unusable.is_none()
                        && !matches!(info.kind, DeviceKind::Software | DeviceKind::Cpu)
                }
                None => info.kind == DeviceKind::Cpu,
            };
            ProviderView {
                id: info.id.clone(),
                name: info.name.clone(),
                kind: kind(info.kind).to_owned(),
                backend: info.backend.clone(),
                driver: Some(info.driver.clone()).filter(|driver| !driver.is_empty()),
                usable: unusable.is_none(),
                reason: unusable.map(|reason| {
                    Sentence::new(
                        "provider.unusable",
                        sentence(reason),
                        [("name", info.name.clone())],
                    )
                }),
                proposed,
                memory_bytes: info.memory.map(Decimal),
                rate: measured.map(|(rate, _)| rate),
                measured_at: measured.map(|(_, at)| Instant::from_unix_seconds(at)),
            }
        };
        let mut views: Vec<ProviderView> = providers
            .iter()
            .map(|provider| view(&provider.info, provider.unusable.as_deref()))
            .collect();
        views.push(view(&cpu, None));
        views.sort_by_key(|view| (!view.usable, view.kind == "software", view.kind == "cpu"));
        let problem = if usable_cards > 0 {
            None
        } else if let Some(provider) = providers
            .iter()
            .find(|provider| provider.unusable.is_some())
        {
            let reason = provider.unusable.clone().unwrap_or_default();
            Some(Sentence::new(
                "provider.none_usable",
                format!("{}: {}", provider.info.name, sentence(&reason)),
                [("name", provider.info.name.clone())],
            ))
        } else {
            Some(Sentence::new(
                "provider.none",
                "No graphics card found. The processor can fill too, but takes many times longer.",
                [],
            ))
        };
        ProvidersView {
            providers: views,
            problem,
        }
    }
}

const fn kind(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Cpu => CPU_DEVICE_ID,
        DeviceKind::DiscreteGpu
        | DeviceKind::IntegratedGpu
        | DeviceKind::VirtualGpu
        | DeviceKind::Other => "gpu",
        DeviceKind::Software => "software",
    }
}
