//! The logarithm of the factorial (06 §10.5).

use super::{
    narrow::{ln_integer, multiply_rounded, reciprocal},
    number::{Fixed, ONE_RAW},
};

/// Coefficients of the asymptotic series, the constant one first, in units of 2^−56.
const SERIES: [i64; 7] = [
    0x6b_3f8e_4325_f5a4,
    0x15_5555_5555_553b,
    -0xb60b_60b5_8172,
    0x3403_3f31_9e71,
    -0x2701_9718_1fce,
    0x36cf_7499_b5ab,
    -0x6ae2_742e_790f,
];

/// `ln((number − 1)!)`; none below 1.
pub fn ln_gamma(number: i64) -> Option<Fixed> {
    match number {
        ..=0 => None,
        1 | 2 => Some(Fixed::ZERO),
        3..=7 => {
            let factorial = (2..number).product();
            Some(Fixed::from_raw(ln_integer(factorial)?))
        }
        8.. => {
            let log = ln_integer(number)?.checked_sub(ONE_RAW)?;
            let z = reciprocal(number.unsigned_abs())?;
            let y = multiply_rounded(z, z)?;
            let [constant, first, middle @ .., last] = SERIES;
            let mut sum = last;
            for coefficient in middle.into_iter().rev() {
                sum = coefficient.checked_add(multiply_rounded(y, sum)?)?;
            }
            sum = first.checked_add(multiply_rounded(y, sum)?)?;
            let rest = constant.checked_add(multiply_rounded(z, sum)?)?;
            let factor = Fixed::integer(number).checked_sub(Fixed::from_raw(ONE_RAW / 2))?;
            factor
                .checked_mul(Fixed::from_raw(log))?
                .checked_add(Fixed::from_raw(rest))
        }
    }
}
