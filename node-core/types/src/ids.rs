//! The ids of the protocol, each with the text forms that the reference's logs and JSON show (01 §4.1, Traps 4 and 22).

use std::fmt;

use spacemesh_codec::{Decode, Encode};

use crate::{Hash20, Hash32};

byte_type! {
    /// A smesher: its Ed25519 public key.
    NodeId, 32, log: full, json: base64
}

byte_type! {
    /// An Ed25519 public key where it is not a smesher's: of a wallet account or a PoET server.
    PublicKey, 32, log: full, json: base64
}

byte_type! {
    /// An activation transaction.
    AtxId, 32, log: short(5), json: base64
}

byte_type! {
    /// A transaction: the digest of its raw bytes, signature included.
    TransactionId, 32, log: full, json: numbers
}

byte_type! {
    /// A block. Hashed, stored and requested as [`BlockId::to_hash32`], sent as its 20 bytes.
    BlockId, 20, log: short(5), json: base64
}

byte_type! {
    /// A ballot. Hashed, stored and requested as [`BallotId::to_hash32`], sent as its 20 bytes.
    BallotId, 20, log: short(5), json: base64
}

byte_type! {
    /// A proposal. Hashed, stored and requested as [`ProposalId::to_hash32`], sent as its 20 bytes.
    ProposalId, 20, log: short(5), json: numbers
}

byte_type! {
    /// The short form of a proposal id in hare 4 (07).
    CompactProposalId, 4, log: full, json: numbers
}

byte_type! {
    /// A PoET proof: the digest of the proof without its envelope.
    PoetProofRef, 32, log: full, json: numbers
}

byte_type! {
    /// An Ed25519 signature.
    EdSignature, 64, log: full, json: numbers
}

byte_type! {
    /// A VRF proof: Γ, c and s (01 §3.5). Randomness is read from these bytes, never from a VRF output.
    VrfSignature, 80, log: full, json: numbers
}

byte_type! {
    /// The randomness of an epoch.
    Beacon, 4, log: full, json: base64
}

macro_rules! from_hash20 {
    ($($id:ident),*) => {$(
        impl $id {
            /// The 20 bytes and 12 zeros after them: the form in which the id is hashed, sorted, stored and requested.
            pub fn to_hash32(self) -> Hash32 {
                Hash20(self.0).to_hash32()
            }
        }

        impl From<Hash20> for $id {
            fn from(hash: Hash20) -> Self {
                Self(hash.0)
            }
        }
    )*};
}

from_hash20!(BlockId, BallotId, ProposalId);

macro_rules! from_hash32 {
    ($($id:ident),*) => {$(
        impl $id {
            /// The same bytes as a hash.
            pub const fn to_hash32(self) -> Hash32 {
                Hash32(self.0)
            }
        }

        impl From<Hash32> for $id {
            fn from(hash: Hash32) -> Self {
                Self(hash.0)
            }
        }
    )*};
}

from_hash32!(NodeId, AtxId, TransactionId, PoetProofRef);

impl NodeId {
    /// The first three bytes in hexadecimal, as logs show it.
    pub fn short(&self) -> String {
        hex::encode(&self.0[..3])
    }
}

impl From<PublicKey> for NodeId {
    fn from(key: PublicKey) -> Self {
        Self(key.0)
    }
}

impl From<NodeId> for PublicKey {
    fn from(id: NodeId) -> Self {
        Self(id.0)
    }
}

impl TransactionId {
    /// The first five bytes in hexadecimal, as logs show it.
    pub fn short(&self) -> String {
        hex::encode(&self.0[..5])
    }
}

/// Index of the smallest label found while initialising PoST. Published in the ATX and part of most VRF inputs (01 §3.6).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct VrfNonce(pub u64);

/// What a VRF proof makes its owner eligible for; the first field of every VRF input.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct EligibilityType(pub u16);

impl EligibilityType {
    /// A proposal for the beacon.
    pub const BEACON: Self = Self(1);
    /// A hare round or the certifier.
    pub const HARE: Self = Self(2);
    /// Proposals and ballots.
    pub const VOTING: Self = Self(3);
    /// The weak coin of the beacon.
    pub const BEACON_WEAK_COIN: Self = Self(4);
}

/// Version of an ATX's format. Not on the wire: it follows from the epoch (`main.atx-versions`).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct AtxVersion(pub u32);

impl AtxVersion {
    /// The only version until an epoch is configured for the second.
    pub const V1: Self = Self(1);
    /// Several identities in one ATX.
    pub const V2: Self = Self(2);
}

impl fmt::Display for AtxVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::V1 => f.write_str("V1"),
            Self::V2 => f.write_str("V2"),
            Self(other) => write!(f, "{other}"),
        }
    }
}
