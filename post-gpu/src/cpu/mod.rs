//! Labels on the CPU: a closed set of kernels that compute several labels side by side, one per vector lane (03 §3.2, §3.3 item 12).
//!
//! Keeps true: every kernel gives the bytes of [`crate::label::label32`]; a kernel runs only where [`LabelKernel::available`] says so;
//! nothing is allocated per label, [`Scratch`] belongs to a thread and is reused.
//!
//! A label costs 32,768 ChaCha20/8 cores and moves 2 MiB through the caches, so kernels differ in three ways: how many labels one
//! instruction serves, how a lane's row gets from memory into vector lanes, and how much of the waiting for memory is hidden. What the vector
//! kernels share is in `sliced`; each adds the operations of its instruction set.
//!
//! Measured at N = 8192, labels per second of processor time on one core of a shared AMD EPYC (Zen 5): portable 885, AVX2 2,760,
//! AVX-512 5,370. `spacemesh post bench` repeats the comparison.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod scratch;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod sliced;

use std::fmt;
use std::str::FromStr;

use crate::label::{Block, Commitment, Label32, LabelKey, label32_with};
use crate::params::{MAX_LABEL_INDEX, ScryptN};

pub use scratch::Scratch;

/// An implementation of the label function on the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelKernel {
    /// Plain code, one label at a time: the twin that the others are compared with.
    Portable,
    /// x86-64 with AVX2: 8 labels per instruction.
    Avx2,
    /// x86-64 with AVX-512F: 16 labels per instruction.
    Avx512,
    /// 64-bit ARM: 4 labels per instruction.
    Neon,
}

impl LabelKernel {
    /// All kernels, slowest first on machines that have several.
    pub const ALL: [Self; 4] = [Self::Portable, Self::Neon, Self::Avx2, Self::Avx512];

    /// Whether this processor can run it.
    pub fn available(self) -> bool {
        match self {
            Self::Portable => true,
            Self::Avx2 => detected::avx2(),
            Self::Avx512 => detected::avx512(),
            Self::Neon => cfg!(target_arch = "aarch64"),
        }
    }

    /// The kernels of this processor, slowest first.
    pub fn all_available() -> Vec<Self> {
        Self::ALL
            .into_iter()
            .filter(|kernel| kernel.available())
            .collect()
    }

    /// The fastest kernel of this processor.
    pub fn detect_best() -> Self {
        Self::ALL
            .into_iter()
            .rfind(|kernel| kernel.available())
            .unwrap_or(Self::Portable)
    }

    /// Its name in settings, on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        }
    }

    /// The kernel for a single request of `count` labels: a vector kernel takes as long for one label as for all its lanes, the portable one
    /// is done sooner with one or two.
    pub const fn for_count(self, count: usize) -> Self {
        if count <= 2 { Self::Portable } else { self }
    }

    /// Labels computed side by side. Batches that are multiples of it waste nothing.
    pub const fn lanes(self) -> usize {
        match self {
            Self::Portable => 1,
            Self::Avx2 => 16,
            Self::Avx512 => 32,
            Self::Neon => 8,
        }
    }
}

impl fmt::Display for LabelKernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for LabelKernel {
    type Err = KernelError;

    fn from_str(name: &str) -> Result<Self, KernelError> {
        Self::ALL
            .into_iter()
            .find(|kernel| kernel.name() == name)
            .ok_or_else(|| KernelError::Unknown {
                name: name.to_owned(),
            })
    }
}

/// One label to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelAt {
    /// Whose label.
    pub commitment: Commitment,
    /// Its index; those of stored labels are at most 2^64 − 2.
    pub index: u64,
}

/// Computes the labels `start..start + out.len()` of one commitment into `out`, on the calling thread.
///
/// # Errors
/// When this processor lacks the kernel or the range leaves 0..=2^64 − 2; `out` is then unchanged.
pub fn labels(
    kernel: LabelKernel,
    commitment: &Commitment,
    start: u64,
    n: ScryptN,
    out: &mut [Label32],
    scratch: &mut Scratch,
) -> Result<(), KernelError> {
    let count = out.len() as u64;
    let in_range = count == 0
        || start
            .checked_add(count - 1)
            .is_some_and(|last| last <= MAX_LABEL_INDEX);
    if !in_range {
        return Err(KernelError::Range { start, count });
    }
    run(
        kernel,
        |i| LabelAt {
            commitment: *commitment,
            index: start + i as u64,
        },
        n,
        out,
        scratch,
    )
}

/// Computes labels at arbitrary places, also of several commitments, into `out`, on the calling thread. Both slices have one length; a
/// longer one's rest is left out. No index is refused: a verifier must take whatever the bits of a proof say.
///
/// # Errors
/// When this processor lacks the kernel; `out` is then unchanged.
pub fn labels_at(
    kernel: LabelKernel,
    places: &[LabelAt],
    n: ScryptN,
    out: &mut [Label32],
    scratch: &mut Scratch,
) -> Result<(), KernelError> {
    let count = places.len().min(out.len());
    run(kernel, |i| places[i], n, &mut out[..count], scratch)
}

fn run(
    kernel: LabelKernel,
    place: impl Fn(usize) -> LabelAt,
    n: ScryptN,
    out: &mut [Label32],
    scratch: &mut Scratch,
) -> Result<(), KernelError> {
    if !kernel.available() {
        return Err(KernelError::Unavailable { kernel });
    }
    let lanes = kernel.lanes();
    for (chunk, labels) in out.chunks_mut(lanes).enumerate() {
        let first = chunk * lanes;
        match kernel {
            LabelKernel::Portable => {
                let rows = scratch.rows(n.rows());
                for (i, label) in labels.iter_mut().enumerate() {
                    let LabelAt { commitment, index } = place(first + i);
                    *label = label32_with(&commitment, index, rows);
                }
            }
            LabelKernel::Avx2 | LabelKernel::Avx512 | LabelKernel::Neon => {
                let keys: Vec<LabelKey> = (0..labels.len())
                    .map(|i| place(first + i))
                    .map(|place| LabelKey::new(&place.commitment, place.index))
                    .collect();
                let mut blocks: Vec<Block> = keys.iter().map(LabelKey::first_block).collect();
                romix(kernel, &mut blocks, n, scratch);
                for ((label, key), block) in labels.iter_mut().zip(&keys).zip(&blocks) {
                    *label = key.finish(block);
                }
            }
        }
    }
    Ok(())
}

/// Both loops on up to `kernel.lanes()` blocks.
fn romix(kernel: LabelKernel, blocks: &mut [Block], n: ScryptN, scratch: &mut Scratch) {
    match kernel {
        #[cfg(target_arch = "x86_64")]
        LabelKernel::Avx2 => avx2::romix(blocks, n, scratch),
        #[cfg(target_arch = "x86_64")]
        LabelKernel::Avx512 => avx512::romix(blocks, n, scratch),
        #[cfg(target_arch = "aarch64")]
        LabelKernel::Neon => neon::romix(blocks, n, scratch),
        #[cfg(target_arch = "x86_64")]
        LabelKernel::Portable | LabelKernel::Neon => {
            unreachable!("`run` has no vector path for {kernel} on this processor")
        }
        #[cfg(target_arch = "aarch64")]
        LabelKernel::Portable | LabelKernel::Avx2 | LabelKernel::Avx512 => {
            unreachable!("`run` has no vector path for {kernel} on this processor")
        }
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        LabelKernel::Portable | LabelKernel::Avx2 | LabelKernel::Avx512 | LabelKernel::Neon => {
            let _ = (blocks, n, scratch);
            unreachable!("`run` has no vector path for {kernel} on this processor")
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod detected {
    pub(super) fn avx2() -> bool {
        is_x86_feature_detected!("avx2")
    }

    pub(super) fn avx512() -> bool {
        is_x86_feature_detected!("avx512f")
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod detected {
    pub(super) const fn avx2() -> bool {
        false
    }

    pub(super) const fn avx512() -> bool {
        false
    }
}

/// A request that no kernel can serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// No kernel of that name.
    #[error("no label kernel is called {name:?}; choose portable, avx2, avx512 or neon")]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// The processor lacks the instructions.
    #[error(
        "this processor cannot run the {kernel} label kernel; leave the choice to detection, or choose portable"
    )]
    Unavailable {
        /// What was asked for.
        kernel: LabelKernel,
    },
    /// Indices beyond the largest.
    #[error("labels from {start}, {count} of them: the largest index is {MAX_LABEL_INDEX}")]
    Range {
        /// First index.
        start: u64,
        /// Number of labels.
        count: u64,
    },
}
