//! Long tasks: what they are, how they stand, and the thread that drives each.
//!
//! Keeps true: a task ends in exactly one of finished, failed, paused or cancelled, and says so; progress goes out at most four times a second.

use std::{
    sync::Arc,
    time::{Duration, Instant as Stopwatch},
};

use jiff::Timestamp;

use super::work::{Handle, Job, Outcome, Signal};
use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    session::after,
    view::{
        Decimal, Done, ErrorView, Instant, NotificationKind, Sentence, SmeshingView, TaskArgs,
        TaskDevice, TaskKind, TaskState, TaskView, Tone,
    },
};

/// Least time between two progress changes of one task.
const PROGRESS_EVERY: Duration = Duration::from_millis(250);
/// Least time between two changes that make pages read the map of files again.
const MAP_EVERY: Duration = Duration::from_secs(1);
/// Ended tasks that stay on the list.
const ENDED_MAX: usize = 20;

/// A task.
pub(super) struct Task {
    pub(super) id: String,
    pub(super) identity: String,
    pub(super) kind: TaskKind,
    pub(super) state: TaskState,
    started: Timestamp,
    ended: Option<Timestamp>,
    done: u64,
    total: u64,
    unit: &'static str,
    rate: Option<f64>,
    seconds_left: Option<f64>,
    pub(super) paused_since: Option<Timestamp>,
    phase: Option<Sentence>,
    devices: Vec<TaskDevice>,
    warnings: Vec<Sentence>,
    error: Option<ErrorView>,
    result: Option<Sentence>,
    updated: Timestamp,
    told: Option<Stopwatch>,
    /// When the map of files was told last, and at which count.
    map_told: Option<(Stopwatch, u64)>,
    pub(super) handle: Option<Handle>,
}

/// Whether a task has work in hand.
pub(crate) fn is_active(task: &TaskView) -> bool {
    matches!(
        task.state,
        TaskState::Starting | TaskState::Running | TaskState::Pausing
    )
}

impl Task {
    pub(super) fn is_active(&self) -> bool {
        matches!(
            self.state,
            TaskState::Starting | TaskState::Running | TaskState::Pausing
        )
    }

    pub(super) fn view(&self) -> TaskView {
        let share = if self.total == 0 {
            0.0
        } else {
            (self.done as f64 / self.total as f64).min(1.0)
        };
        let running = self.state == TaskState::Running;
        let ends_at = self
            .seconds_left
            .filter(|left| running && left.is_finite())
            .map(|left| Instant::from_timestamp(after(self.updated, left.ceil() as i64)));
        TaskView {
            id: self.id.clone(),
            identity: Some(self.identity.clone()),
            kind: self.kind,
            title: title(self.kind),
            state: self.state,
            done: Decimal(self.done),
            total: Decimal(self.total),
            unit: self.unit.to_owned(),
            share,
            rate: self.rate.filter(|rate| running && *rate > 0.0),
            ends_at,
            paused_since: self.paused_since.map(Instant::from_timestamp),
            started_at: Instant::from_timestamp(self.started),
            ended_at: self.ended.map(Instant::from_timestamp),
            phase: self.phase.clone(),
            close_sentence: close_sentence(self.kind),
            devices: self.devices.clone(),
            error: self.error.clone(),
            warnings: self.warnings.clone(),
            result: self.result.clone(),
        }
    }

    /// A paused filling as it stands after a start, before anything runs.
    pub(super) fn paused(
        id: String,
        identity: String,
        done: u64,
        total: u64,
        since: Timestamp,
    ) -> Self {
        Self {
            state: TaskState::Paused,
            done,
            total,
            paused_since: Some(since),
            ..Self::new(id, identity, TaskKind::Fill, "bytes", since)
        }
    }

    fn new(
        id: String,
        identity: String,
        kind: TaskKind,
        unit: &'static str,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            identity,
            kind,
            state: TaskState::Starting,
            started: now,
            ended: None,
            done: 0,
            total: 0,
            unit,
            rate: None,
            seconds_left: None,
            paused_since: None,
            phase: None,
            devices: Vec::new(),
            warnings: Vec::new(),
            error: None,
            result: None,
            updated: now,
            told: None,
            map_told: None,
            handle: None,
        }
    }

    fn warn(&mut self, text: Sentence) {
        // The last word on each matter counts.
        self.warnings.retain(|known| {
            known.key != text.key || known.values.get("device") != text.values.get("device")
        });
        self.warnings.push(text);
    }
}

impl Inner {
    /// Starts a task for an identity that has none running.
    pub(super) fn start_task(
        self: &Arc<Self>,
        identity: &str,
        kind: TaskKind,
        job: Job,
    ) -> Result<String, AppError> {
        if self.stopping.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(AppError::new(ErrorCode::Busy));
        }
        let id = self.next_id("task-");
        let now = self.now();
        {
            let mut state = self.smeshing.state();
            if state
                .tasks
                .values()
                .any(|task| task.identity == identity && task.is_active())
            {
                return Err(AppError::with(
                    ErrorCode::Busy,
                    "Something is being done with this space already.",
                )
                .field("identity"));
            }
            // A task takes the place of an older one of its kind.
            state
                .tasks
                .retain(|_, task| task.identity != identity || task.kind != kind);
            drop_oldest(&mut state.tasks);
            state.tasks.insert(
                id.clone(),
                Task::new(id.clone(), identity.to_owned(), kind, unit(kind), now),
            );
        }
        let spawned = {
            let inner = self.clone();
            let id = id.clone();
            super::work::start(
                &self.smeshing.worker,
                self.settings_view().low_priority,
                job,
                move |signal| inner.on_signal(&id, signal),
            )
        };
        match spawned {
            Ok(handle) => {
                if let Some(task) = self.smeshing.state().tasks.get_mut(&id) {
                    task.handle = Some(handle);
                }
            }
            Err(error) => self.on_signal(&id, Signal::Ended(Outcome::Failed(error))),
        }
        self.tell(Change::Smeshing {});
        Ok(id)
    }

    /// What the process that works says. Called from the thread that listens to it.
    fn on_signal(self: &Arc<Self>, id: &str, signal: Signal) {
        let now = self.now();
        let mut ended = None;
        let mut map_moved = false;
        let mut warned = None;
        let view = {
            let mut state = self.smeshing.state();
            let Some(task) = state.tasks.get_mut(id) else {
                return;
            };
            let always = match signal {
                Signal::Progress(progress) => {
                    let before = task.state;
                    if task.state == TaskState::Starting {
                        task.state = TaskState::Running;
                    }
                    if task.state == TaskState::Pausing && progress.paused {
                        task.state = TaskState::Paused;
                        task.paused_since = Some(now);
                    }
                    (task.done, task.total) = (progress.done, progress.total);
                    (task.rate, task.seconds_left) = (progress.rate, progress.seconds_left);
                    task.phase = progress.phase;
                    if let Some(devices) = progress.devices {
                        task.devices = devices;
                    }
                    task.updated = now;
                    // The map of files lives, but once a second is enough.
                    let stale = task.map_told.is_none_or(|(told, done)| {
                        done != task.done && told.elapsed() >= MAP_EVERY
                    });
                    if task.kind == TaskKind::Fill && stale {
                        task.map_told = Some((Stopwatch::now(), task.done));
                        map_moved = true;
                    }
                    before != task.state
                }
                Signal::Warning(text) => {
                    task.warn(text.clone());
                    warned = Some((task.identity.clone(), text));
                    true
                }
                Signal::Ended(outcome) => {
                    task.handle = None;
                    task.rate = None;
                    task.seconds_left = None;
                    task.ended = Some(now);
                    match &outcome {
                        Outcome::Finished(_) => {
                            task.state = TaskState::Finished;
                            task.done = task.total;
                        }
                        Outcome::Stopped if task.kind == TaskKind::Fill => {
                            task.state = TaskState::Paused;
                            task.ended = None;
                            task.paused_since.get_or_insert(now);
                        }
                        Outcome::Stopped => task.state = TaskState::Cancelled,
                        Outcome::Failed(error) => {
                            task.state = TaskState::Failed;
                            task.error = Some(error.view());
                        }
                    }
                    ended = Some((task.identity.clone(), task.kind, outcome));
                    true
                }
            };
            let due = task
                .told
                .is_none_or(|told| told.elapsed() >= PROGRESS_EVERY);
            if !always && !due && !map_moved {
                return;
            }
            task.told = Some(Stopwatch::now());
            task.view()
        };
        self.tell(Change::Task { task: view });
        if map_moved {
            self.tell(Change::Smeshing {});
        }
        if let Some((identity, text)) = warned {
            self.record_warning(&identity, text);
        }
        if let Some((identity, kind, outcome)) = ended {
            self.on_ended(id, &identity, kind, outcome);
        }
    }

    /// What happened to a device or to the process is remembered; what was mended on opening is only shown.
    fn record_warning(&self, identity: &str, text: Sentence) {
        let (kind, code) = match text.key.as_str() {
            "task.worker_restarted" => ("worker_died", ErrorCode::WorkerDied),
            "task.device_failed" => ("device_lost", ErrorCode::DeviceLost),
            "task.wrong_labels" => ("wrong_labels", ErrorCode::WrongLabels),
            _ => return,
        };
        self.record_event(
            Some(identity),
            kind,
            Tone::Warning,
            text,
            Some(code.remedy()),
        );
    }

    fn on_ended(self: &Arc<Self>, id: &str, identity: &str, kind: TaskKind, outcome: Outcome) {
        let result = match outcome {
            Outcome::Finished(what) => self.task_finished(identity, kind, what),
            Outcome::Stopped => {
                tracing::info!(identity, ?kind, "a task was stopped");
                None
            }
            Outcome::Failed(error) => {
                tracing::warn!(identity, ?kind, code = %error.code.name(), message = %error.message, "a task failed");
                let text = failed(kind, &error);
                let (event, notification) = if kind == TaskKind::Fill {
                    ("filling_stopped", NotificationKind::FillingStopped)
                } else {
                    ("task_failed", NotificationKind::TaskEnded)
                };
                self.record_event(
                    Some(identity),
                    event,
                    Tone::Failed,
                    text.clone(),
                    Some(error.code.remedy()),
                );
                self.notify(notification, text, kind == TaskKind::Fill);
                None
            }
        };
        if let Some(result) = result {
            let view = {
                let mut state = self.smeshing.state();
                state.tasks.get_mut(id).map(|task| {
                    task.result = Some(result);
                    task.view()
                })
            };
            if let Some(task) = view {
                self.tell(Change::Task { task });
            }
        }
        self.tell(Change::Smeshing {});
        self.tell(Change::Notices {});
    }

    pub(crate) fn cancel_task(self: &Arc<Self>, args: TaskArgs) -> Result<SmeshingView, AppError> {
        {
            let state = self.smeshing.state();
            let task = state
                .tasks
                .get(&args.task)
                .filter(|task| task.is_active())
                .ok_or_else(|| AppError::new(ErrorCode::TaskNotFound).field("task"))?;
            if task.kind == TaskKind::Fill {
                return Err(AppError::with(
                    ErrorCode::BadArguments,
                    "Filling is paused, not cancelled.",
                )
                .field("task"));
            }
            if let Some(handle) = &task.handle {
                handle.stop();
            }
        }
        self.smeshing(Done {})
    }

    pub(crate) fn dismiss_task(self: &Arc<Self>, args: TaskArgs) -> Result<SmeshingView, AppError> {
        {
            let mut state = self.smeshing.state();
            let ended = state.tasks.get(&args.task).is_some_and(|task| {
                matches!(
                    task.state,
                    TaskState::Finished | TaskState::Failed | TaskState::Cancelled
                )
            });
            if !ended {
                return Err(AppError::new(ErrorCode::TaskNotFound).field("task"));
            }
            state.tasks.remove(&args.task);
        }
        self.tell(Change::Smeshing {});
        self.smeshing(Done {})
    }

    /// Stops every task and waits until its work is recorded.
    pub(crate) fn stop_tasks(&self) {
        self.drop_measurement();
        let handles: Vec<Handle> = self
            .smeshing
            .state()
            .tasks
            .values_mut()
            .filter_map(|task| task.handle.clone())
            .collect();
        for handle in &handles {
            handle.stop();
        }
        for handle in handles {
            handle.wait();
        }
    }
}

fn drop_oldest(tasks: &mut std::collections::BTreeMap<String, Task>) {
    let mut ended: Vec<(Timestamp, String)> = tasks
        .values()
        .filter(|task| !task.is_active() && task.state != TaskState::Paused)
        .map(|task| (task.started, task.id.clone()))
        .collect();
    ended.sort();
    let surplus = ended.len().saturating_sub(ENDED_MAX);
    for (_, id) in ended.into_iter().take(surplus) {
        tasks.remove(&id);
    }
}

const fn unit(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Fill | TaskKind::Move | TaskKind::Delete => "bytes",
        TaskKind::Check | TaskKind::Repair | TaskKind::Measure => "labels",
    }
}

fn title(kind: TaskKind) -> Sentence {
    let (key, text) = match kind {
        TaskKind::Fill => ("fill", "Filling"),
        TaskKind::Check => ("check", "Checking the data"),
        TaskKind::Repair => ("repair", "Repairing"),
        TaskKind::Move => ("move", "Moving"),
        TaskKind::Delete => ("delete", "Deleting"),
        TaskKind::Measure => ("measure", "Measuring this computer"),
    };
    Sentence::new(&format!("task.{key}"), text, [])
}

fn close_sentence(kind: TaskKind) -> Sentence {
    let (key, text) = match kind {
        TaskKind::Fill => (
            "fill",
            "If you close Smapp, filling stops and goes on from the same place next time.",
        ),
        TaskKind::Check => (
            "check",
            "If you close Smapp, the check ends; start it again at any time.",
        ),
        TaskKind::Repair => (
            "repair",
            "If you close Smapp, what is repaired stays; repair the rest later.",
        ),
        TaskKind::Move => (
            "move",
            "If you close Smapp, the data stays where it was; moving goes on from there next time.",
        ),
        TaskKind::Delete => (
            "delete",
            "If you close Smapp, the rest stays until you delete it.",
        ),
        TaskKind::Measure => ("measure", "If you close Smapp, measure again next time."),
    };
    Sentence::new(&format!("task.close_{key}"), text, [])
}

fn failed(kind: TaskKind, error: &AppError) -> Sentence {
    let what = match kind {
        TaskKind::Fill => "Filling stopped",
        TaskKind::Check => "The check stopped",
        TaskKind::Repair => "Repairing stopped",
        TaskKind::Move => "Moving stopped",
        TaskKind::Delete => "Deleting stopped",
        TaskKind::Measure => "Measuring stopped",
    };
    let mut reason = error.message.chars();
    let small: String = reason
        .next()
        .map(|first| first.to_lowercase().collect::<String>())
        .unwrap_or_default();
    Sentence::new(
        "event.failed",
        format!("{what}: {small}{}", reason.as_str()),
        [("reason", error.message.clone())],
    )
}
