//! Draining vaults (02 §3.3).

use spacemesh_types::transaction::{Call, SpawnArgs, Vault};
use spacemesh_types::{LayerId, Smidge};
use spacemesh_vm::{AccountMap, LayerInput, apply_layer, verify_signature};

use crate::world::*;

const RICH: u64 = 1_000_000_000;

fn with_vault(held: u64) -> AccountMap {
    [
        spawned(&vesting(), RICH, 0),
        spawned(&vault(), held, 0),
        spawned(&wallet(0), RICH, 0),
    ]
    .into_iter()
    .collect()
}

#[test]
fn what_is_vested_can_be_drained_and_no_more() {
    let accounts = with_vault(1_000_000);
    // Layer 30 of 20 to 40: half of it.
    let effect = apply(
        &accounts,
        &[
            tx(&vesting(), drain(&wallet(1), 500_001), 0),
            tx(&vesting(), drain(&wallet(1), 400_000), 1),
            tx(&vesting(), drain(&vesting(), 100_000), 2),
            tx(&vesting(), drain(&wallet(1), 1), 3),
        ],
    );
    let short = "vault: amount not available";
    assert_eq!(messages(&effect), [short, "", "", short]);
    let addresses = effect.executed[1].result.addresses.as_slice();
    let touched = [vesting(), wallet(1), vault()].map(|account| account.address());
    assert_eq!(addresses, touched);
    let fees: u64 = effect.fees.0;
    assert_eq!(effect.accounts[0].balance.0, RICH - fees + 100_000);
}

#[test]
fn the_initial_unlock_is_dead_and_nothing_is_vested_at_the_start() {
    let accounts = with_vault(1_000_000);
    for (layer, amount, message) in [
        (20, 1, "vault: amount not available"),
        (21, 50_000, ""),
        (40, 1_000_000, ""),
    ] {
        let raw = [tx(&vesting(), drain(&wallet(1), amount), 0)];
        let transactions = listed(&raw);
        let input = LayerInput {
            layer: LayerId(layer),
            ..block(&transactions)
        };
        let effect = apply_layer(&params(), &accounts, &input, &verify_signature).unwrap();
        assert_eq!(messages(&effect), [message], "layer {layer}");
    }
}

#[test]
fn coins_on_top_of_the_endowment_are_free_at_any_time() {
    let accounts = with_vault(1_000_100);
    let raw = [
        tx(&vesting(), drain(&wallet(1), 100), 0),
        tx(&vesting(), drain(&wallet(1), 1), 1),
    ];
    let transactions = listed(&raw);
    let input = LayerInput {
        layer: LayerId(20),
        ..block(&transactions)
    };
    let effect = apply_layer(&params(), &accounts, &input, &verify_signature).unwrap();
    assert_eq!(messages(&effect), ["", "vault: amount not available"]);
}

#[test]
fn a_vault_that_holds_too_little_pays_nothing() {
    let effect = apply(
        &with_vault(499_999),
        &[tx(&vesting(), drain(&wallet(1), 0), 0)],
    );
    assert_eq!(messages(&effect), ["vault: account is misconfigured"]);
}

#[test]
fn only_its_owner_drains_a_spawned_vault() {
    let other = SpawnArgs::vesting(1, vec![public(4)]).unwrap();
    let foreign = SpawnArgs::vault(Vault {
        owner: other.address(),
        total: Smidge(5),
        initial_unlock: Smidge(0),
        start: LayerId(1),
        end: LayerId(2),
    })
    .unwrap();
    let accounts: AccountMap = [spawned(&vesting(), RICH, 0), spawned(&foreign, 5, 0)]
        .into_iter()
        .collect();
    let from = |vault: &SpawnArgs| Call::Drain {
        vault: vault.address(),
        destination: wallet(1).address(),
        amount: Smidge(1),
    };
    let effect = apply(
        &accounts,
        &[
            tx(&vesting(), from(&foreign), 0),
            tx(&vesting(), from(&vault()), 1),
        ],
    );
    assert_eq!(
        messages(&effect),
        ["vault: not an owner", "account is not spawned"]
    );
}

#[test]
fn a_vault_can_be_spawned_by_anyone_empty_and_paid_later() {
    let accounts: AccountMap = [spawned(&wallet(0), RICH, 0), spawned(&vesting(), RICH, 0)]
        .into_iter()
        .collect();
    let effect = apply(
        &accounts,
        &[
            tx(&wallet(0), Call::Spawn(vault()), 0),
            tx(&wallet(0), spend(&vault(), 500_007), 1),
            tx(&vesting(), drain(&vault(), 3), 0),
            tx(&vesting(), drain(&wallet(1), 7), 1),
        ],
    );
    // To itself: possible, and nothing changes.
    assert_eq!(messages(&effect), ["", "", "", ""]);
    let row = effect
        .accounts
        .iter()
        .find(|row| row.address == vault().address());
    assert_eq!(row.map(|row| row.balance), Some(Smidge(500_000)));
}
