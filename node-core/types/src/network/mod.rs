//! What tells one network from another, and its time (01 §5, §6).
//!
//! Keeps true: a [`Network`] is a value that is passed down. The reference keeps address prefix, layers per epoch and effective genesis
//! in process globals; here two networks can live in one process. Clocks are arguments: nothing here asks what time it is.

mod clock; // instants, layers and epochs, 6.1, 6.2
mod genesis; // what names the network, 5.1
mod genesis_file; // what ties a data folder to it, 5.5
mod mainnet_accounts; // balances of mainnet's first layer, 5.2
mod peer_time; // comparing clocks with peers, 6.3
mod preset; // the networks that are built in, 5.2
mod ticker; // which layers begin at a tick, 6.1

use crate::{EpochId, Hash20, Hrp, LayerId, LayersPerEpoch, Timestamp};
use std::time::Duration;

pub use clock::{ClockError, LayerClock};
pub use genesis::{EXTRA_DATA_SIZE_MAX, Genesis, GenesisError, smapp_local_id};
pub use genesis_file::{GENESIS_FILE, GenesisDifference, GenesisFile, GenesisFileError};
pub use peer_time::{PeerClockVerdict, PeerOffsets, PeerTimeCheck, PeerTimeRules, offset_of};
pub use preset::{Preset, UnknownPreset};
pub use ticker::{ClockJump, LayerTicker, TICK_INTERVAL, Tick};

/// Epochs at the start of every network without ballots, blocks and votes.
pub const GENESIS_EPOCHS: u32 = 2;

/// Everything that makes a network itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Time, text and balances at its start.
    pub genesis: Genesis,
    /// What its addresses begin with.
    pub hrp: Hrp,
    /// How long a layer takes.
    pub layer_duration: Duration,
    /// How many layers an epoch has.
    pub layers_per_epoch: LayersPerEpoch,
    /// Last layer that counts as genesis: [`Network::first_effective_genesis`], or the layer before a checkpoint.
    pub effective_genesis: LayerId,
}

/// A network that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The first two epochs end beyond the last layer that has a number.
    #[error(
        "main.layers-per-epoch is {0}: two epochs are more layers than there can be; choose fewer"
    )]
    EpochTooLong(LayersPerEpoch),
}

impl Network {
    /// A network that starts from its genesis, not from a checkpoint.
    ///
    /// # Errors
    ///
    /// An epoch is longer than half of all layers there can be.
    pub fn new(
        genesis: Genesis,
        hrp: Hrp,
        layer_duration: Duration,
        layers_per_epoch: LayersPerEpoch,
    ) -> Result<Self, NetworkError> {
        let first_content = EpochId(GENESIS_EPOCHS).first_layer(layers_per_epoch);
        let effective_genesis = first_content.and_then(|layer| layer.checked_sub(1));
        let effective_genesis =
            effective_genesis.ok_or(NetworkError::EpochTooLong(layers_per_epoch))?;
        Ok(Self {
            genesis,
            hrp,
            layer_duration,
            layers_per_epoch,
            effective_genesis,
        })
    }

    /// The network of everybody.
    pub fn mainnet() -> Self {
        Preset::Mainnet.network(None)
    }

    /// The public test network.
    pub fn testnet() -> Self {
        Preset::Testnet.network(None)
    }

    /// A network of one node. Its genesis is now or later, as there is nothing to catch up with.
    pub fn standalone(genesis_time: Timestamp) -> Self {
        Preset::Standalone.network(Some(genesis_time))
    }

    /// A network with short layers for system tests.
    pub fn fastnet(genesis_time: Timestamp) -> Self {
        Preset::Fastnet.network(Some(genesis_time))
    }

    /// Names the network: prefix of signatures, first part of the handshake.
    pub fn id(&self) -> Hash20 {
        self.genesis.id()
    }

    /// Last layer of the second epoch: a constant of the network, whatever checkpoint a node started from. Rewards count from it.
    pub fn first_effective_genesis(&self) -> LayerId {
        let layers = self.layers_per_epoch.get().saturating_mul(GENESIS_EPOCHS);
        LayerId(layers.saturating_sub(1))
    }

    /// First layer that has ballots and blocks.
    pub fn first_content_layer(&self) -> LayerId {
        LayerId(self.first_effective_genesis().0.saturating_add(1))
    }

    /// The same network as a node sees it that starts from a checkpoint at `layer`.
    ///
    /// Nodes with another effective genesis cannot connect.
    #[must_use]
    pub fn recovered_at(mut self, layer: LayerId) -> Self {
        self.effective_genesis = LayerId(layer.0.saturating_sub(1));
        self
    }

    /// What both sides of a connection must agree on: `hex(genesis id)-effective genesis`.
    pub fn prologue(&self) -> String {
        format!("{}-{}", self.id(), self.effective_genesis)
    }

    /// Whether this is mainnet: by genesis, as an instant, and text.
    pub fn is_mainnet(&self) -> bool {
        self.id() == Self::mainnet().id()
    }

    /// The clock of its layers.
    ///
    /// # Errors
    ///
    /// No genesis time is set, or layers take no time.
    pub fn clock(&self) -> Result<LayerClock, ClockError> {
        LayerClock::new(
            self.genesis.time,
            self.layer_duration,
            self.layers_per_epoch,
        )
    }
}
