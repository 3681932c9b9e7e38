//! A proof (03 §3.9): nonce, packed indices, RandomX work; and how indices are packed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A proof of space-time. As JSON: numbers, and the indices in padded base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The proof nonce whose hits the indices are.
    pub nonce: u32,
    /// K2 label indices, packed by [`pack`].
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub indices: Vec<u8>,
    /// RandomX work of the nonce's group; the upper byte counts only for the keys.
    pub pow: u64,
}

/// What a proof is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofSubject {
    /// The identity's public key.
    pub node_id: [u8; 32],
    /// The ATX that the labels are bound to.
    pub commitment_atx_id: [u8; 32],
    /// 32 zero bytes for the initial proof, else the PoET proof reference.
    pub challenge: [u8; 32],
    /// Units of the identity.
    pub num_units: u32,
}

/// Challenge of an identity's first proof.
pub const ZERO_CHALLENGE: [u8; 32] = [0; 32];

/// Packs the low `bits` (at most 64) of each index, lowest bit first, into bytes, lowest bit first; the last byte is padded with zeros.
pub fn pack(indices: &[u64], bits: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity((indices.len() * bits as usize).div_ceil(8));
    let mut held = 0_u128;
    let mut count = 0;
    for index in indices {
        held |= u128::from(*index & mask(bits)) << count;
        count += bits;
        while count >= 8 {
            out.push(held as u8);
            held >>= 8;
            count -= 8;
        }
    }
    if count > 0 {
        out.push(held as u8);
    }
    out
}

/// The reverse of [`pack`]: as many indices as asked for, or as the bytes hold. Bits left over are not looked at.
pub fn unpack(bytes: &[u8], bits: u32, count: usize) -> Vec<u64> {
    let mut out = Vec::with_capacity(count.min(bytes.len() * 8));
    let mut held = 0_u128;
    let mut have = 0;
    for byte in bytes {
        held |= u128::from(*byte) << have;
        have += 8;
        // More than once where an index has fewer than 8 bits.
        while bits > 0 && have >= bits && out.len() < count {
            out.push(held as u64 & mask(bits));
            held >>= bits;
            have -= bits;
        }
        if out.len() == count {
            break;
        }
    }
    out
}

const fn mask(bits: u32) -> u64 {
    if bits >= 64 {
        u64::MAX
    } else {
        (1 << bits) - 1
    }
}

fn to_base64<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(input)?;
    STANDARD
        .decode(text)
        .map_err(|_| de::Error::custom("expected padded base64"))
}
