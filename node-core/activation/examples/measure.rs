//! `cargo run --release -p spacemesh-activation --example measure [ATXS]`: ATXs judged per second when proofs of space cost nothing, and what
//! a row of the table takes.
//!
//! The state is the model in memory, so the figure is an upper bound for a node with a disk: decoding, id, signature, membership, weight.
#![expect(
    clippy::print_stdout,
    reason = "the result is the output of this program"
)]
#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::{num::NonZeroU64, time::Instant};

use spacemesh_activation::{
    Atx, AtxData, AtxTable, AtxVersions, Intake, IntakeEffect, IntakeInput, IntakeLimits,
    MemoryState, Origin, PoetRow, Rules, Ticket, TreeRules, Verdict, WorkResult, join,
};
use spacemesh_codec::BoundedBytes;
use spacemesh_crypto::SigningKey;
use spacemesh_types::{
    Address, AtxId, EdSignature, EpochId, Hash32, LayersPerEpoch, NodeId, PoetProofRef, Timestamp,
    VrfNonce, sum,
    wire::{
        ActivationTxV1, InnerActivationTxV1, MerkleProof, NipostChallengeV1, NipostV1,
        PostMetadataV1, PostV1,
    },
};

const ROUND: PoetProofRef = PoetProofRef([3; 32]);

fn main() {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok());
    let count: u32 = count.unwrap_or(20_000);
    let rules = rules();
    println!("intake: {:.0} ATXs per second", intake(count, &rules));
    let rows = 1_000_000;
    let (per_second, bytes) = table(rows);
    println!("table:  {per_second:.0} rows per second, {bytes:.1} bytes per row and identity");
}

/// ATXs per second, on one thread.
fn intake(count: u32, rules: &Rules) -> f64 {
    let mut state = MemoryState::default();
    let messages: Vec<Vec<u8>> = (0..count)
        .map(|number| message(number, rules, &mut state))
        .collect();
    let mut intake = Intake::new(rules.clone(), IntakeLimits::default());
    intake.set_synced(true);
    let now = Timestamp::from_unix_seconds(1_000_000);
    let mut accepted = 0;
    let mut effects = Vec::new();
    let began = Instant::now();
    for bytes in messages {
        let mut inputs = vec![IntakeInput::Received {
            ticket: Ticket(0),
            origin: Origin::Gossip,
            received: now,
            epoch: EpochId(5),
            bytes,
        }];
        while let Some(input) = inputs.pop() {
            intake.handle(now, &mut state, input, &mut effects);
            for effect in effects.drain(..) {
                match effect {
                    IntakeEffect::Check { job, .. } => {
                        let result = WorkResult::Valid;
                        inputs.push(IntakeInput::Checked { job, result });
                    }
                    IntakeEffect::Verdict { verdict, .. } => {
                        accepted += u32::from(verdict == Verdict::Accept);
                    }
                    IntakeEffect::Fetch { .. }
                    | IntakeEffect::Malfeasance { .. }
                    | IntakeEffect::Stored { .. } => {}
                }
            }
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(accepted, count, "all of them are valid");
    f64::from(count) / seconds
}

/// Rows per second, and bytes per row of its own identity.
fn table(rows: u32) -> (f64, f64) {
    let mut table = AtxTable::default();
    let ids: Vec<(AtxId, NodeId)> = (0..rows)
        .map(|number| {
            let hash = |salt: u8| sum([&number.to_le_bytes()[..], &[salt]]).0;
            (AtxId(hash(0)), NodeId(hash(1)))
        })
        .collect();
    let began = Instant::now();
    for (id, node) in ids {
        let data = AtxData {
            node,
            coinbase: Address([1; 24]),
            weight: 40,
            base_height: 1000,
            height: 1010,
            nonce: VrfNonce(7),
        };
        table.add(EpochId(1), id, &data, false);
    }
    let seconds = began.elapsed().as_secs_f64();
    let bytes = table.heap_size() as f64 / f64::from(rows);
    (f64::from(rows) / seconds, bytes)
}

fn rules() -> Rules {
    Rules {
        prefix: AtxId([9; 32]).to_hash32().to_hash20(),
        golden_atx: AtxId([9; 32]),
        layers_per_epoch: LayersPerEpoch::new(4032).expect("not zero"),
        tick_size: NonZeroU64::MIN,
        min_num_units: 4,
        max_num_units: u32::MAX,
        labels_per_unit: 1 << 32,
        k2: 37,
        k3: 1,
        versions: AtxVersions::default(),
        tree: TreeRules::Snapshot,
    }
}

/// A first ATX with a membership as deep as on mainnet. Each is in a PoET round of its own, so that the root fits.
fn message(number: u32, rules: &Rules, state: &mut MemoryState) -> Vec<u8> {
    let key = SigningKey::from_seed(&sum([number.to_le_bytes()]).0);
    let post = PostV1 {
        nonce: 1,
        indices: BoundedBytes::from([7; 162]),
        pow: 1 << 40,
    };
    let challenge = NipostChallengeV1 {
        publish_epoch: EpochId(5),
        sequence: 0,
        prev_atx: AtxId::ZERO,
        positioning_atx: rules.golden_atx,
        commitment_atx: Some(rules.golden_atx),
        initial_post: Some(post.clone()),
    };
    let nodes = [Hash32([2; 32]); 20];
    let statement = nodes.iter().fold(challenge.hash(), |value, node| {
        join(value.as_ref(), node.as_ref())
    });
    let mut reference = ROUND;
    reference.0[..4].copy_from_slice(&number.to_le_bytes());
    let poet = PoetRow {
        leaf_count: 10,
        statement,
    };
    state.insert_poet(reference, poet);
    let mut atx = Atx::V1(Box::new(ActivationTxV1 {
        inner: InnerActivationTxV1 {
            challenge,
            coinbase: Address([1; 24]),
            num_units: 4,
            nipost: Some(NipostV1 {
                membership: MerkleProof {
                    nodes: nodes.into(),
                    leaf_index: 0,
                },
                post: Some(post),
                post_metadata: Some(PostMetadataV1 {
                    challenge: BoundedBytes::from(reference.0),
                    labels_per_unit: 1 << 32,
                }),
            }),
            node_id: Some(key.node_id()),
            vrf_nonce: Some(VrfNonce(7)),
        },
        smesher_id: NodeId::ZERO,
        signature: EdSignature::ZERO,
    }));
    atx.sign(&key, &rules.prefix, rules.tree);
    atx.encode()
}
