//! The tortoise and the mesh: events in any order with votes from bytes, ballots off the wire, and snapshots off a disk.

use spacemesh_codec::{BoundedVec, decode_exact};
use spacemesh_consensus::mesh::Mesh;
use spacemesh_consensus::tortoise::{
    ActivationTable, CachedAtx, EpochVotes, IncomingBallot, Settings, Tortoise, check_votes,
};
use spacemesh_types::wire::{Ballot, BlockHeader, Votes};
use spacemesh_types::{
    AtxId, BallotId, Beacon, BlockId, EpochId, Hash32, LayerId, LayersPerEpoch, NodeId,
};

/// Layers that one input may tally: the rest is more of the same.
const LAYERS_MAX: u32 = 64;

/// One event per byte and the bytes it takes.
pub(crate) fn tortoise(bytes: &[u8]) {
    let Some(mut engine) = new_engine() else {
        return;
    };
    let _ = Tortoise::restore(engine.settings().clone(), bytes);
    let mut atxs = ActivationTable::default();
    if let Ok(ballot) = decode_exact::<Ballot>(bytes) {
        let incoming = IncomingBallot::of(&ballot, false);
        let _ = engine.decode(&incoming, &atxs);
        let _ = engine.check_attached_votes(&incoming);
        let _ = check_votes(&ballot.votes, ballot.inner.layer, 4, 100);
    }
    let mut input = Bytes(bytes);
    let mut layer = engine.settings().genesis;
    let mut mesh = Mesh::start(layer, None, None, None).0;
    while let Some(event) = input.next() {
        let near = |offset: u8| {
            LayerId(
                layer
                    .0
                    .saturating_add(u32::from(offset % 16))
                    .saturating_sub(8),
            )
        };
        match event % 12 {
            0 | 1 => {
                if layer.0 < LAYERS_MAX {
                    layer = LayerId(layer.0 + 1);
                    engine.tally(layer, &atxs);
                }
            }
            2 => {
                let (identity, weight) =
                    (input.byte(), u64::from(input.byte()) << (input.byte() % 64));
                let epoch = EpochId(u32::from(input.byte() % 20));
                let atx = CachedAtx {
                    node: NodeId([identity; 32]),
                    weight,
                    base_height: 0,
                    height: u64::from(input.byte()),
                };
                if atxs.add(epoch, AtxId([identity; 32]), atx) {
                    let _ = engine.activation(epoch, &atx.node, weight);
                }
            }
            3 => {
                let epoch = EpochId(u32::from(input.byte() % 20));
                let _ = engine.beacon(epoch, Beacon([input.byte() % 2; 4]));
            }
            4 => {
                let _ = engine.block(block(&mut input, near));
            }
            5 => {
                let block = BlockId([input.byte() % 4; 20]);
                let _ = engine.hare_output(near(input.byte()), block);
            }
            6 => {
                let _ = engine.weak_coin(near(input.byte()), input.byte() % 2 == 0);
            }
            7 => engine.malfeasance(NodeId([input.byte(); 32])),
            8 => {
                for result in engine.updates() {
                    if result.verified {
                        engine.applied(result.layer, result.opinion);
                    }
                }
            }
            9 => {
                let plan = mesh.plan(&engine.updates(), |_| None);
                assert!(plan.effects.len() <= 3 * LAYERS_MAX as usize);
                mesh.mark_processed(near(input.byte()));
            }
            10 => {
                if let Ok(own) = engine.encode(None) {
                    ballot(&mut engine, &atxs, &mut input, near, &own.votes, own.hash);
                }
            }
            _ => {
                let votes = Votes {
                    base: BallotId([input.byte(); 20]),
                    support: blocks(&mut input, near),
                    against: blocks(&mut input, near),
                    abstain: layers(&mut input, near),
                };
                ballot(&mut engine, &atxs, &mut input, near, &votes, Hash32::ZERO);
            }
        }
        let genesis = engine.settings().genesis;
        assert!(engine.verified() <= genesis || engine.verified() < engine.processed());
        assert!(engine.evicted() < engine.processed());
    }
    let restored = Tortoise::restore(engine.settings().clone(), &engine.snapshot());
    assert_eq!(restored.as_ref(), Ok(&engine), "a snapshot is the state");
}

fn new_engine() -> Option<Tortoise> {
    let settings = Settings {
        hdist: 4,
        zdist: 2,
        window: 10,
        historical: Vec::new(),
        max_exceptions: 20,
        bad_beacon_delay: 2,
        layers_per_epoch: LayersPerEpoch::new(4)?,
        genesis: LayerId(7),
    };
    Tortoise::new(settings).ok()
}

fn ballot(
    engine: &mut Tortoise,
    atxs: &ActivationTable,
    input: &mut Bytes<'_>,
    near: impl Fn(u8) -> LayerId,
    votes: &Votes,
    opinion: Hash32,
) {
    let identity = input.byte();
    let ballot = IncomingBallot {
        id: BallotId([input.byte(); 20]),
        smesher: NodeId([identity; 32]),
        layer: near(input.byte()),
        eligibilities: u32::from(input.byte()),
        atx: AtxId([identity; 32]),
        opinion,
        votes,
        epoch_data: (!input.byte().is_multiple_of(4)).then_some(EpochVotes {
            beacon: Beacon([input.byte() % 2; 4]),
            slots: u32::from(input.byte()),
        }),
        reference: Some(BallotId([input.byte(); 20])),
        malicious: input.byte() == 0,
    };
    match input.byte() % 3 {
        0 => {
            let _ = engine.recovered_ballot(&ballot, atxs);
        }
        1 => {
            let _ = engine
                .decode(&ballot, atxs)
                .map(|decoded| engine.store(decoded));
        }
        _ => {
            let _ = engine
                .decode_unsigned(&ballot, atxs)
                .map(|decoded| engine.store(decoded));
        }
    }
}

fn block(input: &mut Bytes<'_>, near: impl Fn(u8) -> LayerId) -> BlockHeader {
    BlockHeader {
        id: BlockId([input.byte() % 4; 20]),
        layer: near(input.byte()),
        height: u64::from(input.byte() % 8),
    }
}

fn blocks(input: &mut Bytes<'_>, near: impl Fn(u8) -> LayerId) -> BoundedVec<BlockHeader, 10_000> {
    let blocks: Vec<BlockHeader> = (0..input.byte() % 4).map(|_| block(input, &near)).collect();
    BoundedVec::try_from(blocks).unwrap_or_default()
}

fn layers(input: &mut Bytes<'_>, near: impl Fn(u8) -> LayerId) -> BoundedVec<LayerId, 10_000> {
    let layers: Vec<LayerId> = (0..input.byte() % 4).map(|_| near(input.byte())).collect();
    BoundedVec::try_from(layers).unwrap_or_default()
}

/// The input, read byte by byte; zeros after its end.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn byte(&mut self) -> u8 {
        self.next().unwrap_or(0)
    }
}
