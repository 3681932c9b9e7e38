//! Rules one by one: rounds and time, configuration, selection of proposals, proofs, the patrol.

use std::time::Duration;

use proptest::prelude::*;
use spacemesh_types::{
    AtxId, Beacon, Hash32, LayerId, NodeId, ProposalId,
    wire::{HareProof, MisbehaviourProof, proposal_set_hash},
};

use super::{super::*, LAYER, PREFIX, body, config, id, instance_message, key, signed};

#[test]
fn rounds_are_numbered_and_ordered_as_on_the_wire() {
    assert_eq!(absolute_round(Round::Notify.of(40)).0, 287);
    assert_eq!(
        absolute_round(Round::Notify.of(3)),
        absolute_round(Round::Preround.of(4))
    );
    let mut at = FIRST_ROUND;
    for iter in 0..3 {
        for expected in rounds_of_iteration(iter) {
            assert_eq!(at, expected);
            at = next_round(at);
        }
    }
    for round in Round::ALL {
        assert_eq!(Round::from_number(round.number()), Some(round));
    }
    assert_eq!(Round::from_number(8), None);
}

#[test]
fn mainnet_rounds_begin_at_the_seconds_of_the_table() {
    let config = config(Version::Hare3);
    let seconds = |round: Round, iter| round_start(&config, round.of(iter)).as_secs();
    let of_iteration = |iter| Round::ALL.map(|round| seconds(round, iter));
    assert_eq!(of_iteration(0), [25, 25, 37, 49, 61, 73, 85, 97]);
    assert_eq!(of_iteration(1)[1..], [109, 121, 133, 145, 157, 169, 181]);
    assert_eq!(of_iteration(3)[1..], [277, 289, 301, 313, 325, 337, 349]);
    assert_eq!(config.session_duration(), Duration::from_secs(361));
}

#[test]
fn a_message_seven_rounds_late_gets_the_top_grade_again() {
    let preround = |received| grade(received, FIRST_ROUND);
    let received = rounds_of_iteration(0).map(preround);
    assert_eq!(received.collect::<Vec<_>>(), [6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(preround(Round::Hardlock.of(1)), 255);
    assert_eq!(preround(Round::Softlock.of(1)), 254);
    let commit = |received| grade(received, Round::Commit.of(2));
    assert_eq!(commit(Round::Preround.of(0)), 6, "early is on time");
    assert_eq!(commit(Round::Hardlock.of(3)), 4);
    assert_eq!(commit(Round::Wait2.of(3)), 0);
    assert_eq!(commit(Round::Commit.of(3)), 255);
    assert_eq!(delay(Round::Hardlock.of(1), Round::Notify.of(0)), 1);
    assert_eq!(delay(Round::Softlock.of(1), Round::Propose.of(0)), 6);
}

#[test]
fn committees_and_ranges_follow_the_configuration() {
    let mut config = HareConfig {
        committee: 400,
        committee_upgrade: Some(CommitteeUpgrade {
            layer: LayerId(16),
            size: 50,
        }),
        enable: true,
        enable_layer: LayerId(10),
        disable_layer: LayerId(20),
        ..HareConfig::defaults(Version::Hare3)
    };
    let sizes = [0, 15, 16, 100].map(|layer| config.committee_for(LayerId(layer)));
    assert_eq!(sizes, [400, 400, 50, 50]);
    assert_eq!(config.threshold(LayerId(15)), 201);
    assert_eq!(config.threshold(LayerId(16)), 26);
    assert_eq!(
        config.committee_of_round(LayerId(16), Round::Propose.of(1)),
        5
    );
    let runs = [9, 10, 19, 20].map(|layer| config.runs(LayerId(layer)));
    assert_eq!(runs, [false, true, true, false]);
    let first = |current, genesis| config.first_layer(LayerId(current), LayerId(genesis));
    assert_eq!(first(3, 7), Some(LayerId(10)));
    assert_eq!(
        first(12, 7),
        Some(LayerId(13)),
        "the layer in progress is never joined"
    );
    assert_eq!(first(12, 17), Some(LayerId(18)));
    assert_eq!(first(19, 7), None);
    assert_eq!(first(u32::MAX, 7), None);
    config.enable = false;
    assert!(!config.runs(LayerId(12)));
}

#[test]
fn a_session_must_fit_into_the_patience_of_the_tortoise() {
    let defaults = HareConfig::defaults(Version::Hare3);
    let error = defaults.validate(8, Duration::from_secs(30)).unwrap_err();
    assert!(matches!(error, HareConfigError::SessionTooLong { .. }));
    assert!(error.to_string().contains("361s"), "{error}");
    assert_eq!(defaults.validate(2, Duration::from_secs(300)), Ok(()));
    let empty = HareConfig {
        enable: true,
        enable_layer: LayerId(5),
        disable_layer: LayerId(5),
        ..defaults
    };
    let error = empty.validate(2, Duration::from_secs(300)).unwrap_err();
    assert!(matches!(error, HareConfigError::EmptyRange { .. }));
}

#[test]
fn networks_are_configured_as_in_the_table() {
    use spacemesh_types::{
        Preset,
        config::{Config, Host},
    };
    let of = |preset: Preset| {
        let builder = Config::builder(Host::default()).preset(preset);
        builder.build().unwrap()
    };
    let mainnet = of(Preset::Mainnet);
    let hare = HareConfig::from_config(&mainnet, Version::Hare3);
    assert_eq!((hare.enable, hare.enable_layer), (true, LayerId(35_117)));
    assert_eq!(hare.threshold(LayerId(105_719)), 201);
    assert_eq!(hare.threshold(LayerId(105_720)), 26);
    assert_eq!(hare.validate(2, Duration::from_secs(300)), Ok(()));
    assert!(!HareConfig::from_config(&mainnet, Version::Hare4).enable);
    assert_eq!(Version::Hare3.topic(&mainnet), "/h/3.0");
    assert_eq!(Version::Hare4.topic(&mainnet), "/h/4.0");
    let testnet = of(Preset::Testnet);
    assert_eq!(Version::Hare3.topic(&testnet), "");
    let hare = HareConfig::from_config(&testnet, Version::Hare3);
    assert_eq!(
        (hare.enable_layer, hare.committee_upgrade),
        (LayerId(7366), None)
    );
    let fastnet = HareConfig::from_config(&of(Preset::Fastnet), Version::Hare3);
    assert_eq!((fastnet.leaders, fastnet.iterations_limit), (10, 2));
    assert_eq!(
        fastnet.session_duration(),
        Duration::from_millis(3_000 + 14 * 700)
    );
    assert_eq!(
        HareConfig::from_config(&mainnet, Version::Hare4),
        HareConfig::defaults(Version::Hare4)
    );

    use crate::{blocks::GeneratorConfig, certifier::CertifierConfig};
    let certifier = CertifierConfig::from_config(&mainnet);
    assert_eq!((certifier.threshold(), certifier.layer_buffer), (101, 2));
    let fastnet = of(Preset::Fastnet);
    assert_eq!(CertifierConfig::from_config(&fastnet).committee, 800);
    let generator = GeneratorConfig::from_config(&mainnet);
    assert_eq!(
        (generator.gas_limit, generator.threshold_percent),
        (100_107_000, 90)
    );
}

#[test]
fn ids_are_hashed_as_32_bytes_in_the_order_sent() {
    let padded = |ids: &[ProposalId]| {
        let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_hash32().0).collect();
        spacemesh_types::sum([bytes])
    };
    assert_eq!(proposal_set_hash(&[id(2), id(1)]), padded(&[id(2), id(1)]));
    assert_ne!(
        proposal_set_hash(&[id(2), id(1)]),
        proposal_set_hash(&[id(1), id(2)])
    );
}

/// Own ATX 0 with base 10 and height 100.
fn selected(candidates: &[Candidate], bases: &[(u8, u64)]) -> Vec<ProposalId> {
    let base = |atx: AtxId| {
        let of = bases.iter().find(|(number, _)| atx == AtxId([*number; 32]));
        of.map(|&(_, base)| base)
    };
    select_proposals([100], Beacon([1; 4]), candidates, base)
}

fn candidate(number: u8) -> Candidate {
    Candidate {
        id: id(number),
        atx: AtxId([number; 32]),
        malicious: false,
        beacon: Some(Beacon([1; 4])),
    }
}

#[test]
fn proposals_are_selected_as_the_reference_does() {
    let (own, other, third) = (candidate(0), candidate(1), candidate(2));
    let bases = [(0, 10), (1, 11), (2, 12)];
    assert_eq!(selected(&[own, other], &bases), [own.id, other.id]);
    let beacon = |beacon| Candidate { beacon, ..other };
    assert_eq!(
        selected(&[own, beacon(Some(Beacon([2; 4])))], &bases),
        [own.id]
    );
    assert_eq!(selected(&[own, beacon(None)], &bases), [own.id]);
    let same_atx = Candidate {
        atx: other.atx,
        ..third
    };
    assert_eq!(selected(&[own, other, same_atx], &bases), [own.id]);
    assert_eq!(selected(&[other, own], &[(0, 10), (1, 101)]), [own.id]);
    assert_eq!(
        selected(&[other, own], &[(0, 10), (1, 100)]),
        [own.id],
        "equal heights exclude"
    );
    let malicious = Candidate {
        malicious: true,
        ..own
    };
    assert_eq!(selected(&[malicious, other], &bases), [other.id]);
}

#[test]
fn one_unknown_atx_empties_the_vote_and_so_does_having_none() {
    let (own, other) = (candidate(0), candidate(1));
    assert!(selected(&[own, other], &[(0, 10)]).is_empty());
    let malicious = Candidate {
        malicious: true,
        ..other
    };
    assert_eq!(
        selected(&[own, malicious], &[(0, 10)]),
        [own.id],
        "it is skipped before"
    );
    let none = select_proposals([], Beacon([1; 4]), &[own], |_| Some(0));
    assert!(none.is_empty());
    let lowest = select_proposals([300, 11, 200], Beacon([1; 4]), &[own], |_| Some(11));
    assert!(lowest.is_empty(), "the lowest own height is the limit");
}

fn proof() -> HareProof {
    let mut hare = super::following(Version::Hare3);
    let mut found = None;
    for set in [vec![id(1)], vec![id(2)]] {
        let message = signed(Version::Hare3, &key(1), body(FIRST_ROUND, &set, None));
        found = conclude(&mut hare, message);
    }
    let found = found.unwrap();
    assert_eq!(found.identity, key(1).node_id());
    assert_eq!(found.proof.layer, LAYER);
    match found.proof.proof {
        MisbehaviourProof::HareEquivocation(proof) => proof,
        other => panic!("{other:?}"),
    }
}

fn conclude(hare: &mut Hare, message: Message) -> Option<Equivocation> {
    let store = super::Store::default();
    match hare.admit(Received(message), Peer(1), super::START, &store) {
        Admission::Check(unverified) => {
            match hare.conclude(*unverified, super::GOOD, super::START) {
                Conclusion::Done { equivocation, .. } => equivocation.map(|found| *found),
                Conclusion::Exchange(request) => panic!("{request:?}"),
            }
        }
        other => panic!("{other:?}"),
    }
}

fn checked(proof: &HareProof) -> Result<NodeId, InvalidEquivocation> {
    check_equivocation(proof, |check| check.holds(&PREFIX), |_| true)
}

#[test]
fn a_proof_names_the_identity_that_contradicted_itself() {
    let proof = proof();
    assert_eq!(checked(&proof), Ok(key(1).node_id()));
    let unknown = check_equivocation(&proof, |_| true, |_| false);
    assert_eq!(
        unknown,
        Err(InvalidEquivocation::UnknownIdentity(key(1).node_id()))
    );
}

#[test]
fn a_proof_that_shows_nothing_is_refused() {
    let good = proof();
    let other = |change: fn(&mut HareProof)| {
        let mut proof = good;
        change(&mut proof);
        // Signed again, so that only the change counts.
        for (message, number) in proof.messages.iter_mut().zip([1, 1]) {
            let bytes = spacemesh_codec::encode(&message.inner);
            message.signature = key(number).sign(&PREFIX, spacemesh_crypto::Domain::Hare, &bytes);
        }
        checked(&proof).unwrap_err()
    };
    use InvalidEquivocation as Invalid;
    assert_eq!(
        other(|proof| proof.messages[1].inner.message_hash = proof.messages[0].inner.message_hash),
        Invalid::SameMessage
    );
    let layer = other(|proof| proof.messages[1].inner.layer.0 += 1);
    assert!(matches!(layer, Invalid::OtherLayer(..)));
    let round = other(|proof| proof.messages[1].inner.round += 1);
    assert!(matches!(round, Invalid::OtherRound(..)));

    let mut two = good;
    let bytes = spacemesh_codec::encode(&two.messages[1].inner);
    two.messages[1].smesher_id = key(2).node_id();
    two.messages[1].signature = key(2).sign(&PREFIX, spacemesh_crypto::Domain::Hare, &bytes);
    assert!(matches!(checked(&two), Err(Invalid::OtherIdentity(..))));
    let mut unsigned = good;
    unsigned.messages[1].signature.0[5] ^= 1;
    assert_eq!(checked(&unsigned), Err(Invalid::Signature(1)));
}

#[test]
fn the_patrol_keeps_the_syncer_away_for_a_while() {
    let mut patrol = LayerPatrol::default();
    patrol.mark(LayerId(10));
    assert!(patrol.hare_in_charge(LayerId(10), LayerId(11), 2));
    assert!(!patrol.hare_in_charge(LayerId(10), LayerId(12), 2));
    assert!(!patrol.hare_in_charge(LayerId(11), LayerId(11), 2));
    patrol.mark(LayerId(109));
    assert!(patrol.is_marked(LayerId(10)));
    patrol.mark(LayerId(110));
    assert!(!patrol.is_marked(LayerId(10)), "an old mark ages out");
    patrol.unmark(LayerId(109));
    assert!(!patrol.is_marked(LayerId(109)));
}

#[test]
fn seats_that_overflow_sixteen_bits_wrap() {
    let mut instance = Instance::new(10);
    for sender in 1..=2 {
        let mut message = instance_message(sender, FIRST_ROUND, sender);
        message.proposals = vec![id(1)];
        message.eligibility.count = 1 << 15;
        assert!(instance.input(&message).forward);
    }
    instance.execute();
    instance.execute();
    let proposed = instance.execute().message;
    assert_eq!(
        proposed,
        Some((Round::Propose.of(0), Vote::Proposals(Vec::new())))
    );
}

#[test]
fn iteration_zero_looks_back_without_harm() {
    // A commit of iteration 255 is what "the iteration before" names in iteration 0.
    let mut instance = Instance::new(10);
    let mut set = instance_message(1, FIRST_ROUND, 1);
    set.proposals = vec![id(1), id(2)];
    set.eligibility.count = 11;
    instance.input(&set);
    for _ in 0..3 {
        instance.execute();
    }
    let mut leader = instance_message(1, Round::Propose.of(0), 2);
    leader.proposals = vec![id(1)];
    instance.input(&leader);
    let mut commit = instance_message(1, Round::Commit.of(255), 3);
    commit.reference = Some(proposal_set_hash(&[id(1)]));
    commit.eligibility.count = 11;
    instance.input(&commit);
    for _ in 0..2 {
        instance.execute();
    }
    let expected = Vote::Reference(proposal_set_hash(&[id(1)]));
    assert_eq!(
        instance.execute().message,
        Some((Round::Commit.of(0), expected))
    );
}

#[test]
fn leaders_and_coins_are_ordered_by_their_last_byte_first() {
    let mut instance = Instance::new(1);
    let mut set = instance_message(1, FIRST_ROUND, 1);
    set.proposals = vec![id(1), id(2)];
    // As bytes 00 … 02 is the smaller one, as little-endian numbers 01 … 01.
    set.eligibility.proof.0 = [0; 80];
    set.eligibility.proof.0[79] = 2;
    instance.input(&set);
    let mut smaller = set.clone();
    smaller.sender = NodeId([2; 32]);
    smaller.eligibility.proof.0[79] = 1;
    smaller.eligibility.proof.0[0] = 1;
    instance.input(&smaller);
    instance.execute();
    assert_eq!(instance.execute().coin, Some(true));
    instance.execute();
    for (sender, message) in [(1, &set), (2, &smaller)] {
        let mut leader = instance_message(sender, Round::Propose.of(0), 7);
        leader.proposals = vec![id(1), id(2)];
        if sender == 2 {
            leader.proposals.reverse();
        }
        leader.eligibility.proof = message.eligibility.proof;
        instance.input(&leader);
    }
    for _ in 0..2 {
        instance.execute();
    }
    let expected = Vote::Reference(proposal_set_hash(&[id(2), id(1)]));
    assert_eq!(
        instance.execute().message,
        Some((Round::Commit.of(0), expected)),
        "as sent, not sorted"
    );
}

proptest! {
    #[test]
    fn a_delay_is_the_number_of_rounds_in_between(iter in 0_u8..4, round in 0_u8..8, steps in 0_u32..30) {
        let mut target = FIRST_ROUND;
        while (target.iter, target.round) < (iter, round) {
            target = next_round(target);
        }
        let mut received = target;
        for _ in 0..steps {
            received = next_round(received);
        }
        prop_assert_eq!(delay(received, target), steps);
        let floor = u8::try_from(6_i64.rem_euclid(256)).unwrap();
        let expected = i64::from(floor) - i64::from(steps);
        prop_assert_eq!(i64::from(grade(received, target)), expected.rem_euclid(256));
        prop_assert_eq!(delay(target, received), 0);
    }

    #[test]
    fn the_threshold_is_more_than_half(committee in 1_u16..1000) {
        let config = HareConfig { committee, ..config(Version::Hare3) };
        let threshold = config.threshold(LayerId(0));
        prop_assert!(u32::from(threshold) * 2 > u32::from(committee));
        prop_assert!(u32::from(threshold - 1) * 2 <= u32::from(committee));
    }

    #[test]
    fn any_message_survives_its_encoding(four: bool, at in (0_u8..=255, 0_u8..=255), ids in prop::collection::vec(any::<[u8; 20]>(), 0..5), reference: Option<[u8; 32]>) {
        let version = if four { Version::Hare4 } else { Version::Hare3 };
        let at = spacemesh_types::wire::IterRound { iter: at.0, round: at.1 };
        let ids: Vec<ProposalId> = ids.into_iter().map(ProposalId).collect();
        let message = signed(version, &key(3), body(at, &ids, reference.map(Hash32)));
        let again = Received::decode(version, &message.encode()).map(|received| received.0);
        prop_assert_eq!(again, Ok(message));
    }
}
