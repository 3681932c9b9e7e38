//! The proving cipher with the AES instructions of 64-bit ARM: eight labels in flight, each round an AESE and AESMC pair that processors fuse.
#![expect(
    unsafe_code,
    reason = "vector loads through pointers, and calls that need processor features"
)]

use std::arch::aarch64::*;

use super::key::RoundKeys;
use super::{GroupKeys, Hit, append};
use crate::difficulty::{LOW_56, ProvingDifficulty};

/// Labels in flight.
const WIDTH: usize = 8;
/// One bit of each byte's four in a narrowed comparison.
const ONE_OF_FOUR: u64 = 0x1111_1111_1111_1111;

pub(super) fn candidates(keys: &GroupKeys, msb: u8, labels: &[[u8; 16]], out: &mut [u32]) -> usize {
    // SAFETY: `Scanner::new` made sure that the processor has the features.
    unsafe { find(&keys.group.rounds, msb, labels, out) }
}

#[target_feature(enable = "neon,aes")]
fn find(rounds: &RoundKeys, msb: u8, labels: &[[u8; 16]], out: &mut [u32]) -> usize {
    let keys: [uint8x16_t; 11] = std::array::from_fn(|i| load(&rounds[i]));
    let limit = vdupq_n_u8(msb);
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
#[target_feature(enable = "neon,aes")]
fn eight(
    keys: &[uint8x16_t; 11],
    limit: uint8x16_t,
    labels: &[[u8; 16]; WIDTH],
    base: u32,
    out: &mut [u32],
    len: &mut usize,
) -> u32 {
    let mut s: [uint8x16_t; WIDTH] = std::array::from_fn(|i| load(&labels[i]));
    for key in &keys[..9] {
        for s in &mut s {
            *s = vaesmcq_u8(vaeseq_u8(*s, *key));
        }
    }
    for s in &mut s {
        *s = veorq_u8(vaeseq_u8(*s, keys[9]), keys[10]);
    }
    for (s, base) in s.iter().zip((base..).step_by(16)) {
        let low = vreinterpretq_u16_u8(vcleq_u8(*s, limit));
        let nibbles = vget_lane_u64::<0>(vreinterpret_u64_u8(vshrn_n_u16::<4>(low)));
        append::<2>(out, len, base, nibbles & ONE_OF_FOUR);
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
#[target_feature(enable = "neon,aes")]
fn check(keys: &GroupKeys, nonce: u8, difficulty: ProvingDifficulty, label: &[u8; 16]) -> bool {
    let nonce = usize::from(nonce % 16);
    if difficulty.msb > 0 {
        let mut bytes = [0; 16];
        // SAFETY: `bytes` holds 16 bytes.
        unsafe { vst1q_u8(bytes.as_mut_ptr(), encrypt(&keys.group.rounds, label)) };
        if bytes[nonce] < difficulty.msb {
            return true;
        }
    }
    let low = vgetq_lane_u64::<0>(vreinterpretq_u64_u8(encrypt(
        &keys.lazy[nonce].rounds,
        label,
    )));
    low & LOW_56 < difficulty.lsb
}

#[inline]
#[target_feature(enable = "neon,aes")]
fn encrypt(rounds: &RoundKeys, block: &[u8; 16]) -> uint8x16_t {
    let mut s = load(block);
    for key in &rounds[..9] {
        s = vaesmcq_u8(vaeseq_u8(s, load(key)));
    }
    veorq_u8(vaeseq_u8(s, load(&rounds[9])), load(&rounds[10]))
}

#[inline]
#[target_feature(enable = "neon")]
fn load(block: &[u8; 16]) -> uint8x16_t {
    // SAFETY: 16 readable bytes.
    unsafe { vld1q_u8(block.as_ptr()) }
}
