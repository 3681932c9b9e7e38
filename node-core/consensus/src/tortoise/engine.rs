//! The state of the engine, and the events that only set something (08 §3.2, §6).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use spacemesh_types::wire::BlockHeader;
use spacemesh_types::{AtxId, BallotId, Beacon, BlockId, EpochId, Hash32, LayerId, NodeId, sum};

use super::layers::{Layers, Target};
use super::settings::{Settings, SettingsError};
use super::sign::Sign;
use super::threshold::local_threshold;
use super::weight::Weight;

/// Layers above the clock (and above the highest tallied layer) for which objects are accepted. Layers are kept densely, so this bounds
/// what an object with an absurd layer can allocate to about a megabyte (08 Trap 26).
pub(super) const AHEAD_MAX: u32 = 4096;
/// Epochs above those layers for which ATXs and beacons are accepted: an ATX is published one epoch before its target.
const EPOCHS_AHEAD_MAX: u32 = 16;
/// An ATX with more is refused; the reference stops there (08 §6).
const ATX_WEIGHT_MAX: u64 = i64::MAX as u64;

/// How votes are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only the weight that agrees with the local opinion.
    Verifying,
    /// Every vote.
    Full,
}

/// Why an event was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedEvent {
    /// It is about a layer that lies too far ahead.
    #[error("layer {layer} is after {horizon}, the last layer accepted at this time")]
    LayerAhead {
        /// The layer.
        layer: LayerId,
        /// The last layer that is accepted.
        horizon: LayerId,
    },
    /// It is about an epoch that lies too far ahead.
    #[error("epoch {epoch} is too far ahead of layer {horizon}")]
    EpochAhead {
        /// The epoch.
        epoch: EpochId,
        /// The last layer that is accepted.
        horizon: LayerId,
    },
    /// An ATX weighs more than a signed 64-bit number holds.
    #[error("an ATX weighs {weight}, expected at most 2^63 - 1")]
    AtxWeight {
        /// Its weight.
        weight: u64,
    },
}

/// What is known of an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Epoch {
    pub(super) weight: Weight,
    pub(super) height: u64,
    pub(super) beacon: Option<Beacon>,
}

/// What other parts ask about a stored ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredBallot {
    /// Its layer.
    pub layer: LayerId,
    /// ATX of its reference ballot.
    pub atx: AtxId,
    /// Whose it is.
    pub smesher: NodeId,
    /// Beacon that its reference ballot declared.
    pub beacon: Beacon,
    /// Slots that its reference ballot declared.
    pub slots: u32,
}

/// The engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tortoise {
    pub(super) settings: Settings,
    pub(super) layers: Layers,
    pub(super) refs: BTreeMap<BallotId, (u32, u32)>,
    pub(super) epochs: BTreeMap<u32, Epoch>,
    pub(super) malicious: BTreeSet<NodeId>,
    /// Ballots whose epoch has no beacon yet, by layer and index.
    pub(super) parked: VecDeque<(u32, u32)>,
    /// Ballots with another beacon, by the layer in which they count.
    pub(super) delayed: BTreeMap<u32, Vec<(u32, u32)>>,
    /// How many targets in the window have a height.
    pub(super) heights: BTreeMap<u64, u32>,
    pub(super) last: u32,
    pub(super) processed: u32,
    pub(super) verified: u32,
    pub(super) evicted: u32,
    pub(super) pending: Option<u32>,
    pub(super) local_threshold: Weight,
    pub(super) full: bool,
    pub(super) counted: u32,
    pub(super) total_good: Weight,
    /// Sum of the evicted layers' good weights.
    pub(super) good_below: Weight,
    /// Opinion of the highest evicted layer; none below the effective genesis.
    pub(super) opinion_below: Option<Hash32>,
    pub(super) evicted_epoch: Option<EpochId>,
    pub(super) clock: u32,
}

impl Tortoise {
    /// An engine at the effective genesis.
    ///
    /// # Errors
    ///
    /// Parameters that contradict each other.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let genesis = settings.genesis.0;
        let evicted = genesis.saturating_sub(1);
        let mut layers = Layers::new(evicted);
        if let Some(layer) = layers.touch(genesis) {
            layer.terminated = true;
            layer.opinion = sum::<&[u8]>([]);
        }
        Ok(Self {
            epochs: BTreeMap::from([(settings.epoch(genesis), Epoch::default())]),
            settings,
            layers,
            refs: BTreeMap::new(),
            malicious: BTreeSet::new(),
            parked: VecDeque::new(),
            delayed: BTreeMap::new(),
            heights: BTreeMap::new(),
            last: genesis,
            processed: genesis,
            verified: 0,
            evicted,
            pending: Some(genesis),
            local_threshold: Weight::ZERO,
            full: false,
            counted: genesis,
            total_good: Weight::ZERO,
            good_below: Weight::ZERO,
            opinion_below: None,
            evicted_epoch: None,
            clock: genesis,
        })
    }

    /// The parameters.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The highest verified layer; zero before the first tally. May go down again.
    pub fn verified(&self) -> LayerId {
        LayerId(self.verified)
    }

    /// The highest layer whose ballots were counted.
    pub fn processed(&self) -> LayerId {
        LayerId(self.processed)
    }

    /// The highest layer the engine was told about.
    pub fn last(&self) -> LayerId {
        LayerId(self.last)
    }

    /// The highest layer that is forgotten.
    pub fn evicted(&self) -> LayerId {
        LayerId(self.evicted)
    }

    /// The highest epoch that is forgotten: the table of ATXs drops it and all before it.
    pub fn evicted_epoch(&self) -> Option<EpochId> {
        self.evicted_epoch
    }

    /// The mode of counting.
    pub fn mode(&self) -> Mode {
        if self.full {
            Mode::Full
        } else {
            Mode::Verifying
        }
    }

    /// The local opinion on a processed layer: its mesh hash (08 §4).
    pub fn opinion(&self, layer: LayerId) -> Option<Hash32> {
        let known = layer.0 > self.evicted && layer.0 <= self.processed;
        self.layers
            .get(layer.0)
            .filter(|_| known)
            .map(|layer| layer.opinion)
    }

    /// Whether a layer lies less than hdist layers behind the last one.
    pub fn is_within_hdist(&self, layer: LayerId) -> bool {
        self.settings.within_hdist(layer, LayerId(self.last))
    }

    /// The beacon of an epoch.
    pub fn epoch_beacon(&self, epoch: EpochId) -> Option<Beacon> {
        self.epochs.get(&epoch.0)?.beacon
    }

    /// A stored ballot.
    pub fn ballot(&self, id: &BallotId) -> Option<StoredBallot> {
        let &at = self.refs.get(id)?;
        let reference = &self.layers.row(at)?.reference;
        Some(StoredBallot {
            layer: LayerId(at.0),
            atx: reference.atx,
            smesher: reference.smesher,
            beacon: reference.beacon,
            slots: reference.slots,
        })
    }

    /// The layer of the clock. Objects of much later layers are refused.
    pub fn clock(&mut self, layer: LayerId) {
        self.clock = self.clock.max(layer.0);
    }

    /// An ATX for `target` was accepted. Deliver each one once, before ballots that use it (08 Trap 17).
    ///
    /// # Errors
    ///
    /// A weight or an epoch out of range.
    pub fn activation(
        &mut self,
        target: EpochId,
        node: &NodeId,
        weight: u64,
    ) -> Result<(), RefusedEvent> {
        if weight > ATX_WEIGHT_MAX {
            return Err(RefusedEvent::AtxWeight { weight });
        }
        self.check_epoch(target)?;
        let malicious = self.malicious.contains(node);
        let epoch = self.epochs.entry(target.0).or_default();
        if !malicious {
            epoch.weight += Weight::whole(weight);
        }
        if target.0 == self.settings.epoch(self.last) {
            self.update_local_threshold();
        }
        Ok(())
    }

    /// The beacon of an epoch is decided. Ballots that were counted are not looked at again, those that wait are counted by the next tally.
    ///
    /// # Errors
    ///
    /// An epoch out of range.
    pub fn beacon(&mut self, epoch: EpochId, beacon: Beacon) -> Result<(), RefusedEvent> {
        if epoch.0 < self.settings.epoch(self.evicted.saturating_add(1)) {
            return Ok(());
        }
        self.check_epoch(epoch)?;
        self.epochs.entry(epoch.0).or_default().beacon = Some(beacon);
        Ok(())
    }

    /// An identity is malicious: what it sends from here on weighs nothing. Call it before the object that proves it is stored.
    pub fn malfeasance(&mut self, node: NodeId) {
        self.malicious.insert(node);
    }

    /// The weak coin of a layer.
    ///
    /// # Errors
    ///
    /// A layer out of range.
    pub fn weak_coin(&mut self, layer: LayerId, coin: bool) -> Result<(), RefusedEvent> {
        if let Some(entry) = self.touch(layer)? {
            entry.coin = Sign::of(coin);
        }
        Ok(())
    }

    /// The body of a block is about to be stored. Call it before [`Tortoise::hare_output`] for the same block.
    ///
    /// # Errors
    ///
    /// A layer out of range.
    pub fn block(&mut self, header: BlockHeader) -> Result<(), RefusedEvent> {
        self.recovered_block(header, Sign::Neutral)
    }

    /// A block whose body is stored, with what counting said before. A known one only gets its body.
    pub(super) fn recovered_block(
        &mut self,
        header: BlockHeader,
        validity: Sign,
    ) -> Result<(), RefusedEvent> {
        let Some(layer) = self.touch(header.layer)? else {
            return Ok(());
        };
        if let Some(known) = layer.find(header.height, &header.id) {
            if let Some(target) = layer.targets.get_mut(known as usize) {
                target.data = true;
            }
            return Ok(());
        }
        let index = self.add_target(
            header.layer.0,
            Target {
                height: header.height,
                id: header.id,
                hare: Sign::Neutral,
                validity,
                margin: Weight::ZERO,
                data: true,
            },
        );
        self.subtract_late(&[(header.layer.0, index)]);
        Ok(())
    }

    /// The result of hare for a layer, from hare, from a certificate, or zero for an empty layer. May come any number of times.
    ///
    /// # Errors
    ///
    /// A layer out of range.
    pub fn hare_output(&mut self, layer: LayerId, block: BlockId) -> Result<(), RefusedEvent> {
        let Some(entry) = self.touch(layer)? else {
            return Ok(());
        };
        entry.terminated = true;
        let mut supported = None;
        entry.for_each_ordered(|target| {
            if target.hare == Sign::Support {
                supported = Some(target.id);
            }
            target.hare = Sign::of(target.id == block);
        });
        let same = supported == Some(block);
        if !same && layer.0 <= self.processed && self.is_within_hdist(layer) {
            self.opinion_change(layer.0, true);
        }
        Ok(())
    }

    /// Objects of layers up to here are accepted.
    pub(super) fn horizon(&self) -> u32 {
        self.clock.max(self.last).saturating_add(AHEAD_MAX)
    }

    /// The entry of a layer, created if need be; none if the layer is forgotten.
    pub(super) fn touch(
        &mut self,
        layer: LayerId,
    ) -> Result<Option<&mut super::layers::Layer>, RefusedEvent> {
        if layer.0 <= self.evicted {
            return Ok(None);
        }
        let horizon = self.horizon();
        if layer.0 > horizon {
            let horizon = LayerId(horizon);
            return Err(RefusedEvent::LayerAhead { layer, horizon });
        }
        Ok(self.layers.touch(layer.0))
    }

    fn check_epoch(&self, epoch: EpochId) -> Result<(), RefusedEvent> {
        let horizon = self.horizon();
        if epoch.0
            > self
                .settings
                .epoch(horizon)
                .saturating_add(EPOCHS_AHEAD_MAX)
        {
            let horizon = LayerId(horizon);
            return Err(RefusedEvent::EpochAhead { epoch, horizon });
        }
        Ok(())
    }

    /// Raises `last`.
    pub(super) fn raise_last(&mut self, layer: u32) {
        if layer > self.last {
            let before = self.settings.epoch(self.last);
            self.last = layer;
            if self.settings.epoch(layer) != before {
                self.update_local_threshold();
            }
        }
    }

    fn update_local_threshold(&mut self) {
        let epoch = self
            .epochs
            .entry(self.settings.epoch(self.last))
            .or_default();
        self.local_threshold = local_threshold(epoch.weight, self.settings.layers_per_epoch);
    }

    /// The lower of what is pending and `layer`.
    pub(super) fn lower_pending(&mut self, layer: u32) {
        self.pending = Some(self.pending.map_or(layer, |pending| pending.min(layer)));
    }

    /// Adds a target that is not there, and returns its index in the layer. Late blocks are counted by the caller.
    pub(super) fn add_target(&mut self, layer: u32, mut target: Target) -> u32 {
        let Some(entry) = self.layers.touch(layer) else {
            return 0;
        };
        if entry.terminated {
            target.hare = Sign::Against;
        }
        let height = target.height;
        let index = entry.add(target);
        *self.heights.entry(height).or_default() += 1;
        self.raise_reference(layer, height);
        index
    }

    /// Takes a block's height into the reference height of its layer (08 §7.1).
    pub(super) fn raise_reference(&mut self, layer: u32, height: u64) {
        let Some(&epoch) = self.epochs.get(&self.settings.epoch(layer)) else {
            return;
        };
        let Some(current) = self.layers.get(layer).map(|entry| entry.ref_height) else {
            return;
        };
        let mut reference = current;
        if reference == 0 && layer > self.evicted {
            let below = (self.evicted + 1..layer)
                .rev()
                .filter_map(|below| self.layers.get(below));
            reference = below
                .into_iter()
                .find(|below| !below.targets.is_empty())
                .map_or(0, |below| below.ref_height);
        }
        if height <= epoch.height && height > reference {
            reference = height;
        }
        if let Some(entry) = self.layers.get_mut(layer) {
            entry.ref_height = reference;
        }
    }
}
