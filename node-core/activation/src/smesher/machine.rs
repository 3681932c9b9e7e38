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

use spacemesh_codec::BoundedBytes;
use spacemesh_crypto::SigningKey;
use spacemesh_types::{Address, AtxId, AtxVersion, EpochId, Hash32, NodeId, Timestamp};

use super::{
    assemble::{assemble_v1, assemble_v2},
    journal::{Challenge, InitialPost, Journal, POETS_MAX},
    protocol::{PoetAnswer, Question, SmesherEffect, SmesherInput, SmesherState},
    timeline::Timeline,
};
use crate::{Atx, Rules, SmesherEvent, SmesherProblem, View, choose_positioning};

/// How long it waits before it publishes an ATX again that was not taken. The reference does not wait at all (05 trap 26).
const PUBLISH_WAIT: Duration = Duration::from_secs(5);

/// The loop of one identity.
#[derive(Debug)]
pub struct Smesher {
    pub(super) key: SigningKey,
    pub(super) rules: Rules,
    pub(super) timeline: Timeline,
    pub(super) poets: Vec<String>,
    /// Chosen at random by the caller, for the delay of queries.
    pub(super) chance: u32,
    pub(super) coinbase: Option<Address>,
    pub(super) synced: bool,
    pub(super) journal: Journal,
    pub(super) doing: Doing,
    pub(super) next_question: u64,
    pub(super) next_regossip: Option<Timestamp>,
    pub(super) announced: BTreeSet<(EpochId, Announcement)>,
    /// Whether certificates were asked for since the process started.
    pub(super) certified: bool,
}

/// Events that are told once per ATX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Announcement {
    Window,
    RoundEnd,
}

/// What was asked for and not answered, or until when nothing is done. Lost in a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doing {
    /// Smeshing is stopped.
    Stopped,
    /// Looks what comes next.
    Deciding,
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
pub(super) enum Attempt {
    Asked(Question),
    Again(Timestamp),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Queries {
    /// When each server is asked.
    pub(super) due: BTreeMap<String, Timestamp>,
    pub(super) asked: BTreeMap<String, Question>,
    pub(super) answers: BTreeMap<String, PoetAnswer>,
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
            certified: false,
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
    pub(super) fn prepare(&mut self, view: &(impl View + ?Sized), out: &mut Vec<SmesherEffect>) {
        let begun = self.journal.initial_post.is_some() || self.journal.challenge.is_some();
        if begun || view.newest_signed(self.node()).is_some() {
            if !self.certified {
                self.certified = true;
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

    pub(super) fn position(&mut self, publish: EpochId, out: &mut Vec<SmesherEffect>) {
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

    pub(super) fn expire(
        &mut self,
        now: Timestamp,
        publish: EpochId,
        out: &mut Vec<SmesherEffect>,
    ) {
        self.problem(out, SmesherProblem::EpochMissed(publish));
        self.journal.clear();
        self.try_next_layer(now);
    }

    pub(super) fn unstable(&mut self, now: Timestamp, out: &mut Vec<SmesherEffect>) {
        self.problem(out, SmesherProblem::PoetUnstable);
        let at = now.plus(self.timeline.timing().poet_retry_interval);
        self.doing = Doing::Waiting(at, "PoET servers");
    }

    pub(super) fn try_next_layer(&mut self, now: Timestamp) {
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

    pub(super) fn ask(&mut self) -> Question {
        let question = Question(self.next_question);
        self.next_question += 1;
        question
    }

    pub(super) fn event_of(
        &self,
        out: &mut Vec<SmesherEffect>,
        event: impl FnOnce(NodeId) -> SmesherEvent,
    ) {
        out.push(SmesherEffect::Event(event(self.node())));
    }

    pub(super) fn problem(&self, out: &mut Vec<SmesherEffect>, problem: SmesherProblem) {
        self.event_of(out, |smesher| SmesherEvent::Problem { smesher, problem });
    }
}

fn last_own_exists(view: &(impl View + ?Sized), node: NodeId) -> bool {
    view.newest_signed(node).is_some()
}
