//! Counting: good ballots (08 §7.3), every vote (§7.4), and blocks that arrive after their votes (§6 AddTarget).
//!
//! ```text
//! layer   N-3    N-2    N-1   ballots of N
//!          o──────o──────o──── a, b, c     three equal lists: one entry per layer, carried weight a+b+c
//!          └──────o──────o──── d           a list that differs in N-2: its own entries down to there
//! ```
//!
//! A ballot counts for a block only if the block is not higher than the ballot's ATX. What is carried is therefore a weight per entry and
//! per height; of a ballot's height only the largest target height not above it matters, so few different ones exist.

use spacemesh_types::LayerId;

use super::engine::Tortoise;
use super::layers::{Layers, Row};
use super::sign::Sign;
use super::weight::Weight;

/// Weight on its way down the tree of votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Carried {
    /// Layer of the entry: one below the ballot's.
    lid: u32,
    node: u32,
    /// Largest height of a target that the ballot may vote on; none if there is no such target.
    reach: Option<u64>,
    weight: Weight,
}

/// What became of a ballot that should be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Done,
    /// The beacon of its epoch is not known.
    Parked,
}

impl Tortoise {
    /// Counts a ballot of a processed layer, or parks it. What has to be counted in full joins `batch`.
    pub(super) fn count(&mut self, at: (u32, u32), batch: &mut Vec<Carried>) -> Counted {
        let counted = self.count_unless_parked(at, batch);
        if counted == Counted::Parked {
            self.parked.push_back(at);
        }
        counted
    }

    pub(super) fn count_unless_parked(
        &mut self,
        at: (u32, u32),
        batch: &mut Vec<Carried>,
    ) -> Counted {
        let (layer, index) = at;
        if layer <= self.evicted.saturating_add(1) {
            return Counted::Done;
        }
        let epoch = self.epochs.entry(self.settings.epoch(layer)).or_default();
        let Some(beacon) = epoch.beacon else {
            return Counted::Parked;
        };
        let row = self
            .layers
            .get_mut(layer)
            .and_then(|entry| entry.ballots.get_mut(index as usize));
        if let Some(row) = row {
            row.bad_beacon = row.reference.beacon != beacon;
        }
        self.count_good(layer, Some(index));
        if layer <= self.counted {
            self.offer_full(at, batch);
        }
        Counted::Done
    }

    /// Counts one ballot of a layer, or all, if they are good: the beacon is ours, so are the votes, and no reference height is above theirs.
    pub(super) fn count_good(&mut self, layer: u32, only: Option<u32>) {
        let Some(below) = layer
            .checked_sub(1)
            .and_then(|below| self.layers.get(below))
        else {
            return;
        };
        let Some(entry) = self.layers.get(layer) else {
            return;
        };
        let good = |row: &&Row| {
            !row.bad_beacon
                && row.reference.height >= below.ref_height
                && below
                    .nodes
                    .get(row.node as usize)
                    .is_some_and(|node| node.opinion == below.opinion)
        };
        let weight = match only {
            Some(index) => entry
                .ballots
                .get(index as usize)
                .filter(good)
                .map_or(Weight::ZERO, |row| row.weight),
            None => entry
                .ballots
                .iter()
                .filter(good)
                .fold(Weight::ZERO, |sum, row| sum + row.weight),
        };
        if let Some(entry) = self.layers.get_mut(layer) {
            entry.good += weight;
        }
        self.total_good += weight;
    }

    /// Forgets the good ballots above a layer.
    pub(super) fn reset_good(&mut self, layer: u32) {
        let mut sum = self.good_below;
        for lid in self.evicted.saturating_add(1)..=self.processed {
            if let Some(entry) = self.layers.get_mut(lid) {
                if lid <= layer {
                    sum += entry.good;
                } else {
                    entry.good = Weight::ZERO;
                }
            }
        }
        self.total_good = sum;
    }

    /// Puts a ballot into `batch`, or into the list of the layer in which it counts because its beacon is another one.
    pub(super) fn offer_full(&mut self, at: (u32, u32), batch: &mut Vec<Carried>) {
        let Some(row) = self.layers.row(at) else {
            return;
        };
        let due = at.0.saturating_add(self.settings.bad_beacon_delay);
        if row.bad_beacon && due > self.last {
            self.delayed.entry(due).or_default().push(at);
        } else if !row.malicious {
            batch.push(carried(row, at.0, &self.heights));
        }
    }

    /// Puts the ballots that were delayed to a layer into `batch`.
    pub(super) fn offer_delayed(&mut self, layer: u32, batch: &mut Vec<Carried>) {
        for at in self.delayed.remove(&layer).unwrap_or_default() {
            self.offer_full(at, batch);
        }
    }

    /// Adds every vote of the ballots in `batch` to the margins.
    pub(super) fn count_full(&mut self, mut batch: Vec<Carried>) {
        batch.sort_unstable_by_key(|carried| carried.lid);
        let top = batch.last().map(|carried| carried.lid);
        let next = |lid: u32| {
            let start = batch.partition_point(|carried| carried.lid < lid);
            let end = batch.partition_point(|carried| carried.lid <= lid);
            (start, end)
        };
        let arriving = |_: &Layers, lid: u32, carried: &mut Vec<Carried>| {
            let (start, end) = next(lid);
            carried.extend_from_slice(&batch[start..end]);
        };
        descend(
            &mut self.layers,
            top,
            self.evicted.saturating_add(1),
            arriving,
            |layer, carried| {
                let Some(&node) = layer.nodes.get(carried.node as usize) else {
                    return;
                };
                if node.abstain {
                    return;
                }
                let weight = carried.weight;
                let start = (node.start as usize).min(layer.supports.len());
                let end = (start + node.count as usize).min(layer.supports.len());
                let supported = &layer.supports[start..end];
                let mut any = false;
                for (index, target) in layer.targets.iter_mut().enumerate() {
                    if carried.reach.is_none_or(|reach| target.height > reach) {
                        continue;
                    }
                    if supported
                        .binary_search_by(|&supported| (supported as usize).cmp(&index))
                        .is_ok()
                    {
                        any = true;
                        target.margin += weight;
                    } else {
                        target.margin -= weight;
                    }
                }
                if any {
                    layer.empty -= weight;
                } else {
                    layer.empty += weight;
                }
            },
        );
    }

    /// The ballots above new targets, as far as they are counted, did not support them: unless they abstained, they were against.
    pub(super) fn subtract_late(&mut self, targets: &[(u32, u32)]) {
        let late = targets.iter().filter(|&&(layer, _)| layer < self.counted);
        let mut late: Vec<(u32, u32)> = late.copied().collect();
        late.sort_unstable();
        let Some(&(lowest, _)) = late.first() else {
            return;
        };
        let counted = self.counted;
        let heights = &self.heights;
        let arriving = |layers: &Layers, lid: u32, carried: &mut Vec<Carried>| {
            if let Some(entry) = layers.get(lid + 1).filter(|_| lid < counted) {
                carried.extend(
                    entry
                        .ballots
                        .iter()
                        .map(|row| self::carried(row, lid + 1, heights)),
                );
            }
        };
        let mut lid = counted.checked_sub(1);
        let late = &late;
        descend_with_layer(
            &mut self.layers,
            lid.take(),
            lowest.max(self.evicted.saturating_add(1)),
            arriving,
            |lid, layer, carried| {
                if layer
                    .nodes
                    .get(carried.node as usize)
                    .is_none_or(|node| node.abstain)
                {
                    return;
                }
                let start = late.partition_point(|&(layer, _)| layer < lid);
                for &(_, index) in late
                    .iter()
                    .skip(start)
                    .take_while(|&&(layer, _)| layer == lid)
                {
                    if let Some(target) = layer.targets.get_mut(index as usize)
                        && carried.reach.is_some_and(|reach| target.height <= reach)
                    {
                        target.margin -= carried.weight;
                    }
                }
            },
        );
    }

    /// Which side the margin of a block's target has decided for within the local threshold.
    pub(super) fn locally(&self, margin: Weight) -> Sign {
        Sign::crossing(margin, self.local_threshold)
    }

    /// The local vote on a target of `layer` (08 §8.1).
    pub(super) fn local_vote(
        &self,
        reference: u32,
        layer: u32,
        hare: Sign,
        validity: Sign,
    ) -> Sign {
        if self
            .settings
            .within_hdist(LayerId(layer), LayerId(reference))
        {
            hare
        } else if layer > self.verified {
            Sign::Neutral
        } else {
            validity
        }
    }
}

fn carried(row: &Row, layer: u32, heights: &std::collections::BTreeMap<u64, u32>) -> Carried {
    Carried {
        lid: layer - 1, // ballots lie above `evicted`
        node: row.node,
        reach: heights
            .range(..=row.reference.height)
            .next_back()
            .map(|(&height, _)| height),
        weight: row.weight,
    }
}

fn descend(
    layers: &mut Layers,
    top: Option<u32>,
    bottom: u32,
    arriving: impl Fn(&Layers, u32, &mut Vec<Carried>),
    mut visit: impl FnMut(&mut super::layers::Layer, &Carried),
) {
    descend_with_layer(layers, top, bottom, arriving, |_, layer, carried| {
        visit(layer, carried)
    });
}

/// Walks from layer `top` down to `bottom`, taking along the weights of `arriving` ballots, and calls `visit` once per entry and reach.
fn descend_with_layer(
    layers: &mut Layers,
    top: Option<u32>,
    bottom: u32,
    arriving: impl Fn(&Layers, u32, &mut Vec<Carried>),
    mut visit: impl FnMut(u32, &mut super::layers::Layer, &Carried),
) {
    let mut moving: Vec<Carried> = Vec::new();
    for lid in (bottom..=top.unwrap_or(0)).rev() {
        arriving(layers, lid, &mut moving);
        moving.sort_unstable_by_key(|carried| (carried.node, carried.reach));
        moving.dedup_by(|later, first| {
            let same = (later.node, later.reach) == (first.node, first.reach);
            if same {
                first.weight += later.weight;
            }
            same
        });
        let Some(layer) = layers.get_mut(lid) else {
            continue;
        };
        for carried in &moving {
            visit(lid, layer, carried);
        }
        moving.retain_mut(|carried| match layer.nodes.get(carried.node as usize) {
            Some(node) => {
                carried.node = node.previous;
                node.previous != super::layers::NO_NODE
            }
            None => false,
        });
    }
}
