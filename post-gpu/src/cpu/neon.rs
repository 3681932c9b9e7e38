//! Four labels per instruction with NEON, two such groups in turn. The shape of the x86 kernels: word-sliced state, rows of 128 contiguous
//! bytes, 4×4 transposes between. Rotation by 16 is a half-word reversal, the others shift and insert.
#![expect(unsafe_code, reason = "vector loads and stores through pointers")]

use std::arch::aarch64::*;

use super::Scratch;
use crate::label::Block;
use crate::params::ScryptN;

/// Labels of one group.
const LANES: usize = 4;

/// Word-sliced state of a group: words of block 0, then of block 1.
type State = [uint32x4_t; 32];

pub(super) fn romix(blocks: &mut [Block], n: ScryptN, scratch: &mut Scratch) {
    debug_assert!(blocks.len() <= 2 * LANES);
    if blocks.len() <= LANES {
        // SAFETY: every 64-bit ARM processor that Rust's targets name has NEON.
        unsafe { run::<1>(blocks, n, scratch) }
    } else {
        // SAFETY: as above.
        unsafe { run::<2>(blocks, n, scratch) }
    }
}

#[target_feature(enable = "neon")]
fn run<const GROUPS: usize>(blocks: &mut [Block], n: ScryptN, scratch: &mut Scratch) {
    let rows = scratch.rows(n.rows() * LANES * GROUPS);
    let mut states = [[vdupq_n_u32(0); 32]; GROUPS];
    let mut lanes = [[0; 32]; LANES];
    for (state, group) in states.iter_mut().zip(blocks.chunks(LANES)) {
        lanes[..group.len()].copy_from_slice(group);
        load(state, &lanes, &std::array::from_fn(|lane| lane));
    }
    let groups = rows.as_chunks_mut::<LANES>().0;
    for step in groups.chunks_exact_mut(GROUPS) {
        for (state, row) in states.iter_mut().zip(step) {
            store(state, row);
            chunkmix(state);
        }
    }
    let mask = n.rows() - 1;
    for _ in 0..n.rows() {
        for (g, state) in states.iter_mut().enumerate() {
            let places = choose(state, mask, GROUPS * LANES, g * LANES);
            mix(state, rows, &places);
            chunkmix(state);
        }
    }
    for (state, group) in states.iter().zip(blocks.chunks_mut(LANES)) {
        store(state, &mut lanes);
        group.copy_from_slice(&lanes[..group.len()]);
    }
}

/// The row of each lane for the next step. Out-of-order cores of this family overlap the two groups' loads by themselves.
#[inline]
#[target_feature(enable = "neon")]
fn choose(state: &State, mask: usize, stride: usize, first: usize) -> [usize; LANES] {
    let mut words = [0_u32; LANES];
    // SAFETY: `words` holds 16 bytes.
    unsafe { vst1q_u32(words.as_mut_ptr(), state[16]) };
    std::array::from_fn(|lane| (words[lane] as usize & mask) * stride + first + lane)
}

/// `state ^= rows[places]`, lane by lane.
#[inline]
#[target_feature(enable = "neon")]
fn mix(state: &mut State, rows: &[Block], places: &[usize; LANES]) {
    let mut v = [vdupq_n_u32(0); 32];
    load(&mut v, rows, places);
    for (word, v) in state.iter_mut().zip(v) {
        *word = veorq_u32(*word, v);
    }
}

/// Rows at `places` to word-sliced form.
#[inline]
#[target_feature(enable = "neon")]
fn load(state: &mut State, rows: &[Block], places: &[usize; LANES]) {
    for (part, out) in state.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        for (vector, place) in out.iter_mut().zip(places) {
            // SAFETY: a row has 32 words; part 7 starts at word 28 and a vector is 4 words.
            *vector = unsafe { vld1q_u32(rows[*place].as_ptr().add(LANES * part)) };
        }
        transpose(out);
    }
}

/// Word-sliced form to four rows side by side.
#[inline]
#[target_feature(enable = "neon")]
fn store(state: &State, rows: &mut [Block; LANES]) {
    for (part, words) in state.as_chunks::<LANES>().0.iter().enumerate() {
        let mut lanes = *words;
        transpose(&mut lanes);
        for (row, lane) in rows.iter_mut().zip(lanes) {
            // SAFETY: as in `load`.
            unsafe { vst1q_u32(row.as_mut_ptr().add(LANES * part), lane) };
        }
    }
}

/// 4×4 words: element `i` of vector `k` changes places with element `k` of vector `i`.
#[inline]
#[target_feature(enable = "neon")]
fn transpose(v: &mut [uint32x4_t; LANES]) {
    let ab_even = vreinterpretq_u64_u32(vtrn1q_u32(v[0], v[1]));
    let ab_odd = vreinterpretq_u64_u32(vtrn2q_u32(v[0], v[1]));
    let cd_even = vreinterpretq_u64_u32(vtrn1q_u32(v[2], v[3]));
    let cd_odd = vreinterpretq_u64_u32(vtrn2q_u32(v[2], v[3]));
    v[0] = vreinterpretq_u32_u64(vtrn1q_u64(ab_even, cd_even));
    v[1] = vreinterpretq_u32_u64(vtrn1q_u64(ab_odd, cd_odd));
    v[2] = vreinterpretq_u32_u64(vtrn2q_u64(ab_even, cd_even));
    v[3] = vreinterpretq_u32_u64(vtrn2q_u64(ab_odd, cd_odd));
}

#[inline]
#[target_feature(enable = "neon")]
fn chunkmix(x: &mut State) {
    let mut y = [vdupq_n_u32(0); 16];
    for i in 0..16 {
        y[i] = veorq_u32(x[i], x[16 + i]);
    }
    core(&mut y);
    x[..16].copy_from_slice(&y);
    for i in 0..16 {
        y[i] = veorq_u32(x[16 + i], y[i]);
    }
    core(&mut y);
    x[16..].copy_from_slice(&y);
}

/// ChaCha20/8 with feed-forward on four blocks.
#[inline]
#[target_feature(enable = "neon")]
fn core(b: &mut [uint32x4_t; 16]) {
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
        *out = vaddq_u32(*out, word);
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn quarter(s: &mut [uint32x4_t; 16], a: usize, b: usize, c: usize, d: usize) {
    s[a] = vaddq_u32(s[a], s[b]);
    s[d] = rotate_16(veorq_u32(s[d], s[a]));
    s[c] = vaddq_u32(s[c], s[d]);
    s[b] = rotate::<12, 20>(veorq_u32(s[b], s[c]));
    s[a] = vaddq_u32(s[a], s[b]);
    s[d] = rotate::<8, 24>(veorq_u32(s[d], s[a]));
    s[c] = vaddq_u32(s[c], s[d]);
    s[b] = rotate::<7, 25>(veorq_u32(s[b], s[c]));
}

#[inline]
#[target_feature(enable = "neon")]
fn rotate<const LEFT: i32, const RIGHT: i32>(v: uint32x4_t) -> uint32x4_t {
    vsriq_n_u32::<RIGHT>(vshlq_n_u32::<LEFT>(v), v)
}

#[inline]
#[target_feature(enable = "neon")]
fn rotate_16(v: uint32x4_t) -> uint32x4_t {
    vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(v)))
}
