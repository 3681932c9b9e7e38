//! State seen and set from outside, so that known answers about the inside can be checked. A node does not use it.

use spacemesh_types::wire::BlockHeader;
use spacemesh_types::{BallotId, EpochId, Hash32, LayerId};

use super::decide::{set_validity, verify_full};
use super::engine::Tortoise;
use super::layers::Target;
use super::sign::Sign;
use super::threshold::ExpectedWeight;
use super::weight::Weight;

/// A target's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeTarget {
    /// What hare said.
    pub hare: Sign,
    /// What counting said.
    pub validity: Sign,
    /// Counted weight.
    pub margin: Weight,
    /// Whether the body is stored.
    pub data: bool,
}

/// The inside of an engine.
#[derive(Debug)]
pub struct Probe<'a>(&'a mut Tortoise);

impl Tortoise {
    /// Opens the inside.
    pub fn probe(&mut self) -> Probe<'_> {
        Probe(self)
    }

    /// Everything that must not depend on the order in which independent events came, as text: pointers, weights, opinions, targets, and
    /// the ballots with their votes.
    pub fn fingerprint(&self) -> String {
        use std::fmt::Write;
        let mut text = format!(
            "last {} processed {} verified {} evicted {} pending {:?} mode {:?} counted {} threshold {} good {}\n",
            self.last,
            self.processed,
            self.verified,
            self.evicted,
            self.pending,
            self.mode(),
            self.counted,
            self.local_threshold,
            self.total_good,
        );
        for (epoch, state) in &self.epochs {
            let _ = writeln!(
                text,
                "epoch {epoch} weight {} height {} beacon {:?}",
                state.weight, state.height, state.beacon
            );
        }
        for (lid, layer) in self.layers.iter().skip(1) {
            let blank = layer.targets.is_empty() && layer.ballots.is_empty() && !layer.terminated;
            if blank && lid > self.processed && layer.coin == Sign::Neutral {
                continue;
            }
            let _ = writeln!(
                text,
                "layer {lid} terminated {} coin {} height {} good {} empty {} opinion {}",
                layer.terminated,
                layer.coin,
                layer.ref_height,
                layer.good,
                layer.empty,
                layer.opinion
            );
            for target in layer.ordered() {
                let _ = writeln!(
                    text,
                    " target {} {} hare {} validity {} margin {} data {}",
                    target.height,
                    target.id,
                    target.hare,
                    target.validity,
                    target.margin,
                    target.data
                );
            }
            let mut ballots: Vec<String> = Vec::with_capacity(layer.ballots.len());
            for row in &layer.ballots {
                let opinion = self
                    .layers
                    .node(lid.saturating_sub(1), row.node)
                    .map(|node| node.opinion);
                ballots.push(format!(
                    " ballot {} weight {} malicious {} bad {} votes {opinion:?}\n",
                    row.id, row.weight, row.malicious, row.bad_beacon
                ));
            }
            ballots.sort();
            text.extend(ballots);
        }
        text
    }
}

impl Probe<'_> {
    /// A target's state.
    pub fn target(&self, header: &BlockHeader) -> Option<ProbeTarget> {
        let layer = self.0.layers.get(header.layer.0)?;
        let target = layer
            .targets
            .get(layer.find(header.height, &header.id)? as usize)?;
        Some(ProbeTarget {
            hare: target.hare,
            validity: target.validity,
            margin: target.margin,
            data: target.data,
        })
    }

    /// How many targets a layer has.
    pub fn targets(&self, layer: LayerId) -> usize {
        self.0
            .layers
            .get(layer.0)
            .map_or(0, |layer| layer.targets.len())
    }

    /// Writes a target's state, adding the target if need be.
    pub fn set_target(&mut self, header: &BlockHeader, state: ProbeTarget) {
        let Some(layer) = self.0.layers.touch(header.layer.0) else {
            return;
        };
        let known = layer.find(header.height, &header.id);
        let index = known.unwrap_or_else(|| {
            *self.0.heights.entry(header.height).or_default() += 1;
            layer.add(Target {
                height: header.height,
                id: header.id,
                hare: Sign::Neutral,
                validity: Sign::Neutral,
                margin: Weight::ZERO,
                data: false,
            })
        });
        if let Some(target) = layer.targets.get_mut(index as usize) {
            (target.hare, target.validity) = (state.hare, state.validity);
            (target.margin, target.data) = (state.margin, state.data);
        }
    }

    /// The local vote on a target.
    pub fn local_vote(&self, header: &BlockHeader) -> Option<Sign> {
        let target = self.target(header)?;
        Some(
            self.0
                .local_vote(self.0.last, header.layer.0, target.hare, target.validity),
        )
    }

    /// Hash of a stored ballot's votes.
    pub fn ballot_opinion(&self, ballot: &BallotId) -> Option<Hash32> {
        let &at = self.0.refs.get(ballot)?;
        let node = self.0.layers.row(at)?.node;
        Some(self.0.layers.node(at.0.checked_sub(1)?, node)?.opinion)
    }

    /// How a stored ballot votes on a block, by id; abstaining unless it supports one there. None if its votes do not reach the layer.
    pub fn ballot_vote(&self, ballot: &BallotId, block: &BlockHeader) -> Option<Sign> {
        let &at = self.0.refs.get(ballot)?;
        let mut index = self.0.layers.row(at)?.node;
        let mut lid = at.0.checked_sub(1)?;
        while lid > block.layer.0 {
            index = self.0.layers.node(lid, index)?.previous;
            lid -= 1;
        }
        let node = self.0.layers.node(lid, index)?;
        let layer = self.0.layers.get(lid)?;
        let mut supported = layer.supported_blocks(node).into_iter();
        Some(if supported.any(|(_, id)| id == block.id) {
            Sign::Support
        } else if node.abstain {
            Sign::Neutral
        } else {
            Sign::Against
        })
    }

    /// The lowest layer that the votes of any stored ballot still have an entry for.
    pub fn lowest_vote(&self) -> Option<LayerId> {
        let with_nodes = self
            .0
            .layers
            .iter()
            .find(|(_, layer)| !layer.nodes.is_empty());
        with_nodes.map(|(lid, _)| LayerId(lid))
    }

    /// Sets the pointers.
    pub fn set_pointers(
        &mut self,
        last: LayerId,
        processed: LayerId,
        verified: LayerId,
        evicted: LayerId,
    ) {
        (self.0.last, self.0.processed) = (last.0, processed.0);
        (self.0.verified, self.0.evicted) = (verified.0, evicted.0);
    }

    /// Sets last and processed.
    pub fn set_processed(&mut self, layer: LayerId) {
        (self.0.last, self.0.processed) = (layer.0, layer.0);
        let _ = self.0.layers.touch(layer.0);
    }

    /// Sets what is known of an epoch.
    pub fn set_epoch(&mut self, epoch: EpochId, weight: Weight, height: u64) {
        let epoch = self.0.epochs.entry(epoch.0).or_default();
        (epoch.weight, epoch.height) = (weight, height);
    }

    /// Sets the local threshold.
    pub fn set_local_threshold(&mut self, threshold: Weight) {
        self.0.local_threshold = threshold;
    }

    /// Sets the weight of good ballots, in all layers and up to and including `layer`.
    pub fn set_good(&mut self, layers: &[(LayerId, Weight)], total: Weight) {
        let mut below = Weight::ZERO;
        for &(layer, good) in layers {
            if let Some(entry) = self.0.layers.touch(layer.0) {
                entry.good = good - below;
                below = good;
            }
        }
        self.0.total_good = total;
    }

    /// The weight of good ballots: up to and including `layer`, and of all layers.
    pub fn good(&self, layer: LayerId) -> (Weight, Weight) {
        let layers = self
            .0
            .layers
            .iter()
            .filter(|&(lid, _)| lid > self.0.evicted && lid <= layer.0);
        let good = layers.fold(self.0.good_below, |sum, (_, entry)| sum + entry.good);
        (good, self.0.total_good)
    }

    /// Sets whether hare is finished in a layer, and derives the layer's reference height from its targets.
    pub fn set_terminated(&mut self, layer: LayerId, terminated: bool) {
        if let Some(entry) = self.0.layers.touch(layer.0) {
            entry.terminated = terminated;
        }
        let heights: Vec<u64> = self.0.layers.get(layer.0).map_or_else(Vec::new, |entry| {
            entry.ordered().map(|target| target.height).collect()
        });
        for height in heights {
            self.0.raise_reference(layer.0, height);
        }
    }

    /// Sets the margin of "nothing is valid here".
    pub fn set_empty_margin(&mut self, layer: LayerId, margin: Weight) {
        if let Some(entry) = self.0.layers.touch(layer.0) {
            entry.empty = margin;
        }
    }

    /// Verifies one layer by its margins.
    pub fn verify_full(&mut self, layer: LayerId) -> bool {
        let expected = self.expected();
        let weight = expected.in_window(
            &self.0.settings,
            layer,
            LayerId(self.0.processed),
            LayerId(self.0.last),
        );
        let threshold = ExpectedWeight::global_threshold(weight, self.0.local_threshold);
        let decisions = self
            .0
            .layers
            .get(layer.0)
            .and_then(|entry| verify_full(entry, threshold));
        self.write(layer, decisions)
    }

    /// Verifies one layer by the weight of good ballots, and raises the verified pointer to it.
    pub fn verify_good(&mut self, layer: LayerId) -> bool {
        let expected = self.expected();
        let (below, total) = self.good(layer);
        let entry = self.0.layers.get(layer.0).filter(|entry| entry.terminated);
        let decisions =
            entry.and_then(|entry| self.0.verify_good(entry, layer.0, total - below, &expected));
        let verified = self.write(layer, decisions);
        if verified {
            self.0.verified = layer.0;
        }
        verified
    }

    /// Counts every ballot of the layers up to the processed one in full, whatever its beacon.
    pub fn count_full(&mut self) {
        let mut batch = Vec::new();
        for lid in self.0.counted.saturating_add(1)..=self.0.processed {
            let ballots = self
                .0
                .layers
                .get(lid)
                .map_or(0, |entry| entry.ballots.len());
            for index in 0..u32::try_from(ballots).unwrap_or(u32::MAX) {
                self.0.offer_full((lid, index), &mut batch);
            }
            self.0.counted = lid;
        }
        self.0.count_full(batch);
    }

    /// Whether a ballot of `layer` with another beacon would be delayed.
    pub fn is_delayed(&self, layer: LayerId, bad_beacon: bool) -> bool {
        bad_beacon && layer.0.saturating_add(self.0.settings.bad_beacon_delay) > self.0.last
    }

    fn expected(&self) -> ExpectedWeight {
        ExpectedWeight::of_window(
            &self.0.settings,
            &self.0.epochs,
            self.0.evicted,
            self.0.last,
        )
    }

    fn write(&mut self, layer: LayerId, decisions: Option<Vec<Sign>>) -> bool {
        match (decisions, self.0.layers.get_mut(layer.0)) {
            (Some(decisions), Some(entry)) => {
                set_validity(entry, &decisions);
                true
            }
            _ => false,
        }
    }
}
