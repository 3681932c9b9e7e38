//! From a partial proof to the root it leads to (04 §3.4).
//!
//! Keeps true: accepts what the reference accepts, oddities included. There is no check of the tree's height, surplus nodes are taken as
//! right siblings above the root, a missing one ends the way silently. Work is one hash per node, and memory at most 64 siblings per leaf.

use crate::hash::{NodeHash, Short};
use crate::tree::ancestor;

/// A partial proof is not built as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// Checked first.
    #[error("{indices} leaf indices, but {leaves} leaves")]
    CountsDiffer {
        /// How many are given or sampled.
        indices: usize,
        /// How many are given.
        leaves: usize,
    },
    /// Checked second.
    #[error("at least one leaf is needed for a proof")]
    NoLeaf,
    /// Checked third.
    #[error("leaf indices are not sorted: {next} comes after {before}")]
    Unsorted {
        /// The larger one.
        before: u64,
        /// The smaller one.
        next: u64,
    },
    /// Checked last.
    #[error("leaf index {index} is given twice")]
    Duplicate {
        /// The index.
        index: u64,
    },
}

/// Where the leaves and nodes of a partial proof lead.
#[derive(Debug)]
pub struct Climbed {
    /// The value at the top: a proof holds if this is the expected root.
    pub value: Short,
    /// Per leaf, the left siblings on its way, lowest first. Empty unless asked for. Fewer than leaves if nodes are missing.
    pub left_siblings: Vec<Vec<Short>>,
}

/// Evaluates a partial proof of `leaves` at `indices`. `keep` asks for the left siblings.
pub fn climb<'a>(
    hash: &impl NodeHash,
    indices: &[u64],
    leaves: impl ExactSizeIterator<Item = &'a [u8]>,
    nodes: impl Iterator<Item = &'a [u8]>,
    keep: bool,
) -> Result<Climbed, ShapeError> {
    let (count, leaf_count) = (indices.len(), leaves.len());
    if count != leaf_count {
        return Err(ShapeError::CountsDiffer {
            indices: count,
            leaves: leaf_count,
        });
    }
    if count == 0 {
        return Err(ShapeError::NoLeaf);
    }
    let pairs = || indices.iter().zip(indices.iter().skip(1));
    if let Some((before, next)) = pairs().find(|(before, next)| before > next) {
        return Err(ShapeError::Unsorted {
            before: *before,
            next: *next,
        });
    }
    if let Some((index, _)) = pairs().find(|(before, next)| before == next) {
        return Err(ShapeError::Duplicate { index: *index });
    }
    let mut climber = Climber {
        hash,
        leaves: indices.iter().copied().zip(leaves).peekable(),
        nodes,
        keep,
    };
    let (value, left_siblings) = climber.climb(None);
    Ok(Climbed {
        value,
        left_siblings,
    })
}

struct Climber<'h, H, L: Iterator, N> {
    hash: &'h H,
    leaves: std::iter::Peekable<L>,
    nodes: N,
    keep: bool,
}

impl<'a, H, L, N> Climber<'_, H, L, N>
where
    H: NodeHash,
    L: Iterator<Item = (u64, &'a [u8])>,
    N: Iterator<Item = &'a [u8]>,
{
    /// From the next leaf up to height `stop`. Calls itself only for a leaf below the sibling, that is at heights below 64, each time lower.
    fn climb(&mut self, stop: Option<u32>) -> (Short, Vec<Vec<Short>>) {
        let Some((mut index, leaf)) = self.leaves.next() else {
            return (Short::cut(&[]), Vec::new());
        };
        let mut value = Short::cut(leaf);
        let mut ways = if self.keep {
            vec![Vec::new()]
        } else {
            Vec::new()
        };
        let mut height = 0;
        while stop != Some(height) {
            let beside = self.leaves.peek();
            let beside = beside.is_some_and(|(leaf, _)| ancestor(*leaf, height) == index ^ 1);
            let (sibling, ways_beside) = if beside {
                self.climb(Some(height))
            } else if let Some(node) = self.nodes.next() {
                (Short::cut(node), Vec::new())
            } else {
                break;
            };
            let (left, right) = if index & 1 == 1 {
                ways.iter_mut().for_each(|way| way.push(sibling));
                (sibling, value)
            } else {
                ways.extend(ways_beside.into_iter().map(|mut way| {
                    way.push(value);
                    way
                }));
                (value, sibling)
            };
            value = self.hash.node(left.as_bytes(), right.as_bytes()).into();
            index >>= 1;
            height += 1;
        }
        (value, ways)
    }
}

#[cfg(test)]
mod tests;
