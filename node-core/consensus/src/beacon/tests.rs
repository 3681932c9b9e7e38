//! The beacon from the outside: the rounds of an epoch, message by message, and each trap of the chapter.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{collections::BTreeMap, collections::BTreeSet, time::Duration};

use proptest::prelude::*;
use spacemesh_codec::{decode_exact, encode};
use spacemesh_crypto::{SigningKey, VrfSignature};
use spacemesh_types::{
    AtxId, BallotId, Beacon, EpochId, LayerId, LayersPerEpoch, Network, NodeId, RoundId, Timestamp,
    VrfNonce,
    config::Rational,
    wire::{BeaconProposalMessage, BeaconProposalValue, FirstVotingMessage, WeakCoinMessage},
};

use super::*;
use crate::{eligibility::BallotEligibility, verdict::Refusal};

const EPOCH: EpochId = EpochId(2);
/// First layer of the epoch: 4 layers of 15 s.
const FIRST: LayerId = LayerId(8);

fn rules() -> BeaconRules {
    BeaconRules {
        rounds: 4,
        kappa: 40,
        q: Rational::new(1, 3).unwrap(),
        theta: Rational::new(1, 4).unwrap(),
        votes_limit: 100,
        delta: Duration::from_secs(10),
        proposal_phase: Duration::from_secs(2),
        first_round: Duration::from_secs(10),
        voting_round: Duration::from_secs(2),
        coin_round: Duration::from_secs(2),
        weight_units: 10,
    }
}

fn network() -> Network {
    let mut network = Network::fastnet(Timestamp::from_unix_seconds(1_000_000));
    network.layer_duration = Duration::from_secs(15);
    network.layers_per_epoch = LayersPerEpoch::new(4).unwrap();
    network.effective_genesis = LayerId(7);
    network
}

fn start() -> Timestamp {
    network().clock().unwrap().start_of_epoch(EPOCH)
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn value(byte: u8) -> BeaconProposalValue {
    BeaconProposalValue([byte; 4])
}

/// ATXs of the epoch, received long before it.
#[derive(Debug, Clone, Default)]
struct World(Vec<EpochAtx>);

impl World {
    fn of(seeds: impl IntoIterator<Item = u8>) -> Self {
        let atx = |seed: u8| EpochAtx {
            id: AtxId([seed; 32]),
            smesher: key(seed).node_id(),
            weight: 100 + u64::from(seed),
            units: 2,
            received: start().minus(Duration::from_secs(40)),
            malicious: false,
        };
        Self(seeds.into_iter().map(atx).collect())
    }
}

impl BeaconSource for World {
    fn atxs_published_in(&self, epoch: EpochId) -> Vec<EpochAtx> {
        if epoch.target() == Some(EPOCH) {
            self.0.clone()
        } else {
            Vec::new()
        }
    }
    fn vrf_nonce(&self, smesher: &NodeId, _: EpochId) -> Option<VrfNonce> {
        let known = self.0.iter().any(|atx| atx.smesher == *smesher);
        known.then_some(VrfNonce(5))
    }
}

struct Node {
    machine: BeaconMachine,
    signers: Signers,
    effects: Vec<Effect>,
    result: Option<Effect>,
}

/// Nodes with one identity each, on wires without delay.
struct Net {
    world: World,
    now: Timestamp,
    nodes: Vec<Node>,
    /// Everything that was published.
    sent: Vec<(Topic, Vec<u8>)>,
}

impl Net {
    fn new(world: World, seeds: impl IntoIterator<Item = u8>) -> Self {
        let node = |seed| Node {
            machine: BeaconMachine::new(rules(), &network()).unwrap(),
            signers: [(key(seed).node_id(), key(seed))].into(),
            effects: Vec::new(),
            result: None,
        };
        Self {
            world,
            now: start(),
            nodes: seeds.into_iter().map(node).collect(),
            sent: Vec::new(),
        }
    }

    fn each(&mut self, input: &Input) {
        for index in 0..self.nodes.len() {
            self.input(index, input.clone());
        }
    }

    fn input(&mut self, index: usize, input: Input) {
        let node = &mut self.nodes[index];
        let context = Context {
            source: &self.world,
            signers: &node.signers,
            now: self.now,
            synced: true,
            listening: true,
        };
        node.machine.handle(&context, input, &mut node.effects);
    }

    fn receive(&mut self, index: usize, topic: Topic, bytes: &[u8]) -> Result<(), MessageFault> {
        let node = &mut self.nodes[index];
        let context = Context {
            source: &self.world,
            signers: &node.signers,
            now: self.now,
            synced: true,
            listening: true,
        };
        node.machine.receive(&context, topic, bytes, self.now)
    }

    /// Carries out effects until there are none.
    fn settle(&mut self) {
        loop {
            let mut quiet = true;
            for index in 0..self.nodes.len() {
                for effect in std::mem::take(&mut self.nodes[index].effects) {
                    quiet = false;
                    self.carry_out(index, effect);
                }
            }
            if quiet {
                return;
            }
        }
    }

    fn carry_out(&mut self, index: usize, effect: Effect) {
        match effect {
            Effect::Publish { topic, bytes, .. } => {
                for other in 0..self.nodes.len() {
                    let received = self.receive(other, topic, &bytes);
                    if other == index && topic != Topic::WeakCoin {
                        assert!(matches!(received, Err(MessageFault::Duplicate(_))));
                    }
                }
                self.sent.push((topic, bytes));
            }
            Effect::Toss {
                epoch,
                round,
                tossers,
            } => {
                for (smesher, nonce, units) in tossers {
                    let key = self.nodes[index].signers[&smesher].clone();
                    let toss = smallest_toss(&key, nonce, epoch, round, units).unwrap();
                    self.input(index, Input::Tossed(toss));
                }
            }
            result => self.nodes[index].result = Some(result),
        }
    }

    fn begin(&mut self) {
        self.each(&Input::LayerBegan(FIRST));
        self.settle();
    }

    fn step(&mut self) -> bool {
        let wakeups = self
            .nodes
            .iter()
            .filter_map(|node| node.machine.next_wakeup());
        let Some(next) = wakeups.map(|(due, _)| due).min() else {
            return false;
        };
        self.now = self.now.max(next);
        self.each(&Input::Wakeup);
        self.settle();
        true
    }

    fn run(&mut self) {
        self.begin();
        while self.step() {}
    }
}

#[test]
fn nodes_agree_on_a_beacon() {
    let mut net = Net::new(World::of(1..=7), 1..=7);
    net.run();
    let first = net.nodes[0].result.clone();
    assert!(matches!(
        first,
        Some(Effect::Beacon {
            epoch: EpochId(3),
            ..
        })
    ));
    assert!(net.nodes.iter().all(|node| node.result == first));
    // Four rounds last 2 + 10 + 3 · 4 seconds.
    assert_eq!(net.now, start().plus(Duration::from_secs(24)));
    assert_eq!(net.nodes[0].machine.running(), None);
}

#[test]
fn a_node_without_identities_learns_the_beacon_too() {
    let mut net = Net::new(World::of(1..=3), 1..=4);
    net.run();
    assert!(net.nodes[3].result.is_some());
    assert_eq!(net.nodes[3].result, net.nodes[0].result);
}

#[test]
fn where_there_are_no_rounds_there_are_no_topics_and_no_run() {
    let off = BeaconRules {
        rounds: 0,
        ..rules()
    };
    let mut net = Net::new(World::of(1..=3), 1..=1);
    net.nodes[0].machine = BeaconMachine::new(off, &network()).unwrap();
    assert!(net.nodes[0].machine.topics().is_empty());
    net.begin();
    assert_eq!(net.nodes[0].machine.running(), None);
    let fault = net.receive(0, Topic::Proposal, &[]);
    assert_eq!(fault, Err(MessageFault::NotListening));
    // Nothing is even decoded, so that nothing is rejected.
    assert_eq!(fault.unwrap_err().refusal(), Refusal::Ignore);
}

#[test]
fn a_run_needs_sync_weight_and_a_layer_after_genesis() {
    let mut net = Net::new(World::of([]), 1..=1);
    net.begin();
    let why = FailedRun::NoWeight;
    let failed = Effect::Failed { epoch: EPOCH, why };
    assert_eq!(net.nodes[0].result, Some(failed));
    for (layer, synced) in [(LayerId(4), true), (LayerId(9), true), (FIRST, false)] {
        let mut net = Net::new(World::of(1..=3), 1..=1);
        let node = &mut net.nodes[0];
        let context = Context {
            source: &net.world,
            signers: &node.signers,
            now: net.now,
            synced,
            listening: true,
        };
        let input = Input::LayerBegan(layer);
        node.machine.handle(&context, input, &mut node.effects);
        assert_eq!((node.machine.running(), node.effects.len()), (None, 0));
    }
}

#[test]
fn nobody_tossing_ends_the_run() {
    let mut world = World::of(1..=3);
    for atx in &mut world.0 {
        atx.units = 0;
    }
    let mut net = Net::new(world, 1..=3);
    net.run();
    let why = FailedRun::NoToss(RoundId(1));
    let failed = Effect::Failed { epoch: EPOCH, why };
    assert_eq!(net.nodes[0].result, Some(failed));
}

#[test]
fn undecodable_messages_are_rejected_and_nothing_else_is() {
    let mut net = Net::new(World::of(1..=3), 1..=1);
    net.begin();
    for topic in Topic::ALL {
        let fault = net.receive(0, topic, &[1, 2, 3]).unwrap_err();
        assert_eq!(fault.refusal(), Refusal::Reject);
    }
    let stranger = BeaconProposalMessage {
        epoch: EPOCH,
        node_id: NodeId([9; 32]),
        vrf_signature: VrfSignature([0; 80]),
    };
    let wrong = BeaconProposalMessage {
        node_id: key(2).node_id(),
        ..stranger
    };
    let other_epoch = BeaconProposalMessage {
        epoch: EpochId(9),
        ..wrong
    };
    for message in [stranger, wrong, other_epoch] {
        let fault = net
            .receive(0, Topic::Proposal, &encode(&message))
            .unwrap_err();
        assert_eq!(fault.refusal(), Refusal::Ignore);
    }
}

#[test]
fn a_proposal_may_come_early_but_not_too_early() {
    let mut net = Net::new(World::of(1..=3), 1..=3);
    net.begin();
    let (topic, bytes) = net.sent[0].clone();
    let mut late = Net::new(World::of(1..=3), 9..=9);
    late.now = start().minus(Duration::from_secs(10));
    let early = late.receive(0, topic, &bytes);
    assert_eq!(early, Err(MessageFault::OtherEpoch(EPOCH)));
    late.now = start().minus(Duration::from_secs(9));
    assert_eq!(late.receive(0, topic, &bytes), Ok(()));
    assert!(late.nodes[0].machine.state(EPOCH).is_some());
}

#[test]
fn the_state_is_frozen_when_it_is_made() {
    let mut net = Net::new(World::of(1..=3), 1..=3);
    net.begin();
    let weight = net.nodes[0].machine.state(EPOCH).unwrap().weight();
    let mut atx = World::of([4]).0[0];
    atx.malicious = true;
    net.input(0, Input::Atx { target: EPOCH, atx });
    let state = net.nodes[0].machine.state(EPOCH).unwrap();
    assert_eq!(state.weight(), weight);
    // It counts as honest, whatever it is.
    assert!(!state.smesher(&atx.smesher).unwrap().malicious);
}

/// A state whose strict threshold passes half of the values, and whose lenient one passes all.
fn state(smeshers: u8, early: u8) -> EpochState {
    let mut world = World::of(1..=smeshers);
    for atx in world.0.iter_mut().skip(early.into()) {
        atx.received = start().minus(Duration::from_secs(1));
    }
    EpochState::new(&rules(), EPOCH, start(), world.0).unwrap()
}

#[test]
fn proposals_are_valid_potentially_valid_or_invalid() {
    let mut state = state(60, 1);
    let smesher = *state.smesher(&key(1).node_id()).unwrap();
    let (low, high) = (VrfSignature([0x7f; 80]), VrfSignature([0x80; 80]));
    let (now, hour) = (start(), Duration::from_secs(3600));
    let classify = |state: &EpochState, smesher: &EpochAtx, proof, received| {
        state.classify(&rules(), smesher, proof, received)
    };
    use Category::{Invalid, PotentiallyValid, Valid};
    // Of 60 ATXs the strict threshold is exactly half of all numbers, the byte order is big-endian.
    assert_eq!(classify(&state, &smesher, &low, now), Valid);
    assert_eq!(classify(&state, &smesher, &high, now), PotentiallyValid);
    let mut half = VrfSignature([0xff; 80]);
    half.0[0] = 0x7f;
    assert_eq!(classify(&state, &smesher, &half, now), Valid);
    // One ATX came early: of all numbers the lenient threshold leaves out the largest 2^-60.
    let largest = VrfSignature([0xff; 80]);
    assert_eq!(classify(&state, &smesher, &largest, now), Invalid);

    // Without an end of the phase nothing is late.
    assert_eq!(classify(&state, &smesher, &low, now.plus(hour)), Valid);
    state.end_proposals(now);
    assert_eq!(classify(&state, &smesher, &low, now), Valid);
    let late = |seconds| now.plus(Duration::from_secs(seconds));
    assert_eq!(classify(&state, &smesher, &low, late(10)), PotentiallyValid);
    assert_eq!(classify(&state, &smesher, &low, late(11)), Invalid);

    let with = |received, malicious| EpochAtx {
        received,
        malicious,
        ..smesher
    };
    assert_eq!(classify(&state, &with(now, false), &low, now), Valid);
    assert_eq!(
        classify(&state, &with(now, true), &low, now),
        PotentiallyValid
    );
    assert_eq!(
        classify(&state, &with(late(10), false), &low, now),
        PotentiallyValid
    );
    assert_eq!(classify(&state, &with(late(11), false), &low, now), Invalid);
}

#[test]
fn invalid_proposals_are_passed_on_and_only_the_first_counts() {
    let mut state = state(3, 3);
    let proof = VrfSignature([1; 80]);
    assert!(state.take_proposal(key(1).node_id(), &proof, Category::Invalid));
    assert!(!state.take_proposal(key(1).node_id(), &proof, Category::Valid));
    assert!(state.proposals().0.is_empty());
}

#[test]
fn weights_of_equivocators_count_once_per_smesher_but_in_the_sum() {
    let mut world = World::of(1..=2);
    let mut second = world.0[0];
    second.id = AtxId([99; 32]);
    world.0.push(second);
    let state = EpochState::new(&rules(), EPOCH, start(), world.0).unwrap();
    assert_eq!(state.weight(), 101 + 102 + 101);
}

#[test]
fn all_entries_move_margins_but_only_the_first_hundred_can_be_voted_on_later() {
    let mut state = state(1, 1);
    let smesher = *state.smesher(&key(1).node_id()).unwrap();
    let proof = |byte| VrfSignature([byte; 80]);
    let rules = BeaconRules {
        votes_limit: 2,
        ..rules()
    };
    for byte in 1..=4 {
        // One smesher each; who they are does not matter here.
        state.take_proposal(NodeId([byte; 32]), &proof(byte), Category::Valid);
    }
    let (valid, against) = ([value(1), value(1), value(2), value(9)], [value(3)]);
    state.count_first_vote(&rules, &smesher, &valid, &against);
    let tally = state.tally(&rules);
    assert_eq!(tally.support, [value(1), value(2)].into());
    assert_eq!(tally.undecided, [value(4)].into());
    // The index is 1, 1: both bits are of value 1, and they move it twice.
    assert_eq!(
        state.vote_of(&smesher.smesher, &tally.support),
        Some(vec![3])
    );
    assert!(state.count_vote(&smesher, &[]));
    assert_eq!(state.tally(&rules).undecided, [value(1), value(4)].into());
    assert!(!state.count_vote(
        &EpochAtx {
            smesher: NodeId([7; 32]),
            ..smesher
        },
        &[1]
    ));
}

#[test]
fn without_a_threshold_a_margin_of_zero_is_support() {
    let mut world = World::of([1]);
    world.0[0].weight = 3;
    let mut state = EpochState::new(&rules(), EPOCH, start(), world.0).unwrap();
    state.take_proposal(key(1).node_id(), &VrfSignature([1; 80]), Category::Valid);
    let tally = state.tally(&rules());
    assert_eq!(tally.support, [value(1)].into());
}

#[test]
fn the_coin_is_little_endian_and_its_result_is_the_first_bit() {
    let mut coin = CoinState::default();
    coin.start_epoch(EPOCH);
    coin.start_round(RoundId(1));
    let mut proof = VrfSignature([0; 80]);
    proof.0[79] = 2;
    assert!(coin.take(&proof));
    // Larger in its first bytes, smaller in its last one.
    let mut smaller = VrfSignature([0xff; 80]);
    smaller.0[79] = 1;
    assert!(coin.take(&smaller) && !coin.take(&proof));
    assert_eq!(coin.finish_round(), Some(true));
    assert_eq!(coin.finish_round(), None);
}

fn toss(epoch: EpochId, round: u32) -> WeakCoinMessage {
    WeakCoinMessage {
        epoch,
        round: RoundId(round),
        unit: 0,
        node_id: key(1).node_id(),
        vrf_signature: VrfSignature([1; 80]),
    }
}

#[test]
fn early_tosses_are_kept_unverified_up_to_a_limit() {
    use super::coin::Placed;
    let mut coin = CoinState::default();
    coin.start_epoch(EPOCH);
    coin.start_round(RoundId(1));
    assert_eq!(coin.place(&toss(EPOCH, 1), 4), Placed::Current);
    assert_eq!(coin.place(&toss(EPOCH, 3), 4), Placed::Dropped);
    for _ in 0..NEXT_ROUND_MESSAGES_MAX {
        assert_eq!(coin.place(&toss(EPOCH, 2), 4), Placed::Kept);
    }
    assert_eq!(coin.place(&toss(EPOCH, 2), 4), Placed::Dropped);
    // The buffer is emptied when a round begins, only exactly its tosses come out.
    coin.finish_round();
    assert_eq!(coin.start_round(RoundId(3)).len(), 0);
    assert_eq!(coin.kept(), 0);
    coin.finish_round();
    assert_eq!(coin.place(&toss(EPOCH, 9), 4), Placed::Kept);
    let next = EpochId(EPOCH.0 + 1);
    assert_eq!(coin.place(&toss(next, 1), 4), Placed::Dropped);
    coin.finish_epoch();
    assert_eq!(coin.place(&toss(next, 1), 4), Placed::Kept);
}

#[test]
fn the_threshold_of_one_atx_leaves_out_the_largest_sixtieth_power() {
    let q = Rational::new(1, 3).unwrap();
    let Threshold::Below(bytes) = atx_threshold(40, q, 1) else {
        panic!("a threshold");
    };
    assert_eq!(bytes[..8], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0]);
    assert_eq!(atx_threshold(40, q, 0), Threshold::NONE);
    assert!(!Threshold::NONE.passes(&VrfSignature([0; 80])));
    // Parameters that no network has.
    assert_eq!(
        atx_threshold(40, Rational::new(1, 1).unwrap(), 5),
        Threshold::All
    );
    assert_eq!(atx_threshold(0, q, 5), Threshold::NONE);
    assert_eq!(atx_threshold(u64::MAX, q, 1), Threshold::All);
}

#[test]
fn bits_are_minimal_and_leading_zeros_are_read() {
    let index = [value(1), value(2), value(3)];
    let support: BTreeSet<_> = [value(1)].into();
    assert_eq!(encode_votes(&index, &support), [1]);
    assert_eq!(encode_votes(&index, &BTreeSet::new()), [0_u8; 0]);
    for bytes in [&[1][..], &[0, 0, 1], &[0xff, 0xf9]] {
        let read: Vec<_> = decode_votes(&index, bytes).map(|(_, bit)| bit).collect();
        assert_eq!(read, [true, false, false]);
    }
}

#[test]
fn the_first_beacon_stays_unless_the_bootstrap_service_says_otherwise() {
    let (a, b) = (Beacon([1; 4]), Beacon([2; 4]));
    let mut beacons = Beacons::load([(EPOCH, a), (EpochId(9), Beacon::ZERO)]);
    assert_eq!(beacons.get(EpochId(9)), None);
    assert_eq!(beacons.set(EPOCH, a), Ok(SetBeacon::Same));
    // Also after a restart, since the store was read.
    assert!(matches!(
        beacons.set(EPOCH, b),
        Err(SetBeaconError::Differs { .. })
    ));
    assert_eq!(beacons.overwrite(EPOCH, b), Ok(SetBeacon::Stored));
    assert_eq!(beacons.get(EPOCH), Some(b));
    assert!(beacons.set(EpochId(5), Beacon::ZERO).is_err());
    assert!(beacons.overwrite(EpochId(5), Beacon::ZERO).is_err());
}

fn seen(beacon: u8, weight: u64, proofs: u32) -> BallotEligibility {
    BallotEligibility {
        epoch: EPOCH,
        beacon: Beacon([beacon; 4]),
        proofs,
        slots: proofs,
        atx_weight: weight,
    }
}

#[test]
fn ballots_tell_the_beacon_with_the_largest_weight_once_there_are_enough() {
    // Weights 1, 3, 1 with counts 2, 1, 1.
    let reports = [seen(1, 1, 2), seen(2, 3, 1), seen(3, 1, 1)];
    for (limit, expected) in [(4, Some(Beacon([2; 4]))), (5, None)] {
        let mut beacons = BallotBeacons::new(limit);
        let mut told = None;
        for (id, report) in (1..).zip(&reports) {
            told = beacons.report(BallotId([id; 20]), report, None);
            // A ballot counts once.
            assert_eq!(beacons.report(BallotId([id; 20]), report, None), told);
        }
        assert_eq!(told, expected);
    }
}

#[test]
fn only_the_share_of_a_ballot_counts() {
    let mut beacons = BallotBeacons::new(3);
    let mut whale = seen(1, 1000, 1);
    whale.slots = 1000;
    beacons.report(BallotId([1; 20]), &whale, None);
    let told = beacons.report(BallotId([2; 20]), &seen(2, 2, 2), None);
    assert_eq!(told, Some(Beacon([2; 4])));
    let known = Some(Beacon([1; 4]));
    assert_eq!(
        beacons.report(BallotId([3; 20]), &seen(2, 9, 9), known),
        None
    );
}

#[test]
fn answers_of_the_bootstrap_service_are_read_exactly() {
    let answer = |version: &str, epoch: &str| {
        let json = format!("{{\"version\":\"{version}\",\"data\":{{\"epoch\":{epoch}}}}}");
        parse_update(json.as_bytes())
    };
    let read = |epoch: &str| answer(BOOTSTRAP_SCHEMA_VERSION, epoch);
    let ids = format!("[\"{}\",\"0x{}\"]", "02".repeat(32), "01".repeat(32));
    let update = read(&format!(
        "{{\"number\":7,\"beacon\":\"a1b2c3d4ffff\",\"activeSet\":{ids}}}"
    ))
    .unwrap();
    assert_eq!(update.epoch, EpochId(7));
    assert_eq!(update.beacon, Some(Beacon([0xa1, 0xb2, 0xc3, 0xd4])));
    assert_eq!(update.active_set, [AtxId([1; 32]), AtxId([2; 32])]);
    let bare = read("{\"number\":7,\"activeSet\":null}").unwrap();
    assert_eq!((bare.beacon, bare.active_set.len()), (None, 0));

    let bad = "{\"number\":7,\"beacon\":\"a1b2c3\"}";
    assert!(matches!(read(bad), Err(BootstrapError::Beacon(_))));
    let bad = "{\"number\":7,\"beacon\":\"0xa1b2c3d4\"}";
    assert!(matches!(read(bad), Err(BootstrapError::Beacon(_))));
    let twice = format!(
        "{{\"number\":7,\"activeSet\":[\"{0}\",\"{0}\"]}}",
        "02".repeat(32)
    );
    assert!(matches!(read(&twice), Err(BootstrapError::Duplicate(_))));
    let other = answer(
        "https://spacemesh.io/bootstrap.schema.json.1.1",
        "{\"number\":7}",
    );
    assert!(matches!(other, Err(BootstrapError::Version(_))));
    assert!(matches!(read("{}"), Err(BootstrapError::Form(_))));
    assert!(matches!(
        read("{\"number\":4294967296}"),
        Err(BootstrapError::Epoch(_))
    ));
}

#[test]
fn the_service_is_asked_for_the_epochs_around_now() {
    let ask = |current: u32, genesis: u32| {
        let per_epoch = LayersPerEpoch::new(4).unwrap();
        let epochs = epochs_asked_for(EpochId(current), LayerId(genesis), per_epoch);
        epochs.into_iter().map(|epoch| epoch.0).collect::<Vec<_>>()
    };
    assert_eq!(ask(0, 7), [0_u32; 0]);
    assert_eq!(ask(1, 7), [2]);
    assert_eq!(ask(2, 7), [2, 3]);
    assert_eq!(ask(5, 7), [4, 5, 6]);
    assert_eq!(ask(5, 21), [5, 6]);
    let mut plan = BootstrapPlan::default();
    assert_eq!(plan.next().len(), 3);
    plan.found(UpdateKind::Beacon);
    assert_eq!(plan.next(), [UpdateKind::Bootstrap, UpdateKind::ActiveSet]);
    plan.found(UpdateKind::Bootstrap);
    assert!(plan.next().is_empty());
    assert_eq!(update_name(EPOCH, UpdateKind::Beacon), "epoch-2-update-bc");
}

/// Messages of a run of five nodes, up to and including the first votes.
fn recorded() -> (World, Vec<(Topic, Vec<u8>)>) {
    let mut net = Net::new(World::of(1..=5), 1..=5);
    net.begin();
    net.step();
    (net.world, net.sent)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_messages_within_a_phase_does_not_matter(seed: u64) {
        let (world, messages) = recorded();
        let order = |topic: Topic, seed: u64| {
            let mut messages: Vec<_> = messages.iter().filter(|(of, _)| *of == topic).collect();
            let mut state = seed | 1;
            for place in (1..messages.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                messages.swap(place, (state >> 33) as usize % (place + 1));
            }
            messages
        };
        let replay = |seed: u64| {
            let mut net = Net::new(world.clone(), 9..=9);
            net.begin();
            for (topic, bytes) in order(Topic::Proposal, seed) {
                net.receive(0, *topic, bytes).unwrap();
            }
            net.step();
            for (topic, bytes) in order(Topic::FirstVote, seed ^ 7) {
                net.receive(0, *topic, bytes).unwrap();
            }
            let state = net.nodes[0].machine.state(EPOCH).unwrap();
            let proposals = (state.proposals().0.clone(), state.proposals().1.clone());
            (proposals, state.tally(&rules()))
        };
        prop_assert_eq!(replay(seed), replay(0));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>, index in 0_usize..4) {
        let mut net = Net::new(World::of(1..=2), 1..=1);
        net.begin();
        let _ = net.receive(0, Topic::ALL[index], &bytes);
        let _ = parse_update(&bytes);
    }

    #[test]
    fn absurd_weights_never_panic(weights: [u64; 3], units: u32, seconds: i64) {
        let mut world = World::of(1..=3);
        for (atx, weight) in world.0.iter_mut().zip(weights) {
            atx.weight = weight;
            atx.units = units % 3;
            atx.received = Timestamp::from_unix_seconds(seconds);
        }
        let mut net = Net::new(world, 1..=2);
        net.run();
        let _ = vote_threshold(Rational::new(weights[0], weights[1].max(1)).unwrap(), weights[2]);
        let _ = atx_threshold(weights[0], Rational::new(weights[1], weights[2].max(1)).unwrap(), weights[2]);
        let mut ballots = BallotBeacons::new(1);
        for (id, weight) in (0..).zip(weights) {
            let mut ballot = seen(1, weight, u32::MAX);
            ballot.slots = units;
            ballots.report(BallotId([id; 20]), &ballot, None);
        }
    }

    #[test]
    fn the_vote_threshold_of_a_quarter_is_the_floor(weight: u64) {
        let quarter = Rational::new(1, 4).unwrap();
        prop_assert_eq!(vote_threshold(quarter, weight), u128::from(weight / 4));
    }

    #[test]
    fn votes_survive_their_bits(set: BTreeSet<u8>) {
        let index: Vec<_> = (0..100).map(value).collect();
        let support = set.into_iter().filter(|byte| *byte < 100).map(value).collect();
        let bytes = encode_votes(&index, &support);
        prop_assert!(bytes.first() != Some(&0) && bytes.len() <= 13);
        let read = decode_votes(&index, &bytes).filter(|(_, bit)| *bit).map(|(value, _)| value);
        prop_assert_eq!(read.collect::<BTreeSet<_>>(), support);
    }
}

#[test]
fn a_first_vote_is_of_all_that_was_seen() {
    let (_, messages) = recorded();
    let of: BTreeMap<_, _> = messages.into_iter().collect();
    let vote: FirstVotingMessage = decode_exact(&of[&Topic::FirstVote]).unwrap();
    assert_eq!(vote.body.valid_proposals.len(), 5);
    assert!(vote.body.valid_proposals.is_sorted());
}
