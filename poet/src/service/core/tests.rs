//! Rounds in virtual time: who is acknowledged, and what a restart keeps.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::convert::Infallible;
use std::time::Duration;

use proptest::prelude::*;
use spacemesh_codec::BoundedVec;
use spacemesh_types::wire::PoetMerkleProof;

use super::*;

/// The store as maps.
#[derive(Debug, Clone, Default)]
struct Maps {
    members: BTreeMap<(Round, [u8; 32]), [u8; 32]>,
    unfinished: BTreeMap<Round, Unfinished>,
    proofs: BTreeMap<Round, PoetProof>,
    progress: Option<Progress>,
}

impl Table for Maps {
    type Error = Infallible;
    fn challenge(&self, round: Round, node_id: &NodeId) -> Result<Option<[u8; 32]>, Infallible> {
        Ok(self.members.get(&(round, node_id.0)).copied())
    }
    fn insert(
        &mut self,
        round: Round,
        node_id: &NodeId,
        challenge: &[u8; 32],
    ) -> Result<(), Infallible> {
        self.members.insert((round, node_id.0), *challenge);
        Ok(())
    }
    fn count(&self, round: Round) -> Result<u64, Infallible> {
        Ok(self
            .members
            .range((round, [0; 32])..=(round, [0xff; 32]))
            .count() as u64)
    }
    /// Not a root: the challenges' first bytes in order, which is enough to see who is in it.
    fn statement(&self, round: Round) -> Result<Vec<u8>, Infallible> {
        Ok(self
            .members
            .range((round, [0; 32])..=(round, [0xff; 32]))
            .map(|(_, challenge)| challenge[0])
            .take(32)
            .collect())
    }
    fn unfinished(&self) -> Result<BTreeMap<Round, Unfinished>, Infallible> {
        Ok(self.unfinished.clone())
    }
    fn set_unfinished(
        &mut self,
        round: Round,
        state: Option<&Unfinished>,
    ) -> Result<(), Infallible> {
        match state {
            Some(state) => self.unfinished.insert(round, state.clone()),
            None => self.unfinished.remove(&round),
        };
        Ok(())
    }
    fn put_proof(&mut self, round: Round, proof: &PoetProof) -> Result<(), Infallible> {
        self.proofs.insert(round, proof.clone());
        Ok(())
    }
    fn progress(&self) -> Result<Option<Progress>, Infallible> {
        Ok(self.progress.clone())
    }
    fn set_progress(&mut self, progress: &Progress) -> Result<(), Infallible> {
        self.progress = Some(progress.clone());
        Ok(())
    }
}

/// A service in virtual time. Rounds start at 10, 20, 30, … and end eight seconds later.
struct World {
    core: Core,
    table: Maps,
    now: Timestamp,
    effects: Vec<Effect>,
    next: u64,
}

const LIMITS: Limits = Limits {
    round_members_max: 2,
    pow_difficulty: 3,
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn schedule() -> Schedule {
    let seconds = Duration::from_secs;
    Schedule::new(at(0), seconds(10), seconds(10), seconds(2)).unwrap()
}

fn proof(root: u8) -> Box<PoetProof> {
    Box::new(PoetProof {
        merkle_proof: PoetMerkleProof {
            root: BoundedBytes::try_from(vec![root; 32]).unwrap(),
            proven_leaves: BoundedVec::default(),
            proof_nodes: BoundedVec::default(),
        },
        leaf_count: 150,
    })
}

impl World {
    fn new(now: i64) -> Self {
        Self::start(Maps::default(), now)
    }

    fn start(mut table: Maps, now: i64) -> Self {
        let mut effects = Vec::new();
        let core = Core::start(
            schedule(),
            LIMITS,
            [7; 32],
            at(now),
            &mut table,
            &mut effects,
        )
        .unwrap();
        Self {
            core,
            table,
            now: at(now),
            effects,
            next: 0,
        }
    }

    /// A crash and a start on what is on the disk.
    fn restart(self, now: i64) -> Self {
        Self::start(self.table, now)
    }

    fn at(&mut self, seconds: i64, input: Input) -> Vec<Effect> {
        self.now = at(seconds);
        self.effects.clear();
        self.core
            .handle(self.now, input, &mut self.table, &mut self.effects)
            .unwrap();
        std::mem::take(&mut self.effects)
    }

    fn submit(
        &mut self,
        seconds: i64,
        node: u8,
        challenge: u8,
        deadline: Option<i64>,
    ) -> Result<Round, u8> {
        self.next += 1;
        let submission = Submission {
            id: self.next,
            node_id: NodeId([node; 32]),
            challenge: [challenge; 32],
            deadline: deadline.map(at),
        };
        let id = self.next;
        let answer = self
            .at(seconds, Input::Submit(submission))
            .into_iter()
            .find_map(|effect| match effect {
                Effect::Answer {
                    id: answered,
                    result,
                } if answered == id => Some(result),
                _ => None,
            });
        answer
            .unwrap()
            .map(|taken| taken.round)
            .map_err(|refusal| refusal.code.number())
    }
}

fn executed(effects: &[Effect]) -> Vec<(Round, Vec<u8>)> {
    let executed = effects.iter().filter_map(|effect| match effect {
        Effect::Execute {
            round, statement, ..
        } => Some((*round, statement.clone())),
        _ => None,
    });
    executed.collect()
}

#[test]
fn registrations_are_taken_once_and_only_while_they_fit() {
    let mut world = World::new(0);
    assert_eq!(world.submit(1, 1, 10, None), Ok(0));
    assert_eq!(
        world.submit(1, 1, 10, None),
        Ok(0),
        "the same again is success"
    );
    assert_eq!(
        world.submit(1, 1, 11, None),
        Err(6),
        "another challenge is a conflict"
    );
    assert_eq!(
        world.submit(1, 2, 20, Some(17)),
        Err(9),
        "the round ends after the deadline"
    );
    assert_eq!(
        world.submit(1, 2, 20, Some(18)),
        Ok(0),
        "a deadline equal to the end is fine"
    );
    assert_eq!(
        world.submit(1, 3, 30, None),
        Err(8),
        "two members are the limit"
    );
    assert_eq!(
        world.submit(1, 2, 20, None),
        Ok(0),
        "a member of a full round may ask again"
    );
}

#[test]
fn a_registration_at_the_very_start_of_a_round_belongs_to_the_next_one() {
    let mut world = World::new(0);
    assert_eq!(world.submit(9, 1, 10, None), Ok(0));
    assert_eq!(world.submit(10, 2, 20, None), Ok(1));
    assert_eq!(world.table.unfinished[&0].statement.as_slice(), [10]);
}

#[test]
fn a_round_closes_executes_and_its_tree_goes_only_with_its_proof() {
    let mut world = World::new(0);
    world.submit(1, 1, 10, None).unwrap();
    assert_eq!(world.core.next_wakeup().0, at(10));
    let effects = world.at(10, Input::Wake);
    assert_eq!(executed(&effects), [(0, vec![10])]);
    assert!(!effects.contains(&Effect::Discard { round: 0 }));
    let effects = world.at(
        18,
        Input::Finished {
            round: 0,
            proof: proof(1),
        },
    );
    assert_eq!(effects, [Effect::Discard { round: 0 }]);
    assert!(world.table.proofs.contains_key(&0));
    let pow = world.core.pow();
    assert_eq!(
        (pow.current.challenge.clone(), pow.current.difficulty),
        (vec![1; 32], 3)
    );
    assert_eq!(pow.previous.as_ref().unwrap().challenge, [7; 32]);
}

#[test]
fn rotated_parameters_survive_a_restart() {
    let mut world = World::new(0);
    world.at(10, Input::Wake);
    world.at(
        18,
        Input::Finished {
            round: 0,
            proof: proof(1),
        },
    );
    let pow = world.core.pow().clone();
    assert_eq!(*world.restart(19).core.pow(), pow);
}

#[test]
fn rounds_that_wait_are_executed_in_order_and_none_is_dropped() {
    let mut world = World::new(0);
    world.submit(1, 1, 10, None).unwrap();
    world.at(10, Input::Wake);
    world.submit(11, 1, 11, None).unwrap();
    // The work of round 0 takes longer than the gap, until round 1 executes already.
    assert_eq!(executed(&world.at(20, Input::Wake)), []);
    world.submit(21, 1, 12, None).unwrap();
    let effects = world.at(
        25,
        Input::Finished {
            round: 0,
            proof: proof(1),
        },
    );
    assert_eq!(executed(&effects), [(1, vec![11])]);
    assert_eq!(executed(&world.at(30, Input::Wake)), []);
    let effects = world.at(
        31,
        Input::Finished {
            round: 1,
            proof: proof(2),
        },
    );
    assert_eq!(executed(&effects), [(2, vec![12])]);
}

#[test]
fn after_a_crash_a_started_round_goes_on_even_past_its_end_and_one_that_never_began_is_given_up() {
    let mut world = World::new(0);
    world.submit(1, 1, 10, None).unwrap();
    world.at(10, Input::Wake);
    world.submit(11, 1, 11, None).unwrap();
    let mut world = world.restart(100);
    assert_eq!(executed(&world.effects), [(0, vec![10])]);
    let effects = world.at(
        101,
        Input::Finished {
            round: 0,
            proof: proof(1),
        },
    );
    assert!(
        effects.contains(&Effect::GivenUp { round: 1 }),
        "{effects:?}"
    );
    assert_eq!(executed(&effects), []);
}

#[test]
fn a_crash_in_registration_loses_nobody() {
    let mut world = World::new(0);
    world.submit(1, 1, 10, None).unwrap();
    let mut world = world.restart(5);
    assert_eq!(world.submit(5, 1, 10, None), Ok(0));
    assert_eq!(world.submit(6, 2, 20, None), Ok(0));
    // Down over the start of the round, up again before its end.
    let world = world.restart(12);
    assert_eq!(executed(&world.effects), [(0, vec![10, 20])]);
    assert_eq!(world.core.open_round(), 1);
}

#[test]
fn a_clock_that_is_set_back_opens_no_old_round() {
    let mut world = World::new(25);
    assert_eq!(world.submit(25, 1, 10, None), Ok(2));
    assert_eq!(world.submit(3, 2, 20, None), Ok(2));
}

#[test]
fn a_proof_of_another_round_changes_nothing() {
    let mut world = World::new(0);
    world.at(10, Input::Wake);
    assert_eq!(
        world.at(
            11,
            Input::Finished {
                round: 5,
                proof: proof(9)
            }
        ),
        []
    );
    assert!(world.table.proofs.is_empty());
    assert_eq!(world.core.executing(), Some(0));
}

proptest! {
    /// Whatever the order of registrations, crashes and waits: who was acknowledged for a round is in its statement.
    #[test]
    fn acknowledged_is_contained(steps in prop::collection::vec((0_u8..4, 0_u8..6, 0_i64..4), 1..60)) {
        let mut world = World::new(0);
        world.core.limits.round_members_max = u64::MAX;
        let mut now = 0;
        let mut acknowledged: BTreeMap<Round, Vec<u8>> = BTreeMap::new();
        let mut closed: BTreeMap<Round, Vec<u8>> = BTreeMap::new();
        for (kind, node, wait) in steps {
            now += wait;
            match kind {
                0 | 1 => {
                    if let Ok(round) = world.submit(now, node, node, None) {
                        acknowledged.entry(round).or_default().push(node);
                    }
                }
                2 => {
                    world = world.restart(now);
                    world.core.limits.round_members_max = u64::MAX;
                }
                _ => {
                    let input = match world.core.executing() {
                        Some(round) => Input::Finished { round, proof: proof(1) },
                        None => Input::Wake,
                    };
                    world.at(now, input);
                }
            }
            for (round, state) in &world.table.unfinished {
                closed.insert(*round, state.statement.as_slice().to_vec());
            }
        }
        for (round, statement) in closed {
            for node in acknowledged.get(&round).into_iter().flatten() {
                prop_assert!(statement.contains(node), "round {} lacks {}", round, node);
            }
        }
    }
}
