//! Account addresses and their text (01 §4.3).
//!
//! 24 bytes, of which the first four are zero in every address that the protocol makes. The text is bech32 (BIP-173, not bech32m) of
//! all 24 under the network's prefix. Reading follows the reference: the padding bits and even a whole 40th symbol are not checked, so
//! several texts name one address. Writing has one form only.

use std::{borrow::Cow, fmt};

byte_type! {
    /// An account. Has no text without a network: see [`Address::to_bech32`].
    Address, 24, log: full, json: numbers
}

const RESERVED: usize = 4;
const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const CHECKSUM_SYMBOLS: usize = 6;
const TEXT_MIN: usize = 8;

/// What stands before the `1` of a network's addresses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hrp(Cow<'static, str>);

impl Hrp {
    /// `sm`.
    pub const MAINNET: Self = Self(Cow::Borrowed("sm"));
    /// `stest`, also of the fastnet preset.
    pub const TESTNET: Self = Self(Cow::Borrowed("stest"));
    /// `standalone`.
    pub const STANDALONE: Self = Self(Cow::Borrowed("standalone"));

    /// A prefix of another network.
    ///
    /// # Errors
    ///
    /// Empty, or with a character that is not lower-case printable ASCII: no address could ever be read under it.
    pub fn new(text: impl Into<String>) -> Result<Self, AddressError> {
        let text = text.into();
        if text.is_empty()
            || !text
                .bytes()
                .all(|byte| (33..=126).contains(&byte) && !byte.is_ascii_uppercase())
        {
            return Err(AddressError::BadHrp(text));
        }
        Ok(Self(Cow::Owned(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Hrp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text that is no address of the network. Every variant keeps what was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// A network prefix that cannot be one.
    #[error("{0:?} cannot stand before addresses; use lower-case printable ASCII")]
    BadHrp(String),
    /// Fewer than eight characters.
    #[error("{0:?} is too short for an address; copy all of it")]
    TooShort(String),
    /// A character that no address has.
    #[error("{character:?} at position {position} cannot be in an address; check the spelling")]
    Character {
        /// The character.
        character: char,
        /// Its position in bytes.
        position: usize,
    },
    /// Upper and lower case mixed.
    #[error("an address is all lower or all upper case, this one is mixed: copy it again")]
    MixedCase,
    /// No `1` with a prefix before and six symbols after it.
    #[error("{0:?} has no network prefix; addresses look like sm1…")]
    NoSeparator(String),
    /// A typing error.
    #[error("the checksum does not fit: a character is wrong or missing")]
    Checksum,
    /// The data is not 25 groups of eight bits.
    #[error("{symbols} symbols of data, expected 39; a part of the address is missing or doubled")]
    Length {
        /// Symbols between the prefix and the checksum.
        symbols: usize,
    },
    /// An address of another network.
    #[error(
        "the address is of network {found:?}, expected {expected:?}; switch the network or use another address"
    )]
    OtherNetwork {
        /// Prefix of the address.
        found: String,
        /// Prefix of the network in use.
        expected: String,
    },
    /// The first four bytes are not zero.
    #[error("the first four bytes of the address are not zero, so it is no account's")]
    ReservedBytes,
}

/// An address as read, and whether its text was the one that is written for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParsedAddress {
    /// The address.
    pub address: Address,
    /// Whether the text (in either case) is the canonical one. A person should be told if it is not.
    pub canonical: bool,
}

impl Address {
    /// Four zero bytes, then the **last** 20 bytes of `key`; a shorter key is followed by zeros.
    pub fn generate(key: &[u8]) -> Self {
        let tail = &key[key.len().saturating_sub(Self::SIZE - RESERVED)..];
        let mut bytes = [0; Self::SIZE];
        bytes[RESERVED..RESERVED + tail.len()].copy_from_slice(tail);
        Self(bytes)
    }

    /// Whether the last 20 bytes are zero. The first four are not looked at.
    pub fn is_empty(&self) -> bool {
        self.0[RESERVED..].iter().all(|&byte| byte == 0)
    }

    /// The canonical text on the network with prefix `hrp`: 48 characters on mainnet.
    pub fn to_bech32(&self, hrp: &Hrp) -> String {
        let symbols = to_symbols(&self.0);
        let check = checksum(hrp.as_str(), &symbols);
        let text = symbols
            .iter()
            .chain(&check)
            .map(|&symbol| char::from(CHARSET[usize::from(symbol & 31)]));
        format!("{hrp}1{}", text.collect::<String>())
    }

    /// Reads an address of the network with prefix `hrp`, as tolerantly as the reference.
    ///
    /// # Errors
    ///
    /// The first of the six checks of 01 §4.3 that fails.
    pub fn parse(text: &str, hrp: &Hrp) -> Result<Self, AddressError> {
        Self::parse_noting(text, hrp).map(|parsed| parsed.address)
    }

    /// Like [`Address::parse`], and tells whether the text was the canonical one.
    ///
    /// # Errors
    ///
    /// Those of [`Address::parse`].
    pub fn parse_noting(text: &str, hrp: &Hrp) -> Result<ParsedAddress, AddressError> {
        let lower = plain_text(text)?;
        let (found, symbols) = decode_bech32(&lower)?;
        // Bytes with padding: 39 and 40 symbols both make 25, of which the last is not an address byte.
        if (symbols.len() * 5).div_ceil(8) != Self::SIZE + 1 {
            return Err(AddressError::Length {
                symbols: symbols.len(),
            });
        }
        if found != hrp.as_str() {
            return Err(AddressError::OtherNetwork {
                found: found.to_owned(),
                expected: hrp.as_str().to_owned(),
            });
        }
        let address = Self(from_symbols(&symbols));
        if address.0[..RESERVED] != [0; RESERVED] {
            return Err(AddressError::ReservedBytes);
        }
        Ok(ParsedAddress {
            address,
            canonical: address.to_bech32(hrp) == lower,
        })
    }
}

/// Check 1: length, characters, one case. Returns lower case.
fn plain_text(text: &str) -> Result<String, AddressError> {
    if text.len() < TEXT_MIN {
        return Err(AddressError::TooShort(text.to_owned()));
    }
    if let Some((position, character)) = text
        .char_indices()
        .find(|(_, character)| !('!'..='~').contains(character))
    {
        return Err(AddressError::Character {
            character,
            position,
        });
    }
    let has = |case: fn(&u8) -> bool| text.as_bytes().iter().any(case);
    if has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) {
        return Err(AddressError::MixedCase);
    }
    Ok(text.to_ascii_lowercase())
}

/// Check 2: separator, character set, checksum. Returns the prefix and the data symbols.
fn decode_bech32(text: &str) -> Result<(&str, Vec<u8>), AddressError> {
    let no_separator = || AddressError::NoSeparator(text.to_owned());
    let (hrp, data) = text.rsplit_once('1').ok_or_else(no_separator)?;
    if hrp.is_empty() || data.len() < CHECKSUM_SYMBOLS {
        return Err(no_separator());
    }
    let mut symbols = Vec::with_capacity(data.len());
    for (position, character) in data.char_indices() {
        let symbol = (0_u8..)
            .zip(CHARSET)
            .find(|&(_, &known)| char::from(known) == character);
        let (symbol, _) = symbol.ok_or(AddressError::Character {
            character,
            position: hrp.len() + 1 + position,
        })?;
        symbols.push(symbol);
    }
    let check = symbols.split_off(data.len() - CHECKSUM_SYMBOLS);
    if check != checksum(hrp, &symbols) {
        return Err(AddressError::Checksum);
    }
    Ok((hrp, symbols))
}

/// The six checksum symbols of BIP-173.
fn checksum(hrp: &str, symbols: &[u8]) -> [u8; CHECKSUM_SYMBOLS] {
    let high = hrp.bytes().map(|byte| byte >> 5);
    let low = hrp.bytes().map(|byte| byte & 31);
    let values = high
        .chain([0])
        .chain(low)
        .chain(symbols.iter().copied())
        .chain([0; CHECKSUM_SYMBOLS]);
    let remainder = polymod(values) ^ 1;
    let symbol =
        |i: u32| u8::try_from(remainder >> (5 * (5 - i)) & 31).expect("five bits fit in a byte");
    [
        symbol(0),
        symbol(1),
        symbol(2),
        symbol(3),
        symbol(4),
        symbol(5),
    ]
}

/// Remainder modulo the generator of the BCH code of BIP-173, over groups of five bits.
fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    values.fold(1, |state, value| {
        let shifted = (state & 0x01ff_ffff) << 5 ^ u32::from(value);
        (0..)
            .zip(GENERATOR)
            .filter(|(bit, _)| state >> (25 + bit) & 1 == 1)
            .fold(shifted, |state, (_, term)| state ^ term)
    })
}

/// Groups of five bits, the last filled up with zeros.
fn to_symbols(bytes: &[u8]) -> Vec<u8> {
    (0..(bytes.len() * 8).div_ceil(5))
        .map(|symbol| (0..5).fold(0, |bits, i| bits << 1 | bit_of(bytes, 8, symbol * 5 + i)))
        .collect()
}

/// The first 24 bytes of groups of five bits.
fn from_symbols(symbols: &[u8]) -> [u8; Address::SIZE] {
    std::array::from_fn(|byte| {
        (0..8).fold(0, |bits, i| bits << 1 | bit_of(symbols, 5, byte * 8 + i))
    })
}

/// Bit `index` of `groups` of `width` bits each, the most significant first; zero behind the end.
fn bit_of(groups: &[u8], width: usize, index: usize) -> u8 {
    groups
        .get(index / width)
        .map_or(0, |group| group >> (width - 1 - index % width) & 1)
}
