//! The networks that are built in (01 §5.2).

use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

use super::{Genesis, Network, mainnet_accounts::MAINNET_ACCOUNTS};
use crate::{Hrp, LayersPerEpoch, Smidge, Timestamp};

/// A built-in network. Each is a complete configuration as well (`config`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Preset {
    /// The network of everybody; the base when no preset is named.
    #[default]
    Mainnet,
    /// The public test network.
    Testnet,
    /// One node alone, with short layers.
    Standalone,
    /// Several nodes with short layers, for system tests.
    Fastnet,
}

/// A name that no preset has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no preset {0:?}; choose testnet, standalone or fastnet, or none for mainnet")]
pub struct UnknownPreset(pub String);

impl Preset {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Mainnet,
        Self::Testnet,
        Self::Standalone,
        Self::Fastnet,
    ];

    /// Its name in configuration files. Mainnet is what a file without a name means; there the reference knows no such name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mainnet => "mainnet",
            Self::Testnet => "testnet",
            Self::Standalone => "standalone",
            Self::Fastnet => "fastnet",
        }
    }

    /// The network with its own genesis time, or with another one. Standalone and fastnet have none of their own; their clock does not run
    /// until one is given.
    pub fn network(self, genesis_time: Option<Timestamp>) -> Network {
        let (time, extra_data, hrp, seconds, layers_per_epoch) = match self {
            Self::Mainnet => (
                Timestamp::from_unix_seconds(1_689_321_600),
                "00000000000000000001a6bc150307b5c1998045752b3c87eccf3c013036f3cc",
                Hrp::MAINNET,
                300,
                4032,
            ),
            Self::Testnet => (
                Timestamp::from_unix_seconds(1_694_628_000),
                "0000000000000000000000c76c58ebac180989673fd6d237b40e66ed5c976ec3",
                Hrp::TESTNET,
                300,
                288,
            ),
            Self::Standalone => (Timestamp::UNSET, "standalone", Hrp::STANDALONE, 6, 10),
            Self::Fastnet => (Timestamp::UNSET, "fastnet", Hrp::TESTNET, 15, 4),
        };
        let genesis = Genesis {
            time: genesis_time.unwrap_or(time),
            extra_data: extra_data.to_owned(),
            accounts: self.accounts(),
        };
        let layers_per_epoch =
            LayersPerEpoch::new(layers_per_epoch).expect("presets have epochs with layers");
        let layer_duration = Duration::from_secs(seconds);
        Network::new(genesis, hrp, layer_duration, layers_per_epoch)
            .expect("presets have short epochs")
    }

    fn accounts(self) -> Option<BTreeMap<String, Smidge>> {
        match self {
            Self::Mainnet => {
                let account =
                    |(address, balance): (&str, u64)| (address.to_owned(), Smidge(balance));
                Some(MAINNET_ACCOUNTS.into_iter().map(account).collect())
            }
            Self::Testnet => None,
            Self::Standalone | Self::Fastnet => Some(BTreeMap::new()),
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Names of presets as configuration files have them, and `mainnet`.
impl FromStr for Preset {
    type Err = UnknownPreset;

    fn from_str(name: &str) -> Result<Self, UnknownPreset> {
        Self::ALL
            .into_iter()
            .find(|preset| preset.name() == name)
            .ok_or_else(|| UnknownPreset(name.to_owned()))
    }
}
