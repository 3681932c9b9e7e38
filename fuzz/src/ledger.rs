//! A block of any bytes on accounts that fit them: the ledger may refuse transactions, but applies every block, keeps every coin and can take
//! everything back.

use spacemesh_codec::encode;
use spacemesh_types::transaction::{SpawnArgs, Vault, id_of, principal_of};
use spacemesh_types::wire::RatNum;
use spacemesh_types::{
    Address, BlockId, Hash20, Hrp, LayerId, NodeId, PublicKey, Smidge, Timestamp,
};
use spacemesh_vm::mempool::{Limits, Mempool};
use spacemesh_vm::{
    Account, AccountMap, BlockTx, CoinbaseReward, LayerInput, Ledger, Params, check,
    verify_signature,
};

const LAYER: LayerId = LayerId(30);

/// One transaction after the other: what its principal is (one byte), its length (two, the lower first), its bytes.
pub(crate) fn ledger(bytes: &[u8]) {
    let raw = transactions(bytes);
    let before = LayerId(LAYER.0 - 1);
    let start: AccountMap = raw
        .iter()
        .rev()
        .filter_map(|(kind, raw)| account(*kind, raw))
        .collect();
    let mut ledger = Ledger::new(params(), start.iter().cloned(), before);
    let mut mempool = Mempool::new(limits(), before);
    let mut arrival = 0;
    for (_, raw) in &raw {
        arrival += 1;
        if let Ok(checked) = check(ledger.params(), &ledger, raw, &|_, _, _| true) {
            let _ = mempool.admit(checked, Timestamp::from_unix_nanos(arrival), &ledger);
        }
    }
    assert!(mempool.len() <= limits().transactions);
    let offered = mempool.best(Params::MAINNET_BLOCK_GAS_LIMIT);
    let listed: Vec<BlockTx<'_>> = raw
        .iter()
        .map(|&(kind, raw)| BlockTx {
            id: id_of(raw),
            raw,
            verified: kind & 0x80 == 0,
        })
        .collect();
    let rewards = [coinbase()];
    let input = LayerInput {
        layer: LAYER,
        block: BlockId::ZERO,
        transactions: &listed,
        rewards: &rewards,
    };
    let effect = ledger
        .apply(&input, &verify_signature)
        .expect("no bytes stop a layer");
    assert_eq!(
        effect.executed.len() + effect.ineffective.len(),
        listed.len()
    );
    assert_eq!(
        ledger.accounts().total(),
        start.total() + u128::from(effect.issued.0) - u128::from(effect.burnt.0)
    );
    let dropped = mempool.layer_applied(&effect, &ledger);
    assert!(dropped.is_ok() && mempool.len() <= offered.len() + listed.len());
    assert!(ledger.revert_to(before).is_ok());
    assert_eq!(ledger.accounts(), &start);
}

fn params() -> Params {
    Params {
        genesis_id: Hash20([7; 20]),
        hrp: Hrp::TESTNET,
        first_effective_genesis: LayerId(19),
        effective_genesis: LayerId(19),
        block_gas_limit: Params::MAINNET_BLOCK_GAS_LIMIT,
    }
}

fn limits() -> Limits {
    Limits {
        transactions: 16,
        per_account: 6,
        ..Limits::default()
    }
}

fn coinbase() -> CoinbaseReward {
    CoinbaseReward {
        coinbase: Address::generate(b"1"),
        smesher: NodeId([1; 32]),
        weight: RatNum { num: 2, denom: 3 },
    }
}

fn transactions(mut bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut found = Vec::new();
    while let Some((&[kind, low, high], rest)) = bytes.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes([low, high])).min(rest.len());
        let (raw, rest) = rest.split_at(length);
        found.push((kind, raw));
        bytes = rest;
    }
    found
}

/// The principal's account: unspawned, or of one of the templates.
fn account(kind: u8, raw: &[u8]) -> Option<Account> {
    let address = principal_of(raw).ok()?;
    let keys = || vec![PublicKey([5; 32]); 3];
    let args = match kind & 7 {
        1 => Some(SpawnArgs::Wallet(PublicKey([5; 32]))),
        2 => SpawnArgs::multisig(2, keys()).ok(),
        3 => SpawnArgs::vesting(2, keys()).ok(),
        4 => SpawnArgs::vault(Vault {
            owner: Address::generate(&[kind]),
            total: Smidge(1_000_000),
            initial_unlock: Smidge(0),
            start: LayerId(20),
            end: LayerId(40),
        })
        .ok(),
        _ => None,
    };
    Some(Account {
        layer: LayerId::ZERO,
        address,
        next_nonce: u64::from(kind >> 6 & 1),
        balance: Smidge(50_000 << (kind >> 3 & 7)),
        template: args.as_ref().map(|args| args.template().address()),
        state: args
            .as_ref()
            .map(encode)
            .unwrap_or_default()
            .try_into()
            .ok()?,
    })
}
