//! `spacemesh post init`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::Args;
use post_gpu::cpu::LabelKernel;
use post_gpu::device::{CPU_DEVICE_ID, CpuDevice, Device, DeviceKind};
use post_gpu::gpu;
use post_gpu::init::{InitControl, InitEvent, InitOptions, InitSession, InitState, Summary};
use serde_json::json;
use spacemesh_crypto::{SigningKey, write_key_file};
use zeroize::Zeroizing;

use super::init_error;
use super::network::{NetworkArgs, golden_atx, parse_hex32};
use crate::exit::{CliError, Exit, io_exit};
use crate::output::{Output, bytes, facts};
use crate::progress::Task;
use crate::stop;

/// Key file that lies with data made for a new identity, as existing tools name it.
const KEY_FILE: &str = "identity.key";
/// What was measured about graphics cards, so that it is measured once.
const TUNING_FILE: &str = "post-tuning.json";

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  spacemesh post init --dir /data/post --num-units 4
      a new identity with 4 units, on every device that is found
  spacemesh post init --dir /data/post --num-units 16 --id 95825d…a3 --commitment-atx 9eebff…31 --device cpu
      labels for an identity whose key is elsewhere
  spacemesh post init --dir /data/part2 --num-units 16 --id 95825d…a3 --commitment-atx 9eebff…31 --from-file 128 --to-file 255
      a part, to be copied together with the others")]
pub(crate) struct InitArgs {
    /// The data folder; made if it does not exist
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    #[command(flatten)]
    network: NetworkArgs,
    /// Size of the identity in units (64 GiB each on Mainnet)
    #[arg(long, value_name = "N")]
    num_units: u32,
    /// Public key of the identity (64 hex digits). Without --id and --key a new key is made beside the data
    #[arg(long, value_name = "HEX", value_parser = parse_hex32, conflicts_with = "key")]
    id: Option<[u8; 32]>,
    /// Key file of the identity
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The ATX that the labels are bound to (64 hex digits; default: as in the folder, else the network's golden ATX)
    #[arg(long, value_name = "HEX", value_parser = parse_hex32)]
    commitment_atx: Option<[u8; 32]>,
    /// Size of a data file in bytes
    #[arg(long, value_name = "BYTES", default_value_t = post_gpu::params::DEFAULT_FILE_SIZE)]
    max_file_size: u64,
    /// First data file of this run
    #[arg(long, value_name = "N", default_value_t = 0)]
    from_file: u32,
    /// Last data file of this run
    #[arg(long, value_name = "N")]
    to_file: Option<u32>,
    /// Device to use, by its id from `post providers`; may be given several times; `all` takes every device that works
    #[arg(long, value_name = "ID", default_value = "all")]
    device: Vec<String>,
    /// Leave about half of this device to others; may be given several times
    #[arg(long, value_name = "ID")]
    gentle: Vec<String>,
    /// Processor threads (default: one per core)
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Label kernel of the processor: portable, avx2, avx512 or neon (default: the fastest)
    #[arg(long, value_name = "NAME")]
    kernel: Option<LabelKernel>,
    /// Labels per batch: what a device loses when the process is killed
    #[arg(long, value_name = "N", default_value_t = post_gpu::params::DEFAULT_COMPUTE_BATCH)]
    batch: u64,
    /// Where the best settings of each graphics card are kept (default: in Smapp's data folder)
    #[arg(long, value_name = "FILE")]
    tuning_file: Option<PathBuf>,
    /// Agree that the folder grows to more units than it was made for
    #[arg(long)]
    grow: bool,
    /// Agree that labels are deleted, because the folder shrinks to fewer units
    #[arg(long)]
    shrink: bool,
}

pub(crate) fn run(args: &InitArgs, output: Output) -> Result<(), CliError> {
    let present = post_gpu::metadata::PostMetadata::read(&args.dir).ok();
    let node_id = identity(
        args,
        present.as_ref().map(|metadata| metadata.node_id),
        output,
    )?;
    let commitment_atx_id = match (args.commitment_atx, &present) {
        (Some(given), _) => given,
        (None, Some(metadata)) => metadata.commitment_atx_id,
        (None, None) => golden_atx(args.network.preset)?,
    };
    let mut options = InitOptions::new(
        &args.dir,
        node_id,
        commitment_atx_id,
        args.network.params(),
        args.num_units,
    );
    options.max_file_size = args.max_file_size;
    options.from_file = args.from_file;
    options.to_file = args.to_file;
    options.batch = args.batch;
    options.allow_growing = args.grow;
    options.allow_shrinking = args.shrink;

    let session = InitSession::open(&options).map_err(|error| init_error(&error))?;
    let devices = devices(args, output)?;
    let control = InitControl::new();
    for device in &args.gentle {
        control.set_gentle(device, true);
    }
    let stopper = control.clone();
    stop::on_signal(move || stopper.cancel())?;

    let shown = Mutex::new(Task::new(output, "filling"));
    let show = |event: &InitEvent| {
        output.event(event);
        if let Ok(mut task) = shown.lock() {
            show(&mut task, event);
        }
    };
    let result = session.run(devices, &control, &show);
    drop(shown);
    let summary = result.map_err(|error| init_error(&error))?;
    finish(args, &summary, output)
}

fn finish(args: &InitArgs, summary: &Summary, output: Output) -> Result<(), CliError> {
    output.result(&json!({ "event": "end", "summary": summary }), || {
        facts(&[
            ("folder", args.dir.display().to_string()),
            ("labels", format!("{} of {}", summary.done, summary.total)),
            (
                "VRF nonce",
                summary
                    .vrf_nonce
                    .map_or_else(|| "none yet".to_owned(), |nonce| nonce.to_string()),
            ),
            ("time", crate::output::duration(summary.seconds)),
        ])
    });
    if summary.complete {
        Ok(())
    } else {
        Err(stop::interrupted())
    }
}

fn show(task: &mut Task, event: &InitEvent) {
    match event {
        InitEvent::Progress(progress) => {
            let size = u128::from(post_gpu::params::LABEL_SIZE);
            let rate = match progress.state {
                InitState::SearchingNonce => format!(
                    "searching a VRF nonce beyond the end, {} labels tried",
                    progress.searched
                ),
                InitState::Paused => "paused".to_owned(),
                InitState::Waiting => "waits for a device".to_owned(),
                InitState::Filling | InitState::Complete | InitState::Stopped => format!(
                    "{} of {}, {:.0} labels/s",
                    bytes(u128::from(progress.done) * size),
                    bytes(u128::from(progress.total) * size),
                    progress.labels_per_second
                ),
            };
            task.update(progress.done, progress.total, &rate, progress.seconds_left);
        }
        InitEvent::Notice(notice) => task.note(&format!("note: {}", notice_text(notice))),
        InitEvent::WrongLabel {
            device,
            index,
            times,
        } => {
            task.note(&format!("warning: {device} computed a wrong label at {index} ({times} times so far); nothing wrong was kept"));
        }
        InitEvent::DeviceFailed { device, reason } => {
            task.note(&format!("warning: {device}: {reason}"))
        }
        InitEvent::Batch { .. } | InitEvent::FileComplete { .. } | InitEvent::Nonce { .. } => {}
        _ => {}
    }
}

/// The notice as a sentence.
fn notice_text(notice: &post_gpu::init::Notice) -> String {
    use post_gpu::init::Notice;
    match notice {
        Notice::ShortFile {
            file,
            expected,
            found,
        } => {
            format!(
                "{file} has {found} bytes, once {expected} were written; the missing labels are computed again"
            )
        }
        Notice::TornTail { file, from, to } => {
            format!("the end of {file} does not hold labels; {from}..{to} are computed again")
        }
        Notice::StrayBytes { file, bytes } => {
            format!("{file} ended in the middle of a label; {bytes} bytes were cut off")
        }
        Notice::RangeMapUnusable { reason } => format!(
            "the record of what is done cannot be used ({reason}); unfinished files are computed again"
        ),
        Notice::NonceDropped { index } => {
            format!("the VRF nonce {index} is not valid for this size; another one is searched")
        }
        Notice::Shrunk { bytes: freed } => format!("{} were freed", bytes(u128::from(*freed))),
        Notice::NoLock => {
            "this drive cannot be locked; do not start a second process on the folder".to_owned()
        }
        Notice::DuplicateDevice { device } => {
            format!("{device} works already; it is not used twice")
        }
        other => format!("{other:?}"),
    }
}

/// The devices that were asked for. With `all`, a device that does not work is left out with a warning.
fn devices(args: &InitArgs, output: Output) -> Result<Vec<Box<dyn Device>>, CliError> {
    let cpu = || -> Box<dyn Device> {
        let threads = args
            .threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        Box::new(CpuDevice::new(
            args.kernel.unwrap_or_else(LabelKernel::detect_best),
            threads,
        ))
    };
    let options = gpu::GpuOptions {
        tuning_file: Some(
            args.tuning_file
                .clone()
                .unwrap_or_else(|| spacemesh_app::DataFolder::choose(None).join(TUNING_FILE)),
        ),
        ..gpu::GpuOptions::default()
    };
    let mut devices: Vec<Box<dyn Device>> = Vec::new();
    if args.device.iter().any(|id| id == "all") {
        for provider in gpu::providers().into_iter().filter(|provider| {
            provider.unusable.is_none() && provider.info.kind != DeviceKind::Software
        }) {
            match gpu::open_tuned(&provider.info.id, &options) {
                Ok(device) => devices.push(Box::new(device)),
                Err(error) => output.note(&format!("warning: {error}")),
            }
        }
        devices.push(cpu());
        return Ok(devices);
    }
    for id in &args.device {
        if id == CPU_DEVICE_ID {
            devices.push(cpu());
        } else {
            let device = gpu::open_tuned(id, &options)
                .map_err(|error| CliError::chain(Exit::Device, "device", &error))?;
            devices.push(Box::new(device));
        }
    }
    Ok(devices)
}

/// Whose labels: as given, as in the folder, or a new identity whose key is on disk before the first label.
fn identity(
    args: &InitArgs,
    present: Option<[u8; 32]>,
    output: Output,
) -> Result<[u8; 32], CliError> {
    if let Some(id) = args.id {
        return Ok(id);
    }
    let beside = args.dir.join(KEY_FILE);
    let path = args.key.as_ref().unwrap_or(&beside);
    match fs::read(path).map(Zeroizing::new) {
        Ok(content) => {
            let key = spacemesh_crypto::parse_key_file(&content).map_err(|error| {
                CliError::new(
                    Exit::Input,
                    "key_file",
                    format!("{}: {error}", path.display()),
                )
            })?;
            Ok(*key.node_id().as_bytes())
        }
        Err(error) if args.key.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            match present {
                Some(id) => Ok(id),
                None => new_identity(path, output),
            }
        }
        Err(error) => Err(CliError::new(
            io_exit(&error),
            "key_file",
            format!("cannot read {}: {error}", path.display()),
        )),
    }
}

/// Makes a key and puts it on disk, whole or not at all, before any label is bound to it.
fn new_identity(path: &Path, output: Output) -> Result<[u8; 32], CliError> {
    let failed = |error: std::io::Error| {
        CliError::new(
            io_exit(&error),
            "key_file",
            format!("cannot write {}: {error}", path.display()),
        )
    };
    let mut seed = Zeroizing::new([0; SigningKey::SEED_SIZE]);
    getrandom::fill(&mut *seed).map_err(|error| failed(std::io::Error::other(error)))?;
    let key = SigningKey::from_seed(&seed);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    // A temporary file is made for its owner only, and never takes the place of a key that is there.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(write_key_file(&key).as_bytes())
        .map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(path)
        .map_err(|error| failed(error.error))?;
    #[cfg(unix)]
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)?;
    output.note(&format!(
        "made a new identity; its key is in {}: keep a copy, the data is worthless without it",
        path.display()
    ));
    Ok(*key.node_id().as_bytes())
}
