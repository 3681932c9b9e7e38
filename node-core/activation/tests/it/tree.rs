//! Trees and memberships (05 §4.2, 04 §3).

use proptest::prelude::*;
use spacemesh_activation::{
    Leaves, MARRIAGES_LEAF, TreeRules, evaluate, join, list_root, nipost_root, root, siblings,
};
use spacemesh_codec::BoundedVec;
use spacemesh_types::{Hash32, PoetProofRef, wire::MerkleProof};

use crate::world::{World, element, key, rules_v2, sub_post};

fn leaves(count: u8) -> Vec<Hash32> {
    (1..=count).map(|number| Hash32([number; 32])).collect()
}

/// The value of a node by its definition (04 §3.1).
fn value(leaves: &[Hash32], height: u32, index: usize) -> Hash32 {
    if index << height >= leaves.len() {
        Hash32::ZERO
    } else if height == 0 {
        leaves[index]
    } else {
        let left = value(leaves, height - 1, 2 * index);
        let right = value(leaves, height - 1, 2 * index + 1);
        join(left.as_ref(), right.as_ref())
    }
}

/// The nodes of a partial proof by their definition (04 §3.3).
fn prove(leaves: &[Hash32], picked: &[u64], height: u32, index: u64, out: &mut Vec<Hash32>) {
    if height == 0 {
        return;
    }
    let covers = |node: u64| picked.iter().any(|leaf| leaf >> (height - 1) == node);
    let (left, right) = (2 * index, 2 * index + 1);
    let (in_left, in_right) = (covers(left), covers(right));
    if in_left {
        prove(leaves, picked, height - 1, left, out);
    }
    if in_right {
        prove(leaves, picked, height - 1, right, out);
    }
    let mut push = |node| out.push(value(leaves, height - 1, usize::try_from(node).unwrap()));
    match (in_left, in_right) {
        (true, false) => push(right),
        (false, true) => push(left),
        _ => {}
    }
}

#[test]
fn memberships_have_the_published_roots() {
    // 04, known answers.
    for (count, expected) in [
        (
            1,
            "0101010101010101010101010101010101010101010101010101010101010101",
        ),
        (
            2,
            "7dfb6d5986153fae21ad072c102d9b029a7c247f7e4019dc0ad217145a4a3485",
        ),
        (
            3,
            "d2814fc261af4aa4fc561a38699090eb9bf6b4d608de9066505dbe5a338002d0",
        ),
        (
            4,
            "fc6dfe0f0ccfa72176c90d61fd686d3443b34bae232b7c886fcb5b5df32d7bd4",
        ),
        (
            5,
            "0c97a4e2c62b2c1a75c3c68bcfcf5e8da9c37d01dd52d30e611245694b29279f",
        ),
        (
            8,
            "f20afd238542b78f02eac22cc7e744124bd028c12c1dc0df40ad76f34b93248e",
        ),
    ] {
        let leaves = leaves(count);
        let leaves: Vec<&[u8]> = leaves.iter().map(|leaf| leaf.as_ref()).collect();
        assert_eq!(root(&leaves).to_hex(), expected, "{count} leaves");
    }
}

#[test]
fn zero_length_leaves_vanish_on_the_left_and_are_empty_on_the_right() {
    let (a, b): (&[u8], &[u8]) = (&[1; 4], &[2; 4]);
    assert_eq!(root(&[&[], a, b]), join(a, b));
    assert_eq!(root(&[a, &[]]), join(a, &[]));
    assert_ne!(root(&[a, &[]]), root(&[a, &[0; 32]]));
    assert_eq!(root(&[&[], &[], &[]]), Hash32::ZERO);
    assert_eq!(root(&[]), Hash32::ZERO);
}

#[test]
fn many_sub_posts_that_drop_out_shorten_their_tree() {
    // 256 of them leave a tree without leaves; no position panics.
    let membership = MerkleProof {
        nodes: BoundedVec::new(),
        leaf_index: 0,
    };
    let roots = [1, 2, 255, 256].map(|count| {
        let posts = vec![sub_post(0, 0, 1); count];
        let element = element(PoetProofRef([1; 32]), &membership, &posts);
        nipost_root(&element, &[], TreeRules::Snapshot)
    });
    // One dropped leaf of 256 is padded again; two leave less than the subtree of zeros.
    assert_ne!(roots[0], roots[1]);
    // One leaf of zeros, or none, is a root of zeros.
    assert_eq!(roots[2], roots[3]);
}

#[test]
fn a_field_proof_leads_to_the_id() {
    let mut world = World::new(rules_v2());
    let atx = world.v2(&key(1), 5, None, 4);
    let leaves = Leaves::of(&atx, TreeRules::Snapshot);
    let leaf = Hash32(leaves.leaf(MARRIAGES_LEAF).unwrap().try_into().unwrap());
    let proof = leaves.proof(MARRIAGES_LEAF);
    assert_eq!(proof.len(), 4);
    assert_eq!(
        evaluate(&[(7, leaf)], &proof),
        Some(leaves.id().to_hash32())
    );
    // The coinbase next to it has 24 bytes, which no proof can carry.
    assert!(leaves.proof(3).is_empty());
    assert!(leaves.proof(9).is_empty());
}

proptest! {
    #[test]
    fn a_partial_proof_evaluates_to_the_root(
        count in 1_u8..40,
        picked in prop::collection::btree_set(0_u64..40, 1..10),
    ) {
        let leaves = leaves(count);
        let picked: Vec<u64> = picked.into_iter().map(|leaf| leaf % u64::from(count)).collect();
        let mut picked = picked;
        picked.sort_unstable();
        picked.dedup();
        let height = u32::from(count).next_power_of_two().ilog2();
        let mut nodes = Vec::new();
        prove(&leaves, &picked, height, 0, &mut nodes);
        let proven: Vec<_> = picked
            .iter()
            .map(|&leaf| (leaf, leaves[usize::try_from(leaf).unwrap()]))
            .collect();
        let expected = value(&leaves, height, 0);
        prop_assert_eq!(evaluate(&proven, &nodes), Some(expected));
        // A surplus node is consumed above the root, a missing one ends the walk early: another value.
        nodes.push(Hash32::ZERO);
        prop_assert_ne!(evaluate(&proven, &nodes), Some(expected));
    }

    #[test]
    fn any_partial_proof_is_evaluated_without_a_panic(
        picked in prop::collection::btree_set(any::<u64>(), 0..20),
        nodes in prop::collection::vec(any::<[u8; 32]>(), 0..100),
    ) {
        let leaves: Vec<_> = picked.iter().map(|&leaf| (leaf, Hash32([3; 32]))).collect();
        let nodes: Vec<_> = nodes.into_iter().map(Hash32).collect();
        prop_assert_eq!(evaluate(&leaves, &nodes).is_none(), leaves.is_empty());
    }

    #[test]
    fn a_list_is_a_tree_with_zeros_as_leaves(count in 0_u8..20, height in 0_u32..6) {
        let leaves = leaves(count);
        let width = 1_usize << height;
        let mut all = leaves.clone();
        all.resize(width, Hash32::ZERO);
        let all: Vec<&[u8]> = all.iter().map(|leaf| leaf.as_ref()).collect();
        prop_assert_eq!(list_root(&leaves, height), root(&all));
    }

    #[test]
    fn siblings_lead_to_the_root(count in 2_u8..40, index in 0_usize..40) {
        let leaves = leaves(count);
        let index = index % leaves.len();
        let slices: Vec<&[u8]> = leaves.iter().map(|leaf| leaf.as_ref()).collect();
        let proof = siblings(&slices, index);
        let leaf = (u64::try_from(index).unwrap(), leaves[index]);
        prop_assert_eq!(evaluate(&[leaf], &proof), Some(root(&slices)));
    }
}
