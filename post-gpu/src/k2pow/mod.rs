//! The RandomX work in front of a proof, one per nonce group (03 §3.10).
//!
//! Keeps true: the answer is the smallest number that satisfies the difficulty, whatever the number of threads, so a search that was stopped
//! and started again gives the same proof. A difficulty is already divided by the number of units.

mod randomx;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::control::{Cancelled, Control};

pub use randomx::{Flags, Hasher, RANDOMX_KEY, RandomX, RandomXError, RandomXMode, RandomXOptions};

/// Numbers that a search tries: only 7 bytes enter the hash.
const POW_LIMIT: u64 = 1 << 56;
/// Numbers that a thread takes at once: a second of hashing is many of them, and few are wasted at the end.
const BLOCK: u64 = 8;

/// One piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PowWork {
    /// The identity's public key.
    pub node_id: [u8; 32],
    /// The proof's challenge, of which the first 8 bytes count.
    pub challenge: [u8; 32],
    /// Nonce group.
    pub group: u8,
    /// What a hash must be below, as big-endian numbers; already divided by the units.
    pub difficulty: [u8; 32],
}

impl PowWork {
    /// The 48 bytes that are hashed for a number.
    pub fn input(&self, pow: u64) -> [u8; 48] {
        let mut input = [0; 48];
        input[..7].copy_from_slice(&pow.to_le_bytes()[..7]);
        input[7] = self.group;
        input[8..16].copy_from_slice(&self.challenge[..8]);
        input[16..].copy_from_slice(&self.node_id);
        input
    }

    /// Whether a number satisfies the difficulty.
    pub fn is_solved_by(&self, pow: u64, hasher: &mut Hasher) -> bool {
        hasher.hash(&self.input(pow)) < self.difficulty
    }

    /// Hashes that a search needs on average; infinite for a difficulty of zero.
    pub fn expected_hashes(&self) -> f64 {
        expected_hashes(&self.difficulty)
    }
}

/// Hashes that a search below `difficulty` needs on average; infinite for zero.
pub fn expected_hashes(difficulty: &[u8; 32]) -> f64 {
    let value = difficulty
        .iter()
        .fold(0.0, |value, byte| value * 256.0 + f64::from(*byte));
    2_f64.powi(256) / value
}

/// Whoever can find the work of a group: this machine, or in place of it another one.
pub trait PowSolver: Sync {
    /// The number for `work`. Counts hashes in `hashes`; waits while `control` is paused.
    ///
    /// # Errors
    /// When cancelled, or the solver cannot work.
    fn solve(&self, work: &PowWork, hashes: &AtomicU64, control: &Control)
    -> Result<u64, PowError>;
}

/// Searches on this machine.
pub struct LocalSolver {
    randomx: Arc<RandomX>,
    threads: usize,
}

impl LocalSolver {
    /// Searches with `threads` threads (at least one) on memory that may be shared with others.
    pub const fn new(randomx: Arc<RandomX>, threads: usize) -> Self {
        Self { randomx, threads }
    }
}

impl PowSolver for LocalSolver {
    fn solve(
        &self,
        work: &PowWork,
        hashes: &AtomicU64,
        control: &Control,
    ) -> Result<u64, PowError> {
        let next = AtomicU64::new(0);
        let best = AtomicU64::new(POW_LIMIT);
        let hashers: Vec<Hasher> = (0..self.threads.max(1))
            .map(|_| self.randomx.hasher())
            .collect::<Result<_, _>>()?;
        let results: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = hashers
                .into_iter()
                .map(|mut hasher| {
                    let (next, best) = (&next, &best);
                    scope.spawn(move || search(work, &mut hasher, next, best, hashes, control))
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("a search does not panic"))
                .collect()
        });
        results.into_iter().collect::<Result<(), Cancelled>>()?;
        match best.into_inner() {
            POW_LIMIT => Err(PowError::Exhausted),
            pow => Ok(pow),
        }
    }
}

/// One thread's part: takes blocks in ascending order and stops at the first number above the best. All numbers below the best are then
/// tried, because whoever took their block went on.
fn search(
    work: &PowWork,
    hasher: &mut Hasher,
    next: &AtomicU64,
    best: &AtomicU64,
    hashes: &AtomicU64,
    control: &Control,
) -> Result<(), Cancelled> {
    loop {
        let start = next.fetch_add(BLOCK, Ordering::Relaxed);
        for pow in start..start + BLOCK {
            if pow >= best.load(Ordering::Relaxed) {
                return Ok(());
            }
            control.checkpoint()?;
            let solved = work.is_solved_by(pow, hasher);
            hashes.fetch_add(1, Ordering::Relaxed);
            if solved {
                best.fetch_min(pow, Ordering::Relaxed);
            }
        }
    }
}

/// No work was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PowError {
    /// Somebody cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// RandomX cannot run here.
    #[error(transparent)]
    RandomX(#[from] RandomXError),
    /// No number satisfies the difficulty.
    #[error(
        "none of 2^56 numbers satisfies the RandomX difficulty; check the network's PoST difficulty"
    )]
    Exhausted,
    /// A solver elsewhere failed.
    #[error("the RandomX work was not done: {0}")]
    Other(String),
}
