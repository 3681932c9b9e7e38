//! How values become bytes: the SCALE dialect of the network (01 §1).
//!
//! Keeps true: what the reference accepts is accepted and what it rejects is rejected, byte for byte; encoding cannot fail, because every
//! length limit is part of a type; decoding reserves no more memory than the remaining input can fill and never panics.
//!
//! ```
//! use spacemesh_codec::{BoundedVec, Decode, Encode, decode_exact, encode};
//!
//! #[derive(Debug, PartialEq, Encode, Decode)]
//! struct Message {
//!     layer: u32,                   // compact, as integers of every width are
//!     ids: BoundedVec<[u8; 4], 10>, // count, then the elements; more than ten are refused
//!     reference: Option<[u8; 32]>,  // tag byte, then the value
//! }
//!
//! let message = Message { layer: 8064, ids: [[1, 2, 3, 4]].into(), reference: None };
//! let bytes = encode(&message);
//! assert_eq!(bytes, [0x01, 0x7e, 0x04, 1, 2, 3, 4, 0]);
//! assert_eq!(decode_exact::<Message>(&bytes), Ok(message));
//! ```

// The derives name this crate by its full path, also in its own tests.
extern crate self as spacemesh_codec;

mod bounded; // lists and byte strings with a limit in their type: the public face of 1.3
mod compact; // integers, 1.2
mod entry; // encode, decode_exact and the other entry points, 1.4
mod error;
mod input; // the bytes that are left, and whether they were canonical
mod output; // where bytes go: a vector, a hash, a counter
mod traits; // Encode, Decode and the impls for what the language has

pub use bounded::{BoundedBytes, BoundedVec, DEFAULT_ELEMENTS_MAX, TooManyElements};
pub use compact::{COMPACT_SIZE_MAX, compact_size};
pub use entry::{
    NESTING_MAX, Tracked, decode_exact, decode_len, decode_prefix, decode_slice, decode_tracked,
    encode, encode_len, encode_slice, encoded_size,
};
pub use error::{DecodeError, DecodeErrorKind};
pub use input::Input;
pub use output::{ByteCount, Output};
pub use spacemesh_codec_derive::{Decode, Encode};
pub use traits::{Decode, Encode};
