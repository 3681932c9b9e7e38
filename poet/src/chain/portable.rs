//! SHA-256 in plain code: the twin that the other kernels are compared with.

use super::{IV, K};

/// See [`super::Sha256::compress`].
pub(super) fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
    for block in blocks {
        let (words, _) = block.as_chunks::<4>();
        let mut message = [0; 16];
        for (to, from) in message.iter_mut().zip(words) {
            *to = u32::from_be_bytes(*from);
        }
        rounds(state, message);
    }
}

/// See [`super::Sha256::chain`].
pub(super) fn chain<const N: usize>(digests: &mut [[u32; 8]; N], times: u32) {
    for digest in digests {
        for _ in 0..times {
            let [a, b, c, d, e, f, g, h] = *digest;
            *digest = IV;
            rounds(
                digest,
                [a, b, c, d, e, f, g, h, 1 << 31, 0, 0, 0, 0, 0, 0, 256],
            );
        }
    }
}

/// The compression function (FIPS 180-4, 6.2.2), with the last sixteen words of the schedule in a ring.
#[inline]
fn rounds(state: &mut [u32; 8], mut w: [u32; 16]) {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for round in 0..64 {
        if round >= 16 {
            let (early, late) = (w[(round + 1) % 16], w[(round + 14) % 16]);
            let small0 = early.rotate_right(7) ^ early.rotate_right(18) ^ (early >> 3);
            let small1 = late.rotate_right(17) ^ late.rotate_right(19) ^ (late >> 10);
            w[round % 16] = w[round % 16]
                .wrapping_add(small0)
                .wrapping_add(w[(round + 9) % 16])
                .wrapping_add(small1);
        }
        let big1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = g ^ (e & (f ^ g));
        let first = h
            .wrapping_add(big1)
            .wrapping_add(choice)
            .wrapping_add(K[round])
            .wrapping_add(w[round % 16]);
        let big0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let majority = (a & b) | (c & (a | b));
        (h, g, f, e) = (g, f, e, d.wrapping_add(first));
        (d, c, b, a) = (c, b, a, first.wrapping_add(big0).wrapping_add(majority));
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(add);
    }
}
