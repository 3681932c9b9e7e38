//! Sixteen labels per instruction with AVX-512F, two such groups in turn: native rotations, and 16×16 transposes of 64 shuffles against 416
//! operations of a core. A row is two cache lines.
#![expect(unsafe_code, reason = "vector loads and stores through pointers")]

use std::arch::x86_64::*;

use crate::label::Block;

super::sliced::sliced_romix!(feature: "avx512f");

/// Labels of one group.
const LANES: usize = 16;

/// One word of every label of a group.
type Vector = __m512i;

#[inline]
#[target_feature(enable = "avx512f")]
fn zero() -> Vector {
    _mm512_setzero_si512()
}

#[inline]
#[target_feature(enable = "avx512f")]
fn read(words: &[u32; LANES]) -> Vector {
    // SAFETY: sixteen words are 64 readable bytes.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn write(v: Vector, words: &mut [u32; LANES]) {
    // SAFETY: sixteen words are 64 writable bytes.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), v) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn xor(a: Vector, b: Vector) -> Vector {
    _mm512_xor_si512(a, b)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm512_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn rotate<const LEFT: i32>(v: Vector) -> Vector {
    _mm512_rol_epi32::<LEFT>(v)
}

/// 16×16 words: element `i` of vector `k` changes places with element `k` of vector `i`.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose(v: &mut [Vector; LANES]) {
    let mut t = [zero(); LANES];
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
fn prefetch(row: &Block) {
    let words = row.as_ptr();
    // SAFETY: a prefetch reads nothing; both addresses lie inside the row.
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(words.cast());
        _mm_prefetch::<_MM_HINT_T0>(words.add(16).cast());
    }
}
