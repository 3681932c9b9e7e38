//! `cargo xtask vectors`: runs files of known answers.

use crate::process::{Profile, binary, build, command, root, status};

const HELP: &str = "\
cargo xtask vectors: run files of known answers

usage: cargo xtask vectors [PATH…]

  PATH   files, or folders searched for them (default: tests/vectors)

Every expectation of a file is checked. The last line is `N passed, N failed`; it fails if any expectation failed or was not understood.";

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if crate::asks_for_help(args, HELP) {
        return Ok(());
    }
    build(Profile::Dev, &["known-answers"])?;
    let mut runner = command(binary(Profile::Dev, "known-answers"));
    // A path is meant from where the person stands, not from the clone's root.
    if let Ok(here) = std::env::current_dir() {
        runner.current_dir(here);
    }
    runner.args(args);
    if args.iter().all(|arg| arg.starts_with('-')) {
        runner.arg(root().join("tests/vectors"));
    }
    status(&mut runner)
}
