//! `spacemesh post prove`.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, ValueEnum};
use post_gpu::aes::Cipher;
use post_gpu::control::Control;
use post_gpu::cpu::LabelKernel;
use post_gpu::files::FilesError;
use post_gpu::k2pow::RandomXMode;
use post_gpu::metadata::{MetadataError, PostMetadata};
use post_gpu::prove::{Phase, ProveError, ProveJob, ProveOptions, ProveStatus, prove};
use serde_json::json;

use super::network::{NetworkArgs, parse_hex32};
use crate::exit::{CliError, Exit};
use crate::output::{Output, bytes, duration, facts};
use crate::progress::Task;
use crate::stop;

/// RandomX with little memory or in little time.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    /// 2,080 MiB of memory
    Fast,
    /// 256 MiB of memory, about 8 times slower
    Light,
}

#[derive(Args, Debug)]
#[command(
    after_help = "The search is kept in the folder: started again with the same challenge and nonces it goes on where it stopped, and ends with
the same proof. The proof is printed as JSON and, with --out, written to a file."
)]
pub(crate) struct ProveArgs {
    /// The data folder; must be complete
    dir: PathBuf,
    #[command(flatten)]
    network: NetworkArgs,
    /// What the proof answers (64 hex digits; default: zeros, the challenge of an identity's first proof)
    #[arg(long, value_name = "HEX", value_parser = parse_hex32)]
    challenge: Option<[u8; 32]>,
    /// Nonces tried in one pass over the data, a multiple of 16
    #[arg(long, value_name = "N", default_value_t = 288)]
    nonces: u32,
    /// Threads (default: three quarters of the cores)
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Proving cipher: portable, aes-ni, vaes256, vaes512 or armv8 (default: the fastest)
    #[arg(long, value_name = "NAME")]
    cipher: Option<Cipher>,
    /// Kernel that recomputes hits (default: the fastest)
    #[arg(long, value_name = "NAME")]
    kernel: Option<LabelKernel>,
    /// Memory for the RandomX work
    #[arg(long, value_enum, default_value = "fast")]
    randomx_mode: Mode,
    /// Write the proof to this file as well
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &ProveArgs, output: Output) -> Result<(), CliError> {
    let job = ProveJob {
        dir: args.dir.clone(),
        params: args.network.params(),
        challenge: args.challenge.unwrap_or_default(),
    };
    let mut options = ProveOptions {
        nonces: args.nonces,
        ..ProveOptions::default()
    };
    if let Some(threads) = args.threads {
        options.threads = threads;
    }
    if let Some(cipher) = args.cipher {
        options.cipher = cipher;
    }
    if let Some(kernel) = args.kernel {
        options.kernel = kernel;
    }
    options.pow_mode = match args.randomx_mode {
        Mode::Fast => RandomXMode::Fast,
        Mode::Light => RandomXMode::Light,
    };
    let metadata =
        PostMetadata::read(&args.dir).map_err(|error| prove_error(&ProveError::from(error)))?;
    let control = Arc::new(Control::new());
    let stopper = Arc::clone(&control);
    stop::on_signal(move || stopper.cancel())?;

    let started = Instant::now();
    let mut task = Task::new(output, "proving");
    let result = prove(&job, &options, &control, &mut |status| {
        report(&mut task, output, status, started)
    });
    drop(task);
    let proved = result.map_err(|error| prove_error(&error))?;
    let document = json!({
        "node_id": hex::encode(metadata.node_id),
        "commitment_atx_id": hex::encode(metadata.commitment_atx_id),
        "num_units": metadata.num_units,
        "labels_per_unit": metadata.labels_per_unit,
        "challenge": hex::encode(job.challenge),
        "proof": proved.proof,
        "bad_labels": proved.bad_labels,
    });
    if let Some(path) = &args.out {
        let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text.push('\n');
        fs::write(path, text).map_err(|error| {
            CliError::new(
                crate::exit::io_exit(&error),
                "out",
                format!("cannot write {}: {error}", path.display()),
            )
        })?;
    }
    let shown = if output.json {
        json!({ "event": "end", "result": document })
    } else {
        document.clone()
    };
    output.result(&shown, || {
        let mut text = facts(&[
            ("nonce", proved.proof.nonce.to_string()),
            ("pow", proved.proof.pow.to_string()),
            ("indices", hex::encode(&proved.proof.indices)),
            ("time", duration(started.elapsed().as_secs_f64())),
        ]);
        if !proved.bad_labels.is_empty() {
            text.push_str(&format!(
                "\n{} labels are wrong (first at {}); the proof does without them. Mend them with `spacemesh post repair`.\n",
                proved.bad_labels.len(),
                proved.bad_labels[0]
            ));
        }
        text
    });
    Ok(())
}

fn report(task: &mut Task, output: Output, status: &ProveStatus, started: Instant) {
    let elapsed = started.elapsed().as_secs_f64().max(1e-3);
    match &status.phase {
        Phase::PreparingPow => {
            output.event(&json!({ "event": "preparing_pow" }));
            task.update(0, 1, "preparing RandomX", None);
        }
        Phase::Pow {
            solved,
            groups,
            hashes,
            expected_per_group,
        } => {
            let rate = *hashes as f64 / elapsed;
            let left = (f64::from(groups - solved) * expected_per_group / rate.max(1e-9)).max(0.0);
            output.event(&json!({
                "event": "pow", "solved": solved, "groups": groups, "hashes": hashes, "hashes_per_second": rate, "seconds_left": left,
            }));
            task.update(
                u64::from(*solved),
                u64::from(*groups),
                &format!("RandomX work, group {} of {groups}", solved + 1),
                Some(left),
            );
        }
        Phase::Reading {
            done,
            total,
            read_now,
            most_hits,
        } => {
            let rate = *read_now as f64 / elapsed;
            let left = (total - done) as f64 / rate.max(1.0);
            output.event(&json!({
                "event": "reading", "done": done, "total": total, "bytes_per_second": rate, "seconds_left": left, "most_hits": most_hits,
                "nonces": [status.nonces.start, status.nonces.end], "bad_labels": status.bad_labels.len(),
            }));
            let text = format!(
                "{} of {}, {}/s",
                bytes(u128::from(*done)),
                bytes(u128::from(*total)),
                bytes(rate as u128)
            );
            task.update(*done, *total, &text, Some(left));
        }
        _ => {}
    }
}

/// A proving error with its exit code.
pub(super) fn prove_error(error: &ProveError) -> CliError {
    let (exit, code) = match error {
        ProveError::Cancelled(_) => return stop::interrupted(),
        ProveError::Nonces { .. } | ProveError::Params(_) | ProveError::Difficulty(_) => {
            (Exit::Usage, "parameters")
        }
        ProveError::OtherNetwork { .. } => (Exit::Input, "other_network"),
        ProveError::Metadata(MetadataError::Missing { .. }) => (Exit::NotFound, "no_data"),
        ProveError::Metadata(_) => (Exit::Input, "metadata"),
        ProveError::Files(FilesError::Missing { .. }) => (Exit::Damaged, "incomplete"),
        ProveError::Files(_) => (Exit::Damaged, "incomplete"),
        ProveError::Read { .. } | ProveError::Progress(_) => (Exit::Disk, "io"),
        ProveError::Cipher(_) | ProveError::Kernel(_) | ProveError::Pow(_) => {
            (Exit::Device, "device")
        }
        ProveError::Exhausted => (Exit::Damaged, "damaged"),
        _ => (Exit::Failed, "failed"),
    };
    CliError::chain(exit, code, error)
}
