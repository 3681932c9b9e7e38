//! Eight labels per instruction with AVX2, two such groups in turn. The shape of the AVX-512 kernel with half the width: word-sliced
//! state, rows of 128 contiguous bytes, 8×8 transposes between. Rotations by 16 and 8 are byte shuffles, by 12 and 7 two shifts.
#![expect(unsafe_code, reason = "vector loads and stores through pointers")]

use std::arch::x86_64::*;

use super::Scratch;
use crate::label::Block;
use crate::params::ScryptN;

/// Labels of one group.
const LANES: usize = 8;

/// Word-sliced state of a group: words of block 0, then of block 1.
type State = [__m256i; 32];

pub(super) fn romix(blocks: &mut [Block], n: ScryptN, scratch: &mut Scratch) {
    debug_assert!(blocks.len() <= 2 * LANES);
    if blocks.len() <= LANES {
        // SAFETY: `LabelKernel::Avx2` runs only where the processor has AVX2.
        unsafe { run::<1>(blocks, n, scratch) }
    } else {
        // SAFETY: as above.
        unsafe { run::<2>(blocks, n, scratch) }
    }
}

#[target_feature(enable = "avx2")]
fn run<const GROUPS: usize>(blocks: &mut [Block], n: ScryptN, scratch: &mut Scratch) {
    let rows = scratch.rows(n.rows() * LANES * GROUPS);
    let mut states = [[_mm256_setzero_si256(); 32]; GROUPS];
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
#[target_feature(enable = "avx2")]
fn choose(
    state: &State,
    mask: usize,
    stride: usize,
    first: usize,
    places: &mut [usize; LANES],
    rows: &[Block],
) {
    let mut words = [0_u32; LANES];
    // SAFETY: `words` holds 32 bytes.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), state[16]) };
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
#[target_feature(enable = "avx2")]
fn mix(state: &mut State, rows: &[Block], places: &[usize; LANES]) {
    let mut v = [_mm256_setzero_si256(); 32];
    load(&mut v, rows, places);
    for (word, v) in state.iter_mut().zip(v) {
        *word = _mm256_xor_si256(*word, v);
    }
}

/// Rows at `places` to word-sliced form.
#[inline]
#[target_feature(enable = "avx2")]
fn load(state: &mut State, rows: &[Block], places: &[usize; LANES]) {
    for (quarter, out) in state.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        for (vector, place) in out.iter_mut().zip(places) {
            // SAFETY: a row has 32 words; quarter 3 starts at word 24 and a vector is 8 words.
            *vector =
                unsafe { _mm256_loadu_si256(rows[*place].as_ptr().add(LANES * quarter).cast()) };
        }
        transpose(out);
    }
}

/// Word-sliced form to eight rows side by side.
#[inline]
#[target_feature(enable = "avx2")]
fn store(state: &State, rows: &mut [Block; LANES]) {
    for (quarter, words) in state.as_chunks::<LANES>().0.iter().enumerate() {
        let mut lanes = *words;
        transpose(&mut lanes);
        for (row, lane) in rows.iter_mut().zip(lanes) {
            // SAFETY: as in `load`.
            unsafe { _mm256_storeu_si256(row.as_mut_ptr().add(LANES * quarter).cast(), lane) };
        }
    }
}

/// 8×8 words: element `i` of vector `k` changes places with element `k` of vector `i`.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose(v: &mut [__m256i; LANES]) {
    let mut t = [_mm256_setzero_si256(); LANES];
    // Within 128-bit parts: 4×4 words.
    for q in 0..2 {
        let [a, b, c, d] = [v[4 * q], v[4 * q + 1], v[4 * q + 2], v[4 * q + 3]];
        let ab_low = _mm256_unpacklo_epi32(a, b);
        let ab_high = _mm256_unpackhi_epi32(a, b);
        let cd_low = _mm256_unpacklo_epi32(c, d);
        let cd_high = _mm256_unpackhi_epi32(c, d);
        t[4 * q] = _mm256_unpacklo_epi64(ab_low, cd_low);
        t[4 * q + 1] = _mm256_unpackhi_epi64(ab_low, cd_low);
        t[4 * q + 2] = _mm256_unpacklo_epi64(ab_high, cd_high);
        t[4 * q + 3] = _mm256_unpackhi_epi64(ab_high, cd_high);
    }
    // Between parts.
    for r in 0..4 {
        v[r] = _mm256_permute2x128_si256::<0x20>(t[r], t[4 + r]);
        v[4 + r] = _mm256_permute2x128_si256::<0x31>(t[r], t[4 + r]);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn chunkmix(x: &mut State) {
    let mut y = [_mm256_setzero_si256(); 16];
    for i in 0..16 {
        y[i] = _mm256_xor_si256(x[i], x[16 + i]);
    }
    core(&mut y);
    x[..16].copy_from_slice(&y);
    for i in 0..16 {
        y[i] = _mm256_xor_si256(x[16 + i], y[i]);
    }
    core(&mut y);
    x[16..].copy_from_slice(&y);
}

/// ChaCha20/8 with feed-forward on eight blocks.
#[inline]
#[target_feature(enable = "avx2")]
fn core(b: &mut [__m256i; 16]) {
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
        *out = _mm256_add_epi32(*out, word);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn quarter(s: &mut [__m256i; 16], a: usize, b: usize, c: usize, d: usize) {
    s[a] = _mm256_add_epi32(s[a], s[b]);
    s[d] = rotate_16(_mm256_xor_si256(s[d], s[a]));
    s[c] = _mm256_add_epi32(s[c], s[d]);
    s[b] = rotate::<12, 20>(_mm256_xor_si256(s[b], s[c]));
    s[a] = _mm256_add_epi32(s[a], s[b]);
    s[d] = rotate_8(_mm256_xor_si256(s[d], s[a]));
    s[c] = _mm256_add_epi32(s[c], s[d]);
    s[b] = rotate::<7, 25>(_mm256_xor_si256(s[b], s[c]));
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate<const LEFT: i32, const RIGHT: i32>(v: __m256i) -> __m256i {
    _mm256_or_si256(_mm256_slli_epi32::<LEFT>(v), _mm256_srli_epi32::<RIGHT>(v))
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate_16(v: __m256i) -> __m256i {
    let order = _mm256_broadcastsi128_si256(_mm_set_epi8(
        13, 12, 15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2,
    ));
    _mm256_shuffle_epi8(v, order)
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate_8(v: __m256i) -> __m256i {
    let order = _mm256_broadcastsi128_si256(_mm_set_epi8(
        14, 13, 12, 15, 10, 9, 8, 11, 6, 5, 4, 7, 2, 1, 0, 3,
    ));
    _mm256_shuffle_epi8(v, order)
}
