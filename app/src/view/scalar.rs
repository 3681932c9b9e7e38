//! Small values that many views share, and how they cross to a page.
//!
//! Keeps true: a 64-bit number is a decimal string on the wire, an instant is an RFC 3339 string in UTC, a secret that comes in is zeroed
//! when dropped and has no `Debug` that shows it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use ts_rs::TS;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// An unsigned 64-bit number, as a decimal string on the wire because JavaScript numbers end at 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, TS)]
#[ts(type = "string")]
pub struct Decimal(pub u64);

/// An amount of coins in smidge (1 SMH = 10^9 smidge), as a decimal string on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, TS)]
#[ts(type = "string")]
pub struct Smidge(pub u64);

/// An instant: RFC 3339 in UTC, for example `2026-11-18T14:32:00Z`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(type = "string")]
pub struct Instant(pub String);

/// A secret that a person typed: a password, words or a secret key. Only travels inward.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop, TS)]
#[ts(type = "string")]
pub struct SecretText(String);

impl SecretText {
    /// Takes over a secret text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(hidden)")
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// A secret on its way out, to one of the two screens that may show it. Zeroed when dropped, no `Debug` that shows it.
#[derive(Clone, Zeroize, ZeroizeOnDrop, TS)]
#[ts(type = "string")]
pub struct ShownSecret(String);

impl ShownSecret {
    /// Takes over a text that is about to be shown.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ShownSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownSecret(hidden)")
    }
}

impl Serialize for ShownSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

macro_rules! decimal_string {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                // `u64::from_str` also takes a leading plus, which is not a decimal number as we write it.
                if !text.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(de::Error::custom(
                        "expected a whole number in decimal digits",
                    ));
                }
                text.parse().map(Self).map_err(|_| {
                    de::Error::custom("expected a whole number from 0 to 18446744073709551615")
                })
            }
        }

        impl From<u64> for $name {
            fn from(value: u64) -> Self {
                Self(value)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

decimal_string!(Decimal);
decimal_string!(Smidge);

impl Instant {
    /// From the clock.
    pub fn from_timestamp(at: jiff::Timestamp) -> Self {
        // Milliseconds are enough for every screen and keep the text short.
        let rounded = at.round(jiff::Unit::Millisecond).unwrap_or(at);
        Self(rounded.to_string())
    }

    /// From whole seconds since 1970; out of range becomes the nearest end.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        let clamped = jiff::Timestamp::from_second(seconds);
        Self::from_timestamp(clamped.unwrap_or(if seconds < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        }))
    }
}

/// A file that a person gives: where it lies on this computer, or its content when the page only has that (dropped in a browser, pasted).
#[derive(Clone, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum FileSource {
    /// A file on the computer that runs Smapp.
    Path {
        /// Absolute path.
        path: String,
    },
    /// The content itself.
    Content {
        /// File name, for messages; may be empty for pasted text.
        name: String,
        /// Standard base64 of the bytes, at most 4 MiB decoded.
        base64: SecretText,
    },
    /// Pasted text.
    Text {
        /// The text as pasted; white space at both ends is ignored.
        text: SecretText,
    },
}

impl fmt::Debug for FileSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { path } => write!(f, "FileSource::Path({path})"),
            Self::Content { name, .. } => write!(f, "FileSource::Content({name})"),
            Self::Text { .. } => write!(f, "FileSource::Text"),
        }
    }
}

/// A file that goes out to be saved by the page or the window.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileContent {
    /// Proposed name.
    pub file_name: String,
    /// Media type.
    pub media_type: String,
    /// Standard base64 of the bytes.
    pub base64: String,
    /// The same as text, where it is text.
    pub text: Option<String>,
}

/// Nothing to say.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Done {}

/// How a thing stands; the glyph of a pill (shape before colour).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Fine: filled circle.
    Ok,
    /// In progress: half circle.
    Running,
    /// Costs something if nothing is done: triangle.
    Warning,
    /// Failed: cross.
    Failed,
    /// Not in use: empty circle.
    Off,
}

/// One sentence in the catalogue of texts: a key with its values, and the English text for clients without a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Sentence {
    /// Key in the catalogue, for example `smeshing.filling`.
    pub key: String,
    /// Values to fill in, by name. Instants are RFC 3339, amounts smidge, sizes bytes.
    pub values: std::collections::BTreeMap<String, String>,
    /// The finished English sentence.
    pub text: String,
}

impl Sentence {
    /// A sentence from its key, English text and values.
    pub fn new<const N: usize>(
        key: &str,
        text: impl Into<String>,
        values: [(&str, String); N],
    ) -> Self {
        Self {
            key: key.to_owned(),
            text: text.into(),
            values: values
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }
}
