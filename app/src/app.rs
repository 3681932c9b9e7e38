//! The app: owns the data folder and everything in it, answers commands by name, tells changes.
//!
//! Keeps true: commands run on threads that may block, so no page waits for another one's password; each state has one lock that is taken
//! alone or in the order of the fields of [`Inner`].

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64},
    },
};

use serde_json::Value;
use zeroize::Zeroizing;

use crate::{
    changes::{Changes, Subscription},
    clock::{Clock, SystemClock},
    contract::Change,
    dispatch,
    error::AppError,
    network::NetworkInUse,
    notices::Dismissed,
    session::Session,
    settings::SettingsStore,
    smeshing::Smeshing,
    storage::DataFolder,
    view::{ErrorView, TaskState},
};

/// How the app is started.
pub struct Options {
    /// Data folder; absent: [`DataFolder::choose`].
    pub data_folder: Option<PathBuf>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Whether pages run in a browser and have no native dialogs.
    pub in_browser: bool,
    /// Cost of opening fresh wallet files; absent: measured on this computer when the first is made.
    pub kdf: Option<spacemesh_wallet::file::KdfParams>,
    /// How to start the process that fills and checks.
    pub worker: WorkerCommand,
    /// Log file, to name it on the About page.
    pub log_file: Option<PathBuf>,
    /// Shorter time until the automatic lock than the settings can say, in seconds: for tests. It can only shorten.
    pub auto_lock_seconds: Option<u32>,
    /// Folders in which wallets of other programs are looked for; absent: the usual ones.
    pub foreign_wallet_folders: Option<Vec<PathBuf>>,
}

/// The program and arguments of the process that fills and checks committed space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerCommand {
    /// Program.
    pub program: PathBuf,
    /// Arguments; none of them is secret.
    pub args: Vec<String>,
}

impl WorkerCommand {
    /// This very program with the hidden subcommand `post-worker`.
    pub fn this_program() -> Self {
        let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("spacemesh"));
        Self {
            program,
            args: vec!["post-worker".to_owned()],
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data_folder: None,
            clock: Arc::new(SystemClock),
            in_browser: false,
            kdf: None,
            worker: WorkerCommand::this_program(),
            log_file: None,
            auto_lock_seconds: std::env::var("SMAPP_AUTO_LOCK_SECONDS")
                .ok()
                .and_then(|text| text.parse().ok()),
            foreign_wallet_folders: None,
        }
    }
}

/// A running app. Clones share it.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

/// Everything the app owns.
pub(crate) struct Inner {
    pub(crate) folder: DataFolder,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) in_browser: bool,
    pub(crate) kdf: Option<spacemesh_wallet::file::KdfParams>,
    pub(crate) log_file: Option<PathBuf>,
    pub(crate) auto_lock_seconds: Option<u32>,
    pub(crate) foreign_wallet_folders: Option<Vec<PathBuf>>,
    pub(crate) changes: Changes,
    /// Numbers the showings of secrets and other things that need an id for a moment.
    pub(crate) counter: AtomicU64,
    /// The layer that was told last.
    pub(crate) last_layer: AtomicU32,
    /// Set once: new work is refused.
    pub(crate) stopping: AtomicBool,
    session: Mutex<Session>,
    settings: Mutex<SettingsStore>,
    network: Mutex<Arc<NetworkInUse>>,
    pub(crate) dismissed: Mutex<Dismissed>,
    pub(crate) smeshing: Smeshing,
}

impl App {
    /// Opens the data folder. What was running goes on once [`run_clock`](Self::run_clock) or [`resume`](Self::resume) is called.
    ///
    /// # Errors
    ///
    /// A folder in use or unusable. Damaged settings are set aside and told in a notice instead.
    pub fn open(options: Options) -> Result<Self, AppError> {
        let folder = DataFolder::open(DataFolder::choose(options.data_folder))?;
        let settings = SettingsStore::load(&folder.settings());
        let network = NetworkInUse::load(settings.network(), &folder.own_config());
        let inner = Arc::new(Inner {
            smeshing: Smeshing::load(&folder, options.worker),
            folder,
            clock: options.clock,
            in_browser: options.in_browser,
            kdf: options.kdf,
            log_file: options.log_file,
            auto_lock_seconds: options.auto_lock_seconds,
            foreign_wallet_folders: options.foreign_wallet_folders,
            changes: Changes::new(),
            counter: AtomicU64::new(1),
            last_layer: AtomicU32::new(u32::MAX),
            stopping: AtomicBool::new(false),
            session: Mutex::new(Session::default()),
            settings: Mutex::new(settings),
            network: Mutex::new(Arc::new(network)),
            dismissed: Mutex::new(Dismissed::default()),
        });
        Ok(Self(inner))
    }

    /// Calls a command. `args` is one JSON object, or `null` for a command without arguments.
    ///
    /// # Errors
    ///
    /// What a person is to be told.
    pub async fn call_json(&self, name: &str, args: &str) -> Result<Zeroizing<String>, ErrorView> {
        dispatch::call(self, name, args)
            .await
            .map_err(|error| error.view())
    }

    /// [`call_json`](Self::call_json) for callers that hold JSON values.
    ///
    /// # Errors
    ///
    /// What a person is to be told.
    pub async fn call(&self, name: &str, args: Value) -> Result<Value, ErrorView> {
        let text = Zeroizing::new(args.to_string());
        let answer = self.call_json(name, &text).await?;
        Ok(serde_json::from_str(&answer).unwrap_or(Value::Null))
    }

    /// Changes from here on. Take a snapshot by queries afterwards.
    pub fn subscribe(&self) -> Subscription {
        self.0.changes.subscribe()
    }

    /// What depends on time: the automatic lock, screens with secrets, layers, tasks. Call once a second, or see [`run_clock`](Self::run_clock).
    pub fn tick(&self) {
        self.0.tick_session();
        self.0.tick_network();
        self.0.tick_smeshing();
    }

    /// Goes on with what was running when the app ended, and lists what was paused. For programs that stay; a single command of a terminal
    /// does not start hours of work.
    pub fn resume(&self) {
        self.0.resume_tasks();
    }

    /// Goes on with what was running, and ticks once a second until the returned handle is dropped. Needs a tokio runtime.
    pub fn run_clock(&self) -> ClockGuard {
        let app = self.clone();
        self.resume();
        ClockGuard(tokio::spawn(async move {
            let mut interval = tokio::time::interval(std::time::Duration::from_secs(1));
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                interval.tick().await;
                let app = app.clone();
                // Ticking may write records; a panic there must not end the clock.
                if let Err(error) = tokio::task::spawn_blocking(move || app.tick()).await {
                    tracing::error!(%error, "a tick failed");
                }
            }
        }))
    }

    /// Whether a task runs that would be interrupted by leaving.
    pub fn is_working(&self) -> bool {
        self.0.smeshing.tasks().iter().any(|task| {
            matches!(
                task.state,
                TaskState::Starting | TaskState::Running | TaskState::Pausing
            )
        })
    }

    /// Stops in order: no new work, wallet locked, tasks paused and recorded, processes ended, the data folder free. What ran goes on at the next start.
    pub fn stop(&self) {
        self.0
            .stopping
            .store(true, std::sync::atomic::Ordering::SeqCst);
        self.0.close_wallet(crate::view::LockReason::Start);
        self.0.stop_tasks();
        self.0.folder.release();
    }
}

/// Ends the clock of an app when dropped.
#[derive(Debug)]
pub struct ClockGuard(tokio::task::JoinHandle<()>);

impl Drop for ClockGuard {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Inner {
    pub(crate) fn session_state(&self) -> MutexGuard<'_, Session> {
        guard(&self.session)
    }

    pub(crate) fn settings_state(&self) -> MutexGuard<'_, SettingsStore> {
        guard(&self.settings)
    }

    /// The network in use; a snapshot, held as long as wanted.
    pub(crate) fn network_in_use(&self) -> Arc<NetworkInUse> {
        guard(&self.network).clone()
    }

    pub(crate) fn set_network(&self, network: NetworkInUse) {
        *guard(&self.network) = Arc::new(network);
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    pub(crate) fn tell(&self, change: Change) {
        self.changes.send(change);
    }

    pub(crate) fn next_id(&self, prefix: &str) -> String {
        format!(
            "{prefix}{}",
            self.counter
                .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
        )
    }
}

/// A lock whose holder panicked guards state that every command leaves whole between its steps, so it stays usable.
pub(crate) fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
