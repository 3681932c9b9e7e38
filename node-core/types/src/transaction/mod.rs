//! Transactions: the bytes, the four account templates, what they cost (02 §1 to §3).
//!
//! Keeps true: a transaction's id and its signed message are made of the bytes as received, an account's address of the arguments
//! encoded again; parsing makes exactly the reference's checks in its order, and leaves to verification what the reference leaves to it
//! (bytes after the signature). No keys and no curve arithmetic here: [`Parsed::is_signed`] is told how to verify.

mod call; // what a transaction does, and its canonical bytes, 2.1, 2.2
mod gas; // what it costs, 3.2
mod header; // the record stored beside it, 2.6
mod parse; // the reference's checks, 2.5
mod signature; // who signs which bytes, 2.4
mod spawn; // arguments and addresses of accounts, 1.2, 2.2
mod template; // the four templates, 2.2
mod vesting; // what a vault has released, 3.3

#[cfg(test)]
mod tests;

pub use call::{Call, METHOD_DRAIN, METHOD_SPAWN, METHOD_SPEND, Transaction};
pub use gas::{intrinsic_gas, max_gas};
pub use header::TxHeader;
pub use parse::{Kind, ParseTxError, Parsed, parse, principal_of};
pub use signature::{SIGNATURE_PART_SIZE, SignaturePart, Signatures, signing_message};
pub use spawn::{KEYS_MAX, Members, SpawnArgs, SpawnArgsError, Vault};
pub use template::Template;
pub use vesting::{drainable, vested};

/// Longest transaction in bytes, signatures included. Longer ones are refused before anything is decoded (02 §2.1).
pub const TX_SIZE_MAX: usize = 1024;

/// The id of a transaction: BLAKE3 of its bytes as received, signatures included.
pub fn id_of(raw: &[u8]) -> crate::TransactionId {
    crate::sum([raw]).into()
}
