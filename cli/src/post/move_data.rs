//! `spacemesh post move`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use post_gpu::control::Control;
use post_gpu::init::{delete, deletion};
use post_gpu::relocate::{RelocateError, RelocateProgress, copy_and_compare};
use serde_json::json;

use super::init_error;
use crate::exit::{CliError, Exit};
use crate::output::{Output, bytes};
use crate::progress::Task;
use crate::stop;

#[derive(Args, Debug)]
#[command(
    after_help = "The data is copied and every byte compared with the original. The old folder stays until --free is given or it is deleted by
hand. Stopped and started again, it goes on with what is missing."
)]
pub(crate) struct MoveArgs {
    /// The data folder
    from: PathBuf,
    /// The new, empty folder
    to: PathBuf,
    /// Free the old folder after the comparison
    #[arg(long)]
    free: bool,
}

pub(crate) fn run(args: &MoveArgs, output: Output) -> Result<(), CliError> {
    let control = Arc::new(Control::new());
    let stopper = Arc::clone(&control);
    stop::on_signal(move || stopper.cancel())?;
    let mut task = Task::new(output, "moving");
    let started = Instant::now();
    let moved = copy_and_compare(&args.from, &args.to, &control, &mut |progress| {
        show(&mut task, output, &progress, started)
    });
    drop(task);
    let moved = moved.map_err(|error| move_error(&error))?;
    if args.free {
        let list = deletion(&args.from).map_err(|error| init_error(&error))?;
        delete(&args.from, &list).map_err(|error| init_error(&error))?;
    }
    output.result(
        &json!({ "event": "end", "bytes": moved, "freed": args.free }),
        || {
            let rest = if args.free {
                "the old folder was freed".to_owned()
            } else {
                format!(
                    "the old folder stays: `spacemesh post delete {}` frees it",
                    args.from.display()
                )
            };
            format!(
                "{} copied to {} and compared; {rest}\n",
                bytes(u128::from(moved)),
                args.to.display()
            )
        },
    );
    Ok(())
}

fn show(task: &mut Task, output: Output, progress: &RelocateProgress, started: Instant) {
    output.event(&json!({ "event": "progress", "progress": progress }));
    let (done, total) = (progress.copied + progress.compared, progress.total * 2);
    let rate = done as f64 / started.elapsed().as_secs_f64().max(1e-3);
    let text = format!(
        "{} copied, {} compared, {}/s",
        bytes(u128::from(progress.copied)),
        bytes(u128::from(progress.compared)),
        bytes(rate as u128)
    );
    task.update(
        done,
        total,
        &text,
        Some(total.saturating_sub(done) as f64 / rate.max(1.0)),
    );
}

fn move_error(error: &RelocateError) -> CliError {
    match error {
        RelocateError::Cancelled => stop::interrupted(),
        RelocateError::Storage(inner) => init_error(inner),
        RelocateError::SamePlace { .. } => CliError::chain(Exit::Usage, "same_place", error),
        RelocateError::NotEmpty { .. } => CliError::chain(Exit::Input, "not_empty", error),
        RelocateError::Differs { .. } => CliError::chain(Exit::Disk, "differs", error),
        _ => CliError::chain(Exit::Failed, "failed", error),
    }
}
