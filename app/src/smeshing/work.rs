//! The process that fills, checks and repairs, and what it says.
//!
//! Keeps true: a driver that crashes takes only that process; it is started again and goes on from what is on the disk. Copying needs no
//! driver and runs on a thread here.

use std::{
    ops::Range,
    path::PathBuf,
    process::Command,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant as Stopwatch,
};

use post_gpu::{
    control::Control,
    device::CPU_DEVICE_ID,
    init::{DeviceState, InitError, InitEvent, InitOptions, InitState, Notice},
    params::{LABEL_SIZE, PostParams, ScryptN},
    relocate::{RelocateError, copy_and_compare},
    verify_data::{self, USUAL_SAMPLE},
    worker::{
        self, Client, Failure, InitRequest, RepairRequest, Reply, Request, Steer, Steering,
        VerifyRequest, WorkerError, WorkerEvent,
    },
};
use spacemesh_types::config::PostSettings;

use crate::{
    app::{WorkerCommand, guard},
    error::{AppError, ErrorCode},
    session::sentence,
    view::{BadRange, Decimal, DeviceChoice, Sentence, TaskDevice},
};

/// How often a process that dies without getting on is started again.
const RESTARTS: u32 = 3;

/// What is to be done.
pub(super) enum Job {
    /// Fill a folder.
    Fill {
        folder: PathBuf,
        /// Hex.
        identity: String,
        /// Hex.
        commitment_atx: String,
        post: PostSettings,
        units: u32,
        max_file_bytes: u64,
        devices: Vec<DeviceChoice>,
        tuning: PathBuf,
    },
    /// Compare labels on the disk.
    Check {
        folder: PathBuf,
        scrypt_n: u64,
        extent: Extent,
        seed: u64,
        devices: Vec<DeviceChoice>,
    },
    /// Make wrong labels again.
    Repair {
        folder: PathBuf,
        scrypt_n: u64,
        ranges: Vec<Range<u64>>,
        devices: Vec<DeviceChoice>,
    },
    /// Copy and compare.
    Move { from: PathBuf, to: PathBuf },
}

/// How much to check.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extent {
    Sample,
    All,
}

/// What is said meanwhile.
pub(super) enum Signal {
    Progress(Progress),
    Warning(Sentence),
    Ended(Outcome),
}

/// How far it is.
pub(super) struct Progress {
    pub(super) done: u64,
    pub(super) total: u64,
    pub(super) rate: Option<f64>,
    pub(super) seconds_left: Option<f64>,
    pub(super) paused: bool,
    pub(super) phase: Option<Sentence>,
    pub(super) devices: Option<Vec<TaskDevice>>,
}

/// How it ended.
pub(super) enum Outcome {
    Finished(Finished),
    /// Stopped by the person, or because the app ends.
    Stopped,
    Failed(AppError),
}

/// What was achieved.
pub(super) enum Finished {
    Filled {
        complete: bool,
        bytes: u64,
        seconds: f64,
    },
    Checked {
        checked: u64,
        bad: Vec<BadRange>,
        more_likely: bool,
    },
    Repaired {
        labels: u64,
    },
    Moved {
        to: PathBuf,
        bytes: u64,
    },
}

/// Steers what runs. Clones steer the same.
#[derive(Clone)]
pub(super) struct Handle {
    stopped: Arc<AtomicBool>,
    steering: Option<Steering>,
    copying: Arc<Control>,
    devices: Arc<Mutex<Vec<DeviceChoice>>>,
    ended: Arc<(Mutex<bool>, Condvar)>,
}

impl Handle {
    /// Ends it; what is done is kept.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.copying.cancel();
        if let Some(steering) = &self.steering {
            steering.tell(Steer::Cancel);
        }
    }

    /// Waits until it has ended and told so.
    pub(super) fn wait(&self) {
        let (ended, changed) = &*self.ended;
        let mut ended = guard(ended);
        while !*ended {
            ended = changed
                .wait(ended)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    /// Lets devices join and leave.
    pub(super) fn set_devices(&self, wanted: &[DeviceChoice]) {
        let Some(steering) = &self.steering else {
            return;
        };
        let mut devices = guard(&self.devices);
        for gone in devices
            .iter()
            .filter(|device| !wanted.iter().any(|other| other.id == device.id))
        {
            steering.tell(Steer::RemoveDevice {
                device: gone.id.clone(),
            });
        }
        for device in wanted {
            let known = devices.iter().find(|known| known.id == device.id);
            if known.is_none() {
                steering.tell(Steer::AddDevice(choice(device)));
            }
            if known.is_none_or(|known| known.gentle != device.gentle) {
                steering.tell(Steer::Gentle {
                    device: device.id.clone(),
                    on: device.gentle,
                });
            }
        }
        *devices = wanted.to_vec();
    }

    fn end(&self) {
        let (ended, changed) = &*self.ended;
        *guard(ended) = true;
        changed.notify_all();
    }
}

/// Starts a job on a thread of its own. `tell` is called from that thread, last with [`Signal::Ended`].
pub(super) fn start(
    worker: &WorkerCommand,
    low_priority: bool,
    job: Job,
    mut tell: impl FnMut(Signal) + Send + 'static,
) -> Result<Handle, AppError> {
    let client = (!matches!(job, Job::Move { .. })).then(|| client(worker, low_priority));
    let devices = match &job {
        Job::Fill { devices, .. } => devices.clone(),
        Job::Check { .. } | Job::Repair { .. } | Job::Move { .. } => Vec::new(),
    };
    let handle = Handle {
        stopped: Arc::default(),
        steering: client.as_ref().map(Client::steering),
        copying: Arc::default(),
        devices: Arc::new(Mutex::new(devices)),
        ended: Arc::default(),
    };
    let inside = handle.clone();
    std::thread::Builder::new()
        .name("post-task".to_owned())
        .spawn(move || {
            let work =
                std::panic::AssertUnwindSafe(|| run(client.as_ref(), job, &inside, &mut tell));
            let outcome = std::panic::catch_unwind(work)
                .unwrap_or_else(|_| Outcome::Failed(AppError::new(ErrorCode::Internal)));
            // The process ends before anybody is told, so that its lock on the folder is free.
            drop(client);
            tell(Signal::Ended(outcome));
            // Whoever waits may open the data folder again at once.
            drop(tell);
            inside.end();
        })
        .map_err(|error| {
            AppError::with(
                ErrorCode::Internal,
                format!("No thread could be started: {error}."),
            )
        })?;
    Ok(handle)
}

/// A client of a fresh process.
pub(super) fn client(worker: &WorkerCommand, low_priority: bool) -> Client {
    let worker = worker.clone();
    Client::new(move || {
        let mut command = if low_priority {
            gentle_command(&worker.program)
        } else {
            Command::new(&worker.program)
        };
        command.args(&worker.args);
        command
    })
}

/// Lets everything else on this computer go first.
#[cfg(unix)]
fn gentle_command(program: &std::path::Path) -> Command {
    // `nice` becomes the program: the process that is ended later is the right one.
    let mut command = Command::new("nice");
    command.args(["-n", "10"]).arg(program);
    command
}

/// Lets everything else on this computer go first.
#[cfg(windows)]
fn gentle_command(program: &std::path::Path) -> Command {
    use std::os::windows::process::CommandExt as _;
    const BELOW_NORMAL_PRIORITY_CLASS: u32 = 0x4000;
    let mut command = Command::new(program);
    command.creation_flags(BELOW_NORMAL_PRIORITY_CLASS);
    command
}

fn run(
    client: Option<&Client>,
    job: Job,
    handle: &Handle,
    tell: &mut dyn FnMut(Signal),
) -> Outcome {
    let request = match job {
        Job::Move { from, to } => return copy(&from, to, handle, tell),
        job => match request(job) {
            Ok(request) => request,
            Err(error) => return Outcome::Failed(error),
        },
    };
    let Some(client) = client else {
        return Outcome::Failed(AppError::new(ErrorCode::Internal));
    };
    if handle.stopped.load(Ordering::SeqCst) {
        return Outcome::Stopped;
    }
    let mut told_again = false;
    let mut rate = Rate::default();
    let reply = client.call_restarting(&request, RESTARTS, &mut |event| {
        if handle.stopped.load(Ordering::SeqCst) && !told_again {
            // The wish may have come before the process listened.
            told_again = true;
            client.steering().tell(Steer::Cancel);
        }
        if let Some(signal) = signal(event, &mut rate) {
            tell(signal);
        }
    });
    match reply {
        Ok(reply) => finished(reply),
        Err(WorkerError::Failed(failure)) if failure.code == "cancelled" => Outcome::Stopped,
        Err(_) if handle.stopped.load(Ordering::SeqCst) => Outcome::Stopped,
        Err(error) => Outcome::Failed(worker_error(error)),
    }
}

fn request(job: Job) -> Result<Request, AppError> {
    Ok(match job {
        Job::Fill {
            folder,
            identity,
            commitment_atx,
            post,
            units,
            max_file_bytes,
            devices,
            tuning,
        } => {
            let params = params(&post)?;
            let mut options = InitOptions::new(
                folder,
                bytes32(&identity)?,
                bytes32(&commitment_atx)?,
                params,
                units,
            );
            options.max_file_size = max_file_bytes;
            let mut request = InitRequest::new(&options, devices.iter().map(choice).collect());
            request.gentle = devices
                .iter()
                .filter(|device| device.gentle)
                .map(|device| device.id.clone())
                .collect();
            request.tuning_file = Some(tuning);
            Request::Init(request)
        }
        Job::Check {
            folder,
            scrypt_n,
            extent,
            seed,
            devices,
        } => Request::Verify(VerifyRequest {
            dir: folder,
            scrypt: scrypt(scrypt_n)?.get(),
            extent: match extent {
                Extent::Sample => verify_data::Extent::Sample {
                    labels: USUAL_SAMPLE,
                },
                Extent::All => verify_data::Extent::Whole,
            },
            from_file: 0,
            to_file: None,
            seed,
            threads: None,
            // A sample runs on the processor; everything is faster with all devices.
            devices: if matches!(extent, Extent::All) {
                devices.iter().map(choice).collect()
            } else {
                Vec::new()
            },
        }),
        Job::Repair {
            folder,
            scrypt_n,
            ranges,
            devices,
        } => Request::Repair(RepairRequest {
            dir: folder,
            scrypt: scrypt(scrypt_n)?.get(),
            ranges,
            devices: devices.iter().map(choice).collect(),
        }),
        Job::Move { .. } => return Err(AppError::new(ErrorCode::Internal)),
    })
}

/// The parameters of a network as the crate of proofs has them.
pub(super) fn params(post: &PostSettings) -> Result<PostParams, AppError> {
    let small = |value: u64, key: &str| {
        u32::try_from(value)
            .map_err(|_| AppError::with(ErrorCode::ConfigInvalid, format!("{key} is too large.")))
    };
    if (post.scrypt_r, post.scrypt_p) != (1, 1) {
        return Err(AppError::with(
            ErrorCode::ConfigInvalid,
            "Labels with scrypt r or p other than 1 are not known.",
        ));
    }
    Ok(PostParams {
        min_num_units: post.min_num_units,
        max_num_units: post.max_num_units,
        labels_per_unit: post.labels_per_unit,
        k1: small(post.k1, "post.post-k1")?,
        k2: small(post.k2, "post.post-k2")?,
        k3: small(post.k3, "post.post-k3")?,
        pow_difficulty: post.pow_difficulty,
        scrypt: scrypt(post.scrypt_n)?,
    })
}

pub(super) fn scrypt(n: u64) -> Result<ScryptN, AppError> {
    let n = u32::try_from(n).unwrap_or(0);
    ScryptN::new(n)
        .map_err(|error| AppError::with(ErrorCode::ConfigInvalid, sentence(&error.to_string())))
}

fn bytes32(text: &str) -> Result<[u8; 32], AppError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes)
        .map_err(|_| AppError::with(ErrorCode::BadArguments, "64 hex digits are needed."))?;
    Ok(bytes)
}

fn choice(device: &DeviceChoice) -> worker::DeviceChoice {
    if device.id == CPU_DEVICE_ID {
        worker::DeviceChoice::Cpu {
            threads: None,
            kernel: None,
        }
    } else {
        worker::DeviceChoice::Gpu {
            id: device.id.clone(),
        }
    }
}

/// Rate of a task that only tells counts.
#[derive(Default)]
struct Rate {
    since: Option<(Stopwatch, u64)>,
}

impl Rate {
    fn per_second(&mut self, done: u64) -> Option<f64> {
        let (since, first) = *self.since.get_or_insert_with(|| (Stopwatch::now(), done));
        let seconds = since.elapsed().as_secs_f64();
        (seconds > 1.0).then(|| done.saturating_sub(first) as f64 / seconds)
    }
}

fn signal(event: WorkerEvent, rate: &mut Rate) -> Option<Signal> {
    match event {
        WorkerEvent::Init(event) => init_signal(event),
        WorkerEvent::Verify(progress) => Some(counted(progress.checked, progress.total, rate)),
        WorkerEvent::Restarted { reason } => {
            tracing::warn!(reason, "the process that fills or checks was started again");
            Some(Signal::Warning(Sentence::new(
                "task.worker_restarted",
                "The process that does the work stopped unexpectedly and was started again. At most one batch per device is made again.",
                [],
            )))
        }
        _ => None,
    }
}

fn counted(done: u64, total: u64, rate: &mut Rate) -> Signal {
    let rate = rate.per_second(done);
    let seconds_left = rate
        .filter(|rate| *rate > 0.0)
        .map(|rate| total.saturating_sub(done) as f64 / rate);
    Signal::Progress(Progress {
        done,
        total,
        rate,
        seconds_left,
        paused: false,
        phase: None,
        devices: None,
    })
}

fn init_signal(event: InitEvent) -> Option<Signal> {
    match event {
        InitEvent::Progress(progress) => {
            let phase = match progress.state {
                InitState::SearchingNonce => Some(Sentence::new(
                    "task.searching_nonce",
                    format!(
                        "All labels are there. Searching a VRF nonce beyond them, {} tried.",
                        progress.searched
                    ),
                    [("searched", progress.searched.to_string())],
                )),
                InitState::Waiting => Some(Sentence::new(
                    "task.waiting_for_device",
                    "Waits for a device: choose the processor or a graphics card.",
                    [],
                )),
                InitState::Filling
                | InitState::Paused
                | InitState::Complete
                | InitState::Stopped => None,
            };
            let device = |device: &post_gpu::init::DeviceProgress| {
                let (state, message) = match &device.state {
                    DeviceState::Working => ("working", None),
                    DeviceState::Removed => ("stopped", None),
                    DeviceState::Failed { reason } if device.wrong_labels > 0 => {
                        ("wrong_labels", Some(sentence(reason)))
                    }
                    DeviceState::Failed { reason } => ("lost", Some(sentence(reason))),
                };
                TaskDevice {
                    id: device.info.id.clone(),
                    name: device.info.name.clone(),
                    rate: (device.labels_per_second > 0.0).then_some(device.labels_per_second),
                    done: Decimal(device.labels),
                    gentle: device.gentle,
                    state: state.to_owned(),
                    message,
                }
            };
            Some(Signal::Progress(Progress {
                done: progress.done.saturating_mul(LABEL_SIZE),
                total: progress.total.saturating_mul(LABEL_SIZE),
                rate: Some(progress.labels_per_second * LABEL_SIZE as f64),
                seconds_left: progress.seconds_left,
                paused: progress.state == InitState::Paused,
                phase,
                devices: Some(progress.devices.iter().map(device).collect()),
            }))
        }
        InitEvent::WrongLabel { device, times, .. } => Some(Signal::Warning(Sentence::new(
            "task.wrong_labels",
            format!("{device} returned wrong labels {times} times. Nothing wrong was kept."),
            [("device", device), ("times", times.to_string())],
        ))),
        InitEvent::DeviceFailed { device, reason } => Some(Signal::Warning(Sentence::new(
            "task.device_failed",
            sentence(&reason),
            [("device", device), ("reason", reason)],
        ))),
        InitEvent::Notice(notice) => notice_sentence(&notice).map(Signal::Warning),
        _ => None,
    }
}

fn notice_sentence(notice: &Notice) -> Option<Sentence> {
    let sentence =
        |key: &str, text: String| Some(Sentence::new(&format!("task.notice_{key}"), text, []));
    match notice {
        Notice::ShortFile { file, .. } => sentence(
            "short_file",
            format!("{file} is shorter than it was; its missing labels are made again."),
        ),
        Notice::TornTail { file, .. } => sentence(
            "torn_tail",
            format!("The end of {file} was not on the disk; that part is made again."),
        ),
        Notice::StrayBytes { file, bytes } => sentence(
            "stray_bytes",
            format!("{file} ended within a label; {bytes} bytes were cut off."),
        ),
        Notice::RangeMapUnusable { .. } => sentence(
            "range_map",
            "The list of what is done could not be used; unfinished files are made again."
                .to_owned(),
        ),
        Notice::NonceDropped { .. } => sentence(
            "nonce_dropped",
            "The stored VRF nonce is not valid for this size; another one is searched.".to_owned(),
        ),
        Notice::NoLock => sentence(
            "no_lock",
            "This drive can't be locked: don't start a second program on the folder.".to_owned(),
        ),
        _ => None,
    }
}

fn finished(reply: Reply) -> Outcome {
    match reply {
        Reply::Init(summary) if !summary.complete => Outcome::Stopped,
        Reply::Init(summary) => Outcome::Finished(Finished::Filled {
            complete: true,
            bytes: summary.total.saturating_mul(LABEL_SIZE),
            seconds: summary.seconds,
        }),
        Reply::Verify(report) => {
            let wrong = report.bad.iter().map(|range| BadRange {
                first_label: Decimal(range.start),
                labels: Decimal(range.end - range.start),
                file: 0,
                reason: "wrong_label".to_owned(),
            });
            let files = report.files.iter().map(|problem| BadRange {
                first_label: Decimal(0),
                labels: Decimal(
                    problem.expected.saturating_sub(problem.found.unwrap_or(0)) / LABEL_SIZE,
                ),
                file: post_gpu::files::parse_file_name(&problem.file).unwrap_or(0),
                reason: if problem.found.is_some() {
                    "short_file"
                } else {
                    "missing_file"
                }
                .to_owned(),
            });
            Outcome::Finished(Finished::Checked {
                checked: report.checked,
                bad: wrong.chain(files).collect(),
                more_likely: report.more_likely,
            })
        }
        Reply::Repair(repaired) => Outcome::Finished(Finished::Repaired {
            labels: repaired.labels(),
        }),
        _ => Outcome::Failed(AppError::with(
            ErrorCode::Internal,
            "The process answered something else than was asked.",
        )),
    }
}

fn copy(
    from: &std::path::Path,
    to: PathBuf,
    handle: &Handle,
    tell: &mut dyn FnMut(Signal),
) -> Outcome {
    let mut rate = Rate::default();
    let copied = copy_and_compare(from, &to, &handle.copying, &mut |progress| {
        // Copying is one half of the way, comparing the other.
        tell(counted(
            progress.copied.saturating_add(progress.compared),
            progress.total.saturating_mul(2),
            &mut rate,
        ));
    });
    match copied {
        Ok(bytes) => Outcome::Finished(Finished::Moved { to, bytes }),
        Err(_) if handle.stopped.load(Ordering::SeqCst) => Outcome::Stopped,
        Err(error) => Outcome::Failed(relocate_error(&error)),
    }
}

/// Why the process gave nothing, as a person sees it.
pub(super) fn worker_error(error: WorkerError) -> AppError {
    match error {
        WorkerError::Failed(failure) => failure_error(&failure),
        WorkerError::Died { .. } => AppError::new(ErrorCode::WorkerDied),
        other => AppError::with(ErrorCode::WorkerDied, sentence(&other.to_string())),
    }
}

fn failure_error(failure: &Failure) -> AppError {
    AppError::with(code(&failure.code), sentence(&failure.message))
}

/// The error of this app for a stable code of the crate of proofs.
fn code(code: &str) -> ErrorCode {
    match code {
        "params" | "vrf_nonce" | "files" => ErrorCode::InvalidSize,
        "metadata" => ErrorCode::MetadataDamaged,
        "metadata_missing" => ErrorCode::NoSpaceData,
        "mismatch" | "too_long" | "needs_growing" | "needs_shrinking" => ErrorCode::SpaceMismatch,
        "locked" => ErrorCode::FolderInUse,
        "no_space" => ErrorCode::NotEnoughSpace,
        "disk_full" => ErrorCode::DiskFull,
        "read_only" => ErrorCode::ReadOnly,
        "no_device" | "devices_failed" | "device_unusable" => ErrorCode::NoProvider,
        "device_lost" | "device_memory" => ErrorCode::DeviceLost,
        "wrong_labels" => ErrorCode::WrongLabels,
        "absent" => ErrorCode::SpaceIncomplete,
        "randomx" => ErrorCode::PowUnavailable,
        _ => ErrorCode::IoFailed,
    }
}

/// An error of a data folder as a person sees it.
pub(super) fn init_error(error: &InitError) -> AppError {
    let code = match error {
        InitError::Mismatch {
            parameter: "NodeId",
            ..
        } => ErrorCode::IdentityMismatch,
        other => code(other.code()),
    };
    AppError::with(code, sentence(&error.to_string()))
}

fn relocate_error(error: &RelocateError) -> AppError {
    match error {
        RelocateError::Storage(error) => init_error(error),
        RelocateError::NotEmpty { .. } | RelocateError::SamePlace { .. } => {
            AppError::with(ErrorCode::FolderNotEmpty, sentence(&error.to_string()))
        }
        other => AppError::with(ErrorCode::IoFailed, sentence(&other.to_string())),
    }
}
