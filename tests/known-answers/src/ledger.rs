//! Chapter 02 §4 to §7: transactions signed and executed, the state hash, the order of a block, subsidies, vesting.

use spacemesh_codec::{decode_exact, encode};
use spacemesh_consensus::blocks::{OrderedTransaction, order_transactions};
use spacemesh_crypto::SigningKey;
use spacemesh_types::{
    Address, Hash20, Hash32, LayerId, Network, NodeId, ProposalId, Smidge, TransactionId, sum,
    transaction::{
        Call, SignaturePart, Signatures, SpawnArgs, Template, Transaction, TxHeader, Vault, id_of,
        signing_message, vested,
    },
    wire::{Account, RatNum, block_seed},
};
use spacemesh_vm::{
    AccountMap, BlockTx, CoinbaseReward, EMPTY_STATE_HASH, LayerInput, Params, accumulated_subsidy,
    apply_layer, state_hash, subsidy, verify_signature,
};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "ledger",
    recognises: |file| file.has("block_order") && file.has("subsidy"),
    annotations: &["ledger_chapter"],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in root.key("compact")?.key("rows")?.items()? {
        let (value, bytes) = (row.at(0)?.u64()?, row.at(1)?);
        report.equal_bytes(&bytes, &bytes.hex()?, &encode(&value));
        let decoded = decode_exact::<u64>(&bytes.hex()?);
        if let Some(decoded) = report.success(&bytes, decoded) {
            report.equal(&bytes, value, decoded);
        }
    }
    let signed = signed(root, report)?;
    state(&root.key("state")?, &signed, report)?;
    block_order(&root.key("block_order")?, report)?;
    proposals(&root.key("proposals")?, report)?;
    subsidies(&root.key("subsidy")?, report)?;
    vesting(&root.key("vesting")?, report)
}

fn test_key(index: u64) -> SigningKey {
    let text = format!("private key {index:20}");
    SigningKey::from_seed(text.as_bytes().try_into().expect("32 characters"))
}

fn wallet(index: u64) -> SpawnArgs {
    SpawnArgs::Wallet(test_key(index).public_key())
}

/// Signs with the keys of `signers`: one for a wallet, several for the others.
fn sign(transaction: &Transaction, genesis_id: Hash20, signers: &[(u8, u64)]) -> Vec<u8> {
    let unsigned = transaction.to_bytes();
    let message = signing_message(genesis_id, &unsigned);
    let part = |&(key_index, key): &(u8, u64)| SignaturePart {
        key_index,
        signature: test_key(key).sign_plain(&[&message]),
    };
    let mut parts: Vec<SignaturePart> = signers.iter().map(part).collect();
    let signatures = if signers.len() == 1 {
        Signatures::Single(parts.remove(0).signature)
    } else {
        Signatures::Several(parts)
    };
    [unsigned, signatures.to_bytes()].concat()
}

/// Makes the five transactions, on mainnet, and executes them one after the other where they can be.
fn signed(root: &Node<'_>, report: &mut Report) -> Result<Vec<Vec<u8>>, Malformed> {
    let network = Network::mainnet();
    let keys = (0..3).map(|index| test_key(index).public_key()).collect();
    let owner = SpawnArgs::vesting(2, keys).map_err(|error| root.malformed(error))?;
    let terms = Vault {
        owner: owner.address(),
        total: Smidge(1_000_000_000_000),
        initial_unlock: Smidge(250_000_000_000),
        start: LayerId(105_120),
        end: LayerId(420_480),
    };
    let vault = SpawnArgs::Vault(terms);
    let expected = root.key("vault")?;
    let address = expected.key("address")?;
    report.equal(
        &address,
        address.text()?,
        vault.address().to_bech32(&network.hrp),
    );
    let state = expected.key("state")?;
    report.equal_bytes(&state, &state.hex()?, &encode(&vault));

    let transaction = |principal: &SpawnArgs, call, nonce| Transaction {
        principal: principal.address(),
        call,
        nonce,
        gas_price: 1,
    };
    let spend = Call::Spend {
        destination: wallet(1).address(),
        amount: Smidge(1000),
    };
    let drain = Call::Drain {
        vault: vault.address(),
        destination: wallet(0).address(),
        amount: Smidge(1_000_000_000),
    };
    let (one, two): (&[_], &[_]) = (&[(0, 0)], &[(0, 0), (2, 2)]);
    let made = [
        (transaction(&wallet(0), Call::Spawn(wallet(0)), 0), one),
        (transaction(&wallet(0), spend, 1), one),
        (transaction(&owner, Call::Spawn(owner.clone()), 0), two),
        (transaction(&owner, Call::Spawn(vault.clone()), 1), two),
        (transaction(&owner, drain, 2), two),
    ];
    let raw: Vec<Vec<u8>> = made
        .iter()
        .map(|(transaction, signers)| sign(transaction, network.id(), signers))
        .collect();

    // The vault must have its endowment, and enough of it must be vested.
    let rich = [wallet(0).address(), owner.address(), vault.address()];
    let accounts: AccountMap = rich
        .into_iter()
        .map(|address| account(address, 1_000_000_000_000))
        .collect();
    let params = Params::new(&network, Params::MAINNET_BLOCK_GAS_LIMIT);
    let listed: Vec<BlockTx<'_>> = raw.iter().map(|raw| block_tx(raw)).collect();
    let input = LayerInput {
        layer: LayerId(200_000),
        block: <_>::default(),
        transactions: &listed,
        rewards: &[],
    };
    let effect = apply_layer(&params, &accounts, &input, &verify_signature);
    let Some(effect) = report.success(root, effect) else {
        return Ok(raw);
    };
    let rows = root.key("signed")?.key("rows")?.items()?;
    report.equal(root, rows.len(), effect.executed.len());
    for ((row, raw), executed) in rows.iter().zip(&raw).zip(&effect.executed) {
        let kind = row.key("kind")?;
        report.holds(
            &kind,
            executed.succeeded(),
            format!("{} to succeed", kind.text()?),
        );
        let size = row.key("size")?;
        report.equal(&size, size.u64()?, raw.len());
        let gas = row.key("max_gas")?;
        report.equal(&gas, gas.u64()?, executed.result.gas);
        report.equal(&gas, gas.u64()?, executed.result.fee);
        let id = row.key("id")?;
        report.equal(&id, TransactionId(id.hex_array()?), executed.id);
    }
    let header = root.key("spend_header")?;
    let spend = effect
        .executed
        .get(1)
        .map(|executed| encode(&executed.header));
    report.equal_bytes(&header, &header.hex()?, &spend.unwrap_or_default());
    Ok(raw)
}

fn account(address: Address, balance: u64) -> Account {
    Account {
        layer: LayerId::ZERO,
        address,
        next_nonce: 0,
        balance: Smidge(balance),
        template: None,
        state: <_>::default(),
    }
}

fn block_tx(raw: &[u8]) -> BlockTx<'_> {
    BlockTx {
        id: id_of(raw),
        raw,
        verified: false,
    }
}

fn layer(node: &Node<'_>) -> Result<LayerId, Malformed> {
    u32::try_from(node.u64()?)
        .map(LayerId)
        .map_err(|_| node.malformed("a layer"))
}

fn state(row: &Node<'_>, signed: &[Vec<u8>], report: &mut Report) -> Result<(), Malformed> {
    let params = Params::new(&Network::mainnet(), Params::MAINNET_BLOCK_GAS_LIMIT);
    let balance = row.key("balance")?.u64()?;
    let accounts: AccountMap = [account(wallet(0).address(), balance)]
        .into_iter()
        .collect();
    let listed: Vec<BlockTx<'_>> = signed.iter().take(2).map(|raw| block_tx(raw)).collect();
    let coinbase = CoinbaseReward {
        coinbase: Address::generate(b"1"),
        smesher: NodeId([7; 32]),
        weight: RatNum { num: 3, denom: 7 },
    };
    let input = LayerInput {
        layer: layer(&row.key("layer")?)?,
        block: <_>::default(),
        transactions: &listed,
        rewards: &[coinbase],
    };
    let effect = apply_layer(&params, &accounts, &input, &verify_signature);
    let Some(effect) = report.success(row, effect) else {
        return Ok(());
    };
    let records = row.key("records")?.items()?;
    report.equal(row, records.len(), effect.accounts.len());
    for (record, account) in records.iter().zip(&effect.accounts) {
        report.equal_bytes(record, &record.hex()?, &encode(account));
    }
    let reward = effect.rewards.first().copied();
    let numbers = [
        ("fees", effect.fees),
        ("subsidy", effect.issued),
        (
            "subsidy",
            reward.map(|reward| reward.subsidy).unwrap_or_default(),
        ),
        (
            "reward",
            reward.map(|reward| reward.total).unwrap_or_default(),
        ),
    ];
    for (key, actual) in numbers {
        report.equal(&row.key(key)?, row.key(key)?.u64()?, actual);
    }
    let hash = row.key("state_hash")?;
    report.equal(&hash, Hash32(hash.hex_array()?), effect.state_hash);
    let empty = row.key("empty")?;
    report.equal(&empty, Hash32(empty.hex_array()?), EMPTY_STATE_HASH);
    report.equal(&empty, Hash32(empty.hex_array()?), state_hash(&[]));
    Ok(())
}

fn listed(principal: Address, nonce: u64, id: TransactionId) -> OrderedTransaction {
    OrderedTransaction {
        id,
        header: TxHeader {
            principal,
            template: Template::Wallet.address(),
            method: 16,
            nonce,
            layer_min: 0,
            layer_max: 0,
            max_gas: 36_090,
            gas_price: 1,
            max_spend: Smidge(1000),
        },
        applied: false,
    }
}

fn block_order(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let seed = row.key("seed")?;
    let seed: [u8; 32] = seed
        .text()?
        .as_bytes()
        .try_into()
        .map_err(|_| seed.malformed("32 characters"))?;
    let mut destination = [0; 24];
    destination[..4].copy_from_slice(&[1, 2, 3, 4]);
    let mut txs = Vec::new();
    for index in 0..10 {
        let principal = wallet(index).address();
        let transaction = Transaction {
            principal,
            call: Call::Spend {
                destination: Address(destination),
                amount: Smidge(1000),
            },
            nonce: index,
            gas_price: 1,
        };
        let raw = sign(&transaction, Hash20::ZERO, &[(0, index)]);
        txs.push(listed(principal, index, id_of(&raw)));
    }
    for (key, index) in [("first_id", 0), ("second_id", 1)] {
        let id = row.key(key)?;
        report.equal(&id, TransactionId(id.hex_array()?), txs[index].id);
    }
    let ordered = order_transactions(&txs, Hash32(seed), 0);
    let expected = row.key("order")?.items()?;
    report.equal(row, expected.len(), ordered.len());
    for (expected, tx) in expected.iter().zip(&ordered) {
        report.equal_bytes(expected, &expected.hex()?, &tx.0[..4]);
    }
    Ok(())
}

fn proposals(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let ids = row.key("ids")?.items()?;
    let ids: Vec<ProposalId> = ids
        .iter()
        .map(|id| id.hex_array().map(ProposalId))
        .collect::<Result<_, _>>()?;
    let seed = row.key("seed")?;
    report.equal(&seed, Hash32(seed.hex_array()?), block_seed(&ids));
    let mut txs = Vec::new();
    for name in ["A", "B", "C"] {
        for nonce in 0..2 {
            let id = TransactionId(sum([format!("tx-{name}-{nonce}")]).0);
            txs.push(listed(Address::generate(name.as_bytes()), nonce, id));
        }
    }
    let ordered = order_transactions(&txs, block_seed(&ids), 0);
    let names = ordered.iter().filter_map(|id| {
        let tx = txs.iter().find(|tx| tx.id == *id)?;
        let name = char::from(tx.header.principal.0[4]);
        Some(format!("{name}{}", tx.header.nonce))
    });
    let expected = row.key("order")?.items()?;
    report.equal(row, expected.len(), ordered.len());
    for (expected, name) in expected.iter().zip(names) {
        report.equal(expected, expected.text()?, name);
    }
    Ok(())
}

fn subsidies(rows: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let first = LayerId(8063);
    for row in rows.key("rows")?.items()? {
        let index = layer(&row.key("m")?)?.0;
        let of_layer = row.key("subsidy")?;
        let layer = LayerId(first.0 + index);
        report.equal(&of_layer, of_layer.u64()?, subsidy(layer, first));
        if let Some(accumulated) = row.optional("accumulated") {
            report.equal(&accumulated, accumulated.u64()?, accumulated_subsidy(index));
        }
    }
    Ok(())
}

fn vesting(rows: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in rows.key("rows")?.items()? {
        let vault = Vault {
            owner: Address::ZERO,
            total: Smidge(row.key("total")?.u64()?),
            initial_unlock: Smidge::ZERO,
            start: layer(&row.key("start")?)?,
            end: layer(&row.key("end")?)?,
        };
        for expected in row.key("vested")?.items()? {
            let released = vested(&vault, layer(&expected.at(0)?)?);
            report.equal(&expected.at(1)?, expected.at(1)?.u64()?, released);
        }
    }
    Ok(())
}
