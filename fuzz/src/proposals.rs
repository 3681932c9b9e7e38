//! Messages of the beacon protocol, ballots, proposals, active sets and answers of the bootstrap service (chapter 06).
//!
//! Signatures stop arbitrary bytes early, so what decodes is also signed by an identity that the state knows, and goes on.

use std::time::Duration;

use spacemesh_codec::{decode_exact, encode};
use spacemesh_consensus::beacon::{
    BeaconMachine, BeaconRules, BeaconSource, Context, EpochAtx, Input, Signers, Topic,
    parse_update,
};
use spacemesh_consensus::eligibility::{
    AtxFacts, AtxSource, MinimalWeights, ReferenceBallot, ReferenceSource, SlotRules,
};
use spacemesh_consensus::proposals::{
    BallotTask, Intake, IntakeMoment, IntakeRules, IntakeSource, OpinionFault, Origin,
    ProposalTask, check_active_set,
};
use spacemesh_crypto::{Domain, SigningKey};
use spacemesh_types::config::Rational;
use spacemesh_types::wire::{
    Ballot, BallotMetadata, BallotProofMessage, EpochActiveSet, EpochData, FirstVotingMessage,
    FollowingVotingMessage, Proposal, active_set_hash,
};
use spacemesh_types::{
    AtxId, BallotId, EpochId, Hash32, LayerId, LayersPerEpoch, Network, NodeId, ProposalId,
    Timestamp, TransactionId, VrfNonce,
};

/// A state that knows every ATX, of one identity, with weights that follow from their ids.
struct World(NodeId);

fn key() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

fn network() -> Network {
    let mut network = Network::fastnet(Timestamp::from_unix_seconds(1_000_000));
    network.layers_per_epoch = LayersPerEpoch::new(4).unwrap_or(network.layers_per_epoch);
    network.effective_genesis = LayerId(7);
    network
}

impl AtxSource for World {
    fn atx(&self, _: EpochId, id: &AtxId) -> Option<AtxFacts> {
        let weight = id.0.first_chunk().copied().map(u64::from_le_bytes);
        Some(AtxFacts {
            smesher: self.0,
            weight: weight.unwrap_or_default(),
            nonce: VrfNonce(1),
        })
    }
}

impl ReferenceSource for World {
    fn reference(&self, id: &BallotId) -> Option<ReferenceBallot> {
        // Half of all ballots are known.
        (id.0[0] & 1 == 1).then_some(ReferenceBallot {
            smesher: self.0,
            atx: AtxId([id.0[1]; 32]),
            layer: LayerId(id.0[2].into()),
            data: (id.0[3] & 1 == 1).then_some(EpochData {
                active_set_hash: Hash32::ZERO,
                beacon: [id.0[4]; 4].into(),
                eligibility_count: id.0[5].into(),
            }),
        })
    }
}

impl IntakeSource for World {
    fn active_set(&self, id: &Hash32) -> Option<EpochActiveSet> {
        Some(EpochActiveSet {
            epoch: EpochId(2),
            set: [AtxId(id.0)].into(),
        })
    }
    fn check_opinion(&self, _: &Ballot) -> Result<(), OpinionFault> {
        Ok(())
    }
    fn is_malicious(&self, _: &NodeId) -> bool {
        false
    }
    fn other_ballot(
        &self,
        smesher: &NodeId,
        layer: LayerId,
        id: &BallotId,
    ) -> Option<BallotProofMessage> {
        (id.0[6] & 1 == 1).then_some(BallotProofMessage {
            inner: BallotMetadata {
                layer,
                message_hash: Hash32::ZERO,
            },
            smesher_id: *smesher,
            signature: [0; 64].into(),
        })
    }
    fn stored_epoch_data(&self, id: &BallotId) -> Option<EpochData> {
        self.reference(id)?.data
    }
    fn has_transaction(&self, _: &TransactionId) -> bool {
        true
    }
    fn has_proposal(&self, _: &ProposalId) -> bool {
        false
    }
    fn keeps_proposals_of(&self, _: LayerId) -> bool {
        true
    }
    fn has_room_for(&self, _: &NodeId, _: LayerId) -> bool {
        true
    }
}

impl BeaconSource for World {
    fn atxs_published_in(&self, epoch: EpochId) -> Vec<EpochAtx> {
        vec![EpochAtx {
            id: AtxId::ZERO,
            smesher: self.0,
            weight: u64::MAX,
            units: epoch.0,
            received: Timestamp::from_unix_seconds(0),
            malicious: false,
        }]
    }
    fn vrf_nonce(&self, _: &NodeId, _: EpochId) -> Option<VrfNonce> {
        Some(VrfNonce(1))
    }
}

/// Ballots, proposals and active sets.
pub(crate) fn proposals(bytes: &[u8]) {
    let world = World(key().node_id());
    let network = network();
    let mut intake = Intake::new(IntakeRules {
        prefix: network.id(),
        golden_atx: network.genesis.golden_atx(),
        effective_genesis: network.effective_genesis,
        slots: SlotRules {
            layer_size: 50,
            layers_per_epoch: network.layers_per_epoch,
            minimal_weights: MinimalWeights::default(),
        },
        hdist: 4,
        exceptions_max: 1000,
    });
    let moment = IntakeMoment {
        current: LayerId(u32::MAX),
        processed: LayerId(0),
        listening: true,
    };
    let mut effects = Vec::new();
    let mut take = |bytes: &[u8]| {
        let origin = Origin::Gossip;
        if let Ok(mut task) =
            ProposalTask::start(&intake, &world, &moment, origin, bytes, &mut effects)
        {
            let _ = task.advance(&mut intake, &world, &moment, &mut effects);
        }
    };
    take(bytes);
    if let Ok(mut proposal) = decode_exact::<Proposal>(bytes) {
        sign_ballot(&mut proposal.inner.ballot, &network);
        let signed = encode(&proposal.inner.signed_metadata());
        proposal.signature = key().sign(&network.id(), Domain::Proposal, &signed);
        take(&encode(&proposal));
    }
    if let Ok(mut ballot) = decode_exact::<Ballot>(bytes) {
        sign_ballot(&mut ballot, &network);
        let id = ballot.id().to_hash32();
        let task = BallotTask::start(&intake, &encode(&ballot), &id, &mut effects);
        if let Ok(mut task) = task {
            let _ = task.advance(&mut intake, &world, &moment, &mut effects);
        }
    }
    if let Ok(set) = decode_exact::<EpochActiveSet>(bytes) {
        let checked = check_active_set(bytes, &active_set_hash(&set.set));
        assert_eq!(checked.is_ok(), set.set.is_sorted());
    }
}

fn sign_ballot(ballot: &mut Ballot, network: &Network) {
    ballot.smesher_id = key().node_id();
    let signed = encode(&ballot.inner.signed_metadata());
    ballot.signature = key().sign(&network.id(), Domain::Ballot, &signed);
}

/// Messages of the beacon protocol and what the bootstrap service answers.
pub(crate) fn beacon(bytes: &[u8]) {
    let _ = parse_update(bytes);
    let network = network();
    let (Some(q), Some(theta)) = (Rational::new(1, 3), Rational::new(1, 4)) else {
        return;
    };
    let second = Duration::from_secs(1);
    let rules = BeaconRules {
        rounds: 3,
        kappa: 40,
        q,
        theta,
        votes_limit: 100,
        delta: second,
        proposal_phase: second,
        first_round: second,
        voting_round: second,
        coin_round: second,
        weight_units: 10,
    };
    let (Ok(clock), Ok(mut machine)) = (network.clock(), BeaconMachine::new(rules, &network))
    else {
        return;
    };
    let world = World(key().node_id());
    let signers = Signers::new();
    let mut now = clock.start_of_layer(LayerId(8));
    let mut input = Input::LayerBegan(LayerId(8));
    let mut effects = Vec::new();
    // The same bytes in every step of a run.
    for _ in 0..8 {
        let context = Context {
            source: &world,
            signers: &signers,
            now,
            synced: true,
            listening: true,
        };
        machine.handle(&context, input, &mut effects);
        for topic in Topic::ALL {
            let _ = machine.receive(&context, topic, bytes, now);
        }
        if let Ok(mut vote) = decode_exact::<FirstVotingMessage>(bytes) {
            vote.smesher_id = key().node_id();
            let signed = encode(&vote.body);
            vote.signature = key().sign(&network.id(), Domain::BeaconFirstMessage, &signed);
            let _ = machine.receive(&context, Topic::FirstVote, &encode(&vote), now);
        }
        if let Ok(mut vote) = decode_exact::<FollowingVotingMessage>(bytes) {
            vote.smesher_id = key().node_id();
            let signed = encode(&vote.body);
            vote.signature = key().sign(&network.id(), Domain::BeaconFollowupMessage, &signed);
            let _ = machine.receive(&context, Topic::FollowingVote, &encode(&vote), now);
        }
        let Some((due, _)) = machine.next_wakeup() else {
            break;
        };
        now = due;
        input = Input::Wakeup;
    }
}
