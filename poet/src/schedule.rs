//! Rounds by the clock (04 §1.3). Pure: the instant is an argument.
//!
//! Round `r` takes registrations until its start, executes until its end, and serves the ATXs published in epoch `r + 1`.

use std::time::Duration;

use spacemesh_types::Timestamp;

/// Number of a round. A round's id in the API is this number in decimal.
pub type Round = u32;

/// When rounds open, start and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    genesis: Timestamp,
    epoch: Duration,
    phase_shift: Duration,
    cycle_gap: Duration,
}

/// Durations that make no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// Rounds would have no length.
    #[error(
        "epoch-duration is {epoch:?} and cycle-gap {cycle_gap:?}; a round lasts the difference, so the gap must be shorter"
    )]
    NoRound {
        /// How long an epoch takes.
        epoch: Duration,
        /// Time between rounds.
        cycle_gap: Duration,
    },
    /// Rounds would be too short to be told apart.
    #[error("epoch-duration is {0:?}; it must be at least one millisecond")]
    EpochTooShort(Duration),
}

impl Schedule {
    /// A schedule.
    ///
    /// # Errors
    ///
    /// The gap leaves no time for a round, or epochs are shorter than a millisecond.
    pub fn new(
        genesis: Timestamp,
        epoch: Duration,
        phase_shift: Duration,
        cycle_gap: Duration,
    ) -> Result<Self, ScheduleError> {
        if epoch < Duration::from_millis(1) {
            return Err(ScheduleError::EpochTooShort(epoch));
        }
        if cycle_gap >= epoch {
            return Err(ScheduleError::NoRound { epoch, cycle_gap });
        }
        Ok(Self {
            genesis,
            epoch,
            phase_shift,
            cycle_gap,
        })
    }

    /// When epoch 0 begins.
    pub fn genesis(&self) -> Timestamp {
        self.genesis
    }

    /// How long an epoch takes: the time from one round's start to the next one's.
    pub fn epoch(&self) -> Duration {
        self.epoch
    }

    /// From the start of epoch 0 to the start of round 0.
    pub fn phase_shift(&self) -> Duration {
        self.phase_shift
    }

    /// From a round's end to the next round's start.
    pub fn cycle_gap(&self) -> Duration {
        self.cycle_gap
    }

    /// How long a round executes.
    pub fn round_duration(&self) -> Duration {
        self.epoch.saturating_sub(self.cycle_gap)
    }

    /// When a round stops taking registrations and begins to execute.
    pub fn round_start(&self, round: Round) -> Timestamp {
        self.start_of(u64::from(round))
    }

    /// When a round's worker stops. Not a bound of what the proof contains.
    pub fn round_end(&self, round: Round) -> Timestamp {
        self.start_of(u64::from(round) + 1).minus(self.cycle_gap)
    }

    /// The round that takes registrations at `now`. At exactly a round's start it is the next one.
    pub fn open_round(&self, now: Timestamp) -> Round {
        let first = self.genesis.plus(self.phase_shift).unix_nanos();
        match u128::try_from(now.unix_nanos().saturating_sub(first)) {
            Err(_) => 0,
            Ok(since) => Round::try_from(since / self.epoch.as_nanos() + 1).unwrap_or(Round::MAX),
        }
    }

    fn start_of(&self, round: u64) -> Timestamp {
        let nanos = self.epoch.as_nanos().saturating_mul(u128::from(round));
        let nanos = i128::try_from(nanos).unwrap_or(i128::MAX);
        let first = self.genesis.plus(self.phase_shift);
        Timestamp::from_unix_nanos(first.unix_nanos().saturating_add(nanos))
    }
}

/// Ticks of a proof (04 §1.2): what its leaves are worth. Nothing if the network's tick size is 0.
pub fn ticks(leaves: u64, tick_size: u64) -> u64 {
    leaves.checked_div(tick_size).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn mainnet() -> Schedule {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        let genesis = Timestamp::parse_rfc3339("2023-07-14T08:00:00Z").unwrap();
        Schedule::new(genesis, hours(336), hours(240), hours(12)).unwrap()
    }

    #[test]
    fn mainnet_rounds_are_where_the_chapter_says() {
        let schedule = mainnet();
        for (round, start, end) in [
            (0, "2023-07-24T08:00:00Z", "2023-08-06T20:00:00Z"),
            (29, "2024-09-02T08:00:00Z", "2024-09-15T20:00:00Z"),
            (30, "2024-09-16T08:00:00Z", "2024-09-29T20:00:00Z"),
            (40, "2025-02-03T08:00:00Z", "2025-02-16T20:00:00Z"),
        ] {
            assert_eq!(schedule.round_start(round).to_string(), start);
            assert_eq!(schedule.round_end(round).to_string(), end);
        }
        for (at, open) in [
            ("2023-07-14T07:00:00Z", 0),
            ("2023-07-14T08:00:00Z", 0),
            ("2023-07-24T07:59:59Z", 0),
            ("2023-07-24T08:00:00Z", 1),
            ("2023-08-07T08:00:00Z", 2),
        ] {
            assert_eq!(
                schedule.open_round(Timestamp::parse_rfc3339(at).unwrap()),
                open,
                "{at}"
            );
        }
        assert_eq!(schedule.round_duration().as_secs(), 1_166_400);
    }

    #[test]
    fn extreme_rounds_and_instants_do_not_overflow() {
        let schedule = mainnet();
        assert!(schedule.round_end(Round::MAX) > schedule.round_start(Round::MAX));
        assert_eq!(
            schedule.open_round(Timestamp::from_unix_nanos(i128::MAX)),
            Round::MAX
        );
        assert_eq!(schedule.open_round(Timestamp::UNSET), 0);
    }

    #[test]
    fn a_gap_as_long_as_an_epoch_is_refused() {
        let second = Duration::from_secs(1);
        let made = Schedule::new(Timestamp::UNSET, second, second, second);
        assert!(matches!(made, Err(ScheduleError::NoRound { .. })));
    }

    #[test]
    fn ticks_are_whole() {
        assert_eq!(ticks(9_331_199, 9_331_200), 0);
        assert_eq!(ticks(91_562_400_000, 9_331_200), 9812);
        assert_eq!(ticks(1, 0), 0);
    }
}
