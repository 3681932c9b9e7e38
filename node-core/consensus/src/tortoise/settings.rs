//! The parameters of counting (08 §1).

use spacemesh_types::{LayerId, LayersPerEpoch};

/// Another window for a stretch of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoricalWindow {
    /// First layer it is for.
    pub start: LayerId,
    /// Last layer it is for.
    pub end: LayerId,
    /// The window, in layers.
    pub window: u32,
}

/// The parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Layers during which the result of hare is voted for.
    pub hdist: u32,
    /// Layers after which an unfinished hare counts as an empty layer.
    pub zdist: u32,
    /// Layers that are kept and counted.
    pub window: u32,
    /// Other windows for stretches of the past; the first that matches holds.
    pub historical: Vec<HistoricalWindow>,
    /// The most supporting and opposing votes in one ballot of ours.
    pub max_exceptions: u32,
    /// Layers after which a ballot with another beacon counts.
    pub bad_beacon_delay: u32,
    /// Layers of an epoch.
    pub layers_per_epoch: LayersPerEpoch,
    /// The effective genesis: the last layer that is verified by definition.
    pub genesis: LayerId,
}

/// Why parameters cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Hare would still be running when its result no longer counts.
    #[error(
        "tortoise-hdist is {hdist}, below tortoise-zdist, which is {zdist}: set hdist to at least zdist"
    )]
    HdistBelowZdist {
        /// `tortoise-hdist`.
        hdist: u32,
        /// `tortoise-zdist`.
        zdist: u32,
    },
    /// Nothing would be kept.
    #[error(
        "a tortoise window is 0 layers: set tortoise-window-size and historical windows to at least 1"
    )]
    NoWindow,
    /// There is nothing below layer zero.
    #[error("the effective genesis is layer 0, expected at least layer 1")]
    NoLayerBelowGenesis,
}

impl Settings {
    /// Whether a machine can run with them.
    ///
    /// # Errors
    ///
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), SettingsError> {
        if self.hdist < self.zdist {
            return Err(SettingsError::HdistBelowZdist {
                hdist: self.hdist,
                zdist: self.zdist,
            });
        }
        if self.window == 0 || self.historical.iter().any(|past| past.window == 0) {
            return Err(SettingsError::NoWindow);
        }
        if self.genesis == LayerId::ZERO {
            return Err(SettingsError::NoLayerBelowGenesis);
        }
        Ok(())
    }

    /// The window that holds at `layer`. Which layer to ask with is part of the protocol: counting asks with the layer that is decided,
    /// eviction with the verified one, recovery with the last applied one.
    pub fn window_at(&self, layer: LayerId) -> u32 {
        let past = self
            .historical
            .iter()
            .find(|past| past.start <= layer && layer <= past.end);
        past.map_or(self.window, |past| past.window)
    }

    /// The window at `layer` in epochs, rounded up.
    pub fn window_epochs(&self, layer: LayerId) -> u32 {
        self.window_at(layer).div_ceil(self.layers_per_epoch.get())
    }

    /// Whether `layer` lies less than hdist layers behind `reference`.
    pub fn within_hdist(&self, layer: LayerId, reference: LayerId) -> bool {
        u64::from(layer.0) + u64::from(self.hdist) > u64::from(reference.0)
    }

    pub(super) fn epoch(&self, layer: u32) -> u32 {
        layer / self.layers_per_epoch.get()
    }

    pub(super) fn ordinal(&self, layer: u32) -> u32 {
        layer % self.layers_per_epoch.get()
    }
}
