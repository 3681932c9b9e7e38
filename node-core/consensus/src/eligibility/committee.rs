//! The weights that committees are drawn from, and how many seats a proof wins (06 §9.2 step 5, §9.3).

use std::collections::BTreeMap;

use spacemesh_crypto::{VrfFraction, vrf_fraction};
use spacemesh_types::{AtxId, EpochId, NodeId, VrfSignature};

use super::{atx::AtxSource, recent::Recent};
use crate::fixed::{Binomial, Fixed, TRIALS_MAX};

/// Weight above which a smesher gets no seat (06 trap 17).
pub const WEIGHT_MAX: u64 = TRIALS_MAX;

/// Smeshers and their weights in an epoch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Committee {
    members: BTreeMap<NodeId, (AtxId, u64)>,
    total: u64,
}

impl Committee {
    /// The weights of the ATXs of an active set. Of several ATXs of a smesher the one with the largest id stays; malicious smeshers stay.
    ///
    /// # Errors
    ///
    /// The first ATX that is not known for the epoch.
    pub fn new<S: AtxSource>(source: &S, epoch: EpochId, set: &[AtxId]) -> Result<Self, AtxId> {
        let mut members = BTreeMap::<NodeId, (AtxId, u64)>::new();
        for id in set {
            let atx = source.atx(epoch, id).ok_or(*id)?;
            let member = members.entry(atx.smesher).or_insert((*id, atx.weight));
            if member.0 < *id {
                *member = (*id, atx.weight);
            }
        }
        let weights = members.values().map(|(_, weight)| *weight);
        let total = weights.fold(0_u64, u64::saturating_add);
        Ok(Self { members, total })
    }

    /// The weight of a smesher; none if it is not active.
    pub fn weight(&self, smesher: &NodeId) -> Option<u64> {
        self.members.get(smesher).map(|(_, weight)| *weight)
    }

    /// The ATX of a smesher.
    pub fn atx(&self, smesher: &NodeId) -> Option<AtxId> {
        self.members.get(smesher).map(|(atx, _)| *atx)
    }

    /// The weight of all.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// How many smeshers there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

/// A question about seats that has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeatsError {
    /// A committee of nobody.
    #[error("a committee must have at least one seat")]
    NoSeats,
    /// Nobody has weight.
    #[error("the active set has no weight")]
    NoWeight,
    /// More weight than the distribution is defined for.
    #[error("weight {0} is above 2^30, for which there is no distribution; it gets no seat")]
    TooHeavy(u64),
    /// The distribution has no value, or the count more digits than a message holds.
    #[error("weight {weight} of {total} is outside of what the distribution is defined for")]
    Undefined {
        /// The weight.
        weight: u64,
        /// The weight of all.
        total: u64,
    },
}

/// Counts seats and remembers the distributions: they stay the same for an epoch and cost about a thousand times a look-up.
#[derive(Debug, Clone)]
pub struct Seats(Recent<(u64, u128), Binomial>);

impl Default for Seats {
    fn default() -> Self {
        Self(Recent::new(Self::DISTRIBUTIONS_MAX))
    }
}

impl Seats {
    /// How many distributions are surely remembered.
    pub const DISTRIBUTIONS_MAX: usize = 4096;

    /// With nothing remembered.
    pub fn new() -> Self {
        Self::default()
    }

    /// Seats that `proof` wins in a committee of `size` for a smesher of `weight` among `total`. Too much weight wins none.
    ///
    /// # Errors
    ///
    /// [`SeatsError`], but never [`SeatsError::TooHeavy`].
    pub fn count(
        &mut self,
        weight: u64,
        total: u64,
        size: u32,
        proof: &VrfSignature,
    ) -> Result<u16, SeatsError> {
        let distribution = match self.distribution(weight, total, size) {
            Err(SeatsError::TooHeavy(_)) => return Ok(0),
            other => other?,
        };
        let undefined = SeatsError::Undefined { weight, total };
        let limit = u64::from(u16::MAX) + 1;
        let count = distribution.smallest_above(fraction_of(proof), limit);
        count
            .and_then(|count| u16::try_from(count).ok())
            .ok_or(undefined)
    }

    /// Whether `proof` wins exactly `count` seats.
    ///
    /// # Errors
    ///
    /// [`SeatsError`].
    pub fn validate(
        &mut self,
        weight: u64,
        total: u64,
        size: u32,
        proof: &VrfSignature,
        count: u16,
    ) -> Result<bool, SeatsError> {
        let distribution = self.distribution(weight, total, size)?;
        let undefined = SeatsError::Undefined { weight, total };
        let (fraction, count) = (fraction_of(proof), i64::from(count));
        let below = distribution.cdf(count - 1).ok_or(undefined)?;
        if below > fraction {
            return Ok(false);
        }
        Ok(fraction < distribution.cdf(count).ok_or(undefined)?)
    }

    fn distribution(
        &mut self,
        weight: u64,
        total: u64,
        size: u32,
    ) -> Result<&mut Binomial, SeatsError> {
        if size < 1 {
            return Err(SeatsError::NoSeats);
        }
        if total == 0 {
            return Err(SeatsError::NoWeight);
        }
        let undefined = SeatsError::Undefined { weight, total };
        let size = u64::from(size);
        let (trials, total) = if size > total {
            (weight.saturating_mul(size), total * size)
        } else {
            (weight, total)
        };
        if trials > TRIALS_MAX {
            return Err(SeatsError::TooHeavy(weight));
        }
        let probability = Fixed::ratio(size, total).ok_or(undefined)?;
        self.0.get_or_compute((trials, probability.word()), || {
            Binomial::new(trials, probability).ok_or(undefined)
        })
    }
}

fn fraction_of(proof: &VrfSignature) -> Fixed {
    let fraction: VrfFraction = vrf_fraction(proof);
    Fixed::from_word(u128::from(fraction.units()))
}
