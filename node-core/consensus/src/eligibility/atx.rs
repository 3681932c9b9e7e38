//! What is asked about an activation transaction.

use spacemesh_types::{AtxId, EpochId, NodeId, VrfNonce};

/// An ATX as eligibility sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtxFacts {
    /// Whose it is.
    pub smesher: NodeId,
    /// Its stored weight. Not units times ticks, which differs for a merged ATX (06 trap 10).
    pub weight: u64,
    /// Its VRF nonce: of exactly this ATX.
    pub nonce: VrfNonce,
}

/// The ATXs that are known and accepted.
pub trait AtxSource {
    /// The ATX `id`, if it gives rights in the epoch `target`.
    fn atx(&self, target: EpochId, id: &AtxId) -> Option<AtxFacts>;
}
