//! The label function (03 §3.2), readable and portable: one label at a time, no vector instructions.
//!
//! Every other implementation (SIMD lanes, GPU kernels) is compared with this one. It is scrypt-jane in the ChaCha20/8 and Keccak-512 build:
//! neither RFC 7914 scrypt nor SHA3-512.
//!
//! ```text
//! commitment ‖ index ‖ 0…0 ── password, 72 bytes = one block of Keccak-512 ──> HMAC key
//!   X = HMAC(1) ‖ HMAC(2)             128 bytes = 32 words
//!   fill: V[i] = X, X = chunkmix(X)   N times
//!   mix:  j = X[16] mod N, X = chunkmix(X ^ V[j])   N times
//!   label32 = HMAC(X ‖ 1)[..32]
//! ```
//!
//! Keeps true: a label depends on commitment, index and N only.

use sha3::{Digest, Keccak512};

use crate::params::ScryptN;

/// The 32-byte value of the label function. Its first 16 bytes are stored; all 32 are compared for the VRF nonce.
pub type Label32 = [u8; 32];
/// The 16 bytes of a label that are stored on disk.
pub type Label = [u8; 16];

/// Binds labels to an identity and its commitment ATX: `BLAKE3(node id ‖ commitment ATX id)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitment([u8; 32]);

impl Commitment {
    /// The commitment of an identity.
    pub fn new(node_id: &[u8; 32], commitment_atx_id: &[u8; 32]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(node_id);
        hasher.update(commitment_atx_id);
        Self(hasher.finalize().into())
    }

    /// A commitment that is already known.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The label function at one index, in plain code. Allocates `128 * N` bytes; for many labels use [`crate::cpu::labels`].
pub fn label32(commitment: &Commitment, index: u64, n: ScryptN) -> Label32 {
    let mut rows = vec![[0; 32]; n.rows()];
    label32_with(commitment, index, &mut rows)
}

/// The part of a label that is stored.
pub fn stored(label: &Label32) -> Label {
    let mut out = [0; 16];
    out.copy_from_slice(&label[..16]);
    out
}

/// State between the two chunkmix loops: 32 little-endian words, blocks B0 and B1.
pub(crate) type Block = [u32; 32];

/// As [`label32`] with `rows.len()` = N rows of scratch, N a power of two.
pub(crate) fn label32_with(commitment: &Commitment, index: u64, rows: &mut [Block]) -> Label32 {
    let key = LabelKey::new(commitment, index);
    let mut x = key.first_block();
    romix(&mut x, rows);
    key.finish(&x)
}

/// The keyed ends of the label function: PBKDF2 with one iteration before and after the loops.
#[derive(Clone)]
pub(crate) struct LabelKey {
    /// Keccak after the block `password ^ 0x36…`.
    inner: Keccak512,
    /// Keccak after the block `password ^ 0x5c…`.
    outer: Keccak512,
}

impl LabelKey {
    pub(crate) fn new(commitment: &Commitment, index: u64) -> Self {
        let mut password = [0; 72];
        password[..32].copy_from_slice(&commitment.0);
        password[32..40].copy_from_slice(&index.to_le_bytes());
        Self {
            inner: keyed(&password, 0x36),
            outer: keyed(&password, 0x5c),
        }
    }

    /// `HMAC(00000001) ‖ HMAC(00000002)`.
    pub(crate) fn first_block(&self) -> Block {
        let mut out = [0; 32];
        for (half, counter) in out.chunks_exact_mut(16).zip([1_u32, 2]) {
            let hash = self.hmac(&[&counter.to_be_bytes()]);
            for (word, bytes) in half.iter_mut().zip(hash.as_chunks().0) {
                *word = u32::from_le_bytes(*bytes);
            }
        }
        out
    }

    /// The first 32 bytes of `HMAC(X ‖ 00000001)`.
    pub(crate) fn finish(&self, x: &Block) -> Label32 {
        let mut bytes = [0; 128];
        for (out, word) in bytes.as_chunks_mut().0.iter_mut().zip(x) {
            *out = word.to_le_bytes();
        }
        let hash = self.hmac(&[&bytes, &1_u32.to_be_bytes()]);
        let mut out = [0; 32];
        out.copy_from_slice(&hash[..32]);
        out
    }

    fn hmac(&self, message: &[&[u8]]) -> [u8; 64] {
        let mut inner = self.inner.clone();
        for part in message {
            inner.update(part);
        }
        let mut outer = self.outer.clone();
        outer.update(inner.finalize());
        outer.finalize().into()
    }
}

fn keyed(password: &[u8; 72], pad: u8) -> Keccak512 {
    Keccak512::new_with_prefix(password.map(|byte| byte ^ pad))
}

/// The two loops. `rows.len()` is N.
fn romix(x: &mut Block, rows: &mut [Block]) {
    for row in rows.iter_mut() {
        *row = *x;
        chunkmix(x);
    }
    let mask = rows.len() - 1;
    for _ in 0..rows.len() {
        let row = &rows[x[16] as usize & mask];
        for (word, v) in x.iter_mut().zip(row) {
            *word ^= v;
        }
        chunkmix(x);
    }
}

/// `Y0 = core(B0 ^ B1)`, `Y1 = core(B1 ^ Y0)`.
pub(crate) fn chunkmix(x: &mut Block) {
    let mut y = [0; 16];
    for (half, other) in [(0, 16), (16, 0)] {
        for i in 0..16 {
            y[i] = x[half + i] ^ x[other + i];
        }
        core(&mut y);
        x[half..half + 16].copy_from_slice(&y);
    }
}

/// ChaCha20/8 as a permutation of 16 data words, plus feed-forward.
fn core(b: &mut [u32; 16]) {
    let mut s = *b;
    for _ in 0..4 {
        quarter(&mut s, 0, 4, 8, 12);
        quarter(&mut s, 1, 5, 9, 13);
        quarter(&mut s, 2, 6, 10, 14);
        quarter(&mut s, 3, 7, 11, 15);
        quarter(&mut s, 0, 5, 10, 15);
        quarter(&mut s, 1, 6, 11, 12);
        quarter(&mut s, 2, 7, 8, 13);
        quarter(&mut s, 3, 4, 9, 14);
    }
    for (out, word) in b.iter_mut().zip(s) {
        *out = out.wrapping_add(word);
    }
}

fn quarter(s: &mut [u32; 16], a: usize, b: usize, c: usize, d: usize) {
    s[a] = s[a].wrapping_add(s[b]);
    s[d] = (s[d] ^ s[a]).rotate_left(16);
    s[c] = s[c].wrapping_add(s[d]);
    s[b] = (s[b] ^ s[c]).rotate_left(12);
    s[a] = s[a].wrapping_add(s[b]);
    s[d] = (s[d] ^ s[a]).rotate_left(8);
    s[c] = s[c].wrapping_add(s[d]);
    s[b] = (s[b] ^ s[c]).rotate_left(7);
}
