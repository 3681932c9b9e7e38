//! The two difficulties of a proof: of the labels (03 §3.9) and of the RandomX work in front of it (03 §3.10); the width of an index.

use crate::params::NumLabels;

/// How rare a hit is: a label hits with probability `d / 2^64`, `d = floor(2^64 * K1 / numLabels)`, compared in two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvingDifficulty {
    /// The top byte of `d`, compared with one byte of the group cipher's output.
    pub msb: u8,
    /// The low 56 bits of `d`, compared with 56 bits of the lazy cipher's output when the byte equals `msb`.
    pub lsb: u64,
}

impl ProvingDifficulty {
    /// # Errors
    /// When there are not more labels than K1.
    pub fn new(k1: u32, labels: NumLabels) -> Result<Self, DifficultyError> {
        if labels.get() <= u64::from(k1) {
            return Err(DifficultyError::TooFewLabels {
                labels: labels.get(),
                k1,
            });
        }
        let d = (u128::from(k1) << 64) / u128::from(labels.get());
        // d < 2^64 because labels > k1.
        let d = d as u64;
        Ok(Self {
            msb: (d >> 56) as u8,
            lsb: d & LOW_56,
        })
    }
}

/// The bits that the lazy comparison looks at.
pub(crate) const LOW_56: u64 = 0x00ff_ffff_ffff_ffff;

/// The difficulty of the RandomX work of `num_units` units: `floor(base / num_units)`, big-endian; zero units count as one.
pub fn scale_pow_difficulty(base: &[u8; 32], num_units: u32) -> [u8; 32] {
    let divisor = u64::from(num_units.max(1));
    let mut out = [0; 32];
    let mut rest = 0_u64;
    for (quotient, byte) in out.iter_mut().zip(base) {
        // rest < divisor ≤ 2^32, so the shifted value fits and the quotient is one byte.
        let value = rest << 8 | u64::from(*byte);
        *quotient = (value / divisor) as u8;
        rest = value % divisor;
    }
    out
}

/// Bits of one packed index: `floor(log2(numLabels)) + 1`, one more than needed when the count is a power of two.
pub fn index_bits(labels: NumLabels) -> u32 {
    labels.get().ilog2() + 1
}

/// Bytes of `count` packed indices of `bits` bits.
pub fn packed_len(bits: u32, count: u32) -> u64 {
    (u64::from(bits) * u64::from(count)).div_ceil(8)
}

/// A network too small for its own parameters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DifficultyError {
    /// Every label would be a hit.
    #[error("{labels} labels are not more than K1 = {k1}: no difficulty exists; use more units")]
    TooFewLabels {
        /// Labels of the identity.
        labels: u64,
        /// Expected hits per nonce.
        k1: u32,
    },
}
