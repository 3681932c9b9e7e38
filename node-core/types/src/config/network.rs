//! Typed parts of a configuration.

use std::{collections::BTreeMap, time::Duration};

use super::Config;
use crate::{
    AddressError, Hrp, LayersPerEpoch, Network, Smidge, Timestamp,
    network::{Genesis, NetworkError, PeerTimeRules},
};

/// A configuration that describes no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfiguredNetworkError {
    /// Epochs without layers.
    #[error("main.layers-per-epoch is 0; an epoch has at least one layer")]
    NoLayersPerEpoch,
    /// Layers that take no or negative time.
    #[error("main.layer-duration must be longer than nothing")]
    NoLayerDuration,
    /// A prefix of addresses that cannot be one.
    #[error("main.network-hrp: {0}")]
    Hrp(#[from] AddressError),
    /// The parts are fine, but not together.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

impl ConfiguredNetworkError {
    /// The key to change.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NoLayersPerEpoch | Self::Network(NetworkError::EpochTooLong(_)) => {
                "main.layers-per-epoch"
            }
            Self::NoLayerDuration => "main.layer-duration",
            Self::Hrp(_) => "main.network-hrp",
        }
    }
}

impl Network {
    /// The network that a configuration describes. A configured checkpoint changes its effective genesis.
    ///
    /// # Errors
    ///
    /// Epochs or layers without length, or a prefix that no address can have. Whether a genesis time is set shows in [`Network::clock`].
    pub fn from_config(config: &Config) -> Result<Self, ConfiguredNetworkError> {
        let layers_per_epoch = LayersPerEpoch::new(config.number("main.layers-per-epoch"));
        let layers_per_epoch = layers_per_epoch.ok_or(ConfiguredNetworkError::NoLayersPerEpoch)?;
        let layer_duration = config.duration("main.layer-duration");
        if layer_duration.is_zero() {
            return Err(ConfiguredNetworkError::NoLayerDuration);
        }
        let accounts = config
            .read::<Option<BTreeMap<String, u64>>>("genesis.accounts")
            .flatten();
        let genesis = Genesis {
            time: config
                .read::<Timestamp>("genesis.genesis-time")
                .unwrap_or(Timestamp::UNSET),
            extra_data: config.text("genesis.genesis-extra-data"),
            accounts: accounts.map(|accounts| {
                accounts
                    .into_iter()
                    .map(|(address, balance)| (address, Smidge(balance)))
                    .collect()
            }),
        };
        let hrp = Hrp::new(config.text("main.network-hrp"))?;
        let network = Self::new(genesis, hrp, layer_duration, layers_per_epoch)?;
        let recovery = config.number::<u32>("recovery.recovery-layer");
        let recovers = !config.text("recovery.recovery-uri").is_empty() && recovery > 0;
        Ok(if recovers {
            network.recovered_at(recovery.into())
        } else {
            network
        })
    }
}

impl PeerTimeRules {
    /// The rules that a configuration sets; none if the check is disabled.
    pub fn from_config(config: &Config) -> Option<Self> {
        if config.flag("time.peersync.disable") {
            return None;
        }
        Some(Self {
            required_responses: config.number("time.peersync.required-responses"),
            max_clock_offset: config.duration("time.peersync.max-clock-offset"),
            max_offset_errors: config.number("time.peersync.max-offset-errors"),
            round_interval: config.duration("time.peersync.round-interval"),
            round_retry_interval: config.duration("time.peersync.round-retry-interval"),
            round_timeout: config.duration("time.peersync.round-timeout"),
        })
    }
}

/// What a network asks of proofs of space (03).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostSettings {
    /// Fewest units of an identity.
    pub min_num_units: u32,
    /// Most units of an identity.
    pub max_num_units: u32,
    /// Labels of a unit, 16 bytes each.
    pub labels_per_unit: u64,
    /// Expected number of good labels per nonce.
    pub k1: u64,
    /// Indices that a proof has.
    pub k2: u64,
    /// Indices of a proof that are checked.
    pub k3: u64,
    /// Work that a proof needs, as a threshold.
    pub pow_difficulty: [u8; 32],
    /// Scrypt parameter N of labels.
    pub scrypt_n: u64,
    /// Scrypt parameter r of labels.
    pub scrypt_r: u64,
    /// Scrypt parameter p of labels.
    pub scrypt_p: u64,
    /// Largest data file in bytes.
    pub max_file_size: u64,
}

impl PostSettings {
    /// The settings of a configuration.
    pub fn from_config(config: &Config) -> Self {
        Self {
            min_num_units: config.number("post.post-min-numunits"),
            max_num_units: config.number("post.post-max-numunits"),
            labels_per_unit: config.number("post.post-labels-per-unit"),
            k1: config.number("post.post-k1"),
            k2: config.number("post.post-k2"),
            k3: config.number("post.post-k3"),
            pow_difficulty: config.read("post.post-pow-difficulty").unwrap_or_default(),
            scrypt_n: config.number("smeshing.smeshing-opts.smeshing-opts-scrypt.n"),
            scrypt_r: config.number("smeshing.smeshing-opts.smeshing-opts-scrypt.r"),
            scrypt_p: config.number("smeshing.smeshing-opts.smeshing-opts-scrypt.p"),
            max_file_size: config.number("smeshing.smeshing-opts.smeshing-opts-maxfilesize"),
        }
    }
}

impl Config {
    /// How long the node waits for the proofs of PoET rounds before it asks again. (The reference takes it from hare.)
    pub fn poet_retry_interval(&self) -> Duration {
        self.duration("hare3.preround-delay")
    }

    /// Layers of proposals that are kept.
    pub fn proposal_store_layers(&self) -> u32 {
        self.number::<u32>("tortoise.tortoise-zdist")
            .saturating_add(1)
    }
}
