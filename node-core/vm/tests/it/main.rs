//! The ledger through the public door (02): every trap of the chapter, and what must hold for any block.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod world; // accounts, keys and signed transactions: start here

mod checks;
mod execution;
mod issuance;
mod ledger;
mod mempool;
mod properties;
mod vaults;
