//! What is known of one run of the protocol (06 §3.2 to §3.7): smeshers, thresholds, proposals, votes.

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_crypto::beacon_proposal;
use spacemesh_types::{
    AtxId, Beacon, EpochId, NodeId, RoundId, Timestamp, VrfSignature, sum,
    wire::BeaconProposalValue,
};

use super::{
    bits::{decode_votes, encode_votes},
    rules::BeaconRules,
    threshold::{Threshold, atx_threshold, vote_threshold},
};

/// An ATX that gives rights in the epoch of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochAtx {
    /// Its id.
    pub id: AtxId,
    /// Whose it is.
    pub smesher: NodeId,
    /// Its weight.
    pub weight: u64,
    /// Its effective number of space units: how often the smesher tosses the coin.
    pub units: u32,
    /// When this node received it. Survives a restart (06 trap 22).
    pub received: Timestamp,
    /// Whether there is a proof of malfeasance against its smesher.
    pub malicious: bool,
}

/// No honest weight: there is no run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no ATX gives weight in epoch {0}; its beacon protocol cannot run")]
pub struct NoWeight(pub EpochId);

/// How good a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// In time and below the strict threshold: voted for.
    Valid,
    /// A little late, or below the lenient threshold only: voted against, but known.
    PotentiallyValid,
    /// Neither. Passed on all the same (06 trap 15).
    Invalid,
}

/// The state of a run. Weight, counts and thresholds are those of the moment at which it was made, and do not follow what arrives later
/// (06 trap 16).
#[derive(Debug, Clone)]
pub struct EpochState {
    epoch: EpochId,
    start: Timestamp,
    weight: u64,
    strict: Threshold,
    lenient: Threshold,
    smeshers: BTreeMap<NodeId, EpochAtx>,
    /// When this node's proposal phase ended.
    proposals_ended: Option<Timestamp>,
    proposed: BTreeSet<NodeId>,
    valid: BTreeSet<BeaconProposalValue>,
    potentially_valid: BTreeSet<BeaconProposalValue>,
    margins: BTreeMap<BeaconProposalValue, i128>,
    first_voted: BTreeSet<NodeId>,
    voted: BTreeSet<(RoundId, NodeId)>,
    /// What the bits of a smesher's later votes are about.
    indexes: BTreeMap<NodeId, Vec<BeaconProposalValue>>,
}

/// What the votes say so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub(super) support: BTreeSet<BeaconProposalValue>,
    pub(super) undecided: BTreeSet<BeaconProposalValue>,
}

impl EpochState {
    /// The state of the run in `epoch`, which begins at `start`, from the ATXs published in the epoch before, in their stored order.
    ///
    /// # Errors
    ///
    /// No ATX of a smesher without a proof of malfeasance has weight.
    pub fn new(
        rules: &BeaconRules,
        epoch: EpochId,
        start: Timestamp,
        atxs: impl IntoIterator<Item = EpochAtx>,
    ) -> Result<Self, NoWeight> {
        let early_end = start.minus(rules.delta);
        let mut smeshers = BTreeMap::new();
        let (mut weight, mut early, mut late) = (0_u64, 0_u64, 0_u64);
        for atx in atxs {
            if !atx.malicious {
                weight = weight.saturating_add(atx.weight);
            }
            if smeshers.contains_key(&atx.smesher) {
                continue;
            }
            smeshers.insert(atx.smesher, atx);
            if atx.received < early_end {
                early += 1;
            } else if atx.received < start {
                late += 1;
            }
        }
        if weight == 0 {
            return Err(NoWeight(epoch));
        }
        let threshold = |atxs| atx_threshold(rules.kappa, rules.q, atxs);
        let (strict, lenient) = if early + late == 0 {
            (Threshold::NONE, Threshold::NONE)
        } else {
            (threshold(early + late), threshold(early))
        };
        Ok(Self {
            epoch,
            start,
            weight,
            strict,
            lenient,
            smeshers,
            proposals_ended: None,
            proposed: BTreeSet::new(),
            valid: BTreeSet::new(),
            potentially_valid: BTreeSet::new(),
            margins: BTreeMap::new(),
            first_voted: BTreeSet::new(),
            voted: BTreeSet::new(),
            indexes: BTreeMap::new(),
        })
    }

    /// The epoch of the run.
    pub const fn epoch(&self) -> EpochId {
        self.epoch
    }

    /// The weight that votes are measured by.
    pub const fn weight(&self) -> u64 {
        self.weight
    }

    /// An ATX that arrived after the state was made: its smesher joins, if it is not here, and counts as honest.
    pub fn add_late(&mut self, atx: EpochAtx) {
        let malicious = false;
        self.smeshers
            .entry(atx.smesher)
            .or_insert(EpochAtx { malicious, ..atx });
    }

    /// The ATX of a smesher.
    pub fn smesher(&self, smesher: &NodeId) -> Option<&EpochAtx> {
        self.smeshers.get(smesher)
    }

    /// Whether a smesher's proposal was taken.
    pub fn has_proposed(&self, smesher: &NodeId) -> bool {
        self.proposed.contains(smesher)
    }

    /// How good a proposal of a smesher is that was received at an instant.
    pub fn classify(
        &self,
        rules: &BeaconRules,
        smesher: &EpochAtx,
        proof: &VrfSignature,
        received: Timestamp,
    ) -> Category {
        let in_time = |end: Timestamp, grace| received <= end.plus(grace);
        let before_end = |grace| self.proposals_ended.is_none_or(|end| in_time(end, grace));
        let none = std::time::Duration::ZERO;
        if smesher.received <= self.start && before_end(none) && self.strict.passes(proof) {
            return if smesher.malicious {
                Category::PotentiallyValid
            } else {
                Category::Valid
            };
        }
        let atx_in_time = smesher.received <= self.start.plus(rules.delta);
        if atx_in_time && before_end(rules.delta) && self.lenient.passes(proof) {
            Category::PotentiallyValid
        } else {
            Category::Invalid
        }
    }

    /// Takes the proposal of a smesher. False if it is not the first.
    pub fn take_proposal(
        &mut self,
        smesher: NodeId,
        proof: &VrfSignature,
        category: Category,
    ) -> bool {
        if !self.proposed.insert(smesher) {
            return false;
        }
        let value = BeaconProposalValue(beacon_proposal(proof));
        let set = match category {
            Category::Valid => &mut self.valid,
            Category::PotentiallyValid => &mut self.potentially_valid,
            Category::Invalid => return true,
        };
        set.insert(value);
        self.margins.insert(value, 0);
        true
    }

    /// Ends this node's proposal phase.
    pub(super) fn end_proposals(&mut self, now: Timestamp) {
        self.proposals_ended = Some(now);
    }

    /// The valid and the potentially valid proposals, ascending.
    pub fn proposals(
        &self,
    ) -> (
        &BTreeSet<BeaconProposalValue>,
        &BTreeSet<BeaconProposalValue>,
    ) {
        (&self.valid, &self.potentially_valid)
    }

    /// Notes that a smesher of this run sent its first vote. False if it had. A failure after this does not allow another try.
    pub(super) fn note_first_vote(&mut self, smesher: NodeId) -> bool {
        self.first_voted.insert(smesher)
    }

    /// Notes that a smesher of this run voted in a later round. False if it had.
    pub(super) fn note_vote(&mut self, round: RoundId, smesher: NodeId) -> bool {
        self.voted.insert((round, smesher))
    }

    /// Counts a first vote. All its entries move margins, the first `votes_limit` become what later votes are about.
    pub(super) fn count_first_vote(
        &mut self,
        rules: &BeaconRules,
        smesher: &EpochAtx,
        valid: &[BeaconProposalValue],
        potentially_valid: &[BeaconProposalValue],
    ) {
        for value in valid {
            self.move_margin(value, smesher, true);
        }
        for value in potentially_valid {
            self.move_margin(value, smesher, false);
        }
        let index = valid.iter().chain(potentially_valid);
        let index = index.take(rules.votes_limit).copied().collect();
        self.indexes.insert(smesher.smesher, index);
    }

    /// Counts a later vote. False if the smesher's first vote is not known.
    pub(super) fn count_vote(&mut self, smesher: &EpochAtx, bits: &[u8]) -> bool {
        let Some(index) = self.indexes.get(&smesher.smesher).cloned() else {
            return false;
        };
        for (value, support) in decode_votes(&index, bits) {
            self.move_margin(&value, smesher, support);
        }
        true
    }

    /// Values that this node did not store are skipped.
    fn move_margin(&mut self, value: &BeaconProposalValue, smesher: &EpochAtx, support: bool) {
        let weight = if smesher.malicious { 0 } else { smesher.weight };
        let weight = i128::from(weight);
        if let Some(margin) = self.margins.get_mut(value) {
            *margin = margin.saturating_add(if support { weight } else { -weight });
        }
    }

    /// The vote of a smesher of this node, as bits; none if its first vote was not counted.
    pub(super) fn vote_of(
        &self,
        smesher: &NodeId,
        support: &BTreeSet<BeaconProposalValue>,
    ) -> Option<Vec<u8>> {
        let index = self.indexes.get(smesher)?;
        Some(encode_votes(index, support))
    }

    /// What the margins say.
    pub(super) fn tally(&self, rules: &BeaconRules) -> Tally {
        let threshold = vote_threshold(rules.theta, self.weight);
        let threshold = i128::try_from(threshold).unwrap_or(i128::MAX);
        let mut tally = Tally::default();
        for (value, margin) in &self.margins {
            if *margin >= threshold {
                tally.support.insert(*value);
            } else if *margin > -threshold {
                tally.undecided.insert(*value);
            }
        }
        tally
    }
}

/// The beacon of the supported proposals: the first bytes of their digest; none without any.
pub fn beacon_of(support: &BTreeSet<BeaconProposalValue>) -> Option<Beacon> {
    if support.is_empty() {
        return None;
    }
    let digest = sum(support);
    digest.0.first_chunk().map(|bytes| Beacon(*bytes))
}
