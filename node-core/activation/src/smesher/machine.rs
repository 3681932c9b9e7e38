//! The loop of one identity (05 §16): initial proof, challenge, registrations, PoET proof, proof of space, ATX. *Inputs in, effects out.*
//!
//! What it does next follows from the journal and the time; [`Doing`] only remembers what was asked for since the process started. So a
//! restart takes up where it was, and asking twice is the worst that can happen.
//!
//! Keeps true: when the journal changed, [`SmesherEffect::Persist`] is the first effect of the input, and nothing after it may be carried out
//! before it is on disk; an answer to a question of before is dropped by its number.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use spacemesh_codec::{BoundedBytes, BoundedVec};
use spacemesh_crypto::{Domain, SigningKey};
use spacemesh_types::{
    Address, AtxId, AtxVersion, EpochId, Hash32, NodeId, PoetProofRef, Timestamp, VrfNonce,
    wire::{
        ActivationTxV1, ActivationTxV2, InitialAtxPartsV2, InnerActivationTxV1, MerkleProof,
        MerkleProofV2, NipostV1, NipostsV2, PostMetadataV1, PostV1, SubPostV2,
    },
};

use super::{
    journal::{Challenge, ChosenProof, FinalPost, InitialPost, Journal, POETS_MAX, Registration},
    timeline::Timeline,
};
use crate::{
    Atx, Indices, PostWork, Rules, SmesherEvent, SmesherProblem, View, Work, WorkResult,
    choose_positioning, ticks,
};

/// How long the smesher waits before it asks a proving service again that is not there.
const POST_SERVICE_WAIT: Duration = Duration::from_secs(2);

/// How long it waits before it publishes an ATX again that was not taken. The reference does not wait at all (05 trap 26).
const PUBLISH_WAIT: Duration = Duration::from_secs(5);

/// Number of a question; answers carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question(pub u64);

/// A proof of space as the proving service returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadePost {
    /// The proof.
    pub post: PostV1,
    /// Units of the data.
    pub num_units: u32,
    /// Labels of a unit.
    pub labels_per_unit: u64,
    /// What the labels were derived from.
    pub commitment: AtxId,
    /// Index of the lowest label, if it was found.
    pub vrf_nonce: Option<VrfNonce>,
}

/// What the proving service says about its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostInfo {
    /// Units.
    pub num_units: u32,
    /// What the labels were derived from.
    pub commitment: AtxId,
}

/// Why there is no proof of space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostFailure {
    /// The service is not connected, or the connection broke. It is asked again.
    Unavailable,
    /// The service could not make it.
    Failed(String),
}

/// The answer of a PoET server about a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoetAnswer {
    /// The proof, which is verified and stored.
    pub reference: PoetProofRef,
    /// Its leaves.
    pub leaf_count: u64,
    /// Place of the challenge among the members; none if it is no member.
    pub membership: Option<MerkleProof>,
}

/// What happens to a smesher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmesherInput {
    /// Time went on.
    Wakeup,
    /// Smeshing starts. Without a coinbase nothing starts.
    Start {
        /// Account for rewards.
        coinbase: Address,
    },
    /// Smeshing stops.
    Stop {
        /// Whether what was begun is dropped.
        delete: bool,
    },
    /// The account for rewards of the ATXs that are assembled from here on.
    SetCoinbase(Address),
    /// Whether the node knows the ATXs of the past.
    Synced(bool),
    /// The PoET servers that are configured.
    Poets(Vec<String>),
    /// The certificates were obtained, as far as they could be.
    Certified(Question),
    /// A proof of space was made, or not.
    PostMade(Question, Result<MadePost, PostFailure>),
    /// The proving service told about its data.
    PostInfo(Question, Result<PostInfo, PostFailure>),
    /// A proof of space was checked.
    PostChecked(Question, WorkResult),
    /// The search for a positioning ATX ended.
    Positioned {
        /// For ATXs of this epoch.
        publish: EpochId,
        /// The ATX and its height, if there is one.
        candidate: Option<(AtxId, u64)>,
    },
    /// A PoET server took the challenge, with its round and the end of that in Unix seconds, or did not.
    Registered {
        /// Which question.
        question: Question,
        /// The server.
        address: String,
        /// Round and its end.
        round: Option<(String, Option<u64>)>,
    },
    /// A PoET server answered about a round, or did not.
    PoetAnswered {
        /// Which question.
        question: Question,
        /// The server.
        address: String,
        /// The answer.
        answer: Option<PoetAnswer>,
    },
    /// This node took its own ATX, or did not.
    Published(Question, bool),
}

/// What a smesher asks for. Carry them out in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmesherEffect {
    /// Write the journal and flush it before anything that follows.
    Persist(Vec<u8>),
    /// Obtain certificates of all PoET servers.
    Certify(Question),
    /// Make a proof of space.
    MakePost {
        /// Which question.
        question: Question,
        /// What to prove; zeros for the initial proof.
        challenge: Hash32,
    },
    /// Ask the proving service about its data.
    AskPostInfo(Question),
    /// Check an own proof of space, before the work of others.
    CheckPost(Question, Work),
    /// Search for a positioning ATX until the deadline.
    Position {
        /// For ATXs of this epoch.
        publish: EpochId,
        /// The end of the search.
        deadline: Option<Timestamp>,
    },
    /// Register at a PoET server (04 §7.2).
    Register {
        /// Which question.
        question: Question,
        /// The server.
        address: String,
        /// The challenge.
        challenge: Hash32,
        /// Genesis id and domain byte, as the request repeats them.
        prefix: Vec<u8>,
        /// Signature of the challenge in domain `POET`.
        signature: spacemesh_types::EdSignature,
        /// When the proof must be there at the latest.
        deadline: Timestamp,
    },
    /// Ask a PoET server for the proof of a round, and verify and store it.
    AskPoet {
        /// Which question.
        question: Question,
        /// The server.
        address: String,
        /// Its round.
        round: String,
        /// The member to look for.
        challenge: Hash32,
    },
    /// Publish an ATX on `ax1`, through the same validation as those of others.
    Publish {
        /// Which question.
        question: Question,
        /// The ATX.
        bytes: Vec<u8>,
    },
    /// Publish stored bytes on `ax1` again.
    Regossip(Vec<u8>),
    /// Tell the person.
    Event(SmesherEvent),
}

/// What an identity does, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SmesherState {
    /// Smeshing is stopped.
    Stopped,
    /// Nothing to do but wait.
    Idle,
    /// A proof of space is being made.
    Proving,
}

/// The loop of one identity.
#[derive(Debug)]
pub struct Smesher {
    key: SigningKey,
    rules: Rules,
    timeline: Timeline,
    poets: Vec<String>,
    /// Chosen at random by the caller, for the delay of queries.
    chance: u32,
    coinbase: Option<Address>,
    synced: bool,
    journal: Journal,
    doing: Doing,
    next_question: u64,
    next_regossip: Option<Timestamp>,
    announced: BTreeSet<(EpochId, Announcement)>,
}

/// Events that are told once per ATX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Announcement {
    Window,
    RoundEnd,
}

/// What was asked for and not answered, or until when nothing is done. Lost in a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Doing {
    /// Smeshing is stopped.
    Stopped,
    /// Looks what comes next.
    Deciding,
    /// Certificates were not asked for since smeshing started.
    MakingInitialPost(Question),
    CheckingInitialPost(Question, InitialPost),
    Certifying(Question),
    /// Waits for an instant, to decide again.
    Waiting(Timestamp, &'static str),
    RecheckingInitialPost(Question, EpochId),
    Positioning(EpochId),
    Registering(BTreeMap<String, Attempt>),
    Querying(Queries),
    AskingPostInfo(Question),
    CheckingBeforeProof(Question),
    MakingPost(Question),
    Publishing(Question),
}

/// A registration that is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Asked(Question),
    Again(Timestamp),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Queries {
    /// When each server is asked.
    due: BTreeMap<String, Timestamp>,
    asked: BTreeMap<String, Question>,
    answers: BTreeMap<String, PoetAnswer>,
}

impl Smesher {
    /// An identity with what it had begun. `chance` spreads queries over time.
    pub fn new(
        key: SigningKey,
        rules: Rules,
        timeline: Timeline,
        journal: Journal,
        chance: u32,
    ) -> Self {
        Self {
            key,
            rules,
            timeline,
            poets: Vec::new(),
            chance,
            coinbase: None,
            synced: false,
            journal,
            doing: Doing::Stopped,
            next_question: 0,
            next_regossip: None,
            announced: BTreeSet::new(),
        }
    }

    /// The identity.
    pub fn node(&self) -> NodeId {
        self.key.node_id()
    }

    /// What was begun.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What it does.
    pub const fn state(&self) -> SmesherState {
        match self.doing {
            Doing::Stopped => SmesherState::Stopped,
            Doing::MakingInitialPost(_) | Doing::MakingPost(_) => SmesherState::Proving,
            Doing::Deciding
            | Doing::CheckingInitialPost(..)
            | Doing::Certifying(_)
            | Doing::Waiting(..)
            | Doing::RecheckingInitialPost(..)
            | Doing::Positioning(_)
            | Doing::Registering(_)
            | Doing::Querying(_)
            | Doing::AskingPostInfo(_)
            | Doing::CheckingBeforeProof(_)
            | Doing::Publishing(_) => SmesherState::Idle,
        }
    }

    /// Until when [`SmesherInput::Wakeup`] is due, and why.
    pub fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        let own = match &self.doing {
            Doing::Stopped => return None,
            Doing::Waiting(until, why) => Some((*until, *why)),
            Doing::Registering(attempts) => {
                let again = attempts.values().filter_map(|attempt| match attempt {
                    Attempt::Again(at) => Some(*at),
                    Attempt::Asked(_) => None,
                });
                let challenge = self.journal.challenge.as_ref();
                let end = challenge.map(|it| self.timeline.registration_end(it.publish));
                again
                    .chain(end)
                    .min()
                    .map(|at| (at, "registration at PoET servers"))
            }
            Doing::Querying(queries) => {
                let next = queries.due.values().min();
                next.map(|at| (*at, "end of a PoET round"))
            }
            Doing::Deciding
            | Doing::MakingInitialPost(_)
            | Doing::CheckingInitialPost(..)
            | Doing::Certifying(_)
            | Doing::RecheckingInitialPost(..)
            | Doing::Positioning(_)
            | Doing::AskingPostInfo(_)
            | Doing::CheckingBeforeProof(_)
            | Doing::MakingPost(_)
            | Doing::Publishing(_) => None,
        };
        let challenge = self.journal.challenge.as_ref();
        let end = challenge.map(|it| (self.timeline.target_start(it.publish), "end of the epoch"));
        let regossip = self
            .next_regossip
            .map(|at| (at, "publishing the own ATX again"));
        [own, end, regossip].into_iter().flatten().min()
    }

    /// Takes one input.
    pub fn handle(
        &mut self,
        now: Timestamp,
        view: &(impl View + ?Sized),
        input: SmesherInput,
        out: &mut Vec<SmesherEffect>,
    ) {
        let before = self.journal.clone();
        let mut effects = Vec::new();
        self.take(now, view, input, &mut effects);
        self.regossip(now, view, &mut effects);
        if self.journal != before {
            out.push(SmesherEffect::Persist(self.journal.to_bytes()));
        }
        out.append(&mut effects);
    }

    fn take(
        &mut self,
        now: Timestamp,
        view: &(impl View + ?Sized),
        input: SmesherInput,
        out: &mut Vec<SmesherEffect>,
    ) {
        match input {
            SmesherInput::Start { coinbase } => {
                self.coinbase = Some(coinbase);
                if self.doing == Doing::Stopped {
                    self.doing = Doing::Deciding;
                    let interval = self.timeline.timing().regossip_interval;
                    self.next_regossip = interval.map(|interval| now.plus(interval));
                    self.prepare(view, out);
                }
            }
            SmesherInput::Stop { delete } => {
                self.doing = Doing::Stopped;
                self.next_regossip = None;
                if delete {
                    self.journal.clear();
                }
            }
            SmesherInput::SetCoinbase(coinbase) => self.coinbase = Some(coinbase),
            SmesherInput::Synced(synced) => self.synced = synced,
            SmesherInput::Poets(poets) => {
                self.poets = poets;
                self.poets.truncate(POETS_MAX);
            }
            SmesherInput::Wakeup => self.wake_up(now, view, out),
            SmesherInput::Certified(question) => {
                if self.doing == Doing::Certifying(question) {
                    self.doing = Doing::Deciding;
                }
            }
            SmesherInput::PostMade(question, result) => {
                self.post_made(now, question, result, out);
            }
            SmesherInput::PostInfo(question, result) => {
                self.post_info(now, question, result, out);
            }
            SmesherInput::PostChecked(question, result) => {
                self.post_checked(now, question, result, view, out);
            }
            SmesherInput::Positioned { publish, candidate } => {
                if self.doing == Doing::Positioning(publish) {
                    self.commit_to(publish, candidate, view);
                }
            }
            SmesherInput::Registered {
                question,
                address,
                round,
            } => self.registered(now, question, address, round, out),
            SmesherInput::PoetAnswered {
                question,
                address,
                answer,
            } => self.poet_answered(now, question, address, answer, out),
            SmesherInput::Published(question, taken) => {
                self.published(now, question, taken, out);
            }
        }
        self.drop_missed(now, out);
        // Each decision either waits for something or changes the journal towards the ATX, so this ends.
        while self.doing == Doing::Deciding {
            self.decide(now, view, out);
        }
    }

    fn wake_up(
        &mut self,
        now: Timestamp,
        view: &(impl View + ?Sized),
        out: &mut Vec<SmesherEffect>,
    ) {
        match &self.doing {
            Doing::Waiting(until, _) if now >= *until => {
                self.doing = Doing::Deciding;
                self.prepare(view, out);
            }
            Doing::Registering(_) => self.register(now, out),
            Doing::Querying(_) => self.query(now, out),
            Doing::Stopped
            | Doing::Deciding
            | Doing::MakingInitialPost(_)
            | Doing::CheckingInitialPost(..)
            | Doing::Certifying(_)
            | Doing::Waiting(..)
            | Doing::RecheckingInitialPost(..)
            | Doing::Positioning(_)
            | Doing::AskingPostInfo(_)
            | Doing::CheckingBeforeProof(_)
            | Doing::MakingPost(_)
            | Doing::Publishing(_) => {}
        }
    }

    /// Steps 1 and 2 of 05 §16.3: the initial proof if there is neither one nor an ATX, then certificates.
    fn prepare(&mut self, view: &(impl View + ?Sized), out: &mut Vec<SmesherEffect>) {
        let begun = self.journal.initial_post.is_some() || self.journal.challenge.is_some();
        if begun || view.newest_signed(self.node()).is_some() {
            // With a challenge the certificates were asked for before.
            if self.journal.challenge.is_none() {
                let question = self.ask();
                out.push(SmesherEffect::Certify(question));
                self.doing = Doing::Certifying(question);
            }
            return;
        }
        let question = self.ask();
        let challenge = Hash32::ZERO;
        self.event_of(out, |smesher| SmesherEvent::PostStart {
            smesher,
            challenge,
        });
        out.push(SmesherEffect::MakePost {
            question,
            challenge,
        });
        self.doing = Doing::MakingInitialPost(question);
    }

    /// What comes next, by the journal and the time.
    fn decide(
        &mut self,
        now: Timestamp,
        view: &(impl View + ?Sized),
        out: &mut Vec<SmesherEffect>,
    ) {
        let Some(challenge) = &self.journal.challenge else {
            self.next_challenge(now, view, out);
            return;
        };
        let publish = challenge.publish;
        if self.journal.atx.is_some() {
            self.publish(now, publish, out);
        } else if self.journal.nipost.is_some() {
            self.assemble(now, view, out);
        } else if let Some(poet) = &self.journal.poet {
            let challenge_hash = poet.reference.to_hash32();
            let question = self.ask();
            if self.is_initial() {
                self.doing = Doing::AskingPostInfo(question);
                out.push(SmesherEffect::AskPostInfo(question));
            } else {
                self.make_post(question, challenge_hash, out);
            }
        } else {
            self.begin_registering(now, publish, out);
        }
    }

    fn is_initial(&self) -> bool {
        let challenge = self.journal.challenge.as_ref();
        challenge.is_some_and(|challenge| challenge.initial.is_some())
    }

    /// Steps 1 to 6 of 05 §16.4: when and for which epoch the next challenge is made.
    fn next_challenge(
        &mut self,
        now: Timestamp,
        view: &(impl View + ?Sized),
        out: &mut Vec<SmesherEffect>,
    ) {
        if !self.synced {
            self.doing = Doing::Waiting(self.timeline.next_layer(now), "synchronisation");
            return;
        }
        let last = self.last_own(view).map(|(_, epoch, ..)| epoch);
        // An epoch for which something may have left is not tried again, whatever the clock says.
        let last = last.max(self.journal.committed).max(self.journal.signed);
        let round = self.timeline.round_for(now, last);
        let Some(publish) = round.target() else {
            self.doing = Doing::Stopped;
            return;
        };
        let begins = self.timeline.challenge_time(publish);
        if now < begins {
            let current = self.timeline.epoch_at(now);
            if self.announced.insert((publish, Announcement::Window)) {
                self.event_of(out, |smesher| {
                    SmesherEvent::WaitingForPoetRegistrationWindow {
                        smesher,
                        current,
                        publish,
                        until: begins,
                    }
                });
            }
            self.doing = Doing::Waiting(begins, "the registration window");
            return;
        }
        self.announced.retain(|(epoch, _)| *epoch >= publish);
        if last_own_exists(view, self.node()) {
            self.position(publish, out);
            return;
        }
        let Some(initial) = self.journal.initial_post.clone() else {
            self.prepare(view, out);
            return;
        };
        let question = self.ask();
        self.doing = Doing::RecheckingInitialPost(question, publish);
        out.push(SmesherEffect::CheckPost(
            question,
            self.initial_post_work(&initial, initial.commitment, initial.num_units),
        ));
    }

    fn position(&mut self, publish: EpochId, out: &mut Vec<SmesherEffect>) {
        self.doing = Doing::Positioning(publish);
        out.push(SmesherEffect::Position {
            publish,
            deadline: self.timeline.positioning_end(publish),
        });
    }

    /// Steps 7 to 9 of 05 §16.4.
    fn commit_to(
        &mut self,
        publish: EpochId,
        candidate: Option<(AtxId, u64)>,
        view: &(impl View + ?Sized),
    ) {
        let golden = self.rules.golden_atx;
        let challenge = match self.last_own(view) {
            Some((id, epoch, height, sequence)) if epoch < publish => Challenge {
                publish,
                sequence: sequence.wrapping_add(1),
                previous: id,
                positioning: choose_positioning(candidate, Some((id, height)), golden),
                initial: None,
            },
            // An ATX of this epoch came from elsewhere meanwhile.
            Some(_) => {
                self.doing = Doing::Deciding;
                return;
            }
            None => Challenge {
                publish,
                sequence: 0,
                previous: AtxId::ZERO,
                positioning: choose_positioning(candidate, None, golden),
                initial: self.journal.initial_post.clone(),
            },
        };
        self.journal.challenge = Some(challenge);
        self.doing = Doing::Deciding;
    }

    /// Id, publish epoch, height and sequence of the last own ATX.
    fn last_own(&self, view: &(impl View + ?Sized)) -> Option<(AtxId, EpochId, u64, u64)> {
        let row = view.atx(view.newest_signed(self.node())?)?;
        Some((row.id, row.publish_epoch, row.height(), row.sequence))
    }

    /// Phase 0 of 05 §16.6.
    fn begin_registering(
        &mut self,
        now: Timestamp,
        publish: EpochId,
        out: &mut Vec<SmesherEffect>,
    ) {
        let registered = |address: &str| {
            let mut known = self.journal.registrations.iter();
            known.any(|it| it.address.as_slice() == address.as_bytes())
        };
        let missing: Vec<String> = self
            .poets
            .iter()
            .filter(|address| !registered(address))
            .cloned()
            .collect();
        if missing.is_empty() && !self.poets.is_empty() {
            self.begin_querying(now, publish, out);
            return;
        }
        if now < self.timeline.registration_end(publish) {
            let attempts = missing.into_iter();
            let attempts = attempts.map(|address| (address, Attempt::Again(now)));
            self.doing = Doing::Registering(attempts.collect());
            self.register(now, out);
            return;
        }
        self.close_registration(now, publish, out);
    }

    /// The round has begun, or all servers answered.
    fn close_registration(
        &mut self,
        now: Timestamp,
        publish: EpochId,
        out: &mut Vec<SmesherEffect>,
    ) {
        let usable = self.usable_registrations();
        if !usable.is_empty() {
            self.begin_querying(now, publish, out);
            return;
        }
        match self.journal.registrations.first() {
            None => self.expire(now, publish, out),
            Some(elsewhere) => {
                let address = elsewhere.address.to_text().into_owned();
                self.problem(out, SmesherProblem::RegisteredElsewhere(address));
                let next = self.timeline.next_layer(now);
                self.doing = Doing::Waiting(next, "a PoET server that is configured");
            }
        }
    }

    fn usable_registrations(&self) -> Vec<Registration> {
        let all = self.journal.registrations.iter();
        let configured = all.filter(|it| {
            let mut poets = self.poets.iter();
            poets.any(|poet| poet.as_bytes() == it.address.as_slice())
        });
        configured.cloned().collect()
    }

    /// Asks every server that is due.
    fn register(&mut self, now: Timestamp, out: &mut Vec<SmesherEffect>) {
        let Some(challenge) = self.journal.challenge.clone() else {
            return;
        };
        let publish = challenge.publish;
        if now >= self.timeline.registration_end(publish) {
            self.close_registration(now, publish, out);
            return;
        }
        let hash = challenge.hash(self.rules.versions.at(publish));
        let signature = self
            .key
            .sign(&self.rules.prefix, Domain::Poet, hash.as_ref());
        let mut prefix = self.rules.prefix.as_ref().to_vec();
        prefix.push(Domain::Poet.byte());
        let Doing::Registering(attempts) = &mut self.doing else {
            return;
        };
        for (address, attempt) in attempts {
            if !matches!(attempt, Attempt::Again(at) if now >= *at) {
                continue;
            }
            let question = Question(self.next_question);
            self.next_question += 1;
            *attempt = Attempt::Asked(question);
            self.journal.committed = self.journal.committed.max(Some(publish));
            out.push(SmesherEffect::Register {
                question,
                address: address.clone(),
                challenge: hash,
                prefix: prefix.clone(),
                signature,
                deadline: self.timeline.poet_deadline(publish),
            });
        }
    }

    fn registered(
        &mut self,
        now: Timestamp,
        question: Question,
        address: String,
        round: Option<(String, Option<u64>)>,
        out: &mut Vec<SmesherEffect>,
    ) {
        let Some(challenge) = &self.journal.challenge else {
            return;
        };
        let publish = challenge.publish;
        let hash = challenge.hash(self.rules.versions.at(publish));
        let retry = now.plus(self.timeline.timing().poet_retry_interval);
        let Doing::Registering(attempts) = &mut self.doing else {
            return;
        };
        let Some(attempt) = attempts.get_mut(&address) else {
            return;
        };
        if *attempt != Attempt::Asked(question) {
            return;
        }
        let registration = round.and_then(|(round, round_end)| {
            let registration = Registration {
                address: BoundedBytes::try_from(address.as_bytes()).ok()?,
                challenge: hash,
                round: BoundedBytes::try_from(round.as_bytes()).ok()?,
                round_end,
            };
            Some((registration, round))
        });
        let Some((registration, round)) = registration else {
            *attempt = Attempt::Again(retry);
            return;
        };
        attempts.remove(&address);
        let done = attempts.is_empty();
        if self.journal.registrations.push(registration).is_ok() {
            self.event_of(out, |smesher| SmesherEvent::RegisteredInPoet {
                smesher,
                url: address,
                round,
            });
        }
        if done {
            self.close_registration(now, publish, out);
        }
    }

    /// Phase 1 of 05 §16.6.
    fn begin_querying(&mut self, now: Timestamp, publish: EpochId, out: &mut Vec<SmesherEffect>) {
        if now > self.timeline.poet_deadline(publish) {
            self.expire(now, publish, out);
            return;
        }
        if self.announced.insert((publish, Announcement::RoundEnd)) {
            let target = publish.target().unwrap_or(EpochId::MAX);
            let until = self.timeline.round_end(publish);
            self.event_of(out, |smesher| SmesherEvent::WaitingForPoetRoundEnd {
                smesher,
                publish,
                target,
                until,
            });
        }
        let jitter = self.timeline.query_jitter(self.chance);
        let due = self.usable_registrations().into_iter().map(|it| {
            let at = it.round_end.map_or(now, |seconds| {
                let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
                Timestamp::from_unix_seconds(seconds).plus(jitter)
            });
            (it.address.to_text().into_owned(), at)
        });
        self.doing = Doing::Querying(Queries {
            due: due.collect(),
            ..Queries::default()
        });
        self.query(now, out);
    }

    /// Asks every server whose round is over.
    fn query(&mut self, now: Timestamp, out: &mut Vec<SmesherEffect>) {
        let Some(challenge) = &self.journal.challenge else {
            return;
        };
        let hash = challenge.hash(self.rules.versions.at(challenge.publish));
        let registrations = self.usable_registrations();
        let Doing::Querying(queries) = &mut self.doing else {
            return;
        };
        let due = queries.due.iter().filter(|(_, at)| now >= **at);
        let due: Vec<String> = due.map(|(address, _)| address.clone()).collect();
        for address in due {
            queries.due.remove(&address);
            let mut known = registrations.iter();
            let Some(it) = known.find(|it| it.address.as_slice() == address.as_bytes()) else {
                continue;
            };
            let question = Question(self.next_question);
            self.next_question += 1;
            queries.asked.insert(address.clone(), question);
            out.push(SmesherEffect::AskPoet {
                question,
                address,
                round: it.round.to_text().into_owned(),
                challenge: hash,
            });
        }
        self.choose_proof(now, out);
    }

    fn poet_answered(
        &mut self,
        now: Timestamp,
        question: Question,
        address: String,
        answer: Option<PoetAnswer>,
        out: &mut Vec<SmesherEffect>,
    ) {
        let Doing::Querying(queries) = &mut self.doing else {
            return;
        };
        if queries.asked.get(&address) != Some(&question) {
            return;
        }
        queries.asked.remove(&address);
        if let Some(answer) = answer {
            let ticks = ticks(answer.leaf_count, self.rules.tick_size);
            queries.answers.insert(address.clone(), answer);
            let round = self.round_of(&address);
            out.push(SmesherEffect::Event(
                SmesherEvent::ProofDownloadedFromPoet {
                    url: address,
                    round,
                    ticks,
                },
            ));
        }
        self.choose_proof(now, out);
    }

    fn round_of(&self, address: &str) -> String {
        let mut known = self.journal.registrations.iter();
        let known = known.find(|it| it.address.as_slice() == address.as_bytes());
        known.map_or_else(String::new, |it| it.round.to_text().into_owned())
    }

    /// Takes the proof with the most leaves, once all servers answered; the first of equals in the order of registration.
    fn choose_proof(&mut self, now: Timestamp, out: &mut Vec<SmesherEffect>) {
        let registrations = self.usable_registrations();
        let Doing::Querying(queries) = &mut self.doing else {
            return;
        };
        if !queries.due.is_empty() || !queries.asked.is_empty() {
            return;
        }
        let mut best: Option<(String, PoetAnswer, MerkleProof)> = None;
        for registration in registrations {
            let address = registration.address.to_text().into_owned();
            let Some(answer) = queries.answers.remove(&address) else {
                continue;
            };
            let Some(membership) = answer.membership.clone() else {
                continue;
            };
            if best
                .as_ref()
                .is_none_or(|(_, best, _)| answer.leaf_count > best.leaf_count)
            {
                best = Some((address, answer, membership));
            }
        }
        let Some((url, answer, membership)) = best else {
            self.unstable(now, out);
            return;
        };
        self.journal.poet = Some(ChosenProof {
            reference: answer.reference,
            membership,
            leaf_count: answer.leaf_count,
        });
        let round = self.round_of(&url);
        let ticks = ticks(answer.leaf_count, self.rules.tick_size);
        self.event_of(out, |smesher| SmesherEvent::BestProofSelected {
            smesher,
            url,
            round,
            ticks,
        });
        self.doing = Doing::Deciding;
    }

    fn make_post(&mut self, question: Question, challenge: Hash32, out: &mut Vec<SmesherEffect>) {
        self.doing = Doing::MakingPost(question);
        self.event_of(out, |smesher| SmesherEvent::PostStart {
            smesher,
            challenge,
        });
        out.push(SmesherEffect::MakePost {
            question,
            challenge,
        });
    }

    fn post_made(
        &mut self,
        now: Timestamp,
        question: Question,
        result: Result<MadePost, PostFailure>,
        out: &mut Vec<SmesherEffect>,
    ) {
        let initial = self.doing == Doing::MakingInitialPost(question);
        if !initial && self.doing != Doing::MakingPost(question) {
            return;
        }
        let poet = self.journal.poet.as_ref();
        let challenge = poet
            .filter(|_| !initial)
            .map_or(Hash32::ZERO, |it| it.reference.to_hash32());
        let made = match result {
            Err(PostFailure::Unavailable) => {
                self.doing = Doing::Waiting(now.plus(POST_SERVICE_WAIT), "the proving service");
                return;
            }
            Err(PostFailure::Failed(reason)) => {
                self.post_complete(challenge, true, out);
                self.problem(out, SmesherProblem::PostFailed(reason));
                self.try_next_layer(now);
                return;
            }
            Ok(made) => made,
        };
        self.post_complete(challenge, false, out);
        // Without it the reference crashes where the proof is not the first (05 trap 26).
        let Some(vrf_nonce) = made.vrf_nonce else {
            self.problem(out, SmesherProblem::NoVrfNonce);
            self.try_next_layer(now);
            return;
        };
        if initial {
            let post = InitialPost {
                post: made.post,
                num_units: made.num_units,
                commitment: made.commitment,
                vrf_nonce,
            };
            let question = self.ask();
            let work = self.initial_post_work(&post, post.commitment, post.num_units);
            out.push(SmesherEffect::CheckPost(question, work));
            self.doing = Doing::CheckingInitialPost(question, post);
        } else {
            self.journal.nipost = Some(FinalPost {
                post: made.post,
                num_units: made.num_units,
                vrf_nonce,
                labels_per_unit: made.labels_per_unit,
            });
            self.doing = Doing::Deciding;
        }
    }

    fn post_complete(&self, challenge: Hash32, failed: bool, out: &mut Vec<SmesherEffect>) {
        self.event_of(out, |smesher| SmesherEvent::PostComplete {
            smesher,
            challenge,
            failed,
        });
    }

    fn post_info(
        &mut self,
        now: Timestamp,
        question: Question,
        result: Result<PostInfo, PostFailure>,
        out: &mut Vec<SmesherEffect>,
    ) {
        if self.doing != Doing::AskingPostInfo(question) {
            return;
        }
        match result {
            Err(PostFailure::Unavailable) => {
                self.doing = Doing::Waiting(now.plus(POST_SERVICE_WAIT), "the proving service");
            }
            Err(PostFailure::Failed(reason)) => {
                self.problem(out, SmesherProblem::PostFailed(reason));
                self.try_next_layer(now);
            }
            Ok(info) => {
                let challenge = self.journal.challenge.as_ref();
                let Some(initial) = challenge.and_then(|it| it.initial.clone()) else {
                    self.doing = Doing::Deciding;
                    return;
                };
                // The units or the data may have changed since the initial proof was made (05 trap 29).
                let work = self.initial_post_work(&initial, info.commitment, info.num_units);
                let question = self.ask();
                out.push(SmesherEffect::CheckPost(question, work));
                self.doing = Doing::CheckingBeforeProof(question);
            }
        }
    }

    fn post_checked(
        &mut self,
        now: Timestamp,
        question: Question,
        result: WorkResult,
        view: &(impl View + ?Sized),
        out: &mut Vec<SmesherEffect>,
    ) {
        let doing = std::mem::replace(&mut self.doing, Doing::Deciding);
        let ours = match &doing {
            Doing::CheckingInitialPost(asked, _)
            | Doing::RecheckingInitialPost(asked, _)
            | Doing::CheckingBeforeProof(asked) => *asked == question,
            Doing::Stopped
            | Doing::Deciding
            | Doing::MakingInitialPost(_)
            | Doing::Certifying(_)
            | Doing::Waiting(..)
            | Doing::Positioning(_)
            | Doing::Registering(_)
            | Doing::Querying(_)
            | Doing::AskingPostInfo(_)
            | Doing::MakingPost(_)
            | Doing::Publishing(_) => false,
        };
        if !ours {
            self.doing = doing;
            return;
        }
        match result {
            // Says nothing about the proof: it is kept (05 trap 26).
            WorkResult::Unavailable => {
                self.try_next_layer(now);
                return;
            }
            WorkResult::InvalidIndex(_) | WorkResult::Invalid => {
                self.journal.clear();
                self.journal.initial_post = None;
                self.problem(out, SmesherProblem::InitialPostInvalid);
                match doing {
                    // Just made: again at once would make the same.
                    Doing::CheckingInitialPost(..) => self.try_next_layer(now),
                    _ => self.prepare(view, out),
                }
                return;
            }
            WorkResult::Valid => {}
        }
        match doing {
            Doing::CheckingInitialPost(_, post) => {
                self.journal.initial_post = Some(post);
                self.prepare(view, out);
            }
            Doing::RecheckingInitialPost(_, publish) => self.position(publish, out),
            _ => {
                let poet = self.journal.poet.as_ref();
                let challenge = poet.map(|it| it.reference.to_hash32());
                let question = self.ask();
                if let Some(challenge) = challenge {
                    self.make_post(question, challenge, out);
                }
            }
        }
    }

    /// 05 §16.7: makes and signs the ATX, once and for ever for its epoch.
    fn assemble(
        &mut self,
        now: Timestamp,
        view: &(impl View + ?Sized),
        out: &mut Vec<SmesherEffect>,
    ) {
        let (Some(challenge), Some(poet), Some(nipost)) = (
            &self.journal.challenge,
            &self.journal.poet,
            &self.journal.nipost,
        ) else {
            self.try_next_layer(now);
            return;
        };
        let publish = challenge.publish;
        if self.journal.signed.is_some_and(|signed| signed >= publish) {
            self.problem(out, SmesherProblem::SignedBefore(publish));
            self.journal.clear();
            self.try_next_layer(now);
            return;
        }
        let Some(coinbase) = self.coinbase else {
            self.try_next_layer(now);
            return;
        };
        let mut atx = if self.rules.versions.at(publish) == AtxVersion::V2 {
            assemble_v2(challenge, poet, nipost, coinbase)
        } else {
            let previous = view.atx(challenge.previous).map(|row| row.vrf_nonce);
            assemble_v1(challenge, poet, nipost, coinbase, previous, self.node())
        };
        atx.sign(&self.key, &self.rules.prefix, self.rules.tree);
        let Ok(bytes) = BoundedBytes::try_from(atx.encode()) else {
            self.try_next_layer(now);
            return;
        };
        self.journal.atx = Some(bytes);
        self.journal.signed = Some(publish);
    }

    fn publish(&mut self, now: Timestamp, publish: EpochId, out: &mut Vec<SmesherEffect>) {
        let begins = self.timeline.epoch_start(publish);
        if now < begins {
            self.doing = Doing::Waiting(begins, "the publish epoch");
            return;
        }
        let question = self.ask();
        let Some(bytes) = &self.journal.atx else {
            return;
        };
        out.push(SmesherEffect::Publish {
            question,
            bytes: bytes.to_vec(),
        });
        self.doing = Doing::Publishing(question);
    }

    fn published(
        &mut self,
        now: Timestamp,
        question: Question,
        taken: bool,
        out: &mut Vec<SmesherEffect>,
    ) {
        if self.doing != Doing::Publishing(question) {
            return;
        }
        if !taken {
            self.problem(out, SmesherProblem::PublishFailed);
            self.doing = Doing::Waiting(now.plus(PUBLISH_WAIT), "publishing again");
            return;
        }
        let bytes = self.journal.atx.as_deref().unwrap_or_default();
        let atx = Atx::decode(bytes, &self.rules.versions);
        if let (Ok(atx), Some(challenge)) = (atx, &self.journal.challenge) {
            let publish = challenge.publish;
            let start = self.timeline.target_start(publish);
            let (smesher, id) = (self.node(), atx.id(self.rules.tree));
            out.push(SmesherEffect::Event(SmesherEvent::AtxPublished {
                smesher,
                current: publish,
                target: publish.target().unwrap_or(EpochId::MAX),
                id,
                wait: start.since(now).unwrap_or_default(),
            }));
        }
        // One write: the reference needs two, and a crash between them costs it the epoch.
        self.journal.clear();
        self.doing = Doing::Deciding;
    }

    /// The target epoch has begun: whatever is in the making is of no use any more.
    fn drop_missed(&mut self, now: Timestamp, out: &mut Vec<SmesherEffect>) {
        let Some(challenge) = &self.journal.challenge else {
            return;
        };
        let publish = challenge.publish;
        if self.doing != Doing::Stopped && publish < self.timeline.epoch_at(now) {
            self.problem(out, SmesherProblem::EpochMissed(publish));
            self.journal.clear();
            self.doing = Doing::Deciding;
        }
    }

    fn expire(&mut self, now: Timestamp, publish: EpochId, out: &mut Vec<SmesherEffect>) {
        self.problem(out, SmesherProblem::EpochMissed(publish));
        self.journal.clear();
        self.try_next_layer(now);
    }

    fn unstable(&mut self, now: Timestamp, out: &mut Vec<SmesherEffect>) {
        self.problem(out, SmesherProblem::PoetUnstable);
        let at = now.plus(self.timeline.timing().poet_retry_interval);
        self.doing = Doing::Waiting(at, "PoET servers");
    }

    fn try_next_layer(&mut self, now: Timestamp) {
        self.doing = Doing::Waiting(self.timeline.next_layer(now), "the next layer");
    }

    /// 05 §16.9.
    fn regossip(
        &mut self,
        now: Timestamp,
        view: &(impl View + ?Sized),
        out: &mut Vec<SmesherEffect>,
    ) {
        let (Some(at), Some(interval)) =
            (self.next_regossip, self.timeline.timing().regossip_interval)
        else {
            return;
        };
        if now < at {
            return;
        }
        self.next_regossip = Some(now.plus(interval));
        let epoch = self.timeline.epoch_at(now);
        let own = view.signed_in(self.node(), epoch);
        if let Some((_, bytes)) = own.and_then(|id| view.blob(id)) {
            out.push(SmesherEffect::Regossip(bytes));
        }
    }

    fn initial_post_work(&self, post: &InitialPost, commitment: AtxId, num_units: u32) -> Work {
        Work::Post(PostWork {
            node: self.node(),
            commitment,
            challenge: Hash32::ZERO,
            post: post.post.clone(),
            num_units,
            indices: Indices::All,
        })
    }

    fn ask(&mut self) -> Question {
        let question = Question(self.next_question);
        self.next_question += 1;
        question
    }

    fn event_of(&self, out: &mut Vec<SmesherEffect>, event: impl FnOnce(NodeId) -> SmesherEvent) {
        out.push(SmesherEffect::Event(event(self.node())));
    }

    fn problem(&self, out: &mut Vec<SmesherEffect>, problem: SmesherProblem) {
        self.event_of(out, |smesher| SmesherEvent::Problem { smesher, problem });
    }
}

fn last_own_exists(view: &(impl View + ?Sized), node: NodeId) -> bool {
    view.newest_signed(node).is_some()
}

fn assemble_v1(
    challenge: &Challenge,
    poet: &ChosenProof,
    nipost: &FinalPost,
    coinbase: Address,
    previous_nonce: Option<VrfNonce>,
    node: NodeId,
) -> Atx {
    let initial = challenge.initial.is_some();
    // If the previous one cannot be looked up the nonce is left out, and inherited.
    let changed = previous_nonce.is_some_and(|previous| previous != nipost.vrf_nonce);
    Atx::V1(Box::new(ActivationTxV1 {
        inner: InnerActivationTxV1 {
            challenge: challenge.v1(),
            coinbase,
            num_units: nipost.num_units,
            nipost: Some(NipostV1 {
                membership: poet.membership.clone(),
                post: Some(nipost.post.clone()),
                post_metadata: Some(PostMetadataV1 {
                    challenge: BoundedBytes::from(poet.reference.0),
                    labels_per_unit: nipost.labels_per_unit,
                }),
            }),
            node_id: initial.then_some(node),
            vrf_nonce: (initial || changed).then_some(nipost.vrf_nonce),
        },
        smesher_id: node,
        signature: spacemesh_types::EdSignature::ZERO,
    }))
}

fn assemble_v2(
    challenge: &Challenge,
    poet: &ChosenProof,
    nipost: &FinalPost,
    coinbase: Address,
) -> Atx {
    let initial = challenge.initial.as_ref().map(|initial| InitialAtxPartsV2 {
        commitment_atx: initial.commitment,
        post: initial.post.clone(),
    });
    let previous = if initial.is_some() {
        BoundedVec::new()
    } else {
        BoundedVec::from([challenge.previous])
    };
    Atx::V2(Box::new(ActivationTxV2 {
        publish_epoch: challenge.publish,
        positioning_atx: challenge.positioning,
        coinbase,
        initial,
        previous_atxs: previous,
        niposts: BoundedVec::from([NipostsV2 {
            membership: MerkleProofV2 {
                nodes: poet.membership.nodes.clone(),
            },
            challenge: poet.reference.to_hash32(),
            posts: BoundedVec::from([SubPostV2 {
                marriage_index: 0,
                prev_atx_index: 0,
                membership_leaf_index: poet.membership.leaf_index,
                post: nipost.post.clone(),
                num_units: nipost.num_units,
            }]),
        }]),
        vrf_nonce: nipost.vrf_nonce,
        marriages: BoundedVec::new(),
        marriage_atx: None,
        smesher_id: NodeId::ZERO,
        signature: spacemesh_types::EdSignature::ZERO,
    }))
}
