//! Which transactions a block holds, and in which order (07 §7.16).

use std::collections::BTreeMap;

use spacemesh_types::{Address, Hash32, TransactionId, sum, transaction::TxHeader};

use super::Twister;

/// Most transactions of one principal and nonce that are looked at.
pub const TRANSACTIONS_PER_NONCE_MAX: usize = 100;
/// Most transactions of one principal in a block.
pub const TRANSACTIONS_PER_PRINCIPAL_MAX: usize = 100;

/// A transaction that proposals ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderedTransaction {
    /// Its id.
    pub id: TransactionId,
    /// Its header.
    pub header: TxHeader,
    /// Whether it was applied in some layer already.
    pub applied: bool,
}

/// The transactions of a block in its order. `transactions` come in the order of their first occurrence in the proposals, `seed` is that
/// of the block (`block_seed`), and a `gas_limit` of 0 is none.
pub fn order_transactions(
    transactions: &[OrderedTransaction],
    seed: Hash32,
    gas_limit: u64,
) -> Vec<TransactionId> {
    let mut by_nonce = BTreeMap::<(Address, u64), Vec<&OrderedTransaction>>::new();
    for transaction in transactions {
        let header = &transaction.header;
        let same = by_nonce
            .entry((header.principal, header.nonce))
            .or_default();
        if same.len() < TRANSACTIONS_PER_NONCE_MAX {
            same.push(transaction);
        }
    }

    let mut chosen = BTreeMap::<Address, Chosen<'_>>::new();
    for ((principal, _), candidates) in by_nonce {
        chosen.entry(principal).or_default().take(candidates, seed);
    }
    let mut queues = BTreeMap::<Address, std::vec::IntoIter<&OrderedTransaction>>::new();
    let mut places = Vec::new();
    for (principal, chosen) in chosen {
        let applied = chosen
            .list
            .iter()
            .take_while(|transaction| transaction.applied)
            .count();
        let left: Vec<_> = chosen.list.into_iter().skip(applied).collect();
        places.extend(left.iter().map(|transaction| (transaction.id, principal)));
        queues.insert(principal, left.into_iter());
    }
    places.sort_unstable();
    Twister::from_hash(seed).shuffle(&mut places);

    let by_place = places
        .iter()
        .filter_map(|(_, principal)| queues.get_mut(principal)?.next());
    prune(by_place, gas_limit)
}

/// What is chosen of one principal, in the order of nonces.
struct Chosen<'a> {
    list: Vec<&'a OrderedTransaction>,
    balance: u64,
}

impl Default for Chosen<'_> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            balance: u64::MAX,
        }
    }
}

impl<'a> Chosen<'a> {
    /// Takes the best of the candidates for one nonce: the highest fee, and of equal ones the lower hash of seed and id.
    fn take(&mut self, candidates: Vec<&'a OrderedTransaction>, seed: Hash32) {
        if self.list.len() >= TRANSACTIONS_PER_PRINCIPAL_MAX {
            return;
        }
        let tie_break = |transaction: &OrderedTransaction| {
            sum([seed.as_bytes().as_slice(), transaction.id.as_bytes()])
        };
        let best = candidates
            .into_iter()
            .filter(|transaction| transaction.header.spending().0 <= self.balance)
            .min_by(|left, right| {
                let fees = right.header.fee().0.cmp(&left.header.fee().0);
                fees.then_with(|| tie_break(left).cmp(&tie_break(right)))
            });
        if let Some(best) = best {
            self.balance -= best.header.spending().0;
            self.list.push(best);
        }
    }
}

/// Cuts at the gas limit. What overshoots wraps, after which nothing is cut any more (07, Trap 17); the ledger treats what does not fit
/// as ineffective.
fn prune<'a>(
    transactions: impl Iterator<Item = &'a OrderedTransaction>,
    gas_limit: u64,
) -> Vec<TransactionId> {
    let mut remaining = gas_limit;
    let mut ids = Vec::new();
    for transaction in transactions {
        if gas_limit > 0 {
            if remaining < 1 {
                break;
            }
            remaining = remaining.wrapping_sub(transaction.header.max_gas);
        }
        ids.push(transaction.id);
    }
    ids
}
