//! The best proof among services (04 §11.3, Scale and cost): the largest leaf count, without waiting for a dead service. Pure.

use std::time::Duration;

use spacemesh_types::{PoetProofRef, Timestamp};

use super::read_proof::Membership;

/// A proof that contains the identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which service; its place in the list of services.
    pub service: usize,
    /// Leaves of the proof.
    pub leaves: u64,
    /// The proof.
    pub reference: PoetProofRef,
    /// The identity in it.
    pub membership: Membership,
}

/// Waits for the services an identity is registered with.
#[derive(Debug, Clone)]
pub struct Selection {
    waiting: Vec<usize>,
    grace: Duration,
    best: Option<Candidate>,
    until: Option<Timestamp>,
}

impl Selection {
    /// Waits for `services`; once one has answered, for the others at most `grace` longer.
    pub fn new(services: Vec<usize>, grace: Duration) -> Self {
        Self {
            waiting: services,
            grace,
            best: None,
            until: None,
        }
    }

    /// A proof arrived. Strictly more leaves replace; the first to arrive wins a tie.
    pub fn arrived(&mut self, now: Timestamp, candidate: Candidate) {
        self.waiting.retain(|&service| service != candidate.service);
        self.until.get_or_insert(now.plus(self.grace));
        if self
            .best
            .as_ref()
            .is_none_or(|best| candidate.leaves > best.leaves)
        {
            self.best = Some(candidate);
        }
    }

    /// A service will give no proof that contains the identity.
    pub fn failed(&mut self, service: usize) {
        self.waiting.retain(|&waiting| waiting != service);
    }

    /// The choice once it is made: `Some(None)` if no service gave a proof.
    pub fn chosen(&self, now: Timestamp) -> Option<Option<&Candidate>> {
        let over = self.waiting.is_empty() || self.until.is_some_and(|until| until <= now);
        over.then_some(self.best.as_ref())
    }

    /// When to ask again though nothing arrives.
    pub fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        self.until
            .map(|until| (until, "the services that are left had their time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(service: usize, leaves: u64) -> Candidate {
        let membership = Membership {
            index: 0,
            nodes: Vec::new(),
        };
        Candidate {
            service,
            leaves,
            reference: PoetProofRef([0; 32]),
            membership,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn more_leaves_win_and_a_tie_goes_to_the_first() {
        let mut selection = Selection::new(vec![0, 1, 2], Duration::from_secs(60));
        selection.arrived(at(0), candidate(0, 10));
        selection.arrived(at(1), candidate(1, 11));
        assert_eq!(selection.chosen(at(1)), None);
        selection.arrived(at(2), candidate(2, 11));
        let service = selection
            .chosen(at(2))
            .flatten()
            .map(|chosen| chosen.service);
        assert_eq!(service, Some(1));
    }

    #[test]
    fn a_dead_service_delays_by_the_grace_and_no_longer() {
        let mut selection = Selection::new(vec![0, 1], Duration::from_secs(60));
        assert_eq!(
            (selection.chosen(at(1000)), selection.next_wakeup()),
            (None, None)
        );
        selection.arrived(at(1000), candidate(0, 1));
        assert_eq!(selection.chosen(at(1059)), None);
        assert_eq!(
            selection.next_wakeup().map(|(until, _)| until),
            Some(at(1060))
        );
        assert!(selection.chosen(at(1060)).flatten().is_some());
    }

    #[test]
    fn when_all_failed_there_is_no_proof() {
        let mut selection = Selection::new(vec![0, 1], Duration::from_secs(60));
        selection.failed(0);
        assert_eq!(selection.chosen(at(0)), None);
        selection.failed(1);
        assert_eq!(selection.chosen(at(0)), Some(None));
    }
}
