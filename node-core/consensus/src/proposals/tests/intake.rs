//! Ballots and proposals on their way in.

use super::*;

#[test]
fn a_good_proposal_is_stored_before_it_votes() {
    let (outcome, effects) = take(&world(), Origin::Gossip, &encode(&proposal(|_| {})));
    assert_eq!(outcome, Outcome::Accepted);
    let names: Vec<_> = effects
        .iter()
        .map(|effect| match effect {
            IntakeEffect::NoteSources(_) => "sources",
            IntakeEffect::ReportBeacon { .. } => "beacon",
            IntakeEffect::StoreBallot { proof: None, .. } => "ballot",
            IntakeEffect::StoreBallot { .. } => "ballot and proof",
            IntakeEffect::MarkMalicious(_) => "malicious",
            IntakeEffect::AddToTortoise { .. } => "tortoise",
            IntakeEffect::StoreProposal { .. } => "proposal",
            IntakeEffect::LinkTransactions { .. } => "transactions",
            IntakeEffect::PublishMalfeasance(_) => "proof",
        })
        .collect();
    let expected = [
        "sources",
        "beacon",
        "ballot",
        "tortoise",
        "proposal",
        "transactions",
    ];
    assert_eq!(names, expected);
}

#[test]
fn the_second_ballot_of_a_layer_makes_its_smesher_malicious_before_it_votes() {
    let mut world = world();
    let first = proposal(|proposal| proposal.inner.ballot.inner.opinion_hash = Hash32([1; 32]));
    let first = first.inner.ballot;
    world.ballots.insert(first.id(), first.clone());
    let second = proposal(|_| {});
    let (outcome, effects) = take(&world, Origin::Gossip, &encode(&second));
    assert_eq!(refusal(outcome), Refusal::Ignore);
    let place = |wanted: fn(&IntakeEffect) -> bool| effects.iter().position(wanted).unwrap();
    let stored = place(|effect| matches!(effect, IntakeEffect::StoreBallot { proof: Some(_), .. }));
    let marked = place(|effect| matches!(effect, IntakeEffect::MarkMalicious(_)));
    let votes = place(|effect| matches!(effect, IntakeEffect::AddToTortoise { .. }));
    let proof = place(|effect| matches!(effect, IntakeEffect::PublishMalfeasance(_)));
    assert!(stored < marked && marked < votes && proof == effects.len() - 1);
    let IntakeEffect::PublishMalfeasance(proof) = &effects[proof] else {
        unreachable!()
    };
    let MisbehaviourProof::MultipleBallots(proof) = &proof.proof else {
        panic!("another proof");
    };
    // The stored one first; both are signed by the smesher.
    assert_eq!(proof.messages[0].inner, first.inner.signed_metadata());
    for message in &proof.messages {
        let signed = encode(&message.inner);
        let key = key().public_key();
        verify(&key, &PREFIX, Domain::Ballot, &signed, &message.signature).unwrap();
    }
    // Of a smesher known to be malicious no second proof is made.
    world.malicious = true;
    assert_eq!(gossip(&world, &second), Outcome::Accepted);
}

#[test]
fn signature_faults_are_ignored_in_proposals_and_rejected_in_synced_ballots() {
    let good = proposal(|_| {});
    let mut bad = good.clone();
    bad.signature.0[0] ^= 1;
    assert_eq!(refusal(gossip(&world(), &bad)), Refusal::Ignore);
    let mut bad = good.clone();
    bad.inner.ballot.signature.0[0] ^= 1;
    let signed = encode(&bad.inner.signed_metadata());
    bad.signature = key().sign(&PREFIX, Domain::Proposal, &signed);
    assert_eq!(refusal(gossip(&world(), &bad)), Refusal::Ignore);

    let (intake, ballot) = (intake(), bad.inner.ballot);
    let id = ballot.id().to_hash32();
    let refused = BallotTask::start(&intake, &encode(&ballot), &id, &mut Vec::new());
    assert_eq!(refused.unwrap_err().refusal, Refusal::Reject);
    let ballot = good.inner.ballot;
    let started =
        |requested| BallotTask::start(&intake, &encode(&ballot), requested, &mut Vec::new());
    assert!(started(&id).is_ok());
    let other = started(&Hash32([1; 32])).unwrap_err();
    assert_eq!(other.refusal, Refusal::Reject);
    let nonsense = BallotTask::start(&intake, &[1], &id, &mut Vec::new());
    assert_eq!(nonsense.unwrap_err().refusal, Refusal::Reject);
}

#[test]
fn a_synced_ballot_is_taken_once_and_its_proof_is_not_published() {
    let (mut intake, mut world) = (intake(), world());
    let ballot = proposal(|_| {}).inner.ballot;
    let other = proposal(|proposal| proposal.inner.ballot.inner.opinion_hash = Hash32([1; 32]));
    world
        .ballots
        .insert(other.inner.ballot.id(), other.inner.ballot);
    let id = ballot.id();
    let mut effects = Vec::new();
    let bytes = encode(&ballot);
    let task = BallotTask::start(&intake, &bytes, &id.to_hash32(), &mut effects);
    let mut task = task.unwrap();
    let outcome = task.advance(&mut intake, &world, &moment(), &mut effects);
    assert_eq!(outcome, Outcome::Accepted);
    let published = |effect: &IntakeEffect| matches!(effect, IntakeEffect::PublishMalfeasance(_));
    assert!(!effects.iter().any(published));
    let marked = effects.contains(&IntakeEffect::MarkMalicious(key().node_id()));
    assert!(marked);
    world.ballots.insert(id, ballot);
    let again = task.advance(&mut intake, &world, &moment(), &mut effects);
    assert_eq!(again, Outcome::Known);
}

#[test]
fn a_known_id_is_never_judged_again() {
    let mut world = world();
    let mut proposal = proposal(|_| {});
    let ballot = proposal.inner.ballot.clone();
    world.ballots.insert(ballot.id(), ballot);
    // Same id, no proof at all: proofs are not covered by the id (trap 7).
    proposal.inner.ballot.eligibility_proofs = [].into();
    sign(&mut proposal);
    assert_eq!(gossip(&world, &proposal), Outcome::Accepted);
}

#[test]
fn each_fault_of_a_proposal_has_its_class() {
    let refused = |change: fn(&mut Proposal)| refusal(gossip(&world(), &proposal(change)));
    let reject = |change| assert_eq!(refused(change), Refusal::Reject);
    let ignore = |change| assert_eq!(refused(change), Refusal::Ignore);
    ignore(|proposal| proposal.inner.ballot.inner.layer = LayerId(7));
    ignore(|proposal| proposal.inner.ballot.inner.layer = LayerId(11));
    ignore(|proposal| proposal.inner.ballot.inner.layer = LayerId(16));
    reject(|proposal| proposal.inner.ballot.inner.atx_id = AtxId::ZERO);
    reject(|proposal| proposal.inner.ballot.inner.atx_id = AtxId([0xee; 32]));
    reject(|proposal| proposal.inner.ballot.inner.epoch_data = None);
    reject(|proposal| proposal.inner.ballot.inner.ref_ballot = BallotId([1; 20]));
    reject(|proposal| {
        let data = proposal.inner.ballot.inner.epoch_data.as_mut();
        data.unwrap().beacon = Beacon::ZERO;
    });
    // The reference aborts on a count of zero (trap 8).
    reject(|proposal| {
        let data = proposal.inner.ballot.inner.epoch_data.as_mut();
        data.unwrap().eligibility_count = 0;
    });
    reject(|proposal| proposal.inner.tx_ids = [TransactionId([1; 32]); 2].into());
    reject(|proposal| {
        let block = |id| BlockHeader {
            id: BlockId([id; 20]),
            layer: LayerId(11),
            height: 1,
        };
        proposal.inner.ballot.votes.support = [block(1), block(2)].into();
    });

    let nonsense = take(&world(), Origin::Gossip, &[0xff; 40]).0;
    assert_eq!(refusal(nonsense), Refusal::Reject);
    let mut trailing = encode(&proposal(|_| {}));
    trailing.push(0);
    let trailing = take(&world(), Origin::Gossip, &trailing).0;
    assert_eq!(refusal(trailing), Refusal::Reject);
    let bad_opinion = World {
        bad_opinion: true,
        ..world()
    };
    let followed = refusal(gossip(&bad_opinion, &proposal(|_| {})));
    assert_eq!(followed, Refusal::DoNotRetry);
    let evicted = World {
        evicted: true,
        ..world()
    };
    assert_eq!(
        refusal(gossip(&evicted, &proposal(|_| {}))),
        Refusal::Ignore
    );
}

#[test]
fn no_slots_are_rejected_before_votes_are_followed() {
    let world = World {
        bad_opinion: true,
        ..world()
    };
    let proposal = proposal(|proposal| {
        let data = proposal.inner.ballot.inner.epoch_data.as_mut();
        data.unwrap().eligibility_count = 0;
    });
    let Outcome::Refused(refused) = gossip(&world, &proposal) else {
        panic!("not refused");
    };
    assert_eq!(refused.why, IntakeFault::NoSlots);
}

#[test]
fn a_task_waits_for_what_is_missing_and_goes_on() {
    let transaction = TransactionId([4; 32]);
    let proposal = proposal(|proposal| proposal.inner.tx_ids = [transaction].into());
    let full = world();
    let mut world = World::default();
    let (mut intake, mut effects) = (intake(), Vec::new());
    let bytes = encode(&proposal);
    let origin = Origin::Fetch(proposal.id().to_hash32());
    let task = ProposalTask::start(&intake, &world, &moment(), origin, &bytes, &mut effects);
    let mut task = task.unwrap();
    let mut go = |world: &World| task.advance(&mut intake, world, &moment(), &mut effects);

    let missing = |dependency| Outcome::Missing(vec![dependency]);
    assert_eq!(go(&world), missing(Dependency::ActiveSet(set_id())));
    // A set whose ATXs are not known has no weight; that is nobody's fault.
    world.sets = full.sets.clone();
    assert_eq!(refusal(go(&world)), Refusal::Ignore);
    world.atxs = full.atxs.clone();
    let ballot = &proposal.inner.ballot;
    let waiting = go(&world);
    assert_eq!(waiting, missing(Dependency::Transaction(transaction)));
    world.ballots.insert(ballot.id(), ballot.clone());
    world.transactions.insert(transaction);
    assert_eq!(go(&world), Outcome::Accepted);
    assert_eq!(task.beacon(), Some(BEACON));
    let stored = |effect: &&IntakeEffect| matches!(effect, IntakeEffect::StoreBallot { .. });
    assert_eq!(effects.iter().filter(stored).count(), 1);
    // A reject of a dependency rejects what needed it (trap 14).
    let refusals = [Refusal::Ignore, Refusal::Reject];
    assert_eq!(Refusal::of_dependencies(refusals), Refusal::Reject);
    assert_eq!(
        Refusal::of_dependencies([Refusal::DoNotRetry]),
        Refusal::Ignore
    );
}

#[test]
fn a_later_ballot_needs_its_base_and_its_reference() {
    let base = BallotId([8; 20]);
    let reference = proposal(|_| {}).inner.ballot;
    let id = reference.id();
    let later = proposal(|proposal| {
        proposal.inner.ballot.inner.epoch_data = None;
        proposal.inner.ballot.inner.ref_ballot = id;
        proposal.inner.ballot.votes.base = base;
    });
    let outcome = gossip(&world(), &later);
    let missing = vec![Dependency::Ballot(base), Dependency::Ballot(id)];
    assert_eq!(outcome, Outcome::Missing(missing));
    let sources = sources_of(&later.inner.ballot);
    let both = [Dependency::Ballot(base), Dependency::Ballot(id)];
    assert_eq!(sources, both);
    let declared = sources_of(&reference);
    assert_eq!(declared, [Dependency::ActiveSet(set_id())]);
}

#[test]
fn the_count_is_that_of_the_declared_set() {
    let data = |count| {
        move |proposal: &mut Proposal| {
            let data = proposal.inner.ballot.inner.epoch_data.as_mut();
            data.unwrap().eligibility_count = count;
        }
    };
    let Outcome::Refused(refused) = gossip(&world(), &proposal(data(11))) else {
        panic!("not refused");
    };
    let fault = EligibilityFault::WrongCount {
        claimed: 11,
        expected: 10,
    };
    assert_eq!(refused.why, IntakeFault::Eligibility(fault));
    assert_eq!(refused.refusal, Refusal::Reject);
}

#[test]
fn tags_other_than_one_are_hashed_as_what_they_mean() {
    // The tag of the epoch data of a later ballot, as another byte than 00 (trap 24).
    let mut proposal = proposal(|proposal| {
        proposal.inner.ballot.inner.epoch_data = None;
        proposal.inner.ballot.inner.ref_ballot = BallotId([1; 20]);
    });
    proposal.inner.ballot.active_set = [].into();
    let mut bytes = encode(&proposal);
    let tag = 1 + 32 + 32 + 20;
    assert_eq!(bytes[tag], 0);
    bytes[tag] = 2;
    let read = decode_tracked::<Proposal>(&bytes).unwrap();
    assert!(!read.canonical);
    assert_eq!(read.value.id(), proposal.id());
    let outcome = take(&world(), Origin::Gossip, &bytes).0;
    assert!(matches!(outcome, Outcome::Missing(_)), "{outcome:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        let (outcome, effects) = take(&world(), Origin::Gossip, &bytes);
        prop_assert!(matches!(outcome, Outcome::Refused(_)) && effects.is_empty());
        let _ = check_active_set(&bytes, &Hash32::ZERO);
        let _ = BallotTask::start(&intake(), &bytes, &Hash32::ZERO, &mut Vec::new());
    }

    #[test]
    fn damaged_proposals_never_panic(place: usize, bit in 0_u8..8) {
        let mut bytes = encode(&proposal(|_| {}));
        let place = place % bytes.len();
        bytes[place] ^= 1 << bit;
        // Every byte is covered by a signature or is one.
        let (outcome, _) = take(&world(), Origin::Gossip, &bytes);
        prop_assert!(matches!(outcome, Outcome::Refused(_)), "{:?}", outcome);
    }

    #[test]
    fn absurd_values_never_panic(weight: u64, other: u64, count: u32, layer: u32, height: u64) {
        let mut world = world();
        world.atxs.get_mut(&atx_id(1)).unwrap().weight = weight;
        world.atxs.get_mut(&atx_id(2)).unwrap().weight = other;
        let proposal = proposal(|proposal| {
            proposal.inner.ballot.inner.epoch_data.as_mut().unwrap().eligibility_count = count;
            let header = BlockHeader { height, ..block(1, layer) };
            proposal.inner.ballot.votes.support = [header].into();
        });
        let _ = gossip(&world, &proposal);
    }
}
