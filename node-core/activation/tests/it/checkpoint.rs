//! ATXs of checkpoints (05 §21).

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_activation::{
    AtxTable, CheckpointAtx, Conclusion, Ignored, IntakeEffect, State, View, checkpoint_rows,
    checkpointed, preserve, warm_up_row,
};
use spacemesh_crypto::SigningKey;
use spacemesh_types::{Address, AtxId, EpochId, VrfNonce};

use crate::world::{LABELS, World, golden, key, resign, rules};

fn row(key: &SigningKey, number: u8, publish: u32, sequence: u64) -> CheckpointAtx {
    CheckpointAtx {
        id: AtxId([number; 32]),
        publish_epoch: EpochId(publish),
        commitment: golden(),
        marriage_atx: None,
        vrf_nonce: VrfNonce(100 * LABELS),
        base_height: 50,
        ticks: 7,
        smesher: key.node_id(),
        sequence,
        coinbase: Address([1; 24]),
        effective_units: 4,
        units: BTreeMap::from([(key.node_id(), 5)]),
    }
}

#[test]
fn an_atx_follows_one_of_a_checkpoint() {
    let mut world = World::new(rules());
    world.state.apply(checkpointed(&row(&key(1), 70, 2, 9)));
    let atx = world.chained(&key(1), 3, 10, AtxId([70; 32]), 6);
    let id = world.accept_v1(&atx);
    let found = world.state.atx(id).unwrap();
    // Units that were proved count, five of them, not the four that counted.
    assert_eq!(
        (found.effective_units, found.base_height, found.weight),
        (5, 57, 50)
    );
    // It has no weight of its own in storage, and units times ticks in memory.
    let old = world.state.atx(AtxId([70; 32])).unwrap();
    assert_eq!((old.weight, old.table_weight()), (0, 28));
    let mut table = AtxTable::default();
    assert!(warm_up_row(&mut table, &old));
    assert_eq!(table.get(EpochId(3), old.id).unwrap().weight, 28);
}

#[test]
fn a_contradiction_with_one_of_a_checkpoint_is_no_proof() {
    let mut world = World::new(rules());
    world.state.apply(checkpointed(&row(&key(1), 70, 2, 9)));
    world.state.apply(checkpointed(&row(&key(1), 71, 3, 10)));
    // In the same epoch.
    let twin = world.chained(&key(1), 3, 10, AtxId([70; 32]), 4);
    let outcome = world.gossip_v1(&twin);
    assert_eq!(
        outcome.conclusion,
        Some(Conclusion::Ignored(Ignored::NoProof))
    );
    assert!(world.state.atx(twin.id()).is_none());
    // With the same previous one, which is none for all of a checkpoint.
    let initial = world.initial(&key(1), 4, 4);
    let outcome = world.gossip_v1(&initial);
    assert_eq!(
        outcome.conclusion,
        Some(Conclusion::Ignored(Ignored::NoProof))
    );
    // One that skips its predecessor, which nobody else follows, is accepted.
    let skips = world.chained(&key(1), 4, 10, AtxId([70; 32]), 4);
    world.accept_v1(&skips);
}

#[test]
fn a_checkpoint_has_the_latest_of_honest_identities() {
    let mut world = World::new(rules());
    let mut previous = world.initial(&key(1), 2, 4).id();
    let initial = world.initial(&key(1), 2, 4);
    world.accept_v1(&initial);
    for sequence in 1..7_u32 {
        let atx = world.chained(&key(1), 2 + sequence, sequence.into(), previous, 4);
        previous = world.accept_v1(&atx);
    }
    let one = world.initial(&key(2), 2, 4);
    world.accept_v1(&one);
    let mut other = one;
    other.inner.coinbase.0[0] = 1;
    resign(&mut other, &key(2));
    let effects = world.gossip_v1(&other).effects;
    assert!(
        effects
            .iter()
            .any(|it| matches!(it, IntakeEffect::Malfeasance { .. }))
    );
    let rows = checkpoint_rows(world.state.atxs().copied(), 1, &world.state);
    let epochs: Vec<_> = rows.iter().map(|row| row.publish_epoch.0).collect();
    assert_eq!(epochs, [8, 7, 6, 5], "one is raised to four");
    assert_eq!(rows[0].id, previous);
}

#[test]
fn what_is_kept_comes_back_in_the_order_of_epochs() {
    let mut world = World::new(rules());
    let initial = world.initial(&key(1), 2, 4);
    let first = world.accept_v1(&initial);
    let second = world.chained(&key(1), 3, 1, first, 4);
    let second = world.accept_v1(&second);
    let third = world.chained(&key(1), 4, 2, second, 4);
    let third = world.accept_v1(&third);
    let kept = |checkpoint: &[AtxId]| {
        let checkpoint: BTreeSet<_> = checkpoint.iter().copied().collect();
        preserve([third], &checkpoint, &rules(), &world.state)
    };
    let ids = |kept: &spacemesh_activation::Preserved| -> Vec<_> {
        kept.atxs.iter().map(|(id, _)| *id).collect()
    };
    assert_eq!(ids(&kept(&[])), [first, second, third]);
    assert_eq!(kept(&[]).poets.len(), 3);
    // What the checkpoint has ends the way back.
    assert_eq!(ids(&kept(&[second])), [third]);
    // Fed to a fresh intake in this order everything is found again.
    let preserved = kept(&[]);
    let mut fresh = World::new(rules());
    for reference in &preserved.poets {
        let poet = world.state.poet(*reference).unwrap();
        fresh.state.insert_poet(*reference, poet);
    }
    for (id, bytes) in preserved.atxs {
        fresh.take(spacemesh_activation::Origin::Fetched(id), bytes);
        assert!(fresh.state.atx(id).is_some());
    }
}
