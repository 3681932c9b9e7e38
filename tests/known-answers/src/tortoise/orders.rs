//! Independent events in other orders: a hundred random legal orders of every scenario and trace end in the same state.
//!
//! Which orders are legal is said by the scenario (`deps`) or follows from chapter 08: what builds on something comes after it, and two events
//! of which the rules say that their order matters keep it. [`conflict`] lists these. Calls that move the engine (tally, acknowledgements,
//! restart) keep their places; calls that only ask are left out.

use std::collections::BTreeSet;

use spacemesh_consensus::tortoise::{Settings, Tortoise};
use spacemesh_types::wire::BlockHeader;
use spacemesh_types::{AtxId, BallotId, LayerId, NodeId};

use super::read::OwnedBallot;
use super::world::{Event, Way};
use crate::report::Report;

/// How many orders are tried.
const ORDERS: u64 = 100;

/// What a scenario says about a step's place.
pub(super) enum Dependencies {
    /// After these steps.
    On(Vec<usize>),
    /// Nothing: where others tell, directly behind its predecessor.
    Untold,
}

/// An event and the state it met.
pub(super) struct Step {
    pub(super) event: Event,
    dependencies: Dependencies,
    processed: LayerId,
    last: LayerId,
    settings: Settings,
}

impl Step {
    pub(super) fn new(event: Event, dependencies: Dependencies, engine: &Tortoise) -> Self {
        Self {
            event,
            dependencies,
            processed: engine.processed(),
            last: engine.last(),
            settings: engine.settings().clone(),
        }
    }
}

/// Runs `steps` in other orders with `again`, which returns the state at the end and the first expectation that was not met, and compares with
/// the state `end` of the order given. `told`: legal orders are those that the steps' dependencies tell.
pub(super) fn check_orders(
    steps: &[Step],
    told: bool,
    end: &str,
    again: impl Fn(&[usize]) -> Option<(String, Option<String>)>,
    report: &mut Report,
) {
    let legal = if told {
        told_orders(steps)
    } else {
        derived_orders(steps)
    };
    for seed in 0..ORDERS {
        let order = legal.shuffled(seed);
        let at = format!(".steps in order {seed}");
        match again(&order) {
            None => report.fail(&at, "a run", "none"),
            Some((_, Some(failed))) => report.fail(&at, "the same results", failed),
            Some((state, None)) if state == *end => report.pass(),
            Some((state, None)) => {
                let differ = state
                    .lines()
                    .zip(end.lines())
                    .find(|(other, first)| other != first);
                let (other, first) = differ.unwrap_or(("more lines", "fewer lines"));
                report.fail(&at, first, other);
            }
        }
    }
}

/// A partial order of groups of steps.
struct Legal {
    /// Steps that stay together.
    groups: Vec<Vec<usize>>,
    /// For each group those that come before it.
    before: Vec<BTreeSet<usize>>,
}

impl Legal {
    /// A random order, the same for the same seed.
    fn shuffled(&self, seed: u64) -> Vec<usize> {
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); self.groups.len()];
        for (group, before) in self.before.iter().enumerate() {
            for &earlier in before {
                after[earlier].push(group);
            }
        }
        let mut open: Vec<usize> = self.before.iter().map(BTreeSet::len).collect();
        let mut ready: Vec<usize> = (0..open.len()).filter(|&group| open[group] == 0).collect();
        let mut random = seed;
        let mut order = Vec::new();
        while !ready.is_empty() {
            let group = ready.swap_remove((next(&mut random) % ready.len() as u64) as usize);
            order.extend_from_slice(&self.groups[group]);
            for &later in &after[group] {
                open[later] -= 1;
                if open[later] == 0 {
                    ready.push(later);
                }
            }
        }
        order
    }
}

/// SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn told_orders(steps: &[Step]) -> Legal {
    let mut legal = Legal {
        groups: Vec::new(),
        before: Vec::new(),
    };
    let mut group_of = Vec::with_capacity(steps.len());
    for (index, step) in steps.iter().enumerate() {
        match &step.dependencies {
            Dependencies::On(steps) => {
                let before = steps.iter().filter_map(|&step| group_of.get(step)).copied();
                legal.before.push(before.collect());
                legal.groups.push(vec![index]);
            }
            Dependencies::Untold => match legal.groups.last_mut() {
                Some(group) => group.push(index),
                None => {
                    legal.before.push(BTreeSet::new());
                    legal.groups.push(vec![index]);
                }
            },
        }
        group_of.push(legal.groups.len() - 1);
    }
    legal
}

fn derived_orders(steps: &[Step]) -> Legal {
    let mut legal = Legal {
        groups: Vec::new(),
        before: Vec::new(),
    };
    let mut members: Vec<usize> = Vec::new();
    let mut barrier: Option<usize> = None;
    let mut segment = 0; // first group after the barrier
    for (index, step) in steps.iter().enumerate() {
        if asks_only(&step.event) {
            continue;
        }
        let group = legal.groups.len();
        let mut before: BTreeSet<usize> = barrier.into_iter().collect();
        if is_barrier(&step.event) {
            before.extend(segment..group);
            (barrier, segment) = (Some(group), group + 1);
        } else {
            before.extend(
                (segment..group).filter(|&earlier| conflict(&steps[members[earlier]], step)),
            );
        }
        legal.before.push(before);
        legal.groups.push(vec![index]);
        members.push(index);
    }
    legal
}

fn asks_only(event: &Event) -> bool {
    matches!(
        event,
        Event::Encode(_)
            | Event::Updates
            | Event::Persist
            | Event::Look
            | Event::Ballot {
                way: Way::Decode,
                ..
            }
    )
}

fn is_barrier(event: &Event) -> bool {
    matches!(
        event,
        Event::Tally(_)
            | Event::Applied { .. }
            | Event::Reset
            | Event::RecoverFrom { .. }
            | Event::UpdateVerified(_)
            | Event::UpdateLast(_)
            | Event::SetTarget { .. }
    )
}

fn ballot(event: &Event) -> Option<&OwnedBallot> {
    match event {
        Event::Ballot { ballot, .. } | Event::Store { ballot, .. } => Some(ballot),
        _ => None,
    }
}

/// The layer whose targets or hare result an event sets.
fn layer_of(event: &Event) -> Option<LayerId> {
    match event {
        Event::Block(header) => Some(header.layer),
        Event::Hare { layer, .. } | Event::RecoveredBlocks { layer, .. } => Some(*layer),
        _ => None,
    }
}

/// Whether the order of two events matters.
fn conflict(earlier: &Step, later: &Step) -> bool {
    one_way(earlier, later) || one_way(later, earlier)
}

fn one_way(a: &Step, b: &Step) -> bool {
    let epoch = |layer: LayerId| layer.epoch(a.settings.layers_per_epoch);
    match (&a.event, &b.event) {
        // An ATX comes before its ballots, and a second delivery does not change the table.
        (Event::Atx { id, .. }, event) if atx(event) == Some(id) => true,
        // An identity is malicious from then on.
        (Event::Malfeasance(node), event) if smesher(event) == Some(node) => true,
        // A beacon counts for ballots that come after it; those of processed layers wait for the next tally otherwise.
        (Event::Beacon { epoch: of, .. }, Event::Beacon { epoch, .. }) => of == epoch,
        (Event::Beacon { epoch: of, .. }, event) => ballot(event)
            .is_some_and(|ballot| epoch(ballot.layer) == *of && ballot.layer <= b.processed),
        (Event::Coin { layer, .. }, Event::Coin { layer: other, .. }) => layer == other,
        // A block before hare's result for it (Trap 12). Blocks of one layer may come in any order.
        (Event::Block(_), Event::Block(_)) => false,
        (first, second) if layer_of(first).is_some() && layer_of(first) == layer_of(second) => true,
        // A vote on a block of a finished or old layer makes another target than the block itself.
        (first, second) => match (layer_of(first), ballot(first), ballot(second)) {
            (Some(layer), _, Some(ballot)) => {
                let old = !a.settings.within_hdist(layer, b.last);
                let names = ballot
                    .votes
                    .support
                    .iter()
                    .any(|block| block.layer == layer);
                names && (old || !matches!(first, Event::Block(_)))
            }
            (_, Some(one), Some(other)) => ballots(one, other, b.processed),
            _ => false,
        },
    }
}

/// One ballot builds on the other, or both are late: a late ballot that introduces a block is counted otherwise (Trap 13).
fn ballots(one: &OwnedBallot, other: &OwnedBallot, processed: LayerId) -> bool {
    let refers = |ballot: &OwnedBallot, id: &BallotId| {
        ballot.votes.base == *id || ballot.reference == Some(*id)
    };
    let late = |ballot: &OwnedBallot| ballot.layer <= processed;
    // Of two equal hashes only the first one's votes are read. They mean the same but for a mark that votes in layers below the base's keep (Traps 6 and 9).
    let revises = |ballot: &OwnedBallot| {
        let below = |block: &BlockHeader| block.layer.0 + 1 < ballot.layer.0;
        !ballot.votes.base.is_zero() && ballot.votes.support.iter().any(below)
    };
    let same_hash =
        (one.layer, one.opinion) == (other.layer, other.opinion) && one.votes != other.votes;
    let hides = same_hash && (revises(one) || revises(other));
    hides
        || one.id == other.id
        || refers(one, &other.id)
        || refers(other, &one.id)
        || (late(one) && late(other))
}

fn atx(event: &Event) -> Option<&AtxId> {
    match event {
        Event::Atx { id, .. } => Some(id),
        event => ballot(event).map(|ballot| &ballot.atx),
    }
}

fn smesher(event: &Event) -> Option<&NodeId> {
    match event {
        Event::Atx { atx, .. } => Some(&atx.node),
        Event::Malfeasance(node) => Some(node),
        event => ballot(event).map(|ballot| &ballot.smesher),
    }
}
