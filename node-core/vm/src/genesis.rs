//! The first rows: balances of the genesis, or the accounts of a checkpoint (02 §7.2).

use spacemesh_types::{Address, AddressError, LayerId, Network};

use crate::{Account, Accounts, AccountsError, accounts::blank};

/// A genesis whose balances belong to nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("genesis.accounts has {text:?}: {error}")]
pub struct GenesisLedgerError {
    /// The account as written.
    pub text: String,
    /// What is wrong with it.
    pub error: AddressError,
}

/// The rows of the genesis: balances alone, nothing spawned, layer 0. No state hash belongs to them.
///
/// # Errors
///
/// An address is none of this network.
pub fn genesis_accounts(network: &Network) -> Result<Vec<Account>, GenesisLedgerError> {
    let accounts = network.genesis.accounts.iter().flatten();
    accounts
        .map(|(text, &balance)| {
            let address =
                Address::parse(text, &network.hrp).map_err(|error| GenesisLedgerError {
                    text: text.clone(),
                    error,
                })?;
            Ok(Account {
                balance,
                ..blank(address)
            })
        })
        .collect()
}

/// Whether the rows of the genesis still have to be put: one of them is looked at, as all are put together.
///
/// # Errors
///
/// The row cannot be read.
pub fn is_genesis_missing(
    accounts: &dyn Accounts,
    genesis: &[Account],
) -> Result<bool, AccountsError> {
    match genesis.first() {
        Some(first) => Ok(accounts.get(&first.address)?.is_none()),
        None => Ok(false),
    }
}

/// The rows of a checkpoint at `restore`: they count as changed in the layer before it.
pub fn restored_accounts(
    checkpoint: impl IntoIterator<Item = Account>,
    restore: LayerId,
) -> Vec<Account> {
    let layer = LayerId(restore.0.saturating_sub(1));
    checkpoint
        .into_iter()
        .map(|account| Account { layer, ..account })
        .collect()
}
