//! Proofs from others: whatever arrives has an answer, and only work is accepted.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use spacemesh_codec::encode;
use spacemesh_types::{EdSignature, Hash32};

use super::*;
use crate::chain::Kernel;
use crate::execute::{End, Execution, Options, Outcome};

const STATEMENT: Node = [0x21; 32];

/// The proof of a short round.
fn proof() -> &'static PoetProof {
    static PROOF: OnceLock<PoetProof> = OnceLock::new();
    PROOF.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            height: 4,
            ..Options::default()
        };
        let statement = STATEMENT.into();
        let mut execution = Execution::open_or_start(folder.path(), &statement, options).unwrap();
        match execution.run(End::Leaves(400), &AtomicBool::new(false), &|_| {}) {
            Ok(Outcome::Finished(proof)) => *proof,
            other => panic!("{other:?}"),
        }
    })
}

fn message() -> PoetProofMessage {
    PoetProofMessage {
        proof: proof().clone(),
        service_id: (*b"service").into(),
        round_id: (*b"7").into(),
        statement: Hash32(STATEMENT),
        signature: EdSignature([0; 64]),
    }
}

#[test]
fn every_kernel_accepts_a_proof() {
    for kernel in Kernel::available() {
        let sha = Sha256::new(kernel).unwrap();
        verify_with(sha, &STATEMENT.into(), proof()).unwrap();
    }
}

/// What the reference of a proof does not cover can be anything; what it covers cannot (04 §5.3).
#[test]
fn a_relay_can_change_the_names_and_nothing_else() {
    let mut relayed = message();
    relayed.service_id = (*b"another").into();
    relayed.round_id = (*b"").into();
    relayed.signature = EdSignature([9; 64]);
    let relayed = verify_message(&encode(&relayed)).unwrap();
    assert_eq!(relayed.proof.reference(), proof().reference());
    let mut forged = message();
    forged.statement.0[0] ^= 1;
    let refused = verify_message(&encode(&forged));
    assert!(matches!(
        refused,
        Err(MessageError::Verify(VerifyError::Root { .. }))
    ));
}

/// More leaves than were made ask for other leaves.
#[test]
fn another_number_of_leaves_is_refused() {
    for leaf_count in [0, 1, 149, 150, 399, 401, 1 << 40, u64::MAX] {
        let claimed = PoetProof {
            leaf_count,
            ..proof().clone()
        };
        let refused = verify(&STATEMENT.into(), &claimed);
        assert!(refused.is_err(), "{leaf_count}");
        if leaf_count < 150 {
            assert!(matches!(refused, Err(VerifyError::Shape(_))), "{refused:?}");
        }
    }
}

#[test]
fn another_number_of_shown_leaves_is_refused() {
    let mut fewer = proof().clone();
    let mut leaves = fewer.merkle_proof.proven_leaves.into_vec();
    leaves.pop();
    fewer.merkle_proof.proven_leaves = leaves.try_into().unwrap();
    let refused = verify(&STATEMENT.into(), &fewer);
    assert_eq!(refused, Err(VerifyError::LeafCount { found: 149 }));
}

#[test]
fn bytes_after_a_message_are_refused() {
    let mut bytes = encode(&message());
    assert!(bytes.len() <= MESSAGE_LEN_MAX);
    verify_message(&bytes).unwrap();
    bytes.push(0);
    assert!(matches!(
        verify_message(&bytes),
        Err(MessageError::Decode(_))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One changed bit before the names, and the proof does not hold.
    #[test]
    fn a_changed_bit_is_noticed(bit in any::<prop::sample::Index>()) {
        let mut bytes = encode(&message());
        let bit = bit.index(8 * encode(proof()).len());
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(verify_message(&bytes).is_err(), "bit {}", bit);
    }

    /// Nodes missing, doubled or in another order.
    #[test]
    fn other_nodes_do_not_hold(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), kind in 0_u8..3) {
        let mut changed = proof().clone();
        let mut nodes = changed.merkle_proof.proof_nodes.into_vec();
        let (from, to) = (from.index(nodes.len()), to.index(nodes.len()));
        prop_assume!(nodes[from] != nodes[to] || kind == 0);
        match kind {
            0 => drop(nodes.remove(from)),
            1 => nodes.insert(to, nodes[from].clone()),
            _ => nodes.swap(from, to),
        }
        changed.merkle_proof.proof_nodes = nodes.try_into().unwrap();
        prop_assert!(verify(&STATEMENT.into(), &changed).is_err());
    }
}
