//! Help, completions and the manual.

use std::fs;
use std::path::Path;

use crate::program::Program;

#[test]
fn every_command_explains_itself_and_the_manual_in_the_tree_is_current() {
    let program = Program::new();
    let manual = program.run(["manual"]).ends(0).out;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cli.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &manual).unwrap();
    }
    let kept = fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        kept == manual,
        "docs/cli.md is not what `spacemesh manual` prints; run this test with UPDATE_DOCS=1"
    );
    for command in [
        "post init",
        "post prove",
        "wallet create",
        "wallet tx spend",
        "app",
        "config",
        "completions",
    ] {
        assert!(
            manual.contains(&format!("## `spacemesh {command}`")),
            "{command} is missing"
        );
    }
}

#[test]
fn shells_can_complete_commands() {
    let program = Program::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = program.run(["completions", shell]).ends(0).out;
        assert!(script.contains("check-proof"), "{shell}: {script}");
        assert!(
            !script.contains("post-worker"),
            "hidden commands are not offered"
        );
    }
}

#[test]
fn a_wrong_command_line_ends_with_2_and_says_what_is_wrong() {
    let program = Program::new();
    let run = program.run(["post", "init", "--num-unitz", "4"]).ends(2);
    assert!(
        run.err.contains("--num-unitz") && run.err.contains("--num-units"),
        "{}",
        run.err
    );
    assert!(run.out.is_empty());
}
