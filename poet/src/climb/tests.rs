//! Partial proofs up to their root (04 §3.4), with the oddities that the reference accepts.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;

use super::*;
use crate::hash::Node;
use crate::tree::tests::{Plain, by_the_rule, leaf};
use crate::tree::{Position, proof_positions, root_height};

fn up(indices: &[u64], leaves: &[Node], nodes: &[Vec<u8>]) -> Result<Climbed, ShapeError> {
    let leaves = leaves.iter().map(Node::as_slice);
    climb(
        &Plain,
        indices,
        leaves,
        nodes.iter().map(Vec::as_slice),
        true,
    )
}

fn proof(count: u64, indices: &[u64]) -> (Vec<Node>, Vec<Vec<u8>>) {
    let nodes = proof_positions(count, indices).into_iter();
    let nodes = nodes.map(|at| by_the_rule(count, at).to_vec()).collect();
    (indices.iter().map(|index| leaf(*index)).collect(), nodes)
}

fn root(count: u64) -> Node {
    let height = root_height(count);
    by_the_rule(count, Position { height, index: 0 })
}

#[test]
fn left_siblings_of_the_reference() {
    let (leaves, nodes) = proof(8, &[4, 6]);
    let climbed = up(&[4, 6], &leaves, &nodes).unwrap();
    assert_eq!(climbed.value.as_bytes(), root(8));
    let ways = climbed.left_siblings.iter();
    let ways = ways.map(|way| {
        way.iter()
            .map(|node| hex::encode(&node.as_bytes()[..2]))
            .collect()
    });
    assert_eq!(
        ways.collect::<Vec<Vec<_>>>(),
        [vec!["ba94"], vec!["bd50", "ba94"]]
    );
}

#[test]
fn what_is_no_partial_proof_is_refused_in_the_order_of_the_reference() {
    let leaves = [leaf(0), leaf(1)];
    let refused = |indices: &[u64], count: usize| up(indices, &leaves[..count], &[]).unwrap_err();
    assert_eq!(
        refused(&[2, 1], 1),
        ShapeError::CountsDiffer {
            indices: 2,
            leaves: 1
        }
    );
    assert_eq!(refused(&[], 0), ShapeError::NoLeaf);
    assert_eq!(
        refused(&[2, 1], 2),
        ShapeError::Unsorted { before: 2, next: 1 }
    );
    assert_eq!(refused(&[1, 1], 2), ShapeError::Duplicate { index: 1 });
}

/// There is no check of the height: more nodes are hashed on the right, at their own length, as often as there are some.
#[test]
fn surplus_nodes_are_taken_above_the_root() {
    let (leaves, mut nodes) = proof(5, &[1, 3]);
    let mut expected = root(5);
    for step in 0..5400_usize {
        let node = vec![7; step % 33];
        expected = Plain.node(&expected, &node);
        nodes.push(node);
    }
    let climbed = up(&[1, 3], &leaves, &nodes).unwrap();
    assert_eq!(climbed.value.as_bytes(), expected);
    assert_eq!(
        climbed
            .left_siblings
            .iter()
            .map(Vec::len)
            .collect::<Vec<_>>(),
        [1, 2]
    );
}

/// A way that lacks a node ends where it is, and what is below it is not reached.
#[test]
fn missing_nodes_end_the_way_silently() {
    let (leaves, nodes) = proof(8, &[0, 7]);
    let climbed = up(&[0, 7], &leaves, &nodes[..2]).unwrap();
    assert_ne!(climbed.value.as_bytes(), root(8));
    let climbed = up(&[0, 7], &leaves, &[]).unwrap();
    assert_eq!(climbed.value.as_bytes(), leaf(0));
    assert_eq!(climbed.left_siblings.len(), 1);
}

/// Indices at the end of what can be numbered, and a way of more than 64 levels.
#[test]
fn the_largest_indices_do_not_overflow() {
    let indices = [0, 1, u64::MAX - 1, u64::MAX];
    let nodes = vec![vec![1; 32]; 400];
    let climbed = up(&indices, &[leaf(3); 4], &nodes).unwrap();
    assert_eq!(climbed.left_siblings.len(), 4);
    let ways: Vec<usize> = climbed.left_siblings.iter().map(Vec::len).collect();
    assert_eq!(ways, [0, 1, 63, 64]);
}

proptest! {
    /// The proof of any leaves of any tree leads to its root, and the left siblings are those of the tree.
    #[test]
    fn a_proof_leads_to_the_root(count in 1_u64..80, picks in prop::collection::btree_set(0_u64..80, 1..20)) {
        let indices: Vec<u64> = picks.into_iter().map(|pick| pick % count).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        let (leaves, nodes) = proof(count, &indices);
        let climbed = up(&indices, &leaves, &nodes).unwrap();
        let expected = root(count);
        prop_assert_eq!(climbed.value.as_bytes(), expected.as_slice());
        prop_assert_eq!(climbed.left_siblings.len(), indices.len());
        for (index, way) in indices.iter().zip(&climbed.left_siblings) {
            let heights = (0..root_height(count)).filter(|height| index >> height & 1 == 1);
            let expected: Vec<Node> = heights
                .map(|height| by_the_rule(count, Position { height, index: (index >> height) - 1 }))
                .collect();
            let way: Vec<&[u8]> = way.iter().map(Short::as_bytes).collect();
            prop_assert_eq!(way, expected.iter().map(Node::as_slice).collect::<Vec<_>>());
        }
    }

    /// Whatever a peer sends, there is an answer.
    #[test]
    fn any_input_has_an_answer(
        indices in prop::collection::vec(any::<u64>(), 0..12),
        nodes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..33), 0..200),
    ) {
        let leaves = vec![leaf(1); indices.len()];
        if let Ok(climbed) = up(&indices, &leaves, &nodes) {
            prop_assert!(climbed.left_siblings.iter().all(|way| way.len() <= 64));
        }
    }
}
