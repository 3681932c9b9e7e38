//! Checks that cost milliseconds and are done elsewhere: proofs of space and VRF nonces (03, 05 §12.1).
//!
//! Keeps true: what could not be checked is told apart from what does not hold, so that a node that is stopping condemns nobody
//! (05 trap 20).

use spacemesh_types::{AtxId, Hash32, NodeId, VrfNonce, wire::PostV1};

use crate::Rejection;

/// Most labels for which no VRF nonce can be: the threshold does not fit 32 bytes (03 §3.4). The reference ends its process.
const TOO_FEW_LABELS_MAX: u64 = 8;

/// Which indices of a proof of space are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indices {
    /// All K2.
    All,
    /// K3 of them, chosen by a seed that begins with the peer id of this node; all in order if K3 = K2.
    Sampled,
    /// The one at this place; none if there is no such place.
    One(u32),
}

/// A proof of space to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostWork {
    /// Whose space.
    pub node: NodeId,
    /// What the labels were derived from.
    pub commitment: AtxId,
    /// What was proved; zero for an initial proof.
    pub challenge: Hash32,
    /// The proof.
    pub post: PostV1,
    /// Units. The verifier refuses numbers outside the network's bounds.
    pub num_units: u32,
    /// Which indices.
    pub indices: Indices,
}

/// A VRF nonce to check: the label at `nonce` must be below the threshold of `num_labels` (03 §3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VrfNonceWork {
    /// Whose space.
    pub node: NodeId,
    /// What the labels were derived from.
    pub commitment: AtxId,
    /// Index of the label.
    pub nonce: VrfNonce,
    /// Labels of the identity, modulo 2^64 as in the reference; above 8.
    pub num_labels: u64,
}

/// Something to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A proof of space.
    Post(PostWork),
    /// A VRF nonce.
    VrfNonce(VrfNonceWork),
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkResult {
    /// It holds.
    Valid,
    /// The index at this place of the proof of space does not hold.
    InvalidIndex(u32),
    /// It does not hold for another reason: work, lengths, bounds, or a VRF nonce that is not low enough.
    Invalid,
    /// It could not be checked: the node is stopping, or its hardware failed. Says nothing about the proof.
    Unavailable,
}

/// Does the work at once, for callers that can wait.
pub trait Verifier {
    /// Checks one thing.
    fn verify(&self, work: &Work) -> WorkResult;
}

/// The check of a VRF nonce for `units · labels_per_unit` labels.
pub(crate) fn vrf_nonce_work(
    node: NodeId,
    commitment: AtxId,
    nonce: VrfNonce,
    units: u32,
    labels_per_unit: u64,
) -> Result<Work, Rejection> {
    let num_labels = u64::from(units).wrapping_mul(labels_per_unit);
    if num_labels <= TOO_FEW_LABELS_MAX {
        return Err(Rejection::TooFewLabels {
            units,
            labels_per_unit,
        });
    }
    Ok(Work::VrfNonce(VrfNonceWork {
        node,
        commitment,
        nonce,
        num_labels,
    }))
}
