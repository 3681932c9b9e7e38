//! Chains of proofs and the choice of what to build on (05 §12.3, §16.5, §17).

use spacemesh_activation::{
    AtxTable, ChainCheck, ChainStep, Change, Indices, MemoryState, Positioning, PositioningEffect,
    State, Trust, Validity, Verifier, View, Work, WorkResult, choose_positioning, known_commitment,
    warm_up_row,
};
use spacemesh_codec::BoundedBytes;
use spacemesh_types::{AtxId, EpochId, NodeId, Timestamp};

use crate::world::{Told, World, golden, key, resign, rules};

/// Answers as the proofs say, but all those of `bad` do not hold.
struct Except(Option<Whose>, WorkResult);

/// The identity and units of a proof.
type Whose = (NodeId, u32);

impl Verifier for Except {
    fn verify(&self, work: &Work) -> WorkResult {
        match work {
            Work::Post(work) if self.0 == Some((work.node, work.num_units)) => self.1,
            Work::Post(_) | Work::VrfNonce(_) => Told.verify(work),
        }
    }
}

fn check(
    state: &mut MemoryState,
    id: AtxId,
    trust: Trust,
    verifier: &impl Verifier,
) -> (Option<bool>, usize) {
    let mut check = ChainCheck::new(id, trust);
    let mut works = 0;
    let answer = loop {
        let step = match check.step(state) {
            ChainStep::Done(answer) => break answer,
            ChainStep::Check(step) => step,
        };
        works += step.len();
        for work in &step {
            let Work::Post(work) = work else {
                panic!("only proofs of space are checked");
            };
            assert_eq!(work.indices, Indices::All);
        }
        let results: Vec<_> = step.iter().map(|work| verifier.verify(work)).collect();
        if let Some(ChainStep::Done(answer)) = check.checked(&results, &rules(), state) {
            break answer;
        }
    };
    for change in check.changes() {
        state.apply(change);
    }
    (answer, works)
}

/// Four ATXs in a row, of 4, 5, 6 and 7 units.
fn chain() -> (World, Vec<AtxId>) {
    let mut world = World::new(rules());
    let initial = world.initial(&key(1), 2, 4);
    let mut ids = vec![world.accept_v1(&initial)];
    for number in 1..4_u32 {
        let atx = world.chained(
            &key(1),
            2 + number,
            number.into(),
            ids[ids.len() - 1],
            4 + number,
        );
        ids.push(world.accept_v1(&atx));
    }
    (world, ids)
}

fn validities(world: &World, ids: &[AtxId]) -> Vec<Validity> {
    let rows = ids.iter().map(|id| world.state.atx(*id).unwrap().validity);
    rows.collect()
}

#[test]
fn a_chain_is_checked_once_for_the_units_that_were_proved() {
    let (mut world, ids) = chain();
    let none = Except(None, WorkResult::Valid);
    let answer = check(&mut world.state, ids[3], Trust::default(), &none);
    assert_eq!(answer, (Some(true), 4));
    assert_eq!(validities(&world, &ids), [Validity::Valid; 4]);
    let again = check(&mut world.state, ids[3], Trust::default(), &none);
    assert_eq!(again, (Some(true), 0));
}

#[test]
fn a_bad_ancestor_spoils_all_that_build_on_it() {
    let (mut world, ids) = chain();
    // Five units: the second. The units that count there are four, with which it would be found innocent (trap 8).
    let second = Except(Some((key(1).node_id(), 5)), WorkResult::InvalidIndex(3));
    let answer = check(&mut world.state, ids[3], Trust::default(), &second);
    assert_eq!(answer, (Some(false), 3));
    let expected = [
        Validity::Unknown,
        Validity::Invalid,
        Validity::Invalid,
        Validity::Invalid,
    ];
    assert_eq!(validities(&world, &ids), expected);
    // It is remembered.
    let again = check(&mut world.state, ids[2], Trust::default(), &Told);
    assert_eq!(again, (Some(false), 0));
}

#[test]
fn a_check_that_was_broken_off_leaves_no_mark() {
    // The reference stores "invalid" for all of them.
    let (mut world, ids) = chain();
    let second = Except(Some((key(1).node_id(), 5)), WorkResult::Unavailable);
    assert_eq!(
        check(&mut world.state, ids[3], Trust::default(), &second).0,
        None
    );
    assert_eq!(validities(&world, &ids), [Validity::Unknown; 4]);
}

#[test]
fn age_and_the_own_identity_are_trusted() {
    let (mut world, ids) = chain();
    let own = Trust {
        node: Some(key(1).node_id()),
        received_before: None,
    };
    assert_eq!(check(&mut world.state, ids[3], own, &Told), (Some(true), 0));
    let old = Trust {
        node: None,
        received_before: Some(Timestamp::from_unix_seconds(1_000_001)),
    };
    assert_eq!(check(&mut world.state, ids[3], old, &Told), (Some(true), 0));
    let same = Trust {
        node: None,
        received_before: Some(Timestamp::from_unix_seconds(1_000_000)),
    };
    assert_eq!(
        check(&mut world.state, ids[3], same, &Told),
        (Some(true), 4)
    );
}

fn table(state: &MemoryState) -> AtxTable {
    let mut table = AtxTable::default();
    for row in state.atxs() {
        warm_up_row(&mut table, row);
    }
    table
}

/// Asks, answers all checks, and returns what was selected.
fn select(
    world: &mut World,
    positioning: &mut Positioning,
    publish: u32,
) -> Vec<Option<(AtxId, u64)>> {
    let table = table(&world.state);
    let mut effects = Vec::new();
    let state = &mut world.state;
    let publish = EpochId(publish);
    positioning.ask(publish, None, None, None, state, &table, &mut effects);
    let mut selected = Vec::new();
    while let Some(effect) = effects.pop() {
        match effect {
            PositioningEffect::Selected { candidate, .. } => selected.push(candidate),
            PositioningEffect::Check { job, works } => {
                let results: Vec<_> = works.iter().map(|work| Told.verify(work)).collect();
                positioning.checked(job, &results, &rules(), state, &table, &mut effects);
            }
        }
    }
    selected
}

#[test]
fn the_highest_atx_with_a_valid_chain_is_chosen() {
    let (mut world, ids) = chain();
    let mut positioning = Positioning::default();
    assert_eq!(
        select(&mut world, &mut positioning, 6),
        [Some((ids[3], 40))]
    );
    // The answer is kept, though what would be the answer is gone.
    world.state = MemoryState::default();
    assert_eq!(
        select(&mut world, &mut positioning, 6),
        [Some((ids[3], 40))]
    );
    assert_eq!(select(&mut world, &mut positioning, 7), [None]);
}

#[test]
fn only_atxs_of_the_latest_epoch_before_are_candidates() {
    let (mut world, ids) = chain();
    let mut positioning = Positioning::default();
    // For epoch 4: those published in 3, although later ones exist.
    assert_eq!(
        select(&mut world, &mut positioning, 4),
        [Some((ids[1], 20))]
    );
    // For epoch 100: the latest there is.
    assert_eq!(
        select(&mut world, &mut positioning, 100),
        [Some((ids[3], 40))]
    );
}

#[test]
fn candidates_that_do_not_hold_are_passed_over() {
    let (mut world, ids) = chain();
    let mut atx = world.initial(&key(2), 5, 4);
    atx.inner.challenge.positioning_atx = ids[2];
    let (reference, membership) = world.poet(atx.inner.challenge.hash(), 5000);
    let nipost = atx.inner.nipost.as_mut().unwrap();
    nipost.membership = membership;
    nipost.post_metadata.as_mut().unwrap().challenge = BoundedBytes::from(reference.0);
    resign(&mut atx, &key(2));
    let id = world.accept_v1(&atx);
    let mut positioning = Positioning::default();
    assert_eq!(select(&mut world, &mut positioning, 6), [Some((id, 80))]);
    // Its sample held when it came; all indices together do not.
    world.state.apply(Change::SetValidity {
        id,
        validity: Validity::Invalid,
    });
    let mut positioning = Positioning::default();
    assert_eq!(
        select(&mut world, &mut positioning, 6),
        [Some((ids[3], 40))]
    );
    // Malicious identities are never chosen.
    let table = {
        let mut table = table(&world.state);
        table.set_malicious(key(1).node_id());
        table
    };
    let mut effects = Vec::new();
    let mut positioning = Positioning::default();
    let state = &mut world.state;
    positioning.ask(EpochId(6), None, None, None, state, &table, &mut effects);
    let none = PositioningEffect::Selected {
        publish: EpochId(6),
        candidate: None,
    };
    assert_eq!(effects, [none]);
}

#[test]
fn a_search_ends_at_its_deadline_for_everybody() {
    // Trap 25.
    let (mut world, _) = chain();
    let table = table(&world.state);
    let mut positioning = Positioning::default();
    let mut effects = Vec::new();
    let deadline = Timestamp::from_unix_seconds(2_000_000);
    let state = &mut world.state;
    let publish = EpochId(6);
    positioning.ask(
        publish,
        None,
        None,
        Some(deadline),
        state,
        &table,
        &mut effects,
    );
    positioning.ask(
        publish,
        None,
        None,
        Some(deadline),
        state,
        &table,
        &mut effects,
    );
    let [PositioningEffect::Check { job, works }] = &effects[..] else {
        panic!("one search for both");
    };
    let (job, count) = (*job, works.len());
    assert_eq!(positioning.next_wakeup().unwrap().0, deadline);
    effects.clear();
    positioning.wake_up(deadline, &mut effects);
    let none = PositioningEffect::Selected {
        publish,
        candidate: None,
    };
    assert_eq!(effects, std::slice::from_ref(&none));
    // Results that come later change nothing, and a third asker hears the same.
    let results = vec![WorkResult::Valid; count];
    positioning.checked(job, &results, &rules(), state, &table, &mut effects);
    positioning.ask(publish, None, None, None, state, &table, &mut effects);
    assert_eq!(effects, [none.clone(), none]);
}

#[test]
fn the_own_previous_atx_wins_a_tie() {
    let (candidate, own) = (AtxId([1; 32]), AtxId([2; 32]));
    let choose = |candidate, own| choose_positioning(candidate, own, golden());
    assert_eq!(choose(None, None), golden());
    assert_eq!(choose(None, Some((own, 1))), own);
    assert_eq!(choose(Some((candidate, 5)), None), candidate);
    assert_eq!(choose(Some((candidate, 5)), Some((own, 5))), own);
    assert_eq!(choose(Some((candidate, 6)), Some((own, 5))), candidate);
}

#[test]
fn the_commitment_is_that_of_the_data_then_that_of_the_first_atx() {
    let (world, _) = chain();
    let data = Some(AtxId([3; 32]));
    let known = |data, number| known_commitment(data, key(number).node_id(), &world.state);
    assert_eq!(known(data, 1), Ok(data));
    assert_eq!(known(None, 1), Ok(Some(golden())));
    assert_eq!(known(None, 2), Ok(None));
}
