//! Proofs of misbehaviour on their way in (05 §14.3). *Inputs in, effects out.*

use std::collections::BTreeMap;

use spacemesh_codec::decode_exact;
use spacemesh_types::{
    NodeId, Timestamp,
    wire::{MalfeasanceGossip, MalfeasanceProof},
};

use crate::{
    Change, Checked, Ignored, JobId, ProofRejection, Rules, State, Ticket, Verdict, Work,
    WorkResult, check_proof, conclude_proof,
};

/// Most proofs whose proof of space is being checked. More are ignored; they come again by synchronisation.
pub const PROOFS_WAITING_MAX: usize = 1024;

/// How a proof came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofOrigin {
    /// By gossip from a peer.
    Gossip,
    /// Published by this node, which has stored it.
    Own,
    /// As the answer to a request for this identity.
    Fetched(NodeId),
}

/// What happens to the intake of proofs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofInput {
    /// Bytes arrived.
    Received {
        /// The caller's name for them.
        ticket: Ticket,
        /// How they came.
        origin: ProofOrigin,
        /// When they came.
        received: Timestamp,
        /// The bytes: with the deprecated option at their end by gossip, without it as an answer (05 trap 30).
        bytes: Vec<u8>,
    },
    /// Work is done.
    Checked {
        /// Which.
        job: JobId,
        /// What came out.
        result: WorkResult,
    },
}

/// What the intake of proofs asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofEffect {
    /// Check this and answer with [`ProofInput::Checked`].
    Check {
        /// Name of the work.
        job: JobId,
        /// The work.
        work: Work,
    },
    /// An identity misbehaved: tell tortoise, caches and users.
    Malfeasance {
        /// Who.
        node: NodeId,
        /// The proof.
        proof: Box<MalfeasanceProof>,
    },
    /// The end of a message or answer.
    Verdict {
        /// Which.
        ticket: Ticket,
        /// What to tell the network.
        verdict: Verdict,
        /// Why, unless it is accepted.
        reason: Option<ProofRefusal>,
    },
}

/// Why a proof is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofRefusal {
    /// Nothing is said about it.
    #[error(transparent)]
    Ignored(#[from] Ignored),
    /// It is wrong.
    #[error(transparent)]
    Rejected(#[from] ProofRejection),
}

/// Proofs that are being checked.
#[derive(Debug)]
pub struct ProofIntake {
    rules: Rules,
    synced: bool,
    waiting: BTreeMap<JobId, Waiting>,
    next_job: u64,
}

#[derive(Debug)]
struct Waiting {
    ticket: Ticket,
    origin: ProofOrigin,
    received: Timestamp,
    node: NodeId,
    proof: Box<MalfeasanceProof>,
}

impl ProofIntake {
    /// An intake with nothing in it.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            synced: false,
            waiting: BTreeMap::new(),
            next_job: 0,
        }
    }

    /// Whether the node knows the ATXs of the past. Until then gossip is ignored.
    pub fn set_synced(&mut self, synced: bool) {
        self.synced = synced;
    }

    /// Takes one input.
    pub fn handle(
        &mut self,
        state: &mut (impl State + ?Sized),
        input: ProofInput,
        out: &mut Vec<ProofEffect>,
    ) {
        let (ticket, result) = match input {
            ProofInput::Received {
                ticket,
                origin,
                received,
                bytes,
            } => match self.receive(state, ticket, origin, received, &bytes, out) {
                Some(result) => (ticket, result),
                None => return,
            },
            ProofInput::Checked { job, result } => {
                let Some(waiting) = self.waiting.remove(&job) else {
                    return;
                };
                let ticket = waiting.ticket;
                let guilty = conclude_proof(waiting.node, result);
                let result = match guilty {
                    None => Err(Ignored::Unchecked.into()),
                    Some(Err(rejection)) => Err(rejection.into()),
                    Some(Ok(_)) => store(state, waiting, out),
                };
                (ticket, result)
            }
        };
        let verdict = match result {
            Ok(()) => Verdict::Accept,
            Err(ProofRefusal::Ignored(_)) => Verdict::Ignore,
            Err(ProofRefusal::Rejected(_)) => Verdict::Reject,
        };
        out.push(ProofEffect::Verdict {
            ticket,
            verdict,
            reason: result.err(),
        });
    }

    /// `None` while a proof of space is being checked.
    fn receive(
        &mut self,
        state: &mut (impl State + ?Sized),
        ticket: Ticket,
        origin: ProofOrigin,
        received: Timestamp,
        bytes: &[u8],
        out: &mut Vec<ProofEffect>,
    ) -> Option<Result<(), ProofRefusal>> {
        if origin == ProofOrigin::Gossip && !self.synced {
            return Some(Err(Ignored::NotSynced.into()));
        }
        let proof = match decode(origin, bytes) {
            Ok(proof) => Box::new(proof),
            Err(rejection) => return Some(Err(rejection.into())),
        };
        let waiting = |node, proof| Waiting {
            ticket,
            origin,
            received,
            node,
            proof,
        };
        match check_proof(&proof, &self.rules, state) {
            Err(rejection) => Some(Err(rejection.into())),
            Ok(Checked::Guilty(node)) => Some(store(state, waiting(node, proof), out)),
            Ok(Checked::IfFails(node, work)) => {
                if self.waiting.len() >= PROOFS_WAITING_MAX {
                    return Some(Err(Ignored::Busy.into()));
                }
                let job = JobId(self.next_job);
                self.next_job += 1;
                self.waiting.insert(job, waiting(node, proof));
                out.push(ProofEffect::Check { job, work });
                None
            }
        }
    }
}

fn decode(origin: ProofOrigin, bytes: &[u8]) -> Result<MalfeasanceProof, ProofRejection> {
    let malformed = |_| ProofRejection::Malformed;
    if matches!(origin, ProofOrigin::Fetched(_)) {
        return decode_exact(bytes).map_err(malformed);
    }
    let gossip: MalfeasanceGossip = decode_exact(bytes).map_err(malformed)?;
    if gossip.eligibility.is_some() {
        return Err(ProofRejection::Eligibility);
    }
    Ok(gossip.proof)
}

/// A proof that holds.
fn store(
    state: &mut (impl State + ?Sized),
    waiting: Waiting,
    out: &mut Vec<ProofEffect>,
) -> Result<(), ProofRefusal> {
    let Waiting {
        origin,
        received,
        node,
        proof,
        ..
    } = waiting;
    let known = state.is_malicious(node);
    if !known {
        state.apply(Change::InsertMalfeasance {
            node,
            proof: proof.clone(),
            received,
        });
    }
    // What this node publishes was stored by whoever made it, and is told when it comes back.
    if !known || origin == ProofOrigin::Own {
        out.push(ProofEffect::Malfeasance { node, proof });
    }
    match origin {
        ProofOrigin::Fetched(expected) if expected != node && !known => {
            let found = node;
            Err(ProofRejection::OtherIdentity { expected, found }.into())
        }
        ProofOrigin::Gossip | ProofOrigin::Own | ProofOrigin::Fetched(_) => Ok(()),
    }
}
