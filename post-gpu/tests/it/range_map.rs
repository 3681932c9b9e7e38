//! The set of labels that are done, against a plain set; and its file against arbitrary bytes.

use std::collections::BTreeSet;
use std::ops::Range;

use post_gpu::label::Commitment;
use post_gpu::range_map::{RangeMap, RangeMapHeader, decode, encode, load, save};
use proptest::prelude::*;

const SIZE: u64 = 60;

fn range() -> impl Strategy<Value = Range<u64>> {
    (0..SIZE, 0..SIZE).prop_map(|(a, b)| a.min(b)..a.max(b))
}

fn header() -> RangeMapHeader {
    RangeMapHeader {
        commitment: Commitment::from_bytes([3; 32]),
        labels: 1000,
        labels_per_file: 64,
    }
}

proptest! {
    #[test]
    fn behaves_like_a_set(steps in prop::collection::vec((any::<bool>(), range()), 0..40), asked in range()) {
        let mut map = RangeMap::new();
        let mut model = BTreeSet::new();
        for (add, range) in steps {
            if add {
                let overlap = range.clone().filter(|label| model.contains(label)).count() as u64;
                prop_assert_eq!(map.insert(range.clone()), overlap);
                model.extend(range);
            } else {
                map.remove(range.clone());
                model.retain(|label| !range.contains(label));
            }
            let ranges: Vec<_> = map.iter().collect();
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start), "sorted, apart: {:?}", ranges);
            prop_assert_eq!(ranges.into_iter().flatten().collect::<BTreeSet<_>>(), model.clone());
        }
        let inside: Vec<u64> = asked.clone().filter(|label| model.contains(label)).collect();
        prop_assert_eq!(map.count_in(asked.clone()), inside.len() as u64);
        prop_assert_eq!(map.within(asked.clone()).flatten().collect::<Vec<_>>(), inside);
        let gaps: Vec<u64> = map.gaps(asked.clone()).flatten().collect();
        prop_assert_eq!(gaps, asked.clone().filter(|label| !model.contains(label)).collect::<Vec<_>>());
        prop_assert_eq!(map.covers(asked.clone()), asked.clone().all(|label| model.contains(&label)));
        prop_assert_eq!(decode(&encode(&header(), &map)), Ok((header(), map)));
    }

    #[test]
    fn arbitrary_and_altered_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        prop_assert!(decode(&bytes).is_err());
        let map: RangeMap = [0..5, 9..12].into_iter().collect();
        let mut good = encode(&header(), &map);
        let at = at.index(good.len());
        good[at] ^= 1 << bit;
        prop_assert!(decode(&good).is_err(), "bit {bit} of byte {at}");
        good[at] ^= 1 << bit;
        good.truncate(at);
        prop_assert!(decode(&good).is_err());
    }
}

#[test]
fn a_saved_map_is_read_again_and_a_missing_one_is_none() {
    let dir = tempfile::tempdir().unwrap();
    assert!(load(dir.path()).unwrap().is_none());
    let map: RangeMap = [3..7, 20..21].into_iter().collect();
    save(dir.path(), &header(), &map).unwrap();
    assert_eq!(load(dir.path()).unwrap(), Some((header(), map)));
}
