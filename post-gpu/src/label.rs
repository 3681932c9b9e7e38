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

#[cfg(test)]
mod tests {
    //! Intermediate values of chapter 03, for commitment 0…0 and index 0: they tell which step is wrong when a label is.

    use super::*;

    const X: &str = "bc331280666710245171f3efa6d02b7a6661d65e2e95e909eba0b063145c5e12d2c956cfd46b8df02e9cb15160869e7470872a190d1490264ac0c270346d0288d6c9ce07391b93dbfc89b88aa33230ab6aeb95b82ad8643762681af0d1a783193399646c6bbbc3220c568ecad98765b360c4278904382e66d4b0094837c92bbb";
    const CHUNKMIX: &str = "c1073c697429fa77893d22356f756540cc6b69073e4ddd6e0b1b896dad32ec21edf9489e5ba6df8e3513c9aae3bc8d892b929de5ca550358c92e58cc7fd7fde856b8bc6d999063fa1165e610c8fc38b09c7707fd031ea9977670f557df6f54859225c3f8f8650ecb7cea01293b19f28bf248488eeb1a3abe776636cdf1f2a58b";
    const ROMIX: &str = "17f086a185196ed2f2047e4c012840d0c45333e9111e2db62f97a89afc63bf3926a3dbb2ae1b005396b1aae029aed5ac32e14cefca06d495dc612d000d41a881297acb0e95a62eeddb06239ee9806e6fb83f2d440414e628bae5a19ee47866a6270602991b4edb3988fd1cf953b2ebe91fe448a73bd2735b60806872d301a910";
    const CORE: &str = "d73f3dbfd40f85c8371f047dcbaa4df98fe3b9de623fb2985f9caf3f170f42485574a279c32ae60abbf703652c1797abd5314a61317f039d1cfff16b23d55344";

    fn hex_of(words: &[u32]) -> String {
        words
            .iter()
            .map(|word| hex::encode(word.to_le_bytes()))
            .collect()
    }

    #[test]
    fn the_core_permutes_all_words_and_adds_its_input() {
        let mut words = std::array::from_fn(|i| i as u32);
        core(&mut words);
        assert_eq!(hex_of(&words), CORE);
    }

    #[test]
    fn every_step_from_password_to_rows_has_the_value_of_the_chapter() {
        let mut x = LabelKey::new(&Commitment::from_bytes([0; 32]), 0).first_block();
        assert_eq!(hex_of(&x), X);
        let mut mixed = x;
        chunkmix(&mut mixed);
        assert_eq!(hex_of(&mixed), CHUNKMIX);
        romix(&mut x, &mut [[0; 32]; 2]);
        assert_eq!(hex_of(&x), ROMIX);
    }
}
