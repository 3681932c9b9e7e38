//! The tree rule with values of the reference's tests (04 "Known answers"), and the streaming tree against the rule.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;

use super::*;
use crate::chain::Sha256;

/// SHA-256 of both, as in the reference's tests of its tree.
pub(crate) struct Plain;

impl NodeHash for Plain {
    fn node(&self, left: &[u8], right: &[u8]) -> Node {
        Sha256::best().digest(&[left, right].concat())
    }
}

/// Leaf `i` of those tests: the number, lowest byte first, and zeros.
pub(crate) fn leaf(index: u64) -> Node {
    let mut leaf = ZERO;
    leaf[..8].copy_from_slice(&index.to_le_bytes());
    leaf
}

/// The rule of 04 §3.1, word for word.
pub(crate) fn by_the_rule(leaves: u64, at: Position) -> Node {
    if u128::from(at.index) << at.height >= u128::from(leaves) {
        return ZERO;
    }
    if at.height == 0 {
        return leaf(at.index);
    }
    let child = |index| {
        let height = at.height - 1;
        by_the_rule(leaves, Position { height, index })
    };
    Plain.node(&child(2 * at.index), &child(2 * at.index + 1))
}

fn grown(leaves: u64) -> Parked {
    let mut parked = Parked::new();
    (0..leaves).for_each(|index| parked.push(&Plain, leaf(index), |_, _| {}));
    parked
}

#[test]
fn roots_of_the_reference() {
    for (leaves, root) in [
        (
            8,
            "89a0f1577268cc19b0a39c7a69f804fd140640c699585eb635ebb03c06154cce",
        ),
        (
            9,
            "cb71c80ee780788eedb819ec125a41e0cde57bd0955cdd3157ca363193ab5ff1",
        ),
        (
            10,
            "59f32a43534fe4c4c0966421aef624267cdf65bd11f74998c60f27c7caccb12d",
        ),
        (
            15,
            "b9746fb884ed07041c5cbb3bb5526e1383928e832a8385e08db995966889b5a8",
        ),
    ] {
        assert_eq!(hex::encode(grown(leaves).root(&Plain).unwrap()), root);
    }
}

#[test]
fn a_tree_of_one_leaf_is_the_leaf_and_a_tree_of_none_is_nothing() {
    assert_eq!(grown(1).root(&Plain), Some(leaf(0)));
    assert_eq!(grown(0).root(&Plain), None);
    assert_eq!((root_height(0), root_height(1), root_height(2)), (0, 0, 1));
    assert_eq!((root_height(1 << 40), root_height(u64::MAX)), (40, 64));
}

#[test]
fn proof_nodes_in_the_order_of_the_reference() {
    for (indices, expected) in [
        (
            vec![0, 4, 7],
            "01000000 0094579c 05000000 06000000 bc68417a",
        ),
        (vec![9], "08000000 00000000 00000000 89a0f157"),
        (
            vec![0, 4, 7, 9],
            "01000000 0094579c 05000000 06000000 08000000 00000000 00000000",
        ),
    ] {
        let nodes = proof_positions(10, &indices).into_iter();
        let nodes = nodes.map(|at| hex::encode(&by_the_rule(10, at)[..4]));
        assert_eq!(nodes.collect::<Vec<_>>().join(" "), expected, "{indices:?}");
    }
}

#[test]
fn what_is_resumed_must_fit_the_number_of_leaves() {
    assert!(Parked::resume(vec![ZERO; 2], 5).is_some());
    assert!(Parked::resume(vec![ZERO; 3], 5).is_none());
}

/// A leaf at the end of the longest tree that can be numbered: no shift overflows.
#[test]
fn the_longest_tree_has_64_siblings() {
    let positions = proof_positions(u64::MAX, &[u64::MAX - 1]);
    assert_eq!(positions.len(), 64);
    assert_eq!(ancestor(u64::MAX, 64), 0);
    assert_eq!(ancestor(u64::MAX, 5400), 0);
}

proptest! {
    /// Every node that the streaming tree shows, padded ones included, is what the rule says.
    #[test]
    fn streaming_follows_the_rule(leaves in 1_u64..300) {
        let mut parked = Parked::new();
        let check = |at: Position, node: &Node| assert_eq!(*node, by_the_rule(leaves, at), "{at:?}");
        for index in 0..leaves {
            // Nodes that are full do not depend on what follows.
            parked.push(&Plain, leaf(index), check);
        }
        let height = root_height(leaves);
        let root = parked.pad(&Plain, height, check);
        prop_assert_eq!(root, Some(by_the_rule(leaves, Position { height, index: 0 })));
        // A node above the root has padding on its right.
        let above = Position { height: height + 2, index: 0 };
        prop_assert_eq!(parked.pad(&Plain, above.height, |_, _| {}), Some(by_the_rule(leaves, above)));
    }
}
