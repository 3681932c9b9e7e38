//! A small stored state, and proposals signed for it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod building; // what is published
mod grades; // grades and preparation
mod intake; // what is taken
mod parts; // active sets, votes, store, grades, mesh hash, transactions

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use proptest::prelude::*;
use spacemesh_codec::{decode_exact, decode_tracked, encode};
use spacemesh_crypto::{Domain, Prefix, SigningKey, verify};
use spacemesh_types::{
    Address, AtxId, BallotId, Beacon, BlockId, EpochId, Hash20, Hash32, LayerId, LayersPerEpoch,
    NodeId, ProposalId, Timestamp, TransactionId, VrfNonce,
    wire::{
        Ballot, BallotProofMessage, BlockHeader, EpochActiveSet, EpochData, MisbehaviourProof,
        Opinion, Proposal, Votes, active_set_hash,
    },
};

use super::*;
use crate::{
    eligibility::{
        ActiveSetSource, AtxFacts, AtxSource, EligibilityFault, FirstBallot, MinimalWeights,
        ReferenceBallot, ReferenceSource, SlotRules, SlotTable,
    },
    mesh::signed_part,
    verdict::Refusal,
};

const PREFIX: Prefix = Hash20([3; 20]);
const BEACON: Beacon = Beacon([7; 4]);
const EPOCH: EpochId = EpochId(3);

fn per_epoch() -> LayersPerEpoch {
    LayersPerEpoch::new(4).unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

fn slot_rules() -> SlotRules {
    SlotRules {
        layer_size: 10,
        layers_per_epoch: per_epoch(),
        minimal_weights: MinimalWeights::default(),
    }
}

fn intake() -> Intake {
    Intake::new(IntakeRules {
        prefix: PREFIX,
        golden_atx: AtxId([0xee; 32]),
        effective_genesis: LayerId(7),
        slots: slot_rules(),
        hdist: 4,
        exceptions_max: 10,
    })
}

fn moment() -> IntakeMoment {
    IntakeMoment {
        current: LayerId(15),
        processed: LayerId(11),
        listening: true,
    }
}

/// A small stored state: two ATXs of weight 100 and 300 in an active set.
#[derive(Debug, Clone, Default)]
struct World {
    atxs: BTreeMap<AtxId, AtxFacts>,
    sets: BTreeMap<Hash32, EpochActiveSet>,
    ballots: BTreeMap<BallotId, Ballot>,
    proposals: BTreeSet<ProposalId>,
    transactions: BTreeSet<TransactionId>,
    malicious: bool,
    evicted: bool,
    bad_opinion: bool,
    block: Option<Vec<AtxId>>,
    journal: Option<LayerId>,
    beacon: Option<Beacon>,
}

fn atx_id(seed: u8) -> AtxId {
    AtxId([seed; 32])
}

fn active_set() -> EpochActiveSet {
    EpochActiveSet {
        epoch: EPOCH,
        set: [atx_id(1), atx_id(2)].into(),
    }
}

fn set_id() -> Hash32 {
    active_set_hash(&active_set().set)
}

fn world() -> World {
    let mut world = World::default();
    for (seed, weight) in [(1, 100), (2, 300)] {
        let facts = AtxFacts {
            smesher: SigningKey::from_seed(&[seed; 32]).node_id(),
            weight,
            nonce: VrfNonce(5),
        };
        world.atxs.insert(atx_id(seed), facts);
    }
    world.sets.insert(set_id(), active_set());
    world.beacon = Some(BEACON);
    world
}

impl AtxSource for World {
    fn atx(&self, target: EpochId, id: &AtxId) -> Option<AtxFacts> {
        let facts = self.atxs.get(id).copied();
        facts.filter(|_| target == EPOCH)
    }
}

impl ReferenceSource for World {
    fn reference(&self, id: &BallotId) -> Option<ReferenceBallot> {
        let ballot = self.ballots.get(id)?;
        Some(ReferenceBallot {
            smesher: ballot.smesher_id,
            atx: ballot.inner.atx_id,
            layer: ballot.inner.layer,
            data: ballot.inner.epoch_data,
        })
    }
}

impl IntakeSource for World {
    fn active_set(&self, id: &Hash32) -> Option<EpochActiveSet> {
        self.sets.get(id).cloned()
    }
    fn check_opinion(&self, _: &Ballot) -> Result<(), OpinionFault> {
        if self.bad_opinion {
            Err(OpinionFault::Other("a test"))
        } else {
            Ok(())
        }
    }
    fn is_malicious(&self, _: &NodeId) -> bool {
        self.malicious
    }
    fn other_ballot(
        &self,
        smesher: &NodeId,
        layer: LayerId,
        except: &BallotId,
    ) -> Option<BallotProofMessage> {
        let mut ballots = self.ballots.iter();
        let (_, other) = ballots.find(|(id, ballot)| {
            ballot.smesher_id == *smesher && ballot.inner.layer == layer && *id != except
        })?;
        Some(signed_part(other))
    }
    fn stored_epoch_data(&self, id: &BallotId) -> Option<EpochData> {
        self.ballots.get(id)?.inner.epoch_data
    }
    fn has_transaction(&self, id: &TransactionId) -> bool {
        self.transactions.contains(id)
    }
    fn has_proposal(&self, id: &ProposalId) -> bool {
        self.proposals.contains(id)
    }
    fn keeps_proposals_of(&self, _: LayerId) -> bool {
        !self.evicted
    }
    fn has_room_for(&self, _: &NodeId, _: LayerId) -> bool {
        true
    }
}

impl ActiveSetSource for World {
    fn rewarded_by_first_block(&self, _: EpochId) -> Option<Vec<AtxId>> {
        self.block.clone()
    }
    fn first_ballot_of_atx(&self, _: EpochId, atx: &AtxId) -> Option<FirstBallot> {
        let of = |ballot: &&Ballot| ballot.inner.atx_id == *atx;
        let ballot = self.ballots.values().find(of)?;
        Some(FirstBallot {
            data: ballot.inner.epoch_data,
        })
    }
    fn first_ballots(&self, _: EpochId) -> Vec<FirstBallot> {
        Vec::new()
    }
    fn active_set(&self, id: &Hash32) -> Option<Vec<AtxId>> {
        self.sets.get(id).map(|set| set.set.to_vec())
    }
    fn beacon(&self, _: EpochId) -> Option<Beacon> {
        self.beacon
    }
}

impl BuilderSource for World {
    fn beacon(&self, _: EpochId) -> Option<Beacon> {
        self.beacon
    }
    fn own_atx(&self, smesher: &NodeId, epoch: EpochId) -> Option<(AtxId, AtxFacts)> {
        let mut own = self
            .atxs
            .iter()
            .filter(|(_, facts)| facts.smesher == *smesher);
        let (id, facts) = own.next().filter(|_| epoch == EPOCH)?;
        Some((*id, *facts))
    }
    fn first_ballot(&self, atx: &AtxId, _: EpochId) -> Option<(BallotId, Option<EpochData>)> {
        let of = self
            .ballots
            .iter()
            .filter(|(_, ballot)| ballot.inner.atx_id == *atx);
        let (id, ballot) = of.min_by_key(|(_, ballot)| ballot.inner.layer)?;
        Some((*id, ballot.inner.epoch_data))
    }
    fn last_ballot_layer(&self, atx: &AtxId, _: EpochId) -> Option<LayerId> {
        let of = self
            .ballots
            .values()
            .filter(|ballot| ballot.inner.atx_id == *atx);
        of.map(|ballot| ballot.inner.layer).max()
    }
    fn journal(&self, _: &NodeId) -> Option<LayerId> {
        self.journal
    }
}

/// Signs a proposal after a change to its parts.
fn proposal(change: impl FnOnce(&mut Proposal)) -> Proposal {
    // 100 · 10 · 4 / 400 = 10 slots.
    let table = SlotTable::prove(&key(), BEACON, EPOCH, VrfNonce(5), 10, per_epoch());
    let (layer, slots) = table.layers().next().unwrap();
    let mut proposal: Proposal = decode_exact(&encode(&blank())).unwrap();
    let ballot = &mut proposal.inner.ballot;
    ballot.inner.layer = layer;
    ballot.inner.atx_id = atx_id(1);
    ballot.inner.epoch_data = Some(EpochData {
        active_set_hash: set_id(),
        beacon: BEACON,
        eligibility_count: 10,
    });
    ballot.smesher_id = key().node_id();
    ballot.eligibility_proofs = slots.to_vec().try_into().unwrap();
    change(&mut proposal);
    sign(&mut proposal);
    proposal
}

fn sign(proposal: &mut Proposal) {
    let ballot = &mut proposal.inner.ballot;
    let signed = encode(&ballot.inner.signed_metadata());
    ballot.signature = key().sign(&PREFIX, Domain::Ballot, &signed);
    let signed = encode(&proposal.inner.signed_metadata());
    proposal.signature = key().sign(&PREFIX, Domain::Proposal, &signed);
}

fn blank() -> Proposal {
    let ballot = Ballot {
        inner: spacemesh_types::wire::InnerBallot {
            layer: LayerId(0),
            atx_id: AtxId::ZERO,
            opinion_hash: Hash32::ZERO,
            ref_ballot: BallotId::ZERO,
            epoch_data: None,
        },
        signature: [0; 64].into(),
        smesher_id: NodeId::ZERO,
        votes: Votes::default(),
        eligibility_proofs: [].into(),
        active_set: [].into(),
    };
    Proposal {
        inner: spacemesh_types::wire::InnerProposal {
            ballot,
            tx_ids: [].into(),
            mesh_hash: Hash32::ZERO,
        },
        signature: [0; 64].into(),
    }
}

/// Takes a proposal as far as it goes.
fn take(world: &World, origin: Origin, bytes: &[u8]) -> (Outcome, Vec<IntakeEffect>) {
    let mut intake = intake();
    let mut effects = Vec::new();
    let started = ProposalTask::start(&intake, world, &moment(), origin, bytes, &mut effects);
    let outcome = match started {
        Err(outcome) => outcome,
        Ok(mut task) => task.advance(&mut intake, world, &moment(), &mut effects),
    };
    (outcome, effects)
}

fn gossip(world: &World, proposal: &Proposal) -> Outcome {
    take(world, Origin::Gossip, &encode(proposal)).0
}

fn refusal(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Refused(refused) => refused.refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn block(id: u8, layer: u32) -> BlockHeader {
    BlockHeader {
        id: BlockId([id; 20]),
        layer: LayerId(layer),
        height: 1,
    }
}

fn graded(seed: u8, received: i64, malfeasance: Option<i64>) -> GradedAtx {
    GradedAtx {
        id: atx_id(seed),
        weight: 10,
        received: Some(Timestamp::from_unix_seconds(received)),
        malfeasance: malfeasance.map(Timestamp::from_unix_seconds),
    }
}

fn prepare(
    world: &World,
    now: u32,
    percent: u64,
    trusted: Option<&[AtxId]>,
    atxs: &[GradedAtx],
) -> Result<PreparedSet, PrepareError> {
    let rules = GradeRules {
        layers_per_epoch: per_epoch(),
        network_delay: Duration::from_secs(10),
        good_percent: percent,
    };
    let start = Timestamp::from_unix_seconds(1000);
    prepare_active_set(&rules, world, EPOCH, start, LayerId(now), trusted, atxs)
}

fn candidates(count: u8, accounts: u8) -> Vec<Candidate> {
    let candidate = |number: u8| Candidate {
        id: TransactionId([number; 32]),
        principal: Address::generate(&[number % accounts]),
    };
    (0..count).map(candidate).collect()
}
