//! Labels on graphics cards through wgpu: which devices there are, their compute kernel, and its tuning (03 §3.3).
//!
//! Keeps true: a device is only handed out after it computed known labels correctly; no dispatch runs long enough for a driver's watchdog
//! (2 s on Windows); a lost device is an error of that device and of nothing else.
//!
//! ```text
//! prepare  X = T1 ‖ T2, counter = 0                                                             ends.wgsl, an invocation per label
//! fill     `steps` rows: keep every gap-th, X = chunkmix(X); counter runs 0..N       ┐
//! mix      `steps` chunkmixes of a state machine per label: one either recomputes    │ lane.wgsl, an invocation per label, or
//!          a row that was not kept or advances X; counter runs N..2N                 │ quad.wgsl, four invocations per label
//! rest     what labels still lack that had more to recompute than most               ┘
//! finish   label32 = HMAC(password, X ‖ 00000001), 16 bytes out, VRF filter                     ends.wgsl
//! ```
//!
//! A label in flight takes N/gap rows of 128 bytes in one of several scratch buffers ("pools"), 128 bytes of X and a counter. A chunkmix is
//! 832 integer operations; the state machine makes a label cost N(2 + (gap − 1)/2) of them instead of the N(1 + gap) of lock-step branches.
//! A label caught in the middle of a recompute by the end of a dispatch starts that row again.
//!
//! Why WGSL: one kernel for Vulkan, Metal and Direct3D 12, so that no vendor's toolkit has to be installed.

mod display; // which one a person looks at
mod engine; // one open device
mod layout; // how its memory is divided
mod memory; // how much there is
mod program; // pipelines and buffers
mod steps; // the dispatches of a batch
mod tune; // which division is fastest

use std::path::PathBuf;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use wgpu::{Adapter, Backend, Backends, Instance, InstanceDescriptor};

use crate::device::{DeviceError, DeviceInfo, DeviceKind};
use crate::params::ScryptN;

pub use engine::GpuDevice;
pub use layout::{GpuKernel, Tuning};
pub(crate) use tune::measure_rate;
pub use tune::{TuningFile, TuningTrial, open_tuned};

/// A device of this machine and whether it can compute labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Name and nature.
    #[serde(flatten)]
    pub info: DeviceInfo,
    /// Why it cannot be used; `None` when it can.
    pub unusable: Option<String>,
    /// Drives a display or shares the processor's memory: start it in gentle mode.
    pub gentle_by_default: bool,
}

/// How a GPU device is opened.
#[derive(Clone, Debug, Default)]
pub struct GpuOptions {
    /// Lookup gap, lanes and workgroup size; `None`: from the tuning file, otherwise a cautious guess.
    pub tuning: Option<Tuning>,
    /// Where measured tunings are kept, per device and driver version.
    pub tuning_file: Option<PathBuf>,
    /// Most bytes of the device's memory to use; `None`: what the device can spare.
    pub memory_limit: Option<u64>,
    /// Most bytes of one buffer; `None`: what the driver says it binds.
    pub buffer_limit: Option<u64>,
}

/// Scrypt's N decides how much memory a lane takes.
pub(crate) const fn row_bytes(n: ScryptN, gap: u32) -> u64 {
    n.get().div_ceil(gap) as u64 * 128
}

/// Share of the memory budget above which the driver must refuse instead of pushing others out.
const MEMORY_PERCENT: u8 = 88;

fn instance() -> &'static Instance {
    static INSTANCE: OnceLock<Instance> = OnceLock::new();
    INSTANCE.get_or_init(|| {
        let mut descriptor = InstanceDescriptor::new_without_display_handle();
        descriptor.backends = Backends::VULKAN | Backends::METAL | Backends::DX12;
        descriptor.flags = wgpu::InstanceFlags::empty();
        descriptor.memory_budget_thresholds.for_resource_creation = Some(MEMORY_PERCENT);
        Instance::new(descriptor)
    })
}

/// Every graphics device, one entry per card also when two drivers offer it (Vulkan is preferred). Empty when no driver is installed.
pub fn providers() -> Vec<Provider> {
    let adapters = adapters();
    let is_only = adapters.len() == 1;
    adapters
        .into_iter()
        .map(|(adapter, info)| provider(&adapter, info, is_only))
        .collect()
}

/// Opens a device by its id, checks known labels, and leaves it ready.
///
/// # Errors
/// When there is no such device, it cannot be opened, or it computes wrong labels.
pub fn open(id: &str, options: &GpuOptions) -> Result<GpuDevice, DeviceError> {
    let Some((adapter, info)) = adapters().into_iter().find(|(_, info)| info.id == id) else {
        return Err(DeviceError::Unsupported {
            name: id.to_owned(),
            reason: "there is no such device; it may be unplugged or its driver missing. List the devices and choose again".to_owned(),
        });
    };
    GpuDevice::open(&adapter, info, options)
}

fn adapters() -> Vec<(Adapter, DeviceInfo)> {
    let mut adapters = pollster::block_on(
        instance().enumerate_adapters(Backends::VULKAN | Backends::METAL | Backends::DX12),
    );
    adapters.sort_by_key(|adapter| adapter.get_info().backend != Backend::Vulkan);
    let mut found: Vec<(Adapter, DeviceInfo, Slot)> = Vec::new();
    for adapter in adapters {
        let info = adapter.get_info();
        let slot = Slot {
            vendor: info.vendor,
            device: info.device,
            bus: info.device_pci_bus_id.clone(),
            backend: info.backend,
        };
        if found.iter().any(|(_, _, other)| other.is_same_card(&slot)) {
            continue;
        }
        let twins = found.iter().filter(|(_, _, other)| *other == slot).count();
        let description = describe(&adapter, &info, twins);
        found.push((adapter, description, slot));
    }
    found
        .into_iter()
        .map(|(adapter, info, _)| (adapter, info))
        .collect()
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Slot {
    vendor: u32,
    device: u32,
    bus: String,
    backend: Backend,
}

impl Slot {
    /// The same card offered by two drivers. Without a slot on the bus, equal models of different backends are taken for one card.
    fn is_same_card(&self, other: &Self) -> bool {
        let bus = self.bus == other.bus || self.bus.is_empty() || other.bus.is_empty();
        self.backend != other.backend
            && self.vendor == other.vendor
            && self.device == other.device
            && bus
    }
}

fn describe(adapter: &Adapter, info: &wgpu::AdapterInfo, twins: usize) -> DeviceInfo {
    let backend = match info.backend {
        Backend::Vulkan => "vulkan",
        Backend::Metal => "metal",
        Backend::Dx12 => "dx12",
        Backend::Gl | Backend::BrowserWebGpu | Backend::Noop => "other",
    };
    let mut id = format!("{backend}-{:04x}-{:04x}", info.vendor, info.device);
    if !info.device_pci_bus_id.is_empty() {
        id.push('-');
        id.push_str(&info.device_pci_bus_id);
    }
    if twins > 0 {
        id.push_str(&format!("-{}", twins + 1));
    }
    let driver = [info.driver.as_str(), info.driver_info.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    DeviceInfo {
        id,
        name: info.name.clone(),
        backend: backend.to_owned(),
        kind: match info.device_type {
            wgpu::DeviceType::DiscreteGpu => DeviceKind::DiscreteGpu,
            wgpu::DeviceType::IntegratedGpu => DeviceKind::IntegratedGpu,
            wgpu::DeviceType::VirtualGpu => DeviceKind::VirtualGpu,
            wgpu::DeviceType::Cpu => DeviceKind::Software,
            wgpu::DeviceType::Other => DeviceKind::Other,
        },
        driver,
        memory: memory::device_memory(adapter),
    }
}

fn provider(adapter: &Adapter, info: DeviceInfo, is_only: bool) -> Provider {
    let limits = adapter.limits();
    let unusable =
        if limits.max_storage_buffers_per_shader_stage < layout::FIXED_STORAGE_BUFFERS + 1 {
            Some(format!(
                "its driver binds {} storage buffers, {} are needed; update the driver",
                limits.max_storage_buffers_per_shader_stage,
                layout::FIXED_STORAGE_BUFFERS + 1
            ))
        } else if info.kind == DeviceKind::Software {
            Some("it is emulated by the processor: the processor itself is faster".to_owned())
        } else {
            None
        };
    let gentle_by_default = info.kind == DeviceKind::IntegratedGpu
        || display::drives_display(&adapter.get_info().device_pci_bus_id).unwrap_or(is_only);
    Provider {
        info,
        unusable,
        gentle_by_default,
    }
}
