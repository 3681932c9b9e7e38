//! Building, reviewing and pricing transactions (12 §4.8; 02 §3.2; Traps 21, 22).

use proptest::prelude::*;
use spacemesh_codec::compact_size;
use spacemesh_types::{
    Address, Hrp, LayerId, Smidge,
    transaction::{SpawnArgs, Vault, parse},
};
use spacemesh_wallet::{
    tx::{
        Action, BuildError, Draft, Review, ReviewError, ReviewItem, activation_fee, max_drain,
        max_spend,
    },
    verify,
};

use crate::made::{GENESIS, address, seed, wallet_of};

fn members(required: u8) -> Vec<spacemesh_types::PublicKey> {
    (1..=required.max(3))
        .map(|n| seed(n).public_key())
        .collect()
}

fn spend(account: SpawnArgs, amount: u64) -> Draft {
    Draft {
        account,
        action: Action::Spend {
            destination: address(9),
            amount: Smidge(amount),
        },
        nonce: 1,
        gas_price: 1,
    }
}

#[test]
fn every_action_of_every_template_is_accepted_by_the_networks_rules() {
    let vesting = SpawnArgs::vesting(2, members(2)).unwrap();
    let vault = SpawnArgs::vault(Vault {
        owner: vesting.address(),
        total: Smidge(1_000),
        initial_unlock: Smidge(250),
        start: LayerId(1),
        end: LayerId(9),
    })
    .unwrap();
    for account in [
        wallet_of(1),
        SpawnArgs::multisig(2, members(2)).unwrap(),
        vesting.clone(),
    ] {
        let mut actions = vec![
            Action::SelfSpawn,
            Action::Spawn(wallet_of(7)),
            Action::Spawn(vault.clone()),
            spend(account.clone(), 5).action,
        ];
        if account == vesting {
            actions.push(Action::Drain {
                vault: vault.address(),
                destination: address(9),
                amount: Smidge(3),
            });
        }
        for action in actions {
            let draft = Draft {
                account: account.clone(),
                action,
                nonce: 70,
                gas_price: 3,
            };
            let mut pending = draft.build(GENESIS).unwrap();
            pending.sign(&seed(1)).unwrap();
            if account.required() == 2 {
                pending.sign(&seed(2)).unwrap();
            }
            let raw = pending.to_raw().unwrap();
            let parsed = parse(&raw, Some(&account)).unwrap();
            assert!(parsed.is_signed(&raw, GENESIS, verify));
            assert_eq!(parsed.header.max_gas, draft.max_gas().unwrap());
            assert_eq!(parsed.header.fee(), draft.fee().unwrap());
            assert_eq!(parsed.header.spending(), draft.spending().unwrap());
        }
    }
}

#[test]
fn wishes_the_network_or_a_person_would_regret_are_refused() {
    let vesting = SpawnArgs::vesting(1, members(1)).unwrap();
    let vault = SpawnArgs::Vault(Vault {
        owner: vesting.address(),
        total: Smidge(8),
        initial_unlock: Smidge(2),
        start: LayerId(1),
        end: LayerId(9),
    });
    let error = |draft: Draft| draft.build(GENESIS).unwrap_err();
    assert_eq!(error(spend(vault, 1)), BuildError::VaultCannotSign);
    let free = Draft {
        gas_price: 0,
        ..spend(wallet_of(1), 1)
    };
    assert_eq!(error(free), BuildError::FreeGas);
    let drain = Draft {
        action: Action::Drain {
            vault: address(2),
            destination: address(3),
            amount: Smidge(1),
        },
        ..spend(wallet_of(1), 1)
    };
    assert_eq!(error(drain), BuildError::NotVesting);
    // On the network this fee would wrap to a small number.
    let wrapping = Draft {
        gas_price: u64::MAX / 36_000,
        ..spend(wallet_of(1), 1)
    };
    assert_eq!(error(wrapping), BuildError::TooExpensive);
    assert_eq!(
        error(spend(wallet_of(1), u64::MAX)),
        BuildError::TooExpensive
    );
    let mut lost = spend(wallet_of(1), 1);
    let nobody = Address([1; 24]);
    lost.action = Action::Spend {
        destination: nobody,
        amount: Smidge(1),
    };
    assert_eq!(error(lost), BuildError::LostCoins { address: nobody });
    let crowd = SpawnArgs::multisig(10, vec![seed(1).public_key(); 10]).unwrap();
    let heavy = Draft {
        account: crowd,
        action: Action::SelfSpawn,
        nonce: 0,
        gas_price: 64,
    };
    assert_eq!(error(heavy), BuildError::TooLong { found: 1025 });
}

#[test]
fn activation_costs_what_the_chapter_says() {
    assert_eq!(activation_fee(&wallet_of(1), 1), Ok(Smidge(100_432)));
    assert_eq!(activation_fee(&wallet_of(1), 3), Ok(Smidge(301_296)));
}

#[test]
fn the_fee_follows_the_sizes_of_nonce_price_and_amount() {
    // Estimating with price 1 is a lower bound only: 16,384 takes three bytes more.
    let fee = |gas_price| {
        let draft = Draft {
            gas_price,
            ..spend(wallet_of(1), 1_000)
        };
        (draft.max_gas().unwrap(), draft.fee().unwrap().0)
    };
    assert_eq!(fee(1), (36_090, 36_090));
    let (gas, total) = fee(16_384);
    assert!(gas > 36_090);
    assert_eq!(total, gas * 16_384);
}

#[test]
fn a_balance_equal_to_amount_and_fee_is_enough() {
    let most = max_spend(&wallet_of(1), Smidge(100_000), 1, 1)
        .unwrap()
        .unwrap();
    let draft = spend(wallet_of(1), most.0);
    assert_eq!(draft.spending(), Ok(Smidge(100_000)));
    assert_eq!(max_spend(&wallet_of(1), Smidge(36_089), 1, 1), Ok(None));
    assert_eq!(
        max_spend(&wallet_of(1), Smidge(36_090), 1, 1),
        Ok(Some(Smidge::ZERO))
    );
    assert_eq!(max_spend(&wallet_of(1), Smidge(1), 1, u64::MAX), Ok(None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_largest_amount_fits_and_no_larger_one_does(
        balance in prop_oneof![0_u64..1 << 20, 0_u64..1 << 40, any::<u64>()],
        nonce in prop_oneof![0_u64..200, any::<u64>()],
        gas_price in 1_u64..100_000,
    ) {
        let account = wallet_of(1);
        let fits = |amount: u64| {
            let draft = Draft { nonce, gas_price, ..spend(account.clone(), amount) };
            draft.spending().is_ok_and(|spending| spending.0 <= balance)
        };
        match max_spend(&account, Smidge(balance), nonce, gas_price).unwrap() {
            Some(Smidge(most)) => {
                prop_assert!(fits(most));
                // A few larger ones around each change of size.
                for more in [1, 2, 100, 1_000, 10_000_000] {
                    prop_assert!(most.checked_add(more).is_none_or(|amount| !fits(amount)));
                }
            }
            None => prop_assert!(!fits(0) && !fits(64) && !fits(1 << 14)),
        }
    }

    #[test]
    fn the_largest_drain_is_bounded_by_the_vault_and_by_the_fee(
        available in any::<u64>(), balance in 0_u64..200_000, gas_price in 1_u64..4,
    ) {
        let account = SpawnArgs::vesting(1, members(1)).unwrap();
        let payable = |amount: u64| {
            let action = Action::Drain { vault: address(2), destination: address(3), amount: Smidge(amount) };
            let draft = Draft { account: account.clone(), action, nonce: 1, gas_price };
            draft.fee().is_ok_and(|fee| fee.0 <= balance)
        };
        let most = max_drain(&account, Smidge(available), Smidge(balance), 1, gas_price).unwrap();
        match most {
            Some(Smidge(most)) => {
                prop_assert!(most <= available && payable(most));
                prop_assert!(most == available || compact_size(most + 1) > compact_size(most) && !payable(most + 1));
            }
            None => prop_assert!(!payable(0)),
        }
    }
}

#[test]
fn what_is_confirmed_is_read_from_the_bytes_that_are_signed() {
    let pending = spend(wallet_of(1), 12_500_000_000).build(GENESIS).unwrap();
    let review = Review::of(&pending).unwrap();
    let lines: Vec<(ReviewItem, String)> = review
        .device_lines(&Hrp::TESTNET)
        .into_iter()
        .map(|line| (line.item, line.value))
        .collect();
    let text = |number| address(number).to_bech32(&Hrp::TESTNET);
    assert_eq!(
        lines,
        [
            (ReviewItem::Kind, "Spend".to_owned()),
            (ReviewItem::Principal, text(1)),
            (ReviewItem::Destination, text(9)),
            (ReviewItem::Amount, "SMH 12.5".to_owned()),
            (ReviewItem::GasPrice, "SMIDGE 1".to_owned()),
        ]
    );
    let costs: Vec<(ReviewItem, String)> = review
        .cost_lines(&pending, &Hrp::TESTNET)
        .into_iter()
        .map(|line| (line.item, line.value))
        .collect();
    assert_eq!(
        costs,
        [
            (ReviewItem::MaxGas, "36218".to_owned()),
            (ReviewItem::Fee, "SMH 0.000036218".to_owned()),
            (ReviewItem::Total, "SMH 12.500036218".to_owned()),
        ]
    );
    // Bytes that would be signed without being shown.
    let mut message = pending.signing_message();
    message.push(0);
    assert_eq!(Review::of_message(&message), Err(ReviewError::Unshown(1)));
    assert!(Review::of_message(&message[..19]).is_err());
    assert!(Review::of_message(b"Message:hello world, this is a text and no transaction").is_err());
}

#[test]
fn an_account_spawned_for_somebody_else_is_named() {
    let draft = Draft {
        action: Action::Spawn(wallet_of(7)),
        ..spend(wallet_of(1), 1)
    };
    let pending = draft.build(GENESIS).unwrap();
    let review = Review::of(&pending).unwrap();
    let spawned = &review.cost_lines(&pending, &Hrp::MAINNET)[0];
    assert_eq!(
        (spawned.item, spawned.value.clone()),
        (ReviewItem::Spawned, address(7).to_bech32(&Hrp::MAINNET))
    );
}
