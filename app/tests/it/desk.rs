//! A person at a desk: an app on a fresh data folder, with a clock that stands still, called as a page would.

use std::{path::PathBuf, sync::Arc};

use serde_json::{Value, json};
use spacemesh_app::{App, Change, FakeClock, Options, Subscription, WorkerCommand};
use spacemesh_wallet::file::KdfParams;

pub(crate) const PASSWORD: &str = "correct horse battery";
/// Words with a known first address (12, Known answers).
pub(crate) const WORDS: &str =
    "film theme cheese broken kingdom destroy inch ready wear inspire shove pudding";

/// One app and its folder.
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) clock: FakeClock,
    pub(crate) folder: Arc<tempfile::TempDir>,
}

impl Desk {
    /// A fresh data folder.
    pub(crate) fn new() -> Self {
        Self::at(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// An app on a folder that may have been used before.
    pub(crate) fn at(folder: Arc<tempfile::TempDir>) -> Self {
        // Layer 352,302 of mainnet.
        let clock = FakeClock::new("2026-11-18T14:32:00Z".parse().unwrap());
        let app = App::open(options(&folder, clock.clone())).unwrap();
        Self { app, clock, folder }
    }

    /// With an open wallet from the known words.
    pub(crate) async fn with_wallet() -> Self {
        let desk = Self::new();
        desk.call(
            "restore_wallet",
            json!({ "name": "Savings", "password": PASSWORD, "words": WORDS, "accounts": 1 }),
        )
        .await;
        desk
    }

    /// Calls a command that must succeed.
    #[track_caller]
    pub(crate) fn call<'a>(
        &'a self,
        name: &'a str,
        args: Value,
    ) -> impl Future<Output = Value> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            self.app
                .call(name, args)
                .await
                .unwrap_or_else(|error| panic!("{name} at {caller}: {error:?}"))
        }
    }

    /// Calls a query.
    #[track_caller]
    pub(crate) fn ask<'a>(&'a self, name: &'a str) -> impl Future<Output = Value> + 'a {
        self.call(name, json!({}))
    }

    /// Calls a command that must be refused; gives the code.
    #[track_caller]
    pub(crate) fn refused<'a>(
        &'a self,
        name: &'a str,
        args: Value,
    ) -> impl Future<Output = String> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            match self.app.call(name, args).await {
                Ok(answer) => panic!("{name} at {caller} was not refused: {answer}"),
                Err(error) => error.code.name(),
            }
        }
    }

    /// The address of the first account.
    pub(crate) async fn first_address(&self) -> String {
        text(&self.ask("accounts").await, "/accounts/0/address/plain")
    }

    pub(crate) fn data(&self) -> PathBuf {
        data_folder(&self.folder)
    }
}

fn data_folder(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("data")
}

fn options(folder: &tempfile::TempDir, clock: FakeClock) -> Options {
    Options {
        data_folder: Some(data_folder(folder)),
        clock: Arc::new(clock),
        kdf: Some(KdfParams::CHEAPEST),
        worker: WorkerCommand {
            program: PathBuf::from(env!("CARGO_BIN_EXE_app-worker")),
            args: Vec::new(),
        },
        foreign_wallet_folders: Some(vec![folder.path().join("foreign")]),
        ..Options::default()
    }
}

/// A text inside of an answer.
#[track_caller]
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer} in {value:#}"))
        .to_owned()
}

/// Waits for a change that fits; fails after a while instead of hanging for ever.
pub(crate) async fn wait_for(
    changes: &mut Subscription,
    what: &str,
    mut fits: impl FnMut(&Change) -> bool,
) -> Change {
    let waiting = async {
        loop {
            let change = changes
                .next()
                .await
                .unwrap_or_else(|| panic!("the app ended before {what}"));
            if fits(&change) {
                return change;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(120), waiting)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
