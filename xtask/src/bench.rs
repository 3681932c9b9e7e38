//! `cargo xtask bench`: figures for `BENCHMARKS.md`, each beside its baseline from the same run.
//!
//! The release programs measure themselves (`spacemesh post bench`), the window test measures the window, and unlocking a wallet is timed
//! from outside, as a person waits for it. The table between the markers of `BENCHMARKS.md` is replaced; the text around it is kept.

mod poet; // the sequential work, apart from the rest because it needs no window

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::process::{Profile, binary, build, command, output, root, status, target_dir};
use crate::{browser, doctor, ui};

const HELP: &str = "\
cargo xtask bench: measure this computer and write BENCHMARKS.md

usage: cargo xtask bench [--seconds N] [--dry] [--no-window] [--json]
       cargo xtask bench poet [--help]

  --seconds N    how long each figure of a kernel is measured (default 5)
  --no-window    leave the window out (no display, or no WebKitWebDriver)
  --dry          print the table and leave BENCHMARKS.md as it is
  --json         end with one line of JSON

Let nothing else run meanwhile: rates depend on it, ratios less so.";

const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// Unlocking is timed this often; the middle one counts.
const UNLOCKS: usize = 5;

struct Options {
    seconds: f64,
    dry: bool,
    window: bool,
    json: bool,
}

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if let Some(("poet", rest)) = args
        .split_first()
        .map(|(first, rest)| (first.as_str(), rest))
    {
        return poet::run(rest);
    }
    if crate::asks_for_help(args, HELP) {
        return Ok(());
    }
    let options = parse(args)?;
    doctor::provide(doctor::Purpose::Test)?;
    ui::install()?;
    ui::build()?;
    build(Profile::Release, &["spacemesh", "smapp"])?;

    let spacemesh = binary(Profile::Release, "spacemesh");
    let kernels = parsed(&output(command(&spacemesh).args([
        "post",
        "bench",
        "--json",
        "--seconds",
        &options.seconds.to_string(),
    ]))?)?;
    let unlock = unlock_time(&spacemesh)?;
    let window = if options.window {
        window_figures()?
    } else {
        Value::Null
    };
    let figures = json!({ "kernels": kernels, "unlock_ms": unlock.as_millis() as u64, "window": window, "sizes": sizes() });

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
        seconds: 5.0,
        dry: false,
        window: true,
        json: false,
    };
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--seconds" => {
                options.seconds = rest
                    .next()
                    .and_then(|n| n.parse().ok())
                    .ok_or("--seconds needs a number")?
            }
            "--dry" => options.dry = true,
            "--no-window" => options.window = false,
            "--json" => options.json = true,
            other => {
                return Err(format!(
                    "bench does not know {other:?}; see `cargo xtask bench --help`"
                ));
            }
        }
    }
    Ok(options)
}

fn parsed(text: &str) -> Result<Value, String> {
    serde_json::from_str(text.trim())
        .map_err(|error| format!("the program printed no JSON: {error}\n{text}"))
}

/// How long a person waits for a wallet: the program with the password, less the program without. A fresh wallet has the costs that were
/// measured for this computer.
fn unlock_time(spacemesh: &Path) -> Result<Duration, String> {
    let folder = target_dir().join("bench-wallet");
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder)
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let password = folder.join("password");
    fs::write(&password, "correct horse battery staple\n")
        .map_err(|error| format!("cannot write {}: {error}", password.display()))?;
    let wallet = |args: &[&str]| {
        let mut run = command(spacemesh);
        run.arg("--data-folder")
            .arg(folder.join("data"))
            .arg("wallet")
            .args(args)
            .arg("--password-file")
            .arg(&password)
            .arg("--json");
        run
    };
    output(&mut wallet(&["create", "Bench"]))?;
    let timed = |args: &[&str]| -> Result<Duration, String> {
        let mut times = Vec::new();
        for _ in 0..UNLOCKS {
            let started = Instant::now();
            output(&mut wallet(args))?;
            times.push(started.elapsed());
        }
        times.sort();
        Ok(times[UNLOCKS / 2])
    };
    let with = timed(&["accounts"])?;
    let without = timed(&["list"])?;
    drop(fs::remove_dir_all(&folder));
    Ok(with.saturating_sub(without))
}

/// Start to first paint and idle memory, measured by the window test with the release program.
fn window_figures() -> Result<Value, String> {
    let result = root().join("tests/artifacts/window/measured.json");
    drop(fs::remove_file(&result));
    let display = browser::Display::start()?;
    status(
        browser::window_test(&display, Profile::Release)
            .arg("--test-name-pattern=first paint")
            .arg("tests/window/smapp.test.mjs"),
    )?;
    let text = fs::read_to_string(&result).map_err(|error| {
        format!(
            "the window test left no figures in {}: {error}",
            result.display()
        )
    })?;
    parsed(&text)
}

/// Sizes of what a user installs, as far as it has been built.
fn sizes() -> Value {
    let size = |path: &Path| fs::metadata(path).map_or(Value::Null, |found| json!(found.len()));
    let packages: Value = fs::read_to_string(root().join("dist/sizes.json"))
        .ok()
        .and_then(|text| parsed(&text).ok())
        .unwrap_or(Value::Null);
    json!({
        "spacemesh": size(&binary(Profile::Release, "spacemesh")),
        "smapp": size(&binary(Profile::Release, "smapp")),
        "packages": packages,
    })
}

fn table(figures: &Value, options: &Options) -> String {
    let kernels = &figures["kernels"];
    let text = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_owned();
    let number = |value: &Value, field: &str| value[field].as_f64().unwrap_or_default();
    let mut lines = vec![
        format!(
            "Measured {} on {}, {} seconds per figure: `cargo xtask bench --seconds {}`.",
            today(),
            text(kernels, "cpu"),
            options.seconds,
            options.seconds
        ),
        String::new(),
        "| what | variant | figure | beside, in the same run | ratio |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for entry in kernels["entries"].as_array().into_iter().flatten() {
        let unit = text(entry, "unit");
        lines.push(format!(
            "| {} | {} | {} {unit} | {} {unit} ({}) | {:.2} |",
            text(entry, "subject"),
            text(entry, "variant"),
            rounded(number(entry, "value")),
            rounded(number(entry, "twin")),
            text(entry, "twin_name"),
            number(entry, "ratio"),
        ));
    }
    lines.push(format!(
        "| unlocking a wallet | Argon2id | {} ms | aim: 500 to 1,000 ms | |",
        figures["unlock_ms"]
    ));
    let window = &figures["window"];
    if let Some(milliseconds) = window["firstPaintMs"].as_u64() {
        lines.push(format!(
            "| window, software renderer | start to first paint | {milliseconds} ms | | |"
        ));
    }
    if let Some(bytes) = window["idleBytes"].as_u64() {
        lines.push(format!(
            "| window, software renderer | idle memory | {} MiB | | |",
            bytes >> 20
        ));
    }
    for (name, bytes) in figures["sizes"].as_object().into_iter().flatten() {
        if let Some(bytes) = bytes.as_u64() {
            lines.push(format!(
                "| size of the program | {name} | {:.1} MiB | | |",
                bytes as f64 / f64::from(1 << 20)
            ));
        }
    }
    for (name, bytes) in figures["sizes"]["packages"]
        .as_object()
        .into_iter()
        .flatten()
    {
        if let Some(bytes) = bytes.as_u64() {
            lines.push(format!(
                "| size of the package | {name} | {:.1} MiB | | |",
                bytes as f64 / f64::from(1 << 20)
            ));
        }
    }
    lines.push(String::new());
    for skipped in kernels["skipped"].as_array().into_iter().flatten() {
        lines.push(format!(
            "Not measured: {}.",
            skipped.as_str().unwrap_or_default()
        ));
    }
    lines.join("\n")
}

/// Three significant digits.
fn rounded(value: f64) -> String {
    match value.abs() {
        0.0..1.0 => format!("{value:.3}"),
        1.0..10.0 => format!("{value:.2}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// The date in UTC, year-month-day (the civil calendar from days, by the usual era arithmetic).
fn today() -> String {
    let days = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() / 86_400) as i64
        + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

/// Replaces what stands between two markers of `BENCHMARKS.md`.
fn write_between(begin: &str, end: &str, table: &str) -> Result<(), String> {
    let path = root().join("BENCHMARKS.md");
    let fail = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    let text = fs::read_to_string(&path).map_err(fail)?;
    let missing = || format!("{} lacks its markers {begin} and {end}", path.display());
    let (head, rest) = text.split_once(begin).ok_or_else(missing)?;
    let (_, tail) = rest.split_once(end).ok_or_else(missing)?;
    fs::write(&path, format!("{head}{begin}\n{table}\n{end}{tail}")).map_err(fail)
}
