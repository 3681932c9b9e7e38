//! Flags of the command line (01 §7.1). They stand above files.
//!
//! A list flag replaces the list of presets and files; given several times, its values add up. The reference's flags append to what they
//! should replace, once or twice depending on the other sources. `accounts` adds to the accounts as it does there.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{ConfigError, Key, Kind, Origin, Value, all_keys, read::Reader};

/// Every flag with its key, in the order of the table. Names have no dashes.
pub fn flag_names() -> impl Iterator<Item = (&'static str, &'static Key)> {
    all_keys().flat_map(|key| key.flags.iter().map(move |flag| (*flag, key)))
}

/// What a flag sets.
pub(super) struct Setting {
    pub(super) key: &'static Key,
    pub(super) flag: &'static str,
    pub(super) value: Value,
    /// Whether the value is added to those of lower layers.
    pub(super) adds: bool,
}

/// Reads `--name value`. A flag without a value is true.
pub(super) fn read(name: &str, value: Option<&str>) -> Result<Setting, ConfigError> {
    let plain = name.trim_start_matches('-');
    let Some((flag, key)) = flag_names().find(|(flag, _)| *flag == plain) else {
        let mut close =
            flag_names().filter(|(flag, _)| flag.starts_with(plain) || plain.starts_with(flag));
        let suggestion = close
            .next()
            .map(|(flag, _)| flag)
            .filter(|flag| flag.len() > 1);
        return Err(ConfigError::UnknownFlag {
            flag: name.to_owned(),
            suggestion,
        });
    };
    let origin = Origin::Flag(flag);
    if key.kind == Kind::Removed {
        return Err(ConfigError::Removed {
            path: key.path,
            origin,
        });
    }
    let text = value.unwrap_or("true");
    let adds = matches!(key.kind, Kind::Map(_));
    let json = json_of(&key.kind, text);
    let read = json.and_then(|json| {
        Reader {
            unknown: Vec::new(),
        }
        .read(&key.kind, &json)
        .map_err(|misfit| misfit.expected)
    });
    let value = read.map_err(|expected| ConfigError::Value {
        path: key.path.to_owned(),
        origin,
        expected,
        found: format!("{text:?}"),
    })?;
    Ok(Setting {
        key,
        flag,
        value,
        adds,
    })
}

/// A flag's text as the JSON that a file would have.
fn json_of(kind: &Kind, text: &str) -> Result<Json, String> {
    match kind {
        // A number stays one; only files can write a number in quotes.
        Kind::StrictInteger { .. } => Ok(text
            .parse::<u64>()
            .map_or_else(|_| Json::String(text.to_owned()), Json::from)),
        Kind::Objects(_) | Kind::AtxVersions => {
            serde_json::from_str(text).map_err(|_| "JSON".to_owned())
        }
        Kind::Map(_) => {
            let pairs = text.split(',').map(|pair| pair.split_once('='));
            let pairs: Option<serde_json::Map<_, _>> = pairs
                .map(|pair| {
                    pair.map(|(name, value)| (name.to_owned(), Json::String(value.to_owned())))
                })
                .collect();
            pairs
                .map(Json::Object)
                .ok_or_else(|| "name=value, several with commas between".to_owned())
        }
        Kind::List { .. } => Ok(Json::Array(
            text.split(',')
                .map(|part| Json::String(part.to_owned()))
                .collect(),
        )),
        Kind::Bool
        | Kind::Integer { .. }
        | Kind::Real
        | Kind::Text
        | Kind::Choice(_)
        | Kind::Duration
        | Kind::Rational
        | Kind::Time
        | Kind::Hash
        | Kind::Object(_)
        | Kind::Overwritten
        | Kind::Removed => Ok(Json::String(text.to_owned())),
    }
}

/// The value of a flag that was given before, and again.
pub(super) fn join(before: &mut Value, again: Value) {
    match (before, again) {
        (Value::List(before), Value::List(again)) => before.extend(again),
        (Value::Map(before), Value::Map(again)) => before.extend(again),
        (before, again) => *before = again,
    }
}

/// Adds the names of a map to a lower layer's value, which may be nothing.
pub(super) fn add(lower: &mut Value, names: &BTreeMap<String, Value>) {
    let mut all = if let Value::Map(lower) = lower {
        std::mem::take(lower)
    } else {
        BTreeMap::new()
    };
    all.extend(names.clone());
    *lower = Value::Map(all);
}
