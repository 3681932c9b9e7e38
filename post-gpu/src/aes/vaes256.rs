//! The proving cipher with VAES on 256-bit vectors: 2 labels per vector, eight vectors in flight.
#![expect(
    unsafe_code,
    reason = "vector loads through pointers, and calls that need processor features"
)]

use std::arch::x86_64::*;

use super::GroupKeys;
use super::candidates::{Candidates, collect};
use super::key::RoundKeys;

/// Labels in flight.
const WIDTH: usize = 8 * PER_VECTOR;
/// Labels of one vector.
const PER_VECTOR: usize = 2;

pub(super) fn candidates(keys: &GroupKeys, msb: u8, labels: &[[u8; 16]], out: &mut [u32]) -> usize {
    // SAFETY: `Scanner::new` made sure that the processor has the features.
    unsafe { find(&keys.group.rounds, msb, labels, out) }
}

#[target_feature(enable = "vaes,avx2")]
fn find(rounds: &RoundKeys, msb: u8, labels: &[[u8; 16]], out: &mut [u32]) -> usize {
    let keys: [__m256i; 11] = std::array::from_fn(|i| broadcast(&rounds[i]));
    let limit = _mm256_set1_epi8(msb.cast_signed());
    collect(labels, out, |labels, base, found| {
        step(&keys, limit, labels, base, found);
    })
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn step(
    keys: &[__m256i; 11],
    limit: __m256i,
    labels: &[[u8; 16]; WIDTH],
    base: u32,
    found: &mut Candidates<'_>,
) {
    let (vectors, _) = labels.as_chunks::<PER_VECTOR>();
    let mut s: [__m256i; 8] = std::array::from_fn(|i| _mm256_xor_si256(load(&vectors[i]), keys[0]));
    for key in &keys[1..10] {
        for s in &mut s {
            *s = _mm256_aesenc_epi128(*s, *key);
        }
    }
    for s in &mut s {
        *s = _mm256_aesenclast_epi128(*s, keys[10]);
    }
    for (pair, base) in s
        .as_chunks::<2>()
        .0
        .iter()
        .zip((base..).step_by(32 * PER_VECTOR))
    {
        let [low, high] = pair.map(|s| {
            let candidates = _mm256_cmpeq_epi8(_mm256_min_epu8(s, limit), s);
            u64::from(_mm256_movemask_epi8(candidates).cast_unsigned())
        });
        found.append::<0>(base, low | high << 32);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(labels: &[[u8; 16]; PER_VECTOR]) -> __m256i {
    // SAFETY: two labels are 32 readable bytes.
    unsafe { _mm256_loadu_si256(labels.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn broadcast(key: &[u8; 16]) -> __m256i {
    // SAFETY: 16 readable bytes.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(key.as_ptr().cast()) })
}
