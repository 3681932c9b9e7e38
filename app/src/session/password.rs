//! How strong a password is, with a reason a person understands.

use std::sync::Arc;

use zxcvbn::zxcvbn;

use crate::{
    app::Inner,
    error::{AppError, ErrorCode},
    view::{PasswordStrength, PasswordStrengthArgs, SecretText, Sentence},
};

/// Characters that are looked at: more make the estimate slow, not better.
const ESTIMATED_CHARS_MAX: usize = 100;

impl Inner {
    pub(crate) fn password_strength(
        self: &Arc<Self>,
        args: PasswordStrengthArgs,
    ) -> Result<PasswordStrength, AppError> {
        let text = args.password.expose();
        let start: zeroize::Zeroizing<String> =
            zeroize::Zeroizing::new(text.chars().take(ESTIMATED_CHARS_MAX).collect());
        let accepted = long_enough(&args.password);
        let estimate = zxcvbn(&start, &["spacemesh", "smapp", "wallet"]);
        let score = u8::from(estimate.score());
        // Somebody with the file and one good graphics card; the wallet's key derivation allows a few guesses per second.
        let seconds = 10f64.powf(estimate.guesses_log10()) / 10.0;
        let span = span(seconds);
        let sentence = if text.is_empty() {
            Sentence::new(
                "password.empty",
                "Choose a password of at least 8 characters.",
                [],
            )
        } else if !accepted {
            let missing = spacemesh_wallet::file::PASSWORD_CHARS_MIN - text.chars().count();
            Sentence::new(
                "password.short",
                format!("{missing} more characters are needed."),
                [("missing", missing.to_string())],
            )
        } else {
            Sentence::new(
                "password.guessed",
                format!("Would be guessed in about {span}."),
                [("span", span.clone()), ("seconds", format!("{seconds:.0}"))],
            )
        };
        Ok(PasswordStrength {
            score,
            accepted,
            sentence,
        })
    }
}

/// The rule for fresh passwords.
pub(crate) fn check_new(password: &SecretText, field: &'static str) -> Result<(), AppError> {
    if long_enough(password) {
        Ok(())
    } else {
        Err(AppError::new(ErrorCode::PasswordTooShort).field(field))
    }
}

fn long_enough(password: &SecretText) -> bool {
    password.expose().chars().count() >= spacemesh_wallet::file::PASSWORD_CHARS_MIN
}

/// A span of time in one unit, as people say it.
fn span(seconds: f64) -> String {
    const UNITS: [(f64, &str, &str); 6] = [
        (31_557_600.0 * 1000.0, "thousands of years", ""),
        (31_557_600.0, "year", "years"),
        (86_400.0, "day", "days"),
        (3_600.0, "hour", "hours"),
        (60.0, "minute", "minutes"),
        (1.0, "second", "seconds"),
    ];
    for (size, one, many) in UNITS {
        if seconds >= size {
            if many.is_empty() {
                return one.to_owned();
            }
            let count = (seconds / size).round();
            return if count == 1.0 {
                format!("1 {one}")
            } else {
                format!("{count} {many}")
            };
        }
    }
    "a moment".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_one_unit() {
        let said: Vec<String> = [0.2, 1.0, 59.0, 7300.0, 86_400.0, 4e7, 1e20]
            .into_iter()
            .map(span)
            .collect();
        assert_eq!(
            said,
            [
                "a moment",
                "1 second",
                "59 seconds",
                "2 hours",
                "1 day",
                "1 year",
                "thousands of years"
            ]
        );
    }
}
