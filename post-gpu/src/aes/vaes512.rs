//! The proving cipher with VAES on 512-bit vectors: 4 labels per vector, eight vectors in flight.
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
const PER_VECTOR: usize = 4;

pub(super) fn candidates(keys: &GroupKeys, msb: u8, labels: &[[u8; 16]], out: &mut [u32]) -> usize {
    // SAFETY: `Scanner::new` made sure that the processor has the features.
    unsafe { find(&keys.group.rounds, msb, labels, out) }
}

#[target_feature(enable = "vaes,avx512f,avx512bw")]
fn find(rounds: &RoundKeys, msb: u8, labels: &[[u8; 16]], out: &mut [u32]) -> usize {
    let keys: [__m512i; 11] = std::array::from_fn(|i| broadcast(&rounds[i]));
    let limit = _mm512_set1_epi8(msb.cast_signed());
    collect(labels, out, |labels, base, found| {
        step(&keys, limit, labels, base, found);
    })
}

#[inline]
#[target_feature(enable = "vaes,avx512f,avx512bw")]
fn step(
    keys: &[__m512i; 11],
    limit: __m512i,
    labels: &[[u8; 16]; WIDTH],
    base: u32,
    found: &mut Candidates<'_>,
) {
    let (vectors, _) = labels.as_chunks::<PER_VECTOR>();
    let mut s: [__m512i; 8] = std::array::from_fn(|i| _mm512_xor_si512(load(&vectors[i]), keys[0]));
    for key in &keys[1..10] {
        for s in &mut s {
            *s = _mm512_aesenc_epi128(*s, *key);
        }
    }
    for s in &mut s {
        *s = _mm512_aesenclast_epi128(*s, keys[10]);
    }
    for (s, base) in s.iter().zip((base..).step_by(16 * PER_VECTOR)) {
        found.append::<0>(base, _mm512_cmple_epu8_mask(*s, limit));
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(labels: &[[u8; 16]; PER_VECTOR]) -> __m512i {
    // SAFETY: four labels are 64 readable bytes.
    unsafe { _mm512_loadu_si512(labels.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn broadcast(key: &[u8; 16]) -> __m512i {
    // SAFETY: 16 readable bytes.
    _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(key.as_ptr().cast()) })
}
