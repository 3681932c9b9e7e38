//! The start of a network, and the ids that follow from it (01 §5.1).

use std::collections::BTreeMap;

use crate::{AtxId, Hash20, Smidge, Timestamp, sum};

/// Most bytes of the text.
pub const EXTRA_DATA_SIZE_MAX: usize = 255;

/// The start of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genesis {
    /// When layer 0 begins.
    pub time: Timestamp,
    /// Text that tells networks with the same time apart; 1 to 255 bytes. On mainnet a Bitcoin block hash, used as text.
    pub extra_data: String,
    /// Balances by address text, in the order of the text. `None` is what a preset without the list has; a data folder tells it from an empty
    /// list.
    pub accounts: Option<BTreeMap<String, Smidge>>,
}

/// A start that no network can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GenesisError {
    /// No text.
    #[error(
        "genesis.genesis-extra-data is empty; write 1 to 255 bytes of text that name the network"
    )]
    NoExtraData,
    /// Too much text.
    #[error("genesis.genesis-extra-data has {0} bytes; at most 255 are allowed")]
    ExtraDataTooLong(usize),
    /// The ATX that everything refers to at first must not be zero. Does not happen in practice: it is a hash.
    #[error("the golden ATX is zero; choose another genesis.genesis-extra-data")]
    GoldenAtxZero,
}

impl Genesis {
    /// What ATXs refer to before there are any: the hash of the decimal Unix seconds and the text.
    pub fn golden_atx(&self) -> AtxId {
        let seconds = self.time.unix_seconds().to_string();
        sum([seconds.as_bytes(), self.extra_data.as_bytes()]).into()
    }

    /// The network's id: the first 20 bytes of the golden ATX. Balances and lengths of layers are not part of it.
    pub fn id(&self) -> Hash20 {
        self.golden_atx().to_hash32().to_hash20()
    }

    /// Checks what a node checks before it writes a genesis file.
    ///
    /// # Errors
    ///
    /// The text is empty or too long.
    pub fn validate(&self) -> Result<(), GenesisError> {
        match self.extra_data.len() {
            0 => Err(GenesisError::NoExtraData),
            1..=EXTRA_DATA_SIZE_MAX if self.golden_atx().is_zero() => {
                Err(GenesisError::GoldenAtxZero)
            }
            1..=EXTRA_DATA_SIZE_MAX => Ok(()),
            size => Err(GenesisError::ExtraDataTooLong(size)),
        }
    }
}

/// What the older Smapp calls genesis id: made from the time **as written in its configuration**. Its folders and log files carry the
/// first eight hexadecimal digits (Trap 25). Not the id of the network.
pub fn smapp_local_id(time_as_written: &str, extra_data: &str) -> Hash20 {
    sum([time_as_written, extra_data]).to_hash20()
}
