//! Curve points as peers send them.

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};

/// A point and whether its encoding was the canonical one. The reference looks at the order of a public key before its encoding, so both
/// are told.
pub(crate) struct Decoded {
    pub(crate) point: EdwardsPoint,
    /// Whether encoding the point again gives the same bytes. Not so if y is not reduced, or if x is zero and the sign bit is set.
    pub(crate) canonical: bool,
}

/// Decodes a point; none if there is no point with this y-coordinate.
pub(crate) fn decode(bytes: &[u8; 32]) -> Option<Decoded> {
    let point = CompressedEdwardsY(*bytes).decompress()?;
    Some(Decoded {
        point,
        canonical: is_canonical(bytes),
    })
}

/// Whether the encoding of a point is the only one. Looks at the bytes alone: encoding the point again would cost an inversion.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let sign = bytes[31] >> 7 == 1;
    let y_high = bytes[31] & 0x7f;
    // p is 2^255 − 19: ed ff … ff 7f.
    let near_p = y_high == 0x7f && bytes[1..31].iter().all(|byte| *byte == 0xff);
    let reduced = !near_p || bytes[0] < 0xed;
    // x is zero for y = 1 and for y = p − 1 only; it has no sign then.
    let one = y_high == 0 && bytes[0] == 1 && bytes[1..31].iter().all(|byte| *byte == 0);
    let minus_one = near_p && bytes[0] == 0xec;
    reduced && !(sign && (one || minus_one))
}

/// N bytes of `bytes` from the one with index `from`. Signatures and proofs have fixed sizes, so their parts are always there.
pub(crate) fn part<const N: usize>(bytes: &[u8], from: usize) -> [u8; N] {
    let part = bytes.get(from..).and_then(<[u8]>::first_chunk);
    *part.expect("the parts of signatures and proofs lie inside of them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_is_what_encoding_the_point_again_gives() {
        // All encodings around 0, 1, p and 2^255, with both signs, and some others.
        let mut encodings = Vec::new();
        for low in 0..=255 {
            for (rest, high) in [(0, 0), (0xff, 0x7f), (0xff, 0x7e), (0, 0x7f), (0x55, 0x2a)] {
                for sign in [0, 0x80] {
                    let mut bytes = [rest; 32];
                    (bytes[0], bytes[31]) = (low, high | sign);
                    encodings.push(bytes);
                }
            }
        }
        let mut canonical = 0;
        for bytes in encodings {
            let Some(decoded) = decode(&bytes) else {
                continue;
            };
            assert_eq!(
                decoded.canonical,
                decoded.point.compress().0 == bytes,
                "{}",
                hex::encode(bytes)
            );
            canonical += usize::from(decoded.canonical);
        }
        assert!(canonical > 100, "{canonical}");
    }
}
