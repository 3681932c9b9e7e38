//! Subsidies and their distribution (02 §5).

use spacemesh_types::transaction::SpawnArgs;
use spacemesh_types::{Address, LayerId, Network, Smidge};
use spacemesh_vm::{
    AccountMap, ApplyError, CoinbaseReward, LayerInput, Params, TOTAL_SUBSIDY, accumulated_subsidy,
    apply_layer, genesis_accounts, is_genesis_missing, restored_accounts, state_hash, subsidy,
    verify_signature,
};

use crate::world::*;

fn pay(
    accounts: &AccountMap,
    raw: &[Vec<u8>],
    rewards: &[CoinbaseReward],
) -> Result<spacemesh_vm::LayerEffect, ApplyError> {
    let transactions = listed(raw);
    let input = LayerInput {
        rewards,
        ..block(&transactions)
    };
    apply_layer(&params(), accounts, &input, &verify_signature)
}

#[test]
fn the_subsidy_counts_from_the_first_effective_genesis_also_after_a_checkpoint() {
    let mainnet = Network::mainnet();
    let params = Params::new(&mainnet.recovered_at(LayerId(50_000)), u64::MAX);
    assert_eq!(params.effective_genesis, LayerId(49_999));
    let first = params.first_effective_genesis;
    assert_eq!(first, LayerId(8063));
    // [ref] rows of the chapter, by layer.
    for (layer, expected) in [
        (8062, 0),
        (8063, 477_618_397_593),
        (8064, 477_618_296_206),
        (50_000, 473_385_426_193),
        (8063 + 1_051_200, 382_094_799_184),
    ] {
        assert_eq!(
            subsidy(LayerId(layer), first),
            Smidge(expected),
            "layer {layer}"
        );
    }
}

#[test]
fn accumulated_issuance_is_exact_where_it_is_an_integer_and_ends_at_the_total() {
    // After k times ten years 0.8^k is left: exact for as long as 5^k divides the total.
    let mut left = TOTAL_SUBSIDY.0;
    for k in 1..=16_u32 {
        left = left / 5 * 4;
        let index = k * 1_051_201 - 1;
        assert_eq!(accumulated_subsidy(index).0, TOTAL_SUBSIDY.0 - left, "{k}");
        if !left.is_multiple_of(5) {
            break;
        }
    }
    // Where 34 digits no longer tell one minus what is left from one.
    assert_eq!(accumulated_subsidy(364_487_815).0, TOTAL_SUBSIDY.0 - 1);
    assert_eq!(accumulated_subsidy(364_487_816), TOTAL_SUBSIDY);
    assert_eq!(accumulated_subsidy(u32::MAX), TOTAL_SUBSIDY);
}

#[test]
fn total_and_subsidy_are_rounded_each_on_its_own_and_the_rest_is_burnt() {
    let accounts: AccountMap = [spawned(&wallet(0), 1_000_000, 0)].into_iter().collect();
    let raw = [tx(&wallet(0), spend(&wallet(1), 1), 0)];
    let rewards = [
        reward(&wallet(2), 1, 1, 3),
        reward(&wallet(3), 2, 1, 6),
        reward(&wallet(4), 3, 3, 14),
    ];
    let effect = pay(&accounts, &raw, &rewards).unwrap();
    let (fees, issued) = (u128::from(effect.fees.0), u128::from(effect.issued.0));
    assert_eq!(issued, u128::from(subsidy(LAYER, LayerId(19)).0));
    // Of 42 parts: 14, 7, 9; 30 together.
    let part = |amount: u128, part: u128| u64::try_from(amount * part / 30).unwrap();
    let mut paid = 0;
    for (account, share) in [(wallet(2), 14), (wallet(3), 7), (wallet(4), 9)] {
        let row = effect
            .rewards
            .iter()
            .find(|row| row.coinbase == account.address());
        let row = row.unwrap();
        assert_eq!(row.total.0, part(issued + fees, share));
        assert_eq!(row.subsidy.0, part(issued, share));
        paid += u128::from(row.total.0);
    }
    assert_eq!(u128::from(effect.burnt.0), issued + fees - paid);
    let coinbases: Vec<Address> = effect.rewards.iter().map(|row| row.coinbase).collect();
    assert!(coinbases.is_sorted());
}

#[test]
fn several_smeshers_of_one_coinbase_are_rounded_each() {
    let accounts = AccountMap::new();
    let rewards: Vec<CoinbaseReward> = (0..7).map(|n| reward(&wallet(1), n, 1, 1)).collect();
    let effect = pay(&accounts, &[], &rewards).unwrap();
    let each = effect.issued.0 / 7;
    assert_eq!(effect.accounts.len(), 1);
    assert_eq!(effect.accounts[0].balance.0, 7 * each);
    assert_eq!(effect.burnt.0, effect.issued.0 - 7 * each);
}

#[test]
fn without_rewards_fees_are_burnt_and_nothing_is_issued() {
    let accounts: AccountMap = [spawned(&wallet(0), 1_000_000, 0)].into_iter().collect();
    let effect = apply(&accounts, &[tx(&wallet(0), spend(&wallet(1), 1), 0)]);
    assert_eq!((effect.issued, effect.burnt), (Smidge::ZERO, effect.fees));
    let empty = apply(&accounts, &[]);
    assert_eq!(empty.state_hash, state_hash(&[]));
    assert!(empty.accounts.is_empty() && empty.undo.rows().is_empty());
}

#[test]
fn a_layer_whose_rewards_cannot_be_paid_is_not_applied() {
    let accounts = AccountMap::new();
    let twice = [reward(&wallet(1), 1, 1, 1), reward(&wallet(2), 1, 1, 1)];
    assert!(matches!(
        pay(&accounts, &[], &twice),
        Err(ApplyError::SmesherTwice { .. })
    ));
    for (num, denom) in [(0, 1), (1, 0)] {
        let rewards = [reward(&wallet(1), 1, num, denom)];
        let result = pay(&accounts, &[], &rewards);
        assert!(matches!(result, Err(ApplyError::NoWeight { .. })));
    }
    let early = LayerInput {
        layer: LayerId(18),
        ..block(&[])
    };
    assert!(matches!(
        apply_layer(&params(), &accounts, &early, &verify_signature),
        Err(ApplyError::BeforeGenesis { .. })
    ));
}

#[test]
fn the_largest_block_of_unrelated_weights_is_paid() {
    let accounts = AccountMap::new();
    let rewards: Vec<CoinbaseReward> = (0..2350_u64)
        .map(|n| {
            let mut reward = reward(&wallet(1), 0, u64::MAX - n, u64::MAX - 2 * n - 1);
            reward.smesher.0[..8].copy_from_slice(&n.to_le_bytes());
            reward
        })
        .collect();
    let effect = pay(&accounts, &[], &rewards).unwrap();
    assert!(effect.burnt.0 < 2350);
}

#[test]
fn genesis_rows_are_balances_alone() {
    let network = Network::mainnet();
    let rows = genesis_accounts(&network).unwrap();
    let total: u64 = rows.iter().map(|row| row.balance.0).sum();
    assert_eq!((rows.len(), total), (28, 150_000_000_000_000_000));
    assert!(
        rows.iter()
            .all(|row| row.template.is_none() && row.layer == LayerId::ZERO)
    );
    assert_eq!(is_genesis_missing(&AccountMap::new(), &rows), Ok(true));
    let put: AccountMap = rows.iter().cloned().collect();
    assert_eq!(is_genesis_missing(&put, &rows), Ok(false));
    // Of another network.
    let mut wrong = network;
    wrong.hrp = spacemesh_types::Hrp::TESTNET;
    assert!(genesis_accounts(&wrong).is_err());
    let restored = restored_accounts(rows, LayerId(100));
    assert!(restored.iter().all(|row| row.layer == LayerId(99)));
}

/// Genesis vaults: the terms with a quarter as initial unlock give the address, others don't (Trap 15).
#[test]
fn the_initial_unlock_is_part_of_an_address() {
    let SpawnArgs::Vault(terms) = vault() else {
        panic!("a vault")
    };
    let mut other = terms;
    other.initial_unlock = Smidge(0);
    assert_ne!(SpawnArgs::Vault(other).address(), vault().address());
}
