//! Starting again: recovery from what is stored, and snapshots, which are the state of networks that agree on nothing.

use super::super::recovery::window_start;
use super::*;

/// A store with ballots' layers, applied layers and hashes, and nothing else.
struct Disk {
    top: u32,
    applied: u32,
    hash: Option<Hash32>,
}

impl Stored for Disk {
    fn latest_ballot_layer(&self) -> Option<LayerId> {
        (self.top > 0).then_some(LayerId(self.top))
    }
    fn latest_applied(&self) -> Option<LayerId> {
        Some(LayerId(self.applied))
    }
    fn latest_valid(&self) -> Option<LayerId> {
        None
    }
    fn latest_publish_epoch(&self) -> Option<EpochId> {
        Some(EpochId(1))
    }
    fn mesh_hash(&self, _: LayerId) -> Option<Hash32> {
        self.hash
    }
    fn malicious(&self) -> Vec<NodeId> {
        Vec::new()
    }
    fn beacon(&self, _: EpochId) -> Option<Beacon> {
        Some(BEACON)
    }
    fn activations(&self, target: EpochId, each: &mut dyn FnMut(NodeId, u64)) {
        if target == EpochId(2) {
            each(node(1), 100);
        }
    }
    fn layer(&self, _: LayerId) -> StoredLayer {
        StoredLayer::default()
    }
    fn ballots(&self, _: LayerId, _: &mut dyn FnMut(&IncomingBallot<'_>)) {}
}

#[test]
fn an_absent_mesh_hash_is_no_window_start() {
    // Trap 28: the reference reads it as 32 zero bytes.
    let at = |hash| {
        let disk = Disk {
            top: 50,
            applied: 50,
            hash,
        };
        window_start(&settings(), &disk, LayerId(8)).map(|(layer, _, _)| layer.0)
    };
    assert_eq!(at(Some(Hash32([1; 32]))), Some(28));
    assert_eq!(at(None), None);
    assert_eq!(at(Some(Hash32::ZERO)), None);
    let disk = Disk {
        top: 50,
        applied: 50,
        hash: Some(Hash32([1; 32])),
    };
    let engine = recover(settings(), &disk, &ActivationTable::default(), LayerId(50)).unwrap();
    // Trap 25: the first layer of the window has its own number.
    assert_eq!(engine.result(LayerId(28)).unwrap().layer, LayerId(28));
    assert_eq!(
        (engine.evicted(), engine.processed()),
        (LayerId(27), LayerId(50))
    );
}

#[test]
fn recovery_after_a_checkpoint_delivers_every_atx_once() {
    // Trap 17: at the first layer of an epoch, without any ballot, and with one.
    for top in [0, 8, 9] {
        let settings = Settings {
            genesis: LayerId(11),
            ..settings()
        };
        let disk = Disk {
            top,
            applied: 0,
            hash: None,
        };
        let engine = recover(settings, &disk, &ActivationTable::default(), LayerId(20)).unwrap();
        let weight = engine.epochs.get(&2).map(|epoch| epoch.weight);
        assert!(
            weight.is_none_or(|weight| weight <= Weight::whole(100)),
            "top {top}: {weight:?}"
        );
    }
    let settings = Settings {
        genesis: LayerId(8),
        ..settings()
    };
    let disk = Disk {
        top: 9,
        applied: 0,
        hash: None,
    };
    let engine = recover(settings, &disk, &ActivationTable::default(), LayerId(9)).unwrap();
    assert_eq!(engine.epochs[&2].weight, Weight::whole(100));
}

/// SplitMix64, so that the same seed gives the same network everywhere.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// A network that agrees on nothing: random blocks, votes, bases and heights. Returns it with the blocks, all told before any ballot.
fn quarrel(seed: u64) -> (Net, Vec<BlockHeader>) {
    let mut random = Seeded(seed);
    let mut net = Net::new();
    for epoch in 2..7 {
        for identity in 1..=10 {
            let atx = CachedAtx {
                node: node(identity),
                weight: 100,
                base_height: 0,
                height: random.below(12),
            };
            net.atxs
                .add(EpochId(epoch), AtxId([identity + 100; 32]), atx);
        }
    }
    let mut blocks = Vec::new();
    for layer in 8..20 {
        for _ in 0..=random.below(2) {
            let block = block(random.below(200) as u8, layer, random.below(12));
            net.engine.block(block).unwrap();
            blocks.push(block);
        }
    }
    let mut ballots: Vec<(BallotId, u32)> = vec![(BallotId::ZERO, 7)];
    for layer in 8..20 {
        let earlier = ballots.clone();
        for identity in 1..=6 {
            let (base, from) =
                earlier[earlier.len() - 1 - random.below(earlier.len().min(8) as u64) as usize];
            let mut abstain = Vec::new();
            let mut support = Vec::new();
            for lid in from.saturating_sub(2).max(7)..layer {
                match random.below(5) {
                    0 => abstain.push(lid),
                    1 | 2 => support.extend(blocks.iter().find(|block| block.layer.0 == lid)),
                    _ => {}
                }
            }
            let votes = votes(base, &support, &[], &abstain);
            let mut ballot = incoming(identity, layer, &votes);
            ballot.atx = AtxId([identity + 100; 32]);
            let decoded = net.decode(&ballot).unwrap();
            net.engine.store(decoded).unwrap();
            ballots.push((ballot.id, layer));
        }
        if random.below(3) > 0 {
            net.tally(layer);
        }
    }
    net.tally(20);
    (net, blocks)
}

#[test]
fn counting_along_the_tree_is_counting_ballot_by_ballot() {
    // The twin walks every ballot's whole list, as 08 §7.4 is written.
    for seed in 0..40 {
        let (net, blocks) = quarrel(seed);
        let engine = &net.engine;
        assert_eq!(engine.mode(), Mode::Full, "seed {seed}");
        let mut margins = vec![Weight::ZERO; blocks.len()];
        for (lid, layer) in engine
            .layers
            .iter()
            .filter(|(lid, _)| *lid <= engine.counted)
        {
            for row in &layer.ballots {
                let (mut below, mut index) = (lid - 1, row.node);
                while let Some(node) = engine.layers.node(below, index) {
                    let supported = engine.layers.get(below).unwrap().supported_blocks(node);
                    for (margin, block) in margins.iter_mut().zip(&blocks) {
                        if block.layer.0 != below
                            || node.abstain
                            || block.height > row.reference.height
                        {
                            continue;
                        }
                        if supported.contains(&(block.height, block.id)) {
                            *margin += row.weight;
                        } else {
                            *margin -= row.weight;
                        }
                    }
                    (below, index) = (below - 1, node.previous);
                }
            }
        }
        let mut engine = net.engine;
        let counted: Vec<Weight> = blocks
            .iter()
            .map(|block| engine.probe().target(block).unwrap().margin)
            .collect();
        assert_eq!(counted, margins, "seed {seed}");
    }
}

#[test]
fn a_snapshot_is_the_state_and_goes_on_alike() {
    for seed in 0..10 {
        let (mut net, _) = quarrel(seed);
        let bytes = net.engine.snapshot();
        let mut restored = Tortoise::restore(settings(), &bytes).unwrap();
        assert_eq!(restored, net.engine, "seed {seed}");
        restored.tally(LayerId(30), &net.atxs);
        net.tally(30);
        assert_eq!(restored.fingerprint(), net.engine.fingerprint());
    }
}

#[test]
fn a_snapshot_that_is_damaged_or_of_other_parameters_is_refused() {
    let (net, _) = quarrel(1);
    let bytes = net.engine.snapshot();
    let mut random = Seeded(7);
    for _ in 0..200 {
        let mut damaged = bytes.clone();
        let at = random.below(damaged.len() as u64) as usize;
        damaged[at] ^= 1 << random.below(8);
        assert_eq!(
            Tortoise::restore(settings(), &damaged),
            Err(SnapshotError::Damaged)
        );
        // The same with a digest that fits: an error or another state, never a panic.
        let content = damaged.len() - 32;
        let digest = sum([&damaged[..content]]);
        damaged[content..].copy_from_slice(digest.as_bytes());
        if let Ok(mut other) = Tortoise::restore(settings(), &damaged) {
            let _ = other.encode(None);
            let _ = other.updates();
            other.probe().lowest_vote();
        }
    }
    assert_eq!(
        Tortoise::restore(settings(), &bytes[..40]),
        Err(SnapshotError::Damaged)
    );
    assert_eq!(
        Tortoise::restore(settings(), &[]),
        Err(SnapshotError::Damaged)
    );
    let other = Settings {
        hdist: 5,
        ..settings()
    };
    assert_eq!(
        Tortoise::restore(other, &bytes),
        Err(SnapshotError::OtherSettings)
    );
}

#[test]
fn a_snapshot_of_another_store_is_noticed() {
    let mut net = Net::new();
    for layer in 8..12 {
        net.tally(layer);
    }
    for layer in 7..=10 {
        let opinion = net.engine.opinion(LayerId(layer)).unwrap();
        net.engine.applied(LayerId(layer), opinion);
    }
    let engine = &net.engine;
    assert_eq!(engine.contradicts(|layer| engine.opinion(layer)), None);
    let other = engine.contradicts(|layer| (layer.0 >= 9).then_some(Hash32::ZERO));
    assert_eq!(other, Some(LayerId(9)));
}
