//! Autotune: which lookup gap, how many lanes, which workgroup size is fastest on this device with this driver (03 §3.3 item 10).
//!
//! One dimension after the other, from the first guess: the gap trades arithmetic for memory traffic, the lanes hide latency, the workgroup
//! size is the driver's taste. A few seconds on a real card; the result is kept per device and driver version.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::GpuOptions;
use super::engine::GpuDevice;
use super::layout::{GpuKernel, MAX_LANES, Tuning};
use crate::device::{Device, DeviceControl, DeviceError, DeviceInfo, DeviceKind, LabelJob};
use crate::label::Commitment;
use crate::params::ScryptN;

/// A choice and what it gave.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TuningTrial {
    /// The choice as it fitted the device.
    pub tuning: Tuning,
    /// Labels per second.
    pub labels_per_second: f64,
}

/// Fewer lanes that lose less than this are preferred: they stop sooner and leave memory to others.
const WORTH: f64 = 1.02;

impl GpuDevice {
    /// Measures choices for `scrypt`, `trial` long each, takes the best one and returns all trials, the best first. Ends early, with what
    /// it has, when `control` says stop.
    ///
    /// # Errors
    /// When the device fails; a choice that only lacks memory is skipped.
    pub fn autotune(
        &mut self,
        scrypt: ScryptN,
        trial: Duration,
        control: &DeviceControl,
    ) -> Result<Vec<TuningTrial>, DeviceError> {
        let software = matches!(self.info().kind, DeviceKind::Software | DeviceKind::Cpu);
        let most = if software {
            self.tuning().lanes
        } else {
            MAX_LANES
        };
        let start = Tuning {
            lanes: most,
            ..self.tuning()
        };
        let mut trials: Vec<TuningTrial> = Vec::new();
        let mut best = self.try_tuning(start, scrypt, trial, control, &mut trials)?;
        if self.has_shuffles() {
            let quad = Tuning {
                kernel: GpuKernel::Quad,
                ..best.tuning
            };
            best = self.try_better(quad, best, 1.0, scrypt, trial, control, &mut trials)?;
        }
        for gap in 1..=4 {
            best = self.try_better(
                Tuning {
                    gap,
                    lanes: most,
                    ..best.tuning
                },
                best,
                1.0,
                scrypt,
                trial,
                control,
                &mut trials,
            )?;
        }
        for workgroup in [16, 32, 64, 128, 256] {
            best = self.try_better(
                Tuning {
                    workgroup,
                    ..best.tuning
                },
                best,
                1.0,
                scrypt,
                trial,
                control,
                &mut trials,
            )?;
        }
        for halvings in 1..=3 {
            let lanes = (best.tuning.lanes >> halvings).max(best.tuning.workgroup);
            best = self.try_better(
                Tuning {
                    lanes,
                    ..best.tuning
                },
                best,
                WORTH,
                scrypt,
                trial,
                control,
                &mut trials,
            )?;
        }
        self.set_tuning(best.tuning)?;
        trials.sort_by(|a, b| b.labels_per_second.total_cmp(&a.labels_per_second));
        trials.retain(|trial| *trial != best);
        trials.insert(0, best);
        Ok(trials)
    }

    /// The better of `best` and `tuning`, whose rate counts `bonus` times.
    #[expect(
        clippy::too_many_arguments,
        reason = "one call per dimension; a struct would only repeat the names"
    )]
    fn try_better(
        &mut self,
        tuning: Tuning,
        best: TuningTrial,
        bonus: f64,
        scrypt: ScryptN,
        trial: Duration,
        control: &DeviceControl,
        trials: &mut Vec<TuningTrial>,
    ) -> Result<TuningTrial, DeviceError> {
        let skip = control.is_stopped() || trials.iter().any(|known| known.tuning == tuning);
        if skip {
            return Ok(best);
        }
        match self.try_tuning(tuning, scrypt, trial, control, trials) {
            Ok(found) if found.labels_per_second * bonus > best.labels_per_second => Ok(found),
            Ok(_) | Err(DeviceError::Memory { .. } | DeviceError::WrongLabels { .. }) => Ok(best),
            Err(error) => Err(error),
        }
    }

    fn try_tuning(
        &mut self,
        tuning: Tuning,
        scrypt: ScryptN,
        trial: Duration,
        control: &DeviceControl,
        trials: &mut Vec<TuningTrial>,
    ) -> Result<TuningTrial, DeviceError> {
        self.set_tuning(tuning)?;
        let result = TuningTrial {
            tuning: self.tuning(),
            labels_per_second: measure_rate(self, scrypt, trial, control)?,
        };
        trials.push(result);
        Ok(result)
    }
}

/// Length of a trial at first use: a dozen of them take a few seconds.
const FIRST_USE_TRIAL: Duration = Duration::from_millis(250);

/// As [`super::open`]; a device without a tuning of its own is measured first, which takes seconds, and the result is kept in
/// `options.tuning_file`. Software devices are not worth it.
///
/// # Errors
/// As [`super::open`].
pub fn open_tuned(id: &str, options: &GpuOptions) -> Result<GpuDevice, DeviceError> {
    let mut device = super::open(id, options)?;
    let Some(path) = options
        .tuning_file
        .as_deref()
        .filter(|_| options.tuning.is_none())
    else {
        return Ok(device);
    };
    let mut file = TuningFile::load(path);
    if file.get(device.info()).is_some() || device.info().kind == DeviceKind::Software {
        return Ok(device);
    }
    let trials = device.autotune(ScryptN::MAINNET, FIRST_USE_TRIAL, &DeviceControl::default())?;
    if let Some(best) = trials.first() {
        file.set(device.info(), *best);
        if let Err(error) = file.save(path) {
            // The next start measures again.
            tracing::warn!(%error, path = %path.display(), "the tuning of a graphics device cannot be kept");
        }
    }
    Ok(device)
}

/// Labels per second of a device: one warm-up piece, then pieces for at least `duration`.
pub(crate) fn measure_rate(
    device: &mut dyn Device,
    scrypt: ScryptN,
    duration: Duration,
    control: &DeviceControl,
) -> Result<f64, DeviceError> {
    let job = LabelJob {
        commitment: Commitment::from_bytes([0; 32]),
        scrypt,
        start: 0,
        count: u64::MAX >> 1,
        limit: [0; 32],
    };
    let mut began: Option<Instant> = None;
    let mut labels = 0;
    let mut elapsed = Duration::ZERO;
    device.compute(&job, control, &mut |chunk| {
        let Some(start) = began else {
            began = Some(Instant::now());
            return ControlFlow::Continue(());
        };
        labels += chunk.count();
        elapsed = start.elapsed();
        if elapsed >= duration {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })?;
    Ok(if elapsed.is_zero() {
        0.0
    } else {
        labels as f64 / elapsed.as_secs_f64()
    })
}

/// Measured tunings, one per device and driver version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TuningFile {
    /// Device id and driver → the best trial.
    #[serde(default)]
    entries: BTreeMap<String, TuningTrial>,
}

impl TuningFile {
    /// Reads a file; empty when there is none or it is not one (it can be measured again).
    pub fn load(path: &Path) -> Self {
        fs::read(path)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// The tuning of a device, if it was measured with its present driver.
    pub fn get(&self, info: &DeviceInfo) -> Option<Tuning> {
        self.entries.get(&key(info)).map(|trial| trial.tuning)
    }

    /// Labels per second that were measured with it.
    pub fn rate(&self, info: &DeviceInfo) -> Option<f64> {
        self.entries
            .get(&key(info))
            .map(|trial| trial.labels_per_second)
    }

    /// Remembers a trial.
    pub fn set(&mut self, info: &DeviceInfo, trial: TuningTrial) {
        self.entries.insert(key(info), trial);
    }

    /// Replaces the file in one step.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let dir = path
            .parent()
            .filter(|dir| !dir.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }
}

fn key(info: &DeviceInfo) -> String {
    format!("{} {}", info.id, info.driver)
}
