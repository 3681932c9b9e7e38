//! A device computes labels: CPU threads or one GPU behind one trait, so that the scheduler need not know which.
//!
//! Keeps true: a device delivers its job in order and in pieces ("chunks") of its own choosing; it stops soon after it is told to, and what
//! it had delivered until then stays valid; it never writes anything itself.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cpu::{self, LabelKernel, Scratch};
use crate::label::{Commitment, Label32};
use crate::params::{LABEL_SIZE, ScryptN};
use crate::vrf_nonce::VrfCandidate;

/// Identifier of the processor among the devices.
pub const CPU_DEVICE_ID: &str = "cpu";

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// Processor threads.
    Cpu,
    /// A graphics card with memory of its own.
    DiscreteGpu,
    /// Graphics that share the processor's memory.
    IntegratedGpu,
    /// A graphics card lent to a virtual machine.
    VirtualGpu,
    /// Graphics emulated by the processor.
    Software,
    /// The driver does not say.
    Other,
}

/// Name and nature of a device. `id` stays the same across restarts and driver updates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    /// Stable identifier: backend, vendor, model and slot.
    pub id: String,
    /// The name that its maker gave it.
    pub name: String,
    /// `cpu`, `vulkan`, `metal` or `dx12`.
    pub backend: String,
    /// What it is.
    pub kind: DeviceKind,
    /// Driver and its version; for the processor the label kernel.
    pub driver: String,
    /// Memory in bytes, when the driver tells.
    pub memory: Option<u64>,
}

/// Labels to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelJob {
    /// Whose labels.
    pub commitment: Commitment,
    /// Scrypt cost.
    pub scrypt: ScryptN,
    /// First label index.
    pub start: u64,
    /// Number of labels; `start + count - 1` is at most 2^64 − 2.
    pub count: u64,
    /// Labels below this 32-byte big-endian value are reported as hits. All zero: none.
    pub limit: Label32,
}

/// A finished piece of a job.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    /// First label index.
    pub start: u64,
    /// 16 bytes per label, as they are stored.
    pub labels: &'a [u8],
    /// Every label of the piece that is below the job's limit, in any order.
    pub hits: &'a [VrfCandidate],
}

impl Chunk<'_> {
    /// Number of labels.
    pub const fn count(&self) -> u64 {
        self.labels.len() as u64 / LABEL_SIZE
    }
}

/// What others may change while a device works.
#[derive(Debug, Default)]
pub struct DeviceControl {
    stop: AtomicBool,
    gentle: AtomicBool,
}

impl DeviceControl {
    /// Asks the device to end its job early (`true`) or lets it work.
    pub fn set_stop(&self, stop: bool) {
        self.stop.store(stop, Ordering::Release);
    }

    /// Whether the device should end its job early.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Leaves about half of the device to the person at the screen.
    pub fn set_gentle(&self, gentle: bool) {
        self.gentle.store(gentle, Ordering::Release);
    }

    /// Whether the device should leave room for others.
    pub fn is_gentle(&self) -> bool {
        self.gentle.load(Ordering::Acquire)
    }
}

/// Computes labels.
pub trait Device: Send {
    /// Name and nature.
    fn info(&self) -> &DeviceInfo;

    /// Labels that keep the device busy for a moment; a batch should be a multiple of it.
    fn granularity(&self) -> u64;

    /// Computes a job on the calling thread and hands its pieces to `sink` in order, without gaps. `sink` may end the job.
    /// Returns normally when the job ended early because of `control` or `sink`.
    ///
    /// # Errors
    /// When the device cannot go on. Pieces delivered before are valid.
    fn compute(
        &mut self,
        job: &LabelJob,
        control: &DeviceControl,
        sink: &mut dyn FnMut(Chunk<'_>) -> ControlFlow<()>,
    ) -> Result<(), DeviceError>;
}

/// Why a device cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The driver gave the device up: reset, unplugged, crashed.
    #[error(
        "{name} was lost: {reason}; other devices take over its work. Update its driver if this happens again"
    )]
    Lost {
        /// The device's name.
        name: String,
        /// What the driver says.
        reason: String,
    },
    /// Its memory does not suffice.
    #[error("{name} has not enough free memory: {reason}; close programs that use it")]
    Memory {
        /// The device's name.
        name: String,
        /// What was needed.
        reason: String,
    },
    /// It computes something else than the label function.
    #[error(
        "{name} computes wrong labels (first at index {index}); it is not used. Update its driver or lower its clock"
    )]
    WrongLabels {
        /// The device's name.
        name: String,
        /// A label that is wrong.
        index: u64,
    },
    /// The request itself cannot be served.
    #[error("{name} cannot compute this: {reason}")]
    Unsupported {
        /// The device's name.
        name: String,
        /// What is the matter.
        reason: String,
    },
}

/// Processor threads with one label kernel.
pub struct CpuDevice {
    info: DeviceInfo,
    kernel: LabelKernel,
    scratch: Vec<Scratch>,
    chunk: u64,
}

impl fmt::Debug for CpuDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CpuDevice")
            .field("kernel", &self.kernel)
            .field("threads", &self.scratch.len())
            .finish_non_exhaustive()
    }
}

/// A piece should take about this long: short enough to stop quickly, long enough to make starting threads cheap.
const CPU_CHUNK: Duration = Duration::from_millis(200);
/// Largest piece of the processor, labels.
const CPU_CHUNK_MAX: u64 = 1 << 16;

impl CpuDevice {
    /// `threads` threads (at least one) with `kernel`.
    pub fn new(kernel: LabelKernel, threads: usize) -> Self {
        let threads = threads.max(1);
        Self {
            info: DeviceInfo {
                id: CPU_DEVICE_ID.to_owned(),
                name: format!(
                    "Processor, {threads} {}",
                    if threads == 1 { "thread" } else { "threads" }
                ),
                backend: "cpu".to_owned(),
                kind: DeviceKind::Cpu,
                driver: kernel.name().to_owned(),
                memory: None,
            },
            kernel,
            scratch: (0..threads).map(|_| Scratch::default()).collect(),
            chunk: (kernel.lanes() * threads) as u64,
        }
    }

    /// The fastest kernel with a thread per processor core.
    pub fn detect() -> Self {
        Self::new(
            LabelKernel::detect_best(),
            std::thread::available_parallelism().map_or(1, usize::from),
        )
    }

    /// Labels `start..start + out.len()` on the device's threads.
    fn labels(
        &mut self,
        job: &LabelJob,
        start: u64,
        out: &mut [Label32],
        threads: usize,
    ) -> Result<(), DeviceError> {
        let lanes = self.kernel.lanes();
        let queue = Mutex::new(out.chunks_mut(lanes).zip(0_u64..));
        let kernel = self.kernel;
        let work = |scratch: &mut Scratch| -> Result<(), cpu::KernelError> {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((out, nth)) = next else {
                    return Ok(());
                };
                let start = start + nth * lanes as u64;
                cpu::labels(kernel, &job.commitment, start, job.scrypt, out, scratch)?;
            }
        };
        let result = match self.scratch.get_mut(..threads) {
            Some([only]) => work(only),
            Some(several) => std::thread::scope(|scope| {
                let threads: Vec<_> = several
                    .iter_mut()
                    .map(|scratch| scope.spawn(|| work(scratch)))
                    .collect();
                threads.into_iter().try_for_each(|thread| {
                    thread
                        .join()
                        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                })
            }),
            None => unreachable!("threads is at most the number of scratch areas"),
        };
        result.map_err(|error| DeviceError::Unsupported {
            name: self.info.name.clone(),
            reason: error.to_string(),
        })
    }
}

impl Device for CpuDevice {
    fn info(&self) -> &DeviceInfo {
        &self.info
    }

    fn granularity(&self) -> u64 {
        (self.kernel.lanes() * self.scratch.len()) as u64
    }

    fn compute(
        &mut self,
        job: &LabelJob,
        control: &DeviceControl,
        sink: &mut dyn FnMut(Chunk<'_>) -> ControlFlow<()>,
    ) -> Result<(), DeviceError> {
        let mut labels: Vec<Label32> = Vec::new();
        let mut stored = Vec::new();
        let mut hits = Vec::new();
        let mut done = 0;
        while done < job.count && !control.is_stopped() {
            let threads = if control.is_gentle() {
                self.scratch.len().div_ceil(2)
            } else {
                self.scratch.len()
            };
            let count = self.chunk.min(job.count - done);
            let start = job.start + done;
            labels.resize(count as usize, [0; 32]);
            let began = Instant::now();
            self.labels(job, start, &mut labels, threads)?;
            if count == self.chunk && began.elapsed() < CPU_CHUNK / 2 {
                self.chunk = (self.chunk * 2).min(CPU_CHUNK_MAX);
            }
            stored.clear();
            hits.clear();
            for (label, index) in labels.iter().zip(start..) {
                stored.extend_from_slice(&label[..16]);
                if *label < job.limit {
                    hits.push(VrfCandidate {
                        index,
                        label: *label,
                    });
                }
            }
            done += count;
            if sink(Chunk {
                start,
                labels: &stored,
                hits: &hits,
            })
            .is_break()
            {
                break;
            }
        }
        Ok(())
    }
}

/// Compares a device's stored label with the portable one. `None` when they agree, otherwise the expected bytes.
pub(crate) fn check_label(
    job: &LabelJob,
    index: u64,
    found: &[u8],
    scratch: &mut Scratch,
) -> Option<Label32> {
    let mut expected = [[0; 32]];
    let computed = cpu::labels(
        LabelKernel::Portable,
        &job.commitment,
        index,
        job.scrypt,
        &mut expected,
        scratch,
    );
    let [expected] = expected;
    (computed.is_err() || expected.get(..found.len()) != Some(found)).then_some(expected)
}
