//! BLAKE3 as the network uses it (01 §2): hash mode, no key, no context, the plain concatenation of the chunks.

use spacemesh_codec::{Encode, Output};

byte_type! {
    /// A BLAKE3 digest, or any 32-byte id seen as one.
    Hash32, 32, log: full, json: hex
}

byte_type! {
    /// The first 20 bytes of a BLAKE3 digest. The genesis id is one.
    Hash20, 20, log: full, json: hex
}

impl Hash32 {
    /// The first 20 bytes.
    pub fn to_hash20(self) -> Hash20 {
        let mut bytes = [0; 20];
        bytes.copy_from_slice(&self.0[..20]);
        Hash20(bytes)
    }

    /// Bytes of any number, right-aligned: longer input loses its left part, shorter input is padded with zeros on the left.
    pub fn set_bytes(bytes: &[u8]) -> Self {
        Self(right_aligned(bytes))
    }

    /// The first five bytes in hexadecimal, as logs show it.
    pub fn short(&self) -> String {
        hex::encode(&self.0[..5])
    }
}

impl Hash20 {
    /// The 20 bytes and 12 zeros **after** them. Not [`Hash32::set_bytes`], which puts zeros before.
    pub fn to_hash32(self) -> Hash32 {
        let mut bytes = [0; 32];
        bytes[..20].copy_from_slice(&self.0);
        Hash32(bytes)
    }

    /// Bytes of any number, right-aligned as in [`Hash32::set_bytes`].
    pub fn set_bytes(bytes: &[u8]) -> Self {
        Self(right_aligned(bytes))
    }

    /// The first five bytes in hexadecimal, as logs show it.
    pub fn short(&self) -> String {
        hex::encode(&self.0[..5])
    }
}

fn right_aligned<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut aligned = [0; N];
    for (to, from) in aligned.iter_mut().rev().zip(bytes.iter().rev()) {
        *to = *from;
    }
    aligned
}

/// The digest of the chunks one after the other. There is no separation between them: `["ab", "c"]` and `["a", "bc"]` are the same.
pub fn sum<B: AsRef<[u8]>>(chunks: impl IntoIterator<Item = B>) -> Hash32 {
    let mut hash = HashBuilder::new();
    for chunk in chunks {
        hash.write(chunk.as_ref());
    }
    hash.finish()
}

/// The first 20 bytes of [`sum`].
pub fn sum20<B: AsRef<[u8]>>(chunks: impl IntoIterator<Item = B>) -> Hash20 {
    sum(chunks).to_hash20()
}

/// The digest of the encoding of `value`, without building it in memory.
pub fn hash_of<T: Encode + ?Sized>(value: &T) -> Hash32 {
    let mut hash = HashBuilder::new();
    value.encode_to(&mut hash);
    hash.finish()
}

/// A digest that is computed while bytes arrive. Encode into it to hash a value.
#[derive(Debug, Clone, Default)]
pub struct HashBuilder(blake3::Hasher);

impl HashBuilder {
    /// Starts with no bytes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The digest of the bytes written.
    pub fn finish(&self) -> Hash32 {
        Hash32(*self.0.finalize().as_bytes())
    }
}

impl Output for HashBuilder {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}
