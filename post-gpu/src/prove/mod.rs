//! From a data directory to a proof (03 §3.9).
//!
//! ```text
//! RandomX work per nonce group          kept as found
//! one reader per drive ─ 4 MiB ─> ciphers, one per thread ─ hits, each label recomputed ─> counted in the order of the data
//!      ^──────────────────────── empty buffers ──────────┘                                 first nonce with K2 indices wins
//! ```
//!
//! A batch of 64 KiB stays in a core's cache while all nonce groups pass over it, so data is read once and memory is no limit: at 288 nonces
//! a core is busy with AES, at 64 it waits for all but the fastest drives.
//!
//! Keeps true: threads, drives, pauses and crashes do not change the proof (`progress.rs` says why); every index in it was recomputed when
//! it was found, so damaged data costs its own hits and not the proof; a missing, short or unreadable file ends the search before it names
//! wrong labels.

mod progress;
mod reader;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use std::{io, mem};

use crate::aes::{BATCH_BYTES, Cipher, CipherError, GroupKeys, NONCES_PER_GROUP, Scanner};
use crate::control::{Cancelled, Control};
use crate::cpu::{KernelError, LabelAt, LabelKernel, Scratch, labels_at};
use crate::difficulty::{DifficultyError, ProvingDifficulty, index_bits, scale_pow_difficulty};
use crate::files::{FilesError, Layout, check_complete};
use crate::k2pow::{
    LocalSolver, PowError, PowSolver, PowWork, RandomX, RandomXMode, RandomXOptions,
    expected_hashes,
};
use crate::label::Commitment;
use crate::metadata::{MetadataError, PostMetadata};
use crate::params::{NumLabels, ParamsError, PostParams, ScryptN};
use crate::proof::{Proof, pack};

use progress::{Progress, Search};
use reader::{
    BUFFERS_PER_DRIVE, Buffer, CHUNK_BYTES, Filled, Reader, Section, chunk_count, drives,
};

pub use progress::ProgressError;

/// Nonces that one challenge allows: a group must fit one byte.
pub const MAX_NONCES: u32 = 4096;
/// How often the state of a search is reported.
const REPORT_EVERY: Duration = Duration::from_millis(200);

/// What to prove.
#[derive(Clone, Debug)]
pub struct ProveJob {
    /// A complete data directory.
    pub dir: PathBuf,
    /// The network.
    pub params: PostParams,
    /// What the proof answers: zero bytes for an initial proof, else the PoET proof reference.
    pub challenge: [u8; 32],
}

/// How to prove.
#[derive(Clone, Debug)]
pub struct ProveOptions {
    /// Nonces of one pass, a multiple of 16 up to 4096. The proof depends on it.
    pub nonces: u32,
    /// Threads for ciphers and RandomX; at least one is used.
    pub threads: usize,
    /// Proving cipher.
    pub cipher: Cipher,
    /// Kernel for recomputing hits.
    pub kernel: LabelKernel,
    /// Little memory or little time for the RandomX work.
    pub pow_mode: RandomXMode,
    /// Whether RandomX tries the system's pool of large pages.
    pub large_pages: bool,
    /// Where progress is kept; the data directory unless given.
    pub progress_dir: Option<PathBuf>,
    /// How often progress is written: about what a crash costs.
    pub save_every: Duration,
}

impl Default for ProveOptions {
    /// The main network's 288 nonces with three quarters of the processors and the best this machine has.
    fn default() -> Self {
        let processors = thread::available_parallelism().map_or(1, |n| n.get());
        Self {
            nonces: 288,
            threads: (processors * 3 / 4).max(1),
            cipher: Cipher::detect_best(),
            kernel: LabelKernel::detect_best(),
            pow_mode: RandomXMode::Fast,
            large_pages: true,
            progress_dir: None,
            save_every: Duration::from_secs(5),
        }
    }
}

/// Where a search stands.
#[derive(Clone, Debug, PartialEq)]
pub struct ProveStatus {
    /// What is being done.
    pub phase: Phase,
    /// Nonces of the current pass.
    pub nonces: Range<u32>,
    /// Labels whose stored bytes are wrong, found on the way. Repair them; the proof does without them.
    pub bad_labels: Vec<u64>,
}

/// A part of a search.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Phase {
    /// RandomX memory is being built.
    PreparingPow,
    /// Searching the RandomX work of the nonce groups.
    Pow {
        /// Groups solved, of this pass.
        solved: u32,
        /// Groups of this pass.
        groups: u32,
        /// Hashes computed since the search was started or continued.
        hashes: u64,
        /// Hashes that one group needs on average.
        expected_per_group: f64,
    },
    /// Reading the data.
    Reading {
        /// Bytes of this pass that are done, also in earlier runs.
        done: u64,
        /// Bytes of a pass.
        total: u64,
        /// Bytes read by this run.
        read_now: u64,
        /// Indices of the nonce that has most, of the K2 needed.
        most_hits: u32,
    },
}

/// A proof and what came to light on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// The proof.
    pub proof: Proof,
    /// Labels whose stored bytes are wrong.
    pub bad_labels: Vec<u64>,
}

/// Searches a proof, or goes on where an earlier call stopped, with RandomX on this machine. Blocks until done; `control` pauses and cancels,
/// `report` is called about five times a second on the calling thread.
///
/// # Errors
/// What was found until then is kept, also when cancelled.
pub fn prove(
    job: &ProveJob,
    options: &ProveOptions,
    control: &Control,
    report: &mut dyn FnMut(&ProveStatus),
) -> Result<Proved, ProveError> {
    Prover::open(job, options)?.run(None, control, report)
}

/// As [`prove`] with RandomX work found by `solver`.
///
/// # Errors
/// As [`prove`].
pub fn prove_with_solver(
    job: &ProveJob,
    options: &ProveOptions,
    solver: &dyn PowSolver,
    control: &Control,
    report: &mut dyn FnMut(&ProveStatus),
) -> Result<Proved, ProveError> {
    Prover::open(job, options)?.run(Some(solver), control, report)
}

/// Deletes what is kept of a search, also its proof.
///
/// # Errors
/// When metadata cannot be read or the file cannot be deleted.
pub fn forget(job: &ProveJob, options: &ProveOptions) -> Result<(), ProveError> {
    let metadata = PostMetadata::read(&job.dir)?;
    let dir = options.progress_dir.as_deref().unwrap_or(&job.dir);
    Ok(Progress::remove(dir, &search_of(job, options, &metadata))?)
}

/// A hit as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    chunk: u64,
    nonce: u32,
    index: u64,
}

/// One search with everything that was checked before it starts.
struct Prover<'a> {
    job: &'a ProveJob,
    options: &'a ProveOptions,
    metadata: PostMetadata,
    labels: NumLabels,
    layout: Layout,
    difficulty: ProvingDifficulty,
    progress_dir: PathBuf,
    progress: Progress,
}

impl<'a> Prover<'a> {
    fn open(job: &'a ProveJob, options: &'a ProveOptions) -> Result<Self, ProveError> {
        let nonces = options.nonces;
        if nonces == 0 || nonces > MAX_NONCES || !nonces.is_multiple_of(NONCES_PER_GROUP) {
            return Err(ProveError::Nonces { nonces });
        }
        let metadata = PostMetadata::read(&job.dir)?;
        if metadata.labels_per_unit != job.params.labels_per_unit {
            return Err(ProveError::OtherNetwork {
                found: metadata.labels_per_unit,
                expected: job.params.labels_per_unit,
            });
        }
        let labels = job
            .params
            .check_session(metadata.num_units, metadata.max_file_size, 1)?;
        let difficulty = ProvingDifficulty::new(job.params.k1, labels)?;
        let layout = Layout::new(labels, metadata.max_file_size)?;
        check_complete(&job.dir, &layout)?;
        let progress_dir = options
            .progress_dir
            .clone()
            .unwrap_or_else(|| job.dir.clone());
        let search = search_of(job, options, &metadata);
        let progress =
            Progress::load(&progress_dir, &search)?.unwrap_or_else(|| Progress::new(search));
        Ok(Self {
            job,
            options,
            metadata,
            labels,
            layout,
            difficulty,
            progress_dir,
            progress,
        })
    }

    fn run(
        mut self,
        solver: Option<&dyn PowSolver>,
        control: &Control,
        report: &mut dyn FnMut(&ProveStatus),
    ) -> Result<Proved, ProveError> {
        if self.progress.proof.is_none() {
            // Before hours of work: can it be kept?
            self.progress.save(&self.progress_dir)?;
        }
        loop {
            if let Some(proof) = self.progress.proof.take() {
                return Ok(Proved {
                    proof,
                    bad_labels: self.progress.bad_labels,
                });
            }
            if self.nonces().is_empty() {
                return Err(ProveError::Exhausted);
            }
            let worked = self
                .solve_pows(solver, control, report)
                .and_then(|()| self.read_data(control, report));
            match worked {
                Ok(winner) => self.end_pass(winner),
                Err(error) => {
                    self.save_or_warn();
                    return Err(error);
                }
            }
            self.save_or_warn();
        }
    }

    /// Nonces of the current pass.
    fn nonces(&self) -> Range<u32> {
        let first = self.progress.first_nonce;
        first..MAX_NONCES.min(first.saturating_add(self.options.nonces))
    }

    fn groups(&self) -> Range<u32> {
        let nonces = self.nonces();
        nonces.start / NONCES_PER_GROUP..nonces.end / NONCES_PER_GROUP
    }

    fn status(&self, phase: Phase) -> ProveStatus {
        ProveStatus {
            phase,
            nonces: self.nonces(),
            bad_labels: self.progress.bad_labels.clone(),
        }
    }

    fn save_or_warn(&self) {
        if let Err(error) = self.progress.save(&self.progress_dir) {
            tracing::warn!(%error, "progress of the proof is not kept; the search goes on");
        }
    }

    fn end_pass(&mut self, winner: Option<(u32, Vec<u64>)>) {
        let Some((nonce, indices)) = winner else {
            return self.progress.next_pass(self.nonces().end);
        };
        let pow = self
            .progress
            .pows
            .get(&(nonce / NONCES_PER_GROUP))
            .copied()
            .expect("a pass starts with all its work");
        let indices = pack(&indices, index_bits(self.labels));
        self.progress.proof = Some(Proof {
            nonce,
            indices,
            pow,
        });
    }

    /// Finds the RandomX work of the pass's groups that is not known yet.
    fn solve_pows(
        &mut self,
        solver: Option<&dyn PowSolver>,
        control: &Control,
        report: &mut dyn FnMut(&ProveStatus),
    ) -> Result<(), ProveError> {
        let groups = self.groups();
        let open: Vec<u32> = groups
            .clone()
            .filter(|group| !self.progress.pows.contains_key(group))
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        let local;
        let solver = match solver {
            Some(solver) => solver,
            None => {
                report(&self.status(Phase::PreparingPow));
                let ProveOptions {
                    pow_mode: mode,
                    large_pages,
                    threads,
                    ..
                } = *self.options;
                let randomx = RandomX::new(&RandomXOptions {
                    mode,
                    large_pages,
                    threads,
                    flags: None,
                });
                // Dropped at the end of this phase: reading needs the memory for other things.
                local = LocalSolver::new(Arc::new(randomx.map_err(PowError::from)?), threads);
                &local
            }
        };
        let difficulty =
            scale_pow_difficulty(&self.job.params.pow_difficulty, self.metadata.num_units);
        let expected_per_group = expected_hashes(&difficulty);
        let hashes = AtomicU64::new(0);
        for group in open {
            let work = PowWork {
                node_id: self.metadata.node_id,
                challenge: self.job.challenge,
                // Nonces are below 4096.
                group: group as u8,
                difficulty,
            };
            let (done, wait) = mpsc::sync_channel(1);
            let pow = thread::scope(|scope| {
                scope.spawn(|| {
                    // The receiver waits for exactly this.
                    let _ = done.send(solver.solve(&work, &hashes, control));
                });
                loop {
                    let solved = groups
                        .clone()
                        .filter(|group| self.progress.pows.contains_key(group))
                        .count() as u32;
                    let hashes = hashes.load(Ordering::Relaxed);
                    report(&self.status(Phase::Pow {
                        solved,
                        groups: groups.len() as u32,
                        hashes,
                        expected_per_group,
                    }));
                    match wait.recv_timeout(REPORT_EVERY) {
                        Ok(result) => return result,
                        Err(RecvTimeoutError::Timeout) => {}
                        Err(RecvTimeoutError::Disconnected) => {
                            return Err(PowError::Other(
                                "the solver ended without a result".to_owned(),
                            ));
                        }
                    }
                }
            })?;
            self.progress.pows.insert(group, pow);
            self.save_or_warn();
            if control.is_cancelled() {
                return Err(Cancelled.into());
            }
        }
        Ok(())
    }

    /// Reads what this pass has not read yet. The winner, if there is one.
    fn read_data(
        &mut self,
        control: &Control,
        report: &mut dyn FnMut(&ProveStatus),
    ) -> Result<Option<(u32, Vec<u64>)>, ProveError> {
        let groups: Vec<(u32, GroupKeys)> = self
            .groups()
            .map(|group| {
                let pow = self
                    .progress
                    .pows
                    .get(&group)
                    .copied()
                    .expect("a pass starts with all its work");
                (group, GroupKeys::new(&self.job.challenge, group, pow))
            })
            .collect();
        let (dir, layout) = (&self.job.dir, self.layout);
        let drives = drives(dir, &layout)?;
        let workers: Vec<Worker<'_>> = (0..self.options.threads.max(1))
            .map(|_| {
                Ok(Worker {
                    scanner: Scanner::new(self.options.cipher, self.difficulty)?,
                    kernel: self.options.kernel,
                    commitment: self.metadata.commitment(),
                    n: self.job.params.scrypt,
                    scratch: Scratch::new(),
                    groups: &groups,
                })
            })
            .collect::<Result<_, CipherError>>()?;
        let scanned = self.progress.clone();
        let wanted = |section: &Section| {
            !section
                .chunks
                .clone()
                .all(|chunk| scanned.is_scanned(chunk))
        };
        let stop = AtomicBool::new(false);
        let (results, inbox) = mpsc::sync_channel(drives.len() * BUFFERS_PER_DRIVE);
        let (out, work) = mpsc::sync_channel(drives.len() * BUFFERS_PER_DRIVE);
        let work = Arc::new(Mutex::new(work));
        thread::scope(|scope| {
            for files in &drives {
                let (home, buffers) = mpsc::sync_channel(BUFFERS_PER_DRIVE);
                for _ in 0..BUFFERS_PER_DRIVE {
                    home.send(Buffer::new())
                        .expect("the channel holds all buffers of the drive");
                }
                let (layout, wanted, stop, out) = (&layout, &wanted, &stop, out.clone());
                let reader = Reader {
                    dir,
                    layout,
                    wanted,
                    control,
                    stop,
                    buffers,
                    home,
                    out,
                };
                let results = results.clone();
                scope.spawn(move || {
                    if let Err(error) = reader.run(files) {
                        // Fails when the search has ended anyway.
                        let _ = results.send(Err(error));
                    }
                });
            }
            for worker in workers {
                let (work, results, stop) = (Arc::clone(&work), results.clone(), &stop);
                scope.spawn(move || worker.run(&work, &results, stop));
            }
            // The threads hold the only other ends, so the channels close with them.
            drop((out, work, results));
            let end = self.collect(&inbox, control, report);
            stop.store(true, Ordering::Relaxed);
            // Threads that wait to deliver give up.
            drop(inbox);
            end
        })
    }

    fn collect(
        &mut self,
        inbox: &Receiver<Result<Scanned, ProveError>>,
        control: &Control,
        report: &mut dyn FnMut(&ProveStatus),
    ) -> Result<Option<(u32, Vec<u64>)>, ProveError> {
        let total = self.layout.labels().saturating_mul(16);
        let mut read_now = 0;
        let (mut saved, mut reported) = (Instant::now(), None::<Instant>);
        let mut paused = false;
        loop {
            if reported.is_none_or(|at| at.elapsed() >= REPORT_EVERY) {
                reported = Some(Instant::now());
                let done = self
                    .progress
                    .scanned()
                    .saturating_mul(CHUNK_BYTES)
                    .min(total);
                let most_hits = self.progress.most_hits() as u32;
                report(&self.status(Phase::Reading {
                    done,
                    total,
                    read_now,
                    most_hits,
                }));
            }
            let pausing = control.is_paused() && !mem::replace(&mut paused, control.is_paused());
            paused &= control.is_paused();
            if pausing || (saved.elapsed() >= self.options.save_every && !paused) {
                saved = Instant::now();
                self.save_or_warn();
            }
            if control.is_cancelled() {
                return Err(Cancelled.into());
            }
            match inbox.recv_timeout(REPORT_EVERY) {
                Ok(result) => {
                    let Scanned {
                        chunks,
                        bytes,
                        found,
                        bad,
                    } = result?;
                    read_now += bytes;
                    self.progress.bad_labels.extend(bad);
                    let winner = self
                        .progress
                        .add(chunks, found, self.job.params.k2 as usize);
                    if winner.is_some() {
                        return Ok(winner);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected)
                    if self.progress.scanned() == chunk_count(&self.layout) =>
                {
                    return Ok(None);
                }
                // Readers end early when cancelled, and silently for no other reason.
                Err(RecvTimeoutError::Disconnected) => return Err(Cancelled.into()),
            }
        }
    }
}

fn search_of(job: &ProveJob, options: &ProveOptions, metadata: &PostMetadata) -> Search {
    Search {
        version: Search::VERSION,
        node_id: hex::encode(metadata.node_id),
        commitment_atx_id: hex::encode(metadata.commitment_atx_id),
        challenge: hex::encode(job.challenge),
        num_units: metadata.num_units,
        labels_per_unit: metadata.labels_per_unit,
        max_file_size: metadata.max_file_size,
        k1: job.params.k1,
        k2: job.params.k2,
        pow_difficulty: hex::encode(job.params.pow_difficulty),
        nonces: options.nonces,
    }
}

/// Result of a section.
struct Scanned {
    chunks: Range<u64>,
    bytes: u64,
    /// In the order of a single-threaded search within each chunk.
    found: Vec<Found>,
    /// Labels that are not what was stored.
    bad: Vec<u64>,
}

/// One cipher thread.
struct Worker<'a> {
    scanner: Scanner,
    kernel: LabelKernel,
    commitment: Commitment,
    n: ScryptN,
    scratch: Scratch,
    groups: &'a [(u32, GroupKeys)],
}

impl Worker<'_> {
    fn run(
        mut self,
        work: &Mutex<Receiver<Filled>>,
        results: &SyncSender<Result<Scanned, ProveError>>,
        stop: &AtomicBool,
    ) {
        loop {
            // Held while waiting: the others have nothing to do either.
            let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Filled {
                section,
                buffer,
                home,
            }) = next
            else {
                return;
            };
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let bytes = section.bytes.end - section.bytes.start;
            let scanned = self.scan(&section, &buffer.bytes()[..bytes as usize]);
            // Fails when the reader has ended and needs no buffers.
            let _ = home.send(buffer);
            if results.send(scanned).is_err() {
                return;
            }
        }
    }

    fn scan(&mut self, section: &Section, bytes: &[u8]) -> Result<Scanned, ProveError> {
        let mut hits = Vec::new();
        for (chunk, data) in section
            .chunks
            .clone()
            .zip(bytes.chunks(CHUNK_BYTES as usize))
        {
            let first = section.first_label + (chunk - section.chunks.start) * (CHUNK_BYTES / 16);
            for (batch, labels) in data.chunks(BATCH_BYTES).enumerate() {
                let first = first + (batch * (BATCH_BYTES / 16)) as u64;
                for (group, keys) in self.groups {
                    self.scanner.scan(keys, labels, |hit| {
                        hits.push((chunk, *group, first + u64::from(hit.label), hit.nonce));
                    });
                }
            }
        }
        // A single-threaded search takes a chunk group by group.
        hits.sort_unstable();
        let (found, bad) = self.recompute(section, bytes, &hits)?;
        Ok(Scanned {
            chunks: section.chunks.clone(),
            bytes: section.bytes.end - section.bytes.start,
            found,
            bad,
        })
    }

    /// Keeps the hits whose labels are right.
    fn recompute(
        &mut self,
        section: &Section,
        bytes: &[u8],
        hits: &[(u64, u32, u64, u8)],
    ) -> Result<(Vec<Found>, Vec<u64>), ProveError> {
        let places: Vec<_> = hits
            .iter()
            .map(|(_, _, index, _)| LabelAt {
                commitment: self.commitment,
                index: *index,
            })
            .collect();
        let mut labels = vec![[0; 32]; places.len()];
        labels_at(
            self.kernel.for_count(places.len()),
            &places,
            self.n,
            &mut labels,
            &mut self.scratch,
        )?;
        let (stored, _) = bytes.as_chunks::<16>();
        let (mut found, mut bad) = (Vec::new(), Vec::new());
        for (&(chunk, group, index, nonce), label) in hits.iter().zip(&labels) {
            if stored[(index - section.first_label) as usize] == label[..16] {
                found.push(Found {
                    chunk,
                    nonce: group * NONCES_PER_GROUP + u32::from(nonce),
                    index,
                });
            } else if !bad.contains(&index) {
                bad.push(index);
            }
        }
        Ok((found, bad))
    }
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// Somebody cancelled. What was found is kept.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Not a number of nonces.
    #[error("{nonces} nonces: expected a multiple of 16 from 16 to {MAX_NONCES}; 288 is usual")]
    Nonces {
        /// What was asked for.
        nonces: u32,
    },
    /// The directory was made for other parameters.
    #[error(
        "the data has {found} labels per unit, this network has {expected}; choose the network it was made for"
    )]
    OtherNetwork {
        /// In the metadata.
        found: u64,
        /// Of the network.
        expected: u64,
    },
    /// Parameters outside the network's limits.
    #[error(transparent)]
    Params(#[from] ParamsError),
    /// Fewer labels than K1.
    #[error(transparent)]
    Difficulty(#[from] DifficultyError),
    /// Metadata cannot be used.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// Files are missing or have wrong sizes.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// Data cannot be read.
    #[error("cannot read {path} from byte {offset}; check the drive and its cable, then repair")]
    Read {
        /// The file.
        path: PathBuf,
        /// Where the read began.
        offset: u64,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The processor lacks the cipher.
    #[error(transparent)]
    Cipher(#[from] CipherError),
    /// The processor lacks the kernel.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// The RandomX work failed.
    #[error(transparent)]
    Pow(PowError),
    /// Progress cannot be kept.
    #[error(transparent)]
    Progress(#[from] ProgressError),
    /// All 4096 nonces failed.
    #[error(
        "none of {MAX_NONCES} nonces has enough hits, which does not happen with right data: verify and repair it"
    )]
    Exhausted,
}

impl From<PowError> for ProveError {
    fn from(error: PowError) -> Self {
        match error {
            PowError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            PowError::RandomX(_) | PowError::Exhausted | PowError::Other(_) => Self::Pow(error),
        }
    }
}
