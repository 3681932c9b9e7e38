//! Compact integers (01 §1.2). The two low bits of the first byte are the mode, everything is little-endian:
//!
//! ```text
//! mode 0   vvvvvv00                                  0 ..= 63
//! mode 1   vvvvvv01 v                               64 ..= 16 383
//! mode 2   vvvvvv10 v v v                       16 384 ..= 2^30 − 1
//! mode 3   nnnnnn11 then n + 4 bytes, n ≤ 4       2^30 ..= 2^64 − 1
//! ```
//!
//! Modes 0 to 2 are accepted in the shortest form only, and so are 32-bit integers. A 64-bit integer in mode 3 may carry high zero
//! bytes: peers accept it, so it must be accepted here.

use crate::{Decode, DecodeError, DecodeErrorKind, Encode, Input, Output};

/// Longest compact integer in bytes.
pub const COMPACT_SIZE_MAX: usize = 9;

const MODE_1_MIN: u64 = 1 << 6;
const MODE_2_MIN: u64 = 1 << 14;
const MODE_3_MIN: u64 = 1 << 30;

/// Bytes that the encoder writes for `value`, 1 to 9.
pub const fn compact_size(value: u64) -> usize {
    if value < MODE_1_MIN {
        1
    } else if value < MODE_2_MIN {
        2
    } else if value < MODE_3_MIN {
        4
    } else {
        1 + tail_size(value)
    }
}

/// Bytes after the first one in mode 3: what the value needs, at least four.
const fn tail_size(value: u64) -> usize {
    let bits = (u64::BITS - value.leading_zeros()) as usize;
    let bytes = bits.div_ceil(8);
    if bytes < 4 { 4 } else { bytes }
}

pub(crate) fn write<O: Output + ?Sized>(value: u64, out: &mut O) {
    let size = compact_size(value);
    let mut bytes = [0; COMPACT_SIZE_MAX];
    let mode = match size {
        1 => 0,
        2 => 1,
        4 => 2,
        _ => {
            let tail = size - 1;
            // Holds because tail is 4 to 8.
            bytes[0] = (u8::try_from(tail - 4).unwrap_or(0)) << 2 | 3;
            bytes[1..].copy_from_slice(&value.to_le_bytes());
            out.write(&bytes[..size]);
            return;
        }
    };
    bytes[..8].copy_from_slice(&(value << 2 | mode).to_le_bytes());
    out.write(&bytes[..size]);
}

/// Reads a compact integer of at most `bits` (8, 16, 32 or 64) bits.
pub(crate) fn read(input: &mut Input<'_>, bits: u32) -> Result<u64, DecodeError> {
    let start = input.offset();
    let fail = |kind| Err(DecodeError::new(start, kind));
    let first = input.byte()?;
    let (value, min) = match first & 3 {
        0 => return Ok(u64::from(first >> 2)),
        1 => {
            let [second] = input.take_array()?;
            (
                u64::from(u16::from_le_bytes([first, second]) >> 2),
                MODE_1_MIN,
            )
        }
        2 => {
            if bits == 8 {
                return fail(DecodeErrorKind::TooWide { bits });
            }
            let [b, c, d] = input.take_array()?;
            (
                u64::from(u32::from_le_bytes([first, b, c, d]) >> 2),
                MODE_2_MIN,
            )
        }
        _ => {
            let tail = usize::from(first >> 2) + 4;
            if tail * 8 > bits as usize {
                return fail(DecodeErrorKind::TooWide { bits });
            }
            let mut bytes = [0; 8];
            bytes[..tail].copy_from_slice(input.take(tail)?);
            let value = u64::from_le_bytes(bytes);
            if tail > tail_size(value) {
                input.mark_not_canonical();
            }
            (value, MODE_3_MIN)
        }
    };
    if value < min {
        return fail(DecodeErrorKind::NotShortest);
    }
    if bits < 64 && value >> bits != 0 {
        return fail(DecodeErrorKind::TooWide { bits });
    }
    Ok(value)
}

macro_rules! compact_integer {
    ($($int:ty),*) => {$(
        impl Encode for $int {
            fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
                write(u64::from(*self), out);
            }
        }

        impl Decode for $int {
            const SIZE_MIN: usize = 1;
            const DEPTH: u32 = 0;
            const PLAIN: bool = true;

            fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError> {
                let start = input.offset();
                let value = read(input, Self::BITS)?;
                Self::try_from(value).map_err(|_| DecodeError::new(start, DecodeErrorKind::TooWide { bits: Self::BITS }))
            }
        }
    )*};
}

compact_integer!(u16, u32, u64);

impl Encode for u8 {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        write(u64::from(*self), out);
    }

    /// Bytes in a list or array are raw; only a byte that is a field of its own is compact.
    fn encode_all<O: Output + ?Sized>(items: &[Self], out: &mut O) {
        out.write(items);
    }
}

impl Decode for u8 {
    const SIZE_MIN: usize = 1;
    const DEPTH: u32 = 0;
    const PLAIN: bool = true;

    fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        let start = input.offset();
        let value = read(input, Self::BITS)?;
        Self::try_from(value)
            .map_err(|_| DecodeError::new(start, DecodeErrorKind::TooWide { bits: Self::BITS }))
    }

    fn decode_all(input: &mut Input<'_>, count: usize) -> Result<Vec<Self>, DecodeError> {
        input.take(count).map(<[u8]>::to_vec)
    }

    fn decode_array<const N: usize>(input: &mut Input<'_>) -> Result<[Self; N], DecodeError> {
        input.take_array()
    }
}
