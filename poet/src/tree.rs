//! The Merkle tree of both uses (04 §3): padding, parked nodes, and the order of the nodes of a proof.
//!
//! Keeps true: below what exists there are 32 raw zeros at every height, never hashed up; a tree of one leaf is that leaf; a proof lists
//! every sibling up to the root once, padding included.

use crate::hash::{Node, NodeHash, ZERO};

/// A place in a tree: leaves have height 0, and the node `index` of `height` covers leaves from `index << height`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Height above the leaves, at most 64.
    pub height: u8,
    /// From the left, at its height.
    pub index: u64,
}

impl Position {
    /// Whether no leaf of a tree of `leaves` is below: its value is [`ZERO`] there.
    pub fn is_padding(self, leaves: u64) -> bool {
        u128::from(self.index) << self.height >= u128::from(leaves)
    }
}

/// Height of the root of a tree of `leaves` leaves: the binary logarithm, rounded up. 0 for none.
pub fn root_height(leaves: u64) -> u8 {
    (64 - leaves.saturating_sub(1).leading_zeros()) as u8
}

/// `index >> height`, and 0 from 64 on (04 Trap 7).
pub(crate) fn ancestor(index: u64, height: u32) -> u64 {
    index.checked_shr(height).unwrap_or(0)
}

/// The nodes that prove the leaves `indices` (ascending, distinct, below `leaves`), in the order of a proof (04 §3.3).
pub fn proof_positions(leaves: u64, indices: &[u64]) -> Vec<Position> {
    let mut positions = Vec::new();
    let root = Position {
        height: root_height(leaves),
        index: 0,
    };
    emit(root, indices, &mut positions);
    positions
}

fn emit(at: Position, indices: &[u64], out: &mut Vec<Position>) {
    if at.height == 0 || indices.is_empty() {
        return;
    }
    let height = at.height - 1;
    let child = |index| Position { height, index };
    let (left, right) = (child(2 * at.index), child(2 * at.index + 1));
    let middle = indices.partition_point(|leaf| ancestor(*leaf, height.into()) <= left.index);
    let (below_left, below_right) = indices.split_at(middle);
    emit(left, below_left, out);
    emit(right, below_right, out);
    if below_right.is_empty() {
        out.push(right);
    } else if below_left.is_empty() {
        out.push(left);
    }
}

/// The left siblings on the way of the next leaf: all that a tree needs to grow (04 §3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// What belongs to the tree around, if this is a subtree: highest first.
    around: usize,
    /// Highest first: first those around, then one per set bit of `count`.
    nodes: Vec<Node>,
    count: u64,
}

impl Parked {
    /// An empty tree.
    pub fn new() -> Self {
        Self::inside(Vec::new())
    }

    /// An empty subtree; `around` are the left siblings on its way to the root, highest first.
    pub fn inside(around: Vec<Node>) -> Self {
        Self {
            around: around.len(),
            nodes: around,
            count: 0,
        }
    }

    /// A tree of `count` leaves, of which `nodes` are parked, highest first. None if `count` asks for another number of nodes.
    pub fn resume(nodes: Vec<Node>, count: u64) -> Option<Self> {
        (nodes.len() as u64 == u64::from(count.count_ones())).then_some(Self {
            around: 0,
            nodes,
            count,
        })
    }

    /// Leaves so far; in a subtree, those of the subtree.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// All left siblings of the next leaf, highest first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Adds a leaf, and shows it and every node that is completed by it.
    pub fn push(
        &mut self,
        hash: &impl NodeHash,
        leaf: Node,
        mut visit: impl FnMut(Position, &Node),
    ) {
        let mut at = Position {
            height: 0,
            index: self.count,
        };
        let mut node = leaf;
        visit(at, &node);
        for _ in 0..self.count.trailing_ones() {
            let Some(left) = self.nodes.pop() else { break };
            node = hash.node(&left, &node);
            at.height += 1;
            at.index >>= 1;
            visit(at, &node);
        }
        self.nodes.push(node);
        self.count += 1;
    }

    /// The node of `height` above the leaves so far, with padding for those that are missing; shows every node that is completed by
    /// padding. None without leaves, and where there are leaves for more than that node.
    pub fn pad(
        &self,
        hash: &impl NodeHash,
        height: u8,
        mut visit: impl FnMut(Position, &Node),
    ) -> Option<Node> {
        if self.count == 0 || root_height(self.count) > height {
            return None;
        }
        let mut parked = self.nodes[self.around..].iter().rev();
        let mut carried: Option<Node> = None;
        for below in 0..height {
            let left = if self.count >> below & 1 == 1 {
                parked.next()
            } else {
                None
            };
            carried = match (left, carried) {
                (Some(left), right) => Some(hash.node(left, &right.unwrap_or(ZERO))),
                (None, Some(left)) => Some(hash.node(&left, &ZERO)),
                (None, None) => None,
            };
            if let Some(node) = &carried {
                let height = below + 1;
                let index = ancestor(self.count - 1, height.into());
                visit(Position { height, index }, node);
            }
        }
        carried.or_else(|| parked.next().copied())
    }

    /// The root of the tree so far. None without leaves.
    pub fn root(&self, hash: &impl NodeHash) -> Option<Node> {
        self.pad(hash, root_height(self.count), |_, _| {})
    }
}

impl Default for Parked {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
pub(crate) mod tests;
