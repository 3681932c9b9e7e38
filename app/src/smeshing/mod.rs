//! Committed space: identities, folders, devices, and the long tasks that fill, check, repair, move and delete.
//!
//! Keeps true: labels are computed in a process of their own, so that a graphics driver takes nothing along; one identity has one record and
//! at most one task; what a person started goes on after a restart; no key of an identity leaves its file.

mod events;
mod folders;
mod forecast;
mod identities;
mod measure;
mod providers;
mod record;
mod removal;
mod setup;
mod tasks;
mod upkeep;
mod view;
mod work;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, atomic::AtomicBool},
};

use events::EventLog;
use measure::Measured;
use record::Record;
use tasks::Task;

pub(crate) use tasks::is_active;

use crate::{
    app::{WorkerCommand, guard},
    storage::DataFolder,
    view::{TaskKind, TaskView},
};

/// Everything about committed space.
pub(crate) struct Smeshing {
    folder: PathBuf,
    identities: PathBuf,
    worker: WorkerCommand,
    /// The gentle hours of the settings, as told to the devices last.
    gentle_hours: AtomicBool,
    state: Mutex<State>,
}

/// What changes. Taken alone, never while another lock is held.
pub(crate) struct State {
    /// Records of committed space by identity (hex).
    records: BTreeMap<String, Record>,
    /// Tasks by id, running, paused and ended.
    tasks: BTreeMap<String, Task>,
    events: EventLog,
    measured: Measured,
}

impl Smeshing {
    pub(crate) fn load(folder: &DataFolder, worker: WorkerCommand) -> Self {
        let path = folder.smeshing();
        let state = State {
            records: record::load_all(&path),
            tasks: BTreeMap::new(),
            events: EventLog::load(&path),
            measured: Measured::load(&path),
        };
        Self {
            folder: path,
            identities: folder.identities(),
            worker,
            gentle_hours: AtomicBool::new(false),
            state: Mutex::new(state),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        guard(&self.state)
    }

    /// All tasks as they stand.
    pub(crate) fn tasks(&self) -> Vec<TaskView> {
        self.state().tasks.values().map(Task::view).collect()
    }

    /// Folders that are being filled right now.
    pub(crate) fn filling_folders(&self) -> Vec<PathBuf> {
        let state = self.state();
        let filling = state
            .tasks
            .values()
            .filter(|task| task.kind == TaskKind::Fill && task.is_active());
        filling
            .filter_map(|task| state.records.get(&task.identity))
            .map(|record| record.folder.clone())
            .collect()
    }

    /// Whether anything was ever set up here.
    pub(crate) fn is_empty(&self) -> bool {
        self.state().records.is_empty()
            && std::fs::read_dir(&self.identities)
                .map_or(true, |mut entries| entries.next().is_none())
    }
}
