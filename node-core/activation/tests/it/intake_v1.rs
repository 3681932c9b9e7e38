//! ATXs of version 1: every check of 05 §9 with its verdict, and the traps that concern them.

use proptest::prelude::*;
use spacemesh_activation::{
    Conclusion, Ignored, Intake, IntakeEffect, IntakeInput, IntakeLimits, MemoryState, Origin,
    Reference, Rejection, Rules, Ticket, Verdict, View, WorkResult,
};
use spacemesh_codec::{BoundedBytes, encode};
use spacemesh_types::{
    AtxId, EpochId, NodeId, Timestamp, VrfNonce,
    wire::{ActivationTxV1, MalfeasanceProof, MisbehaviourProof},
};

use crate::world::{
    BAD, BAD_INDEX, GOOD, LABELS, UNCHECKABLE, World, golden, key, post, resign, rules,
};

/// Changes a first ATX of epoch 2, signs it again and tells why it is rejected.
fn rejected_initial(change: impl FnOnce(&mut ActivationTxV1)) -> Rejection {
    let mut world = World::new(rules());
    let key = key(1);
    let mut atx = world.initial(&key, 2, 4);
    change(&mut atx);
    resign(&mut atx, &key);
    rejection(&mut world, &atx)
}

/// The same for the second ATX of an identity.
fn rejected_chained(change: impl FnOnce(&mut ActivationTxV1, &mut World)) -> Rejection {
    let mut world = World::new(rules());
    let key = key(1);
    let initial = world.initial(&key, 2, 4);
    let first = world.accept_v1(&initial);
    let mut atx = world.chained(&key, 3, 1, first, 4);
    change(&mut atx, &mut world);
    resign(&mut atx, &key);
    rejection(&mut world, &atx)
}

fn rejection(world: &mut World, atx: &ActivationTxV1) -> Rejection {
    let outcome = world.gossip_v1(atx);
    assert_eq!(outcome.verdict, Some(Verdict::Reject));
    match outcome.conclusion {
        Some(Conclusion::Rejected(rejection)) => rejection,
        other => panic!("{other:?}"),
    }
}

/// Registers the challenge of an ATX that was changed at a PoET again, so that only the change is wrong.
fn register_again(atx: &mut ActivationTxV1, world: &mut World) {
    let (reference, membership) = world.poet(atx.inner.challenge.hash(), crate::world::LEAVES);
    let nipost = atx.inner.nipost.as_mut().unwrap();
    nipost.membership = membership;
    nipost.post_metadata.as_mut().unwrap().challenge = BoundedBytes::from(reference.0);
}

fn set_post(atx: &mut ActivationTxV1, nonce: u32) {
    atx.inner.nipost.as_mut().unwrap().post = Some(post(nonce));
}

fn set_labels(atx: &mut ActivationTxV1, labels: u64) {
    let nipost = atx.inner.nipost.as_mut().unwrap();
    nipost.post_metadata.as_mut().unwrap().labels_per_unit = labels;
}

fn proof_of(effects: &[IntakeEffect]) -> Option<(MalfeasanceProof, bool)> {
    effects.iter().find_map(|effect| match effect {
        IntakeEffect::Malfeasance { proof, publish, .. } => Some(((**proof).clone(), *publish)),
        _ => None,
    })
}

#[test]
fn a_chain_of_atxs_is_stored_with_what_it_counts_for() {
    let mut world = World::new(rules());
    let key = key(1);
    let initial = world.initial(&key, 2, 4);
    let first = world.accept_v1(&initial);
    let row = world.state.atx(first).unwrap();
    assert_eq!((row.ticks, row.base_height, row.weight), (10, 0, 40));
    assert_eq!(row.commitment, Some(golden()));
    let grown = world.chained(&key, 3, 1, first, 6);
    let second = world.accept_v1(&grown);
    let row = world.state.atx(second).unwrap();
    // Units never count for more than the ATX before proved.
    assert_eq!((row.effective_units, row.height(), row.weight), (4, 20, 40));
    assert_eq!(world.state.units(second, key.node_id()), Some(6));
    // The next one counts what was proved, not what counted.
    let third = world.chained(&key, 4, 2, second, 6);
    let third = world.accept_v1(&third);
    assert_eq!(world.state.atx(third).unwrap().effective_units, 6);
    assert_eq!(world.state.atx(third).unwrap().commitment, None);
}

#[test]
fn known_atxs_are_ignored_except_own_and_fetched_ones() {
    let mut world = World::new(rules());
    let atx = world.initial(&key(1), 2, 4);
    let id = world.accept_v1(&atx);
    let again = world.gossip_v1(&atx);
    assert_eq!(again.conclusion, Some(Conclusion::Ignored(Ignored::Known)));
    assert_eq!(again.verdict, Some(Verdict::Ignore));
    assert_eq!(
        world.take(Origin::Own, encode(&atx)).verdict,
        Some(Verdict::Accept)
    );
    assert_eq!(
        world.take(Origin::Fetched(id), encode(&atx)).verdict,
        Some(Verdict::Accept)
    );
    // A forged copy is rejected although the id is known.
    let mut forged = atx;
    forged.signature.0[0] ^= 1;
    assert_eq!(rejection(&mut world, &forged), Rejection::Signature);
}

#[test]
fn what_an_initial_atx_shows_by_itself_is_checked() {
    let missing = |part| Rejection::Missing(part);
    assert_eq!(
        rejected_initial(|atx| atx.inner.nipost = None),
        missing("the proof of space-time")
    );
    assert_eq!(
        rejected_initial(|atx| atx.inner.nipost.as_mut().unwrap().post = None),
        missing("the proof of space")
    );
    // The reference ends its process here (trap 19).
    assert_eq!(
        rejected_initial(|atx| atx.inner.nipost.as_mut().unwrap().post_metadata = None),
        missing("the parameters of the proof of space")
    );
    assert_eq!(
        rejected_initial(|atx| atx.inner.challenge.positioning_atx = AtxId::ZERO),
        missing("the positioning ATX")
    );
    assert_eq!(
        rejected_initial(|atx| atx.inner.challenge.initial_post = None),
        missing("the initial proof of space")
    );
    assert_eq!(
        rejected_initial(|atx| atx.inner.node_id = None),
        missing("the identity")
    );
    assert_eq!(
        rejected_initial(|atx| atx.inner.vrf_nonce = None),
        missing("the VRF nonce")
    );
    assert_eq!(
        rejected_initial(|atx| atx.inner.challenge.commitment_atx = None),
        missing("the commitment")
    );
    assert_eq!(
        rejected_initial(|atx| atx.inner.challenge.commitment_atx = Some(AtxId::ZERO)),
        missing("the commitment")
    );
    assert_eq!(
        rejected_initial(|atx| atx.inner.challenge.sequence = 1),
        Rejection::InitialSequence(1)
    );
    assert_eq!(
        rejected_initial(|atx| set_labels(atx, LABELS - 1)),
        Rejection::LabelsPerUnit {
            found: LABELS - 1,
            expected: LABELS
        }
    );
    assert_eq!(
        rejected_initial(|atx| atx.inner.vrf_nonce = Some(VrfNonce(3))),
        Rejection::VrfNonce
    );
    assert_eq!(
        rejected_initial(|atx| atx.inner.challenge.initial_post = Some(post(BAD))),
        Rejection::InitialPost
    );
    // A bad index in the initial proof makes no proof of misbehaviour.
    assert_eq!(
        rejected_initial(|atx| atx.inner.challenge.initial_post = Some(post(BAD_INDEX))),
        Rejection::InitialPost
    );
    assert_eq!(
        rejected_initial(|atx| atx.inner.challenge.publish_epoch = EpochId(22)),
        Rejection::Future {
            publish: EpochId(22),
            current: EpochId(20)
        }
    );
}

#[test]
fn units_for_which_no_nonce_can_be_are_rejected() {
    // The reference divides by zero (trap 19).
    for (units, labels) in [(0, LABELS), (4, 1 << 62), (1 << 31, 1 << 33)] {
        let rejection = rejected_initial(|atx| {
            atx.inner.num_units = units;
            set_labels(atx, labels);
        });
        assert_eq!(
            rejection,
            Rejection::TooFewLabels {
                units,
                labels_per_unit: labels
            }
        );
    }
}

#[test]
fn the_identity_inside_of_an_initial_atx_may_be_any() {
    // Trap 10.
    let mut world = World::new(rules());
    let mut atx = world.initial(&key(1), 2, 4);
    atx.inner.node_id = Some(NodeId([3; 32]));
    resign(&mut atx, &key(1));
    world.accept_v1(&atx);
}

#[test]
fn more_labels_per_unit_than_configured_are_legal() {
    // Trap 11. They count for the VRF nonce only.
    let mut world = World::new(rules());
    let mut atx = world.initial(&key(1), 2, 4);
    set_labels(&mut atx, 10 * LABELS);
    resign(&mut atx, &key(1));
    let outcome = world.gossip_v1(&atx);
    assert_eq!(outcome.conclusion, Some(Conclusion::Stored));
}

#[test]
fn what_a_later_atx_refers_to_is_checked() {
    let unexpected = |part| Rejection::Unexpected(part);
    assert_eq!(
        rejected_chained(|atx, _| atx.inner.node_id = Some(NodeId([1; 32]))),
        unexpected("the identity of a later ATX")
    );
    assert_eq!(
        rejected_chained(|atx, _| atx.inner.challenge.initial_post = Some(post(GOOD))),
        unexpected("the initial proof of space of a later ATX")
    );
    assert_eq!(
        rejected_chained(|atx, _| atx.inner.challenge.commitment_atx = Some(golden())),
        unexpected("the commitment of a later ATX")
    );
    assert_eq!(
        rejected_chained(|atx, _| atx.inner.challenge.sequence = 2),
        Rejection::Sequence {
            previous: 0,
            found: 2
        }
    );
    assert!(matches!(
        rejected_chained(|atx, _| atx.inner.challenge.publish_epoch = EpochId(2)),
        Rejection::NotOlder {
            role: "previous",
            ..
        }
    ));
    assert_eq!(
        rejected_chained(|atx, _| atx.inner.num_units = 1),
        Rejection::NumUnits(1)
    );
    assert!(matches!(
        rejected_chained(|atx, _| set_labels(atx, 1)),
        Rejection::LabelsPerUnit { .. }
    ));
    assert_eq!(
        rejected_chained(|atx, _| set_post(atx, BAD)),
        Rejection::Post
    );
    assert_eq!(
        rejected_chained(|atx, _| atx.inner.nipost.as_mut().unwrap().membership.leaf_index = 0),
        Rejection::Membership
    );
    // The previous ATX must be signed by the same identity, not only contain it (trap 9).
    assert_eq!(
        rejected_chained(|atx, world| {
            let other = world.initial(&key(2), 2, 4);
            atx.inner.challenge.prev_atx = world.accept_v1(&other);
            register_again(atx, world);
        }),
        Rejection::PreviousOfAnother(key(2).node_id())
    );
    // Anybody's ATX will do for positioning, if it is older.
    assert!(matches!(
        rejected_chained(|atx, world| {
            let other = world.initial(&key(2), 3, 4);
            atx.inner.challenge.positioning_atx = world.accept_v1(&other);
            register_again(atx, world);
        }),
        Rejection::NotOlder {
            role: "positioning",
            ..
        }
    ));
}

#[test]
fn leaf_index_bits_above_the_proof_do_not_count() {
    let mut world = World::new(rules());
    let mut atx = world.initial(&key(1), 2, 4);
    atx.inner.nipost.as_mut().unwrap().membership.leaf_index = 1 | 1 << 40;
    resign(&mut atx, &key(1));
    world.accept_v1(&atx);
}

#[test]
fn a_nonce_is_checked_when_it_is_given_or_units_grow_beyond_what_counted() {
    let mut world = World::new(rules());
    let key = key(1);
    let mut initial = world.initial(&key, 2, 4);
    initial.inner.vrf_nonce = Some(VrfNonce(5 * LABELS));
    resign(&mut initial, &key);
    let first = world.accept_v1(&initial);
    // Five units fit the nonce, six do not.
    let too_large = world.chained(&key, 3, 1, first, 6);
    assert_eq!(rejection(&mut world, &too_large), Rejection::VrfNonce);
    let second = world.chained(&key, 3, 1, first, 5);
    let second = world.accept_v1(&second);
    // Compared with the four units that counted, though five were proved (trap 8): checked again, and valid.
    let third = world.chained(&key, 4, 2, second, 5);
    let outcome = world.gossip_v1(&third);
    let checks = outcome.effects.iter();
    let checks = checks.filter(|effect| matches!(effect, IntakeEffect::Check { .. }));
    assert_eq!(
        (checks.count(), outcome.conclusion),
        (2, Some(Conclusion::Stored))
    );
    let third = third.id();
    let mut fourth = world.chained(&key, 5, 3, third, 5);
    fourth.inner.vrf_nonce = Some(VrfNonce(1));
    resign(&mut fourth, &key);
    assert_eq!(rejection(&mut world, &fourth), Rejection::VrfNonce);
    // Without a nonce the one before is inherited.
    assert_eq!(
        world.state.atx(third).unwrap().vrf_nonce,
        VrfNonce(5 * LABELS)
    );
}

#[test]
fn non_canonical_bytes_are_kept_as_they_came() {
    // Traps 1 and 2: any tag but 1 means absent, and the id is that of the canonical form.
    let mut world = World::new(rules());
    let first = world.initial(&key(1), 2, 4);
    let first = world.accept_v1(&first);
    let atx = world.chained(&key(1), 3, 1, first, 4);
    let mut bytes = encode(&atx);
    // The last option is the VRF nonce, before identity and signature.
    let tag = bytes.len() - 32 - 64 - 1;
    assert_eq!(bytes[tag], 0);
    bytes[tag] = 0x7f;
    let outcome = world.take(Origin::Gossip, bytes.clone());
    assert_eq!(outcome.verdict, Some(Verdict::Accept));
    assert_eq!(world.state.blob(atx.id()).unwrap().1, bytes);
}

#[test]
fn two_atxs_in_an_epoch_are_both_stored_and_make_a_proof() {
    let mut world = World::new(rules());
    let key = key(1);
    let initial = world.initial(&key, 2, 4);
    let first = world.accept_v1(&initial);
    let one = world.chained(&key, 3, 1, first, 4);
    world.accept_v1(&one);
    let mut other = one.clone();
    other.inner.coinbase.0[0] = 1;
    resign(&mut other, &key);
    let outcome = world.gossip_v1(&other);
    // Not rejected: whoever relays it does nothing wrong (trap 14).
    assert_eq!(outcome.verdict, Some(Verdict::Ignore));
    let (proof, publish) = proof_of(&outcome.effects).unwrap();
    assert!(publish);
    assert_eq!(proof.layer.0, 30);
    let MisbehaviourProof::MultipleAtxs(messages) = proof.proof else {
        panic!("another proof");
    };
    let hashes = messages
        .messages
        .map(|message| AtxId::from(message.inner.message_hash));
    assert_eq!(hashes, [one.id(), other.id()]);
    assert!(world.state.atx(other.id()).is_some());
    assert!(world.state.is_malicious(key.node_id()));
    // Later ATXs are stored and forwarded, and make no further proof.
    let later = world.chained(&key, 4, 2, one.id(), 4);
    let outcome = world.gossip_v1(&later);
    assert_eq!(outcome.verdict, Some(Verdict::Accept));
    let stored = outcome.effects.iter().find_map(|effect| match effect {
        IntakeEffect::Stored { malicious, .. } => Some(*malicious),
        _ => None,
    });
    assert_eq!(stored, Some(true));
}

#[test]
fn a_proof_from_a_fetched_atx_is_stored_but_not_published() {
    let mut world = World::new(rules());
    let one = world.initial(&key(1), 2, 4);
    world.accept_v1(&one);
    let mut other = one;
    other.inner.coinbase.0[0] = 1;
    resign(&mut other, &key(1));
    let outcome = world.take(Origin::Fetched(other.id()), encode(&other));
    assert_eq!(outcome.verdict, Some(Verdict::Accept));
    assert!(!proof_of(&outcome.effects).unwrap().1);
}

#[test]
fn an_atx_that_skips_its_predecessor_is_a_crime_only_with_a_twin() {
    let mut world = World::new(rules());
    let key = key(1);
    let initial = world.initial(&key, 2, 4);
    let first = world.accept_v1(&initial);
    let second = world.chained(&key, 3, 1, first, 4);
    world.accept_v1(&second);
    // Trap 22: expected is the newest by epoch. This one refers to the first again.
    let twin = world.chained(&key, 4, 1, first, 4);
    let outcome = world.gossip_v1(&twin);
    let (proof, _) = proof_of(&outcome.effects).unwrap();
    let MisbehaviourProof::InvalidPrevAtx(pair) = proof.proof else {
        panic!("another proof");
    };
    assert_eq!((pair.atx1, pair.atx2), (twin, second));

    // Two first ATXs have the same previous one as well: none.
    let mut world = World::new(rules());
    let initial = world.initial(&key, 2, 4);
    world.accept_v1(&initial);
    let again = world.initial(&key, 5, 4);
    let outcome = world.gossip_v1(&again);
    let (proof, _) = proof_of(&outcome.effects).unwrap();
    assert!(matches!(proof.proof, MisbehaviourProof::InvalidPrevAtx(_)));
}

#[test]
fn own_identities_are_never_incriminated() {
    // Trap 21.
    let mut world = World::new(rules());
    let key = key(1);
    world.intake.add_own(key.node_id());
    let initial = world.initial(&key, 2, 4);
    let first = world.accept_v1(&initial);
    let second = world.chained(&key, 3, 1, first, 4);
    world.accept_v1(&second);
    for publish in [3, 4] {
        let mut twin = world.chained(&key, publish, 1, first, 4);
        twin.inner.coinbase.0[0] = 1;
        resign(&mut twin, &key);
        let outcome = world.take(Origin::Own, encode(&twin));
        assert_eq!(
            outcome.conclusion,
            Some(Conclusion::Ignored(Ignored::OwnIdentity))
        );
        assert_eq!(outcome.verdict, Some(Verdict::Ignore));
        assert!(world.state.atx(twin.id()).is_none());
    }
    assert!(!world.state.is_malicious(key.node_id()));
}

#[test]
fn a_bad_index_condemns_and_the_atx_is_not_stored() {
    let mut world = World::new(rules());
    let key = key(1);
    let initial = world.initial(&key, 2, 4);
    let first = world.accept_v1(&initial);
    let mut atx = world.chained(&key, 3, 1, first, 4);
    set_post(&mut atx, BAD_INDEX + 5);
    // Although the membership is bad as well (trap 12).
    atx.inner.nipost.as_mut().unwrap().membership.leaf_index = 0;
    resign(&mut atx, &key);
    let outcome = world.take(Origin::Fetched(atx.id()), encode(&atx));
    // Fetching succeeds, the requester has to look (trap 13).
    assert_eq!(outcome.verdict, Some(Verdict::Accept));
    assert!(world.state.atx(atx.id()).is_none());
    let (proof, publish) = proof_of(&outcome.effects).unwrap();
    let MisbehaviourProof::InvalidPostIndex(proof) = proof.proof else {
        panic!("another proof");
    };
    assert_eq!((proof.invalid_index, &proof.atx, publish), (5, &atx, false));
    // Once more it is only rejected.
    assert_eq!(rejection(&mut world, &atx), Rejection::PostOfMalicious);
}

#[test]
fn what_cannot_be_checked_is_ignored() {
    // Trap 20.
    let mut world = World::new(rules());
    let mut atx = world.initial(&key(1), 2, 4);
    set_post(&mut atx, UNCHECKABLE);
    resign(&mut atx, &key(1));
    let outcome = world.gossip_v1(&atx);
    assert_eq!(
        outcome.conclusion,
        Some(Conclusion::Ignored(Ignored::Unchecked))
    );
    assert_eq!(outcome.verdict, Some(Verdict::Ignore));
    assert_eq!(world.intake.parked(), 0);
}

#[test]
fn ancestors_are_fetched_and_their_order_does_not_matter() {
    let mut world = World::new(rules());
    let key = key(1);
    let mut chain = vec![world.initial(&key, 2, 4)];
    for number in 1..300_u32 {
        let previous = chain.last().unwrap().id();
        chain.push(world.chained(&key, 2 + number, u64::from(number), previous, 4));
    }
    world.epoch = EpochId(400);
    // The newest comes first and asks for the one before, and so on to the first: no recursion, all stored in the end.
    let mut answers = 0;
    let mut wanted = vec![chain.last().unwrap().id()];
    while let Some(id) = wanted.pop() {
        let atx = chain.iter().find(|atx| atx.id() == id).unwrap();
        let outcome = world.take(Origin::Fetched(id), encode(atx));
        for effect in &outcome.effects {
            match effect {
                IntakeEffect::Fetch { atxs, .. } => wanted.extend(atxs),
                IntakeEffect::Verdict { verdict, .. } => {
                    assert_eq!(*verdict, Verdict::Accept);
                    answers += 1;
                }
                _ => {}
            }
        }
    }
    assert_eq!(answers, chain.len());
    assert_eq!(world.intake.parked(), 0);
    assert_eq!(
        world.state.newest_signed(key.node_id()),
        Some(chain.last().unwrap().id())
    );
}

#[test]
fn a_rejected_ancestor_rejects_its_descendants_and_a_missing_one_does_not() {
    for (rejected, verdict) in [(true, Verdict::Reject), (false, Verdict::Ignore)] {
        let mut world = World::new(rules());
        let absent = AtxId([5; 32]);
        let one = world.chained(&key(1), 3, 1, absent, 4);
        let two = world.chained(&key(2), 3, 1, absent, 4);
        assert_eq!(world.gossip_v1(&one).verdict, None);
        let second = world.gossip_v1(&two);
        // It is asked for once.
        assert!(
            !second
                .effects
                .iter()
                .any(|it| matches!(it, IntakeEffect::Fetch { .. }))
        );
        let effects = world.unobtainable(Reference::Atx(absent), rejected);
        let verdicts: Vec<_> = effects
            .iter()
            .filter_map(|effect| match effect {
                IntakeEffect::Verdict { verdict, .. } => Some(*verdict),
                _ => None,
            })
            .collect();
        assert_eq!(verdicts, [verdict; 2]);
        assert_eq!(world.intake.parked(), 0);
    }
}

#[test]
fn a_poet_proof_that_is_missing_is_fetched() {
    let mut world = World::new(rules());
    let atx = world.initial(&key(1), 2, 4);
    let poets = world.state.clone();
    world.state = MemoryState::default();
    let outcome = world.gossip_v1(&atx);
    let nipost = atx.inner.nipost.as_ref().unwrap();
    let reference = nipost.poet_ref().unwrap();
    assert!(outcome.effects.iter().any(|effect| {
        matches!(effect, IntakeEffect::Fetch { poets, .. } if *poets == [reference])
    }));
    let row = poets.poet(reference).unwrap();
    world.state.insert_poet(reference, row);
    let effects = world.run(IntakeInput::PoetStored(reference));
    assert!(effects.iter().any(|effect| {
        matches!(effect, IntakeEffect::Verdict { verdict, .. } if *verdict == Verdict::Accept)
    }));
}

#[test]
fn a_forged_copy_that_waits_does_not_harm_the_genuine_one() {
    // Trap 5: the signature is outside of the id. The copy is told apart by the hash of the message.
    let mut world = World::new(rules());
    let absent = world.initial(&key(2), 2, 4);
    let mut atx = world.initial(&key(1), 3, 4);
    atx.inner.challenge.positioning_atx = absent.id();
    register_again(&mut atx, &mut world);
    resign(&mut atx, &key(1));
    assert_eq!(world.gossip_v1(&atx).verdict, None);
    let mut forged = atx.clone();
    forged.signature.0[3] ^= 1;
    assert_eq!(rejection(&mut world, &forged), Rejection::Signature);
    let effects = world
        .take(Origin::Fetched(absent.id()), encode(&absent))
        .effects;
    let accepted = effects.iter().filter(|effect| {
        matches!(effect, IntakeEffect::Verdict { verdict, .. } if *verdict == Verdict::Accept)
    });
    assert_eq!(accepted.count(), 2);
}

#[test]
fn the_same_message_is_judged_once_and_answered_to_all() {
    let mut world = World::new(rules());
    let atx = world.initial(&key(1), 2, 4);
    let bytes = encode(&atx);
    let mut effects = Vec::new();
    for ticket in [1, 2] {
        let input = IntakeInput::Received {
            ticket: Ticket(ticket),
            origin: Origin::Gossip,
            received: world.now,
            epoch: world.epoch,
            bytes: bytes.clone(),
        };
        world
            .intake
            .handle(world.now, &mut world.state, input, &mut effects);
    }
    let jobs: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            IntakeEffect::Check { job, .. } => Some(*job),
            _ => None,
        })
        .collect();
    assert_eq!(jobs.len(), 2, "VRF nonce and initial proof, of one message");
    let mut verdicts = 0;
    for job in jobs {
        let result = WorkResult::Valid;
        let effects = world.run(IntakeInput::Checked { job, result });
        verdicts += effects
            .iter()
            .filter(|effect| matches!(effect, IntakeEffect::Verdict { .. }))
            .count();
    }
    assert_eq!(verdicts, 2);
}

#[test]
fn the_time_of_arrival_is_that_of_the_message() {
    // Trap 23.
    let mut world = World::new(rules());
    let absent = world.initial(&key(2), 2, 4);
    let mut atx = world.initial(&key(1), 3, 4);
    atx.inner.challenge.positioning_atx = absent.id();
    register_again(&mut atx, &mut world);
    resign(&mut atx, &key(1));
    let arrived = world.now;
    world.gossip_v1(&atx);
    world.now = Timestamp::from_unix_seconds(2_000_000);
    world.take(Origin::Fetched(absent.id()), encode(&absent));
    assert_eq!(world.state.atx(atx.id()).unwrap().received, Some(arrived));
}

#[test]
fn gossip_waits_for_synchronisation_and_room() {
    let mut world = World::new(rules());
    let atx = world.initial(&key(1), 2, 4);
    world.intake.set_synced(false);
    let outcome = world.gossip_v1(&atx);
    assert_eq!(
        outcome.conclusion,
        Some(Conclusion::Ignored(Ignored::NotSynced))
    );
    // What was asked for is taken.
    let fetched = world.take(Origin::Fetched(atx.id()), encode(&atx));
    assert_eq!(fetched.verdict, Some(Verdict::Accept));

    let limits = IntakeLimits {
        gossip_max: 3,
        ..IntakeLimits::default()
    };
    world.intake = Intake::new(rules(), limits);
    world.intake.set_synced(true);
    for number in 0..5_u8 {
        let atx = world.chained(&key(10 + number), 3, 1, AtxId([number + 1; 32]), 4);
        let outcome = world.gossip_v1(&atx);
        let busy = Some(Conclusion::Ignored(Ignored::Busy));
        assert_eq!(outcome.conclusion == busy, number >= 3);
    }
    assert_eq!(world.intake.parked(), 3);
}

#[test]
fn an_answer_with_another_id_is_rejected() {
    let mut world = World::new(rules());
    let atx = world.initial(&key(1), 2, 4);
    let outcome = world.take(Origin::Fetched(AtxId([1; 32])), encode(&atx));
    assert_eq!(outcome.verdict, Some(Verdict::Reject));
    assert!(matches!(
        outcome.conclusion,
        Some(Conclusion::Rejected(Rejection::WrongId { .. }))
    ));
}

#[test]
fn a_complete_sample_is_valid_at_once() {
    let all = Rules { k3: 37, ..rules() };
    for (rules, validity) in [
        (rules(), spacemesh_activation::Validity::Unknown),
        (all, spacemesh_activation::Validity::Valid),
    ] {
        let mut world = World::new(rules);
        let atx = world.initial(&key(1), 2, 4);
        let id = world.accept_v1(&atx);
        assert_eq!(world.state.atx(id).unwrap().validity, validity);
    }
}

#[test]
fn weights_beyond_what_tortoise_bears_are_rejected() {
    let mut world = World::new(Rules {
        max_num_units: u32::MAX,
        ..rules()
    });
    for (units, leaves) in [(u32::MAX, u64::MAX), (4, u64::MAX)] {
        let mut atx = world.initial(&key(1), 2, units);
        let (reference, membership) = world.poet(atx.inner.challenge.hash(), leaves);
        let nipost = atx.inner.nipost.as_mut().unwrap();
        nipost.membership = membership;
        nipost.post_metadata.as_mut().unwrap().challenge = BoundedBytes::from(reference.0);
        atx.inner.vrf_nonce = Some(VrfNonce(u64::MAX));
        resign(&mut atx, &key(1));
        let outcome = world.gossip_v1(&atx);
        // Four units of 1.8e17 ticks weigh 7e17, which is still borne.
        let borne = units == 4;
        assert_eq!(
            outcome.verdict == Some(Verdict::Accept),
            borne,
            "{units} units"
        );
        if !borne {
            assert!(matches!(
                outcome.conclusion,
                Some(Conclusion::Rejected(Rejection::Quantity(_)))
            ));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn absurd_numbers_are_judged_without_a_panic(
        publish in any::<u32>(),
        sequence in any::<u64>(),
        units in any::<u32>(),
        labels in any::<u64>(),
        leaf in any::<u64>(),
        nonce in any::<u64>(),
        leaves in any::<u64>(),
        proof in 0_u32..200,
        current in any::<u32>(),
    ) {
        let mut world = World::new(rules());
        world.epoch = EpochId(current);
        let key = key(1);
        let mut atx = world.initial(&key, publish, units);
        let (reference, mut membership) = world.poet(atx.inner.challenge.hash(), leaves);
        membership.leaf_index ^= leaf & 2;
        let nipost = atx.inner.nipost.as_mut().unwrap();
        nipost.membership = membership;
        nipost.post = Some(post(proof));
        nipost.post_metadata.as_mut().unwrap().challenge = BoundedBytes::from(reference.0);
        set_labels(&mut atx, labels);
        atx.inner.challenge.sequence = sequence & 1;
        atx.inner.vrf_nonce = Some(VrfNonce(nonce));
        resign(&mut atx, &key);
        let first = world.gossip_v1(&atx);
        prop_assert!(first.verdict.is_some());
        let mut next = world.chained(&key, publish.wrapping_add(1), sequence, atx.id(), units);
        set_labels(&mut next, labels);
        resign(&mut next, &key);
        world.gossip_v1(&next);
    }

    #[test]
    fn any_bytes_get_a_verdict(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let mut world = World::new(rules());
        let outcome = world.take(Origin::Gossip, bytes);
        prop_assert_eq!(outcome.verdict, Some(Verdict::Reject));
    }

    #[test]
    fn an_altered_byte_never_yields_another_atx_of_the_signer(
        place in 0_usize..400,
        bit in 0_u8..8,
    ) {
        let mut world = World::new(rules());
        let atx = world.initial(&key(1), 2, 4);
        let mut bytes = encode(&atx);
        let place = place % bytes.len();
        bytes[place] ^= 1 << bit;
        let outcome = world.take(Origin::Gossip, bytes);
        // Only bytes that decode to the same values are accepted, under the same id.
        if outcome.verdict == Some(Verdict::Accept) {
            prop_assert!(world.state.atx(atx.id()).is_some());
            prop_assert_eq!(world.state.atxs().count(), 1);
        }
    }
}
