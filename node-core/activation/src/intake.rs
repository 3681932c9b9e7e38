//! ATXs on their way in (05 §8–§11): from bytes to a stored row, a verdict, or a proof of misbehaviour. *Inputs in, effects out.*
//!
//! An ATX passes three stages: what it shows by itself, what it refers to, and what both say together. It waits as a value between them,
//! not as a task: ancestors are fetched one after the other without recursion, and the memory for waiting ATXs has an end.
//!
//! Keeps true: what is being judged is known by the hash of the whole message, never by the ATX id, so that a forged copy cannot poison the
//! genuine one (05 trap 5); nothing negative is remembered; an ATX that could not be judged is ignored, never rejected; the time of arrival
//! is that of the message, not that of the verdict (05 trap 23).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use spacemesh_types::{
    AtxId, AtxVersion, EpochId, Hash32, NodeId, PoetProofRef, Timestamp, sum,
    wire::{ActivationTxV1, MalfeasanceProof},
};

use crate::{
    Atx, AtxRow, Change, Ignored, MisbehaviourV2, Rejection, Rules, State, View, Work, WorkResult,
    malfeasance, marriage, validate_v1,
    validate_v1::{Accepted, Late},
    validate_v2,
};

/// The caller's name for a message or answer; the verdict carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Names work that was given out. Never used twice by one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// How an ATX came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// By gossip from a peer.
    Gossip,
    /// Published by this node, for the first time or again.
    Own,
    /// As the answer to a request for this id, or from what was preserved across a recovery.
    Fetched(AtxId),
}

/// Something an ATX refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// Another ATX.
    Atx(AtxId),
    /// A PoET proof.
    Poet(PoetProofRef),
}

/// What happens to the intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeInput {
    /// Bytes arrived.
    Received {
        /// The caller's name for them.
        ticket: Ticket,
        /// How they came.
        origin: Origin,
        /// When they came.
        received: Timestamp,
        /// The epoch at that time.
        epoch: EpochId,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Work is done.
    Checked {
        /// Which.
        job: JobId,
        /// What came out.
        result: WorkResult,
    },
    /// A PoET proof was verified and stored.
    PoetStored(PoetProofRef),
    /// Something that was asked for cannot be had, after all attempts.
    Unobtainable {
        /// What.
        reference: Reference,
        /// Whether what peers answered was rejected; then so is what refers to it.
        rejected: bool,
    },
}

/// What the intake asks for. Effects of one input are carried out in order, after its changes are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeEffect {
    /// Check this and answer with [`IntakeInput::Checked`].
    Check {
        /// Name of the work.
        job: JobId,
        /// The work.
        work: Work,
    },
    /// Obtain these, first from where the ATX of `source` came. Each ends in `Received`, `PoetStored` or `Unobtainable`.
    Fetch {
        /// ATXs; these requests must not wait for the limiter of other ATX requests (05 §11).
        atxs: Vec<AtxId>,
        /// PoET proofs.
        poets: Vec<PoetProofRef>,
        /// Who knows them.
        source: Ticket,
    },
    /// The end of a message or answer.
    Verdict {
        /// Which.
        ticket: Ticket,
        /// What to tell the network.
        verdict: Verdict,
        /// Why.
        conclusion: Conclusion,
    },
    /// An identity misbehaved: tell tortoise, caches and users. Comes before the ATX that showed it.
    Malfeasance {
        /// Who.
        node: NodeId,
        /// The proof, which is stored.
        proof: Box<MalfeasanceProof>,
        /// Whether to publish it on `mp1`.
        publish: bool,
    },
    /// An ATX was stored: add it to the table of its target epoch, tell beacon, tortoise and users.
    Stored {
        /// Its row.
        row: Box<AtxRow>,
        /// Whether its signer counts as malicious.
        malicious: bool,
        /// What shows in it, for version 2.
        misbehaviour: Option<Box<MisbehaviourV2>>,
    },
}

/// What the network is told about a message, or what became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Forward it; success.
    Accept,
    /// Do not forward it; the request may be repeated.
    Ignore,
    /// Do not forward it and drop the peer.
    Reject,
}

/// What became of an ATX.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conclusion {
    /// It is stored.
    Stored,
    /// Nothing is said about it.
    Ignored(Ignored),
    /// It is wrong.
    Rejected(Rejection),
}

/// How much may wait at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntakeLimits {
    /// ATXs that came by gossip; more are ignored and come again by regossip or synchronisation.
    pub gossip_max: usize,
    /// ATXs in all, those that were asked for included.
    pub atxs_max: usize,
    /// Bytes in all.
    pub bytes_max: usize,
    /// Verdicts that wait for one message.
    pub tickets_max: usize,
}

impl Default for IntakeLimits {
    /// The reference validates 50 000 gossip messages at a time. Typical ATXs have a kilobyte; the largest has 0.9 MB.
    fn default() -> Self {
        Self {
            gossip_max: 50_000,
            atxs_max: 200_000,
            bytes_max: 512 << 20,
            tickets_max: 256,
        }
    }
}

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

    /// Step E of 05 §9: an index of the proof of space does not hold. The ATX is not stored (05 trap 13).
    fn bad_index(
        &mut self,
        state: &mut (impl State + ?Sized),
        message: MessageHash,
        index: u32,
        out: &mut Vec<IntakeEffect>,
    ) -> Conclusion {
        let Some(parked) = self.parked.get(&message) else {
            return Conclusion::Rejected(Rejection::Post);
        };
        // The snapshot makes no proofs of ATXs of version 2.
        let Atx::V1(atx) = &parked.atx else {
            return Conclusion::Rejected(Rejection::Post);
        };
        let node = atx.smesher_id;
        if state.is_malicious(node) {
            return Conclusion::Rejected(Rejection::PostOfMalicious);
        }
        let proof = malfeasance::invalid_post_index((**atx).clone(), index, &self.rules);
        let publish = parked.by_gossip();
        condemn(state, node, proof, self.now, publish, out);
        Conclusion::Ignored(Ignored::Malicious)
    }

    /// Step F: stores an ATX of which everything holds.
    fn accept(
        &mut self,
        state: &mut (impl State + ?Sized),
        message: MessageHash,
        out: &mut Vec<IntakeEffect>,
    ) -> Conclusion {
        let Some(parked) = self.parked.get(&message) else {
            return Conclusion::Ignored(Ignored::Known);
        };
        let Stage::Late { then, .. } = &parked.stage else {
            return Conclusion::Ignored(Ignored::Known);
        };
        let accepted = match then {
            Ok(accepted) => (**accepted).clone(),
            Err(rejection) => return Conclusion::Rejected(rejection.clone()),
        };
        // Another message with the same id may have been faster.
        if state.atx(parked.id).is_some() {
            return match parked.atx.version() {
                AtxVersion::V2 => Conclusion::Stored,
                _ => Conclusion::Ignored(Ignored::Known),
            };
        }
        match &parked.atx {
            Atx::V1(atx) => self.store_v1(state, parked, atx, accepted, out),
            Atx::V2(atx) => {
                let nodes = match validate_v2::married(atx, &self.rules, state) {
                    Ok(nodes) => nodes,
                    Err(rejection) => return Conclusion::Rejected(rejection),
                };
                for change in marriage::record(atx, parked.id, &nodes, state) {
                    state.apply(change);
                }
                let posts = accepted.posts.clone();
                insert(state, parked, &accepted);
                let rules = &self.rules;
                let misbehaviour = marriage::detect(atx, parked.id, &nodes, &posts, rules, state);
                out.push(IntakeEffect::Stored {
                    row: Box::new(accepted.row),
                    malicious: misbehaviour.is_some(),
                    misbehaviour: misbehaviour.map(Box::new),
                });
                Conclusion::Stored
            }
        }
    }

    fn store_v1(
        &self,
        state: &mut (impl State + ?Sized),
        parked: &Parked,
        atx: &ActivationTxV1,
        accepted: Accepted,
        out: &mut Vec<IntakeEffect>,
    ) -> Conclusion {
        let node = atx.smesher_id;
        let known_malicious = state.is_malicious(node);
        let proof = if known_malicious {
            None
        } else {
            match self.contradiction(state, atx, parked.id) {
                Ok(proof) => proof,
                Err(ignored) => return Conclusion::Ignored(ignored),
            }
        };
        insert(state, parked, &accepted);
        let malicious = known_malicious || proof.is_some();
        let conclusion = match proof {
            Some(proof) => {
                let publish = parked.by_gossip();
                condemn(state, node, proof, self.now, publish, out);
                Conclusion::Ignored(Ignored::Malicious)
            }
            None => Conclusion::Stored,
        };
        out.push(IntakeEffect::Stored {
            row: Box::new(accepted.row),
            malicious,
            misbehaviour: None,
        });
        conclusion
    }

    /// Steps F-a and F-b: whether the ATX contradicts one that is stored.
    fn contradiction(
        &self,
        state: &(impl View + ?Sized),
        atx: &ActivationTxV1,
        id: AtxId,
    ) -> Result<Option<MalfeasanceProof>, Ignored> {
        let node = atx.smesher_id;
        let challenge = &atx.inner.challenge;
        let other = state.signed_in(node, challenge.publish_epoch);
        if let Some(other) = other.filter(|other| *other != id) {
            if self.own.contains(&node) {
                return Err(Ignored::OwnIdentity);
            }
            let messages = [
                malfeasance::proof_message(&stored_v1(state, other)?),
                malfeasance::proof_message(atx),
            ];
            return Ok(Some(malfeasance::multiple_atxs(messages, &self.rules)));
        }
        let previous = Some(challenge.prev_atx).filter(|id| !id.is_zero());
        if state.newest_containing(node, challenge.publish_epoch) == previous {
            return Ok(None);
        }
        if self.own.contains(&node) {
            return Err(Ignored::OwnIdentity);
        }
        let same_previous = state.with_previous(node, previous);
        let Some(&other) = same_previous.first().filter(|other| **other != id) else {
            return Ok(None);
        };
        let other = stored_v1(state, other)?;
        let proof = malfeasance::invalid_prev_atx(atx.clone(), other, &self.rules);
        Ok(Some(proof))
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

fn insert(state: &mut (impl State + ?Sized), parked: &Parked, accepted: &Accepted) {
    state.apply(Change::InsertAtx {
        row: accepted.row,
        blob: Some(parked.bytes.clone()),
        posts: accepted.posts.clone(),
    });
}

fn condemn(
    state: &mut (impl State + ?Sized),
    node: NodeId,
    proof: MalfeasanceProof,
    received: Timestamp,
    publish: bool,
    out: &mut Vec<IntakeEffect>,
) {
    let proof = Box::new(proof);
    state.apply(Change::InsertMalfeasance {
        node,
        proof: proof.clone(),
        received,
    });
    out.push(IntakeEffect::Malfeasance {
        node,
        proof,
        publish,
    });
}

/// A stored ATX of version 1 with its bytes; without them no proof can be made.
fn stored_v1(state: &(impl View + ?Sized), id: AtxId) -> Result<ActivationTxV1, Ignored> {
    let (version, bytes) = state.blob(id).ok_or(Ignored::NoProof)?;
    match Atx::decode_version(&bytes, version) {
        Ok(Atx::V1(atx)) => Ok(*atx),
        Ok(Atx::V2(_)) | Err(_) => Err(Ignored::NoProof),
    }
}
