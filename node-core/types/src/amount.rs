//! Amounts. One SMH is 10^9 smidge; all arithmetic is checked.

use std::fmt;

use spacemesh_codec::{Decode, Encode};

/// Smidge in one SMH.
pub const SMIDGE_PER_SMH: u64 = 1_000_000_000;

/// Decimal places of an SMH.
const DECIMALS: usize = 9;

/// An amount in the smallest unit.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct Smidge(pub u64);

/// Text that is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// Something else than digits with at most one decimal point.
    #[error("{0:?} is no amount; write digits with at most one decimal point, as in 12.5")]
    NotANumber(String),
    /// More than nine decimal places.
    #[error("{0} has more than nine decimal places; the smallest amount is 0.000000001 SMH")]
    TooFine(String),
    /// More than 2^64 − 1 smidge.
    #[error("{0} is more than the largest amount there can be, 18446744073.709551615 SMH")]
    TooLarge(String),
}

impl Smidge {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum, unless it is too large.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, unless it is negative.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// The multiple, unless it is too large.
    pub const fn checked_mul(self, factor: u64) -> Option<Self> {
        match self.0.checked_mul(factor) {
            Some(product) => Some(Self(product)),
            None => None,
        }
    }

    /// The amount in SMH, exact, without zeros at the end and without a unit: `12.5`, `0.000000001`, `3`.
    pub fn to_smh(self) -> String {
        let (whole, part) = (self.0 / SMIDGE_PER_SMH, self.0 % SMIDGE_PER_SMH);
        if part == 0 {
            return whole.to_string();
        }
        let part = format!("{part:0DECIMALS$}");
        format!("{whole}.{}", part.trim_end_matches('0'))
    }

    /// Reads an amount in SMH: digits with at most one decimal point and at most nine decimal places. Nothing is rounded.
    ///
    /// # Errors
    ///
    /// Any other text, or an amount above 2^64 − 1 smidge.
    pub fn from_smh(text: &str) -> Result<Self, AmountError> {
        let not_a_number = || AmountError::NotANumber(text.to_owned());
        let too_large = || AmountError::TooLarge(text.to_owned());
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && part.is_empty()) || !digits(whole) || !digits(part) {
            return Err(not_a_number());
        }
        if part.trim_end_matches('0').len() > DECIMALS {
            return Err(AmountError::TooFine(text.to_owned()));
        }
        let part = format!("{:0<DECIMALS$}", part.trim_end_matches('0'));
        let part: u64 = part.parse().map_err(|_| not_a_number())?;
        let whole: u64 = if whole.is_empty() {
            0
        } else {
            whole.parse().map_err(|_| too_large())?
        };
        whole
            .checked_mul(SMIDGE_PER_SMH)
            .and_then(|whole| whole.checked_add(part))
            .map(Self)
            .ok_or_else(too_large)
    }

    /// Adds all amounts, unless the sum is too large.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// Smidge in decimal, as logs show amounts.
impl fmt::Display for Smidge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
