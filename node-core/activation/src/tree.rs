//! The Merkle trees of activations (05 §4.2) and of PoET memberships (04 §3.4, §6): one node function, padding with raw zeros per level.
//!
//! Keeps true: leaves of any length are used as they are; a zero-length leaf vanishes at a left position and is an empty right child at a
//! right one, as in the reference's streaming tree; no input panics, and recursion ends after as many levels as an index has bits.

use spacemesh_types::{Hash32, sum};

/// An inner node: `BLAKE3(01 ‖ left ‖ right)`, of children of any length.
pub fn join(left: &[u8], right: &[u8]) -> Hash32 {
    sum([&[1], left, right])
}

/// The root over `leaves`. Of a single leaf that is 32 bytes long it is the leaf; of none, or of a single leaf of another length, it is zero.
pub fn root(leaves: &[&[u8]]) -> Hash32 {
    let mut level = Vec::with_capacity(leaves.len() / 2 + 1);
    let mut left: Option<&[u8]> = None;
    for &leaf in leaves {
        match left.take() {
            Some(left) => level.push(join(left, leaf)),
            // Nothing is parked by an empty value.
            None if leaf.is_empty() => {}
            None => left = Some(leaf),
        }
    }
    if let Some(last) = left {
        if level.is_empty() {
            return last.try_into().map_or(Hash32::ZERO, Hash32);
        }
        level.push(join(last, &[0; 32]));
    }
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => join(left.as_ref(), right.as_ref()),
                [left, ..] => join(left.as_ref(), &[0; 32]),
                [] => Hash32::ZERO,
            })
            .collect();
    }
    level.first().copied().unwrap_or(Hash32::ZERO)
}

/// The root over `leaves` and as many leaves of 32 zeros as make `2^height`. More leaves than that are left out.
///
/// The zeros are leaves here and are hashed upwards; one hash per level stands for all of them.
pub fn list_root(leaves: &[Hash32], height: u32) -> Hash32 {
    let width = 1_usize.checked_shl(height).unwrap_or(usize::MAX);
    let mut level = leaves.get(..width).unwrap_or(leaves).to_vec();
    let mut zeros = Hash32::ZERO;
    for _ in 0..height {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => join(left.as_ref(), right.as_ref()),
                [left, ..] => join(left.as_ref(), zeros.as_ref()),
                [] => zeros,
            })
            .collect();
        zeros = join(zeros.as_ref(), zeros.as_ref());
    }
    level.first().copied().unwrap_or(zeros)
}

/// Siblings of the leaf `index` on its way to the root, from the leaf upwards, as a proof about a part of an activation carries them.
///
/// Empty if there is no such leaf, or if a sibling is not 32 bytes long, which the format of proofs cannot carry.
pub fn siblings(leaves: &[&[u8]], index: usize) -> Vec<Hash32> {
    if index >= leaves.len() {
        return Vec::new();
    }
    let Some(first) = leaves
        .get(index ^ 1)
        .copied()
        .map_or(Some(Hash32::ZERO), |leaf| leaf.try_into().ok().map(Hash32))
    else {
        return Vec::new();
    };
    let mut nodes = vec![first];
    let mut level: Vec<Hash32> = leaves
        .chunks(2)
        .map(|pair| match pair {
            [left, right] => join(left, right),
            [left, ..] => join(left, &[0; 32]),
            [] => Hash32::ZERO,
        })
        .collect();
    let mut index = index / 2;
    while level.len() > 1 {
        nodes.push(level.get(index ^ 1).copied().unwrap_or(Hash32::ZERO));
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => join(left.as_ref(), right.as_ref()),
                [left, ..] => join(left.as_ref(), &[0; 32]),
                [] => Hash32::ZERO,
            })
            .collect();
        index /= 2;
    }
    nodes
}

/// What a partial proof of several leaves evaluates to (04 §3.4). `leaves` must be in strictly increasing order of their indices.
///
/// `None` if there is no leaf or the order is another one. Surplus nodes are consumed above the real root and missing ones end the walk
/// early, as the reference does; both then give another value than the root.
pub fn evaluate(leaves: &[(u64, Hash32)], nodes: &[Hash32]) -> Option<Hash32> {
    if leaves.is_empty()
        || leaves
            .windows(2)
            .any(|pair| matches!(pair, [(a, _), (b, _)] if a >= b))
    {
        return None;
    }
    let mut walk = Walk { leaves, nodes };
    walk.climb(None)
}

struct Walk<'a> {
    leaves: &'a [(u64, Hash32)],
    nodes: &'a [Hash32],
}

impl Walk<'_> {
    /// From the next leaf up to the height `stop`, or until siblings run out.
    fn climb(&mut self, stop: Option<u32>) -> Option<Hash32> {
        let (&(mut index, mut value), rest) = self.leaves.split_first()?;
        self.leaves = rest;
        let mut height = 0;
        while Some(height) != stop {
            let sibling = match self.leaves.first() {
                Some((next, _)) if index ^ 1 == next.checked_shr(height).unwrap_or(0) => {
                    self.climb(Some(height))?
                }
                _ => match self.nodes.split_first() {
                    Some((node, rest)) => {
                        self.nodes = rest;
                        *node
                    }
                    None => break,
                },
            };
            value = if index & 1 == 1 {
                join(sibling.as_ref(), value.as_ref())
            } else {
                join(value.as_ref(), sibling.as_ref())
            };
            index >>= 1;
            height += 1;
        }
        Some(value)
    }
}
