//! Smapp in a window. Thin: the app decides what happens, the page shows it, and this crate is the glass between them.
//!
//! Keeps true: the page has one command and one event; it can't leave its own files; started as the worker of committed space, this program
//! opens no window and touches no display.

mod away;
mod host; // the one command of the page
mod placement; // where the window was
mod program; // the app behind it
mod shell; // what happens when: start here
mod state; // what is read from the app's answers
mod tray; // Tauri: the tray
mod tray_picture; // its picture
mod window; // Tauri: window, dialogs, notices // sleep and locked screens

use std::process::ExitCode;

/// The hidden argument with which the app starts this program again to work on committed space.
const WORKER: &str = "post-worker";

const HELP: &str = "\
smapp: a wallet and a smesher for Spacemesh, in a window

usage: smapp [--hidden]

  --hidden    start in the tray (used when Smapp starts with the system)
  --version   print the version

environment:
  SMAPP_LOG   what is logged to standard error, for example `debug` or `smapp=trace,warn`

The same without a window: `spacemesh app` serves it to a browser, `spacemesh --help` lists the terminal's commands.";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    match first.as_deref() {
        Some(WORKER) => work(),
        Some("--version") => say(concat!("smapp ", env!("CARGO_PKG_VERSION"))),
        Some("--help" | "-h") => say(HELP),
        Some("--hidden") => window::run(false),
        _ => window::run(true),
    }
}

#[expect(clippy::print_stdout, reason = "the answer to --help and --version")]
fn say(text: &str) -> ExitCode {
    println!("{text}");
    ExitCode::SUCCESS
}

/// Works on committed space for the app that started this process, until it closes the pipe.
fn work() -> ExitCode {
    match post_gpu::worker::serve(std::io::stdin().lock(), std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error.to_string()),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the app reads the worker's standard error into its log"
)]
fn complain(error: &str) -> ExitCode {
    eprintln!("post-worker: {error}");
    ExitCode::FAILURE
}
