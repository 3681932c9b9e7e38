//! The loop of one identity in virtual time (05 §16), with a crash after every effect, and the initialisation of its space (§17).

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use proptest::prelude::*;
use spacemesh_activation::{
    Atx, Origin, Rules, SmesherEvent, SmesherProblem, Timing, Verdict, Verifier, View,
    smesher::{
        Initialisation, InitialisationEffect, InitialisationInput, InitialisationState, Journal,
        JournalError, MadePost, PoetAnswer, PostFailure, PostInfo, Smesher, SmesherEffect,
        SmesherInput, SmesherState, Timeline,
    },
};
use spacemesh_crypto::{Domain, verify};
use spacemesh_types::{
    Address, AtxId, EpochId, Hash32, LayersPerEpoch, NodeId, Timestamp, VrfNonce,
    network::LayerClock, wire::PostV1,
};

use crate::world::{BAD, GOOD, LABELS, Told, World, golden, key, poet, post, rules, rules_v2};

const GENESIS: i64 = 1_000_000;
const EPOCH_S: u64 = 100;

fn timeline() -> Timeline {
    let layers = LayersPerEpoch::new(10).unwrap();
    let genesis = Timestamp::from_unix_seconds(GENESIS);
    let clock = LayerClock::new(genesis, Duration::from_secs(10), layers).unwrap();
    Timeline::new(
        clock,
        Timing {
            phase_shift: Duration::from_secs(50),
            cycle_gap: Duration::from_secs(20),
            grace_period: Duration::from_secs(10),
            positioning_timeout: Some(Duration::from_secs(5)),
            poet_retry_interval: Duration::from_secs(3),
            regossip_interval: Some(Duration::from_secs(30)),
        },
    )
}

/// What goes wrong outside.
#[derive(Debug, Clone, Default)]
struct Faults {
    /// Servers that never take a registration.
    refusing: BTreeSet<String>,
    /// Servers that have no proof.
    silent: BTreeSet<String>,
    /// Proofs of space that fail, by number.
    failing_posts: BTreeSet<u64>,
    /// Whether the data has other units than the initial proof was made for, from this time on.
    resized_at: Option<Timestamp>,
    /// Whether servers do not say when their round ends.
    no_round_end: bool,
    /// Publications that this node does not take, by number.
    refused_publications: BTreeSet<u64>,
}

/// One identity, its disk, and everything around it.
struct Sim {
    world: World,
    smesher: Smesher,
    disk: Vec<u8>,
    now: Timestamp,
    answers: VecDeque<SmesherInput>,
    /// Effects that were carried out.
    carried_out: usize,
    /// Crash after this many of them, once.
    crash_at: BTreeSet<usize>,
    /// What the clock does in a crash.
    clock_steps_back: Duration,
    crashes: u8,
    posts: u64,
    publications: u64,
    faults: Faults,
    /// Challenges that left, by publish epoch of the journal at that time.
    registered: BTreeMap<EpochId, BTreeSet<Hash32>>,
    /// Where each challenge was taken.
    members: BTreeSet<(String, Hash32)>,
    /// ATXs that left.
    published: BTreeMap<EpochId, BTreeSet<AtxId>>,
    regossiped: usize,
    events: Vec<SmesherEvent>,
}

impl Sim {
    fn new(rules: Rules) -> Self {
        let mut world = World::new(rules.clone());
        world.intake.add_own(key(1).node_id());
        let mut sim = Self {
            smesher: Smesher::new(key(1), rules, timeline(), Journal::default(), 0),
            world,
            disk: Journal::default().to_bytes(),
            now: Timestamp::from_unix_seconds(GENESIS),
            answers: VecDeque::new(),
            carried_out: 0,
            crash_at: BTreeSet::new(),
            clock_steps_back: Duration::ZERO,
            crashes: 0,
            posts: 0,
            publications: 0,
            faults: Faults::default(),
            registered: BTreeMap::new(),
            members: BTreeSet::new(),
            published: BTreeMap::new(),
            regossiped: 0,
            events: Vec::new(),
        };
        sim.begin();
        sim
    }

    /// As after a start of the process. The coinbase is another one each time.
    fn begin(&mut self) {
        let poets = vec!["poet-a".to_owned(), "poet-b".to_owned()];
        let coinbase = Address([self.crashes; 24]);
        self.answers.extend([
            SmesherInput::Poets(poets),
            SmesherInput::Synced(true),
            SmesherInput::Start { coinbase },
        ]);
    }

    fn crash(&mut self) {
        self.crashes += 1;
        self.answers.clear();
        self.now = self.now.minus(self.clock_steps_back);
        let journal = Journal::from_bytes(&self.disk).unwrap();
        let rules = self.world.rules();
        self.smesher = Smesher::new(key(1), rules, timeline(), journal, u32::MAX);
        self.begin();
    }

    fn run_until(&mut self, end: Timestamp) {
        for _ in 0..20_000 {
            let input = match self.answers.pop_front() {
                Some(input) => input,
                None => {
                    let Some((at, _)) = self.smesher.next_wakeup() else {
                        return;
                    };
                    if at > end {
                        return;
                    }
                    self.now = self.now.max(at);
                    SmesherInput::Wakeup
                }
            };
            self.feed(input);
            assert!(self.answers.len() < 100);
        }
        panic!("no end: {:?}", self.smesher.next_wakeup());
    }

    fn run_epochs(&mut self, epochs: u64) {
        self.run_until(epoch_start(epochs));
    }

    fn feed(&mut self, input: SmesherInput) {
        self.world.now = self.now;
        self.world.epoch = timeline().epoch_at(self.now);
        let mut effects = Vec::new();
        let state = &self.world.state;
        self.smesher.handle(self.now, state, input, &mut effects);
        for (index, effect) in effects.into_iter().enumerate() {
            let persists = matches!(effect, SmesherEffect::Persist(_));
            assert!(!persists || index == 0, "the journal comes first");
            self.carry_out(effect);
            self.carried_out += 1;
            if self.crash_at.remove(&self.carried_out) {
                self.crash();
                return;
            }
        }
    }

    fn carry_out(&mut self, effect: SmesherEffect) {
        match effect {
            SmesherEffect::Persist(bytes) => self.disk = bytes,
            SmesherEffect::Certify(question) => {
                self.answers.push_back(SmesherInput::Certified(question));
            }
            SmesherEffect::MakePost { question, .. } => {
                self.posts += 1;
                let made = if self.faults.failing_posts.contains(&self.posts) {
                    Err(PostFailure::Failed("no space left".to_owned()))
                } else {
                    Ok(MadePost {
                        // No two proofs are the same.
                        post: PostV1 {
                            pow: self.posts,
                            ..post(GOOD)
                        },
                        num_units: 4,
                        labels_per_unit: LABELS,
                        commitment: golden(),
                        vrf_nonce: Some(VrfNonce(100 * LABELS)),
                    })
                };
                self.answers
                    .push_back(SmesherInput::PostMade(question, made));
            }
            SmesherEffect::AskPostInfo(question) => {
                let resized = self.faults.resized_at.is_some_and(|at| self.now >= at);
                let info = PostInfo {
                    num_units: if resized { 5 } else { 4 },
                    commitment: golden(),
                };
                self.answers
                    .push_back(SmesherInput::PostInfo(question, Ok(info)));
            }
            SmesherEffect::CheckPost(question, work) => {
                let spacemesh_activation::Work::Post(post_work) = &work else {
                    panic!("only proofs of space");
                };
                let result = if post_work.num_units == 4 {
                    Told.verify(&work)
                } else {
                    spacemesh_activation::WorkResult::Invalid
                };
                self.answers
                    .push_back(SmesherInput::PostChecked(question, result));
            }
            SmesherEffect::Position { publish, .. } => {
                self.answers.push_back(SmesherInput::Positioned {
                    publish,
                    candidate: None,
                });
            }
            SmesherEffect::Register {
                question,
                address,
                challenge,
                prefix,
                signature,
                ..
            } => {
                // Trap 7: the request repeats what was signed before the challenge.
                let genesis = self.world.rules().prefix;
                assert_eq!(prefix, [genesis.as_ref(), &[4]].concat());
                let node = key(1).node_id().into();
                let message = challenge.as_ref();
                verify(&node, &genesis, Domain::Poet, message, &signature).unwrap();
                self.register(question, address, challenge);
            }
            SmesherEffect::AskPoet {
                question,
                address,
                challenge,
                ..
            } => {
                let member = self.members.contains(&(address.clone(), challenge));
                let answer = (member && !self.faults.silent.contains(&address)).then(|| {
                    let leaves = if address == "poet-a" { 1005 } else { 2005 };
                    let (reference, row, membership) = poet(challenge, leaves);
                    self.world.state.insert_poet(reference, row);
                    PoetAnswer {
                        reference,
                        leaf_count: leaves,
                        membership: Some(membership),
                    }
                });
                self.answers.push_back(SmesherInput::PoetAnswered {
                    question,
                    address,
                    answer,
                });
            }
            SmesherEffect::Publish { question, bytes } => {
                self.publications += 1;
                let atx = Atx::decode(&bytes, &self.world.rules().versions).unwrap();
                let id = atx.id(self.world.rules().tree);
                self.published
                    .entry(atx.publish_epoch())
                    .or_default()
                    .insert(id);
                let refused = self
                    .faults
                    .refused_publications
                    .contains(&self.publications);
                let taken = !refused
                    && self.world.take(Origin::Own, bytes).verdict == Some(Verdict::Accept);
                self.answers
                    .push_back(SmesherInput::Published(question, taken));
            }
            SmesherEffect::Regossip(_) => self.regossiped += 1,
            SmesherEffect::Event(event) => self.events.push(event),
        }
    }

    fn register(
        &mut self,
        question: spacemesh_activation::smesher::Question,
        address: String,
        challenge: Hash32,
    ) {
        // What leaves must be on the disk.
        let journal = Journal::from_bytes(&self.disk).unwrap();
        let begun = journal.challenge.unwrap();
        let version = self.world.rules().versions.at(begun.publish);
        assert_eq!(begun.hash(version), challenge);
        assert!(journal.committed >= Some(begun.publish));
        let seen = self.registered.entry(begun.publish).or_default();
        seen.insert(challenge);
        let refused = self.faults.refusing.contains(&address);
        let round = (!refused).then(|| {
            self.members.insert((address.clone(), challenge));
            let end = timeline().round_end(begun.publish).unix_seconds();
            let end = u64::try_from(end).ok();
            ("7".to_owned(), end.filter(|_| !self.faults.no_round_end))
        });
        self.answers.push_back(SmesherInput::Registered {
            question,
            address,
            round,
        });
    }

    /// Never two different ATXs or registrations for one epoch.
    fn assert_never_contradicted_itself(&self) {
        for (epoch, challenges) in &self.registered {
            assert_eq!(challenges.len(), 1, "registrations for epoch {epoch}");
        }
        for (epoch, atxs) in &self.published {
            assert_eq!(atxs.len(), 1, "ATXs for epoch {epoch}");
        }
        assert!(!self.world.state.is_malicious(key(1).node_id()));
    }

    fn stored_epochs(&self) -> Vec<u32> {
        let rows = self.world.state.atxs().map(|row| row.publish_epoch.0);
        rows.collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn problems(&self) -> Vec<&SmesherProblem> {
        let events = self.events.iter();
        let problems = events.filter_map(|event| match event {
            SmesherEvent::Problem { problem, .. } => Some(problem),
            _ => None,
        });
        problems.collect()
    }
}

fn epoch_start(epoch: u64) -> Timestamp {
    Timestamp::from_unix_seconds(GENESIS).plus(Duration::from_secs(epoch * EPOCH_S))
}

#[test]
fn an_atx_is_published_in_every_epoch() {
    for rules in [rules(), rules_v2()] {
        let mut sim = Sim::new(rules);
        sim.run_epochs(9);
        assert_eq!(sim.stored_epochs(), [1, 2, 3, 4, 5, 6, 7, 8]);
        sim.assert_never_contradicted_itself();
        assert_eq!(sim.problems(), Vec::<&SmesherProblem>::new());
        // The PoET with more leaves is chosen, and each builds on the one before.
        let rows: Vec<_> = sim.world.state.atxs().copied().collect();
        assert!(rows.iter().all(|row| row.ticks == 20));
        assert!(rows.iter().any(|row| row.height() == 8 * 20));
        assert!(sim.regossiped > 0);
    }
}

#[test]
fn events_tell_the_life_of_an_atx() {
    let mut sim = Sim::new(rules());
    sim.run_epochs(2);
    let named: Vec<_> = sim
        .events
        .iter()
        .map(|event| match event {
            SmesherEvent::WaitingForPoetRegistrationWindow { publish, until, .. } => {
                format!("window {publish} {}", until.unix_seconds() - GENESIS)
            }
            SmesherEvent::RegisteredInPoet { url, .. } => format!("registered {url}"),
            SmesherEvent::WaitingForPoetRoundEnd { publish, until, .. } => {
                format!("round {publish} {}", until.unix_seconds() - GENESIS)
            }
            SmesherEvent::ProofDownloadedFromPoet { url, ticks, .. } => {
                format!("proof {url} {ticks}")
            }
            SmesherEvent::BestProofSelected { url, .. } => format!("best {url}"),
            SmesherEvent::PostStart { challenge, .. } => {
                format!("post, initial: {}", challenge.is_zero())
            }
            SmesherEvent::PostComplete { failed, .. } => format!("made, failed: {failed}"),
            SmesherEvent::AtxPublished { target, wait, .. } => {
                format!("published for {target}, in {}", wait.as_secs())
            }
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        named,
        [
            "post, initial: true",
            "made, failed: false",
            "window 1 40",
            "registered poet-a",
            "registered poet-b",
            "round 1 130",
            "proof poet-a 10",
            "proof poet-b 20",
            "best poet-b",
            "post, initial: false",
            "made, failed: false",
            "published for 2, in 69",
            "window 2 140",
            "registered poet-a",
            "registered poet-b",
            "round 2 230",
        ]
    );
}

#[test]
fn a_crash_after_any_effect_never_makes_it_contradict_itself() {
    for rules in [rules(), rules_v2()] {
        let effects = {
            let mut sim = Sim::new(rules.clone());
            sim.run_epochs(7);
            sim.carried_out
        };
        assert!(effects > 60, "{effects} effects");
        for crash_at in 1..=effects {
            let mut sim = Sim::new(rules.clone());
            sim.crash_at.insert(crash_at);
            sim.run_epochs(8);
            sim.assert_never_contradicted_itself();
            assert_eq!(sim.crashes, 1);
            // A crash costs no epoch at all: everything is taken up where it was.
            assert_eq!(
                sim.stored_epochs(),
                [1, 2, 3, 4, 5, 6, 7],
                "crash after effect {crash_at}"
            );
        }
    }
}

#[test]
fn a_clock_that_was_set_back_makes_it_wait_and_not_repeat_itself() {
    let effects = {
        let mut sim = Sim::new(rules());
        sim.run_epochs(6);
        sim.carried_out
    };
    for crash_at in 1..=effects {
        let mut sim = Sim::new(rules());
        sim.crash_at.insert(crash_at);
        sim.clock_steps_back = Duration::from_secs(250);
        sim.run_epochs(9);
        sim.assert_never_contradicted_itself();
        assert!(
            sim.stored_epochs().ends_with(&[7, 8]),
            "crash after effect {crash_at}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn many_crashes_and_faults_never_make_it_contradict_itself(
        crashes in prop::collection::btree_set(1_usize..200, 0..12),
        back in 0_u64..130,
        failing in prop::collection::btree_set(1_u64..12, 0..4),
        refused in prop::collection::btree_set(1_u64..12, 0..4),
        refusing in prop::bool::weighted(0.3),
        silent in prop::bool::weighted(0.3),
        second in any::<bool>(),
    ) {
        let mut sim = Sim::new(if second { rules_v2() } else { rules() });
        sim.crash_at = crashes;
        sim.clock_steps_back = Duration::from_secs(back);
        sim.faults.failing_posts = failing;
        sim.faults.refused_publications = refused;
        if refusing {
            sim.faults.refusing.insert("poet-a".to_owned());
        }
        if silent {
            sim.faults.silent.insert("poet-b".to_owned());
        }
        sim.run_epochs(12);
        sim.assert_never_contradicted_itself();
        // Faults end: it publishes again. Without any server that helps it cannot.
        sim.crash_at.clear();
        sim.faults = Faults::default();
        sim.run_epochs(25);
        sim.assert_never_contradicted_itself();
        prop_assert!(sim.stored_epochs().ends_with(&[23, 24]));
    }
}

#[test]
fn deleting_what_was_begun_does_not_allow_to_begin_it_differently() {
    let mut sim = Sim::new(rules());
    sim.run_until(epoch_start(1));
    assert_eq!(sim.registered.len(), 1);
    sim.answers.push_back(SmesherInput::Stop { delete: true });
    sim.run_until(epoch_start(1));
    assert_eq!(sim.smesher.state(), SmesherState::Stopped);
    assert!(sim.smesher.next_wakeup().is_none());
    // Back before the round began: the challenge of epoch 1 may have left and is not made again.
    sim.now = epoch_start(0);
    let coinbase = Address([9; 24]);
    sim.answers.push_back(SmesherInput::Start { coinbase });
    sim.run_epochs(4);
    sim.assert_never_contradicted_itself();
    assert_eq!(sim.stored_epochs(), [2, 3]);
}

#[test]
fn a_coinbase_is_taken_when_the_atx_is_signed() {
    let mut sim = Sim::new(rules());
    sim.run_until(epoch_start(1));
    sim.answers
        .push_back(SmesherInput::SetCoinbase(Address([5; 24])));
    sim.run_epochs(2);
    let row = sim.world.state.atxs().next().copied().unwrap();
    assert_eq!(row.coinbase, Address([5; 24]));
}

#[test]
fn a_refusing_server_is_asked_until_the_round_and_costs_nothing() {
    // Trap 27.
    let mut sim = Sim::new(rules());
    sim.faults.refusing.insert("poet-b".to_owned());
    sim.run_epochs(3);
    assert_eq!(sim.stored_epochs(), [1, 2]);
    assert!(sim.world.state.atxs().all(|row| row.ticks == 10));
}

#[test]
fn a_server_that_does_not_say_when_it_ends_is_asked_at_once() {
    // Trap 28.
    let mut sim = Sim::new(rules());
    sim.faults.no_round_end = true;
    sim.run_until(epoch_start(0).plus(Duration::from_secs(41)));
    let mut events = sim.events.iter();
    assert!(events.any(|event| matches!(event, SmesherEvent::BestProofSelected { .. })));
    sim.run_until(epoch_start(1));
    assert_eq!(sim.stored_epochs(), [1]);
}

#[test]
fn without_any_registration_the_epoch_is_missed() {
    let mut sim = Sim::new(rules());
    sim.faults.refusing = ["poet-a", "poet-b"].map(str::to_owned).into();
    sim.run_until(epoch_start(1));
    assert_eq!(sim.problems(), [&SmesherProblem::EpochMissed(EpochId(1))]);
    sim.faults = Faults::default();
    sim.run_epochs(4);
    assert_eq!(sim.stored_epochs(), [2, 3]);
}

#[test]
fn servers_without_a_proof_are_asked_again_until_it_is_too_late() {
    let mut sim = Sim::new(rules());
    sim.faults.silent = ["poet-a", "poet-b"].map(str::to_owned).into();
    sim.run_until(epoch_start(1).plus(Duration::from_secs(60)));
    assert!(sim.problems().len() > 5);
    assert!(
        sim.problems()
            .iter()
            .all(|it| **it == SmesherProblem::PoetUnstable)
    );
    sim.faults = Faults::default();
    sim.run_epochs(2);
    assert_eq!(sim.stored_epochs(), [1]);
}

#[test]
fn registrations_at_servers_that_are_gone_are_told() {
    let mut sim = Sim::new(rules());
    sim.run_until(epoch_start(1));
    sim.now = epoch_start(1);
    sim.smesher = Smesher::new(
        key(1),
        rules(),
        timeline(),
        Journal::from_bytes(&sim.disk).unwrap(),
        0,
    );
    sim.answers.extend([
        SmesherInput::Poets(vec!["poet-c".to_owned()]),
        SmesherInput::Synced(true),
        SmesherInput::Start {
            coinbase: Address([1; 24]),
        },
    ]);
    sim.run_until(epoch_start(1).plus(Duration::from_secs(5)));
    assert_eq!(
        sim.problems(),
        [&SmesherProblem::RegisteredElsewhere("poet-a".to_owned())]
    );
    // The server comes back in time.
    sim.answers
        .push_back(SmesherInput::Poets(vec!["poet-a".to_owned()]));
    sim.run_epochs(2);
    assert_eq!(sim.stored_epochs(), [1]);
}

#[test]
fn a_failed_proof_is_made_again_in_the_next_layer() {
    let mut sim = Sim::new(rules());
    // The initial one, and the first of an ATX.
    sim.faults.failing_posts = [1, 3].into();
    sim.run_epochs(2);
    assert_eq!(sim.stored_epochs(), [1]);
    assert_eq!(sim.problems().len(), 2);
    assert_eq!(sim.smesher.state(), SmesherState::Idle);
}

#[test]
fn an_initial_proof_for_other_units_is_made_anew_and_costs_the_epoch() {
    // Trap 29.
    let mut sim = Sim::new(rules());
    sim.faults.resized_at = Some(epoch_start(1));
    sim.run_until(epoch_start(1).plus(Duration::from_secs(35)));
    assert_eq!(sim.problems(), [&SmesherProblem::InitialPostInvalid]);
    sim.faults.resized_at = None;
    sim.run_epochs(4);
    assert_eq!(sim.stored_epochs(), [2, 3]);
    sim.assert_never_contradicted_itself();
}

#[test]
fn an_initial_proof_that_does_not_hold_is_not_kept() {
    let mut sim = Sim::new(rules());
    let mut effects = Vec::new();
    for input in std::mem::take(&mut sim.answers) {
        sim.smesher
            .handle(sim.now, &sim.world.state, input, &mut effects);
    }
    let Some(SmesherEffect::MakePost { question, .. }) = effects.pop() else {
        panic!("{effects:?}");
    };
    let made = |nonce, vrf_nonce| {
        Ok(MadePost {
            post: post(nonce),
            num_units: 4,
            labels_per_unit: LABELS,
            commitment: golden(),
            vrf_nonce,
        })
    };
    // Without a VRF nonce (trap 26) and with a bad index.
    let input = SmesherInput::PostMade(question, made(GOOD, None));
    sim.feed(input);
    assert_eq!(sim.problems(), [&SmesherProblem::NoVrfNonce]);
    assert_eq!(sim.smesher.journal().initial_post, None);
    let next = sim.smesher.next_wakeup().unwrap().0;
    assert_eq!(next, Timestamp::from_unix_seconds(GENESIS + 10));
    sim.now = next;
    effects.clear();
    sim.smesher.handle(
        sim.now,
        &sim.world.state,
        SmesherInput::Wakeup,
        &mut effects,
    );
    let Some(SmesherEffect::MakePost { question, .. }) = effects.pop() else {
        panic!("{effects:?}");
    };
    sim.feed(SmesherInput::PostMade(
        question,
        made(BAD, Some(VrfNonce(1))),
    ));
    let check = sim.answers.pop_back().unwrap();
    sim.feed(check);
    assert_eq!(sim.smesher.journal().initial_post, None);
    assert_eq!(
        sim.problems().last(),
        Some(&&SmesherProblem::InitialPostInvalid)
    );
}

#[test]
fn answers_to_questions_of_before_are_dropped() {
    let mut sim = Sim::new(rules());
    sim.run_until(epoch_start(0).plus(Duration::from_secs(45)));
    let before = sim.smesher.journal().clone();
    let stale = spacemesh_activation::smesher::Question(0);
    for input in [
        SmesherInput::Published(stale, true),
        SmesherInput::PostChecked(stale, spacemesh_activation::WorkResult::Invalid),
        SmesherInput::PostMade(stale, Err(PostFailure::Unavailable)),
        SmesherInput::PostInfo(stale, Err(PostFailure::Unavailable)),
        SmesherInput::Certified(stale),
        SmesherInput::Registered {
            question: stale,
            address: "poet-a".to_owned(),
            round: None,
        },
        SmesherInput::PoetAnswered {
            question: stale,
            address: "poet-a".to_owned(),
            answer: None,
        },
        SmesherInput::Positioned {
            publish: EpochId(1),
            candidate: None,
        },
    ] {
        sim.feed(input);
    }
    assert_eq!(*sim.smesher.journal(), before);
    sim.run_epochs(2);
    assert_eq!(sim.stored_epochs(), [1]);
}

#[test]
fn the_query_jitter_is_a_few_hundredths_of_a_percent_of_the_gap() {
    let line = timeline();
    assert_eq!(line.query_jitter(0), Duration::from_millis(4));
    assert_eq!(line.query_jitter(u32::MAX), Duration::from_millis(8));
}

#[test]
fn a_journal_that_cannot_be_read_is_no_empty_journal() {
    let mut sim = Sim::new(rules());
    sim.run_until(epoch_start(1).plus(Duration::from_secs(31)));
    let bytes = sim.smesher.journal().to_bytes();
    assert_eq!(
        Journal::from_bytes(&bytes).as_ref(),
        Ok(sim.smesher.journal())
    );
    assert_eq!(Journal::from_bytes(&[]), Err(JournalError::Empty));
    assert_eq!(Journal::from_bytes(&[9]), Err(JournalError::Format(9)));
    for len in 1..bytes.len() {
        assert!(matches!(
            Journal::from_bytes(&bytes[..len]),
            Err(JournalError::Damaged(_))
        ));
    }
}

#[test]
fn initialising_ends_with_a_smesher_and_a_service() {
    use InitialisationEffect as Effect;
    use InitialisationInput as Input;
    let node = NodeId([1; 32]);
    let mut machine = Initialisation::new(node);
    let mut step = |input| {
        let mut effects = Vec::new();
        machine.handle(input, &mut effects);
        (effects, machine.state())
    };
    assert_eq!(step(Input::Done), (vec![], InitialisationState::NotStarted));
    assert_eq!(step(Input::Start).0, [Effect::Prepare]);
    let commitment = golden();
    let (effects, state) = step(Input::Prepared { commitment });
    assert_eq!((effects.len(), state), (2, InitialisationState::InProgress));
    let (effects, state) = step(Input::Stop);
    assert_eq!(
        (effects, state),
        (vec![Effect::Halt], InitialisationState::Stopped)
    );
    // What still arrives from before changes nothing.
    assert_eq!(step(Input::Done).1, InitialisationState::Stopped);
    step(Input::Start);
    let (effects, state) = step(Input::Failed("disk full".to_owned()));
    assert_eq!((effects.len(), state), (1, InitialisationState::Error));
    step(Input::Start);
    step(Input::Prepared { commitment });
    let (effects, state) = step(Input::Done);
    assert_eq!(state, InitialisationState::Complete);
    assert_eq!(
        effects[1..],
        [Effect::RegisterSmesher(node), Effect::StartService]
    );
    // A service that ends by itself is started again, and the node goes on.
    assert_eq!(
        step(Input::ServiceEnded).0.last(),
        Some(&Effect::StartService)
    );
    assert_eq!(step(Input::Stop).0, [Effect::Halt]);
    assert_eq!(step(Input::ServiceEnded).0.len(), 1);
    assert_eq!(step(Input::Start).0, [Effect::StartService]);
    assert_eq!(InitialisationState::Error as u8, 6);
}
