//! The beacons of epochs, and who may set them (06 §2).

use std::collections::BTreeMap;

use spacemesh_types::{Beacon, EpochId};

/// What setting a beacon comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetBeacon {
    /// It was stored: write it before anything else happens, then tell the tortoise and the events.
    Stored,
    /// It was there already.
    Same,
}

/// A beacon that cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetBeaconError {
    /// Another one is set.
    #[error(
        "the beacon of epoch {epoch} is {kept} and cannot become {refused}; the first one stays"
    )]
    Differs {
        /// The epoch.
        epoch: EpochId,
        /// The beacon that stays.
        kept: Beacon,
        /// The one that came later.
        refused: Beacon,
    },
    /// All zeros mean "none".
    #[error("an empty beacon cannot be set for epoch {0}")]
    Zero(EpochId),
}

/// The stored beacons, one per epoch. Made from the store at start, so that a difference is found also after a restart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beacons(BTreeMap<EpochId, Beacon>);

impl Beacons {
    /// The beacons of the store.
    pub fn load(stored: impl IntoIterator<Item = (EpochId, Beacon)>) -> Self {
        let beacons = stored.into_iter().filter(|(_, beacon)| !beacon.is_zero());
        Self(beacons.collect())
    }

    /// The beacon of an epoch.
    pub fn get(&self, epoch: EpochId) -> Option<Beacon> {
        self.0.get(&epoch).copied()
    }

    /// Takes the result of the protocol or of the ballots: the first one stays.
    ///
    /// # Errors
    ///
    /// Another beacon is set, or this one is empty.
    pub fn set(&mut self, epoch: EpochId, beacon: Beacon) -> Result<SetBeacon, SetBeaconError> {
        if beacon.is_zero() {
            return Err(SetBeaconError::Zero(epoch));
        }
        match self.0.get(&epoch) {
            Some(kept) if *kept == beacon => Ok(SetBeacon::Same),
            Some(kept) => Err(SetBeaconError::Differs {
                epoch,
                kept: *kept,
                refused: beacon,
            }),
            None => {
                self.0.insert(epoch, beacon);
                Ok(SetBeacon::Stored)
            }
        }
    }

    /// Takes what the bootstrap service or a standalone node's configuration says: it replaces what was there, at any time.
    ///
    /// # Errors
    ///
    /// The beacon is empty.
    pub fn overwrite(
        &mut self,
        epoch: EpochId,
        beacon: Beacon,
    ) -> Result<SetBeacon, SetBeaconError> {
        if beacon.is_zero() {
            return Err(SetBeaconError::Zero(epoch));
        }
        let before = self.0.insert(epoch, beacon);
        Ok(if before == Some(beacon) {
            SetBeacon::Same
        } else {
            SetBeacon::Stored
        })
    }

    /// All of them, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (EpochId, Beacon)> {
        self.0.iter().map(|(epoch, beacon)| (*epoch, *beacon))
    }
}
