//! The web UI: its packages, checks and build.

use std::fs;
use std::process::Command;

use crate::process::{command, root, status};

/// `npm` in the folder `ui`.
pub(crate) fn npm() -> Command {
    let mut npm = command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(root().join("ui"))
        .env("npm_config_fund", "false")
        .env("npm_config_audit", "false");
    npm
}

/// Installs the locked packages unless `ui/node_modules` was made from this very lock file.
pub(crate) fn install() -> Result<(), String> {
    let lock = root().join("ui/package-lock.json");
    let stamp = root().join("ui/node_modules/.locked-by");
    let wanted =
        fs::read(&lock).map_err(|error| format!("cannot read {}: {error}", lock.display()))?;
    if fs::read(&stamp).is_ok_and(|made_from| made_from == wanted) {
        return Ok(());
    }
    status(npm().args(["ci", "--no-progress"]))?;
    fs::write(&stamp, wanted).map_err(|error| format!("cannot write {}: {error}", stamp.display()))
}

/// Runs a script of `ui/package.json`.
pub(crate) fn script(name: &str) -> Result<(), String> {
    status(npm().args(["run", "--silent", name]))
}
