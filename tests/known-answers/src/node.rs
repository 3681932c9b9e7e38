//! A value inside of a file, with its path, and the memory of which leaves were looked at.

use std::{cell::RefCell, collections::BTreeSet, fmt::Display};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

/// The file is not built as the suite expects.
#[derive(Debug)]
pub(crate) struct Malformed {
    pub(crate) path: String,
    pub(crate) expected: String,
    pub(crate) found: String,
}

/// Leaves that were read, by their place in memory: the parsed file does not move while it is run.
#[derive(Default)]
pub(crate) struct Reads(RefCell<BTreeSet<usize>>);

impl Reads {
    fn mark(&self, value: &Value) {
        self.0.borrow_mut().insert(address(value));
    }

    fn contains(&self, value: &Value) -> bool {
        self.0.borrow().contains(&address(value))
    }

    /// Paths of the leaves below `root` that were not read and do not stand under a key that explains.
    pub(crate) fn unread(&self, root: &Value, explains: &dyn Fn(&str) -> bool) -> Vec<String> {
        let mut paths = Vec::new();
        self.collect(root, String::new(), explains, &mut paths);
        paths
    }

    fn collect(
        &self,
        value: &Value,
        path: String,
        explains: &dyn Fn(&str) -> bool,
        paths: &mut Vec<String>,
    ) {
        if self.contains(value) {
            return;
        }
        match value {
            Value::Object(fields) => {
                for (key, value) in fields.iter().filter(|(key, _)| !explains(key)) {
                    self.collect(value, format!("{path}.{key}"), explains, paths);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    self.collect(value, format!("{path}[{index}]"), explains, paths);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => paths.push(path),
        }
    }
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// A value in a file. Reading it as text, number, … marks it as read.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    value: &'a Value,
    path: String,
    reads: &'a Reads,
}

impl<'a> Node<'a> {
    pub(crate) fn root(value: &'a Value, reads: &'a Reads) -> Self {
        Self {
            value,
            path: String::new(),
            reads,
        }
    }

    /// Where the value stands, as in `.vrf.rows[3]`.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The field `key` of an object.
    pub(crate) fn key(&self, key: &str) -> Result<Self, Malformed> {
        self.optional(key)
            .ok_or_else(|| self.malformed(format!("an object with the key {key}")))
    }

    /// The field `key` of an object, if it is there and not null.
    pub(crate) fn optional(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        let node = Self {
            value,
            path: format!("{}.{key}", self.path),
            reads: self.reads,
        };
        (!node.is_null()).then_some(node)
    }

    /// The item `index` of an array.
    pub(crate) fn at(&self, index: usize) -> Result<Self, Malformed> {
        let value = self
            .value
            .get(index)
            .ok_or_else(|| self.malformed(format!("an array with an item {index}")))?;
        Ok(Self {
            value,
            path: format!("{}[{index}]", self.path),
            reads: self.reads,
        })
    }

    /// The items of an array.
    pub(crate) fn items(&self) -> Result<Vec<Self>, Malformed> {
        let items = self
            .value
            .as_array()
            .ok_or_else(|| self.malformed("an array"))?;
        (0..items.len()).map(|index| self.at(index)).collect()
    }

    /// The fields of an object, in the order of their keys.
    pub(crate) fn fields(&self) -> Result<Vec<(&'a str, Self)>, Malformed> {
        let fields = self
            .value
            .as_object()
            .ok_or_else(|| self.malformed("an object"))?;
        let field = |(key, value): (&'a String, &'a Value)| {
            (
                key.as_str(),
                Self {
                    value,
                    path: format!("{}.{key}", self.path),
                    reads: self.reads,
                },
            )
        };
        Ok(fields.iter().map(field).collect())
    }

    /// Whether the value is null; marks it as read if so.
    pub(crate) fn is_null(&self) -> bool {
        if self.value.is_null() {
            self.reads.mark(self.value);
        }
        self.value.is_null()
    }

    /// A string.
    pub(crate) fn text(&self) -> Result<&'a str, Malformed> {
        self.leaf(self.value.as_str(), "a string")
    }

    /// A string of hexadecimal digits.
    pub(crate) fn hex(&self) -> Result<Vec<u8>, Malformed> {
        hex::decode(self.text()?).map_err(|_| self.malformed("hexadecimal digits"))
    }

    /// A string of hexadecimal digits for exactly N bytes.
    pub(crate) fn hex_array<const N: usize>(&self) -> Result<[u8; N], Malformed> {
        self.hex()?
            .try_into()
            .map_err(|_| self.malformed(format!("hexadecimal digits of {N} bytes")))
    }

    /// A string of standard base64.
    pub(crate) fn base64(&self) -> Result<Vec<u8>, Malformed> {
        STANDARD
            .decode(self.text()?)
            .map_err(|_| self.malformed("base64"))
    }

    /// A whole number that is not negative, as a number or as a string of digits.
    pub(crate) fn u64(&self) -> Result<u64, Malformed> {
        let number = self
            .value
            .as_u64()
            .or_else(|| self.value.as_str()?.parse().ok());
        self.leaf(number, "a whole number")
    }

    /// A number, as a number or as a string.
    pub(crate) fn f64(&self) -> Result<f64, Malformed> {
        let number = self
            .value
            .as_f64()
            .or_else(|| self.value.as_str()?.parse().ok());
        self.leaf(number, "a number")
    }

    /// True or false.
    pub(crate) fn bool(&self) -> Result<bool, Malformed> {
        self.leaf(self.value.as_bool(), "true or false")
    }

    /// The value itself. Everything in it counts as read, so compare all of it.
    pub(crate) fn value(&self) -> &'a Value {
        self.reads.mark(self.value);
        self.value
    }

    /// Passes over the value because of `_reason`. Everything in it counts as read.
    pub(crate) fn skip(&self, _reason: &'static str) {
        self.reads.mark(self.value);
    }

    /// An error that says what should stand here.
    pub(crate) fn malformed(&self, expected: impl Display) -> Malformed {
        let mut found = self.value.to_string();
        if let Some((end, _)) = found.char_indices().nth(60) {
            found.truncate(end);
            found.push('…');
        }
        Malformed {
            path: self.path.clone(),
            expected: expected.to_string(),
            found,
        }
    }

    fn leaf<T>(&self, read: Option<T>, expected: &str) -> Result<T, Malformed> {
        self.reads.mark(self.value);
        read.ok_or_else(|| self.malformed(expected))
    }
}
