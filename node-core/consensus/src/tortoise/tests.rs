//! The traps of chapter 08 about counting, one test each, and what the known answers do not show: that counting along the tree is counting
//! ballot by ballot, that a snapshot is the state, and that nothing a peer or a disk holds panics.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use spacemesh_types::wire::{BlockHeader, Votes};
use spacemesh_types::{
    AtxId, BallotId, Beacon, BlockId, EpochId, Hash32, LayerId, LayersPerEpoch, NodeId, sum,
};

use super::*;

mod restart; // recovery and snapshots

const BEACON: Beacon = Beacon([1; 4]);

fn settings() -> Settings {
    Settings {
        hdist: 4,
        zdist: 2,
        window: 20,
        historical: Vec::new(),
        max_exceptions: 10,
        bad_beacon_delay: 2,
        layers_per_epoch: LayersPerEpoch::new(4).unwrap(),
        genesis: LayerId(7),
    }
}

/// Ten identities with weight 100 and height 10 in every epoch.
struct Net {
    engine: Tortoise,
    atxs: ActivationTable,
}

fn node(identity: u8) -> NodeId {
    NodeId([identity; 32])
}

fn block(id: u8, layer: u32, height: u64) -> BlockHeader {
    BlockHeader {
        id: BlockId([id; 20]),
        layer: LayerId(layer),
        height,
    }
}

fn ballot_id(identity: u8, layer: u32) -> BallotId {
    let mut id = [identity; 20];
    id[0] = layer as u8;
    BallotId(id)
}

fn votes(
    base: BallotId,
    support: &[BlockHeader],
    against: &[BlockHeader],
    abstain: &[u32],
) -> Votes {
    let abstain: Vec<LayerId> = abstain.iter().copied().map(LayerId).collect();
    Votes {
        base,
        support: support.try_into().unwrap(),
        against: against.try_into().unwrap(),
        abstain: abstain.try_into().unwrap(),
    }
}

fn incoming(identity: u8, layer: u32, votes: &Votes) -> IncomingBallot<'_> {
    IncomingBallot {
        id: ballot_id(identity, layer),
        smesher: node(identity),
        layer: LayerId(layer),
        eligibilities: 1,
        atx: AtxId([identity; 32]),
        opinion: Hash32::ZERO,
        votes,
        epoch_data: Some(EpochVotes {
            beacon: BEACON,
            slots: 4,
        }),
        reference: None,
        malicious: false,
    }
}

impl Net {
    fn new() -> Self {
        let mut net = Self {
            engine: Tortoise::new(settings()).unwrap(),
            atxs: ActivationTable::default(),
        };
        for epoch in 2..20 {
            for identity in 1..=10 {
                let atx = CachedAtx {
                    node: node(identity),
                    weight: 100,
                    base_height: 0,
                    height: 10,
                };
                if net.atxs.add(EpochId(epoch), AtxId([identity; 32]), atx) {
                    let done = net.engine.activation(EpochId(epoch), &atx.node, atx.weight);
                    done.unwrap_or(());
                }
            }
            net.engine.beacon(EpochId(epoch), BEACON).unwrap_or(());
        }
        net
    }

    fn decode(&self, ballot: &IncomingBallot<'_>) -> Result<Decoded, DecodeError> {
        self.engine.decode_unsigned(ballot, &self.atxs)
    }

    fn ballot(&mut self, identity: u8, layer: u32, votes: &Votes) -> BallotId {
        let ballot = incoming(identity, layer, votes);
        let decoded = self.decode(&ballot).unwrap();
        self.engine.store(decoded).unwrap();
        ballot.id
    }

    fn tally(&mut self, layer: u32) {
        self.engine.tally(LayerId(layer), &self.atxs);
    }

    fn margin(&mut self, block: &BlockHeader) -> Weight {
        self.engine.probe().target(block).unwrap().margin
    }

    /// Nobody agrees with the local opinion, so that counting goes to full mode.
    fn go_full(&mut self, layer: u32) {
        for layer in 8..=layer {
            self.tally(layer);
        }
        assert_eq!(self.engine.mode(), Mode::Full);
    }
}

#[test]
fn heights_are_eight_bytes_in_the_hash_and_against_adds_nothing() {
    // Trap 1, with the values of the chapter's table.
    let hash = |previous: Option<&Hash32>, abstain, blocks: &[(u64, BlockId)]| {
        decode::opinion_hash(previous, abstain, blocks.iter().copied())
    };
    let against = hash(None, false, &[]);
    assert_eq!(
        against.to_hex(),
        "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    );
    let mut id = [0; 20];
    id[0] = 1;
    let support = hash(Some(&against), false, &[(100, BlockId(id))]);
    assert_eq!(
        support.to_hex(),
        "7db4ed4d4937c4dc01a157d385d6f6626096b2db7eeb0fe0dee5138845546672"
    );
    let abstain = hash(Some(&support), true, &[]);
    assert_eq!(
        abstain.to_hex(),
        "a024ee5fb86680136df95be7ff6649c99527ecbde9c1463c487b67ba637f2baf"
    );
}

#[test]
fn supported_blocks_are_hashed_by_height_and_id_whatever_their_order() {
    // Trap 2.
    let net = Net::new();
    let blocks = [block(9, 8, 5), block(3, 8, 7), block(7, 8, 5)];
    let votes = votes(BallotId::ZERO, &blocks, &[], &[]);
    let decoded = net.decode(&incoming(1, 9, &votes)).unwrap();
    let mut bytes = sum::<&[u8]>([]).0.to_vec();
    for (id, height) in [(7u8, 5u64), (9, 5), (3, 7)] {
        bytes.extend([id; 20]);
        bytes.extend(height.to_le_bytes());
    }
    assert_eq!(decoded.opinion(), sum([bytes]));
}

#[test]
fn an_exact_quotient_loses_a_unit_from_256_on_and_slots_are_reduced_first() {
    // Trap 3, with the values of the chapter's table.
    let text = |weight: Weight| weight.to_string();
    assert_eq!(text(Weight::whole(2).per(1)), "+2'00000000000000/56");
    assert_eq!(text(Weight::whole(512).per(256)), "+1'ffffffffffffff/56");
    assert_eq!(
        text(Weight::whole(100_000).per(1000)),
        "+99'ffffffffffffff/56"
    );
    assert_eq!(
        text(Weight::of_slot(400, 250).times(25)),
        "+39'fffffffffffff1/56"
    );
    assert_eq!(text(Weight::of_slot(1000, 500)), "+2'00000000000000/56");
    assert_eq!(Weight::whole(1).per(0), Weight::ZERO);
    let most = Weight::from_raw(i128::MAX);
    assert_eq!(most + most, most, "stays at the limit instead of wrapping");
    assert_eq!(-(most + most), Weight::from_raw(i128::MIN));
}

#[test]
fn expected_weight_multiplies_before_it_divides() {
    // Trap 4, with the values of the chapter's table.
    let lpe = LayersPerEpoch::new(4032).unwrap();
    let weights = |epoch: EpochId| match epoch.0 {
        2 => Weight::whole(20_000_000),
        3 => Weight::whole(24_000_000),
        _ => Weight::ZERO,
    };
    let expected = ExpectedWeight::new(lpe, EpochId(1), EpochId(3), weights);
    let after = |target, reference| expected.after(LayerId(target), LayerId(reference));
    assert_eq!(
        after(8063, 12095).to_string(),
        "+19999999'ffffffffffffff/56"
    );
    assert_eq!(
        after(10_000, 14_000).to_string(),
        "+21731150'cb2cb2cb2cb2ca/56"
    );
    let local = local_threshold(Weight::whole(20_000_000), lpe);
    assert_eq!(local.to_string(), "+1653'706c5c1b1706c5/56");
    let global = ExpectedWeight::global_threshold(after(8063, 12095), local);
    assert_eq!(global.to_string(), "+6668320'1b1706c5c1b16f/56");
    assert_eq!(after(10, 9), Weight::ZERO, "no layers, no weight");
    assert_eq!(after(u32::MAX, u32::MAX), Weight::ZERO);
}

#[test]
fn zero_slots_are_refused() {
    // Trap 5: the reference divides by them.
    let (net, votes) = (Net::new(), Votes::default());
    let mut ballot = incoming(1, 8, &votes);
    ballot.epoch_data = Some(EpochVotes {
        beacon: BEACON,
        slots: 0,
    });
    assert_eq!(net.decode(&ballot).unwrap_err(), DecodeError::NoSlots);
}

#[test]
fn a_vote_kept_as_abstaining_is_hashed_and_not_counted_and_is_no_base() {
    // Trap 6.
    let mut net = Net::new();
    let target = block(1, 8, 0);
    net.engine.block(target).unwrap();
    let base = net.ballot(1, 9, &votes(BallotId::ZERO, &[], &[], &[8]));
    let kept = votes(base, &[target], &[], &[]);
    let own = votes(BallotId::ZERO, &[target], &[], &[9]);
    let hash = net.decode(&incoming(2, 10, &kept)).unwrap().opinion();
    let direct = votes(BallotId::ZERO, &[target], &[], &[]);
    assert_eq!(
        hash,
        net.decode(&incoming(3, 10, &direct)).unwrap().opinion()
    );
    net.ballot(2, 10, &kept);
    net.ballot(4, 10, &own);
    net.go_full(14);
    assert_eq!(
        net.margin(&target),
        Weight::of_slot(100, 4),
        "only the other ballot's vote counts"
    );
    net.engine.weak_coin(LayerId(14), true).unwrap();
    let base = net.engine.encode(None).unwrap().votes.base;
    assert_eq!(
        base,
        BallotId::ZERO,
        "every ballot has no opinion on a finished layer"
    );
}

#[test]
fn a_vote_given_twice_makes_a_ballot_invalid() {
    // Trap 7.
    let net = Net::new();
    let (one, higher) = (block(1, 8, 0), block(1, 8, 5));
    let conflicting = [
        votes(BallotId::ZERO, &[one, one], &[], &[]),
        votes(BallotId::ZERO, &[one, higher], &[], &[]),
        votes(BallotId::ZERO, &[one], &[one], &[]),
        votes(BallotId::ZERO, &[], &[one, one], &[]),
    ];
    for votes in &conflicting {
        let error = net.decode(&incoming(1, 9, votes)).unwrap_err();
        assert!(
            matches!(error, DecodeError::ConflictingVotes { .. }),
            "{error}"
        );
    }
    for votes in [
        votes(BallotId::ZERO, &[], &[], &[8, 8]),
        votes(BallotId::ZERO, &[one], &[], &[8]),
    ] {
        let error = net.decode(&incoming(1, 9, &votes)).unwrap_err();
        assert!(
            matches!(error, DecodeError::ConflictsWithAbstain { .. }),
            "{error}"
        );
    }
}

#[test]
fn exceptions_above_the_list_are_ignored_and_below_the_window_undecodable() {
    // Traps 8 and 10.
    let net = Net::new();
    let plain = net
        .decode(&incoming(1, 9, &Votes::default()))
        .unwrap()
        .opinion();
    let ahead = votes(BallotId::ZERO, &[block(1, 9, 0)], &[], &[12]);
    assert_eq!(
        net.decode(&incoming(1, 9, &ahead)).unwrap().opinion(),
        plain
    );
    let below = votes(BallotId::ZERO, &[block(1, 6, 0)], &[], &[]);
    let error = net.decode(&incoming(1, 9, &below)).unwrap_err();
    assert!(matches!(error, DecodeError::VotedEvicted { .. }), "{error}");
    let mut old = Net::new();
    old.engine
        .start_at(LayerId(24), Hash32([1; 32]), Hash32([2; 32]));
    let error = old.decode(&incoming(1, 25, &Votes::default())).unwrap_err();
    assert!(
        matches!(error, DecodeError::VotedEvicted { .. }),
        "the zero base has no votes on the window: {error}"
    );
}

#[test]
fn a_known_hash_hides_the_attached_votes_and_a_second_look_finds_them() {
    // Trap 9.
    let mut net = Net::new();
    net.ballot(1, 9, &Votes::default());
    let hash = net.engine.probe().ballot_opinion(&ballot_id(1, 9)).unwrap();
    let garbage = votes(BallotId::ZERO, &[block(1, 8, 0)], &[], &[]);
    let mut ballot = incoming(2, 9, &garbage);
    ballot.opinion = hash;
    assert!(net.engine.decode(&ballot, &net.atxs).is_ok());
    let error = net.engine.check_attached_votes(&ballot).unwrap_err();
    assert!(matches!(error, DecodeError::OpinionMismatch { .. }));
    let honest = Votes::default();
    let mut ballot = incoming(2, 9, &honest);
    ballot.opinion = hash;
    assert_eq!(net.engine.check_attached_votes(&ballot), Ok(()));
}

#[test]
fn only_supported_blocks_count_towards_the_limit_of_others_and_all_towards_ours() {
    // Trap 11, and the other rules of 08 §5.5.
    let many: Vec<BlockHeader> = (1..=4).map(|id| block(id, u32::from(id), 0)).collect();
    let more: Vec<BlockHeader> = (5..=9).map(|id| block(id, u32::from(id), 0)).collect();
    let check = |votes: &Votes| check_votes(votes, LayerId(20), 4, 4);
    assert_eq!(check(&votes(BallotId::ZERO, &many, &more, &[])), Ok(()));
    let error = check(&votes(BallotId::ZERO, &more, &[], &[]));
    assert_eq!(
        error,
        Err(VotesError::TooMany {
            supported: 5,
            max: 4
        })
    );
    let both = check(&votes(BallotId::ZERO, &many, &many, &[]));
    assert!(matches!(both, Err(VotesError::Contradiction { .. })));
    let two = |layer| {
        votes(
            BallotId::ZERO,
            &[block(1, layer, 0), block(2, layer, 0)],
            &[],
            &[],
        )
    };
    assert_eq!(
        check(&two(17)),
        Err(VotesError::DoubleVoting { layer: LayerId(17) })
    );
    assert_eq!(check(&two(16)), Ok(()));
    let voted = check(&votes(BallotId::ZERO, &[], &many, &[4]));
    assert_eq!(
        voted,
        Err(VotesError::AbstainsAndVotes { layer: LayerId(4) })
    );
}

#[test]
fn a_block_after_the_result_of_hare_stays_against_until_it_is_told_again() {
    // Trap 12.
    let mut net = Net::new();
    let late = block(1, 8, 0);
    net.engine.hare_output(late.layer, late.id).unwrap();
    net.engine.block(late).unwrap();
    assert_eq!(
        net.engine.probe().target(&late).unwrap().hare,
        Sign::Against
    );
    net.engine.hare_output(late.layer, late.id).unwrap();
    assert_eq!(
        net.engine.probe().target(&late).unwrap().hare,
        Sign::Support
    );
}

#[test]
fn a_late_ballot_that_introduces_a_block_counts_nothing_for_it() {
    // Trap 13.
    let mut net = Net::new();
    for identity in 1..=3 {
        net.ballot(identity, 9, &votes(BallotId::ZERO, &[], &[], &[7]));
    }
    net.go_full(14);
    let target = block(1, 8, 0);
    net.ballot(4, 9, &votes(BallotId::ZERO, &[target], &[], &[]));
    let slot = Weight::of_slot(100, 4);
    assert_eq!(
        net.margin(&target),
        -slot.times(3),
        "three against, and its own vote cancels itself"
    );
    net.ballot(5, 9, &votes(BallotId::ZERO, &[target], &[], &[]));
    assert_eq!(net.margin(&target), -slot.times(2));
}

#[test]
fn waiting_ballots_stop_our_vote_and_are_good_twice_after_a_change_of_opinion() {
    // Trap 14.
    let mut net = Net::new();
    net.engine.epochs.get_mut(&2).unwrap().beacon = None;
    net.ballot(1, 8, &Votes::default());
    net.engine.hare_output(LayerId(8), BlockId::ZERO).unwrap();
    net.tally(8);
    assert_eq!(
        net.engine.encode(None),
        Err(EncodeError::NotCounted { waiting: 1 })
    );
    net.engine.layers.get_mut(7).unwrap().opinion = Hash32::ZERO; // so that the first layer's opinion changes back
    net.engine.opinion_change(7, false);
    let slot = Weight::of_slot(100, 4);
    assert_eq!(
        net.engine.probe().good(LayerId(8)),
        (slot, slot),
        "counted without a look at the beacon"
    );
    net.engine.beacon(EpochId(2), BEACON).unwrap();
    net.tally(8);
    assert_eq!(
        net.engine.probe().good(LayerId(8)),
        (slot.times(2), slot.times(2))
    );
    assert!(net.engine.encode(None).is_ok());
}

#[test]
fn malfeasance_changes_what_comes_after_it_only() {
    // Traps 15 and 16.
    let mut net = Net::new();
    net.ballot(1, 8, &Votes::default());
    let weight = net.engine.epochs[&2].weight;
    net.engine.malfeasance(node(1));
    assert_eq!(net.engine.epochs[&2].weight, weight);
    let mut equivocating = incoming(1, 8, &Votes::default()).id;
    equivocating.0[19] = 99;
    let default = Votes::default();
    let mut ballot = incoming(1, 8, &default);
    ballot.id = equivocating;
    let decoded = net.decode(&ballot).unwrap();
    net.engine.store(decoded).unwrap();
    let rows = &net.engine.layers.get(8).unwrap().ballots;
    let weights: Vec<_> = rows.iter().map(|row| (row.weight, row.malicious)).collect();
    assert_eq!(
        weights,
        [(Weight::of_slot(100, 4), false), (Weight::ZERO, true)]
    );
}

#[test]
fn an_epoch_that_begins_unseen_has_no_height_and_higher_blocks_stay_open() {
    // Trap 18: after a checkpoint in the middle of an epoch.
    let mut verified = [LayerId(0); 2];
    for (verified, height) in verified.iter_mut().zip([0, 1]) {
        let mut net = Net::new();
        net.engine = Tortoise::new(Settings {
            genesis: LayerId(9),
            ..settings()
        })
        .unwrap();
        for identity in 1..=10 {
            net.engine
                .activation(EpochId(2), &node(identity), 100)
                .unwrap();
        }
        net.engine.beacon(EpochId(2), BEACON).unwrap();
        let target = block(1, 10, height);
        net.engine.block(target).unwrap();
        net.engine.hare_output(target.layer, target.id).unwrap();
        for identity in 1..=10 {
            net.ballot(identity, 10, &Votes::default());
        }
        net.tally(10);
        let votes = net.engine.encode(Some(LayerId(11))).unwrap();
        for identity in 1..=10 {
            net.ballot(identity, 11, &votes.votes);
        }
        net.tally(11);
        *verified = net.engine.verified();
    }
    assert_eq!(verified, [LayerId(10), LayerId(9)]);
}

#[test]
fn updates_stay_until_they_are_acknowledged() {
    // Traps 19 and 23.
    let mut net = Net::new();
    net.tally(10);
    let layers = |net: &Net| {
        net.engine
            .updates()
            .iter()
            .map(|result| result.layer.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(layers(&net), [7, 8, 9, 10]);
    assert_eq!(layers(&net), [7, 8, 9, 10]);
    let opinion = |net: &Net, layer| net.engine.opinion(LayerId(layer)).unwrap();
    assert!(!net.engine.applied(LayerId(7), Hash32::ZERO));
    let hash = opinion(&net, 8);
    assert!(net.engine.applied(LayerId(8), hash));
    assert_eq!(layers(&net), [9, 10]);
    let hash = opinion(&net, 10);
    assert!(net.engine.applied(LayerId(10), hash));
    assert_eq!(
        layers(&net),
        [10],
        "the newest layer is delivered with every call"
    );
    assert!(
        !net.engine.applied(LayerId(11), Hash32::ZERO),
        "an unprocessed layer was not delivered"
    );
}

#[test]
fn a_verified_layer_opens_again_when_weight_arrives() {
    // Trap 20: passes begin at the window's start.
    let mut net = Net::new();
    net.engine.hare_output(LayerId(8), BlockId::ZERO).unwrap();
    for layer in 8..=9 {
        for identity in 1..=10 {
            net.ballot(identity, layer, &Votes::default());
        }
    }
    net.tally(8);
    net.engine.hare_output(LayerId(9), BlockId::ZERO).unwrap();
    net.tally(9);
    assert_eq!(net.engine.verified(), LayerId(8));
    net.engine
        .activation(EpochId(2), &node(77), 10_000)
        .unwrap();
    net.tally(9);
    assert_eq!(net.engine.verified(), LayerId(7));
}

#[test]
fn our_vote_is_about_the_layer_voted_from() {
    // Trap 21: a result of hare within hdist of the last layer, but not of the layer voted from, is not voted for.
    let mut net = Net::new();
    let target = block(1, 8, 0);
    net.engine.block(target).unwrap();
    net.engine.hare_output(target.layer, target.id).unwrap();
    net.tally(9);
    let near = net.engine.encode(Some(LayerId(10))).unwrap();
    assert_eq!(near.votes.support.as_slice(), [target]);
    assert_eq!(
        net.engine.encode(Some(LayerId(13))),
        Err(EncodeError::NoCoin { layer: LayerId(12) })
    );
    net.engine.weak_coin(LayerId(12), false).unwrap();
    let far = net.engine.encode(Some(LayerId(13))).unwrap();
    assert_eq!(far.votes.support.as_slice(), []);
}

#[test]
fn a_shrinking_window_forgets_many_layers_at_once_and_keeps_the_numbers_right() {
    // Trap 24.
    let scale = Scale {
        ballots: 3,
        layers_per_epoch: 4,
        window: 30,
        disagree: false,
    };
    let mut network = SyntheticNetwork::new(scale);
    for _ in 0..60 {
        network.deliver();
        network.tally();
    }
    let mut engine = network.tortoise().clone();
    engine.settings.window = 6;
    let (before, evicted) = (engine.updates(), engine.evicted());
    engine.evict();
    assert!(engine.evicted().0 > evicted.0 + 15);
    assert_eq!(engine.evicted().0, engine.verified().0 - 7);
    assert_eq!(engine.updates(), before);
    let kept = engine.result(LayerId(engine.evicted().0 + 1)).unwrap();
    assert_eq!(kept.blocks.len(), 1);
    assert_eq!(kept.blocks[0].header.layer, kept.layer);
}

#[test]
fn absurd_layers_and_epochs_are_refused_before_anything_is_allocated() {
    // Trap 26.
    let mut net = Net::new();
    let far = LayerId(u32::MAX);
    let refused = |result| assert!(matches!(result, Err(RefusedEvent::LayerAhead { .. })));
    refused(net.engine.block(block(1, u32::MAX, u64::MAX)));
    refused(net.engine.hare_output(far, BlockId::ZERO));
    refused(net.engine.weak_coin(far, true));
    let epoch = net.engine.beacon(EpochId(u32::MAX), BEACON);
    assert!(matches!(epoch, Err(RefusedEvent::EpochAhead { .. })));
    let heavy = net.engine.activation(EpochId(3), &node(1), u64::MAX);
    assert_eq!(heavy, Err(RefusedEvent::AtxWeight { weight: u64::MAX }));
    let error = net
        .decode(&incoming(1, u32::MAX, &Votes::default()))
        .unwrap_err();
    assert!(matches!(error, DecodeError::TooNew { .. }));
    assert!(net.engine.layers.end() < 10_000);
    net.engine.clock(LayerId(1_000_000));
    assert_eq!(
        net.engine.block(block(1, 5_000, 0)),
        Ok(()),
        "while syncing, layers up to the clock are taken"
    );
}

#[test]
fn the_hare_result_that_counts_and_the_one_that_is_told() {
    // Trap 31.
    let row = |id: u8, valid| CertificateRow {
        block: BlockId([id; 20]),
        valid,
        certificate: true,
    };
    let decision = save_hare_output(&[row(1, true)], BlockId([2; 20]));
    assert!(decision.tell_tortoise && decision.insert.is_some_and(|row| !row.valid));
    assert!(!save_hare_output(&[row(1, true), row(2, true)], BlockId([3; 20])).tell_tortoise);
    assert_eq!(valid_hare_output(&[]), None);
    assert_eq!(
        valid_hare_output(&[row(1, true), row(2, false)]),
        Some(BlockId([1; 20]))
    );
    assert_eq!(
        valid_hare_output(&[row(1, true), row(2, true)]),
        Some(BlockId::ZERO)
    );
}

#[test]
fn a_large_network_forgets_as_it_goes_and_stays_verified() {
    for disagree in [false, true] {
        let scale = Scale {
            ballots: 7,
            layers_per_epoch: 6,
            window: 12,
            disagree,
        };
        let mut network = SyntheticNetwork::new(scale);
        for _ in 0..80 {
            network.deliver();
            network.tally();
        }
        let engine = network.tortoise();
        assert!(
            engine.refs.len() <= 7 * 40,
            "{} ballots kept",
            engine.refs.len()
        );
        if !disagree {
            assert_eq!(engine.verified().0, network.layer().0 - 1);
            assert_eq!(engine.evicted().0, engine.verified().0 - 13);
        }
    }
}

#[test]
fn parameters_that_contradict_each_other_are_refused() {
    let check = |settings: Settings| Tortoise::new(settings).map(|_| ()).unwrap_err();
    let below = Settings {
        hdist: 1,
        ..settings()
    };
    assert_eq!(
        check(below),
        SettingsError::HdistBelowZdist { hdist: 1, zdist: 2 }
    );
    assert_eq!(
        check(Settings {
            window: 0,
            ..settings()
        }),
        SettingsError::NoWindow
    );
    let genesis = Settings {
        genesis: LayerId(0),
        ..settings()
    };
    assert_eq!(check(genesis), SettingsError::NoLayerBelowGenesis);
}
