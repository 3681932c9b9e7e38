//! A network of any size that agrees, for measuring: what one layer costs, apart from making its objects.
//!
//! Times are taken outside, because nothing here reads a clock:
//!
//! ```
//! use spacemesh_consensus::tortoise::{Scale, SyntheticNetwork};
//!
//! let mut network = SyntheticNetwork::new(Scale { ballots: 50, ..Scale::mainnet() });
//! for _ in 0..100 {
//!     network.deliver(); // the layer's block and ballots
//!     network.tally(); // what is measured
//! }
//! assert!(network.tortoise().verified() > network.tortoise().settings().genesis);
//! ```

use spacemesh_types::wire::{BlockHeader, Votes};
use spacemesh_types::{
    AtxId, BallotId, Beacon, BlockId, EpochId, LayerId, LayersPerEpoch, NodeId, sum,
};

use super::activations::{ActivationTable, CachedAtx};
use super::ballot::{EpochVotes, IncomingBallot};
use super::encode::OwnVotes;
use super::engine::Tortoise;
use super::settings::Settings;

/// Size and kind of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Ballots per layer.
    pub ballots: u32,
    /// Layers of an epoch.
    pub layers_per_epoch: u32,
    /// The window in layers.
    pub window: u32,
    /// Whether the ballots of every other layer declare another beacon, so that all is counted in full.
    pub disagree: bool,
}

impl Scale {
    /// Layers and window of mainnet, 50 ballots per layer.
    pub const fn mainnet() -> Self {
        Self {
            ballots: 50,
            layers_per_epoch: 4032,
            window: 4032,
            disagree: false,
        }
    }
}

/// The network: every ballot slot of an epoch is used once per layer by its own identity.
#[derive(Debug)]
pub struct SyntheticNetwork {
    scale: Scale,
    tortoise: Tortoise,
    activations: ActivationTable,
    layer: LayerId,
}

const BEACON: Beacon = Beacon([1; 4]);
const OTHER_BEACON: Beacon = Beacon([2; 4]);
const WEIGHT: u64 = 1_000_000;
const HEIGHT: u64 = 100_000;

impl SyntheticNetwork {
    /// A network at its effective genesis. Sizes of zero count as one.
    pub fn new(scale: Scale) -> Self {
        let layers_per_epoch =
            LayersPerEpoch::new(scale.layers_per_epoch.max(1)).unwrap_or(ONE_LAYER);
        let genesis = LayerId(layers_per_epoch.get().saturating_mul(2) - 1);
        let settings = Settings {
            hdist: 10,
            zdist: 2,
            window: scale.window.max(1),
            historical: Vec::new(),
            max_exceptions: 1000,
            bad_beacon_delay: layers_per_epoch.get(),
            layers_per_epoch,
            genesis,
        };
        Self {
            scale,
            tortoise: Tortoise::new(settings).expect("these parameters fit together"),
            activations: ActivationTable::default(),
            layer: genesis,
        }
    }

    /// The engine.
    pub fn tortoise(&self) -> &Tortoise {
        &self.tortoise
    }

    /// The layer that was delivered last.
    pub fn layer(&self) -> LayerId {
        self.layer
    }

    /// Delivers the ballots and the block of the next layer, and hare's result.
    pub fn deliver(&mut self) {
        let lpe = self.tortoise.settings().layers_per_epoch;
        let layer = LayerId(self.layer.0.saturating_add(1));
        self.layer = layer;
        let epoch = layer.epoch(lpe);
        if layer.is_first_in_epoch(lpe) || self.tortoise.epoch_beacon(epoch).is_none() {
            self.begin(epoch);
        }
        let votes = self.tortoise.encode(Some(layer));
        let votes = votes.unwrap_or_else(|_| OwnVotes {
            hash: Default::default(),
            votes: Votes::default(),
        });
        let other = self.scale.disagree && layer.0.is_multiple_of(2);
        for identity in 0..self.scale.ballots.max(1) {
            let ballot = IncomingBallot {
                id: ballot_id(layer, identity),
                smesher: NodeId(identity_hash(epoch, identity)),
                layer,
                eligibilities: 1,
                atx: AtxId(identity_hash(epoch, identity)),
                opinion: votes.hash,
                votes: &votes.votes,
                epoch_data: Some(EpochVotes {
                    beacon: if other { OTHER_BEACON } else { BEACON },
                    slots: lpe.get(),
                }),
                reference: None,
                malicious: false,
            };
            if let Ok(decoded) = self.tortoise.decode(&ballot, &self.activations) {
                let _ = self.tortoise.store(decoded);
            }
        }
        let block = BlockHeader {
            id: BlockId(
                sum([b"block".as_slice(), &layer.0.to_le_bytes()])
                    .to_hash20()
                    .0,
            ),
            layer,
            height: HEIGHT / 2,
        };
        let _ = self.tortoise.block(block);
        let _ = self.tortoise.hare_output(layer, block.id);
    }

    /// Counts up to the delivered layer and acknowledges every result, as a mesh does.
    pub fn tally(&mut self) {
        self.tortoise.tally(self.layer, &self.activations);
        for result in self.tortoise.updates() {
            if result.verified {
                self.tortoise.applied(result.layer, result.opinion);
            }
        }
        if let Some(epoch) = self.tortoise.evicted_epoch() {
            self.activations.evict(epoch);
        }
    }

    fn begin(&mut self, epoch: EpochId) {
        for identity in 0..self.scale.ballots.max(1) {
            let atx = CachedAtx {
                node: NodeId(identity_hash(epoch, identity)),
                weight: WEIGHT,
                base_height: HEIGHT / 2,
                height: HEIGHT + u64::from(identity),
            };
            if self
                .activations
                .add(epoch, AtxId(identity_hash(epoch, identity)), atx)
            {
                let _ = self.tortoise.activation(epoch, &atx.node, atx.weight);
            }
        }
        let _ = self.tortoise.beacon(epoch, BEACON);
    }
}

const ONE_LAYER: LayersPerEpoch = match LayersPerEpoch::new(1) {
    Some(one) => one,
    None => unreachable!(),
};

fn identity_hash(epoch: EpochId, identity: u32) -> [u8; 32] {
    sum([epoch.0.to_le_bytes(), identity.to_le_bytes()]).0
}

fn ballot_id(layer: LayerId, identity: u32) -> BallotId {
    sum([b"ball", &layer.0.to_le_bytes(), &identity.to_le_bytes()])
        .to_hash20()
        .into()
}
