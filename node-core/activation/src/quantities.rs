//! What is derived from an ATX and its PoET: ticks, units that count, weight (05 §7).
//!
//! Keeps true: where the reference wraps, this wraps; where it refuses, this refuses; and a weight that would end the reference's process
//! in tortoise is refused as well.

use std::num::NonZeroU64;

/// Most weight that an ATX may have. The reference's tortoise ends its process above it (05 §7).
pub const WEIGHT_MAX: u64 = i64::MAX as u64;

/// Why no weight can be derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuantityError {
    /// A product of 2^64 or more.
    #[error("{units} units times {ticks} ticks do not fit 64 bits; no honest ATX comes near")]
    WeightOverflows {
        /// Units that count.
        units: u64,
        /// Ticks of the PoET proof.
        ticks: u64,
    },
    /// More than [`WEIGHT_MAX`].
    #[error("the weight {0} is above 2^63 - 1; no honest ATX comes near")]
    WeightTooLarge(u64),
    /// Units of all elements together of 2^32 or more.
    #[error("all elements together have 2^32 units or more")]
    UnitsOverflow,
}

/// Full ticks among the leaves of a PoET proof.
pub const fn ticks(leaf_count: u64, tick_size: NonZeroU64) -> u64 {
    leaf_count / tick_size.get()
}

/// Units times ticks.
///
/// # Errors
///
/// The product does not fit 64 bits.
pub fn product(units: u64, ticks: u64) -> Result<u64, QuantityError> {
    let overflows = QuantityError::WeightOverflows { units, ticks };
    units.checked_mul(ticks).ok_or(overflows)
}

/// The weight of an ATX of version 1.
///
/// # Errors
///
/// It does not fit, or is above [`WEIGHT_MAX`].
pub fn weight(units: u32, ticks: u64) -> Result<u64, QuantityError> {
    limited(product(units.into(), ticks)?)
}

/// Units of one element of an ATX of version 2, and how many sub-posts were not counted because the sum would leave 32 bits. The
/// reference finds that error and ignores it.
pub fn element_units(units: impl IntoIterator<Item = u32>) -> (u32, usize) {
    let mut sum = 0_u32;
    let mut left_out = 0;
    for units in units {
        match sum.checked_add(units) {
            Some(more) => sum = more,
            None => left_out += 1,
        }
    }
    (sum, left_out)
}

/// What an ATX of version 2 counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Units of all elements that count.
    pub units: u32,
    /// Ticks of the shortest PoET.
    pub ticks: u64,
    /// Units times ticks, summed over the elements.
    pub weight: u64,
}

/// Adds up the elements of an ATX of version 2, each with its units and the ticks of its PoET.
///
/// # Errors
///
/// All units together leave 32 bits, a product leaves 64 bits, or the sum is above [`WEIGHT_MAX`]. (Whether the sum of products leaves 64
/// bits the reference does not look; what is left of it then is what counts.)
pub fn totals(elements: &[(u32, u64)]) -> Result<Totals, QuantityError> {
    let mut units = 0_u32;
    let mut weight = 0_u64;
    for &(element, ticks) in elements {
        units = units
            .checked_add(element)
            .ok_or(QuantityError::UnitsOverflow)?;
        weight = weight.wrapping_add(product(element.into(), ticks)?);
    }
    let ticks = elements.iter().map(|&(_, ticks)| ticks).min().unwrap_or(0);
    Ok(Totals {
        units,
        ticks,
        weight: limited(weight)?,
    })
}

fn limited(weight: u64) -> Result<u64, QuantityError> {
    if weight > WEIGHT_MAX {
        return Err(QuantityError::WeightTooLarge(weight));
    }
    Ok(weight)
}
