//! A small network: keys, accounts, signed transactions, blocks of them.

use spacemesh_crypto::SigningKey;
use spacemesh_types::transaction::{
    Call, SignaturePart, Signatures, SpawnArgs, Template, Transaction, Vault, id_of,
    signing_message,
};
use spacemesh_types::wire::RatNum;
use spacemesh_types::{Address, BlockId, Hash20, Hrp, LayerId, NodeId, PublicKey, Smidge};
use spacemesh_vm::{
    Account, AccountMap, Accounts, BlockTx, CoinbaseReward, LayerEffect, LayerInput, Params,
    apply_layer, verify_signature,
};

pub(crate) const LAYER: LayerId = LayerId(30);

pub(crate) fn params() -> Params {
    Params {
        genesis_id: Hash20([7; 20]),
        hrp: Hrp::TESTNET,
        first_effective_genesis: LayerId(19),
        effective_genesis: LayerId(19),
        block_gas_limit: u64::MAX,
    }
}

pub(crate) fn key(index: u8) -> SigningKey {
    SigningKey::from_seed(&[index + 1; 32])
}

pub(crate) fn public(index: u8) -> PublicKey {
    key(index).public_key()
}

pub(crate) fn wallet(index: u8) -> SpawnArgs {
    SpawnArgs::Wallet(public(index))
}

/// Keys 0 to 2, two of which must sign.
pub(crate) fn multisig() -> SpawnArgs {
    SpawnArgs::multisig(2, (0..3).map(public).collect()).unwrap()
}

/// Keys 0 to 2, two of which must sign.
pub(crate) fn vesting() -> SpawnArgs {
    SpawnArgs::vesting(2, (0..3).map(public).collect()).unwrap()
}

/// Of the vesting account; half is vested in [`LAYER`].
pub(crate) fn vault() -> SpawnArgs {
    SpawnArgs::vault(Vault {
        owner: vesting().address(),
        total: Smidge(1_000_000),
        initial_unlock: Smidge(250_000),
        start: LayerId(20),
        end: LayerId(40),
    })
    .unwrap()
}

pub(crate) fn spend(to: &SpawnArgs, amount: u64) -> Call {
    Call::Spend {
        destination: to.address(),
        amount: Smidge(amount),
    }
}

pub(crate) fn drain(to: &SpawnArgs, amount: u64) -> Call {
    Call::Drain {
        vault: vault().address(),
        destination: to.address(),
        amount: Smidge(amount),
    }
}

/// Nonce, price 1.
pub(crate) fn tx(principal: &SpawnArgs, call: Call, nonce: u64) -> Vec<u8> {
    priced(principal, call, nonce, 1)
}

pub(crate) fn priced(principal: &SpawnArgs, call: Call, nonce: u64, gas_price: u64) -> Vec<u8> {
    let transaction = Transaction {
        principal: principal.address(),
        call,
        nonce,
        gas_price,
    };
    sign(principal, transaction.to_bytes())
}

/// Signs with the first of the account's keys, as many as it needs.
pub(crate) fn sign(account: &SpawnArgs, unsigned: Vec<u8>) -> Vec<u8> {
    let message = signing_message(params().genesis_id, &unsigned);
    let by = |public: &PublicKey| {
        let key = (0..10).map(key).find(|key| key.public_key() == *public);
        key.unwrap().sign_plain(&[&message])
    };
    let signatures = match account.template() {
        Template::Wallet => Signatures::Single(by(&account.keys()[0])),
        Template::Multisig | Template::Vesting | Template::Vault => Signatures::Several(
            (0..account.required())
                .map(|key_index| SignaturePart {
                    key_index,
                    signature: by(&account.keys()[usize::from(key_index)]),
                })
                .collect(),
        ),
    };
    [unsigned, signatures.to_bytes()].concat()
}

pub(crate) fn row(address: Address, balance: u64) -> Account {
    Account {
        layer: LayerId::ZERO,
        address,
        next_nonce: 0,
        balance: Smidge(balance),
        template: None,
        state: <_>::default(),
    }
}

/// An account that is spawned.
pub(crate) fn spawned(args: &SpawnArgs, balance: u64, next_nonce: u64) -> Account {
    Account {
        next_nonce,
        template: Some(args.template().address()),
        state: spacemesh_codec::encode(args).try_into().unwrap(),
        ..row(args.address(), balance)
    }
}

/// Unverified, as of a block that was fetched.
pub(crate) fn listed(raw: &[Vec<u8>]) -> Vec<BlockTx<'_>> {
    let entry = |raw| BlockTx {
        id: id_of(raw),
        raw,
        verified: false,
    };
    raw.iter().map(|raw| entry(raw)).collect()
}

pub(crate) fn reward(coinbase: &SpawnArgs, smesher: u8, num: u64, denom: u64) -> CoinbaseReward {
    CoinbaseReward {
        coinbase: coinbase.address(),
        smesher: NodeId([smesher; 32]),
        weight: RatNum { num, denom },
    }
}

/// A block of [`LAYER`] without rewards.
pub(crate) fn block<'a>(transactions: &'a [BlockTx<'a>]) -> LayerInput<'a> {
    LayerInput {
        layer: LAYER,
        block: BlockId([9; 20]),
        transactions,
        rewards: &[],
    }
}

pub(crate) fn apply(accounts: &AccountMap, raw: &[Vec<u8>]) -> LayerEffect {
    apply_with(&params(), accounts, raw)
}

pub(crate) fn apply_with(params: &Params, accounts: &AccountMap, raw: &[Vec<u8>]) -> LayerEffect {
    apply_layer(params, accounts, &block(&listed(raw)), &verify_signature).unwrap()
}

pub(crate) fn commit(accounts: &mut AccountMap, effect: &LayerEffect) {
    for account in &effect.accounts {
        accounts.put(account.clone());
    }
}

/// Takes an effect back.
pub(crate) fn undo(accounts: &mut AccountMap, effect: &LayerEffect) {
    for (address, before) in effect.undo.rows() {
        match before {
            Some(row) => accounts.put(row.clone()),
            None => accounts.remove(address),
        };
    }
}

pub(crate) fn balance(accounts: &impl Accounts, account: &SpawnArgs) -> u64 {
    let row = accounts.get(&account.address()).unwrap();
    row.map_or(0, |row| row.balance.0)
}

/// Messages of all executed transactions, empty for success.
pub(crate) fn messages(effect: &LayerEffect) -> Vec<String> {
    let text = |executed: &spacemesh_vm::Executed| executed.result.message.to_text().into_owned();
    effect.executed.iter().map(text).collect()
}
