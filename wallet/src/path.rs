//! Paths of keys: `m/44'/540'/0'/0'/index'` (12 §1.1).
//!
//! Keeps true: every element is hardened, because SLIP-10 for Ed25519 has no others.

use std::{fmt, str::FromStr};

const HARDENED: u32 = 1 << 31;
const PURPOSE: u32 = 44;
/// Coin type of all software wallets on every network. The Ledger app also knows 1, for testnets; those are other keys (12 §1.3).
const COIN_TYPE: u32 = 540;
/// Elements before the index.
const STANDARD: [u32; 4] = [PURPOSE, COIN_TYPE, 0, 0];
/// Longest path read; the longest in use has five elements.
const ELEMENTS_MAX: usize = 10;

/// A path of hardened elements below the master key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPath(Vec<u32>);

/// Text that is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// `m/` is missing.
    #[error("{0:?} is no key path: write m/44'/540'/0'/0'/0'")]
    NoMaster(String),
    /// An element without the mark of hardening.
    #[error(
        "{element:?} is not hardened: write {element}', other elements don't exist for these keys"
    )]
    NotHardened {
        /// The element.
        element: String,
    },
    /// An element that is no number below 2^31.
    #[error("{element:?} is no path element: a number from 0 to 2147483647 and ' is needed")]
    Element {
        /// The element.
        element: String,
    },
    /// Too many elements.
    #[error("a path with {found} elements: at most {ELEMENTS_MAX} are read")]
    TooLong {
        /// Elements found.
        found: usize,
    },
}

impl KeyPath {
    /// The path of a wallet's key number `index`: `m/44'/540'/0'/0'/index'`. `None` from 2^31 on.
    pub fn standard(index: u32) -> Option<Self> {
        (index < HARDENED).then(|| Self(STANDARD.into_iter().chain([index]).collect()))
    }

    /// The path of smcli's "master key", which is four deep: `m/44'/540'/0'/0'`.
    pub fn smcli_master() -> Self {
        Self(STANDARD.to_vec())
    }

    /// The index, if this is the path of a wallet's key on all networks.
    pub fn standard_index(&self) -> Option<u32> {
        match self.0.as_slice() {
            [prefix @ .., index] if prefix == STANDARD => Some(*index),
            _ => None,
        }
    }

    /// Coin type, the second element: 540, or 1 for a Ledger key of testnets.
    pub fn coin_type(&self) -> Option<u32> {
        self.0.get(1).copied()
    }

    /// The elements without the bit that marks them hardened.
    pub fn elements(&self) -> &[u32] {
        &self.0
    }

    /// The elements with that bit, as they enter derivation.
    pub(crate) fn hardened(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().map(|element| element | HARDENED)
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("m")?;
        self.0
            .iter()
            .try_for_each(|element| write!(f, "/{element}'"))
    }
}

/// Reads `m/…`, with `'`, `h` or `H` after each number.
impl FromStr for KeyPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let no_master = || PathError::NoMaster(shorten(text));
        let rest = text.trim().strip_prefix('m').ok_or_else(no_master)?;
        if rest.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let rest = rest.strip_prefix('/').ok_or_else(no_master)?;
        let found = rest.split('/').count();
        if found > ELEMENTS_MAX {
            return Err(PathError::TooLong { found });
        }
        rest.split('/')
            .map(element)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn element(text: &str) -> Result<u32, PathError> {
    let wrong = || PathError::Element {
        element: shorten(text),
    };
    let digits = text.strip_suffix(['\'', 'h', 'H']);
    let number = digits.unwrap_or(text);
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let number: u32 = number.parse().map_err(|_| wrong())?;
    if number >= HARDENED {
        return Err(wrong());
    }
    if digits.is_none() {
        return Err(PathError::NotHardened {
            element: shorten(text),
        });
    }
    Ok(number)
}

/// Errors name the input, not a megabyte of it.
fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_path_reads_back_as_it_is_written() {
        for text in [
            "m/44'/540'/0'/0'/0'",
            "m/44'/1'/0'/0'/7'",
            "m/44'/540'/0'/0'",
            "m/44'/540'/2147483647'/0'/3'",
            "m",
        ] {
            assert_eq!(text.parse::<KeyPath>().unwrap().to_string(), text);
        }
        assert_eq!(
            "m/44h/540H/0'/0'/5'".parse::<KeyPath>().unwrap(),
            KeyPath::standard(5).unwrap()
        );
        assert_eq!(KeyPath::standard(1 << 31), None);
    }

    #[test]
    fn only_the_wallets_own_paths_have_an_index() {
        let index = |text: &str| text.parse::<KeyPath>().unwrap().standard_index();
        assert_eq!(index("m/44'/540'/0'/0'/12'"), Some(12));
        for other in [
            "m/44'/1'/0'/0'/12'",
            "m/44'/540'/0'/0'",
            "m/44'/540'/1'/0'/12'",
            "m/44'/540'/0'/0'/0'/0'",
        ] {
            assert_eq!(index(other), None, "{other}");
        }
    }

    #[test]
    fn what_slip10_cannot_derive_is_refused_with_the_element() {
        let error = |text: &str| text.parse::<KeyPath>().unwrap_err();
        assert_eq!(
            error("m/44'/540'/0'/0/0'"),
            PathError::NotHardened {
                element: "0".into()
            }
        );
        assert_eq!(
            error("m/44'//0'"),
            PathError::Element {
                element: String::new()
            }
        );
        assert_eq!(
            error("m/2147483648'"),
            PathError::Element {
                element: "2147483648'".into()
            }
        );
        assert_eq!(
            error("m/+4'"),
            PathError::Element {
                element: "+4'".into()
            }
        );
        assert_eq!(
            error("44'/540'/0'/0'/0'"),
            PathError::NoMaster("44'/540'/0'/0'/0'".into())
        );
        assert_eq!(
            error(&format!("m{}", "/0'".repeat(11))),
            PathError::TooLong { found: 11 }
        );
    }
}
