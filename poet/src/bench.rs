//! Figures of the sequential work, each beside what it is compared with, from the same run (04 "Scale and cost").
//!
//! Rates are taken in short turns, one loop after the other and round again; the best turn of each counts. What else the machine does
//! then disturbs all of them alike, and least of all their ratios.

use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use serde::Serialize;
use sha2::Digest;

use crate::chain::{Kernel, Sha256};
use crate::execute::{End, ExecuteError, Execution, Options, Outcome};
use crate::hash::{Leaf, Node, NodeHash, SequentialWork, Statement, Work, sample};
use crate::leaves::{LeafLog, LogError};
use crate::proof::{SAMPLES, VerifyError, verify};
use crate::prune::{Interrupted, Pruned};
use crate::tree::Parked;

/// Cycles of a compression that waits for the one before, at least, with the SHA extensions of x86-64: 32 instructions of 4 cycles.
pub const BOUND_CYCLES: f64 = 128.0;

/// Leaves of a mainnet round at the rate of the reference (04 §4.5).
pub const MAINNET_LEAVES: u64 = 91_600_000_000;

/// What to measure, and for how long.
#[derive(Debug, Clone)]
pub struct BenchOptions {
    /// Time for the rates, all loops together.
    pub rates: Duration,
    /// Binary logarithm of the leaves of the round whose proof is made.
    pub proof_leaves_log2: u8,
    /// Height of the nodes that are kept.
    pub height: u8,
}

/// The figures. Seconds, bytes, and leaves per second.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchReport {
    /// What computed the first rate.
    pub kernel: String,
    /// One chain, amid a round of mainnet's size: labels and tree.
    pub leaves_per_second: f64,
    /// The same by the portable kernel.
    pub leaves_per_second_portable: f64,
    /// The same by the `sha2` library, one digest after the other.
    pub leaves_per_second_general: f64,
    /// First rate by the third.
    pub over_general: f64,
    /// First rate by the second.
    pub over_portable: f64,
    /// Two chains side by side on one thread, as proofs are made: leaves of both.
    pub leaves_per_second_pair: f64,
    /// Clock of the core during the rates.
    pub clock_hz: f64,
    /// SHA-256 compressions per leaf, tree included.
    pub compressions_per_leaf: f64,
    /// Clock cycles per compression.
    pub cycles_per_compression: f64,
    /// [`BOUND_CYCLES`] by the figure before. None for kernels that the bound is not about.
    pub of_bound: Option<f64>,
    /// Making a proof from the kept nodes.
    pub proof: ProofFigures,
    /// Verifying a proof on one thread.
    pub verification_seconds: f64,
    /// Leaves of the round of that proof.
    pub verification_leaves: u64,
    /// Memory and disk of a round of mainnet's size.
    pub mainnet: RoundFigures,
}

/// Making a proof.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProofFigures {
    /// Leaves of the round.
    pub leaves: u64,
    /// Height of the nodes that were kept.
    pub height: u8,
    /// Threads.
    pub threads: usize,
    /// From the kept nodes to the proof.
    pub seconds: f64,
    /// Most memory that the program had resident up to then; none where the system does not tell.
    pub memory_peak: Option<u64>,
}

/// What a round needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoundFigures {
    /// Its leaves.
    pub leaves: u64,
    /// Memory, extrapolated: the measured peak and what grows with the leaves.
    pub memory: Option<u64>,
    /// Its log of leaves.
    pub log: u64,
}

/// A figure could not be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    /// The folder for the logs.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An execution.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    /// A proof that was just made.
    #[error("a proof that was just made does not hold")]
    Verify(#[from] VerifyError),
    /// The round is too short for a proof, or too long to be counted.
    #[error("2^{log2} leaves: choose 8 to 40")]
    Leaves {
        /// What was asked for.
        log2: u8,
    },
}

/// Measures in `folder`, which is made for it and removed. `step` is told what comes next.
pub fn bench(
    options: &BenchOptions,
    folder: &Path,
    step: &mut dyn FnMut(&str),
) -> Result<BenchReport, BenchError> {
    step("leaf rates");
    let rates = rates(options.rates);
    step("making a proof");
    let proof = prove(options, &folder.join("proof"))?;
    step("verifying a proof");
    let (verification_leaves, verification_seconds) = verification(&folder.join("verify"))?;
    // An empty folder that stays is no reason to lose the figures.
    let _ = std::fs::remove_dir(folder);
    let cycles = rates.clock / (rates.best * rates.compressions);
    let bound = Kernel::best() == Kernel::ShaNi;
    // A piece of the tree leaves one node in memory.
    let grown = 32 * (MAINNET_LEAVES.saturating_sub(proof.leaves) >> (options.height + 12));
    Ok(BenchReport {
        kernel: Kernel::best().name().to_owned(),
        leaves_per_second: rates.best,
        leaves_per_second_portable: rates.portable,
        leaves_per_second_general: rates.general,
        over_general: rates.best / rates.general,
        over_portable: rates.best / rates.portable,
        leaves_per_second_pair: rates.pair,
        clock_hz: rates.clock,
        compressions_per_leaf: rates.compressions,
        cycles_per_compression: cycles,
        of_bound: bound.then_some(BOUND_CYCLES / cycles),
        mainnet: RoundFigures {
            leaves: MAINNET_LEAVES,
            memory: proof.memory_peak.map(|peak| peak + grown),
            log: 40 * (MAINNET_LEAVES >> options.height),
        },
        proof,
        verification_seconds,
        verification_leaves,
    })
}

struct Rates {
    best: f64,
    portable: f64,
    general: f64,
    pair: f64,
    clock: f64,
    compressions: f64,
}

/// Length of a turn.
const TURN: Duration = Duration::from_millis(15);

fn statement() -> Statement {
    [0x5a; 32].into()
}

fn rates(time: Duration) -> Rates {
    let best = SequentialWork::new(Sha256::best(), statement());
    let portable = Sha256::new(Kernel::Portable).unwrap_or_else(|_| Sha256::best());
    let portable = SequentialWork::new(portable, statement());
    let mut rates = Rates {
        best: 0.0,
        portable: 0.0,
        general: 0.0,
        pair: 0.0,
        clock: 0.0,
        compressions: compressions_per_leaf(FIRST_LEAF..FIRST_LEAF + (1 << 16)),
    };
    let started = Instant::now();
    let mut chains = [amid(), amid()];
    while started.elapsed() < time || rates.general == 0.0 {
        rates.clock = rates.clock.max(clock());
        rates.best = rates.best.max(turn(&best, &mut chains[..1]));
        rates.general = rates.general.max(turn(&General, &mut [amid()]));
        rates.clock = rates.clock.max(clock());
        rates.best = rates.best.max(turn(&best, &mut chains[..1]));
        rates.portable = rates.portable.max(turn(&portable, &mut [amid()]));
        rates.pair = rates.pair.max(turn_pair(&best, &mut chains));
    }
    rates
}

/// A leaf amid a mainnet round: 37 bits, half of them set.
const FIRST_LEAF: u64 = 0x15_5555_0000;

/// The tree before that leaf. What is parked has no meaning, and needs none.
fn amid() -> Parked {
    let nodes = (0..FIRST_LEAF.count_ones()).map(|i| [i as u8; 32]);
    Parked::resume(nodes.collect(), FIRST_LEAF).unwrap_or_default()
}

/// Leaves per second of one chain, for one turn.
fn turn(work: &impl Work, chains: &mut [Parked]) -> f64 {
    let mut scratch = Vec::new();
    let started = Instant::now();
    let mut leaves = 0_u32;
    while started.elapsed() < TURN {
        for parked in &mut *chains {
            for _ in 0..32 {
                let (index, siblings) = (parked.count(), parked.nodes());
                let [label] = work.labels(&mut scratch, [Leaf { index, siblings }]);
                parked.push(work, label, |_, _| {});
                leaves += 1;
            }
        }
    }
    f64::from(leaves) / started.elapsed().as_secs_f64()
}

/// Leaves per second of two chains together.
fn turn_pair(work: &impl Work, chains: &mut [Parked; 2]) -> f64 {
    let mut scratch = Vec::new();
    let started = Instant::now();
    let mut leaves = 0_u32;
    while started.elapsed() < TURN {
        for _ in 0..32 {
            let lanes = std::array::from_fn(|i| Leaf {
                index: chains[i].count(),
                siblings: chains[i].nodes(),
            });
            let labels = work.labels::<2>(&mut scratch, lanes);
            for (parked, label) in chains.iter_mut().zip(labels) {
                parked.push(work, label, |_, _| {});
                leaves += 1;
            }
        }
    }
    f64::from(leaves) / started.elapsed().as_secs_f64()
}

/// Compressions per leaf in a range: 399 of the chain, those of the label's input, and two per node; leaf `i` completes as many nodes as it
/// has trailing ones.
fn compressions_per_leaf(leaves: std::ops::Range<u64>) -> f64 {
    let count = leaves.end - leaves.start;
    let of_leaf = |leaf: u64| {
        // Statement, index, siblings, and the nine bytes of the padding.
        let input = 32 + 8 + 32 * leaf.count_ones() + 9;
        u64::from(399 + input.div_ceil(64) + 2 * leaf.trailing_ones())
    };
    leaves.map(of_leaf).sum::<u64>() as f64 / count as f64
}

/// Cycles per second, from a chain of operations that take one cycle each on every processor the figures are about.
fn clock() -> f64 {
    const STEPS: u64 = 1 << 20;
    let started = Instant::now();
    let mut x = black_box(1_u64);
    for i in 0..STEPS {
        // Each needs the result before; two operations per step.
        x = (x ^ i).rotate_left(5);
    }
    black_box(x);
    2.0 * STEPS as f64 / started.elapsed().as_secs_f64()
}

/// The work by a library for everybody: what a straightforward service does.
struct General;

impl NodeHash for General {
    fn node(&self, left: &[u8], right: &[u8]) -> Node {
        sha2::Sha256::new()
            .chain_update(statement().as_bytes())
            .chain_update(left)
            .chain_update(right)
            .finalize()
            .into()
    }
}

impl Work for General {
    fn labels<const N: usize>(&self, _: &mut Vec<u8>, leaves: [Leaf<'_>; N]) -> [Node; N] {
        leaves.map(|leaf| {
            let mut first = sha2::Sha256::new()
                .chain_update(statement().as_bytes())
                .chain_update(leaf.index.to_be_bytes());
            for sibling in leaf.siblings.iter().rev() {
                first.update(sibling);
            }
            let mut digest: Node = first.finalize().into();
            for _ in 1..crate::hash::LABEL_DEPTH {
                digest = sha2::Sha256::digest(digest).into();
            }
            digest
        })
    }
}

/// Makes a proof over a log that was filled without the work: what is in the nodes does not change what it costs.
fn prove(options: &BenchOptions, folder: &Path) -> Result<ProofFigures, BenchError> {
    let log2 = options.proof_leaves_log2;
    if !(8..=40).contains(&log2) || log2 < options.height {
        return Err(BenchError::Leaves { log2 });
    }
    let mut log = LeafLog::create(folder, &statement(), options.height)?;
    let count = 1_u64 << (log2 - log.height());
    let batch = 1_u64 << 14;
    for from in (0..count).step_by(1 << 14) {
        let nodes = (from..count.min(from + batch)).map(|index| {
            let mut node = [0x33; 32];
            node[..8].copy_from_slice(&index.to_le_bytes());
            node
        });
        log.append(&nodes.collect::<Vec<_>>())?;
    }
    log.sync()?;
    let sha = Sha256::best();
    let threads = Options::default().threads;
    let stop = AtomicBool::new(false);
    let work = SequentialWork::new(sha, statement());
    let pruned = Pruned {
        work: &work,
        nodes: &log,
        height: log.height(),
        threads,
        stop: &stop,
    };
    let unreadable = |interrupted| match interrupted {
        Interrupted::Read(error) => error,
        // The flag is never set here.
        Interrupted::Stopped => LogError::InUse {
            path: folder.to_owned(),
        },
    };
    let end = pruned.parked().map_err(unreadable)?;
    let leaves = end.count();
    let started = Instant::now();
    let proven = pruned
        .prove(&end, |root| sample(sha, root, leaves, SAMPLES).indices)
        .map_err(unreadable)?;
    black_box(proven.nodes.len());
    let seconds = started.elapsed().as_secs_f64();
    let height = log.height();
    log.delete()?;
    Ok(ProofFigures {
        leaves,
        height,
        threads,
        seconds,
        memory_peak: memory_peak(),
    })
}

/// Time to verify the proof of a short round.
fn verification(folder: &Path) -> Result<(u64, f64), BenchError> {
    const LEAVES: u64 = 1 << 14;
    let mut execution = Execution::open_or_start(folder, &statement(), Options::default())?;
    let outcome = execution.run(End::Leaves(LEAVES), &AtomicBool::new(false), &|_| {})?;
    execution.delete()?;
    let Outcome::Finished(proof) = outcome else {
        return Ok((LEAVES, 0.0));
    };
    let mut best = f64::INFINITY;
    for _ in 0..20 {
        let started = Instant::now();
        verify(&statement(), &proof)?;
        best = best.min(started.elapsed().as_secs_f64());
    }
    Ok((LEAVES, best))
}

/// Most memory that this program had resident so far, where the system tells.
fn memory_peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(1024 * kib)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    /// The baseline is only worth something if it does the same.
    #[test]
    fn the_general_loop_does_the_same_work() {
        let work = SequentialWork::new(Sha256::best(), statement());
        let parked = amid();
        let (index, siblings) = (parked.count(), parked.nodes());
        let leaf = Leaf { index, siblings };
        let mut scratch = Vec::new();
        let [label] = work.labels(&mut scratch, [leaf]);
        assert_eq!(General.labels(&mut scratch, [leaf]), [label]);
        assert_eq!(General.node(&label, &[3; 32]), work.node(&label, &[3; 32]));
    }

    /// Numbers from the chapter: about 411 at mainnet's size, a node per leaf included.
    #[test]
    fn compressions_are_counted_as_the_chapter_counts() {
        let counted = compressions_per_leaf(FIRST_LEAF..FIRST_LEAF + (1 << 16));
        assert!((410.5..412.5).contains(&counted), "{counted}");
        assert_eq!(compressions_per_leaf(0b1_0101..0b1_0110), 399.0 + 3.0 + 2.0);
    }

    #[test]
    fn a_short_run_gives_all_figures() {
        let folder = tempfile::tempdir().unwrap();
        let options = BenchOptions {
            rates: Duration::from_millis(1),
            proof_leaves_log2: 12,
            height: 3,
        };
        let inside = folder.path().join("bench");
        let report = bench(&options, &inside, &mut |_| {}).unwrap();
        assert_eq!(report.proof.leaves, 1 << 12);
        assert!(report.leaves_per_second > 0.0 && report.verification_seconds > 0.0);
        assert!(!inside.exists());
        for log2 in [2, 41] {
            let options = BenchOptions {
                proof_leaves_log2: log2,
                ..options.clone()
            };
            let refused = bench(&options, &inside, &mut |_| {});
            assert!(matches!(refused, Err(BenchError::Leaves { .. })));
        }
    }
}
