//! The choice of the VRF nonce.

use post_gpu::params::{MAX_LABEL_INDEX, NumLabels};
use post_gpu::vrf_nonce::{
    VrfNonce, VrfNonceError, VrfThreshold, best_in_batch, search_start, verify,
};
use proptest::prelude::*;

fn label(high: u8, low: u8) -> [u8; 32] {
    let mut label = [0; 32];
    (label[15], label[31]) = (high, low);
    label
}

const ALL: VrfThreshold = VrfThreshold::from_bytes([0xff; 32]);

#[test]
fn a_batch_yields_its_lowest_value_and_the_first_on_ties() {
    let labels = [
        label(5, 0),
        label(3, 9),
        label(3, 1),
        label(3, 1),
        label(4, 0),
    ];
    let best = best_in_batch(100, &labels, &ALL).unwrap();
    assert_eq!((best.index, best.label), (102, label(3, 1)));
    let limit = VrfThreshold::from_bytes(label(3, 1));
    assert_eq!(best_in_batch(100, &labels, &limit), None, "strictly below");
}

#[test]
fn between_batches_only_the_stored_half_counts() {
    let known = VrfNonce {
        index: 50,
        value: label(3, 9)[..16].try_into().unwrap(),
    };
    let candidate = |index, label| best_in_batch(index, &[label], &ALL).unwrap();
    assert!(
        !known.is_beaten_by(&candidate(60, label(3, 1))),
        "lower only beyond the stored half"
    );
    assert!(known.is_beaten_by(&candidate(60, label(2, 255))));
    assert!(
        known.is_beaten_by(&candidate(40, label(3, 255))),
        "the earlier index, had it been computed first"
    );
}

#[test]
fn any_index_may_be_a_nonce_but_the_last() {
    let labels = NumLabels::new(1, 64).unwrap();
    assert_eq!(
        verify(MAX_LABEL_INDEX, &label(0, 0), labels),
        Ok(()),
        "also beyond the identity's labels"
    );
    assert_eq!(
        verify(u64::MAX, &label(0, 0), labels),
        Err(VrfNonceError::Index { index: u64::MAX })
    );
    assert_eq!(
        verify(0, &[0x20; 32], labels),
        Err(VrfNonceError::NotBelow {
            index: 0,
            labels: 64
        })
    );
    let few = NumLabels::new(1, 8).unwrap();
    assert_eq!(
        verify(0, &label(0, 0), few),
        Err(VrfNonceError::TooFewLabels { labels: 8 })
    );
}

#[test]
fn the_search_beyond_the_data_goes_on_where_it_stopped() {
    let labels = NumLabels::new(1, 64).unwrap();
    assert_eq!(search_start(None, labels), 64);
    assert_eq!(search_start(Some(10), labels), 64);
    assert_eq!(search_start(Some(1000), labels), 1000);
}

proptest! {
    /// Devices finish in any order; the nonce must not depend on it.
    #[test]
    fn the_best_nonce_does_not_depend_on_the_order_of_batches(
        values in prop::collection::vec((0..4_u8, any::<u8>()), 1..60),
        size in 1..8_usize,
        order in any::<prop::sample::Index>(),
    ) {
        let labels: Vec<_> = values.into_iter().map(|(high, low)| label(high, low)).collect();
        let candidates: Vec<_> = (0..)
            .step_by(size)
            .zip(labels.chunks(size))
            .filter_map(|(start, batch)| best_in_batch(start, batch, &ALL))
            .collect();
        let best = |candidates: &[_]| {
            candidates.iter().fold(None, |known, candidate| Some(VrfNonce::better(known, candidate)))
        };
        let mut turned = candidates.clone();
        turned.rotate_left(order.index(candidates.len()));
        turned.reverse();
        prop_assert_eq!(best(&turned), best(&candidates));
    }
}
