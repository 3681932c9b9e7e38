//! What is wrong with bytes that do not decode, and where.

use std::fmt;

/// Bytes that are no encoding of the expected type. Nothing was changed by trying; ask the sender again or drop the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// Bytes from the start of the input to the value that does not decode.
    pub offset: usize,
    /// Innermost struct field being read, as `Type.field`; empty outside of structs.
    pub field: &'static str,
    /// What is wrong.
    pub kind: DecodeErrorKind,
}

/// The ways in which bytes can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The input stops inside a value.
    #[error("{needed} more bytes expected, {left} left")]
    UnexpectedEnd {
        /// Bytes that the value takes.
        needed: usize,
        /// Bytes that are there.
        left: usize,
    },
    /// A compact integer in a longer form than its value needs (01 §1.2; padded 64-bit integers are accepted).
    #[error("compact integer is not in its shortest form")]
    NotShortest,
    /// A compact integer whose form or value is too large for its width.
    #[error("compact integer does not fit in {bits} bits")]
    TooWide {
        /// Width of the expected integer.
        bits: u32,
    },
    /// A list or byte string above its limit (01 §1.3). Nothing was allocated for it.
    #[error("{count} elements, at most {max} are allowed")]
    TooMany {
        /// Elements that the input announces.
        count: usize,
        /// Elements that the type allows.
        max: usize,
    },
    /// Bytes after the end of the value, where the whole input must be one value.
    #[error("{count} bytes follow the end of the value")]
    TrailingBytes {
        /// Bytes that were not consumed.
        count: usize,
    },
    /// The tag of a union is none of its variants.
    #[error("tag {tag} is not known")]
    UnknownTag {
        /// The tag byte read.
        tag: u8,
    },
    /// A rule of a hand-written codec does not hold.
    #[error("expected {0}")]
    Expected(&'static str),
}

impl DecodeError {
    /// An error at `offset`, outside of any field.
    pub const fn new(offset: usize, kind: DecodeErrorKind) -> Self {
        Self {
            offset,
            field: "",
            kind,
        }
    }

    /// The same error with the field it occurred in, unless a field further inside is already named.
    #[must_use]
    pub const fn within(mut self, field: &'static str) -> Self {
        if self.field.is_empty() {
            self.field = field;
        }
        self
    }

    /// Whether the value itself was fine and only bytes after it were not expected.
    pub const fn is_trailing_bytes(&self) -> bool {
        matches!(self.kind, DecodeErrorKind::TrailingBytes { .. })
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            write!(f, "{} at byte {}", self.kind, self.offset)
        } else {
            write!(f, "{}: {} at byte {}", self.field, self.kind, self.offset)
        }
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.kind)
    }
}
