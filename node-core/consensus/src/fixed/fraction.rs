//! The continued fraction of the incomplete beta function (06 §10.6).

use super::number::Fixed;

/// Steps after which the fraction is taken as it is.
pub const STEPS_MAX: i64 = 299;
/// 10^−14: the factor of a step must exceed one by less than this for an early end. Factors below one never end it.
const NEAR_ONE: Fixed = Fixed::from_word(720);

/// The value and how many steps it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FractionResult {
    /// The value. Every step changes it, so it depends on their number.
    pub value: Fixed,
    /// The step that ended it, or [`STEPS_MAX`] + 1.
    pub steps: i64,
}

/// The continued fraction of the incomplete beta function for `a`, `b` at `y` (in units of 2^−56). None on overflow, which does not
/// happen for `a`, `b` from 1 to 2^30 and `y` from 0 to 1.
pub fn beta_fraction(a: i64, b: i64, y: i64) -> Option<FractionResult> {
    let y = Fixed::from_raw(y);
    let first = y
        .checked_mul(Fixed::integer(a.checked_add(b)?))?
        .checked_div(Fixed::integer(a.checked_add(1)?))?;
    let mut c = Fixed::ONE;
    let mut d = not_zero(Fixed::ONE.checked_sub(first)?).inverse()?;
    let mut value = d;
    for m in 1..=STEPS_MAX {
        let even = a.checked_add(2 * m)?;

        let numerator = m.checked_mul(b.checked_sub(m)?)?;
        let denominator = even.checked_sub(1)?.checked_mul(even)?;
        let n = y
            .checked_mul(Fixed::integer(numerator))?
            .checked_div(Fixed::integer(denominator))?;
        d = not_zero(n.checked_mul(d)?.checked_add(Fixed::ONE)?).inverse()?;
        c = not_zero(n.checked_div(c)?.checked_add(Fixed::ONE)?);
        value = value.checked_mul(d)?.checked_mul(c)?;

        let numerator = a
            .checked_neg()?
            .checked_sub(m)?
            .checked_mul(a.checked_add(b)?.checked_add(m)?)?;
        let denominator = even.checked_mul(even.checked_add(1)?)?;
        let n = Fixed::integer(numerator)
            .checked_mul(y)?
            .checked_div(Fixed::integer(denominator))?;
        d = not_zero(n.checked_mul(d)?.checked_add(Fixed::ONE)?).inverse()?;
        c = not_zero(n.checked_div(c)?.checked_add(Fixed::ONE)?);
        let factor = d.checked_mul(c)?;
        value = value.checked_mul(factor)?;
        if factor.checked_sub(Fixed::ONE)? < NEAR_ONE {
            return Some(FractionResult { value, steps: m });
        }
    }
    Some(FractionResult {
        value,
        steps: STEPS_MAX + 1,
    })
}

/// A zero of either sign becomes the smallest number, so that it can be divided by.
fn not_zero(number: Fixed) -> Fixed {
    if number.is_zero() {
        Fixed::UNIT
    } else {
        number
    }
}
