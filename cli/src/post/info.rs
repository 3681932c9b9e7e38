//! `spacemesh post info`.

use std::path::PathBuf;

use clap::Args;
use post_gpu::init::inspect;
use serde_json::json;

use super::init_error;
use crate::exit::CliError;
use crate::output::{Output, bytes, facts};

#[derive(Args, Debug)]
pub(crate) struct InfoArgs {
    /// The data folder
    dir: PathBuf,
}

pub(crate) fn run(args: &InfoArgs, output: Output) -> Result<(), CliError> {
    let (metadata, status) = inspect(&args.dir).map_err(|error| init_error(&error))?;
    let commitment = metadata.commitment();
    let document = json!({
        "dir": args.dir,
        "node_id": hex::encode(metadata.node_id),
        "commitment_atx_id": hex::encode(metadata.commitment_atx_id),
        "commitment": hex::encode(commitment.as_bytes()),
        "num_units": metadata.num_units,
        "labels_per_unit": metadata.labels_per_unit,
        "max_file_size": metadata.max_file_size,
        "labels_total": status.total,
        "labels_done": status.done_labels(),
        "files": status.files,
        "incomplete_files": status.incomplete_files,
        "bytes": status.bytes,
        "vrf_nonce": status.vrf_nonce,
        "complete": status.is_complete(),
        "in_use": status.in_use,
    });
    output.result(&document, || {
        let percent = status.done_labels() as f64 / status.total.max(1) as f64 * 100.0;
        let size = u128::from(post_gpu::params::LABEL_SIZE);
        facts(&[
            ("folder", args.dir.display().to_string()),
            ("identity", hex::encode(metadata.node_id)),
            ("commitment ATX", hex::encode(metadata.commitment_atx_id)),
            (
                "units",
                format!(
                    "{} of {} labels",
                    metadata.num_units, metadata.labels_per_unit
                ),
            ),
            (
                "filled",
                format!(
                    "{} of {} ({percent:.2} %)",
                    bytes(u128::from(status.done_labels()) * size),
                    bytes(u128::from(status.total) * size)
                ),
            ),
            (
                "files",
                format!(
                    "{}, {} incomplete",
                    status.files,
                    status.incomplete_files.len()
                ),
            ),
            (
                "VRF nonce",
                status
                    .vrf_nonce
                    .map_or_else(|| "none yet".to_owned(), |nonce| nonce.to_string()),
            ),
            ("state", state(&status).to_owned()),
        ])
    });
    Ok(())
}

fn state(status: &post_gpu::init::DirStatus) -> &'static str {
    match (status.is_complete(), status.in_use) {
        (_, true) => "in use by another process",
        (true, false) => "complete",
        (false, false) => "not complete: `spacemesh post init` with the same options goes on",
    }
}
