//! Thresholds of proposals and of votes, in binary floating point with 64-bit mantissas as the network computes them (06 §3.3, §3.6).

use std::cmp::Ordering;

use spacemesh_crypto::beacon_threshold_bytes;
use spacemesh_types::{VrfSignature, config::Rational};

/// Below which number, of 80 bytes and big-endian, a proof must be to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// Every proof passes.
    All,
    /// Proofs strictly below this pass.
    Below([u8; VrfSignature::SIZE]),
}

impl Threshold {
    /// Nothing passes.
    pub const NONE: Self = Self::Below([0; VrfSignature::SIZE]);

    /// Whether a proof passes.
    pub fn passes(&self, proof: &VrfSignature) -> bool {
        match self {
            Self::All => true,
            Self::Below(threshold) => beacon_threshold_bytes(proof) < threshold,
        }
    }
}

/// The threshold of proposals in an epoch of `atxs` ATXs.
///
/// With `kappa` = 40 and `q` = 1/3 a signature passes with probability 1 − 2^(−60/atxs). A share `q` of one or more, which no network
/// has, lets every proposal pass.
pub fn atx_threshold(kappa: u64, q: Rational, atxs: u64) -> Threshold {
    if atxs == 0 {
        return Threshold::NONE;
    }
    // w = kappa / ((1 − q) · atxs)
    let honest = q.denominator().saturating_sub(q.numerator());
    let (Some(numerator), Some(denominator)) = (
        Wide::product(kappa, q.denominator()),
        Wide::product(honest, atxs),
    ) else {
        return Threshold::All;
    };
    if denominator.0 == 0 {
        return Threshold::All;
    }
    if numerator.0 == 0 {
        return Threshold::NONE;
    }
    let w = Float::ratio(numerator.0, denominator.0);
    let power = power_of_half(w);
    one_minus(power).map_or(Threshold::All, |float| Threshold::Below(scaled(float)))
}

/// The weight that decides a vote: `theta` of the epoch's weight. The factor and the product are rounded to 64 bits, then cut.
pub fn vote_threshold(theta: Rational, weight: u64) -> u128 {
    if theta.numerator() == 0 || weight == 0 {
        return 0;
    }
    let theta = Float::ratio(
        u128::from(theta.numerator()),
        u128::from(theta.denominator()),
    );
    let product = Float::rounded(
        u128::from(theta.mantissa) * u128::from(weight),
        theta.exponent,
        false,
    );
    let mantissa = u128::from(product.mantissa);
    let shift = product.exponent.unsigned_abs();
    if product.exponent < 0 {
        mantissa.checked_shr(shift).unwrap_or(0)
    } else {
        mantissa.checked_shl(shift).unwrap_or(u128::MAX)
    }
}

/// A product of 64-bit numbers.
struct Wide(u128);

impl Wide {
    fn product(left: u64, right: u64) -> Option<Self> {
        u128::from(left).checked_mul(u128::from(right)).map(Self)
    }
}

/// `mantissa · 2^exponent` with the highest bit of the mantissa set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Float {
    mantissa: u64,
    exponent: i32,
}

impl Float {
    /// The float nearest to `number · 2^exponent`, ties to even; `sticky` says that the number has more bits below, not all zero.
    fn rounded(number: u128, exponent: i32, sticky: bool) -> Self {
        let bits = 128_i32 - number.leading_zeros() as i32;
        let surplus = bits - 64;
        if surplus <= 0 {
            let mantissa = (number << surplus.unsigned_abs()) as u64;
            return Self {
                mantissa,
                exponent: exponent + surplus,
            };
        }
        let kept = (number >> surplus) as u64;
        let rest = number & ((1 << surplus) - 1);
        let up = match rest.cmp(&(1 << (surplus - 1))) {
            Ordering::Greater => true,
            Ordering::Equal => sticky || kept & 1 == 1,
            Ordering::Less => false,
        };
        let exponent = exponent + surplus;
        match kept.checked_add(u64::from(up)) {
            Some(mantissa) => Self { mantissa, exponent },
            None => Self {
                mantissa: 1 << 63,
                exponent: exponent + 1,
            },
        }
    }

    /// The float nearest to a quotient of positive numbers.
    fn ratio(numerator: u128, denominator: u128) -> Self {
        // 80 bits of the quotient, one by one: enough to round, and the rest tells whether more follow.
        let mut exponent = 0_i32;
        let mut quotient = numerator / denominator;
        let mut rest = numerator % denominator;
        while quotient >> 80 == 0 && (quotient != 0 || rest != 0) && exponent > -400 {
            let carry = rest >> 127 == 1;
            rest <<= 1;
            let bit = carry || rest >= denominator;
            if bit {
                rest = rest.wrapping_sub(denominator);
            }
            quotient = quotient << 1 | u128::from(bit);
            exponent -= 1;
        }
        Self::rounded(quotient, exponent, rest != 0)
    }
}

/// Bits of the fractions that powers are computed with.
const LIMBS: usize = 4;

/// A number from 0 up to but not including 1, the highest 64 bits first.
type Fraction = [u64; LIMBS];

/// ln 2.
const LN2: Fraction = [
    0xb172_17f7_d1cf_79ab,
    0xc9e3_b398_03f2_f6af,
    0x40f3_4326_7298_b62d,
    0x8a0d_175b_8baa_fa2b,
];

/// 2^(−w), rounded to a float. Correctly rounded for all exponents that can be: the series is exact to about 250 bits.
fn power_of_half(w: Float) -> Float {
    // w = whole + part
    let shift = w.exponent.unsigned_abs();
    let (whole, part) = if w.exponent >= 0 {
        let whole = u128::from(w.mantissa).checked_shl(shift);
        (whole.unwrap_or(u128::MAX), [0; LIMBS])
    } else if shift >= 256 {
        (0, [0; LIMBS])
    } else {
        let whole = w.mantissa.checked_shr(shift).unwrap_or(0);
        let mut part = [0; LIMBS];
        for bit in 0..64_u32 {
            // Bit `bit` of the mantissa stands `shift − bit` places after the point.
            let place = i64::from(shift) - i64::from(bit);
            if w.mantissa >> bit & 1 == 1 && (1..=256).contains(&place) {
                let from_top = (place - 1) as usize;
                part[from_top / 64] |= 1 << (63 - from_top % 64);
            }
        }
        (u128::from(whole), part)
    };
    let whole = i32::try_from(whole).unwrap_or(i32::MAX / 2);
    if part == [0; LIMBS] {
        return Float {
            mantissa: 1 << 63,
            exponent: (-63_i32).saturating_sub(whole),
        };
    }
    let fraction = exp_of_negative(multiply(&part, &LN2));
    let leading = u128::from(fraction[0]) << 64 | u128::from(fraction[1]);
    let sticky = fraction[2] | fraction[3] != 0;
    Float::rounded(leading, (-128_i32).saturating_sub(whole), sticky)
}

/// 1 − `float` for a float from 0 to 1, rounded; none if that is 1.
fn one_minus(float: Float) -> Option<Float> {
    // float = mantissa / 2^places, at most 1
    let places = float.exponent.unsigned_abs();
    if float.exponent >= 0 || places >= 128 {
        // Not below 2^0, or so small that the difference rounds to one.
        return if float.exponent >= 0 {
            Some(Float {
                mantissa: 0,
                exponent: -64,
            })
        } else {
            None
        };
    }
    let difference = (1_u128 << places) - u128::from(float.mantissa);
    if difference == 0 {
        return Some(Float {
            mantissa: 0,
            exponent: -64,
        });
    }
    let rounded = Float::rounded(difference, -(places as i32), false);
    (rounded.exponent < -63).then_some(rounded)
}

/// `floor(float · 2^640)` for a float below 1.
fn scaled(float: Float) -> [u8; VrfSignature::SIZE] {
    let mut bytes = [0; VrfSignature::SIZE];
    for bit in 0..64_i32 {
        let place = 640 + float.exponent + bit;
        if float.mantissa >> bit & 1 == 1 && (0..640).contains(&place) {
            let place = place as usize;
            bytes[VrfSignature::SIZE - 1 - place / 8] |= 1 << (place % 8);
        }
    }
    bytes
}

/// e^(−x), below 1 for x above 0: the alternating series, positive and negative terms apart.
fn exp_of_negative(x: Fraction) -> Fraction {
    let mut term = x;
    // sum = x − x²/2! + x³/3! − …, which is 1 − e^(−x)
    let mut plus = x;
    let mut minus = [0; LIMBS];
    for index in 2..=80_u64 {
        term = divide(&multiply(&term, &x), index);
        if index % 2 == 0 {
            minus = add(&minus, &term);
        } else {
            plus = add(&plus, &term);
        }
    }
    negate(&subtract(&plus, &minus))
}

fn multiply(left: &Fraction, right: &Fraction) -> Fraction {
    let mut product = [0_u64; 2 * LIMBS];
    for (i, a) in left.iter().enumerate().rev() {
        let mut carry = 0_u128;
        for (j, b) in right.iter().enumerate().rev() {
            let sum = u128::from(*a) * u128::from(*b) + u128::from(product[i + j + 1]) + carry;
            product[i + j + 1] = sum as u64;
            carry = sum >> 64;
        }
        product[i] = carry as u64;
    }
    let mut high = [0; LIMBS];
    high.copy_from_slice(&product[..LIMBS]);
    high
}

fn divide(number: &Fraction, divisor: u64) -> Fraction {
    let mut rest = 0_u128;
    number.map(|limb| {
        let dividend = rest << 64 | u128::from(limb);
        rest = dividend % u128::from(divisor);
        (dividend / u128::from(divisor)) as u64
    })
}

fn add(left: &Fraction, right: &Fraction) -> Fraction {
    let mut sum = [0; LIMBS];
    let mut carry = false;
    for index in (0..LIMBS).rev() {
        let (partial, first) = left[index].overflowing_add(right[index]);
        let (total, second) = partial.overflowing_add(u64::from(carry));
        sum[index] = total;
        carry = first || second;
    }
    sum
}

fn negate(number: &Fraction) -> Fraction {
    subtract(&[0; LIMBS], number)
}

fn subtract(left: &Fraction, right: &Fraction) -> Fraction {
    let mut difference = [0; LIMBS];
    let mut borrow = false;
    for index in (0..LIMBS).rev() {
        let (partial, first) = left[index].overflowing_sub(right[index]);
        let (total, second) = partial.overflowing_sub(u64::from(borrow));
        difference[index] = total;
        borrow = first || second;
    }
    difference
}
