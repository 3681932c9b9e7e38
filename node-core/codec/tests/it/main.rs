//! The dialect through the public door: what is written, what is accepted, what is refused (01 §1).
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod compact;
mod composite;
mod limits;

use spacemesh_codec::{Decode, DecodeErrorKind, Encode, decode_exact, encode};

/// Bytes from hexadecimal digits.
fn bytes(hex: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap() as u8;
    hex.as_bytes()
        .chunks_exact(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// `value` is written as `hex` and read from it.
#[track_caller]
fn check<T: Encode + Decode + PartialEq + std::fmt::Debug>(value: T, hex: &str) {
    assert_eq!(encode(&value), bytes(hex));
    assert_eq!(decode_exact::<T>(&bytes(hex)), Ok(value));
}

/// `hex` is refused, with the reason at an offset.
#[track_caller]
fn refuse<T: Decode + std::fmt::Debug>(hex: &str, offset: usize, kind: DecodeErrorKind) {
    let error = decode_exact::<T>(&bytes(hex)).unwrap_err();
    assert_eq!((error.offset, error.kind), (offset, kind), "{hex}");
}
