//! The app behind the window: started, asked and stopped; and where its log goes.
//!
//! Keeps true: the log never holds what a command was given or answered, is readable by its owner only, and does not grow without end.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use spacemesh_app::{App, ClockGuard, DataFolder, Options, Subscription};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::shell::Backend;

/// A log of this size or more is set aside at the next start; one older log is kept.
const LOG_BYTES_MAX: u64 = 4 << 20;

/// The app, its clock, and where its files lie. Clones share it.
#[derive(Clone)]
pub(crate) struct Program {
    app: App,
    folder: PathBuf,
    /// Ends with the last clone.
    _clock: Arc<ClockGuard>,
}

/// Changes of the app, in the form in which the page gets them.
pub(crate) struct Changes(Subscription);

impl Changes {
    /// The next change; `None` once the app has stopped.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            let change = self.0.next().await?;
            match serde_json::to_value(&change) {
                Ok(value) => return Some(value),
                Err(error) => {
                    tracing::error!(%error, kind = ?change.kind(), "a change could not be written")
                }
            }
        }
    }
}

impl Program {
    /// Opens the data folder and goes on with what was running. Needs a runtime.
    ///
    /// # Errors
    ///
    /// What a person is to be told: what happened, what it costs, what to do.
    pub(crate) async fn open(log_file: Option<PathBuf>) -> Result<(Self, Changes), String> {
        let folder = DataFolder::choose(None);
        let options = Options {
            log_file,
            ..Options::default()
        };
        let app = App::open(options).map_err(|error| {
            let view = error.view();
            format!("{}\n\n{} {}", view.message, view.cost, view.remedy)
        })?;
        let changes = Changes(app.subscribe());
        let clock = Arc::new(app.run_clock());
        Ok((
            Self {
                app,
                folder,
                _clock: clock,
            },
            changes,
        ))
    }

    /// Where everything of this person lies.
    pub(crate) fn data_folder(&self) -> &Path {
        &self.folder
    }

    /// Locks the wallet, pauses what runs and writes it down. Blocks until that is done.
    pub(crate) fn stop(&self) {
        self.app.stop();
    }
}

impl Backend for Program {
    async fn call(&self, name: &str, args: Value) -> Result<Value, Value> {
        // A view of an error always becomes JSON: it holds only texts and a number.
        self.app
            .call(name, args)
            .await
            .map_err(|error| serde_json::to_value(error).unwrap_or(Value::Null))
    }
}

/// Sends the log to standard error and to a file in the data folder, whose path is returned. A file that cannot be opened is done without.
pub(crate) fn start_logging() -> Option<PathBuf> {
    let filter = EnvFilter::try_from_env("SMAPP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(tracing_subscriber::fmt::layer().with_writer(io::stderr));
    let path = DataFolder::choose(None).join("logs").join("smapp.log");
    match open_log(&path) {
        Ok(file) => {
            registry
                .with(
                    tracing_subscriber::fmt::layer()
                        .with_ansi(false)
                        .with_writer(Arc::new(file)),
                )
                .init();
            Some(path)
        }
        Err(error) => {
            registry.init();
            tracing::warn!(%error, "no log file");
            None
        }
    }
}

fn open_log(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::metadata(path).is_ok_and(|log| log.len() >= LOG_BYTES_MAX) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_large_log_is_set_aside_and_nobody_else_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs").join("smapp.log");
        let log = open_log(&path).unwrap();
        log.set_len(LOG_BYTES_MAX).unwrap();
        drop(log);
        let fresh = open_log(&path).unwrap();
        assert_eq!(fresh.metadata().unwrap().len(), 0);
        assert_eq!(
            fs::metadata(path.with_extension("log.1")).unwrap().len(),
            LOG_BYTES_MAX
        );
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fresh.metadata().unwrap().permissions())
                & 0o777,
            0o600
        );
    }
}
