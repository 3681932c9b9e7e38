//! Fractions as the beacon's parameters are: `1/3`, `0.25` or a number.

use std::{fmt, str::FromStr};

/// A fraction in lowest terms, at least zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rational {
    numerator: u64,
    denominator: u64,
}

/// Text that is no fraction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no fraction; write 1/3 or 0.25")]
pub struct RationalError(pub String);

impl Rational {
    /// The fraction in lowest terms; none if the denominator is zero.
    pub fn new(numerator: u64, denominator: u64) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let divisor = greatest_common_divisor(numerator, denominator);
        Some(Self {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        })
    }

    /// Above the line.
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// Below the line, never zero.
    pub const fn denominator(self) -> u64 {
        self.denominator
    }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl FromStr for Rational {
    type Err = RationalError;

    fn from_str(text: &str) -> Result<Self, RationalError> {
        let read = || match text.split_once('/') {
            Some((numerator, denominator)) => {
                Self::new(numerator.parse().ok()?, denominator.parse().ok()?)
            }
            None => {
                let (whole, part) = text.split_once('.').unwrap_or((text, ""));
                let denominator = 10_u64.checked_pow(u32::try_from(part.len()).ok()?)?;
                let digits = format!("{whole}{part}");
                let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
                Self::new(plain.then(|| digits.parse().ok())??, denominator)
            }
        };
        read().ok_or_else(|| RationalError(text.to_owned()))
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}
