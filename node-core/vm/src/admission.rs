//! Checks of a transaction that arrives, before the mempool sees it (02 §6.2).
//!
//! They read accounts and change nothing, so many can run side by side. What they read can be old by the time the transaction is added:
//! nonce and balance are looked at again then, and what an account was spawned with never changes.

use spacemesh_crypto::verify_plain;
use spacemesh_types::{
    EdSignature, PublicKey, TransactionId,
    transaction::{ParseTxError, TxHeader, id_of},
};

use crate::{
    Accounts, AccountsError, Params,
    version::{Unparsed, prepare},
};

/// How signatures are verified: whether a key signed a message, by the rule of 02 §1.3. [`verify_signature`] is the real one; a caller that has
/// verified many at once can look its answers up instead.
pub type Verify<'a> = &'a dyn Fn(&PublicKey, &[u8], &EdSignature) -> bool;

/// Whether `key` signed `message`, by the network's rule.
pub fn verify_signature(key: &PublicKey, message: &[u8], signature: &EdSignature) -> bool {
    verify_plain(key, &[message], signature).is_ok()
}

/// A transaction that parses, pays something and is signed. Only [`check`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedTx {
    id: TransactionId,
    header: TxHeader,
    raw: Vec<u8>,
}

impl CheckedTx {
    /// Its id.
    pub fn id(&self) -> TransactionId {
        self.id
    }

    /// The record to store beside it.
    pub fn header(&self) -> &TxHeader {
        &self.header
    }

    /// Its bytes as received.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    pub(crate) fn into_parts(self) -> (TransactionId, TxHeader, Vec<u8>) {
        (self.id, self.header, self.raw)
    }
}

/// A transaction that is not taken. The texts begin as the reference's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckRefusal {
    /// It is no transaction of its principal. A spend of an account that is not spawned yet is refused here, although both in one block would
    /// do.
    #[error("failed to parse tx: {0}")]
    Unparsed(#[from] ParseTxError),
    /// It offers nothing for gas.
    #[error("failed to parse tx: zero gas price")]
    NoGasPrice,
    /// Its fee wraps to nothing. A block could have it, but nobody needs to relay it.
    #[error("failed to parse tx: the fee is zero")]
    NoFee,
    /// It is not signed by its account.
    #[error("failed to verify tx: it is not signed by its account")]
    Signature,
    /// An account could not be read: says nothing about the transaction.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
}

/// Checks a transaction against the accounts as they are.
///
/// # Errors
///
/// The first check that fails.
pub fn check(
    params: &Params,
    accounts: &dyn Accounts,
    raw: &[u8],
    verify: Verify<'_>,
) -> Result<CheckedTx, CheckRefusal> {
    let prepared = prepare(raw, accounts).map_err(|error| match error {
        Unparsed::Refused(error) => CheckRefusal::Unparsed(error),
        Unparsed::Accounts(error) => CheckRefusal::Accounts(error),
    })?;
    let header = *prepared.header();
    if header.gas_price == 0 {
        return Err(CheckRefusal::NoGasPrice);
    }
    if header.fee().0 == 0 {
        return Err(CheckRefusal::NoFee);
    }
    if !prepared.is_signed(raw, params.genesis_id, verify) {
        return Err(CheckRefusal::Signature);
    }
    Ok(CheckedTx {
        id: id_of(raw),
        header,
        raw: raw.to_vec(),
    })
}
