//! Ctrl-C and termination: the first asks the work to stop where it can go on later, the second ends the process.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::{CliError, Exit};

/// Calls `stop` at the first signal. The process ends at the second one.
pub(crate) fn on_signal(stop: impl Fn() + Send + 'static) -> Result<(), CliError> {
    let asked = AtomicBool::new(false);
    ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(Exit::Interrupted as u8));
        }
        stop();
    })
    .map_err(|error| {
        CliError::new(
            Exit::Failed,
            "signals",
            format!("cannot watch for signals: {error}"),
        )
    })
}

/// The error of work that was stopped.
pub(crate) fn interrupted() -> CliError {
    CliError::new(
        Exit::Interrupted,
        "interrupted",
        "stopped; the same command goes on where it stopped",
    )
}
