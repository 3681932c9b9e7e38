//! What this machine can do, and what size of data suits it.
//!
//! [`measure()`] takes figures (seconds), [`propose()`] turns them into a proposal (pure arithmetic, so every screen and test gets the same).
//!
//! Keeps true: each figure says how it was obtained; nothing is left behind on a measured drive; a part that cannot be measured is absent
//! with a reason, it never fails the rest.

mod drive; // how fast a drive reads
mod propose; // from figures to a proposal

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::aes::{BATCH_BYTES, Cipher, GroupKeys, NONCES_PER_GROUP, Scanner};
use crate::control::{Cancelled, Control};
use crate::device::{CpuDevice, Device, DeviceControl, DeviceInfo};
use crate::difficulty::ProvingDifficulty;
use crate::gpu::{self, GpuOptions};
use crate::k2pow::{RandomX, RandomXMode, RandomXOptions};
use crate::params::ScryptN;

pub use propose::{Fit, ProofTime, Proposal, Wishes, one_pass_probability, proof_time, propose};

/// How a figure was obtained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub enum Basis {
    /// Measured on this machine.
    Measured {
        /// What was done, in words.
        how: String,
        /// How long it took.
        milliseconds: u64,
    },
    /// Derived from another figure.
    Derived {
        /// From what, in words.
        how: String,
    },
}

/// A number and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The number; its unit is in the field's name.
    pub value: f64,
    /// Where it comes from.
    #[serde(flatten)]
    pub basis: Basis,
}

impl Figure {
    fn measured(value: f64, how: impl Into<String>, took: Duration) -> Self {
        Self {
            value,
            basis: Basis::Measured {
                how: how.into(),
                milliseconds: took.as_millis() as u64,
            },
        }
    }

    fn derived(value: f64, how: impl Into<String>) -> Self {
        Self {
            value,
            basis: Basis::Derived { how: how.into() },
        }
    }
}

/// What to measure.
#[derive(Clone, Debug)]
pub struct MeasureOptions {
    /// Folders on the drives that come into question.
    pub folders: Vec<PathBuf>,
    /// The network's scrypt cost.
    pub scrypt: ScryptN,
    /// Length of each measurement of computing.
    pub each: Duration,
    /// Bytes written and read per drive when it holds no data of ours.
    pub disk_bytes: u64,
    /// Measure RandomX with 2 GiB; otherwise its rate is derived from the small variant's.
    pub fast_pow: bool,
    /// Measure graphics devices.
    pub graphics: bool,
    /// Where tunings are kept.
    pub tuning_file: Option<PathBuf>,
}

/// A step of [`measure`], reported when it begins, and the figures of a device as soon as they are known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum MeasureStep {
    /// Labels on a device.
    Labels {
        /// Its name.
        device: String,
    },
    /// A device was measured.
    Device(MeasuredDevice),
    /// Proving ciphers.
    Ciphers,
    /// RandomX.
    Pow,
    /// A drive.
    Drive {
        /// The folder.
        folder: PathBuf,
    },
}

/// Everything that was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Processor and graphics devices.
    pub devices: Vec<MeasuredDevice>,
    /// Drives.
    pub drives: Vec<MeasuredDrive>,
    /// Proving cipher in use.
    pub cipher: String,
    /// Bytes per second that one thread proves, per number of nonces.
    pub cipher_bytes_per_second: Vec<(u32, Figure)>,
    /// RandomX hashes per second of one thread with 2 GiB.
    pub pow_hashes_per_second: Option<Figure>,
    /// Processor threads.
    pub threads: usize,
    /// Memory of the machine, bytes.
    pub memory: u64,
}

/// A device and its rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredDevice {
    /// Name and nature.
    pub info: DeviceInfo,
    /// Labels per second, the whole device.
    pub labels_per_second: Option<Figure>,
    /// Why it is not usable or not worth using.
    pub unusable: Option<String>,
    /// Should start in gentle mode.
    pub gentle_by_default: bool,
}

/// A drive and its speed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredDrive {
    /// The folder that stands for it.
    pub folder: PathBuf,
    /// Where it is mounted.
    pub mount: Option<PathBuf>,
    /// `ssd`, `hdd` or `unknown`.
    pub kind: String,
    /// File system by name.
    pub file_system: String,
    /// A drive on another machine: a break during the proof costs an epoch.
    pub is_network: bool,
    /// Bytes in all.
    pub total: u64,
    /// Bytes free.
    pub free: u64,
    /// Bytes per second read in order.
    pub read_bytes_per_second: Option<Figure>,
    /// Why it could not be measured.
    pub problem: Option<String>,
}

/// Numbers of nonces whose speed is measured and that come into question.
pub const NONCE_CHOICES: [u32; 7] = [64, 96, 128, 192, 288, 384, 512];
/// Small RandomX is about this many times slower (03 §3.10).
const LIGHT_FACTOR: f64 = 8.0;

/// Measures this machine.
///
/// # Errors
/// Only when cancelled.
pub fn measure(
    options: &MeasureOptions,
    control: &Control,
    report: &mut dyn FnMut(&MeasureStep),
) -> Result<Measurement, Cancelled> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let system = sysinfo::System::new_with_specifics(
        sysinfo::RefreshKind::nothing().with_memory(sysinfo::MemoryRefreshKind::everything()),
    );
    let memory = system.map_or(0, |system| system.total_memory());
    let devices = measure_devices(options, control, report)?;
    control.checkpoint()?;
    report(&MeasureStep::Ciphers);
    let cipher = Cipher::detect_best();
    let mut ciphers = Vec::new();
    for nonces in NONCE_CHOICES {
        control.checkpoint()?;
        ciphers.push((nonces, cipher_speed(cipher, nonces, options.each / 4)));
    }
    control.checkpoint()?;
    report(&MeasureStep::Pow);
    let pow = pow_speed(options, threads, memory);
    let mut drives = Vec::new();
    for folder in &options.folders {
        control.checkpoint()?;
        report(&MeasureStep::Drive {
            folder: folder.clone(),
        });
        drives.push(drive::measure_drive(folder, options.disk_bytes));
    }
    Ok(Measurement {
        devices,
        drives,
        cipher: cipher.name().to_owned(),
        cipher_bytes_per_second: ciphers,
        pow_hashes_per_second: pow,
        threads,
        memory,
    })
}

fn measure_devices(
    options: &MeasureOptions,
    control: &Control,
    report: &mut dyn FnMut(&MeasureStep),
) -> Result<Vec<MeasuredDevice>, Cancelled> {
    let mut devices = Vec::new();
    let mut cpu = CpuDevice::detect();
    report(&MeasureStep::Labels {
        device: cpu.info().name.clone(),
    });
    let processor = MeasuredDevice {
        info: cpu.info().clone(),
        labels_per_second: labels_figure(&mut cpu, options),
        unusable: None,
        gentle_by_default: false,
    };
    report(&MeasureStep::Device(processor.clone()));
    devices.push(processor);
    for provider in gpu::providers() {
        control.checkpoint()?;
        let mut measured = MeasuredDevice {
            info: provider.info,
            labels_per_second: None,
            unusable: provider.unusable,
            gentle_by_default: provider.gentle_by_default,
        };
        if options.graphics && measured.unusable.is_none() {
            report(&MeasureStep::Labels {
                device: measured.info.name.clone(),
            });
            match measure_graphics(&measured.info, options) {
                Ok(figure) => measured.labels_per_second = figure,
                Err(reason) => measured.unusable = Some(reason),
            }
        }
        report(&MeasureStep::Device(measured.clone()));
        devices.push(measured);
    }
    Ok(devices)
}

fn measure_graphics(info: &DeviceInfo, options: &MeasureOptions) -> Result<Option<Figure>, String> {
    let gpu_options = GpuOptions {
        tuning_file: options.tuning_file.clone(),
        ..GpuOptions::default()
    };
    let mut device = gpu::open_tuned(&info.id, &gpu_options).map_err(|error| error.to_string())?;
    Ok(labels_figure(&mut device, options))
}

fn labels_figure(device: &mut dyn Device, options: &MeasureOptions) -> Option<Figure> {
    let began = Instant::now();
    let rate = gpu::measure_rate(
        device,
        options.scrypt,
        options.each,
        &DeviceControl::default(),
    )
    .ok()?;
    let how = format!(
        "labels with N = {} on {}",
        options.scrypt.get(),
        device.info().name
    );
    (rate > 0.0).then(|| Figure::measured(rate, how, began.elapsed()))
}

/// Bytes per second of one thread against all groups of `nonces`, in memory.
pub(crate) fn cipher_speed(cipher: Cipher, nonces: u32, duration: Duration) -> Figure {
    let difficulty = ProvingDifficulty {
        msb: 0,
        lsb: 0x6_8000_0000,
    };
    let keys: Vec<_> = (0..nonces.div_ceil(NONCES_PER_GROUP))
        .map(|group| GroupKeys::new(&[7; 32], group, 0))
        .collect();
    let mut labels = vec![0; BATCH_BYTES * 16];
    blake3::Hasher::new().finalize_xof().fill(&mut labels);
    let began = Instant::now();
    let mut bytes = 0_u64;
    if let Ok(mut scanner) = Scanner::new(cipher, difficulty) {
        let mut hits = 0_u64;
        'time: loop {
            for batch in labels.chunks(BATCH_BYTES) {
                for keys in &keys {
                    scanner.scan(keys, batch, |_| hits += 1);
                }
                bytes += batch.len() as u64;
                if began.elapsed() >= duration {
                    break 'time;
                }
            }
        }
        std::hint::black_box(hits);
    }
    let elapsed = began.elapsed();
    Figure::measured(
        bytes as f64 / elapsed.as_secs_f64().max(1e-9),
        format!("{cipher} cipher, {nonces} nonces, one thread"),
        elapsed,
    )
}

/// Hashes per second of all threads together.
fn pow_speed(options: &MeasureOptions, threads: usize, memory: u64) -> Option<Figure> {
    /// The dataset and as much again for everybody else.
    const FAST_MEMORY: u64 = 5 << 30;
    let fast = options.fast_pow && memory >= FAST_MEMORY;
    let mode = if fast {
        RandomXMode::Fast
    } else {
        RandomXMode::Light
    };
    let randomx = RandomX::new(&RandomXOptions {
        mode,
        large_pages: fast,
        threads,
        flags: None,
    })
    .ok()
    .map(Arc::new)?;
    let began = Instant::now();
    let hashes = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let Ok(mut hasher) = randomx.hasher() else {
                continue;
            };
            let hashes = &hashes;
            scope.spawn(move || {
                let mut input = [thread as u8; 48];
                // At least one: threads may start late on a busy machine.
                loop {
                    let hash = hasher.hash(&input);
                    input[..32].copy_from_slice(&hash);
                    hashes.fetch_add(1, Ordering::Relaxed);
                    if began.elapsed() >= options.each {
                        break;
                    }
                }
            });
        }
    });
    let elapsed = began.elapsed();
    let rate = hashes.into_inner() as f64 / elapsed.as_secs_f64();
    if rate == 0.0 {
        None
    } else if fast {
        Some(Figure::measured(
            rate,
            format!("RandomX with 2 GiB on {threads} threads"),
            elapsed,
        ))
    } else {
        Some(Figure::derived(
            rate * LIGHT_FACTOR,
            format!(
                "{rate:.0} hashes/s measured with 256 MiB on {threads} threads, times {LIGHT_FACTOR}"
            ),
        ))
    }
}
