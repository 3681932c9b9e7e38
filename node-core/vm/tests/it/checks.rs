//! Checks of a transaction that arrives (02 §6.2).

use spacemesh_types::transaction::{Call, ParseTxError};
use spacemesh_vm::{AccountMap, CheckRefusal, check, verify_signature};

use crate::world::*;

fn checked(accounts: &AccountMap, raw: &[u8]) -> Result<spacemesh_vm::CheckedTx, CheckRefusal> {
    check(&params(), accounts, raw, &verify_signature)
}

#[test]
fn a_transaction_is_checked_against_the_accounts_as_they_are() {
    let unspawned: AccountMap = [row(wallet(0).address(), 1_000_000)].into_iter().collect();
    let pay = tx(&wallet(0), spend(&wallet(1), 1), 1);
    assert_eq!(
        checked(&unspawned, &pay),
        Err(CheckRefusal::Unparsed(ParseTxError::NotSpawned))
    );
    let spawn = tx(&wallet(0), Call::Spawn(wallet(0)), 0);
    assert_eq!(
        checked(&unspawned, &spawn).unwrap().header().max_gas,
        100_432
    );
    let accounts: AccountMap = [spawned(&wallet(0), 1_000_000, 0)].into_iter().collect();
    let taken = checked(&accounts, &pay).unwrap();
    assert_eq!((taken.header().nonce, taken.raw()), (1, &pay[..]));
}

#[test]
fn nothing_is_relayed_for_nothing() {
    let accounts: AccountMap = [spawned(&wallet(0), 1_000_000, 0)].into_iter().collect();
    let free = priced(&wallet(0), spend(&wallet(1), 1), 0, 0);
    assert_eq!(checked(&accounts, &free), Err(CheckRefusal::NoGasPrice));
    // 2^63 times an even number of gas is nothing in 64 bits; a block could have it.
    let wrapped = priced(&wallet(0), spend(&wallet(1), 1), 0, 1 << 63);
    assert_eq!(checked(&accounts, &wrapped), Err(CheckRefusal::NoFee));
    let effect = apply(&accounts, &[wrapped]);
    assert_eq!((effect.executed.len(), effect.fees.0), (1, 0));
}

#[test]
fn a_wrong_signature_is_refused_whoever_pays() {
    for account in [wallet(0), multisig(), vesting()] {
        let accounts: AccountMap = [spawned(&account, 1_000_000, 0)].into_iter().collect();
        let raw = tx(&account, spend(&wallet(1), 1), 0);
        assert!(checked(&accounts, &raw).is_ok());
        for position in [30, raw.len() - 1] {
            let mut changed = raw.clone();
            changed[position] ^= 1;
            assert_eq!(checked(&accounts, &changed), Err(CheckRefusal::Signature));
        }
        // Another network's signature.
        let other = spacemesh_vm::Params {
            genesis_id: spacemesh_types::Hash20([8; 20]),
            ..params()
        };
        let result = check(&other, &accounts, &raw, &verify_signature);
        assert_eq!(result, Err(CheckRefusal::Signature));
    }
}
