//! The PoET service (04 §7 to §9): rounds by the clock, registrations over HTTP, one sequential chain per round.
//!
//! ```text
//! HTTP ── checks without a round (parallel) ── inbox ── turn loop: machine + transaction ── flush ── answers
//!                                                                  │ execute            ▲ proof
//!                                                                  └── worker thread ───┘
//! ```
//!
//! Keeps true: whoever was told "registered" is in the round's tree, whatever happens in between; a round's folder goes only after its
//! proof is on the disk; memory does not grow with the number of callers, registrations or members.

mod config; // what an operator sets: §9.1
pub mod core; // the machine of rounds: start here
mod http; // §7
mod identity; // the key: §8.7
mod metrics; // §8.9
mod store; // what stays
mod trusted_keys; // §7.4
mod turn; // the loop that writes
mod worker; // the thread that executes

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use spacemesh_crypto::SigningKey;
use spacemesh_types::{PublicKey, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use self::core::{Core, Limits};
use self::turn::{Inbox, Message, Turns};
use crate::api::{
    CertifierInfo, Code, InfoResponse, PowParamsResponse, Refusal, Seconds, SubmitRequest,
    SubmitResponse,
};
use crate::http_server;
use crate::pow::AcceptedPow;
use crate::registration::{Authorisation, Policy, TrustedKeys, sign_receipt};

pub use config::{ConfigError, FILE_BYTES_MAX, SETTINGS, ServiceConfig, Setting, Settings};
pub use identity::{IdentityError, KEY_FILE, KEY_VARIABLE};
pub use metrics::Metrics;
pub use store::{Member, Store, StoreError, Turn};
pub use trusted_keys::{TrustedKeysError, parse_key};
pub use turn::Clock;
pub use worker::{Control, Execute, Job, Outcome, SequentialRounds};

/// A service that cannot start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// A folder.
    #[error("cannot make the folder {folder}")]
    Folder {
        /// Which one.
        folder: std::path::PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The key.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Certifier keys.
    #[error(transparent)]
    TrustedKeys(#[from] TrustedKeysError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An address.
    #[error("cannot listen on {address}; choose another address or end what uses it")]
    Listen {
        /// Which one.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A thread.
    #[error("cannot start a thread")]
    Thread(#[source] std::io::Error),
    /// The system's randomness.
    #[error("the system gave no randomness: {0}")]
    Random(getrandom::Error),
    /// It stopped by itself.
    #[error("the service ended by itself: {0}")]
    Ended(String),
}

/// A running service.
pub struct Service {
    shared: Arc<Shared>,
    rest: SocketAddr,
    metrics: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    failed: watch::Receiver<Option<String>>,
    turns: std::thread::JoinHandle<()>,
    servers: Vec<JoinHandle<()>>,
}

/// What requests are answered from.
pub(crate) struct Shared {
    pub(crate) key: SigningKey,
    pub(crate) store: Store,
    pub(crate) metrics: Arc<Metrics>,
    config: ServiceConfig,
    policy: RwLock<Policy>,
    pow: Arc<RwLock<AcceptedPow>>,
    inbox: Inbox,
    clock: Clock,
}

impl Service {
    /// Starts everything. `environment_key` is the content of [`KEY_VARIABLE`].
    ///
    /// # Errors
    ///
    /// A folder, key, address or the store cannot be used; nothing is left running then.
    pub async fn start(
        config: ServiceConfig,
        execute: Box<dyn Execute>,
        clock: Clock,
        environment_key: Option<&str>,
    ) -> Result<Self, ServiceError> {
        let rounds_folder = config.data_folder.join("rounds");
        for folder in [&config.data_folder, &config.store_folder, &rounds_folder] {
            std::fs::create_dir_all(folder).map_err(|source| ServiceError::Folder {
                folder: folder.clone(),
                source,
            })?;
        }
        // The store's lock comes first: no two processes make a key.
        let store = Store::open(&config.store_folder.join("poet.redb"))?;
        let key = identity::load(&config.data_folder, environment_key)?;
        let policy = policy(&config)?;
        let rest = listen(&config.rest_listen).await?;
        let metrics_listener = match config.metrics_listen {
            Some(address) => Some(listen(&address.to_string()).await?),
            None => None,
        };

        let mut pow_challenge = [0; 32];
        getrandom::fill(&mut pow_challenge).map_err(ServiceError::Random)?;
        let limits = Limits {
            round_members_max: config.round_members_max,
            pow_difficulty: config.pow_difficulty,
        };
        let mut table = store.turn()?;
        let mut effects = Vec::new();
        let core = Core::start(
            config.schedule,
            limits,
            pow_challenge,
            clock(),
            &mut table,
            &mut effects,
        )?;
        table.commit()?;

        let (inbox, messages) = Inbox::new();
        let worker = worker::Worker::start(execute, inbox.clone()).map_err(ServiceError::Thread)?;
        let metrics = Arc::new(Metrics::default());
        let (failed_sender, failed) = watch::channel(None);
        let pow = Arc::new(RwLock::new(core.pow().clone()));
        let turns = Turns {
            core,
            store: store.clone(),
            clock: Arc::clone(&clock),
            inbox: messages,
            worker,
            rounds_folder,
            pow: Arc::clone(&pow),
            metrics: Arc::clone(&metrics),
            failed: failed_sender,
            batch_max: config.batch_max,
            flush_interval: config.flush_interval,
        };
        let turns = std::thread::Builder::new()
            .name("poet-turns".to_owned())
            .spawn(move || turns.run(effects))
            .map_err(ServiceError::Thread)?;
        let shared = Arc::new(Shared {
            key,
            store,
            metrics,
            config,
            policy: RwLock::new(policy),
            pow,
            inbox,
            clock,
        });
        let (stop, stopped) = watch::channel(false);
        let mut service = Self {
            rest: rest.1,
            metrics: metrics_listener.as_ref().map(|(_, address)| *address),
            servers: vec![tokio::spawn(http_server::serve(
                rest.0,
                http::router(Arc::clone(&shared)),
                stopped.clone(),
            ))],
            shared,
            stop,
            failed,
            turns,
        };
        if let Some((listener, _)) = metrics_listener {
            let router = http::metrics_router(Arc::clone(&service.shared));
            service
                .servers
                .push(tokio::spawn(http_server::serve(listener, router, stopped)));
        }
        Ok(service)
    }

    /// Where nodes reach it.
    pub fn rest_address(&self) -> SocketAddr {
        self.rest
    }

    /// Where Prometheus reaches it.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Registrations and proofs.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// What `/metrics` answers.
    pub fn metrics(&self) -> String {
        self.shared.metrics.render()
    }

    /// Its name.
    pub fn public_key(&self) -> PublicKey {
        self.shared.key.public_key()
    }

    /// Reads the folder of certifier keys again. A bad file changes nothing.
    ///
    /// # Errors
    ///
    /// A file of the folder holds no key, or the folder cannot be read.
    pub fn reload_trusted_keys(&self) -> Result<usize, TrustedKeysError> {
        self.shared.reload_trusted_keys()
    }

    /// Resolves when the service cannot go on, with the reason.
    pub async fn failed(&self) -> String {
        let mut failed = self.failed.clone();
        match failed.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_default(),
            // The loop ended without a reason: it was told to.
            Err(_) => std::future::pending().await,
        }
    }

    /// Stops in the order in which nothing owed is lost: requests end, waiting registrations are written and answered, the worker keeps what it
    /// has, the store closes.
    ///
    /// # Errors
    ///
    /// It had ended by itself before.
    pub async fn stop(self) -> Result<(), ServiceError> {
        self.stop.send_replace(true);
        for server in self.servers {
            let _ = server.await;
        }
        let inbox = self.shared.inbox.clone();
        let turns = self.turns;
        let joined = tokio::task::spawn_blocking(move || {
            let _ = inbox.blocking_send(Message::Stop);
            turns.join()
        });
        match (joined.await, self.failed.borrow().clone()) {
            (Ok(Ok(())), None) => Ok(()),
            (_, Some(reason)) => Err(ServiceError::Ended(reason)),
            (Ok(Err(_)) | Err(_), None) => {
                Err(ServiceError::Ended("the turn loop panicked".to_owned()))
            }
        }
    }
}

impl Shared {
    /// `GET /v1/info`.
    pub(crate) fn info(&self) -> InfoResponse {
        InfoResponse {
            service_pubkey: self.key.public_key().into(),
            phase_shift: Some(Seconds::of(self.config.schedule.phase_shift())),
            cycle_gap: Some(Seconds::of(self.config.schedule.cycle_gap())),
            certifier: self
                .config
                .certifier
                .as_ref()
                .map(|(url, key)| CertifierInfo {
                    url: url.clone(),
                    pubkey: key.map(Into::into).unwrap_or_default(),
                }),
        }
    }

    /// `GET /v1/pow_params`.
    pub(crate) fn pow_params(&self) -> Result<PowParamsResponse, Refusal> {
        if self.config.certificates_only {
            return Err(Refusal::new(
                Code::PermissionDenied,
                "this service takes registrations with a certificate only",
            ));
        }
        let pow = self.pow.read().unwrap_or_else(PoisonError::into_inner);
        Ok(PowParamsResponse {
            pow_params: Some((&pow.current).into()),
        })
    }

    /// `POST /v1/submit`. Returns when the registration is on the disk.
    pub(crate) async fn submit(&self, request: &SubmitRequest) -> Result<SubmitResponse, Refusal> {
        use std::sync::atomic::Ordering::Relaxed;
        let checked = {
            let policy = self.policy.read().unwrap_or_else(PoisonError::into_inner);
            let pow = self.pow.read().unwrap_or_else(PoisonError::into_inner);
            policy.check(request, &pow, (self.clock)())
        };
        let by_certificate = checked
            .as_ref()
            .map_or(request.certificate.is_some(), |taken| {
                taken.by == Authorisation::Certificate
            });
        let column = match &checked {
            Ok(_) => 0,
            Err(refusal) if refusal.message.ends_with("certificate expired") => 2,
            Err(_) => 1,
        };
        let counters: &[_] = if by_certificate {
            &self.metrics.with_certificate
        } else {
            &self.metrics.with_pow
        };
        if let Some(counter) = counters.get(column) {
            counter.fetch_add(1, Relaxed);
        }
        let registration = checked?;
        let (answer, answered) = oneshot::channel();
        let (genesis_id, node_id, challenge) = (
            registration.genesis_id,
            registration.node_id,
            registration.challenge,
        );
        if let Err(refusal) = self.inbox.try_send(Message::Submit {
            registration,
            answer,
        }) {
            self.metrics.shed.fetch_add(1, Relaxed);
            return Err(refusal);
        }
        let stopped = |_| {
            Refusal::new(
                Code::Unavailable,
                "the service is stopping; the registration may be stored",
            )
        };
        let taken = answered.await.map_err(stopped)??;
        let round_id = taken.round.to_string();
        let left = taken
            .end
            .unix_nanos()
            .saturating_sub((self.clock)().unix_nanos());
        let receipt = sign_receipt(&self.key, &genesis_id, &round_id, &node_id, &challenge);
        Ok(SubmitResponse {
            round_id,
            round_end: Some(Seconds(left)),
            receipt: Some(receipt.into()),
        })
    }

    pub(crate) fn reload_trusted_keys(&self) -> Result<usize, TrustedKeysError> {
        let policy = policy(&self.config)?;
        let keys = policy
            .certification
            .as_ref()
            .map_or(0, |trusted| trusted.further.len());
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = policy;
        Ok(keys)
    }
}

fn policy(config: &ServiceConfig) -> Result<Policy, TrustedKeysError> {
    let configured = config.certifier.as_ref().and_then(|(_, key)| *key);
    let further = config
        .trusted_keys
        .as_deref()
        .map(trusted_keys::load)
        .transpose()?;
    let certification = (config.certifier.is_some() || further.is_some()).then(|| TrustedKeys {
        configured,
        further: further.unwrap_or_default(),
    });
    Ok(Policy {
        genesis_id: config.genesis_id,
        certification,
        certificates_only: config.certificates_only,
    })
}

async fn listen(address: &str) -> Result<(TcpListener, SocketAddr), ServiceError> {
    let fail = |source| ServiceError::Listen {
        address: address.to_owned(),
        source,
    };
    let listener = TcpListener::bind(address).await.map_err(fail)?;
    let bound = listener.local_addr().map_err(fail)?;
    Ok((listener, bound))
}

/// The wall clock of the computer.
pub fn wall_clock() -> Clock {
    Arc::new(|| {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_unix_nanos(i128::try_from(since.as_nanos()).unwrap_or(i128::MAX))
    })
}
