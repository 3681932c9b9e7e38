//! A tree of which only the nodes of one height are kept (04 "Tree without terabytes").
//!
//! Keeps true: what comes out is what the whole tree would give. Everything above the kept height is folded from the kept nodes, in
//! pieces and side by side; a subtree below is worked out again from its first leaf, for which the left siblings above it suffice.
//!
//! Memory: one piece per thread, one node per piece, and the wanted nodes; independent of the number of leaves but for 32 bytes per
//! 2^(height + 12) of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::hash::{Leaf, Node, Work, ZERO};
use crate::tree::{Parked, Position, ancestor, proof_positions, root_height};

/// Levels that are folded by one thread at a time: 4,096 nodes.
const PIECE_LEVELS: u8 = 12;

/// The nodes of one height, from the left.
pub(crate) trait Nodes: Sync {
    /// Why they cannot be read.
    type Error: Send;

    /// How many there are.
    fn len(&self) -> u64;

    /// `count` of them.
    fn read(&self, from: u64, count: usize) -> Result<Vec<Node>, Self::Error>;
}

/// Why nothing came out.
#[derive(Debug)]
pub(crate) enum Interrupted<E> {
    /// It was asked to stop.
    Stopped,
    /// A kept node cannot be read.
    Read(E),
}

/// A tree with `leaves` leaves of which the full nodes of `height` are kept.
pub(crate) struct Pruned<'a, W, N> {
    pub(crate) work: &'a W,
    pub(crate) nodes: &'a N,
    pub(crate) height: u8,
    pub(crate) threads: usize,
    pub(crate) stop: &'a AtomicBool,
}

/// What a proof consists of.
pub(crate) struct Proven {
    pub(crate) root: Node,
    pub(crate) leaves: Vec<Node>,
    pub(crate) nodes: Vec<Node>,
}

type Values = BTreeMap<Position, Node>;

impl<W: Work, N: Nodes> Pruned<'_, W, N> {
    /// What is parked after all leaves below the kept nodes.
    pub(crate) fn parked(&self) -> Result<Parked, Interrupted<N::Error>> {
        let count = self.nodes.len() << self.height;
        let heights = (0..64_u8).rev().filter(|height| count >> height & 1 == 1);
        let positions: Vec<Position> = heights
            .map(|height| Position {
                height,
                index: (count >> height) - 1,
            })
            .collect();
        let wanted: BTreeSet<Position> = positions.iter().copied().collect();
        let values = self.upper(count, None, &wanted)?;
        let nodes = positions.iter().map(|at| value(&values, count, *at));
        Ok(Parked::resume(nodes.collect(), count).unwrap_or_default())
    }

    /// The leaves that `sample` picks for the root, with the nodes that prove them. `end` is what was parked after the last leaf.
    pub(crate) fn prove(
        &self,
        end: &Parked,
        sample: impl FnOnce(&Node) -> Vec<u64>,
    ) -> Result<Proven, Interrupted<N::Error>> {
        let count = end.count();
        let root = end.root(self.work).unwrap_or(ZERO);
        let indices = sample(&root);
        let siblings = proof_positions(count, &indices);
        let leaves = indices.iter().map(|index| Position {
            height: 0,
            index: *index,
        });
        let leaves: Vec<Position> = leaves.collect();
        let all = siblings.iter().chain(&leaves).copied();
        let all = all.filter(|at| !at.is_padding(count));

        let (mut above, below): (BTreeSet<Position>, BTreeSet<Position>) =
            all.partition(|at| at.height >= self.height);
        let mut subtrees: BTreeMap<u64, Vec<Position>> = BTreeMap::new();
        for at in below {
            let subtree = ancestor(at.index, u32::from(self.height - at.height));
            subtrees.entry(subtree).or_default().push(at);
        }
        for subtree in subtrees.keys() {
            above.extend(self.around(*subtree));
        }
        let mut values = self.upper(count, self.last(end), &above)?;
        let jobs: Vec<Subtree> = subtrees
            .into_iter()
            .map(|(index, mut wanted)| Subtree {
                index,
                around: self
                    .around(index)
                    .map(|at| value(&values, count, at))
                    .collect(),
                leaves: (count - (index << self.height)).min(1 << self.height),
                wanted: {
                    // A node is completed by its last leaf, after the nodes below it.
                    wanted.sort_unstable_by_key(|at| ((at.index + 1) << at.height, at.height));
                    wanted
                },
            })
            .collect();
        values.extend(self.rebuild_all(jobs, root_height(count))?);
        let look_up = |at: &Position| value(&values, count, *at);
        Ok(Proven {
            root,
            leaves: leaves.iter().map(look_up).collect(),
            nodes: siblings.iter().map(look_up).collect(),
        })
    }

    /// The left siblings on the way of a kept node, highest first.
    fn around(&self, subtree: u64) -> impl Iterator<Item = Position> {
        let bits = (0..64 - self.height).rev();
        let height = self.height;
        bits.filter(move |bit| subtree >> bit & 1 == 1)
            .map(move |bit| Position {
                height: height + bit,
                index: (subtree >> bit) - 1,
            })
    }

    /// The node of the kept height above the last leaves, if those are not all that it could have.
    fn last(&self, end: &Parked) -> Option<Node> {
        let count = end.count() & ((1 << self.height) - 1);
        let (_, nodes) = end
            .nodes()
            .split_at_checked(end.nodes().len() - count.count_ones() as usize)?;
        Parked::resume(nodes.to_vec(), count)?.pad(self.work, self.height, |_, _| {})
    }

    /// The values at `wanted`, none of them below the kept height, in a tree of `count` leaves; `last` follows the kept nodes.
    fn upper(
        &self,
        count: u64,
        last: Option<Node>,
        wanted: &BTreeSet<Position>,
    ) -> Result<Values, Interrupted<N::Error>> {
        if wanted.is_empty() {
            return Ok(Values::new());
        }
        let levels = root_height(count).saturating_sub(self.height);
        let piece_levels = levels.min(PIECE_LEVELS);
        let full = count >> self.height;
        let pieces = (full + u64::from(last.is_some())).div_ceil(1 << piece_levels);
        let next = Mutex::new(0..pieces);
        let piece = |index: u64| -> Result<(u64, Node, Values), Interrupted<N::Error>> {
            let from = index << piece_levels;
            let here = (full - from.min(full)).min(1 << piece_levels);
            let mut level = self.nodes.read(from, here as usize);
            if let (Ok(level), Some(last)) = (&mut level, last)
                && index + 1 == pieces
            {
                level.push(last);
            }
            let at = Position {
                height: self.height,
                index: from,
            };
            let mut values = Values::new();
            let top = self.fold(
                level.map_err(Interrupted::Read)?,
                at,
                piece_levels,
                wanted,
                &mut values,
            );
            Ok((index, top, values))
        };
        let mut values = Values::new();
        let mut tops = Vec::new();
        let results = self.on_threads(|| {
            let mut done = Vec::new();
            loop {
                if self.stop.load(Ordering::Relaxed) {
                    return Err(Interrupted::Stopped);
                }
                let Some(index) = lock(&next).next() else {
                    return Ok(done);
                };
                done.push(piece(index)?);
            }
        });
        for result in results {
            for (index, top, found) in result? {
                tops.push((index, top));
                values.extend(found);
            }
        }
        tops.sort_unstable_by_key(|(index, _)| *index);
        let tops: Vec<Node> = tops.into_iter().map(|(_, top)| top).collect();
        let at = Position {
            height: self.height + piece_levels,
            index: 0,
        };
        let top = self.fold(tops, at, levels - piece_levels, wanted, &mut values);
        let root = Position {
            height: self.height + levels,
            index: 0,
        };
        if wanted.contains(&root) {
            values.insert(root, top);
        }
        Ok(values)
    }

    /// The node `levels` above `level`, which starts at `at`; values at `wanted` below that node are taken along.
    fn fold(
        &self,
        mut level: Vec<Node>,
        mut at: Position,
        levels: u8,
        wanted: &BTreeSet<Position>,
        values: &mut Values,
    ) -> Node {
        for _ in 0..levels {
            let end = Position {
                height: at.height,
                index: at.index + level.len() as u64,
            };
            for position in wanted.range(at..end) {
                let node = level.get((position.index - at.index) as usize);
                values.insert(*position, node.copied().unwrap_or(ZERO));
            }
            let (pairs, rest) = level.as_chunks::<2>();
            let pairs = pairs
                .iter()
                .map(|[left, right]| self.work.node(left, right));
            let rest = rest.iter().map(|left| self.work.node(left, &ZERO));
            level = pairs.chain(rest).collect();
            at = Position {
                height: at.height + 1,
                index: at.index >> 1,
            };
        }
        level.first().copied().unwrap_or(ZERO)
    }

    /// Works out all subtrees again, two per thread side by side.
    fn rebuild_all(&self, jobs: Vec<Subtree>, root: u8) -> Result<Values, Interrupted<N::Error>> {
        let full = 1 << self.height;
        let (full, partial): (Vec<_>, Vec<_>) =
            jobs.into_iter().partition(|job| job.leaves == full);
        let (pairs, rest) = full.as_chunks::<2>();
        let pairs = Mutex::new(pairs.iter());
        let single = Mutex::new(rest.iter().chain(&partial));
        let mut values = Values::new();
        let results = self.on_threads(|| {
            let mut values = Values::new();
            while let Some([a, b]) = { lock(&pairs).next() } {
                self.rebuild([a, b], root, &mut values)?;
            }
            while let Some(subtree) = { lock(&single).next() } {
                self.rebuild([subtree], root, &mut values)?;
            }
            Ok(values)
        });
        for result in results {
            values.extend(result?);
        }
        Ok(values)
    }

    /// Works out subtrees of equally many leaves again.
    fn rebuild<const S: usize>(
        &self,
        subtrees: [&Subtree; S],
        root: u8,
        values: &mut Values,
    ) -> Result<(), Interrupted<N::Error>> {
        let mut scratch = Vec::new();
        let mut parked: [Parked; S] =
            std::array::from_fn(|i| Parked::inside(subtrees[i].around.clone()));
        let mut wanted = subtrees.map(|subtree| Wanted {
            subtree,
            kept: self.height,
            next: 0,
        });
        let leaves = subtrees.iter().map(|subtree| subtree.leaves).min();
        for leaf in 0..leaves.unwrap_or_default() {
            if self.stop.load(Ordering::Relaxed) {
                return Err(Interrupted::Stopped);
            }
            let lanes = std::array::from_fn(|i| Leaf {
                index: (subtrees[i].index << self.height) + leaf,
                siblings: parked[i].nodes(),
            });
            let labels = self.work.labels::<S>(&mut scratch, lanes);
            for ((parked, wanted), label) in parked.iter_mut().zip(&mut wanted).zip(labels) {
                parked.push(self.work, label, |at, node| wanted.take(at, node, values));
            }
        }
        for (parked, wanted) in parked.iter().zip(&mut wanted) {
            let height = self.height.min(root);
            parked.pad(self.work, height, |at, node| wanted.take(at, node, values));
        }
        Ok(())
    }

    /// Runs `job` on every thread.
    fn on_threads<T: Send>(&self, job: impl Fn() -> T + Sync) -> Vec<T> {
        if self.threads <= 1 {
            return vec![job()];
        }
        thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads).map(|_| scope.spawn(&job)).collect();
            let join = |thread: thread::ScopedJoinHandle<'_, T>| match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            threads.into_iter().map(join).collect()
        })
    }
}

/// A subtree of the kept height that must be worked out again.
struct Subtree {
    index: u64,
    /// Left siblings on its way to the root, highest first.
    around: Vec<Node>,
    leaves: u64,
    /// What is wanted of it, in the order in which it is completed.
    wanted: Vec<Position>,
}

/// What is still wanted of a subtree while its nodes are completed one after the other.
struct Wanted<'a> {
    subtree: &'a Subtree,
    /// Height of the subtree.
    kept: u8,
    next: usize,
}

impl Wanted<'_> {
    /// Takes the node if it is the next one that is wanted; `at` counts from the start of the subtree.
    fn take(&mut self, at: Position, node: &Node, values: &mut Values) {
        let Some(wanted) = self.subtree.wanted.get(self.next) else {
            return;
        };
        if at.height == wanted.height
            && at.index + (self.subtree.index << (self.kept - at.height)) == wanted.index
        {
            values.insert(*wanted, *node);
            self.next += 1;
        }
    }
}

fn value(values: &Values, leaves: u64, at: Position) -> Node {
    let node = values.get(&at).copied();
    debug_assert!(node.is_some() || at.is_padding(leaves), "{at:?}");
    node.unwrap_or(ZERO)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
