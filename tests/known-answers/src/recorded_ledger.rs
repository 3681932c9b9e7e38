//! The ledgers of recorded networks: every block's results, rewards, rows and state hash, and every refusal, come out of the rules again
//! (02 §4 to §6).

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_codec::encode;
use spacemesh_types::{
    Address, BlockId, Hash20, Hash32, Hrp, LayerId, LayersPerEpoch, NodeId, Smidge, Timestamp,
    TransactionId,
    transaction::id_of,
    wire::{Account, RatNum},
};
use spacemesh_vm::{
    BlockTx, CheckRefusal, CoinbaseReward, LayerEffect, LayerInput, Ledger, Params, check,
    mempool::{Limits, Mempool, Refusal},
    verify_signature,
};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "recorded ledger",
    recognises: |file| file.has("genesis_accounts") && file.has("layers"),
    annotations: &["network"],
    run,
};

/// A stored transaction of the recording.
struct Recorded<'a> {
    raw: Vec<u8>,
    header: Vec<u8>,
    result: Option<Node<'a>>,
}

type Transactions<'a> = BTreeMap<TransactionId, Recorded<'a>>;

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let params = params(root)?;
    let genesis = genesis(root)?;
    let transactions = transactions(root, report)?;
    let first = params.effective_genesis;
    let mut ledger = Ledger::new(params, genesis.clone(), first);
    let mut mempool = Mempool::new(Limits::default(), first);
    let layers = root.key("layers")?.items()?;
    let mut submissions = root.key("submissions")?.items()?.into_iter().peekable();
    let mut executed = BTreeSet::new();
    for row in &layers {
        let layer = layer(&row.key("layer")?)?;
        while let Some(next) = submissions.next_if(|next| is_before(next, layer)) {
            submit(&next, &ledger, &mut mempool, &executed, report)?;
        }
        let ids = ids(row)?;
        mempool.mark(layer, &ids);
        let shares = shares(row)?;
        let listed: Vec<BlockTx<'_>> = ids
            .iter()
            .filter(|id| !executed.contains(*id))
            .filter_map(|id| {
                let raw = transactions.get(id)?.raw.as_slice();
                let (id, verified) = (*id, false);
                Some(BlockTx { id, raw, verified })
            })
            .collect();
        let input = LayerInput {
            layer,
            block: BlockId(row.key("block")?.hex_array()?),
            transactions: &listed,
            rewards: &shares,
        };
        let before = ledger.accounts().total();
        let effect = ledger.apply(&input, &verify_signature);
        let Some(effect) = report.success(row, effect.as_ref()) else {
            return Ok(());
        };
        let expected = before + u128::from(effect.issued.0) - u128::from(effect.burnt.0);
        report.holds(
            row,
            ledger.accounts().total() == expected,
            "coins come from issuance and go by burning alone",
        );
        compare(row, effect, &transactions, report)?;
        executed.extend(effect.executed_ids());
        let dropped = mempool.layer_applied(effect, &ledger);
        report.success(row, dropped);
    }
    for left in submissions {
        left.skip("submitted after the last recorded layer was applied");
    }
    for (id, recorded) in &transactions {
        if let Some(result) = &recorded.result {
            report.holds(
                result,
                executed.contains(id),
                "a transaction with a result to be executed",
            );
        }
    }
    let reverted = ledger.revert_to(first);
    report.success(root, reverted);
    report.holds(
        root,
        ledger.accounts().iter().eq(genesis.iter()),
        "reverting all layers to give the genesis",
    );
    Ok(())
}

fn params(root: &Node<'_>) -> Result<Params, Malformed> {
    let layers_per_epoch = root.key("layers_per_epoch")?;
    let layers_per_epoch = u32::try_from(layers_per_epoch.u64()?)
        .ok()
        .and_then(LayersPerEpoch::new)
        .ok_or_else(|| layers_per_epoch.malformed("a number of layers"))?;
    let genesis = LayerId(2 * layers_per_epoch.get() - 1);
    let hrp = root.key("hrp")?;
    Ok(Params {
        genesis_id: Hash20(root.key("genesis_id")?.hex_array()?),
        hrp: Hrp::new(hrp.text()?).map_err(|error| hrp.malformed(error))?,
        first_effective_genesis: genesis,
        effective_genesis: genesis,
        block_gas_limit: root.key("block_gas_limit")?.u64()?,
    })
}

/// The rows of the genesis, by address.
fn genesis(root: &Node<'_>) -> Result<Vec<Account>, Malformed> {
    let mut accounts = Vec::new();
    for row in root.key("genesis_accounts")?.items()? {
        accounts.push(Account {
            layer: LayerId::ZERO,
            address: Address(row.key("address")?.hex_array()?),
            next_nonce: 0,
            balance: Smidge(row.key("balance")?.u64()?),
            template: None,
            state: <_>::default(),
        });
    }
    accounts.sort_by_key(|account| account.address);
    Ok(accounts)
}

fn transactions<'a>(root: &Node<'a>, report: &mut Report) -> Result<Transactions<'a>, Malformed> {
    let mut transactions = Transactions::new();
    for row in root.key("transactions")?.items()? {
        let raw = row.key("raw")?.hex()?;
        let id = row.key("id")?;
        report.equal_bytes(&id, &id.hex()?, &id_of(&raw).0);
        let header = row.key("header")?.hex()?;
        let result = row.optional("result");
        let recorded = Recorded {
            header,
            result,
            raw,
        };
        transactions.insert(id_of(&recorded.raw), recorded);
    }
    Ok(transactions)
}

fn layer(node: &Node<'_>) -> Result<LayerId, Malformed> {
    u32::try_from(node.u64()?)
        .map(LayerId)
        .map_err(|_| node.malformed("a layer"))
}

fn ids(row: &Node<'_>) -> Result<Vec<TransactionId>, Malformed> {
    let Some(ids) = row.optional("transactions") else {
        return Ok(Vec::new());
    };
    let ids = ids.items()?;
    ids.iter()
        .map(|id| id.hex_array().map(TransactionId))
        .collect()
}

fn shares(row: &Node<'_>) -> Result<Vec<CoinbaseReward>, Malformed> {
    let mut shares = Vec::new();
    for share in row
        .optional("shares")
        .map_or(Ok(Vec::new()), |s| s.items())?
    {
        shares.push(CoinbaseReward {
            coinbase: Address(share.key("coinbase")?.hex_array()?),
            smesher: NodeId(share.key("smesher")?.hex_array()?),
            weight: RatNum {
                num: share.key("num")?.u64()?,
                denom: share.key("denom")?.u64()?,
            },
        });
    }
    Ok(shares)
}

/// A submission was made before the layer it names was applied.
fn is_before(submission: &Node<'_>, layer: LayerId) -> bool {
    let at = submission.key("layer").and_then(|at| at.u64());
    at.is_ok_and(|at| at <= layer.0.into())
}

fn submit(
    row: &Node<'_>,
    ledger: &Ledger,
    mempool: &mut Mempool,
    executed: &BTreeSet<TransactionId>,
    report: &mut Report,
) -> Result<(), Malformed> {
    let mut behind = None;
    if let Some(applied) = row.optional("applied") {
        let mut ledger = ledger.clone();
        report.success(&applied, ledger.revert_to(layer(&applied)?));
        behind = Some(ledger);
    }
    let ledger = behind.as_ref().unwrap_or(ledger);
    let raw = row.key("raw")?.hex()?;
    let milliseconds = row.key("t_ms")?.f64()?;
    let received = Timestamp::from_unix_nanos((milliseconds * 1e6) as i128);
    let known = mempool.get(&id_of(&raw)).is_some() || executed.contains(&id_of(&raw));
    let found = if known {
        Some("tx already exists")
    } else {
        match check(ledger.params(), ledger, &raw, &verify_signature) {
            Err(CheckRefusal::Signature) => Some("failed to verify tx"),
            Err(_) => Some("failed to parse tx"),
            Ok(checked) => match mempool.admit(checked, received, ledger) {
                Ok(_) => None,
                Err(Refusal::BadNonce { .. }) => Some("bad nonce"),
                Err(Refusal::InsufficientBalance { .. }) => Some("insufficient balance"),
                Err(_) => Some("no room"),
            },
        }
    };
    match row.optional("refusal") {
        None => report.holds(row, found.is_none(), format!("to be taken, not {found:?}")),
        Some(refusal) => {
            let text = refusal.text()?;
            let class = text.split_once(':').map_or(text, |(class, _)| class);
            report.equal(&refusal, class, found.unwrap_or("taken"));
        }
    }
    Ok(())
}

/// Results, rewards, rows and hash of a layer.
fn compare(
    row: &Node<'_>,
    effect: &LayerEffect,
    transactions: &Transactions<'_>,
    report: &mut Report,
) -> Result<(), Malformed> {
    for executed in &effect.executed {
        let Some(recorded) = transactions.get(&executed.id) else {
            continue;
        };
        report.equal_bytes(row, &recorded.header, &encode(&executed.header));
        match &recorded.result {
            Some(result) => {
                report.equal_bytes(result, &result.hex()?, &encode(&executed.result));
            }
            None => report.fail(row.path(), "no result", executed.id),
        }
    }
    let rewards = row
        .optional("rewards")
        .map_or(Ok(Vec::new()), |r| r.items())?;
    report.equal(row, rewards.len(), effect.rewards.len());
    for expected in &rewards {
        let smesher = NodeId(expected.key("smesher")?.hex_array()?);
        let actual = effect.rewards.iter().find(|r| r.smesher_id == smesher);
        let Some(actual) = actual else {
            report.fail(expected.path(), "a reward", "none");
            continue;
        };
        let coinbase = expected.key("coinbase")?;
        report.equal_bytes(&coinbase, &coinbase.hex()?, &actual.coinbase.0);
        let total = expected.key("total")?;
        report.equal(&total, total.u64()?, actual.total);
        let subsidy = expected.key("subsidy")?;
        report.equal(&subsidy, subsidy.u64()?, actual.subsidy);
    }
    let accounts = row.key("accounts")?.items()?;
    report.equal(row, accounts.len(), effect.accounts.len());
    for expected in &accounts {
        let address = Address(expected.key("address")?.hex_array()?);
        let actual = effect.accounts.iter().find(|a| a.address == address);
        let Some(actual) = actual else {
            report.fail(expected.path(), "a changed account", "none");
            continue;
        };
        let balance = expected.key("balance")?;
        report.equal(&balance, balance.u64()?, actual.balance);
        let nonce = expected.key("next_nonce")?;
        report.equal(&nonce, nonce.u64()?, actual.next_nonce);
        let bytes = |key| match expected.optional(key) {
            Some(node) => node.hex(),
            None => Ok(Vec::new()),
        };
        let template = actual.template.map(|t| t.0.to_vec());
        report.equal_bytes(expected, &bytes("template")?, &template.unwrap_or_default());
        report.equal_bytes(expected, &bytes("state")?, actual.state.as_slice());
    }
    let hash = row.key("state_hash")?;
    report.equal(&hash, Hash32(hash.hex_array()?), effect.state_hash);
    Ok(())
}
