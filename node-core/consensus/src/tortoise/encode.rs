//! Our own votes: what we think of every layer, as differences from a stored ballot (08 §8).

use std::collections::BTreeSet;

use spacemesh_codec::BoundedVec;
use spacemesh_types::wire::{BlockHeader, Opinion, Votes};
use spacemesh_types::{BallotId, LayerId};

use super::ballot::DecodeError;
use super::decode::Trust;
use super::engine::Tortoise;
use super::layers::{Layer, NO_NODE, Target};
use super::sign::Sign;

/// Votes for a ballot of ours.
pub type OwnVotes = Opinion;

/// Why we do not vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// Ballots wait for a beacon, so what we think is not known.
    #[error(
        "{waiting} ballots wait for the beacon of their epoch and must be counted before encoding votes"
    )]
    NotCounted {
        /// How many.
        waiting: usize,
    },
    /// No ballot to build on.
    #[error("no ballots in the window to build on")]
    NoBase,
    /// The base has no opinion on a layer that is finished here.
    #[error("base ballot {base} has no opinion on layer {layer}, which is finished")]
    BaseAbstains {
        /// The base.
        base: BallotId,
        /// The layer.
        layer: LayerId,
    },
    /// A block is undecided, and so is the coin.
    #[error("the weak coin of layer {layer} is needed and not known")]
    NoCoin {
        /// The layer of the coin.
        layer: LayerId,
    },
    /// Too many differences.
    #[error("{exceptions} votes differ from base ballot {base}, the limit is {max}")]
    TooManyExceptions {
        /// The base.
        base: BallotId,
        /// How many differ.
        exceptions: usize,
        /// `tortoise-max-exceptions`.
        max: u32,
    },
    /// The layer to vote from lies too far ahead.
    #[error("cannot vote from layer {layer}: the last layer accepted at this time is {horizon}")]
    LayerAhead {
        /// The layer.
        layer: LayerId,
        /// The last layer that is accepted.
        horizon: LayerId,
    },
    /// The votes do not decode.
    #[error("our own votes do not decode: {0}")]
    Decode(#[from] DecodeError),
}

#[derive(Default)]
struct Exceptions {
    support: Vec<BlockHeader>,
    against: Vec<BlockHeader>,
    abstain: Vec<LayerId>,
}

impl Tortoise {
    /// Our votes for a ballot in layer `current`; in the layer after the last one if none is given.
    ///
    /// # Errors
    ///
    /// No ballot can be built on: then no proposal is made in this layer.
    pub fn encode(&self, current: Option<LayerId>) -> Result<OwnVotes, EncodeError> {
        let current = current.map_or(self.last.saturating_add(1), |layer| layer.0);
        if !self.parked.is_empty() {
            let waiting = self.parked.len();
            return Err(EncodeError::NotCounted { waiting });
        }
        if current > self.horizon() {
            return Err(EncodeError::LayerAhead {
                layer: LayerId(current),
                horizon: LayerId(self.horizon()),
            });
        }
        let mut error = EncodeError::NoBase;
        let mut failed = BTreeSet::new();
        for layer in (self.evicted.saturating_add(1)..current).rev() {
            if layer == self.settings.genesis.0 {
                match self.encode_on(BallotId::ZERO, layer, NO_NODE, current) {
                    Ok(votes) => return Ok(votes),
                    Err(reason) => error = reason,
                }
                continue;
            }
            failed.clear();
            let ballots = self
                .layers
                .get(layer)
                .map_or(&[][..], |entry| &entry.ballots);
            for row in ballots.iter().filter(|row| !row.malicious) {
                // Ballots with the same votes fail alike.
                if failed.contains(&row.node) {
                    continue;
                }
                match self.encode_on(row.id, layer, row.node, current) {
                    Ok(votes) => return Ok(votes),
                    Err(reason) => {
                        error = reason;
                        failed.insert(row.node);
                    }
                }
            }
        }
        Err(error)
    }

    fn encode_on(
        &self,
        base: BallotId,
        layer: u32,
        newest: u32,
        current: u32,
    ) -> Result<OwnVotes, EncodeError> {
        let mut exceptions = Exceptions::default();
        let (mut lid, mut index) = (layer, newest);
        while let Some(below) = lid.checked_sub(1).filter(|&below| below > self.evicted)
            && let Some(node) = self.layers.node(below, index)
            && let Some(entry) = self.layers.get(below)
        {
            (lid, index) = (below, node.previous);
            match (node.abstain, entry.terminated) {
                (true, true) => {
                    let layer = LayerId(lid);
                    return Err(EncodeError::BaseAbstains { base, layer });
                }
                (false, false) => exceptions.abstain.push(LayerId(lid)),
                (true, false) => {}
                (false, true) => {
                    let supported = entry.supported(node);
                    self.compare(lid, entry, supported, current, &mut exceptions)?;
                }
            }
        }
        for lid in layer..current {
            match self.layers.get(lid).filter(|entry| entry.terminated) {
                None => exceptions.abstain.push(LayerId(lid)),
                Some(entry) => {
                    for target in entry.ordered() {
                        if self.full_vote(lid, target, current)? == Sign::Support {
                            exceptions.support.push(header(lid, target));
                        }
                    }
                }
            }
        }
        let count = exceptions.support.len() + exceptions.against.len();
        let too_many = EncodeError::TooManyExceptions {
            base,
            exceptions: count,
            max: self.settings.max_exceptions,
        };
        if count > self.settings.max_exceptions as usize {
            return Err(too_many);
        }
        // The wire's limits, should the configured one be above them.
        let votes = Votes {
            base,
            support: BoundedVec::try_from(exceptions.support).map_err(|_| too_many)?,
            against: BoundedVec::try_from(exceptions.against).map_err(|_| too_many)?,
            abstain: BoundedVec::try_from(exceptions.abstain).map_err(|_| too_many)?,
        };
        let decoded = self.decode_votes((layer, newest), LayerId(current), &votes, Trust::Votes)?;
        let hash = decoded
            .entries
            .last()
            .map(|entry| entry.opinion)
            .unwrap_or_default();
        Ok(Opinion { hash, votes })
    }

    /// Adds the targets of a layer on which we differ from a base that supports `supported`.
    fn compare(
        &self,
        lid: u32,
        layer: &Layer,
        supported: &[u32],
        current: u32,
        exceptions: &mut Exceptions,
    ) -> Result<(), EncodeError> {
        for &index in &layer.order {
            let Some(target) = layer.targets.get(index as usize) else {
                continue;
            };
            let theirs = Sign::of(supported.binary_search(&index).is_ok());
            match self.full_vote(lid, target, current)? {
                Sign::Support if theirs == Sign::Against => {
                    exceptions.support.push(header(lid, target))
                }
                Sign::Against if theirs == Sign::Support => {
                    exceptions.against.push(header(lid, target))
                }
                // Neutral: a target that got no sign of hare although the layer is finished. The base's vote stays.
                Sign::Support | Sign::Against | Sign::Neutral => {}
            }
        }
        Ok(())
    }

    fn full_vote(&self, lid: u32, target: &Target, current: u32) -> Result<Sign, EncodeError> {
        if !target.data {
            return Ok(Sign::Against);
        }
        let vote = self.local_vote(current, lid, target.hare, target.validity);
        if vote != Sign::Neutral || self.settings.within_hdist(LayerId(lid), LayerId(current)) {
            return Ok(vote);
        }
        let counted = self.locally(target.margin);
        if counted != Sign::Neutral {
            return Ok(counted);
        }
        let layer = current.saturating_sub(1);
        match self
            .layers
            .get(layer)
            .map_or(Sign::Neutral, |entry| entry.coin)
        {
            Sign::Neutral => Err(EncodeError::NoCoin {
                layer: LayerId(layer),
            }),
            coin => Ok(coin),
        }
    }
}

fn header(lid: u32, target: &Target) -> BlockHeader {
    BlockHeader {
        id: target.id,
        layer: LayerId(lid),
        height: target.height,
    }
}
