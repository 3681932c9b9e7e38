//! Curve points as peers send them.

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};

/// What can be wrong with the encoding of a point, before its order matters.
pub(crate) enum PointError {
    /// No point has this y-coordinate.
    NotOnCurve,
    /// Encoding the point again gives other bytes: y is not reduced, or x is zero and the sign bit is set.
    NotCanonical(EdwardsPoint),
}

/// Decodes a point. A point that is on the curve but not canonically encoded comes back inside of the error, because the reference looks at
/// the order of public keys first.
pub(crate) fn decode(bytes: &[u8; 32]) -> Result<EdwardsPoint, PointError> {
    let compressed = CompressedEdwardsY(*bytes);
    let point = compressed.decompress().ok_or(PointError::NotOnCurve)?;
    if point.compress() == compressed {
        Ok(point)
    } else {
        Err(PointError::NotCanonical(point))
    }
}
