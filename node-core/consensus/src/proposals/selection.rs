//! Which transactions a proposal names (06 §8.4). Any subset is valid for other nodes.

use std::collections::{BTreeMap, VecDeque};

use spacemesh_types::{Address, TransactionId};

/// A transaction of the predicted block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The transaction.
    pub id: TransactionId,
    /// Account that pays; its transactions stand in the order of their nonces.
    pub principal: Address,
}

/// At most `count` of the candidates, which are those of the predicted block in its order. All, in that order, if they are few enough;
/// else a random choice from `seed` in which an account's earlier transactions come first.
pub fn select_transactions(
    candidates: &[Candidate],
    count: usize,
    seed: u64,
) -> Vec<TransactionId> {
    if candidates.len() <= count {
        return candidates.iter().map(|candidate| candidate.id).collect();
    }
    let mut queues = BTreeMap::<Address, VecDeque<TransactionId>>::new();
    for candidate in candidates {
        let queue = queues.entry(candidate.principal).or_default();
        queue.push_back(candidate.id);
    }
    // Only the first `count` places of the shuffle are needed.
    let mut owners: Vec<Address> = candidates.iter().map(|each| each.principal).collect();
    let mut random = SplitMix(seed);
    let mut selected = Vec::with_capacity(count);
    for place in 0..count {
        let rest = owners.len() - place;
        let other = place + random.below(rest);
        owners.swap(place, other);
        let owner = owners.get(place);
        let next = owner.and_then(|owner| queues.get_mut(owner)?.pop_front());
        selected.extend(next);
    }
    selected
}

/// A small generator; what it decides needs no secrecy.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `end`, which is not zero.
    fn below(&mut self, end: usize) -> usize {
        let scaled = (u128::from(self.next()) * end as u128) >> 64;
        usize::try_from(scaled).expect("the product is below the end")
    }
}
