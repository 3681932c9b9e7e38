//! The VRF nonce (03 §3.4): the index of a label so low that an identity needs about one pass of work to find it.
//!
//! Keeps true: a batch yields its lowest 32-byte value below the threshold, the first index on ties; between batches only the 16 stored
//! bytes are compared and the lower index wins a tie. So the result does not depend on the order in which batches are computed.

use crate::label::{Label, Label32, stored};
use crate::params::{MAX_LABEL_INDEX, NumLabels};

/// A label must be lower than this to be a VRF nonce: `floor(2^256 / numLabels) * 8`, big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VrfThreshold([u8; 32]);

impl VrfThreshold {
    /// # Errors
    /// When there are fewer than 9 labels: the value would not fit 32 bytes.
    pub fn new(labels: NumLabels) -> Result<Self, VrfNonceError> {
        let n = u128::from(labels.get());
        if n <= 8 {
            return Err(VrfNonceError::TooFewLabels {
                labels: labels.get(),
            });
        }
        // Long division of 2^256 in 64-bit digits; the leading digit 1 is the first remainder.
        let mut rest = 1_u128;
        let mut quotient = [0_u64; 4];
        for digit in &mut quotient {
            *digit = ((rest << 64) / n) as u64;
            rest = (rest << 64) % n;
        }
        let mut out = [0; 32];
        let mut carry = 0;
        for (bytes, digit) in out.as_chunks_mut().0.iter_mut().zip(quotient).rev() {
            *bytes = (digit << 3 | carry).to_be_bytes();
            carry = digit >> 61;
        }
        Ok(Self(out))
    }

    /// A limit that does not follow from a number of labels.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether a label with this value is a VRF nonce.
    pub fn admits(&self, label: &Label32) -> bool {
        *label < self.0
    }
}

/// A label below the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VrfCandidate {
    /// Label index.
    pub index: u64,
    /// Its full value.
    pub label: Label32,
}

/// The lowest value below the threshold among labels `start..`, the first index on ties.
pub fn best_in_batch(
    start: u64,
    labels: &[Label32],
    threshold: &VrfThreshold,
) -> Option<VrfCandidate> {
    let mut best: Option<VrfCandidate> = None;
    let mut limit = threshold.0;
    // In this order the range is not asked for an index after the last label, which may be the largest there is.
    for (label, index) in labels.iter().zip(start..) {
        if *label < limit {
            limit = *label;
            best = Some(VrfCandidate {
                index,
                label: *label,
            });
        }
    }
    best
}

/// What metadata remembers of the best nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VrfNonce {
    /// Label index.
    pub index: u64,
    /// The stored half of the label.
    pub value: Label,
}

impl VrfNonce {
    /// Whether `candidate` takes the place of `self`: its 16 stored bytes are strictly lower, or equal with a lower index.
    pub fn is_beaten_by(&self, candidate: &VrfCandidate) -> bool {
        (stored(&candidate.label), candidate.index) < (self.value, self.index)
    }

    /// The better of a known nonce and a candidate.
    pub fn better(known: Option<Self>, candidate: &VrfCandidate) -> Self {
        known
            .filter(|known| !known.is_beaten_by(candidate))
            .unwrap_or_else(|| candidate.into())
    }
}

impl From<&VrfCandidate> for VrfNonce {
    fn from(candidate: &VrfCandidate) -> Self {
        Self {
            index: candidate.index,
            value: stored(&candidate.label),
        }
    }
}

/// Where the search beyond the end of the data starts or goes on: the first label that no batch has tried.
pub fn search_start(last_position: Option<u64>, labels: NumLabels) -> u64 {
    last_position.unwrap_or(0).max(labels.get())
}

/// Checks a VRF nonce: any index except 2^64 − 1 counts, also one beyond the identity's labels. `label` is the label at `index`.
///
/// # Errors
/// When the index is out of range, there are too few labels, or the label is not below the threshold.
pub fn verify(index: u64, label: &Label32, labels: NumLabels) -> Result<(), VrfNonceError> {
    if index > MAX_LABEL_INDEX {
        return Err(VrfNonceError::Index { index });
    }
    if VrfThreshold::new(labels)?.admits(label) {
        Ok(())
    } else {
        Err(VrfNonceError::NotBelow {
            index,
            labels: labels.get(),
        })
    }
}

/// Probability that the lowest of the nonces found in a full pass is still valid after the size grew by `factor` (03 §3.4).
pub fn survives_growth(factor: f64) -> f64 {
    1.0 - (-8.0 / factor.max(1.0)).exp()
}

/// Why an index is not a VRF nonce.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VrfNonceError {
    /// No threshold exists.
    #[error("{labels} labels: a VRF nonce needs at least 9; use more units")]
    TooFewLabels {
        /// Labels of the identity.
        labels: u64,
    },
    /// 2^64 − 1 has no label.
    #[error("VRF nonce {index} is not a label index: the largest is {MAX_LABEL_INDEX}")]
    Index {
        /// The nonce.
        index: u64,
    },
    /// The label is too high.
    #[error("VRF nonce {index} is not below the threshold of {labels} labels; search for another")]
    NotBelow {
        /// The nonce.
        index: u64,
        /// Labels of the identity.
        labels: u64,
    },
}
