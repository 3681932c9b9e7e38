//! The web UI: its packages, checks and build.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

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

/// What the pages are made of, relative to `ui`.
const SOURCES: [&str; 8] = [
    "src",
    "public",
    "index.html",
    "gallery.html",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
];

/// Builds the pages unless they are newer than all they are made of: the programs hold them, so fresh pages link all of them again.
pub(crate) fn build() -> Result<(), String> {
    let ui = root().join("ui");
    let built = fs::metadata(ui.join("dist/index.html")).and_then(|file| file.modified());
    let newest = SOURCES
        .iter()
        .filter_map(|source| newest(&ui.join(source)))
        .max();
    if matches!((built, newest), (Ok(built), Some(newest)) if built > newest) {
        return Ok(());
    }
    script("build")
}

/// When something at or below `path` changed last; a folder changes when a file comes or goes.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = fs::metadata(path).and_then(|file| file.modified()).ok();
    let below = fs::read_dir(path)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| newest(&entry.path()))
        .max();
    own.max(below)
}
