//! Active sets as they are fetched and weighed (06 §5).

use spacemesh_codec::{DecodeError, decode_exact};
use spacemesh_types::{
    AtxId, EpochId, Hash32,
    wire::{EpochActiveSet, active_set_hash},
};

use crate::{
    eligibility::{AtxSource, Recent},
    verdict::Refusal,
};

/// Why an active set is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActiveSetFault {
    /// The bytes are none.
    #[error("the bytes are no active set")]
    Undecodable(#[from] DecodeError),
    /// Not ascending.
    #[error("the ids of the active set do not ascend at position {0}")]
    NotSorted(usize),
    /// Another hash.
    #[error("the active set has the id {found}, {requested} was asked for")]
    OtherHash {
        /// What was asked for.
        requested: Hash32,
        /// What it hashes to.
        found: Hash32,
    },
    /// No ATX at all.
    #[error("the active set is empty")]
    Empty,
    /// An ATX that is not known.
    #[error("the active set of epoch {epoch} has {atx}, which is not known; it can be fetched")]
    UnknownAtx {
        /// The set's epoch.
        epoch: EpochId,
        /// The ATX.
        atx: AtxId,
    },
}

impl ActiveSetFault {
    /// How it is taken.
    pub const fn refusal(&self) -> Refusal {
        match self {
            Self::Undecodable(_) | Self::NotSorted(_) | Self::OtherHash { .. } | Self::Empty => {
                Refusal::Reject
            }
            Self::UnknownAtx { .. } => Refusal::Ignore,
        }
    }
}

/// Reads a fetched set: ascending, where equal neighbours are legal and count twice (06 trap 12), and with the hash asked for. The epoch
/// is not part of the hash. ATXs of it that are not known are to be fetched before it is stored.
///
/// # Errors
///
/// [`ActiveSetFault`], all of them rejected.
pub fn check_active_set(
    bytes: &[u8],
    requested: &Hash32,
) -> Result<EpochActiveSet, ActiveSetFault> {
    let set: EpochActiveSet = decode_exact(bytes)?;
    let fall = set.set.windows(2).position(|pair| pair[0] > pair[1]);
    if let Some(position) = fall {
        return Err(ActiveSetFault::NotSorted(position + 1));
    }
    let found = active_set_hash(&set.set);
    if found != *requested {
        return Err(ActiveSetFault::OtherHash {
            requested: *requested,
            found,
        });
    }
    Ok(set)
}

/// Weights of active sets by their hash. Only complete sets are remembered.
#[derive(Debug, Clone)]
pub struct ActiveSetWeights(Recent<Hash32, u64>);

impl Default for ActiveSetWeights {
    fn default() -> Self {
        Self(Recent::new(Self::SETS_MAX))
    }
}

impl ActiveSetWeights {
    /// How many weights are surely remembered.
    pub const SETS_MAX: usize = 10_000;

    /// The weight that is remembered.
    pub fn known(&mut self, id: &Hash32) -> Option<u64> {
        self.0.get(id).copied()
    }

    /// The sum of the weights of the set's ATXs in the set's epoch, in 64 bits that wrap. Duplicates count repeatedly.
    ///
    /// # Errors
    ///
    /// The set is empty, or an ATX is not known.
    pub fn weight<S: AtxSource>(
        &mut self,
        source: &S,
        id: Hash32,
        set: &EpochActiveSet,
    ) -> Result<u64, ActiveSetFault> {
        let weight = self.0.get_or_compute(id, || {
            if set.set.is_empty() {
                return Err(ActiveSetFault::Empty);
            }
            let mut weight = 0_u64;
            for atx in &set.set {
                let facts = source.atx(set.epoch, atx);
                let facts = facts.ok_or(ActiveSetFault::UnknownAtx {
                    epoch: set.epoch,
                    atx: *atx,
                })?;
                weight = weight.wrapping_add(facts.weight);
            }
            Ok(weight)
        })?;
        Ok(*weight)
    }
}
