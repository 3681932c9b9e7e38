//! Activation transactions of version 1 (05).

use spacemesh_codec::{BoundedBytes, BoundedVec, Decode, Encode, Output};

use crate::{
    Address, AtxId, EdSignature, EpochId, Hash32, HashBuilder, NodeId, PoetProofRef, VrfNonce,
    hash_of,
};

/// A proof of space for one challenge (03).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PostV1 {
    /// Nonce of the group of labels that the indices were found with.
    pub nonce: u32,
    /// Indices of labels, packed into bits.
    pub indices: BoundedBytes<800>,
    /// Nonce of the work that was done for the nonce group.
    pub pow: u64,
}

/// Place of a challenge among the members of a PoET round.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MerkleProof {
    /// Siblings on the way to the root.
    pub nodes: BoundedVec<Hash32, 32>,
    /// Index of the leaf.
    pub leaf_index: u64,
}

/// Parameters that a proof of space was made with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PostMetadataV1 {
    /// What was proved: a reference to a PoET proof.
    pub challenge: BoundedBytes<32>,
    /// Labels per unit.
    pub labels_per_unit: u64,
}

/// Space proved over time.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NipostV1 {
    /// That the challenge was part of the PoET round.
    pub membership: MerkleProof,
    /// The proof of space.
    pub post: Option<PostV1>,
    /// Its parameters.
    pub post_metadata: Option<PostMetadataV1>,
}

impl NipostV1 {
    /// The PoET proof that the proof of space refers to.
    pub fn poet_ref(&self) -> Option<PoetProofRef> {
        let challenge = &self.post_metadata.as_ref()?.challenge;
        challenge.as_slice().try_into().ok().map(PoetProofRef)
    }
}

/// What a smesher commits to before it waits for the PoET. Its hash is submitted to PoET servers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NipostChallengeV1 {
    /// Epoch of publication.
    pub publish_epoch: EpochId,
    /// How many ATXs the identity published before.
    pub sequence: u64,
    /// Its previous ATX; zero in the first.
    pub prev_atx: AtxId,
    /// The ATX whose height it builds on.
    pub positioning_atx: AtxId,
    /// ATX that the labels were derived from; only in the first.
    pub commitment_atx: Option<AtxId>,
    /// Proof that the space was initialised; only in the first.
    pub initial_post: Option<PostV1>,
}

impl NipostChallengeV1 {
    /// The hash that goes to the PoET.
    pub fn hash(&self) -> Hash32 {
        challenge_hash(self)
    }
}

/// The same for an ATX of version 2.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NipostChallengeV2 {
    /// Epoch of publication.
    pub publish_epoch: EpochId,
    /// Previous ATX of the identity; zero in the first.
    pub prev_atx: AtxId,
    /// The ATX whose height it builds on.
    pub positioning_atx: AtxId,
    /// Proof that the space was initialised; only in the first.
    pub initial_post: Option<PostV1>,
}

impl NipostChallengeV2 {
    /// The hash that goes to the PoET.
    pub fn hash(&self) -> Hash32 {
        challenge_hash(self)
    }
}

/// A zero byte, then the encoding (01 §2.2).
fn challenge_hash(challenge: &impl Encode) -> Hash32 {
    let mut hash = HashBuilder::new();
    hash.write(&[0]);
    challenge.encode_to(&mut hash);
    hash.finish()
}

/// An ATX without its signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InnerActivationTxV1 {
    /// What was committed to.
    pub challenge: NipostChallengeV1,
    /// Account for rewards.
    pub coinbase: Address,
    /// Units of space.
    pub num_units: u32,
    /// Proof of the space over time.
    pub nipost: Option<NipostV1>,
    /// The identity, only in its first ATX.
    pub node_id: Option<NodeId>,
    /// Index of the smallest label; only where it is published or changed.
    pub vrf_nonce: Option<VrfNonce>,
}

impl InnerActivationTxV1 {
    /// The id of the ATX. The same digest is signed.
    pub fn id(&self) -> AtxId {
        hash_of(self).into()
    }

    /// What is signed in domain `ATX`.
    pub fn signed_metadata(&self) -> AtxMetadata {
        AtxMetadata {
            publish_epoch: self.challenge.publish_epoch,
            message_hash: hash_of(self),
        }
    }
}

/// An ATX of version 1.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ActivationTxV1 {
    /// Everything that is signed.
    pub inner: InnerActivationTxV1,
    /// Who signed it.
    pub smesher_id: NodeId,
    /// Signature over [`InnerActivationTxV1::signed_metadata`].
    pub signature: EdSignature,
}

impl ActivationTxV1 {
    /// Its id.
    pub fn id(&self) -> AtxId {
        self.inner.id()
    }
}

/// What the signature of an ATX of version 1 covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct AtxMetadata {
    /// Epoch of publication.
    pub publish_epoch: EpochId,
    /// Hash of the inner ATX.
    pub message_hash: Hash32,
}
