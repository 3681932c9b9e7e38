//! The verifiable random function: ECVRF-EDWARDS25519-SHA512-ELL2 of RFC 9381 (01 §3.5).
//!
//! In this form the public key is part of the challenge. Proofs of the drafts before it share their first 32 bytes with these and nothing
//! else. The output of the function is never used: randomness is read from the proof (`vrf_use`).

use curve25519_dalek::{edwards::EdwardsPoint, scalar::Scalar, traits::VartimeMultiscalarMul};
use ed25519_dalek::hazmat::ExpandedSecretKey;
use sha2::{Digest, Sha512};
use spacemesh_types::{PublicKey, VrfSignature};
use zeroize::Zeroizing;

use crate::{points, signature};

/// Number of the suite in RFC 9381.
const SUITE: u8 = 4;
/// Stands before the suite number when a curve point is derived from the input.
const HASH_TO_CURVE_DOMAIN: &[u8] = b"ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_";
/// Bytes of the challenge.
const CHALLENGE_SIZE: usize = 16;

/// Why a VRF proof is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VrfRejection {
    /// The public key is no point, not canonical or of small order.
    #[error("the public key cannot make proofs: {0}")]
    Key(signature::SignatureRejection),
    /// Γ is no point or not canonically encoded.
    #[error("the proof does not begin with a canonical point of the curve")]
    Gamma,
    /// s is the group order or larger.
    #[error("the proof does not end with a reduced scalar")]
    ScalarNotReduced,
    /// Everything is well formed, but it is not a proof of this input by this key.
    #[error("the proof is not of this input by this key")]
    NotOfThisInput,
}

pub(crate) fn prove(secret: &ExpandedSecretKey, key: &PublicKey, alpha: &[u8]) -> VrfSignature {
    let h = curve_point(key, alpha);
    let h_bytes = h.compress().to_bytes();
    let gamma = h * secret.scalar;
    let k = Zeroizing::new(nonce(secret, &h_bytes));
    let c = challenge(key, &[h, gamma, EdwardsPoint::mul_base(&k), h * *k]);
    let s = *k + challenge_scalar(&c) * secret.scalar;

    let mut proof = [0; VrfSignature::SIZE];
    proof[..32].copy_from_slice(gamma.compress().as_bytes());
    proof[32..48].copy_from_slice(&c);
    proof[48..].copy_from_slice(s.as_bytes());
    VrfSignature(proof)
}

/// Checks that `proof` is the one that the holder of `key` can make for `alpha`.
///
/// # Errors
///
/// The first rule that is broken.
pub fn verify_vrf(key: &PublicKey, alpha: &[u8], proof: &VrfSignature) -> Result<(), VrfRejection> {
    let y = signature::public_key(key).map_err(VrfRejection::Key)?;
    let gamma = points::decode(&points::part(&proof.0, 0)).filter(|gamma| gamma.canonical);
    let gamma = gamma.ok_or(VrfRejection::Gamma)?.point;
    let c_bytes = points::part(&proof.0, 32);
    let s: Option<Scalar> = Scalar::from_canonical_bytes(points::part(&proof.0, 48)).into();
    let s = s.ok_or(VrfRejection::ScalarNotReduced)?;

    let h = curve_point(key, alpha);
    let c = challenge_scalar(&c_bytes);
    // The points are negated and not the scalars: Y and Γ may have a part of small order, for which −c mod L is another factor.
    let u = EdwardsPoint::vartime_double_scalar_mul_basepoint(&c, &-y, &s);
    let v = EdwardsPoint::vartime_multiscalar_mul([s, c], [h, -gamma]);
    if challenge(key, &[h, gamma, u, v]) == c_bytes {
        Ok(())
    } else {
        Err(VrfRejection::NotOfThisInput)
    }
}

/// The point of the prime-order group that stands for the input.
fn curve_point(key: &PublicKey, alpha: &[u8]) -> EdwardsPoint {
    EdwardsPoint::encode_to_curve::<Sha512>(
        &[key.as_bytes(), alpha],
        &[HASH_TO_CURVE_DOMAIN, &[SUITE]],
    )
}

/// The secret factor of one proof. It follows from key and input, so that proofs repeat.
fn nonce(secret: &ExpandedSecretKey, h: &[u8; 32]) -> Scalar {
    let digest = Zeroizing::new(<[u8; 64]>::from(
        Sha512::new_with_prefix(secret.hash_prefix)
            .chain_update(h)
            .finalize(),
    ));
    Scalar::from_bytes_mod_order_wide(&digest)
}

fn challenge(key: &PublicKey, points: &[EdwardsPoint; 4]) -> [u8; CHALLENGE_SIZE] {
    let mut hash = Sha512::new_with_prefix([SUITE, 2]);
    hash.update(key.as_bytes());
    for point in points {
        hash.update(point.compress().as_bytes());
    }
    hash.update([0]);
    *hash
        .finalize()
        .first_chunk()
        .expect("a challenge is shorter than a digest")
}

fn challenge_scalar(challenge: &[u8; CHALLENGE_SIZE]) -> Scalar {
    let mut bytes = [0; 32];
    bytes[..CHALLENGE_SIZE].copy_from_slice(challenge);
    Option::from(Scalar::from_canonical_bytes(bytes)).expect("16 bytes are below the group order")
}
