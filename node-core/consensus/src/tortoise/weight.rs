//! Weights: signed fixed-point numbers with 56 fractional bits, bit for bit those of the network (08 §2).

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// Fractional bits.
const FRACTION: u32 = 56;
/// From this divisor on an exact quotient comes out one unit too small.
const SHORT_DIVISOR: u64 = 256;

/// A weight or a margin.
///
/// The reference stops when a magnitude needs more than 127 bits (a value of 2^71). No sum of ATX weights comes near; should one, the
/// value stays at the limit, on every machine alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Weight(i128);

impl Weight {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A whole number.
    pub const fn whole(number: u64) -> Self {
        Self((number as i128) << FRACTION)
    }

    /// The value times 2^56.
    pub const fn raw(self) -> i128 {
        self.0
    }

    /// From the value times 2^56.
    pub const fn from_raw(raw: i128) -> Self {
        Self(limited(raw))
    }

    /// Times a whole number, exactly.
    #[must_use]
    pub const fn times(self, factor: u64) -> Self {
        Self(limited(self.0.saturating_mul(factor as i128)))
    }

    /// Divided by a whole number. Zero gives zero.
    ///
    /// Rounded toward zero; from 256 on an exact quotient loses one unit in the last place, as it does in the network's library.
    #[must_use]
    pub const fn per(self, divisor: u64) -> Self {
        if divisor == 0 {
            return Self::ZERO;
        }
        let magnitude = self.0.unsigned_abs();
        let mut quotient = magnitude / divisor as u128;
        if divisor >= SHORT_DIVISOR && magnitude != 0 && magnitude.is_multiple_of(divisor as u128) {
            quotient -= 1;
        }
        let quotient = quotient as i128; // below 2^127, as the dividend is
        Self(if self.0 < 0 { -quotient } else { quotient })
    }

    /// The weight of one eligibility slot: an ATX's weight over the slots it has, reduced to lowest terms before dividing.
    #[must_use]
    pub const fn of_slot(atx_weight: u64, slots: u32) -> Self {
        let slots = slots as u64;
        if slots == 0 {
            return Self::ZERO;
        }
        let divisor = greatest_common_divisor(atx_weight, slots);
        Self::whole(atx_weight / divisor).per(slots / divisor)
    }

    /// Whether it is above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

/// The magnitude has 127 bits, so the smallest i128 is not a weight.
const fn limited(raw: i128) -> i128 {
    if raw == i128::MIN { -i128::MAX } else { raw }
}

const fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    if a == 0 { 1 } else { a }
}

impl Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(limited(self.0.saturating_add(other.0)))
    }
}

impl Sub for Weight {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(limited(self.0.saturating_sub(other.0)))
    }
}

impl Neg for Weight {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Weight {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Weight {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl fmt::Display for Weight {
    /// Sign, whole part, apostrophe, 14 hexadecimal digits of the fraction, as the reference's tests write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { '-' } else { '+' };
        let fraction = magnitude & ((1 << FRACTION) - 1);
        write!(f, "{sign}{}'{fraction:014x}/56", magnitude >> FRACTION)
    }
}
