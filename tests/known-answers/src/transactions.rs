//! Chapter 02 §1 to §3: transactions built, signed, parsed and priced; and the Ledger app's addresses, screens and signatures.

use std::collections::BTreeMap;

use spacemesh_codec::{Input, encode};
use spacemesh_types::{
    Address, EdSignature, Hash20, Hrp, LayerId, PublicKey, Smidge, sum20,
    transaction::{
        Call, Kind, ParseTxError, Parsed, SpawnArgs, Template, Transaction, Vault, id_of, parse,
        principal_of, signing_message, vested,
    },
};
use spacemesh_wallet::{
    KeyPath, SecretSeed, Words, derive,
    tx::{Action, Draft, PendingTx, Review, ReviewLine, max_spend},
    verify,
};

use crate::{
    files::{Content, File},
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "transactions",
    recognises: |file| file.has("made") && file.has("recorded"),
    annotations: &["name"],
    run,
};

pub(crate) const LEDGER_ADDRESSES: Suite = Suite {
    name: "addresses on a Ledger",
    recognises: |file| first_case_has(file, "path") && first_case_has(file, "kind"),
    annotations: &[],
    run: ledger_addresses,
};

pub(crate) const LEDGER_SCREENS: Suite = Suite {
    name: "screens of a Ledger",
    recognises: |file| first_case_has(file, "screens") && first_case_has(file, "expert_extra"),
    annotations: &["name"],
    run: ledger_screens,
};

pub(crate) const LEDGER_SIGNATURES: Suite = Suite {
    name: "signatures of a Ledger",
    recognises: |file| first_case_has(file, "signature") && first_case_has(file, "blob"),
    annotations: &["name"],
    run: ledger_signatures,
};

fn first_case_has(file: &File, key: &str) -> bool {
    let Content::Json(value) = &file.content else {
        return false;
    };
    value
        .pointer("/cases/0")
        .is_some_and(|case| case.get(key).is_some())
}

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in root.key("test_keys")?.key("rows")?.items()? {
        let seed = SecretSeed::from_bytes(&row.key("seed")?.hex_array()?);
        let key = row.key("public_key")?;
        report.equal(&key, key.text()?, seed.public_key());
        let address = row.key("address")?;
        report.equal(
            &address,
            address.text()?,
            mainnet(&SpawnArgs::Wallet(seed.public_key()).address()),
        );
    }
    for row in root.key("payloads")?.key("rows")?.items()? {
        let payload = [encode(&row.at(0)?.u64()?), encode(&row.at(1)?.u64()?)].concat();
        report.equal_bytes(&row.at(2)?, &row.at(2)?.hex()?, &payload);
    }
    for row in root.key("addresses")?.key("rows")?.items()? {
        let args = account(&row)?;
        let address = row.key("address")?;
        report.equal(&address, address.text()?, mainnet(&args.address()));
        if let Some(bytes) = row.optional("arguments_after_owner") {
            report.equal_bytes(&bytes, &bytes.hex()?, &encode(&args)[Address::SIZE..]);
        }
    }
    for row in root.key("made")?.key("rows")?.items()? {
        made(&row, report)?;
    }
    for row in root.key("vested")?.key("rows")?.items()? {
        let vault = Vault {
            owner: Address::ZERO,
            total: Smidge(row.at(0)?.u64()?),
            initial_unlock: Smidge::ZERO,
            start: layer(&row.at(1)?)?,
            end: layer(&row.at(2)?)?,
        };
        let released = vested(&vault, layer(&row.at(3)?)?);
        report.equal(&row.at(4)?, row.at(4)?.u64()?, released);
    }
    for row in root.key("max_amounts")?.key("rows")?.items()? {
        max_amount(&row, report)?;
    }
    recorded(&root.key("recorded")?, report)
}

/// Address text on mainnet, for which the made ones are.
fn mainnet(address: &Address) -> String {
    address.to_bech32(&Hrp::MAINNET)
}

fn layer(node: &Node<'_>) -> Result<LayerId, Malformed> {
    u32::try_from(node.u64()?)
        .map(LayerId)
        .map_err(|_| node.malformed("a layer"))
}

fn test_key(index: u64) -> SecretSeed {
    let text = format!("private key {index:20}");
    SecretSeed::from_bytes(
        text.as_bytes()
            .try_into()
            .expect("12 and 20 characters are 32"),
    )
}

/// An account by template and keys, as the made rows describe it.
fn account(row: &Node<'_>) -> Result<SpawnArgs, Malformed> {
    let template = row.key("template")?.u64()?;
    if template == 4 {
        let owner = row.key("owner")?;
        return vault(
            row,
            Address::parse(owner.text()?, &Hrp::MAINNET).map_err(|error| owner.malformed(error))?,
        );
    }
    let keys: Vec<PublicKey> = match row.optional("test_keys") {
        Some(indexes) => indexes
            .items()?
            .iter()
            .map(|index| Ok(test_key(index.u64()?).public_key()))
            .collect::<Result<_, Malformed>>()?,
        None => row
            .key("keys")?
            .items()?
            .iter()
            .map(|key| key.hex_array().map(PublicKey))
            .collect::<Result<_, _>>()?,
    };
    let required = || {
        let node = row.key("required")?;
        u8::try_from(node.u64()?).map_err(|_| node.malformed("a small number"))
    };
    match template {
        1 => keys
            .first()
            .map(|key| SpawnArgs::Wallet(*key))
            .ok_or_else(|| row.malformed("a key")),
        2 => SpawnArgs::multisig(required()?, keys).map_err(|error| row.malformed(error)),
        _ => SpawnArgs::vesting(required()?, keys).map_err(|error| row.malformed(error)),
    }
}

fn vault(row: &Node<'_>, owner: Address) -> Result<SpawnArgs, Malformed> {
    SpawnArgs::vault(Vault {
        owner,
        total: Smidge(row.key("total")?.u64()?),
        initial_unlock: Smidge(row.key("initial")?.u64()?),
        start: layer(&row.key("start")?)?,
        end: layer(&row.key("end")?)?,
    })
    .map_err(|error| row.malformed(error))
}

fn made(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let genesis_id = Hash20(row.key("genesis_id")?.hex_array()?);
    let signer = row
        .optional("account")
        .map(|node| account(&node))
        .transpose()?;
    let raw = match (row.optional("raw"), &signer) {
        (Some(raw), _) => raw.hex()?,
        (None, Some(signer)) => match report.success(row, build(row, signer, genesis_id)?) {
            Some(raw) => raw,
            None => return Ok(()),
        },
        (None, None) => return Err(row.malformed("raw bytes or an account")),
    };
    let id = row.key("id")?;
    report.equal(&id, id.text()?, id_of(&raw));
    if let Some(size) = row.optional("size") {
        report.equal(&size, size.u64()?, raw.len());
    }
    // The keys of a recorded principal aren't known; its template is.
    let stand_in = SpawnArgs::Wallet(PublicKey::ZERO);
    let Some(parsed) = report.success(row, parse(&raw, Some(signer.as_ref().unwrap_or(&stand_in))))
    else {
        return Ok(());
    };
    if signer.is_some() {
        report.holds(
            row,
            parsed.is_signed(&raw, genesis_id, verify),
            "to be signed",
        );
    }
    let header = parsed.header;
    let numbers = [
        ("max_gas", header.max_gas),
        ("nonce", header.nonce),
        ("gas_price", header.gas_price),
        ("amount", header.max_spend.0),
    ];
    for (key, actual) in numbers {
        if let Some(expected) = row.optional(key) {
            report.equal(&expected, expected.u64()?, actual);
        }
    }
    if let Some(expected) = row.optional("header") {
        report.equal_bytes(&expected, &expected.hex()?, &encode(&header));
    }
    if let Some(expected) = row.optional("principal") {
        report.equal(&expected, expected.text()?, mainnet(&header.principal));
    }
    Ok(())
}

/// The raw bytes of a transaction that is described, signed by the named test keys.
fn build(
    row: &Node<'_>,
    account: &SpawnArgs,
    genesis_id: Hash20,
) -> Result<Result<Vec<u8>, String>, Malformed> {
    let address = |node: Node<'_>| {
        Address::parse(node.text()?, &Hrp::MAINNET).map_err(|error| node.malformed(error))
    };
    let (nonce, gas_price) = (row.key("nonce")?.u64()?, row.key("gas_price")?.u64()?);
    if let Some(spend) = row.optional("spend_unchecked") {
        // To an address that a wallet refuses, so it is put together by hand.
        let call = Call::Spend {
            destination: Address(spend.key("destination")?.hex_array()?),
            amount: Smidge(spend.key("amount")?.u64()?),
        };
        let principal = account.address();
        let unsigned = Transaction {
            principal,
            call,
            nonce,
            gas_price,
        }
        .to_bytes();
        let seed = test_key(row.key("signers")?.at(0)?.u64()?);
        let signature = seed.sign(&signing_message(genesis_id, &unsigned));
        return Ok(Ok([unsigned.as_slice(), signature.as_ref()].concat()));
    }
    let action = if let Some(spend) = row.optional("spend") {
        Action::Spend {
            destination: address(spend.key("destination")?)?,
            amount: Smidge(spend.key("amount")?.u64()?),
        }
    } else if let Some(spawn) = row.optional("spawn_vault") {
        let args = vault(&spawn, account.address())?;
        // Compared here, because the address and the state are expectations, too.
        let (expected, state) = (spawn.key("address")?.text()?, spawn.key("state")?.hex()?);
        if mainnet(&args.address()) != expected || encode(&args) != state {
            return Ok(Err(format!(
                "the vault is {} with state {}",
                mainnet(&args.address()),
                hex::encode(encode(&args))
            )));
        }
        Action::Spawn(args)
    } else if let Some(drain) = row.optional("drain") {
        Action::Drain {
            vault: address(drain.key("vault")?)?,
            destination: address(drain.key("destination")?)?,
            amount: Smidge(drain.key("amount")?.u64()?),
        }
    } else {
        row.key("self_spawn")?.bool()?;
        Action::SelfSpawn
    };
    let draft = Draft {
        account: account.clone(),
        action,
        nonce,
        gas_price,
    };
    let mut pending = match draft.build(genesis_id) {
        Ok(pending) => pending,
        Err(error) => return Ok(Err(error.to_string())),
    };
    for index in row.key("signers")?.items()? {
        if let Err(error) = pending.sign(&test_key(index.u64()?)) {
            return Ok(Err(error.to_string()));
        }
    }
    Ok(pending.to_raw().map_err(|error| error.to_string()))
}

fn max_amount(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let account = SpawnArgs::Wallet(test_key(0).public_key());
    let (balance, gas_price) = (Smidge(row.at(0)?.u64()?), row.at(1)?.u64()?);
    let Some(found) = report.success(row, max_spend(&account, balance, 63, gas_price)) else {
        return Ok(());
    };
    let expected = row.at(2)?;
    let gas = row.at(3)?;
    if expected.is_null() {
        report.holds(&expected, found.is_none(), "that nothing can be sent");
    } else {
        report.equal(&expected, expected.u64()?, found.unwrap_or_default());
    }
    let draft = Draft {
        action: Action::Spend {
            destination: account.address(),
            amount: found.unwrap_or_default(),
        },
        account,
        nonce: 63,
        gas_price,
    };
    if let Some(actual) = report.success(&gas, draft.max_gas()) {
        report.equal(&gas, gas.u64()?, actual);
    }
    Ok(())
}

fn recorded(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let time = section.key("genesis_unix")?.u64()?.to_string();
    let genesis_id = sum20([&time, section.key("extra_data")?.text()?]);
    let mut seeds = BTreeMap::new();
    for row in section.key("keys")?.key("rows")?.items()? {
        let seed = SecretSeed::from_bytes(&row.key("seed")?.hex_array()?);
        let key = row.key("public_key")?;
        report.equal(&key, key.text()?, seed.public_key());
        seeds.insert(seed.public_key(), seed);
    }
    for row in section.key("rows")?.items()? {
        let raw = row.key("raw")?.hex()?;
        let id = row.key("id")?;
        report.equal(&id, id.text()?, id_of(&raw));
        let account = row
            .optional("account")
            .map(|node| stored_account(&node))
            .transpose()?;
        if let Some(account) = &account {
            report.holds(
                &row,
                principal_of(&raw) == Ok(account.address()),
                "the account to be the principal",
            );
        }
        let parsed = parse(&raw, account.as_ref());
        let expected = row.key("expected")?;
        match expected.text()? {
            "not spawned" => {
                report.holds(
                    &expected,
                    parsed == Err(ParseTxError::NotSpawned),
                    "not to be spawned",
                );
            }
            "unknown template" => {
                let unknown = matches!(parsed, Err(ParseTxError::UnknownTemplate(_)));
                report.holds(&expected, unknown, "an unknown template");
            }
            "signature is invalid" => {
                let Some(parsed) = report.success(&row, parsed) else {
                    continue;
                };
                report.holds(
                    &expected,
                    !parsed.is_signed(&raw, genesis_id, verify),
                    "to be signed wrongly",
                );
            }
            _ => {
                let Some(parsed) = report.success(&row, parsed) else {
                    continue;
                };
                report.holds(
                    &expected,
                    parsed.is_signed(&raw, genesis_id, verify),
                    "to be signed",
                );
                header(&row.key("header")?, &parsed, report)?;
                made_again(&row, &raw, &parsed, genesis_id, &seeds, report);
            }
        }
    }
    Ok(())
}

fn stored_account(node: &Node<'_>) -> Result<SpawnArgs, Malformed> {
    let number = node.key("template")?.u64()?;
    let template = Template::ALL
        .into_iter()
        .find(|template| u64::from(template.number()) == number)
        .ok_or_else(|| node.malformed("a template"))?;
    let bytes = node.key("arguments")?.hex()?;
    SpawnArgs::decode_from(template, &mut Input::new(&bytes)).map_err(|error| node.malformed(error))
}

fn header(node: &Node<'_>, parsed: &Parsed, report: &mut Report) -> Result<(), Malformed> {
    let header = parsed.header;
    let numbers = [
        ("method", header.method.into()),
        ("nonce", header.nonce),
        ("gas_price", header.gas_price),
        ("max_gas", header.max_gas),
        ("max_spend", header.max_spend.0),
    ];
    for (key, actual) in numbers {
        report.equal(&node.key(key)?, node.key(key)?.u64()?, actual);
    }
    if let Some(template) = node.optional("template") {
        report.equal(&template, template.text()?, header.template.to_hex());
    }
    Ok(())
}

/// Builds and signs a recorded transaction again from what it says, with the keys that signed it.
fn made_again(
    row: &Node<'_>,
    raw: &[u8],
    parsed: &Parsed,
    genesis_id: Hash20,
    seeds: &BTreeMap<PublicKey, SecretSeed>,
    report: &mut Report,
) {
    if parsed.header.gas_price == 0 {
        // The nodes refused it, and a wallet doesn't make it.
        return;
    }
    let imported = PendingTx::import(raw, genesis_id, |_| Some(parsed.signer.clone()));
    let Some(imported) = report.success(row, imported) else {
        return;
    };
    report.holds(
        row,
        imported.rejected.is_empty() && imported.pending.is_complete(),
        "to be imported with its signatures",
    );
    let action = match &parsed.call {
        Call::Spawn(_) if parsed.kind == Kind::SelfSpawn => Action::SelfSpawn,
        Call::Spawn(args) => Action::Spawn(args.clone()),
        Call::Spend {
            destination,
            amount,
        } => Action::Spend {
            destination: *destination,
            amount: *amount,
        },
        Call::Drain {
            vault,
            destination,
            amount,
        } => Action::Drain {
            vault: *vault,
            destination: *destination,
            amount: *amount,
        },
    };
    let draft = Draft {
        account: parsed.signer.clone(),
        action,
        nonce: parsed.header.nonce,
        gas_price: parsed.header.gas_price,
    };
    let Some(mut pending) = report.success(row, draft.build(genesis_id)) else {
        return;
    };
    for index in imported.pending.signed_by() {
        let key = parsed.signer.keys().get(usize::from(index));
        match key.and_then(|key| seeds.get(key)) {
            Some(seed) => {
                report.success(row, pending.sign(seed));
            }
            None => report.fail(row.path(), "the key that signed", "it is not in the file"),
        }
    }
    if let Some(again) = report.success(row, pending.to_raw()) {
        report.equal_bytes(row, raw, &again);
    }
}

fn ledger_addresses(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let text = root.key("mnemonic")?;
    let Some(words) = report.success(&text, Words::parse(text.text()?)) else {
        return Ok(());
    };
    let seed = words.seed();
    report.equal_bytes(
        &root.key("seed")?,
        &root.key("seed")?.hex()?,
        seed.as_bytes(),
    );
    for case in root.key("cases")?.items()? {
        let path_node = case.key("path")?;
        let path: KeyPath = path_node
            .text()?
            .parse()
            .map_err(|error| path_node.malformed(error))?;
        let hrp = if path.coin_type() == Some(1) {
            Hrp::TESTNET
        } else {
            Hrp::MAINNET
        };
        let own = derive(&seed, &path);
        let args = match case.key("kind")?.text()? {
            "wallet" => {
                report.equal(
                    &case.key("secret")?,
                    case.key("secret")?.text()?,
                    &own.to_hex()[..64],
                );
                report.equal(
                    &case.key("public_key")?,
                    case.key("public_key")?.text()?,
                    own.public_key(),
                );
                SpawnArgs::Wallet(own.public_key())
            }
            kind => {
                let members = ledger_members(&case, kind, &own, report)?;
                match case.optional("vault") {
                    None => members,
                    Some(terms) => {
                        let owner = case.key("owner_vesting")?;
                        report.equal(&owner, owner.text()?, members.address().to_bech32(&hrp));
                        vault(&terms, members.address())?
                    }
                }
            }
        };
        let address = case.key("address")?;
        report.equal(&address, address.text()?, args.address().to_bech32(&hrp));
    }
    Ok(())
}

fn ledger_members(
    case: &Node<'_>,
    kind: &str,
    own: &SecretSeed,
    report: &mut Report,
) -> Result<SpawnArgs, Malformed> {
    let keys: Vec<PublicKey> = case
        .key("keys")?
        .items()?
        .iter()
        .map(|key| key.hex_array().map(PublicKey))
        .collect::<Result<_, _>>()?;
    let own_index = case.key("own_index")?;
    let index = usize::try_from(own_index.u64()?).ok();
    report.holds(
        &own_index,
        index.and_then(|index| keys.get(index)) == Some(&own.public_key()),
        "the device's key to stand at this index",
    );
    let node = case.key("required")?;
    let required = u8::try_from(node.u64()?).map_err(|_| node.malformed("a small number"))?;
    let args = if kind == "multisig" {
        SpawnArgs::multisig(required, keys)
    } else {
        SpawnArgs::vesting(required, keys)
    };
    args.map_err(|error| case.malformed(error))
}

fn ledger_screens(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for case in root.key("cases")?.items()? {
        let hrp_node = case.key("hrp")?;
        let hrp = Hrp::new(hrp_node.text()?).map_err(|error| hrp_node.malformed(error))?;
        let blob = case.key("blob")?;
        let Some(review) = report.success(&blob, Review::of_message(&blob.hex()?)) else {
            continue;
        };
        screens(&case.key("screens")?, &review.device_lines(&hrp), report)?;
        screens(
            &case.key("expert_extra")?,
            &review.expert_lines(&hrp),
            report,
        )?;
        for (key, node) in case.key("parsed")?.fields()? {
            parsed_field(key, &node, &review, &hrp, report)?;
        }
    }
    Ok(())
}

fn screens(node: &Node<'_>, lines: &[ReviewLine], report: &mut Report) -> Result<(), Malformed> {
    let items = node.items()?;
    report.equal(node, items.len(), lines.len());
    for (item, line) in items.iter().zip(lines) {
        report.equal(item, item.at(0)?.text()?, &line.label);
        report.equal(item, item.at(1)?.text()?, &line.value);
    }
    Ok(())
}

/// One field of what an independent parser read from the same bytes.
fn parsed_field(
    key: &str,
    node: &Node<'_>,
    review: &Review,
    hrp: &Hrp,
    report: &mut Report,
) -> Result<(), Malformed> {
    let transaction = &review.transaction;
    let text = |address: &Address| address.to_bech32(hrp);
    let spawned = review.spawned();
    let members = match &transaction.call {
        Call::Spawn(SpawnArgs::Multisig(members) | SpawnArgs::Vesting(members)) => Some(members),
        Call::Spawn(_) | Call::Spend { .. } | Call::Drain { .. } => None,
    };
    let terms = match &transaction.call {
        Call::Spawn(SpawnArgs::Vault(vault)) => Some(vault),
        Call::Spawn(_) | Call::Spend { .. } | Call::Drain { .. } => None,
    };
    let (destination, amount, from) = match &transaction.call {
        Call::Spend {
            destination,
            amount,
        } => (Some(destination), Some(amount), None),
        Call::Drain {
            vault,
            destination,
            amount,
        } => (Some(destination), Some(amount), Some(vault)),
        Call::Spawn(_) => (None, None, None),
    };
    let actual = match key {
        "genesis_id" => Some(review.genesis_id.to_hex()),
        "principal" => Some(text(&transaction.principal)),
        "method" => Some(transaction.call.method().to_string()),
        "template" => transaction
            .call
            .template()
            .map(|template| template.number().to_string()),
        "nonce" => Some(transaction.nonce.to_string()),
        "gas_price" => Some(transaction.gas_price.to_string()),
        "self" => {
            let own = spawned == Some(transaction.principal);
            report.holds(
                node,
                node.bool()? == own,
                "self-spawns to be told from others",
            );
            return Ok(());
        }
        "spawned" => spawned.as_ref().map(text),
        "public_key" => match &transaction.call {
            Call::Spawn(SpawnArgs::Wallet(key)) => Some(key.to_hex()),
            Call::Spawn(_) | Call::Spend { .. } | Call::Drain { .. } => None,
        },
        "required" => members.map(|members| members.required.to_string()),
        "keys" => {
            let expected: Vec<_> = node
                .items()?
                .iter()
                .map(|key| key.hex_array().map(PublicKey))
                .collect::<Result<_, _>>()?;
            let same = members.is_some_and(|members| members.keys.as_slice() == expected);
            report.holds(node, same, "the same keys in the same order");
            return Ok(());
        }
        "owner" => terms.map(|terms| text(&terms.owner)),
        "total" => terms.map(|terms| terms.total.to_string()),
        "initial" => terms.map(|terms| terms.initial_unlock.to_string()),
        "start" => terms.map(|terms| terms.start.to_string()),
        "end" => terms.map(|terms| terms.end.to_string()),
        "destination" => destination.map(text),
        "amount" => amount.map(Smidge::to_string),
        "vault" => from.map(text),
        // Left unread, which is reported.
        _ => return Ok(()),
    };
    let number = node.u64().map(|number| number.to_string());
    let expected = number.or_else(|_| node.text().map(str::to_owned))?;
    report.equal(
        node,
        expected,
        actual.unwrap_or_else(|| "nothing".to_owned()),
    );
    Ok(())
}

fn ledger_signatures(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let words = "equip will roof matter pink blind book anxiety banner elbow sun young";
    let Some(words) = report.success(root, Words::parse(words)) else {
        return Ok(());
    };
    let genesis_id = root.key("genesis_id")?.hex()?;
    for case in root.key("cases")?.items()? {
        case.key("apdus")?
            .skip("how a device is asked is not part of making a signature");
        let path_node = case.key("path")?;
        let path: KeyPath = path_node
            .text()?
            .parse()
            .map_err(|error| path_node.malformed(error))?;
        let key = derive(&words.seed(), &path);
        let public_key = root.key("public_key")?;
        report.equal(&public_key, public_key.text()?, key.public_key());
        let blob = case.key("blob")?.hex()?;
        report.holds(
            &case,
            blob.starts_with(&genesis_id),
            "the message to start with the genesis id",
        );
        let signature = case.key("signature")?;
        report.equal(&signature, signature.text()?, key.sign(&blob));
        let signature = EdSignature(signature.hex_array()?);
        report.holds(
            &case,
            verify(&key.public_key(), &blob, &signature),
            "to verify",
        );
        report.success(&case, Review::of_message(&blob));
    }
    Ok(())
}
