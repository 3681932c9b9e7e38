//! Measuring this computer, and the proposal that follows.
//!
//! Keeps true: figures come from the process that may crash; what was measured last is kept and says when; a proposal only uses measured
//! figures and tells its basis.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use post_gpu::{
    device::{CPU_DEVICE_ID, DeviceKind},
    gpu::Provider,
    measure::{
        MeasureStep, MeasuredDevice, Measurement, NONCE_CHOICES, Proposal, Wishes,
        one_pass_probability, proof_time, propose,
    },
    params::DEFAULT_FILE_SIZE,
    worker::{MeasureRequest, Reply, Request, Steer, Steering, WorkerEvent},
};
use serde::{Deserialize, Serialize};

use super::{
    forecast::{self, forecast_view},
    work,
};
use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    storage::{Access, read_limited, replace},
    view::{Decimal, Done, FolderProblem, MeasureArgs, ProposalView, ProvingChoice, Sentence},
};

/// Name of the file with the last figures.
const FILE: &str = "measurement.json";
/// Largest file read, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Bytes written and read on a drive without data of ours.
const DISK_BYTES: u64 = 256 << 20;

/// Figures and what is known of devices.
#[derive(Default)]
pub(super) struct Measured {
    path: PathBuf,
    pub(super) last: Option<Kept>,
    pub(super) providers: Option<Vec<Provider>>,
    running: Option<Running>,
    /// Folder of the last measurement or wish.
    folder: Option<PathBuf>,
}

/// Figures and when they were taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kept {
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) measurement: Measurement,
}

/// A measurement that runs.
struct Running {
    id: u64,
    steering: Steering,
    steps: u32,
    expected: u32,
    step: Option<Sentence>,
    /// Devices whose figures are known already.
    devices: Vec<MeasuredDevice>,
}

impl Measured {
    pub(super) fn load(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let last = read_limited(&path, FILE_BYTES_MAX)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self {
            path,
            last,
            ..Self::default()
        }
    }

    /// Devices that a proposal ticks: cards faster than the processor, else the processor. None before measuring.
    pub(super) fn proposed_devices(&self) -> Option<Vec<String>> {
        let measurement = &self.last.as_ref()?.measurement;
        let rate = |id: &str| {
            measurement
                .devices
                .iter()
                .find(|device| device.info.id == id)
                .and_then(|device| device.labels_per_second.as_ref())
                .map(|figure| figure.value)
        };
        let cpu = rate(CPU_DEVICE_ID).unwrap_or(0.0);
        let cards: Vec<String> = measurement
            .devices
            .iter()
            .filter(|device| {
                device.unusable.is_none()
                    && !matches!(device.info.kind, DeviceKind::Cpu | DeviceKind::Software)
            })
            .filter(|device| {
                device
                    .labels_per_second
                    .as_ref()
                    .is_some_and(|figure| figure.value > cpu)
            })
            .map(|device| device.info.id.clone())
            .collect();
        Some(if cards.is_empty() {
            vec![CPU_DEVICE_ID.to_owned()]
        } else {
            cards
        })
    }
}

/// The rate of a device as measured last, and when; `now` stands for the measurement that runs.
pub(super) fn rate_of(measured: &Measured, id: &str, now: i64) -> Option<(f64, i64)> {
    let rate = |devices: &[MeasuredDevice]| {
        devices
            .iter()
            .find(|device| device.info.id == id)
            .and_then(|device| device.labels_per_second.as_ref())
            .map(|figure| figure.value)
    };
    let running = measured
        .running
        .as_ref()
        .and_then(|running| rate(&running.devices))
        .map(|rate| (rate, now));
    running.or_else(|| {
        let kept = measured.last.as_ref()?;
        rate(&kept.measurement.devices).map(|rate| (rate, kept.at))
    })
}

impl Inner {
    pub(crate) fn measure(self: &Arc<Self>, args: MeasureArgs) -> Result<ProposalView, AppError> {
        if !(1..=120).contains(&args.seconds) {
            return Err(AppError::with(
                ErrorCode::BadArguments,
                "Measuring takes 1 to 120 seconds.",
            )
            .field("seconds"));
        }
        let folder = match &args.folder {
            Some(folder) => super::folders::absolute(folder)?,
            None => self.proposed_folder(),
        };
        let scrypt = work::scrypt(self.network_in_use().post().scrypt_n)?.get();
        let providers = self.providers(Done {})?.providers.len();
        let client = work::client(&self.smeshing.worker, false);
        // Devices, ciphers (seven short ones), RandomX with its start, drive.
        let expected = u32::try_from(providers).unwrap_or(1) + 3;
        let request = Request::Measure(MeasureRequest {
            folders: vec![folder.clone()],
            scrypt,
            each_ms: (u64::from(args.seconds) * 1000 / u64::from(expected)).max(50),
            disk_bytes: if args.seconds < 5 {
                DISK_BYTES / 16
            } else {
                DISK_BYTES
            },
            fast_pow: args.seconds >= 10,
            graphics: true,
            tuning_file: Some(self.smeshing.folder().join("tuning.json")),
        });
        let id = self
            .counter
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        {
            let measured = &mut self.smeshing.state().measured;
            if measured.running.is_some() {
                return Err(AppError::with(
                    ErrorCode::Busy,
                    "This computer is being measured already.",
                ));
            }
            measured.folder = Some(folder);
            measured.running = Some(Running {
                id,
                steering: client.steering(),
                steps: 0,
                expected,
                step: None,
                devices: Vec::new(),
            });
        }
        let inner = self.clone();
        let spawned = std::thread::Builder::new()
            .name("measure".to_owned())
            .spawn(move || {
                let reply = client.call(&request, &mut |event| {
                    if let WorkerEvent::Measure(step) = event {
                        inner.measure_step(id, &step);
                    }
                });
                drop(client);
                inner.measured(id, reply);
            });
        if let Err(error) = spawned {
            self.smeshing.state().measured.running = None;
            return Err(AppError::with(
                ErrorCode::Internal,
                format!("No thread could be started: {error}."),
            ));
        }
        self.proposal(Done {})
    }

    pub(crate) fn stop_measuring(self: &Arc<Self>, _: Done) -> Result<ProposalView, AppError> {
        self.drop_measurement();
        self.tell_measurement();
        self.proposal(Done {})
    }

    /// Ends a running measurement without its figures.
    pub(super) fn drop_measurement(&self) {
        if let Some(running) = self.smeshing.state().measured.running.take() {
            running.steering.tell(Steer::Cancel);
            running.steering.kill();
        }
    }

    fn measure_step(self: &Arc<Self>, id: u64, step: &MeasureStep) {
        {
            let mut state = self.smeshing.state();
            // A result of a measurement that was stopped is dropped without a trace.
            let Some(running) = state
                .measured
                .running
                .as_mut()
                .filter(|running| running.id == id)
            else {
                return;
            };
            if let MeasureStep::Device(device) = step {
                running.devices.push(device.clone());
            }
            if let Some(sentence) = step_sentence(step) {
                running.steps += 1;
                running.step = Some(sentence);
            }
        }
        self.tell_measurement();
    }

    fn measured(self: &Arc<Self>, id: u64, reply: Result<Reply, post_gpu::worker::WorkerError>) {
        let now = self.now().as_second();
        {
            let mut state = self.smeshing.state();
            let measured = &mut state.measured;
            if measured
                .running
                .as_ref()
                .is_none_or(|running| running.id != id)
            {
                return;
            }
            measured.running = None;
            match reply {
                Ok(Reply::Measure(measurement)) => {
                    let kept = Kept {
                        at: now,
                        measurement,
                    };
                    match serde_json::to_vec_pretty(&kept)
                        .map(|bytes| replace(&measured.path, &bytes, Access::Private, false))
                    {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => {
                            tracing::warn!(%error, "the figures are measured again next time")
                        }
                        Err(error) => {
                            tracing::warn!(%error, "the figures are measured again next time")
                        }
                    }
                    measured.last = Some(kept);
                }
                Ok(_) => tracing::warn!("the process answered something else than figures"),
                Err(error) => tracing::warn!(%error, "measuring failed"),
            }
        }
        self.tell_measurement();
        self.tell(Change::Providers {});
    }

    fn tell_measurement(self: &Arc<Self>) {
        if let Ok(proposal) = self.proposal(Done {}) {
            self.tell(Change::Measurement { proposal });
        }
    }

    pub(crate) fn proposal(self: &Arc<Self>, _: Done) -> Result<ProposalView, AppError> {
        let network = self.network_in_use();
        let params = work::params(network.post())?;
        let providers = self.smeshing.state().measured.providers.clone();
        let folder = self
            .smeshing
            .state()
            .measured
            .folder
            .clone()
            .unwrap_or_else(|| self.proposed_folder());
        let folder_view = self.folder_view(&folder);
        let providers = self
            .providers_view(&providers.unwrap_or_default())
            .providers;
        let (kept, devices, measuring, step, share) = {
            let state = self.smeshing.state();
            let measured = &state.measured;
            let running = measured.running.as_ref();
            let share =
                running.map_or(if measured.last.is_some() { 1.0 } else { 0.0 }, |running| {
                    (f64::from(running.steps.saturating_sub(1)) / f64::from(running.expected))
                        .clamp(0.0, 0.99)
                });
            (
                measured.last.clone(),
                measured.proposed_devices(),
                running.is_some(),
                running.and_then(|running| running.step.clone()),
                share,
            )
        };
        let mut wishes = Wishes::proposal(Duration::from_secs_f64(network.window_seconds()));
        wishes.devices.clone_from(&devices);
        // A drive that was measured stands for its folder; another folder has no figure.
        let proposal: Option<Proposal> = kept.as_ref().and_then(|kept| {
            wishes.folder = kept
                .measurement
                .drives
                .iter()
                .find(|drive| drive.folder == folder)
                .map(|drive| drive.folder.clone());
            wishes.folder.as_ref()?;
            propose(&kept.measurement, &params, &wishes)
        });
        let drive = kept.as_ref().and_then(|kept| {
            kept.measurement
                .drives
                .iter()
                .find(|drive| drive.folder == folder)
        });
        let min = params.min_num_units;
        let fits = folder_view.units_that_fit;
        // On networks with tiny units the rule for real drives gives nothing: there the least is proposed.
        let units = proposal
            .as_ref()
            .map_or(0, |proposal| proposal.num_units)
            .clamp(0, fits.max(min));
        let units = if units < min && fits >= min {
            min
        } else {
            units
        };
        let nonces = proposal
            .as_ref()
            .map_or_else(|| network.proving_nonces(), |proposal| proposal.nonces);
        let threads = proposal.as_ref().map_or_else(usual_threads, |proposal| {
            u32::try_from(proposal.threads).unwrap_or(1)
        });
        let choices = kept.as_ref().zip(drive).map(|(kept, drive)| {
            choices(
                &kept.measurement,
                drive,
                &params,
                units.max(1),
                nonces,
                threads as usize,
                network.window_seconds(),
            )
        });
        let forecast = kept.as_ref().filter(|_| units > 0).map(|kept| {
            forecast_view(&forecast::Basis {
                measurement: &kept.measurement,
                folder: &folder,
                params: &params,
                units,
                devices: devices.as_deref().unwrap_or_default(),
                nonces,
                threads: threads as usize,
                window_seconds: network.window_seconds(),
                now: self.now(),
            })
        });
        let mut problems = folder_view.problems.clone();
        if let Some(proposal) = &proposal
            && !measuring
            && proposal.max_units_by_time < min
        {
            problems.push(FolderProblem {
                kind: "too_slow".to_owned(),
                blocks: false,
                text: Sentence::new(
                    "proposal.too_slow",
                    "This computer is too slow to prove even the least size within the window.",
                    [],
                ),
            });
        }
        let basis = match (&kept, measuring) {
            (_, true) => Sentence::new("proposal.measuring", "Measuring this computer.", []),
            (Some(kept), false) => Sentence::new(
                "proposal.measured",
                "Measured on this computer.",
                [
                    ("at", crate::view::Instant::from_unix_seconds(kept.at).0),
                    (
                        "steps",
                        proposal
                            .as_ref()
                            .map(|proposal| proposal.basis.join("; "))
                            .unwrap_or_default(),
                    ),
                ],
            ),
            (None, false) => Sentence::new("proposal.not_measured", "Not measured yet.", []),
        };
        Ok(ProposalView {
            measuring,
            step,
            share,
            fill_rate: kept
                .as_ref()
                .zip(devices.as_ref())
                .and_then(|(kept, devices)| forecast::fill_rate(&kept.measurement, devices)),
            read_rate: drive
                .and_then(|drive| drive.read_bytes_per_second.as_ref())
                .map(|figure| figure.value),
            prove_rate: choices
                .as_ref()
                .and_then(|choices| choices.iter().find(|choice| choice.proposed))
                .map(|choice| choice.rate),
            pow_rate: kept
                .as_ref()
                .and_then(|kept| kept.measurement.pow_hashes_per_second.as_ref())
                .map(|figure| figure.value),
            units,
            units_provable: proposal.as_ref().map(|proposal| proposal.max_units_by_time),
            nonces,
            threads,
            cpu_threads: u32::try_from(std::thread::available_parallelism().map_or(1, usize::from))
                .unwrap_or(u32::MAX),
            max_file_bytes: Decimal(DEFAULT_FILE_SIZE),
            forecast,
            choices: choices.unwrap_or_default(),
            basis,
            problems,
            folder: folder_view,
            providers,
        })
    }

    /// Nonces and threads as proposed now.
    pub(super) fn proposed_proving(self: &Arc<Self>) -> (u32, u32) {
        self.proposal(Done {}).map_or_else(
            |_| (self.network_in_use().proving_nonces(), usual_threads()),
            |proposal| (proposal.nonces, proposal.threads),
        )
    }

    /// Figures depend on the network's labels.
    pub(crate) fn forget_measurements(&self) {
        self.smeshing.state().measured.folder = None;
    }

    fn proposed_folder(&self) -> PathBuf {
        let chosen = self.settings_view().default_folder;
        if !chosen.is_empty() {
            return PathBuf::from(chosen);
        }
        // Beside the home folder's other data, apart from Smapp's own: space is large and often moved.
        directories::BaseDirs::new().map_or_else(
            || self.folder.root().join("post"),
            |base| base.home_dir().join("post"),
        )
    }
}

/// Three quarters of the processors, as the reference does.
pub(super) fn usual_threads() -> u32 {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from((processors * 3 / 4).max(1)).unwrap_or(1)
}

fn choices(
    measurement: &Measurement,
    drive: &post_gpu::measure::MeasuredDrive,
    params: &post_gpu::params::PostParams,
    units: u32,
    nonces: u32,
    threads: usize,
    window_seconds: f64,
) -> Vec<ProvingChoice> {
    let bytes = params.unit_bytes() as f64 * f64::from(units);
    let choice = |choice: u32| {
        let time = proof_time(measurement, drive, params, units, choice, threads)?;
        // Time grows with the size, so the largest that fits follows from one figure.
        let provable = (f64::from(units) * window_seconds * 0.7 / time.seconds.max(1e-9)).floor();
        Some(ProvingChoice {
            nonces: choice,
            threads: u32::try_from(threads).unwrap_or(1),
            rate: bytes / time.read_seconds.max(1e-9),
            one_pass: one_pass_probability(params.k1, params.k2, choice),
            units_provable: if provable >= f64::from(u32::MAX) {
                u32::MAX
            } else {
                provable as u32
            },
            proposed: choice == nonces,
        })
    };
    NONCE_CHOICES.into_iter().filter_map(choice).collect()
}

/// What is being done; absent for figures, which are no step of their own.
fn step_sentence(step: &MeasureStep) -> Option<Sentence> {
    let sentence = match step {
        MeasureStep::Labels { device } => Sentence::new(
            "measure.labels",
            format!("Labels on {device}"),
            [("device", device.clone())],
        ),
        MeasureStep::Device(_) => return None,
        MeasureStep::Ciphers => {
            Sentence::new("measure.ciphers", "Proving speed of the processor", [])
        }
        MeasureStep::Pow => Sentence::new("measure.pow", "The work before a proof", []),
        MeasureStep::Drive { folder } => Sentence::new(
            "measure.drive",
            "Reading speed of the drive",
            [("folder", folder.display().to_string())],
        ),
    };
    Some(sentence)
}
