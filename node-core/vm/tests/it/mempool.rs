//! What waits, what is offered, what is dropped (02 §6).

use spacemesh_types::transaction::{Call, id_of};
use spacemesh_types::{LayerId, Smidge, Timestamp, TransactionId};
use spacemesh_vm::mempool::{
    Admitted, DropReason, Dropped, Limits, Mempool, Place, Refusal, Status, StoredTx,
};
use spacemesh_vm::{AccountMap, check, verify_signature};

use crate::world::*;

/// Gas of a spend with small numbers.
const SPEND: u64 = 36_090;

struct Pool {
    accounts: AccountMap,
    mempool: Mempool,
    clock: i128,
}

impl Pool {
    fn new(limits: Limits, balances: &[u64]) -> Self {
        let accounts = (0..).zip(balances);
        Self {
            accounts: accounts
                .map(|(index, &balance)| spawned(&wallet(index), balance, 0))
                .collect(),
            mempool: Mempool::new(limits, LayerId(29)),
            clock: 0,
        }
    }

    fn add(&mut self, raw: &[u8]) -> Result<Admitted, Refusal> {
        self.clock += 1;
        let checked = check(&params(), &self.accounts, raw, &verify_signature)
            .unwrap_or_else(|error| panic!("{error}"));
        let received = Timestamp::from_unix_nanos(self.clock);
        self.mempool.admit(checked, received, &self.accounts)
    }

    /// A spend of one smidge.
    fn spend(&mut self, from: u8, nonce: u64, price: u64) -> Result<Admitted, Refusal> {
        let raw = priced(&wallet(from), spend(&wallet(9), 1), nonce, price);
        self.add(&raw)
    }

    fn apply(&mut self, raw: &[Vec<u8>]) -> Vec<Dropped> {
        let effect = apply(&self.accounts, raw);
        commit(&mut self.accounts, &effect);
        self.mempool.layer_applied(&effect, &self.accounts).unwrap()
    }

    fn offered(&self) -> Vec<(u8, u64)> {
        let best = self.mempool.best(u64::MAX);
        let number = |address| (0..10).find(|&n| wallet(n).address() == address);
        best.iter()
            .map(|tx| (number(tx.principal()).unwrap(), tx.header.nonce))
            .collect()
    }
}

fn offered(admitted: &Admitted) -> Option<TransactionId> {
    match admitted.place {
        Place::Offered { replaced } => replaced,
        Place::Outbid | Place::TooManyNonces => panic!("{:?}", admitted.place),
    }
}

#[test]
fn nonces_and_balances_are_projected_over_what_waits() {
    let mut pool = Pool::new(Limits::default(), &[3 * SPEND + 3]);
    assert_eq!(pool.mempool.projection(&wallet(0).address()), None);
    pool.spend(0, 0, 1).unwrap();
    pool.spend(0, 7, 1).unwrap();
    let left = Smidge(SPEND + 1);
    assert_eq!(
        pool.mempool.projection(&wallet(0).address()),
        Some((8, left))
    );
    assert_eq!(pool.offered(), [(0, 0), (0, 7)]);
    pool.spend(0, 3, 1).unwrap();
    assert!(matches!(
        pool.spend(0, 8, 1),
        Err(Refusal::InsufficientBalance {
            balance: Smidge::ZERO,
            ..
        })
    ));
    let known = pool.mempool.best(u64::MAX)[0].id;
    let raw = pool.mempool.get(&known).unwrap().raw.clone();
    assert_eq!(pool.add(&raw), Err(Refusal::Known));
}

#[test]
fn a_used_nonce_is_refused() {
    let mut pool = Pool::new(Limits::default(), &[1_000_000]);
    pool.accounts.put(spawned(&wallet(0), 1_000_000, 5));
    assert_eq!(
        pool.spend(0, 4, 1),
        Err(Refusal::BadNonce { nonce: 4, next: 5 })
    );
    assert_eq!(pool.mempool.accounts(), 0);
}

#[test]
fn a_higher_fee_replaces_and_an_equal_one_waits() {
    let mut pool = Pool::new(Limits::default(), &[4 * SPEND]);
    let first = pool.spend(0, 0, 1).unwrap().stored.tx.id;
    pool.spend(0, 1, 1).unwrap();
    let same = tx(&wallet(0), spend(&wallet(8), 1), 0);
    assert_eq!(pool.add(&same).unwrap().place, Place::Outbid);
    assert_eq!(pool.mempool.status(&id_of(&same)), Some(Status::Waiting));
    // What comes after can no longer be paid, and waits.
    let better = pool.spend(0, 0, 3).unwrap();
    assert_eq!(offered(&better), Some(first));
    assert_eq!(pool.offered(), [(0, 0)]);
    assert_eq!(pool.mempool.len(), 4);
    // One smidge is missing for nonce 1, until some coins arrive.
    let raw = pool.mempool.get(&better.stored.tx.id).unwrap().raw.clone();
    pool.accounts.put(spawned(&wallet(0), 6 * SPEND, 0));
    let dropped = pool.apply(&[raw]);
    let reasons: Vec<DropReason> = dropped.iter().map(|dropped| dropped.reason).collect();
    assert_eq!(
        reasons,
        [DropReason::Executed, DropReason::Stale, DropReason::Stale]
    );
    assert_eq!(pool.offered(), [(0, 1)]);
}

#[test]
fn a_hundred_nonces_are_offered_and_the_rest_follows() {
    let limits = Limits {
        per_account: 102,
        ..Limits::default()
    };
    let mut pool = Pool::new(limits, &[u64::MAX / 2]);
    for nonce in 0..100 {
        assert_eq!(offered(&pool.spend(0, nonce, 1).unwrap()), None);
    }
    assert_eq!(pool.spend(0, 100, 1).unwrap().place, Place::TooManyNonces);
    assert_eq!(pool.spend(0, 50, 9).unwrap().place, Place::TooManyNonces);
    assert_eq!(
        pool.spend(0, 101, 1),
        Err(Refusal::AccountFull { max: 102 })
    );
    assert_eq!(pool.offered().len(), 100);
    pool.apply(&[tx(&wallet(0), spend(&wallet(9), 1), 0)]);
    // Built again: the next nonce came in, and the better one.
    let best = pool.mempool.best(u64::MAX);
    assert_eq!(best.last().unwrap().header.nonce, 100);
    assert!(best.iter().any(|tx| tx.header.gas_price == 9));
}

#[test]
fn a_full_mempool_makes_room_for_those_that_pay_more() {
    let limits = Limits {
        transactions: 3,
        ..Limits::default()
    };
    let mut pool = Pool::new(limits, &[10_000_000; 5]);
    pool.spend(0, 0, 2).unwrap();
    let cheap = pool.spend(1, 0, 1).unwrap().stored.tx.id;
    let packed = pool.spend(2, 0, 1).unwrap().stored.tx.id;
    pool.mempool.mark(LayerId(30), &[packed]);
    let result = pool.spend(3, 0, 1);
    assert!(matches!(result, Err(Refusal::Full { .. })));
    let admitted = pool.spend(3, 0, 3).unwrap();
    let (id, reason) = (cheap, DropReason::Evicted);
    assert_eq!(admitted.dropped, [Dropped { id, reason }]);
    // Who is in a proposal stays, and whose turn comes next pays more than a second price of 2.
    assert!(pool.mempool.get(&packed).is_some());
    assert!(matches!(pool.spend(4, 0, 2), Err(Refusal::Full { .. })));
    assert_eq!((pool.mempool.len(), pool.mempool.accounts()), (3, 3));
    // Its own cheapest can go for a better one.
    let own = pool.spend(0, 1, 9).unwrap();
    assert_eq!(own.dropped.len(), 1);
    assert_eq!(pool.mempool.projection(&wallet(0).address()).unwrap().0, 2);
    assert_eq!(pool.mempool.len(), 3);
}

#[test]
fn bytes_are_limited_too() {
    let limits = Limits {
        bytes: 250,
        ..Limits::default()
    };
    let mut pool = Pool::new(limits, &[10_000_000; 3]);
    pool.spend(0, 0, 1).unwrap();
    pool.spend(1, 0, 1).unwrap();
    assert!(matches!(pool.spend(2, 0, 1), Err(Refusal::Full { .. })));
    assert_eq!(pool.spend(2, 0, 2).unwrap().dropped.len(), 1);
    assert!(pool.mempool.bytes() <= 250);
}

#[test]
fn marked_transactions_at_the_front_are_not_offered_again() {
    let mut pool = Pool::new(Limits::default(), &[10_000_000]);
    let ids: Vec<TransactionId> = (0..4)
        .map(|nonce| pool.spend(0, nonce, 1).unwrap().stored.tx.id)
        .collect();
    pool.mempool.mark(LayerId(30), &[ids[0], ids[1]]);
    pool.mempool.mark(LayerId(31), &[ids[1], ids[3]]);
    assert_eq!(
        pool.mempool.status(&ids[1]),
        Some(Status::Packed(LayerId(30)))
    );
    // From the first unmarked one on all of them, marked or not.
    assert_eq!(pool.offered(), [(0, 2), (0, 3)]);
    // The block of layer 30 has none of them: they are offered again unless another layer has them.
    pool.apply(&[]);
    assert_eq!(pool.offered(), [(0, 0), (0, 1), (0, 2), (0, 3)]);
    assert_eq!(pool.mempool.status(&ids[0]), Some(Status::Offered));
    assert_eq!(
        pool.mempool.status(&ids[1]),
        Some(Status::Packed(LayerId(31)))
    );
    // Layers that are applied can't be marked.
    pool.mempool.mark(LayerId(30), &[ids[0]]);
    assert_eq!(pool.mempool.status(&ids[0]), Some(Status::Offered));
}

#[test]
fn marks_are_limited_in_layers_and_transactions() {
    let limits = Limits {
        marked_layers: 2,
        marks_per_layer: 1,
        ..Limits::default()
    };
    let mut pool = Pool::new(limits, &[10_000_000; 2]);
    let one = pool.spend(0, 0, 1).unwrap().stored.tx.id;
    let two = pool.spend(1, 0, 1).unwrap().stored.tx.id;
    pool.mempool
        .mark(LayerId(40), &[one, two, TransactionId([1; 32])]);
    assert_eq!(pool.mempool.status(&two), Some(Status::Offered));
    pool.mempool.mark(LayerId(41), &[one]);
    pool.mempool.mark(LayerId(42), &[two]);
    assert_eq!(pool.mempool.status(&two), Some(Status::Offered));
}

#[test]
fn proposals_take_the_best_accounts_first_and_skip_accounts_that_do_not_fit() {
    let mut pool = Pool::new(Limits::default(), &[100_000_000; 4]);
    pool.spend(0, 0, 1).unwrap();
    pool.spend(0, 1, 9).unwrap();
    pool.spend(1, 0, 5).unwrap();
    let raw = priced(&wallet(2), Call::Spawn(wallet(8)), 0, 4);
    pool.add(&raw).unwrap();
    pool.spend(2, 1, 9).unwrap();
    pool.spend(3, 0, 1).unwrap();
    // By fee, not by price: a spawn has more gas than a spend.
    let order = [(2, 0), (2, 1), (1, 0), (0, 0), (0, 1), (3, 0)];
    assert_eq!(pool.offered(), order);
    // The spawn doesn't fit, so what its account has after it doesn't come either.
    let best = pool.mempool.best(100_000);
    let nonces: Vec<u64> = best.iter().map(|tx| tx.header.nonce).collect();
    assert_eq!(nonces, [0, 0]);
    assert!(best.iter().all(|tx| tx.principal() != wallet(2).address()));
    assert!(pool.mempool.best(0).is_empty());
}

#[test]
fn coins_that_arrive_make_waiting_transactions_payable() {
    let mut pool = Pool::new(Limits::default(), &[2 * SPEND + 2, 10_000_000]);
    pool.spend(0, 0, 1).unwrap();
    pool.spend(0, 1, 1).unwrap();
    pool.spend(0, 0, 2).unwrap();
    assert_eq!(pool.offered(), [(0, 0)]);
    pool.apply(&[tx(&wallet(1), spend(&wallet(0), 5 * SPEND), 0)]);
    assert_eq!(pool.offered(), [(0, 0), (0, 1)]);
}

#[test]
fn a_revert_brings_transactions_back() {
    let mut pool = Pool::new(Limits::default(), &[10_000_000]);
    let stored: StoredTx = pool.spend(0, 0, 1).unwrap().stored;
    pool.spend(0, 1, 1).unwrap();
    let effect = apply(&pool.accounts, std::slice::from_ref(&stored.raw));
    commit(&mut pool.accounts, &effect);
    pool.mempool.layer_applied(&effect, &pool.accounts).unwrap();
    assert_eq!(pool.offered(), [(0, 1)]);
    undo(&mut pool.accounts, &effect);
    let returned = [stored.clone()];
    let dropped = pool.mempool.reverted(LayerId(29), returned, &pool.accounts);
    assert_eq!(dropped, Ok(Vec::new()));
    assert_eq!(pool.offered(), [(0, 0), (0, 1)]);
    pool.mempool.mark(LayerId(30), &[stored.tx.id]);
    assert_eq!(pool.offered(), [(0, 1)]);
}

#[test]
fn stored_rows_are_loaded_as_far_as_there_is_room() {
    let mut pool = Pool::new(Limits::default(), &[10_000_000; 2]);
    let rows: Vec<StoredTx> = (0..4)
        .map(|nonce| pool.spend(0, nonce, 1).unwrap().stored)
        .collect();
    pool.accounts.put(spawned(&wallet(0), 10_000_000, 1));
    let limits = Limits {
        transactions: 3,
        ..Limits::default()
    };
    let mut loaded = Mempool::new(limits, LayerId(29));
    let dropped = loaded.load(rows.clone(), &pool.accounts).unwrap();
    let reasons: Vec<DropReason> = dropped.iter().map(|dropped| dropped.reason).collect();
    assert_eq!(reasons, [DropReason::Evicted, DropReason::Stale]);
    let nonces: Vec<u64> = loaded
        .best(u64::MAX)
        .iter()
        .map(|tx| tx.header.nonce)
        .collect();
    assert_eq!(nonces, [1, 2]);
}

#[test]
fn what_waits_too_long_is_dropped_unless_it_is_packed() {
    let mut pool = Pool::new(Limits::default(), &[10_000_000]);
    let ids: Vec<TransactionId> = (0..3)
        .map(|nonce| pool.spend(0, nonce, 1).unwrap().stored.tx.id)
        .collect();
    pool.mempool.mark(LayerId(33), &ids[..1]);
    let dropped = pool.mempool.expire(Timestamp::from_unix_nanos(3));
    let (id, reason) = (ids[1], DropReason::Expired);
    assert_eq!(dropped, [Dropped { id, reason }]);
    assert_eq!(pool.mempool.len(), 2);
    // Its coins are free again.
    let spent = Smidge(10_000_000 - 2 * (SPEND + 1));
    assert_eq!(
        pool.mempool.projection(&wallet(0).address()),
        Some((3, spent))
    );
}
