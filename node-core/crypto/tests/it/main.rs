//! Signatures, proofs and key files through the public door.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod key_file;
mod signature;
mod vrf;
