//! Sixteen labels per instruction with AVX-512F, two such groups in turn.
//!
//! A group's state is word-sliced: vector `w` holds word `w` of sixteen labels, so the ChaCha core needs no shuffles and has native
//! rotations. In memory every lane's row is 128 contiguous bytes (two cache lines, rows outermost), because each lane reads another row;
//! a 16×16 transpose takes sixteen half rows to sixteen vectors and back, 64 shuffles against 416 operations of a core.
//!
//! Two groups take turns: while one group's step is computed the other group's rows are on their way from memory.
#![expect(unsafe_code, reason = "vector loads and stores through pointers")]

use std::arch::x86_64::*;

use super::Scratch;
use crate::label::Block;
use crate::params::ScryptN;

/// Labels of one group.
const LANES: usize = 16;

/// Word-sliced state of a group: words of block 0, then of block 1.
type State = [__m512i; 32];

pub(super) fn romix(blocks: &mut [Block], n: ScryptN, scratch: &mut Scratch) {
    debug_assert!(blocks.len() <= 2 * LANES);
    if blocks.len() <= LANES {
        // SAFETY: `LabelKernel::Avx512` runs only where the processor has AVX-512F.
        unsafe { run::<1>(blocks, n, scratch) }
    } else {
        // SAFETY: as above.
        unsafe { run::<2>(blocks, n, scratch) }
    }
}

#[target_feature(enable = "avx512f")]
fn run<const GROUPS: usize>(blocks: &mut [Block], n: ScryptN, scratch: &mut Scratch) {
    let rows = scratch.rows(n.rows() * LANES * GROUPS);
    let mut states = [[_mm512_setzero_si512(); 32]; GROUPS];
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
    let mut places = [[0; LANES]; GROUPS];
    for (g, (state, place)) in states.iter().zip(&mut places).enumerate() {
        choose(state, mask, GROUPS * LANES, g * LANES, place, rows);
    }
    for _ in 0..n.rows() {
        for (g, (state, place)) in states.iter_mut().zip(&mut places).enumerate() {
            mix(state, rows, place);
            chunkmix(state);
            choose(state, mask, GROUPS * LANES, g * LANES, place, rows);
        }
    }
    for (state, group) in states.iter().zip(blocks.chunks_mut(LANES)) {
        store(state, &mut lanes);
        group.copy_from_slice(&lanes[..group.len()]);
    }
}

/// The row of each lane for the next step, and a hint to fetch it.
#[inline]
#[target_feature(enable = "avx512f")]
fn choose(
    state: &State,
    mask: usize,
    stride: usize,
    first: usize,
    places: &mut [usize; LANES],
    rows: &[Block],
) {
    let mut words = [0_u32; LANES];
    // SAFETY: `words` holds 64 bytes.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), state[16]) };
    for (lane, (place, word)) in places.iter_mut().zip(words).enumerate() {
        *place = (word as usize & mask) * stride + first + lane;
        let row = rows[*place].as_ptr();
        // SAFETY: a prefetch reads nothing; both addresses lie inside the row.
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(row.cast());
            _mm_prefetch::<_MM_HINT_T0>(row.add(16).cast());
        }
    }
}

/// `state ^= rows[places]`, lane by lane.
#[inline]
#[target_feature(enable = "avx512f")]
fn mix(state: &mut State, rows: &[Block], places: &[usize; LANES]) {
    let mut v = [_mm512_setzero_si512(); 32];
    load(&mut v, rows, places);
    for (word, v) in state.iter_mut().zip(v) {
        *word = _mm512_xor_si512(*word, v);
    }
}

/// Rows at `places` to word-sliced form.
#[inline]
#[target_feature(enable = "avx512f")]
fn load(state: &mut State, rows: &[Block], places: &[usize; LANES]) {
    for (half, out) in state.as_chunks_mut::<16>().0.iter_mut().enumerate() {
        for (vector, place) in out.iter_mut().zip(places) {
            // SAFETY: a row has 32 words; half 1 starts at word 16 and a vector is 16 words.
            *vector = unsafe { _mm512_loadu_si512(rows[*place].as_ptr().add(16 * half).cast()) };
        }
        transpose(out);
    }
}

/// Word-sliced form to sixteen rows side by side.
#[inline]
#[target_feature(enable = "avx512f")]
fn store(state: &State, rows: &mut [Block; LANES]) {
    for (half, words) in state.as_chunks::<16>().0.iter().enumerate() {
        let mut lanes = *words;
        transpose(&mut lanes);
        for (row, lane) in rows.iter_mut().zip(lanes) {
            // SAFETY: as in `load`.
            unsafe { _mm512_storeu_si512(row.as_mut_ptr().add(16 * half).cast(), lane) };
        }
    }
}

/// 16×16 words: element `i` of vector `k` changes places with element `k` of vector `i`.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose(v: &mut [__m512i; 16]) {
    let mut t = [_mm512_setzero_si512(); 16];
    // Within 128-bit parts: 4×4 words.
    for q in 0..4 {
        let [a, b, c, d] = [v[4 * q], v[4 * q + 1], v[4 * q + 2], v[4 * q + 3]];
        let ab_low = _mm512_unpacklo_epi32(a, b);
        let ab_high = _mm512_unpackhi_epi32(a, b);
        let cd_low = _mm512_unpacklo_epi32(c, d);
        let cd_high = _mm512_unpackhi_epi32(c, d);
        t[4 * q] = _mm512_unpacklo_epi64(ab_low, cd_low);
        t[4 * q + 1] = _mm512_unpackhi_epi64(ab_low, cd_low);
        t[4 * q + 2] = _mm512_unpacklo_epi64(ab_high, cd_high);
        t[4 * q + 3] = _mm512_unpackhi_epi64(ab_high, cd_high);
    }
    // Between parts: part p of t[4q + r] goes to part q of v[4p + r].
    for r in 0..4 {
        let [a, b, c, d] = [t[r], t[4 + r], t[8 + r], t[12 + r]];
        let ab_low = _mm512_shuffle_i32x4::<0b10_00_10_00>(a, b); // a0 a2 b0 b2
        let ab_high = _mm512_shuffle_i32x4::<0b11_01_11_01>(a, b); // a1 a3 b1 b3
        let cd_low = _mm512_shuffle_i32x4::<0b10_00_10_00>(c, d);
        let cd_high = _mm512_shuffle_i32x4::<0b11_01_11_01>(c, d);
        v[r] = _mm512_shuffle_i32x4::<0b10_00_10_00>(ab_low, cd_low); // a0 b0 c0 d0
        v[8 + r] = _mm512_shuffle_i32x4::<0b11_01_11_01>(ab_low, cd_low); // a2 b2 c2 d2
        v[4 + r] = _mm512_shuffle_i32x4::<0b10_00_10_00>(ab_high, cd_high); // a1 b1 c1 d1
        v[12 + r] = _mm512_shuffle_i32x4::<0b11_01_11_01>(ab_high, cd_high);
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn chunkmix(x: &mut State) {
    let mut y = [_mm512_setzero_si512(); 16];
    for i in 0..16 {
        y[i] = _mm512_xor_si512(x[i], x[16 + i]);
    }
    core(&mut y);
    x[..16].copy_from_slice(&y);
    for i in 0..16 {
        y[i] = _mm512_xor_si512(x[16 + i], y[i]);
    }
    core(&mut y);
    x[16..].copy_from_slice(&y);
}

/// ChaCha20/8 with feed-forward on sixteen blocks.
#[inline]
#[target_feature(enable = "avx512f")]
fn core(b: &mut [__m512i; 16]) {
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
        *out = _mm512_add_epi32(*out, word);
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn quarter(s: &mut [__m512i; 16], a: usize, b: usize, c: usize, d: usize) {
    s[a] = _mm512_add_epi32(s[a], s[b]);
    s[d] = _mm512_rol_epi32::<16>(_mm512_xor_si512(s[d], s[a]));
    s[c] = _mm512_add_epi32(s[c], s[d]);
    s[b] = _mm512_rol_epi32::<12>(_mm512_xor_si512(s[b], s[c]));
    s[a] = _mm512_add_epi32(s[a], s[b]);
    s[d] = _mm512_rol_epi32::<8>(_mm512_xor_si512(s[d], s[a]));
    s[c] = _mm512_add_epi32(s[c], s[d]);
    s[b] = _mm512_rol_epi32::<7>(_mm512_xor_si512(s[b], s[c]));
}
