//! The proving cipher: which labels of a batch are hits for which proof nonces (03 §3.9). A closed set of implementations, any of which can
//! be forced.
//!
//! ```text
//! label ── AES, group key ──> 16 bytes, byte k belongs to nonce 16·G + k
//!   byte > msb   miss          255 of 256 on public networks, where msb is 0
//!   byte < msb   hit           never where msb is 0
//!   byte = msb   AES, lazy key of that nonce: hit if 56 bits of the output are below lsb
//! ```
//!
//! The first step is the whole cost: one AES block and 16 comparisons per label and group. Kernels compare 16 to 64 output bytes with one
//! instruction and append the places of possible hits (*candidates*) to a list without a branch; the rare second step then runs over the list,
//! so that the pipeline of the first never stops. A batch of some ten KiB stays in the cache while all groups pass over it.
//!
//! Measured on one core of a shared AMD EPYC (Zen 5), GiB of labels per second of processor time at 64 and at 288 nonces: portable 0.089
//! and 0.020, AES-NI 2.26 and 0.51, VAES-256 3.55 and 0.81, VAES-512 4.77 and 0.91.
//!
//! Keeps true: every kernel finds the same hits as the portable one, in the same order: by label, then by nonce.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod candidates;
mod key;
mod portable;

#[cfg(target_arch = "aarch64")]
mod armv8;
#[cfg(target_arch = "x86_64")]
mod ni;
#[cfg(target_arch = "x86_64")]
mod vaes256;
#[cfg(target_arch = "x86_64")]
mod vaes512;

use std::fmt;
use std::str::FromStr;

use crate::difficulty::ProvingDifficulty;

pub use key::{GroupKeys, NONCES_PER_GROUP};

/// Bytes of labels that a kernel takes at once: with the candidates of one group it stays in a level-2 cache.
pub const BATCH_BYTES: usize = 64 * 1024;

/// An implementation of the proving cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cipher {
    /// One label and one byte at a time: the twin that the others are compared with.
    Portable,
    /// 64-bit ARM with the AES instructions, 16 bytes per instruction.
    Armv8,
    /// x86-64 with AES-NI, 16 bytes per instruction.
    AesNi,
    /// x86-64 with VAES on 256-bit vectors, 32 bytes per instruction.
    Vaes256,
    /// x86-64 with VAES on 512-bit vectors, 64 bytes per instruction.
    Vaes512,
}

impl Cipher {
    /// All implementations, slowest first on machines that have several.
    pub const ALL: [Self; 5] = [
        Self::Portable,
        Self::Armv8,
        Self::AesNi,
        Self::Vaes256,
        Self::Vaes512,
    ];

    /// Whether this processor can run it.
    pub fn available(self) -> bool {
        match self {
            Self::Portable => true,
            Self::Armv8 => detected::armv8(),
            Self::AesNi => detected::aes_ni(),
            Self::Vaes256 => detected::vaes256(),
            Self::Vaes512 => detected::vaes512(),
        }
    }

    /// The implementations of this processor, slowest first.
    pub fn all_available() -> Vec<Self> {
        Self::ALL
            .into_iter()
            .filter(|cipher| cipher.available())
            .collect()
    }

    /// The fastest implementation of this processor.
    pub fn detect_best() -> Self {
        Self::ALL
            .into_iter()
            .rfind(|cipher| cipher.available())
            .unwrap_or(Self::Portable)
    }

    /// Its name in settings, on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Armv8 => "armv8",
            Self::AesNi => "aes-ni",
            Self::Vaes256 => "vaes256",
            Self::Vaes512 => "vaes512",
        }
    }
}

impl fmt::Display for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Cipher {
    type Err = CipherError;

    fn from_str(name: &str) -> Result<Self, CipherError> {
        Self::ALL
            .into_iter()
            .find(|cipher| cipher.name() == name)
            .ok_or_else(|| CipherError::Unknown {
                name: name.to_owned(),
            })
    }
}

/// A label that satisfies the difficulty for a proof nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// Position of the label in the scanned slice, in labels.
    pub label: u32,
    /// The nonce within its group, 0..16.
    pub nonce: u8,
}

/// Finds hits of one nonce group after another in slices of labels, with one implementation. Belongs to one thread.
pub struct Scanner {
    cipher: Cipher,
    difficulty: ProvingDifficulty,
    /// Byte positions in the output of the group cipher, filled by a kernel. As long as a batch of only candidates needs.
    candidates: Vec<u32>,
}

impl Scanner {
    /// # Errors
    /// When this processor lacks the instructions.
    pub fn new(cipher: Cipher, difficulty: ProvingDifficulty) -> Result<Self, CipherError> {
        if !cipher.available() {
            return Err(CipherError::Unavailable { cipher });
        }
        Ok(Self {
            cipher,
            difficulty,
            candidates: vec![0; BATCH_BYTES + 1],
        })
    }

    /// Calls `found` with every hit of the group among `labels`, by label, then by nonce. `labels` is cut into batches; an incomplete label
    /// at its end is left out.
    pub fn scan(&mut self, keys: &GroupKeys, labels: &[u8], mut found: impl FnMut(Hit)) {
        for (batch, labels) in labels.chunks(BATCH_BYTES).enumerate() {
            let first = (batch * (BATCH_BYTES / 16)) as u32;
            let (blocks, _) = labels.as_chunks::<16>();
            let count = candidates(
                self.cipher,
                keys,
                self.difficulty.msb,
                blocks,
                &mut self.candidates,
            );
            for position in &self.candidates[..count] {
                let (label, nonce) = (position / 16, (position % 16) as u8);
                let block = &blocks[label as usize];
                if is_hit(self.cipher, keys, nonce, self.difficulty, block) {
                    found(Hit {
                        label: first + label,
                        nonce,
                    });
                }
            }
        }
    }
}

/// Whether one label satisfies the difficulty for nonce `nonce` of a group, and the reason if not.
pub(crate) fn check(
    keys: &GroupKeys,
    nonce: u8,
    difficulty: ProvingDifficulty,
    label: &[u8; 16],
) -> Result<(), Miss> {
    portable::check(keys, nonce, difficulty, label)
}

/// Why a label is not a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    /// The byte of the group cipher is above the difficulty's top byte.
    Msb {
        /// The byte.
        value: u8,
    },
    /// The byte is equal and the lazy cipher's 56 bits are not below the rest.
    Lsb {
        /// The 56 bits.
        value: u64,
    },
}

/// Byte positions `p` (label `p / 16`, nonce `p % 16`) where the group cipher's output is at most `msb`, ascending. Returns their number.
fn candidates(
    cipher: Cipher,
    keys: &GroupKeys,
    msb: u8,
    labels: &[[u8; 16]],
    out: &mut [u32],
) -> usize {
    match cipher {
        #[cfg(target_arch = "x86_64")]
        Cipher::AesNi => ni::candidates(keys, msb, labels, out),
        #[cfg(target_arch = "x86_64")]
        Cipher::Vaes256 => vaes256::candidates(keys, msb, labels, out),
        #[cfg(target_arch = "x86_64")]
        Cipher::Vaes512 => vaes512::candidates(keys, msb, labels, out),
        #[cfg(not(target_arch = "x86_64"))]
        Cipher::AesNi | Cipher::Vaes256 | Cipher::Vaes512 => {
            portable::candidates(keys, msb, labels, out)
        }
        #[cfg(target_arch = "aarch64")]
        Cipher::Armv8 => armv8::candidates(keys, msb, labels, out),
        #[cfg(not(target_arch = "aarch64"))]
        Cipher::Armv8 => portable::candidates(keys, msb, labels, out),
        Cipher::Portable => portable::candidates(keys, msb, labels, out),
    }
}

/// The second step: whether a candidate is a hit.
#[inline]
fn is_hit(
    cipher: Cipher,
    keys: &GroupKeys,
    nonce: u8,
    difficulty: ProvingDifficulty,
    label: &[u8; 16],
) -> bool {
    match cipher {
        #[cfg(target_arch = "x86_64")]
        Cipher::AesNi | Cipher::Vaes256 | Cipher::Vaes512 => {
            ni::is_hit(keys, nonce, difficulty, label)
        }
        #[cfg(not(target_arch = "x86_64"))]
        Cipher::AesNi | Cipher::Vaes256 | Cipher::Vaes512 => {
            portable::check(keys, nonce, difficulty, label).is_ok()
        }
        #[cfg(target_arch = "aarch64")]
        Cipher::Armv8 => armv8::is_hit(keys, nonce, difficulty, label),
        #[cfg(not(target_arch = "aarch64"))]
        Cipher::Armv8 => portable::check(keys, nonce, difficulty, label).is_ok(),
        Cipher::Portable => portable::check(keys, nonce, difficulty, label).is_ok(),
    }
}

#[cfg(target_arch = "x86_64")]
mod detected {
    pub(super) const fn armv8() -> bool {
        false
    }

    pub(super) fn aes_ni() -> bool {
        is_x86_feature_detected!("aes") && is_x86_feature_detected!("sse4.1")
    }

    pub(super) fn vaes256() -> bool {
        aes_ni() && is_x86_feature_detected!("avx2") && is_x86_feature_detected!("vaes")
    }

    pub(super) fn vaes512() -> bool {
        vaes256() && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw")
    }
}

#[cfg(target_arch = "aarch64")]
mod detected {
    pub(super) fn armv8() -> bool {
        std::arch::is_aarch64_feature_detected!("aes")
    }

    pub(super) const fn aes_ni() -> bool {
        false
    }

    pub(super) const fn vaes256() -> bool {
        false
    }

    pub(super) const fn vaes512() -> bool {
        false
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod detected {
    pub(super) const fn armv8() -> bool {
        false
    }

    pub(super) const fn aes_ni() -> bool {
        false
    }

    pub(super) const fn vaes256() -> bool {
        false
    }

    pub(super) const fn vaes512() -> bool {
        false
    }
}

/// A request that no cipher can serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CipherError {
    /// No implementation of that name.
    #[error(
        "no proving cipher is called {name:?}; choose portable, aes-ni, vaes256, vaes512 or armv8"
    )]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// The processor lacks the instructions.
    #[error(
        "this processor cannot run the {cipher} proving cipher; leave the choice to detection, or choose portable"
    )]
    Unavailable {
        /// What was asked for.
        cipher: Cipher,
    },
}
