//! Comparing this machine's clock with those of peers (01 §6.3). Differences are measured and counted, never applied.
//!
//! The reference ends the process after ten bad rounds. Here the verdict is told and the node decides: it stops smeshing and taking part
//! in hare, and shows a sentence.

use std::time::Duration;

use crate::{Timestamp, wire::PeerTimeResponse};

/// The numbers of the check; `time.peersync.*` in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerTimeRules {
    /// Answers that a round needs.
    pub required_responses: usize,
    /// Largest difference that is fine.
    pub max_clock_offset: Duration,
    /// Rounds in a row with a larger one after which the clock counts as wrong.
    pub max_offset_errors: u32,
    /// Wait after a round that counted.
    pub round_interval: Duration,
    /// Wait after a round with too few peers or answers.
    pub round_retry_interval: Duration,
    /// How long peers may take to answer.
    pub round_timeout: Duration,
}

impl Default for PeerTimeRules {
    fn default() -> Self {
        Self {
            required_responses: 3,
            max_clock_offset: Duration::from_secs(10),
            max_offset_errors: 10,
            round_interval: Duration::from_secs(30 * 60),
            round_retry_interval: Duration::from_secs(5),
            round_timeout: Duration::from_secs(5),
        }
    }
}

/// How far a peer's clock is ahead of ours, in nanoseconds: asked at `asked`, answered at `received`. Half of the time between them is taken
/// to be the way back, rounded toward zero.
pub fn offset_of(asked: Timestamp, received: Timestamp, peer: Timestamp) -> i128 {
    let round_trip = received.unix_nanos() - asked.unix_nanos();
    peer.unix_nanos() - asked.unix_nanos() - round_trip / 2
}

/// The answers of one round.
#[derive(Debug, Clone)]
pub struct PeerOffsets {
    id: u64,
    asked: Timestamp,
    offsets: Vec<i128>,
}

impl PeerOffsets {
    /// A round that asks at `asked`.
    pub const fn new(id: u64, asked: Timestamp) -> Self {
        Self {
            id,
            asked,
            offsets: Vec::new(),
        }
    }

    /// Number of the round, to send to peers.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// Takes an answer that was processed at `received`. Answers to another round are dropped, and `false` says so.
    pub fn add(&mut self, received: Timestamp, response: &PeerTimeResponse) -> bool {
        if response.id != self.id {
            return false;
        }
        let peer = Timestamp::from_unix_nanos(i128::from(response.timestamp));
        self.offsets.push(offset_of(self.asked, received, peer));
        true
    }

    /// Answers taken.
    pub const fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Whether no answer was taken.
    pub const fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// The middle one of the differences, in nanoseconds; of an even number the middle between two, rounded toward zero.
    pub fn median(&self) -> Option<i128> {
        let mut sorted = self.offsets.clone();
        sorted.sort_unstable();
        let upper = *sorted.get(sorted.len() / 2)?;
        if sorted.len() % 2 == 1 {
            return Some(upper);
        }
        let lower = *sorted.get(sorted.len() / 2 - 1)?;
        Some((lower + upper) / 2)
    }
}

/// What a round says about this machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerClockVerdict {
    /// Too few answers; nothing was counted.
    TooFewResponses {
        /// Answers.
        received: usize,
        /// Answers needed.
        required: usize,
    },
    /// The clock is right.
    Fine {
        /// Nanoseconds that peers are ahead.
        offset: i128,
    },
    /// The clock differs, but not for long enough to act.
    Off {
        /// Nanoseconds that peers are ahead.
        offset: i128,
        /// Such rounds in a row.
        failures: u32,
    },
    /// The clock is wrong: tell the person, and take part in nothing that depends on time.
    Wrong {
        /// Nanoseconds that peers are ahead.
        offset: i128,
        /// Such rounds in a row.
        failures: u32,
    },
}

/// Counts bad rounds.
#[derive(Debug, Clone)]
pub struct PeerTimeCheck {
    rules: PeerTimeRules,
    failures: u32,
    next_id: u64,
}

impl PeerTimeCheck {
    /// A check without rounds so far.
    pub const fn new(rules: PeerTimeRules) -> Self {
        Self {
            rules,
            failures: 0,
            next_id: 0,
        }
    }

    /// Begins a round at `now` if there are enough peers. Ask every connected peer, over connections that exist.
    pub fn begin(&mut self, now: Timestamp, connected_peers: usize) -> Option<PeerOffsets> {
        if connected_peers < self.rules.required_responses {
            return None;
        }
        let round = PeerOffsets::new(self.next_id, now);
        self.next_id = self.next_id.wrapping_add(1);
        Some(round)
    }

    /// Ends a round: what it says, and how long to wait before the next.
    pub fn finish(&mut self, round: &PeerOffsets) -> (PeerClockVerdict, Duration) {
        let received = round.len();
        let median = round
            .median()
            .filter(|_| received >= self.rules.required_responses);
        let Some(offset) = median else {
            let verdict = PeerClockVerdict::TooFewResponses {
                received,
                required: self.rules.required_responses,
            };
            return (verdict, self.rules.round_retry_interval);
        };
        let verdict = if offset.unsigned_abs() > self.rules.max_clock_offset.as_nanos() {
            self.failures = self.failures.saturating_add(1);
            let failures = self.failures;
            if failures >= self.rules.max_offset_errors {
                PeerClockVerdict::Wrong { offset, failures }
            } else {
                PeerClockVerdict::Off { offset, failures }
            }
        } else {
            self.failures = 0;
            PeerClockVerdict::Fine { offset }
        };
        (verdict, self.rules.round_interval)
    }
}
