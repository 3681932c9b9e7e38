//! Four labels per instruction with NEON, two such groups in turn. Rotation by 16 is a half-word reversal, the others shift and insert.
#![expect(unsafe_code, reason = "vector loads and stores through pointers")]

use std::arch::aarch64::*;

use crate::label::Block;

super::sliced::sliced_romix!(feature: "neon");

/// Labels of one group.
const LANES: usize = 4;

/// One word of every label of a group.
type Vector = uint32x4_t;

#[inline]
#[target_feature(enable = "neon")]
fn zero() -> Vector {
    vdupq_n_u32(0)
}

#[inline]
#[target_feature(enable = "neon")]
fn read(words: &[u32; LANES]) -> Vector {
    // SAFETY: four words are 16 readable bytes.
    unsafe { vld1q_u32(words.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn write(v: Vector, words: &mut [u32; LANES]) {
    // SAFETY: four words are 16 writable bytes.
    unsafe { vst1q_u32(words.as_mut_ptr(), v) }
}

#[inline]
#[target_feature(enable = "neon")]
fn xor(a: Vector, b: Vector) -> Vector {
    veorq_u32(a, b)
}

#[inline]
#[target_feature(enable = "neon")]
fn add(a: Vector, b: Vector) -> Vector {
    vaddq_u32(a, b)
}

#[inline]
#[target_feature(enable = "neon")]
fn rotate<const LEFT: i32>(v: Vector) -> Vector {
    match LEFT {
        16 => vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(v))),
        12 => vsriq_n_u32::<20>(vshlq_n_u32::<12>(v), v),
        8 => vsriq_n_u32::<24>(vshlq_n_u32::<8>(v), v),
        7 => vsriq_n_u32::<25>(vshlq_n_u32::<7>(v), v),
        _ => unreachable!("no rotation by {LEFT} in ChaCha"),
    }
}

/// 4×4 words: element `i` of vector `k` changes places with element `k` of vector `i`.
#[inline]
#[target_feature(enable = "neon")]
fn transpose(v: &mut [Vector; LANES]) {
    let ab_even = vreinterpretq_u64_u32(vtrn1q_u32(v[0], v[1]));
    let ab_odd = vreinterpretq_u64_u32(vtrn2q_u32(v[0], v[1]));
    let cd_even = vreinterpretq_u64_u32(vtrn1q_u32(v[2], v[3]));
    let cd_odd = vreinterpretq_u64_u32(vtrn2q_u32(v[2], v[3]));
    v[0] = vreinterpretq_u32_u64(vtrn1q_u64(ab_even, cd_even));
    v[1] = vreinterpretq_u32_u64(vtrn1q_u64(ab_odd, cd_odd));
    v[2] = vreinterpretq_u32_u64(vtrn2q_u64(ab_even, cd_even));
    v[3] = vreinterpretq_u32_u64(vtrn2q_u64(ab_odd, cd_odd));
}

/// Nothing: out-of-order cores of this family overlap the two groups' loads by themselves.
#[inline]
#[target_feature(enable = "neon")]
fn prefetch(_: &Block) {}
