//! Transactions that wait to be in a block (02 §6).
//!
//! Keeps true: what is offered for a block can be paid by its account, one after the other, from what the accounts hold now; nothing that a
//! peer sends grows a table beyond [`Limits`]; a transaction that can never be executed is dropped and said to be.
//!
//! Everything is in memory, and all of it can be loaded again from stored rows. Rows are the caller's: those of dropped transactions may go
//! unless a block or a known proposal lists them.

mod account; // those of one account
mod intake; // adding, replacing, making room, 6.2
mod marks; // who is in a proposal or block of which layer, 6.4
mod select; // what an own proposal lists, 6.5
mod upkeep; // after a layer, a revert, a restart, 6.6

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use spacemesh_types::{Address, LayerId, Smidge, Timestamp, TransactionId, transaction::TxHeader};

use crate::PendingTx;
use account::AccountPool;
use marks::Marks;

pub use intake::{Admitted, Place, Refusal};

/// How much may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Transactions altogether.
    pub transactions: usize,
    /// Bytes of transactions altogether.
    pub bytes: usize,
    /// Transactions of one account.
    pub per_account: usize,
    /// Layers ahead whose proposals and blocks are remembered.
    pub marked_layers: usize,
    /// Transactions that are remembered for one such layer.
    pub marks_per_layer: usize,
}

impl Default for Limits {
    /// Some 100 MB at most; a block of mainnet has room for 2,770 spends.
    fn default() -> Self {
        Self {
            transactions: 100_000,
            bytes: 48 << 20,
            per_account: 400,
            marked_layers: 16,
            marks_per_layer: 40_000,
        }
    }
}

/// A verified transaction as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTx {
    /// Id, header and arrival.
    pub tx: PendingTx,
    /// Its bytes as received.
    pub raw: Vec<u8>,
}

/// A transaction that the mempool no longer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// The transaction.
    pub id: TransactionId,
    /// Why.
    pub reason: DropReason,
}

/// Why a transaction is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// It was executed.
    Executed,
    /// Another transaction used its nonce: it can never be executed.
    Stale,
    /// It waited too long.
    Expired,
    /// One that pays more took its room.
    Evicted,
}

/// What is known of a transaction that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It will be offered for the next block.
    Offered,
    /// It waits: for coins, for those before it, or because a better one has its nonce.
    Waiting,
    /// It is in a proposal or block of this layer.
    Packed(LayerId),
}

/// The mempool.
#[derive(Debug, Clone)]
pub struct Mempool {
    limits: Limits,
    entries: BTreeMap<TransactionId, StoredTx>,
    pools: BTreeMap<Address, AccountPool>,
    marks: Marks,
    /// Those that may be evicted: the cheapest first, among them the latest.
    cheapest: BTreeSet<Rank>,
    bytes: usize,
}

/// Fee, arrival, id.
type Rank = (Smidge, Reverse<Timestamp>, TransactionId);

fn rank(tx: &PendingTx) -> Rank {
    (tx.header.fee(), Reverse(tx.received), tx.id)
}

impl Mempool {
    /// An empty mempool, with layers after `applied` to come.
    pub fn new(limits: Limits, applied: LayerId) -> Self {
        Self {
            limits,
            entries: BTreeMap::new(),
            pools: BTreeMap::new(),
            marks: Marks::new(applied),
            cheapest: BTreeSet::new(),
            bytes: 0,
        }
    }

    /// Number of transactions.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of all transactions.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Number of accounts with transactions that wait.
    pub fn accounts(&self) -> usize {
        self.pools.len()
    }

    /// A transaction that waits.
    pub fn get(&self, id: &TransactionId) -> Option<&StoredTx> {
        self.entries.get(id)
    }

    /// What is known of a transaction; `None` if it doesn't wait here.
    pub fn status(&self, id: &TransactionId) -> Option<Status> {
        let header: &TxHeader = &self.entries.get(id)?.tx.header;
        if let Some(layer) = self.marks.next(id) {
            return Some(Status::Packed(layer));
        }
        let pool = self.pools.get(&header.principal)?;
        Some(if pool.uses(header.nonce, id) {
            Status::Offered
        } else {
            Status::Waiting
        })
    }

    /// Next nonce and balance of an account once all that waits in order is executed; `None` if nothing of it waits, and the account's row
    /// tells. Gaps between nonces are jumped over and incoming payments aren't counted.
    pub fn projection(&self, account: &Address) -> Option<(u64, Smidge)> {
        self.pools.get(account).map(AccountPool::projection)
    }

    /// Takes a transaction out of every table. What comes after it in its account gets its coins.
    fn remove(&mut self, id: &TransactionId) -> Option<StoredTx> {
        let entry = self.entries.remove(id)?;
        self.bytes = self.bytes.saturating_sub(entry.raw.len());
        self.cheapest.remove(&rank(&entry.tx));
        let principal = entry.tx.principal();
        if let Some(pool) = self.pools.get_mut(&principal) {
            pool.remove(&entry.tx);
            if pool.is_empty() {
                self.pools.remove(&principal);
            }
        }
        Some(entry)
    }

    /// Puts a transaction into the tables that are not about its account.
    fn insert(&mut self, entry: StoredTx) {
        self.bytes = self.bytes.saturating_add(entry.raw.len());
        if self.marks.next(&entry.tx.id).is_none() {
            self.cheapest.insert(rank(&entry.tx));
        }
        self.entries.insert(entry.tx.id, entry);
    }
}
