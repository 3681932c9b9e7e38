//! Decoding a ballot: its votes are differences from a base ballot's, bound to the signed hash (08 §5.2, §5.3).
//!
//! Nothing is written here. Work is bounded by the window and by the limits of the wire format; a ballot that cannot be decoded because of
//! forgotten layers is refused before its votes are looked at.

use std::sync::Arc;

use spacemesh_codec::Output;
use spacemesh_types::wire::{BlockHeader, Votes};
use spacemesh_types::{BlockId, EpochId, Hash32, HashBuilder, LayerId};

use super::activations::Activations;
use super::ballot::{DecodeError, Decoded, DecodedVotes, Entry, FreshVotes, IncomingBallot};
use super::engine::Tortoise;
use super::layers::{Layer, NO_NODE, Reference};
use super::weight::Weight;

/// How much of a ballot is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Nothing: the votes must hash to what was signed.
    Checked,
    /// The votes: their hash is computed.
    Votes,
    /// The signed hash: the ballot was accepted before the restart, and what its votes build on may be forgotten.
    Stored,
}

/// Hash of an opinion on one layer on top of the layers below (08 §4). Supported blocks come by height and id.
pub(super) fn opinion_hash(
    previous: Option<&Hash32>,
    abstain: bool,
    supported: impl Iterator<Item = (u64, BlockId)>,
) -> Hash32 {
    let mut hash = HashBuilder::new();
    if let Some(previous) = previous {
        hash.write(previous.as_bytes());
    }
    let mut any = false;
    for (height, id) in supported {
        hash.write(id.as_bytes());
        hash.write(&height.to_le_bytes());
        any = true;
    }
    if abstain && !any {
        hash.write(&[0]);
    }
    hash.finish()
}

impl Tortoise {
    /// Decodes a ballot, before eligibility is checked. Ballots and the ATX it refers to must have been delivered.
    ///
    /// # Errors
    ///
    /// See [`DecodeError`]; none is the sender's fault.
    pub fn decode(
        &self,
        ballot: &IncomingBallot<'_>,
        activations: &impl Activations,
    ) -> Result<Decoded, DecodeError> {
        self.decode_trusting(ballot, activations, Trust::Checked)
    }

    /// Decodes a ballot whose signed hash means nothing, as simulations make them: the hash of its votes is taken instead.
    ///
    /// # Errors
    ///
    /// As [`Tortoise::decode`].
    pub fn decode_unsigned(
        &self,
        ballot: &IncomingBallot<'_>,
        activations: &impl Activations,
    ) -> Result<Decoded, DecodeError> {
        self.decode_trusting(ballot, activations, Trust::Votes)
    }

    /// Whether the votes attached to a ballot are those that it signs, also where its layer knows the signed hash and [`Tortoise::decode`]
    /// therefore does not look at them. What is stored and served to others should pass: after a restart it may be the first of its hash
    /// (08 Trap 9).
    ///
    /// # Errors
    ///
    /// As [`Tortoise::decode`].
    pub fn check_attached_votes(&self, ballot: &IncomingBallot<'_>) -> Result<(), DecodeError> {
        let base = self.base_of(ballot, Trust::Checked)?;
        let votes = self.decode_votes(base, ballot.layer, ballot.votes, Trust::Checked)?;
        let computed = votes
            .entries
            .last()
            .map(|entry| entry.opinion)
            .unwrap_or_default();
        if computed == ballot.opinion {
            return Ok(());
        }
        Err(DecodeError::OpinionMismatch {
            signed: ballot.opinion,
            computed,
        })
    }

    pub(super) fn decode_trusting(
        &self,
        ballot: &IncomingBallot<'_>,
        activations: &impl Activations,
        trust: Trust,
    ) -> Result<Decoded, DecodeError> {
        let layer = ballot.layer.0;
        if layer <= self.evicted {
            return Err(DecodeError::TooOld {
                layer: ballot.layer,
                evicted: LayerId(self.evicted),
            });
        }
        if layer > self.horizon() {
            return Err(DecodeError::TooNew {
                layer: ballot.layer,
                horizon: LayerId(self.horizon()),
            });
        }
        let decoded = match self
            .refs
            .get(&ballot.id)
            .and_then(|&at| Some((at.0, self.layers.row(at)?)))
        {
            Some((layer, row)) => Decoded {
                id: row.id,
                layer,
                weight: row.weight,
                malicious: row.malicious,
                opinion: self
                    .layers
                    .node(layer - 1, row.node)
                    .map(|node| node.opinion)
                    .unwrap_or_default(),
                reference: Some(Arc::clone(&row.reference)),
                votes: DecodedVotes::Stored,
            },
            None => self.decode_fresh(ballot, activations, trust)?,
        };
        if trust == Trust::Checked && decoded.opinion != ballot.opinion {
            return Err(DecodeError::OpinionMismatch {
                signed: ballot.opinion,
                computed: decoded.opinion,
            });
        }
        Ok(decoded)
    }

    fn decode_fresh(
        &self,
        ballot: &IncomingBallot<'_>,
        activations: &impl Activations,
        trust: Trust,
    ) -> Result<Decoded, DecodeError> {
        let layer = ballot.layer.0;
        let base = self.base_of(ballot, trust)?;
        let reference = self.reference_of(ballot, activations)?;
        let malicious = ballot.malicious || self.malicious.contains(&ballot.smesher);
        let weight = if malicious {
            Weight::ZERO
        } else {
            reference.unit.times(u64::from(ballot.eligibilities))
        };
        let known = self
            .layers
            .get(layer)
            .is_some_and(|entry| entry.opinions.contains_key(&ballot.opinion));
        let (opinion, votes) = if known {
            (ballot.opinion, DecodedVotes::Known)
        } else {
            let mut votes = self.decode_votes(base, ballot.layer, ballot.votes, trust)?;
            if let (Trust::Stored, Some(newest)) = (trust, votes.entries.last_mut()) {
                newest.opinion = ballot.opinion;
            }
            let newest = votes.entries.last();
            (
                newest.map(|entry| entry.opinion).unwrap_or_default(),
                DecodedVotes::Fresh(votes),
            )
        };
        Ok(Decoded {
            id: ballot.id,
            layer,
            weight,
            malicious,
            opinion,
            reference: Some(reference),
            votes,
        })
    }

    /// Layer of the base ballot and the newest entry of its votes.
    fn base_of(
        &self,
        ballot: &IncomingBallot<'_>,
        trust: Trust,
    ) -> Result<(u32, u32), DecodeError> {
        let base = ballot.votes.base;
        let (layer, node) = if base.is_zero() {
            (self.settings.genesis.0, NO_NODE)
        } else {
            match self
                .refs
                .get(&base)
                .and_then(|&at| Some((at.0, self.layers.row(at)?.node)))
            {
                Some(known) => known,
                None if trust == Trust::Stored => (self.evicted, NO_NODE),
                None => return Err(DecodeError::DanglingBase { base }),
            }
        };
        if layer >= ballot.layer.0 {
            return Err(DecodeError::BaseNotEarlier {
                layer: ballot.layer,
                base: LayerId(layer),
            });
        }
        Ok((layer, node))
    }

    fn reference_of(
        &self,
        ballot: &IncomingBallot<'_>,
        activations: &impl Activations,
    ) -> Result<Arc<Reference>, DecodeError> {
        if let Some(declared) = ballot.epoch_data {
            let epoch = EpochId(self.settings.epoch(ballot.layer.0));
            let atx = activations.voting(epoch, &ballot.atx);
            let atx = atx.ok_or(DecodeError::UnknownAtx {
                atx: ballot.atx,
                epoch,
            })?;
            if declared.slots == 0 {
                return Err(DecodeError::NoSlots);
            }
            return Ok(Arc::new(Reference {
                smesher: ballot.smesher,
                atx: ballot.atx,
                slots: declared.slots,
                beacon: declared.beacon,
                unit: Weight::of_slot(atx.weight, declared.slots),
                height: atx.height,
            }));
        }
        let reference = ballot.reference.ok_or(DecodeError::NoReference)?;
        let row = self
            .refs
            .get(&reference)
            .and_then(|&at| self.layers.row(at));
        row.map(|row| Arc::clone(&row.reference))
            .ok_or(DecodeError::UnknownReference { reference })
    }

    /// The votes of a ballot in layer `to` on top of the votes of a ballot in layer `base.0` whose newest entry is `base.1`.
    pub(super) fn decode_votes(
        &self,
        (base, newest): (u32, u32),
        to: LayerId,
        votes: &Votes,
        trust: Trust,
    ) -> Result<FreshVotes, DecodeError> {
        let exceptions = Exceptions::read(votes)?;
        let from = exceptions.lowest().map_or(base, |lowest| lowest.min(base));
        if from <= self.evicted && trust != Trust::Stored {
            return Err(DecodeError::VotedEvicted {
                from: LayerId(from),
                evicted: LayerId(self.evicted),
            });
        }
        // Entries of the base from `from` on, newest first. Those below stay shared.
        let mut inherited = Vec::new();
        let (mut lid, mut index) = (base, newest);
        while let Some(below) = lid.checked_sub(1).filter(|&below| below >= from)
            && let Some(node) = self.layers.node(below, index)
        {
            inherited.push(*node);
            (lid, index) = (below, node.previous);
        }
        // `index` is the newest entry that stays shared, in the layer below `lid`.
        let shared = lid
            .checked_sub(1)
            .and_then(|below| self.layers.node(below, index));
        let mut previous = shared.map(|node| node.opinion);
        let mut fresh = FreshVotes {
            start: lid.max(self.evicted),
            previous: if shared.is_some() { index } else { NO_NODE },
            ..FreshVotes::default()
        };
        let nothing = Layer::default();
        let mut blocks = Vec::new();
        for lid in lid..to.0 {
            blocks.clear();
            let mut abstain = exceptions.abstains(lid);
            if let Some(node) = inherited.pop() {
                let layer = self.layers.get(lid).unwrap_or(&nothing);
                if !abstain {
                    abstain = node.abstain;
                    blocks = layer.supported_blocks(&node);
                    exceptions.take_back(lid, &mut blocks)?;
                }
            }
            blocks.extend(exceptions.supported(lid));
            blocks.sort_unstable();
            let opinion = opinion_hash(previous.as_ref(), abstain, blocks.iter().copied());
            previous = Some(opinion);
            if lid >= self.evicted {
                let count = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
                fresh.entries.push(Entry {
                    opinion,
                    abstain,
                    count,
                });
                fresh.blocks.extend_from_slice(&blocks);
            }
        }
        Ok(fresh)
    }
}

/// The exceptions of a ballot, sorted.
struct Exceptions {
    /// Layer, block, height, and whether it is supported.
    votes: Vec<(u32, BlockId, u64, bool)>,
    abstain: Vec<u32>,
}

impl Exceptions {
    fn read(votes: &Votes) -> Result<Self, DecodeError> {
        let vote = |block: &BlockHeader, support| (block.layer.0, block.id, block.height, support);
        let support = votes.support.iter().map(|block| vote(block, true));
        let against = votes.against.iter().map(|block| vote(block, false));
        let mut sorted: Vec<_> = support.chain(against).collect();
        sorted.sort_unstable();
        if let Some(pair) = sorted
            .windows(2)
            .find(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1))
        {
            return Err(DecodeError::ConflictingVotes {
                block: pair[0].1,
                layer: LayerId(pair[0].0),
            });
        }
        let mut abstain: Vec<u32> = votes.abstain.iter().map(|layer| layer.0).collect();
        abstain.sort_unstable();
        let twice = abstain
            .windows(2)
            .find(|pair| pair[0] == pair[1])
            .map(|pair| pair[0]);
        let read = Self {
            votes: sorted,
            abstain,
        };
        let voted = || {
            read.abstain
                .iter()
                .copied()
                .find(|&layer| !read.layer(layer).is_empty())
        };
        match twice.or_else(voted) {
            Some(layer) => Err(DecodeError::ConflictsWithAbstain {
                layer: LayerId(layer),
            }),
            None => Ok(read),
        }
    }

    fn lowest(&self) -> Option<u32> {
        let vote = self.votes.first().map(|vote| vote.0);
        let abstain = self.abstain.first().copied();
        [vote, abstain].into_iter().flatten().min()
    }

    fn abstains(&self, layer: u32) -> bool {
        self.abstain.binary_search(&layer).is_ok()
    }

    /// The votes in a layer, by block.
    fn layer(&self, layer: u32) -> &[(u32, BlockId, u64, bool)] {
        let start = self.votes.partition_point(|vote| vote.0 < layer);
        let end = self.votes.partition_point(|vote| vote.0 <= layer);
        self.votes.get(start..end).unwrap_or_default()
    }

    fn supported(&self, layer: u32) -> impl Iterator<Item = (u64, BlockId)> {
        let supported = self.layer(layer).iter().filter(|vote| vote.3);
        supported.map(|&(_, id, height, _)| (height, id))
    }

    /// Removes the blocks of the base that this ballot votes on otherwise.
    fn take_back(&self, layer: u32, blocks: &mut Vec<(u64, BlockId)>) -> Result<(), DecodeError> {
        let votes = self.layer(layer);
        let mut wrong = None;
        blocks.retain(|(base_height, block)| {
            let Ok(at) = votes.binary_search_by(|(_, id, _, _)| id.cmp(block)) else {
                return true;
            };
            let (_, _, height, support) = votes[at]; // `at` was found in it
            if !support && height != *base_height {
                wrong = Some(*block);
            }
            false
        });
        match wrong {
            Some(block) => Err(DecodeError::WrongTarget {
                block,
                layer: LayerId(layer),
            }),
            None => Ok(()),
        }
    }
}
