//! Ticks, units and weights (05 §7).

use std::num::NonZeroU64;

use proptest::prelude::*;
use spacemesh_activation::{QuantityError, WEIGHT_MAX, element_units, ticks, totals, weight};

#[test]
fn a_sum_that_would_overflow_leaves_the_sub_post_out() {
    assert_eq!(element_units([1, u32::MAX]), (1, 1));
    assert_eq!(element_units([u32::MAX, 1, 0]), (u32::MAX, 1));
    assert_eq!(
        totals(&[(11, 1), (u32::MAX - 10, 1)]),
        Err(QuantityError::UnitsOverflow)
    );
}

#[test]
fn weights_end_below_2_to_the_63() {
    assert_eq!(weight(1, WEIGHT_MAX), Ok(WEIGHT_MAX));
    assert_eq!(
        weight(1, WEIGHT_MAX + 1),
        Err(QuantityError::WeightTooLarge(WEIGHT_MAX + 1))
    );
    assert_eq!(
        weight(2, 1 << 63),
        Err(QuantityError::WeightOverflows {
            units: 2,
            ticks: 1 << 63
        })
    );
    // The sum over elements wraps, and what is left counts.
    let half = (1, 1 << 63);
    assert_eq!(totals(&[half, half]).unwrap().weight, 0);
    assert_eq!(totals(&[]).unwrap().weight, 0);
}

proptest! {
    #[test]
    fn ticks_are_full_ones(leaves in any::<u64>(), size in 1_u64..) {
        let size = NonZeroU64::new(size).unwrap();
        let ticks = ticks(leaves, size);
        prop_assert!(u128::from(ticks) * u128::from(size.get()) <= u128::from(leaves));
        prop_assert!((u128::from(ticks) + 1) * u128::from(size.get()) > u128::from(leaves));
    }

    #[test]
    fn one_element_weighs_as_version_1(units in any::<u32>(), ticks in any::<u64>()) {
        let both = totals(&[(units, ticks)]).map(|totals| totals.weight);
        prop_assert_eq!(both, weight(units, ticks));
    }
}
