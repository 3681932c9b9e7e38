//! The bytes that are still to be decoded.

use crate::{DecodeError, DecodeErrorKind};

/// A position in a byte slice. Remembers whether everything read so far is what the encoder would have written.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    rest: &'a [u8],
    offset: usize,
    canonical: bool,
}

impl<'a> Input<'a> {
    /// Starts at the first byte of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            offset: 0,
            canonical: true,
        }
    }

    /// Bytes consumed so far.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Bytes not consumed yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Number of bytes not consumed yet.
    pub const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Whether the bytes consumed so far are the only encoding of the values read from them. If not, ids must be computed from
    /// the values encoded again (01 §1.5).
    pub const fn is_canonical(&self) -> bool {
        self.canonical
    }

    /// Notes that the bytes just read have a canonical form that differs from them.
    pub const fn mark_not_canonical(&mut self) {
        self.canonical = false;
    }

    /// Takes the next `count` bytes.
    ///
    /// # Errors
    ///
    /// Fewer bytes are left; none is consumed then.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(self.error(DecodeErrorKind::UnexpectedEnd {
                needed: count,
                left: self.rest.len(),
            }));
        };
        self.rest = rest;
        self.offset += count;
        Ok(taken)
    }

    /// Takes the next `N` bytes as an array.
    ///
    /// # Errors
    ///
    /// Fewer bytes are left; none is consumed then.
    pub fn take_array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let Some((taken, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(self.error(DecodeErrorKind::UnexpectedEnd {
                needed: N,
                left: self.rest.len(),
            }));
        };
        self.rest = rest;
        self.offset += N;
        Ok(*taken)
    }

    /// Takes one byte, as the tags of unions are.
    ///
    /// # Errors
    ///
    /// No byte is left.
    pub fn byte(&mut self) -> Result<u8, DecodeError> {
        self.take_array::<1>().map(|[byte]| byte)
    }

    /// Takes the tag byte of an option or a bool. Every byte but 1 means absent or false (01 §1.5).
    pub(crate) fn flag(&mut self) -> Result<bool, DecodeError> {
        let tag = self.byte()?;
        if tag > 1 {
            self.mark_not_canonical();
        }
        Ok(tag == 1)
    }

    /// Elements to reserve memory for when `count` are announced and each takes at least `size_min` bytes. As many as the rest of
    /// the input can hold at most, so that five bytes cannot claim 260 MiB.
    pub(crate) const fn reservation(&self, count: usize, size_min: usize) -> usize {
        let size_min = if size_min == 0 { 1 } else { size_min };
        let fits = self.rest.len() / size_min;
        if count < fits { count } else { fits }
    }

    /// An error at the present position.
    pub const fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(self.offset, kind)
    }
}
