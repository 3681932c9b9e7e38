//! Arithmetic on 64-bit values with 56 bits after the point, and logarithms of them (06 §10.2).

use super::number::{FRACTION_BITS, ONE_RAW};

/// The natural logarithm of two in units of 2^−56, one unit below the nearest.
pub const LN2: i64 = 0xb1_7217_f7d1_cf78;

/// The product, rounded to the nearest unit; none if it does not fit.
pub fn multiply_rounded(left: i64, right: i64) -> Option<i64> {
    let sum = i128::from(left) * i128::from(right) + (1 << (FRACTION_BITS - 1));
    i64::try_from(sum >> FRACTION_BITS).ok()
}

/// The product, rounded down; none if it does not fit.
pub fn multiply_truncated(left: i64, right: i64) -> Option<i64> {
    i64::try_from((i128::from(left) * i128::from(right)) >> FRACTION_BITS).ok()
}

/// One divided by `number`, rounded to the nearest unit; none for zero.
pub fn reciprocal(number: u64) -> Option<i64> {
    let one = ONE_RAW.unsigned_abs();
    let (quotient, rest) = (one.checked_div(number)?, one.checked_rem(number)?);
    // The rest is below `number` and at most one, so that its double is a small number.
    i64::try_from(quotient + 2 * rest / number).ok()
}

/// The binary logarithm of a positive number with `fraction_bits` bits after its point, in units of 2^−56; none for other numbers.
pub fn log2(number: i64, fraction_bits: u32) -> Option<i64> {
    let number = u64::try_from(number).ok().filter(|&number| number > 0)?;
    if fraction_bits < 64 && number == 1 << fraction_bits {
        return Some(0);
    }
    let zeros = number.leading_zeros();
    let bits = i64::from(64 - zeros);
    let mut log = (bits - i64::from(fraction_bits) - 1).checked_mul(ONE_RAW)?;
    let mut mantissa = u128::from((number << zeros) >> 1);
    for bit in (0..FRACTION_BITS).rev() {
        mantissa = (mantissa * mantissa) >> 62;
        if mantissa >> 63 != 0 {
            mantissa >>= 1;
            log = log.checked_add(1 << bit)?;
        }
    }
    Some(log)
}

/// The natural logarithm of a positive number in units of 2^−56; none for other numbers.
pub fn ln(raw: i64) -> Option<i64> {
    multiply_rounded(log2(raw, FRACTION_BITS)?, LN2)
}

/// The natural logarithm of a positive whole number; none for other numbers.
pub fn ln_integer(number: i64) -> Option<i64> {
    multiply_rounded(log2(number, 0)?, LN2)
}
