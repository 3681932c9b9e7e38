//! Changes of a layer before they are committed, in the order of each account's first write, which the state hash is over (02 §4.2).

use std::collections::BTreeMap;

use spacemesh_types::Address;

use crate::{Account, Accounts, AccountsError, Undo};

/// Accounts with the changes of a layer on top.
pub(crate) struct Staged<'a> {
    base: &'a dyn Accounts,
    /// Position in `changed`.
    positions: BTreeMap<Address, usize>,
    /// In the order of their first write, with their last content.
    changed: Vec<Account>,
    /// What was there before, in the same order.
    undo: Undo,
}

impl<'a> Staged<'a> {
    pub(crate) fn new(base: &'a dyn Accounts) -> Self {
        Self {
            base,
            positions: BTreeMap::new(),
            changed: Vec::new(),
            undo: Undo::default(),
        }
    }

    /// Writes a row. The first write of an account gives it its place.
    pub(crate) fn put(&mut self, account: Account) -> Result<(), AccountsError> {
        let place = self.positions.get(&account.address).copied();
        if let Some(row) = place.and_then(|place| self.changed.get_mut(place)) {
            *row = account;
            return Ok(());
        }
        let before = self.base.get(&account.address)?;
        self.positions.insert(account.address, self.changed.len());
        self.undo.push(account.address, before);
        self.changed.push(account);
        Ok(())
    }

    /// The changed rows in the order of their first write, and what was there before.
    pub(crate) fn into_changes(self) -> (Vec<Account>, Undo) {
        (self.changed, self.undo)
    }
}

impl Accounts for Staged<'_> {
    fn get(&self, address: &Address) -> Result<Option<Account>, AccountsError> {
        let place = self.positions.get(address);
        match place.and_then(|&place| self.changed.get(place)) {
            Some(row) => Ok(Some(row.clone())),
            None => self.base.get(address),
        }
    }
}
