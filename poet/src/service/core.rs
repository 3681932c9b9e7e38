//! The machine of rounds (04 §8, with the order of writing that Traps 20 to 25 ask for): inputs in, effects out.
//!
//! It owns no clock, no thread and no disk. The shell gives each input the table of one write transaction, commits, and only then releases
//! the effects: an acknowledged registration and the proof whose tree may go are on the disk by then.
//!
//! Keeps true: one leaf per identity and round; a registration acknowledged for a round is in that round's tree, because closing a round and
//! taking registrations are turns of one machine; closed rounds wait in the table and none is dropped; a round that began to execute is
//! resumed at every start until its proof is stored, one that never began is given up when its end has passed.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use spacemesh_codec::{BoundedBytes, Decode, Encode};
use spacemesh_types::wire::PoetProof;
use spacemesh_types::{NodeId, Timestamp};

use crate::api::{Code, Refusal};
use crate::pow::{AcceptedPow, PowParams};
use crate::schedule::{Round, Schedule};

/// What the machine reads and writes: one transaction of the store, or a map in tests.
pub trait Table {
    /// Why the store failed.
    type Error;
    /// The challenge of an identity in a round.
    fn challenge(&self, round: Round, node_id: &NodeId) -> Result<Option<[u8; 32]>, Self::Error>;
    /// Adds a member.
    fn insert(
        &mut self,
        round: Round,
        node_id: &NodeId,
        challenge: &[u8; 32],
    ) -> Result<(), Self::Error>;
    /// How many members a round has.
    fn count(&self, round: Round) -> Result<u64, Self::Error>;
    /// Root of the members' challenges in the order of their identities; empty without members.
    fn statement(&self, round: Round) -> Result<Vec<u8>, Self::Error>;
    /// Closed rounds that have neither a proof nor been given up.
    fn unfinished(&self) -> Result<BTreeMap<Round, Unfinished>, Self::Error>;
    /// Writes where a closed round stands; none when there is nothing left to do for it.
    fn set_unfinished(
        &mut self,
        round: Round,
        state: Option<&Unfinished>,
    ) -> Result<(), Self::Error>;
    /// Stores a proof.
    fn put_proof(&mut self, round: Round, proof: &PoetProof) -> Result<(), Self::Error>;
    /// The round that takes registrations and the parameters of proofs of work, if ever written.
    fn progress(&self) -> Result<Option<Progress>, Self::Error>;
    /// Writes them.
    fn set_progress(&mut self, progress: &Progress) -> Result<(), Self::Error>;
}

/// What a start needs besides the rounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Round that takes registrations.
    pub open: Round,
    /// Accepted parameters of proofs of work.
    pub pow: AcceptedPow,
}

/// A closed round without a proof.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Unfinished {
    /// Root of the members; empty without members.
    pub statement: BoundedBytes<32>,
    /// Whether its work began.
    pub started: bool,
}

/// Something that happens.
#[derive(Debug)]
pub enum Input {
    /// Time has passed.
    Wake,
    /// A registration that passed the checks without a round.
    Submit(Submission),
    /// The work of a round is done.
    Finished {
        /// The round.
        round: Round,
        /// Its proof, which verifies.
        proof: Box<PoetProof>,
    },
}

/// A registration that waits for its answer.
#[derive(Debug)]
pub struct Submission {
    /// Names the answer.
    pub id: u64,
    /// The identity.
    pub node_id: NodeId,
    /// The leaf.
    pub challenge: [u8; 32],
    /// Latest acceptable end of the round.
    pub deadline: Option<Timestamp>,
}

/// Something to do once the turn is on the disk.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Answer a submission.
    Answer {
        /// Which one.
        id: u64,
        /// The round and when it ends, or why not.
        result: Result<Acknowledged, Refusal>,
    },
    /// Execute a round, or go on with it. One at a time.
    Execute {
        /// The round.
        round: Round,
        /// Its statement.
        statement: Vec<u8>,
        /// When to stop. May have passed: the work then ends as soon as a proof is possible.
        until: Timestamp,
    },
    /// Delete what was kept for a round's work: its proof is stored, or it is given up.
    Discard {
        /// The round.
        round: Round,
    },
    /// A round got no proof, because its end had passed before its work could begin. For the log.
    GivenUp {
        /// The round.
        round: Round,
    },
    /// A round closed. For the log.
    Closed {
        /// The round.
        round: Round,
        /// How many members it has.
        members: u64,
    },
}

/// A registration that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledged {
    /// The round.
    pub round: Round,
    /// When it ends.
    pub end: Timestamp,
}

/// What an operator chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most members of a round.
    pub round_members_max: u64,
    /// Required leading zero bits of a proof of work.
    pub pow_difficulty: u32,
}

/// The machine.
#[derive(Debug)]
pub struct Core {
    schedule: Schedule,
    limits: Limits,
    progress: Progress,
    members: u64,
    unfinished: BTreeMap<Round, Unfinished>,
    executing: Option<Round>,
}

impl Core {
    /// Goes on where the table stands, or begins. `pow_challenge` is used at the very first start only.
    ///
    /// # Errors
    ///
    /// The table's.
    pub fn start<T: Table>(
        schedule: Schedule,
        limits: Limits,
        pow_challenge: [u8; 32],
        now: Timestamp,
        table: &mut T,
        out: &mut Vec<Effect>,
    ) -> Result<Self, T::Error> {
        let mut progress = table.progress()?.unwrap_or_else(|| Progress {
            open: schedule.open_round(now),
            pow: AcceptedPow {
                current: PowParams {
                    challenge: pow_challenge.to_vec(),
                    difficulty: limits.pow_difficulty,
                },
                previous: None,
            },
        });
        progress.pow.current.difficulty = limits.pow_difficulty;
        let mut core = Self {
            schedule,
            limits,
            members: table.count(progress.open)?,
            unfinished: table.unfinished()?,
            progress,
            executing: None,
        };
        table.set_progress(&core.progress)?;
        core.handle(now, Input::Wake, table, out)?;
        Ok(core)
    }

    /// One input. `now` may go back; rounds do not.
    ///
    /// # Errors
    ///
    /// The table's. The transaction must be given up and the machine started again from the disk.
    pub fn handle<T: Table>(
        &mut self,
        now: Timestamp,
        input: Input,
        table: &mut T,
        out: &mut Vec<Effect>,
    ) -> Result<(), T::Error> {
        self.close_rounds(now, table, out)?;
        match input {
            Input::Wake => {}
            Input::Submit(submission) => {
                let result = self.submit(&submission, table)?;
                out.push(Effect::Answer {
                    id: submission.id,
                    result,
                });
            }
            Input::Finished { round, proof } => self.finish(round, &proof, table, out)?,
        }
        self.execute_next(now, table, out)
    }

    /// When `handle(now, Input::Wake, …)` is due, and why.
    pub fn next_wakeup(&self) -> (Timestamp, &'static str) {
        (
            self.schedule.round_start(self.progress.open),
            "the open round closes",
        )
    }

    /// The round that takes registrations.
    pub fn open_round(&self) -> Round {
        self.progress.open
    }

    /// How many members the open round has.
    pub fn open_members(&self) -> u64 {
        self.members
    }

    /// The parameters of proofs of work that are accepted.
    pub fn pow(&self) -> &AcceptedPow {
        &self.progress.pow
    }

    /// The round that executes.
    pub fn executing(&self) -> Option<Round> {
        self.executing
    }

    fn submit<T: Table>(
        &mut self,
        submission: &Submission,
        table: &mut T,
    ) -> Result<Result<Acknowledged, Refusal>, T::Error> {
        let round = self.progress.open;
        let end = self.schedule.round_end(round);
        let taken = Ok(Acknowledged { round, end });
        if submission.deadline.is_some_and(|deadline| end > deadline) {
            return Ok(Err(Refusal::new(
                Code::FailedPrecondition,
                "too late to register for the desired round",
            )));
        }
        match table.challenge(round, &submission.node_id)? {
            Some(stored) if stored == submission.challenge => Ok(taken),
            Some(_) => Ok(Err(Refusal::new(
                Code::AlreadyExists,
                "conflicting registration",
            ))),
            None if self.members >= self.limits.round_members_max => Ok(Err(Refusal::new(
                Code::ResourceExhausted,
                "the round has as many members as it may have",
            ))),
            None => {
                table.insert(round, &submission.node_id, &submission.challenge)?;
                self.members += 1;
                Ok(taken)
            }
        }
    }

    fn close_rounds<T: Table>(
        &mut self,
        now: Timestamp,
        table: &mut T,
        out: &mut Vec<Effect>,
    ) -> Result<(), T::Error> {
        let open = self.schedule.open_round(now);
        let closing = self.progress.open;
        if open <= closing {
            return Ok(());
        }
        let statement = BoundedBytes::try_from(table.statement(closing)?).unwrap_or_default();
        let state = Unfinished {
            statement,
            started: false,
        };
        table.set_unfinished(closing, Some(&state))?;
        self.unfinished.insert(closing, state);
        self.progress.open = open;
        table.set_progress(&self.progress)?;
        out.push(Effect::Closed {
            round: closing,
            members: self.members,
        });
        self.members = table.count(open)?;
        Ok(())
    }

    fn finish<T: Table>(
        &mut self,
        round: Round,
        proof: &PoetProof,
        table: &mut T,
        out: &mut Vec<Effect>,
    ) -> Result<(), T::Error> {
        if self.executing != Some(round) {
            return Ok(());
        }
        table.put_proof(round, proof)?;
        table.set_unfinished(round, None)?;
        self.progress
            .pow
            .rotate(proof.merkle_proof.root.as_slice().to_vec());
        table.set_progress(&self.progress)?;
        self.unfinished.remove(&round);
        self.executing = None;
        out.push(Effect::Discard { round });
        Ok(())
    }

    /// Gives the oldest waiting round to the worker, if that is idle.
    fn execute_next<T: Table>(
        &mut self,
        now: Timestamp,
        table: &mut T,
        out: &mut Vec<Effect>,
    ) -> Result<(), T::Error> {
        while self.executing.is_none() {
            let Some((&round, state)) = self.unfinished.iter_mut().next() else {
                return Ok(());
            };
            let until = self.schedule.round_end(round);
            if !state.started && until <= now {
                table.set_unfinished(round, None)?;
                self.unfinished.remove(&round);
                out.push(Effect::GivenUp { round });
                out.push(Effect::Discard { round });
                continue;
            }
            if !state.started {
                state.started = true;
                table.set_unfinished(round, Some(state))?;
            }
            self.executing = Some(round);
            out.push(Effect::Execute {
                round,
                statement: state.statement.as_slice().to_vec(),
                until,
            });
        }
        Ok(())
    }
}
