//! What the tables of known answers do not show: startup, order, and the traps of chapter 08 about the mesh.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use spacemesh_crypto::{Domain, Prefix, SigningKey};
use spacemesh_types::wire::{Ballot, BlockHeader, InnerBallot, MisbehaviourProof, Votes};
use spacemesh_types::{AtxId, BallotId, BlockId, Hash20, Hash32, LayerId};

use super::*;
use crate::tortoise::{BlockResult, LayerResult};

const GENESIS: LayerId = LayerId(7);

fn block(id: u8, valid: bool, hare: bool) -> BlockResult {
    BlockResult {
        header: BlockHeader {
            id: BlockId([id; 20]),
            layer: LayerId(0),
            height: 0,
        },
        data: true,
        hare,
        valid,
        invalid: false,
        local: false,
    }
}

fn result(layer: u32, verified: bool, blocks: Vec<BlockResult>) -> LayerResult {
    LayerResult {
        layer: LayerId(layer),
        verified,
        opinion: Hash32([layer as u8; 32]),
        blocks,
    }
}

fn started_at(applied: u32) -> Mesh {
    let layer = Some(LayerId(applied));
    Mesh::start(GENESIS, layer, layer, layer).0
}

#[test]
fn an_empty_store_begins_at_the_effective_genesis_and_any_other_one_with_a_revert() {
    let (mesh, todo) = Mesh::start(GENESIS, None, None, None);
    let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    let mesh_hash = Hash32::from_hex(empty).unwrap();
    assert_eq!(
        todo,
        StartUp::Genesis {
            layer: GENESIS,
            mesh_hash
        }
    );
    assert_eq!(
        (mesh.latest(), mesh.processed(), mesh.in_state()),
        (GENESIS, GENESIS, GENESIS)
    );
    // A crash while the first layer was executed leaves its changes in place: also then the state goes back (Trap 32).
    let (_, todo) = Mesh::start(GENESIS, Some(LayerId(8)), None, Some(GENESIS));
    assert_eq!(todo, StartUp::Revert { to: GENESIS });
    let (mesh, todo) = Mesh::start(
        GENESIS,
        Some(LayerId(20)),
        Some(LayerId(18)),
        Some(LayerId(17)),
    );
    assert_eq!(todo, StartUp::Revert { to: LayerId(17) });
    assert_eq!(
        (mesh.latest(), mesh.processed(), mesh.in_state()),
        (LayerId(20), LayerId(18), LayerId(17))
    );
}

#[test]
fn the_processed_pointer_waits_at_gaps_and_moves_to_the_end_of_a_run() {
    let mut mesh = Mesh::start(GENESIS, None, None, None).0;
    assert_eq!(mesh.mark_processed(LayerId(10)), None);
    assert_eq!(mesh.mark_processed(LayerId(9)), None);
    assert_eq!(
        mesh.mark_processed(LayerId(8)),
        Some(LayerId(10)),
        "only the run's end is told"
    );
    assert_eq!(
        mesh.mark_processed(LayerId(9)),
        None,
        "what lies below changes nothing"
    );
    assert_eq!(mesh.mark_processed(LayerId(11)), Some(LayerId(11)));
}

#[test]
fn executed_as_empty_is_not_the_same_as_not_executed() {
    let mesh = started_at(8);
    let empty = [result(9, true, Vec::new())];
    let executes = |stored: Option<BlockId>| {
        let plan = mesh.plan(&empty, |_| stored);
        plan.effects
            .iter()
            .any(|effect| matches!(effect, Effect::Execute { .. }))
    };
    assert!(executes(None), "an absent applied block has to be executed");
    assert!(
        !executes(Some(BlockId::ZERO)),
        "a zero one was executed as empty (Trap 27)"
    );
}

#[test]
fn the_first_valid_block_is_applied_and_an_invalid_block_of_hare_is_not() {
    let blocks = vec![
        block(3, false, true),
        block(2, true, false),
        block(1, true, false),
    ];
    assert_eq!(
        result(9, true, blocks).first_valid(),
        Some(BlockId([2; 20])),
        "valid goes before hare, in the given order"
    );
    let mut refused = block(3, false, true);
    refused.invalid = true;
    assert_eq!(
        result(9, false, vec![refused]).first_valid(),
        None,
        "Trap 29"
    );
    assert_eq!(
        result(9, false, vec![block(3, false, true)]).first_valid(),
        Some(BlockId([3; 20]))
    );
}

#[test]
fn a_missing_block_that_is_next_also_holds_back_a_revert_above() {
    let mesh = started_at(10);
    let mut missing = block(1, false, false);
    (missing.data, missing.local) = (false, true);
    let results = [
        result(11, true, vec![missing]),
        result(12, true, vec![block(2, true, false)]),
    ];
    let plan = mesh.plan(&results, |_| Some(BlockId::ZERO));
    assert_eq!(plan.effects, []);
    assert_eq!(
        plan.missing,
        [BlockId([1; 20])],
        "a locally supported block is asked for too (Trap 30)"
    );
}

#[test]
fn the_rows_are_cleared_before_the_state_goes_back_and_then_all_is_executed_again() {
    let mesh = started_at(9);
    let results = [
        result(8, true, vec![block(1, true, false)]),
        result(9, false, vec![block(2, false, true)]),
        result(10, false, Vec::new()),
        result(11, false, vec![block(3, false, true)]),
    ];
    let plan = mesh.plan(&results, |layer| match layer.0 {
        8 => Some(BlockId([9; 20])),
        9 => Some(BlockId([2; 20])),
        _ => None,
    });
    let order: Vec<String> = plan
        .effects
        .iter()
        .map(|effect| match effect {
            Effect::Clear { from } => format!("clear {from}"),
            Effect::Revert { to } => format!("revert {to}"),
            Effect::Execute { layer, .. } => format!("execute {layer}"),
            Effect::Commit { layer, .. } => format!("commit {layer}"),
            Effect::Acknowledge { layer, .. } => format!("acknowledge {layer}"),
        })
        .collect();
    let expected = [
        "clear 8",
        "revert 7",
        "execute 8",
        "commit 8",
        "acknowledge 8",
        "execute 9",
        "commit 9",
    ];
    assert_eq!(
        order, expected,
        "an undecided layer without a candidate ends it"
    );
}

#[test]
fn layers_are_executed_in_order_only() {
    assert_eq!(Mesh::may_execute(LayerId(9), LayerId(10)), Ok(()));
    assert!(matches!(
        Mesh::may_execute(LayerId(9), LayerId(9)),
        Err(OrderError::AlreadyApplied { .. })
    ));
    assert!(matches!(
        Mesh::may_execute(LayerId(9), LayerId(11)),
        Err(OrderError::NotInOrder { .. })
    ));
}

#[test]
fn pruning_on_a_young_network_prunes_nothing() {
    assert_eq!(Mesh::prune_below(LayerId(3), 10), LayerId(0), "Trap 33");
    assert_eq!(Mesh::prune_below(LayerId(30), 10), LayerId(20));
}

fn ballot(key: &SigningKey, prefix: &Prefix, opinion: u8) -> Ballot {
    let inner = InnerBallot {
        layer: LayerId(9),
        atx_id: AtxId([1; 32]),
        opinion_hash: Hash32([opinion; 32]),
        ref_ballot: BallotId([2; 20]),
        epoch_data: None,
    };
    Ballot {
        inner,
        signature: key.sign(
            prefix,
            Domain::Ballot,
            &spacemesh_codec::encode(&inner.signed_metadata()),
        ),
        smesher_id: key.node_id(),
        votes: Votes::default(),
        eligibility_proofs: Default::default(),
        active_set: Default::default(),
    }
}

#[test]
fn two_ballots_in_one_layer_prove_who_is_at_fault() {
    let prefix = Hash20([7; 20]);
    let key = SigningKey::from_seed(&[1; 32]);
    let (first, second) = (ballot(&key, &prefix, 1), ballot(&key, &prefix, 2));
    assert_eq!(ballot_proof(signed_part(&first), &first), None);
    let proof = ballot_proof(signed_part(&first), &second).unwrap();
    let MisbehaviourProof::MultipleBallots(mut proof) = proof.proof else {
        unreachable!("another proof than that of ballots");
    };
    assert_eq!(
        ballot_culprit(&proof, &prefix, |_| true),
        Ok(first.smesher_id)
    );
    let stranger = ballot_culprit(&proof, &prefix, |_| false);
    assert!(matches!(
        stranger,
        Err(BallotProofError::UnknownIdentity { .. })
    ));
    proof.messages[1].inner.message_hash = Hash32::ZERO;
    assert_eq!(
        ballot_culprit(&proof, &prefix, |_| true),
        Err(BallotProofError::Signature { index: 1 })
    );
    proof.messages[1] = proof.messages[0];
    assert_eq!(
        ballot_culprit(&proof, &prefix, |_| true),
        Err(BallotProofError::NoContradiction)
    );
}
