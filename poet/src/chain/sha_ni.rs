//! SHA-256 with the SHA extensions of x86-64.
//!
//! Two rounds are one instruction of four cycles, and each waits for the one before: 128 cycles per block are the bound. What a loop can
//! lose is the way from one digest to the next block, so the digest stays in two registers in the order in which the instruction leaves
//! it, words 8 to 15 of the block (padding and length) are constants whose part of the schedule is folded, and the first two words go
//! from the last instruction to the next first one through one shuffle and one addition.
#![expect(
    unsafe_code,
    reason = "vector loads through pointers, and calls that need processor features"
)]

use std::arch::x86_64::*;

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

/// Words a, b, e, f and c, d, g, h as the instruction wants them: the first named in the highest lane.
#[derive(Clone, Copy)]
struct State {
    abef: __m128i,
    cdgh: __m128i,
}

/// Words 8 to 15 of a block that holds one digest: the end mark, zeros, and the length of 256 bits.
const PADDING: [u32; 8] = [0x8000_0000, 0, 0, 0, 0, 0, 0, 256];

/// Four lanes, lowest first.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn lanes(words: [u32; 4]) -> __m128i {
    let [a, b, c, d] = words.map(u32::cast_signed);
    _mm_set_epi32(d, c, b, a)
}

#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn initial() -> State {
    State {
        abef: lanes([IV[5], IV[4], IV[1], IV[0]]),
        cdgh: lanes([IV[7], IV[6], IV[3], IV[2]]),
    }
}

/// `k[i] + w[i]` of rounds 4·`group` to 4·`group` + 3.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn keyed(group: usize, words: __m128i) -> __m128i {
    _mm_add_epi32(words, round_keys(group))
}

#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn round_keys(group: usize) -> __m128i {
    let at = 4 * group;
    lanes([K[at], K[at + 1], K[at + 2], K[at + 3]])
}

/// Two rounds: the low half of `wk` is their keyed words.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn two_rounds(state: &mut State, wk: __m128i) {
    let next = _mm_sha256rnds2_epu32(state.cdgh, state.abef, wk);
    state.cdgh = state.abef;
    state.abef = next;
}

#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn four_rounds(state: &mut State, wk: __m128i) {
    two_rounds(state, wk);
    two_rounds(state, _mm_shuffle_epi32::<0x0E>(wk));
}

/// The next four words of the schedule from the last sixteen.
///
/// The lowest of the last four words is added at the end and not, as usual, before `sha256msg2`: only that instruction and one addition
/// are left between one group of words and the next, which is what four rounds take where additions have two cycles (Zen 5).
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn schedule(w: &[__m128i; 4]) -> __m128i {
    let [a, b, c, d] = *w;
    let early = _mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_srli_si128::<4>(c));
    _mm_add_epi32(_mm_sha256msg2_epu32(early, d), _mm_slli_si128::<12>(d))
}

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn compress_blocks(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
    let [a, b, c, d, e, f, g, h] = *state;
    let mut s = State {
        abef: lanes([f, e, b, a]),
        cdgh: lanes([h, g, d, c]),
    };
    let swap = _mm_set_epi64x(0x0C0D_0E0F_0809_0A0B, 0x0405_0607_0001_0203);
    for block in blocks {
        let start = s;
        let (words, _) = block.as_chunks::<16>();
        let mut w: [__m128i; 4] = std::array::from_fn(|i| {
            // SAFETY: the chunk has 16 bytes, and this load asks for no alignment.
            let bytes = unsafe { _mm_loadu_si128(words[i].as_ptr().cast()) };
            _mm_shuffle_epi8(bytes, swap)
        });
        for (group, words) in w.iter().enumerate() {
            four_rounds(&mut s, keyed(group, *words));
        }
        for group in 4..16 {
            let next = schedule(&w);
            four_rounds(&mut s, keyed(group, next));
            w = [w[1], w[2], w[3], next];
        }
        s = State {
            abef: _mm_add_epi32(s.abef, start.abef),
            cdgh: _mm_add_epi32(s.cdgh, start.cdgh),
        };
    }
    let lane = |v: __m128i| {
        let (low, high) = (
            _mm_cvtsi128_si64(v).cast_unsigned(),
            _mm_extract_epi64::<1>(v).cast_unsigned(),
        );
        [
            low as u32,
            (low >> 32) as u32,
            high as u32,
            (high >> 32) as u32,
        ]
    };
    let [f, e, b, a] = lane(s.abef);
    let [h, g, d, c] = lane(s.cdgh);
    *state = [a, b, c, d, e, f, g, h];
}

/// `N` chains side by side: one is bound by the latency of the rounds, two by their throughput.
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn chain_lanes<const N: usize>(digests: &mut [[u32; 8]; N], times: u32) {
    let iv = initial();
    let mut digest: [State; N] = std::array::from_fn(|i| {
        let [a, b, c, d, e, f, g, h] = digests[i];
        State {
            abef: lanes([f, e, b, a]),
            cdgh: lanes([h, g, d, c]),
        }
    });
    // A lane holds a digest *before* the initial words are added: the addition is part of what makes it a message.
    for d in &mut digest {
        d.abef = _mm_sub_epi32(d.abef, iv.abef);
        d.cdgh = _mm_sub_epi32(d.cdgh, iv.cdgh);
    }
    for _ in 0..times {
        hash_lanes(&mut digest);
    }
    for (digest, s) in digests.iter_mut().zip(digest) {
        let mut abef = [0_u32; 4];
        let mut cdgh = [0_u32; 4];
        // SAFETY: both arrays have 16 bytes, and these stores ask for no alignment.
        unsafe {
            _mm_storeu_si128(abef.as_mut_ptr().cast(), _mm_add_epi32(s.abef, iv.abef));
            _mm_storeu_si128(cdgh.as_mut_ptr().cast(), _mm_add_epi32(s.cdgh, iv.cdgh));
        }
        let ([f, e, b, a], [h, g, d, c]) = (abef, cdgh);
        *digest = [a, b, c, d, e, f, g, h];
    }
}

/// The initial state, with what words 0 and 1 lack (their round keys, and the initial words that were not added to the digest) hidden in
/// g and h, so that nothing need be added between the last two rounds of one hash and the first two of the next.
///
/// h is only added to round 0 and g, as the next h, only to round 1, but round 0 also chooses between f and g: what that changes is a
/// constant, and h takes it back.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn start() -> State {
    const LACKS: [u32; 2] = [IV[0].wrapping_add(K[0]), IV[1].wrapping_add(K[1])];
    const G: u32 = IV[6].wrapping_add(LACKS[1]);
    const H: u32 = IV[7]
        .wrapping_add(LACKS[0])
        .wrapping_sub(choice(IV[4], IV[5], G))
        .wrapping_add(choice(IV[4], IV[5], IV[6]));
    State {
        abef: initial().abef,
        cdgh: lanes([H, G, IV[3], IV[2]]),
    }
}

/// The function Ch of FIPS 180-4.
const fn choice(e: u32, f: u32, g: u32) -> u32 {
    (e & f) ^ (!e & g)
}

/// One hash of each lane's digest, both without the addition of the initial words.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn hash_lanes<const N: usize>(digest: &mut [State; N]) {
    let [p8, p9, p10, p11, p12, p13, p14, p15] = PADDING;
    let (pad_low, pad_high) = (lanes([p8, p9, p10, p11]), lanes([p12, p13, p14, p15]));
    // What words 2 and 3 lack: their round keys, and the initial words that were not added to the digest.
    let second = lanes([IV[2].wrapping_add(K[2]), IV[3].wrapping_add(K[3]), 0, 0]);
    let mut s = [start(); N];
    let mut w = [[_mm_setzero_si128(); 4]; N];
    for i in 0..N {
        let State { abef, cdgh } = digest[i];
        two_rounds(&mut s[i], _mm_shuffle_epi32::<0x0B>(abef));
        two_rounds(
            &mut s[i],
            _mm_add_epi32(_mm_shuffle_epi32::<0x0B>(cdgh), second),
        );
        let abcd = _mm_shuffle_epi32::<0xB1>(_mm_unpackhi_epi64(abef, cdgh));
        let efgh = _mm_shuffle_epi32::<0xB1>(_mm_unpacklo_epi64(abef, cdgh));
        w[i] = [
            _mm_add_epi32(abcd, lanes([IV[0], IV[1], IV[2], IV[3]])),
            _mm_add_epi32(efgh, lanes([IV[4], IV[5], IV[6], IV[7]])),
            pad_low,
            pad_high,
        ];
    }
    for (s, w) in s.iter_mut().zip(&w) {
        four_rounds(s, keyed(1, w[1]));
    }
    for s in &mut s {
        four_rounds(s, keyed(2, pad_low));
    }
    for s in &mut s {
        four_rounds(s, keyed(3, pad_high));
    }
    for group in 4..16 {
        for (s, w) in s.iter_mut().zip(&mut w) {
            let next = schedule(w);
            four_rounds(s, keyed(group, next));
            *w = [w[1], w[2], w[3], next];
        }
    }
    *digest = s;
}
