//! `Encode` and `Decode`, and what bools, arrays, options, tuples and boxes do (01 §1.1).

use crate::{DecodeError, Input, Output};

/// A value with exactly one canonical byte form. Derive it for structs (fields in declaration order) and for enums whose variants
/// carry `#[codec(tag = N)]` (one full tag byte, then the variant).
pub trait Encode {
    /// Appends the canonical encoding.
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O);

    /// Appends the elements of an array or list, without a count. Only `u8` differs from encoding one after the other.
    #[doc(hidden)]
    fn encode_all<O: Output + ?Sized>(items: &[Self], out: &mut O)
    where
        Self: Sized,
    {
        for item in items {
            item.encode_to(out);
        }
    }
}

/// A value that can be read from bytes, as tolerantly and as strictly as the reference reads it (01 §1.5).
pub trait Decode: Sized {
    /// Fewest bytes that a value takes. Bounds what a list may reserve, so it must not be too large.
    const SIZE_MIN: usize;
    /// Levels of lists, arrays and options of structs inside of a value (01 §1.3).
    const DEPTH: u32;
    /// Whether lists and options of this type take no level: integers and bools.
    #[doc(hidden)]
    const PLAIN: bool = false;

    /// Reads one value from the front of `input`.
    ///
    /// # Errors
    ///
    /// The bytes are no encoding of this type; the position of `input` is not defined then.
    fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError>;

    /// Reads `count` values. The caller has compared `count` with the limit of the list.
    #[doc(hidden)]
    fn decode_all(input: &mut Input<'_>, count: usize) -> Result<Vec<Self>, DecodeError> {
        let mut items = Vec::with_capacity(input.reservation(count, Self::SIZE_MIN));
        for _ in 0..count {
            items.push(Self::decode_from(input)?);
        }
        Ok(items)
    }

    /// Reads an array of `N` values.
    #[doc(hidden)]
    fn decode_array<const N: usize>(input: &mut Input<'_>) -> Result<[Self; N], DecodeError> {
        let items = Self::decode_all(input, N)?;
        Ok(items.try_into().unwrap_or_else(|_| {
            unreachable!("decode_all returns as many values as it was asked for")
        }))
    }
}

/// Level that a list, array or option of `T` takes together with its contents.
pub(crate) const fn depth_around<T: Decode>() -> u32 {
    if T::PLAIN { 0 } else { 1 + T::DEPTH }
}

impl Encode for bool {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        out.write(&[u8::from(*self)]);
    }
}

impl Decode for bool {
    const SIZE_MIN: usize = 1;
    const DEPTH: u32 = 0;
    const PLAIN: bool = true;

    fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        input.flag()
    }
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        T::encode_all(self, out);
    }
}

impl<T: Decode, const N: usize> Decode for [T; N] {
    const SIZE_MIN: usize = T::SIZE_MIN * N;
    const DEPTH: u32 = depth_around::<T>();

    fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        T::decode_array(input)
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        out.write(&[u8::from(self.is_some())]);
        if let Some(value) = self {
            value.encode_to(out);
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    const SIZE_MIN: usize = 1;
    const DEPTH: u32 = depth_around::<T>();

    fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        if input.flag()? {
            T::decode_from(input).map(Some)
        } else {
            Ok(None)
        }
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        (**self).encode_to(out);
    }
}

impl<T: Encode + ?Sized> Encode for Box<T> {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        (**self).encode_to(out);
    }
}

impl<T: Decode> Decode for Box<T> {
    const SIZE_MIN: usize = T::SIZE_MIN;
    const DEPTH: u32 = T::DEPTH;

    fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        T::decode_from(input).map(Self::new)
    }
}

impl Encode for () {
    fn encode_to<O: Output + ?Sized>(&self, _: &mut O) {}
}

impl Decode for () {
    const SIZE_MIN: usize = 0;
    const DEPTH: u32 = 0;

    fn decode_from(_: &mut Input<'_>) -> Result<Self, DecodeError> {
        Ok(())
    }
}

impl<A: Encode, B: Encode> Encode for (A, B) {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        self.0.encode_to(out);
        self.1.encode_to(out);
    }
}

impl<A: Decode, B: Decode> Decode for (A, B) {
    const SIZE_MIN: usize = A::SIZE_MIN + B::SIZE_MIN;
    const DEPTH: u32 = if A::DEPTH > B::DEPTH {
        A::DEPTH
    } else {
        B::DEPTH
    };

    fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        Ok((A::decode_from(input)?, B::decode_from(input)?))
    }
}
