//! Hexadecimal and base64, each as tolerant as the place it stands for (01 §4.1).

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};

/// Text that is not the bytes it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Hexadecimal of the wrong length.
    #[error("{found} hexadecimal digits, expected {expected}")]
    HexLength {
        /// Digits found.
        found: usize,
        /// Digits expected.
        expected: usize,
    },
    /// A character that is no hexadecimal digit.
    #[error("{found:?} at position {position} is no hexadecimal digit")]
    HexDigit {
        /// The character found.
        found: char,
        /// Its position, counted in bytes.
        position: usize,
    },
    /// `0x` is missing.
    #[error("expected 0x before the hexadecimal digits")]
    HexPrefix,
    /// Not base64 of the standard alphabet with padding.
    #[error("not standard base64 with padding")]
    Base64,
    /// Base64 of another number of bytes.
    #[error("base64 of {found} bytes, expected {expected}")]
    Base64Length {
        /// Bytes found.
        found: usize,
        /// Bytes expected.
        expected: usize,
    },
}

/// Exactly N bytes in hexadecimal, `0x` before them or not.
pub(crate) fn hex_array<const N: usize>(text: &str) -> Result<[u8; N], TextError> {
    let digits = without_prefix(text).unwrap_or(text);
    let mut bytes = [0; N];
    if digits.len() != 2 * N {
        return Err(TextError::HexLength {
            found: digits.len(),
            expected: 2 * N,
        });
    }
    hex::decode_to_slice(digits, &mut bytes).map_err(|error| match error {
        hex::FromHexError::InvalidHexCharacter { c, index } => TextError::HexDigit {
            found: c,
            position: text.len() - digits.len() + index,
        },
        hex::FromHexError::OddLength | hex::FromHexError::InvalidStringLength => {
            TextError::HexLength {
                found: digits.len(),
                expected: 2 * N,
            }
        }
    })?;
    Ok(bytes)
}

/// `0x` or `0X` and exactly N bytes in hexadecimal.
pub(crate) fn prefixed_hex_array<const N: usize>(text: &str) -> Result<[u8; N], TextError> {
    if without_prefix(text).is_none() {
        return Err(TextError::HexPrefix);
    }
    hex_array(text)
}

fn without_prefix(text: &str) -> Option<&str> {
    text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))
}

/// Hexadecimal as the reference's `FromHex` reads it: `0x` may stand first, an odd number of digits gets a leading zero, and decoding
/// stops without an error at the first character that is no digit. Only for places where peers' data is read this way (06).
pub fn from_hex_lenient(text: &str) -> Vec<u8> {
    let digits = without_prefix(text).unwrap_or(text).as_bytes();
    let zero = digits.len() % 2;
    let digits: Vec<u8> = std::iter::repeat_n(b'0', zero)
        .chain(digits.iter().copied())
        .collect();
    digits
        .chunks_exact(2)
        .map_while(|pair| match pair {
            [high, low] => Some(hex_digit(*high)? << 4 | hex_digit(*low)?),
            _ => None,
        })
        .collect()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Standard base64 with padding. Line ends inside are skipped, as the reference's decoder does.
pub(crate) fn from_base64(text: &str) -> Result<Vec<u8>, TextError> {
    let text: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect();
    STANDARD.decode(text).map_err(|_| TextError::Base64)
}

pub(crate) fn base64_array<const N: usize>(text: &str) -> Result<[u8; N], TextError> {
    let bytes = from_base64(text)?;
    let found = bytes.len();
    bytes
        .try_into()
        .map_err(|_| TextError::Base64Length { found, expected: N })
}

/// Bytes of any number that are base64 in JSON, as the public keys of PoET servers in the configuration are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Base64Bytes(pub Vec<u8>);

impl Base64Bytes {
    /// Reads standard base64 with padding.
    ///
    /// # Errors
    ///
    /// The text is not base64.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        from_base64(text).map(Self)
    }
}

impl fmt::Display for Base64Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_base64(&self.0))
    }
}

impl fmt::Debug for Base64Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64Bytes({self})")
    }
}

impl serde::Serialize for Base64Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Base64Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
