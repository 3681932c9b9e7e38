//! The service that publishes beacons and active sets (06 §4.2): what is asked for, and how an answer is read.
//!
//! There is no signature: trust rests on the connection to the configured host. An answer must be on disk before it is applied.

use spacemesh_types::{AtxId, Beacon, EpochId, LayerId, LayersPerEpoch};

/// The only version of an answer that is understood.
pub const BOOTSTRAP_SCHEMA_VERSION: &str = "https://spacemesh.io/bootstrap.schema.json.1.0";

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UpdateKind {
    /// Beacon and active set.
    Bootstrap,
    /// The beacon only.
    Beacon,
    /// The active set only.
    ActiveSet,
}

impl UpdateKind {
    /// The end of the file's name.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Bootstrap => "bs",
            Self::Beacon => "bc",
            Self::ActiveSet => "as",
        }
    }
}

/// Name of a file below the service's base URL, and in the folder of its epoch on disk.
pub fn update_name(epoch: EpochId, kind: UpdateKind) -> String {
    format!("epoch-{epoch}-update-{}", kind.suffix())
}

/// The epochs that are asked for in the epoch `current`. Files of others are removed.
pub fn epochs_asked_for(
    current: EpochId,
    effective_genesis: LayerId,
    layers_per_epoch: LayersPerEpoch,
) -> Vec<EpochId> {
    let numbers = match current.0 {
        0 => vec![],
        1 => vec![2],
        2 => vec![2, 3],
        c if current == effective_genesis.epoch(layers_per_epoch) => {
            vec![c, c.saturating_add(1)]
        }
        c => vec![c - 1, c, c.saturating_add(1)],
    };
    numbers.into_iter().map(EpochId).collect()
}

/// Which files of an epoch were had, and so which one is asked for next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BootstrapPlan {
    /// Beacon and active set in one file.
    pub bootstrap: bool,
    /// The beacon's file.
    pub beacon: bool,
    /// The active set's file.
    pub active_set: bool,
}

impl BootstrapPlan {
    /// The files to ask for in this order in one pass; a found [`UpdateKind::Bootstrap`] makes the others unnecessary.
    pub fn next(self) -> Vec<UpdateKind> {
        if self.bootstrap {
            return Vec::new();
        }
        let mut kinds = vec![UpdateKind::Bootstrap];
        if !self.beacon {
            kinds.push(UpdateKind::Beacon);
        }
        if !self.active_set {
            kinds.push(UpdateKind::ActiveSet);
        }
        kinds
    }

    /// Notes a file that was had. Not asked for again.
    pub const fn found(&mut self, kind: UpdateKind) {
        match kind {
            UpdateKind::Bootstrap => self.bootstrap = true,
            UpdateKind::Beacon => self.beacon = true,
            UpdateKind::ActiveSet => self.active_set = true,
        }
    }
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootstrapUpdate {
    /// The epoch it is about.
    pub epoch: EpochId,
    /// Its beacon; overwrites what is known.
    pub beacon: Option<Beacon>,
    /// Its active set, ascending; becomes the trusted set of oracle and builder.
    pub active_set: Vec<AtxId>,
}

/// An answer that is not understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BootstrapError {
    /// It is no JSON of the expected form.
    #[error("the answer of the bootstrap service is not of the expected form")]
    Form(#[from] serde_json::Error),
    /// Another version.
    #[error(
        "the answer has version {0:?}; {BOOTSTRAP_SCHEMA_VERSION} is understood, update the software or the service's address"
    )]
    Version(String),
    /// The epoch's number does not fit.
    #[error("the epoch {0} has no number here")]
    Epoch(u64),
    /// The beacon is no hexadecimal text of at least four bytes.
    #[error("the beacon {0:?} is no hexadecimal text of at least four bytes")]
    Beacon(String),
    /// An entry of the active set is no ATX id.
    #[error("the active set has {0:?}, which is no id of 64 hexadecimal digits")]
    ActiveSet(String),
    /// An entry of the active set stands there twice.
    #[error("the active set has {0} twice")]
    Duplicate(AtxId),
}

#[derive(serde::Deserialize)]
struct Answer {
    version: String,
    data: Data,
}

#[derive(serde::Deserialize)]
struct Data {
    epoch: Epoch,
}

#[derive(serde::Deserialize)]
struct Epoch {
    number: u64,
    #[serde(default)]
    beacon: Option<String>,
    #[serde(default, rename = "activeSet")]
    active_set: Option<Vec<String>>,
}

/// Reads an answer.
///
/// # Errors
///
/// [`BootstrapError`]. An error ends the pass over all epochs.
pub fn parse_update(json: &[u8]) -> Result<BootstrapUpdate, BootstrapError> {
    let answer: Answer = serde_json::from_slice(json)?;
    if answer.version != BOOTSTRAP_SCHEMA_VERSION {
        return Err(BootstrapError::Version(answer.version));
    }
    let epoch = answer.data.epoch;
    let number = u32::try_from(epoch.number).map_err(|_| BootstrapError::Epoch(epoch.number))?;
    let beacon = match epoch.beacon.filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(beacon_of_text(&text).ok_or(BootstrapError::Beacon(text))?),
    };
    let mut active_set = Vec::new();
    for text in epoch.active_set.unwrap_or_default() {
        match AtxId::from_hex(&text) {
            Ok(id) => active_set.push(id),
            Err(_) => return Err(BootstrapError::ActiveSet(text)),
        }
    }
    active_set.sort_unstable();
    for pair in active_set.windows(2) {
        if let [first, second] = pair
            && first == second
        {
            return Err(BootstrapError::Duplicate(*first));
        }
    }
    Ok(BootstrapUpdate {
        epoch: EpochId(number),
        beacon: beacon.filter(|beacon| !beacon.is_zero()),
        active_set,
    })
}

/// The first four bytes of hexadecimal text without prefix; none if it is no such text or has fewer.
fn beacon_of_text(text: &str) -> Option<Beacon> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    Beacon::from_hex(text.get(..2 * Beacon::SIZE)?).ok()
}
