//! Accounts of a wallet: what they are made of, or only their address.

use spacemesh_types::{
    Address, PublicKey,
    transaction::{SpawnArgs, Template},
};

/// An account with the name its owner gave it. Its address follows from `kind`; its text from the network in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What its owner calls it.
    pub name: String,
    /// When it was added, in seconds since 1970, if that is known.
    pub created: Option<i64>,
    /// What it is.
    pub kind: AccountKind,
}

/// What is known of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountKind {
    /// Template and arguments: enough to build its transactions.
    Known(SpawnArgs),
    /// Only the address: can be watched, never part of totals.
    WatchOnly(Address),
}

impl Account {
    /// The address. Unique in a wallet; with a network's prefix it becomes text ([`Address::to_bech32`]).
    pub fn address(&self) -> Address {
        match &self.kind {
            AccountKind::Known(args) => args.address(),
            AccountKind::WatchOnly(address) => *address,
        }
    }

    /// Template and arguments, unless only the address is known.
    pub const fn args(&self) -> Option<&SpawnArgs> {
        match &self.kind {
            AccountKind::Known(args) => Some(args),
            AccountKind::WatchOnly(_) => None,
        }
    }

    /// The template, unless only the address is known.
    pub fn template(&self) -> Option<Template> {
        self.args().map(SpawnArgs::template)
    }

    /// The keys that sign for it, in the account's order.
    pub fn keys(&self) -> &[PublicKey] {
        self.args().map_or(&[], SpawnArgs::keys)
    }
}
