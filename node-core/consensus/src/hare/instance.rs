//! The protocol of one layer: which message to send in which round, and when a set is decided (07 §7.6).
//!
//! Not part of it: who may speak, signatures, and time. The caller executes [`Instance::execute`] when a round begins, and in between
//! gives every checked message to [`Instance::input`].

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_crypto::{weak_coin_bit, weak_coin_order};
use spacemesh_types::{
    Hash32, NodeId, ProposalId, VrfSignature,
    wire::{IterRound, proposal_set_hash},
};

use super::{FIRST_ROUND, InstanceMessage, Intake, Round, next_round, tally::Messages};

/// What to say in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vote {
    /// Preround and propose.
    Proposals(Vec<ProposalId>),
    /// Commit and notify.
    Reference(Hash32),
}

/// What a round comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    /// What every own identity with seats says, and in which round.
    pub message: Option<(IterRound, Vote)>,
    /// The weak coin, once.
    pub coin: Option<bool>,
    /// The decided set in the leader's order, once. An empty set is a decision.
    pub result: Option<Vec<ProposalId>>,
    /// The instance has said all it has to say.
    pub terminated: bool,
}

/// The state of one layer.
#[derive(Debug, Clone)]
pub struct Instance {
    at: IterRound,
    threshold: u16,
    initial: Vec<ProposalId>,
    coin: Option<VrfSignature>,
    coin_reported: bool,
    result: Option<Hash32>,
    locked: Option<Hash32>,
    hard_locked: bool,
    /// Sets that leaders proposed and that enough prerounds support, by reference.
    valid: BTreeMap<Hash32, Vec<ProposalId>>,
    messages: Messages,
}

impl Instance {
    /// An instance that decides with `threshold` seats.
    pub fn new(threshold: u16) -> Self {
        Self {
            at: FIRST_ROUND,
            threshold,
            initial: Vec::new(),
            coin: None,
            coin_reported: false,
            result: None,
            locked: None,
            hard_locked: false,
            valid: BTreeMap::new(),
            messages: Messages::default(),
        }
    }

    /// The round that [`Instance::execute`] executes.
    pub fn at(&self) -> IterRound {
        self.at
    }

    /// Sets what the preround message holds, before the first round.
    pub fn set_initial(&mut self, proposals: Vec<ProposalId>) {
        self.initial = proposals;
    }

    /// Whether a message would be dropped without looking at it further: a repetition, or a third one of the sender in the round.
    pub fn would_drop(&self, at: IterRound, sender: NodeId, hash: Hash32) -> bool {
        self.messages.would_drop(at, sender, hash)
    }

    /// Takes a message whose signature and seats were checked (07 §7.6.1).
    pub fn input(&mut self, message: &InstanceMessage) -> Intake {
        let intake = self.messages.add(message, self.at);
        if intake.forward && message.at.round == Round::Preround.number() {
            let proof = message.eligibility.proof;
            let smaller = |coin| weak_coin_order(&proof, &coin).is_lt();
            if self.coin.is_none_or(smaller) {
                self.coin = Some(proof);
            }
        }
        intake
    }

    /// Executes the round that has come (07 §7.6.4).
    pub fn execute(&mut self) -> Output {
        let at = self.at;
        let mut output = Output::default();
        match Round::from_number(at.round) {
            Some(Round::Preround) => {
                output.message = Some((at, Vote::Proposals(self.initial.clone())));
            }
            Some(Round::Hardlock) => self.hardlock(&mut output),
            Some(Round::Softlock) => {
                if at.iter > 0 && !self.hard_locked {
                    self.locked = self.known(self.previous(Round::Commit), 3);
                }
            }
            Some(Round::Propose) => {
                output.message = Some((at, Vote::Proposals(self.proposal())));
            }
            Some(Round::Commit) => {
                output.message = self
                    .commit()
                    .map(|reference| (at, Vote::Reference(reference)));
            }
            Some(Round::Notify) => {
                let reference = self
                    .result
                    .or_else(|| self.known(Round::Commit.of(at.iter), 5));
                output.message = reference.map(|reference| (at, Vote::Reference(reference)));
            }
            Some(Round::Wait1 | Round::Wait2) | None => {}
        }
        if at.round >= Round::Softlock.number()
            && !self.coin_reported
            && let Some(coin) = &self.coin
        {
            output.coin = Some(weak_coin_bit(coin));
            self.coin_reported = true;
        }
        self.at = next_round(at);
        output
    }

    /// A round of the iteration before. In iteration 0 that is iteration 255, in which nobody speaks (07, Trap 3).
    fn previous(&self, round: Round) -> IterRound {
        round.of(self.at.iter.wrapping_sub(1))
    }

    fn proposals(&self, grade_min: u8) -> Vec<ProposalId> {
        self.messages
            .proposals_above(self.threshold, FIRST_ROUND, grade_min)
    }

    fn references(&self, at: IterRound, grade_min: u8) -> Vec<Hash32> {
        self.messages
            .references_above(self.threshold, at, grade_min)
    }

    /// A reference with enough seats whose set is known.
    fn known(&self, at: IterRound, grade_min: u8) -> Option<Hash32> {
        self.references(at, grade_min)
            .into_iter()
            .find(|reference| self.valid.contains_key(reference))
    }

    fn hardlock(&mut self, output: &mut Output) {
        if self.at.iter == 0 {
            return;
        }
        output.terminated = self.result.is_some();
        if self.result.is_none()
            && let Some(reference) = self.known(self.previous(Round::Notify), 5)
        {
            self.result = Some(reference);
            output.result = self.valid.get(&reference).cloned();
        }
        self.locked = self.known(self.previous(Round::Commit), 4);
        self.hard_locked = self.locked.is_some();
    }

    fn proposal(&self) -> Vec<ProposalId> {
        if self.at.iter > 0
            && let Some(reference) = self.known(self.previous(Round::Commit), 2)
            && let Some(proposals) = self.valid.get(&reference)
        {
            return proposals.clone();
        }
        self.proposals(4)
    }

    fn commit(&mut self) -> Option<Hash32> {
        let leaders = self.messages.gradecast(Round::Propose.of(self.at.iter));
        let within = |set: &[ProposalId], ids: &[ProposalId]| {
            // `set` is sorted: it comes from a tally.
            ids.iter().all(|id| set.binary_search(id).is_ok())
        };
        let grade2 = self.proposals(2);
        for leader in &leaders {
            if within(&grade2, &leader.proposals) {
                let reference = proposal_set_hash(&leader.proposals);
                self.valid.insert(reference, leader.proposals.clone());
            }
        }
        if self.hard_locked && self.locked.is_some() {
            return self.locked;
        }
        let (grade3, grade5) = (self.proposals(3), self.proposals(5));
        let committed_before = self.references(self.previous(Round::Commit), 1);
        leaders
            .iter()
            .filter(|leader| leader.grade == 2 && within(&grade3, &leader.proposals))
            .map(|leader| (proposal_set_hash(&leader.proposals), leader))
            .find(|(reference, leader)| {
                let ids: BTreeSet<&ProposalId> = leader.proposals.iter().collect();
                self.valid.contains_key(reference)
                    && (grade5.iter().all(|id| ids.contains(id))
                        || committed_before.contains(reference))
                    && self.locked.is_none_or(|locked| locked == *reference)
            })
            .map(|(reference, _)| reference)
    }
}
