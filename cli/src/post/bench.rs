//! `spacemesh post bench`.

use std::time::Duration;

use clap::Args;
use post_gpu::bench::{BenchOptions, bench};
use post_gpu::gpu::GpuOptions;
use serde_json::json;

use crate::exit::CliError;
use crate::output::{Output, table};

#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// Seconds per figure
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    seconds: f64,
    /// Leave graphics cards out
    #[arg(long)]
    no_gpu: bool,
}

pub(crate) fn run(args: &BenchArgs, output: Output) -> Result<(), CliError> {
    let options = BenchOptions {
        each: Duration::from_secs_f64(args.seconds.clamp(0.05, 600.0)),
        graphics: !args.no_gpu,
        gpu: GpuOptions::default(),
    };
    let report = bench(&options, &mut |step| {
        output.note(&format!("measuring {step} …"))
    });
    let entries: Vec<_> = report
        .entries
        .iter()
        .map(|entry| {
            let mut value = serde_json::to_value(entry).unwrap_or_default();
            value["ratio"] = json!(entry.ratio());
            value
        })
        .collect();
    output.result(
        &json!({ "cpu": report.cpu, "entries": entries, "skipped": report.skipped }),
        || {
            let rows: Vec<Vec<String>> = report
                .entries
                .iter()
                .map(|entry| {
                    vec![
                        entry.subject.clone(),
                        entry.variant.clone(),
                        format!("{:.3} {}", entry.value, entry.unit),
                        format!("{:.3} {} ({})", entry.twin, entry.unit, entry.twin_name),
                        format!("{:.2} ×", entry.ratio()),
                    ]
                })
                .collect();
            let mut text = format!(
                "{}\n\n{}",
                report.cpu,
                table(&["WHAT", "VARIANT", "FIGURE", "BESIDE", "RATIO"], &rows)
            );
            for skipped in &report.skipped {
                text.push_str(&format!("not measured: {skipped}\n"));
            }
            text
        },
    );
    Ok(())
}
