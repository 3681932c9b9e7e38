//! Which ATXs are good, and the active set of an epoch (06 §8.1, 05 §20). One set per node and epoch, shared by its identities.

use std::time::Duration;

use spacemesh_types::{
    AtxId, EpochId, Hash32, LayerId, LayersPerEpoch, Timestamp, wire::active_set_hash,
};

use crate::eligibility::{ActiveSetError, ActiveSetSource, set_of_first_block};

/// How good an ATX is for the active set of the epoch after the one it was published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Too late, or its smesher was known to be malicious.
    Evil,
    /// In between; treated as evil here.
    Acceptable,
    /// Early enough that everybody has it, and of a smesher nobody complained of.
    Good,
}

/// The grade of an ATX received at `received`, for an epoch that begins at `start`; ATXs of a checkpoint have no such time and are never late.
/// `malfeasance` is when a proof against its smesher was received; a stored time of zero is no proof.
pub fn grade_atx(
    start: Timestamp,
    network_delay: Duration,
    received: Option<Timestamp>,
    malfeasance: Option<Timestamp>,
) -> Grade {
    let before = |times: u32| start.minus(network_delay.saturating_mul(times));
    let clean_until = |instant: Timestamp| malfeasance.is_none_or(|proof| proof >= instant);
    let received_before = |instant| received.is_none_or(|received| received < instant);
    if received_before(before(4)) && clean_until(start) {
        Grade::Good
    } else if received_before(before(3)) && clean_until(before(1)) {
        Grade::Acceptable
    } else {
        Grade::Evil
    }
}

/// An ATX to be graded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GradedAtx {
    /// Its id.
    pub id: AtxId,
    /// Its stored weight. Validators sum stored weights, so units times ticks must not be used (06 trap 10).
    pub weight: u64,
    /// When this node received it; none for ATXs of a checkpoint.
    pub received: Option<Timestamp>,
    /// When this node received a proof against its smesher.
    pub malfeasance: Option<Timestamp>,
}

/// The parameters of grading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GradeRules {
    /// Layers of an epoch.
    pub layers_per_epoch: LayersPerEpoch,
    /// The network delay that grades are measured with.
    pub network_delay: Duration,
    /// More than this share of the ATXs, in whole percent, must be good: 90 means at least 91 (06 trap 23).
    pub good_percent: u64,
}

/// The active set of an epoch as it is used and stored. Never made again for the epoch: the slot count must not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedSet {
    /// Its epoch.
    pub epoch: EpochId,
    /// Hash of the ids.
    pub id: Hash32,
    /// Weight of the ATXs; not zero.
    pub weight: u64,
    /// The ids, ascending.
    pub set: Vec<AtxId>,
}

/// Why there is no active set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// No ATX was published in the epoch before.
    #[error("no ATX for epoch {0} is known")]
    NoAtxs(EpochId),
    /// Too few good ATXs, and it is too early for a block.
    #[error(
        "{good} of {all} ATXs for epoch {epoch} came early enough, more than {percent} % are needed"
    )]
    TooFewGood {
        /// The epoch.
        epoch: EpochId,
        /// Good ones.
        good: usize,
        /// All.
        all: usize,
        /// The share.
        percent: u64,
    },
    /// The first block of the epoch gives none.
    #[error(transparent)]
    FirstBlock(#[from] ActiveSetError),
    /// An ATX of the set is not known.
    #[error("{atx} of the active set of epoch {epoch} is not known; it can be fetched")]
    UnknownAtx {
        /// The epoch.
        epoch: EpochId,
        /// The ATX.
        atx: AtxId,
    },
    /// The set has no weight.
    #[error("the active set of epoch {0} has no weight")]
    NoWeight(EpochId),
}

/// Makes the active set of `target`: the trusted one, else the good ATXs, else, later in the epoch, what its first block stands for. A
/// stored set must be used instead of calling this. `now` is the current layer, `start` when the epoch begins, `graded` what was
/// published in the epoch before.
///
/// # Errors
///
/// [`PrepareError`].
pub fn prepare_active_set<S: ActiveSetSource>(
    rules: &GradeRules,
    source: &S,
    target: EpochId,
    start: Timestamp,
    now: LayerId,
    trusted: Option<&[AtxId]>,
    graded: &[GradedAtx],
) -> Result<PreparedSet, PrepareError> {
    if let Some(set) = trusted {
        let mut set = set.to_vec();
        set.sort_unstable();
        set.dedup();
        let weight = weight_of(source, target, &set)?;
        return prepared(target, set, weight);
    }
    if graded.is_empty() {
        return Err(PrepareError::NoAtxs(target));
    }
    let is_good = |atx: &&GradedAtx| {
        let grade = grade_atx(start, rules.network_delay, atx.received, atx.malfeasance);
        grade == Grade::Good
    };
    let good: Vec<&GradedAtx> = graded.iter().filter(is_good).collect();
    let percent = good.len() as u128 * 100 / graded.len() as u128;
    if percent > u128::from(rules.good_percent) {
        let weights = good.iter().map(|atx| atx.weight);
        let weight = weights.fold(0_u64, u64::wrapping_add);
        return prepared(target, good.iter().map(|atx| atx.id).collect(), weight);
    }
    let first = target.first_layer(rules.layers_per_epoch);
    if first.is_none_or(|first| now <= first) {
        return Err(PrepareError::TooFewGood {
            epoch: target,
            good: good.len(),
            all: graded.len(),
            percent: rules.good_percent,
        });
    }
    let set = set_of_first_block(source, target)?;
    let weight = weight_of(source, target, &set)?;
    prepared(target, set, weight)
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

fn weight_of<S: ActiveSetSource>(
    source: &S,
    epoch: EpochId,
    set: &[AtxId],
) -> Result<u64, PrepareError> {
    let mut weight = 0_u64;
    for atx in set {
        let facts = source.atx(epoch, atx);
        let facts = facts.ok_or(PrepareError::UnknownAtx { epoch, atx: *atx })?;
        weight = weight.wrapping_add(facts.weight);
    }
    Ok(weight)
}

fn prepared(epoch: EpochId, mut set: Vec<AtxId>, weight: u64) -> Result<PreparedSet, PrepareError> {
    if weight == 0 {
        return Err(PrepareError::NoWeight(epoch));
    }
    // Sorted before hashing, always (06 trap 12).
    set.sort_unstable();
    Ok(PreparedSet {
        epoch,
        id: active_set_hash(&set),
        weight,
        set,
    })
}
