//! Keeping up with what is applied, reverted and old (02 §6.6).

use std::collections::BTreeSet;

use spacemesh_types::{Address, LayerId, Timestamp, TransactionId};

use super::{DropReason, Dropped, Mempool, StoredTx, account::AccountPool, rank};
use crate::{Accounts, AccountsError, LayerEffect};

impl Mempool {
    /// Follows an applied layer. `accounts` are those after it, so commit the effect first.
    ///
    /// Executed transactions and those whose nonce is used up are dropped. Every account that changed, or that has more waiting than it
    /// could pay, is looked at again.
    ///
    /// # Errors
    ///
    /// An account cannot be read: load the mempool again.
    pub fn layer_applied(
        &mut self,
        effect: &LayerEffect,
        accounts: &dyn Accounts,
    ) -> Result<Vec<Dropped>, AccountsError> {
        let mut dropped = Vec::new();
        for executed in &effect.executed {
            if self.remove(&executed.id).is_some() {
                let (id, reason) = (executed.id, DropReason::Executed);
                dropped.push(Dropped { id, reason });
            }
        }
        for id in self.marks.applied(effect.layer) {
            if let Some(entry) = self.entries.get(&id) {
                self.cheapest.insert(rank(&entry.tx));
            }
        }
        let changed = effect.accounts.iter().map(|account| account.address);
        let mut again: BTreeSet<Address> = changed.collect();
        let waiting = self.pools.iter();
        again.extend(
            waiting
                .filter(|(_, pool)| pool.left_out())
                .map(|(&address, _)| address),
        );
        self.rebuild(again, accounts, &mut dropped)?;
        Ok(dropped)
    }

    /// Follows a revert to the state after `layer`. `returned` are the transactions of the reverted layers, which wait again.
    ///
    /// # Errors
    ///
    /// An account cannot be read: load the mempool again.
    pub fn reverted(
        &mut self,
        layer: LayerId,
        returned: impl IntoIterator<Item = StoredTx>,
        accounts: &dyn Accounts,
    ) -> Result<Vec<Dropped>, AccountsError> {
        self.marks.reverted(layer);
        self.load(returned, accounts)
    }

    /// Takes stored rows in without checking them again, as at start. What is beyond the limits is dropped.
    ///
    /// # Errors
    ///
    /// An account cannot be read.
    pub fn load(
        &mut self,
        rows: impl IntoIterator<Item = StoredTx>,
        accounts: &dyn Accounts,
    ) -> Result<Vec<Dropped>, AccountsError> {
        let mut dropped = Vec::new();
        for row in rows {
            let id = row.tx.id;
            if self.entries.contains_key(&id) {
                continue;
            }
            let principal = row.tx.principal();
            let waiting = self.pools.get(&principal).map_or(0, AccountPool::len);
            let is_full = waiting >= self.limits.per_account
                || self.entries.len() >= self.limits.transactions
                || self.bytes.saturating_add(row.raw.len()) > self.limits.bytes;
            if is_full {
                let reason = DropReason::Evicted;
                dropped.push(Dropped { id, reason });
                continue;
            }
            let pool = self.pools.entry(principal);
            pool.or_insert_with(|| AccountPool::new(None)).wait(&row.tx);
            self.insert(row);
        }
        let all: BTreeSet<Address> = self.pools.keys().copied().collect();
        self.rebuild(all, accounts, &mut dropped)?;
        Ok(dropped)
    }

    /// Drops what arrived before `oldest` and is in no known proposal or block. The caller chooses how long to wait; an owner can submit
    /// again.
    pub fn expire(&mut self, oldest: Timestamp) -> Vec<Dropped> {
        let old: Vec<TransactionId> = self
            .entries
            .values()
            .filter(|entry| entry.tx.received < oldest && self.marks.next(&entry.tx.id).is_none())
            .map(|entry| entry.tx.id)
            .collect();
        old.into_iter()
            .filter_map(|id| self.remove(&id))
            .map(|entry| Dropped {
                id: entry.tx.id,
                reason: DropReason::Expired,
            })
            .collect()
    }

    fn rebuild(
        &mut self,
        addresses: BTreeSet<Address>,
        accounts: &dyn Accounts,
        dropped: &mut Vec<Dropped>,
    ) -> Result<(), AccountsError> {
        for address in addresses {
            let Some(pool) = self.pools.get_mut(&address) else {
                continue;
            };
            let row = accounts.get(&address)?;
            for id in pool.rebuild(row.as_ref(), &self.entries) {
                self.remove(&id);
                let reason = DropReason::Stale;
                dropped.push(Dropped { id, reason });
            }
            if self.pools.get(&address).is_some_and(AccountPool::is_empty) {
                self.pools.remove(&address);
            }
        }
        Ok(())
    }
}
