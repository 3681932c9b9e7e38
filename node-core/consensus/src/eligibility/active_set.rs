//! The active set that the first block of an epoch stands for (06 §8.1 step 4, §9.2 step 3b).

use std::collections::BTreeSet;

use spacemesh_types::{AtxId, Beacon, EpochId, Hash32, wire::EpochData};

use super::atx::AtxSource;

/// The first stored ballot of an ATX or smesher in an epoch, as far as it declares something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstBallot {
    /// What it declares.
    pub data: Option<EpochData>,
}

/// What is stored about an epoch.
pub trait ActiveSetSource: AtxSource {
    /// The ATXs rewarded by the first applied block of the epoch that is not empty.
    fn rewarded_by_first_block(&self, epoch: EpochId) -> Option<Vec<AtxId>>;
    /// The lowest-layer stored ballot of an ATX in the epoch.
    fn first_ballot_of_atx(&self, epoch: EpochId, atx: &AtxId) -> Option<FirstBallot>;
    /// The lowest-layer stored ballot of every smesher in the epoch.
    fn first_ballots(&self, epoch: EpochId) -> Vec<FirstBallot>;
    /// A stored active set.
    fn active_set(&self, id: &Hash32) -> Option<Vec<AtxId>>;
    /// The beacon of an epoch.
    fn beacon(&self, epoch: EpochId) -> Option<Beacon>;
}

/// Why there is no such set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActiveSetError {
    /// No block of the epoch was applied.
    #[error("no block of epoch {0} has been applied")]
    NoBlock(EpochId),
    /// A rewarded ATX has no stored ballot.
    #[error("no ballot of {atx} in epoch {epoch} is stored")]
    NoBallot {
        /// The ATX.
        atx: AtxId,
        /// The epoch.
        epoch: EpochId,
    },
    /// An active set is not stored.
    #[error("the active set {0} is not stored")]
    NoActiveSet(Hash32),
    /// The first ballot of a rewarded ATX declares nothing.
    #[error("the first ballot of {0} in the epoch declares no active set")]
    NoEpochData(AtxId),
}

impl ActiveSetError {
    /// Whether something is just not there. The oracle asks the ballots then (06 §9.2 step 3c).
    pub const fn is_not_found(self) -> bool {
        match self {
            Self::NoBlock(_) | Self::NoBallot { .. } | Self::NoActiveSet(_) => true,
            Self::NoEpochData(_) => false,
        }
    }
}

/// The ATXs rewarded by the first block of the epoch, and those of the active sets that they declared; ascending, each once.
///
/// # Errors
///
/// The first thing that is missing.
pub fn set_of_first_block<S: ActiveSetSource>(
    source: &S,
    epoch: EpochId,
) -> Result<Vec<AtxId>, ActiveSetError> {
    let rewarded = source.rewarded_by_first_block(epoch);
    let rewarded = rewarded.ok_or(ActiveSetError::NoBlock(epoch))?;
    let mut ids = BTreeSet::new();
    let mut sets = BTreeSet::new();
    for atx in rewarded {
        ids.insert(atx);
        let ballot = source.first_ballot_of_atx(epoch, &atx);
        let ballot = ballot.ok_or(ActiveSetError::NoBallot { atx, epoch })?;
        let data = ballot.data.ok_or(ActiveSetError::NoEpochData(atx))?;
        // Smeshers often declare the same set.
        if sets.insert(data.active_set_hash) {
            let set = source.active_set(&data.active_set_hash);
            ids.extend(set.ok_or(ActiveSetError::NoActiveSet(data.active_set_hash))?);
        }
    }
    Ok(ids.into_iter().collect())
}

/// The union of the active sets of the ballots that declare this epoch's beacon and whose set is stored.
pub(super) fn set_of_ballots<S: ActiveSetSource>(
    source: &S,
    epoch: EpochId,
    beacon: Beacon,
) -> Vec<AtxId> {
    let ballots = source.first_ballots(epoch);
    let data = ballots.iter().filter_map(|ballot| ballot.data);
    let sets: BTreeSet<Hash32> = data
        .filter(|data| data.beacon == beacon)
        .map(|data| data.active_set_hash)
        .collect();
    let stored = sets.iter().filter_map(|id| source.active_set(id));
    let ids: BTreeSet<AtxId> = stored.flatten().collect();
    ids.into_iter().collect()
}
