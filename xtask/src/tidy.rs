//! Tidiness that no compiler checks: every Rust file says what it is for, nothing unfinished is left, and the tree speaks of the software
//! only.

use std::fs;

use crate::process::{command, output, root};

/// Above this a file probably holds a second idea.
const LINES_MAX: usize = 900;

/// Marks of unfinished work, and paths of somebody's machine. Spelled in pieces so that this file does not contain them.
const BANNED: &[[&str; 2]] = &[
    ["todo", "!("],
    ["unimplemented", "!("],
    ["TO", "DO"],
    ["FIX", "ME"],
    ["XX", "X:"],
    ["#[ign", "ore"],
    ["/wor", "k/"],
    ["/ro", "ot/"],
];

/// Checks every file that git tracks, or would track.
pub(crate) fn check() -> Result<(), String> {
    let listed =
        output(command("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let mut faults = Vec::new();
    for path in listed.lines() {
        let is_rust = path.ends_with(".rs");
        let is_web = [".ts", ".tsx", ".css", ".mjs"]
            .iter()
            .any(|ending| path.ends_with(ending));
        let is_text = [".md", ".toml", ".yml"]
            .iter()
            .any(|ending| path.ends_with(ending));
        if !(is_rust || is_web || is_text) {
            continue;
        }
        // A file listed by git may be gone from the working tree.
        let Ok(text) = fs::read_to_string(root().join(path)) else {
            continue;
        };
        if is_rust && !starts_with_docs(&text) {
            faults.push(format!(
                "{path}: does not open with `//!` and what it is for"
            ));
        }
        let lines = text.lines().count();
        let generated = text
            .lines()
            .take(5)
            .any(|line| line.contains("changes here are lost"));
        // A table of cases may be long; a test file that holds two subjects shows in its name.
        let is_test = path.contains("/tests/") || path.contains(".test.");
        if (is_rust || is_web) && !generated && !is_test && lines > LINES_MAX {
            faults.push(format!("{path}: {lines} lines; is it one idea?"));
        }
        for [head, tail] in BANNED {
            let word = format!("{head}{tail}");
            if let Some(at) = text.lines().position(|line| line.contains(&word)) {
                faults.push(format!("{path}:{}: contains {word:?}", at + 1));
            }
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("\n"))
    }
}

fn starts_with_docs(text: &str) -> bool {
    text.lines()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| line.starts_with("//!"))
}
