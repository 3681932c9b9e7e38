//! `spacemesh post repair`.

use std::ops::Range;
use std::path::PathBuf;

use clap::Args;
use post_gpu::repair::repair;
use post_gpu::verify_data::{Extent, VerifyDataOptions, verify_data};
use serde_json::json;

use super::network::NetworkArgs;
use super::verify::{random_seed, watched};
use crate::exit::CliError;
use crate::output::Output;

#[derive(Args, Debug)]
#[command(
    after_help = "Without --labels every label is checked first. Only labels that are wrong are written; all other bytes stay as they are.
Missing or short files are completed by `spacemesh post init`, not here."
)]
pub(crate) struct RepairArgs {
    /// The data folder
    dir: PathBuf,
    #[command(flatten)]
    network: NetworkArgs,
    /// Labels to look at, for example 4096..8192; several times (default: all that a whole check finds)
    #[arg(long = "labels", value_name = "FROM..TO", value_parser = parse_range)]
    ranges: Vec<Range<u64>>,
}

pub(crate) fn run(args: &RepairArgs, output: Output) -> Result<(), CliError> {
    let scrypt = args.network.params().scrypt;
    let repaired = watched(output, "repairing", |control, report| {
        let mut ranges = args.ranges.clone();
        if ranges.is_empty() {
            let mut options = VerifyDataOptions::sample(&args.dir, scrypt, random_seed());
            options.extent = Extent::Whole;
            ranges = verify_data(&options, Vec::new(), control, report)?.bad;
        }
        repair(&args.dir, scrypt, &ranges, Vec::new(), control, report)
    })?;
    output.result(&json!({ "event": "end", "checked": repaired.checked, "mended": repaired.mended, "labels": repaired.labels() }), || {
        match repaired.labels() {
            0 => "nothing was wrong\n".to_owned(),
            labels => format!("{labels} labels in {} ranges were made again\n", repaired.mended.len()),
        }
    });
    Ok(())
}

fn parse_range(text: &str) -> Result<Range<u64>, String> {
    let parsed = text
        .split_once("..")
        .and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    match parsed {
        Some(range) if range.start < range.end => Ok(range),
        _ => Err(format!(
            "{text:?}: expected FROM..TO, two label indices with FROM below TO"
        )),
    }
}
