//! Proofs of elapsed time (04).

use spacemesh_codec::{BoundedBytes, BoundedVec, Decode, Encode};

use crate::{EdSignature, Hash32, PoetProofRef, hash_of};

/// The part of a PoET's tree that shows its leaves were computed one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PoetMerkleProof {
    /// Root of the tree.
    pub root: BoundedBytes<32>,
    /// Leaves that were asked for.
    pub proven_leaves: BoundedVec<BoundedBytes<32>, 150>,
    /// Nodes on their ways to the root.
    pub proof_nodes: BoundedVec<BoundedBytes<32>, 5400>,
}

/// A proof that time passed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PoetProof {
    /// The tree.
    pub merkle_proof: PoetMerkleProof,
    /// How many leaves were computed: the elapsed time in ticks.
    pub leaf_count: u64,
}

impl PoetProof {
    /// The name of the proof: its hash without the envelope (01, Trap 12).
    pub fn reference(&self) -> PoetProofRef {
        hash_of(self).into()
    }
}

/// A proof with what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PoetProofMessage {
    /// The proof.
    pub proof: PoetProof,
    /// Public key of the server.
    pub service_id: BoundedBytes<32>,
    /// Number of the round, in decimal by convention.
    pub round_id: BoundedBytes<32>,
    /// What was committed to: the root of the members.
    pub statement: Hash32,
    /// Not used: zero.
    pub signature: EdSignature,
}

/// What a certifier signs: that an identity held space once (04 §7.4).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PoetCertificate {
    /// The identity.
    pub public_key: BoundedBytes<32>,
    /// Unix seconds after which it is void; none for never.
    pub expiration: Option<u64>,
}
