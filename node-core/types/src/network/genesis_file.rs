//! `genesis.json` in a data folder (01 §5.5): it keeps the folder from being used with another network.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Genesis;
use crate::{Smidge, Timestamp};

/// Name of the file in the data folder; mode 0644.
pub const GENESIS_FILE: &str = "genesis.json";

/// The content of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenesisFile {
    /// When layer 0 begins.
    #[serde(rename = "GenesisTime")]
    pub time: Timestamp,
    /// Text that names the network.
    #[serde(rename = "ExtraData")]
    pub extra_data: String,
    /// Balances by address text; `null` and `{}` are not the same.
    #[serde(rename = "Accounts")]
    pub accounts: Option<BTreeMap<String, Smidge>>,
}

/// A file that cannot be used. The folder must not be either.
#[derive(Debug, thiserror::Error)]
#[error("genesis.json is damaged: {0}; restore it from a copy, or use another data folder")]
pub struct GenesisFileError(#[from] serde_json::Error);

/// How a data folder differs from the configuration. Each part says what the folder has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GenesisDifference {
    /// Another time, as an instant.
    pub time: Option<Timestamp>,
    /// Another text.
    pub extra_data: Option<String>,
    /// Whether the balances are others. No list and an empty list are others.
    pub accounts: bool,
}

impl GenesisFile {
    /// What belongs into the data folder of a network.
    pub fn of(genesis: &Genesis) -> Self {
        Self {
            time: genesis.time,
            extra_data: genesis.extra_data.clone(),
            accounts: genesis.accounts.clone(),
        }
    }

    /// Reads the file's content.
    ///
    /// # Errors
    ///
    /// It is no JSON object with the three keys.
    pub fn parse(content: &[u8]) -> Result<Self, GenesisFileError> {
        Ok(serde_json::from_slice(content)?)
    }

    /// The file's content: one line, accounts in the order of their text. Write it to a temporary file and rename that.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string(self).expect("text and numbers are JSON");
        text.push('\n');
        text
    }

    /// Compares a data folder with the configured genesis. `None` says that they fit.
    pub fn difference(&self, configured: &Genesis) -> Option<GenesisDifference> {
        let difference = GenesisDifference {
            time: (self.time != configured.time).then_some(self.time),
            extra_data: (self.extra_data != configured.extra_data).then(|| self.extra_data.clone()),
            accounts: self.accounts != configured.accounts,
        };
        (difference != GenesisDifference::default()).then_some(difference)
    }
}

impl std::fmt::Display for GenesisDifference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the data folder belongs to another network:")?;
        if let Some(time) = self.time {
            write!(f, " its genesis is at {time};")?;
        }
        if let Some(text) = &self.extra_data {
            write!(f, " its extra data is {text:?};")?;
        }
        if self.accounts {
            f.write_str(" it has other genesis accounts;")?;
        }
        f.write_str(" choose the network it was made for, or another data folder")
    }
}
