//! Which version an ATX has: a matter of its publish epoch alone, as there is no version on the wire (05 §6).

use std::collections::BTreeMap;

use spacemesh_types::{AtxVersion, EpochId};

/// The versions of ATXs by publish epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtxVersions(Vec<(EpochId, AtxVersion)>);

/// Versions that no network can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AtxVersionsError {
    /// A version that does not exist.
    #[error("main.atx-versions: epoch {epoch} has version {version}; write 1 or 2")]
    Unknown {
        /// From which epoch on.
        epoch: EpochId,
        /// The version given.
        version: AtxVersion,
    },
    /// A version below an earlier one.
    #[error(
        "main.atx-versions: epoch {epoch} goes back to version {version}; versions never decrease"
    )]
    Decreases {
        /// From which epoch on.
        epoch: EpochId,
        /// The version given.
        version: AtxVersion,
    },
}

impl AtxVersions {
    /// From each of the epochs on, that version; before the first, version 1.
    ///
    /// # Errors
    ///
    /// A version other than 1 and 2, or one below an earlier one.
    pub fn new(switches: &BTreeMap<EpochId, AtxVersion>) -> Result<Self, AtxVersionsError> {
        let mut entries = vec![(EpochId::ZERO, AtxVersion::V1)];
        for (&epoch, &version) in switches {
            if version != AtxVersion::V1 && version != AtxVersion::V2 {
                return Err(AtxVersionsError::Unknown { epoch, version });
            }
            // The entry for epoch 0 is there from the start and may be overridden.
            if epoch == EpochId::ZERO {
                entries.clear();
            }
            if entries.last().is_some_and(|&(_, last)| version < last) {
                return Err(AtxVersionsError::Decreases { epoch, version });
            }
            entries.push((epoch, version));
        }
        Ok(Self(entries))
    }

    /// The version of ATXs that are published in `epoch`.
    pub fn at(&self, epoch: EpochId) -> AtxVersion {
        let entries = self.0.iter().rev();
        let mut reached = entries.filter(|&&(from, _)| from <= epoch);
        reached
            .next()
            .map_or(AtxVersion::V1, |&(_, version)| version)
    }
}

impl Default for AtxVersions {
    /// Version 1 in every epoch, as on mainnet and in all presets.
    fn default() -> Self {
        Self(vec![(EpochId::ZERO, AtxVersion::V1)])
    }
}
