//! Laying sources over each other: mainnet or a preset, then files, then flags, then what follows from the rest (01 §7.1).

use std::{collections::BTreeMap, fmt, time::Duration};

use serde_json::Value as Json;

use super::{
    ConfigError, ConfigErrors, FromValue, Host, Key, Kind, UnknownKey, Value, all_keys, derived,
    file::{self, Layer},
    flags::{self, Setting},
    read::Reader,
};
use crate::{Preset, network::UnknownPreset};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Built in.
    Preset(Preset),
    /// A file, by the name it was given under.
    File(String),
    /// A flag, without dashes.
    Flag(&'static str),
    /// Set by the node; the text is the rule.
    Derived(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preset(preset) => write!(f, "preset {preset}"),
            Self::File(name) => write!(f, "file {name}"),
            Self::Flag(name) if name.len() == 1 => write!(f, "flag -{name}"),
            Self::Flag(name) => write!(f, "flag --{name}"),
            Self::Derived(rule) => write!(f, "the node: {rule}"),
        }
    }
}

/// A value in effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// The value.
    pub value: Value,
    /// The source that had the last word.
    pub origin: Origin,
}

/// A complete configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub(super) preset: Preset,
    pub(super) values: BTreeMap<&'static str, Effective>,
    unknown: Vec<UnknownKey>,
}

/// Collects sources. The order of the calls does not matter, except among files and among flags.
#[derive(Debug)]
pub struct ConfigBuilder {
    host: Host,
    preset: Option<Preset>,
    files: Vec<(Origin, Layer)>,
    flags: Vec<(String, Option<String>)>,
}

impl ConfigBuilder {
    /// Uses a preset whatever the files name, as `--preset` does.
    #[must_use]
    pub fn preset(mut self, preset: Preset) -> Self {
        self.preset = Some(preset);
        self
    }

    /// Lays a file over the sources so far. The first that names a preset chooses it.
    ///
    /// # Errors
    ///
    /// Everything in the file that cannot be read. Unknown keys are no error, see [`Config::unknown`].
    pub fn file(mut self, name: &str, content: &[u8]) -> Result<Self, ConfigErrors> {
        self.files
            .push((Origin::File(name.to_owned()), file::read(name, content)?));
        Ok(self)
    }

    /// Sets a flag, with or without its dashes. Without a value it is true.
    #[must_use]
    pub fn flag(mut self, name: &str, value: Option<&str>) -> Self {
        self.flags.push((name.to_owned(), value.map(str::to_owned)));
        self
    }

    /// The configuration.
    ///
    /// # Errors
    ///
    /// Everything in the flags that cannot be read, or an unknown preset.
    pub fn build(self) -> Result<Config, ConfigErrors> {
        let mut errors = Vec::new();
        let mut settings = Vec::new();
        for (name, value) in &self.flags {
            match flags::read(name, value.as_deref()) {
                Ok(setting) => settings.push(setting),
                Err(error) => errors.push(error),
            }
        }
        let preset = self.choose_preset(&settings).unwrap_or_else(|error| {
            errors.push(error);
            (Preset::Mainnet, Origin::Preset(Preset::Mainnet))
        });
        if !errors.is_empty() {
            return Err(ConfigErrors(errors));
        }
        let (preset, chosen_by) = preset;
        let mut config = Config::built_in(preset, &self.host);
        for (origin, layer) in self.files {
            for (path, value) in layer.values {
                config.values.insert(
                    path,
                    Effective {
                        value,
                        origin: origin.clone(),
                    },
                );
            }
            config.unknown.extend(layer.unknown);
        }
        for (flag, setting) in joined(settings) {
            config.apply(flag, setting);
        }
        let name = Value::Text(preset.name().to_owned());
        config.values.insert(
            "preset",
            Effective {
                value: name,
                origin: chosen_by,
            },
        );
        derived::apply(&mut config);
        Ok(config)
    }

    /// The preset and who chose it: the caller, a flag, the first file that names one, or nobody.
    fn choose_preset(&self, settings: &[Setting]) -> Result<(Preset, Origin), ConfigError> {
        if let Some(preset) = self.preset {
            return Ok((preset, Origin::Preset(preset)));
        }
        let flag = settings
            .iter()
            .rev()
            .find(|setting| setting.key.path == "preset");
        let named = flag
            .map(|setting| (Origin::Flag(setting.flag), &setting.value))
            .or_else(|| {
                self.files
                    .iter()
                    .find_map(|(origin, layer)| Some((origin.clone(), layer.values.get("preset")?)))
            });
        match named {
            None => Ok((Preset::Mainnet, Origin::Preset(Preset::Mainnet))),
            Some((origin, Value::Text(name))) if !name.is_empty() => match name.parse() {
                Ok(preset) => Ok((preset, origin)),
                Err(source) => Err(ConfigError::Preset { origin, source }),
            },
            Some((_, Value::Text(_))) => Ok((Preset::Mainnet, Origin::Preset(Preset::Mainnet))),
            Some((origin, other)) => Err(ConfigError::Preset {
                origin,
                source: UnknownPreset(other.to_string()),
            }),
        }
    }
}

/// One setting per key, its values added up where the flag came several times.
fn joined(settings: Vec<Setting>) -> BTreeMap<&'static str, Setting> {
    let mut by_key = BTreeMap::<&'static str, Setting>::new();
    for setting in settings {
        match by_key.get_mut(setting.key.path) {
            Some(before) => {
                before.flag = setting.flag;
                flags::join(&mut before.value, setting.value);
            }
            None => {
                by_key.insert(setting.key.path, setting);
            }
        }
    }
    by_key
}

impl Config {
    /// Starts with nothing but this machine's folders.
    pub const fn builder(host: Host) -> ConfigBuilder {
        ConfigBuilder {
            host,
            preset: None,
            files: Vec::new(),
            flags: Vec::new(),
        }
    }

    fn built_in(preset: Preset, host: &Host) -> Self {
        let origin = Origin::Preset(preset);
        let mut values: BTreeMap<_, _> = all_keys()
            .map(|key| {
                (
                    key.path,
                    Effective {
                        value: built_in_value(key, preset, host),
                        origin: origin.clone(),
                    },
                )
            })
            .collect();
        if let Some(accounts) = preset.network(None).genesis.accounts {
            let balances = accounts
                .into_iter()
                .map(|(address, balance)| (address, Value::Integer(balance.0.into())));
            let value = Value::Map(balances.collect());
            values.insert("genesis.accounts", Effective { value, origin });
        }
        Self {
            preset,
            values,
            unknown: Vec::new(),
        }
    }

    fn apply(&mut self, path: &'static str, setting: Setting) {
        let origin = Origin::Flag(setting.flag);
        let entry = self.values.entry(path).or_insert(Effective {
            value: Value::Unset,
            origin: origin.clone(),
        });
        if let (true, Value::Map(names)) = (setting.adds, &setting.value) {
            flags::add(&mut entry.value, names);
        } else {
            entry.value = setting.value;
        }
        entry.origin = origin;
    }

    /// The preset it is based on.
    pub const fn preset(&self) -> Preset {
        self.preset
    }

    /// Keys that do not exist, in the order of the files. Show them: they are mistakes or of another version.
    pub fn unknown(&self) -> &[UnknownKey] {
        &self.unknown
    }

    /// Every key with its value and origin, in the order of paths.
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &Effective)> {
        self.values
            .iter()
            .map(|(path, effective)| (*path, effective))
    }

    /// The value and origin of a key; none if there is no such key.
    pub fn get(&self, path: &str) -> Option<&Effective> {
        self.values.get(path)
    }

    /// The origin of a key's value.
    ///
    /// # Panics
    ///
    /// There is no such key: a spelling mistake in the program.
    pub fn origin(&self, path: &str) -> &Origin {
        &self.effective(path).origin
    }

    /// A key's value as a Rust type; none if it has another form, for example a negative duration where only others make sense.
    ///
    /// # Panics
    ///
    /// There is no such key: a spelling mistake in the program.
    pub fn read<T: FromValue>(&self, path: &str) -> Option<T> {
        T::from_value(&self.effective(path).value)
    }

    /// A duration; negative ones count as none.
    ///
    /// # Panics
    ///
    /// There is no such key: a spelling mistake in the program.
    pub fn duration(&self, path: &str) -> Duration {
        self.read(path).unwrap_or_default()
    }

    /// A number, or zero if it is not set or does not fit into the type.
    ///
    /// # Panics
    ///
    /// There is no such key: a spelling mistake in the program.
    pub fn number<T: FromValue + Default>(&self, path: &str) -> T {
        self.read(path).unwrap_or_default()
    }

    /// Whether a key is true.
    ///
    /// # Panics
    ///
    /// There is no such key: a spelling mistake in the program.
    pub fn flag(&self, path: &str) -> bool {
        self.read(path).unwrap_or_default()
    }

    /// Text, empty if it is not set.
    ///
    /// # Panics
    ///
    /// There is no such key: a spelling mistake in the program.
    pub fn text(&self, path: &str) -> String {
        self.read(path).unwrap_or_default()
    }

    fn effective(&self, path: &str) -> &Effective {
        self.values
            .get(path)
            .unwrap_or_else(|| panic!("{path} is not in the table of keys"))
    }
}

/// A value of the table.
fn built_in_value(key: &Key, preset: Preset, host: &Host) -> Value {
    let text = host.expand(key.built_in(preset));
    if text == "unset" {
        return Value::Unset;
    }
    let structured = matches!(
        key.kind,
        Kind::List { .. } | Kind::Objects(_) | Kind::Map(_) | Kind::AtxVersions
    );
    let number = matches!(key.kind, Kind::StrictInteger { .. });
    let json = if structured || number {
        serde_json::from_str(&text).ok()
    } else {
        Some(Json::String(text))
    };
    let value = json.and_then(|json| {
        Reader {
            unknown: Vec::new(),
        }
        .read(&key.kind, &json)
        .ok()
    });
    value.expect("a test reads every value of the table")
}
