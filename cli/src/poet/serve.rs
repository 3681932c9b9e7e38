//! `spacemesh poet serve`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Arg, ArgMatches, Args, FromArgMatches};
use serde_json::json;
use spacemesh_poet::api::Base64;
use spacemesh_poet::service::{
    FILE_BYTES_MAX, KEY_VARIABLE, SETTINGS, SequentialRounds, Service, ServiceError, Settings,
    wall_clock,
};
use tokio::sync::Notify;

use crate::exit::{CliError, Exit, io_exit};
use crate::output::{Output, facts};
use crate::serve::runtime;
use crate::stop;

#[derive(Args, Debug)]
#[command(after_help = "Example, for mainnet:
  spacemesh poet serve --genesis-time 2023-07-14T08:00:00Z --epoch-duration 336h --phase-shift 240h --cycle-gap 12h \\
      --genesis-id 9eebff023abb17ccb775c602daade8ed708f0a50 --pow-difficulty 20 --poetdir /var/lib/poet --restlisten 0.0.0.0:8080

The configuration file has lines of name=value, with the names of the flags; files of the existing service work, flags win over them.
Killed or stopped at any moment, the same command goes on with the round. The key that names the service is made at the first start, unless
POET_PRIVATE_KEY holds one (base64, 64 bytes); keep it, smeshers know the service by it. Put a TLS proxy in front of a public address.")]
pub(crate) struct ServeArgs {
    /// Configuration file
    #[arg(long, short = 'c', value_name = "FILE")]
    configfile: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingFlags,
}

/// One flag per setting of the service, made from its table.
#[derive(Debug)]
struct SettingFlags(Vec<(&'static str, String)>);

impl Args for SettingFlags {
    fn augment_args(command: clap::Command) -> clap::Command {
        SETTINGS.iter().fold(command, |command, setting| {
            let default = match setting.default {
                "" => String::new(),
                default => format!(" [default: {default}]"),
            };
            command.arg(
                Arg::new(setting.name)
                    .long(setting.name)
                    .value_name("VALUE")
                    .help(format!("{}{default}", setting.meaning)),
            )
        })
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = SETTINGS.iter().filter_map(|setting| {
            let value = matches.get_one::<String>(setting.name)?;
            Some((setting.name, value.clone()))
        });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

pub(crate) fn run(
    args: &ServeArgs,
    data_folder: Option<PathBuf>,
    output: Output,
) -> Result<(), CliError> {
    let settings = settings(args, output)?;
    let base = match data_folder {
        Some(folder) => folder.join("poet"),
        None => std::env::home_dir()
            .map(|home| home.join(".cache").join("poet"))
            .unwrap_or_else(|| PathBuf::from("poet")),
    };
    let config = settings
        .build(wall_clock()(), base)
        .map_err(|error| CliError::new(Exit::Usage, "settings", error))?;
    let key = std::env::var(KEY_VARIABLE).ok();
    runtime()?.block_on(async {
        let service = Service::start(
            config,
            Box::new(SequentialRounds::default()),
            wall_clock(),
            key.as_deref(),
        )
        .await
        .map_err(|error| service_error(&error))?;
        let public_key = Base64::from(service.public_key()).to_string();
        let listening = json!({
            "event": "listening",
            "rest": service.rest_address().to_string(),
            "metrics": service.metrics_address().map(|address| address.to_string()),
            "public_key": public_key,
        });
        output.result(&listening, || {
            facts(&[
                ("nodes", format!("http://{}", service.rest_address())),
                ("public key", public_key.clone()),
            ])
        });
        let stopped = Arc::new(Notify::new());
        let stopper = Arc::clone(&stopped);
        stop::on_signal(move || stopper.notify_one())?;
        let mut minutes = tokio::time::interval(Duration::from_secs(60));
        loop {
            tokio::select! {
                () = stopped.notified() => break,
                reason = service.failed() => {
                    tracing::error!(%reason, "the service cannot go on");
                    break;
                }
                _ = minutes.tick() => {
                    if let Err(error) = service.reload_trusted_keys() {
                        tracing::warn!(%error, "the certifier keys stay as they were");
                    }
                }
            }
        }
        service.stop().await.map_err(|error| service_error(&error))
    })
}

fn settings(args: &ServeArgs, output: Output) -> Result<Settings, CliError> {
    let invalid = |error| CliError::new(Exit::Input, "settings", error);
    let mut settings = Settings::default();
    if let Some(path) = &args.configfile {
        let fail = |error: std::io::Error| {
            CliError::new(
                io_exit(&error),
                "file",
                format!("cannot read {}: {error}", path.display()),
            )
        };
        if std::fs::metadata(path).map_err(fail)?.len() > FILE_BYTES_MAX {
            return Err(CliError::new(
                Exit::Input,
                "settings",
                format!(
                    "{} is larger than 1 MiB, so it is no configuration",
                    path.display()
                ),
            ));
        }
        let content = std::fs::read_to_string(path).map_err(fail)?;
        settings.file(&content).map_err(invalid)?;
    }
    for (name, value) in &args.settings.0 {
        settings.set(name, value).map_err(invalid)?;
    }
    for name in settings.ignored() {
        output.note(&format!("warning: {name} has no meaning here"));
    }
    Ok(settings)
}

fn service_error(error: &ServiceError) -> CliError {
    let (exit, code) = match error {
        ServiceError::Folder { source, .. } => (io_exit(source), "folder"),
        ServiceError::Identity(_) => (Exit::Input, "key"),
        ServiceError::TrustedKeys(_) => (Exit::Input, "trusted_keys"),
        ServiceError::Store(spacemesh_poet::service::StoreError::InUse(_)) => {
            (Exit::InUse, "in_use")
        }
        ServiceError::Store(_) => (Exit::Disk, "store"),
        ServiceError::Listen { .. } => (Exit::InUse, "listen"),
        _ => (Exit::Failed, "failed"),
    };
    CliError::chain(exit, code, error)
}
