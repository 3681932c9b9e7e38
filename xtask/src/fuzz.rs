//! `cargo xtask fuzz`: coverage-guided fuzzing of every intake, on the stable compiler.
//!
//! The targets are plain functions of the crate `spacemesh-fuzz`, whose tests replay the corpora in every run of the tests. The driver
//! `fuzz/driver` hands them to libFuzzer. Coverage instrumentation is an LLVM pass that stable rustc can be asked for; only the address
//! sanitizer would need an unstable flag, and the project has no unsafe code in what is fuzzed.

use std::fs;
use std::process::Command;

use crate::process::{command, output, root, status, target_dir};

const HELP: &str = "\
cargo xtask fuzz: run the fuzz targets, one after the other

usage: cargo xtask fuzz [--seconds N] [--list] [TARGET…]

  --seconds N   how long each target runs (default 60)
  --list        print the targets

A finding is written to fuzz/corpus/TARGET/ and from then on replayed by the tests.";

const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                     -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing \
                     -Ccodegen-units=1 -Cdebug-assertions=on";

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if crate::asks_for_help(args, HELP) {
        return Ok(());
    }
    let mut seconds = 60_u32;
    let mut chosen = Vec::new();
    let mut list = false;
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--seconds" => {
                seconds = rest
                    .next()
                    .and_then(|n| n.parse().ok())
                    .ok_or("--seconds needs a whole number")?;
            }
            "--list" => list = true,
            target => chosen.push(target.to_owned()),
        }
    }
    let target_dir = target_dir().join("fuzz");
    let triple = host()?;
    // The driver is no member of the workspace, and uses the same versions all the same.
    fs::copy(
        root().join("Cargo.lock"),
        root().join("fuzz/driver/Cargo.lock"),
    )
    .map_err(|error| format!("cannot write fuzz/driver/Cargo.lock: {error}"))?;
    // `--target` keeps the instrumentation away from build scripts and macros.
    status(
        command("cargo")
            .args([
                "build",
                "--release",
                "--manifest-path",
                "fuzz/driver/Cargo.toml",
                "--target",
                &triple,
            ])
            .env("CARGO_TARGET_DIR", &target_dir)
            .env("RUSTFLAGS", FLAGS),
    )?;
    let driver = target_dir
        .join(&triple)
        .join("release")
        .join(format!("fuzz-driver{}", std::env::consts::EXE_SUFFIX));
    let known: Vec<String> = output(command(&driver).env("FUZZ_LIST", "1"))?
        .lines()
        .map(str::to_owned)
        .collect();
    if list {
        println!("{}", known.join("\n"));
        return Ok(());
    }
    if let Some(unknown) = chosen.iter().find(|target| !known.contains(target)) {
        return Err(format!(
            "there is no fuzz target {unknown:?}; there are {}",
            known.join(", ")
        ));
    }
    let targets = if chosen.is_empty() { known } else { chosen };
    let mut failed = Vec::new();
    for target in &targets {
        let seeds = root().join("fuzz/corpus").join(target);
        let grown = target_dir.join("corpus").join(target);
        for dir in [&seeds, &grown] {
            fs::create_dir_all(dir)
                .map_err(|error| format!("cannot make {}: {error}", dir.display()))?;
        }
        println!("== {target}, {seconds} s");
        let result = status(
            fuzz_command(&driver, target, seconds)
                .arg(&grown)
                .arg(&seeds)
                .arg(format!("-artifact_prefix={}/found-", seeds.display())),
        );
        if let Err(error) = result {
            println!("{error}");
            failed.push(target.clone());
        }
    }
    println!(
        "{} passed, {} failed",
        targets.len() - failed.len(),
        failed.len()
    );
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "findings in {}; each input lies in fuzz/corpus/",
            failed.join(", ")
        ))
    }
}

fn fuzz_command(driver: &std::path::Path, target: &str, seconds: u32) -> Command {
    let mut run = command(driver);
    // 64 MiB of allocation for at most 64 KiB of input: the limit the intakes promise, with room for the runtime.
    run.env("FUZZ_TARGET", target)
        .arg(format!("-max_total_time={seconds}"))
        .args([
            "-rss_limit_mb=2048",
            "-malloc_limit_mb=256",
            "-max_len=65536",
            "-timeout=10",
            "-print_final_stats=1",
            "-verbosity=0",
        ]);
    run
}

fn host() -> Result<String, String> {
    let text = output(command("rustc").arg("-vV"))?;
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| "rustc -vV names no host".to_owned())
}
