//! `cargo xtask test`: every check, in the order in which a failure is cheapest to find.
//!
//! A failed step does not stop the others, unless they need its result. The last lines are a table with the time of each step and
//! `N passed, N failed` over the steps.

use std::time::{Duration, Instant};

use crate::process::{Profile, build, cargo, status};
use crate::{browser, doctor, lint, tidy, ui, vectors, wasm};

const HELP: &str = "\
cargo xtask test: run every check

usage: cargo xtask test [--list] [STEP…]

  STEP     run only these steps (and what they need)
  --list   print the steps

Pictures made by the browser and window tests are kept in tests/artifacts/.";

struct Step {
    name: &'static str,
    what: &'static str,
    /// Steps whose failure makes this one pointless.
    needs: &'static [&'static str],
    run: fn() -> Result<(), String>,
}

const STEPS: &[Step] = &[
    Step {
        name: "tidy",
        what: "module docs, banned words, file sizes",
        needs: &[],
        run: tidy::check,
    },
    Step {
        name: "format",
        what: "rustfmt",
        needs: &[],
        run: lint::format,
    },
    Step {
        name: "dependencies",
        what: "who may depend on whom",
        needs: &[],
        run: lint::dependencies,
    },
    Step {
        name: "ui-packages",
        what: "npm ci",
        needs: &[],
        run: ui::install,
    },
    Step {
        name: "ui-lint",
        what: "ESLint and TypeScript",
        needs: &["ui-packages"],
        run: || ui::script("lint"),
    },
    Step {
        name: "ui-units",
        what: "unit tests of the UI",
        needs: &["ui-packages"],
        run: || ui::script("test"),
    },
    Step {
        name: "ui-build",
        what: "the UI as it is served",
        needs: &["ui-packages"],
        run: || ui::script("build"),
    },
    Step {
        name: "clippy",
        what: "clippy without a warning",
        needs: &[],
        run: lint::clippy,
    },
    Step {
        name: "docs",
        what: "documentation without a warning",
        needs: &[],
        run: lint::docs,
    },
    Step {
        name: "tests",
        what: "all Rust tests",
        needs: &[],
        run: rust_tests,
    },
    Step {
        name: "vectors",
        what: "known answers",
        needs: &[],
        run: || vectors::run(&[]),
    },
    Step {
        name: "wasm",
        what: "pure crates without an operating system",
        needs: &[],
        run: wasm::check,
    },
    Step {
        name: "binaries",
        what: "spacemesh and smapp",
        needs: &[],
        run: || build(Profile::Dev, &["spacemesh", "smapp"]),
    },
    Step {
        name: "browser",
        what: "a person's flows in Chromium",
        needs: &["ui-build", "binaries"],
        run: browser::flows,
    },
    Step {
        name: "window",
        what: "the main flow in the real window",
        needs: &["ui-build", "binaries"],
        run: browser::window,
    },
];

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if crate::asks_for_help(args, HELP) {
        return Ok(());
    }
    if args.iter().any(|arg| arg == "--list") {
        for step in STEPS {
            println!("{:<14}{}", step.name, step.what);
        }
        return Ok(());
    }
    if let Some(unknown) = args
        .iter()
        .find(|arg| STEPS.iter().all(|step| step.name != arg.as_str()))
    {
        return Err(format!(
            "there is no step {unknown:?}; `cargo xtask test --list` prints them"
        ));
    }
    doctor::provide(doctor::Purpose::Test)?;
    let mut done: Vec<(&Step, Result<(), String>, Duration)> = Vec::new();
    for step in STEPS.iter().filter(|step| is_chosen(step, args)) {
        println!("\n=== {}: {}", step.name, step.what);
        let started = Instant::now();
        let broken = step.needs.iter().find(|need| {
            done.iter()
                .any(|(other, result, _)| other.name == **need && result.is_err())
        });
        let result = match broken {
            Some(need) => Err(format!("needs {need}, which failed")),
            None => (step.run)(),
        };
        if let Err(error) = &result {
            println!("{error}");
        }
        done.push((step, result, started.elapsed()));
    }
    report(&done)
}

/// A step runs when it was asked for or when one that was asked for needs it.
fn is_chosen(step: &Step, args: &[String]) -> bool {
    args.is_empty()
        || args.iter().any(|arg| arg == step.name)
        || STEPS
            .iter()
            .filter(|other| other.needs.contains(&step.name))
            .any(|other| is_chosen(other, args))
}

fn report(done: &[(&Step, Result<(), String>, Duration)]) -> Result<(), String> {
    println!("\n=== result");
    for (step, result, took) in done {
        let outcome = match result {
            Ok(()) => "ok".to_owned(),
            Err(error) => format!("FAILED: {}", error.lines().next().unwrap_or_default()),
        };
        println!("{:<14}{:>5} s  {outcome}", step.name, took.as_secs());
    }
    let failed = done.iter().filter(|(_, result, _)| result.is_err()).count();
    let total: Duration = done.iter().map(|(_, _, took)| *took).sum();
    println!("{} s in all", total.as_secs());
    println!("{} passed, {failed} failed", done.len() - failed);
    if failed == 0 {
        Ok(())
    } else {
        Err(format!("{failed} steps failed"))
    }
}

fn rust_tests() -> Result<(), String> {
    status(cargo("test").args(["--workspace", "--no-fail-fast"]))
}
