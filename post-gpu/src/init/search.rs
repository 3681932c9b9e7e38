//! The search for a VRF nonce beyond the labels (03 §3.4 "Finding it" item 3), shared by any devices.
//!
//! Keeps true: the result is the lowest value of the first batch, in the order of indices, that holds any; whichever device finishes when.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::params::MAX_LABEL_INDEX;
use crate::range_map::RangeMap;
use crate::vrf_nonce::VrfCandidate;

/// Labels tried so far, and hits.
#[derive(Debug)]
pub(crate) struct NonceSearch {
    start: u64,
    batch: u64,
    tried: RangeMap,
    claimed: RangeMap,
    /// Number of the batch → its lowest hit so far.
    hits: BTreeMap<u64, VrfCandidate>,
}

/// The nonce and where its batch began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) nonce: VrfCandidate,
    pub(crate) batch_start: u64,
}

impl NonceSearch {
    pub(crate) const fn new(start: u64, batch: u64) -> Self {
        Self {
            start,
            batch,
            tried: RangeMap::new(),
            claimed: RangeMap::new(),
            hits: BTreeMap::new(),
        }
    }

    /// The next labels for a device that wants at most `most`; they lie in one batch. `None`: wait for the others.
    pub(crate) fn claim(&mut self, most: u64) -> Option<Range<u64>> {
        // Batches behind one with a hit cannot win any more.
        let end = self
            .hits
            .keys()
            .next()
            .map_or(MAX_LABEL_INDEX + 1, |&batch| self.batch_range(batch).end);
        let mut from = self.start;
        let claim = loop {
            let untried = self.tried.first_gap(from..end)?;
            match self.claimed.first_gap(untried.clone()) {
                Some(free) => break free,
                None => from = untried.end,
            }
        };
        let batch_end = self.batch_range(self.batch_of(claim.start)).end;
        let claim = claim.start
            ..claim
                .end
                .min(batch_end)
                .min(claim.start.saturating_add(most.max(1)));
        self.claimed.insert(claim.clone());
        Some(claim)
    }

    /// A claim ended: `tried` of it was computed, with `hits`.
    pub(crate) fn release(&mut self, claim: Range<u64>, tried: Range<u64>, hits: &[VrfCandidate]) {
        self.claimed.remove(claim);
        self.tried.insert(tried);
        for hit in hits {
            let batch = self.batch_of(hit.index);
            self.hits
                .entry(batch)
                .and_modify(|best| {
                    if (hit.label, hit.index) < (best.label, best.index) {
                        *best = *hit;
                    }
                })
                .or_insert(*hit);
        }
    }

    /// Start of the first batch that is not finished: where a later search goes on.
    pub(crate) fn position(&self) -> u64 {
        let first = self
            .tried
            .first_gap(self.start..u64::MAX)
            .map_or(u64::MAX, |gap| gap.start);
        self.batch_range(self.batch_of(first)).start
    }

    /// Labels tried.
    pub(crate) fn tried(&self) -> u64 {
        self.tried.count()
    }

    /// The result, once every batch before it and its own are finished.
    pub(crate) fn found(&self) -> Option<Found> {
        let (&batch, &nonce) = self.hits.iter().next()?;
        let range = self.batch_range(batch);
        self.tried.covers(self.start..range.end).then_some(Found {
            nonce,
            batch_start: range.start,
        })
    }

    /// Whether all indices were tried without a result.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.hits.is_empty() && self.tried.covers(self.start..MAX_LABEL_INDEX + 1)
    }

    fn batch_of(&self, index: u64) -> u64 {
        (index - self.start) / self.batch
    }

    fn batch_range(&self, batch: u64) -> Range<u64> {
        let start = self.start.saturating_add(batch.saturating_mul(self.batch));
        // The end is never a label: the largest index is 2^64 − 2.
        start..start.saturating_add(self.batch)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn hit(index: u64, value: u8) -> VrfCandidate {
        VrfCandidate {
            index,
            label: [value; 32],
        }
    }

    /// Protects the nonce from depending on which device is faster: batch 1 has the first hit by index, batch 2 a lower value and is ready
    /// first, batch 0 has none and is ready last.
    #[test]
    fn the_first_batch_with_a_hit_wins_in_any_order_of_completion() {
        let batches = [
            (100..110, vec![]),
            (110..120, vec![hit(113, 7), hit(112, 9), hit(117, 7)]),
            (120..130, vec![hit(121, 1)]),
        ];
        for order in [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ] {
            let mut search = NonceSearch::new(100, 10);
            for batch in &batches {
                assert_eq!(
                    search.claim(50).unwrap(),
                    batch.0,
                    "claims stay within a batch"
                );
            }
            for number in order {
                let (range, hits) = &batches[number];
                search.release(range.clone(), range.clone(), hits);
            }
            assert_eq!(
                search.found().unwrap(),
                Found {
                    nonce: hit(113, 7),
                    batch_start: 110
                },
                "{order:?}"
            );
        }
    }

    #[test]
    fn a_batch_with_a_hit_is_finished_and_none_behind_it_is_begun() {
        let mut search = NonceSearch::new(0, 10);
        assert_eq!(search.claim(4), Some(0..4));
        search.release(0..4, 0..4, &[hit(2, 5)]);
        assert_eq!(search.found(), None, "the rest of the batch may be lower");
        assert_eq!(search.claim(100), Some(4..10));
        assert_eq!(search.claim(100), None);
        assert_eq!(search.position(), 0);
        search.release(4..10, 4..7, &[]);
        assert_eq!(
            search.claim(100),
            Some(7..10),
            "what a device did not finish is claimed again"
        );
        search.release(7..10, 7..10, &[hit(8, 4)]);
        assert_eq!(search.found().unwrap().nonce.index, 8);
    }
}
