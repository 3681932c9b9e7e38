//! Which signatures are accepted (01 §3.4), built from crafted keys and commitments.

use curve25519_dalek::{
    constants::{ED25519_BASEPOINT_COMPRESSED, EIGHT_TORSION},
    edwards::EdwardsPoint,
    scalar::Scalar,
    traits::Identity,
};
use proptest::prelude::*;
use sha2::{Digest, Sha512};
use spacemesh_crypto::{
    Domain, Prefix, PublicKey, Signature, SignatureRejection, SigningKey, verify, verify_plain,
};

const MESSAGE: &[u8] = b"test";

fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let digest = Sha512::new_with_prefix(r)
        .chain_update(key)
        .chain_update(message)
        .finalize();
    Scalar::from_bytes_mod_order_wide(&digest.into())
}

fn signature(r: &[u8; 32], s: &Scalar) -> Signature {
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(r);
    bytes[32..].copy_from_slice(s.as_bytes());
    Signature(bytes)
}

fn check(key: [u8; 32], signature: Signature) -> Result<(), SignatureRejection> {
    verify_plain(&PublicKey(key), &[MESSAGE], &signature)
}

fn scalar(number: u64) -> Scalar {
    Scalar::from(number)
}

/// p + `low`, a second encoding of y = `low`, with a sign bit.
fn unreduced(low: u8, sign: bool) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xed + low;
    bytes[31] = if sign { 0xff } else { 0x7f };
    bytes
}

/// An honest signature with secret scalar `a` and nonce `r`, to which a point of small order was added in key or commitment.
fn crafted(key_torsion: usize, commitment_torsion: usize) -> ([u8; 32], Signature) {
    let (a, r) = (scalar(0x1234_5678_9abc), scalar(0x0fed_cba9_8765));
    let key = (EdwardsPoint::mul_base(&a) + EIGHT_TORSION[key_torsion])
        .compress()
        .to_bytes();
    let commitment = (EdwardsPoint::mul_base(&r) + EIGHT_TORSION[commitment_torsion])
        .compress()
        .to_bytes();
    let s = r + challenge(&commitment, &key, MESSAGE) * a;
    (key, signature(&commitment, &s))
}

#[test]
fn a_part_of_small_order_in_key_or_commitment_is_accepted_because_the_equation_has_the_cofactor() {
    for key_torsion in 0..8 {
        for commitment_torsion in 0..8 {
            let (key, signature) = crafted(key_torsion, commitment_torsion);
            assert_eq!(
                check(key, signature),
                Ok(()),
                "key + torsion {key_torsion}, R + torsion {commitment_torsion}"
            );
        }
    }
}

#[test]
fn a_commitment_of_small_order_is_accepted() {
    // verify_strict of common libraries refuses this one.
    let a = scalar(77);
    let key = EdwardsPoint::mul_base(&a).compress().to_bytes();
    for torsion in EIGHT_TORSION {
        let commitment = torsion.compress().to_bytes();
        let s = challenge(&commitment, &key, MESSAGE) * a;
        assert_eq!(check(key, signature(&commitment, &s)), Ok(()));
    }
}

#[test]
fn keys_of_small_order_are_refused_in_every_encoding() {
    let identity = EdwardsPoint::identity().compress().to_bytes();
    let mut keys: Vec<[u8; 32]> = EIGHT_TORSION
        .iter()
        .map(|point| point.compress().to_bytes())
        .collect();
    // The encodings of y = 1, −1 and 0 that are not canonical: unreduced, or x = 0 with the sign bit set.
    let mut minus_one_with_sign = [0xff; 32];
    minus_one_with_sign[0] = 0xec;
    let mut one_with_sign = [0; 32];
    (one_with_sign[0], one_with_sign[31]) = (1, 0x80);
    keys.extend([
        unreduced(0, false),
        unreduced(0, true),
        unreduced(1, false),
        unreduced(1, true),
        minus_one_with_sign,
        one_with_sign,
    ]);
    for key in keys {
        // With k·A of small order the equation of the cofactor holds for S = 0 and R = identity.
        assert_eq!(
            check(key, signature(&identity, &Scalar::ZERO)),
            Err(SignatureRejection::KeySmallOrder),
            "{}",
            hex::encode(key)
        );
    }
}

#[test]
fn keys_that_are_points_but_not_canonical_are_refused() {
    // y = p + 3 to p + 18 are the only unreduced encodings of points that are not of small order.
    let points: Vec<_> = (2..19)
        .flat_map(|low| [unreduced(low, false), unreduced(low, true)])
        .collect();
    let rejections: Vec<_> = points
        .iter()
        .map(|key| check(*key, signature(&[0; 32], &Scalar::ZERO)).unwrap_err())
        .filter(|rejection| *rejection != SignatureRejection::KeyNotOnCurve)
        .collect();
    assert!(rejections.len() > 10);
    assert!(
        rejections
            .iter()
            .all(|rejection| *rejection == SignatureRejection::KeyNotCanonical)
    );
}

#[test]
fn commitments_that_are_not_canonical_are_refused_although_the_equation_holds() {
    let a = scalar(77);
    let key = EdwardsPoint::mul_base(&a).compress().to_bytes();
    let mut one_with_sign = [0; 32];
    (one_with_sign[0], one_with_sign[31]) = (1, 0x80);
    // All of these decode to points of small order, so that S = k·a fulfils the equation.
    for commitment in [
        unreduced(0, false),
        unreduced(0, true),
        unreduced(1, false),
        unreduced(1, true),
        one_with_sign,
    ] {
        let s = challenge(&commitment, &key, MESSAGE) * a;
        assert_eq!(
            check(key, signature(&commitment, &s)),
            Err(SignatureRejection::CommitmentNotCanonical)
        );
    }
}

#[test]
fn what_is_no_point_is_refused() {
    let (key, good) = crafted(0, 0);
    let mut no_point = [0; 32];
    no_point[0] = 2;
    let (_, s) = good.0.split_first_chunk::<32>().unwrap();
    let s = Scalar::from_canonical_bytes(s.try_into().unwrap()).unwrap();
    assert_eq!(
        check(no_point, good),
        Err(SignatureRejection::KeyNotOnCurve)
    );
    assert_eq!(
        check(key, signature(&no_point, &s)),
        Err(SignatureRejection::CommitmentNotOnCurve)
    );
}

#[test]
fn a_scalar_of_the_group_order_or_more_is_refused() {
    // L, little-endian.
    let order =
        hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
    let (key, good) = crafted(0, 0);
    let mut carry = 0_u16;
    let mut raised = good;
    for (byte, add) in raised.0[32..].iter_mut().zip(&order) {
        let sum = u16::from(*byte) + u16::from(*add) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    assert_eq!(
        check(key, raised),
        Err(SignatureRejection::ScalarNotReduced)
    );
    let mut order_itself = good;
    order_itself.0[32..].copy_from_slice(&order);
    assert_eq!(
        check(key, order_itself),
        Err(SignatureRejection::ScalarNotReduced)
    );
}

#[test]
fn the_rules_are_checked_in_the_order_of_the_reference() {
    // Everything is wrong with these: the key is named first, then S, then R.
    let mut bad = Signature([0xff; 64]);
    let small = EdwardsPoint::identity().compress().to_bytes();
    let good = ED25519_BASEPOINT_COMPRESSED.to_bytes();
    assert_eq!(check(small, bad), Err(SignatureRejection::KeySmallOrder));
    assert_eq!(check(good, bad), Err(SignatureRejection::ScalarNotReduced));
    bad.0[32..].fill(0);
    assert!(matches!(
        check(good, bad),
        Err(SignatureRejection::CommitmentNotOnCurve | SignatureRejection::CommitmentNotCanonical)
    ));
}

#[test]
fn rfc_8032_signatures_are_made_and_accepted() {
    // RFC 8032 §7.1, tests 1 and 2.
    for (seed, message, expected) in [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ] {
        let key = SigningKey::from_seed(&hex::decode(seed).unwrap().try_into().unwrap());
        let message = hex::decode(message).unwrap();
        let made = key.sign_plain(&[&message]);
        assert_eq!(made.to_hex(), expected);
        assert_eq!(verify_plain(&key.public_key(), &[&message], &made), Ok(()));
    }
}

#[test]
fn the_message_may_come_in_pieces() {
    let key = SigningKey::from_seed(&[7; 32]);
    let made = key.sign_plain(&[b"ab", b"c"]);
    assert_eq!(made, key.sign_plain(&[b"a", b"", b"bc"]));
    assert_eq!(verify_plain(&key.public_key(), &[b"abc"], &made), Ok(()));
}

proptest! {
    #[test]
    fn a_signature_fits_one_key_network_domain_and_message(
        seed: [u8; 32], other_seed: [u8; 32], prefix: [u8; 20], message: Vec<u8>, domain in 0_usize..8, flip in 0_usize..512,
    ) {
        let (key, other) = (SigningKey::from_seed(&seed), SigningKey::from_seed(&other_seed));
        let (prefix, domain, next) = (Prefix::from(prefix), Domain::ALL[domain], Domain::ALL[(domain + 1) % 8]);
        let made = key.sign(&prefix, domain, &message);
        prop_assert_eq!(verify(&key.public_key(), &prefix, domain, &message, &made), Ok(()));
        prop_assert!(verify(&key.public_key(), &prefix, next, &message, &made).is_err());
        prop_assert!(verify(&key.public_key(), &Prefix::from([0xa5; 20]), domain, &message, &made).is_err());
        prop_assert!(verify(&key.public_key(), &prefix, domain, &[message.as_slice(), &[0]].concat(), &made).is_err());
        if seed != other_seed {
            prop_assert!(verify(&other.public_key(), &prefix, domain, &message, &made).is_err());
        }
        let mut flipped = made;
        flipped.0[flip / 8] ^= 1 << (flip % 8);
        prop_assert!(verify(&key.public_key(), &prefix, domain, &message, &flipped).is_err());
    }

    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(key: [u8; 32], bytes in proptest::array::uniform32(any::<u16>())) {
        let mut signature = [0; 64];
        for (pair, word) in signature.chunks_exact_mut(2).zip(bytes) {
            pair.copy_from_slice(&word.to_le_bytes());
        }
        prop_assert!(verify_plain(&PublicKey(key), &[MESSAGE], &Signature(signature)).is_err());
    }
}
