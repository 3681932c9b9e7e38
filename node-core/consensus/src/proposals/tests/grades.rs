//! Grades and the plan of preparing a set: what the known answers do not show.

use super::*;

const DELAY: Duration = Duration::from_secs(10);

fn start() -> Timestamp {
    Timestamp::from_unix_seconds(1_000_000)
}

#[test]
fn atxs_of_a_checkpoint_are_never_late() {
    assert_eq!(grade_atx(start(), DELAY, None, None), Grade::Good);
    assert_eq!(grade_atx(start(), DELAY, None, Some(start())), Grade::Good);
}

#[test]
fn an_atx_named_twice_by_a_trusted_set_weighs_once() {
    let mut world = world();
    let known = *world.atxs.keys().next().unwrap();
    let once = prepare(&world, 12, 90, Some(&[known]), &[]).unwrap();
    let twice = prepare(&world, 12, 90, Some(&[known, known]), &[]).unwrap();
    assert_eq!(once, twice);
    world.atxs.clear();
    let unknown = prepare(&world, 12, 90, Some(&[known]), &[]);
    assert!(matches!(unknown, Err(PrepareError::UnknownAtx { .. })));
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
        let worse = grade_atx(start(), DELAY, at(received), at(condemned));
        let better = grade_atx(start(), DELAY, at(received - earlier), at(condemned + later));
        prop_assert!(better >= worse);
        prop_assert!(grade_atx(start(), DELAY, at(received), None) >= worse);
    }

    #[test]
    fn any_instants_are_graded(received in any::<i64>(), condemned in any::<i64>(), delay in any::<u64>()) {
        let at = |seconds| Some(Timestamp::from_unix_seconds(seconds));
        grade_atx(start(), Duration::from_secs(delay), at(received), at(condemned));
    }
}
