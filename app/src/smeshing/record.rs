//! What is remembered of an identity's space besides what its folder says.
//!
//! Keeps true: the folder's own metadata is the truth about the data; a record only adds what the folder cannot know.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    error::{AppError, ErrorCode},
    storage::{Access, read_limited, replace},
    view::{BadRange, CheckView, DeviceChoice},
};

/// Largest record read, in bytes.
const RECORD_BYTES_MAX: u64 = 8 << 20;
/// Most bad ranges remembered; more are found again by the next check.
pub(super) const BAD_RANGES_MAX: usize = 10_000;

/// The space of one identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pub(super) format: u32,
    /// Identity, hex.
    pub(super) identity: String,
    /// Genesis id of the network it is for, hex.
    pub(super) genesis_id: String,
    pub(super) folder: PathBuf,
    pub(super) units: u32,
    pub(super) max_file_bytes: u64,
    /// Commitment ATX, hex.
    pub(super) commitment_atx: String,
    #[serde(default)]
    pub(super) coinbase: Option<String>,
    pub(super) nonces: u32,
    pub(super) threads: u32,
    /// Devices that fill.
    #[serde(default)]
    pub(super) devices: Vec<DeviceChoice>,
    /// What the person wants: it goes on after a restart.
    pub(super) wish: Wish,
    #[serde(default)]
    pub(super) paused_since: Option<i64>,
    #[serde(default)]
    pub(super) last_check: Option<CheckView>,
    #[serde(default)]
    pub(super) bad_ranges: Vec<BadRange>,
    /// The folder before a move, until the person frees it.
    #[serde(default)]
    pub(super) old_folder: Option<PathBuf>,
}

/// What the person wants of filling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wish {
    /// Fill, also after a restart.
    Fill,
    /// Paused until resumed.
    Pause,
    /// Filled, or taken over complete: nothing to do.
    Rest,
}

impl Record {
    pub(super) fn save(&self, folder: &Path) -> Result<(), AppError> {
        let bytes =
            serde_json::to_vec_pretty(self).map_err(|_| AppError::new(ErrorCode::Internal))?;
        replace(
            &path(folder, &self.identity),
            &bytes,
            Access::Private,
            false,
        )?;
        Ok(())
    }
}

pub(super) fn path(folder: &Path, identity: &str) -> PathBuf {
    folder.join(format!("{identity}.json"))
}

/// All records that can be read. One that can't is left where it is and told in the log; its folder can be taken over again.
pub(super) fn load_all(folder: &Path) -> BTreeMap<String, Record> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let mut records = BTreeMap::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default()
            .to_owned();
        let is_record = path.extension().is_some_and(|ending| ending == "json")
            && stem.len() == 64
            && stem.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_record {
            continue;
        }
        match read_limited(&path, RECORD_BYTES_MAX)
            .map(|bytes| serde_json::from_slice::<Record>(&bytes))
        {
            Ok(Ok(record)) if record.format == 1 && record.identity == stem => {
                records.insert(stem, record);
            }
            _ => {
                tracing::warn!(path = %path.display(), "a record of committed space can't be read")
            }
        }
    }
    records
}
