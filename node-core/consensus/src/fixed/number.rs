//! The number itself: a sign and 127 bits of magnitude, 56 of them after the point (06 §10.1, §10.3).

use std::fmt;

/// Bits after the point.
pub const FRACTION_BITS: u32 = 56;
/// The number one as a 64-bit value with [`FRACTION_BITS`].
pub const ONE_RAW: i64 = 1 << FRACTION_BITS;

const SIGN: u128 = 1 << 127;

/// A number: bit 127 is the sign, the rest the magnitude in units of 2^−56. Zero has two forms.
///
/// Numbers are ordered as their words are, so every negative one is greater than every other. The exit of the continued fraction and
/// the comparisons of the oracle rely on it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fixed(u128);

impl Fixed {
    /// Zero, without a sign.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(1 << FRACTION_BITS);
    /// The smallest number above zero.
    pub const UNIT: Self = Self(1);

    /// The number with this word.
    pub const fn from_word(word: u128) -> Self {
        Self(word)
    }

    /// Sign and magnitude in one word.
    pub const fn word(self) -> u128 {
        self.0
    }

    /// A whole number.
    pub const fn integer(number: i64) -> Self {
        let magnitude = (number.unsigned_abs() as u128) << FRACTION_BITS;
        Self(if number < 0 {
            magnitude | SIGN
        } else {
            magnitude
        })
    }

    /// A number given in units of 2^−56.
    pub const fn from_raw(raw: i64) -> Self {
        let magnitude = raw.unsigned_abs() as u128;
        Self(if raw < 0 { magnitude | SIGN } else { magnitude })
    }

    /// The number in units of 2^−56; none if it does not fit.
    pub fn raw(self) -> Option<i64> {
        let magnitude = i64::try_from(self.magnitude()).ok()?;
        Some(if self.is_negative() {
            -magnitude
        } else {
            magnitude
        })
    }

    /// The whole part, cut towards zero.
    pub const fn trunc(self) -> i128 {
        // 71 bits are left, so that the cast keeps the value.
        let whole = (self.magnitude() >> FRACTION_BITS) as i128;
        if self.is_negative() { -whole } else { whole }
    }

    /// Whether the sign bit is set; also of the second zero.
    pub const fn is_negative(self) -> bool {
        self.0 & SIGN != 0
    }

    /// Whether this is one of the two zeros.
    pub const fn is_zero(self) -> bool {
        self.magnitude() == 0
    }

    const fn magnitude(self) -> u128 {
        self.0 & !SIGN
    }

    /// The number with this magnitude and sign; none if the magnitude needs bit 127.
    fn new(negative: bool, magnitude: u128) -> Option<Self> {
        let sign = if negative { SIGN } else { 0 };
        (magnitude & SIGN == 0).then_some(Self(magnitude | sign))
    }

    /// The number with the other sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(self.0 ^ SIGN)
    }

    /// The sum; none from 2^71 on.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (left, right) = (self.magnitude(), other.magnitude());
        if self.is_negative() == other.is_negative() {
            return Self::new(self.is_negative(), left + right);
        }
        if left == right {
            return Some(Self::ZERO);
        }
        if left > right {
            Self::new(self.is_negative(), left - right)
        } else {
            Self::new(other.is_negative(), right - left)
        }
    }

    /// The difference; none from 2^71 on.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(other.negated())
    }

    /// The product, its magnitude rounded down; none from 2^71 on.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let (high, low) = wide_product(self.magnitude(), other.magnitude());
        if high >> FRACTION_BITS != 0 {
            return None;
        }
        let magnitude = high << (128 - FRACTION_BITS) | low >> FRACTION_BITS;
        Self::new(self.is_negative() != other.is_negative(), magnitude)
    }

    /// The quotient as the network's division gives it, which is not always the floor; none for a zero divisor and from 2^71 on.
    #[must_use]
    pub fn checked_div(self, divisor: Self) -> Option<Self> {
        let magnitude = divide(self.magnitude(), divisor.magnitude())?;
        Self::new(self.is_negative() != divisor.is_negative(), magnitude)
    }

    /// One divided by the number.
    #[must_use]
    pub fn inverse(self) -> Option<Self> {
        Self::ONE.checked_div(self)
    }

    /// The quotient of two whole numbers: the floor, but one unit less where the divisor is 256 or more and the division comes out
    /// exact. None for a zero divisor.
    pub fn ratio(dividend: u64, divisor: u64) -> Option<Self> {
        let shifted = |number: u64| u128::from(number) << FRACTION_BITS;
        Self::new(false, divide(shifted(dividend), shifted(divisor))?)
    }

    /// The magnitude shifted left; none if bits are lost.
    #[must_use]
    pub(super) fn shifted_left(self, bits: u32) -> Option<Self> {
        let magnitude = self.magnitude();
        let shifted = magnitude.checked_shl(bits)?;
        (shifted >> bits == magnitude).then_some(())?;
        Self::new(self.is_negative(), shifted)
    }

    /// The magnitude shifted right.
    #[must_use]
    pub(super) fn shifted_right(self, bits: u32) -> Self {
        let magnitude = self.magnitude().checked_shr(bits).unwrap_or(0);
        Self(magnitude | (self.0 & SIGN))
    }
}

/// Sign, whole part, `'`, 14 hexadecimal digits and the number of bits they are: the text form of the reference.
impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative() { '-' } else { '+' };
        let whole = self.magnitude() >> FRACTION_BITS;
        let fraction = self.magnitude() & ((1 << FRACTION_BITS) - 1);
        write!(f, "{sign}{whole}'{fraction:014x}/{FRACTION_BITS}")
    }
}

impl fmt::Debug for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fixed({self})")
    }
}

/// The 256-bit product as two halves.
fn wide_product(left: u128, right: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (left_high, left_low) = (left >> 64, left & LOW);
    let (right_high, right_low) = (right >> 64, right & LOW);
    let low = left_low * right_low;
    let cross = left_high * right_low + (low >> 64);
    let other_cross = left_low * right_high + (cross & LOW);
    let high = left_high * right_high + (cross >> 64) + (other_cross >> 64);
    (high, other_cross << 64 | low & LOW)
}

/// `dividend · 2^56 / divisor` of magnitudes, in the steps of 06 §10.3.
fn divide(dividend: u128, divisor: u128) -> Option<u128> {
    if dividend < 1 << (127 - FRACTION_BITS) {
        return Some(quotient_and_rest(dividend << FRACTION_BITS, divisor)?.0);
    }
    let (whole, rest) = quotient_and_rest(dividend, divisor)?;
    if whole >> (127 - FRACTION_BITS) != 0 {
        return None;
    }
    let high_zeros = ((rest >> 64) as u64).leading_zeros();
    let shift = high_zeros.saturating_sub(1).min(FRACTION_BITS);
    let (fraction, _) = quotient_and_rest(rest << shift, divisor >> (FRACTION_BITS - shift))?;
    (whole << FRACTION_BITS).checked_add(fraction)
}

/// Quotient and rest; for divisors of more than 64 bits an estimate that is corrected only where the rest is *larger* than the divisor.
fn quotient_and_rest(dividend: u128, divisor: u128) -> Option<(u128, u128)> {
    if divisor < 1 << 64 {
        return Some((
            dividend.checked_div(divisor)?,
            dividend.checked_rem(divisor)?,
        ));
    }
    let zeros = divisor.leading_zeros();
    let leading = (divisor << zeros) >> 64;
    let mut quotient = (dividend / leading) >> (64 - zeros);
    quotient = quotient.saturating_sub(1);
    let mut rest = dividend.checked_sub(quotient.checked_mul(divisor)?)?;
    if rest > divisor {
        quotient += 1;
        rest -= divisor;
    }
    Some((quotient, rest))
}
