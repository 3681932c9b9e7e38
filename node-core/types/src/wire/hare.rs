//! Hare messages of both versions (07).

use spacemesh_codec::{BoundedVec, Decode, Encode};

use super::HareEligibility;
use crate::{CompactProposalId, EdSignature, Hash32, LayerId, NodeId, ProposalId, hash_of};

/// Place of a message in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct IterRound {
    /// Iteration.
    pub iter: u8,
    /// Round in the iteration.
    pub round: u8,
}

/// What the signature of a hare message covers, in domain `HARE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct HareMetadata {
    /// The layer.
    pub layer: LayerId,
    /// The round, counted over all iterations.
    pub round: u32,
    /// Hash of the body.
    pub message_hash: Hash32,
}

/// What is proposed or voted for: the proposals themselves or the hash of a set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Hare3Value {
    /// The proposals.
    pub proposals: BoundedVec<ProposalId, 2350>,
    /// Hash of a set of proposals.
    pub reference: Option<Hash32>,
}

/// The part of a hare 3 message that is hashed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Hare3Body {
    /// The layer.
    pub layer: LayerId,
    /// Iteration and round.
    pub iter_round: IterRound,
    /// The vote.
    pub value: Hare3Value,
    /// Seats of the sender.
    pub eligibility: HareEligibility,
}

/// A hare 3 message.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Hare3Message {
    /// The part that is hashed and signed.
    pub body: Hare3Body,
    /// Who signed it.
    pub sender: NodeId,
    /// Signature over [`HareMetadata`].
    pub signature: EdSignature,
}

impl Hare3Message {
    /// Hash of the body.
    pub fn hash(&self) -> Hash32 {
        hash_of(&self.body)
    }
}

/// What is proposed or voted for in hare 4, where a set can also be sent by short ids.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Hare4Value {
    /// The proposals.
    pub proposals: BoundedVec<ProposalId, 2350>,
    /// Hash of a set of proposals.
    pub reference: Option<Hash32>,
    /// The proposals by their short ids.
    pub compact_proposals: BoundedVec<CompactProposalId, 2350>,
}

/// The part of a hare 4 message that is hashed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Hare4Body {
    /// The layer.
    pub layer: LayerId,
    /// Iteration and round.
    pub iter_round: IterRound,
    /// The vote.
    pub value: Hare4Value,
    /// Seats of the sender.
    pub eligibility: HareEligibility,
}

/// A hare 4 message.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Hare4Message {
    /// The part that is hashed and signed.
    pub body: Hare4Body,
    /// Who signed it.
    pub sender: NodeId,
    /// Signature over [`HareMetadata`].
    pub signature: EdSignature,
}

impl Hare4Message {
    /// Hash of the body.
    pub fn hash(&self) -> Hash32 {
        hash_of(&self.body)
    }
}

/// A wish for the full ids behind the short ones of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct CompactIdRequest {
    /// Hash of the message.
    pub message_id: Hash32,
}

/// The full ids.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CompactIdResponse {
    /// In the order of the short ones.
    pub ids: BoundedVec<ProposalId, 2050>,
}
