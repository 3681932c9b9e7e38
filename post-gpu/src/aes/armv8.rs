//! The proving cipher with the AES instructions of 64-bit ARM: eight labels in flight, each round an AESE and AESMC pair that processors fuse.
#![expect(
    unsafe_code,
    reason = "vector loads through pointers, and calls that need processor features"
)]

use std::arch::aarch64::*;

use super::GroupKeys;
use super::candidates::{Candidates, collect, confirm};
use super::key::RoundKeys;
use crate::difficulty::ProvingDifficulty;

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
    collect(labels, out, |labels, base, found| {
        eight(&keys, limit, labels, base, found);
    })
}

#[inline]
#[target_feature(enable = "neon,aes")]
fn eight(
    keys: &[uint8x16_t; 11],
    limit: uint8x16_t,
    labels: &[[u8; 16]; WIDTH],
    base: u32,
    found: &mut Candidates<'_>,
) {
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
        found.append::<2>(base, nibbles & ONE_OF_FOUR);
    }
}

/// The second step, [`confirm`], with this cipher.
pub(super) fn is_hit(
    keys: &GroupKeys,
    nonce: u8,
    difficulty: ProvingDifficulty,
    label: &[u8; 16],
) -> bool {
    #[target_feature(enable = "neon,aes")]
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
#[target_feature(enable = "neon,aes")]
fn encrypt(rounds: &RoundKeys, block: &[u8; 16]) -> u128 {
    let mut s = load(block);
    for key in &rounds[..9] {
        s = vaesmcq_u8(vaeseq_u8(s, load(key)));
    }
    let mut bytes = [0; 16];
    let s = veorq_u8(vaeseq_u8(s, load(&rounds[9])), load(&rounds[10]));
    // SAFETY: `bytes` holds 16 bytes.
    unsafe { vst1q_u8(bytes.as_mut_ptr(), s) };
    u128::from_le_bytes(bytes)
}

#[inline]
#[target_feature(enable = "neon")]
fn load(block: &[u8; 16]) -> uint8x16_t {
    // SAFETY: 16 readable bytes.
    unsafe { vld1q_u8(block.as_ptr()) }
}
