//! Whether the labels on disk are right (03 §3.7): a sample in minutes, or all of them on any mix of devices.
//!
//! Keeps true: nothing is written; every label that is reported bad differs from one recomputed on the processor, so a flawed graphics card
//! cannot condemn good data.
//!
//! A sample of n labels misses damage that covers a share f of the data with probability (1 − f)^n: 3,000 labels find 0.1 % with 95 %.
//! Damage comes in blocks (a sector, a page, a lost write), so around every bad label of the sample its neighbours are checked too.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::control::Control;
use crate::cpu::{KernelError, LabelAt, LabelKernel, Scratch, labels_at};
use crate::device::{Device, DeviceControl, DeviceError, LabelJob};
use crate::files::{FilesError, Layout, file_name, scan};
use crate::init::read_at;
use crate::label::Commitment;
use crate::metadata::{MetadataError, PostMetadata};
use crate::params::{DEFAULT_COMPUTE_BATCH, LABEL_SIZE, ParamsError, ScryptN};
use crate::range_map::RangeMap;

/// Labels of the usual sample: finds damage to 0.1 % of the data with 95 % probability.
pub const USUAL_SAMPLE: u64 = 3000;
/// Labels per block in which damage is looked at closely: 4 KiB.
const BLOCK: u64 = 256;
/// Ranges of a report at most: a quarter of a megabyte as text.
const RANGES_MAX: usize = 10_000;
/// Labels recomputed around bad ones at most, per label of the sample.
const CLOSE_LOOK_FACTOR: u64 = 16;

/// Which labels are checked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Extent {
    /// That many labels, spread evenly with random places, and the neighbours of bad ones.
    Sample {
        /// Number of labels.
        labels: u64,
    },
    /// A percentage of every file, as the reference's tools do it.
    Percent {
        /// 0 to 100.
        percent: f64,
    },
    /// All of them.
    Whole,
}

/// What to check.
#[derive(Clone, Debug)]
pub struct VerifyDataOptions {
    /// Data directory.
    pub dir: PathBuf,
    /// The network's scrypt cost.
    pub scrypt: ScryptN,
    /// Which labels.
    pub extent: Extent,
    /// First file.
    pub from_file: u32,
    /// Last file; `None`: the last of all.
    pub to_file: Option<u32>,
    /// Decides the random places. Another seed every time finds more over the years.
    pub seed: u64,
    /// Threads for a sample.
    pub threads: usize,
    /// Kernel for a sample.
    pub kernel: LabelKernel,
}

impl VerifyDataOptions {
    /// The usual sample of all files.
    pub fn sample(dir: impl Into<PathBuf>, scrypt: ScryptN, seed: u64) -> Self {
        Self {
            dir: dir.into(),
            scrypt,
            extent: Extent::Sample {
                labels: USUAL_SAMPLE,
            },
            from_file: 0,
            to_file: None,
            seed,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: LabelKernel::detect_best(),
        }
    }
}

/// A file that does not have its size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    /// File name.
    pub file: String,
    /// Bytes that it should have.
    pub expected: u64,
    /// Bytes that it has; `None`: it is missing.
    pub found: Option<u64>,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataReport {
    /// Labels recomputed.
    pub checked: u64,
    /// Labels of the checked files.
    pub total: u64,
    /// How many labels are wrong.
    pub wrong: u64,
    /// Where they are, as sorted ranges. Scattered damage gives ranges with right labels in between, so that there are not too many.
    pub bad: Vec<Range<u64>>,
    /// Files without their size. Initialising completes them.
    pub files: Vec<FileProblem>,
    /// There is more damage than was looked at closely: check all labels.
    pub more_likely: bool,
    /// Damage to at least this share of the data would have been found with 95 % probability. Zero after a whole check.
    pub finds_share: f64,
}

impl DataReport {
    /// Whether nothing is wrong as far as was looked.
    pub fn is_good(&self) -> bool {
        self.bad.is_empty() && self.files.is_empty()
    }

    /// Wrong labels.
    pub const fn bad_labels(&self) -> u64 {
        self.wrong
    }
}

/// How far a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyDataProgress {
    /// Labels checked.
    pub checked: u64,
    /// Labels to check; grows when damage is looked at closely.
    pub total: u64,
    /// Wrong labels so far.
    pub bad: u64,
}

/// An opened data directory, for readers.
pub(crate) struct Data {
    pub(crate) dir: PathBuf,
    pub(crate) layout: Layout,
    pub(crate) commitment: Commitment,
    pub(crate) scrypt: ScryptN,
    /// The labels that are on disk.
    pub(crate) present: RangeMap,
}

impl Data {
    pub(crate) fn open(dir: &Path, scrypt: ScryptN) -> Result<Self, VerifyDataError> {
        let metadata = PostMetadata::read(dir)?;
        let layout = Layout::new(metadata.num_labels()?, metadata.max_file_size)?;
        let mut present = RangeMap::new();
        for file in scan(dir)? {
            let labels = layout.file_labels(file.index);
            present.insert(labels.start..labels.end.min(labels.start + file.size / LABEL_SIZE));
        }
        let commitment = metadata.commitment();
        Ok(Self {
            dir: dir.to_owned(),
            layout,
            commitment,
            scrypt,
            present,
        })
    }

    /// Files of `from..=to` that do not have their size.
    fn file_problems(&self, from: u32, to: u32) -> Result<Vec<FileProblem>, VerifyDataError> {
        let found = scan(&self.dir)?;
        let problem = |file: u32| {
            let expected = self.layout.file_size(file);
            let size = found
                .iter()
                .find(|data| data.index == file)
                .map(|data| data.size);
            (size != Some(expected)).then(|| FileProblem {
                file: file_name(file),
                expected,
                found: size,
            })
        };
        Ok((from..=to).filter_map(problem).collect())
    }

    /// Stored labels of a range that lies in one file and is on disk.
    pub(crate) fn read(
        &self,
        labels: &Range<u64>,
        out: &mut Vec<u8>,
    ) -> Result<(), VerifyDataError> {
        let Some((file, offset)) = self.layout.locate(labels.start) else {
            return Ok(());
        };
        let path = self.dir.join(file_name(file));
        out.resize(((labels.end - labels.start) * LABEL_SIZE) as usize, 0);
        File::open(&path)
            .and_then(|opened| read_at(&opened, offset, out))
            .map_err(|source| VerifyDataError::Read { path, source })
    }

    /// Those of `indices` whose stored bytes are wrong, recomputed on `threads` threads. All must be on disk.
    pub(crate) fn bad_among(
        &self,
        indices: &[u64],
        threads: usize,
        kernel: LabelKernel,
    ) -> Result<Vec<u64>, VerifyDataError> {
        let part = indices.len().div_ceil(threads.max(1)).max(1);
        let check = |indices: &[u64]| -> Result<Vec<u64>, VerifyDataError> {
            let places: Vec<_> = indices
                .iter()
                .map(|&index| LabelAt {
                    commitment: self.commitment,
                    index,
                })
                .collect();
            let mut expected = vec![[0; 32]; places.len()];
            labels_at(
                kernel,
                &places,
                self.scrypt,
                &mut expected,
                &mut Scratch::new(),
            )?;
            let mut bad = Vec::new();
            let mut stored = Vec::new();
            for (&index, expected) in indices.iter().zip(&expected) {
                self.read(&(index..index + 1), &mut stored)?;
                if stored != expected[..16] {
                    bad.push(index);
                }
            }
            Ok(bad)
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = indices
                .chunks(part)
                .map(|part| scope.spawn(|| check(part)))
                .collect();
            let mut bad = Vec::new();
            for thread in threads {
                bad.extend(
                    thread
                        .join()
                        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?,
                );
            }
            Ok(bad)
        })
    }
}

/// Checks stored labels. `devices` serve a check of everything; without any, the processor does. A sample uses the processor.
///
/// # Errors
/// When metadata or a file cannot be read, a device fails and none is left, or `control` cancels. Wrong labels and sizes are no errors.
pub fn verify_data(
    options: &VerifyDataOptions,
    devices: Vec<Box<dyn Device>>,
    control: &Control,
    report: &(dyn Fn(VerifyDataProgress) + Sync),
) -> Result<DataReport, VerifyDataError> {
    let data = Data::open(&options.dir, options.scrypt)?;
    let last = data.layout.files() - 1;
    let to = options.to_file.unwrap_or(last);
    if options.from_file > to || to > last {
        return Err(VerifyDataError::Files {
            from: options.from_file,
            to,
            last,
        });
    }
    let files = data.file_problems(options.from_file, to)?;
    let scope = data.layout.file_labels(options.from_file).start..data.layout.file_labels(to).end;
    let total = scope.end - scope.start;
    let present: Vec<_> = data.present.within(scope.clone()).collect();
    let available: u64 = present.iter().map(|range| range.end - range.start).sum();
    let mut result = DataReport {
        checked: 0,
        total,
        wrong: 0,
        bad: Vec::new(),
        files,
        more_likely: false,
        finds_share: 0.0,
    };
    let sample = match options.extent {
        Extent::Sample { labels } => labels.min(available),
        Extent::Percent { percent } => {
            (available as f64 * percent.clamp(0.0, 100.0) / 100.0) as u64
        }
        Extent::Whole => available,
    };
    let mut bad = RangeMap::new();
    if options.extent == Extent::Whole || sample == available {
        let found = compare(&data, &present, devices, control, &|progress| {
            report(progress)
        })?;
        result.checked = available;
        bad = found.into_iter().collect();
    } else {
        let places = places(&present, sample, options.seed);
        let mut checker = Sampler {
            data: &data,
            options,
            control,
            report,
            checked: BTreeSet::new(),
            total: places.len() as u64,
            bad: &mut bad,
        };
        checker.check(places)?;
        let budget = sample.saturating_mul(CLOSE_LOOK_FACTOR);
        result.more_likely = checker.look_closely(budget)?;
        result.checked = checker.checked.len() as u64;
        result.finds_share = if sample == 0 {
            1.0
        } else {
            1.0 - 0.05_f64.powf(1.0 / sample as f64)
        };
    }
    result.wrong = bad.count();
    result.bad = coarse(&bad);
    Ok(result)
}

/// Ranges for a report that travels: when damage is scattered, near ranges are joined, right labels between them included, until there are
/// no more than [`RANGES_MAX`].
pub(crate) fn coarse(bad: &RangeMap) -> Vec<Range<u64>> {
    let mut ranges: Vec<_> = bad.iter().collect();
    let mut block = BLOCK;
    while ranges.len() > RANGES_MAX {
        let joined: RangeMap = ranges
            .iter()
            .map(|range| {
                range.start / block * block..range.end.div_ceil(block).saturating_mul(block)
            })
            .collect();
        // Not beyond what is known: the last block may reach behind the data.
        let (first, last) = (ranges[0].start, ranges[ranges.len() - 1].end);
        ranges = joined.within(first..last).collect();
        block = block.saturating_mul(2);
    }
    ranges
}

/// One random place in each of `count` equal stretches of what is there.
fn places(present: &[Range<u64>], count: u64, seed: u64) -> Vec<u64> {
    let total: u64 = present.iter().map(|range| range.end - range.start).sum();
    let mut random = blake3::Hasher::new()
        .update(b"post verify sample")
        .update(&seed.to_le_bytes())
        .finalize_xof();
    let stretch = |i: u64| (u128::from(total) * u128::from(i) / u128::from(count.max(1))) as u64;
    (0..count)
        .map(|i| {
            let mut bytes = [0; 8];
            random.fill(&mut bytes);
            let (from, to) = (stretch(i), stretch(i + 1));
            let mut at = from + u64::from_le_bytes(bytes) % (to - from).max(1);
            for range in present {
                let length = range.end - range.start;
                if at < length {
                    return range.start + at;
                }
                at -= length;
            }
            unreachable!("the stretches cover exactly what is present")
        })
        .collect()
}

struct Sampler<'a> {
    data: &'a Data,
    options: &'a VerifyDataOptions,
    control: &'a Control,
    report: &'a (dyn Fn(VerifyDataProgress) + Sync),
    checked: BTreeSet<u64>,
    total: u64,
    bad: &'a mut RangeMap,
}

impl Sampler<'_> {
    fn check(&mut self, indices: Vec<u64>) -> Result<bool, VerifyDataError> {
        let mut any = false;
        let step = self.options.kernel.lanes() * self.options.threads.max(1) * 4;
        for part in indices.chunks(step) {
            self.control
                .checkpoint()
                .map_err(|_| VerifyDataError::Cancelled)?;
            for bad in self
                .data
                .bad_among(part, self.options.threads, self.options.kernel)?
            {
                self.bad.insert(bad..bad + 1);
                any = true;
            }
            self.checked.extend(part);
            (self.report)(VerifyDataProgress {
                checked: self.checked.len() as u64,
                total: self.total,
                bad: self.bad.count(),
            });
        }
        Ok(any)
    }

    /// Checks the blocks around bad labels, outwards until a block is good. Returns whether the budget ended it.
    fn look_closely(&mut self, mut budget: u64) -> Result<bool, VerifyDataError> {
        let mut blocks: BTreeSet<u64> = self.bad.iter().map(|range| range.start / BLOCK).collect();
        let mut seen = BTreeSet::new();
        while let Some(block) = blocks.pop_first() {
            if !seen.insert(block) {
                continue;
            }
            let labels = block * BLOCK..(block + 1) * BLOCK;
            let indices: Vec<u64> = self
                .data
                .present
                .within(labels)
                .flatten()
                .filter(|index| !self.checked.contains(index))
                .collect();
            if indices.len() as u64 > budget {
                return Ok(true);
            }
            budget -= indices.len() as u64;
            self.total += indices.len() as u64;
            let known_bad = self.bad.count_in(block * BLOCK..(block + 1) * BLOCK) > 0;
            if self.check(indices)? || known_bad {
                blocks.extend(block.checked_sub(1));
                blocks.insert(block + 1);
            }
        }
        Ok(false)
    }
}

/// Recomputes ranges on devices and returns the labels whose stored bytes are wrong, each confirmed on the processor.
pub(crate) fn compare(
    data: &Data,
    ranges: &[Range<u64>],
    mut devices: Vec<Box<dyn Device>>,
    control: &Control,
    report: &(dyn Fn(VerifyDataProgress) + Sync),
) -> Result<Vec<Range<u64>>, VerifyDataError> {
    if devices.is_empty() {
        devices.push(Box::new(crate::device::CpuDevice::detect()));
    }
    let total = ranges.iter().map(|range| range.end - range.start).sum();
    let layout = data.layout;
    let parts = ranges
        .iter()
        .flat_map(|range| layout.parts(range.clone()))
        .flat_map(|part| {
            let end = part.labels.end;
            part.labels
                .step_by(DEFAULT_COMPUTE_BATCH as usize)
                .map(move |start| start..end.min(start + DEFAULT_COMPUTE_BATCH))
                .collect::<Vec<_>>()
        });
    let queue = Mutex::new((
        parts.collect::<Vec<_>>().into_iter(),
        Vec::<Range<u64>>::new(),
    ));
    let checked = AtomicU64::new(0);
    let bad = Mutex::new(RangeMap::new());
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        let returned = queue.1.pop();
        returned.or_else(|| queue.0.next())
    };
    let work = |device: &mut dyn Device| -> Result<(), VerifyDataError> {
        while let Some(part) = next() {
            let mut reached = part.start;
            let job = LabelJob {
                commitment: data.commitment,
                scrypt: data.scrypt,
                start: part.start,
                count: part.end - part.start,
                limit: [0; 32],
            };
            let mut stored = Vec::new();
            let mut failure = None;
            let computed = device.compute(&job, &DeviceControl::default(), &mut |chunk| {
                let step = || -> Result<(), VerifyDataError> {
                    control
                        .checkpoint()
                        .map_err(|_| VerifyDataError::Cancelled)?;
                    let range = chunk.start..chunk.start + chunk.count();
                    data.read(&range, &mut stored)?;
                    let (found, _) = stored.as_chunks::<16>();
                    let (expected, _) = chunk.labels.as_chunks::<16>();
                    let differ: Vec<u64> = found
                        .iter()
                        .zip(expected)
                        .zip(range)
                        .filter(|((a, b), _)| a != b)
                        .map(|(_, index)| index)
                        .collect();
                    let confirmed = data.bad_among(&differ, 1, LabelKernel::detect_best())?;
                    let mut bad = bad.lock().unwrap_or_else(PoisonError::into_inner);
                    for index in confirmed {
                        bad.insert(index..index + 1);
                    }
                    let checked =
                        checked.fetch_add(chunk.count(), Ordering::Relaxed) + chunk.count();
                    report(VerifyDataProgress {
                        checked,
                        total,
                        bad: bad.count(),
                    });
                    Ok(())
                };
                let mut step = step;
                match step() {
                    Ok(()) => {
                        reached += chunk.count();
                        ControlFlow::Continue(())
                    }
                    Err(error) => {
                        failure = Some(error);
                        ControlFlow::Break(())
                    }
                }
            });
            if let Some(error) = failure {
                return Err(error);
            }
            if let Err(error) = computed {
                // The others finish its part.
                queue
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .1
                    .push(reached..part.end);
                return Err(error.into());
            }
        }
        Ok(())
    };
    let mut last_device_error = None;
    std::thread::scope(|scope| {
        let threads: Vec<_> = devices
            .iter_mut()
            .map(|device| scope.spawn(|| work(&mut **device)))
            .collect();
        for thread in threads {
            match thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            {
                Ok(()) => {}
                Err(error @ VerifyDataError::Device(_)) => last_device_error = Some(error),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    })?;
    // A device that was lost after the others had finished leaves its part behind.
    let left = next();
    match (left, last_device_error) {
        (Some(_), Some(error)) => Err(error),
        _ => Ok(bad
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .collect()),
    }
}

/// Why data cannot be checked or mended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyDataError {
    /// No usable metadata.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// Metadata with impossible sizes.
    #[error(transparent)]
    Params(#[from] ParamsError),
    /// The directory cannot be listed.
    #[error(transparent)]
    Listing(#[from] FilesError),
    /// The kernel cannot be used.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// Every device failed.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// There are no such files.
    #[error(
        "files {from} to {to}: this identity has files 0 to {last}; choose a range within them"
    )]
    Files {
        /// First file asked for.
        from: u32,
        /// Last file asked for.
        to: u32,
        /// Last file of the identity.
        last: u32,
    },
    /// A file cannot be read.
    #[error("cannot read {path}: the drive may be failing; copy what can be read, then repair")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// A file cannot be mended.
    #[error("cannot write {path}; check permissions and the drive")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// Labels to mend that are not on disk.
    #[error("labels {from} to {to} are not on disk; continue initialising instead of repairing")]
    Absent {
        /// First label.
        from: u64,
        /// Label after the last.
        to: u64,
    },
    /// Another process works on the directory.
    #[error("{dir} is in use by another process; stop the other one first")]
    Locked {
        /// The directory.
        dir: PathBuf,
    },
    /// The person cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl VerifyDataError {
    /// Stable name of the cause, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Metadata(_) => "metadata",
            Self::Params(_) => "params",
            Self::Listing(_) => "listing",
            Self::Kernel(_) => "kernel",
            Self::Device(_) => "devices_failed",
            Self::Files { .. } => "files",
            Self::Read { .. } => "read",
            Self::Write { .. } => "write",
            Self::Absent { .. } => "absent",
            Self::Locked { .. } => "locked",
            Self::Cancelled => "cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scattered_damage_stays_short_enough_for_a_report_and_leaves_nothing_out() {
        let bad: RangeMap = (0..50_000_u64).map(|i| i * 1000..i * 1000 + 1).collect();
        let ranges = coarse(&bad);
        assert!(ranges.len() <= RANGES_MAX);
        let covered: RangeMap = ranges.iter().cloned().collect();
        assert!(bad.iter().all(|range| covered.covers(range)));
        assert_eq!(ranges.last().map(|range| range.end), Some(49_999_001));
        let few: RangeMap = [3..4, 9..12].into_iter().collect();
        assert_eq!(coarse(&few), [3..4, 9..12]);
    }
}
