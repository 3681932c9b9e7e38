//! What one identity has begun, as a value (05 §13, §16). It is written before anything that follows from it leaves the machine.
//!
//! Keeps true: whatever others may have seen of the identity is in here: the challenge before the first registration, the signed ATX before
//! it is published, and for ever the last epochs of both, so that neither a crash, nor a clock that was set back, nor deleted files make
//! the identity contradict itself.

use spacemesh_codec::{
    BoundedBytes, BoundedVec, Decode, DecodeError, Encode, decode_exact, encode,
};
use spacemesh_types::AtxVersion;
use spacemesh_types::{
    AtxId, EpochId, Hash32, PoetProofRef, VrfNonce,
    wire::{MerkleProof, NipostChallengeV1, NipostChallengeV2, PostV1},
};

/// Most PoET servers an identity registers with.
pub const POETS_MAX: usize = 256;

/// Most bytes of a server's address.
pub const ADDRESS_SIZE_MAX: usize = 1024;

/// The first byte of a journal.
const FORMAT: u8 = 1;

/// Everything that survives a crash.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Journal {
    /// The initial proof of space, until it was invalid.
    pub initial_post: Option<InitialPost>,
    /// What the next ATX commits to. Never changes once it is there, until it is dropped.
    pub challenge: Option<Challenge>,
    /// Where the challenge was registered.
    pub registrations: BoundedVec<Registration, POETS_MAX>,
    /// The PoET proof that was chosen.
    pub poet: Option<ChosenProof>,
    /// The proof of space.
    pub nipost: Option<FinalPost>,
    /// The signed ATX.
    pub atx: Option<BoundedBytes<1_048_576>>,
    /// Last publish epoch for which a challenge may have left.
    pub committed: Option<EpochId>,
    /// Last publish epoch for which an ATX was signed.
    pub signed: Option<EpochId>,
}

/// A proof of space for the challenge of zeros.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InitialPost {
    /// The proof.
    pub post: PostV1,
    /// Units it was made for.
    pub num_units: u32,
    /// What the labels were derived from.
    pub commitment: AtxId,
    /// Index of the lowest label.
    pub vrf_nonce: VrfNonce,
}

/// What an ATX commits to.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Challenge {
    /// Epoch of publication.
    pub publish: EpochId,
    /// Number of ancestors.
    pub sequence: u64,
    /// The own previous ATX; zero in the first.
    pub previous: AtxId,
    /// The ATX whose height it builds on.
    pub positioning: AtxId,
    /// Only in the first ATX.
    pub initial: Option<InitialPost>,
}

impl Challenge {
    /// The challenge as it is part of an ATX of version 1.
    pub fn v1(&self) -> NipostChallengeV1 {
        NipostChallengeV1 {
            publish_epoch: self.publish,
            sequence: self.sequence,
            prev_atx: self.previous,
            positioning_atx: self.positioning,
            commitment_atx: self.initial.as_ref().map(|initial| initial.commitment),
            initial_post: self.initial.as_ref().map(|initial| initial.post.clone()),
        }
    }

    /// What is registered at PoET servers.
    pub fn hash(&self, version: AtxVersion) -> Hash32 {
        if version == AtxVersion::V2 {
            NipostChallengeV2 {
                publish_epoch: self.publish,
                prev_atx: self.previous,
                positioning_atx: self.positioning,
                initial_post: self.initial.as_ref().map(|initial| initial.post.clone()),
            }
            .hash()
        } else {
            self.v1().hash()
        }
    }
}

/// A PoET server took the challenge.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Registration {
    /// The server.
    pub address: BoundedBytes<ADDRESS_SIZE_MAX>,
    /// What it took.
    pub challenge: Hash32,
    /// Its round.
    pub round: BoundedBytes<256>,
    /// End of the round in Unix seconds; none if the server does not say, which means at once (05 trap 28).
    pub round_end: Option<u64>,
}

/// A PoET proof that the challenge is a member of.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ChosenProof {
    /// The proof.
    pub reference: PoetProofRef,
    /// Place among the members.
    pub membership: MerkleProof,
    /// Leaves of the proof.
    pub leaf_count: u64,
}

/// The proof of space that follows the PoET proof.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FinalPost {
    /// The proof.
    pub post: PostV1,
    /// Units it was made for.
    pub num_units: u32,
    /// Index of the lowest label.
    pub vrf_nonce: VrfNonce,
    /// Labels of a unit.
    pub labels_per_unit: u64,
}

/// A journal that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Written by a later version, or no journal at all.
    #[error(
        "the journal has format {0}, this version reads 1; the identity does not smesh until Smapp is updated"
    )]
    Format(u8),
    /// No bytes.
    #[error("the journal is empty; the identity does not smesh until it is restored")]
    Empty,
    /// Damaged.
    #[error("the journal is damaged: {0}; the identity does not smesh until it is restored")]
    Damaged(#[from] DecodeError),
}

impl Journal {
    /// The bytes that are written.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend(encode(self));
        bytes
    }

    /// Reads what [`Journal::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// Another format, or damage. Nothing may be signed then.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, JournalError> {
        match bytes.split_first() {
            None => Err(JournalError::Empty),
            Some((&FORMAT, rest)) => Ok(decode_exact(rest)?),
            Some((&format, _)) => Err(JournalError::Format(format)),
        }
    }

    /// Drops the ATX that was begun. What may have left stays written.
    pub fn clear(&mut self) {
        self.challenge = None;
        self.registrations = BoundedVec::new();
        self.poet = None;
        self.nipost = None;
        self.atx = None;
    }
}
