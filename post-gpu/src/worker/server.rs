//! The child: reads requests and control from one stream, answers on the other.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use serde::Serialize;

use crate::control::Control;
use crate::cpu::LabelKernel;
use crate::device::{Device, DeviceControl, DeviceError};
use crate::gpu::{self, GpuOptions, TuningFile};
use crate::init::{InitControl, InitError, InitEvent, InitSession};
use crate::k2pow::{RandomX, RandomXMode, RandomXOptions};
use crate::measure::{MeasureOptions, measure};
use crate::params::{ParamsError, PostParams, ScryptN};
use crate::prove::{ProveError, ProveJob, ProveOptions, prove};
use crate::repair::repair;
use crate::verify::{Mode, Verifier};
use crate::verify_data::{VerifyDataError, VerifyDataOptions, verify_data};

use super::PROTOCOL;
use super::protocol::{
    CheckMode, CheckRequest, Checked, DeviceChoice, Failure, FromChild, FromChildBody, Hello,
    HelloBody, InitRequest, ProveEvent, ProveReply, ProveRequest, RepairRequest, Reply, Request,
    Steer, ToChild, ToChildBody, VerifyRequest, WorkerEvent, first, read_line, to_line,
};

/// Serves requests until `input` ends, then cancels what runs, waits for it and returns.
///
/// # Errors
/// When a stream fails or a line is not a message: parent and child are then not of the same program.
pub fn serve(mut input: impl BufRead, output: impl Write + Send) -> io::Result<()> {
    let output = Output {
        stream: Mutex::new(output),
    };
    output.send(&Hello {
        hello: HelloBody { protocol: PROTOCOL },
    })?;
    thread::scope(|scope| {
        let mut running: Option<Running<'_>> = None;
        let result = loop {
            let line = match read_line(&mut input) {
                Ok(Some(line)) => line,
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            };
            let message: ToChild = match serde_json::from_slice(&line) {
                Ok(message) => message,
                Err(error) => break Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            };
            match message.body {
                ToChildBody::Control(steer) => {
                    if let Some(running) =
                        running.as_ref().filter(|running| running.id == message.id)
                    {
                        running.apply(steer, &output);
                    }
                }
                ToChildBody::Request(request) => {
                    // The parent sends one request after the other; the former one has answered and ends at once.
                    if let Some(former) = running.take() {
                        let _ = former.thread.join();
                    }
                    let steered = Steered::default();
                    let worker = steered.clone();
                    let tuning_file = if let Request::Init(request) = &*request {
                        request.tuning_file.clone()
                    } else {
                        None
                    };
                    let output = &output;
                    let thread = scope.spawn(move || {
                        let body = match run(&request, &worker, &|event| {
                            output.event(message.id, event)
                        }) {
                            Ok(reply) => FromChildBody::Reply(Box::new(reply)),
                            Err(failure) => FromChildBody::Failure(failure),
                        };
                        output.answer(message.id, body);
                    });
                    running = Some(Running {
                        id: message.id,
                        steered,
                        tuning_file,
                        thread,
                    });
                }
            }
        };
        if let Some(running) = &running {
            running.steered.apply(Steer::Cancel);
        }
        result
    })
}

/// The operation that runs or ran last.
struct Running<'scope> {
    id: u64,
    steered: Steered,
    tuning_file: Option<PathBuf>,
    thread: ScopedJoinHandle<'scope, ()>,
}

impl Running<'_> {
    fn apply<W: Write>(&self, steer: Steer, output: &Output<W>) {
        let Steer::AddDevice(choice) = steer else {
            return self.steered.apply(steer);
        };
        match choice.open(self.tuning_file.as_ref()) {
            Ok(device) => self.steered.init.add_device(device),
            Err(error) => output.event(
                self.id,
                WorkerEvent::Init(InitEvent::DeviceFailed {
                    device: choice.id().to_owned(),
                    reason: error.to_string(),
                }),
            ),
        }
    }
}

struct Output<W> {
    /// Held while a line is written and nothing else is locked.
    stream: Mutex<W>,
}

impl<W: Write> Output<W> {
    fn send<T: Serialize>(&self, message: &T) -> io::Result<()> {
        let line = to_line(message)?;
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        stream.write_all(&line)?;
        stream.flush()
    }

    /// Every request gets an answer, or its parent would wait for ever.
    fn answer(&self, id: u64, body: FromChildBody) {
        if let Err(error) = self.send(&FromChild { id, body })
            && error.kind() == io::ErrorKind::InvalidInput
        {
            let body = FromChildBody::Failure(Failure::new("too_long", &error));
            // A parent that is gone ends the input too.
            let _ = self.send(&FromChild { id, body });
        }
    }

    fn event(&self, id: u64, event: WorkerEvent) {
        // A lost event matters to nobody: the parent is gone, and the input ends.
        let _ = self.send(&FromChild {
            id,
            body: FromChildBody::Event(Box::new(event)),
        });
    }
}

/// Both kinds of control, so that a message can be applied before the operation has begun.
#[derive(Clone, Default)]
struct Steered {
    init: InitControl,
    other: Arc<Control>,
    device: Arc<DeviceControl>,
}

impl Steered {
    fn apply(&self, steer: Steer) {
        match steer {
            Steer::Pause => {
                self.init.pause();
                self.other.pause();
            }
            Steer::Resume => {
                self.init.resume();
                self.other.resume();
            }
            Steer::Cancel => {
                self.init.cancel();
                self.other.cancel();
                self.device.set_stop(true);
            }
            Steer::Gentle { device, on } => self.init.set_gentle(&device, on),
            Steer::RemoveDevice { device } => self.init.remove_device(&device),
            // Opening a device can fail and is reported: `Running::apply`.
            Steer::AddDevice(_) => {}
        }
    }
}

type Report<'a> = &'a (dyn Fn(WorkerEvent) + Sync);

fn run(request: &Request, steered: &Steered, report: Report<'_>) -> Result<Reply, Failure> {
    match request {
        Request::Providers => Ok(Reply::Providers(gpu::providers())),
        Request::Autotune {
            device,
            tuning_file,
            scrypt,
            trial_ms,
        } => {
            let failed = |error: DeviceError| Failure::new(device_code(&error), &error);
            let mut device = gpu::open(device, &GpuOptions::default()).map_err(failed)?;
            let trials = device
                .autotune(
                    scrypt_n(*scrypt)?,
                    Duration::from_millis(*trial_ms),
                    &steered.device,
                )
                .map_err(failed)?;
            if let Some(best) = trials.first() {
                let mut file = TuningFile::load(tuning_file);
                file.set(device.info(), *best);
                file.save(tuning_file)
                    .map_err(|error| Failure::new("io", &error))?;
            }
            Ok(Reply::Autotune(trials))
        }
        Request::Init(request) => init(request, steered, report),
        Request::Verify(request) => verify(request, steered, report),
        Request::Repair(request) => mend(request, steered, report),
        Request::Prove(request) => search(request, steered, report),
        Request::Check(request) => check(request),
        Request::Measure(request) => {
            let options = MeasureOptions {
                folders: request.folders.clone(),
                scrypt: scrypt_n(request.scrypt)?,
                each: Duration::from_millis(request.each_ms),
                disk_bytes: request.disk_bytes,
                fast_pow: request.fast_pow,
                graphics: request.graphics,
                tuning_file: request.tuning_file.clone(),
            };
            let measured = measure(&options, &steered.other, &mut |step| {
                report(WorkerEvent::Measure(step.clone()))
            });
            measured
                .map(Reply::Measure)
                .map_err(|cancelled| Failure::new("cancelled", &cancelled))
        }
    }
}

fn init(request: &InitRequest, steered: &Steered, report: Report<'_>) -> Result<Reply, Failure> {
    let failed = |error: InitError| Failure::new(error.code(), &error);
    let options = request.options().map_err(|error| failed(error.into()))?;
    for device in &request.gentle {
        steered.init.set_gentle(device, true);
    }
    let session = InitSession::open(&options).map_err(failed)?;
    let mut devices = Vec::new();
    let mut last = None;
    for choice in &request.devices {
        match choice.open(request.tuning_file.as_ref()) {
            Ok(device) => devices.push(device),
            Err(error) => {
                let event = InitEvent::DeviceFailed {
                    device: choice.id().to_owned(),
                    reason: error.to_string(),
                };
                report(WorkerEvent::Init(event));
                last = Some(error);
            }
        }
    }
    if let Some(last) = last.filter(|_| devices.is_empty()) {
        return Err(failed(InitError::AllDevicesFailed { last }));
    }
    session
        .run(devices, &steered.init, &|event| {
            report(WorkerEvent::Init(event.clone()))
        })
        .map(Reply::Init)
        .map_err(failed)
}

fn open_all(choices: &[DeviceChoice]) -> Result<Vec<Box<dyn Device>>, Failure> {
    choices
        .iter()
        .map(|choice| {
            choice
                .open(None)
                .map_err(|error| Failure::new(device_code(&error), &error))
        })
        .collect()
}

fn verify(
    request: &VerifyRequest,
    steered: &Steered,
    report: Report<'_>,
) -> Result<Reply, Failure> {
    let mut options =
        VerifyDataOptions::sample(&request.dir, scrypt_n(request.scrypt)?, request.seed);
    options.extent = request.extent;
    options.from_file = request.from_file;
    options.to_file = request.to_file;
    options.threads = request.threads.unwrap_or(options.threads);
    let devices = open_all(&request.devices)?;
    verify_data(&options, devices, &steered.other, &|progress| {
        report(WorkerEvent::Verify(progress))
    })
    .map(Reply::Verify)
    .map_err(|error| data_failure(&error))
}

fn mend(request: &RepairRequest, steered: &Steered, report: Report<'_>) -> Result<Reply, Failure> {
    let devices = open_all(&request.devices)?;
    let scrypt = scrypt_n(request.scrypt)?;
    repair(
        &request.dir,
        scrypt,
        &request.ranges,
        devices,
        &steered.other,
        &|progress| report(WorkerEvent::Verify(progress)),
    )
    .map(Reply::Repair)
    .map_err(|error| data_failure(&error))
}

fn data_failure(error: &VerifyDataError) -> Failure {
    Failure::new(error.code(), error)
}

fn search(request: &ProveRequest, steered: &Steered, report: Report<'_>) -> Result<Reply, Failure> {
    let params = params(&request.network)?;
    let job = ProveJob {
        dir: request.dir.clone(),
        params,
        challenge: request.challenge,
    };
    let mut options = ProveOptions {
        nonces: request.nonces,
        threads: request.threads,
        pow_mode: if request.fast_pow {
            RandomXMode::Fast
        } else {
            RandomXMode::Light
        },
        large_pages: request.large_pages,
        progress_dir: request.progress_dir.clone(),
        ..ProveOptions::default()
    };
    if let Some(name) = &request.cipher {
        options.cipher = name
            .parse()
            .map_err(|error| Failure::new("cipher", &error))?;
    }
    prove(&job, &options, &steered.other, &mut |status| {
        report(WorkerEvent::Prove(ProveEvent::from(status)))
    })
    .map(|proved| {
        Reply::Prove(ProveReply {
            proof: proved.proof,
            bad_labels: first(&proved.bad_labels),
        })
    })
    .map_err(|error| {
        let code = if matches!(error, ProveError::Cancelled(_)) {
            "cancelled"
        } else {
            "prove"
        };
        Failure::new(code, &error)
    })
}

fn check(request: &CheckRequest) -> Result<Reply, Failure> {
    let randomx =
        RandomX::new(&RandomXOptions::LIGHT).map_err(|error| Failure::new("randomx", &error))?;
    let verifier = Verifier::new(
        params(&request.network)?,
        Arc::new(randomx),
        LabelKernel::detect_best(),
    );
    let mode = match &request.mode {
        CheckMode::All => Mode::All,
        CheckMode::Subset { k3, seed } => Mode::Subset { k3: *k3, seed },
        CheckMode::One(position) => Mode::One(*position),
    };
    match verifier.verify(&request.proof, &request.subject(), mode) {
        Ok(()) => Ok(Reply::Check(Checked {
            valid: true,
            reason: None,
        })),
        Err(error) if error.is_local() => Err(Failure::new("check", &error)),
        Err(error) => Ok(Reply::Check(Checked {
            valid: false,
            reason: Some(Failure::new("", &error).message),
        })),
    }
}

fn params(network: &super::protocol::Network) -> Result<PostParams, Failure> {
    network
        .try_into()
        .map_err(|error: ParamsError| Failure::new("params", &error))
}

fn scrypt_n(n: u32) -> Result<ScryptN, Failure> {
    ScryptN::new(n).map_err(|error| Failure::new("params", &error))
}

const fn device_code(error: &DeviceError) -> &'static str {
    match error {
        DeviceError::Lost { .. } => "device_lost",
        DeviceError::Memory { .. } => "device_memory",
        DeviceError::WrongLabels { .. } => "wrong_labels",
        DeviceError::Unsupported { .. } => "device_unusable",
    }
}
