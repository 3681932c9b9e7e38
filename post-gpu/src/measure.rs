//! What this machine can do, and what size of data suits it.
//!
//! [`measure`] takes figures (seconds), [`propose`] turns them into a proposal (pure arithmetic, so every screen and test gets the same).
//!
//! Keeps true: each figure says how it was obtained; nothing is left behind on a measured drive; a part that cannot be measured is absent
//! with a reason, it never fails the rest.
//!
//! The arithmetic of a proof: `passes × (pow + bytes / speed)`, where `pow` = expected hashes ÷ hash rate, `speed` = the slower of the drive
//! and of the ciphers of all threads, `passes` = expected number of passes, 1 / P(one of n nonces has K2 hits) (03 §3.9).

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::aes::{BATCH_BYTES, Cipher, GroupKeys, NONCES_PER_GROUP, Scanner};
use crate::control::{Cancelled, Control};
use crate::device::{CpuDevice, Device, DeviceControl, DeviceInfo};
use crate::difficulty::{ProvingDifficulty, scale_pow_difficulty};
use crate::gpu::{self, GpuOptions};
use crate::k2pow::{RandomX, RandomXMode, RandomXOptions, expected_hashes};
use crate::params::{PostParams, ScryptN};

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

/// A step of [`measure`], reported when it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum MeasureStep {
    /// Labels on a device.
    Labels {
        /// Its name.
        device: String,
    },
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
        drives.push(measure_drive(folder, options.disk_bytes));
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
    devices.push(MeasuredDevice {
        info: cpu.info().clone(),
        labels_per_second: labels_figure(&mut cpu, options),
        unusable: None,
        gentle_by_default: false,
    });
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
                while began.elapsed() < options.each {
                    let hash = hasher.hash(&input);
                    input[..32].copy_from_slice(&hash);
                    hashes.fetch_add(1, Ordering::Relaxed);
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

fn measure_drive(folder: &Path, bytes: u64) -> MeasuredDrive {
    let existing = folder
        .ancestors()
        .find(|path| path.exists())
        .unwrap_or(folder);
    let disks = sysinfo::Disks::new_with_refreshed_list();
    let canonical = fs::canonicalize(existing).unwrap_or_else(|_| existing.to_owned());
    let disk = disks
        .iter()
        .flat_map(|disks| disks.iter())
        .filter(|disk| canonical.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().as_os_str().len());
    let file_system = disk
        .map(|disk| disk.file_system().to_string_lossy().into_owned())
        .unwrap_or_default();
    let (read, problem) = match read_speed(existing, bytes) {
        Ok(figure) => (Some(figure), None),
        Err(error) => (None, Some(format!("{}: {error}", existing.display()))),
    };
    MeasuredDrive {
        folder: folder.to_owned(),
        mount: disk.map(|disk| disk.mount_point().to_owned()),
        kind: match disk.map(sysinfo::Disk::kind) {
            Some(sysinfo::DiskKind::SSD) => "ssd",
            Some(sysinfo::DiskKind::HDD) => "hdd",
            Some(sysinfo::DiskKind::Unknown(_)) | None => "unknown",
        }
        .to_owned(),
        is_network: is_network(&file_system),
        file_system,
        total: fs4::total_space(existing).unwrap_or(0),
        free: fs4::available_space(existing).unwrap_or(0),
        read_bytes_per_second: read,
        problem,
    }
}

fn is_network(file_system: &str) -> bool {
    let name = file_system.to_ascii_lowercase();
    [
        "nfs",
        "cifs",
        "smb",
        "afs",
        "9p",
        "sshfs",
        "webdav",
        "davfs",
        "glusterfs",
        "ceph",
    ]
    .iter()
    .any(|network| name.contains(network))
}

/// Reads in order past the system's cache: files of ours when there are any, otherwise a temporary one that is removed.
fn read_speed(folder: &Path, bytes: u64) -> io::Result<Figure> {
    let largest = crate::files::scan(folder)
        .ok()
        .and_then(|files| files.into_iter().max_by_key(|file| file.size));
    if let Some(data) = largest.filter(|file| file.size >= bytes) {
        return time_reading(
            &File::open(&data.path)?,
            bytes,
            &format!("reading {}", crate::files::file_name(data.index)),
        );
    }
    let mut file = tempfile::tempfile_in(folder)?;
    let mut piece = vec![0; READ_PIECE];
    // Not zeros: some drives store those in no time.
    blake3::Hasher::new().finalize_xof().fill(&mut piece);
    let mut written = 0;
    while written < bytes {
        let part = piece.len().min((bytes - written) as usize);
        file.write_all(&piece[..part])?;
        written += part as u64;
    }
    file.sync_all()?;
    time_reading(&file, bytes, "reading a test file")
}

const READ_PIECE: usize = 4 << 20;

fn time_reading(file: &File, bytes: u64, how: &str) -> io::Result<Figure> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // Refused on file systems without a cache, where it is not needed.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    let mut piece = vec![0; READ_PIECE];
    let began = Instant::now();
    let mut read = 0;
    while read < bytes {
        let part = piece.len().min((bytes - read) as usize);
        crate::init::read_at(file, read, &mut piece[..part])?;
        read += part as u64;
    }
    let elapsed = began.elapsed();
    Ok(Figure::measured(
        bytes as f64 / elapsed.as_secs_f64().max(1e-9),
        format!("{how}, {} MiB in order", bytes >> 20),
        elapsed,
    ))
}

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

    use super::*;
    use crate::device::DeviceKind;

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
