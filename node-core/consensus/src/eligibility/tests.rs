//! Slots, seats and committees: what the chapter's files do not show.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{cell::Cell, collections::BTreeMap};

use proptest::prelude::*;
use spacemesh_crypto::SigningKey;
use spacemesh_types::{
    AtxId, BallotId, Beacon, EpochId, Hash32, LayerId, LayersPerEpoch, NodeId, RoundId, VrfNonce,
    VrfSignature,
    wire::{Ballot, EpochData, HareVrfInput, InnerBallot, VotingEligibility},
};

use super::*;
use crate::verdict::Refusal;

const BEACON: Beacon = Beacon([7, 7, 7, 7]);

fn per_epoch() -> LayersPerEpoch {
    LayersPerEpoch::new(10).unwrap()
}

fn rules() -> SlotRules {
    SlotRules {
        layer_size: 5,
        layers_per_epoch: per_epoch(),
        minimal_weights: MinimalWeights::default(),
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn atx_id(seed: u8) -> AtxId {
    AtxId([seed; 32])
}

/// A small stored state.
#[derive(Debug, Default)]
struct World {
    atxs: BTreeMap<(EpochId, AtxId), AtxFacts>,
    references: BTreeMap<BallotId, ReferenceBallot>,
    blocks: BTreeMap<EpochId, Vec<AtxId>>,
    ballots: BTreeMap<(EpochId, AtxId), FirstBallot>,
    sets: BTreeMap<Hash32, Vec<AtxId>>,
    beacons: BTreeMap<EpochId, Beacon>,
    asked_for_blocks: Cell<u32>,
}

impl World {
    fn with_atx(mut self, epoch: u32, seed: u8, weight: u64) -> Self {
        let facts = AtxFacts {
            smesher: key(seed).node_id(),
            weight,
            nonce: VrfNonce(u64::from(seed)),
        };
        self.atxs.insert((EpochId(epoch), atx_id(seed)), facts);
        self
    }
}

impl AtxSource for World {
    fn atx(&self, target: EpochId, id: &AtxId) -> Option<AtxFacts> {
        self.atxs.get(&(target, *id)).copied()
    }
}

impl ReferenceSource for World {
    fn reference(&self, id: &BallotId) -> Option<ReferenceBallot> {
        self.references.get(id).copied()
    }
}

impl ActiveSetSource for World {
    fn rewarded_by_first_block(&self, epoch: EpochId) -> Option<Vec<AtxId>> {
        self.asked_for_blocks.set(self.asked_for_blocks.get() + 1);
        self.blocks.get(&epoch).cloned()
    }
    fn first_ballot_of_atx(&self, epoch: EpochId, atx: &AtxId) -> Option<FirstBallot> {
        self.ballots.get(&(epoch, *atx)).copied()
    }
    fn first_ballots(&self, epoch: EpochId) -> Vec<FirstBallot> {
        let of_epoch = self.ballots.iter().filter(|((of, _), _)| *of == epoch);
        of_epoch.map(|(_, ballot)| *ballot).collect()
    }
    fn active_set(&self, id: &Hash32) -> Option<Vec<AtxId>> {
        self.sets.get(id).cloned()
    }
    fn beacon(&self, epoch: EpochId) -> Option<Beacon> {
        self.beacons.get(&epoch).copied()
    }
}

fn declares(set: u8, beacon: Beacon) -> FirstBallot {
    FirstBallot {
        data: Some(EpochData {
            active_set_hash: Hash32([set; 32]),
            beacon,
            eligibility_count: 1,
        }),
    }
}

/// The first reference ballot that smesher 1 can publish in epoch 3, with 10 slots.
fn reference_ballot() -> Ballot {
    let table = SlotTable::prove(&key(1), BEACON, EpochId(3), VrfNonce(1), 10, per_epoch());
    let (layer, slots) = table.layers().next().unwrap();
    Ballot {
        inner: InnerBallot {
            layer,
            atx_id: atx_id(1),
            opinion_hash: Hash32::ZERO,
            ref_ballot: BallotId::ZERO,
            epoch_data: Some(EpochData {
                active_set_hash: Hash32([9; 32]),
                beacon: BEACON,
                eligibility_count: 10,
            }),
        },
        signature: [0; 64].into(),
        smesher_id: key(1).node_id(),
        votes: Default::default(),
        eligibility_proofs: slots.to_vec().try_into().unwrap(),
        active_set: [].into(),
    }
}

/// Checks in the ballot's own epoch with an active set of weight 500, in which 100 give 10 slots.
fn check(world: &World, ballot: &Ballot) -> Result<BallotEligibility, EligibilityFault> {
    check_ballot(&rules(), world, ballot, 500, EpochId(3))
}

#[test]
fn everybody_has_a_slot_and_the_lighter_set_counts_as_the_minimum() {
    let count = |weight, total| rules().count(EpochId(1), weight, total);
    assert_eq!(count(1, u64::MAX), Some(1));
    assert_eq!(count(0, 5), Some(1));
    assert_eq!(count(5, 0), None);
    let minimal = MinimalWeights::new(vec![(EpochId(0), 1000)]).unwrap();
    let rules = SlotRules {
        minimal_weights: minimal,
        ..rules()
    };
    assert_eq!(rules.count(EpochId(1), 100, 10), Some(5));
    assert_eq!(rules.count(EpochId(1), 100, 0), None);
}

#[test]
fn weights_wrap_and_counts_are_cut() {
    // 2^63 · 50 wraps to zero in 64 bits.
    assert_eq!(rules().count(EpochId(1), 1 << 63, 1), Some(1));
    // 2^40 · 50 is cut to 32 bits, in which nothing is left.
    assert_eq!(rules().count(EpochId(1), 1 << 40, 1), Some(0));
}

#[test]
fn a_table_of_weights_out_of_order_is_refused() {
    let table = vec![(EpochId(4), 1), (EpochId(2), 2)];
    assert!(MinimalWeights::new(table).is_err());
}

#[test]
fn a_reference_ballot_with_the_right_count_is_eligible() {
    let world = World::default().with_atx(3, 1, 100);
    let eligibility = check(&world, &reference_ballot()).unwrap();
    assert_eq!((eligibility.slots, eligibility.atx_weight), (10, 100));
    assert_eq!(eligibility.beacon, BEACON);
}

#[test]
fn the_count_is_computed_for_the_current_epoch_only() {
    let world = World::default().with_atx(3, 1, 100);
    let ballot = reference_ballot();
    let check = |current| check_ballot(&rules(), &world, &ballot, 1000, EpochId(current));
    assert!(matches!(
        check(3),
        Err(EligibilityFault::WrongCount {
            claimed: 10,
            expected: 5
        })
    ));
    // Also of epochs to come, which only synchronisation lets in.
    assert!(check(4).is_ok() && check(2).is_ok());
}

#[test]
fn each_fault_of_a_ballot_has_its_class() {
    let world = World::default().with_atx(3, 1, 100);
    let refusal = |change: fn(&mut Ballot)| {
        let mut ballot = reference_ballot();
        change(&mut ballot);
        check(&world, &ballot).map_err(EligibilityFault::refusal)
    };
    let reject = |change| assert_eq!(refusal(change), Err(Refusal::Reject));
    reject(|ballot| ballot.eligibility_proofs = [].into());
    reject(|ballot| ballot.smesher_id = NodeId([1; 32]));
    reject(|ballot| ballot.inner.epoch_data = None);
    reject(|ballot| ballot.inner.epoch_data.as_mut().unwrap().beacon = Beacon::ZERO);
    reject(|ballot| {
        ballot.inner.epoch_data.as_mut().unwrap().eligibility_count = 11;
    });
    reject(|ballot| ballot.inner.ref_ballot = BallotId([1; 20]));
    reject(|ballot| {
        let mut slot = ballot.eligibility_proofs[0];
        slot.j = 10;
        ballot.eligibility_proofs = [slot].into();
    });
    reject(|ballot| {
        let slot = ballot.eligibility_proofs[0];
        ballot.eligibility_proofs = [slot, slot].into();
    });
    // The right proof in the wrong layer.
    reject(|ballot| ballot.inner.layer = LayerId(30 + (ballot.inner.layer.0 + 1) % 10));

    // A wrong proof is never rejected (trap 13).
    let wrong = refusal(|ballot| {
        let mut slot = ballot.eligibility_proofs[0];
        slot.proof.0[60] ^= 1;
        ballot.eligibility_proofs = [slot].into();
    });
    assert_eq!(wrong, Err(Refusal::DoNotRetry));
    let unknown = refusal(|ballot| ballot.inner.atx_id = atx_id(9));
    assert_eq!(unknown, Err(Refusal::Ignore));
}

#[test]
fn a_later_ballot_must_agree_with_its_reference() {
    let mut world = World::default().with_atx(3, 1, 100);
    let reference = reference_ballot();
    let id = reference.id();
    let mut ballot = reference.clone();
    ballot.inner.epoch_data = None;
    ballot.inner.ref_ballot = id;
    let fault = |world: &World| check(world, &ballot).map(|_| ());
    assert_eq!(fault(&world), Err(EligibilityFault::UnknownReference(id)));

    let good = ReferenceBallot {
        smesher: reference.smesher_id,
        atx: reference.inner.atx_id,
        layer: reference.inner.layer,
        data: reference.inner.epoch_data,
    };
    let mut with = |reference: ReferenceBallot| {
        world.references.insert(id, reference);
        fault(&world)
    };
    assert_eq!(with(good), Ok(()));
    let other = with(ReferenceBallot {
        atx: atx_id(2),
        ..good
    });
    assert_eq!(other, Err(EligibilityFault::OtherAtx));
    let smesher = NodeId([2; 32]);
    assert_eq!(
        with(ReferenceBallot { smesher, ..good }),
        Err(EligibilityFault::OtherSmesher)
    );
    let layer = LayerId(25);
    assert_eq!(
        with(ReferenceBallot { layer, ..good }),
        Err(EligibilityFault::OtherEpoch(EpochId(2)))
    );
    let data = None;
    assert_eq!(
        with(ReferenceBallot { data, ..good }),
        Err(EligibilityFault::ReferenceWithoutData)
    );
}

#[test]
fn all_slots_of_a_layer_go_into_one_ballot_ascending() {
    let table = SlotTable::prove(&key(1), BEACON, EpochId(3), VrfNonce(1), 60, per_epoch());
    let mut all = Vec::new();
    for (layer, slots) in table.layers() {
        assert!((30..40).contains(&layer.0));
        assert!(slots.is_sorted_by_key(|slot: &VotingEligibility| slot.j));
        all.extend(slots.iter().map(|slot| slot.j));
    }
    all.sort_unstable();
    assert_eq!(all, (0..60).collect::<Vec<_>>());
}

fn oracle_rules() -> OracleRules {
    OracleRules {
        layers_per_epoch: per_epoch(),
        effective_genesis: LayerId(19),
        confidence: 3,
    }
}

#[test]
fn the_first_layers_of_an_epoch_use_the_weights_before_except_after_genesis() {
    let epoch = |layer| oracle_rules().epoch_of_set(LayerId(layer)).unwrap().0;
    assert_eq!([epoch(20), epoch(22), epoch(29)], [2, 2, 2]);
    assert_eq!([epoch(30), epoch(32), epoch(33)], [2, 2, 3]);
    let before = oracle_rules().epoch_of_set(LayerId(19));
    assert_eq!(before, Err(OracleError::BeforeGenesis(LayerId(19))));
    // A checkpoint in the middle of an epoch: that epoch has no delay either.
    let recovered = OracleRules {
        effective_genesis: LayerId(44),
        ..oracle_rules()
    };
    assert_eq!(recovered.epoch_of_set(LayerId(45)).unwrap(), EpochId(4));
    assert_eq!(recovered.epoch_of_set(LayerId(50)).unwrap(), EpochId(4));
}

#[test]
fn the_input_has_the_beacon_of_the_layers_own_epoch() {
    let mut world = World::default().with_atx(2, 1, 100).with_atx(3, 2, 100);
    world.beacons = [(EpochId(2), Beacon([2; 4])), (EpochId(3), BEACON)].into();
    let mut oracle = Oracle::new(oracle_rules());
    oracle.trust(EpochId(2), vec![atx_id(1)]);
    let layer = LayerId(30);
    let input = oracle.input(&world, layer, RoundId(0)).unwrap();
    assert_eq!(input.beacon, BEACON);
    // Yet the weights are those of epoch 2: smesher 1 is in, smesher 2 is not.
    let question = |seed| SeatQuestion {
        layer,
        round: RoundId(0),
        size: 10,
        smesher: key(seed).node_id(),
    };
    let proof = key(1).prove_vrf(&input.alpha());
    let expected = Seats::new().count(100, 100, 10, &proof).unwrap();
    assert_eq!(oracle.seats(&world, &question(1), &proof), Ok(expected));
    let refused = oracle.seats(&world, &question(2), &proof);
    assert!(matches!(refused, Err(OracleError::NotActive { .. })));
}

#[test]
fn a_proof_of_something_else_has_no_seats_and_is_no_error() {
    let mut world = World::default().with_atx(3, 1, 100);
    world.beacons = [(EpochId(3), BEACON)].into();
    let mut oracle = Oracle::new(oracle_rules());
    oracle.trust(EpochId(3), vec![atx_id(1)]);
    let question = SeatQuestion {
        layer: LayerId(35),
        round: RoundId(0),
        size: 10,
        smesher: key(1).node_id(),
    };
    let other = HareVrfInput::new(BEACON, RoundId(1), LayerId(35));
    let proof = key(1).prove_vrf(&other.alpha());
    assert_eq!(oracle.seats(&world, &question, &proof), Ok(0));
    assert_eq!(oracle.validate(&world, &question, &proof, 10), Ok(false));
    let nobody = SeatQuestion {
        size: 0,
        ..question
    };
    let no_seats = Err(OracleError::Seats(SeatsError::NoSeats));
    assert_eq!(oracle.seats(&world, &nobody, &proof), no_seats);
}

#[test]
fn the_set_is_that_of_the_first_block_and_stays_until_it_is_forgotten() {
    let mut world = World::default().with_atx(3, 1, 100).with_atx(3, 2, 50);
    world.blocks = [(EpochId(3), vec![atx_id(1)])].into();
    world.ballots = [((EpochId(3), atx_id(1)), declares(9, BEACON))].into();
    world.sets = [(Hash32([9; 32]), vec![atx_id(2)])].into();
    let mut oracle = Oracle::new(oracle_rules());
    let layer = LayerId(35);
    let total =
        |oracle: &mut Oracle, world: &World| oracle.committee(world, layer).unwrap().total();
    // The rewarded ATX and what it declared.
    assert_eq!(total(&mut oracle, &world), 150);
    // A reorganisation changes nothing.
    world.sets = [(Hash32([9; 32]), vec![])].into();
    assert_eq!(total(&mut oracle, &world), 150);
    assert_eq!(world.asked_for_blocks.get(), 1);
    oracle.forget();
    assert_eq!(total(&mut oracle, &world), 100);
}

#[test]
fn without_a_block_ballots_with_the_right_beacon_tell_the_set() {
    let mut world = World::default()
        .with_atx(3, 1, 100)
        .with_atx(3, 2, 50)
        .with_atx(3, 3, 7);
    world.beacons = [(EpochId(3), BEACON)].into();
    world.ballots = [
        ((EpochId(3), atx_id(1)), declares(1, BEACON)),
        ((EpochId(3), atx_id(2)), declares(2, Beacon([1; 4]))),
        ((EpochId(3), atx_id(3)), declares(3, BEACON)),
        ((EpochId(3), atx_id(4)), FirstBallot { data: None }),
    ]
    .into();
    // The set of the third is not stored.
    world.sets = [
        (Hash32([1; 32]), vec![atx_id(1), atx_id(3)]),
        (Hash32([2; 32]), vec![atx_id(2)]),
    ]
    .into();
    let mut oracle = Oracle::new(oracle_rules());
    let committee = oracle.committee(&world, LayerId(35)).unwrap();
    assert_eq!(committee.total(), 107);

    // Incomplete sets are errors and are not remembered.
    world.sets.insert(Hash32([3; 32]), vec![atx_id(8)]);
    oracle.forget();
    let missing = oracle.committee(&world, LayerId(35)).map(Committee::total);
    let (epoch, atx) = (EpochId(3), atx_id(8));
    assert_eq!(missing, Err(OracleError::MissingAtx { epoch, atx }));
    world.sets.clear();
    let empty = oracle.committee(&world, LayerId(35)).map(Committee::total);
    assert_eq!(empty, Err(OracleError::EmptySet(epoch)));
}

#[test]
fn the_first_trusted_set_wins_over_blocks_and_later_ones() {
    let mut world = World::default().with_atx(3, 1, 100).with_atx(3, 2, 50);
    world.blocks = [(EpochId(3), vec![])].into();
    let mut oracle = Oracle::new(oracle_rules());
    oracle.trust(EpochId(3), vec![atx_id(2)]);
    oracle.trust(EpochId(3), vec![atx_id(1)]);
    let committee = oracle.committee(&world, LayerId(35)).unwrap();
    assert_eq!(committee.total(), 50);
}

#[test]
fn of_two_atxs_of_a_smesher_the_larger_id_counts() {
    let mut world = World::default().with_atx(3, 1, 100);
    let facts = world.atxs[&(EpochId(3), atx_id(1))];
    let second = AtxFacts { weight: 7, ..facts };
    world.atxs.insert((EpochId(3), atx_id(5)), second);
    for set in [[atx_id(1), atx_id(5)], [atx_id(5), atx_id(1)]] {
        let committee = Committee::new(&world, EpochId(3), &set).unwrap();
        assert_eq!((committee.total(), committee.len()), (7, 1));
    }
}

#[test]
fn weight_above_two_to_the_thirty_has_no_seats() {
    let mut seats = Seats::new();
    let proof = VrfSignature([0xff; 80]);
    let heavy = WEIGHT_MAX + 1;
    assert_eq!(seats.count(heavy, 4 * heavy, 50, &proof), Ok(0));
    assert_eq!(
        seats.validate(heavy, 4 * heavy, 50, &proof, 0),
        Err(SeatsError::TooHeavy(heavy))
    );
}

#[test]
fn only_seven_bytes_of_a_proof_decide_seats() {
    let mut seats = Seats::new();
    let mut proof = VrfSignature([0x5a; 80]);
    let count = seats.count(9216, 10_240, 10, &proof);
    proof.0[7] = 0;
    proof.0[79] = 0;
    assert_eq!(seats.count(9216, 10_240, 10, &proof), count);
    proof.0[6] = 0;
    assert_ne!(seats.count(9216, 10_240, 10, &proof), count);
}

#[test]
fn what_was_used_last_is_remembered() {
    let mut recent = Recent::new(3);
    for number in 0..100 {
        recent.insert(number, number);
        recent.get(&0);
        assert!(recent.len() <= 6);
    }
    assert!(recent.get(&0).is_some() && recent.get(&99).is_some());
    assert!(recent.get(&50).is_none());
}

proptest! {
    #[test]
    fn absurd_weights_do_not_panic(weight: u64, total: u64, size: u32, count: u16, bytes: [u8; 8]) {
        let mut proof = VrfSignature([0; 80]);
        proof.0[..8].copy_from_slice(&bytes);
        // Small committees, so that a search for a count ends soon.
        for (weight, total, size) in [(weight, total, size % 500), (weight % 1000, total, size % 50), (weight, total % 1000, size % 50)] {
            let _ = Seats::new().validate(weight, total, size, &proof, count);
            if weight <= total {
                let _ = Seats::new().count(weight, total, size, &proof);
            }
        }
        let _ = rules().count(EpochId(0), weight, total);
    }

    #[test]
    fn counting_and_validating_agree(weight in 1_u64..5000, more in 0_u64..100_000, size in 1_u32..60, bytes: [u8; 7]) {
        let mut proof = VrfSignature([0; 80]);
        proof.0[..7].copy_from_slice(&bytes);
        let mut seats = Seats::new();
        let count = seats.count(weight, weight + more, size, &proof).unwrap();
        for near in count.saturating_sub(2)..=count + 2 {
            let valid = seats.validate(weight, weight + more, size, &proof, near);
            prop_assert_eq!(valid, Ok(near == count));
        }
    }
}
