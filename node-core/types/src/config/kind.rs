//! Which values a key takes.

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// True or false.
    Bool,
    /// A whole number from `min` to `max`.
    Integer {
        /// The smallest.
        min: i128,
        /// The largest.
        max: i128,
    },
    /// A whole number that must be written as one: a string of digits is refused.
    StrictInteger {
        /// The largest; the smallest is zero.
        max: i128,
    },
    /// A decimal number.
    Real,
    /// Text.
    Text,
    /// One of some words. Case counts.
    Choice(&'static [&'static str]),
    /// A span of time.
    Duration,
    /// A fraction.
    Rational,
    /// An instant.
    Time,
    /// 32 bytes as 64 hexadecimal digits.
    Hash,
    /// Versions of ATXs by the epoch they begin in.
    AtxVersions,
    /// Several values. A single value counts as a list of one.
    List {
        /// Kind of each.
        item: &'static Kind,
        /// Whether text is taken apart at commas.
        commas: bool,
    },
    /// Values under names.
    Map(&'static Kind),
    /// Several values of several parts each. A single one counts as a list of one.
    Objects(&'static [Field]),
    /// A value of several parts. Parts that are left out are zero or empty.
    Object(&'static [Field]),
    /// Set by the node at start; what a file says is read over.
    Overwritten,
    /// Not supported any more; the node must not start with it.
    Removed,
}

/// A part of an object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// Its key, in lower case.
    pub name: &'static str,
    /// Its form.
    pub kind: Kind,
}

const fn unsigned(bits: u32) -> Kind {
    Kind::Integer {
        min: 0,
        max: (1 << bits) - 1,
    }
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind }
}

pub(super) const BOOL: Kind = Kind::Bool;
pub(super) const INT: Kind = Kind::Integer {
    min: i64::MIN as i128,
    max: i64::MAX as i128,
};
pub(super) const U8: Kind = unsigned(8);
pub(super) const U16: Kind = unsigned(16);
pub(super) const U32: Kind = unsigned(32);
pub(super) const U64: Kind = unsigned(64);
pub(super) const REAL: Kind = Kind::Real;
pub(super) const TEXT: Kind = Kind::Text;
pub(super) const DURATION: Kind = Kind::Duration;
pub(super) const RATIONAL: Kind = Kind::Rational;
pub(super) const TIME: Kind = Kind::Time;
pub(super) const HASH: Kind = Kind::Hash;
pub(super) const ATX_VERSIONS: Kind = Kind::AtxVersions;
pub(super) const OVERWRITTEN: Kind = Kind::Overwritten;
pub(super) const REMOVED: Kind = Kind::Removed;

/// The device that initialises space. All bits set stands for the processor.
pub(super) const PROVIDER: Kind = Kind::StrictInteger {
    max: u32::MAX as i128,
};

pub(super) const TEXTS: Kind = Kind::List {
    item: &TEXT,
    commas: true,
};
pub(super) const INTS: Kind = Kind::List {
    item: &INT,
    commas: true,
};

/// Multiaddresses; a comma would be a part of one.
pub(super) const ADDRESSES: Kind = Kind::List {
    item: &TEXT,
    commas: false,
};
pub(super) const TEXT_MAP: Kind = Kind::Map(&TEXT);
pub(super) const BALANCES: Kind = Kind::Map(&U64);

pub(super) const RANDOMX_MODE: Kind = Kind::Choice(&["fast", "light"]);
pub(super) const REACHABILITY: Kind = Kind::Choice(&["", "public", "private"]);
pub(super) const LOG_ENCODER: Kind = Kind::Choice(&["console", "json"]);
pub(super) const LEVEL: Kind = Kind::Choice(&[
    "", "debug", "info", "warn", "error", "dpanic", "panic", "fatal",
]);

pub(super) const POET_SERVERS: Kind =
    Kind::Objects(&[field("address", TEXT), field("pubkey", TEXT)]);
pub(super) const WINDOWS: Kind =
    Kind::Objects(&[field("start", U32), field("end", U32), field("window", U32)]);
pub(super) const WEIGHTS: Kind = Kind::Objects(&[field("epoch", U32), field("weight", U64)]);
pub(super) const SERVERS: Kind = Kind::Map(&Kind::Object(&[
    field("queue", INT),
    field("requests", INT),
    field("interval", DURATION),
]));
