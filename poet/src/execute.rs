//! A round's sequential work from its statement to its proof, on disk all the way (04 §4.2, "Tree without terabytes").
//!
//! Keeps true: the thread that computes labels never waits for the disk, reads no clock and allocates nothing per leaf; after the program
//! is killed, at most the leaves of one subtree and those of one turn of the writer are computed again; the proof was verified before it
//! is handed out; the folder is left as it is until [`Execution::delete`], so that the proof can be stored first.
//!
//! Two threads: the caller's computes, a second one writes, watches the end and the stop flag, and reports.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use spacemesh_types::wire::PoetProof;

use crate::chain::{Kernel, KernelUnavailable, Sha256};
use crate::hash::{Leaf, Node, SequentialWork, Statement, Work, sample};
use crate::leaves::{HEIGHT_MAX, LeafLog, LogError};
use crate::proof::{SAMPLES, VerifyError, assemble, verify_with};
use crate::prune::{Interrupted, Pruned};
use crate::tree::Parked;

/// How to work.
#[derive(Debug, Clone)]
pub struct Options {
    /// Height of the nodes that are kept, at most [`HEIGHT_MAX`]. One more halves the log and doubles the leaves that are computed again
    /// for the proof (150 · 2^height). Only for fresh work: a log keeps its own.
    pub height: u8,
    /// What computes SHA-256.
    pub kernel: Kernel,
    /// Threads that make the proof.
    pub threads: usize,
    /// Processor on which labels are computed, where the system can be told (Linux). None leaves it to the system.
    pub pin: Option<usize>,
}

impl Default for Options {
    /// At height 12 a mainnet round leaves a log of 0.9 GB, and 0.6 million leaves are computed again for its proof.
    fn default() -> Self {
        Self {
            height: 12,
            kernel: Kernel::best(),
            threads: thread::available_parallelism().map_or(1, usize::from),
            pin: None,
        }
    }
}

/// When the work is over. At least 150 leaves are made whatever this says.
#[derive(Clone, Copy)]
pub enum End<'a> {
    /// With this leaf. If more are on disk, with those.
    Leaves(u64),
    /// At this time by the wall clock, which is asked again and again. At least one leaf is made after a restart.
    At(SystemTime),
    /// As soon as this says so, asked about fifty times a second. At least one leaf is made after a restart.
    When(&'a (dyn Fn() -> bool + Sync)),
}

/// What an execution does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reads its log, to go on from there.
    Resuming,
    /// Computes leaves.
    Working,
    /// Makes and verifies the proof.
    Proving,
}

/// How far an execution is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// What it does.
    pub phase: Phase,
    /// Leaves so far.
    pub leaves: u64,
    /// Those of them that survive the end of the machine.
    pub durable: u64,
    /// Leaves per second since the last report; 0 outside of [`Phase::Working`].
    pub per_second: f64,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The proof. Store it durably, then [`Execution::delete`].
    Finished(Box<PoetProof>),
    /// The stop flag was set; another run goes on.
    Stopped,
}

/// An execution cannot begin or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError {
    /// Its folder.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The kernel that was asked for.
    #[error(transparent)]
    Kernel(#[from] KernelUnavailable),
    /// The folder holds work on something else.
    #[error(
        "the folder holds work on {stored:?}, not on {wanted:?}; choose another folder, or finish that work"
    )]
    OtherStatement {
        /// What it holds work on, in hexadecimal.
        stored: String,
        /// What was asked for, in hexadecimal.
        wanted: String,
    },
    /// The processor computes wrong labels.
    #[error(
        "SHA-256 by {kernel} gives wrong labels on this processor; use the portable kernel and have the machine checked"
    )]
    WrongLabels {
        /// By which kernel.
        kernel: Kernel,
    },
    /// The finished proof does not hold.
    #[error(
        "the finished proof does not hold, so the machine computed or kept something wrongly; run again to make it once more"
    )]
    Unsound(#[from] VerifyError),
}

/// One round's work in one folder. The folder is locked as long as this lives.
#[derive(Debug)]
pub struct Execution {
    log: LeafLog,
    work: SequentialWork,
    sha: Sha256,
    options: Options,
    /// What is parked after the last leaf, once the work has ended.
    ended: Option<Parked>,
}

impl Execution {
    /// Goes on with the work in `folder`, or begins there, making the folder.
    ///
    /// Reads only the end of the log; damage before that is met, and named, in [`Self::run`].
    pub fn open_or_start(
        folder: &Path,
        statement: &Statement,
        options: Options,
    ) -> Result<Self, ExecuteError> {
        let sha = Sha256::new(options.kernel)?;
        check_labels(sha)?;
        let log = match LeafLog::open(folder)? {
            Some(log) if log.statement() == statement => log,
            Some(log) => {
                return Err(ExecuteError::OtherStatement {
                    stored: hex::encode(log.statement().as_bytes()),
                    wanted: hex::encode(statement.as_bytes()),
                });
            }
            None => LeafLog::create(folder, statement, options.height.min(HEIGHT_MAX))?,
        };
        let ended = log.read_end()?;
        Ok(Self {
            work: SequentialWork::new(sha, *statement),
            log,
            sha,
            options,
            ended,
        })
    }

    /// What the work in `folder` is about; none if there is none.
    pub fn stored_statement(folder: &Path) -> Result<Option<Statement>, ExecuteError> {
        Ok(LeafLog::stored_statement(folder)?)
    }

    /// What is worked on.
    pub fn statement(&self) -> &Statement {
        self.work.statement()
    }

    /// Leaves from which another run would go on.
    pub fn leaves(&self) -> u64 {
        self.ended.as_ref().map_or(self.log.leaves(), Parked::count)
    }

    /// Whether all leaves are made and only the proof is missing.
    pub fn is_finished(&self) -> bool {
        self.ended.is_some()
    }

    /// Works until `end` and makes the proof, or stops soon after `stop` is set. Blocks; labels are computed on this thread.
    ///
    /// After an error of the log, open the folder again.
    pub fn run(
        &mut self,
        end: End<'_>,
        stop: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Outcome, ExecuteError> {
        let end_of_work = match &self.ended {
            Some(ended) => ended.clone(),
            None => match self.work_until(end, stop, progress)? {
                Some(ended) => ended,
                None => return Ok(Outcome::Stopped),
            },
        };
        let leaves = end_of_work.count();
        progress(Progress {
            phase: Phase::Proving,
            leaves,
            durable: leaves,
            per_second: 0.0,
        });
        let sha = self.sha;
        let proven = self.pruned(stop).prove(&end_of_work, |root| {
            sample(sha, root, leaves, SAMPLES).indices
        });
        self.ended = Some(end_of_work);
        let proven = match proven {
            Ok(proven) => proven,
            Err(Interrupted::Stopped) => return Ok(Outcome::Stopped),
            Err(Interrupted::Read(error)) => return Err(error.into()),
        };
        // No tree of a 64-bit number of leaves has more nodes on 150 ways than fit.
        let proof = assemble(proven.root, proven.leaves, proven.nodes, leaves)
            .map_err(|_| VerifyError::LeafCount { found: 0 })?;
        verify_with(self.sha, self.statement(), &proof)?;
        Ok(Outcome::Finished(Box::new(proof)))
    }

    /// Removes the folder with the work.
    pub fn delete(self) -> Result<(), ExecuteError> {
        Ok(self.log.delete()?)
    }

    fn pruned<'a>(&'a self, stop: &'a AtomicBool) -> Pruned<'a, SequentialWork, LeafLog> {
        Pruned {
            work: &self.work,
            nodes: &self.log,
            height: self.log.height(),
            threads: self.options.threads.max(1),
            stop,
        }
    }

    /// Makes leaves until `end`; gives what is parked then. None if stopped.
    fn work_until(
        &mut self,
        end: End<'_>,
        stop: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Option<Parked>, ExecuteError> {
        let from = self.log.leaves();
        progress(Progress {
            phase: Phase::Resuming,
            leaves: from,
            durable: from,
            per_second: 0.0,
        });
        let mut parked = match self.pruned(stop).parked() {
            Ok(parked) => parked,
            Err(Interrupted::Stopped) => return Ok(None),
            Err(Interrupted::Read(error)) => return Err(error.into()),
        };
        let needed = SAMPLES as u64;
        let (at_least, at_most) = match end {
            End::Leaves(leaves) => (0, leaves.max(needed)),
            End::At(_) | End::When(_) => (needed.max(from + 1), u64::MAX),
        };
        let (work, height, pin) = (&self.work, self.log.height(), self.options.pin);
        let shared = Shared {
            leaves: AtomicU64::new(from),
            ..Shared::default()
        };
        let watcher = Watcher {
            log: &mut self.log,
            shared: &shared,
            end,
            stop,
            progress,
        };
        let (finished, written) = thread::scope(|scope| {
            let watcher = scope.spawn(|| watcher.run());
            let thread = watcher.thread().clone();
            // However this thread leaves, the watcher is told.
            let done = OnDrop(|| {
                shared.done.store(true, Ordering::Release);
                thread.unpark();
            });
            let pinned = pin.and_then(affinity::pin);
            let finished = compute(work, &mut parked, height, at_least..at_most, &shared);
            drop(pinned);
            drop(done);
            (finished, watcher.join())
        });
        match written {
            Ok(written) => written?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
        if !finished {
            return Ok(None);
        }
        self.log.write_end(&parked)?;
        Ok(Some(parked))
    }
}

/// What both threads see.
#[derive(Default)]
struct Shared {
    /// 0, or why to leave: the only thing that is read per leaf.
    signal: AtomicU8,
    leaves: AtomicU64,
    /// Finished nodes on their way to the log.
    queue: Mutex<Vec<Node>>,
    done: AtomicBool,
}

const OVER: u8 = 1;
const STOP: u8 = 2;

impl Shared {
    /// Hands over without waiting: what finds the queue taken goes with the next.
    fn hand_over(&self, nodes: &mut Vec<Node>) {
        if let Ok(mut queue) = self.queue.try_lock() {
            queue.append(nodes);
        }
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Vec<Node>> {
        self.queue
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Makes leaves. False if it was stopped before the end.
fn compute(
    work: &SequentialWork,
    parked: &mut Parked,
    height: u8,
    count: std::ops::Range<u64>,
    shared: &Shared,
) -> bool {
    let mut scratch = Vec::new();
    let mut finished = Vec::new();
    let over = loop {
        if parked.count() >= count.end {
            break true;
        }
        let leaf = Leaf {
            index: parked.count(),
            siblings: parked.nodes(),
        };
        let [label] = work.labels(&mut scratch, [leaf]);
        parked.push(work, label, |at, node| {
            if at.height == height {
                finished.push(*node);
                shared.hand_over(&mut finished);
            }
        });
        shared.leaves.store(parked.count(), Ordering::Relaxed);
        match shared.signal.load(Ordering::Relaxed) {
            OVER if parked.count() >= count.start => break true,
            STOP => break false,
            _ => {}
        }
    };
    shared.queue().append(&mut finished);
    over
}

/// The second thread.
struct Watcher<'a, 'e> {
    log: &'a mut LeafLog,
    shared: &'a Shared,
    end: End<'e>,
    stop: &'a AtomicBool,
    progress: &'a (dyn Fn(Progress) + Sync),
}

impl Watcher<'_, '_> {
    /// How often the end and the queue are looked at.
    const TURN: Duration = Duration::from_millis(20);
    /// How long written records may wait for the disk.
    const SYNC: Duration = Duration::from_millis(500);
    /// How often progress is told.
    const REPORT: Duration = Duration::from_secs(1);

    fn run(mut self) -> Result<(), LogError> {
        let written = self.watch();
        if written.is_err() {
            // Work that cannot be kept is not worth going on with.
            self.shared.signal.store(STOP, Ordering::Relaxed);
        }
        written
    }

    fn watch(&mut self) -> Result<(), LogError> {
        let mut synced = Instant::now();
        let mut reported = (Instant::now(), self.shared.leaves.load(Ordering::Relaxed));
        let mut durable = self.log.leaves();
        loop {
            let done = self.shared.done.load(Ordering::Acquire);
            self.signal();
            let nodes = std::mem::take(&mut *self.shared.queue());
            if !nodes.is_empty() {
                self.log.append(&nodes)?;
            }
            let pending = self.log.leaves() != durable;
            if pending && (done || synced.elapsed() >= Self::SYNC) {
                self.log.sync()?;
                synced = Instant::now();
                durable = self.log.leaves();
            }
            let (last, before) = reported;
            if done || last.elapsed() >= Self::REPORT {
                let leaves = self.shared.leaves.load(Ordering::Relaxed);
                let seconds = last.elapsed().as_secs_f64().max(1e-9);
                (self.progress)(Progress {
                    phase: Phase::Working,
                    leaves,
                    durable,
                    per_second: leaves.saturating_sub(before) as f64 / seconds,
                });
                reported = (Instant::now(), leaves);
            }
            if done {
                return Ok(());
            }
            thread::park_timeout(Self::TURN);
        }
    }

    fn signal(&self) {
        let over = match self.end {
            End::Leaves(_) => false,
            End::At(time) => SystemTime::now() >= time,
            End::When(over) => over(),
        };
        if self.stop.load(Ordering::Relaxed) {
            self.shared.signal.store(STOP, Ordering::Relaxed);
        } else if over {
            self.shared.signal.store(OVER, Ordering::Relaxed);
        }
    }
}

/// Runs something when it goes, also while a panic unwinds.
struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Whether the selected code computes labels that are known (04 "Known answers", labels on `challenge`).
fn check_labels(sha: Sha256) -> Result<(), ExecuteError> {
    const ROOT_OF_5: Node = [
        0xd8, 0xf7, 0xb0, 0xf4, 0xcf, 0x18, 0x38, 0x1b, 0x8d, 0xfb, 0xc0, 0x4b, 0xeb, 0xf7, 0x66,
        0x05, 0x3c, 0x25, 0x07, 0x65, 0xc7, 0xb9, 0xc7, 0x04, 0x61, 0x0c, 0x90, 0x5c, 0x9b, 0x04,
        0xb0, 0x71,
    ];
    let statement = Statement::new(b"challenge").unwrap_or_else(|_| [0; 32].into());
    let work = SequentialWork::new(sha, statement);
    let mut parked = Parked::new();
    for index in 0..5 {
        let siblings = parked.nodes();
        let leaf = Leaf { index, siblings };
        let [one, two] = work.labels(&mut Vec::new(), [leaf, leaf]);
        if one != two {
            break;
        }
        parked.push(&work, one, |_, _| {});
    }
    if parked.root(&work) == Some(ROOT_OF_5) {
        Ok(())
    } else {
        Err(ExecuteError::WrongLabels {
            kernel: sha.kernel(),
        })
    }
}

/// Binding the computing thread to one processor.
#[cfg(target_os = "linux")]
mod affinity {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    /// Where the thread could run before; it may again when this goes.
    pub(super) struct Pinned(CpuSet);

    /// Binds this thread to a processor. None, and no change, if the system refuses.
    pub(super) fn pin(processor: usize) -> Option<Pinned> {
        let before = sched_getaffinity(None).ok()?;
        if processor >= CpuSet::MAX_CPU {
            return None;
        }
        let mut one = CpuSet::new();
        one.set(processor);
        sched_setaffinity(None, &one).ok()?;
        Some(Pinned(before))
    }

    impl Drop for Pinned {
        fn drop(&mut self) {
            // Nothing depends on it but speed.
            let _ = sched_setaffinity(None, &self.0);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod affinity {
    /// No thread is bound on this system.
    pub(super) fn pin(_: usize) -> Option<()> {
        None
    }
}

#[cfg(test)]
mod tests;
