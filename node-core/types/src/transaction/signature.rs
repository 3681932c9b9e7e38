//! Who signs which bytes (02 §2.4).

use spacemesh_codec::{Decode, DecodeError, Encode, Input, encode};

use crate::{EdSignature, Hash20};

/// Bytes of one signature of a multisig or vesting account: its key's index (below 64, so one byte) and the signature.
pub const SIGNATURE_PART_SIZE: usize = 1 + EdSignature::SIZE;

/// One member's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct SignaturePart {
    /// Position of the member's key in the account.
    pub key_index: u8,
    /// The signature.
    pub signature: EdSignature,
}

/// The signatures of a transaction, as its account's template wants them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signatures {
    /// Of a single-key account.
    Single(EdSignature),
    /// Of a multisig or vesting account: exactly as many as required, indices increasing, no count before them.
    Several(Vec<SignaturePart>),
}

impl Signatures {
    /// The bytes after a transaction's arguments.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Single(signature) => signature.0.to_vec(),
            Self::Several(parts) => parts.iter().flat_map(encode).collect(),
        }
    }

    /// Reads as many parts as required. Bytes after them stay in `input`.
    pub(super) fn decode_several(required: u8, input: &mut Input<'_>) -> Result<Self, DecodeError> {
        (0..required)
            .map(|_| SignaturePart::decode_from(input))
            .collect::<Result<_, _>>()
            .map(Self::Several)
    }
}

/// The message that is signed: genesis id and transaction, one after the other, not hashed.
pub fn signing_message(genesis_id: Hash20, unsigned: &[u8]) -> Vec<u8> {
    [genesis_id.as_ref(), unsigned].concat()
}
