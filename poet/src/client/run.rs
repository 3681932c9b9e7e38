//! The thin shell around a [`Machine`]: makes its calls, runs its searches, tells it the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use spacemesh_types::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::http::{Http, HttpError};
use super::machine::{Certificates, Effect, Input, Machine, Rules};
use crate::pow;
use crate::service::Clock;

/// Inputs that wait; the sender waits when it is full.
const INPUTS_MAX: usize = 64;

/// A client that cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The sockets.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The system's randomness.
    #[error("the system gave no randomness: {0}")]
    Random(getrandom::Error),
    /// It has ended.
    #[error("the client has ended")]
    Ended,
}

/// A running client of one service. Dropping it ends its calls.
pub struct Client {
    address: String,
    inputs: mpsc::Sender<Input>,
    results: mpsc::Receiver<Effect>,
    running: tokio::task::JoinHandle<()>,
    stopped: Arc<AtomicBool>,
}

impl Client {
    /// Starts a client for the service at `address`. Nothing is asked before something is wanted.
    ///
    /// # Errors
    ///
    /// No sockets or randomness on this computer.
    pub fn start(
        address: &str,
        rules: Rules,
        certificates: Certificates,
        clock: Clock,
    ) -> Result<Self, ClientError> {
        let http = Http::new(address)?;
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(ClientError::Random)?;
        let machine = Machine::new(rules, certificates, u64::from_le_bytes(seed));
        let (inputs, inbox) = mpsc::channel(INPUTS_MAX);
        // Full means: the node is busy, the client waits for it.
        let (out, results) = mpsc::channel(INPUTS_MAX);
        let stopped = Arc::new(AtomicBool::new(false));
        let address = http.address().to_owned();
        let running = tokio::spawn(run(machine, http, clock, inbox, out, Arc::clone(&stopped)));
        Ok(Self {
            address,
            inputs,
            results,
            running,
            stopped,
        })
    }

    /// The address with its scheme: the key under which registrations are stored (Trap 31).
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Gives the machine an input: a registration or a round to get.
    ///
    /// # Errors
    ///
    /// The client has ended.
    pub async fn give(&self, input: Input) -> Result<(), ClientError> {
        self.inputs
            .send(input)
            .await
            .map_err(|_| ClientError::Ended)
    }

    /// The next thing for the node to know: a result, or a certificate to keep or drop. None when the client has ended.
    pub async fn next(&mut self) -> Option<Effect> {
        self.results.recv().await
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.stopped.store(true, Relaxed);
        self.running.abort();
    }
}

async fn run(
    mut machine: Machine,
    http: Http,
    clock: Clock,
    mut inbox: mpsc::Receiver<Input>,
    out: mpsc::Sender<Effect>,
    stopped: Arc<AtomicBool>,
) {
    let mut tasks: JoinSet<Input> = JoinSet::new();
    let mut effects = Vec::new();
    loop {
        let input = tokio::select! {
            input = inbox.recv() => match input {
                Some(input) => input,
                None => return,
            },
            Some(done) = tasks.join_next() => match done {
                Ok(input) => input,
                Err(error) => {
                    tracing::error!(%error, "a call of the client panicked");
                    continue;
                }
            },
            () = pause(&machine, &clock) => Input::Wake,
        };
        machine.handle(clock(), input, &mut effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Send {
                    request,
                    call,
                    until,
                } => {
                    let http = http.clone();
                    let left = until.since(clock()).unwrap_or_default();
                    tasks.spawn(async move {
                        let outcome = match tokio::time::timeout(left, http.call(&call)).await {
                            Ok(outcome) => outcome,
                            Err(_) => super::Outcome::Transport(
                                super::Transport::Broken,
                                "no answer in time".to_owned(),
                            ),
                        };
                        Input::Answer {
                            request,
                            outcome: Box::new(outcome),
                        }
                    });
                }
                Effect::Search {
                    request,
                    params,
                    node_id,
                    challenge,
                    until,
                } => {
                    let (clock, stopped) = (Arc::clone(&clock), Arc::clone(&stopped));
                    tasks.spawn_blocking(move || {
                        let over = || stopped.load(Relaxed) || is_over(&clock, until);
                        let nonce = pow::search_parallel(&params, &node_id, &challenge, over);
                        Input::Searched { request, nonce }
                    });
                }
                effect @ (Effect::StoreCertificate { .. }
                | Effect::DropCertificate { .. }
                | Effect::Registered(_)
                | Effect::Failed { .. }
                | Effect::Proof { .. }
                | Effect::FetchFailed { .. }) => {
                    if out.send(effect).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

fn is_over(clock: &Clock, until: Timestamp) -> bool {
    until <= clock()
}

/// Until the machine's next wake-up; at most a second, so that a stepped clock is noticed.
async fn pause(machine: &Machine, clock: &Clock) {
    const SLEEP_MAX: std::time::Duration = std::time::Duration::from_secs(1);
    match machine.next_wakeup() {
        Some((at, _)) => {
            let left = at.since(clock()).unwrap_or_default();
            tokio::time::sleep(left.min(SLEEP_MAX)).await;
        }
        None => std::future::pending().await,
    }
}
