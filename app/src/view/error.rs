//! Views of errors.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::ErrorCode;

/// An error as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ErrorView {
    /// Stable code; texts are looked up by it.
    pub code: ErrorCode,
    /// What happened, with its particulars.
    pub message: String,
    /// What it costs.
    pub cost: String,
    /// What to do.
    pub remedy: String,
    /// The field of the arguments it is about, in camelCase.
    pub field: Option<String>,
    /// Seconds until the same may be tried again.
    pub retry_after_seconds: Option<u32>,
}

/// One entry of the catalogue of errors.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ErrorEntry {
    /// Code.
    pub code: ErrorCode,
    /// What happened.
    pub happened: String,
    /// What it costs.
    pub cost: String,
    /// What to do.
    pub remedy: String,
}
