//! Protobuf values in JSON (04 §7.1): bytes, 64-bit numbers and durations, strict on output and tolerant on input.

use std::{fmt, time::Duration};

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{DeserializeOwned, Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD_LENIENT: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const URL_LENIENT: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// Bytes: written as standard base64 with padding, read also from the URL alphabet and without padding.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Base64(pub Vec<u8>);

/// A 64-bit number: written as text, read from text or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uint64(pub u64);

/// A duration in nanoseconds: `"864000s"`, `"1234.567s"`, also negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seconds(pub i128);

impl Base64 {
    /// Exactly N bytes; none for another number.
    pub fn array<const N: usize>(&self) -> Option<[u8; N]> {
        self.0.as_slice().try_into().ok()
    }

    /// Reads base64 of either alphabet, padded or not.
    pub fn parse(text: &str) -> Option<Self> {
        let engine = if text.contains(['-', '_']) {
            &URL_LENIENT
        } else {
            &STANDARD_LENIENT
        };
        engine.decode(text).ok().map(Self)
    }
}

impl<T: AsRef<[u8]>> From<T> for Base64 {
    fn from(bytes: T) -> Self {
        Self(bytes.as_ref().to_vec())
    }
}

impl fmt::Display for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64::engine::general_purpose::STANDARD.encode(&self.0))
    }
}

impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64({self})")
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Base64;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("base64")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Base64, E> {
                Base64::parse(text).ok_or_else(|| {
                    E::invalid_value(Unexpected::Other("text that is no base64"), &self)
                })
            }
            fn visit_unit<E: Error>(self) -> Result<Base64, E> {
                Ok(Base64::default())
            }
        }
        deserializer.deserialize_any(Text)
    }
}

impl Serialize for Uint64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uint64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Uint64;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number below 2^64, as text or as a number")
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Uint64, E> {
                Ok(Uint64(number))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Uint64, E> {
                text.parse()
                    .map(Uint64)
                    .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
            fn visit_unit<E: Error>(self) -> Result<Uint64, E> {
                Ok(Uint64(0))
            }
        }
        deserializer.deserialize_any(Number)
    }
}

impl Seconds {
    /// A duration that is not negative.
    pub fn of(duration: Duration) -> Self {
        Self(i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX))
    }

    /// As a duration; none if negative or longer than one can be.
    pub fn duration(self) -> Option<Duration> {
        let nanos = u128::try_from(self.0).ok()?;
        let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
        Some(Duration::new(
            seconds,
            u32::try_from(nanos % 1_000_000_000).ok()?,
        ))
    }

    fn parse(text: &str) -> Option<Self> {
        let number = text.strip_suffix('s')?;
        let (negative, number) = match number.strip_prefix('-') {
            Some(number) => (true, number),
            None => (false, number),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        // Protobuf durations have at most twelve digits of seconds.
        if !digits(whole)
            || !digits(fraction)
            || whole.len() > 12
            || fraction.len() > 9
            || number.len() < 2 && whole.is_empty()
        {
            return None;
        }
        let seconds: i128 = format!("0{whole}").parse().ok()?;
        let nanos: i128 = format!("{fraction:0<9}").parse().ok()?;
        let total = seconds * 1_000_000_000 + nanos;
        Some(Self(if negative { -total } else { total }))
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let total = self.0.unsigned_abs();
        let (seconds, nanos) = (total / 1_000_000_000, total % 1_000_000_000);
        write!(f, "{sign}{seconds}")?;
        // None, three, six or nine decimals, as protobuf prints them.
        match nanos {
            0 => {}
            _ if nanos % 1_000_000 == 0 => write!(f, ".{:03}", nanos / 1_000_000)?,
            _ if nanos % 1_000 == 0 => write!(f, ".{:06}", nanos / 1_000)?,
            _ => write!(f, ".{nanos:09}")?,
        }
        f.write_str("s")
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::invalid_value(Unexpected::Str(&text), &"a duration such as 1234.567s")
        })
    }
}

/// Reads a message. Like protobuf, and unlike serde, it takes nothing but an object for one.
///
/// # Errors
///
/// Not JSON, no object, or fields of other types.
pub fn read_message<T: DeserializeOwned>(text: &[u8]) -> Result<T, serde_json::Error> {
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        Some(b'{') | None => serde_json::from_slice(text),
        Some(_) => Err(serde_json::Error::custom("a message is a JSON object")),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn durations_have_as_many_decimals_as_protobuf_prints() {
        for (nanos, text) in [
            (864_000_000_000_000, "864000s"),
            (1_234_567_000_000, "1234.567s"),
            (1_000_001_000, "1.000001s"),
            (32_767_398_499, "32.767398499s"),
            (-1_500_000_000, "-1.500s"),
            (-1, "-0.000000001s"),
            (0, "0s"),
        ] {
            assert_eq!(Seconds(nanos).to_string(), text);
            assert_eq!(
                serde_json::from_str::<Seconds>(&format!("\"{text}\"")).unwrap(),
                Seconds(nanos)
            );
        }
        for text in [
            "",
            "s",
            "1",
            "1.s.s",
            "1e3s",
            "99999999999999999999s",
            "--1s",
            "1.0000000001s",
            ".s",
        ] {
            assert!(
                serde_json::from_str::<Seconds>(&format!("\"{text}\"")).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn bytes_are_read_from_both_alphabets_with_and_without_padding() {
        for text in ["+/8=", "-_8=", "+/8", "-_8"] {
            assert_eq!(Base64::parse(text).unwrap().0, [0xfb, 0xff], "{text}");
        }
        assert_eq!(
            serde_json::to_string(&Base64(vec![0xfb, 0xff])).unwrap(),
            "\"+/8=\""
        );
        assert!(serde_json::from_str::<Base64>("null").unwrap().0.is_empty());
        assert!(Base64::parse("?").is_none());
    }

    #[test]
    fn numbers_are_read_from_text_and_written_as_text() {
        assert_eq!(
            serde_json::from_str::<Uint64>("\"18446744073709551615\"").unwrap(),
            Uint64(u64::MAX)
        );
        assert_eq!(serde_json::from_str::<Uint64>("7").unwrap(), Uint64(7));
        assert!(serde_json::from_str::<Uint64>("-7").is_err());
        assert_eq!(serde_json::to_string(&Uint64(7)).unwrap(), "\"7\"");
    }
}
