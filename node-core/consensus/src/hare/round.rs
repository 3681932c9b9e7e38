//! Rounds, and how far a message is from the round it belongs to (07 §7.3).

use std::time::Duration;

use spacemesh_types::{RoundId, wire::IterRound};

use super::HareConfig;

/// A round of an iteration. The numbers are on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Round {
    /// The sets that nodes begin with; only in iteration 0.
    Preround = 0,
    /// Result and hard lock of the iteration before; not in iteration 0.
    Hardlock = 1,
    /// Soft lock.
    Softlock = 2,
    /// Leaders propose a set.
    Propose = 3,
    /// Leaders' messages spread.
    Wait1 = 4,
    /// Leaders' messages spread.
    Wait2 = 5,
    /// The committee commits to a set.
    Commit = 6,
    /// The committee tells that it saw enough commits.
    Notify = 7,
}

/// Where an instance begins.
pub const FIRST_ROUND: IterRound = IterRound {
    iter: 0,
    round: Round::Preround as u8,
};

impl Round {
    /// All rounds in order.
    pub const ALL: [Self; 8] = [
        Self::Preround,
        Self::Hardlock,
        Self::Softlock,
        Self::Propose,
        Self::Wait1,
        Self::Wait2,
        Self::Commit,
        Self::Notify,
    ];

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The round with a number; none above 7.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// This round of iteration `iter`.
    pub const fn of(self, iter: u8) -> IterRound {
        IterRound {
            iter,
            round: self as u8,
        }
    }

    /// Whether identities with seats send a message in the round.
    pub const fn has_messages(self) -> bool {
        matches!(
            self,
            Self::Preround | Self::Propose | Self::Commit | Self::Notify
        )
    }
}

/// The number of a round over all iterations, part of VRF inputs and signatures. Notify and the preround of the next iteration share
/// one, so nobody may sign both.
pub const fn absolute_round(at: IterRound) -> RoundId {
    RoundId(7 * at.iter as u32 + at.round as u32)
}

/// What an instance executes after `at`: iteration 0 has no hard lock, later ones no preround.
pub fn next_round(at: IterRound) -> IterRound {
    if at == FIRST_ROUND {
        Round::Softlock.of(0)
    } else if at.round >= Round::Notify.number() {
        Round::Hardlock.of(at.iter.wrapping_add(1))
    } else {
        IterRound {
            iter: at.iter,
            round: at.round + 1,
        }
    }
}

/// The rounds of an iteration in the order of execution.
pub fn rounds_of_iteration(iter: u8) -> impl Iterator<Item = IterRound> {
    let left_out = if iter == 0 {
        Round::Hardlock
    } else {
        Round::Preround
    };
    Round::ALL
        .into_iter()
        .filter(move |&round| round != left_out)
        .map(move |round| round.of(iter))
}

/// Rounds between the time of receipt, given as the round that the instance was to execute next, and the round `target` that the message
/// is of. Zero for what comes early or on time.
pub fn delay(received: IterRound, target: IterRound) -> u32 {
    let late = absolute_round(received)
        .0
        .saturating_sub(absolute_round(target).0);
    if late > 0 && target == FIRST_ROUND {
        late - 1 // the hard lock is skipped in iteration 0
    } else {
        late
    }
}

/// The grade of a message by its delay: 6 on time down to 0 for six rounds late, and then **255, 254, …** as every peer has it: the
/// subtraction wraps (07, Trap 2).
pub fn grade(received: IterRound, target: IterRound) -> u8 {
    let wrapped = 6_u32.wrapping_sub(delay(received, target));
    wrapped.to_le_bytes()[0]
}

/// Time from the start of the layer to the start of a round.
pub fn round_start(config: &HareConfig, at: IterRound) -> Duration {
    if at.round == Round::Preround.number() {
        return config.preround_delay;
    }
    let rounds_after = absolute_round(at).0.saturating_sub(1);
    config
        .preround_delay
        .saturating_add(config.round_duration.saturating_mul(rounds_after))
}
