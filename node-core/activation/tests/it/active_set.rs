//! Active sets (05 §20); grades are among the known answers.

use std::time::Duration;

use proptest::prelude::*;
use spacemesh_activation::{
    ActiveSetError, ActiveSetSources, AtxData, AtxGrade, AtxTable, Candidate, PreparationPlan,
    PreparedActiveSet, grade, prepare_active_set,
};
use spacemesh_types::{
    Address, AtxId, EpochId, NodeId, Timestamp, VrfNonce, wire::active_set_hash,
};

const TARGET: EpochId = EpochId(5);
const DELAY: Duration = Duration::from_secs(10);

fn start() -> Timestamp {
    Timestamp::from_unix_seconds(1_000_000)
}

fn candidate(number: u8, seconds_before: i64) -> Candidate {
    Candidate {
        id: AtxId([number; 32]),
        weight: u64::from(number),
        received: Some(Timestamp::from_unix_seconds(1_000_000 - seconds_before)),
        condemned: None,
    }
}

fn table(numbers: &[u8]) -> AtxTable {
    let mut table = AtxTable::default();
    for &number in numbers {
        let data = AtxData {
            node: NodeId([number; 32]),
            coinbase: Address([0; 24]),
            weight: u64::from(number),
            base_height: 0,
            height: 1,
            nonce: VrfNonce(0),
        };
        assert!(table.add(TARGET, AtxId([number; 32]), &data, false));
    }
    table
}

fn graded_by(graded: &[Candidate], good_percent: u64) -> ActiveSetSources<'_> {
    ActiveSetSources {
        graded,
        good_percent,
        ..ActiveSetSources::default()
    }
}

fn prepared(
    sources: ActiveSetSources<'_>,
    table: &AtxTable,
) -> Result<PreparedActiveSet, ActiveSetError> {
    prepare_active_set(TARGET, start(), DELAY, sources, table)
}

#[test]
fn more_than_the_percentage_must_be_good() {
    let graded = [3, 1, 2].map(|number| candidate(number, 100));
    let late = candidate(4, 5);
    let all = [graded[0], graded[1], graded[2], late];
    let table = AtxTable::default();
    let set = prepared(graded_by(&all, 74), &table).unwrap();
    let ids = [1, 2, 3].map(|number| AtxId([number; 32]));
    assert_eq!(
        (set.set, set.weight, set.id),
        (ids.to_vec(), 6, active_set_hash(&ids))
    );
    // Three of four are 75 percent, which is not more than 75.
    let too_few = ActiveSetError::TooFewGood { good: 3, total: 4 };
    assert_eq!(prepared(graded_by(&all, 75), &table), Err(too_few));
    assert_eq!(
        prepared(graded_by(&[], 50), &table),
        Err(ActiveSetError::NoAtxs(TARGET))
    );
    let weightless = [Candidate {
        weight: 0,
        ..graded[0]
    }];
    assert_eq!(
        prepared(graded_by(&weightless, 50), &table),
        Err(ActiveSetError::NoWeight(TARGET))
    );
}

#[test]
fn a_trusted_set_comes_first_and_a_block_last() {
    let ids = [2, 1, 2].map(|number| AtxId([number; 32]));
    let sources = ActiveSetSources {
        trusted: Some(&ids),
        ..ActiveSetSources::default()
    };
    assert_eq!(prepared(sources, &table(&[1, 2])).unwrap().weight, 3);
    assert_eq!(
        prepared(sources, &table(&[1])),
        Err(ActiveSetError::MissingAtxs { missing: 1 })
    );
    let late = [candidate(7, 0)];
    let sources = ActiveSetSources {
        graded: &late,
        good_percent: 50,
        first_block: Some(&ids),
        ..ActiveSetSources::default()
    };
    assert_eq!(prepared(sources, &table(&[1, 2, 7])).unwrap().weight, 3);
}

#[test]
fn atxs_of_a_checkpoint_are_never_late() {
    assert_eq!(grade(None, None, start(), DELAY), AtxGrade::Good);
    assert_eq!(grade(None, Some(start()), start(), DELAY), AtxGrade::Good);
}

#[test]
fn preparation_is_tried_a_few_times() {
    let plan = PreparationPlan {
        window: Duration::from_secs(3600),
        tries: 20,
        retry_interval: Duration::from_secs(60),
    };
    assert_eq!(
        plan.attempt(0, start()),
        Some(start().minus(Duration::from_secs(3600)))
    );
    assert_eq!(
        plan.attempt(19, start()),
        Some(start().minus(Duration::from_secs(2460)))
    );
    assert_eq!(plan.attempt(20, start()), None);
}

proptest! {
    #[test]
    fn earlier_atxs_and_later_proofs_are_never_worse(
        received in -100_i64..10,
        condemned in -100_i64..10,
        earlier in 0_i64..50,
        later in 0_i64..50,
    ) {
        let at = |seconds| Some(Timestamp::from_unix_seconds(1_000_000 + seconds));
        let worse = grade(at(received), at(condemned), start(), DELAY);
        let better = grade(at(received - earlier), at(condemned + later), start(), DELAY);
        prop_assert!(better >= worse);
        prop_assert!(grade(at(received), None, start(), DELAY) >= worse);
    }

    #[test]
    fn any_instants_are_graded(received in any::<i64>(), condemned in any::<i64>(), delay in any::<u64>()) {
        let at = |seconds| Some(Timestamp::from_unix_seconds(seconds));
        grade(at(received), at(condemned), start(), Duration::from_secs(delay));
    }
}
