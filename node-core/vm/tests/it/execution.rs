//! What transactions do to accounts, and what they cost (02 §4.3, §4.4).

use spacemesh_codec::encode;
use spacemesh_types::transaction::{Call, METHOD_SPAWN, METHOD_SPEND, SpawnArgs, Template, Vault};
use spacemesh_types::wire::TransactionStatus;
use spacemesh_types::{Address, Hrp, LayerId, Smidge};
use spacemesh_vm::{AccountMap, Ineffectiveness, LayerInput, apply_layer, state_hash};

use crate::world::*;

const RICH: u64 = 1_000_000_000;

#[test]
fn a_spawn_and_what_it_enables_run_in_one_block() {
    let accounts: AccountMap = [row(wallet(0).address(), RICH)].into_iter().collect();
    let effect = apply(
        &accounts,
        &[
            tx(&wallet(0), spend(&wallet(1), 5), 0),
            tx(&wallet(0), Call::Spawn(wallet(0)), 0),
            tx(&wallet(0), spend(&wallet(1), 5), 1),
        ],
    );
    // The first spend comes too early: parsing depends on the state (Trap 18).
    assert!(matches!(
        effect.ineffective[0].reason,
        Ineffectiveness::Unparsed(_)
    ));
    assert_eq!(effect.ineffective[0].header, None);
    assert_eq!(messages(&effect), ["", ""]);
    let [spawner, receiver] = &effect.accounts[..] else {
        panic!("two accounts change")
    };
    assert_eq!(spawner.template, Some(Template::Wallet.address()));
    assert_eq!(spawner.state.as_slice(), public(0).0);
    assert_eq!((spawner.next_nonce, spawner.layer), (2, LAYER));
    assert_eq!(spawner.balance.0, RICH - 100_432 - 36_090 - 5);
    assert_eq!((receiver.balance.0, receiver.next_nonce), (5, 0));
    assert_eq!(effect.fees, Smidge(100_432 + 36_090));
}

#[test]
fn anyone_can_spawn_any_account_but_only_once() {
    let accounts: AccountMap = [spawned(&wallet(0), RICH, 0), row(multisig().address(), 77)]
        .into_iter()
        .collect();
    let effect = apply(
        &accounts,
        &[
            tx(&wallet(0), Call::Spawn(multisig()), 0),
            tx(&wallet(0), Call::Spawn(multisig()), 1),
            tx(&wallet(0), Call::Spawn(wallet(0)), 2),
            // Spawned by somebody else, it starts with nonce 0.
            tx(&multisig(), spend(&wallet(1), 1), 0),
        ],
    );
    assert_eq!(
        messages(&effect),
        ["", "account already spawned", "account already spawned"]
    );
    // Balance and nonce stay; 77 smidge don't cover the intrinsic gas.
    let made = &effect.accounts[1];
    assert_eq!((made.address, made.balance.0), (multisig().address(), 77));
    assert_eq!(made.state.as_slice(), encode(&multisig()));
    assert!(matches!(
        effect.ineffective[0].reason,
        Ineffectiveness::IntrinsicGas {
            balance: Smidge(77),
            ..
        }
    ));
}

#[test]
fn every_template_that_signs_spawns_itself_and_spends() {
    for account in [wallet(0), multisig(), vesting()] {
        let accounts: AccountMap = [row(account.address(), RICH)].into_iter().collect();
        let effect = apply(
            &accounts,
            &[
                tx(&account, Call::Spawn(account.clone()), 0),
                tx(&account, spend(&wallet(9), 1000), 5),
            ],
        );
        assert_eq!(messages(&effect), ["", ""], "{:?}", account.template());
        assert_eq!(effect.accounts[0].next_nonce, 6, "gaps are jumped over");
        assert_eq!(effect.accounts[1].balance.0, 1000);
    }
}

#[test]
fn a_failed_transaction_pays_all_its_gas_and_its_nonce() {
    let accounts: AccountMap = [spawned(&wallet(0), 1_000_000, 0)].into_iter().collect();
    let effect = apply(
        &accounts,
        &[tx(&wallet(0), spend(&wallet(1), 1_000_000), 3)],
    );
    let result = &effect.executed[0].result;
    assert_eq!(result.status, TransactionStatus::FAILURE);
    assert_eq!(result.message.to_text(), "no balance");
    assert_eq!((result.gas, result.fee), (36_090, Smidge(36_090)));
    assert_eq!(result.addresses.as_slice(), [wallet(0).address()]);
    assert_eq!(effect.accounts.len(), 1);
    assert_eq!(effect.accounts[0].balance.0, 1_000_000 - 36_090);
    assert_eq!(effect.accounts[0].next_nonce, 4);
}

#[test]
fn out_of_gas_takes_the_whole_balance() {
    // Intrinsic gas is 24,920, all of it 36,090.
    let accounts: AccountMap = [spawned(&wallet(0), 30_000, 0)].into_iter().collect();
    let effect = apply(&accounts, &[tx(&wallet(0), spend(&wallet(1), 0), 0)]);
    assert_eq!(messages(&effect), ["out of gas"]);
    let result = &effect.executed[0].result;
    assert_eq!((result.gas, result.fee), (36_090, Smidge(30_000)));
    assert_eq!(effect.accounts[0].balance, Smidge::ZERO);
    assert_eq!(
        (effect.burnt, effect.issued),
        (Smidge(30_000), Smidge::ZERO)
    );
}

#[test]
fn the_intrinsic_check_compares_smidge_with_gas_whatever_the_price() {
    let spend_at = |balance, price| {
        let accounts: AccountMap = [spawned(&wallet(0), balance, 0)].into_iter().collect();
        apply(
            &accounts,
            &[priced(&wallet(0), spend(&wallet(1), 0), 0, price)],
        )
    };
    // 20,000 + 3,000 + 128 for each of 15 groups of eight bytes.
    let short = Ineffectiveness::IntrinsicGas {
        balance: Smidge(24_919),
        intrinsic_gas: 24_920,
    };
    assert_eq!(spend_at(24_919, 1).ineffective[0].reason, short);
    assert_eq!(messages(&spend_at(24_920, 50)), ["out of gas"]);
}

#[test]
fn the_first_check_that_fails_decides() {
    let poor: AccountMap = [spawned(&wallet(0), 100, 5)].into_iter().collect();
    let unsigned = |price| {
        let mut raw = priced(&wallet(0), spend(&wallet(1), 0), 0, price);
        *raw.last_mut().unwrap() ^= 1;
        raw
    };
    let reason = |accounts: &AccountMap, limit: u64, raw: Vec<u8>| {
        let params = spacemesh_vm::Params {
            block_gas_limit: limit,
            ..params()
        };
        let effect = apply_with(&params, accounts, &[raw]);
        assert_eq!(effect.state_hash, state_hash(&[]), "free of charge");
        effect.ineffective[0].clone()
    };
    // Everything is wrong with each; one thing less from row to row.
    assert_eq!(
        reason(&poor, 0, unsigned(0)).reason,
        Ineffectiveness::NoGasPrice
    );
    assert!(matches!(
        reason(&poor, 0, unsigned(1)).reason,
        Ineffectiveness::IntrinsicGas { .. }
    ));
    let rich: AccountMap = [spawned(&wallet(0), RICH, 5)].into_iter().collect();
    assert!(matches!(
        reason(&rich, 0, unsigned(1)).reason,
        Ineffectiveness::BlockGas { left: 0, .. }
    ));
    assert_eq!(
        reason(&rich, u64::MAX, unsigned(1)).reason,
        Ineffectiveness::Signature
    );
    let used = reason(&rich, u64::MAX, tx(&wallet(0), spend(&wallet(1), 0), 4));
    assert_eq!(used.reason, Ineffectiveness::Nonce { nonce: 4, next: 5 });
    // The only one whose header may be stored.
    assert_eq!(used.header.map(|header| header.nonce), Some(4));
}

#[test]
fn a_transaction_that_does_not_fit_is_skipped_and_later_ones_run() {
    let accounts: AccountMap = [spawned(&wallet(0), RICH, 0), spawned(&wallet(1), RICH, 0)]
        .into_iter()
        .collect();
    let params = spacemesh_vm::Params {
        block_gas_limit: 80_000,
        ..params()
    };
    let effect = apply_with(
        &params,
        &accounts,
        &[
            tx(&wallet(0), spend(&wallet(2), 1), 0),
            tx(&wallet(0), Call::Spawn(wallet(3)), 1),
            tx(&wallet(1), spend(&wallet(2), 1), 0),
            tx(&wallet(1), spend(&wallet(2), 1), 1),
        ],
    );
    assert_eq!(effect.executed.len(), 2);
    let left: Vec<_> = effect
        .ineffective
        .iter()
        .map(|i| i.reason.clone())
        .collect();
    assert!(matches!(
        left[..],
        [
            Ineffectiveness::BlockGas { left: first, .. },
            Ineffectiveness::BlockGas { left: second, .. }
        ] if second < first
    ));
}

#[test]
fn arithmetic_wraps_as_in_the_reference() {
    // The gas of 17 groups of eight bytes, so that the fee is little more than 2^64.
    let price = u64::MAX / 36_346 + 1;
    let accounts: AccountMap = [spawned(&wallet(0), RICH, 0)].into_iter().collect();
    let raw = priced(&wallet(0), spend(&wallet(1), 7), u64::MAX, price);
    let effect = apply(&accounts, &[raw]);
    assert_eq!(messages(&effect), [""]);
    let result = &effect.executed[0].result;
    assert_eq!(result.fee.0, result.gas.wrapping_mul(price));
    assert!(result.fee.0 < 100_000_000);
    assert_eq!(effect.accounts[0].next_nonce, 0, "after 2^64 - 1 comes 0");
}

#[test]
fn the_order_of_first_changes_is_hashed_with_the_last_content() {
    let mut accounts: AccountMap = [
        spawned(&wallet(0), RICH, 0),
        spawned(&wallet(1), RICH, 0),
        spawned(&vesting(), RICH, 0),
        spawned(&vault(), 1_000_000, 0),
    ]
    .into_iter()
    .collect();
    let raw = [
        // Fails, and is changed first all the same.
        tx(&wallet(1), spend(&wallet(0), 2 * RICH), 0),
        tx(&vesting(), drain(&wallet(2), 500), 0),
        tx(&wallet(0), spend(&wallet(1), 11), 0),
    ];
    let transactions = listed(&raw);
    let rewards = [reward(&wallet(2), 1, 1, 1), reward(&wallet(3), 2, 1, 1)];
    let input = LayerInput {
        rewards: &rewards,
        ..block(&transactions)
    };
    let verify = &spacemesh_vm::verify_signature;
    let effect = apply_layer(&params(), &accounts, &input, verify).unwrap();
    let order: Vec<Address> = effect.accounts.iter().map(|row| row.address).collect();
    let expected = [
        wallet(1),
        vesting(),
        wallet(2), // the destination of a drain before its vault; as a coinbase it keeps its place
        vault(),
        wallet(0),
        wallet(3),
    ];
    assert_eq!(order, expected.map(|account| account.address()));
    assert_eq!(effect.state_hash, state_hash(&effect.accounts));
    commit(&mut accounts, &effect);
    assert_eq!(balance(&accounts, &wallet(1)), effect.accounts[0].balance.0);
    assert!(balance(&accounts, &wallet(1)) > RICH - 40_000);
}

#[test]
fn a_payment_of_nothing_makes_an_account() {
    let accounts: AccountMap = [spawned(&wallet(0), RICH, 0)].into_iter().collect();
    let mut foreign = wallet(1).address();
    foreign.0[0] = 0xff;
    let call = Call::Spend {
        destination: foreign,
        amount: Smidge::ZERO,
    };
    let effect = apply(&accounts, &[tx(&wallet(0), call, 0)]);
    assert_eq!(
        effect.accounts[1].address, foreign,
        "any bytes are an address"
    );
    assert_eq!(effect.accounts[1].balance, Smidge::ZERO);
}

#[test]
fn paying_oneself_changes_nothing_but_must_be_possible() {
    let accounts: AccountMap = [spawned(&wallet(0), 100_000, 0)].into_iter().collect();
    let effect = apply(
        &accounts,
        &[
            tx(&wallet(0), spend(&wallet(0), 10), 0),
            tx(&wallet(0), spend(&wallet(0), 90_000), 1),
        ],
    );
    assert_eq!(messages(&effect), ["", "no balance"]);
    assert_eq!(effect.accounts.len(), 1);
    assert_eq!(effect.accounts[0].balance.0, 100_000 - 2 * 36_090);
}

#[test]
fn what_was_verified_on_arrival_is_not_verified_again() {
    let accounts: AccountMap = [spawned(&wallet(0), RICH, 0)].into_iter().collect();
    let raw = [tx(&wallet(0), spend(&wallet(1), 1), 0)];
    let mut transactions = listed(&raw);
    transactions[0].verified = true;
    let never = |_: &_, _: &[u8], _: &_| panic!("verified again");
    let effect = apply_layer(&params(), &accounts, &block(&transactions), &never).unwrap();
    assert_eq!(effect.executed.len(), 1);
}

#[test]
fn bytes_after_the_signature_belong_to_the_message() {
    let accounts: AccountMap = [spawned(&wallet(0), RICH, 0)].into_iter().collect();
    let mut raw = tx(&wallet(0), spend(&wallet(1), 1), 0);
    raw.push(0);
    let effect = apply(&accounts, &[raw]);
    assert_eq!(effect.ineffective[0].reason, Ineffectiveness::Signature);
}

#[test]
fn padded_numbers_are_taken_and_addresses_follow_from_canonical_arguments() {
    let accounts: AccountMap = [spawned(&wallet(0), RICH, 0)].into_iter().collect();
    let terms = Vault {
        owner: wallet(0).address(),
        total: Smidge(1 << 30),
        initial_unlock: Smidge(0),
        start: LayerId(1),
        end: LayerId(2),
    };
    let mut raw = vec![0];
    raw.extend(wallet(0).address().0);
    raw.push(METHOD_SPAWN << 2);
    raw.extend(Template::Vault.address().0);
    raw.extend(encode(&0_u64)); // nonce
    raw.extend(encode(&1_u64)); // price
    raw.extend(terms.owner.0);
    raw.extend([0x13, 0, 0, 0, 0x40, 0, 0, 0, 0]); // 2^30 in eight bytes instead of four
    raw.extend(encode(&terms.initial_unlock));
    raw.extend(encode(&terms.start));
    raw.extend(encode(&terms.end));
    let effect = apply(&accounts, &[sign(&wallet(0), raw)]);
    assert_eq!(messages(&effect), [""]);
    let canonical = SpawnArgs::Vault(terms);
    assert_eq!(effect.accounts[1].address, canonical.address());
    assert_eq!(effect.accounts[1].state.as_slice(), encode(&canonical));
}

#[test]
fn a_vault_never_acts_by_itself() {
    let accounts: AccountMap = [spawned(&vault(), RICH, 0)].into_iter().collect();
    let mut raw = vec![0];
    raw.extend(vault().address().0);
    raw.push(METHOD_SPEND << 2);
    // No nonce and no price: the payload is read as the principal's kind has it.
    raw.extend(wallet(0).address().0);
    raw.extend(encode(&5_u64));
    let unspawned: AccountMap = [row(vault().address(), RICH)].into_iter().collect();
    let mut spawn = vec![0];
    spawn.extend(vault().address().0);
    spawn.push(METHOD_SPAWN << 2);
    spawn.extend(Template::Vault.address().0);
    spawn.extend(encode(&vault()));
    for (accounts, raw) in [(accounts, raw), (unspawned, spawn)] {
        let effect = apply(&accounts, &[raw]);
        assert_eq!(effect.ineffective[0].reason, Ineffectiveness::NoGasPrice);
    }
}

#[test]
fn failures_name_addresses_of_the_network() {
    let accounts: AccountMap = [spawned(&vesting(), RICH, 0), spawned(&wallet(1), 1, 0)]
        .into_iter()
        .collect();
    let call = Call::Drain {
        vault: wallet(1).address(),
        destination: wallet(2).address(),
        amount: Smidge(1),
    };
    let effect = apply(&accounts, &[tx(&vesting(), call, 0)]);
    let text = |template: Template| template.address().to_bech32(&Hrp::TESTNET);
    assert_eq!(
        messages(&effect),
        [format!(
            "relay template mismatch: {} != {}",
            text(Template::Vault),
            text(Template::Wallet)
        )]
    );
}

#[test]
fn transactions_of_another_version_have_no_effect() {
    let accounts: AccountMap = [spawned(&wallet(0), RICH, 0)].into_iter().collect();
    let mut raw = tx(&wallet(0), spend(&wallet(1), 1), 0);
    raw[0] = 1 << 2;
    let effect = apply(&accounts, &[raw, vec![0; 1025], Vec::new()]);
    let shown: Vec<String> = effect
        .ineffective
        .iter()
        .map(|ineffective| ineffective.reason.to_string())
        .collect();
    assert!(shown[0].contains("version 1"), "{shown:?}");
    assert!(shown[1].contains("1025 bytes"), "{shown:?}");
    assert!(shown[2].contains("malformed"), "{shown:?}");
}
