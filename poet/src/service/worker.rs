//! The thread that executes rounds, one after the other, and what it is told while it works.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, mpsc};

use spacemesh_types::wire::PoetProof;

use super::turn::{Inbox, Message, chain};
use crate::execute::{self, End, Execution};
use crate::hash::Statement;
use crate::schedule::Round;

/// The sequential work of a round.
pub trait Execute: Send + 'static {
    /// Works in `job.folder` until [`Control::ended`], or goes on with what is there. What the folder holds is enough to go on after a crash.
    ///
    /// # Errors
    ///
    /// The folder cannot be used. The text says what to do.
    fn execute(&mut self, job: &Job, control: &Control) -> Result<Outcome, String>;
}

/// A round to execute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The round.
    pub round: Round,
    /// What the work is about.
    pub statement: Vec<u8>,
    /// Folder of this round alone.
    pub folder: PathBuf,
}

/// How work ended.
#[derive(Debug)]
pub enum Outcome {
    /// With a proof that verifies.
    Proof(Box<PoetProof>),
    /// It was cancelled; everything to go on is on the disk.
    Cancelled,
}

/// What the worker is told, and what it says while it works.
#[derive(Debug, Default)]
pub struct Control {
    ended: AtomicBool,
    cancelled: AtomicBool,
    leaves: AtomicU64,
}

impl Control {
    /// Whether the round's end has come: make the proof as soon as it can be made.
    pub fn ended(&self) -> bool {
        self.ended.load(Relaxed)
    }

    /// Set when what is done is to be kept and the work to return.
    pub fn cancelled(&self) -> &AtomicBool {
        &self.cancelled
    }

    /// Tells how many leaves there are.
    pub fn set_leaves(&self, leaves: u64) {
        self.leaves.store(leaves, Relaxed);
    }

    /// Leaves so far.
    pub fn leaves(&self) -> u64 {
        self.leaves.load(Relaxed)
    }

    /// The round's end has come.
    pub fn end(&self) {
        self.ended.store(true, Relaxed);
    }

    /// Keep what is done and return.
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }
}

/// The work of a PoET: [`Execution`] in the round's folder.
#[derive(Debug, Clone, Default)]
pub struct SequentialRounds {
    /// How to work.
    pub options: execute::Options,
}

impl Execute for SequentialRounds {
    fn execute(&mut self, job: &Job, control: &Control) -> Result<Outcome, String> {
        let statement = Statement::new(&job.statement).map_err(|error| error.to_string())?;
        let ended = || control.ended();
        let progress = |progress: execute::Progress| control.set_leaves(progress.leaves);
        let run = || -> Result<execute::Outcome, execute::ExecuteError> {
            Execution::open_or_start(&job.folder, &statement, self.options.clone())?.run(
                End::When(&ended),
                control.cancelled(),
                &progress,
            )
        };
        match run().map_err(|error| chain(&error))? {
            execute::Outcome::Finished(proof) => Ok(Outcome::Proof(proof)),
            execute::Outcome::Stopped => Ok(Outcome::Cancelled),
        }
    }
}

/// What the turn loop holds of the worker. Dropping it ends the thread after its round.
pub(super) struct Worker {
    jobs: mpsc::SyncSender<(Job, Arc<Control>)>,
    thread: std::thread::JoinHandle<()>,
}

impl Worker {
    /// Starts the thread. Its results go to `inbox`.
    pub(super) fn start(mut execute: Box<dyn Execute>, inbox: Inbox) -> std::io::Result<Self> {
        // One round executes at a time, so one place is enough and nobody waits.
        let (jobs, waiting) = mpsc::sync_channel::<(Job, Arc<Control>)>(1);
        let thread = std::thread::Builder::new()
            .name("poet-work".to_owned())
            .spawn(move || {
                for (job, control) in waiting {
                    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        execute.execute(&job, &control)
                    }));
                    let message = match done {
                        Ok(Ok(Outcome::Proof(proof))) => Message::Finished {
                            round: job.round,
                            proof,
                        },
                        Ok(Ok(Outcome::Cancelled)) => return,
                        Ok(Err(reason)) => {
                            Message::WorkFailed(format!("round {}: {reason}", job.round))
                        }
                        Err(_) => Message::WorkFailed(format!(
                            "round {}: the worker panicked; start the service again to go on",
                            job.round
                        )),
                    };
                    if inbox.blocking_send(message).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self { jobs, thread })
    }

    /// Gives it a round.
    pub(super) fn give(&self, job: Job) -> Arc<Control> {
        let control = Arc::new(Control::default());
        if self.jobs.try_send((job, Arc::clone(&control))).is_err() {
            tracing::error!("the worker takes no round; it has ended");
        }
        control
    }

    /// Waits for the thread. Cancel its round first.
    pub(super) fn join(self) {
        drop(self.jobs);
        if self.thread.join().is_err() {
            tracing::error!("the worker panicked");
        }
    }
}
