//! Tests of hare: rules one by one, sessions in time, gossip, and whole networks from seeds.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod caps; // what a flood cannot do
mod compact; // gossip of hare 4, 7.9
mod intake; // gossip, 7.8
mod journal;
mod order; // messages of a round in any order
mod rules; // rounds, configuration, selection, proofs
mod session; // one layer in time, 7.7
mod simulation; // networks with faults
mod world; // what they are made of

use spacemesh_crypto::SigningKey;
use spacemesh_types::{
    CompactProposalId, EdSignature, Hash20, Hash32, LayerId, NodeId, ProposalId, Timestamp,
    VrfSignature,
    wire::{HareEligibility, IterRound},
};

use super::{
    AtxGrade, Body, Checks, Hare, HareConfig, InstanceMessage, Message, Proposals, SessionOutcome,
    Version,
};

/// The genesis id of the tests' network.
const PREFIX: Hash20 = Hash20([7; 20]);
const LAYER: LayerId = LayerId(40);
const START: Timestamp = Timestamp::from_unix_seconds(1000);

fn config(version: Version) -> HareConfig {
    HareConfig {
        enable: true,
        committee: 19,
        ..HareConfig::defaults(version)
    }
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

fn id(number: u8) -> ProposalId {
    ProposalId([number; 20])
}

fn seats(proof: u8, count: u16) -> HareEligibility {
    HareEligibility {
        proof: VrfSignature([proof; VrfSignature::SIZE]),
        count,
    }
}

/// A proposal store with fixed content.
#[derive(Debug, Clone, Default)]
struct Store(Vec<(ProposalId, CompactProposalId)>);

impl Store {
    /// Proposals whose short ids are the first bytes of their ids.
    fn of(ids: &[ProposalId]) -> Self {
        let short = |id: &ProposalId| CompactProposalId(*id.0.first_chunk().unwrap());
        Self(ids.iter().map(|id| (*id, short(id))).collect())
    }
}

impl Proposals for Store {
    fn selection(&self, _: LayerId) -> Vec<ProposalId> {
        self.0.iter().map(|&(id, _)| id).collect()
    }

    fn compact_ids(&self, _: LayerId) -> Vec<(ProposalId, CompactProposalId)> {
        self.0.clone()
    }
}

/// A hare with a passive session for [`LAYER`].
fn following(version: Version) -> Hare {
    let mut hare = Hare::new(config(version));
    let mut out = Vec::new();
    assert!(hare.start_layer(LAYER, START, START, Vec::new(), &mut out));
    hare
}

fn body(at: IterRound, proposals: &[ProposalId], reference: Option<Hash32>) -> Body {
    Body {
        layer: LAYER,
        at,
        proposals: proposals.try_into().unwrap(),
        reference,
        compact_proposals: Default::default(),
        eligibility: seats(1, 3),
    }
}

/// Signs `body` as it is.
fn signed(version: Version, by: &SigningKey, body: Body) -> Message {
    let mut message = Message {
        version,
        body,
        sender: by.node_id(),
        signature: EdSignature::ZERO,
    };
    let check = message.signature_check();
    message.signature = by.sign(&PREFIX, spacemesh_crypto::Domain::Hare, &check.message);
    message
}

/// What an honest node finds out about a right message.
const GOOD: Checks = Checks {
    signature: true,
    seats: Some(AtxGrade::BEST),
    malicious: false,
};

fn instance_message(sender: u8, at: IterRound, hash: u8) -> InstanceMessage {
    InstanceMessage {
        layer: LAYER,
        at,
        sender: NodeId([sender; 32]),
        hash: Hash32([hash; 32]),
        proposals: Vec::new(),
        reference: None,
        eligibility: seats(1, 1),
        signature: EdSignature::ZERO,
        atx_grade: AtxGrade::BEST,
        malicious: false,
    }
}

/// Runs `hare` until `until`, each round at its time.
fn run_until(hare: &mut Hare, until: Timestamp, store: &Store) -> Vec<SessionOutcome> {
    let mut out = Vec::new();
    while let Some((due, _)) = hare.next_wakeup().filter(|&(due, _)| due <= until) {
        hare.wake(due, store, &mut out);
    }
    out
}
