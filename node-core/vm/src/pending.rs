//! A transaction that waits, which of two is better, and which of an account's fit together (02 §6.3, §6.6).

use std::collections::BTreeMap;

use spacemesh_types::{Address, Smidge, Timestamp, TransactionId, transaction::TxHeader};

/// Nonces of one account that are looked at together.
pub(crate) const NONCES_MAX: usize = 100;

/// Transactions of one nonce that are compared with each other.
const PER_NONCE_MAX: usize = 100;

/// A verified transaction that is in no applied block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingTx {
    /// Its id.
    pub id: TransactionId,
    /// The record stored beside it.
    pub header: TxHeader,
    /// When it arrived.
    pub received: Timestamp,
}

impl PendingTx {
    /// The account that signs and pays.
    pub fn principal(&self) -> Address {
        self.header.principal
    }

    /// Whether this one takes the place of `other`, which has the same principal and nonce: for a higher fee, or for having been here first.
    pub fn is_better_than(&self, other: &Self) -> bool {
        let (fee, other_fee) = (self.header.fee(), other.header.fee());
        fee > other_fee || (fee == other_fee && self.received < other.received)
    }
}

/// A transaction that has its place among those of its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) tx: PendingTx,
    /// What the account has after it and all before it.
    pub(crate) balance_after: Smidge,
}

/// The best transactions of one account that it can pay for one after the other, by nonce, and whether a nonce was left out.
///
/// `txs` are in the order in which they were seen; those below `next_nonce` are passed over.
pub(crate) fn chain<'a>(
    txs: impl IntoIterator<Item = &'a PendingTx>,
    next_nonce: u64,
    balance: Smidge,
) -> (BTreeMap<u64, Link>, bool) {
    let mut by_nonce: BTreeMap<u64, Vec<&PendingTx>> = BTreeMap::new();
    for tx in txs {
        if tx.header.nonce >= next_nonce {
            let same = by_nonce.entry(tx.header.nonce).or_default();
            if same.len() < PER_NONCE_MAX {
                same.push(tx);
            }
        }
    }
    let mut left = balance;
    let mut links = BTreeMap::new();
    for (&nonce, same) in &by_nonce {
        if links.len() >= NONCES_MAX {
            break;
        }
        let fitting = same.iter().filter(|tx| tx.header.spending() <= left);
        let best = fitting
            .copied()
            .reduce(|best, tx| if tx.is_better_than(best) { tx } else { best });
        if let Some(&tx) = best {
            left = Smidge(left.0 - tx.header.spending().0);
            let balance_after = left;
            links.insert(nonce, Link { tx, balance_after });
        }
    }
    let left_out = links.len() < by_nonce.len();
    (links, left_out)
}
