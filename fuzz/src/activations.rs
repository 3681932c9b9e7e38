//! ATXs and proofs of misbehaviour of peers, and the journal of an identity (05).
//!
//! Random bytes would end at the first signature. So whatever decodes is signed again, what it refers to is put in place, and PoET proofs are
//! made to fit: the input then reaches the last step of validation.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use spacemesh_activation::smesher::Journal;
use spacemesh_activation::{
    Atx, AtxTable, AtxVersions, CheckpointAtx, Intake, IntakeEffect, IntakeInput, IntakeLimits,
    MemoryState, Origin, PoetRow, ProofInput, ProofIntake, ProofOrigin, Rules, State, Ticket,
    TreeRules, View, WorkResult, challenge_v2, checkpointed, evaluate, warm_up_row,
};
use spacemesh_codec::{decode_exact, encode};
use spacemesh_crypto::{Domain, SigningKey};
use spacemesh_types::wire::{MalfeasanceGossip, MisbehaviourProof};
use spacemesh_types::{
    Address, AtxId, AtxVersion, EpochId, Hash32, LayersPerEpoch, NodeId, PoetProofRef, Timestamp,
    VrfNonce,
};

/// An ATX: the first byte chooses versions, tree and what the work comes to.
pub(crate) fn atx(bytes: &[u8]) {
    let Some((&choice, bytes)) = bytes.split_first() else {
        return;
    };
    let rules = rules(choice);
    let Ok(mut atx) = Atx::decode(bytes, &rules.versions) else {
        return;
    };
    let key = SigningKey::from_seed(&[1; 32]);
    let id = atx.sign(&key, &rules.prefix, rules.tree);
    let mut state = MemoryState::default();
    provide(&atx, &key, &rules, &mut state);
    let signed = atx.encode();
    assert_eq!(Atx::decode(&signed, &rules.versions).as_ref(), Ok(&atx));
    let result = match choice >> 4 {
        0..=11 => WorkResult::Valid,
        12 => WorkResult::Invalid,
        13 => WorkResult::Unavailable,
        _ => WorkResult::InvalidIndex(u32::from(choice)),
    };
    let mut intake = Intake::new(rules, IntakeLimits::default());
    intake.set_synced(true);
    let now = Timestamp::from_unix_seconds(1_000_000);
    let mut inputs = vec![IntakeInput::Received {
        ticket: Ticket(1),
        origin: Origin::Fetched(id),
        received: now,
        epoch: EpochId(u32::MAX),
        bytes: signed,
    }];
    let mut verdicts = 0;
    while let Some(input) = inputs.pop() {
        let mut effects = Vec::new();
        intake.handle(now, &mut state, input, &mut effects);
        for effect in effects {
            match effect {
                IntakeEffect::Check { job, .. } => {
                    inputs.push(IntakeInput::Checked { job, result });
                }
                IntakeEffect::Verdict { .. } => verdicts += 1,
                IntakeEffect::Fetch { .. }
                | IntakeEffect::Malfeasance { .. }
                | IntakeEffect::Stored { .. } => {}
            }
        }
    }
    assert_eq!(
        (verdicts, intake.parked()),
        (1, 0),
        "each message has one verdict"
    );
    let mut table = AtxTable::default();
    for row in state.atxs() {
        warm_up_row(&mut table, row);
    }
    if let (Some(row), Some(target)) = (state.atx(id), atx.publish_epoch().target()) {
        let data = table.get(target, id).map(|data| (data.weight, data.height));
        assert_eq!(data, Some((row.table_weight(), row.height())));
    }
}

/// A proof of misbehaviour as it is gossiped. Its parts are signed again.
pub(crate) fn malfeasance(bytes: &[u8]) {
    let Ok(mut gossip) = decode_exact::<MalfeasanceGossip>(bytes) else {
        return;
    };
    let rules = rules(0);
    let key = SigningKey::from_seed(&[1; 32]);
    let mut state = MemoryState::default();
    state.apply(checkpointed(&earlier(AtxId([1; 32]), &key)));
    let node = key.node_id();
    match &mut gossip.proof.proof {
        MisbehaviourProof::MultipleAtxs(proof) => {
            for message in &mut proof.messages {
                message.smesher_id = node;
                let inner = encode(&message.inner);
                message.signature = key.sign(&rules.prefix, Domain::Atx, &inner);
            }
        }
        MisbehaviourProof::InvalidPostIndex(proof) => resign(&mut proof.atx, &key, &rules),
        MisbehaviourProof::InvalidPrevAtx(proof) => {
            resign(&mut proof.atx1, &key, &rules);
            resign(&mut proof.atx2, &key, &rules);
        }
        MisbehaviourProof::MultipleBallots(_) | MisbehaviourProof::HareEquivocation(_) => {}
    }
    let mut intake = ProofIntake::new(rules);
    intake.set_synced(true);
    let input = ProofInput::Received {
        ticket: Ticket(1),
        origin: ProofOrigin::Gossip,
        received: Timestamp::from_unix_seconds(1),
        bytes: encode(&gossip),
    };
    let mut effects = Vec::new();
    intake.handle(&mut state, input, &mut effects);
    assert!(!effects.is_empty());
}

/// A journal, possibly damaged.
pub(crate) fn journal(bytes: &[u8]) {
    if let Ok(journal) = Journal::from_bytes(bytes) {
        assert_eq!(Journal::from_bytes(&journal.to_bytes()), Ok(journal));
    }
}

fn rules(choice: u8) -> Rules {
    let version = AtxVersion(u32::from(choice & 1) + 1);
    let versions = AtxVersions::new(&BTreeMap::from([(EpochId(0), version)]));
    let tree = if choice & 2 == 0 {
        TreeRules::Snapshot
    } else {
        TreeRules::Later
    };
    Rules {
        prefix: AtxId([9; 32]).to_hash32().to_hash20(),
        golden_atx: AtxId([9; 32]),
        layers_per_epoch: LayersPerEpoch::new(10).expect("ten is not zero"),
        tick_size: NonZeroU64::MIN,
        min_num_units: 0,
        max_num_units: u32::MAX,
        labels_per_unit: 1,
        k2: 37,
        k3: 1,
        versions: versions.unwrap_or_default(),
        tree,
    }
}

/// Stores what `atx` refers to: older ATXs of the same identity, and PoET proofs of which it is a member.
fn provide(atx: &Atx, key: &SigningKey, rules: &Rules, state: &mut MemoryState) {
    let references = atx.references(rules.golden_atx);
    for id in references.atxs {
        state.apply(checkpointed(&earlier(id, key)));
    }
    match atx {
        Atx::V1(atx) => {
            let Some(nipost) = &atx.inner.nipost else {
                return;
            };
            let leaf = [(nipost.membership.leaf_index, atx.inner.challenge.hash())];
            let statement = evaluate(&leaf, &nipost.membership.nodes);
            if let (Some(reference), Some(statement)) = (nipost.poet_ref(), statement) {
                insert(state, reference, statement, atx.inner.challenge.sequence);
            }
        }
        Atx::V2(atx) => {
            for element in &atx.niposts {
                let mut leaves = BTreeMap::new();
                for post in &element.posts {
                    let index = usize::try_from(post.prev_atx_index).ok();
                    let previous = index.and_then(|index| atx.previous_atxs.get(index));
                    let hash = challenge_v2(atx, previous.copied().unwrap_or_default()).hash();
                    leaves.entry(post.membership_leaf_index).or_insert(hash);
                }
                let leaves: Vec<_> = leaves.into_iter().collect();
                let statement = evaluate(&leaves, &element.membership.nodes).unwrap_or_default();
                insert(state, element.challenge.into(), statement, atx.vrf_nonce.0);
            }
        }
    }
}

fn insert(state: &mut MemoryState, reference: PoetProofRef, statement: Hash32, leaf_count: u64) {
    let poet = PoetRow {
        leaf_count,
        statement,
    };
    state.insert_poet(reference, poet);
}

fn earlier(id: AtxId, key: &SigningKey) -> CheckpointAtx {
    CheckpointAtx {
        id,
        publish_epoch: EpochId(0),
        commitment: AtxId([9; 32]),
        marriage_atx: None,
        vrf_nonce: VrfNonce(7),
        base_height: u64::MAX,
        ticks: 7,
        smesher: key.node_id(),
        sequence: u64::from(id.0[0]),
        coinbase: Address([0; 24]),
        effective_units: u32::MAX,
        units: BTreeMap::from([(key.node_id(), u32::MAX), (NodeId([3; 32]), 1)]),
    }
}

fn resign(atx: &mut spacemesh_types::wire::ActivationTxV1, key: &SigningKey, rules: &Rules) {
    let mut whole = Atx::V1(Box::new(atx.clone()));
    whole.sign(key, &rules.prefix, rules.tree);
    if let Atx::V1(signed) = whole {
        *atx = *signed;
    }
}
