//! The exponential function (06 §10.4).

use super::{
    narrow::{LN2, multiply_truncated},
    number::{FRACTION_BITS, Fixed, ONE_RAW},
};

/// 1 / ln 2 in units of 2^−56, as precise as a double.
const INVERSE_LN2: i64 = 0x171_5476_52b8_2fe0;
/// Terms of the series.
const TERMS: i64 = 14;
/// Below this whole part the result is zero.
const WHOLE_MIN: i128 = -38;

/// e to the power `number`; none where the result or the argument is too large.
pub fn exp(number: Fixed) -> Option<Fixed> {
    if number.trunc() < WHOLE_MIN {
        return Some(Fixed::ZERO);
    }
    let raw = number.raw()?;
    let magnitude = raw.checked_abs()?;
    let powers = multiply_truncated(magnitude, INVERSE_LN2)? >> FRACTION_BITS;
    let rest = magnitude.checked_sub(powers.checked_mul(LN2)?)?;

    let mut sum = ONE_RAW.checked_add(rest)?;
    let mut power = rest;
    let mut factorial: i64 = 1;
    for term in 2..=TERMS {
        factorial *= term;
        power = multiply_truncated(power, rest)?;
        sum = sum.checked_add(multiply_truncated(power, ONE_RAW / factorial)?)?;
    }

    let powers = u32::try_from(powers).ok()?;
    let sum = Fixed::from_raw(sum);
    if raw >= 0 {
        sum.shifted_left(powers)
    } else {
        Some(sum.inverse()?.shifted_right(powers))
    }
}
