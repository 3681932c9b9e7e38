//! Restart: the state is made again from stored objects (08 §11).
//!
//! [`recover`] walks through all steps. The steps are methods of the engine, so that a restored snapshot can go on with the layers after it.

use std::collections::BTreeSet;

use spacemesh_types::wire::BlockHeader;
use spacemesh_types::{Beacon, BlockId, EpochId, Hash32, LayerId, NodeId};

use super::activations::Activations;
use super::ballot::{DecodeError, IncomingBallot, StoreError};
use super::decode::Trust;
use super::engine::{RefusedEvent, Tortoise};
use super::layers::Layers;
use super::settings::{Settings, SettingsError};
use super::sign::Sign;

/// A stored block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveredBlock {
    /// The block.
    pub header: BlockHeader,
    /// Whether it is stored as valid. Undecided is not valid.
    pub valid: bool,
}

/// What is stored of a layer, but for its ballots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredLayer {
    /// Its blocks.
    pub blocks: Vec<RecoveredBlock>,
    /// Its hare result: zero for an empty layer or several valid certificates, none if nothing is known.
    pub hare: Option<BlockId>,
    /// Its weak coin.
    pub coin: Option<bool>,
}

/// What recovery reads.
pub trait Stored {
    /// The highest layer with a ballot.
    fn latest_ballot_layer(&self) -> Option<LayerId>;
    /// The highest layer that was executed.
    fn latest_applied(&self) -> Option<LayerId>;
    /// The highest layer with a block stored as valid.
    fn latest_valid(&self) -> Option<LayerId>;
    /// The latest epoch in which a stored ATX was published.
    fn latest_publish_epoch(&self) -> Option<EpochId>;
    /// The mesh hash of a layer; none if there is none (08 Trap 28).
    fn mesh_hash(&self, layer: LayerId) -> Option<Hash32>;
    /// The malicious identities.
    fn malicious(&self) -> Vec<NodeId>;
    /// The beacon of an epoch.
    fn beacon(&self, epoch: EpochId) -> Option<Beacon>;
    /// Calls `each` with identity and weight of every ATX for an epoch.
    fn activations(&self, target: EpochId, each: &mut dyn FnMut(NodeId, u64));
    /// What is stored of a layer.
    fn layer(&self, layer: LayerId) -> StoredLayer;
    /// Calls `each` with every ballot of a layer, in the order in which they were stored.
    fn ballots(&self, layer: LayerId, each: &mut dyn FnMut(&IncomingBallot<'_>));
}

/// Makes an engine from what is stored. `current` is the layer of the clock.
///
/// Each epoch's ATXs are delivered once, also after a checkpoint, where the reference delivers those of the first epoch twice (08 Trap 17).
///
/// # Errors
///
/// Parameters that contradict each other.
pub fn recover(
    settings: Settings,
    stored: &impl Stored,
    activations: &impl Activations,
    current: LayerId,
) -> Result<Tortoise, SettingsError> {
    let lpe = settings.layers_per_epoch;
    let genesis = settings.genesis;
    let mut engine = Tortoise::new(settings)?;
    let top = stored.latest_ballot_layer().unwrap_or_default();
    engine.clock(current.max(top));
    let mut start = LayerId(genesis.0.saturating_add(1));
    if let Some((window, opinion, previous)) = window_start(engine.settings(), stored, start) {
        engine.start_at(window, opinion, previous);
        start = window;
    }
    for node in stored.malicious() {
        engine.malfeasance(node);
    }
    let mut delivered = BTreeSet::new();
    if u64::from(genesis.0) + 1 != 2 * u64::from(lpe.get()) {
        let first = LayerId(genesis.0.saturating_add(1)).epoch(lpe);
        engine.recover_epoch(first, stored, &mut delivered);
    }
    let valid = stored.latest_valid();
    if let Some(valid) = valid {
        engine.set_verified(valid);
    }
    engine.set_last(top);
    for layer in start.0..=top.0 {
        engine.recover_layer(LayerId(layer), stored, activations, &mut delivered);
    }
    if let Some(latest) = stored.latest_publish_epoch().and_then(EpochId::target) {
        for epoch in top.epoch(lpe).0.saturating_add(1)..=latest.0 {
            engine.recover_epoch(EpochId(epoch), stored, &mut delivered);
        }
    }
    let top = top.min(current);
    if top < start {
        return Ok(engine);
    }
    engine.tally(top, activations);
    // What was applied with the same result is not delivered again.
    for layer in (start.0..=valid.unwrap_or_default().0).rev() {
        let hash = stored
            .mesh_hash(LayerId(layer))
            .filter(|hash| !hash.is_zero());
        if hash.is_some_and(|hash| engine.applied(LayerId(layer), hash)) {
            break;
        }
    }
    Ok(engine)
}

/// The first layer of the window, if the past before it need not be read, with its mesh hash and the one before.
pub(super) fn window_start(
    settings: &Settings,
    stored: &impl Stored,
    start: LayerId,
) -> Option<(LayerId, Hash32, Hash32)> {
    let applied = stored.latest_applied()?;
    let oldest = applied
        .checked_sub(settings.window_at(applied))
        .filter(|oldest| oldest.0 > 0)?;
    let epoch = oldest.epoch(settings.layers_per_epoch);
    let window = epoch
        .first_layer(settings.layers_per_epoch)
        .filter(|&window| window > start)?;
    let hash = |layer| stored.mesh_hash(layer).filter(|hash| !hash.is_zero());
    Some((window, hash(window)?, hash(window.checked_sub(1)?)?))
}

impl Tortoise {
    /// A fresh engine begins with layer `start` instead of the effective genesis: `opinion` and `previous` are the mesh hashes of that layer
    /// and of the one below.
    pub fn start_at(&mut self, start: LayerId, opinion: Hash32, previous: Hash32) {
        let Some(below) = start.checked_sub(1) else {
            return;
        };
        self.layers = Layers::new(below.0);
        (self.evicted, self.processed) = (below.0, below.0);
        (self.last, self.verified, self.pending) = (start.0, start.0, Some(start.0));
        self.opinion_below = Some(previous);
        if let Some(layer) = self.layers.touch(start.0) {
            layer.terminated = true;
            layer.opinion = opinion;
        }
        if self.settings.ordinal(start.0) == 0 {
            self.evicted_epoch = self.settings.epoch(start.0).checked_sub(1).map(EpochId);
        }
    }

    /// Recovery only: the verified layer of before the restart.
    pub fn set_verified(&mut self, layer: LayerId) {
        self.verified = layer.0;
    }

    /// Recovery only: raises the last layer, as a tally does, without counting.
    pub fn set_last(&mut self, layer: LayerId) {
        self.raise_last(layer.0);
    }

    /// Recovery only: the stored blocks of a layer and its hare result, none if there is none.
    ///
    /// # Errors
    ///
    /// A layer out of range.
    pub fn recovered_blocks(
        &mut self,
        layer: LayerId,
        blocks: &[RecoveredBlock],
        hare: Option<BlockId>,
    ) -> Result<(), RefusedEvent> {
        for block in blocks {
            let validity = if block.valid {
                Sign::Support
            } else {
                Sign::Neutral
            };
            self.recovered_block(block.header, validity)?;
        }
        if let Some(block) = hare {
            return self.hare_output(layer, block);
        }
        if !self.is_within_hdist(layer)
            && let Some(entry) = self.touch(layer)?
        {
            entry.terminated = true;
            entry.for_each_ordered(|target| {
                if target.validity == Sign::Neutral {
                    target.validity = Sign::Against;
                }
            });
        }
        Ok(())
    }

    /// Recovery only: a stored ballot. It was accepted before, so its signed hash is believed, and its votes may build on what is forgotten.
    ///
    /// # Errors
    ///
    /// It cannot be decoded or is there already; the caller goes on without it.
    pub fn recovered_ballot(
        &mut self,
        ballot: &IncomingBallot<'_>,
        activations: &impl Activations,
    ) -> Result<(), RecoveredBallotError> {
        let decoded = self.decode_trusting(ballot, activations, Trust::Stored)?;
        Ok(self.store(decoded)?)
    }

    /// Recovery only: ATXs and beacon of an epoch, once.
    fn recover_epoch(
        &mut self,
        epoch: EpochId,
        stored: &impl Stored,
        delivered: &mut BTreeSet<EpochId>,
    ) {
        if !delivered.insert(epoch) {
            return;
        }
        // What is refused here was refused before the restart.
        stored.activations(epoch, &mut |node, weight| {
            let _ = self.activation(epoch, &node, weight);
        });
        if let Some(beacon) = stored.beacon(epoch).filter(|beacon| !beacon.is_zero()) {
            let _ = self.beacon(epoch, beacon);
        }
    }

    fn recover_layer(
        &mut self,
        layer: LayerId,
        stored: &impl Stored,
        activations: &impl Activations,
        delivered: &mut BTreeSet<EpochId>,
    ) {
        let lpe = self.settings.layers_per_epoch;
        if layer.is_first_in_epoch(lpe) {
            self.recover_epoch(layer.epoch(lpe), stored, delivered);
        }
        let objects = stored.layer(layer);
        let hare = objects.hare.filter(|_| self.is_within_hdist(layer));
        // Objects that are refused or do not decode are left out, as they would be when they come from a peer.
        let _ = self.recovered_blocks(layer, &objects.blocks, hare);
        // Those that others refer to come first.
        for first in [true, false] {
            stored.ballots(layer, &mut |ballot| {
                if ballot.epoch_data.is_some() == first {
                    let _ = self.recovered_ballot(ballot, activations);
                }
            });
        }
        if let Some(coin) = objects.coin {
            let _ = self.weak_coin(layer, coin);
        }
    }
}

/// Why a stored ballot is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveredBallotError {
    /// It cannot be decoded.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It is there already.
    #[error(transparent)]
    Store(#[from] StoreError),
}
