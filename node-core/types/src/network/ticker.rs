//! Which layers have begun when the clock is looked at (01 §6.1). The wall clock may jump in both directions.

use std::{collections::BTreeSet, time::Duration};

use super::LayerClock;
use crate::{LayerId, Timestamp};

/// How often the clock is looked at; also the shortest layer.
pub const TICK_INTERVAL: Duration = Duration::from_secs(1);

/// Signals the beginning of layers that somebody waits for.
///
/// Keeps true: a layer that is awaited is signalled once per [`LayerTicker::await_layer`] that was not answered at once, up to one
/// tick late, and never before it begins. After a jump back a layer can be awaited and signalled again: consumers must not mind.
#[derive(Debug, Clone)]
pub struct LayerTicker {
    clock: LayerClock,
    awaited: BTreeSet<LayerId>,
    last: Option<LayerId>,
}

/// What a tick brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tick {
    /// Layers that were awaited and have begun, in ascending order.
    pub begun: Vec<LayerId>,
    /// Whether the clock jumped. Worth a warning.
    pub jump: Option<ClockJump>,
}

/// A wall clock that was set, or a machine that slept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockJump {
    /// More than one layer began at once.
    Forward {
        /// Layer of the tick before.
        from: LayerId,
        /// Layer of this tick.
        to: LayerId,
    },
    /// The layer is an earlier one than at the tick before.
    Backward {
        /// Layer of the tick before.
        from: LayerId,
        /// Layer of this tick.
        to: LayerId,
    },
}

impl LayerTicker {
    /// A ticker that nobody waits for.
    pub const fn new(clock: LayerClock) -> Self {
        Self {
            clock,
            awaited: BTreeSet::new(),
            last: None,
        }
    }

    /// Whether `layer` has begun at `now`; if not, a later tick tells. All who wait for a layer share one signal.
    pub fn await_layer(&mut self, now: Timestamp, layer: LayerId) -> bool {
        let begun = now >= self.clock.start_of_layer(layer);
        if !begun {
            self.awaited.insert(layer);
        }
        begun
    }

    /// Looks at the clock. Due every [`TICK_INTERVAL`].
    pub fn tick(&mut self, now: Timestamp) -> Tick {
        if self.clock.is_before_genesis(now) {
            return Tick::default();
        }
        let to = self.clock.layer_at(now);
        let jump = self.last.and_then(|from| match to.since(from) {
            None => Some(ClockJump::Backward { from, to }),
            Some(0 | 1) => None,
            Some(_) => Some(ClockJump::Forward { from, to }),
        });
        let later = to
            .checked_add(1)
            .map(|next| self.awaited.split_off(&next))
            .unwrap_or_default();
        let begun = std::mem::replace(&mut self.awaited, later)
            .into_iter()
            .collect();
        self.last = Some(to);
        Tick { begun, jump }
    }

    /// When the next tick with a signal is due, if somebody waits.
    pub fn next_signal(&self) -> Option<Timestamp> {
        self.awaited
            .first()
            .map(|layer| self.clock.start_of_layer(*layer))
    }
}
