//! ATXs on their way in (05 §8–§11): from bytes to a stored row, a verdict, or a proof of misbehaviour. *Inputs in, effects out.*
//!
//! An ATX passes three stages: what it shows by itself, what it refers to, and what both say together. It waits as a value between them,
//! not as a task: ancestors are fetched one after the other without recursion, and the memory for waiting ATXs has an end.
//!
//! Keeps true: what is being judged is known by the hash of the whole message, never by the ATX id, so that a forged copy cannot poison the
//! genuine one (05 trap 5); nothing negative is remembered; an ATX that could not be judged is ignored, never rejected; the time of arrival
//! is that of the message, not that of the verdict (05 trap 23).

mod protocol; // inputs, effects, verdicts
mod store; // the last step: misbehaviour, and the row

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use spacemesh_types::{AtxId, AtxVersion, EpochId, Hash32, NodeId, PoetProofRef, Timestamp, sum};

pub use self::protocol::{
    Conclusion, IntakeEffect, IntakeInput, IntakeLimits, JobId, Origin, Reference, Ticket, Verdict,
};
use crate::{
    Atx, Ignored, Rejection, Rules, State, View, Work, WorkResult, validate_v1,
    validate_v1::{Accepted, Late},
    validate_v2,
};

/// ATXs that are being judged.
#[derive(Debug)]
pub struct Intake {
    rules: Rules,
    limits: IntakeLimits,
    own: BTreeSet<NodeId>,
    synced: bool,
    parked: BTreeMap<MessageHash, Parked>,
    parked_bytes: usize,
    waiting: BTreeMap<Reference, BTreeSet<MessageHash>>,
    jobs: BTreeMap<JobId, (MessageHash, usize)>,
    next_job: u64,
    queue: VecDeque<Step>,
    now: Timestamp,
}

type MessageHash = Hash32;

#[derive(Debug)]
struct Parked {
    atx: Atx,
    id: AtxId,
    bytes: Vec<u8>,
    received: Timestamp,
    tickets: Vec<(Ticket, Origin)>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// What it shows by itself is checked.
    Early { results: Results },
    /// These are missing.
    Waiting { missing: BTreeSet<Reference> },
    /// What both say together is checked; this follows if all holds.
    Late {
        results: Results,
        then: Result<Box<Accepted>, Rejection>,
    },
}

#[derive(Debug)]
struct Results {
    kinds: Vec<WorkKind>,
    done: Vec<Option<WorkResult>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WorkKind {
    Post,
    VrfNonce,
}

/// What is still to be done for the current input. A queue instead of recursion: chains of ancestors may be long.
#[derive(Debug)]
enum Step {
    /// All results of a stage are there.
    Advance(MessageHash),
    /// Nothing is missing any more.
    Ready(MessageHash),
    /// It is over.
    Conclude(MessageHash, Conclusion),
}

impl Intake {
    /// An intake with nothing in it.
    pub fn new(rules: Rules, limits: IntakeLimits) -> Self {
        Self {
            rules,
            limits,
            own: BTreeSet::new(),
            synced: false,
            parked: BTreeMap::new(),
            parked_bytes: 0,
            waiting: BTreeMap::new(),
            jobs: BTreeMap::new(),
            next_job: 0,
            queue: VecDeque::new(),
            now: Timestamp::from_unix_nanos(0),
        }
    }

    /// Whether the node knows the ATXs of the past. Until then gossip is ignored.
    pub fn set_synced(&mut self, synced: bool) {
        self.synced = synced;
    }

    /// Adds an identity of this node, against which it makes no proofs (05 trap 21).
    pub fn add_own(&mut self, node: NodeId) {
        self.own.insert(node);
    }

    /// ATXs that wait.
    pub fn parked(&self) -> usize {
        self.parked.len()
    }

    /// The rules it judges by.
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Takes one input. Changes are applied to `state` at once; effects are pushed in the order in which they are to be carried out. `now`
    /// becomes the time of proofs that are made.
    pub fn handle(
        &mut self,
        now: Timestamp,
        state: &mut (impl State + ?Sized),
        input: IntakeInput,
        out: &mut Vec<IntakeEffect>,
    ) {
        self.now = now;
        match input {
            IntakeInput::Received {
                ticket,
                origin,
                received,
                epoch,
                bytes,
            } => {
                if let Err(conclusion) =
                    self.receive(state, ticket, origin, received, epoch, bytes, out)
                {
                    answer(ticket, origin, conclusion, out);
                }
            }
            IntakeInput::Checked { job, result } => self.checked(job, result),
            IntakeInput::PoetStored(reference) => self.obtained(Reference::Poet(reference)),
            IntakeInput::Unobtainable {
                reference,
                rejected,
            } => self.unobtainable(reference, rejected),
        }
        while let Some(step) = self.queue.pop_front() {
            match step {
                Step::Advance(message) => self.advance(state, message, out),
                Step::Ready(message) => self.judge(state, message, out),
                Step::Conclude(message, conclusion) => self.conclude(message, &conclusion, out),
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the fields of one input and the two ends of the machine"
    )]
    fn receive(
        &mut self,
        state: &(impl View + ?Sized),
        ticket: Ticket,
        origin: Origin,
        received: Timestamp,
        epoch: EpochId,
        bytes: Vec<u8>,
        out: &mut Vec<IntakeEffect>,
    ) -> Result<(), Conclusion> {
        if origin == Origin::Gossip && !self.synced {
            return Err(Conclusion::Ignored(Ignored::NotSynced));
        }
        let rejected = Conclusion::Rejected;
        let atx = Atx::decode(&bytes, &self.rules.versions);
        let atx = atx.map_err(|error| rejected(error.into()))?;
        let id = atx.id(self.rules.tree);
        if let Origin::Fetched(expected) = origin
            && expected != id
        {
            let found = id;
            return Err(rejected(Rejection::WrongId { expected, found }));
        }
        let message = sum([&bytes]);
        if let Some(parked) = self.parked.get_mut(&message) {
            if parked.tickets.len() >= self.limits.tickets_max {
                return Err(Conclusion::Ignored(Ignored::Busy));
            }
            parked.tickets.push((ticket, origin));
            return Ok(());
        }
        let known = state.atx(id).is_some();
        let signed = atx.is_signed(&self.rules.prefix, id);
        match (known, signed, atx.version()) {
            // The reference accepts known ATXs of version 2 with any signature; garbage is not forwarded here (05 trap 6).
            (true, true, AtxVersion::V2) => return Err(Conclusion::Stored),
            (true, false, AtxVersion::V2) | (true, true, _) => {
                return Err(Conclusion::Ignored(Ignored::Known));
            }
            (false, true, _) => {}
            (_, false, _) => return Err(rejected(Rejection::Signature)),
        }
        let works = match &atx {
            Atx::V1(atx) => validate_v1::early(atx, &self.rules, epoch),
            Atx::V2(atx) => validate_v2::early(atx, &self.rules, epoch),
        };
        let works = works.map_err(rejected)?;
        self.check_room(origin, bytes.len())?;
        self.parked_bytes += bytes.len();
        let results = self.give_out(message, works, out);
        self.parked.insert(
            message,
            Parked {
                atx,
                id,
                bytes,
                received,
                tickets: vec![(ticket, origin)],
                stage: Stage::Early { results },
            },
        );
        self.queue.push_back(Step::Advance(message));
        Ok(())
    }

    fn check_room(&self, origin: Origin, bytes: usize) -> Result<(), Conclusion> {
        let atxs_max = match origin {
            Origin::Gossip => self.limits.gossip_max,
            Origin::Own | Origin::Fetched(_) => self.limits.atxs_max,
        };
        let full = self.parked.len() >= atxs_max
            || self.parked_bytes.saturating_add(bytes) > self.limits.bytes_max;
        if full && origin != Origin::Own {
            return Err(Conclusion::Ignored(Ignored::Busy));
        }
        Ok(())
    }

    fn give_out(
        &mut self,
        message: MessageHash,
        works: Vec<Work>,
        out: &mut Vec<IntakeEffect>,
    ) -> Results {
        let kinds = works.iter().map(|work| match work {
            Work::Post(_) => WorkKind::Post,
            Work::VrfNonce(_) => WorkKind::VrfNonce,
        });
        let results = Results {
            kinds: kinds.collect(),
            done: vec![None; works.len()],
        };
        for (index, work) in works.into_iter().enumerate() {
            let job = JobId(self.next_job);
            self.next_job += 1;
            self.jobs.insert(job, (message, index));
            out.push(IntakeEffect::Check { job, work });
        }
        results
    }

    fn checked(&mut self, job: JobId, result: WorkResult) {
        let Some((message, index)) = self.jobs.remove(&job) else {
            return;
        };
        let Some(parked) = self.parked.get_mut(&message) else {
            return;
        };
        let (Stage::Early { results } | Stage::Late { results, .. }) = &mut parked.stage else {
            return;
        };
        if let Some(slot) = results.done.get_mut(index) {
            *slot = Some(result);
        }
        self.queue.push_back(Step::Advance(message));
    }

    /// Goes on when the last result of a stage is there. The first failure in order of the rules decides.
    fn advance(
        &mut self,
        state: &mut (impl State + ?Sized),
        message: MessageHash,
        out: &mut Vec<IntakeEffect>,
    ) {
        let Some(parked) = self.parked.get_mut(&message) else {
            return;
        };
        let (Stage::Early { results } | Stage::Late { results, .. }) = &parked.stage else {
            return;
        };
        let done: Option<Vec<WorkResult>> = results.done.iter().copied().collect();
        let Some(done) = done else {
            return;
        };
        let mut all = results.kinds.iter().copied().zip(done);
        let failed = all.find(|(_, result)| *result != WorkResult::Valid);
        let early = matches!(parked.stage, Stage::Early { .. });
        let rejected = |rejection| Conclusion::Rejected(rejection);
        let conclusion = match failed {
            None if early => {
                self.look_for_references(state, message, out);
                return;
            }
            None => self.accept(state, message, out),
            Some((_, WorkResult::Unavailable)) => Conclusion::Ignored(Ignored::Unchecked),
            Some((WorkKind::VrfNonce, _)) => rejected(Rejection::VrfNonce),
            Some((WorkKind::Post, _)) if early => rejected(Rejection::InitialPost),
            Some((WorkKind::Post, WorkResult::InvalidIndex(index))) => {
                self.bad_index(state, message, index, out)
            }
            Some((WorkKind::Post, WorkResult::Valid | WorkResult::Invalid)) => {
                rejected(Rejection::Post)
            }
        };
        self.queue.push_back(Step::Conclude(message, conclusion));
    }

    fn look_for_references(
        &mut self,
        state: &(impl View + ?Sized),
        message: MessageHash,
        out: &mut Vec<IntakeEffect>,
    ) {
        let Some(parked) = self.parked.get_mut(&message) else {
            return;
        };
        let references = parked.atx.references(self.rules.golden_atx);
        let atxs = references.atxs.into_iter();
        let atxs: Vec<AtxId> = atxs.filter(|id| state.atx(*id).is_none()).collect();
        let poets = references.poets.into_iter();
        let poets: Vec<PoetProofRef> = poets.filter(|it| state.poet(*it).is_none()).collect();
        let missing: BTreeSet<Reference> = (atxs.iter().map(|id| Reference::Atx(*id)))
            .chain(poets.iter().map(|it| Reference::Poet(*it)))
            .collect();
        if missing.is_empty() {
            self.queue.push_back(Step::Ready(message));
            return;
        }
        let source = parked
            .tickets
            .first()
            .map_or(Ticket(0), |(ticket, _)| *ticket);
        let mut fresh = |reference| {
            let waiting = self.waiting.entry(reference).or_default();
            waiting.insert(message) && waiting.len() == 1
        };
        let atxs: Vec<AtxId> = atxs
            .into_iter()
            .filter(|id| fresh(Reference::Atx(*id)))
            .collect();
        let poets: Vec<PoetProofRef> = poets
            .into_iter()
            .filter(|it| fresh(Reference::Poet(*it)))
            .collect();
        parked.stage = Stage::Waiting { missing };
        if !atxs.is_empty() || !poets.is_empty() {
            out.push(IntakeEffect::Fetch {
                atxs,
                poets,
                source,
            });
        }
    }

    /// A reference is stored.
    fn obtained(&mut self, reference: Reference) {
        for message in self.waiting.remove(&reference).unwrap_or_default() {
            let Some(parked) = self.parked.get_mut(&message) else {
                continue;
            };
            if let Stage::Waiting { missing } = &mut parked.stage {
                missing.remove(&reference);
                if missing.is_empty() {
                    self.queue.push_back(Step::Ready(message));
                }
            }
        }
    }

    /// A reference cannot be had. Rejection is contagious (05 §8).
    fn unobtainable(&mut self, reference: Reference, rejected: bool) {
        for message in self.waiting.remove(&reference).unwrap_or_default() {
            let conclusion = if rejected {
                Conclusion::Rejected(Rejection::Reference)
            } else {
                Conclusion::Ignored(Ignored::NoReference)
            };
            self.queue.push_back(Step::Conclude(message, conclusion));
        }
    }

    /// Everything an ATX refers to is stored.
    fn judge(
        &mut self,
        state: &(impl View + ?Sized),
        message: MessageHash,
        out: &mut Vec<IntakeEffect>,
    ) {
        let Some(parked) = self.parked.get(&message) else {
            return;
        };
        let (id, received, rules) = (parked.id, parked.received, &self.rules);
        let late = match &parked.atx {
            Atx::V1(atx) => validate_v1::late(atx, id, received, rules, state),
            Atx::V2(atx) => validate_v2::late(atx, id, received, rules, state),
        };
        match late {
            Err(rejection) => {
                let conclusion = Conclusion::Rejected(rejection);
                self.queue.push_back(Step::Conclude(message, conclusion));
            }
            Ok(Late { works, then }) => {
                let results = self.give_out(message, works, out);
                if let Some(parked) = self.parked.get_mut(&message) {
                    let then = then.map(Box::new);
                    parked.stage = Stage::Late { results, then };
                }
                self.queue.push_back(Step::Advance(message));
            }
        }
    }

    /// Answers everybody who waits for a message, and lets go on what waits for the ATX.
    fn conclude(
        &mut self,
        message: MessageHash,
        conclusion: &Conclusion,
        out: &mut Vec<IntakeEffect>,
    ) {
        let Some(parked) = self.parked.remove(&message) else {
            return;
        };
        self.parked_bytes = self.parked_bytes.saturating_sub(parked.bytes.len());
        if let Stage::Waiting { missing } = &parked.stage {
            for reference in missing {
                if let Some(waiting) = self.waiting.get_mut(reference) {
                    waiting.remove(&message);
                    if waiting.is_empty() {
                        self.waiting.remove(reference);
                    }
                }
            }
        }
        let mut asked_for = false;
        for (ticket, origin) in parked.tickets {
            asked_for |= matches!(origin, Origin::Fetched(_));
            answer(ticket, origin, conclusion.clone(), out);
        }
        let reference = Reference::Atx(parked.id);
        match conclusion {
            Conclusion::Stored | Conclusion::Ignored(Ignored::Known) => self.obtained(reference),
            // The ATX that shows two in one epoch is stored, the one with a bad index is not.
            Conclusion::Ignored(Ignored::Malicious) if matches!(&parked.stage, Stage::Late { results, .. } if results.all_valid()) =>
            {
                self.obtained(reference);
            }
            // A copy that came unasked says nothing about what the request will bring.
            Conclusion::Ignored(_) if asked_for => self.unobtainable(reference, false),
            Conclusion::Rejected(_) if asked_for => self.unobtainable(reference, true),
            Conclusion::Ignored(_) | Conclusion::Rejected(_) => {}
        }
    }
}

impl Parked {
    fn by_gossip(&self) -> bool {
        let mut origins = self.tickets.iter().map(|(_, origin)| origin);
        origins.any(|origin| !matches!(origin, Origin::Fetched(_)))
    }
}

impl Results {
    fn all_valid(&self) -> bool {
        let mut done = self.done.iter();
        done.all(|result| *result == Some(WorkResult::Valid))
    }
}

/// Tells the caller (05 §8).
fn answer(ticket: Ticket, origin: Origin, conclusion: Conclusion, out: &mut Vec<IntakeEffect>) {
    let verdict = match (&conclusion, origin) {
        (Conclusion::Stored, _)
        | (Conclusion::Ignored(Ignored::Known), Origin::Own | Origin::Fetched(_))
        // The requester must look whether it is stored (05 trap 13).
        | (Conclusion::Ignored(Ignored::Malicious), Origin::Fetched(_)) => Verdict::Accept,
        (Conclusion::Ignored(_), _) => Verdict::Ignore,
        (Conclusion::Rejected(_), _) => Verdict::Reject,
    };
    out.push(IntakeEffect::Verdict {
        ticket,
        verdict,
        conclusion,
    });
}
