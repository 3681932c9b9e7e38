//! What comes out of a pruned tree is what comes out of the whole one.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::convert::Infallible;

use proptest::prelude::*;

use super::*;
use crate::chain::Sha256;
use crate::hash::{NodeHash, SequentialWork, sample};

/// As many as in every proof.
const SAMPLES: usize = 150;

/// Work that is cheap, and in which every part of the input still changes the output: the structure is under test, not SHA-256.
#[derive(Clone, Copy)]
struct CheapWork;

/// Every word at its place counts: swapped words give another value.
fn mixed<'a>(seed: u64, words: impl Iterator<Item = &'a [u8]>) -> Node {
    let sum = (0_u64..).zip(words).fold(seed, |sum, (place, bytes)| {
        let word = bytes
            .first_chunk()
            .map_or(0, |word| u64::from_le_bytes(*word));
        sum.wrapping_add(word.wrapping_mul(0x9E37_79B9_7F4A_7C15 + 2 * place))
    });
    let mut node = [1; 32];
    // Never zero, which stands for padding.
    node[..8].copy_from_slice(&(sum ^ sum >> 29).to_le_bytes());
    node
}

impl NodeHash for CheapWork {
    fn node(&self, left: &[u8], right: &[u8]) -> Node {
        mixed(1, [left, right].into_iter())
    }
}

impl Work for CheapWork {
    fn labels<const N: usize>(&self, _: &mut Vec<u8>, leaves: [Leaf<'_>; N]) -> [Node; N] {
        leaves.map(|leaf| {
            let siblings = leaf.siblings.iter().rev();
            mixed(leaf.index << 8, siblings.map(Node::as_slice))
        })
    }
}

/// Every node of a tree, made once and then seen at any number of leaves.
struct Whole {
    /// Full nodes, by height and index.
    levels: Vec<Vec<Node>>,
    /// What was parked after each number of leaves.
    parked: Vec<Parked>,
}

impl Whole {
    fn new(work: &impl Work, leaves: u64) -> Self {
        let mut parked = Parked::new();
        let mut whole = Self {
            levels: vec![Vec::new(); 65],
            parked: vec![parked.clone()],
        };
        for index in 0..leaves {
            let siblings = parked.nodes();
            let [label] = work.labels(&mut Vec::new(), [Leaf { index, siblings }]);
            parked.push(work, label, |at, node| {
                whole.levels[usize::from(at.height)].push(*node);
            });
            whole.parked.push(parked.clone());
        }
        whole
    }

    /// By the rule of 04 §3.1 alone: padding below nothing, else the two below.
    fn value(&self, work: &impl Work, count: u64, at: Position) -> Node {
        if at.is_padding(count) {
            return ZERO;
        }
        if (at.index + 1) << at.height <= count {
            return self.levels[usize::from(at.height)][at.index as usize];
        }
        let height = at.height - 1;
        let below = |index| self.value(work, count, Position { height, index });
        work.node(&below(2 * at.index), &below(2 * at.index + 1))
    }

    fn proof(&self, work: &impl Work, count: u64, samples: usize) -> Expected {
        let top = Position {
            height: root_height(count),
            index: 0,
        };
        let root = self.value(work, count, top);
        let indices = sample(Sha256::best(), &root, count, samples).indices;
        let positions = proof_positions(count, &indices);
        let nodes = positions.iter().map(|at| self.value(work, count, *at));
        Expected {
            root,
            leaves: indices
                .iter()
                .map(|at| self.levels[0][*at as usize])
                .collect(),
            nodes: nodes.collect(),
            indices,
        }
    }
}

struct Expected {
    root: Node,
    indices: Vec<u64>,
    leaves: Vec<Node>,
    nodes: Vec<Node>,
}

struct Kept<'a>(&'a [Node]);

impl Nodes for Kept<'_> {
    type Error = Infallible;

    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, from: u64, count: usize) -> Result<Vec<Node>, Infallible> {
        Ok(self.0[from as usize..][..count].to_vec())
    }
}

/// Compares the proof from the nodes of `height` alone, and what is parked after those, with what the whole tree says.
fn check<W: Work>(
    work: &W,
    whole: &Whole,
    expected: &Expected,
    count: u64,
    height: u8,
    threads: usize,
) {
    let kept = &whole.levels[usize::from(height)][..(count >> height) as usize];
    let pruned = Pruned {
        work,
        nodes: &Kept(kept),
        height,
        threads,
        stop: &AtomicBool::new(false),
    };
    let end = &whole.parked[count as usize];
    let proven = pruned.prove(end, |root| {
        assert_eq!(*root, expected.root, "{count} leaves, height {height}");
        expected.indices.clone()
    });
    let proven = proven.unwrap();
    assert_eq!(proven.root, expected.root);
    assert!(
        proven.leaves == expected.leaves,
        "{count} leaves, height {height}"
    );
    assert!(
        proven.nodes == expected.nodes,
        "{count} leaves, height {height}"
    );
    let full = count >> height << height;
    assert!(
        pruned.parked().unwrap() == whole.parked[full as usize],
        "{full} leaves"
    );
}

/// Every number of leaves up to 2^14 and every height up to 12. Few samples leave large parts of the tree to the kept nodes, 150 need nearly
/// all subtrees: most large trees are asked for few, because the other takes minutes. `SMAPP_EXHAUSTIVE=1` asks every tree for 150.
#[test]
fn a_pruned_tree_gives_the_proof_of_the_whole_tree() {
    let exhaustive = std::env::var_os("SMAPP_EXHAUSTIVE").is_some();
    let whole = Whole::new(&CheapWork, 1 << 14);
    let next = Mutex::new(1..=1_u64 << 14);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(count) = { lock(&next).next() } {
                    let many = exhaustive || count <= 300 || count.is_multiple_of(256);
                    let samples = if many { SAMPLES } else { 3 };
                    let expected = whole.proof(&CheapWork, count, samples);
                    for height in 0..=12 {
                        check(&CheapWork, &whole, &expected, count, height, 1);
                    }
                }
            });
        }
    });
}

/// Larger trees, in which pieces are folded apart.
#[test]
fn a_large_pruned_tree_gives_the_proof_of_the_whole_tree() {
    let most = 200_000;
    let whole = Whole::new(&CheapWork, most);
    let mut state = 1_u64;
    for _ in 0..50 {
        // Knuth's multiplier: the numbers only have to be spread.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let count = (1 << 14) + (state >> 33) % (most - (1 << 14));
        let expected = whole.proof(&CheapWork, count, SAMPLES);
        for height in 0..=16 {
            check(&CheapWork, &whole, &expected, count, height, 2);
        }
    }
}

/// The labels of the chapter at their full depth, on several threads, with subtrees side by side.
#[test]
fn the_real_work_gives_the_same_proof_pruned() {
    let statement = [7; 32].into();
    let work = SequentialWork::new(Sha256::best(), statement);
    let whole = Whole::new(&work, 1100);
    for count in [150, 151, 256, 1000, 1024, 1100] {
        let expected = whole.proof(&work, count, SAMPLES);
        for height in [0, 1, 3, 7, 10, 12] {
            check(&work, &whole, &expected, count, height, 3);
        }
    }
}

proptest! {
    /// What is stopped gives nothing, and says why.
    #[test]
    fn a_stopped_proof_is_no_proof(count in 150_u64..1000, height in 1_u8..6) {
        let whole = Whole::new(&CheapWork, count);
        let kept = Kept(&whole.levels[usize::from(height)]);
        let pruned = Pruned { work: &CheapWork, nodes: &kept, height, threads: 2, stop: &AtomicBool::new(true) };
        let proven = pruned.prove(&whole.parked[count as usize], |_| vec![3, 140]);
        prop_assert!(matches!(proven, Err(Interrupted::Stopped)));
    }
}
