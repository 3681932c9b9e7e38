//! `cargo xtask lint`: what a rule forbids, a command proves.

use std::collections::BTreeSet;

use crate::process::{cargo, command, output, status, which};
use crate::{tidy, ui, wasm};

const HELP: &str = "\
cargo xtask lint: formatting, clippy, dependency rules, tidiness

usage: cargo xtask lint [--fix]

  --fix   let rustfmt and ESLint mend what they can, first

Proves: rustfmt and clippy have nothing to say; documentation builds without a warning; crates depend only on those to their left
(ARCHITECTURE.md); the pure crates know no async runtime, network or database and build for wasm32-unknown-unknown; licences and sources
of dependencies are allowed (cargo-deny, where it is installed); TypeScript and ESLint have nothing to say.";

/// A name and what it proves.
type Check = (&'static str, fn() -> Result<(), String>);

/// Crates that decide: no runtime, no network, no database, no operating system.
pub(crate) const PURE: &[&str] = &[
    "spacemesh-codec",
    "spacemesh-types",
    "spacemesh-crypto",
    "spacemesh-vm",
    "spacemesh-consensus",
    "spacemesh-activation",
    "spacemesh-wallet",
];

/// What the pure crates may not have anywhere below them.
const BANNED_IN_PURE: &[&str] = &[
    "tokio",
    "async-std",
    "libp2p",
    "redb",
    "axum",
    "hyper",
    "reqwest",
    "tauri",
    "wgpu",
    "rayon",
];

/// For each crate of the workspace the crates of the workspace that it may use. A crate that is not listed fails.
#[rustfmt::skip]
const MAY_USE: &[(&str, &[&str])] = &[
    ("spacemesh-codec-derive", &[]),
    ("spacemesh-codec", &["spacemesh-codec-derive"]),
    ("spacemesh-types", &["spacemesh-codec"]),
    ("spacemesh-crypto", &["spacemesh-codec", "spacemesh-types"]),
    ("spacemesh-vm", &["spacemesh-codec", "spacemesh-types", "spacemesh-crypto"]),
    ("spacemesh-consensus", &["spacemesh-codec", "spacemesh-types", "spacemesh-crypto"]),
    ("spacemesh-activation", &["spacemesh-codec", "spacemesh-types", "spacemesh-crypto"]),
    ("spacemesh-poet", &["spacemesh-codec", "spacemesh-types", "spacemesh-crypto"]),
    ("post-gpu", &["spacemesh-codec", "spacemesh-types", "spacemesh-crypto"]),
    ("spacemesh-wallet", &["spacemesh-codec", "spacemesh-types", "spacemesh-crypto"]),
    ("spacemesh-app", &["spacemesh-codec", "spacemesh-types", "spacemesh-crypto", "spacemesh-wallet", "post-gpu"]),
    ("spacemesh-cli", &["spacemesh-codec", "spacemesh-types", "spacemesh-crypto", "spacemesh-wallet", "post-gpu", "spacemesh-poet", "spacemesh-app"]),
    ("smapp", &["spacemesh-types", "spacemesh-app", "post-gpu"]),
    ("spacemesh-known-answers", &["spacemesh-codec", "spacemesh-types", "spacemesh-crypto", "spacemesh-vm", "spacemesh-consensus", "spacemesh-activation", "spacemesh-wallet", "spacemesh-poet", "post-gpu"]),
    ("spacemesh-fuzz", &["spacemesh-codec", "spacemesh-types", "spacemesh-crypto", "spacemesh-vm", "spacemesh-consensus", "spacemesh-activation", "spacemesh-wallet", "spacemesh-poet", "post-gpu"]),
    ("xtask", &[]),
];

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if crate::asks_for_help(args, HELP) {
        return Ok(());
    }
    ui::install()?;
    if args.iter().any(|arg| arg == "--fix") {
        status(command("cargo").args(["fmt", "--all"]))?;
        status(ui::npm().args(["run", "--silent", "lint", "--", "--fix"]))?;
    }
    let checks: &[Check] = &[
        ("tidy", tidy::check),
        ("format", format),
        ("dependencies", dependencies),
        ("licences", licences),
        ("clippy", clippy),
        ("docs", docs),
        ("wasm", wasm::check),
        ("ui", || ui::script("lint")),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        println!("== {name}");
        if let Err(error) = check() {
            println!("{error}");
            failed.push(*name);
        }
    }
    println!(
        "{} passed, {} failed",
        checks.len() - failed.len(),
        failed.len()
    );
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")))
    }
}

pub(crate) fn format() -> Result<(), String> {
    status(command("cargo").args(["fmt", "--all", "--check"]))
}

pub(crate) fn clippy() -> Result<(), String> {
    status(cargo("clippy").args(["--workspace", "--all-targets", "--", "--deny", "warnings"]))
}

pub(crate) fn docs() -> Result<(), String> {
    status(
        cargo("doc")
            .args(["--workspace", "--no-deps", "--document-private-items"])
            .env("RUSTDOCFLAGS", "--deny warnings"),
    )
}

/// Licences, sources and duplicates of dependencies, by `deny.toml`.
pub(crate) fn licences() -> Result<(), String> {
    if which("cargo-deny").is_none() {
        println!("skipped: cargo-deny is not installed (cargo install cargo-deny)");
        return Ok(());
    }
    status(command("cargo").args([
        "deny",
        "--all-features",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))
}

/// Proves the dependency rules with `cargo tree`.
pub(crate) fn dependencies() -> Result<(), String> {
    let mut broken = Vec::new();
    let members = members()?;
    for member in &members {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| name == member) else {
            broken.push(format!(
                "{member} has no row in the table of xtask/src/lint.rs: say what it may use"
            ));
            continue;
        };
        for used in tree(member, &["--depth", "1", "--edges", "normal,build"])? {
            if members.contains(&used) && used != *member && !allowed.contains(&used.as_str()) {
                broken.push(format!("{member} may not use {used}"));
            }
        }
    }
    for pure in PURE {
        let below = tree(pure, &["--edges", "normal"])?;
        broken.extend(
            BANNED_IN_PURE
                .iter()
                .filter(|banned| below.contains(**banned))
                .map(|banned| format!("{pure} may not know {banned}")),
        );
    }
    if broken.is_empty() {
        Ok(())
    } else {
        Err(broken.join("\n"))
    }
}

fn members() -> Result<BTreeSet<String>, String> {
    let text = output(cargo("metadata").args(["--format-version", "1", "--no-deps"]))?;
    let value: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| format!("cargo metadata printed no JSON: {error}"))?;
    let packages = value["packages"]
        .as_array()
        .ok_or("cargo metadata lists no packages")?;
    Ok(packages
        .iter()
        .filter_map(|package| package["name"].as_str().map(str::to_owned))
        .collect())
}

fn tree(package: &str, flags: &[&str]) -> Result<BTreeSet<String>, String> {
    let text = output(
        cargo("tree")
            .args(["--package", package, "--prefix", "none", "--format", "{p}"])
            .args(flags),
    )?;
    Ok(text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect())
}
