//! The transactions of one account that wait: all of them, and those that it can pay one after the other (02 §6.1).

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_types::{Smidge, Timestamp, TransactionId};

use super::{Refusal, StoredTx};
use crate::{
    Account, PendingTx,
    pending::{Link, NONCES_MAX, chain},
};

/// One account's.
#[derive(Debug, Clone)]
pub(super) struct AccountPool {
    next_nonce: u64,
    balance: Smidge,
    /// All that wait, by nonce and arrival.
    waiting: BTreeSet<(u64, Timestamp, TransactionId)>,
    /// Those that are offered, by nonce.
    offered: BTreeMap<u64, Link>,
    /// Whether a nonce isn't offered that could be once the account has more.
    left_out: bool,
}

/// Where a transaction would stand.
pub(super) enum Fit {
    /// Among the offered, with this much left after it.
    Offered(Smidge),
    /// A better one has its nonce.
    Outbid,
    /// As many nonces as are offered are taken.
    TooMany,
}

impl AccountPool {
    pub(super) fn new(row: Option<&Account>) -> Self {
        Self {
            next_nonce: row.map_or(0, |row| row.next_nonce),
            balance: row.map_or(Smidge::ZERO, |row| row.balance),
            waiting: BTreeSet::new(),
            offered: BTreeMap::new(),
            left_out: false,
        }
    }

    /// A pool of the same account without transactions.
    pub(super) fn emptied(&self) -> Self {
        Self {
            next_nonce: self.next_nonce,
            balance: self.balance,
            ..Self::new(None)
        }
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn left_out(&self) -> bool {
        self.left_out
    }

    pub(super) fn uses(&self, nonce: u64, id: &TransactionId) -> bool {
        self.offered
            .get(&nonce)
            .is_some_and(|link| link.tx.id == *id)
    }

    pub(super) fn offered(&self) -> impl Iterator<Item = &PendingTx> {
        self.offered.values().map(|link| &link.tx)
    }

    pub(super) fn projection(&self) -> (u64, Smidge) {
        match self.offered.last_key_value() {
            Some((nonce, link)) => (nonce.wrapping_add(1), link.balance_after),
            None => (self.next_nonce, self.balance),
        }
    }

    /// Checks 7 to 10 of 02 §6.2 for a transaction that is not in the pool.
    pub(super) fn fit(&self, tx: &PendingTx) -> Result<Fit, Refusal> {
        let (nonce, spending) = (tx.header.nonce, tx.header.spending());
        if nonce < self.next_nonce {
            return Err(Refusal::BadNonce {
                nonce,
                next: self.next_nonce,
            });
        }
        if self.offered.len() >= NONCES_MAX {
            return Ok(Fit::TooMany);
        }
        let before = self.offered.range(..=nonce).next_back();
        let balance = match before {
            None => self.balance,
            Some((&at, link)) if at == nonce => {
                let spending = link.tx.header.spending();
                Smidge(link.balance_after.0.wrapping_add(spending.0))
            }
            Some((_, link)) => link.balance_after,
        };
        let Some(after) = balance.checked_sub(spending) else {
            return Err(Refusal::InsufficientBalance { balance, spending });
        };
        match before {
            Some((&at, link)) if at == nonce && !tx.is_better_than(&link.tx) => Ok(Fit::Outbid),
            Some(_) | None => Ok(Fit::Offered(after)),
        }
    }

    /// Adds a transaction where [`fit`](Self::fit) says, and returns the one whose nonce it takes.
    pub(super) fn add(&mut self, tx: PendingTx, fit: &Fit) -> Option<TransactionId> {
        self.wait(&tx);
        match *fit {
            Fit::Outbid => None,
            Fit::TooMany => {
                self.left_out = true;
                None
            }
            Fit::Offered(balance_after) => {
                let link = Link { tx, balance_after };
                let replaced = self.offered.insert(tx.header.nonce, link);
                self.settle_after(tx.header.nonce, balance_after);
                replaced.map(|link| link.tx.id)
            }
        }
    }

    /// Adds a transaction that finds its place at the next [`rebuild`](Self::rebuild).
    pub(super) fn wait(&mut self, tx: &PendingTx) {
        self.waiting.insert((tx.header.nonce, tx.received, tx.id));
    }

    /// Takes a transaction out.
    pub(super) fn remove(&mut self, tx: &PendingTx) {
        let nonce = tx.header.nonce;
        self.waiting.remove(&(nonce, tx.received, tx.id));
        if self.uses(nonce, &tx.id) {
            self.offered.remove(&nonce);
            let before = self.offered.range(..nonce).next_back();
            let balance = before.map_or(self.balance, |(_, link)| link.balance_after);
            self.settle_after(nonce, balance);
        }
    }

    /// Recomputes what is left after each later transaction; those that no longer fit are not offered.
    fn settle_after(&mut self, nonce: u64, balance: Smidge) {
        let Some(from) = nonce.checked_add(1) else {
            return;
        };
        let mut left = balance;
        let mut unpaid = Vec::new();
        for (&nonce, link) in self.offered.range_mut(from..) {
            match left.checked_sub(link.tx.header.spending()) {
                Some(after) => {
                    left = after;
                    link.balance_after = after;
                }
                None => unpaid.push(nonce),
            }
        }
        for nonce in unpaid {
            self.offered.remove(&nonce);
            self.left_out = true;
        }
    }

    /// Starts again from the account's row. Returns those whose nonce is used up, which no longer wait.
    pub(super) fn rebuild(
        &mut self,
        row: Option<&Account>,
        entries: &BTreeMap<TransactionId, StoredTx>,
    ) -> Vec<TransactionId> {
        self.next_nonce = row.map_or(0, |row| row.next_nonce);
        self.balance = row.map_or(Smidge::ZERO, |row| row.balance);
        let mut stale = Vec::new();
        self.waiting.retain(|&(nonce, _, id)| {
            let keep = nonce >= self.next_nonce;
            if !keep {
                stale.push(id);
            }
            keep
        });
        let waiting = self.waiting.iter();
        let txs = waiting.filter_map(|(_, _, id)| entries.get(id).map(|entry| &entry.tx));
        (self.offered, self.left_out) = chain(txs, self.next_nonce, self.balance);
        stale
    }
}
