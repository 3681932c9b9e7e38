//! The instants in the life of an ATX (05 §16.1). Arithmetic on the layer clock; nothing here keeps state.

use std::time::Duration;

use spacemesh_types::{EpochId, Timestamp, network::LayerClock};

use crate::Timing;

/// A clock with the network's timing of PoET rounds.
#[derive(Debug, Clone, Copy)]
pub struct Timeline {
    clock: LayerClock,
    timing: Timing,
}

impl Timeline {
    /// The instants of a network.
    pub const fn new(clock: LayerClock, timing: Timing) -> Self {
        Self { clock, timing }
    }

    /// The timing it uses.
    pub const fn timing(&self) -> &Timing {
        &self.timing
    }

    /// The epoch at `now`.
    pub fn epoch_at(&self, now: Timestamp) -> EpochId {
        self.clock.epoch_at(now)
    }

    /// Start of an epoch.
    pub fn epoch_start(&self, epoch: EpochId) -> Timestamp {
        self.clock.start_of_epoch(epoch)
    }

    /// Start of the layer after the one at `now`.
    pub fn next_layer(&self, now: Timestamp) -> Timestamp {
        if self.clock.is_before_genesis(now) {
            return self.clock.genesis();
        }
        let next = self.clock.layer_at(now).checked_add(1);
        next.map_or(Timestamp::from_unix_nanos(i128::MAX), |next| {
            self.clock.start_of_layer(next)
        })
    }

    /// Start of the PoET round that belongs to an epoch.
    pub fn round_start(&self, epoch: EpochId) -> Timestamp {
        self.epoch_start(epoch).plus(self.timing.phase_shift)
    }

    /// The epoch whose round an ATX uses that is made from `now` on, if the last own one was published in `last`: the round has not begun.
    pub fn round_for(&self, now: Timestamp, last: Option<EpochId>) -> EpochId {
        let epoch = self.epoch_at(now).max(last.unwrap_or(EpochId::ZERO));
        if now >= self.round_start(epoch) {
            return epoch.checked_add(1).unwrap_or(EpochId::MAX);
        }
        epoch
    }

    /// When the challenge for an ATX of `publish` is made: the grace period before the round.
    pub fn challenge_time(&self, publish: EpochId) -> Timestamp {
        self.registration_end(publish)
            .minus(self.timing.grace_period)
    }

    /// When the choice of a positioning ATX must end; none for as long as it takes.
    pub fn positioning_end(&self, publish: EpochId) -> Option<Timestamp> {
        let timeout = self.timing.positioning_timeout?;
        Some(self.challenge_time(publish).plus(timeout))
    }

    /// When the round for an ATX of `publish` starts: nobody can register any more.
    pub fn registration_end(&self, publish: EpochId) -> Timestamp {
        self.round_start(publish.checked_sub(1).unwrap_or(EpochId::ZERO))
    }

    /// When the round for an ATX of `publish` ends by plan.
    pub fn round_end(&self, publish: EpochId) -> Timestamp {
        self.round_start(publish).minus(self.timing.cycle_gap)
    }

    /// Until when the PoET proof must be there.
    pub fn poet_deadline(&self, publish: EpochId) -> Timestamp {
        self.target_start(publish).minus(self.timing.cycle_gap)
    }

    /// Start of the target epoch: until when publishing makes sense.
    pub fn target_start(&self, publish: EpochId) -> Timestamp {
        self.epoch_start(publish.checked_add(1).unwrap_or(EpochId::MAX))
    }

    /// How long after a round's end its proof is asked for: 0.02 % to 0.04 % of the cycle gap, by a number that chance chose.
    pub fn query_jitter(&self, chance: u32) -> Duration {
        let share = 2 * u64::from(u32::MAX) + 2 * u64::from(chance);
        let nanos = self.timing.cycle_gap.as_nanos() * u128::from(share);
        let nanos = nanos / (10_000 * u128::from(u32::MAX));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}
