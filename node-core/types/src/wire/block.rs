//! Blocks and the certificates that name a layer's block (07).

use spacemesh_codec::{BoundedVec, Decode, Encode, Output};

use crate::{
    AtxId, BlockId, EdSignature, Hash32, HashBuilder, LayerId, NodeId, ProposalId, TransactionId,
    VrfSignature, hash_of,
};

/// A fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct RatNum {
    /// Above the line.
    pub num: u64,
    /// Below the line; zero must be refused by whoever divides.
    pub denom: u64,
}

/// A share in the rewards of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct AnyReward {
    /// ATX whose coinbase is credited.
    pub atx_id: AtxId,
    /// The share.
    pub weight: RatNum,
}

/// A block. All of it is hashed; it has no signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Block {
    /// Its layer.
    pub layer: LayerId,
    /// Its height in ticks.
    pub tick_height: u64,
    /// Who is rewarded.
    pub rewards: BoundedVec<AnyReward, 2350>,
    /// Its transactions, in the order of execution.
    pub tx_ids: BoundedVec<TransactionId, 100_000>,
}

impl Block {
    /// Its id: the first 20 bytes of the hash of the encoding.
    pub fn id(&self) -> BlockId {
        hash_of(self).to_hash20().into()
    }
}

/// Seats in a committee, and their proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct HareEligibility {
    /// The VRF proof.
    pub proof: VrfSignature,
    /// Number of seats.
    pub count: u16,
}

/// Seats in a committee, told on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct HareEligibilityGossip {
    /// The layer.
    pub layer: LayerId,
    /// The round.
    pub round: u32,
    /// Who has the seats.
    pub node_id: NodeId,
    /// The seats.
    pub eligibility: HareEligibility,
}

/// The part of a certify message that is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct CertifyContent {
    /// The layer.
    pub layer: LayerId,
    /// The block that hare decided on.
    pub block_id: BlockId,
    /// Seats of the signer.
    pub eligibility_count: u16,
    /// Their proof.
    pub proof: VrfSignature,
}

/// One signature under a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct CertifyMessage {
    /// The part that is signed.
    pub content: CertifyContent,
    /// Signature over it, in domain `HARE`.
    pub signature: EdSignature,
    /// Who signed it.
    pub smesher_id: NodeId,
}

/// That enough of a committee signed a block.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Certificate {
    /// The block.
    pub block_id: BlockId,
    /// The signatures.
    pub signatures: BoundedVec<CertifyMessage, 1000>,
}

/// Hash of proposals in the order given, each as its 32-byte form: the reference of a hare value (01 §2.2).
pub fn proposal_set_hash(proposals: &[ProposalId]) -> Hash32 {
    let mut hash = HashBuilder::new();
    for id in proposals {
        hash.write(id.to_hash32().as_bytes());
    }
    hash.finish()
}

/// Seed of a block: [`proposal_set_hash`] of the proposals in ascending order.
pub fn block_seed(proposals: &[ProposalId]) -> Hash32 {
    let mut sorted = proposals.to_vec();
    sorted.sort_unstable();
    proposal_set_hash(&sorted)
}
