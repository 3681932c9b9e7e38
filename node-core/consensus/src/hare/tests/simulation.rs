//! Networks from seeds: whatever goes wrong within what the protocol allows, no two honest nodes decide differently, and connected ones
//! decide. A failure prints its seed.

use std::collections::BTreeSet;

use super::{
    super::Version,
    world::{Chance, Faults, World},
};

/// Nothing goes wrong but time passes.
const CALM: Faults = Faults {
    honest: 5,
    equivocators: 0,
    loss: 0,
    delay_ms: 500,
    cut: None,
    missing: 0,
    two_stories: None,
};

/// Faults that a seed chooses, with a profile of its own: an honest majority of seats, and gossip that reaches all within a round.
fn swarm(seed: u64) -> (Version, Faults) {
    let mut chance = Chance::new(seed ^ 0x5eed);
    let equivocators = usize::try_from(chance.below(3)).unwrap();
    // More than two thirds of the seats are honest.
    let honest = 2 * equivocators + 2 + usize::try_from(chance.below(4)).unwrap();
    let version = if chance.percent(50) {
        Version::Hare3
    } else {
        Version::Hare4
    };
    let faults = Faults {
        honest,
        equivocators,
        loss: chance.below(40),
        delay_ms: 1 + chance.below(2_500),
        cut: None,
        missing: chance.below(40),
        two_stories: chance.percent(50).then_some(honest / 2),
    };
    (version, faults)
}

fn agree(world: &World, seed: u64) {
    let results: BTreeSet<_> = world.results().into_iter().flatten().collect();
    assert!(
        results.len() <= 1,
        "seed {seed}: {results:?}\n{:#?}",
        world.log
    );
    assert!(world.all_over(), "seed {seed}: a session never ended");
}

#[test]
fn a_calm_network_decides_with_one_coin() {
    for version in [Version::Hare3, Version::Hare4] {
        for honest in [1, 2, 5, 8] {
            let seed = honest as u64;
            let world = World::from_seed(seed, version, Faults { honest, ..CALM }).run();
            agree(&world, seed);
            let results = world.results();
            assert!(
                results
                    .iter()
                    .all(|result| result.is_some_and(|set| set.len() == 6)),
                "{results:?}"
            );
            let coins: BTreeSet<_> = world.coins().into_iter().collect();
            assert_eq!(coins.len(), 1);
            assert!(coins.iter().all(Option::is_some));
        }
    }
}

#[test]
fn the_same_seed_runs_the_same_way() {
    let faults = Faults {
        equivocators: 2,
        loss: 30,
        delay_ms: 2_000,
        missing: 30,
        ..CALM
    };
    let log = || World::from_seed(3, Version::Hare4, faults).run().log;
    assert_eq!(log(), log());
}

#[test]
fn honest_nodes_agree_whatever_equivocators_say_and_links_do() {
    let mut decided = 0;
    let mut found_out = 0;
    for seed in 0..40 {
        let (version, faults) = swarm(seed);
        let world = World::from_seed(seed, version, faults).run();
        agree(&world, seed);
        decided += usize::from(world.results().iter().all(Option::is_some));
        found_out += usize::from(
            faults.equivocators > 0 && world.nodes_that_found_somebody_out() == faults.honest,
        );
    }
    // The faults were real and the networks useful nevertheless.
    assert!(decided >= 30, "{decided} of 40 decided");
    assert!(
        found_out >= 15,
        "everybody found the equivocators out in {found_out} runs"
    );
}

#[test]
fn connected_nodes_decide_while_a_minority_is_cut_off() {
    for seed in 0..16 {
        let mut chance = Chance::new(seed);
        let from = chance.below(200);
        let faults = Faults {
            honest: 7,
            cut: Some((2, from, from + 20 + chance.below(150))),
            loss: 20,
            delay_ms: 1_500,
            ..CALM
        };
        let version = if seed % 2 == 0 {
            Version::Hare3
        } else {
            Version::Hare4
        };
        let world = World::from_seed(seed, version, faults).run();
        agree(&world, seed);
        let results = world.results();
        assert!(
            results[2..].iter().all(Option::is_some),
            "seed {seed}: {results:?}"
        );
    }
}

#[test]
fn without_an_honest_majority_the_net_has_holes() {
    // A canary: if this world could not show disagreement, the tests above would show nothing.
    let faults = Faults {
        honest: 4,
        equivocators: 9,
        cut: Some((2, 0, 360)),
        two_stories: Some(2),
        ..CALM
    };
    let mut disagreements = 0;
    for seed in 0..8 {
        let world = World::from_seed(seed, Version::Hare3, faults).run();
        let results: BTreeSet<_> = world.results().into_iter().flatten().collect();
        disagreements += usize::from(results.len() > 1);
    }
    assert!(disagreements > 0);
}
