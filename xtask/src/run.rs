//! `cargo xtask run`: from a clone to an open Smapp.

use std::env;

use crate::process::{Profile, binary, build, command, status};
use crate::{doctor, ui};

const HELP: &str = "\
cargo xtask run: install what is missing, build, and open Smapp

usage: cargo xtask run [--release] [--browser] [-- ARGUMENTS OF SMAPP]

  --release   build the optimised program (slower to build; filling space is equally fast in both)
  --browser   serve the UI on loopback although there is a display

Without a display it serves the same UI on loopback and prints the address.";

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let (own, passed) = match args.iter().position(|arg| arg == "--") {
        Some(at) => (&args[..at], &args[at + 1..]),
        None => (args, &[][..]),
    };
    if crate::asks_for_help(own, HELP) {
        return Ok(());
    }
    let mut profile = Profile::Dev;
    let mut browser = false;
    for arg in own {
        match arg.as_str() {
            "--release" => profile = Profile::Release,
            "--browser" => browser = true,
            other => {
                return Err(format!(
                    "run does not know {other:?}; see `cargo xtask run --help`"
                ));
            }
        }
    }
    doctor::provide(doctor::Purpose::Run)?;
    ui::install()?;
    ui::build()?;
    if browser || !has_display() {
        build(profile, &["spacemesh"])?;
        return status(
            command(binary(profile, "spacemesh"))
                .arg("app")
                .args(passed),
        );
    }
    build(profile, &["smapp"])?;
    status(command(binary(profile, "smapp")).args(passed))
}

fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
