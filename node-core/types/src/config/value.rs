//! Values of keys.

use std::{collections::BTreeMap, fmt, time::Duration};

use super::{Rational, duration::format_duration};
use crate::Timestamp;

/// A value, in the form that its key's [`super::Kind`] prescribes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Nothing: no default, or left to the node.
    Unset,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// A decimal number.
    Real(f64),
    /// Text.
    Text(String),
    /// Nanoseconds.
    Duration(i64),
    /// A fraction.
    Rational(Rational),
    /// An instant.
    Time(Timestamp),
    /// 32 bytes.
    Hash([u8; 32]),
    /// Several values.
    List(Vec<Value>),
    /// Values under names, or the parts of an object.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// The value as a configuration file would have it.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Unset => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Integer(value) => {
                serde_json::Number::from_i128(*value).map_or(Json::Null, Json::Number)
            }
            Self::Real(value) => {
                serde_json::Number::from_f64(*value).map_or(Json::Null, Json::Number)
            }
            Self::Text(value) => Json::String(value.clone()),
            Self::Duration(value) => Json::String(format_duration(*value)),
            Self::Rational(value) => Json::String(value.to_string()),
            Self::Time(value) => Json::String(value.to_string()),
            Self::Hash(value) => Json::String(hex::encode(value)),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(fields) => Json::Object(
                fields
                    .iter()
                    .map(|(name, value)| (name.clone(), value.to_json()))
                    .collect(),
            ),
        }
    }
}

/// The value as a configuration file would have it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_json().fmt(f)
    }
}

/// A Rust type that values can be read as.
pub trait FromValue: Sized {
    /// The value in this type; none if it has another form or does not fit.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Bool(value) = value {
            Some(*value)
        } else {
            None
        }
    }
}

macro_rules! from_integer {
    ($($int:ty),*) => {$(
        impl FromValue for $int {
            fn from_value(value: &Value) -> Option<Self> {
                if let Value::Integer(value) = value { Self::try_from(*value).ok() } else { None }
            }
        }
    )*};
}

from_integer!(u8, u16, u32, u64, usize, i64);

impl FromValue for f64 {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Real(value) = value {
            Some(*value)
        } else {
            None
        }
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(value) = value {
            Some(value.clone())
        } else {
            None
        }
    }
}

/// Spans that are not negative.
impl FromValue for Duration {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Duration(nanos) = value {
            u64::try_from(*nanos).ok().map(Self::from_nanos)
        } else {
            None
        }
    }
}

impl FromValue for Rational {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Rational(value) = value {
            Some(*value)
        } else {
            None
        }
    }
}

impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Time(value) = value {
            Some(*value)
        } else {
            None
        }
    }
}

impl FromValue for [u8; 32] {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Hash(value) = value {
            Some(*value)
        } else {
            None
        }
    }
}

/// `None` for a value that is not set.
impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        if *value == Value::Unset {
            Some(None)
        } else {
            T::from_value(value).map(Some)
        }
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::List(items) = value {
            items.iter().map(T::from_value).collect()
        } else {
            None
        }
    }
}

impl<T: FromValue> FromValue for BTreeMap<String, T> {
    fn from_value(value: &Value) -> Option<Self> {
        let Value::Map(fields) = value else {
            return None;
        };
        fields
            .iter()
            .map(|(name, value)| Some((name.clone(), T::from_value(value)?)))
            .collect()
    }
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}
