//! What own proposals choose from (02 §6.5); each identity draws its part with `spacemesh_consensus::proposals::select_transactions`. Local
//! policy: peers take any choice.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use spacemesh_types::{Address, Smidge, Timestamp, TransactionId};

use super::Mempool;
use crate::PendingTx;

/// Accounts by their next transaction: the higher fee first, then the earlier, then the lower id.
type Turn = (Smidge, Reverse<Timestamp>, Reverse<TransactionId>, Address);

fn turn(tx: &PendingTx) -> Turn {
    (
        tx.header.fee(),
        Reverse(tx.received),
        Reverse(tx.id),
        tx.principal(),
    )
}

impl Mempool {
    /// What fits a block, best first, each account in nonce order. Made once in a layer and shared by all identities.
    pub fn best(&self, block_gas_limit: u64) -> Vec<PendingTx> {
        let mut queues: BTreeMap<Address, VecDeque<PendingTx>> = BTreeMap::new();
        let mut turns = BinaryHeap::new();
        for (&address, pool) in &self.pools {
            // Those at the front that are in a proposal already come with it.
            let offered = pool.offered().copied();
            let queue: VecDeque<_> = offered
                .skip_while(|tx| self.marks.next(&tx.id).is_some())
                .collect();
            if let Some(first) = queue.front() {
                turns.push(turn(first));
                queues.insert(address, queue);
            }
        }
        let mut gas_left = block_gas_limit;
        let mut best = Vec::new();
        while gas_left > 0
            && let Some((.., address)) = turns.pop()
        {
            let Some(queue) = queues.get_mut(&address) else {
                continue;
            };
            // An account whose next one is too large has to wait: its later ones come after it.
            if let Some(tx) = queue.pop_front_if(|tx| tx.header.max_gas <= gas_left) {
                gas_left -= tx.header.max_gas;
                best.push(tx);
                turns.extend(queue.front().map(turn));
            }
        }
        best
    }
}
