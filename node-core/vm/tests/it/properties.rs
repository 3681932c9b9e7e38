//! What must hold for any block, and for any bytes.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use spacemesh_types::transaction::{Call, SpawnArgs, id_of};
use spacemesh_types::{EdSignature, LayerId, PublicKey, Timestamp};
use spacemesh_vm::mempool::{Limits, Mempool};
use spacemesh_vm::{
    AccountMap, Accounts, BlockTx, CoinbaseReward, LayerInput, Ledger, apply_layer, check,
    verify_signature,
};

use crate::world::*;

/// A transaction of anybody, often possible, often not.
#[derive(Debug, Clone)]
struct Step {
    from: u8,
    to: u8,
    kind: u8,
    amount: u64,
    nonce: u64,
    price: u64,
}

fn step() -> impl Strategy<Value = Step> {
    let amount = prop_oneof![0..1000_u64, 100_000..2_000_000_u64, any::<u64>()];
    let price = prop_oneof![Just(1), 0..3_u64, any::<u64>()];
    (0..4_u8, 0..7_u8, 0..8_u8, amount, 0..6_u64, price).prop_map(
        |(from, to, kind, amount, nonce, price)| Step {
            from,
            to,
            kind,
            amount,
            nonce,
            price,
        },
    )
}

fn account(number: u8) -> SpawnArgs {
    match number {
        0 | 1 => wallet(number),
        2 => multisig(),
        3 => vesting(),
        4 => vault(),
        other => wallet(other),
    }
}

impl Step {
    fn raw(&self) -> Vec<u8> {
        let (from, to) = (account(self.from), account(self.to));
        let call = match self.kind {
            0 | 1 => Call::Spawn(from.clone()),
            2 => Call::Spawn(to),
            3 => drain(&to, self.amount),
            _ => spend(&to, self.amount),
        };
        priced(&from, call, self.nonce, self.price)
    }
}

fn shares() -> impl Strategy<Value = Vec<CoinbaseReward>> {
    let weight = (1..=u64::MAX, 1..=u64::MAX, 0..7_u8);
    vec(weight, 0..4).prop_map(|weights| {
        let numbered = (0..).zip(weights);
        numbered
            .map(|(smesher, (num, denom, to))| reward(&account(to), smesher, num, denom))
            .collect()
    })
}

fn rich() -> AccountMap {
    (0..5)
        .map(|number| row(account(number).address(), 3_000_000))
        .collect()
}

fn input<'a>(transactions: &'a [BlockTx<'a>], rewards: &'a [CoinbaseReward]) -> LayerInput<'a> {
    LayerInput {
        rewards,
        ..block(transactions)
    }
}

/// As they are listed after they were verified on arrival.
fn verified(raw: &[Vec<u8>]) -> Vec<BlockTx<'_>> {
    let mut transactions = listed(raw);
    for transaction in &mut transactions {
        transaction.verified = true;
    }
    transactions
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn coins_come_from_issuance_and_go_by_burning_alone(
        blocks in vec((vec(step(), 0..12), shares()), 1..5),
    ) {
        let start = rich();
        let mut ledger = Ledger::new(params(), start.iter().cloned(), LayerId(29));
        let (mut issued, mut burnt) = (0_u128, 0_u128);
        for (number, (steps, rewards)) in (30..).zip(&blocks) {
            let raw: Vec<Vec<u8>> = steps.iter().map(Step::raw).collect();
            let transactions = verified(&raw);
            let input = LayerInput { layer: LayerId(number), ..input(&transactions, rewards) };
            let effect = ledger.apply(&input, &verify_signature).unwrap();
            issued += u128::from(effect.issued.0);
            burnt += u128::from(effect.burnt.0);
            prop_assert_eq!(effect.executed.len() + effect.ineffective.len(), raw.len());
            prop_assert_eq!(ledger.accounts().total(), start.total() + issued - burnt);
        }
        // Back to the start, and each layer on its own is the identity too.
        ledger.revert_to(LayerId(29)).unwrap();
        prop_assert_eq!(ledger.accounts(), &start);
    }

    #[test]
    fn taking_a_layer_back_is_the_identity(steps in vec(step(), 0..12), rewards in shares()) {
        let mut accounts = rich();
        let raw: Vec<Vec<u8>> = steps.iter().map(Step::raw).collect();
        let transactions = verified(&raw);
        let effect =
            apply_layer(&params(), &accounts, &input(&transactions, &rewards), &verify_signature)
                .unwrap();
        let before = accounts.clone();
        commit(&mut accounts, &effect);
        undo(&mut accounts, &effect);
        prop_assert_eq!(accounts, before);
    }

    #[test]
    fn the_order_of_verification_does_not_matter(steps in vec(step(), 0..10), rewards in shares()) {
        let accounts = rich();
        let raw: Vec<Vec<u8>> = steps.iter().map(Step::raw).collect();
        let transactions = listed(&raw);
        let input = input(&transactions, &rewards);
        let at_once = apply_layer(&params(), &accounts, &input, &verify_signature).unwrap();

        // Collect what is asked, verify it in another order, apply with the answers.
        type Question = (PublicKey, Vec<u8>, EdSignature);
        let asked = RefCell::new(Vec::<Question>::new());
        let note = |key: &PublicKey, message: &[u8], signature: &EdSignature| {
            asked.borrow_mut().push((*key, message.to_vec(), *signature));
            true
        };
        apply_layer(&params(), &accounts, &input, &note).unwrap();
        let mut answers = BTreeMap::new();
        for (key, message, signature) in asked.into_inner().into_iter().rev() {
            let answer = verify_signature(&key, &message, &signature);
            answers.insert((key, message, signature.0), answer);
        }
        let look_up = |key: &PublicKey, message: &[u8], signature: &EdSignature| {
            answers.get(&(*key, message.to_vec(), signature.0)).copied()
                .unwrap_or_else(|| verify_signature(key, message, signature))
        };
        let from_answers = apply_layer(&params(), &accounts, &input, &look_up).unwrap();
        prop_assert_eq!(&at_once, &from_answers);

        // Those that are signed may as well have been verified on arrival.
        let on_arrival = apply_layer(
            &params(),
            &accounts,
            &LayerInput { transactions: &verified(&raw), ..input },
            &|_, _, _| false,
        );
        prop_assert_eq!(at_once, on_arrival.unwrap());
    }

    #[test]
    fn no_bytes_stop_a_layer(
        noise in vec(vec(any::<u8>(), 0..200), 0..6),
        steps in vec((step(), any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let accounts: AccountMap = (0..5).map(|n| spawned(&account(n), 5_000_000, 0)).collect();
        let mut raw = noise;
        for (step, at, byte) in steps {
            let mut changed = step.raw();
            let at = at.index(changed.len());
            changed[at] = byte;
            raw.push(changed);
        }
        for transactions in [listed(&raw), verified(&raw)] {
            let effect =
                apply_layer(&params(), &accounts, &block(&transactions), &verify_signature).unwrap();
            prop_assert_eq!(effect.executed.len() + effect.ineffective.len(), raw.len());
            let after: u128 = effect.accounts.iter().map(|row| u128::from(row.balance.0)).sum();
            let before: u128 = effect.undo.rows().iter()
                .filter_map(|(_, row)| row.as_ref())
                .map(|row| u128::from(row.balance.0))
                .sum();
            prop_assert_eq!(after, before - u128::from(effect.burnt.0));
        }
        for raw in &raw {
            let _ = check(&params(), &accounts, raw, &|_, _, _| true);
        }
    }

    /// What is offered can be executed as it is, whatever came, went and was applied meanwhile.
    #[test]
    fn what_the_mempool_offers_can_be_paid(
        rounds in vec((vec(step(), 0..25), any::<bool>(), 0..100_u8), 1..6),
    ) {
        let limits = Limits { transactions: 20, per_account: 8, ..Limits::default() };
        let mut accounts: AccountMap =
            (0..4).map(|number| spawned(&account(number), 3_000_000, 0)).collect();
        let mut mempool = Mempool::new(limits, LayerId(29));
        let mut clock = 0;
        for (number, (steps, include, expire)) in (30..).zip(rounds) {
            for step in steps {
                clock += 1;
                let raw = step.raw();
                if let Ok(checked) = check(&params(), &accounts, &raw, &|_, _, _| true) {
                    let _ = mempool.admit(checked, Timestamp::from_unix_nanos(clock), &accounts);
                }
                prop_assert!(mempool.len() <= 20);
            }
            if expire < 30 {
                mempool.expire(Timestamp::from_unix_nanos(clock - i128::from(expire)));
            }
            let best = mempool.best(u64::MAX);
            let raw: Vec<Vec<u8>> = best
                .iter()
                .map(|tx| mempool.get(&tx.id).unwrap().raw.clone())
                .collect();
            prop_assert!(raw.iter().zip(&best).all(|(raw, tx)| id_of(raw) == tx.id));
            for tx in &best {
                let row = accounts.get(&tx.principal()).unwrap().unwrap();
                prop_assert!(tx.header.nonce >= row.next_nonce);
            }
            let transactions = if include { verified(&raw) } else { Vec::new() };
            let input = LayerInput { layer: LayerId(number), ..block(&transactions) };
            let effect = apply_layer(&params(), &accounts, &input, &verify_signature).unwrap();
            // Only another account's payment could make one fail, and those only add.
            let poor = effect.executed.iter().filter(|executed| {
                let message = executed.result.message.to_text();
                message == "out of gas" || message == "no balance"
            });
            prop_assert_eq!(poor.count(), 0);
            let of_nonces = effect.ineffective.iter().filter(|i| i.header.is_some());
            prop_assert_eq!(of_nonces.count(), 0);
            commit(&mut accounts, &effect);
            mempool.layer_applied(&effect, &accounts).unwrap();
            prop_assert!(include || mempool.len() >= best.len().min(20) || expire < 30);
        }
    }
}
