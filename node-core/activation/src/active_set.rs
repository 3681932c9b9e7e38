//! Grades of ATXs and the set that eligibility in an epoch is computed from (05 §20).

use std::time::Duration;

use spacemesh_types::{AtxId, EpochId, Hash32, NodeId, Timestamp, wire::active_set_hash};

use crate::{AtxRow, AtxTable};

/// How sure this node is that everybody saw an ATX in time and nobody saw its signer misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AtxGrade {
    /// Late, or of an identity that others may have condemned in time.
    Evil,
    /// Perhaps.
    Acceptable,
    /// Sure.
    Good,
}

/// The grade of an ATX for the epoch that starts at `epoch_start`. `received` is none for ATXs of a checkpoint, which are never late;
/// `condemned` is when the proof against its signer arrived.
pub fn grade(
    received: Option<Timestamp>,
    condemned: Option<Timestamp>,
    epoch_start: Timestamp,
    delay: Duration,
) -> AtxGrade {
    let before = |times: u32| epoch_start.minus(delay.saturating_mul(times));
    let arrived_before = |limit| received.is_none_or(|received| received < limit);
    let unharmed_until = |limit| condemned.is_none_or(|condemned| condemned >= limit);
    if arrived_before(before(4)) && unharmed_until(epoch_start) {
        AtxGrade::Good
    } else if arrived_before(before(3)) && unharmed_until(before(1)) {
        AtxGrade::Acceptable
    } else {
        AtxGrade::Evil
    }
}

/// An ATX that may be in the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The ATX.
    pub id: AtxId,
    /// Its weight as the table has it.
    pub weight: u64,
    /// When it arrived; none for ATXs of a checkpoint.
    pub received: Option<Timestamp>,
    /// When the proof against its signer arrived.
    pub condemned: Option<Timestamp>,
}

impl Candidate {
    /// The candidate of a row. `condemned` looks up when the proof against an identity arrived.
    pub fn new(row: &AtxRow, condemned: impl FnOnce(NodeId) -> Option<Timestamp>) -> Self {
        Self {
            id: row.id,
            weight: row.table_weight(),
            received: row.received,
            condemned: condemned(row.smesher),
        }
    }
}

/// The set, as it is stored and referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedActiveSet {
    /// Hash of the ids in their order.
    pub id: Hash32,
    /// The ids, ascending.
    pub set: Vec<AtxId>,
    /// Their weight.
    pub weight: u64,
}

/// Where a set comes from, in the order of preference; a stored one is the caller's to use before (step 1).
#[derive(Debug, Clone, Copy, Default)]
pub struct ActiveSetSources<'a> {
    /// The set of a bootstrap file for the epoch.
    pub trusted: Option<&'a [AtxId]>,
    /// ATXs of the epoch before, and how many percent of them must be good, more than that many.
    pub graded: &'a [Candidate],
    /// Percent of ATXs that must be exceeded.
    pub good_percent: u64,
    /// From the first applied block of the epoch: the active sets of the first reference ballots of all rewarded ATXs, and those ATXs.
    /// None before the second layer of the epoch.
    pub first_block: Option<&'a [AtxId]>,
}

/// Why there is no set yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActiveSetError {
    /// ATXs of the set are not here.
    #[error("{missing} ATXs of the set are not known yet; they come with the synchronisation")]
    MissingAtxs {
        /// How many.
        missing: usize,
    },
    /// Nobody published.
    #[error("no ATX was published in the epoch before {0}")]
    NoAtxs(EpochId),
    /// Too few good ATXs, and no block yet.
    #[error(
        "{good} of {total} ATXs arrived in time, which are too few, and the epoch has no block yet"
    )]
    TooFewGood {
        /// Good ones.
        good: u64,
        /// All.
        total: u64,
    },
    /// A set without weight.
    #[error("the set for epoch {0} has no weight")]
    NoWeight(EpochId),
}

/// Makes the set for `target` (steps 2 to 5).
///
/// # Errors
///
/// There is none yet, or it has no weight. It is tried again later.
pub fn prepare_active_set(
    target: EpochId,
    epoch_start: Timestamp,
    delay: Duration,
    sources: ActiveSetSources<'_>,
    table: &AtxTable,
) -> Result<PreparedActiveSet, ActiveSetError> {
    if let Some(trusted) = sources.trusted {
        return of_known(target, trusted.to_vec(), table);
    }
    if sources.graded.is_empty() && sources.first_block.is_none() {
        return Err(ActiveSetError::NoAtxs(target));
    }
    let grade_of = |it: &Candidate| grade(it.received, it.condemned, epoch_start, delay);
    let good = sources.graded.iter();
    let good: Vec<&Candidate> = good.filter(|it| grade_of(it) == AtxGrade::Good).collect();
    let (count, total) = (good.len() as u64, sources.graded.len() as u64);
    let percent = count.saturating_mul(100).checked_div(total);
    if percent.is_some_and(|percent| percent > sources.good_percent) {
        let weight = good
            .iter()
            .fold(0_u64, |sum, it| sum.wrapping_add(it.weight));
        let set = good.iter().map(|it| it.id).collect();
        return finished(target, set, weight);
    }
    match sources.first_block {
        Some(ids) => of_known(target, ids.to_vec(), table),
        None => Err(ActiveSetError::TooFewGood { good: count, total }),
    }
}

/// Attempts at preparing a set: how long before the epoch the first, how many, and how far apart. It is tried on demand as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreparationPlan {
    /// Before the start of the epoch.
    pub window: Duration,
    /// How often.
    pub tries: u32,
    /// Between two attempts.
    pub retry_interval: Duration,
}

impl PreparationPlan {
    /// When the attempt `number`, from 0 on, is due; none after the last.
    pub fn attempt(&self, number: u32, epoch_start: Timestamp) -> Option<Timestamp> {
        if number >= self.tries {
            return None;
        }
        let later = self.retry_interval.saturating_mul(number);
        Some(epoch_start.minus(self.window).plus(later))
    }
}

fn of_known(
    target: EpochId,
    mut ids: Vec<AtxId>,
    table: &AtxTable,
) -> Result<PreparedActiveSet, ActiveSetError> {
    ids.sort_unstable();
    ids.dedup();
    let (weight, known) = table.weight_of(target, &ids);
    let missing = known.iter().filter(|known| !**known).count();
    if missing > 0 {
        return Err(ActiveSetError::MissingAtxs { missing });
    }
    finished(target, ids, weight)
}

fn finished(
    target: EpochId,
    mut set: Vec<AtxId>,
    weight: u64,
) -> Result<PreparedActiveSet, ActiveSetError> {
    if weight == 0 {
        return Err(ActiveSetError::NoWeight(target));
    }
    set.sort_unstable();
    Ok(PreparedActiveSet {
        id: active_set_hash(&set),
        set,
        weight,
    })
}
