//! Proofs of misbehaviour of others (05 §14).

use spacemesh_activation::{
    Ignored, ProofEffect, ProofInput, ProofIntake, ProofOrigin, ProofRefusal, ProofRejection,
    Ticket, Verdict, Verifier, View, WorkResult, invalid_post_index, invalid_prev_atx,
    multiple_atxs, proof_message,
};
use spacemesh_codec::{Decode, Encode, encode};
use spacemesh_crypto::{Domain, SigningKey};
use spacemesh_types::{
    AtxId, EdSignature, Hash32, LayerId, NodeId,
    wire::{
        ActivationTxV1, BallotMetadata, BallotProof, BallotProofMessage, HareMetadata, HareProof,
        HareProofMessage, MalfeasanceGossip, MalfeasanceProof, MisbehaviourProof,
    },
};

use crate::world::{BAD, BAD_INDEX, GOOD, Told, UNCHECKABLE, World, key, post, resign, rules};

struct Room {
    world: World,
    intake: ProofIntake,
}

struct Answer {
    verdict: Option<Verdict>,
    reason: Option<ProofRefusal>,
    told: bool,
}

impl Room {
    /// Identity 1 has an ATX, others have none.
    fn new() -> Self {
        let mut world = World::new(rules());
        let initial = world.initial(&key(1), 2, 4);
        world.accept_v1(&initial);
        let mut intake = ProofIntake::new(rules());
        intake.set_synced(true);
        Self { world, intake }
    }

    fn take(&mut self, origin: ProofOrigin, bytes: Vec<u8>) -> Answer {
        let mut inputs = vec![ProofInput::Received {
            ticket: Ticket(1),
            origin,
            received: self.world.now,
            bytes,
        }];
        let mut all = Vec::new();
        while let Some(input) = inputs.pop() {
            let mut effects = Vec::new();
            self.intake
                .handle(&mut self.world.state, input, &mut effects);
            for effect in effects {
                if let ProofEffect::Check { job, work } = &effect {
                    let (job, result) = (*job, Told.verify(work));
                    inputs.push(ProofInput::Checked { job, result });
                }
                all.push(effect);
            }
        }
        let verdict = all.iter().find_map(|effect| match effect {
            ProofEffect::Verdict {
                verdict, reason, ..
            } => Some((*verdict, *reason)),
            _ => None,
        });
        Answer {
            verdict: verdict.map(|(verdict, _)| verdict),
            reason: verdict.and_then(|(_, reason)| reason),
            told: all
                .iter()
                .any(|it| matches!(it, ProofEffect::Malfeasance { .. })),
        }
    }

    fn gossip(&mut self, proof: &MalfeasanceProof) -> Answer {
        self.take(ProofOrigin::Gossip, gossiped(proof))
    }
}

fn gossiped(proof: &MalfeasanceProof) -> Vec<u8> {
    encode(&MalfeasanceGossip {
        proof: proof.clone(),
        eligibility: None,
    })
}

fn twins(key: &SigningKey) -> [ActivationTxV1; 2] {
    let mut world = World::new(rules());
    let one = world.initial(key, 3, 4);
    let mut other = one.clone();
    other.inner.coinbase.0[0] = 1;
    resign(&mut other, key);
    [one, other]
}

fn double(key: &SigningKey) -> MalfeasanceProof {
    let [one, other] = twins(key);
    multiple_atxs([proof_message(&one), proof_message(&other)], &rules())
}

#[test]
fn a_proof_is_stored_once_and_forwarded_always() {
    let mut room = Room::new();
    let proof = double(&key(1));
    let first = room.gossip(&proof);
    assert_eq!((first.verdict, first.told), (Some(Verdict::Accept), true));
    assert!(room.world.state.is_malicious(key(1).node_id()));
    // Trap 15: known ones are accepted, unlike known ATXs.
    let again = room.gossip(&proof);
    assert_eq!((again.verdict, again.told), (Some(Verdict::Accept), false));
    // This node's own comes back after it was stored, and is told then.
    let own = room.take(ProofOrigin::Own, gossiped(&proof));
    assert_eq!((own.verdict, own.told), (Some(Verdict::Accept), true));
}

#[test]
fn gossip_ends_with_a_zero_and_answers_do_not() {
    // Trap 30.
    let mut room = Room::new();
    let node = key(1).node_id();
    let proof = double(&key(1));
    let bare = encode(&proof);
    let malformed = Some(ProofRefusal::Rejected(ProofRejection::Malformed));
    assert_eq!(
        room.take(ProofOrigin::Gossip, bare.clone()).reason,
        malformed
    );
    assert_eq!(
        room.take(ProofOrigin::Fetched(node), gossiped(&proof))
            .reason,
        malformed
    );
    assert_eq!(
        room.take(ProofOrigin::Fetched(node), bare).verdict,
        Some(Verdict::Accept)
    );
}

#[test]
fn the_eligibility_must_be_absent() {
    let mut room = Room::new();
    // An eligibility of the shortest kind after the proof: present, and so rejected.
    let mut bytes = encode(&double(&key(1)));
    bytes.push(1);
    let shortest = vec![0; spacemesh_types::wire::HareEligibilityGossip::SIZE_MIN];
    bytes.extend(shortest);
    let answer = room.take(ProofOrigin::Gossip, bytes);
    assert_eq!(answer.verdict, Some(Verdict::Reject));
    // A strange tag counts as absent, as everywhere (trap 2).
    let mut bytes = encode(&double(&key(1)));
    bytes.push(7);
    assert_eq!(
        room.take(ProofOrigin::Gossip, bytes).verdict,
        Some(Verdict::Accept)
    );
}

#[test]
fn an_answer_about_somebody_else_is_rejected_but_kept() {
    let mut room = Room::new();
    let proof = encode(&double(&key(1)));
    let answer = room.take(ProofOrigin::Fetched(NodeId([1; 32])), proof);
    assert_eq!(answer.verdict, Some(Verdict::Reject));
    assert!(room.world.state.is_malicious(key(1).node_id()));
}

#[test]
fn messages_must_contradict_each_other_and_be_signed() {
    let mut room = Room::new();
    let [one, other] = twins(&key(1));
    let [a, b] = [proof_message(&one), proof_message(&other)];
    let rejected = |room: &mut Room, messages| {
        let answer = room.gossip(&multiple_atxs(messages, &rules()));
        assert_eq!(answer.verdict, Some(Verdict::Reject));
        answer.reason
    };
    let reason = |rejection| Some(ProofRefusal::Rejected(rejection));
    assert_eq!(
        rejected(&mut room, [a, a]),
        reason(ProofRejection::NoContradiction)
    );
    let mut forged = b;
    forged.signature = EdSignature([1; 64]);
    assert_eq!(
        rejected(&mut room, [a, forged]),
        reason(ProofRejection::Signature(1))
    );
    let next = {
        let mut world = World::new(rules());
        proof_message(&world.initial(&key(1), 4, 4))
    };
    assert_eq!(
        rejected(&mut room, [a, next]),
        reason(ProofRejection::NoContradiction)
    );
    let stranger = proof_message(&twins(&key(2))[0]);
    assert_eq!(
        rejected(&mut room, [a, stranger]),
        reason(ProofRejection::NoContradiction)
    );
    // An identity that never published cannot be condemned.
    let unknown = double(&key(2));
    assert_eq!(
        room.gossip(&unknown).reason,
        reason(ProofRejection::UnknownIdentity(key(2).node_id()))
    );
}

fn sign<T: Encode>(key: &SigningKey, domain: Domain, inner: &T) -> EdSignature {
    key.sign(&rules().prefix, domain, &encode(inner))
}

fn proof(proof: MisbehaviourProof) -> MalfeasanceProof {
    MalfeasanceProof {
        layer: LayerId(12),
        proof,
    }
}

#[test]
fn ballots_and_hare_messages_are_signed_in_their_own_domains() {
    let ballots = |layers: [u32; 2], domain| {
        let messages = [1, 2].map(|number: u8| {
            let inner = BallotMetadata {
                layer: LayerId(layers[usize::from(number) - 1]),
                message_hash: Hash32([number; 32]),
            };
            BallotProofMessage {
                inner,
                smesher_id: key(1).node_id(),
                signature: sign(&key(1), domain, &inner),
            }
        });
        proof(MisbehaviourProof::MultipleBallots(BallotProof { messages }))
    };
    let verdict = |proof| Room::new().gossip(&proof).verdict;
    assert_eq!(
        verdict(ballots([5, 5], Domain::Ballot)),
        Some(Verdict::Accept)
    );
    assert_eq!(
        verdict(ballots([5, 6], Domain::Ballot)),
        Some(Verdict::Reject)
    );
    assert_eq!(
        verdict(ballots([5, 5], Domain::Hare)),
        Some(Verdict::Reject)
    );
    let hare = |rounds: [u32; 2]| {
        let messages = [1, 2].map(|number: u8| {
            let inner = HareMetadata {
                layer: LayerId(5),
                round: rounds[usize::from(number) - 1],
                message_hash: Hash32([number; 32]),
            };
            HareProofMessage {
                inner,
                smesher_id: key(1).node_id(),
                signature: sign(&key(1), Domain::Hare, &inner),
            }
        });
        proof(MisbehaviourProof::HareEquivocation(HareProof { messages }))
    };
    assert_eq!(verdict(hare([3, 3])), Some(Verdict::Accept));
    assert_eq!(verdict(hare([3, 4])), Some(Verdict::Reject));
}

#[test]
fn an_index_that_does_not_hold_is_proved_by_checking_it() {
    let atx = |nonce| {
        let mut world = World::new(rules());
        let mut atx = world.initial(&key(2), 3, 4);
        atx.inner.nipost.as_mut().unwrap().post = Some(post(nonce));
        resign(&mut atx, &key(2));
        atx
    };
    let take = |nonce| {
        let mut room = Room::new();
        let answer = room.gossip(&invalid_post_index(atx(nonce), 4, &rules()));
        (answer, room.world.state.is_malicious(key(2).node_id()))
    };
    // The identity needs no ATX that is known.
    for guilty in [BAD_INDEX, BAD] {
        let (answer, condemned) = take(guilty);
        assert_eq!((answer.verdict, condemned), (Some(Verdict::Accept), true));
    }
    let (answer, condemned) = take(GOOD);
    assert_eq!((answer.verdict, condemned), (Some(Verdict::Reject), false));
    // What cannot be checked condemns nobody (trap 20).
    let (answer, condemned) = take(UNCHECKABLE);
    assert_eq!((answer.verdict, condemned), (Some(Verdict::Ignore), false));
    assert_eq!(
        answer.reason,
        Some(ProofRefusal::Ignored(Ignored::Unchecked))
    );
}

#[test]
fn an_atx_without_a_proof_of_space_proves_nothing() {
    // Trap 19: the reference ends its process.
    for strip in [0, 1, 2] {
        let mut world = World::new(rules());
        let mut atx = world.initial(&key(2), 3, 4);
        match strip {
            0 => atx.inner.nipost = None,
            1 => atx.inner.nipost.as_mut().unwrap().post = None,
            _ => atx.inner.nipost.as_mut().unwrap().post_metadata = None,
        }
        resign(&mut atx, &key(2));
        let answer = Room::new().gossip(&invalid_post_index(atx, 0, &rules()));
        let no_post = ProofRefusal::Rejected(ProofRejection::NoPost);
        assert_eq!(answer.reason, Some(no_post));
    }
    // A later ATX of an unknown identity has no commitment to check against.
    let mut world = World::new(rules());
    let atx = world.chained(&key(2), 3, 1, AtxId([1; 32]), 4);
    let answer = Room::new().gossip(&invalid_post_index(atx, 0, &rules()));
    let rejection = ProofRejection::NoCommitment(key(2).node_id());
    assert_eq!(answer.reason, Some(ProofRefusal::Rejected(rejection)));
}

#[test]
fn two_atxs_with_one_predecessor_are_a_proof() {
    let mut world = World::new(rules());
    let one = world.chained(&key(1), 3, 1, AtxId([1; 32]), 4);
    let other = world.chained(&key(1), 4, 1, AtxId([1; 32]), 4);
    let third = world.chained(&key(1), 4, 1, AtxId([2; 32]), 4);
    let verdict = |atx1: &ActivationTxV1, atx2: &ActivationTxV1| {
        let proof = invalid_prev_atx(atx1.clone(), atx2.clone(), &rules());
        Room::new().gossip(&proof).verdict
    };
    assert_eq!(verdict(&other, &one), Some(Verdict::Accept));
    assert_eq!(verdict(&one, &one), Some(Verdict::Reject));
    assert_eq!(verdict(&third, &one), Some(Verdict::Reject));
    // Two first ATXs have the same predecessor.
    let first = world.initial(&key(1), 3, 4);
    let second = world.initial(&key(1), 4, 4);
    assert_eq!(verdict(&first, &second), Some(Verdict::Accept));
}

#[test]
fn before_synchronisation_gossip_is_ignored() {
    let mut room = Room::new();
    room.intake.set_synced(false);
    let proof = double(&key(1));
    let answer = room.gossip(&proof);
    assert_eq!(answer.verdict, Some(Verdict::Ignore));
    let fetched = room.take(ProofOrigin::Fetched(key(1).node_id()), encode(&proof));
    assert_eq!(fetched.verdict, Some(Verdict::Accept));
}

#[test]
fn late_and_double_results_change_nothing() {
    let mut room = Room::new();
    let mut effects = Vec::new();
    let input = ProofInput::Checked {
        job: spacemesh_activation::JobId(5),
        result: WorkResult::Invalid,
    };
    room.intake
        .handle(&mut room.world.state, input, &mut effects);
    assert_eq!(effects, []);
}
