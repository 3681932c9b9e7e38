//! One layer in time (07 §7.7): when rounds run, what is said, and what a late or idle node does.

use std::time::Duration;

use spacemesh_types::{LayerId, Timestamp, wire::IterRound};

use super::{super::*, GOOD, LAYER, PREFIX, START, Store, config, id, key, run_until, seats};

/// A node with one identity that has all seats, whose own messages are the only ones.
struct Lone {
    hare: Hare,
    store: Store,
    /// Messages that it published, with the time.
    said: Vec<(u64, IterRound)>,
    told: Vec<SessionEffect>,
    /// Whether what it says is heard, by itself.
    heard: bool,
}

impl Lone {
    fn new(iterations_limit: u8, heard: bool) -> Self {
        let hare = Hare::new(HareConfig {
            iterations_limit,
            ..config(Version::Hare3)
        });
        Self {
            hare,
            store: Store::of(&[id(1), id(2)]),
            said: Vec::new(),
            told: Vec::new(),
            heard,
        }
    }

    fn start(&mut self) {
        let mut out = Vec::new();
        let me = vec![key(1).node_id()];
        assert!(self.hare.start_layer(LAYER, START, START, me, &mut out));
        self.answer(START, out);
    }

    /// Answers what sessions ask for: every round has seats, and messages go through the own intake.
    fn answer(&mut self, now: Timestamp, outcomes: Vec<SessionOutcome>) {
        for SessionOutcome { layer, effect } in outcomes {
            let mut out = Vec::new();
            match effect {
                SessionEffect::ComputeSeats { at, .. } => {
                    let own = vec![Seats {
                        identity: key(1).node_id(),
                        eligibility: seats(1, 19),
                    }];
                    self.hare.seats(now, layer, at, own, &self.store, &mut out);
                }
                SessionEffect::Publish(draft) => {
                    let seconds = now.since(START).unwrap().as_secs();
                    self.said.push((seconds, draft.signed.at));
                    let message = draft.sign(&key(1), &PREFIX);
                    assert!(message.signature_check().holds(&PREFIX));
                    let admission = self
                        .hare
                        .admit(Received(message), Peer::OWN, now, &self.store);
                    if let (true, Admission::Check(unverified)) = (self.heard, admission) {
                        let conclusion = self.hare.conclude(*unverified, GOOD, now);
                        assert!(matches!(
                            conclusion,
                            Conclusion::Done {
                                verdict: Verdict::Accept,
                                equivocation: None
                            }
                        ));
                    }
                }
                effect => self.told.push(effect),
            }
            self.answer(now, out);
        }
    }

    fn run_until(&mut self, seconds: u64) {
        let until = START.plus(Duration::from_secs(seconds));
        while let Some((due, _)) = self.hare.next_wakeup().filter(|&(due, _)| due <= until) {
            self.wake(due);
        }
    }

    fn wake(&mut self, now: Timestamp) {
        let mut out = Vec::new();
        self.hare.wake(now, &self.store, &mut out);
        self.answer(now, out);
    }
}

#[test]
fn a_node_alone_decides_in_iteration_0_and_says_everything_once_more() {
    let mut node = Lone::new(4, true);
    node.start();
    node.run_until(109);
    assert_eq!(
        node.told,
        [
            SessionEffect::Coin(true),
            SessionEffect::Result(vec![id(1), id(2)])
        ]
    );
    node.run_until(1000);
    assert_eq!(node.told.last(), Some(&SessionEffect::Ended(End::Decided)));
    assert!(!node.hare.has_session(LAYER));
    let said: Vec<_> = [
        (25, Round::Preround.of(0)),
        (49, Round::Propose.of(0)),
        (85, Round::Commit.of(0)),
        (97, Round::Notify.of(0)),
        (133, Round::Propose.of(1)),
        (169, Round::Commit.of(1)),
        (181, Round::Notify.of(1)),
    ]
    .into();
    assert_eq!(node.said, said);
}

#[test]
fn without_its_own_messages_a_node_alone_decides_nothing() {
    let mut node = Lone::new(3, false);
    node.start();
    node.run_until(25 + 3 * 7 * 12 - 1);
    assert!(node.hare.has_session(LAYER));
    node.run_until(25 + 3 * 7 * 12);
    assert!(!node.hare.has_session(LAYER));
    assert_eq!(node.told, [SessionEffect::Ended(End::OutOfIterations)]);
}

#[test]
fn a_result_found_at_the_last_hard_lock_is_told() {
    let mut node = Lone::new(1, true);
    node.start();
    node.run_until(109);
    assert_eq!(
        node.told[1..],
        [
            SessionEffect::Result(vec![id(1), id(2)]),
            SessionEffect::Ended(End::OutOfIterations)
        ]
    );
}

#[test]
fn an_empty_set_is_a_result() {
    let mut node = Lone::new(4, true);
    node.store = Store::default();
    node.start();
    node.run_until(109);
    assert_eq!(node.told[1], SessionEffect::Result(Vec::new()));
}

#[test]
fn a_node_without_seats_follows_without_voting() {
    let mut hare = Hare::new(config(Version::Hare3));
    let mut out = Vec::new();
    hare.start_layer(LAYER, START, START, vec![key(1).node_id()], &mut out);
    let none = vec![Seats {
        identity: key(1).node_id(),
        eligibility: seats(1, 0),
    }];
    struct NotAsked;
    impl Proposals for NotAsked {
        fn selection(&self, _: LayerId) -> Vec<spacemesh_types::ProposalId> {
            panic!("a passive node selects nothing");
        }
        fn compact_ids(
            &self,
            _: LayerId,
        ) -> Vec<(
            spacemesh_types::ProposalId,
            spacemesh_types::CompactProposalId,
        )> {
            Vec::new()
        }
    }
    out.clear();
    hare.seats(START, LAYER, FIRST_ROUND, none, &NotAsked, &mut out);
    // It waits for the soft lock and asks for the seats of the next round with messages.
    let softlock = START.plus(Duration::from_secs(37));
    assert_eq!(hare.next_wakeup().unwrap().0, softlock);
    let asked: Vec<_> = out.iter().map(|outcome| &outcome.effect).collect();
    assert!(
        matches!(asked[..], [SessionEffect::ComputeSeats { at, committee: 5, .. }] if *at == Round::Propose.of(0))
    );
}

#[test]
fn after_a_long_sleep_a_node_says_nothing_outdated() {
    // The lid was closed from before the preround until wait 1.
    let mut node = Lone::new(4, true);
    node.start();
    node.wake(START.plus(Duration::from_secs(62)));
    assert_eq!(node.said, []);
    node.run_until(1000);
    let nothing = SessionEffect::Result(Vec::new());
    assert!(
        node.told.contains(&nothing),
        "it had no part in choosing: {:?}",
        node.told
    );
    let rounds = node.said.iter().filter(|(_, at)| at.round == 0);
    assert_eq!(rounds.count(), 0, "no preround once it is over");

    // A layer whose last round is over is not begun at all.
    let mut hare = Hare::new(config(Version::Hare3));
    let late = START.plus(Duration::from_secs(361));
    let mut out = Vec::new();
    assert!(!hare.start_layer(LAYER, START, late, vec![key(1).node_id()], &mut out));
    assert!(out.is_empty());
}

#[test]
fn a_short_delay_costs_no_round() {
    let mut node = Lone::new(4, true);
    node.start();
    let mut seconds = 25;
    while node.hare.has_session(LAYER) {
        node.wake(START.plus(Duration::from_secs(seconds + 5)));
        seconds += 12;
    }
    assert!(
        node.told
            .contains(&SessionEffect::Result(vec![id(1), id(2)]))
    );
}

#[test]
fn seats_that_come_late_are_used_until_the_next_round() {
    let mut hare = Hare::new(config(Version::Hare3));
    let store = Store::of(&[id(1)]);
    let mut out = Vec::new();
    hare.start_layer(LAYER, START, START, vec![key(1).node_id()], &mut out);
    let own = |at: IterRound, hare: &mut Hare, seconds| {
        let own = vec![Seats {
            identity: key(1).node_id(),
            eligibility: seats(1, 19),
        }];
        let mut out = Vec::new();
        let now = START.plus(Duration::from_secs(seconds));
        hare.seats(now, LAYER, at, own, &store, &mut out);
        let said = |outcome: &SessionOutcome| matches!(outcome.effect, SessionEffect::Publish(_));
        out.iter().filter(|outcome| said(outcome)).count()
    };
    assert_eq!(own(FIRST_ROUND, &mut hare, 1), 0);
    run_until(&mut hare, START.plus(Duration::from_secs(50)), &store);
    assert_eq!(own(Round::Propose.of(0), &mut hare, 55), 1);
    run_until(&mut hare, START.plus(Duration::from_secs(86)), &store);
    assert_eq!(own(Round::Propose.of(0), &mut hare, 87), 0);
    // Nobody else's seats are used.
    let foreign = vec![Seats {
        identity: key(2).node_id(),
        eligibility: seats(1, 19),
    }];
    out.clear();
    let now = START.plus(Duration::from_secs(87));
    hare.seats(now, LAYER, Round::Commit.of(0), foreign, &store, &mut out);
    assert!(out.is_empty());
}

#[test]
fn several_identities_say_the_same_each_with_its_own_seats() {
    let mut hare = Hare::new(config(Version::Hare4));
    let store = Store::of(&[id(2), id(1)]);
    let mut out = Vec::new();
    let identities = vec![key(1).node_id(), key(2).node_id(), key(3).node_id()];
    hare.start_layer(LAYER, START, START, identities.clone(), &mut out);
    let own = identities
        .iter()
        .zip([3, 0, 4])
        .map(|(&identity, count)| Seats {
            identity,
            eligibility: seats(identity.0[0], count),
        });
    hare.seats(START, LAYER, FIRST_ROUND, own.collect(), &store, &mut out);
    out.clear();
    hare.wake(START.plus(Duration::from_secs(25)), &store, &mut out);
    let drafts: Vec<_> = out
        .iter()
        .filter_map(|outcome| match &outcome.effect {
            SessionEffect::Publish(draft) => Some(draft),
            _ => None,
        })
        .collect();
    assert_eq!(drafts.len(), 2);
    assert_eq!(drafts[0].identity, identities[0]);
    assert_eq!(drafts[1].identity, identities[2]);
    for draft in drafts {
        assert_eq!(
            draft.signed.proposals.as_slice(),
            [id(1), id(2)],
            "sorted in hare 4"
        );
        assert_eq!(draft.sent.compact_proposals.len(), 2);
    }
}

#[test]
fn a_proposal_that_went_missing_keeps_a_compact_preround_back() {
    let mut hare = Hare::new(config(Version::Hare4));
    let mut out = Vec::new();
    hare.start_layer(LAYER, START, START, vec![key(1).node_id()], &mut out);
    struct Gone;
    impl Proposals for Gone {
        fn selection(&self, _: LayerId) -> Vec<spacemesh_types::ProposalId> {
            vec![id(1)]
        }
        fn compact_ids(
            &self,
            _: LayerId,
        ) -> Vec<(
            spacemesh_types::ProposalId,
            spacemesh_types::CompactProposalId,
        )> {
            Vec::new()
        }
    }
    let own = vec![Seats {
        identity: key(1).node_id(),
        eligibility: seats(1, 3),
    }];
    hare.seats(START, LAYER, FIRST_ROUND, own, &Gone, &mut out);
    out.clear();
    hare.wake(START.plus(Duration::from_secs(25)), &Gone, &mut out);
    let said = |outcome: &SessionOutcome| matches!(outcome.effect, SessionEffect::Publish(_));
    assert!(!out.iter().any(said));
}

#[test]
fn sessions_of_two_layers_overlap() {
    let mut hare = Hare::new(config(Version::Hare3));
    let mut out = Vec::new();
    let (second, store) = (LayerId(LAYER.0 + 1), Store::default());
    hare.start_layer(LAYER, START, START, Vec::new(), &mut out);
    let second_start = START.plus(Duration::from_secs(300));
    run_until(&mut hare, second_start, &store);
    assert!(hare.start_layer(second, second_start, second_start, Vec::new(), &mut out));
    assert!(!hare.start_layer(second, second_start, second_start, Vec::new(), &mut out));
    assert!(hare.has_session(LAYER) && hare.has_session(second));
    let ended = run_until(&mut hare, START.plus(Duration::from_secs(361)), &store);
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].layer, LAYER);
    assert!(!hare.has_session(LAYER) && hare.has_session(second));
}
