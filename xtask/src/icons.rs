//! `cargo xtask icons`: draws the icons of all sizes from the SVG files.

use crate::process::{command, status};

const HELP: &str = "\
cargo xtask icons: draw the icons of all sizes from icons/*.svg

usage: cargo xtask icons

The results are kept in the tree, since building Smapp must not need a drawing program.";

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if crate::asks_for_help(args, HELP) {
        return Ok(());
    }
    status(command("node").arg("icons/generate.mjs"))
}
