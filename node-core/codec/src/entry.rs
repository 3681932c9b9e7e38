//! The entry points and what each checks (01 §1.4).

use crate::{ByteCount, Decode, DecodeError, DecodeErrorKind, Encode, Input, Output};

/// Levels of nesting that the decoder of the network allows (01 §1.3). A type that nests deeper does not compile.
pub const NESTING_MAX: u32 = 6;

/// The canonical encoding of `value`.
pub fn encode<T: Encode + ?Sized>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.encode_to(&mut bytes);
    bytes
}

/// Number of bytes of the canonical encoding of `value`.
pub fn encoded_size<T: Encode + ?Sized>(value: &T) -> usize {
    let mut count = ByteCount(0);
    value.encode_to(&mut count);
    count.0
}

/// Reads a value that must take all of `bytes`, as gossip and request handlers do.
///
/// # Errors
///
/// The bytes are no `T`, or bytes are left after it ([`DecodeError::is_trailing_bytes`]).
pub fn decode_exact<T: Decode>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode_tracked(bytes).map(|tracked| tracked.value)
}

/// A decoded value and whether its bytes were the canonical ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked<T> {
    /// The value.
    pub value: T,
    /// Whether encoding the value again gives the bytes it was read from. Then an id may be computed from those.
    pub canonical: bool,
}

/// Like [`decode_exact`], and tells whether the bytes were canonical.
///
/// # Errors
///
/// Those of [`decode_exact`].
pub fn decode_tracked<T: Decode>(bytes: &[u8]) -> Result<Tracked<T>, DecodeError> {
    const {
        assert!(
            T::DEPTH <= NESTING_MAX,
            "the type nests deeper than the decoder of the network allows"
        )
    };
    let mut input = Input::new(bytes);
    let value = T::decode_from(&mut input)?;
    if input.remaining() > 0 {
        return Err(input.error(DecodeErrorKind::TrailingBytes {
            count: input.remaining(),
        }));
    }
    Ok(Tracked {
        value,
        canonical: input.is_canonical(),
    })
}

/// Reads a value from the front of `bytes` and returns the rest, as streams and stored rows are read.
///
/// # Errors
///
/// The front of the bytes is no `T`.
pub fn decode_prefix<T: Decode>(bytes: &[u8]) -> Result<(T, &[u8]), DecodeError> {
    const {
        assert!(
            T::DEPTH <= NESTING_MAX,
            "the type nests deeper than the decoder of the network allows"
        )
    };
    let mut input = Input::new(bytes);
    let value = T::decode_from(&mut input)?;
    Ok((value, input.rest()))
}

/// A count and the elements of `items`, as a bare list is sent.
pub fn encode_slice<T: Encode>(items: &[T]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_len(items.len(), &mut bytes);
    T::encode_all(items, &mut bytes);
    bytes
}

/// Reads a bare list of at most `max` elements. Bytes after it are **ignored**, as the reference does for answers that are lists.
///
/// # Errors
///
/// More than `max` elements, or an element that does not decode.
pub fn decode_slice<T: Decode>(bytes: &[u8], max: usize) -> Result<Vec<T>, DecodeError> {
    let mut input = Input::new(bytes);
    let count = read_len(&mut input)?;
    if count > max {
        return Err(DecodeError::new(0, DecodeErrorKind::TooMany { count, max }));
    }
    T::decode_all(&mut input, count)
}

/// A bare count.
///
/// # Panics
///
/// `count` is 2^32 or more, for which the format has no form. Lists of the protocol end far below.
pub fn encode_len(count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_len(count, &mut bytes);
    bytes
}

/// Reads a bare count from the front of `bytes` and returns the rest. There is no limit but 2^32 − 1.
///
/// # Errors
///
/// The front of the bytes is no 32-bit compact integer.
pub fn decode_len(bytes: &[u8]) -> Result<(usize, &[u8]), DecodeError> {
    let mut input = Input::new(bytes);
    let count = read_len(&mut input)?;
    Ok((count, input.rest()))
}

pub(crate) fn write_len<O: Output + ?Sized>(count: usize, out: &mut O) {
    let count = u32::try_from(count).expect("lists have limits below 2^32");
    count.encode_to(out);
}

pub(crate) fn read_len(input: &mut Input<'_>) -> Result<usize, DecodeError> {
    let start = input.offset();
    let count = u32::decode_from(input)?;
    // Fails only where addresses have 16 bits.
    usize::try_from(count)
        .map_err(|_| DecodeError::new(start, DecodeErrorKind::TooWide { bits: usize::BITS }))
}
