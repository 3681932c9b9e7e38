//! How long filling and proving a size will take, from measured figures.

use std::{path::Path, sync::Arc, time::Duration};

use jiff::Timestamp;
use post_gpu::{
    measure::{Fit, Measurement, Wishes, propose},
    params::PostParams,
};

use super::work;
use crate::{
    app::Inner,
    error::{AppError, ErrorCode},
    session::after,
    view::{Decimal, ForecastArgs, ForecastView, Instant, Sentence},
};

/// What a forecast is made from.
pub(super) struct Basis<'a> {
    pub(super) measurement: &'a Measurement,
    pub(super) folder: &'a Path,
    pub(super) params: &'a PostParams,
    pub(super) units: u32,
    pub(super) devices: &'a [String],
    pub(super) nonces: u32,
    pub(super) threads: usize,
    pub(super) window_seconds: f64,
    pub(super) now: Timestamp,
}

impl Inner {
    pub(crate) fn forecast(self: &Arc<Self>, args: ForecastArgs) -> Result<ForecastView, AppError> {
        super::setup::check_proving(args.nonces, args.threads)?;
        let network = self.network_in_use();
        let params = work::params(network.post())?;
        if args.units == 0 {
            return Err(AppError::new(ErrorCode::InvalidSize).field("units"));
        }
        let proposal = self.proposal(crate::view::Done {})?;
        let (kept, proposed) = {
            let state = self.smeshing.state();
            (
                state.measured.last.clone(),
                state.measured.proposed_devices().unwrap_or_default(),
            )
        };
        let kept = kept.ok_or_else(|| AppError::new(ErrorCode::NotMeasured))?;
        let devices = if args.providers.is_empty() {
            proposed
        } else {
            args.providers
        };
        Ok(forecast_view(&Basis {
            measurement: &kept.measurement,
            folder: Path::new(&proposal.folder.path),
            params: &params,
            units: args.units,
            devices: &devices,
            nonces: args.nonces.unwrap_or(proposal.nonces),
            threads: args.threads.unwrap_or(proposal.threads) as usize,
            window_seconds: network.window_seconds(),
            now: self.now(),
        }))
    }
}

/// Labels per second of some devices together.
pub(super) fn fill_rate(measurement: &Measurement, devices: &[String]) -> Option<f64> {
    let rate: f64 = measurement
        .devices
        .iter()
        .filter(|device| devices.contains(&device.info.id))
        .filter_map(|device| device.labels_per_second.as_ref())
        .map(|figure| figure.value)
        .sum();
    (rate > 0.0).then_some(rate)
}

pub(super) fn forecast_view(basis: &Basis<'_>) -> ForecastView {
    let labels = basis.params.labels_per_unit as f64 * f64::from(basis.units);
    let fill_seconds = fill_rate(basis.measurement, basis.devices).map(|rate| labels / rate);
    let wishes = Wishes {
        folder: Some(basis.folder.to_owned()),
        num_units: Some(basis.units),
        nonces: Some(basis.nonces),
        threads: Some(basis.threads),
        devices: Some(basis.devices.to_vec()),
        window: Duration::from_secs_f64(basis.window_seconds.max(0.0)),
    };
    let proposal = propose(basis.measurement, basis.params, &wishes);
    let proof = proposal.as_ref().map(|proposal| proposal.proof.seconds);
    let verdict = proposal.as_ref().map(|proposal| match proposal.fit {
        Fit::Comfortable => "comfortable",
        Fit::Fits => "fits",
        Fit::TooLong => "too_long",
    });
    let window = span(basis.window_seconds);
    let fill_text = fill_seconds.map_or_else(
        || "Filling was not measured".to_owned(),
        |seconds| format!("Filling takes {}", about(seconds)),
    );
    let proof_text = proof.map_or_else(
        || "a proof was not measured".to_owned(),
        |seconds| format!("a proof {} of {window}", about(seconds)),
    );
    let number = |value: Option<f64>| value.map(|value| format!("{value:.0}")).unwrap_or_default();
    ForecastView {
        units: basis.units,
        bytes: Decimal(
            (basis
                .params
                .unit_bytes()
                .saturating_mul(u128::from(basis.units)))
            .try_into()
            .unwrap_or(u64::MAX),
        ),
        filled_at: fill_seconds
            .filter(|seconds| *seconds < 1e11)
            .map(|seconds| Instant::from_timestamp(after(basis.now, seconds.ceil() as i64))),
        fill_seconds,
        pow_seconds: proposal.as_ref().map(|proposal| proposal.proof.pow_seconds),
        proof_seconds: proof,
        window_seconds: basis.window_seconds,
        verdict: verdict.map(str::to_owned),
        sentence: Sentence::new(
            "forecast.summary",
            format!("{fill_text}, {proof_text}."),
            [
                ("fill", number(fill_seconds)),
                ("proof", number(proof)),
                ("window", format!("{:.0}", basis.window_seconds)),
                ("verdict", verdict.unwrap_or_default().to_owned()),
            ],
        ),
    }
}

/// Seconds from which nobody counts: ten thousand years.
const FOREVER: f64 = 3.2e11;

/// "about 4 h 17 min".
fn about(seconds: f64) -> String {
    let about = if seconds < FOREVER { "about " } else { "" };
    format!("{about}{}", span(seconds))
}

/// A span of time in two units: "4 h 17 min".
pub(super) fn span(seconds: f64) -> String {
    if !seconds.is_finite() || seconds >= FOREVER {
        return "thousands of years".to_owned();
    }
    let total = seconds.max(0.0).round() as u64;
    let (days, hours, minutes, seconds) = (
        total / 86_400,
        total / 3600 % 24,
        total / 60 % 60,
        total % 60,
    );
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) if seconds == 0 => format!("{minutes} min"),
        (0, 0, minutes) => format!("{minutes} min {seconds} s"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_have_two_units() {
        let said: Vec<String> = [
            0.4,
            59.0,
            60.0,
            61.0,
            3600.0,
            15_420.0,
            86_400.0,
            1_087_200.0,
            f64::INFINITY,
        ]
        .into_iter()
        .map(span)
        .collect();
        assert_eq!(
            said,
            [
                "0 s",
                "59 s",
                "1 min",
                "1 min 1 s",
                "1 h",
                "4 h 17 min",
                "1 d",
                "12 d 14 h",
                "thousands of years"
            ]
        );
    }
}
