//! Messages between parent and child.

use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::cpu::LabelKernel;
use crate::device::{CpuDevice, Device, DeviceError};
use crate::gpu::{self, GpuOptions, Provider, TuningTrial};
use crate::init::{InitEvent, InitOptions, Summary};
use crate::measure::{MeasureStep, Measurement};
use crate::params::{ParamsError, PostParams, ScryptN};
use crate::proof::{Proof, ProofSubject};
use crate::prove::{Phase, ProveStatus};
use crate::repair::Repaired;
use crate::verify_data::{DataReport, Extent, VerifyDataProgress};

use super::LINE_MAX;

/// Parent to child.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) struct ToChild {
    pub(super) id: u64,
    #[serde(flatten)]
    pub(super) body: ToChildBody,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ToChildBody {
    Request(Box<Request>),
    Control(Steer),
}

/// Child to parent.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FromChild {
    pub(super) id: u64,
    #[serde(flatten)]
    pub(super) body: FromChildBody,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FromChildBody {
    Event(Box<WorkerEvent>),
    Reply(Box<Reply>),
    Failure(Failure),
}

/// First line of a child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Hello {
    pub(super) hello: HelloBody,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HelloBody {
    pub(super) protocol: u32,
}

/// An operation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Request {
    /// Lists graphics devices.
    Providers,
    /// Measures a device's best tuning and keeps it.
    Autotune {
        /// Device id.
        device: String,
        /// Where tunings are kept.
        tuning_file: PathBuf,
        /// Scrypt cost.
        scrypt: u32,
        /// Length of one trial.
        trial_ms: u64,
    },
    /// Fills a data directory.
    Init(InitRequest),
    /// Checks labels on disk.
    Verify(VerifyRequest),
    /// Mends labels on disk.
    Repair(RepairRequest),
    /// Searches a proof.
    Prove(ProveRequest),
    /// Verifies a proof.
    Check(CheckRequest),
    /// Measures this machine.
    Measure(MeasureRequest),
}

/// What an operation gives.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reply {
    /// Graphics devices.
    Providers(Vec<Provider>),
    /// Trials, the best first.
    Autotune(Vec<TuningTrial>),
    /// How the session ended.
    Init(Summary),
    /// What was found.
    Verify(DataReport),
    /// What was mended.
    Repair(Repaired),
    /// The proof.
    Prove(ProveReply),
    /// Whether the proof holds.
    Check(Checked),
    /// Figures.
    Measure(Measurement),
}

/// What happens meanwhile.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WorkerEvent {
    /// Of an initialisation.
    Init(InitEvent),
    /// Of a check or repair.
    Verify(VerifyDataProgress),
    /// Of a search for a proof.
    Prove(ProveEvent),
    /// Of a measurement.
    Measure(MeasureStep),
    /// The child died and another one goes on from what is on disk. Made by the parent.
    Restarted {
        /// What is known about the death.
        reason: String,
    },
}

/// What a person may do to a running operation. Operations ignore what does not concern them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Steer {
    /// Wait.
    Pause,
    /// Go on.
    Resume,
    /// End; what is done is kept.
    Cancel,
    /// Leave room for others on a device, or take all of it.
    Gentle {
        /// Device id.
        device: String,
        /// Leave room.
        on: bool,
    },
    /// Let another device join.
    AddDevice(DeviceChoice),
    /// Take a device away.
    RemoveDevice {
        /// Device id.
        device: String,
    },
}

/// Why an operation failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Stable name of the cause, for programs.
    pub code: String,
    /// The cause and its remedy, for people.
    pub message: String,
}

impl Failure {
    pub(super) fn new(code: &str, error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            // Transparent errors repeat their source's words.
            let text = cause.to_string();
            if !message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            source = cause.source();
        }
        Self {
            code: code.to_owned(),
            message,
        }
    }
}

/// A device to compute with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeviceChoice {
    /// The processor.
    Cpu {
        /// Threads; all when absent.
        threads: Option<usize>,
        /// Label kernel by name; the fastest when absent.
        kernel: Option<String>,
    },
    /// A graphics device.
    Gpu {
        /// Its id.
        id: String,
    },
}

impl DeviceChoice {
    /// Opens the device. A graphics device is measured at its first use when there is a `tuning_file` to keep the result in.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn open(&self, tuning_file: Option<&PathBuf>) -> Result<Box<dyn Device>, DeviceError> {
        match self {
            Self::Cpu { threads, kernel } => {
                let unusable = |error: &dyn std::error::Error| DeviceError::Unsupported {
                    name: "Processor".to_owned(),
                    reason: error.to_string(),
                };
                let kernel: LabelKernel = match kernel {
                    Some(name) => name.parse().map_err(|error| unusable(&error))?,
                    None => LabelKernel::detect_best(),
                };
                if !kernel.available() {
                    return Err(unusable(&crate::cpu::KernelError::Unavailable { kernel }));
                }
                let threads = threads
                    .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
                Ok(Box::new(CpuDevice::new(kernel, threads)))
            }
            Self::Gpu { id } => {
                let options = GpuOptions {
                    tuning_file: tuning_file.cloned(),
                    ..GpuOptions::default()
                };
                Ok(Box::new(gpu::open_tuned(id, &options)?))
            }
        }
    }

    /// The id that the device will have.
    pub fn id(&self) -> &str {
        match self {
            Self::Cpu { .. } => crate::device::CPU_DEVICE_ID,
            Self::Gpu { id } => id,
        }
    }
}

/// A network's parameters as they travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// See [`PostParams::min_num_units`].
    pub min_num_units: u32,
    /// See [`PostParams::max_num_units`].
    pub max_num_units: u32,
    /// See [`PostParams::labels_per_unit`].
    pub labels_per_unit: u64,
    /// See [`PostParams::k1`].
    pub k1: u32,
    /// See [`PostParams::k2`].
    pub k2: u32,
    /// See [`PostParams::k3`].
    pub k3: u32,
    /// See [`PostParams::pow_difficulty`].
    #[serde(with = "hex32")]
    pub pow_difficulty: [u8; 32],
    /// See [`PostParams::scrypt`].
    pub scrypt: u32,
}

impl From<&PostParams> for Network {
    fn from(params: &PostParams) -> Self {
        let PostParams {
            min_num_units,
            max_num_units,
            labels_per_unit,
            k1,
            k2,
            k3,
            pow_difficulty,
            scrypt,
        } = *params;
        Self {
            min_num_units,
            max_num_units,
            labels_per_unit,
            k1,
            k2,
            k3,
            pow_difficulty,
            scrypt: scrypt.get(),
        }
    }
}

impl TryFrom<&Network> for PostParams {
    type Error = ParamsError;

    fn try_from(network: &Network) -> Result<Self, ParamsError> {
        let Network {
            min_num_units,
            max_num_units,
            labels_per_unit,
            k1,
            k2,
            k3,
            pow_difficulty,
            scrypt,
        } = *network;
        Ok(Self {
            min_num_units,
            max_num_units,
            labels_per_unit,
            k1,
            k2,
            k3,
            pow_difficulty,
            scrypt: ScryptN::new(scrypt)?,
        })
    }
}

/// See [`InitOptions`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InitRequest {
    /// Data directory.
    pub dir: PathBuf,
    /// The identity's public key.
    #[serde(with = "hex32")]
    pub node_id: [u8; 32],
    /// The ATX that the labels are bound to.
    #[serde(with = "hex32")]
    pub commitment_atx_id: [u8; 32],
    /// The network.
    pub network: Network,
    /// Units.
    pub num_units: u32,
    /// Bytes of every file but the last.
    pub max_file_size: u64,
    /// First file of this session.
    pub from_file: u32,
    /// Last file of this session; the last of all when absent.
    pub to_file: Option<u32>,
    /// Most labels per batch.
    pub batch: u64,
    /// Consent to growing.
    pub allow_growing: bool,
    /// Consent to shrinking.
    pub allow_shrinking: bool,
    /// Devices to start with.
    pub devices: Vec<DeviceChoice>,
    /// Ids of devices that leave room for others.
    pub gentle: Vec<String>,
    /// Where tunings are kept.
    pub tuning_file: Option<PathBuf>,
}

impl InitRequest {
    /// The same session in a child.
    pub fn new(options: &InitOptions, devices: Vec<DeviceChoice>) -> Self {
        Self {
            dir: options.dir.clone(),
            node_id: options.node_id,
            commitment_atx_id: options.commitment_atx_id,
            network: (&options.params).into(),
            num_units: options.num_units,
            max_file_size: options.max_file_size,
            from_file: options.from_file,
            to_file: options.to_file,
            batch: options.batch,
            allow_growing: options.allow_growing,
            allow_shrinking: options.allow_shrinking,
            devices,
            gentle: Vec::new(),
            tuning_file: None,
        }
    }

    pub(super) fn options(&self) -> Result<InitOptions, ParamsError> {
        Ok(InitOptions {
            dir: self.dir.clone(),
            node_id: self.node_id,
            commitment_atx_id: self.commitment_atx_id,
            params: (&self.network).try_into()?,
            num_units: self.num_units,
            max_file_size: self.max_file_size,
            from_file: self.from_file,
            to_file: self.to_file,
            batch: self.batch,
            allow_growing: self.allow_growing,
            allow_shrinking: self.allow_shrinking,
        })
    }
}

/// See [`crate::verify_data::verify_data`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VerifyRequest {
    /// Data directory.
    pub dir: PathBuf,
    /// Scrypt cost.
    pub scrypt: u32,
    /// Which labels.
    pub extent: Extent,
    /// First file.
    pub from_file: u32,
    /// Last file; the last of all when absent.
    pub to_file: Option<u32>,
    /// Decides the random places.
    pub seed: u64,
    /// Threads for a sample; all when absent.
    pub threads: Option<usize>,
    /// Devices for a check of everything.
    pub devices: Vec<DeviceChoice>,
}

/// See [`crate::repair::repair`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RepairRequest {
    /// Data directory.
    pub dir: PathBuf,
    /// Scrypt cost.
    pub scrypt: u32,
    /// Label indices.
    pub ranges: Vec<Range<u64>>,
    /// Devices that compute; the processor when empty.
    pub devices: Vec<DeviceChoice>,
}

/// See [`crate::prove::prove`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProveRequest {
    /// Data directory.
    pub dir: PathBuf,
    /// The network.
    pub network: Network,
    /// What the proof answers.
    #[serde(with = "hex32")]
    pub challenge: [u8; 32],
    /// Nonces of one pass.
    pub nonces: u32,
    /// Threads.
    pub threads: usize,
    /// Proving cipher by name; the fastest when absent.
    pub cipher: Option<String>,
    /// RandomX with 2 GiB instead of 256 MiB.
    pub fast_pow: bool,
    /// Whether RandomX tries large pages.
    pub large_pages: bool,
    /// Where progress is kept; the data directory when absent.
    pub progress_dir: Option<PathBuf>,
}

/// A proof and what came to light.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProveReply {
    /// The proof.
    pub proof: Proof,
    /// Labels whose stored bytes are wrong, the first 10,000.
    pub bad_labels: Vec<u64>,
}

/// See [`ProveStatus`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum ProveEvent {
    /// RandomX memory is being built.
    PreparingPow,
    /// Searching RandomX work.
    Pow {
        /// Groups solved of this pass.
        solved: u32,
        /// Groups of this pass.
        groups: u32,
        /// Hashes so far.
        hashes: u64,
        /// Hashes that a group needs on average.
        expected_per_group: f64,
    },
    /// Reading labels.
    Reading {
        /// First nonce of the pass.
        first_nonce: u32,
        /// Nonce after the last of the pass.
        end_nonce: u32,
        /// Bytes done of this pass.
        done: u64,
        /// Bytes of a pass.
        total: u64,
        /// Bytes read by this run.
        read_now: u64,
        /// Indices of the best nonce.
        most_hits: u32,
        /// Labels found to be wrong, the first 10,000.
        bad_labels: Vec<u64>,
    },
    /// Something that this version does not know.
    #[serde(other)]
    Other,
}

/// The first of many wrong labels: a message must stay short, and checking the data tells the rest.
pub(super) fn first(bad_labels: &[u64]) -> Vec<u64> {
    bad_labels.iter().take(10_000).copied().collect()
}

impl From<&ProveStatus> for ProveEvent {
    fn from(status: &ProveStatus) -> Self {
        match status.phase {
            Phase::PreparingPow => Self::PreparingPow,
            Phase::Pow {
                solved,
                groups,
                hashes,
                expected_per_group,
            } => Self::Pow {
                solved,
                groups,
                hashes,
                expected_per_group,
            },
            Phase::Reading {
                done,
                total,
                read_now,
                most_hits,
            } => Self::Reading {
                first_nonce: status.nonces.start,
                end_nonce: status.nonces.end,
                done,
                total,
                read_now,
                most_hits,
                bad_labels: first(&status.bad_labels),
            },
        }
    }
}

/// See [`crate::verify::Verifier`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckRequest {
    /// The network.
    pub network: Network,
    /// The proof.
    pub proof: Proof,
    /// The identity's public key.
    #[serde(with = "hex32")]
    pub node_id: [u8; 32],
    /// The ATX that the labels are bound to.
    #[serde(with = "hex32")]
    pub commitment_atx_id: [u8; 32],
    /// What the proof answers.
    #[serde(with = "hex32")]
    pub challenge: [u8; 32],
    /// Units.
    pub num_units: u32,
    /// Which indices.
    pub mode: CheckMode,
}

impl CheckRequest {
    pub(super) const fn subject(&self) -> ProofSubject {
        let Self {
            node_id,
            commitment_atx_id,
            challenge,
            num_units,
            ..
        } = *self;
        ProofSubject {
            node_id,
            commitment_atx_id,
            challenge,
            num_units,
        }
    }
}

/// See [`crate::verify::Mode`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckMode {
    /// All indices.
    All,
    /// A seeded choice.
    Subset {
        /// How many.
        k3: u32,
        /// Whose choice.
        seed: Vec<u8>,
    },
    /// One position.
    One(u32),
}

/// Whether a proof holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// It holds.
    pub valid: bool,
    /// Why not.
    pub reason: Option<String>,
}

/// See [`crate::measure::measure`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MeasureRequest {
    /// Folders on the drives that come into question.
    pub folders: Vec<PathBuf>,
    /// Scrypt cost.
    pub scrypt: u32,
    /// Length of each measurement.
    pub each_ms: u64,
    /// Bytes written and read per drive.
    pub disk_bytes: u64,
    /// Measure RandomX with 2 GiB, not only with 256 MiB.
    pub fast_pow: bool,
    /// Measure graphics devices.
    pub graphics: bool,
    /// Where tunings are kept.
    pub tuning_file: Option<PathBuf>,
}

/// 32 bytes as 64 hex digits.
mod hex32 {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 32], out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(input)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(&text, &mut bytes)
            .map_err(|_| de::Error::custom("expected 64 hex digits"))?;
        Ok(bytes)
    }
}

/// The next line without its end; `None` at the end of input.
///
/// # Errors
/// When a line is too long, or reading fails.
pub(super) fn read_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    input
        .by_ref()
        .take(LINE_MAX as u64 + 1)
        .read_until(b'\n', &mut line)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        // A line that a dying process could not finish.
        Some(_) if line.len() < LINE_MAX => Ok(None),
        Some(_) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a line has more than {LINE_MAX} bytes"),
        )),
    }
}

/// A message as one line.
pub(super) fn to_line<T: Serialize>(message: &T) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    if line.len() > LINE_MAX {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("a message has more than {LINE_MAX} bytes"),
        ));
    }
    Ok(line)
}
