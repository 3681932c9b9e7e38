//! `spacemesh post verify`.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use clap::Args;
use post_gpu::control::Control;
use post_gpu::verify_data::{DataReport, Extent, VerifyDataError, VerifyDataOptions, verify_data};
use serde_json::json;

use super::network::NetworkArgs;
use crate::exit::{CliError, Exit};
use crate::output::{Output, bytes, facts};
use crate::progress::Task;
use crate::stop;

#[derive(Args, Debug)]
#[command(
    after_help = "Without --all and --percent a sample of 3000 labels is checked, which finds damage to one label in a thousand with more than
95 % probability; around each wrong label it looks closer. Ends with 6 when something is wrong; `spacemesh post repair` mends it."
)]
pub(crate) struct VerifyArgs {
    /// The data folder
    dir: PathBuf,
    #[command(flatten)]
    network: NetworkArgs,
    /// Check every label
    #[arg(long, conflicts_with_all = ["percent", "sample"])]
    all: bool,
    /// Check this share of every file
    #[arg(long, value_name = "PERCENT")]
    percent: Option<f64>,
    /// Check that many labels
    #[arg(long, value_name = "N", conflicts_with = "percent")]
    sample: Option<u64>,
    /// First file
    #[arg(long, value_name = "N", default_value_t = 0)]
    from_file: u32,
    /// Last file
    #[arg(long, value_name = "N")]
    to_file: Option<u32>,
    /// Decides the random places (default: other ones each time)
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

pub(crate) fn run(args: &VerifyArgs, output: Output) -> Result<(), CliError> {
    let report = check(args, output)?;
    output.result(
        &json!({ "event": "end", "good": report.is_good(), "report": report }),
        || text(&report),
    );
    if report.is_good() {
        Ok(())
    } else {
        Err(CliError::new(
            Exit::Damaged,
            "damaged",
            "the data is damaged; `spacemesh post repair` makes wrong labels again, `spacemesh post init` missing ones",
        ))
    }
}

fn check(args: &VerifyArgs, output: Output) -> Result<DataReport, CliError> {
    let mut options = VerifyDataOptions::sample(
        &args.dir,
        args.network.params().scrypt,
        args.seed.unwrap_or_else(random_seed),
    );
    options.from_file = args.from_file;
    options.to_file = args.to_file;
    if args.all {
        options.extent = Extent::Whole;
    } else if let Some(percent) = args.percent {
        options.extent = Extent::Percent { percent };
    } else if let Some(labels) = args.sample {
        options.extent = Extent::Sample { labels };
    }
    watched(output, "checking", |control, report| {
        verify_data(&options, Vec::new(), control, report)
    })
}

/// Runs a check or repair with progress, stopping at a signal.
pub(super) fn watched<T>(
    output: Output,
    title: &str,
    work: impl FnOnce(
        &Control,
        &(dyn Fn(post_gpu::verify_data::VerifyDataProgress) + Sync),
    ) -> Result<T, VerifyDataError>,
) -> Result<T, CliError> {
    let control = Arc::new(Control::new());
    let stopper = Arc::clone(&control);
    stop::on_signal(move || stopper.cancel())?;
    let task = Mutex::new(Task::new(output, title));
    let started = Instant::now();
    let result = work(&control, &|progress| {
        output.event(&json!({ "event": "progress", "progress": progress }));
        let rate = progress.checked as f64 / started.elapsed().as_secs_f64().max(1e-3);
        let left = progress.total.saturating_sub(progress.checked) as f64 / rate.max(1e-9);
        if let Ok(mut task) = task.lock() {
            task.update(
                progress.checked,
                progress.total,
                &format!(
                    "{} labels, {} wrong, {rate:.0}/s",
                    progress.checked, progress.bad
                ),
                Some(left),
            );
        }
    });
    drop(task);
    result.map_err(|error| data_error(&error))
}

/// An error of reading or mending data with its exit code.
pub(super) fn data_error(error: &VerifyDataError) -> CliError {
    use post_gpu::metadata::MetadataError;
    let (exit, code) = match error {
        VerifyDataError::Cancelled => return stop::interrupted(),
        VerifyDataError::Metadata(MetadataError::Missing { .. }) => (Exit::NotFound, "no_data"),
        VerifyDataError::Metadata(_) | VerifyDataError::Params(_) => (Exit::Input, "metadata"),
        VerifyDataError::Files { .. } => (Exit::Usage, "files"),
        VerifyDataError::Absent { .. } => (Exit::Damaged, "incomplete"),
        VerifyDataError::Kernel(_) | VerifyDataError::Device(_) => (Exit::Device, "device"),
        VerifyDataError::Locked { .. } => (Exit::InUse, "in_use"),
        VerifyDataError::Read { .. }
        | VerifyDataError::Write { .. }
        | VerifyDataError::Listing(_) => (Exit::Disk, "io"),
        _ => (Exit::Failed, "failed"),
    };
    CliError::chain(exit, code, error)
}

fn text(report: &DataReport) -> String {
    let size = u128::from(post_gpu::params::LABEL_SIZE);
    let mut out = facts(&[
        (
            "checked",
            format!(
                "{} of {} labels ({})",
                report.checked,
                report.total,
                bytes(u128::from(report.total) * size)
            ),
        ),
        (
            "wrong",
            format!(
                "{} labels in {} ranges",
                report.bad_labels(),
                report.bad.len()
            ),
        ),
        (
            "files",
            if report.files.is_empty() {
                "all there".to_owned()
            } else {
                format!("{} not as they should be", report.files.len())
            },
        ),
    ]);
    for range in report.bad.iter().take(20) {
        out.push_str(&format!(
            "  wrong: labels {} to {}\n",
            range.start,
            range.end - 1
        ));
    }
    for file in &report.files {
        let found = file.found.map_or_else(
            || "is missing".to_owned(),
            |found| format!("has {found} bytes"),
        );
        out.push_str(&format!(
            "  {} {found}, expected {}\n",
            file.file, file.expected
        ));
    }
    if report.more_likely {
        out.push_str("There is probably more damage: check everything with --all.\n");
    } else if report.is_good() && report.finds_share > 0.0 {
        out.push_str(&format!(
            "Damage to {:.3} % of the data or more would have been found with 95 % probability.\n",
            report.finds_share * 100.0
        ));
    }
    out
}

/// Other places each time, so that repeated checks see more of the data. Nothing secret depends on it.
pub(super) fn random_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}
