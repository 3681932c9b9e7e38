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
    let compressed = CompressedEdwardsY(*bytes);
    let point = compressed.decompress()?;
    Some(Decoded {
        point,
        canonical: point.compress() == compressed,
    })
}

/// Decodes N bytes from `bytes` at `from`. Signatures and proofs have fixed sizes, so their parts are always there.
pub(crate) fn part<const N: usize>(bytes: &[u8], from: usize) -> [u8; N] {
    let part = bytes.get(from..).and_then(<[u8]>::first_chunk);
    *part.expect("the parts of signatures and proofs lie inside of them")
}
