//! Deciding layers one after the other, in two ways, and switching between them (08 §7.5, §7.8).

use spacemesh_types::LayerId;

use super::engine::Tortoise;
use super::layers::Layer;
use super::sign::Sign;
use super::threshold::ExpectedWeight;
use super::weight::Weight;

/// Decides the blocks of a layer, given by height in ascending order with what is known about each: none if one stays open.
///
/// An undecided block that is higher than a supported one is against.
pub fn decide_blocks(blocks: impl Iterator<Item = (u64, Sign)>) -> Option<Vec<Sign>> {
    let mut supported: Option<u64> = None;
    let mut decisions = Vec::new();
    for (height, sign) in blocks {
        let decision = match sign {
            Sign::Neutral if supported.is_some_and(|supported| height > supported) => Sign::Against,
            Sign::Neutral => return None,
            Sign::Support | Sign::Against => sign,
        };
        if decision == Sign::Support {
            supported = Some(height);
        }
        decisions.push(decision);
    }
    Some(decisions)
}

/// How far a pass over the window came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pass {
    /// The last layer in a row that is verified; the evicted one if none is.
    verified: u32,
    /// The lowest layer in which a block changed.
    changed: Option<u32>,
}

impl Tortoise {
    /// Verifies as many layers as can be, switching the mode where the other one is needed.
    pub(super) fn verify_layers(&mut self) {
        let expected =
            ExpectedWeight::of_window(&self.settings, &self.epochs, self.evicted, self.last);
        let mut pass;
        if self.full {
            pass = self.pass_full(&expected);
            let good = self.pass_good(&expected);
            if Some(pass.verified) == self.processed.checked_sub(1)
                && good.verified == pass.verified
            {
                self.full = false;
                pass.changed = lower(pass.changed, good.changed);
            }
        } else {
            pass = self.pass_good(&expected);
            if !self.is_within_hdist(LayerId(pass.verified.saturating_add(1))) {
                self.switch_to_full();
                let full = self.pass_full(&expected);
                pass = Pass {
                    verified: full.verified,
                    changed: lower(pass.changed, full.changed),
                };
            }
        }
        let mut verified = self.evicted.max(self.settings.genesis.0);
        let mut changed = pass.changed;
        for layer in self.evicted.saturating_add(1)..self.processed {
            if pass.verified < layer {
                if layer < self.verified {
                    changed = lower(changed, Some(layer));
                }
                break;
            }
            if layer > self.verified {
                changed = lower(changed, Some(layer));
            }
            verified = layer;
        }
        if let Some(changed) = changed {
            self.lower_pending(changed);
            self.opinion_change(changed, false);
        }
        self.verified = verified;
    }

    fn switch_to_full(&mut self) {
        self.full = true;
        let mut batch = Vec::new();
        for layer in self.counted.max(self.evicted).saturating_add(1)..=self.processed {
            let ballots = self
                .layers
                .get(layer)
                .map_or(0, |entry| entry.ballots.len());
            for index in 0..u32::try_from(ballots).unwrap_or(u32::MAX) {
                self.offer_full((layer, index), &mut batch);
            }
            self.offer_delayed(layer, &mut batch);
            self.counted = layer;
        }
        self.count_full(batch);
    }

    /// Verifies by the weight of good ballots. Begins at the window's start and writes what it finds, also where the result is not used:
    /// weights grow, and a verified layer may lose its majority (08 Trap 20).
    fn pass_good(&mut self, expected: &ExpectedWeight) -> Pass {
        let mut good = self.good_below;
        self.pass(|engine, lid| {
            let layer = engine.layers.get(lid)?;
            good += layer.good;
            if !layer.terminated {
                return None;
            }
            let margin = engine.total_good - good;
            engine.verify_good(layer, lid, margin, expected)
        })
    }

    /// Verifies by the margins of full counting.
    fn pass_full(&mut self, expected: &ExpectedWeight) -> Pass {
        self.pass(|engine, lid| {
            let layer = engine.layers.get(lid)?;
            let weight = engine.expected(expected, lid);
            verify_full(
                layer,
                ExpectedWeight::global_threshold(weight, engine.local_threshold),
            )
        })
    }

    /// `decide` gives the signs of a layer's blocks in order, or none for a layer that stays open.
    fn pass(&mut self, mut decide: impl FnMut(&Self, u32) -> Option<Vec<Sign>>) -> Pass {
        let mut pass = Pass {
            verified: self.evicted,
            changed: None,
        };
        for lid in self.evicted.saturating_add(1)..self.processed {
            let Some(decisions) = decide(self, lid) else {
                break;
            };
            if self
                .layers
                .get_mut(lid)
                .is_some_and(|layer| set_validity(layer, &decisions))
            {
                pass.changed = pass.changed.or(Some(lid));
            }
            pass.verified = lid;
        }
        pass
    }

    pub(super) fn verify_good(
        &self,
        layer: &Layer,
        lid: u32,
        good: Weight,
        expected: &ExpectedWeight,
    ) -> Option<Vec<Sign>> {
        let weight = self.expected(expected, lid);
        let unseen = weight - good;
        let margin = if unseen.is_positive() {
            good - unseen
        } else {
            good
        };
        let threshold = ExpectedWeight::global_threshold(weight, self.local_threshold);
        if Sign::crossing(margin, threshold) != Sign::Support {
            return None;
        }
        decide_blocks(layer.ordered().map(|target| {
            let sign = if target.height > layer.ref_height {
                Sign::Neutral
            } else {
                self.local_vote(self.last, lid, target.hare, target.validity)
            };
            (target.height, sign)
        }))
    }

    fn expected(&self, expected: &ExpectedWeight, lid: u32) -> Weight {
        expected.in_window(
            &self.settings,
            LayerId(lid),
            LayerId(self.processed),
            LayerId(self.last),
        )
    }
}

/// Decides a layer by its margins.
pub(super) fn verify_full(layer: &Layer, threshold: Weight) -> Option<Vec<Sign>> {
    let empty = Sign::crossing(layer.empty, threshold) == Sign::Support;
    if layer.targets.is_empty() {
        return empty.then(Vec::new);
    }
    decide_blocks(layer.ordered().map(|target| {
        let sign = match Sign::crossing(target.margin, threshold) {
            Sign::Neutral if empty => Sign::Against,
            sign => sign,
        };
        (target.height, sign)
    }))
}

/// Writes the decisions, in order, and tells whether one differs.
pub(super) fn set_validity(layer: &mut Layer, decisions: &[Sign]) -> bool {
    let mut decisions = decisions.iter();
    let mut changed = false;
    layer.for_each_ordered(|target| {
        if let Some(&decision) = decisions.next() {
            changed |= target.validity != decision;
            target.validity = decision;
        }
    });
    changed
}

fn lower(a: Option<u32>, b: Option<u32>) -> Option<u32> {
    [a, b].into_iter().flatten().min()
}
