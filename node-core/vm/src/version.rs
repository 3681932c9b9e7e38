//! Which rules a transaction has: the dispatch at its first byte (02 §8.6).
//!
//! Everything else in this crate knows transactions only through [`Rules`] and [`Prepared`]: accounts of other templates, contracts among
//! them, come as another version with its own rules.

use spacemesh_codec::{Decode, Input};
use spacemesh_types::{
    Hash20, LayerId,
    transaction::{ParseTxError, TX_SIZE_MAX, TxHeader},
};

use crate::{
    Account, Accounts, AccountsError, Params, Verify, context::Context, failure::Stop, templates,
};

/// The rules of one version of transactions.
pub(crate) trait Rules {
    /// Parses against the accounts as they are. Everything but the signatures is checked.
    fn prepare(&self, raw: &[u8], accounts: &dyn Accounts) -> Result<Box<dyn Prepared>, Unparsed>;
}

/// A transaction that can be priced, verified and executed.
pub(crate) trait Prepared {
    /// The record to store.
    fn header(&self) -> &TxHeader;

    /// The principal's row that it was parsed against.
    fn principal(&self) -> &Account;

    /// Gas that stands for parsing and verifying, part of the header's.
    fn intrinsic_gas(&self) -> u64;

    /// Whether it is signed as its account wants.
    fn is_signed(&self, raw: &[u8], genesis_id: Hash20, verify: Verify<'_>) -> bool;

    /// Does what the transaction is for. Gas is consumed already.
    fn execute(&self, at: Place<'_>, context: &mut Context<'_, '_>) -> Result<(), Stop>;
}

/// Where a transaction is executed.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) params: &'a Params,
    pub(crate) layer: LayerId,
}

/// Why there is no [`Prepared`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unparsed {
    /// The bytes are no transaction of their principal.
    #[error(transparent)]
    Refused(#[from] ParseTxError),
    /// The principal could not be read.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
}

/// Parses a transaction of any version.
pub(crate) fn prepare(raw: &[u8], accounts: &dyn Accounts) -> Result<Box<dyn Prepared>, Unparsed> {
    rules_of(raw)?.prepare(raw, accounts)
}

fn rules_of(raw: &[u8]) -> Result<&'static dyn Rules, ParseTxError> {
    match u8::decode_from(&mut Input::new(raw)) {
        Ok(version) if version != 0 => Err(match raw.len() {
            found if found > TX_SIZE_MAX => ParseTxError::TooLong { found },
            _ => ParseTxError::Version(version),
        }),
        // Also what has no version: its rules say what is wrong.
        Ok(_) | Err(_) => Ok(&templates::VersionZero),
    }
}
