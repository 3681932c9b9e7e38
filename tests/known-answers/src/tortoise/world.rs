//! An engine, its table of ATXs, and the events that drive them, as scenarios and traces tell them.

use std::collections::BTreeMap;

use spacemesh_consensus::tortoise::{
    ActivationTable, CachedAtx, DecodeError, Decoded, EncodeError, LayerResult, OwnVotes,
    ProbeTarget, RecoveredBlock, Settings, Sign, Tortoise,
};
use spacemesh_types::wire::BlockHeader;
use spacemesh_types::{AtxId, BallotId, Beacon, BlockId, EpochId, Hash32, LayerId, NodeId};

use super::read::OwnedBallot;

/// How a ballot comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Decoded and its hash compared.
    Decode,
    /// That, and stored.
    DecodeStore,
    /// Its hash is computed, not compared, and it is stored.
    Unsigned,
    /// Believed, as after a restart.
    Recovered,
}

/// An event.
#[derive(Debug, Clone)]
pub(super) enum Event {
    Atx {
        target: EpochId,
        id: AtxId,
        atx: CachedAtx,
    },
    Beacon {
        epoch: EpochId,
        beacon: Beacon,
    },
    Malfeasance(NodeId),
    Block(BlockHeader),
    RecoveredBlocks {
        layer: LayerId,
        blocks: Vec<RecoveredBlock>,
        hare: Option<BlockId>,
    },
    Hare {
        layer: LayerId,
        block: BlockId,
    },
    Coin {
        layer: LayerId,
        coin: bool,
    },
    Ballot {
        way: Way,
        ballot: Box<OwnedBallot>,
    },
    /// Stores what was decoded before. `ballot` is what that was, for a run that left the decoding out.
    Store {
        ballot: Box<OwnedBallot>,
        malicious: bool,
    },
    Tally(LayerId),
    Encode(Option<LayerId>),
    Updates,
    Applied {
        layer: LayerId,
        opinion: Hash32,
    },
    Reset,
    RecoverFrom {
        layer: LayerId,
        opinion: Hash32,
        previous: Hash32,
    },
    UpdateVerified(LayerId),
    UpdateLast(LayerId),
    Persist,
    SetTarget {
        header: BlockHeader,
        hare: Sign,
        validity: Sign,
    },
    /// Only looks at the state.
    Look,
}

/// What an event returned.
#[derive(Debug)]
pub(super) enum Outcome {
    Nothing,
    /// Errors of decoding and storing.
    Ballot {
        decode: Option<String>,
        store: Option<String>,
    },
    Encoded(Result<OwnVotes, EncodeError>),
    Updates(Vec<LayerResult>),
    Applied(bool),
}

pub(super) struct World {
    pub(super) engine: Tortoise,
    pub(super) activations: ActivationTable,
    /// Validity of blocks as a mesh would have stored it.
    pub(super) persisted: BTreeMap<BlockHeader, bool>,
    decoded: BTreeMap<BallotId, Decoded>,
}

impl World {
    pub(super) fn new(settings: Settings) -> Result<Self, String> {
        Ok(Self {
            engine: Tortoise::new(settings).map_err(|error| error.to_string())?,
            activations: ActivationTable::default(),
            persisted: BTreeMap::new(),
            decoded: BTreeMap::new(),
        })
    }

    pub(super) fn apply(&mut self, event: &Event) -> Outcome {
        // An event that is refused changes nothing; the files' expectations show whether it should have.
        match event {
            Event::Atx { target, id, atx } => {
                self.activations.add(*target, *id, *atx);
                let _ = self.engine.activation(*target, &atx.node, atx.weight);
            }
            Event::Beacon { epoch, beacon } => {
                let _ = self.engine.beacon(*epoch, *beacon);
            }
            Event::Malfeasance(node) => self.engine.malfeasance(*node),
            Event::Block(header) => {
                let _ = self.engine.block(*header);
            }
            Event::RecoveredBlocks {
                layer,
                blocks,
                hare,
            } => {
                let _ = self.engine.recovered_blocks(*layer, blocks, *hare);
            }
            Event::Hare { layer, block } => {
                let _ = self.engine.hare_output(*layer, *block);
            }
            Event::Coin { layer, coin } => {
                let _ = self.engine.weak_coin(*layer, *coin);
            }
            Event::Ballot { way, ballot } => return self.ballot(*way, ballot),
            Event::Store { ballot, malicious } => return self.store(ballot, *malicious),
            Event::Tally(layer) => {
                self.engine.tally(*layer, &self.activations);
                self.evict();
            }
            Event::Encode(current) => return Outcome::Encoded(self.engine.encode(*current)),
            Event::Updates => return Outcome::Updates(self.engine.updates()),
            Event::Applied { layer, opinion } => {
                let applied = self.engine.applied(*layer, *opinion);
                self.evict();
                return Outcome::Applied(applied);
            }
            Event::Reset => {
                if let Ok(engine) = Tortoise::new(self.engine.settings().clone()) {
                    self.engine = engine;
                }
            }
            Event::RecoverFrom {
                layer,
                opinion,
                previous,
            } => {
                self.engine.start_at(*layer, *opinion, *previous);
            }
            Event::UpdateVerified(layer) => self.engine.set_verified(*layer),
            Event::UpdateLast(layer) => self.engine.set_last(*layer),
            Event::Persist => {
                for block in self
                    .engine
                    .updates()
                    .iter()
                    .flat_map(|result| &result.blocks)
                {
                    if block.valid || block.invalid {
                        self.persisted.insert(block.header, block.valid);
                    }
                }
            }
            Event::SetTarget {
                header,
                hare,
                validity,
            } => {
                let mut probe = self.engine.probe();
                let known = probe.target(header);
                probe.set_target(
                    header,
                    ProbeTarget {
                        hare: *hare,
                        validity: *validity,
                        margin: known.map(|target| target.margin).unwrap_or_default(),
                        data: known.is_some_and(|target| target.data),
                    },
                );
            }
            Event::Look => {}
        }
        Outcome::Nothing
    }

    /// What the engine answers at the end: pointers, and the result of every layer.
    pub(super) fn answers(&self) -> String {
        let engine = &self.engine;
        let mut text = format!(
            "last {} processed {} verified {}\n",
            engine.last(),
            engine.processed(),
            engine.verified()
        );
        for layer in engine.evicted().0 + 1..=engine.processed().0 {
            text += &format!("{:?}\n", engine.result(LayerId(layer)));
        }
        text
    }

    fn ballot(&mut self, way: Way, ballot: &OwnedBallot) -> Outcome {
        let incoming = ballot.incoming();
        let decoded = match way {
            Way::Decode | Way::DecodeStore => self.engine.decode(&incoming, &self.activations),
            Way::Unsigned => self.engine.decode_unsigned(&incoming, &self.activations),
            Way::Recovered => {
                let result = self.engine.recovered_ballot(&incoming, &self.activations);
                let decode = result.err().map(|error| error.to_string());
                return Outcome::Ballot {
                    decode,
                    store: None,
                };
            }
        };
        match decoded {
            // What the reference passes over in silence when it is not asked to check.
            Err(DecodeError::TooOld { .. } | DecodeError::UnknownReference { .. })
                if way == Way::Unsigned =>
            {
                Outcome::Ballot {
                    decode: None,
                    store: None,
                }
            }
            Err(error) => Outcome::Ballot {
                decode: Some(error.to_string()),
                store: None,
            },
            Ok(decoded) if way == Way::Decode => {
                self.decoded.insert(ballot.id, decoded);
                Outcome::Ballot {
                    decode: None,
                    store: None,
                }
            }
            Ok(decoded) => {
                let store = self
                    .engine
                    .store(decoded)
                    .err()
                    .map(|error| error.to_string());
                Outcome::Ballot {
                    decode: None,
                    store,
                }
            }
        }
    }

    fn store(&mut self, ballot: &OwnedBallot, malicious: bool) -> Outcome {
        let decoded = match self.decoded.remove(&ballot.id) {
            Some(decoded) => Ok(decoded),
            None => self.engine.decode(&ballot.incoming(), &self.activations),
        };
        match decoded {
            Err(error) => Outcome::Ballot {
                decode: Some(error.to_string()),
                store: None,
            },
            Ok(mut decoded) => {
                if malicious {
                    decoded.set_malicious();
                }
                let store = self
                    .engine
                    .store(decoded)
                    .err()
                    .map(|error| error.to_string());
                Outcome::Ballot {
                    decode: None,
                    store,
                }
            }
        }
    }

    fn evict(&mut self) {
        if let Some(epoch) = self.engine.evicted_epoch() {
            self.activations.evict(epoch);
        }
    }
}
