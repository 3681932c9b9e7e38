//! Ballots and proposals (06), and the votes they carry (08).

use spacemesh_codec::{BoundedVec, Decode, Encode, Output};

use crate::{
    AtxId, BallotId, Beacon, BlockId, EdSignature, EpochId, Hash32, HashBuilder, LayerId, NodeId,
    ProposalId, TransactionId, VrfSignature, hash_of,
};

/// Data that the first ballot of an identity in an epoch declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct EpochData {
    /// Hash of the active set that eligibility was computed from.
    pub active_set_hash: Hash32,
    /// The epoch's randomness.
    pub beacon: Beacon,
    /// Slots that the identity has in the epoch.
    pub eligibility_count: u32,
}

/// The part of a ballot that is signed and hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct InnerBallot {
    /// Its layer.
    pub layer: LayerId,
    /// ATX that gives it weight.
    pub atx_id: AtxId,
    /// Hash of the votes on all earlier layers.
    pub opinion_hash: Hash32,
    /// First ballot of the identity in the epoch; zero in that one.
    pub ref_ballot: BallotId,
    /// Only in the first ballot of the identity in the epoch.
    pub epoch_data: Option<EpochData>,
}

impl InnerBallot {
    /// What is signed in domain `BALLOT`.
    pub fn signed_metadata(&self) -> BallotMetadata {
        BallotMetadata {
            layer: self.layer,
            message_hash: hash_of(self),
        }
    }
}

/// What the signature of a ballot or proposal covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct BallotMetadata {
    /// Its layer.
    pub layer: LayerId,
    /// Hash of the inner ballot or proposal.
    pub message_hash: Hash32,
}

/// A block that is voted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct BlockHeader {
    /// The block.
    pub id: BlockId,
    /// Its layer.
    pub layer: LayerId,
    /// Its height in ticks.
    pub height: u64,
}

/// How the votes differ from those of a base ballot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Votes {
    /// The base ballot.
    pub base: BallotId,
    /// Blocks voted for.
    pub support: BoundedVec<BlockHeader, 10_000>,
    /// Blocks voted against.
    pub against: BoundedVec<BlockHeader, 10_000>,
    /// Layers without an opinion.
    pub abstain: BoundedVec<LayerId, 10_000>,
}

/// Votes and their hash.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Opinion {
    /// Hash over all layers.
    pub hash: Hash32,
    /// The votes.
    pub votes: Votes,
}

/// A slot in which a ballot may be published, with its proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct VotingEligibility {
    /// Number of the slot.
    pub j: u32,
    /// The VRF proof.
    pub proof: VrfSignature,
}

/// A ballot.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Ballot {
    /// The part that is signed.
    pub inner: InnerBallot,
    /// Signature over [`InnerBallot::signed_metadata`].
    pub signature: EdSignature,
    /// Who signed it.
    pub smesher_id: NodeId,
    /// The votes, bound to the signed part by the opinion hash.
    pub votes: Votes,
    /// Slots used.
    pub eligibility_proofs: BoundedVec<VotingEligibility, 25_000>,
    /// Not used any more: empty, or one id that nobody reads.
    pub active_set: BoundedVec<AtxId, 1>,
}

impl Ballot {
    /// Its id: the first 20 bytes of the hash of the signed part.
    pub fn id(&self) -> BallotId {
        hash_of(&self.inner).to_hash20().into()
    }
}

/// The part of a proposal that is signed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InnerProposal {
    /// The ballot, with its own signature.
    pub ballot: Ballot,
    /// Transactions proposed for the block.
    pub tx_ids: BoundedVec<TransactionId, 100_000>,
    /// Hash of what the proposer applied before.
    pub mesh_hash: Hash32,
}

impl InnerProposal {
    /// What is signed in domain `PROPOSAL`.
    pub fn signed_metadata(&self) -> BallotMetadata {
        BallotMetadata {
            layer: self.ballot.inner.layer,
            message_hash: hash_of(self),
        }
    }
}

/// A proposal: a ballot that also proposes the content of a block.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Proposal {
    /// The part that is signed.
    pub inner: InnerProposal,
    /// Signature over [`InnerProposal::signed_metadata`].
    pub signature: EdSignature,
}

impl Proposal {
    /// Its id: the first 20 bytes of the hash of what is signed.
    pub fn id(&self) -> ProposalId {
        hash_of(&self.inner.signed_metadata()).to_hash20().into()
    }
}

/// The ATXs that eligibility in an epoch is computed from.
pub type ActiveSet = BoundedVec<AtxId, 8_000_000>;

/// An active set as it is fetched and stored.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct EpochActiveSet {
    /// The epoch.
    pub epoch: EpochId,
    /// The ATXs, in ascending order where they are hashed.
    pub set: ActiveSet,
}

/// Hash of an active set: the ids one after the other, in the order given. Sort them first.
pub fn active_set_hash(set: &[AtxId]) -> Hash32 {
    let mut hash = HashBuilder::new();
    for id in set {
        hash.write(id.as_bytes());
    }
    hash.finish()
}
