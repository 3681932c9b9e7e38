//! Eight labels per instruction with AVX2, two such groups in turn. Rotations by 16 and 8 are byte shuffles, by 12 and 7 two shifts.
#![expect(unsafe_code, reason = "vector loads and stores through pointers")]

use std::arch::x86_64::*;

use crate::label::Block;

super::sliced::sliced_romix!(feature: "avx2");

/// Labels of one group.
const LANES: usize = 8;

/// One word of every label of a group.
type Vector = __m256i;

#[inline]
#[target_feature(enable = "avx2")]
fn zero() -> Vector {
    _mm256_setzero_si256()
}

#[inline]
#[target_feature(enable = "avx2")]
fn read(words: &[u32; LANES]) -> Vector {
    // SAFETY: eight words are 32 readable bytes.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn write(v: Vector, words: &mut [u32; LANES]) {
    // SAFETY: eight words are 32 writable bytes.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), v) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor(a: Vector, b: Vector) -> Vector {
    _mm256_xor_si256(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm256_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate<const LEFT: i32>(v: Vector) -> Vector {
    match LEFT {
        16 => {
            let order = _mm_set_epi8(13, 12, 15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2);
            _mm256_shuffle_epi8(v, _mm256_broadcastsi128_si256(order))
        }
        12 => _mm256_or_si256(_mm256_slli_epi32::<12>(v), _mm256_srli_epi32::<20>(v)),
        8 => {
            let order = _mm_set_epi8(14, 13, 12, 15, 10, 9, 8, 11, 6, 5, 4, 7, 2, 1, 0, 3);
            _mm256_shuffle_epi8(v, _mm256_broadcastsi128_si256(order))
        }
        7 => _mm256_or_si256(_mm256_slli_epi32::<7>(v), _mm256_srli_epi32::<25>(v)),
        _ => unreachable!("no rotation by {LEFT} in ChaCha"),
    }
}

/// 8×8 words: element `i` of vector `k` changes places with element `k` of vector `i`.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose(v: &mut [Vector; LANES]) {
    let mut t = [zero(); LANES];
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
fn prefetch(row: &Block) {
    let words = row.as_ptr();
    // SAFETY: a prefetch reads nothing; both addresses lie inside the row.
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(words.cast());
        _mm_prefetch::<_MM_HINT_T0>(words.add(16).cast());
    }
}
