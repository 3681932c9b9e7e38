//! Tests of the certifier: gossip, the rows of a layer, certificates from peers.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;
use spacemesh_codec::encode;
use spacemesh_crypto::SigningKey;
use spacemesh_types::{
    BlockId, Hash20, LayerId, VrfSignature,
    wire::{Certificate, CertifyContent, CertifyMessage, HareEligibility},
};

use super::*;
use crate::hare::{Peer, Seats};

const PREFIX: Hash20 = Hash20([7; 20]);
const LAYER: LayerId = LayerId(10);
const GENESIS: LayerId = LayerId(1);
const BLOCK: BlockId = BlockId([0xbb; 20]);
const OTHER: BlockId = BlockId([0xcc; 20]);

const CONFIG: CertifierConfig = CertifierConfig {
    committee: 10,
    layer_buffer: 5,
    layers_kept: 10,
};

fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

fn message(sender: u8, layer: LayerId, block: BlockId, count: u16) -> CertifyMessage {
    let seats = Seats {
        identity: key(sender).node_id(),
        eligibility: HareEligibility {
            proof: VrfSignature([sender; 80]),
            count,
        },
    };
    let drafts = Certifier::certify(layer, block, &[seats]);
    drafts[0].sign(&key(sender), &PREFIX)
}

const GOOD: Checks = Checks {
    signature: true,
    seats: true,
};

/// What becomes of a message during `current`.
fn take(
    certifier: &mut Certifier,
    message: &CertifyMessage,
    current: u32,
    checks: Checks,
) -> (Verdict, Option<Certificate>) {
    match certifier.admit(&encode(message), LayerId(current), |_| true) {
        Admission::Done(verdict) => (verdict, None),
        Admission::Check(unverified) => {
            let seats = unverified.seats_check();
            assert_eq!(seats.round, spacemesh_types::wire::CERTIFY_ROUND);
            assert_eq!(seats.committee, CONFIG.committee);
            let checks = Checks {
                signature: checks.signature && unverified.signature_check().holds(&PREFIX),
                ..checks
            };
            let conclusion = certifier.conclude(*unverified, checks);
            (conclusion.verdict, conclusion.certificate)
        }
    }
}

fn certifier() -> Certifier {
    Certifier::new(CONFIG, GENESIS)
}

#[test]
fn networks_have_their_committees() {
    let mainnet = CertifierConfig::new(200, 400, 2);
    assert_eq!((mainnet.committee, mainnet.threshold()), (200, 101));
    assert_eq!((mainnet.layer_buffer, mainnet.layers_kept), (2, 4));
    assert_eq!(CertifierConfig::new(0, 800, 2).threshold(), 401);
}

#[test]
fn messages_of_layers_near_by_are_taken() {
    for (current, taken) in [
        (10, true),
        (5, true),
        (16, true),
        (0, false),
        (4, false),
        (17, false),
    ] {
        let verdict = take(
            &mut certifier(),
            &message(1, LAYER, BLOCK, 1),
            current,
            GOOD,
        )
        .0;
        let expected = if taken {
            Verdict::Accept
        } else {
            Verdict::Ignore(IgnoreReason::OutsideWindow)
        };
        assert_eq!(verdict, expected, "during {current}");
    }
    // In a young network the window begins at genesis.
    assert!(CONFIG.takes(GENESIS, LayerId(6), GENESIS));
    assert!(!CONFIG.takes(LayerId(0), LayerId(6), GENESIS));
}

#[test]
fn only_what_a_relay_could_have_seen_is_blamed_on_it() {
    let mut certifier = certifier();
    let malformed = certifier.admit(b"malformed", LAYER, |_| true);
    assert!(matches!(
        malformed,
        Admission::Done(Verdict::Reject(RejectReason::Malformed(_)))
    ));
    let good = message(1, LAYER, BLOCK, 1);
    let no_beacon = certifier.admit(&encode(&good), LAYER, |_| false);
    assert_eq!(
        no_beacon,
        Admission::Done(Verdict::Ignore(IgnoreReason::NoBeacon))
    );
    let mut forged = good;
    forged.content.eligibility_count = 2;
    let verdict = take(&mut certifier, &forged, 10, GOOD).0;
    assert_eq!(verdict, Verdict::Reject(RejectReason::Signature));
    let no_seats = Checks {
        seats: false,
        ..GOOD
    };
    let verdict = take(&mut certifier, &good, 10, no_seats).0;
    assert_eq!(verdict, Verdict::Ignore(IgnoreReason::NoSeats));
    assert_eq!(certifier.messages_kept(), 0);
    let bytes = encode(&good);
    // Layer, block, count, proof, and then the signature before the smesher: unlike hare messages.
    assert_eq!(&bytes[bytes.len() - 32..], good.smesher_id.as_bytes());
}

#[test]
fn a_certificate_is_made_when_enough_seats_are_there_and_the_block_is_ours() {
    let mut certifier = certifier();
    assert_eq!(
        take(&mut certifier, &message(1, LAYER, BLOCK, 3), 10, GOOD),
        (Verdict::Accept, None)
    );
    assert_eq!(
        take(&mut certifier, &message(2, LAYER, BLOCK, 3), 10, GOOD),
        (Verdict::Accept, None)
    );
    assert_eq!(
        take(&mut certifier, &message(3, LAYER, OTHER, 9), 10, GOOD),
        (Verdict::Accept, None)
    );
    let certificate = certifier.register(LAYER, BLOCK).unwrap();
    assert_eq!(certificate.block_id, BLOCK);
    assert_eq!(certificate.signatures.len(), 2);
    // Saving it failed: the next message is a new try.
    let (_, again) = take(&mut certifier, &message(4, LAYER, BLOCK, 1), 10, GOOD);
    assert_eq!(again.unwrap().signatures.len(), 3);
    certifier.saved(LAYER, BLOCK);
    // From then on everything of it is forwarded unseen.
    let mut forged = message(5, LAYER, BLOCK, 1);
    forged.content.eligibility_count = 9;
    assert_eq!(
        take(&mut certifier, &forged, 10, GOOD),
        (Verdict::Accept, None)
    );
    assert_eq!(certifier.register(LAYER, BLOCK), None);
    // One seat short.
    let mut short = Certifier::new(CONFIG, GENESIS);
    short.register(LAYER, BLOCK);
    assert_eq!(
        take(&mut short, &message(1, LAYER, BLOCK, 5), 10, GOOD).1,
        None
    );
    assert!(
        take(&mut short, &message(2, LAYER, BLOCK, 1), 10, GOOD)
            .1
            .is_some()
    );
}

#[test]
fn an_empty_layer_is_certified_like_any_block() {
    let mut certifier = certifier();
    certifier.register(LAYER, BlockId::ZERO);
    let (_, certificate) = take(
        &mut certifier,
        &message(1, LAYER, BlockId::ZERO, 6),
        10,
        GOOD,
    );
    assert!(certificate.unwrap().block_id.is_zero());
}

#[test]
fn a_smesher_counts_once_and_a_flood_of_blocks_is_not_kept() {
    let mut certifier = certifier();
    certifier.register(LAYER, BLOCK);
    let once = message(1, LAYER, BLOCK, 4);
    assert_eq!(take(&mut certifier, &once, 10, GOOD).0, Verdict::Accept);
    let (verdict, certificate) = take(&mut certifier, &once, 10, GOOD);
    assert_eq!(
        (verdict, certificate),
        (Verdict::Ignore(IgnoreReason::Duplicate), None)
    );
    for number in 0..20_u8 {
        let block = BlockId([number; 20]);
        take(&mut certifier, &message(1, LAYER, block, 4), 10, GOOD);
    }
    assert_eq!(certifier.messages_kept(), BLOCKS_PER_SMESHER_MAX);
    let verdict = take(&mut certifier, &message(1, LAYER, OTHER, 4), 10, GOOD).0;
    assert_eq!(verdict, Verdict::Ignore(IgnoreReason::Full));
}

#[test]
fn old_layers_are_forgotten() {
    let mut certifier = certifier();
    take(&mut certifier, &message(1, LAYER, BLOCK, 4), 10, GOOD);
    certifier.tick(LayerId(20));
    assert_eq!(certifier.messages_kept(), 1);
    certifier.tick(LayerId(21));
    assert_eq!(certifier.messages_kept(), 0);
}

fn certificate(messages: &[CertifyMessage]) -> Certificate {
    Certificate {
        block_id: BLOCK,
        signatures: messages.try_into().unwrap(),
    }
}

#[test]
fn a_certificate_needs_enough_seats_of_different_smeshers_for_its_block_and_layer() {
    let threshold = CONFIG.threshold();
    let valid = |messages: &[CertifyMessage]| {
        let holds = |message: &CertifyMessage| certify_signature_check(message).holds(&PREFIX);
        validate_certificate(&certificate(messages), LAYER, threshold, holds)
    };
    let (one, two) = (message(1, LAYER, BLOCK, 3), message(2, LAYER, BLOCK, 3));
    assert_eq!(valid(&[one, two]), Ok(()));
    let short = InvalidCertificate {
        seats: 3,
        threshold,
    };
    assert_eq!(valid(&[one]), Err(short));
    assert_eq!(valid(&[one, one]), Err(short), "a smesher counts once");
    assert_eq!(valid(&[one, message(2, LAYER, OTHER, 3)]), Err(short));
    assert_eq!(valid(&[one, message(2, LayerId(11), BLOCK, 3)]), Err(short));
    let mut forged = two;
    forged.content.eligibility_count = 9;
    assert_eq!(valid(&[one, forged]), Err(short));
    assert_eq!(
        valid(&[one, forged, two]),
        Ok(()),
        "a message that fails is skipped"
    );
    assert!(valid(&[]).is_err());
}

fn row(block: u8, certificate_size: usize, valid: bool) -> CertificateRow {
    CertificateRow {
        block: BlockId([block; 20]),
        certificate_size,
        valid,
    }
}

#[test]
fn an_output_of_hare_changes_the_rows_as_in_the_reference() {
    let empty = BlockId::ZERO;
    let one = BlockId([1; 20]);
    let save = |rows: &[CertificateRow], block| {
        let save = hare_output_save(rows, block);
        (save.insert, save.tell_tortoise)
    };
    assert_eq!(save(&[], one), (Some(true), true));
    assert_eq!(save(&[], empty), (Some(true), true));
    assert_eq!(save(&[row(1, 0, true)], one), (None, true));
    assert_eq!(save(&[row(2, 0, true)], one), (Some(false), true));
    assert_eq!(save(&[row(2, 0, false)], one), (Some(true), true));
    let certified = [row(2, 300, true), row(3, 200, true)];
    assert_eq!(save(&certified, one), (Some(false), false));
    // The longest certificate is looked at first.
    let mixed = [row(1, 0, false), row(2, 300, true)];
    assert_eq!(save(&mixed, one), (Some(false), false));
}

#[test]
fn a_certificate_changes_the_rows_as_in_the_reference() {
    let block = BlockId([1; 20]);
    let others = |rows: &[CertificateRow], holds: bool| {
        let save = certificate_save(rows, block, |_| holds);
        assert_eq!(save.block, block);
        (save.others, save.conflict)
    };
    assert_eq!(others(&[], true), (vec![], false));
    assert_eq!(
        others(&[row(1, 300, true)], true),
        (vec![], false),
        "replaced"
    );
    let two = BlockId([2; 20]);
    assert_eq!(
        others(&[row(2, 0, true)], true),
        (vec![(two, false)], false),
        "plain output"
    );
    assert_eq!(
        others(&[row(2, 300, true)], false),
        (vec![(two, false)], false)
    );
    assert_eq!(
        others(&[row(2, 300, true)], true),
        (vec![(two, true)], true)
    );
}

#[test]
fn the_output_of_a_layer_is_its_only_valid_row() {
    let one = Some(BlockId([1; 20]));
    assert_eq!(layer_output(&[]), None);
    assert_eq!(layer_output(&[row(1, 0, false)]), None);
    assert_eq!(layer_output(&[row(1, 0, true), row(2, 9, false)]), one);
    assert_eq!(
        layer_output(&[row(1, 9, true), row(2, 9, true)]),
        Some(BlockId::ZERO)
    );
    assert_eq!(opinion_block(&[row(1, 0, true)]), None);
    assert_eq!(opinion_block(&[row(1, 9, true), row(2, 9, false)]), one);
    assert_eq!(opinion_block(&[row(2, 9, true), row(1, 9, true)]), one);
}

#[test]
fn pruning_a_young_network_clears_nothing() {
    assert_eq!(prune_before(LayerId(5), 10), LayerId(0));
    assert_eq!(prune_before(LayerId(25), 10), LayerId(15));
}

#[test]
fn certificates_are_asked_for_where_they_are_of_use() {
    let needs =
        |layer, any_row| needs_certificate(LayerId(layer), LayerId(30), LayerId(7), 10, any_row);
    assert!(needs(21, false));
    assert!(!needs(20, false));
    assert!(!needs(25, true), "a plain output of hare is enough");
    assert!(!needs_certificate(
        LayerId(7),
        LayerId(9),
        LayerId(7),
        10,
        false
    ));
    assert!(within_adoption_window(LayerId(21), LayerId(30), 10));
    assert!(!within_adoption_window(LayerId(20), LayerId(30), 10));
}

#[test]
fn a_certificate_is_adopted_with_its_block_before_the_tortoise_hears_of_it() {
    let good = certificate(&[message(1, LAYER, BLOCK, 6)]);
    let opinions = [(Peer(1), BLOCK), (Peer(2), OTHER), (Peer(3), BLOCK)];
    let (mut adoption, step) = Adoption::new(opinions);
    let ask = |peer, block| AdoptionStep::Ask {
        peer: Peer(peer),
        block,
    };
    assert_eq!(step, ask(1, BLOCK));
    let nothing = AdoptionInput::Answer(None);
    assert_eq!(
        adoption.handle(nothing),
        ask(3, BLOCK),
        "its next announcer"
    );
    let bytes = encode(&good);
    assert_eq!(
        adoption.handle(AdoptionInput::Answer(Some(bytes))),
        ask(2, OTHER)
    );
    let garbage = AdoptionInput::Answer(Some(b"garbage".to_vec()));
    assert_eq!(adoption.handle(garbage), AdoptionStep::CheckNeed);
    let validate = adoption.handle(AdoptionInput::StillNeeded(true));
    assert_eq!(validate, AdoptionStep::Validate(good.clone()));
    assert_eq!(
        adoption.handle(AdoptionInput::Holds(true)),
        AdoptionStep::Save(good)
    );
    let fetch = adoption.handle(AdoptionInput::Saved(true));
    assert_eq!(fetch, AdoptionStep::FetchBlock(BLOCK));
    let tell = adoption.handle(AdoptionInput::Block(true));
    assert_eq!(tell, AdoptionStep::TellTortoise(BLOCK));
    assert_eq!(
        adoption.handle(AdoptionInput::Block(true)),
        AdoptionStep::Nothing
    );
}

#[test]
fn a_failed_step_goes_on_with_the_next_certificate() {
    let first = certificate(&[message(1, LAYER, BLOCK, 6)]);
    let empty = Certificate {
        block_id: BlockId::ZERO,
        signatures: [message(1, LAYER, BlockId::ZERO, 6)].into(),
    };
    let (mut adoption, _) = Adoption::new([(Peer(1), BLOCK), (Peer(1), BlockId::ZERO)]);
    adoption.handle(AdoptionInput::Answer(Some(encode(&first))));
    adoption.handle(AdoptionInput::Answer(Some(encode(&empty))));
    adoption.handle(AdoptionInput::StillNeeded(true));
    adoption.handle(AdoptionInput::Holds(true));
    adoption.handle(AdoptionInput::Saved(true));
    let next = adoption.handle(AdoptionInput::Block(false));
    assert_eq!(next, AdoptionStep::Validate(empty));
    adoption.handle(AdoptionInput::Holds(true));
    let tell = adoption.handle(AdoptionInput::Saved(true));
    assert_eq!(
        tell,
        AdoptionStep::TellTortoise(BlockId::ZERO),
        "no block to fetch"
    );

    let (_, step) = Adoption::new([]);
    assert_eq!(step, AdoptionStep::Nothing);
    let (mut adoption, _) = Adoption::new([(Peer(1), BLOCK)]);
    adoption.handle(AdoptionInput::Answer(Some(encode(&first))));
    let not_needed = adoption.handle(AdoptionInput::StillNeeded(false));
    assert_eq!(not_needed, AdoptionStep::Nothing);
}

proptest! {
    #[test]
    fn arbitrary_bytes_and_floods_stay_within_the_caps(
        bytes in prop::collection::vec(any::<u8>(), 0..260),
        votes in prop::collection::vec((0_u8..4, 0_u8..12, 0_u32..30, 0_u16..20), 0..120),
        current in 0_u32..30,
    ) {
        let mut certifier = certifier();
        let _ = certifier.admit(&bytes, LayerId(current), |_| true);
        for (sender, block, layer, count) in votes {
            let content = CertifyContent {
                layer: LayerId(layer),
                block_id: BlockId([block; 20]),
                eligibility_count: count,
                proof: VrfSignature([sender; 80]),
            };
            let message = CertifyMessage {
                content,
                signature: spacemesh_types::EdSignature::ZERO,
                smesher_id: spacemesh_types::NodeId([sender; 32]),
            };
            if let Admission::Check(unverified) =
                certifier.admit(&encode(&message), LayerId(current), |_| true)
            {
                let layer = unverified.message().content.layer;
                prop_assert!(CONFIG.takes(layer, LayerId(current), GENESIS));
                certifier.conclude(*unverified, GOOD);
            }
        }
        // Eleven layers fit into the window, four senders with four blocks each into a layer.
        prop_assert!(certifier.messages_kept() <= 12 * 4 * BLOCKS_PER_SMESHER_MAX);
    }
}
