//! What the mesh gets, what it acknowledges, and what is forgotten (08 §9, §10).

use spacemesh_types::wire::BlockHeader;
use spacemesh_types::{BlockId, EpochId, Hash32, LayerId};

use super::engine::Tortoise;
use super::sign::Sign;

/// What counting says about a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockResult {
    /// The block.
    pub header: BlockHeader,
    /// Whether its body is stored here.
    pub data: bool,
    /// Whether hare chose it.
    pub hare: bool,
    /// Whether it is decided to be valid.
    pub valid: bool,
    /// Whether it is decided to be invalid.
    pub invalid: bool,
    /// Whether the counted votes for it are above the local threshold.
    pub local: bool,
}

/// What counting says about a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerResult {
    /// The layer.
    pub layer: LayerId,
    /// Whether the answer is final as far as is known.
    pub verified: bool,
    /// The local opinion: the mesh hash.
    pub opinion: Hash32,
    /// The blocks, by height and id.
    pub blocks: Vec<BlockResult>,
}

impl LayerResult {
    /// The block to apply: the first valid one, else the first of hare that is not invalid, else none.
    pub fn first_valid(&self) -> Option<BlockId> {
        let valid = self.blocks.iter().find(|block| block.valid);
        let hare = || {
            self.blocks
                .iter()
                .find(|block| block.hare && !block.invalid)
        };
        valid.or_else(hare).map(|block| block.header.id)
    }
}

impl Tortoise {
    /// The results from the lowest layer that was not acknowledged. Asking does not acknowledge; the newest layer is always among them.
    pub fn updates(&self) -> Vec<LayerResult> {
        let Some(pending) = self.pending else {
            return Vec::new();
        };
        let first = pending.max(self.evicted.saturating_add(1));
        (first..=self.processed)
            .filter_map(|lid| self.result(lid))
            .collect()
    }

    /// What counting says about one layer of the window.
    pub fn result(&self, layer: impl Into<LayerId>) -> Option<LayerResult> {
        let layer = layer.into();
        let entry = self
            .layers
            .get(layer.0)
            .filter(|_| layer.0 > self.evicted)?;
        let blocks = entry.ordered().map(|target| BlockResult {
            header: BlockHeader {
                id: target.id,
                layer,
                height: target.height,
            },
            data: target.data,
            hare: target.hare == Sign::Support,
            valid: target.validity == Sign::Support,
            invalid: target.validity == Sign::Against,
            local: self.locally(target.margin) == Sign::Support,
        });
        Some(LayerResult {
            layer,
            verified: layer.0 <= self.verified,
            opinion: entry.opinion,
            blocks: blocks.collect(),
        })
    }

    /// The mesh has persisted a layer with this opinion. False if the opinion is another one by now.
    ///
    /// Call it in ascending order and only for layers that are persisted: what lies below counts as delivered.
    pub fn applied(&mut self, layer: LayerId, opinion: Hash32) -> bool {
        if self.opinion(layer) != Some(opinion) {
            return false;
        }
        let before = self.pending;
        self.pending = Some(layer.0.saturating_add(1).min(self.processed));
        if self.pending != before {
            self.evict();
        }
        true
    }

    /// Forgets the layers that left the window of the verified layer, except such that were not delivered.
    pub(super) fn evict(&mut self) {
        let settings = &self.settings;
        if u64::from(self.verified) <= u64::from(settings.genesis.0) + u64::from(settings.hdist) {
            return;
        }
        let window = settings.window_at(LayerId(self.verified));
        let Some(start) = self.verified.checked_sub(window) else {
            return;
        };
        if start <= self.evicted || self.pending.is_some_and(|pending| pending < start) {
            return;
        }
        for lid in self.evicted + 1..start {
            self.layers.pop();
            let Some(entry) = self.layers.get_mut(lid) else {
                break;
            };
            for row in &entry.ballots {
                self.refs.remove(&row.id);
            }
            for target in &entry.targets {
                if let Some(count) = self.heights.get_mut(&target.height) {
                    *count -= 1;
                    if *count == 0 {
                        self.heights.remove(&target.height);
                    }
                }
            }
            self.good_below += entry.good;
            self.opinion_below = Some(entry.opinion);
            entry.fade();
            if self.settings.ordinal(lid) == self.settings.layers_per_epoch.get() - 1 {
                let epoch = self.settings.epoch(lid);
                self.epochs.remove(&epoch);
                self.evicted_epoch = Some(EpochId(epoch));
            }
            self.evicted = lid;
        }
    }
}
