//! Which network's rules apply: a preset, with the size of a unit changeable for private networks.

use clap::{Args, ValueEnum};
use post_gpu::params::PostParams;
use spacemesh_types::Preset;

use crate::exit::{CliError, Exit};

/// The presets by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PresetName {
    Mainnet,
    Testnet,
    Standalone,
    Fastnet,
}

impl From<PresetName> for Preset {
    fn from(name: PresetName) -> Self {
        match name {
            PresetName::Mainnet => Self::Mainnet,
            PresetName::Testnet => Self::Testnet,
            PresetName::Standalone => Self::Standalone,
            PresetName::Fastnet => Self::Fastnet,
        }
    }
}

/// The rules of a network.
#[derive(Args, Clone, Debug)]
pub(crate) struct NetworkArgs {
    /// Network whose rules apply
    #[arg(long, value_enum, default_value = "mainnet")]
    pub(crate) preset: PresetName,
    /// Labels per unit, if a private network has its own
    #[arg(long, value_name = "N")]
    labels_per_unit: Option<u64>,
}

impl NetworkArgs {
    /// The parameters.
    pub(crate) fn params(&self) -> PostParams {
        let mut params = match self.preset {
            PresetName::Mainnet => PostParams::MAINNET,
            PresetName::Testnet => PostParams::TESTNET,
            PresetName::Standalone => PostParams::STANDALONE,
            PresetName::Fastnet => PostParams::FASTNET,
        };
        if let Some(labels) = self.labels_per_unit {
            params.labels_per_unit = labels;
        }
        params
    }
}

/// 32 bytes as 64 hex digits.
pub(crate) fn parse_hex32(text: &str) -> Result<[u8; 32], String> {
    let bytes = hex::decode(text.strip_prefix("0x").unwrap_or(text))
        .map_err(|error| format!("{error}; expected 64 hex digits"))?;
    bytes
        .try_into()
        .map_err(|bytes: Vec<u8>| format!("{} bytes, expected 32 (64 hex digits)", bytes.len()))
}

/// The ATX that an identity's labels are bound to when none is named: the network's golden ATX.
pub(crate) fn golden_atx(preset: PresetName) -> Result<[u8; 32], CliError> {
    match preset {
        PresetName::Mainnet | PresetName::Testnet => Ok(*Preset::from(preset)
            .network(None)
            .genesis
            .golden_atx()
            .as_bytes()),
        PresetName::Standalone | PresetName::Fastnet => Err(CliError::new(
            Exit::Usage,
            "commitment_atx",
            "this preset has no genesis time of its own, so it has no golden ATX; give --commitment-atx",
        )),
    }
}
