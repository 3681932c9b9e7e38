//! Gossip of hare 3 (07 §7.8): what is rejected, what is ignored, and what counts.

use spacemesh_types::{Hash32, LayerId};

use super::{super::*, GOOD, LAYER, PREFIX, START, Store, body, following, id, key, signed};

/// The verdict on a message with checks done as a node does them.
fn verdict(hare: &mut Hare, message: &Message, checks: Checks) -> (Verdict, Option<Equivocation>) {
    let received = Received::decode(message.version, &message.encode()).unwrap();
    match hare.admit(received, Peer(1), START, &Store::default()) {
        Admission::Done(verdict) => (verdict, None),
        Admission::Exchange(request) => panic!("{request:?}"),
        Admission::Check(unverified) => {
            let checks = Checks {
                signature: unverified.signature_check().holds(&PREFIX),
                ..checks
            };
            match hare.conclude(*unverified, checks, START) {
                Conclusion::Exchange(request) => panic!("{request:?}"),
                Conclusion::Done {
                    verdict,
                    equivocation,
                } => (verdict, equivocation.map(|found| *found)),
            }
        }
    }
}

fn preround(ids: &[spacemesh_types::ProposalId]) -> Message {
    signed(Version::Hare3, &key(1), body(FIRST_ROUND, ids, None))
}

#[test]
fn only_what_a_relay_could_have_seen_is_blamed_on_it() {
    let mut hare = following(Version::Hare3);
    assert!(Received::decode(Version::Hare3, b"malformed").is_err());
    let mut trailing = preround(&[id(1)]).encode();
    trailing.push(0);
    assert!(Received::decode(Version::Hare3, &trailing).is_err());

    let invalid = Verdict::Reject(RejectReason::Invalid);
    for round in [Round::Commit, Round::Notify] {
        let message = signed(Version::Hare3, &key(1), body(round.of(0), &[], None));
        assert_eq!(verdict(&mut hare, &message, GOOD).0, invalid);
    }
    for round in [Round::Preround, Round::Propose] {
        let body = body(round.of(0), &[], Some(Hash32::ZERO));
        assert_eq!(
            verdict(&mut hare, &signed(Version::Hare3, &key(1), body), GOOD).0,
            invalid
        );
    }

    let mut elsewhere = body(FIRST_ROUND, &[], None);
    elsewhere.layer = LayerId(LAYER.0 + 1);
    let elsewhere = signed(Version::Hare3, &key(1), elsewhere);
    let no_session = Verdict::Ignore(IgnoreReason::NoSession);
    assert_eq!(verdict(&mut hare, &elsewhere, GOOD).0, no_session);

    let mut other_domain = preround(&[id(1)]);
    let bytes = other_domain.signature_check().message;
    other_domain.signature = key(1).sign(&PREFIX, spacemesh_crypto::Domain::Poet, &bytes);
    let bad = Verdict::Reject(RejectReason::Signature);
    assert_eq!(verdict(&mut hare, &other_domain, GOOD).0, bad);

    let no_seats = Verdict::Ignore(IgnoreReason::NoSeats);
    let not_eligible = Checks {
        seats: None,
        ..GOOD
    };
    assert_eq!(
        verdict(&mut hare, &preround(&[id(1)]), not_eligible).0,
        no_seats
    );
    let mut without = body(FIRST_ROUND, &[], None);
    without.eligibility.count = 0;
    let without = signed(Version::Hare3, &key(1), without);
    assert_eq!(verdict(&mut hare, &without, GOOD).0, no_seats);
}

#[test]
fn a_round_that_does_not_exist_is_ignored() {
    let mut hare = following(Version::Hare3);
    for round in [8, 255] {
        let at = spacemesh_types::wire::IterRound { iter: 0, round };
        let message = signed(Version::Hare3, &key(1), body(at, &[], None));
        let unknown = Verdict::Ignore(IgnoreReason::UnknownRound);
        assert_eq!(verdict(&mut hare, &message, GOOD).0, unknown);
    }
}

#[test]
fn fields_of_other_rounds_are_allowed_and_hashed() {
    let mut hare = following(Version::Hare3);
    let with_ids = body(Round::Commit.of(0), &[id(1), id(1)], Some(Hash32::ZERO));
    let message = signed(Version::Hare3, &key(1), with_ids);
    assert_eq!(verdict(&mut hare, &message, GOOD).0, Verdict::Accept);
    // Nor is a message for a round that has no messages, or for an iteration far away, the relay's fault.
    let at = Round::Wait1.of(200);
    let message = signed(Version::Hare3, &key(1), body(at, &[], None));
    assert_eq!(verdict(&mut hare, &message, GOOD).0, Verdict::Accept);
}

#[test]
fn the_second_message_of_a_round_is_forwarded_with_a_proof_and_the_third_is_not() {
    let mut hare = following(Version::Hare3);
    let first = preround(&[id(1)]);
    let second = preround(&[id(2)]);
    assert_eq!(verdict(&mut hare, &first, GOOD), (Verdict::Accept, None));
    let duplicate = Verdict::Ignore(IgnoreReason::Duplicate);
    assert_eq!(verdict(&mut hare, &first, GOOD), (duplicate, None));
    let (accepted, found) = verdict(&mut hare, &second, GOOD);
    assert_eq!(accepted, Verdict::Accept);
    let found = found.unwrap();
    assert_eq!(found.identity, key(1).node_id());
    assert_eq!(verdict(&mut hare, &second, GOOD), (duplicate, None));
    assert_eq!(
        verdict(&mut hare, &preround(&[id(3)]), GOOD),
        (duplicate, None)
    );
}

#[test]
fn a_known_malicious_sender_gets_one_message_forwarded_and_no_second_proof() {
    let mut hare = following(Version::Hare3);
    let known = Checks {
        malicious: true,
        ..GOOD
    };
    assert_eq!(
        verdict(&mut hare, &preround(&[id(1)]), known),
        (Verdict::Accept, None)
    );
    let duplicate = Verdict::Ignore(IgnoreReason::Duplicate);
    assert_eq!(
        verdict(&mut hare, &preround(&[id(2)]), known),
        (duplicate, None)
    );

    // Found out by another layer between two messages.
    let mut hare = following(Version::Hare3);
    verdict(&mut hare, &preround(&[id(1)]), GOOD);
    assert_eq!(
        verdict(&mut hare, &preround(&[id(2)]), known),
        (Verdict::Accept, None)
    );
}

#[test]
fn duplicates_need_no_signature_check_and_a_bad_signature_changes_nothing() {
    let mut hare = following(Version::Hare3);
    let message = preround(&[id(1)]);
    let mut forged = preround(&[id(2)]);
    forged.signature = message.signature;
    let bad = Verdict::Reject(RejectReason::Signature);
    assert_eq!(verdict(&mut hare, &forged, GOOD).0, bad);
    assert_eq!(verdict(&mut hare, &message, GOOD), (Verdict::Accept, None));
    let admitted = hare.admit(Received(message), Peer(2), START, &Store::default());
    let duplicate = Verdict::Ignore(IgnoreReason::Duplicate);
    assert_eq!(admitted, Admission::Done(duplicate));
}

#[test]
fn seats_are_asked_for_with_the_number_of_the_round_over_all_iterations() {
    let mut hare = following(Version::Hare3);
    let mut asked = |round: Round, iter, reference| {
        let message = signed(
            Version::Hare3,
            &key(1),
            body(round.of(iter), &[], reference),
        );
        match hare.admit(Received(message), Peer(1), START, &Store::default()) {
            Admission::Check(unverified) => unverified.seats_check(),
            other => panic!("{other:?}"),
        }
    };
    let leader = asked(Round::Propose, 1, None);
    assert_eq!((leader.round.0, leader.committee), (10, 5));
    let member = asked(Round::Commit, 1, Some(Hash32::ZERO));
    assert_eq!((member.round.0, member.committee), (13, 19));
    assert_eq!(member.layer, LAYER);
}

#[test]
fn a_message_that_was_being_checked_when_its_session_ended_is_ignored() {
    let mut hare = following(Version::Hare3);
    let message = preround(&[id(1)]);
    let Admission::Check(unverified) =
        hare.admit(Received(message), Peer(1), START, &Store::default())
    else {
        panic!("a first message is checked");
    };
    let end = START.plus(hare.config().session_duration());
    super::run_until(&mut hare, end, &Store::default());
    assert!(!hare.has_session(LAYER));
    let no_session = Verdict::Ignore(IgnoreReason::NoSession);
    let conclusion = hare.conclude(*unverified, GOOD, end);
    assert!(matches!(conclusion, Conclusion::Done { verdict, .. } if verdict == no_session));
}

#[test]
fn the_versions_do_not_understand_each_other() {
    let commit = body(Round::Commit.of(1), &[], Some(Hash32::ZERO));
    let three = signed(Version::Hare3, &key(1), commit.clone());
    let four = signed(Version::Hare4, &key(1), commit);
    assert_eq!(
        four.encode().len(),
        three.encode().len() + 1,
        "one list more"
    );
    assert_ne!(four.signature, three.signature);
    for (message, other) in [(three, Version::Hare4), (four, Version::Hare3)] {
        // By chance the bytes can be a message of the other version, even a signed one, but its proof of seats is never right.
        if let Ok(read) = Received::decode(other, &message.encode()) {
            assert_ne!(read.0.body.eligibility, message.body.eligibility);
        }
    }
}
