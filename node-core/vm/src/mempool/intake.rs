//! Adding a transaction (02 §6.2, steps 1 and 7 to 12).

use spacemesh_types::{LayerId, Smidge, Timestamp, TransactionId};

use super::{DropReason, Dropped, Mempool, StoredTx, account::AccountPool, account::Fit};
use crate::{Accounts, AccountsError, CheckedTx, PendingTx};

/// A transaction that was taken: store it and relay it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The row to store.
    pub stored: StoredTx,
    /// Where it stands.
    pub place: Place,
    /// Those that had to go for it.
    pub dropped: Vec<Dropped>,
}

/// Where a transaction stands that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is offered for blocks.
    Offered {
        /// One of the same nonce that is not offered any more.
        replaced: Option<TransactionId>,
    },
    /// It waits, since a better one has its nonce.
    Outbid,
    /// It waits, since as many nonces as are offered are taken.
    TooManyNonces,
}

/// A transaction that is not taken. The texts begin as the reference's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It waits already.
    #[error("tx already exists")]
    Known,
    /// Its nonce is used up.
    #[error("bad nonce: {nonce} is below the account's next, {next}")]
    BadNonce {
        /// Its nonce.
        nonce: u64,
        /// The account's next.
        next: u64,
    },
    /// The account cannot pay it after those before it.
    #[error("insufficient balance: {balance} smidge are left for {spending}")]
    InsufficientBalance {
        /// What is left.
        balance: Smidge,
        /// Fee and amount.
        spending: Smidge,
    },
    /// Too many of this account wait.
    #[error("{max} transactions of this account wait already: let some be executed first")]
    AccountFull {
        /// How many may.
        max: usize,
    },
    /// There is no room, and those that wait pay as much.
    #[error("no room for a fee of {fee} smidge: offer more, or wait")]
    Full {
        /// What it pays.
        fee: Smidge,
    },
    /// The account's row cannot be read.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
}

impl Mempool {
    /// Adds a checked transaction. `accounts` are those of the last applied layer.
    ///
    /// # Errors
    ///
    /// See [`Refusal`]; nothing is changed then.
    pub fn admit(
        &mut self,
        checked: CheckedTx,
        received: Timestamp,
        accounts: &dyn Accounts,
    ) -> Result<Admitted, Refusal> {
        let (id, header, raw) = checked.into_parts();
        if self.entries.contains_key(&id) {
            return Err(Refusal::Known);
        }
        let tx = PendingTx {
            id,
            header,
            received,
        };
        let principal = tx.principal();
        let (waiting, empty) = match self.pools.get(&principal) {
            Some(pool) => {
                pool.fit(&tx)?;
                (pool.len(), pool.emptied())
            }
            None => {
                let pool = AccountPool::new(accounts.get(&principal)?.as_ref());
                pool.fit(&tx)?;
                (0, pool)
            }
        };
        if waiting >= self.limits.per_account {
            return Err(Refusal::AccountFull {
                max: self.limits.per_account,
            });
        }
        let mut dropped = Vec::new();
        for id in self.room(&tx, raw.len())? {
            if self.remove(&id).is_some() {
                let reason = DropReason::Evicted;
                dropped.push(Dropped { id, reason });
            }
        }
        let pool = self.pools.entry(principal).or_insert(empty);
        // Evictions can have left more coins for it, never less, so it still fits.
        let fit = pool.fit(&tx)?;
        let replaced = pool.add(tx, &fit);
        let stored = StoredTx { tx, raw };
        self.insert(stored.clone());
        let place = match fit {
            Fit::Offered(_) => Place::Offered { replaced },
            Fit::Outbid => Place::Outbid,
            Fit::TooMany => Place::TooManyNonces,
        };
        Ok(Admitted {
            stored,
            place,
            dropped,
        })
    }

    /// Remembers that a proposal or block of `layer` lists these transactions: those that wait here are not evicted before it is applied, and an
    /// account whose first ones are all listed offers the rest.
    pub fn mark(&mut self, layer: LayerId, ids: &[TransactionId]) {
        for id in ids {
            let Some(entry) = self.entries.get(id) else {
                continue;
            };
            self.marks.add(layer, *id, &self.limits);
            if self.marks.next(id).is_some() {
                self.cheapest.remove(&super::rank(&entry.tx));
            }
        }
    }

    /// Whom to evict for `tx`: those that pay less, the cheapest first.
    fn room(&self, tx: &PendingTx, size: usize) -> Result<Vec<TransactionId>, Refusal> {
        let fee = tx.header.fee();
        let mut count = (self.entries.len() + 1).saturating_sub(self.limits.transactions);
        let mut bytes = self
            .bytes
            .saturating_add(size)
            .saturating_sub(self.limits.bytes);
        let mut evicted = Vec::new();
        let mut cheapest = self.cheapest.iter();
        while count > 0 || bytes > 0 {
            match cheapest.next() {
                Some(&(other_fee, _, id)) if other_fee < fee => {
                    let freed = self.entries.get(&id).map_or(0, |entry| entry.raw.len());
                    count = count.saturating_sub(1);
                    bytes = bytes.saturating_sub(freed);
                    evicted.push(id);
                }
                Some(_) | None => return Err(Refusal::Full { fee }),
            }
        }
        Ok(evicted)
    }
}
