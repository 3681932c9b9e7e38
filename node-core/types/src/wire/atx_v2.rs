//! Activation transactions of version 2, which carry several identities, and proofs about their parts (05). Their ids are roots of
//! trees over the fields, not hashes of the encoding.

use spacemesh_codec::{BoundedBytes, BoundedVec, Decode, Encode};

use super::PostV1;
use crate::{Address, AtxId, EdSignature, EpochId, Hash32, NodeId, VrfNonce};

/// Parts that only the first ATX of an identity has.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InitialAtxPartsV2 {
    /// ATX that the labels were derived from.
    pub commitment_atx: AtxId,
    /// Proof that the space was initialised.
    pub post: PostV1,
}

/// An identity's consent to be married to the signer of an ATX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct MarriageCertificate {
    /// An ATX of the identity; zero for the signer's own certificate.
    pub reference_atx: AtxId,
    /// Its signature over the id of the one it marries.
    pub signature: EdSignature,
}

/// Siblings of all members of a PoET round that an ATX proves at once.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MerkleProofV2 {
    /// In the order in which the tree is rebuilt.
    pub nodes: BoundedVec<Hash32, 32>,
}

/// The proof of space of one identity.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SubPostV2 {
    /// Index of the identity in the marriage.
    pub marriage_index: u32,
    /// Index of its previous ATX in the list of them.
    pub prev_atx_index: u32,
    /// Index of its challenge in the PoET round.
    pub membership_leaf_index: u64,
    /// The proof.
    pub post: PostV1,
    /// Units of space.
    pub num_units: u32,
}

/// Proofs of space of identities that used the same PoET.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NipostsV2 {
    /// That their challenges were part of the round.
    pub membership: MerkleProofV2,
    /// What the proofs of space prove: a reference to a PoET proof.
    pub challenge: Hash32,
    /// One proof per identity.
    pub posts: BoundedVec<SubPostV2, 256>,
}

/// An ATX of version 2.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ActivationTxV2 {
    /// Epoch of publication.
    pub publish_epoch: EpochId,
    /// The ATX whose height it builds on.
    pub positioning_atx: AtxId,
    /// Account for rewards.
    pub coinbase: Address,
    /// Only in the first ATX of an identity.
    pub initial: Option<InitialAtxPartsV2>,
    /// Previous ATXs of the identities.
    pub previous_atxs: BoundedVec<AtxId, 256>,
    /// Proofs of space, grouped by PoET.
    pub niposts: BoundedVec<NipostsV2, 4>,
    /// Index of the signer's smallest label.
    pub vrf_nonce: VrfNonce,
    /// Certificates of the identities that are married in this ATX.
    pub marriages: BoundedVec<MarriageCertificate, 256>,
    /// The ATX in which they were married; only in later ones.
    pub marriage_atx: Option<AtxId>,
    /// Who signed it.
    pub smesher_id: NodeId,
    /// Signature over the id, in domain `ATX`.
    pub signature: EdSignature,
}

/// A proof about a part of an ATX, of a type and version that tell how to read it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AtxProofEnvelope {
    /// Version of the format.
    pub version: u8,
    /// What is proved.
    pub proof_type: u8,
    /// The proof, encoded.
    pub proof: BoundedBytes<1_048_576>,
}

/// That an identity was married in an ATX.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MarryProof {
    /// The ATX.
    pub atx_id: AtxId,
    /// Root of its marriages.
    pub marriage_root: Hash32,
    /// That the root is part of the ATX.
    pub marriage_proof: BoundedVec<Hash32, 32>,
    /// Reference in the certificate.
    pub certificate_reference: AtxId,
    /// Signature in the certificate.
    pub certificate_signature: EdSignature,
    /// Index of the certificate.
    pub certificate_index: u64,
    /// That the certificate is part of the root.
    pub certificate_proof: BoundedVec<Hash32, 32>,
    /// Who signed the ATX.
    pub smesher_id: NodeId,
    /// Signature of the ATX.
    pub signature: EdSignature,
}

/// That an identity was married twice.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ProofDoubleMarry {
    /// The identity.
    pub node_id: NodeId,
    /// In two ATXs.
    pub proofs: [MarryProof; 2],
}
