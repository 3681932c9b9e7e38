//! Whether an ATX and everything it builds on proves its space with every index (05 §12.3). Asked only for what this node's own ATXs will
//! build on, never for acceptance. *Results in, work out.*
//!
//! Keeps true: what could not be checked leaves no mark; every proof is checked for the identity, commitment and units it was made for (the
//! reference takes the signer's and the units that count); an ATX is looked at once however often it is referred to; no recursion.

use std::collections::BTreeSet;

use spacemesh_types::{AtxId, NodeId, Timestamp};

use crate::{
    Atx, Change, Indices, PostWork, Rules, Validity, View, Work, WorkResult, validate_v1,
    validate_v2,
};

/// What is taken to be valid without a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trust {
    /// ATXs that arrived before this.
    pub received_before: Option<Timestamp>,
    /// ATXs of this identity: the one that asks.
    pub node: Option<NodeId>,
}

/// What happens next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainStep {
    /// Check these, all with every index and before the work of others, and pass the results in this order.
    Check(Vec<Work>),
    /// The answer: whether the chain holds, and none if something could not be checked. Write the changes of [`ChainCheck::changes`].
    Done(Option<bool>),
}

/// A chain that is being checked.
#[derive(Debug, Clone)]
pub struct ChainCheck {
    trust: Trust,
    path: Vec<Frame>,
    seen: BTreeSet<AtxId>,
    changes: Vec<Change>,
}

#[derive(Debug, Clone)]
struct Frame {
    id: AtxId,
    /// What it builds on and was not looked at; none while its own proofs are checked.
    ahead: Option<Vec<AtxId>>,
}

impl ChainCheck {
    /// Begins with `id`.
    pub fn new(id: AtxId, trust: Trust) -> Self {
        Self {
            trust,
            path: vec![Frame { id, ahead: None }],
            seen: BTreeSet::from([id]),
            changes: Vec::new(),
        }
    }

    /// What was found out, to be stored. Stays with the check until taken.
    pub fn changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Goes on until work is needed or the answer is there. Call it first, and after [`ChainCheck::checked`].
    pub fn step(&mut self, view: &(impl View + ?Sized)) -> ChainStep {
        loop {
            let Some(frame) = self.path.last_mut() else {
                return ChainStep::Done(Some(true));
            };
            let id = frame.id;
            match &mut frame.ahead {
                None => {
                    let Some(row) = view.atx(id) else {
                        return ChainStep::Done(None);
                    };
                    let assumed = self.trust.received_before;
                    let old = assumed.zip(row.received).is_some_and(|(at, it)| it < at);
                    // In this order: what is known to be invalid does not become valid by age.
                    let settled = match row.validity {
                        _ if row.is_checkpointed() => true,
                        Validity::Valid => true,
                        Validity::Invalid => return self.broken(),
                        Validity::Unknown => old || self.trust.node == Some(row.smesher),
                    };
                    if settled {
                        self.path.pop();
                        continue;
                    }
                    match works(id, view) {
                        Some(works) => return ChainStep::Check(works),
                        None => return ChainStep::Done(None),
                    }
                }
                Some(ahead) => match ahead.pop() {
                    Some(next) => {
                        if self.seen.insert(next) {
                            self.path.push(Frame {
                                id: next,
                                ahead: None,
                            });
                        }
                    }
                    None => {
                        self.changes.push(Change::SetValidity {
                            id,
                            validity: Validity::Valid,
                        });
                        self.path.pop();
                    }
                },
            }
        }
    }

    /// Takes the results of the work that [`ChainCheck::step`] returned.
    pub fn checked(
        &mut self,
        results: &[WorkResult],
        rules: &Rules,
        view: &(impl View + ?Sized),
    ) -> Option<ChainStep> {
        if results.contains(&WorkResult::Unavailable) {
            return Some(ChainStep::Done(None));
        }
        if results.iter().any(|result| *result != WorkResult::Valid) {
            return Some(self.broken());
        }
        let frame = self.path.last_mut()?;
        frame.ahead = Some(builds_on(frame.id, rules, view));
        None
    }

    /// An ATX does not hold, and with it everything on the way to it.
    fn broken(&mut self) -> ChainStep {
        for frame in self.path.drain(..) {
            self.changes.push(Change::SetValidity {
                id: frame.id,
                validity: Validity::Invalid,
            });
        }
        ChainStep::Done(Some(false))
    }
}

/// The proofs of space of an ATX, with all indices. None if it cannot be read.
fn works(id: AtxId, view: &(impl View + ?Sized)) -> Option<Vec<Work>> {
    let (version, bytes) = view.blob(id)?;
    let atx = Atx::decode_version(&bytes, version).ok()?;
    let commitment_of = |node| atx.commitment().or_else(|| view.commitment(node));
    let mut works = Vec::new();
    let mut push = |node, challenge, post, num_units| {
        works.push(Work::Post(PostWork {
            node,
            commitment: commitment_of(node)?,
            challenge,
            post,
            num_units,
            indices: Indices::All,
        }));
        Some(())
    };
    match &atx {
        Atx::V1(atx) => {
            let parts = validate_v1::parts(atx).ok()?;
            let units = atx.inner.num_units;
            push(atx.smesher_id, parts.challenge, parts.post.clone(), units)?;
        }
        Atx::V2(atx) => {
            let set = validate_v2::equivocation_set(atx, view).ok()?;
            for element in &atx.niposts {
                for post in &element.posts {
                    let index = usize::try_from(post.marriage_index).ok()?;
                    let node = *set.get(index)?;
                    push(node, element.challenge, post.post.clone(), post.num_units)?;
                }
            }
        }
    }
    Some(works)
}

/// What an ATX builds on, last first: its previous ATXs, then the positioning one, and the commitment if there is no previous.
fn builds_on(id: AtxId, rules: &Rules, view: &(impl View + ?Sized)) -> Vec<AtxId> {
    let Some(atx) = view
        .blob(id)
        .and_then(|(version, bytes)| Atx::decode_version(&bytes, version).ok())
    else {
        return Vec::new();
    };
    let previous = atx.previous();
    let first = previous.is_empty();
    let mut ahead = previous;
    ahead.push(atx.positioning());
    ahead.extend(atx.commitment().filter(|_| first));
    ahead.retain(|id| *id != rules.golden_atx && !id.is_zero());
    ahead.reverse();
    ahead
}
