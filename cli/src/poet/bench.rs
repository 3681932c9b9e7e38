//! `spacemesh poet bench`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use spacemesh_poet::bench::{BenchOptions, BenchReport, bench};

use crate::exit::{CliError, Exit};
use crate::output::{Output, bytes, facts};

#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// Seconds for the leaf rates, all of them together
    #[arg(long, value_name = "N", default_value_t = 4.0)]
    seconds: f64,
    /// Binary logarithm of the leaves of the round whose proof is made
    #[arg(long, value_name = "N", default_value_t = 28)]
    proof_leaves: u8,
    /// Height of the tree's nodes that are kept
    #[arg(long, value_name = "N", default_value_t = 12)]
    height: u8,
    /// Folder for the files of the measurement, removed afterwards (default: the system's folder for temporary files)
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(crate) fn run(args: &BenchArgs, output: Output) -> Result<(), CliError> {
    let options = BenchOptions {
        rates: Duration::from_secs_f64(args.seconds.clamp(0.05, 600.0)),
        proof_leaves_log2: args.proof_leaves,
        height: args.height,
    };
    let folder = match &args.folder {
        Some(folder) => tempfile::tempdir_in(folder),
        None => tempfile::tempdir(),
    };
    let folder = folder.map_err(|error| CliError::new(Exit::Disk, "folder", error))?;
    let report = bench(&options, &folder.path().join("bench"), &mut |step| {
        output.note(&format!("measuring {step} …"));
    });
    let report = report.map_err(|error| CliError::new(Exit::Failed, "bench", error))?;
    output.result(&report, || text(&report));
    Ok(())
}

fn text(report: &BenchReport) -> String {
    let rate = |leaves: f64| format!("{leaves:.0} leaves/s");
    let proof = &report.proof;
    let of_bound = report.of_bound.map_or_else(
        || "not known for this kernel".to_owned(),
        |share| format!("{:.1} %", 100.0 * share),
    );
    let memory =
        |peak: Option<u64>| peak.map_or_else(|| "not told".to_owned(), |peak| bytes(peak.into()));
    facts(&[
        (report.kernel.as_str(), rate(report.leaves_per_second)),
        (
            "portable kernel",
            format!(
                "{} ({:.2} ×)",
                rate(report.leaves_per_second_portable),
                report.over_portable
            ),
        ),
        (
            "general library",
            format!(
                "{} ({:.2} ×)",
                rate(report.leaves_per_second_general),
                report.over_general
            ),
        ),
        ("two side by side", rate(report.leaves_per_second_pair)),
        ("clock", format!("{:.2} GHz", report.clock_hz / 1e9)),
        (
            "per compression",
            format!("{:.1} cycles", report.cycles_per_compression),
        ),
        ("of the bound", of_bound),
        (
            "making a proof",
            format!(
                "{:.2} s for {} leaves on {} threads, {} resident",
                proof.seconds,
                proof.leaves,
                proof.threads,
                memory(proof.memory_peak)
            ),
        ),
        (
            "verifying one",
            format!("{:.2} ms", 1e3 * report.verification_seconds),
        ),
        (
            "a mainnet round",
            format!(
                "{} of memory, {} of disk",
                memory(report.mainnet.memory),
                bytes(report.mainnet.log.into())
            ),
        ),
    ])
}
