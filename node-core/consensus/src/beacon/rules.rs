//! The parameters of the protocol (06 §1.1).

use std::time::Duration;

use spacemesh_types::config::Rational;

/// Parameters of the beacon protocol. The values of a network are the keys `beacon.*` of its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeaconRules {
    /// Rounds, the first vote included. Zero: the protocol is off and its topics are not joined (06 trap 1).
    pub rounds: u32,
    /// Security parameter of the proposal threshold.
    pub kappa: u64,
    /// Share of the adversary; below one.
    pub q: Rational,
    /// Share of the epoch's weight that decides a vote.
    pub theta: Rational,
    /// How many proposals of a first vote later votes can be about.
    pub votes_limit: usize,
    /// How late is still a little late: the grace period.
    pub delta: Duration,
    /// Duration of the proposal phase.
    pub proposal_phase: Duration,
    /// Duration of round 0.
    pub first_round: Duration,
    /// Duration of the votes of a later round.
    pub voting_round: Duration,
    /// Duration of the coin of a later round.
    pub coin_round: Duration,
    /// Eligibilities that must have been seen in ballots before they tell a beacon.
    pub weight_units: u64,
}

impl BeaconRules {
    /// Whether the protocol runs at all.
    pub const fn is_on(&self) -> bool {
        self.rounds > 0
    }
}
