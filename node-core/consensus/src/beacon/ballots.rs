//! The beacon that eligible ballots have seen (06 §4.3). A node that did not run the protocol learns it here.

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_types::{BallotId, Beacon, EpochId};

use crate::{eligibility::BallotEligibility, fixed::Fixed};

/// Epochs that observations are kept of.
const EPOCHS_MAX: usize = 16;
/// Ballots that are counted in an epoch, as long as its beacon is not known.
const BALLOTS_MAX: usize = 200_000;

#[derive(Debug, Clone, Default)]
struct Seen {
    ballots: BTreeSet<BallotId>,
    weight: Fixed,
    eligibilities: u64,
}

/// What ballots say about the beacons of epochs.
#[derive(Debug, Clone)]
pub struct BallotBeacons {
    weight_units: u64,
    epochs: BTreeMap<EpochId, BTreeMap<Beacon, Seen>>,
}

impl BallotBeacons {
    /// Tells a beacon once `weight_units` eligibilities were seen in an epoch.
    pub const fn new(weight_units: u64) -> Self {
        Self {
            weight_units,
            epochs: BTreeMap::new(),
        }
    }

    /// Takes an eligible ballot of anybody, malicious or not. Its share counts, not the whole weight of its ATX. `known` is the beacon
    /// of the epoch, if there is one: nothing is told then.
    ///
    /// Returns the beacon that the ballots agree on, to be set without overwriting another one.
    pub fn report(
        &mut self,
        id: BallotId,
        ballot: &BallotEligibility,
        known: Option<Beacon>,
    ) -> Option<Beacon> {
        if known.is_some() {
            self.epochs.remove(&ballot.epoch);
            return None;
        }
        if ballot.beacon.is_zero() {
            return None;
        }
        if !self.epochs.contains_key(&ballot.epoch) && self.epochs.len() >= EPOCHS_MAX {
            return None;
        }
        let beacons = self.epochs.entry(ballot.epoch).or_default();
        let counted: usize = beacons.values().map(|seen| seen.ballots.len()).sum();
        if counted < BALLOTS_MAX {
            count(beacons.entry(ballot.beacon).or_default(), id, ballot);
        }
        let counts = beacons.values().map(|seen| seen.eligibilities);
        let total = counts.fold(0_u64, u64::saturating_add);
        if total < self.weight_units {
            return None;
        }
        choose(beacons)
    }

    /// Forgets epochs up to and including `epoch`.
    pub fn forget_through(&mut self, epoch: EpochId) {
        self.epochs.retain(|known, _| *known > epoch);
    }
}

fn count(seen: &mut Seen, id: BallotId, ballot: &BallotEligibility) {
    let unit = Fixed::ratio(ballot.atx_weight, u64::from(ballot.slots));
    let weight = unit.and_then(|unit| unit.checked_mul(Fixed::integer(i64::from(ballot.proofs))));
    let weight = weight.and_then(|weight| seen.weight.checked_add(weight));
    // A ballot without a countable weight does not count at all.
    if let Some(weight) = weight
        && seen.ballots.insert(id)
    {
        seen.weight = weight;
        seen.eligibilities = seen.eligibilities.saturating_add(u64::from(ballot.proofs));
    }
}

/// The beacon with more than half of the weight, else the one with the largest; the smallest of equal ones.
fn choose(beacons: &BTreeMap<Beacon, Seen>) -> Option<Beacon> {
    // More than half is also the largest, so that one rule serves for both.
    let mut best: Option<(Beacon, Fixed)> = None;
    for (beacon, seen) in beacons {
        if best.is_none_or(|(_, weight)| seen.weight > weight) {
            best = Some((*beacon, seen.weight));
        }
    }
    best.filter(|(_, weight)| !weight.is_zero())
        .map(|(beacon, _)| beacon)
}
