//! Keys that do not exist, and which one was probably meant.

use std::fmt;

use super::{Origin, all_keys};

/// A key that nothing reads. The reference does not start with one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKey {
    /// Its path in lower case.
    pub path: String,
    /// Where it stands.
    pub origin: Origin,
    /// The key that was probably meant.
    pub suggestion: Option<&'static str>,
}

impl UnknownKey {
    pub(super) fn new(path: String, origin: Origin) -> Self {
        let suggestion = nearest(&path);
        Self {
            path,
            origin,
            suggestion,
        }
    }
}

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} is not a key", self.path, self.origin)?;
        match self.suggestion {
            Some(suggestion) => write!(f, "; did you mean {suggestion}?"),
            None => f.write_str(" and has no effect; remove it"),
        }
    }
}

/// The key that needs the fewest changes, if those are few for its length; else the only one with the same last part.
fn nearest(path: &str) -> Option<&'static str> {
    let allowed = 1 + path.len() / 6;
    let closest = all_keys()
        .map(|key| (distance(path, key.path, allowed), key.path))
        .min();
    if let Some((distance, key)) = closest
        && distance <= allowed
    {
        return Some(key);
    }
    // Parts of list items have short names that mean nothing elsewhere.
    let name = path.rsplit('.').next().filter(|_| !path.contains('['))?;
    let mut same = all_keys()
        .filter(|key| key.path.rsplit('.').next() == Some(name))
        .map(|key| key.path);
    same.next().filter(|_| same.next().is_none())
}

/// Letters to insert, remove or replace to get from `a` to `b`; anything above `max` once it must be more.
fn distance(a: &str, b: &str, max: usize) -> usize {
    if a.len().abs_diff(b.len()) > max {
        return max + 1;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (other, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = *cell;
            left = replaced.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(max + 1)
}
