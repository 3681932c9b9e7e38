//! From JSON to values, as weakly as the reference reads (01 §7.1, "Types").

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Field, Kind, Rational, Value, duration::parse_duration};
use crate::Timestamp;

/// A value that its key does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    /// Path inside of the value, as in `[2].weight`; empty for the value itself.
    pub(super) at: String,
    /// What is taken.
    pub(super) expected: String,
    /// What was found.
    pub(super) found: String,
}

/// What can be read of a value, and the parts of it that do not exist.
pub(super) struct Reader {
    /// Paths inside of the value.
    pub(super) unknown: Vec<String>,
}

impl Reader {
    pub(super) fn read(&mut self, kind: &Kind, json: &Json) -> Result<Value, Misfit> {
        self.at(kind, json, "")
    }

    fn at(&mut self, kind: &Kind, json: &Json, path: &str) -> Result<Value, Misfit> {
        let misfit = |expected: &str| Misfit {
            at: path.to_owned(),
            expected: expected.to_owned(),
            found: brief(json),
        };
        match kind {
            Kind::Bool => boolean(json).map(Value::Bool).ok_or_else(|| misfit("true or false")),
            Kind::Integer { min, max } => {
                let number = integer(json).filter(|number| (min..=max).contains(&number));
                number.map(Value::Integer).ok_or_else(|| misfit(&format!("a whole number from {min} to {max}")))
            }
            Kind::StrictInteger { max } => {
                let number = if json.is_number() { integer(json) } else { None };
                let number = number.filter(|number| (0..=*max).contains(number));
                number.map(Value::Integer).ok_or_else(|| misfit(&format!("a whole number from 0 to {max}, not in quotes")))
            }
            Kind::Real => real(json).map(Value::Real).ok_or_else(|| misfit("a number")),
            Kind::Text => text(json).map(Value::Text).ok_or_else(|| misfit("text")),
            Kind::Choice(words) => {
                let word = text(json).filter(|text| words.contains(&text.as_str()));
                word.map(Value::Text).ok_or_else(|| misfit(&format!("one of {words:?}")))
            }
            Kind::Duration => duration(json).map(Value::Duration).ok_or_else(|| misfit("a duration such as 1h30m")),
            Kind::Rational => rational(json).map(Value::Rational).ok_or_else(|| misfit("a fraction such as 1/3")),
            Kind::Time => {
                let time = json.as_str().and_then(|text| Timestamp::parse_rfc3339(text).ok());
                time.map(Value::Time).ok_or_else(|| misfit("a time such as 2023-07-14T08:00:00Z"))
            }
            Kind::Hash => {
                let mut bytes = [0; 32];
                let read = json.as_str().is_some_and(|text| hex::decode_to_slice(text, &mut bytes).is_ok());
                read.then_some(Value::Hash(bytes)).ok_or_else(|| misfit("64 hexadecimal digits"))
            }
            Kind::AtxVersions => atx_versions(json).ok_or_else(|| {
                misfit("an object from epoch to ATX version, 1 or 2, which does not go back in later epochs")
            }),
            Kind::List { item, commas } => self.list(item, *commas, json, path),
            Kind::Objects(fields) => self.objects(fields, json, path),
            Kind::Map(item) => {
                let fields = json.as_object().ok_or_else(|| misfit("an object"))?;
                let mut values = BTreeMap::new();
                for (name, json) in fields {
                    let name = name.to_lowercase();
                    let value = self.at(item, json, &format!("{path}.{name}"))?;
                    values.insert(name, value);
                }
                Ok(Value::Map(values))
            }
            Kind::Object(fields) => self.object(fields, json, path),
            Kind::Overwritten | Kind::Removed => Ok(Value::Unset),
        }
    }

    fn list(
        &mut self,
        item: &Kind,
        commas: bool,
        json: &Json,
        path: &str,
    ) -> Result<Value, Misfit> {
        let split: Vec<Json>;
        let items = match json {
            Json::Array(items) => items.as_slice(),
            Json::String(text) if commas => {
                let parts = text.split(',').map(|part| Json::String(part.to_owned()));
                split = if text.is_empty() {
                    Vec::new()
                } else {
                    parts.collect()
                };
                &split
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
                std::slice::from_ref(json)
            }
        };
        let items = items
            .iter()
            .enumerate()
            .map(|(i, json)| self.at(item, json, &format!("{path}[{i}]")));
        items.collect::<Result<_, _>>().map(Value::List)
    }

    fn objects(&mut self, fields: &[Field], json: &Json, path: &str) -> Result<Value, Misfit> {
        let items = json
            .as_array()
            .map_or(std::slice::from_ref(json), Vec::as_slice);
        let items = items
            .iter()
            .enumerate()
            .map(|(i, json)| self.object(fields, json, &format!("{path}[{i}]")));
        items.collect::<Result<_, _>>().map(Value::List)
    }

    fn object(&mut self, fields: &[Field], json: &Json, path: &str) -> Result<Value, Misfit> {
        let names = || {
            fields
                .iter()
                .map(|field| field.name)
                .collect::<Vec<_>>()
                .join(", ")
        };
        let misfit = || Misfit {
            at: path.to_owned(),
            expected: format!("an object with {}", names()),
            found: brief(json),
        };
        let given = json.as_object().ok_or_else(misfit)?;
        let mut values: BTreeMap<_, _> = fields
            .iter()
            .map(|field| (field.name.to_owned(), zero(&field.kind)))
            .collect();
        for (name, json) in given.iter().filter(|(_, json)| !json.is_null()) {
            let name = name.to_lowercase();
            let path = format!("{path}.{name}");
            match fields.iter().find(|field| field.name == name) {
                Some(field) => {
                    values.insert(name, self.at(&field.kind, json, &path)?);
                }
                None => self.unknown.push(path),
            }
        }
        Ok(Value::Map(values))
    }
}

/// What a part of an object is when it is left out.
fn zero(kind: &Kind) -> Value {
    match kind {
        Kind::Bool => Value::Bool(false),
        Kind::Integer { .. } => Value::Integer(0),
        Kind::Real => Value::Real(0.0),
        Kind::Text | Kind::Choice(_) => Value::Text(String::new()),
        Kind::Duration => Value::Duration(0),
        Kind::List { .. } | Kind::Objects(_) => Value::List(Vec::new()),
        Kind::Map(_) | Kind::AtxVersions => Value::Map(BTreeMap::new()),
        Kind::StrictInteger { .. }
        | Kind::Rational
        | Kind::Time
        | Kind::Hash
        | Kind::Object(_)
        | Kind::Overwritten
        | Kind::Removed => Value::Unset,
    }
}

/// A value as an error shows it: its beginning is enough.
fn brief(json: &Json) -> String {
    let mut text = json.to_string();
    if let Some((end, _)) = text.char_indices().nth(60) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn boolean(json: &Json) -> Option<bool> {
    match json {
        Json::Bool(value) => Some(*value),
        Json::Number(number) => Some(number.as_f64()? != 0.0),
        Json::String(text) => match text.as_str() {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
            "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
            _ => None,
        },
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn integer(json: &Json) -> Option<i128> {
    match json {
        Json::Bool(value) => Some(i128::from(*value)),
        Json::Number(number) => number.as_i128().or_else(|| {
            // 1e9 is a whole number too. Beyond 2^63 a float does not tell which one is meant.
            #[expect(
                clippy::cast_possible_truncation,
                reason = "whole and below 2^63, both checked here"
            )]
            number
                .as_f64()
                .filter(|real| real.fract() == 0.0 && real.abs() < 9.2e18)
                .map(|real| real as i128)
        }),
        Json::String(text) => integer_text(text),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Digits as Go reads them: `0x`, `0o`, `0b` or a leading zero choose the base, `_` may stand between digits, nothing is zero.
fn integer_text(text: &str) -> Option<i128> {
    if text.is_empty() {
        return Some(0);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.as_str() {
        digits if digits.starts_with("0x") => (16, &digits[2..]),
        digits if digits.starts_with("0b") => (2, &digits[2..]),
        digits if digits.starts_with("0o") => (8, &digits[2..]),
        digits if digits.len() > 1 && digits.starts_with('0') => (8, &digits[1..]),
        digits => (10, digits),
    };
    let digits = digits.replace('_', "");
    let plain = digits.chars().all(|digit| digit.is_digit(base));
    if plain {
        i128::from_str_radix(&digits, base)
            .ok()
            .map(|number| sign * number)
    } else {
        None
    }
}

fn real(json: &Json) -> Option<f64> {
    match json {
        Json::Bool(value) => Some(f64::from(u8::from(*value))),
        Json::Number(number) => number.as_f64(),
        Json::String(text) if text.is_empty() => Some(0.0),
        Json::String(text) => text.parse().ok().filter(|real: &f64| real.is_finite()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Bool(value) => Some(u8::from(*value).to_string()),
        Json::Number(number) => Some(number.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn duration(json: &Json) -> Option<i64> {
    match json {
        Json::String(text) => parse_duration(text).ok(),
        Json::Number(_) => i64::try_from(integer(json)?).ok(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

fn rational(json: &Json) -> Option<Rational> {
    match json {
        Json::String(text) => text.parse().ok(),
        Json::Number(number) => number.to_string().parse().ok(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

fn atx_versions(json: &Json) -> Option<Value> {
    let fields = json.as_object()?;
    let mut versions = BTreeMap::new();
    for (epoch, version) in fields {
        let epoch: u32 = epoch.parse().ok()?;
        let version = integer(version).filter(|version| (1..=2).contains(version))?;
        versions.insert(epoch, version);
    }
    if !versions.values().is_sorted() {
        return None;
    }
    let by_text = versions
        .into_iter()
        .map(|(epoch, version)| (epoch.to_string(), Value::Integer(version)));
    Some(Value::Map(by_text.collect()))
}
