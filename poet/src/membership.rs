//! Whose challenge is in a round: the tree over the registered challenges, and proofs of belonging to it (04 §6).
//!
//! Keeps true: the order of the leaves is the caller's (a service has it by node ID, a node takes it as given); the tree is built once for
//! all members; verification ignores the bits of an index above the supplied nodes, as the reference does.
//!
//! ```
//! use spacemesh_poet::membership::{Tree, verify};
//!
//! let tree = Tree::build(vec![[1; 32], [2; 32], [3; 32]]);
//! let root = tree.root().unwrap();
//! let nodes = tree.proof(2).unwrap();
//! assert!(verify(&root, &[2], &[[3; 32]], &nodes).is_ok());
//! ```

use crate::climb::{ShapeError, climb};
use crate::hash::{MembershipHash, Node, NodeHash, ZERO};
use crate::tree::{Position, ancestor, proof_positions, root_height};

/// A whole tree in memory, for a service that answers any member: 64 bytes per member.
#[derive(Debug, Clone)]
pub struct Tree {
    /// From the leaves to the root; without leaves, one empty level.
    levels: Vec<Vec<Node>>,
}

/// Indices that no proof can be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "indices must ascend, be distinct and below {members}, the number of members, and there must be one"
)]
pub struct IndicesError {
    /// Members of the tree.
    pub members: u64,
}

impl Tree {
    /// Over the challenges in the order of the round.
    pub fn build(leaves: Vec<Node>) -> Self {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last()
            && below.len() > 1
        {
            let (pairs, rest) = below.as_chunks::<2>();
            let pairs = pairs
                .iter()
                .map(|[left, right]| MembershipHash.node(left, right));
            let rest = rest.iter().map(|left| MembershipHash.node(left, &ZERO));
            let level = pairs.chain(rest).collect();
            levels.push(level);
        }
        Self { levels }
    }

    /// Members.
    pub fn len(&self) -> u64 {
        self.leaves().len() as u64
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.leaves().is_empty()
    }

    /// The challenges in order.
    pub fn leaves(&self) -> &[Node] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }

    /// The round's statement: the root, which is the challenge itself if there is only one. None without members.
    pub fn root(&self) -> Option<Node> {
        self.levels.last().and_then(|top| top.first()).copied()
    }

    /// The nodes that prove member `index`. None if there is no such member.
    pub fn proof(&self, index: u64) -> Option<Vec<Node>> {
        self.multi_proof(&[index]).ok()
    }

    /// The nodes that prove several members together.
    pub fn multi_proof(&self, indices: &[u64]) -> Result<Vec<Node>, IndicesError> {
        let members = self.len();
        let error = IndicesError { members };
        let ascending = indices
            .iter()
            .zip(indices.iter().skip(1))
            .all(|(a, b)| a < b);
        if !ascending || indices.last().is_none_or(|last| *last >= members) {
            return Err(error);
        }
        let positions = proof_positions(members, indices).into_iter();
        Ok(positions.map(|position| self.value(position)).collect())
    }

    fn value(&self, position: Position) -> Node {
        let level = self.levels.get(usize::from(position.height));
        let index = usize::try_from(position.index).ok();
        let node = level.and_then(|level| index.and_then(|index| level.get(index)));
        node.copied().unwrap_or(ZERO)
    }
}

/// A member list read once from front to back, with the proofs of some members. Memory grows with those and not with the list.
#[derive(Debug, Default)]
pub struct Stream {
    count: u64,
    /// One per set bit of `count`, highest first, with the watched members below it.
    parked: Vec<(Node, Vec<usize>)>,
    watched: Vec<Member>,
}

/// A watched member with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The challenge.
    pub leaf: Node,
    /// Its place in the list.
    pub index: u64,
    /// The nodes that prove it.
    pub nodes: Vec<Node>,
}

/// What a member list amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    /// How many members there are.
    pub count: u64,
    /// The round's statement; none without members.
    pub root: Option<Node>,
    /// The watched members in the order of the list.
    pub watched: Vec<Member>,
}

impl Stream {
    /// Before the first member.
    pub fn new() -> Self {
        Self::default()
    }

    /// Members so far.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there was none so far.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The next member of the list, and whether its proof is wanted.
    pub fn push(&mut self, leaf: Node, watch: bool) {
        let mut below = Vec::new();
        if watch {
            below.push(self.watched.len());
            self.watched.push(Member {
                leaf,
                index: self.count,
                nodes: Vec::new(),
            });
        }
        let mut node = leaf;
        for _ in 0..self.count.trailing_ones() {
            let Some(left) = self.parked.pop() else { break };
            (node, below) = self.join(left, (node, below));
        }
        self.parked.push((node, below));
        self.count += 1;
    }

    /// The root and the proofs.
    pub fn finish(mut self) -> Members {
        let mut carried: Option<(Node, Vec<usize>)> = None;
        for height in 0..root_height(self.count) {
            let left = if ancestor(self.count, height.into()) & 1 == 1 {
                self.parked.pop()
            } else {
                None
            };
            let nothing = || (ZERO, Vec::new());
            carried = match (left, carried) {
                (Some(left), right) => Some(self.join(left, right.unwrap_or_else(nothing))),
                (None, Some(left)) => Some(self.join(left, nothing())),
                (None, None) => None,
            };
        }
        let root = carried.or_else(|| self.parked.pop()).map(|(node, _)| node);
        Members {
            count: self.count,
            root,
            watched: self.watched,
        }
    }

    /// The node above two, and the watched members below it; each gets the other side as its next node.
    fn join(
        &mut self,
        (left, mut below): (Node, Vec<usize>),
        (right, below_right): (Node, Vec<usize>),
    ) -> (Node, Vec<usize>) {
        for (members, sibling) in [(&below, right), (&below_right, left)] {
            for member in members {
                if let Some(member) = self.watched.get_mut(*member) {
                    member.nodes.push(sibling);
                }
            }
        }
        below.extend(below_right);
        (MembershipHash.node(&left, &right), below)
    }
}

/// A membership does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MembershipError {
    /// Indices and leaves do not make a proof.
    #[error("invalid membership proof")]
    Shape(#[from] ShapeError),
    /// They lead to another root.
    #[error(
        "invalid membership proof: it leads to {reached}, the round's statement is {statement}"
    )]
    Root {
        /// Where the proof leads, in hexadecimal.
        reached: String,
        /// The statement, in hexadecimal.
        statement: String,
    },
}

/// Whether the challenges `leaves` are members `indices` (ascending, distinct) of the round with this statement (04 §6.3).
pub fn verify(
    statement: &Node,
    indices: &[u64],
    leaves: &[Node],
    nodes: &[Node],
) -> Result<(), MembershipError> {
    let leaves = leaves.iter().map(Node::as_slice);
    let nodes = nodes.iter().map(Node::as_slice);
    let value = climb(&MembershipHash, indices, leaves, nodes, false)?.value;
    if value.as_bytes() == statement {
        Ok(())
    } else {
        Err(MembershipError::Root {
            reached: hex::encode(value.as_bytes()),
            statement: hex::encode(statement),
        })
    }
}

#[cfg(test)]
mod tests;
