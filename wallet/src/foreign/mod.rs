//! Wallet files of other programs, read and never written over (12 §2): smcli, Smapp of today and before, smapp-lite.
//!
//! Keeps true: a stored secret key is trusted and never replaced by a derived one; every pair of keys is checked; costs and sizes that a
//! file asks for are bounded before anything is computed. What a person should know afterwards is an [`ImportWarning`].
//!
//! The labels in these files mislead: `AES-128-CTR` is AES-256-CTR with a fixed salt and counter, and the `hash` of PBKDF2 is SHA-512
//! whatever it says (12, Traps 1 and 2). The decoder goes by what the programs do.

mod convert; // from a decrypted text to a wallet
mod crypt; // the three ways of encrypting
mod error;
mod export; // a file that most programs open
mod plaintext; // what is inside
mod recognise; // which program, before the password: start here

pub use error::{ForeignError, ImportWarning};
pub use export::{ExportError, SmappExport, export_smapp};
pub use recognise::{Decrypted, ForeignFile, Program};

use crate::NewWallet;

/// Largest file that is read, in bytes.
pub const FOREIGN_BYTES_MAX: usize = 8 << 20;

/// A wallet that was read from another program's file. No `Debug`, because of its secrets.
pub struct Imported {
    /// Contents and secrets, to be written as a file of our own.
    pub wallet: NewWallet,
    /// The program that wrote the file, now known for sure.
    pub program: Program,
    /// What its owner should know.
    pub warnings: Vec<ImportWarning>,
}
