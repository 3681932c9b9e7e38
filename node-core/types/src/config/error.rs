//! Configurations that cannot be used.

use std::fmt;

use super::Origin;
use crate::network::UnknownPreset;

/// One thing that is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A file that is no JSON.
    #[error("{file} is not JSON: {source}; correct it there")]
    NotJson {
        /// Name of the file.
        file: String,
        /// Where and why.
        source: serde_json::Error,
    },
    /// A value where keys are expected.
    #[error("{path} in {origin} must be an object with keys, not {found}")]
    NotAnObject {
        /// Path of the value; empty for the whole file.
        path: String,
        /// Where it stands.
        origin: Origin,
        /// The value.
        found: String,
    },
    /// A value that its key does not take.
    #[error("{path} in {origin} is {found}; expected {expected}")]
    Value {
        /// Path of the value.
        path: String,
        /// Where it stands.
        origin: Origin,
        /// What is taken.
        expected: String,
        /// The value.
        found: String,
    },
    /// The same key twice, in different case.
    #[error("{path} stands in {origin} twice, in different case; keep one")]
    Twice {
        /// Path in lower case.
        path: String,
        /// Where it stands.
        origin: Origin,
    },
    /// A key that must not be used any more.
    #[error(
        "{path} in {origin} is not supported any more; list the servers with their public keys in main.poet-servers"
    )]
    Removed {
        /// Path of the key.
        path: &'static str,
        /// Where it stands.
        origin: Origin,
    },
    /// A preset that does not exist.
    #[error("{origin}: {source}")]
    Preset {
        /// Where it is named.
        origin: Origin,
        /// Its name.
        source: UnknownPreset,
    },
    /// A flag that does not exist.
    #[error("there is no flag {flag}{}", .suggestion.map(|name| format!("; did you mean --{name}?")).unwrap_or_default())]
    UnknownFlag {
        /// The flag as given.
        flag: String,
        /// The one that was probably meant.
        suggestion: Option<&'static str>,
    },
}

/// Everything that is wrong, at least one thing.
#[derive(Debug)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
