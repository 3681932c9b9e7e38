//! From figures to a proposal: pure arithmetic.
//!
//! The arithmetic of a proof: `passes × (pow + bytes / speed)`, where `pow` = expected hashes ÷ hash rate, `speed` = the slower of the drive
//! and of the ciphers of all threads, `passes` = expected number of passes, 1 / P(one of n nonces has K2 hits) (03 §3.9).

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{MeasuredDevice, MeasuredDrive, Measurement, NONCE_CHOICES};
use crate::aes::NONCES_PER_GROUP;
use crate::difficulty::scale_pow_difficulty;
use crate::k2pow::expected_hashes;
use crate::params::PostParams;

/// What a person may prefer to the proposal, and what the network prescribes.
#[derive(Clone, Debug, PartialEq)]
pub struct Wishes {
    /// Drive; the fastest with room when absent.
    pub folder: Option<PathBuf>,
    /// Units; proposed when absent.
    pub num_units: Option<u32>,
    /// Nonces; proposed when absent.
    pub nonces: Option<u32>,
    /// Threads for proving; three quarters of the processor when absent.
    pub threads: Option<usize>,
    /// Ids of the devices that fill; all usable graphics devices, or the processor without any, when absent.
    pub devices: Option<Vec<String>>,
    /// Time for a proof: the network's cycle gap.
    pub window: Duration,
}

impl Wishes {
    /// No preferences.
    pub const fn proposal(window: Duration) -> Self {
        Self {
            folder: None,
            num_units: None,
            nonces: None,
            threads: None,
            devices: None,
            window,
        }
    }
}

/// How a proof fits its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// At most 35 %.
    Comfortable,
    /// At most 70 %.
    Fits,
    /// More.
    TooLong,
}

/// Size, devices and settings for this machine, with what they cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Folder on the chosen drive.
    pub folder: PathBuf,
    /// Units; 0 when not even the network's least fits.
    pub num_units: u32,
    /// Bytes of that.
    pub bytes: u64,
    /// Most units that the drive holds with 10 % and at least 20 GiB left free.
    pub max_units_by_space: u32,
    /// Most units that prove in 70 % of the window.
    pub max_units_by_time: u32,
    /// Largest size that proves within half of the window, in units: the mark on the size control.
    pub half_window_units: u32,
    /// Devices that fill.
    pub devices: Vec<String>,
    /// Labels per second of these together.
    pub labels_per_second: f64,
    /// Seconds of filling; `None` without a measured device.
    pub init_seconds: Option<f64>,
    /// Nonces.
    pub nonces: u32,
    /// Threads for proving.
    pub threads: usize,
    /// A proof of that size.
    pub proof: ProofTime,
    /// How the proof fits its window.
    pub fit: Fit,
    /// What was decided from what, in sentences.
    pub basis: Vec<String>,
}

/// How long a proof takes on average.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProofTime {
    /// RandomX work of one pass, seconds.
    pub pow_seconds: f64,
    /// Reading and ciphers of one pass, seconds.
    pub read_seconds: f64,
    /// Probability that one pass suffices.
    pub one_pass: f64,
    /// All, with the expected number of passes, seconds.
    pub seconds: f64,
    /// The slower side: `drive` or `processor`.
    pub drive_bound: bool,
}

/// Probability that at least one of `nonces` nonces has K2 hits where K1 are expected: hits are Poisson distributed.
pub fn one_pass_probability(k1: u32, k2: u32, nonces: u32) -> f64 {
    let k1 = f64::from(k1);
    let mut term = (-k1).exp();
    let mut below = 0.0;
    for i in 0..k2 {
        below += term;
        term *= k1 / f64::from(i + 1);
    }
    1.0 - below.min(1.0).powi(nonces.cast_signed())
}

/// Time of a proof. `None` when a figure that it needs is missing.
pub fn proof_time(
    measurement: &Measurement,
    drive: &MeasuredDrive,
    params: &PostParams,
    num_units: u32,
    nonces: u32,
    threads: usize,
) -> Option<ProofTime> {
    let read = drive.read_bytes_per_second.as_ref()?.value;
    let per_thread = cipher_rate(measurement, nonces)?;
    // Hashing is measured on all threads.
    let pow_rate = measurement.pow_hashes_per_second.as_ref()?.value
        * threads.min(measurement.threads) as f64
        / measurement.threads.max(1) as f64;
    let hashes = expected_hashes(&scale_pow_difficulty(&params.pow_difficulty, num_units))
        * f64::from(nonces.div_ceil(NONCES_PER_GROUP));
    let bytes = params.unit_bytes() as f64 * f64::from(num_units);
    let cipher = per_thread * threads as f64;
    let pow_seconds = hashes / pow_rate;
    let read_seconds = bytes / read.min(cipher);
    let one_pass = one_pass_probability(params.k1, params.k2, nonces);
    Some(ProofTime {
        pow_seconds,
        read_seconds,
        one_pass,
        seconds: (pow_seconds + read_seconds) / one_pass.max(1e-9),
        drive_bound: read < cipher,
    })
}

/// Bytes per second of one thread: measured, or from the nearest measured number of nonces (time grows in proportion).
fn cipher_rate(measurement: &Measurement, nonces: u32) -> Option<f64> {
    let nearest = measurement
        .cipher_bytes_per_second
        .iter()
        .min_by_key(|(measured, _)| measured.abs_diff(nonces))?;
    Some(nearest.1.value * f64::from(nearest.0) / f64::from(nonces.max(1)))
}

/// Bytes that must stay free on a drive.
const LEAST_FREE: u64 = 20 << 30;

/// Proposes size and settings. `None` when there is no drive.
pub fn propose(
    measurement: &Measurement,
    params: &PostParams,
    wishes: &Wishes,
) -> Option<Proposal> {
    let mut basis = Vec::new();
    let threads = wishes
        .threads
        .unwrap_or((measurement.threads * 3 / 4).max(1));
    let unit = params.unit_bytes().max(1) as f64;
    let by_space = |drive: &MeasuredDrive| {
        (room(drive) as f64 / unit).min(f64::from(params.max_num_units)) as u32
    };
    let drive = match &wishes.folder {
        Some(folder) => measurement
            .drives
            .iter()
            .find(|drive| drive.folder == *folder)?,
        None => {
            let speed = |drive: &MeasuredDrive| {
                drive
                    .read_bytes_per_second
                    .as_ref()
                    .map_or(0.0, |figure| figure.value)
            };
            let has_room = |drive: &&MeasuredDrive| by_space(drive) >= params.min_num_units;
            let fastest = measurement
                .drives
                .iter()
                .filter(has_room)
                .max_by(|a, b| speed(a).total_cmp(&speed(b)));
            fastest.or_else(|| measurement.drives.iter().max_by_key(|drive| drive.free))?
        }
    };
    let max_units_by_space = by_space(drive);
    basis.push(format!(
        "{}: {} GiB free, 10 % and at least 20 GiB stay free",
        drive.folder.display(),
        drive.free >> 30
    ));

    let window = wishes.window.as_secs_f64();
    let time =
        |units: u32, nonces: u32| proof_time(measurement, drive, params, units, nonces, threads);
    let best_nonces = |units: u32| {
        wishes.nonces.unwrap_or_else(|| {
            let seconds = |nonces| time(units, nonces).map_or(f64::INFINITY, |time| time.seconds);
            NONCE_CHOICES
                .into_iter()
                .min_by(|&a, &b| seconds(a).total_cmp(&seconds(b)))
                .unwrap_or(288)
        })
    };
    let largest_within = |limit: f64| {
        let fits =
            |units: u32| time(units, best_nonces(units)).is_some_and(|time| time.seconds <= limit);
        let (mut low, mut high) = (0, max_units_by_space.saturating_add(1));
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if fits(middle) {
                low = middle
            } else {
                high = middle
            }
        }
        low
    };
    let half_window_units = largest_within(window * 0.5);
    let max_units_by_time = largest_within(window * 0.7);
    let quarter = (drive.free as f64 / 4.0 / unit) as u32;
    let num_units = wishes.num_units.unwrap_or_else(|| {
        basis.push(format!("a quarter of the free space is {quarter} units; {half_window_units} units prove in half of the window"));
        let wanted = quarter.min(half_window_units).min(max_units_by_space);
        // Small drives: the least that the network takes, when it fits at all.
        let least_fits = max_units_by_space.min(max_units_by_time) >= params.min_num_units;
        if wanted >= params.min_num_units { wanted } else if least_fits { params.min_num_units } else { 0 }
    });
    let nonces = best_nonces(num_units.max(1));
    let proof = time(num_units.max(1), nonces)?;
    basis.push(format!(
        "{nonces} nonces: one pass suffices with {:.1} %, the {} is the slower side",
        proof.one_pass * 100.0,
        if proof.drive_bound {
            "drive"
        } else {
            "processor"
        }
    ));
    let devices = wishes
        .devices
        .clone()
        .unwrap_or_else(|| proposed_devices(measurement));
    let labels_per_second: f64 = measurement
        .devices
        .iter()
        .filter(|device| devices.contains(&device.info.id))
        .filter_map(|device| device.labels_per_second.as_ref())
        .map(|figure| figure.value)
        .sum();
    let labels = params.labels_per_unit as f64 * f64::from(num_units);
    let share = proof.seconds / window.max(1.0);
    Some(Proposal {
        folder: drive.folder.clone(),
        num_units,
        bytes: (unit * f64::from(num_units)) as u64,
        max_units_by_space,
        max_units_by_time,
        half_window_units,
        devices,
        labels_per_second,
        init_seconds: (labels_per_second > 0.0).then(|| labels / labels_per_second),
        nonces,
        threads,
        proof,
        fit: if share <= 0.35 {
            Fit::Comfortable
        } else if share <= 0.7 {
            Fit::Fits
        } else {
            Fit::TooLong
        },
        basis,
    })
}

/// Bytes that a drive can give.
fn room(drive: &MeasuredDrive) -> u64 {
    drive
        .free
        .saturating_sub((drive.total / 10).max(LEAST_FREE))
}

/// Graphics devices, or the processor without any: beside a card it would only add heat.
fn proposed_devices(measurement: &Measurement) -> Vec<String> {
    let usable =
        |device: &&MeasuredDevice| device.unusable.is_none() && device.labels_per_second.is_some();
    let graphics: Vec<String> = measurement
        .devices
        .iter()
        .filter(usable)
        .filter(|device| device.info.id != crate::device::CPU_DEVICE_ID)
        .map(|device| device.info.id.clone())
        .collect();
    if graphics.is_empty() {
        vec![crate::device::CPU_DEVICE_ID.to_owned()]
    } else {
        graphics
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::path::Path;

    use super::super::Figure;
    use super::*;
    use crate::device::{DeviceInfo, DeviceKind};

    const GIB: u64 = 1 << 30;
    const WINDOW: Duration = Duration::from_secs(12 * 3600);

    fn device(id: &str, rate: f64) -> MeasuredDevice {
        MeasuredDevice {
            info: DeviceInfo {
                id: id.to_owned(),
                name: id.to_owned(),
                backend: String::new(),
                kind: DeviceKind::DiscreteGpu,
                driver: String::new(),
                memory: None,
            },
            labels_per_second: Some(Figure::derived(rate, "test")),
            unusable: None,
            gentle_by_default: false,
        }
    }

    fn drive(folder: &str, free_gib: u64, mib_per_second: f64) -> MeasuredDrive {
        MeasuredDrive {
            folder: folder.into(),
            mount: None,
            kind: "hdd".to_owned(),
            file_system: "ext4".to_owned(),
            is_network: false,
            total: 4096 * GIB,
            free: free_gib * GIB,
            read_bytes_per_second: Some(Figure::derived(mib_per_second * 1024.0 * 1024.0, "test")),
            problem: None,
        }
    }

    /// 8 threads; ciphers as on the reference machine of the spec; 3,000 hashes per second.
    fn machine(drives: Vec<MeasuredDrive>) -> Measurement {
        let gib =
            |nonces: u32| Figure::derived(1.0 * GIB as f64 * 288.0 / f64::from(nonces), "test");
        Measurement {
            devices: vec![device("cpu", 4000.0), device("card", 400_000.0)],
            drives,
            cipher: "vaes512".to_owned(),
            cipher_bytes_per_second: NONCE_CHOICES.map(|nonces| (nonces, gib(nonces))).to_vec(),
            pow_hashes_per_second: Some(Figure::derived(3000.0, "test")),
            threads: 8,
            memory: 32 * GIB,
        }
    }

    #[test]
    fn the_probability_of_one_pass_is_that_of_the_specification() {
        for (nonces, percent) in [(16, 32.6), (64, 79.4), (128, 95.75), (288, 99.918)] {
            let found = one_pass_probability(26, 37, nonces) * 100.0;
            assert!(
                (found - percent).abs() < 0.06,
                "{nonces} nonces: {found} %, expected {percent} %"
            );
        }
    }

    #[test]
    fn the_fastest_drive_with_room_is_proposed_with_a_quarter_of_its_space() {
        let measurement = machine(vec![
            drive("/full", 420, 3000.0),
            drive("/slow", 4000, 41.0),
            drive("/good", 3600, 500.0),
        ]);
        let proposal = propose(
            &measurement,
            &PostParams::MAINNET,
            &Wishes::proposal(WINDOW),
        )
        .unwrap();
        assert_eq!(proposal.folder, Path::new("/good"));
        assert_eq!(proposal.num_units, 3600 / 4 / 64);
        assert_eq!(
            proposal.devices,
            ["card"],
            "the processor only helps where there is no card"
        );
        let labels = 14.0 * 4_294_967_296.0;
        assert!((proposal.init_seconds.unwrap() - labels / 400_000.0).abs() < 1.0);
        assert_eq!(proposal.fit, Fit::Comfortable);
        assert!(proposal.proof.drive_bound);
    }

    #[test]
    fn a_slow_drive_is_limited_by_what_proves_in_half_of_the_window() {
        // 41 MiB/s: 12 h are 1.69 TiB, so a quarter of a large drive would be too much.
        let mut slow = drive("/slow", 3600, 41.0);
        slow.total = 3700 * GIB;
        let mut measurement = machine(vec![slow]);
        let proposal = propose(
            &measurement,
            &PostParams::MAINNET,
            &Wishes::proposal(WINDOW),
        )
        .unwrap();
        assert_eq!(proposal.num_units, 13, "{proposal:?}");
        assert!(proposal.proof.seconds <= WINDOW.as_secs_f64() / 2.0);
        let more = Wishes {
            num_units: Some(64),
            ..Wishes::proposal(WINDOW)
        };
        let too_much = propose(&measurement, &PostParams::MAINNET, &more).unwrap();
        assert_eq!(too_much.fit, Fit::TooLong);
        assert!(too_much.max_units_by_time < 64 && too_much.max_units_by_time > 13);
        measurement.drives[0].free = 100 * GIB;
        let none = propose(
            &measurement,
            &PostParams::MAINNET,
            &Wishes::proposal(WINDOW),
        )
        .unwrap();
        assert_eq!(
            (none.num_units, none.max_units_by_space),
            (0, 0),
            "256 GiB do not fit"
        );
    }

    #[test]
    fn fewer_nonces_are_proposed_where_the_processor_is_slower_than_the_drive() {
        let mut measurement = machine(vec![drive("/fast", 3600, 6000.0)]);
        measurement.threads = 1;
        for (nonces, figure) in &mut measurement.cipher_bytes_per_second {
            figure.value = 0.2 * GIB as f64 * 64.0 / f64::from(*nonces);
        }
        let proposal = propose(
            &measurement,
            &PostParams::MAINNET,
            &Wishes::proposal(WINDOW),
        )
        .unwrap();
        assert!(
            proposal.nonces < 288 && !proposal.proof.drive_bound,
            "{proposal:?}"
        );
    }
}
