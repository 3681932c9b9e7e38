//! VRF proofs (01 §3.5) and what is read from them.

use std::cmp::Ordering;

use curve25519_dalek::constants::EIGHT_TORSION;
use proptest::prelude::*;
use spacemesh_crypto::{
    PublicKey, SigningKey, VrfRejection, VrfSignature, beacon_proposal, layer_in_epoch, verify_vrf,
    vrf_fraction, weak_coin_bit, weak_coin_order,
};
use spacemesh_types::LayersPerEpoch;

const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

fn key() -> SigningKey {
    SigningKey::from_seed(&hex::decode(SEED).unwrap().try_into().unwrap())
}

fn proof(alpha: &str) -> VrfSignature {
    key().prove_vrf(&hex::decode(alpha).unwrap())
}

#[test]
fn a_proof_of_draft_10_is_refused_although_it_begins_alike() {
    let of_the_draft = "7d9c633ffeee27349264cf5c667579fc583b4bda63ab71d001f89c10003ab46f\
        25898f6bd7d4ed4c75f0282b0f7bb9d0e61b387b76db60b3cbf34bf09109ccb33fab742a8bddc0c8ba3caf5c0b75bb04";
    let of_the_draft = VrfSignature::from_hex(of_the_draft).unwrap();
    assert_eq!(of_the_draft.0[..32], proof("").0[..32]);
    assert_eq!(
        verify_vrf(&key().public_key(), b"", &of_the_draft),
        Err(VrfRejection::NotOfThisInput)
    );
}

#[test]
fn a_proof_decides_the_fraction_layer_proposal_and_coin_that_the_specification_computes() {
    let hare = proof("080102030400017e");
    assert_eq!(vrf_fraction(&hare).to_string(), "+0'62c00260e3c46f");
    let voting = proof("0c0102030408e5c00c");
    assert_eq!(
        layer_in_epoch(&voting, LayersPerEpoch::new(4032).unwrap()),
        3487
    );
    assert_eq!(hex::encode(beacon_proposal(&proof("04e5c008"))), "720cc89c");
    assert!(weak_coin_bit(&proof("10e5c0080400")));
}

#[test]
fn weak_coin_proofs_are_ordered_by_their_last_bytes_first() {
    let with = |byte: usize, value: u8| {
        let mut proof = VrfSignature::ZERO;
        proof.0[byte] = value;
        proof
    };
    assert_eq!(weak_coin_order(&with(79, 1), &with(79, 2)), Ordering::Less);
    assert_eq!(
        weak_coin_order(&with(75, 1), &with(74, 15)),
        Ordering::Greater
    );
    assert_eq!(weak_coin_order(&with(3, 1), &with(3, 1)), Ordering::Equal);
}

#[test]
fn a_malformed_proof_or_key_is_refused_with_its_reason() {
    let good = proof("00");
    let refuse = |key: PublicKey, change: &dyn Fn(&mut [u8; 80])| {
        let mut bad = good;
        change(&mut bad.0);
        verify_vrf(&key, &[0], &bad).unwrap_err()
    };
    let key = key().public_key();
    // y = p + 1 is not canonical, y = 2 is no point.
    let gamma = |first: u8, rest: u8, last: u8| {
        move |proof: &mut [u8; 80]| {
            proof[..32].fill(rest);
            (proof[0], proof[31]) = (first, last);
        }
    };
    assert_eq!(refuse(key, &gamma(0xee, 0xff, 0x7f)), VrfRejection::Gamma);
    assert_eq!(refuse(key, &gamma(2, 0, 0)), VrfRejection::Gamma);
    assert_eq!(
        refuse(key, &|proof| proof[48..].fill(0xff)),
        VrfRejection::ScalarNotReduced
    );
    assert_eq!(
        refuse(key, &|proof| proof[32] ^= 1),
        VrfRejection::NotOfThisInput
    );
    for torsion in EIGHT_TORSION {
        assert!(matches!(
            refuse(PublicKey(torsion.compress().to_bytes()), &|_| ()),
            VrfRejection::Key(_)
        ));
    }
}

proptest! {
    #[test]
    fn a_proof_fits_one_key_and_input(seed: [u8; 32], alpha: Vec<u8>, flip in 0_usize..640) {
        let key = SigningKey::from_seed(&seed);
        let proof = key.prove_vrf(&alpha);
        prop_assert_eq!(proof, key.prove_vrf(&alpha));
        prop_assert_eq!(verify_vrf(&key.public_key(), &alpha, &proof), Ok(()));
        prop_assert!(verify_vrf(&key.public_key(), &[alpha.as_slice(), &[1]].concat(), &proof).is_err());
        let mut flipped = proof;
        flipped.0[flip / 8] ^= 1 << (flip % 8);
        prop_assert!(verify_vrf(&key.public_key(), &alpha, &flipped).is_err());
    }
}
