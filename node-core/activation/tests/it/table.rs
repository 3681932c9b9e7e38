//! The table of ATXs against a readable model (05 §19).

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use spacemesh_activation::{AtxData, AtxTable, warm_up_row, warm_up_watermark};
use spacemesh_types::{Address, AtxId, EpochId, LayerId, LayersPerEpoch, NodeId, VrfNonce, sum};

use crate::world::{World, key, rules};

fn id(number: u64) -> AtxId {
    AtxId(sum([number.to_le_bytes()]).0)
}

fn data(node: u8, weight: u64, base_height: u64, height: u64) -> AtxData {
    AtxData {
        node: NodeId([node; 32]),
        coinbase: Address([node; 24]),
        weight,
        base_height,
        height,
        nonce: VrfNonce(u64::from(node) << 40),
    }
}

#[derive(Default)]
struct Model {
    epochs: BTreeMap<EpochId, BTreeMap<AtxId, AtxData>>,
    malicious: BTreeSet<NodeId>,
    watermark: Option<EpochId>,
}

impl Model {
    fn add(&mut self, target: EpochId, id: AtxId, data: AtxData, malicious: bool) -> bool {
        if malicious {
            self.malicious.insert(data.node);
        }
        if self.watermark.is_some_and(|evicted| target <= evicted) {
            return false;
        }
        let epoch = self.epochs.entry(target).or_default();
        if epoch.contains_key(&id) {
            return false;
        }
        epoch.insert(id, data);
        true
    }

    fn highest(&self, target: EpochId) -> Vec<(u64, AtxId)> {
        let all = self.epochs.get(&target).into_iter().flatten();
        let honest = all.filter(|(_, data)| !self.malicious.contains(&data.node));
        let mut rows: Vec<_> = honest.map(|(id, data)| (data.height, *id)).collect();
        rows.sort_by_key(|(height, id)| (std::cmp::Reverse(*height), *id));
        rows
    }
}

#[derive(Debug, Clone)]
enum Step {
    Add(u32, u64, AtxData, bool),
    Evict(u32),
    Malicious(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let number = prop_oneof![
        0_u64..20,
        any::<u64>(),
        Just(u64::MAX),
        Just(u64::from(u32::MAX))
    ];
    let figures = (0_u8..6, number.clone(), number.clone(), number);
    let honest = figures.prop_map(|(node, units, base, ticks)| {
        data(
            node,
            units.wrapping_mul(ticks),
            base,
            base.wrapping_add(ticks),
        )
    });
    let any_data = (0_u8..6, any::<u64>(), any::<u64>(), any::<u64>())
        .prop_map(|(node, weight, base, height)| data(node, weight, base, height));
    let step = prop_oneof![
        8 => (1_u32..4, 0_u64..40, honest, prop::bool::weighted(0.05))
            .prop_map(|(epoch, id, data, bad)| Step::Add(epoch, id, data, bad)),
        4 => (1_u32..4, 0_u64..40, any_data, Just(false))
            .prop_map(|(epoch, id, data, bad)| Step::Add(epoch, id, data, bad)),
        1 => (0_u32..3).prop_map(Step::Evict),
        1 => (0_u8..6).prop_map(Step::Malicious),
    ];
    prop::collection::vec(step, 0..80)
}

proptest! {
    #[test]
    fn the_table_answers_as_the_model(steps in steps(), count in 1_usize..7) {
        let mut table = AtxTable::default();
        let mut model = Model::default();
        table.add_own(NodeId([1; 32]));
        let mut own = BTreeMap::new();
        for step in steps {
            match step {
                Step::Add(epoch, number, data, malicious) => {
                    let target = EpochId(epoch);
                    let added = table.add(target, id(number), &data, malicious);
                    prop_assert_eq!(added, model.add(target, id(number), data, malicious));
                    if added && data.node == NodeId([1; 32]) {
                        own.insert(target, id(number));
                    }
                }
                Step::Evict(epoch) => {
                    table.evict(EpochId(epoch));
                    model.watermark = model.watermark.max(Some(EpochId(epoch)));
                    model.epochs.retain(|target, _| target.0 > epoch);
                    own.retain(|target, _| target.0 > epoch);
                }
                Step::Malicious(node) => {
                    table.set_malicious(NodeId([node; 32]));
                    model.malicious.insert(NodeId([node; 32]));
                }
            }
        }
        let mut nodes = BTreeSet::new();
        for target in (0..5).map(EpochId) {
            let empty = BTreeMap::new();
            let rows = model.epochs.get(&target).unwrap_or(&empty);
            let all: Vec<_> = table.iter(target).collect();
            let expected: Vec<_> = rows.iter().map(|(id, data)| (*id, *data)).collect();
            prop_assert_eq!(&all, &expected);
            prop_assert_eq!(table.len(target), rows.len());
            nodes.extend(rows.values().map(|data| data.node));
            let asked: Vec<_> = (0..45).map(id).collect();
            let missing: Vec<_> = asked.iter().filter(|id| !rows.contains_key(*id)).copied().collect();
            prop_assert_eq!(table.missing(target, &asked), missing);
            let (weight, known) = table.weight_of(target, &asked);
            let sum = rows.values().fold(0_u64, |sum, data| sum.wrapping_add(data.weight));
            prop_assert_eq!(weight, sum);
            prop_assert_eq!(known.iter().filter(|known| **known).count(), rows.len());
            prop_assert_eq!(table.by_node(target, NodeId([1; 32])), own.get(&target).copied());
            let other = rows.iter().find(|(_, data)| data.node == NodeId([2; 32]));
            prop_assert_eq!(table.by_node(target, NodeId([2; 32])), other.map(|(id, _)| *id));
            // A few at a time until there are no more gives all in order.
            let mut ranked = Vec::new();
            loop {
                let more = table.highest(target, ranked.last().copied(), count);
                if more.is_empty() {
                    break;
                }
                ranked.extend(more);
            }
            prop_assert_eq!(ranked, model.highest(target));
        }
        // Identities that no epoch has any more take no room.
        prop_assert_eq!(table.identities(), nodes.len());
    }
}

#[test]
fn a_row_takes_64_bytes_and_little_slack() {
    let mut table = AtxTable::default();
    let count = 200_000_u64;
    for number in 0..count {
        let mut data = data(0, 40, 10, 20);
        data.node = NodeId(sum([&number.to_le_bytes()[..], b"node"]).0);
        assert!(table.add(EpochId(1), id(number), &data, false));
    }
    let per_row = table.heap_size() as f64 / count as f64;
    // 64 for the row, 32 + 4 + 4 for the identity, and the slack of vectors that grow.
    assert!(per_row < 64.0 * 1.13 + 80.0, "{per_row} bytes per ATX");
    let before = table.heap_size();
    for number in 0..1000 {
        let data = table.get(EpochId(1), id(number)).unwrap();
        assert_eq!((data.weight, data.base_height, data.height), (40, 10, 20));
        assert!(table.add(EpochId(2), id(number), &data, false));
    }
    // In a second epoch an identity is only referred to.
    assert!(table.heap_size() - before < 1000 * 100 + (1 << 12) * 24 + 8000);
    table.evict(EpochId(2));
    assert_eq!(table.identities(), 0);
}

#[test]
fn rows_are_loaded_as_they_were_added_live() {
    let mut world = World::new(rules());
    let atx = world.initial(&key(1), 2, 4);
    let id = world.accept_v1(&atx);
    let mut table = AtxTable::default();
    for row in world.state.atxs() {
        assert!(warm_up_row(&mut table, row));
    }
    let data = table.get(EpochId(3), id).unwrap();
    assert_eq!(
        (data.weight, data.height, data.node),
        (40, 10, key(1).node_id())
    );
}

#[test]
fn the_watermark_lies_one_window_and_one_epoch_back() {
    let layers = LayersPerEpoch::new(10).unwrap();
    let watermark = |applied, window| warm_up_watermark(LayerId(applied), window, layers);
    assert_eq!(watermark(155, 20), Some(EpochId(12)));
    assert_eq!(watermark(155, 21), Some(EpochId(11)));
    assert_eq!(watermark(35, 20), None);
    assert_eq!(watermark(0, 1000), None);
    assert_eq!(watermark(u32::MAX, u32::MAX), None);
}
