//! Gossip of hare 4 (07 §7.9): short ids, and the exchange of full ones with the relay.

use std::time::Duration;

use spacemesh_types::{CompactProposalId, Hash32, ProposalId};

use super::{super::*, GOOD, LAYER, PREFIX, START, Store, body, following, id, key, signed};

/// A preround of `ids` as it is sent: signed over the full list, with the given short ids.
fn preround(ids: &[ProposalId], short: &[[u8; 4]]) -> Message {
    let mut message = signed(Version::Hare4, &key(1), body(FIRST_ROUND, ids, None));
    message.body.proposals = Default::default();
    let short: Vec<CompactProposalId> = short.iter().copied().map(CompactProposalId).collect();
    message.body.compact_proposals = short.try_into().unwrap();
    message
}

fn admit(hare: &mut Hare, message: &Message, store: &Store) -> Admission {
    hare.admit(Received(message.clone()), Peer(4), START, store)
}

fn conclude(hare: &mut Hare, admission: Admission) -> Conclusion {
    let Admission::Check(unverified) = admission else {
        panic!("{admission:?}");
    };
    let checks = Checks {
        signature: unverified.signature_check().holds(&PREFIX),
        ..GOOD
    };
    hare.conclude(*unverified, checks, START)
}

fn accepted(conclusion: &Conclusion) -> bool {
    matches!(
        conclusion,
        Conclusion::Done {
            verdict: Verdict::Accept,
            ..
        }
    )
}

#[test]
fn stored_proposals_are_recognised_by_their_short_ids() {
    let mut hare = following(Version::Hare4);
    let store = Store::of(&[id(3), id(1), id(2)]);
    let message = preround(&[id(1), id(2)], &[[1; 4], [2; 4]]);
    let admission = admit(&mut hare, &message, &store);
    assert!(accepted(&conclude(&mut hare, admission)));
    // It is kept for peers that miss a proposal.
    let request = exchange_request(message.body.hash(Version::Hare4));
    let answer = hare
        .answer_exchange(parse_exchange_request(&request).unwrap())
        .unwrap();
    assert_eq!(parse_exchange_response(&answer), Ok(vec![id(1), id(2)]));
    assert_eq!(hare.answer_exchange(Hash32::ZERO), None);
    // The duplicate test is on the full list.
    let again = admit(&mut hare, &message, &store);
    assert_eq!(
        again,
        Admission::Done(Verdict::Ignore(IgnoreReason::Duplicate))
    );
}

#[test]
fn what_is_missing_is_asked_of_the_relay_and_sorted() {
    let mut hare = following(Version::Hare4);
    let message = preround(&[id(1), id(2)], &[[1; 4], [2; 4]]);
    let empty = admit(&mut hare, &message, &Store::default());
    assert_eq!(
        empty,
        Admission::Done(Verdict::Ignore(IgnoreReason::NoProposals))
    );

    let store = Store::of(&[id(1)]);
    let Admission::Exchange(request) = admit(&mut hare, &message, &store) else {
        panic!("a proposal is missing");
    };
    assert_eq!(request.peer, Peer(4));
    assert_eq!(request.message_id, message.body.hash(Version::Hare4));
    let admission = hare
        .exchange_answered(request.id, Some(vec![id(2), id(1)]))
        .unwrap();
    assert!(accepted(&conclude(&mut hare, admission)));
    assert_eq!(
        hare.exchange_answered(request.id, None),
        None,
        "it is answered once"
    );
}

#[test]
fn a_relay_that_does_not_answer_costs_the_message_and_nothing_else() {
    let mut hare = following(Version::Hare4);
    let store = Store::of(&[id(1)]);
    let message = preround(&[id(2)], &[[2; 4]]);
    let failed = Verdict::Ignore(IgnoreReason::ExchangeFailed);
    let Admission::Exchange(request) = admit(&mut hare, &message, &store) else {
        panic!("a proposal is missing");
    };
    let none = hare.exchange_answered(request.id, None);
    assert_eq!(none, Some(Admission::Done(failed)));

    let Admission::Exchange(request) = admit(&mut hare, &message, &store) else {
        panic!("a proposal is missing");
    };
    assert_eq!(request.deadline, START.plus(Duration::from_secs(5)));
    assert_eq!(
        hare.next_wakeup(),
        Some((request.deadline, "hare: full exchange"))
    );
    let late = hare.wake(request.deadline, &store, &mut Vec::new());
    assert_eq!(late, [(request.id, failed)]);

    // A wrong answer after the exchange is the relay's fault.
    let Admission::Exchange(request) = admit(&mut hare, &message, &store) else {
        panic!("a proposal is missing");
    };
    let admission = hare
        .exchange_answered(request.id, Some(vec![id(3)]))
        .unwrap();
    let bad = Verdict::Reject(RejectReason::Signature);
    let conclusion = conclude(&mut hare, admission);
    assert!(matches!(conclusion, Conclusion::Done { verdict, .. } if verdict == bad));
}

#[test]
fn proposals_that_share_a_short_id_are_told_apart_by_the_signature() {
    let mut hare = following(Version::Hare4);
    let short = CompactProposalId([0; 4]);
    let store = Store(vec![(id(1), short), (id(5), short)]);
    // Both are meant: each stored one is taken once.
    let both = preround(&[id(1), id(5)], &[[0; 4], [0; 4]]);
    let admission = admit(&mut hare, &both, &store);
    assert!(accepted(&conclude(&mut hare, admission)));

    // Another than the stored one is meant.
    let mut hare = following(Version::Hare4);
    let store = Store(vec![(id(1), short)]);
    let message = preround(&[id(2)], &[[0; 4]]);
    let admission = admit(&mut hare, &message, &store);
    let Conclusion::Exchange(request) = conclude(&mut hare, admission) else {
        panic!("the signature does not hold for the stored proposal");
    };
    let admission = hare
        .exchange_answered(request.id, Some(vec![id(2)]))
        .unwrap();
    assert!(accepted(&conclude(&mut hare, admission)));
}

#[test]
fn after_a_wrong_guess_the_answer_has_the_length_and_order_of_the_message() {
    let short = CompactProposalId([0; 4]);
    let store = Store(vec![(id(1), short), (id(5), short)]);
    let guess = |hare: &mut Hare, ids: &[ProposalId]| {
        let message = preround(ids, &[[0; 4], [0; 4]]);
        let admission = admit(hare, &message, &store);
        match conclude(hare, admission) {
            Conclusion::Exchange(request) => request.id,
            other => panic!("{other:?}"),
        }
    };
    let mut hare = following(Version::Hare4);
    let request = guess(&mut hare, &[id(2), id(3)]);
    let failed = Admission::Done(Verdict::Ignore(IgnoreReason::ExchangeFailed));
    assert_eq!(
        hare.exchange_answered(request, Some(vec![id(2)])),
        Some(failed)
    );
    // A list that its author did not sort is taken as it is.
    let request = guess(&mut hare, &[id(3), id(2)]);
    let admission = hare
        .exchange_answered(request, Some(vec![id(3), id(2)]))
        .unwrap();
    assert!(accepted(&conclude(&mut hare, admission)));
}

#[test]
fn an_own_message_is_told_from_memory() {
    let mut hare = Hare::new(super::config(Version::Hare4));
    let mut out = Vec::new();
    hare.start_layer(LAYER, START, START, vec![key(1).node_id()], &mut out);
    // The proposal that is voted for shares its short id with a lower one.
    let short = CompactProposalId([0; 4]);
    let store = Store(vec![(id(1), short), (id(5), short)]);
    let own = vec![Seats {
        identity: key(1).node_id(),
        eligibility: super::seats(1, 3),
    }];
    struct OnlyFive(Store);
    impl Proposals for OnlyFive {
        fn selection(&self, _: spacemesh_types::LayerId) -> Vec<ProposalId> {
            vec![id(5)]
        }
        fn compact_ids(
            &self,
            layer: spacemesh_types::LayerId,
        ) -> Vec<(ProposalId, CompactProposalId)> {
            self.0.compact_ids(layer)
        }
    }
    let store = OnlyFive(store);
    hare.seats(START, LAYER, FIRST_ROUND, own, &store, &mut out);
    let preround = START.plus(hare.config().preround_delay);
    hare.wake(preround, &store, &mut out);
    let draft = out
        .into_iter()
        .find_map(|outcome| match outcome.effect {
            SessionEffect::Publish(draft) => Some(draft),
            _ => None,
        })
        .unwrap();
    assert!(draft.sent.proposals.is_empty());
    assert_eq!(draft.signed.proposals.as_slice(), [id(5)]);
    let message = draft.sign(&key(1), &PREFIX);
    let admission = hare.admit(Received(message), Peer::OWN, preround, &store);
    assert!(accepted(&conclude(&mut hare, admission)));
}

#[test]
fn lists_of_senders_without_seats_are_not_kept() {
    let mut hare = following(Version::Hare4);
    let store = Store::of(&[id(1)]);
    let message = preround(&[id(1)], &[[1; 4]]);
    let Admission::Check(unverified) = admit(&mut hare, &message, &store) else {
        panic!("the proposal is stored");
    };
    let checks = Checks {
        seats: None,
        ..GOOD
    };
    hare.conclude(*unverified, checks, START);
    assert_eq!(
        hare.answer_exchange(message.body.hash(Version::Hare4)),
        None
    );
}

#[test]
fn streams_are_read_as_strictly_as_the_reference_reads_them() {
    assert_eq!(parse_exchange_request(&[]), Err(FullExchangeError::Request));
    assert_eq!(
        parse_exchange_request(&[0x20; 32]),
        Err(FullExchangeError::Request)
    );
    let mut long = exchange_request(Hash32::ZERO);
    long.push(0);
    assert_eq!(
        parse_exchange_request(&long),
        Err(FullExchangeError::Request)
    );
    assert!(matches!(
        parse_exchange_response(&[]),
        Err(FullExchangeError::Length)
    ));
    let announced = spacemesh_codec::encode_len(1_000_000);
    let too_long = parse_exchange_response(&announced);
    assert!(matches!(too_long, Err(FullExchangeError::TooLong { .. })));
    let mut short = exchange_response(&[id(1), id(2)]).unwrap();
    short.pop();
    assert!(matches!(
        parse_exchange_response(&short),
        Err(FullExchangeError::Body)
    ));
    // A message may hold more ids than a response: it is not answered.
    assert!(exchange_response(&vec![id(1); IDS_PER_RESPONSE_MAX]).is_some());
    assert!(exchange_response(&vec![id(1); IDS_PER_RESPONSE_MAX + 1]).is_none());
}

#[test]
fn a_short_id_is_the_beginning_of_the_first_eligibility_proof() {
    use spacemesh_types::{
        NodeId, VrfSignature,
        wire::{Ballot, InnerBallot, InnerProposal, Proposal, VotingEligibility},
    };
    let mut proposal = Proposal {
        inner: InnerProposal {
            ballot: Ballot {
                inner: InnerBallot {
                    layer: LAYER,
                    atx_id: Default::default(),
                    opinion_hash: Hash32::ZERO,
                    ref_ballot: Default::default(),
                    epoch_data: None,
                },
                signature: Default::default(),
                smesher_id: NodeId::ZERO,
                votes: Default::default(),
                eligibility_proofs: Default::default(),
                active_set: Default::default(),
            },
            tx_ids: Default::default(),
            mesh_hash: Hash32::ZERO,
        },
        signature: Default::default(),
    };
    assert_eq!(
        compact_id(&proposal),
        None,
        "there is nothing to take it from"
    );
    let proof = |first| {
        let mut proof = [0; VrfSignature::SIZE];
        proof[..5].copy_from_slice(&[first, 2, 3, 4, 5]);
        VotingEligibility {
            j: 0,
            proof: VrfSignature(proof),
        }
    };
    proposal.inner.ballot.eligibility_proofs = [proof(1), proof(9)].into();
    assert_eq!(compact_id(&proposal), Some(CompactProposalId([1, 2, 3, 4])));
}
