//! Layers in order, and back (02 §4.6).

use spacemesh_types::{Hash32, LayerId};
use spacemesh_vm::{
    Account, Accounts, AccountsError, ApplyError, Ledger, LedgerError, apply_layer,
    verify_signature,
};

use crate::world::*;

fn started() -> Ledger {
    Ledger::new(
        params(),
        [row(wallet(0).address(), 1_000_000_000)],
        LayerId(19),
    )
}

fn advance(ledger: &mut Ledger, raw: &[Vec<u8>]) {
    let transactions = listed(raw);
    let rewards = [reward(&wallet(5), 1, 2, 3)];
    let input = spacemesh_vm::LayerInput {
        layer: LayerId(ledger.last().0 + 1),
        rewards: &rewards,
        ..block(&transactions)
    };
    ledger.apply(&input, &verify_signature).unwrap();
}

#[test]
fn layers_are_applied_one_after_the_other() {
    let mut ledger = started();
    assert_eq!(ledger.state_hash(), Hash32::ZERO);
    advance(&mut ledger, &[]);
    let at = |layer| spacemesh_vm::LayerInput {
        layer: LayerId(layer),
        ..block(&[])
    };
    let last = LayerId(20);
    let (again, early) = (LayerId(20), LayerId(22));
    assert_eq!(
        ledger.try_layer(&at(20), &verify_signature),
        Err(LedgerError::AlreadyApplied { layer: again, last })
    );
    assert_eq!(
        ledger.try_layer(&at(22), &verify_signature),
        Err(LedgerError::NotInOrder { layer: early, last })
    );
    // Trying changes nothing.
    assert!(ledger.try_layer(&at(21), &verify_signature).is_ok());
    assert_eq!(ledger.last(), last);
}

#[test]
fn reverting_restores_rows_and_deletes_new_ones_and_the_layers_can_be_applied_again() {
    let spawn = tx(
        &wallet(0),
        spacemesh_types::transaction::Call::Spawn(wallet(0)),
        0,
    );
    let mut ledger = started();
    advance(&mut ledger, &[spawn]);
    let after_first = ledger.accounts().clone();
    advance(&mut ledger, &[tx(&wallet(0), spend(&wallet(1), 5), 1)]);
    advance(&mut ledger, &[tx(&wallet(0), spend(&wallet(2), 5), 2)]);
    let hash = ledger.state_hash();

    let rows = ledger.revert_to(LayerId(20)).unwrap();
    assert_eq!(ledger.accounts(), &after_first);
    assert_eq!(ledger.last(), LayerId(20));
    assert_eq!(rows.get(&wallet(1).address()), Some(&None), "to delete");
    assert_eq!(
        rows.get(&wallet(0).address()).cloned().flatten(),
        after_first.get(&wallet(0).address()).unwrap()
    );

    advance(&mut ledger, &[tx(&wallet(0), spend(&wallet(1), 5), 1)]);
    advance(&mut ledger, &[tx(&wallet(0), spend(&wallet(2), 5), 2)]);
    assert_eq!(ledger.state_hash(), hash);
    assert_eq!(ledger.revert_to(LayerId(22)), Ok(<_>::default()));
    assert!(matches!(
        ledger.revert_to(LayerId(18)),
        Err(LedgerError::TooFarBack {
            first: LayerId(19),
            ..
        })
    ));
}

#[test]
fn an_account_that_cannot_be_read_stops_the_layer() {
    struct Broken;
    impl Accounts for Broken {
        fn get(
            &self,
            address: &spacemesh_types::Address,
        ) -> Result<Option<Account>, AccountsError> {
            Err(AccountsError {
                address: *address,
                reason: "disk".to_owned(),
            })
        }
    }
    let raw = [tx(&wallet(0), spend(&wallet(1), 5), 1)];
    let result = apply_layer(&params(), &Broken, &block(&listed(&raw)), &verify_signature);
    assert!(matches!(result, Err(ApplyError::Accounts(_))));
}

#[test]
fn a_block_found_by_execution_names_itself_afterwards() {
    let accounts = [spawned(&wallet(0), 1_000_000, 0)].into_iter().collect();
    let raw = [tx(&wallet(0), spend(&wallet(1), 5), 0)];
    let mut effect = apply(&accounts, &raw);
    effect.set_block(spacemesh_types::BlockId([4; 20]));
    assert_eq!(effect.executed[0].result.block.0, [4; 20]);
    assert_eq!(effect.executed_ids().len(), 1);
}
