//! The proving cipher with AES-NI: eight labels in flight, because an AES round takes about four cycles and one or two start per cycle.
#![expect(
    unsafe_code,
    reason = "vector loads through pointers, and calls that need processor features"
)]

use std::arch::x86_64::*;

use super::key::RoundKeys;
use super::{GroupKeys, Hit, append};
use crate::difficulty::{LOW_56, ProvingDifficulty};

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
    let (wide, rest) = labels.as_chunks::<WIDTH>();
    let mut len = 0;
    let mut base = 0;
    for labels in wide {
        base = eight(&keys, limit, labels, base, out, &mut len);
    }
    if !rest.is_empty() {
        let mut padded = [[0; 16]; WIDTH];
        padded[..rest.len()].copy_from_slice(rest);
        eight(&keys, limit, &padded, base, out, &mut len);
    }
    // Positions ascend, so those of the padding are last.
    let end = 16 * labels.len() as u32;
    len - out[..len]
        .iter()
        .rev()
        .take_while(|position| **position >= end)
        .count()
}

#[inline]
#[target_feature(enable = "aes,sse4.1")]
fn eight(
    keys: &[__m128i; 11],
    limit: __m128i,
    labels: &[[u8; 16]; WIDTH],
    base: u32,
    out: &mut [u32],
    len: &mut usize,
) -> u32 {
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
        append::<0>(out, len, base, mask);
    }
    base + 16 * WIDTH as u32
}

pub(super) fn decide(
    keys: &GroupKeys,
    difficulty: ProvingDifficulty,
    labels: &[[u8; 16]],
    candidates: &[u32],
    mut found: impl FnMut(Hit),
) {
    for position in candidates {
        let hit = Hit {
            label: position / 16,
            nonce: (position % 16) as u8,
        };
        let label = &labels[hit.label as usize];
        // SAFETY: `Scanner::new` made sure that the processor has the features.
        let is_hit = unsafe { check(keys, hit.nonce, difficulty, label) };
        if is_hit {
            found(hit);
        }
    }
}

/// As [`super::portable::check`] for a byte that is known not to be above `msb`.
#[inline]
#[target_feature(enable = "aes,sse4.1")]
fn check(keys: &GroupKeys, nonce: u8, difficulty: ProvingDifficulty, label: &[u8; 16]) -> bool {
    let nonce = usize::from(nonce % 16);
    if difficulty.msb > 0 {
        let mut bytes = [0; 16];
        // SAFETY: `bytes` holds 16 bytes.
        unsafe {
            _mm_storeu_si128(
                bytes.as_mut_ptr().cast(),
                encrypt(&keys.group.rounds, label),
            )
        };
        if bytes[nonce] < difficulty.msb {
            return true;
        }
    }
    let low = _mm_cvtsi128_si64(encrypt(&keys.lazy[nonce].rounds, label)).cast_unsigned();
    low & LOW_56 < difficulty.lsb
}

#[inline]
#[target_feature(enable = "aes,sse4.1")]
fn encrypt(rounds: &RoundKeys, block: &[u8; 16]) -> __m128i {
    let mut s = _mm_xor_si128(load(block), load(&rounds[0]));
    for key in &rounds[1..10] {
        s = _mm_aesenc_si128(s, load(key));
    }
    _mm_aesenclast_si128(s, load(&rounds[10]))
}

#[inline]
#[target_feature(enable = "sse2")]
fn load(block: &[u8; 16]) -> __m128i {
    // SAFETY: 16 readable bytes.
    unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
}
