//! The proving cipher with AES-NI: eight labels in flight, because an AES round takes about four cycles and one or two start per cycle.
#![expect(
    unsafe_code,
    reason = "vector loads through pointers, and calls that need processor features"
)]

use std::arch::x86_64::*;

use super::GroupKeys;
use super::candidates::{Candidates, collect, confirm};
use super::key::RoundKeys;
use crate::difficulty::ProvingDifficulty;

/// Labels in flight.
const WIDTH: usize = 8;

pub(super) fn candidates(keys: &GroupKeys, msb: u8, labels: &[[u8; 16]], out: &mut [u32]) -> usize {
    // SAFETY: `Scanner::new` made sure that the processor has the features.
    unsafe { find(&keys.group.rounds, msb, labels, out) }
}

#[target_feature(enable = "aes,sse4.1")]
fn find(rounds: &RoundKeys, msb: u8, labels: &[[u8; 16]], out: &mut [u32]) -> usize {
    let keys: [__m128i; 11] = std::array::from_fn(|i| load(&rounds[i]));
    let limit = _mm_set1_epi8(msb.cast_signed());
    collect(labels, out, |labels, base, found| {
        eight(&keys, limit, labels, base, found);
    })
}

#[inline]
#[target_feature(enable = "aes,sse4.1")]
fn eight(
    keys: &[__m128i; 11],
    limit: __m128i,
    labels: &[[u8; 16]; WIDTH],
    base: u32,
    found: &mut Candidates<'_>,
) {
    let mut s: [__m128i; WIDTH] = std::array::from_fn(|i| _mm_xor_si128(load(&labels[i]), keys[0]));
    for key in &keys[1..10] {
        for s in &mut s {
            *s = _mm_aesenc_si128(*s, *key);
        }
    }
    for s in &mut s {
        *s = _mm_aesenclast_si128(*s, keys[10]);
    }
    for (quad, base) in s.as_chunks::<4>().0.iter().zip((base..).step_by(64)) {
        let mut mask = 0;
        for (i, s) in quad.iter().enumerate() {
            let low = _mm_cmpeq_epi8(_mm_min_epu8(*s, limit), *s);
            mask |= u64::from(_mm_movemask_epi8(low) as u16) << (16 * i);
        }
        found.append::<0>(base, mask);
    }
}

/// The second step, [`confirm`], with this cipher.
pub(super) fn is_hit(
    keys: &GroupKeys,
    nonce: u8,
    difficulty: ProvingDifficulty,
    label: &[u8; 16],
) -> bool {
    #[target_feature(enable = "aes,sse4.1")]
    fn inner(keys: &GroupKeys, nonce: u8, difficulty: ProvingDifficulty, label: &[u8; 16]) -> bool {
        confirm(keys, nonce, difficulty, label, |rounds, block| {
            encrypt(rounds, block)
        })
    }
    // SAFETY: `Scanner::new` made sure that the processor has the features.
    unsafe { inner(keys, nonce, difficulty, label) }
}

/// One block with one key, as a little-endian number.
#[inline]
#[target_feature(enable = "aes,sse4.1")]
fn encrypt(rounds: &RoundKeys, block: &[u8; 16]) -> u128 {
    let mut s = _mm_xor_si128(load(block), load(&rounds[0]));
    for key in &rounds[1..10] {
        s = _mm_aesenc_si128(s, load(key));
    }
    let mut bytes = [0; 16];
    let s = _mm_aesenclast_si128(s, load(&rounds[10]));
    // SAFETY: `bytes` holds 16 bytes.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), s) };
    u128::from_le_bytes(bytes)
}

#[inline]
#[target_feature(enable = "sse2")]
fn load(block: &[u8; 16]) -> __m128i {
    // SAFETY: 16 readable bytes.
    unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
}
