//! Comparing clocks with peers (01 §6.3).

use std::time::Duration;

use spacemesh_types::{
    Timestamp,
    network::{PeerClockVerdict, PeerOffsets, PeerTimeCheck, PeerTimeRules, offset_of},
    wire::PeerTimeResponse,
};

fn at(nanos: i128) -> Timestamp {
    Timestamp::from_unix_nanos(nanos)
}

fn median(asked: i128, answers: &[(u64, i128)]) -> Option<i128> {
    let mut round = PeerOffsets::new(7, at(asked));
    for (timestamp, received) in answers {
        assert!(round.add(
            at(*received),
            &PeerTimeResponse {
                id: 7,
                timestamp: *timestamp
            }
        ));
    }
    round.median()
}

#[test]
fn a_round_is_the_median_of_its_answers() {
    let at_zero = |timestamps: &[u64]| {
        let answers: Vec<_> = timestamps.iter().map(|timestamp| (*timestamp, 0)).collect();
        median(0, &answers)
    };
    assert_eq!(at_zero(&[30, 10, 20]), Some(20));
    assert_eq!(at_zero(&[30, 10, 20, 40]), Some(25));
    assert_eq!(at_zero(&[100]), Some(100));
    assert_eq!(at_zero(&[100, 120]), Some(110));
    assert_eq!(at_zero(&[]), None);
    assert_eq!(median(50, &[(100, 140), (100, 140), (100, 120)]), Some(5));
}

#[test]
fn halves_are_cut_toward_zero() {
    assert_eq!(offset_of(at(0), at(3), at(0)), -1);
    assert_eq!(offset_of(at(3), at(0), at(0)), -2);
}

#[test]
fn answers_to_another_round_are_dropped() {
    let mut round = PeerOffsets::new(7, at(0));
    assert!(!round.add(
        at(0),
        &PeerTimeResponse {
            id: 6,
            timestamp: 5
        }
    ));
    assert!(round.is_empty());
}

/// A round in which all peers are ahead by some seconds.
fn round(check: &mut PeerTimeCheck, seconds: u64, answers: usize) -> (PeerClockVerdict, Duration) {
    let mut round = check.begin(at(0), 3).unwrap();
    for _ in 0..answers {
        let timestamp = seconds * 1_000_000_000;
        round.add(
            at(0),
            &PeerTimeResponse {
                id: round.id(),
                timestamp,
            },
        );
    }
    check.finish(&round)
}

#[test]
fn ten_bad_rounds_in_a_row_are_a_wrong_clock_and_one_good_round_forgets_them() {
    let rules = PeerTimeRules::default();
    let mut check = PeerTimeCheck::new(rules);
    let offset = 11_000_000_000;
    for failures in 1..10 {
        assert_eq!(
            round(&mut check, 11, 3),
            (
                PeerClockVerdict::Off { offset, failures },
                rules.round_interval
            )
        );
    }
    // Too few answers change nothing, and are tried again soon.
    let few = PeerClockVerdict::TooFewResponses {
        received: 2,
        required: 3,
    };
    assert_eq!(round(&mut check, 11, 2), (few, rules.round_retry_interval));
    assert_eq!(
        round(&mut check, 11, 3).0,
        PeerClockVerdict::Wrong {
            offset,
            failures: 10
        }
    );
    // Exactly the largest difference is fine.
    assert_eq!(
        round(&mut check, 10, 3).0,
        PeerClockVerdict::Fine {
            offset: 10_000_000_000
        }
    );
    assert_eq!(
        round(&mut check, 11, 3).0,
        PeerClockVerdict::Off {
            offset,
            failures: 1
        }
    );
}

#[test]
fn nobody_is_asked_with_too_few_peers_and_rounds_are_numbered() {
    let mut check = PeerTimeCheck::new(PeerTimeRules::default());
    assert!(check.begin(at(0), 2).is_none());
    assert_eq!(check.begin(at(0), 3).unwrap().id(), 0);
    assert_eq!(check.begin(at(0), 3).unwrap().id(), 1);
}
