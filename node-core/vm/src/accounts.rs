//! Account rows and where they come from (02 §4.1).

use std::collections::BTreeMap;

use spacemesh_types::{Address, LayerId, Smidge};

pub use spacemesh_types::wire::Account;

/// Where the rules read accounts. Implemented by a store's transaction, by [`Ledger`](crate::Ledger) and by [`AccountMap`].
pub trait Accounts {
    /// The account's row as it is; `None` if it was never written.
    ///
    /// # Errors
    ///
    /// The row cannot be read. A layer is not applied then: a row that is there must never be taken for missing.
    fn get(&self, address: &Address) -> Result<Option<Account>, AccountsError>;
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "account {address} cannot be read: {reason}; check the disk and the database before going on"
)]
pub struct AccountsError {
    /// The account.
    pub address: Address,
    /// What went wrong.
    pub reason: String,
}

/// The row of an account that has none: nothing owned, nothing spawned (02 §2.5).
pub(crate) fn blank(address: Address) -> Account {
    Account {
        layer: LayerId::ZERO,
        address,
        next_nonce: 0,
        balance: Smidge::ZERO,
        template: None,
        state: <_>::default(),
    }
}

/// The row of an account, blank if there is none.
pub(crate) fn load(accounts: &dyn Accounts, address: &Address) -> Result<Account, AccountsError> {
    Ok(accounts.get(address)?.unwrap_or_else(|| blank(*address)))
}

/// Rows in memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountMap(BTreeMap<Address, Account>);

impl AccountMap {
    /// No rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a row, and returns the one it replaces.
    pub fn put(&mut self, account: Account) -> Option<Account> {
        self.0.insert(account.address, account)
    }

    /// Takes a row away.
    pub fn remove(&mut self, address: &Address) -> Option<Account> {
        self.0.remove(address)
    }

    /// All rows, by address.
    pub fn iter(&self) -> impl Iterator<Item = &Account> {
        self.0.values()
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What all accounts own together. Wider than an amount, so that a mistake shows instead of wrapping.
    pub fn total(&self) -> u128 {
        self.iter()
            .map(|account| u128::from(account.balance.0))
            .sum()
    }
}

impl FromIterator<Account> for AccountMap {
    fn from_iter<I: IntoIterator<Item = Account>>(rows: I) -> Self {
        Self(rows.into_iter().map(|row| (row.address, row)).collect())
    }
}

impl Accounts for AccountMap {
    fn get(&self, address: &Address) -> Result<Option<Account>, AccountsError> {
        Ok(self.0.get(address).cloned())
    }
}
