//! The wallet through its public door.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod account_files;
mod foreign_files;
mod made; // keys, wallets and randomness for the tests
mod own_file;
mod secrets;
mod sending;
mod several_signers;
mod texts;
mod untrusted; // arbitrary bytes
