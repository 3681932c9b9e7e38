//! Wrong passwords: after a few, waiting.

use jiff::Timestamp;

use super::{after, seconds_between};
use crate::error::{AppError, ErrorCode};

/// Wrong passwords that cost nothing.
const FREE: u32 = 5;
/// Longest wait, in seconds.
const WAIT_SECONDS_MAX: i64 = 300;

/// Counts wrong passwords over all wallets and pages: guessing through a page is slow even if the page is not ours.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    wrong: u32,
    blocked_until: Option<Timestamp>,
}

impl Attempts {
    /// Whether a password may be tried now.
    pub(crate) fn check(&self, now: Timestamp) -> Result<(), AppError> {
        match self.blocked_until {
            Some(until) if now < until => {
                let seconds = seconds_between(now, until).max(1);
                let mut error = AppError::with(
                    ErrorCode::TooManyAttempts,
                    format!(
                        "There were too many wrong passwords. The next try is possible in {seconds} s."
                    ),
                );
                error.retry_after_seconds = u32::try_from(seconds).ok();
                Err(error)
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn wrong(&mut self, now: Timestamp) {
        self.wrong = self.wrong.saturating_add(1);
        if self.wrong >= FREE {
            let doubled = 1i64
                .checked_shl(self.wrong - FREE + 1)
                .unwrap_or(WAIT_SECONDS_MAX);
            self.blocked_until = Some(after(now, doubled.clamp(1, WAIT_SECONDS_MAX)));
        }
    }

    pub(crate) fn right(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_doubles_after_five_wrong_passwords_and_ends_with_a_right_one() {
        let now = Timestamp::UNIX_EPOCH;
        let mut attempts = Attempts::default();
        let wait = |attempts: &Attempts| {
            attempts
                .check(now)
                .err()
                .and_then(|error| error.retry_after_seconds)
        };
        for _ in 0..4 {
            attempts.wrong(now);
        }
        assert_eq!(wait(&attempts), None);
        let mut waits = Vec::new();
        for _ in 0..10 {
            attempts.wrong(now);
            waits.push(wait(&attempts).unwrap_or(0));
        }
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert!(attempts.check(after(now, 300)).is_ok());
        for _ in 0..100 {
            attempts.wrong(now);
        }
        assert_eq!(wait(&attempts), Some(300));
        attempts.right();
        assert_eq!(wait(&attempts), None);
    }
}
