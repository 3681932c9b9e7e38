//! The table of all keys (01 §7.3): what a key takes, its value in every preset, its flags.

mod consensus;
mod logging;
mod long_values;
mod main;
mod p2p;
mod services;
mod smeshing;

use std::{collections::BTreeMap, sync::LazyLock};

use super::Kind;
use crate::Preset;

/// A key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    /// Its path, in lower case, parts separated by dots.
    pub path: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Its flags on the command line, without dashes. A flag of one letter has one dash.
    pub flags: &'static [&'static str],
    default: &'static str,
    presets: [&'static str; 4],
}

/// What a key is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// It sets something.
    Setting,
    /// The node sets it itself; a configured value has no effect.
    Overwritten,
    /// The node refuses to start with it.
    Removed,
}

impl Key {
    /// What it is good for.
    pub const fn role(&self) -> KeyRole {
        match self.kind {
            Kind::Overwritten => KeyRole::Overwritten,
            Kind::Removed => KeyRole::Removed,
            Kind::Bool
            | Kind::Integer { .. }
            | Kind::StrictInteger { .. }
            | Kind::Real
            | Kind::Text
            | Kind::Choice(_)
            | Kind::Duration
            | Kind::Rational
            | Kind::Time
            | Kind::Hash
            | Kind::AtxVersions
            | Kind::List { .. }
            | Kind::Objects(_)
            | Kind::Map(_)
            | Kind::Object(_) => KeyRole::Setting,
        }
    }

    /// Its value in a preset, as the table writes it: what is open is still open (`~`, `3/4 cpus`), lists and objects are JSON, `unset` is
    /// nothing.
    pub(super) fn built_in(&self, preset: Preset) -> &'static str {
        let [mainnet, testnet, standalone, fastnet] = self.presets;
        let value = match preset {
            Preset::Mainnet => mainnet,
            Preset::Testnet => testnet,
            Preset::Standalone => standalone,
            Preset::Fastnet => fastnet,
        };
        if value == "=" { self.default } else { value }
    }
}

/// A row of the table. In `presets`, `=` is the default.
const fn key(
    path: &'static str,
    kind: Kind,
    default: &'static str,
    presets: [&'static str; 4],
    flags: &'static [&'static str],
) -> Key {
    Key {
        path,
        kind,
        flags,
        default,
        presets,
    }
}

const TABLES: [&[Key]; 6] = [
    main::KEYS,
    consensus::KEYS,
    smeshing::KEYS,
    p2p::KEYS,
    services::KEYS,
    logging::KEYS,
];

static BY_PATH: LazyLock<BTreeMap<&'static str, &'static Key>> =
    LazyLock::new(|| all_keys().map(|key| (key.path, key)).collect());

/// All keys, section by section.
pub fn all_keys() -> impl Iterator<Item = &'static Key> {
    TABLES.into_iter().flatten()
}

/// The key with a path in lower case.
pub fn find_key(path: &str) -> Option<&'static Key> {
    BY_PATH.get(path).copied()
}

/// Whether `path` is the beginning of keys, up to a dot.
pub(super) fn is_section(path: &str) -> bool {
    let prefix = format!("{path}.");
    let next = BY_PATH.range(prefix.as_str()..).next();
    next.is_some_and(|(path, _)| path.starts_with(&prefix))
}
