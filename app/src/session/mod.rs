//! Whether a wallet is open, for how long, and what that lets a person do.
//!
//! Keeps true: an open wallet holds its contents but no secret key and no words; those are unlocked by the password for one action, or
//! (keys only, by the person's choice) for five minutes. Locking wipes everything. Wrong passwords get slower and slower.

mod attempts;
pub(crate) mod password;
mod unlock;

pub(crate) use attempts::Attempts;
pub(crate) use unlock::{Fresh, Open, contents_error, file_error, sentence};

use jiff::Timestamp;

use crate::view::LockReason;

/// Seconds for which payments need no password again, if the person chose that.
pub(crate) const GRACE_SECONDS: i64 = 5 * 60;
/// Seconds before the automatic lock at which a page is warned.
pub(crate) const WARNING_SECONDS: i64 = 30;
/// Seconds for which a screen may show words or a key.
pub(crate) const SHOWING_SECONDS: i64 = 60;
/// Seconds for which fresh words may be shown and asked for.
pub(crate) const FRESH_SECONDS: i64 = 30 * 60;
/// Days after which a backup is due.
pub(crate) const BACKUP_DUE_DAYS: i64 = 90;

/// The state of the session.
pub(crate) struct Session {
    pub(crate) open: Option<Open>,
    pub(crate) reason: LockReason,
    pub(crate) attempts: Attempts,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            open: None,
            reason: LockReason::Start,
            attempts: Attempts::default(),
        }
    }
}

/// Seconds from `earlier` to `later`; 0 if the clock was set back.
pub(crate) fn seconds_between(earlier: Timestamp, later: Timestamp) -> i64 {
    (later.as_second() - earlier.as_second()).max(0)
}

/// `at` and some seconds.
pub(crate) fn after(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(at.as_second().saturating_add(seconds)).unwrap_or(at)
}
