//! One pass over a list, and the whole tree, give the same proofs.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;

use super::*;

fn leaves(count: u16) -> Vec<Node> {
    let leaf = |i: u16| *blake3::hash(&i.to_le_bytes()).as_bytes();
    (0..count).map(leaf).collect()
}

#[test]
fn nobody_is_in_an_empty_round() {
    let tree = Tree::build(Vec::new());
    assert!(tree.is_empty());
    assert_eq!((tree.root(), tree.proof(0)), (None, None));
    let members = Stream::new().finish();
    assert_eq!((members.count, members.root), (0, None));
}

/// Identities may share a challenge; each has its own proof.
#[test]
fn equal_challenges_are_different_members() {
    let tree = Tree::build(vec![[1; 32], [1; 32], [1; 32]]);
    let root = tree.root().unwrap();
    for index in 0..3 {
        let nodes = tree.proof(index).unwrap();
        verify(&root, &[index], &[[1; 32]], &nodes).unwrap();
    }
}

/// Higher bits of an index do not matter, so one membership has many forms (04 Trap 15).
#[test]
fn bits_of_the_index_above_the_nodes_are_ignored() {
    let leaves = leaves(5);
    let tree = Tree::build(leaves.clone());
    let root = tree.root().unwrap();
    let nodes = tree.proof(3).unwrap();
    assert_eq!(nodes.len(), 3);
    for index in [3, 3 + 8, 3 + (1 << 40), u64::MAX - 4] {
        verify(&root, &[index], &[leaves[3]], &nodes).unwrap();
    }
    assert!(verify(&root, &[2], &[leaves[3]], &nodes).is_err());
}

#[test]
fn indices_that_make_no_proof_are_refused() {
    let tree = Tree::build(leaves(5));
    let refused = Err(IndicesError { members: 5 });
    for indices in [&[][..], &[5], &[1, 1], &[2, 1], &[0, 9]] {
        assert_eq!(tree.multi_proof(indices), refused, "{indices:?}");
    }
}

proptest! {
    #[test]
    fn a_list_read_once_gives_the_proofs_of_the_tree(count in 0_u16..200, watched in any::<u64>()) {
        let leaves = leaves(count);
        let tree = Tree::build(leaves.clone());
        let mut stream = Stream::new();
        for (index, leaf) in leaves.iter().enumerate() {
            stream.push(*leaf, watched.rotate_left(index as u32) & 3 == 3);
        }
        prop_assert_eq!(stream.len(), u64::from(count));
        let members = stream.finish();
        prop_assert_eq!(members.root, tree.root());
        prop_assert_eq!(members.count, tree.len());
        for member in &members.watched {
            prop_assert_eq!(leaves[member.index as usize], member.leaf);
            prop_assert!(tree.proof(member.index).as_ref() == Some(&member.nodes));
        }
    }

    #[test]
    fn several_members_are_proved_together(count in 1_u64..60, picks in prop::collection::btree_set(0_u64..60, 1..9)) {
        let leaves = leaves(count as u16);
        let tree = Tree::build(leaves.clone());
        let indices: Vec<u64> = picks.into_iter().map(|pick| pick % count).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        let nodes = tree.multi_proof(&indices).unwrap();
        let mut shown: Vec<Node> = indices.iter().map(|index| leaves[*index as usize]).collect();
        let root = tree.root().unwrap();
        prop_assert!(verify(&root, &indices, &shown, &nodes).is_ok());
        shown[0][31] ^= 1;
        let forged = verify(&root, &indices, &shown, &nodes);
        prop_assert!(matches!(forged, Err(MembershipError::Root { .. })), "{:?}", forged);
    }
}
