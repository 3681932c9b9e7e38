//! How much weight decides (08 §7.2).

use std::collections::BTreeMap;

use spacemesh_types::{EpochId, LayerId, LayersPerEpoch};

use super::engine::Epoch;
use super::settings::Settings;
use super::weight::Weight;

/// One over this share of the expected weight may be adversarial.
const ADVERSARIAL: u64 = 3;
/// One over this share of a layer's weight is the local threshold.
const LOCAL: u64 = 3;

/// The local threshold of an epoch with `weight`: a third of one layer's share. Two divisions, in this order.
pub fn local_threshold(weight: Weight, layers_per_epoch: LayersPerEpoch) -> Weight {
    weight.per(LOCAL).per(u64::from(layers_per_epoch.get()))
}

/// The weight of all ballots that may exist in a stretch of layers, from the weights of the epochs.
///
/// Sums of whole epochs are kept as prefix sums: additions are exact, so the result is that of adding epoch by epoch.
#[derive(Debug, Clone)]
pub struct ExpectedWeight {
    layers_per_epoch: LayersPerEpoch,
    first: u32,
    weights: Vec<Weight>,
    /// Sum of `weights` before each index.
    before: Vec<Weight>,
}

impl ExpectedWeight {
    /// Of the epochs `first..=last`. An epoch without weight is zero.
    pub fn new(
        layers_per_epoch: LayersPerEpoch,
        first: EpochId,
        last: EpochId,
        weight: impl Fn(EpochId) -> Weight,
    ) -> Self {
        let weights: Vec<Weight> = (first.0..=last.0)
            .map(|epoch| weight(EpochId(epoch)))
            .collect();
        let mut sum = Weight::ZERO;
        let before = weights.iter().map(|&weight| {
            let before = sum;
            sum += weight;
            before
        });
        let before = before.collect();
        Self {
            layers_per_epoch,
            first: first.0,
            weights,
            before,
        }
    }

    pub(super) fn of_window(
        settings: &Settings,
        epochs: &BTreeMap<u32, Epoch>,
        evicted: u32,
        last: u32,
    ) -> Self {
        let (first, last) = (
            settings.epoch(evicted.saturating_add(1)),
            settings.epoch(last),
        );
        Self::new(
            settings.layers_per_epoch,
            EpochId(first),
            EpochId(last),
            |epoch| {
                epochs
                    .get(&epoch.0)
                    .map_or(Weight::ZERO, |epoch| epoch.weight)
            },
        )
    }

    /// The weight of all ballots in the layers after `target` up to and including `reference`.
    pub fn after(&self, target: LayerId, reference: LayerId) -> Weight {
        let lpe = self.layers_per_epoch.get();
        let (Some(start), end) = (target.0.checked_add(1), reference.0) else {
            return Weight::ZERO;
        };
        let Some(layers) = end.checked_sub(start).map(|layers| u64::from(layers) + 1) else {
            return Weight::ZERO;
        };
        let (first, last) = (start / lpe, end / lpe);
        let share = |epoch: u32, layers: u64| self.weight(epoch).times(layers).per(u64::from(lpe));
        if first == last {
            return share(first, layers);
        }
        let between = self.before(last) - self.before(first) - self.weight(first);
        share(first, u64::from(lpe - start % lpe)) + between + share(last, u64::from(end % lpe) + 1)
    }

    /// The same, up to the last layer, or as far as the window of `target` reaches if that is nearer and was processed.
    pub fn in_window(
        &self,
        settings: &Settings,
        target: LayerId,
        processed: LayerId,
        last: LayerId,
    ) -> Weight {
        let window = settings.window_at(target);
        let mut reference = last;
        if last.0.saturating_sub(target.0) > window {
            reference = LayerId(target.0.saturating_add(window).max(processed.0));
        }
        self.after(target, reference)
    }

    /// The margin that decides when `expected` is the expected weight.
    pub fn global_threshold(expected: Weight, local: Weight) -> Weight {
        expected.per(ADVERSARIAL) + local
    }

    fn weight(&self, epoch: u32) -> Weight {
        let index = epoch.checked_sub(self.first);
        index
            .and_then(|index| self.weights.get(index as usize))
            .copied()
            .unwrap_or_default()
    }

    fn before(&self, epoch: u32) -> Weight {
        let index = epoch.checked_sub(self.first);
        index
            .and_then(|index| self.before.get(index as usize))
            .copied()
            .unwrap_or_default()
    }
}
