//! The turn loop: one thread that owns the machine of rounds and writes its turns.
//!
//! A turn drains what waits, up to a batch, lets the machine handle each input in one transaction, flushes, and then releases the effects:
//! answers, work, deletions. So ten thousand registrations per second cost as many flushes as there are batches.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, mpsc};
use std::time::{Duration, Instant};

use spacemesh_types::Timestamp;
use spacemesh_types::wire::PoetProof;
use tokio::sync::{oneshot, watch};

use super::core::{Acknowledged, Core, Effect, Input, Submission};
use super::metrics::Metrics;
use super::store::{Store, StoreError};
use super::worker::{Control, Job, Worker};
use crate::api::{Code, Refusal};
use crate::pow::AcceptedPow;
use crate::registration::Registration;
use crate::schedule::Round;

/// Most registrations that wait for a turn; when it is full, further ones are refused with "try again" (429).
pub(super) const INBOX_MAX: usize = 4096;

/// Longest sleep, so that a stepped or suspended wall clock is noticed.
const SLEEP_MAX: Duration = Duration::from_secs(1);

/// The wall clock of a service.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What the loop is told.
pub(super) enum Message {
    /// A registration that passed its checks, and who waits for the answer.
    Submit {
        registration: Registration,
        answer: oneshot::Sender<Result<Acknowledged, Refusal>>,
    },
    /// A round's work is done.
    Finished { round: Round, proof: Box<PoetProof> },
    /// A round's work cannot go on.
    WorkFailed(String),
    /// End after this turn.
    Stop,
}

/// Where messages to the loop go.
#[derive(Clone)]
pub(super) struct Inbox(mpsc::SyncSender<Message>);

impl Inbox {
    pub(super) fn new() -> (Self, mpsc::Receiver<Message>) {
        let (sender, receiver) = mpsc::sync_channel(INBOX_MAX);
        (Self(sender), receiver)
    }

    /// For peers: refused when full.
    pub(super) fn try_send(&self, message: Message) -> Result<(), Refusal> {
        self.0.try_send(message).map_err(|error| match error {
            mpsc::TrySendError::Full(_) => Refusal::new(
                Code::ResourceExhausted,
                "too many registrations wait; try again",
            ),
            mpsc::TrySendError::Disconnected(_) => {
                Refusal::new(Code::Unavailable, "the service is stopping")
            }
        })
    }

    /// For the service's own threads: waits.
    pub(super) fn blocking_send(&self, message: Message) -> Result<(), ()> {
        self.0.send(message).map_err(drop)
    }
}

/// What the loop is made of.
pub(super) struct Turns {
    pub(super) core: Core,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) inbox: mpsc::Receiver<Message>,
    pub(super) worker: Worker,
    pub(super) rounds_folder: PathBuf,
    pub(super) pow: Arc<RwLock<AcceptedPow>>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) failed: watch::Sender<Option<String>>,
    pub(super) batch_max: usize,
    pub(super) flush_interval: Duration,
}

/// The round that executes, and when it ends.
struct Executing {
    round: Round,
    until: Timestamp,
    control: Arc<Control>,
}

impl Turns {
    /// Runs until it is told to stop or the store or the work fails. `first` are the effects of the start.
    pub(super) fn run(mut self, first: Vec<Effect>) {
        let mut executing = None;
        self.release(first, &mut Vec::new(), &mut executing);
        let result = self.turns(&mut executing);
        if let Some(executing) = &executing {
            executing.control.cancel();
        }
        // Whoever still waits for an answer gets none: the senders are dropped with the inbox.
        let Self {
            worker,
            inbox,
            failed,
            ..
        } = self;
        drop(inbox);
        worker.join();
        if let Err(reason) = result {
            tracing::error!(%reason, "the service ends");
            failed.send_replace(Some(reason));
        }
    }

    fn turns(&mut self, executing: &mut Option<Executing>) -> Result<(), String> {
        loop {
            let (batch, stop) = self.collect(executing)?;
            let began = Instant::now();
            let registrations = batch
                .iter()
                .filter(|(input, _)| matches!(input, Input::Submit(_)))
                .count();
            let now = (self.clock)();
            if !batch.is_empty() || self.core.next_wakeup().0 <= now {
                self.turn(now, batch, executing)
                    .map_err(|error| chain(&error))?;
                if registrations > 0 {
                    self.metrics.batch(began.elapsed());
                }
            }
            if let Some(executing) = executing {
                if executing.until <= (self.clock)() {
                    executing.control.end();
                }
                self.metrics
                    .leaves(Some((executing.round, executing.control.leaves())));
            }
            if stop {
                return Ok(());
            }
        }
    }

    /// The next batch: at least one message, unless something is due before.
    fn collect(&self, executing: &Option<Executing>) -> Result<(Batch, bool), String> {
        let now = (self.clock)();
        let mut due = self.core.next_wakeup().0;
        if let Some(executing) = executing
            && !executing.control.ended()
        {
            due = due.min(executing.until);
        }
        let sleep = due.since(now).unwrap_or_default().min(SLEEP_MAX);
        let mut batch = Vec::new();
        let mut next = match self.inbox.recv_timeout(sleep) {
            Ok(message) => message,
            Err(mpsc::RecvTimeoutError::Timeout) => return Ok((batch, false)),
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok((batch, true)),
        };
        let flush = Instant::now() + self.flush_interval;
        loop {
            match next {
                Message::Submit {
                    registration,
                    answer,
                } => {
                    let submission = Submission {
                        id: u64::try_from(batch.len()).unwrap_or(u64::MAX),
                        node_id: registration.node_id,
                        challenge: registration.challenge,
                        deadline: registration.deadline,
                    };
                    batch.push((Input::Submit(submission), Some(answer)));
                }
                Message::Finished { round, proof } => {
                    batch.push((Input::Finished { round, proof }, None));
                    return Ok((batch, false));
                }
                Message::WorkFailed(reason) => return Err(reason),
                Message::Stop => return Ok((batch, true)),
            }
            if batch.len() >= self.batch_max {
                return Ok((batch, false));
            }
            // Delays the closing of a round by a flush interval at most; a registration counts where its turn finds the clock.
            let left = flush.saturating_duration_since(Instant::now());
            next = match self.inbox.recv_timeout(left) {
                Ok(message) => message,
                Err(_) => return Ok((batch, false)),
            };
        }
    }

    fn turn(
        &mut self,
        now: Timestamp,
        batch: Batch,
        executing: &mut Option<Executing>,
    ) -> Result<(), StoreError> {
        let mut table = self.store.turn()?;
        let mut effects = Vec::new();
        let mut answers = Vec::with_capacity(batch.len());
        if batch.is_empty() {
            self.core
                .handle(now, Input::Wake, &mut table, &mut effects)?;
        }
        for (input, answer) in batch {
            answers.push(answer);
            self.core.handle(now, input, &mut table, &mut effects)?;
        }
        table.commit()?;
        self.release(effects, &mut answers, executing);
        Ok(())
    }

    /// The turn is on the disk: others may hear of it.
    fn release(
        &mut self,
        effects: Vec<Effect>,
        answers: &mut [Option<Waiting>],
        executing: &mut Option<Executing>,
    ) {
        *self.pow.write().unwrap_or_else(PoisonError::into_inner) = self.core.pow().clone();
        for effect in effects {
            match effect {
                Effect::Answer { id, result } => {
                    let answer = usize::try_from(id)
                        .ok()
                        .and_then(|id| answers.get_mut(id)?.take());
                    if let Some(answer) = answer {
                        // A caller that has gone is still registered.
                        let _ = answer.send(result);
                    }
                }
                Effect::Execute {
                    round,
                    statement,
                    until,
                } => {
                    tracing::info!(round, %until, "the round executes");
                    let folder = self.rounds_folder.join(round.to_string());
                    let control = self.worker.give(Job {
                        round,
                        statement,
                        folder,
                    });
                    *executing = Some(Executing {
                        round,
                        until,
                        control,
                    });
                }
                Effect::Discard { round } => {
                    if executing
                        .as_ref()
                        .is_some_and(|executing| executing.round == round)
                    {
                        *executing = None;
                        self.metrics.leaves(None);
                    }
                    let folder = self.rounds_folder.join(round.to_string());
                    match std::fs::remove_dir_all(&folder) {
                        Ok(()) => {}
                        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                        Err(error) => {
                            tracing::warn!(%error, folder = %folder.display(), "a finished round's folder stays")
                        }
                    }
                }
                Effect::GivenUp { round } => tracing::warn!(
                    round,
                    "the round ended before its work could begin; it has no proof"
                ),
                Effect::Closed { round, members } => {
                    tracing::info!(round, members, "the round takes no more registrations")
                }
            }
        }
        self.metrics
            .members(self.core.open_round(), self.core.open_members());
    }
}

/// Inputs of a turn, each with who waits for its answer.
type Batch = Vec<(Input, Option<Waiting>)>;

/// Who waits for a registration.
type Waiting = oneshot::Sender<Result<Acknowledged, Refusal>>;

/// An error with its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
