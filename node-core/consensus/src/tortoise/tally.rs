//! A layer begins: its ballots are counted, opinions follow, layers are verified (08 §7.6, §7.7).

use spacemesh_types::{BlockId, EpochId, Hash32, LayerId};

use super::activations::Activations;
use super::count::Counted;
use super::decode::opinion_hash;
use super::engine::Tortoise;
use super::sign::Sign;

impl Tortoise {
    /// Counts everything up to `layer`. Called again for the same or an earlier layer it counts what was waiting for a beacon and verifies
    /// again.
    pub fn tally(&mut self, layer: LayerId, activations: &impl Activations) {
        self.raise_last(layer.0);
        let mut batch = Vec::new();
        while let Some(&at) = self.parked.front() {
            if self.count_unless_parked(at, &mut batch) == Counted::Parked {
                break;
            }
            self.parked.pop_front();
        }
        self.count_full(std::mem::take(&mut batch));
        for layer in self.processed.saturating_add(1)..=self.last {
            self.process(layer, activations, &mut batch);
        }
        self.count_full(batch);
        self.verify_layers();
        self.evict();
    }

    fn process(
        &mut self,
        layer: u32,
        activations: &impl Activations,
        batch: &mut Vec<super::count::Carried>,
    ) {
        if self.settings.ordinal(layer) == 0 {
            let epoch = self.settings.epoch(layer);
            self.epochs.entry(epoch).or_default().height =
                activations.median_height(EpochId(epoch));
        }
        let heights = self.layers.touch(layer).map_or_else(Vec::new, |entry| {
            entry.ordered().map(|target| target.height).collect()
        });
        for height in heights {
            self.raise_reference(layer, height);
        }
        self.processed = layer;
        if self.full {
            self.offer_delayed(layer, batch);
            self.counted = layer;
        }
        let ballots = self
            .layers
            .get(layer)
            .map_or(0, |entry| entry.ballots.len());
        for index in 0..u32::try_from(ballots).unwrap_or(u32::MAX) {
            self.count((layer, index), batch);
        }
        if self.update_opinion(layer) {
            self.lower_pending(self.last);
        }
        let earlier = |distance: u32| {
            layer
                .checked_sub(distance)
                .filter(|&earlier| earlier > 0 && earlier > self.evicted)
        };
        if let Some(unfinished) = earlier(self.settings.zdist)
            && self
                .layers
                .get(unfinished)
                .is_some_and(|entry| !entry.terminated)
        {
            // The layer is below `last`, so it is never refused.
            let _ = self.hare_output(LayerId(unfinished), BlockId::ZERO);
        }
        let old = layer
            .checked_sub(self.settings.hdist)
            .filter(|&old| old > 0 && old > self.evicted);
        if let Some(old) = old {
            self.opinion_change(old, true);
        }
    }

    /// Computes the local opinion on a layer; tells whether it changed.
    fn update_opinion(&mut self, layer: u32) -> bool {
        let previous = self.previous_opinion(layer);
        let Some(entry) = self.layers.get(layer) else {
            return false;
        };
        let recent = self.is_within_hdist(LayerId(layer));
        let supported = entry.ordered().filter(|target| {
            let sign = if recent { target.hare } else { target.validity };
            entry.terminated && sign == Sign::Support
        });
        let blocks = supported.map(|target| (target.height, target.id));
        let opinion = opinion_hash(previous.as_ref(), !entry.terminated, blocks);
        let changed = opinion != entry.opinion;
        if let Some(entry) = self.layers.get_mut(layer) {
            entry.opinion = opinion;
        }
        changed
    }

    fn previous_opinion(&self, layer: u32) -> Option<Hash32> {
        match layer.checked_sub(1) {
            Some(below) if below > self.evicted => {
                self.layers.get(below).map(|entry| entry.opinion)
            }
            _ => self.opinion_below,
        }
    }

    /// Something in a layer changed: opinions from there on, and which ballots are good.
    pub(super) fn opinion_change(&mut self, layer: u32, early: bool) {
        let mut changed = None;
        for lid in layer..=self.processed {
            if self.update_opinion(lid) {
                changed = changed.or(Some(lid));
            } else if early {
                break;
            }
        }
        let Some(changed) = changed else {
            return;
        };
        self.lower_pending(changed);
        self.reset_good(layer);
        for lid in layer.saturating_add(1)..=self.processed {
            self.count_good(lid, None);
        }
    }
}
