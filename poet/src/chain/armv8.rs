//! SHA-256 with the instructions of ARMv8: four rounds are a pair of instructions that run side by side.
//!
//! A digest leaves the rounds in message order, so nothing stands between two hashes of a chain but the addition of the initial words.
#![expect(
    unsafe_code,
    reason = "vector loads through pointers, and calls that need processor features"
)]

use std::arch::aarch64::*;

use super::{IV, K};

/// See [`super::Sha256::compress`].
pub(super) fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
    // SAFETY: a `Sha256` of this kernel exists only where the processor has the features.
    unsafe { compress_blocks(state, blocks) }
}

/// See [`super::Sha256::chain`].
pub(super) fn chain<const N: usize>(digests: &mut [[u32; 8]; N], times: u32) {
    // SAFETY: a `Sha256` of this kernel exists only where the processor has the features.
    unsafe { chain_lanes(digests, times) }
}

#[derive(Clone, Copy)]
struct State {
    abcd: uint32x4_t,
    efgh: uint32x4_t,
}

#[inline]
#[target_feature(enable = "neon,sha2")]
fn load(words: &[u32; 8]) -> State {
    let (halves, _) = words.as_chunks::<4>();
    State {
        abcd: four(&halves[0]),
        efgh: four(&halves[1]),
    }
}

#[inline]
#[target_feature(enable = "neon,sha2")]
fn store(state: State) -> [u32; 8] {
    let mut words = [0; 8];
    let (low, high) = words.split_at_mut(4);
    // SAFETY: each half has room for four words.
    unsafe {
        vst1q_u32(low.as_mut_ptr(), state.abcd);
        vst1q_u32(high.as_mut_ptr(), state.efgh);
    }
    words
}

#[inline]
#[target_feature(enable = "neon,sha2")]
fn four(words: &[u32; 4]) -> uint32x4_t {
    // SAFETY: the array has four words.
    unsafe { vld1q_u32(words.as_ptr()) }
}

/// The round constants of rounds 4·`group` to 4·`group` + 3.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn round_keys(group: usize) -> uint32x4_t {
    let (groups, _) = K.as_chunks::<4>();
    four(&groups[group])
}

#[inline]
#[target_feature(enable = "neon,sha2")]
fn four_rounds(state: &mut State, wk: uint32x4_t) {
    let abcd = vsha256hq_u32(state.abcd, state.efgh, wk);
    state.efgh = vsha256h2q_u32(state.efgh, state.abcd, wk);
    state.abcd = abcd;
}

/// The next four words of the schedule from the last sixteen.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn schedule(w: &[uint32x4_t; 4]) -> uint32x4_t {
    vsha256su1q_u32(vsha256su0q_u32(w[0], w[1]), w[2], w[3])
}

/// All 64 rounds over a block of sixteen words; the starting state is not added.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn rounds(state: &mut State, mut w: [uint32x4_t; 4]) {
    for group in 0..16 {
        let words = if group < 4 {
            w[group]
        } else {
            let next = schedule(&w);
            w = [w[1], w[2], w[3], next];
            next
        };
        four_rounds(state, vaddq_u32(words, round_keys(group)));
    }
}

#[inline]
#[target_feature(enable = "neon,sha2")]
fn sum(a: State, b: State) -> State {
    State {
        abcd: vaddq_u32(a.abcd, b.abcd),
        efgh: vaddq_u32(a.efgh, b.efgh),
    }
}

#[target_feature(enable = "neon,sha2")]
fn compress_blocks(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
    let mut s = load(state);
    for block in blocks {
        let (words, _) = block.as_chunks::<16>();
        let w = std::array::from_fn(|i| {
            // SAFETY: the chunk has 16 bytes.
            let bytes = unsafe { vld1q_u8(words[i].as_ptr()) };
            vreinterpretq_u32_u8(vrev32q_u8(bytes))
        });
        let start = s;
        rounds(&mut s, w);
        s = sum(s, start);
    }
    *state = store(s);
}

#[target_feature(enable = "neon,sha2")]
fn chain_lanes<const N: usize>(digests: &mut [[u32; 8]; N], times: u32) {
    let iv = load(&IV);
    let pad_low = four(&[1 << 31, 0, 0, 0]);
    let pad_high = four(&[0, 0, 0, 256]);
    let mut lanes: [State; N] = std::array::from_fn(|i| load(&digests[i]));
    for _ in 0..times {
        for lane in &mut lanes {
            let mut s = iv;
            rounds(&mut s, [lane.abcd, lane.efgh, pad_low, pad_high]);
            *lane = sum(s, iv);
        }
    }
    for (digest, lane) in digests.iter_mut().zip(lanes) {
        *digest = store(lane);
    }
}
