//! `cargo xtask bench poet`: the figures of the sequential work, by the release program itself.

use serde_json::Value;

use super::{parsed, rounded, today, write_between};
use crate::process::{Profile, binary, build, command, output};

const HELP: &str = "\
cargo xtask bench poet: measure the sequential work of PoET and write BENCHMARKS.md

usage: cargo xtask bench poet [--seconds N] [--proof-leaves N] [--dry] [--json]

  --seconds N       how long the leaf rates are measured, all together (default 8)
  --proof-leaves N  binary logarithm of the leaves of the round whose proof is made (default 28)
  --dry             print the table and leave BENCHMARKS.md as it is
  --json            end with one line of JSON

Let nothing else run meanwhile: rates depend on it, ratios less so.";

const BEGIN: &str = "<!-- measured poet: begin -->";
const END: &str = "<!-- measured poet: end -->";

struct Options {
    seconds: f64,
    proof_leaves: u8,
    dry: bool,
    json: bool,
}

pub(super) fn run(args: &[String]) -> Result<(), String> {
    if crate::asks_for_help(args, HELP) {
        return Ok(());
    }
    let options = parse(args)?;
    build(Profile::Release, &["spacemesh"])?;
    let figures = parsed(&output(
        command(binary(Profile::Release, "spacemesh")).args([
            "poet",
            "bench",
            "--json",
            "--seconds",
            &options.seconds.to_string(),
            "--proof-leaves",
            &options.proof_leaves.to_string(),
        ]),
    )?)?;
    let table = table(&figures, &options);
    println!("{table}");
    if !options.dry {
        write_between(BEGIN, END, &table)?;
    }
    if options.json {
        println!("{figures}");
    }
    Ok(())
}

fn parse(args: &[String]) -> Result<Options, String> {
    let mut options = Options {
        seconds: 8.0,
        proof_leaves: 28,
        dry: false,
        json: false,
    };
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--seconds" => {
                options.seconds = rest
                    .next()
                    .and_then(|n| n.parse().ok())
                    .ok_or("--seconds needs a number")?;
            }
            "--proof-leaves" => {
                options.proof_leaves = rest
                    .next()
                    .and_then(|n| n.parse().ok())
                    .ok_or("--proof-leaves needs a whole number")?;
            }
            "--dry" => options.dry = true,
            "--json" => options.json = true,
            other => {
                return Err(format!(
                    "bench poet does not know {other:?}; see `cargo xtask bench poet --help`"
                ));
            }
        }
    }
    Ok(options)
}

fn table(figures: &Value, options: &Options) -> String {
    let number = |pointer: &str| {
        let value = figures.pointer(pointer).and_then(Value::as_f64);
        value.unwrap_or_default()
    };
    let kernel = figures["kernel"].as_str().unwrap_or_default();
    let rate = |pointer: &str| format!("{} leaves/s", rounded(number(pointer)));
    let (proof, mainnet) = (&figures["proof"], &figures["mainnet"]);
    let mib = |value: &Value| {
        let bytes = value.as_f64();
        bytes.map_or_else(
            || "not told".to_owned(),
            |bytes| format!("{} MiB", rounded(bytes / f64::from(1 << 20))),
        )
    };
    let bound = figures["of_bound"].as_f64().map_or_else(
        || "no bound known".to_owned(),
        |share| format!("{:.1} % of the bound of 128", 100.0 * share),
    );
    [
        format!(
            "Measured {} at {:.2} GHz: `cargo xtask bench poet --seconds {} --proof-leaves {}`.",
            today(),
            number("/clock_hz") / 1e9,
            options.seconds,
            options.proof_leaves
        ),
        String::new(),
        "| what | variant | figure | beside, in the same run | ratio |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
        format!(
            "| leaves, one chain | {kernel} | {} | {} (sha2 library) | {:.2} |",
            rate("/leaves_per_second"),
            rate("/leaves_per_second_general"),
            number("/over_general")
        ),
        format!(
            "| leaves, one chain | {kernel} | {} | {} (portable) | {:.2} |",
            rate("/leaves_per_second"),
            rate("/leaves_per_second_portable"),
            number("/over_portable")
        ),
        format!(
            "| leaves, two chains on one thread | {kernel} | {} | {} (one chain) | {:.2} |",
            rate("/leaves_per_second_pair"),
            rate("/leaves_per_second"),
            number("/leaves_per_second_pair") / number("/leaves_per_second").max(1.0)
        ),
        format!(
            "| clock cycles per compression | {kernel} | {} | {bound} | |",
            rounded(number("/cycles_per_compression"))
        ),
        format!(
            "| making a proof | {} leaves, height {}, {} threads | {} s | memory of the program: {} | |",
            proof["leaves"],
            proof["height"],
            proof["threads"],
            rounded(number("/proof/seconds")),
            mib(&proof["memory_peak"])
        ),
        format!(
            "| verifying a proof | {} leaves, one thread | {} ms | | |",
            figures["verification_leaves"],
            rounded(1e3 * number("/verification_seconds"))
        ),
        format!(
            "| a mainnet round, extrapolated | {} leaves | {} of memory | {} of disk | |",
            mainnet["leaves"],
            mib(&mainnet["memory"]),
            mib(&mainnet["log"])
        ),
    ]
    .join("\n")
}
