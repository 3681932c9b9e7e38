//! Lists and byte strings that know their limit (01 §1.3).
//!
//! The limit is checked where a list is made, so a list that is too long for the wire is met where it grows and not where it is sent.

use std::{fmt, ops::Deref};

use crate::{Decode, DecodeError, DecodeErrorKind, Encode, Input, Output, traits::depth_around};

/// Limit of lists for which no protocol limit is written down (01 §1.3).
pub const DEFAULT_ELEMENTS_MAX: usize = 1 << 20;

/// A list of at most `MAX` elements: a count, then the elements. With `u8` as element it is a byte string, raw on the wire.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BoundedVec<T, const MAX: usize>(Vec<T>);

/// A byte string of at most `MAX` bytes, also used for text: neither side checks that it is UTF-8 (01 §1.5).
pub type BoundedBytes<const MAX: usize> = BoundedVec<u8, MAX>;

/// A list that is longer than its type allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{count} elements do not fit where at most {max} are allowed; leave some out")]
pub struct TooManyElements {
    /// Elements offered.
    pub count: usize,
    /// Elements allowed.
    pub max: usize,
}

impl<T, const MAX: usize> BoundedVec<T, MAX> {
    /// Most elements that a list of this type can hold.
    pub const MAX: usize = MAX;

    /// The empty list.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Appends `item`.
    ///
    /// # Errors
    ///
    /// The list holds `MAX` elements already; it is unchanged then.
    pub fn push(&mut self, item: T) -> Result<(), TooManyElements> {
        if self.0.len() >= MAX {
            return Err(TooManyElements {
                count: self.0.len() + 1,
                max: MAX,
            });
        }
        self.0.push(item);
        Ok(())
    }

    /// The elements.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// The elements, to change in place.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.0
    }

    /// The elements, without the limit.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }

    /// Elements for which memory is reserved.
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl<const MAX: usize> BoundedVec<u8, MAX> {
    /// The bytes as text, with replacement characters where they are no UTF-8.
    pub fn to_text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl<T, const MAX: usize> Default for BoundedVec<T, MAX> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug, const MAX: usize> fmt::Debug for BoundedVec<T, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T, const MAX: usize> Deref for BoundedVec<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const MAX: usize> TryFrom<Vec<T>> for BoundedVec<T, MAX> {
    type Error = TooManyElements;

    fn try_from(items: Vec<T>) -> Result<Self, TooManyElements> {
        if items.len() > MAX {
            return Err(TooManyElements {
                count: items.len(),
                max: MAX,
            });
        }
        Ok(Self(items))
    }
}

impl<T: Clone, const MAX: usize> TryFrom<&[T]> for BoundedVec<T, MAX> {
    type Error = TooManyElements;

    fn try_from(items: &[T]) -> Result<Self, TooManyElements> {
        if items.len() > MAX {
            return Err(TooManyElements {
                count: items.len(),
                max: MAX,
            });
        }
        Ok(Self(items.to_vec()))
    }
}

/// An array whose length is within the limit; a longer one does not compile.
impl<T, const N: usize, const MAX: usize> From<[T; N]> for BoundedVec<T, MAX> {
    fn from(items: [T; N]) -> Self {
        const { assert!(N <= MAX, "the array is longer than the limit of the list") };
        Self(Vec::from(items))
    }
}

impl<T, const MAX: usize> IntoIterator for BoundedVec<T, MAX> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T, const MAX: usize> IntoIterator for &'a BoundedVec<T, MAX> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Encode, const MAX: usize> Encode for BoundedVec<T, MAX> {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        crate::entry::write_len(self.0.len(), out);
        T::encode_all(&self.0, out);
    }
}

impl<T: Decode, const MAX: usize> Decode for BoundedVec<T, MAX> {
    const SIZE_MIN: usize = 1;
    const DEPTH: u32 = depth_around::<T>();

    fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        let start = input.offset();
        let count = crate::entry::read_len(input)?;
        if count > MAX {
            return Err(DecodeError::new(
                start,
                DecodeErrorKind::TooMany { count, max: MAX },
            ));
        }
        T::decode_all(input, count).map(Self)
    }
}
