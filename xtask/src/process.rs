//! Where the project lies, and how its programs are started.
//!
//! Keeps true: every child process gets the same build directory, so that no command compiles a dependency twice.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The root of the clone.
///
/// Cargo says at run time which clone it was called in; what was compiled in may be another one that shares the build directory.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        package
            .parent()
            .expect("xtask lies in a folder of the workspace")
            .to_owned()
    })
}

/// The build directory: `SMAPP_TARGET_DIR`, else `CARGO_TARGET_DIR`, else `target/` in the clone.
pub(crate) fn target_dir() -> PathBuf {
    ["SMAPP_TARGET_DIR", "CARGO_TARGET_DIR"]
        .iter()
        .find_map(|name| env::var_os(name).filter(|value| !value.is_empty()))
        .map(|dir| root().join(dir))
        .unwrap_or_else(|| root().join("target"))
}

/// Where the binary `name` of the given profile lies after `cargo build`.
pub(crate) fn binary(profile: Profile, name: &str) -> PathBuf {
    target_dir()
        .join(profile.folder())
        .join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// The two profiles in use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Fast to build; dependencies and hot crates are optimised all the same.
    Dev,
    /// What users get and what is measured.
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }

    /// The flag that selects the profile, if any.
    pub(crate) fn flag(self) -> Option<&'static str> {
        match self {
            Self::Dev => None,
            Self::Release => Some("--release"),
        }
    }
}

/// A command in the clone's root, with the build directory set. Standard input is closed: no step may wait for a person.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target_dir())
        .stdin(Stdio::null());
    command
}

/// `cargo` with the lock file respected.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg(subcommand).arg("--locked");
    cargo
}

/// The programs that are built here, and their packages.
const PROGRAMS: [(&str, &str); 3] = [
    ("spacemesh", "spacemesh-cli"),
    ("smapp", "smapp"),
    ("known-answers", "spacemesh-known-answers"),
];

/// Builds programs with one profile.
///
/// For development they get the features that the whole workspace gives their dependencies, so that the tests and they share one build of each;
/// what users get has no feature that it does not ask for.
pub(crate) fn build(profile: Profile, programs: &[&str]) -> Result<(), String> {
    let mut cargo = cargo("build");
    cargo.args(profile.flag());
    if profile == Profile::Dev {
        cargo.arg("--workspace");
    }
    for (program, package) in PROGRAMS
        .iter()
        .filter(|(program, _)| programs.contains(program))
    {
        match profile {
            Profile::Dev => cargo.args(["--bin", program]),
            Profile::Release => cargo.args(["--package", package]),
        };
    }
    status(&mut cargo)
}

/// Runs a command to its end; an error names the command line.
pub(crate) fn status(command: &mut Command) -> Result<(), String> {
    let line = line(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` failed ({status})")),
        Err(error) => Err(format!("`{line}` could not be started: {error}")),
    }
}

/// Runs a command and returns what it printed on standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let line = line(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("`{line}` could not be started: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "`{line}` failed ({})\n{}",
            output.status,
            String::from_utf8_lossy(&output.stdout)
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The path of a program, looked up in `PATH`.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|dir| dir.join(&name))
        .find(|path| path.is_file())
}

fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}
