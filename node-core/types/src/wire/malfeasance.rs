//! Proofs of misbehaviour (05, 07, 08). They have no id: they are kept under the identity that misbehaved.

use spacemesh_codec::{Decode, Encode};

use super::{ActivationTxV1, AtxMetadata, BallotMetadata, HareEligibilityGossip, HareMetadata};
use crate::{EdSignature, LayerId, NodeId};

/// What was done, with the signed pieces that show it. The tag is a full byte.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum MisbehaviourProof {
    /// Two ATXs in one epoch.
    #[codec(tag = 1)]
    MultipleAtxs(AtxProof),
    /// Two ballots in one layer.
    #[codec(tag = 2)]
    MultipleBallots(BallotProof),
    /// Two messages in one hare round.
    #[codec(tag = 3)]
    HareEquivocation(HareProof),
    /// An ATX with a proof of space that does not hold.
    #[codec(tag = 4)]
    InvalidPostIndex(Box<InvalidPostIndexProof>),
    /// Two ATXs with the same previous one.
    #[codec(tag = 5)]
    InvalidPrevAtx(Box<InvalidPrevAtxProof>),
}

/// A proof of misbehaviour.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MalfeasanceProof {
    /// Layer in which it was found.
    pub layer: LayerId,
    /// What was done.
    pub proof: MisbehaviourProof,
}

/// A proof of misbehaviour on its way through the network.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MalfeasanceGossip {
    /// The proof.
    pub proof: MalfeasanceProof,
    /// Seats of the identity in hare; only where they matter at once.
    pub eligibility: Option<HareEligibilityGossip>,
}

/// The signed part of an ATX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct AtxProofMessage {
    /// What was signed.
    pub inner: AtxMetadata,
    /// Who signed it.
    pub smesher_id: NodeId,
    /// The signature.
    pub signature: EdSignature,
}

/// Two ATXs in one epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct AtxProof {
    /// The signed parts.
    pub messages: [AtxProofMessage; 2],
}

/// The signed part of a ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct BallotProofMessage {
    /// What was signed.
    pub inner: BallotMetadata,
    /// Who signed it.
    pub smesher_id: NodeId,
    /// The signature.
    pub signature: EdSignature,
}

/// Two ballots in one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct BallotProof {
    /// The signed parts.
    pub messages: [BallotProofMessage; 2],
}

/// The signed part of a hare message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct HareProofMessage {
    /// What was signed.
    pub inner: HareMetadata,
    /// Who signed it.
    pub smesher_id: NodeId,
    /// The signature.
    pub signature: EdSignature,
}

/// Two messages in one hare round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct HareProof {
    /// The signed parts.
    pub messages: [HareProofMessage; 2],
}

/// An ATX with a proof of space that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InvalidPostIndexProof {
    /// The ATX.
    pub atx: ActivationTxV1,
    /// Which of the proof's indices is wrong.
    pub invalid_index: u32,
}

/// Two ATXs with the same previous one.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InvalidPrevAtxProof {
    /// One.
    pub atx1: ActivationTxV1,
    /// The other.
    pub atx2: ActivationTxV1,
}
