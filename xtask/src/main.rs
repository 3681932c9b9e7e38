//! `cargo xtask`: the project's own commands. One file per command.
//!
//! Keeps true: it links none of the project's crates and spawns them instead, so it builds in seconds and works while they are broken. It
//! changes nothing outside the build directory, `ui/node_modules`, `ui/dist`, `dist/` and `tests/artifacts/`, except that it installs
//! missing system packages where it may (`doctor`).
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks through its output"
)]

mod bench;
mod browser;
mod dist;
mod doctor;
mod fuzz;
mod icons;
mod lint;
mod process;
mod run;
mod test;
mod tidy;
mod ui;
mod vectors;
mod wasm;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask: the commands of this project

usage: cargo xtask COMMAND [OPTIONS]     (each command answers --help)

  run       install what is missing, build, and open Smapp (without a display: serve it on loopback)
  test      run every check: what a change must pass
  bench     measure, beside a portable baseline in the same run, and write BENCHMARKS.md
  vectors   run files of known answers
  lint      formatting, clippy, dependency rules, the wasm build of the pure crates, tidiness
  fuzz      run the fuzz targets, a minute each
  dist      make the packages a user installs
  icons     draw the icons of all sizes from the SVG
  doctor    name what this computer lacks for building, with the command that installs it

environment:
  SMAPP_TARGET_DIR   the build directory (default: CARGO_TARGET_DIR, or target/ in the clone)
  CHROMIUM           the browser for the browser tests (default: chromium on the path)";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("--help", &args[..]),
    };
    let result = match command {
        "run" => run::run(rest),
        "test" => test::run(rest),
        "bench" => bench::run(rest),
        "vectors" => vectors::run(rest),
        "lint" => lint::run(rest),
        "fuzz" => fuzz::run(rest),
        "dist" => dist::run(rest),
        "icons" => icons::run(rest),
        "doctor" => doctor::run(rest),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(format!(
            "there is no command {other:?}; `cargo xtask --help` lists them"
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Prints `text` when the arguments ask for help. Each command calls it first.
fn asks_for_help(args: &[String], text: &str) -> bool {
    let asked = args.iter().any(|arg| arg == "--help" || arg == "-h");
    if asked {
        println!("{text}");
    }
    asked
}
