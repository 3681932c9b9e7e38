//! A decoded ballot joins the state, after all checks and after it was written (08 §5.4).

use spacemesh_types::{Hash32, LayerId};

use super::ballot::{Decoded, DecodedVotes, FreshVotes, StoreError};
use super::engine::Tortoise;
use super::layers::{NO_NODE, Row, Target};
use super::sign::Sign;
use super::weight::Weight;

impl Tortoise {
    /// Stores a ballot. One whose layer was forgotten since it was decoded is dropped without an error.
    ///
    /// # Errors
    ///
    /// It is stored already, which callers treat as known.
    pub fn store(&mut self, ballot: Decoded) -> Result<(), StoreError> {
        let layer = ballot.layer;
        if layer <= self.evicted {
            return Ok(());
        }
        if self.refs.contains_key(&ballot.id) {
            return Err(StoreError::Exists { id: ballot.id });
        }
        let Some(reference) = ballot.reference else {
            return Ok(());
        };
        let known = self
            .layers
            .get(layer)
            .and_then(|entry| entry.opinions.get(&ballot.opinion))
            .copied();
        let mut late = Vec::new();
        let node = match (known, ballot.votes) {
            (Some(node), _) => node,
            (None, DecodedVotes::Fresh(votes)) => {
                let node = self.add_votes(votes, &mut late);
                if let Some(entry) = self.layers.touch(layer) {
                    entry.opinions.insert(ballot.opinion, node);
                }
                node
            }
            // Both are said of this engine's window, and the layer is still in it.
            (None, DecodedVotes::Known | DecodedVotes::Stored) => return Ok(()),
        };
        let Some(entry) = self.layers.touch(layer) else {
            return Ok(());
        };
        let at = (
            layer,
            u32::try_from(entry.ballots.len()).unwrap_or(u32::MAX),
        );
        entry.ballots.push(Row {
            id: ballot.id,
            weight: ballot.weight,
            node,
            malicious: ballot.malicious,
            bad_beacon: false,
            reference,
        });
        self.refs.insert(ballot.id, at);
        // The ballot is among those that a block it introduces is late for (08 Trap 13).
        self.subtract_late(&late);
        if layer <= self.processed {
            let mut batch = Vec::new();
            self.count(at, &mut batch);
            self.count_full(batch);
        }
        Ok(())
    }

    /// Adds the entries of a vote list that the state lacks, with their targets, and returns the newest. New targets are told in `late`.
    fn add_votes(&mut self, votes: FreshVotes, late: &mut Vec<(u32, u32)>) -> u32 {
        // Targets from the newest layer to the oldest, because a reference height looks at the layers below (08 §7.1).
        let mut supports: Vec<Vec<u32>> = Vec::with_capacity(votes.entries.len());
        let mut end = votes.blocks.len();
        let top = votes
            .start
            .saturating_add(u32::try_from(votes.entries.len()).unwrap_or(u32::MAX));
        for (lid, entry) in (votes.start..top).rev().zip(votes.entries.iter().rev()) {
            let start = end.saturating_sub(entry.count as usize);
            let blocks = votes.blocks.get(start..end).unwrap_or_default();
            end = start;
            let mut indexes = Vec::with_capacity(if lid > self.evicted { blocks.len() } else { 0 });
            if lid > self.evicted {
                for &(height, id) in blocks {
                    let found = self
                        .layers
                        .get(lid)
                        .and_then(|layer| layer.find(height, &id));
                    let index = found.unwrap_or_else(|| {
                        let old = !self.is_within_hdist(LayerId(lid));
                        let sign = if old { Sign::Against } else { Sign::Neutral };
                        let index = self.add_target(
                            lid,
                            Target {
                                height,
                                id,
                                hare: sign,
                                validity: sign,
                                margin: Weight::ZERO,
                                data: false,
                            },
                        );
                        late.push((lid, index));
                        index
                    });
                    indexes.push(index);
                }
                indexes.sort_unstable();
            }
            supports.push(indexes);
        }
        let mut previous = votes.previous;
        for (lid, (entry, supports)) in
            (votes.start..).zip(votes.entries.iter().zip(supports.iter().rev()))
        {
            if lid >= self.evicted {
                previous = self.add_entry(lid, entry.opinion, previous, entry.abstain, supports);
            }
        }
        previous
    }

    /// An entry of a vote list, shared with one that a ballot of the next layer already has.
    fn add_entry(
        &mut self,
        lid: u32,
        opinion: Hash32,
        previous: u32,
        abstain: bool,
        supports: &[u32],
    ) -> u32 {
        let above = lid.checked_add(1).and_then(|above| self.layers.get(above));
        let candidate = above
            .and_then(|above| above.opinions.get(&opinion))
            .copied();
        let shared = candidate.filter(|&index| {
            self.layers.get(lid).is_some_and(|layer| {
                layer.nodes.get(index as usize).is_some_and(|node| {
                    (node.opinion, node.previous, node.abstain) == (opinion, previous, abstain)
                        && layer.supported(node) == supports
                })
            })
        });
        if let Some(index) = shared {
            return index;
        }
        let layer = self.layers.touch(lid);
        layer.map_or(NO_NODE, |layer| {
            layer.add_node(opinion, previous, abstain, supports)
        })
    }
}
