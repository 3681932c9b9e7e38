//! The beacon protocol and its weak coin (06).

use spacemesh_codec::{BoundedBytes, BoundedVec, Decode, Encode};

use crate::{EdSignature, EpochId, NodeId, RoundId, VrfSignature};

byte_type! {
    /// A value proposed for the beacon: the first four bytes of a VRF proof.
    BeaconProposalValue, 4, log: full, json: numbers
}

/// A proposal for the beacon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct BeaconProposalMessage {
    /// Epoch in which the protocol runs.
    pub epoch: EpochId,
    /// Who proposes.
    pub node_id: NodeId,
    /// The proof, whose first bytes are the proposal.
    pub vrf_signature: VrfSignature,
}

/// The part of the first vote that is signed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FirstVotingMessageBody {
    /// Epoch in which the protocol runs.
    pub epoch: EpochId,
    /// Proposals that came in time.
    pub valid_proposals: BoundedVec<BeaconProposalValue, 1000>,
    /// Proposals that came a little late.
    pub potentially_valid_proposals: BoundedVec<BeaconProposalValue, 1000>,
}

/// The first vote.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FirstVotingMessage {
    /// The part that is signed.
    pub body: FirstVotingMessageBody,
    /// Who signed it.
    pub smesher_id: NodeId,
    /// Signature over the body, in domain `BEACON_FIRST_MSG`.
    pub signature: EdSignature,
}

/// The part of a later vote that is signed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FollowingVotingMessageBody {
    /// Epoch in which the protocol runs.
    pub epoch: EpochId,
    /// The round.
    pub round: RoundId,
    /// One bit per proposal of the first vote.
    pub votes: BoundedBytes<128>,
}

/// A later vote.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FollowingVotingMessage {
    /// The part that is signed.
    pub body: FollowingVotingMessageBody,
    /// Who signed it.
    pub smesher_id: NodeId,
    /// Signature over the body, in domain `BEACON_FOLLOWUP_MSG`.
    pub signature: EdSignature,
}

/// A toss of the weak coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct WeakCoinMessage {
    /// Epoch in which the protocol runs.
    pub epoch: EpochId,
    /// The round.
    pub round: RoundId,
    /// Number of the toss among those that the identity's weight gives it.
    pub unit: u32,
    /// Who tosses.
    pub node_id: NodeId,
    /// The proof, whose lowest bit is the coin.
    pub vrf_signature: VrfSignature,
}
