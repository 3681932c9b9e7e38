//! From instants to layers and back (01 §6.1, §6.2). Integer nanoseconds, no rounding but down.

use std::time::Duration;

use crate::{EpochId, LayerId, LayersPerEpoch, Timestamp};

/// The layers of a network on the time line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerClock {
    genesis: Timestamp,
    layer_duration: Duration,
    layers_per_epoch: LayersPerEpoch,
}

/// A clock that cannot run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// The preset has no time and none was given.
    #[error("genesis.genesis-time is not set; give the time at which the network starts")]
    NoGenesisTime,
    /// Layers shorter than the clock can tell apart.
    #[error("main.layer-duration is {0:?}; it must be at least one second")]
    LayerTooShort(Duration),
}

impl LayerClock {
    /// A clock.
    ///
    /// # Errors
    ///
    /// The genesis time is not set, or layers are shorter than a tick.
    pub fn new(
        genesis: Timestamp,
        layer_duration: Duration,
        layers_per_epoch: LayersPerEpoch,
    ) -> Result<Self, ClockError> {
        if genesis.is_unset() {
            return Err(ClockError::NoGenesisTime);
        }
        if layer_duration < super::TICK_INTERVAL {
            return Err(ClockError::LayerTooShort(layer_duration));
        }
        Ok(Self {
            genesis,
            layer_duration,
            layers_per_epoch,
        })
    }

    /// When layer 0 begins.
    pub const fn genesis(&self) -> Timestamp {
        self.genesis
    }

    /// How long a layer takes.
    pub const fn layer_duration(&self) -> Duration {
        self.layer_duration
    }

    /// Whether the network has not started at `now`. The layer is 0 then, as it is in the first layer.
    pub fn is_before_genesis(&self, now: Timestamp) -> bool {
        now < self.genesis
    }

    /// The layer at `now`; 0 before genesis. As a number it is cut to 32 bits, as the reference does.
    pub fn layer_at(&self, now: Timestamp) -> LayerId {
        let Some(elapsed) = now.since(self.genesis) else {
            return LayerId::ZERO;
        };
        let layer = elapsed.as_nanos() / self.layer_duration.as_nanos();
        LayerId(u32::try_from(layer & u128::from(u32::MAX)).expect("32 bits are left"))
    }

    /// The epoch at `now`.
    pub fn epoch_at(&self, now: Timestamp) -> EpochId {
        self.layer_at(now).epoch(self.layers_per_epoch)
    }

    /// When a layer begins.
    pub fn start_of_layer(&self, layer: LayerId) -> Timestamp {
        self.start_of(u128::from(layer.0))
    }

    /// When an epoch begins, also where its first layer has no number any more.
    pub fn start_of_epoch(&self, epoch: EpochId) -> Timestamp {
        self.start_of(u128::from(epoch.0) * u128::from(self.layers_per_epoch.get()))
    }

    /// How long an epoch takes.
    pub fn epoch_duration(&self) -> Duration {
        self.layer_duration
            .saturating_mul(self.layers_per_epoch.get())
    }

    fn start_of(&self, layers: u128) -> Timestamp {
        let nanos = self.layer_duration.as_nanos().saturating_mul(layers);
        let nanos = i128::try_from(nanos).unwrap_or(i128::MAX);
        Timestamp::from_unix_nanos(self.genesis.unix_nanos().saturating_add(nanos))
    }
}
