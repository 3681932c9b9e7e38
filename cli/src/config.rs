//! `spacemesh config`: what is in effect, and where each value comes from.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use spacemesh_types::Preset;
use spacemesh_types::config::{Config, ConfigErrors, Host, Origin};

use crate::exit::{CliError, Exit, io_exit};
use crate::output::{Output, table};
use crate::post::PresetName;

/// Largest configuration file that is read.
const FILE_BYTES_MAX: u64 = 4 << 20;

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  spacemesh config --preset testnet
  spacemesh config --file node-config.json --changed
      what a file of the existing node changes, key by key
  spacemesh config --file node-config.json --set main.layer-duration=30s post-k2

Ends with 3 when a file cannot be read as a configuration or a value breaks a rule; unknown keys are named and do not fail.")]
pub(crate) struct ConfigArgs {
    /// Keys to show (default: all)
    keys: Vec<String>,
    /// Preset to start from, whatever the files name
    #[arg(long, value_enum)]
    preset: Option<PresetName>,
    /// Configuration file in the existing node's form; several are laid over each other
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A flag of the existing node with its value, for example layer-duration=30s
    #[arg(long = "set", value_name = "FLAG=VALUE")]
    flags: Vec<String>,
    /// Only values that do not come from the preset
    #[arg(long)]
    changed: bool,
}

pub(crate) fn run(args: &ConfigArgs, output: Output) -> Result<(), CliError> {
    let config = read(args)?;
    let failures = config.check();
    let chosen: Vec<_> = config
        .entries()
        .filter(|(path, _)| {
            args.keys.is_empty()
                || args.keys.iter().any(|key| {
                    path == key
                        || path.starts_with(&format!("{key}."))
                        || path.ends_with(&format!(".{key}"))
                })
        })
        .filter(|(_, effective)| !args.changed || !matches!(effective.origin, Origin::Preset(_)))
        .collect();
    if chosen.is_empty() && !args.keys.is_empty() {
        return Err(CliError::new(
            Exit::NotFound,
            "no_key",
            format!(
                "no key fits {}; `spacemesh config` prints all",
                args.keys.join(", ")
            ),
        ));
    }
    let document = json!({
        "preset": config.preset().name(),
        "values": chosen.iter().map(|(path, effective)| json!({
            "key": path, "value": effective.value.to_json(), "origin": effective.origin.to_string(),
        })).collect::<Vec<_>>(),
        "unknown": config.unknown().iter().map(|key| json!({
            "key": key.path, "origin": key.origin.to_string(), "suggestion": key.suggestion,
        })).collect::<Vec<_>>(),
        "failures": failures.iter().map(|failure| json!({ "key": failure.key, "message": failure.message })).collect::<Vec<_>>(),
    });
    output.result(&document, || {
        let rows: Vec<Vec<String>> = chosen
            .iter()
            .map(|(path, effective)| {
                vec![
                    (*path).to_owned(),
                    effective.value.to_string(),
                    effective.origin.to_string(),
                ]
            })
            .collect();
        table(&["KEY", "VALUE", "FROM"], &rows)
    });
    for key in config.unknown() {
        output.note(&format!("warning: {key}"));
    }
    match &failures[..] {
        [] => Ok(()),
        failures => Err(CliError::new(
            Exit::Input,
            "config_invalid",
            failures
                .iter()
                .map(|failure| format!("{}: {}", failure.key, failure.message))
                .collect::<Vec<_>>()
                .join("\n"),
        )),
    }
}

fn read(args: &ConfigArgs) -> Result<Config, CliError> {
    let mut builder = Config::builder(Host::default());
    if let Some(preset) = args.preset {
        builder = builder.preset(Preset::from(preset));
    }
    for path in &args.files {
        let fail = |error: std::io::Error| {
            CliError::new(
                io_exit(&error),
                "file",
                format!("cannot read {}: {error}", path.display()),
            )
        };
        if fs::metadata(path).map_err(fail)?.len() > FILE_BYTES_MAX {
            return Err(CliError::new(
                Exit::Input,
                "config_invalid",
                format!(
                    "{} is larger than 4 MiB, so it is no configuration",
                    path.display()
                ),
            ));
        }
        let content = fs::read(path).map_err(fail)?;
        builder = builder
            .file(&path.display().to_string(), &content)
            .map_err(invalid)?;
    }
    for flag in &args.flags {
        builder = match flag.split_once('=') {
            Some((name, value)) => builder.flag(name, Some(value)),
            None => builder.flag(flag, None),
        };
    }
    builder.build().map_err(invalid)
}

fn invalid(errors: ConfigErrors) -> CliError {
    CliError::new(Exit::Input, "config_invalid", errors)
}
