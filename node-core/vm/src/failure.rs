//! Why a transaction pays its fee and does nothing else (02 §4.4). The texts are stored and shown, so they are the reference's.

use crate::AccountsError;

/// Reason of a failed transaction. Its text is the result's message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The balance doesn't cover the fee. All of it is taken.
    #[error("out of gas")]
    OutOfGas,
    /// The balance, less the fee, doesn't cover the amount.
    #[error("no balance")]
    NoBalance,
    /// More would leave the account than the transaction announced.
    #[error("max spend: {limit}")]
    MaxSpend {
        /// What was announced, in smidge.
        limit: u64,
    },
    /// The account to spawn is spawned.
    #[error("account already spawned")]
    AlreadySpawned,
    /// The vault to drain is not spawned.
    #[error("account is not spawned")]
    NotSpawned,
    /// The account to drain is no vault.
    #[error("relay template mismatch: {expected} != {found}")]
    TemplateMismatch {
        /// The vault template's address as text.
        expected: String,
        /// The account's template's address as text.
        found: String,
    },
    /// The vault is another account's.
    #[error("vault: not an owner")]
    NotOwner,
    /// The vault holds less than it must keep.
    #[error("vault: account is misconfigured")]
    Misconfigured,
    /// The vault has released less than the amount.
    #[error("vault: amount not available")]
    NotAvailable,
}

/// What ends the execution of a transaction early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    /// The transaction failed.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// An account could not be read: the layer cannot be applied.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
}
