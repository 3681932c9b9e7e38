//! Which Ed25519 signatures the network accepts (01 §3.4).
//!
//! Neither RFC 8032 nor ZIP-215 nor what any Rust library does by itself: the key must be canonical and not of small order, R must be
//! canonical but may be of small order, S must be reduced, and the equation is the one with the cofactor.

use curve25519_dalek::{edwards::EdwardsPoint, scalar::Scalar, traits::IsIdentity};
use sha2::{Digest, Sha512};
use spacemesh_types::{EdSignature, PublicKey};

use crate::{Domain, Prefix, points};

/// Why a signature is not accepted, in the order in which the rules are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureRejection {
    /// The public key is no point.
    #[error("the public key is not a point of the curve")]
    KeyNotOnCurve,
    /// The public key is one of the eight points of small order, in any encoding.
    #[error("the public key is of small order")]
    KeySmallOrder,
    /// The public key is a point but not in its canonical encoding.
    #[error("the public key is not canonically encoded")]
    KeyNotCanonical,
    /// S is the group order or larger.
    #[error("the second half of the signature is not a reduced scalar")]
    ScalarNotReduced,
    /// R is no point.
    #[error("the first half of the signature is not a point of the curve")]
    CommitmentNotOnCurve,
    /// R is a point but not in its canonical encoding.
    #[error("the first half of the signature is not canonically encoded")]
    CommitmentNotCanonical,
    /// Everything is well formed, but it is not a signature of this message by this key.
    #[error("the signature is not of this message by this key")]
    NotOfThisMessage,
}

/// Checks a signature made for one network and one purpose.
///
/// # Errors
///
/// The first rule that is broken.
pub fn verify(
    key: &PublicKey,
    prefix: &Prefix,
    domain: Domain,
    message: &[u8],
    signature: &EdSignature,
) -> Result<(), SignatureRejection> {
    verify_plain(
        key,
        &[prefix.as_bytes(), &[domain.byte()], message],
        signature,
    )
}

/// Checks a signature of the chunks one after the other and nothing else, as transactions are signed (02).
///
/// # Errors
///
/// The first rule that is broken.
pub fn verify_plain(
    key: &PublicKey,
    chunks: &[&[u8]],
    signature: &EdSignature,
) -> Result<(), SignatureRejection> {
    let point = public_key(key)?;
    let (r_bytes, s_bytes): ([u8; 32], [u8; 32]) = (
        points::part(&signature.0, 0),
        points::part(&signature.0, 32),
    );
    let s = Option::from(Scalar::from_canonical_bytes(s_bytes))
        .ok_or(SignatureRejection::ScalarNotReduced)?;
    let r = points::decode(&r_bytes).ok_or(SignatureRejection::CommitmentNotOnCurve)?;
    if !r.canonical {
        return Err(SignatureRejection::CommitmentNotCanonical);
    }

    let mut hash = Sha512::new_with_prefix(r_bytes);
    hash.update(key.as_bytes());
    for chunk in chunks {
        hash.update(chunk);
    }
    let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    let difference = EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, &-point, &s) - r.point;
    if difference.mul_by_cofactor().is_identity() {
        Ok(())
    } else {
        Err(SignatureRejection::NotOfThisMessage)
    }
}

/// A public key that may sign.
pub(crate) fn public_key(key: &PublicKey) -> Result<EdwardsPoint, SignatureRejection> {
    let key = points::decode(key.as_bytes()).ok_or(SignatureRejection::KeyNotOnCurve)?;
    if key.point.is_small_order() {
        Err(SignatureRejection::KeySmallOrder)
    } else if key.canonical {
        Ok(key.point)
    } else {
        Err(SignatureRejection::KeyNotCanonical)
    }
}
