//! What an operator sets (04 §9.1): a file of `name=value` lines and flags of the same names, flags last.
//!
//! Keeps true: the names and defaults are the reference's, so that its files work; a name that means nothing here is reported, never guessed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use spacemesh_types::config::parse_duration;
use spacemesh_types::{Hash20, PublicKey, Timestamp};

use super::trusted_keys::parse_key;
use crate::schedule::{Schedule, ScheduleError};

/// Largest configuration file that is read.
pub const FILE_BYTES_MAX: u64 = 1 << 20;

/// A name with its default and meaning.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Name in files and, after two dashes, on the command line.
    pub name: &'static str,
    /// Value if nothing is set.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

const fn setting(name: &'static str, default: &'static str, meaning: &'static str) -> Setting {
    Setting {
        name,
        default,
        meaning,
    }
}

/// Every setting.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    setting("genesis-time", "now", "Start of the network, RFC 3339"),
    setting("genesis-id", "", "The network's genesis id in hexadecimal; registrations for other networks are refused"),
    setting("epoch-duration", "30s", "Time from one round's start to the next one's"),
    setting("phase-shift", "15s", "Time from the start of an epoch to the start of a round; must equal the nodes' setting"),
    setting("cycle-gap", "10s", "Time from a round's end to the next one's start"),
    setting("poetdir", "", "Base folder of the two below"),
    setting("datadir", "", "Folder of the key and of rounds that execute (default: data below poetdir)"),
    setting("dbdir", "", "Folder of registrations and proofs (default: db below poetdir)"),
    setting("restlisten", "localhost:8080", "Address of the HTTP interface that nodes use"),
    setting("metrics-port", "", "Port of /metrics for Prometheus"),
    setting("pow-difficulty", "0", "Leading zero bits of a proof of work"),
    setting("certificates-only", "false", "Refuse proofs of work"),
    setting("max-round-members", "4294967296", "Most members of a round"),
    setting("max-submit-batch-size", "1000", "Registrations after which a batch is written"),
    setting("submit-flush-interval", "100ms", "Time after which a batch is written"),
    setting("certifier-url", "", "Where nodes ask for certificates"),
    setting("certifier-pubkey", "", "Key of the certifier, base64"),
    setting("trusted-pub-keys-dir-path", "", "Folder with further certifier keys, files *.key; read again every minute"),
];

/// Names of the reference that have no meaning here: its tree cache, logs, profiles, and gRPC, which nodes do not use.
const IGNORED: &[&str] = &[
    "logdir",
    "debuglog",
    "jsonlog",
    "cpuprofile",
    "profile",
    "lps",
    "memory",
    "tree-file-buffer",
    "maxlogfiles",
    "maxlogfilesize",
    "configfile",
    "version",
    "rpclisten",
    "config-rpclisten",
    "max-grpc-resp-size",
];

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A value.
    #[error("{name} is {value:?}: {expected}")]
    Value {
        /// Of which setting.
        name: &'static str,
        /// What it is.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A name.
    #[error("there is no setting {name:?}{}", hint.map(|hint| format!("; did you mean {hint}?")).unwrap_or_default())]
    Unknown {
        /// The name.
        name: String,
        /// A setting that looks like it.
        hint: Option<&'static str>,
    },
    /// A line.
    #[error("line {0} of the configuration file is not name=value")]
    Line(usize),
    /// The times do not fit.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
}

/// Values by name, from files and flags.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    values: BTreeMap<&'static str, String>,
    ignored: Vec<String>,
}

/// Everything a service needs.
#[derive(Debug, Clone)]
pub struct ServiceConfig {
    /// When rounds are.
    pub schedule: Schedule,
    /// The network, if known.
    pub genesis_id: Option<Hash20>,
    /// Folder of the key and of rounds that execute.
    pub data_folder: PathBuf,
    /// Folder of registrations and proofs.
    pub store_folder: PathBuf,
    /// HTTP address, `host:port`.
    pub rest_listen: String,
    /// Address of `/metrics`.
    pub metrics_listen: Option<SocketAddr>,
    /// Required leading zero bits.
    pub pow_difficulty: u32,
    /// Whether proofs of work are refused.
    pub certificates_only: bool,
    /// Most members of a round.
    pub round_members_max: u64,
    /// Registrations after which a batch is written.
    pub batch_max: usize,
    /// Time after which a batch is written.
    pub flush_interval: Duration,
    /// Announced certifier: where it is, and its key.
    pub certifier: Option<(String, Option<PublicKey>)>,
    /// Folder with further keys.
    pub trusted_keys: Option<PathBuf>,
}

impl Settings {
    /// Reads a configuration file over what is set.
    ///
    /// # Errors
    ///
    /// A line is no setting.
    pub fn file(&mut self, content: &str) -> Result<(), ConfigError> {
        for (index, line) in content.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with([';', '#', '[']) {
                continue;
            }
            let (name, value) = line
                .split_once(['=', ':'])
                .ok_or(ConfigError::Line(index + 1))?;
            let value = value.trim();
            let unquoted = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'));
            self.set(name.trim(), unquoted.unwrap_or(value))?;
        }
        Ok(())
    }

    /// Sets one value.
    ///
    /// # Errors
    ///
    /// There is no such setting.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), ConfigError> {
        if let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) {
            self.values.insert(setting.name, value.to_owned());
        } else if IGNORED.contains(&name) {
            self.ignored.push(name.to_owned());
        } else {
            let hint = SETTINGS
                .iter()
                .find(|setting| setting.name.contains(name) || name.contains(setting.name));
            return Err(ConfigError::Unknown {
                name: name.to_owned(),
                hint: hint.map(|setting| setting.name),
            });
        }
        Ok(())
    }

    /// Settings that were given and have no meaning here.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// The configuration. `now` stands for an unset genesis time, `base` for an unset poetdir.
    ///
    /// # Errors
    ///
    /// A value does not fit its setting, or the times make no schedule.
    pub fn build(&self, now: Timestamp, base: PathBuf) -> Result<ServiceConfig, ConfigError> {
        let genesis = match self.get("genesis-time") {
            ("now", _) => now,
            found => parsed(
                found,
                "expected a time such as 2023-07-14T08:00:00Z",
                |text| Timestamp::parse_rfc3339(text).ok(),
            )?,
        };
        let schedule = Schedule::new(
            genesis,
            self.duration("epoch-duration")?,
            self.duration("phase-shift")?,
            self.duration("cycle-gap")?,
        )?;
        let base = self.path("poetdir").unwrap_or(base);
        let key = self.optional("certifier-pubkey", "expected base64 of 32 bytes", parse_key)?;
        let url = self.get("certifier-url").0.to_owned();
        let metrics_port = self.optional("metrics-port", "expected a port", |text| {
            text.parse::<u16>().ok()
        })?;
        Ok(ServiceConfig {
            schedule,
            genesis_id: self.optional("genesis-id", "expected 40 hexadecimal digits", |text| {
                Hash20::from_hex(text).ok()
            })?,
            data_folder: self.path("datadir").unwrap_or_else(|| base.join("data")),
            store_folder: self.path("dbdir").unwrap_or_else(|| base.join("db")),
            rest_listen: self.get("restlisten").0.to_owned(),
            metrics_listen: metrics_port.map(|port| ([0, 0, 0, 0], port).into()),
            pow_difficulty: self.number("pow-difficulty")?,
            certificates_only: self.number("certificates-only")?,
            round_members_max: self.number("max-round-members")?,
            batch_max: self.number::<usize>("max-submit-batch-size")?.max(1),
            flush_interval: self.duration("submit-flush-interval")?,
            certifier: (!url.is_empty() || key.is_some()).then_some((url, key)),
            trusted_keys: self.path("trusted-pub-keys-dir-path"),
        })
    }

    fn get(&self, name: &'static str) -> (&str, &'static str) {
        let default = SETTINGS
            .iter()
            .find(|setting| setting.name == name)
            .map_or("", |setting| setting.default);
        (self.values.get(name).map_or(default, String::as_str), name)
    }

    fn optional<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        match self.get(name) {
            ("", _) => Ok(None),
            found => parsed(found, expected, parse).map(Some),
        }
    }

    fn number<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, ConfigError> {
        parsed(
            self.get(name),
            "expected a whole number, or true or false",
            |text| text.parse().ok(),
        )
    }

    fn duration(&self, name: &'static str) -> Result<Duration, ConfigError> {
        parsed(
            self.get(name),
            "expected a duration such as 336h or 1m30s",
            |text| {
                Some(Duration::from_nanos(
                    u64::try_from(parse_duration(text).ok()?).ok()?,
                ))
            },
        )
    }

    fn path(&self, name: &'static str) -> Option<PathBuf> {
        Some(self.get(name).0)
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
    }
}

fn parsed<T>(
    (text, name): (&str, &'static str),
    expected: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, ConfigError> {
    parse(text).ok_or_else(|| ConfigError::Value {
        name,
        value: text.to_owned(),
        expected,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn the_sample_of_the_reference_gives_mainnets_schedule_and_flags_win() {
        let mut settings = Settings::default();
        let file = "[Application Options]\n; sample\ngenesis-time=2023-07-14T08:00:00.000Z\nepoch-duration = 336h\nphase-shift=240h\ncycle-gap=12h\npow-difficulty=20\nrestlisten=\"0.0.0.0:80\"\nlps=78000\n";
        settings.file(file).unwrap();
        settings.set("pow-difficulty", "21").unwrap();
        let config = settings
            .build(Timestamp::UNSET, PathBuf::from("base"))
            .unwrap();
        assert_eq!(
            config.schedule.round_start(30).to_string(),
            "2024-09-16T08:00:00Z"
        );
        assert_eq!(
            (config.pow_difficulty, config.rest_listen.as_str()),
            (21, "0.0.0.0:80")
        );
        assert_eq!(config.data_folder, PathBuf::from("base/data"));
        assert_eq!(settings.ignored(), ["lps"]);
        assert_eq!(config.certifier, None);
    }

    #[test]
    fn a_wrong_name_or_value_is_named() {
        let mut settings = Settings::default();
        assert_eq!(
            settings.set("difficulty", "1").unwrap_err().to_string(),
            "there is no setting \"difficulty\"; did you mean pow-difficulty?"
        );
        assert_eq!(settings.file("\nnonsense"), Err(ConfigError::Line(2)));
        settings.set("cycle-gap", "12").unwrap();
        let error = settings
            .build(Timestamp::UNSET, PathBuf::new())
            .unwrap_err();
        assert!(
            error.to_string().starts_with("cycle-gap is \"12\""),
            "{error}"
        );
    }
}
