//! What nodes answered when transactions were submitted to them: how they parsed each and what they said it costs (02 §2.5, §3.2).
//!
//! The file names no accounts. Those of its principals are learned from the spawns in it, which come before their first use.

use std::collections::BTreeMap;

use spacemesh_types::{
    Address, Hrp,
    transaction::{
        Call, Kind, ParseTxError, Parsed, SpawnArgs, Template, Transaction, id_of, parse,
        principal_of,
    },
};

use crate::{
    files::{Content, File},
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "recorded transactions",
    recognises,
    annotations: &["name"],
    run,
};

fn recognises(file: &File) -> bool {
    let Content::Json(value) = &file.content else {
        return false;
    };
    let has = |pointer| value.pointer(pointer).is_some();
    has("/0/raw") && has("/0/parse") && has("/0/estimate_gas")
}

/// Accounts that were spawned by a transaction in the file.
type Accounts = BTreeMap<Address, SpawnArgs>;

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let rows = root.items()?;
    let mut accounts = Accounts::new();
    for row in &rows {
        let decoded = Transaction::decode_prefix(&row.key("raw")?.hex()?);
        if let Ok((
            Transaction {
                call: Call::Spawn(args),
                ..
            },
            _,
        )) = decoded
        {
            accounts.insert(args.address(), args);
        }
    }
    for row in &rows {
        for (key, reason) in [
            ("submit", "admission depends on what else the node knew"),
            ("submitted_in_layer", "when, not what"),
            ("t_ms", "when, not what"),
            ("node", "all nodes answer the same"),
        ] {
            row.key(key)?.skip(reason);
        }
        let raw = row.key("raw")?.hex()?;
        let id = row.key("id")?;
        report.equal(&id, id.text()?, id_of(&raw));
        let answer = row.key("parse")?;
        let status = answer.key("status")?.u64()?;
        let not_spawned = status == 404;
        let account = principal_of(&raw)
            .ok()
            .filter(|_| !not_spawned)
            .and_then(|principal| accounts.get(&principal));
        let parsed = parse(&raw, account);
        let body = answer.key("body")?;
        // Null wherever there is an answer.
        body.optional("status");
        match (status, body.optional("tx")) {
            (200, Some(tx)) => {
                if let Some(parsed) = report.success(row, parsed.as_ref()) {
                    transaction(&tx, &raw, parsed, report)?;
                }
            }
            _ => refusal(&body, &parsed, report)?,
        }
        let estimate = row.key("estimate_gas")?;
        estimate.key("status")?.u64()?;
        gas(&estimate.key("body")?, &parsed, report)?;
    }
    Ok(())
}

fn refusal(
    body: &Node<'_>,
    parsed: &Result<Parsed, ParseTxError>,
    report: &mut Report,
) -> Result<(), Malformed> {
    body.key("code")?
        .skip("the API's number for the kind of error");
    body.key("details")?.skip("always empty");
    let message = body.key("message")?;
    let text = message.text()?;
    let fits = match parsed {
        Err(ParseTxError::NotSpawned) => text == "account is not spawned",
        Err(ParseTxError::UnknownTemplate(_)) => text.contains("unknown template"),
        Err(error) => text.contains(&error.to_string()),
        // Signatures are compared where the network's genesis id is known.
        Ok(_) => text == "signature is invalid",
    };
    let found = match parsed {
        Ok(_) => "it parses".to_owned(),
        Err(error) => error.to_string(),
    };
    if fits {
        report.pass();
    } else {
        report.fail(message.path(), text, found);
    }
    Ok(())
}

fn gas(
    body: &Node<'_>,
    parsed: &Result<Parsed, ParseTxError>,
    report: &mut Report,
) -> Result<(), Malformed> {
    match body.optional("recommendedMaxGas") {
        Some(gas) => {
            body.optional("status");
            if let Some(parsed) = report.success(&gas, parsed.as_ref()) {
                report.equal(&gas, gas.u64()?, parsed.header.max_gas);
            }
            Ok(())
        }
        None => refusal(body, parsed, report),
    }
}

fn transaction(
    tx: &Node<'_>,
    raw: &[u8],
    parsed: &Parsed,
    report: &mut Report,
) -> Result<(), Malformed> {
    let principal = tx.key("principal")?;
    let (prefix, _) = principal.text()?.rsplit_once('1').unwrap_or_default();
    let hrp = Hrp::new(prefix).map_err(|error| principal.malformed(error))?;
    let header = parsed.header;
    report.equal(
        &principal,
        principal.text()?,
        header.principal.to_bech32(&hrp),
    );
    let template = tx.key("template")?;
    report.equal(&template, template.text()?, header.template.to_bech32(&hrp));
    let numbers = [
        (tx.key("method")?, header.method.into()),
        (tx.key("nonce")?.key("counter")?, header.nonce),
        (tx.key("maxGas")?, header.max_gas),
        (tx.key("gasPrice")?, header.gas_price),
        (tx.key("maxSpend")?, header.max_spend.0),
    ];
    for (node, actual) in numbers {
        report.equal(&node, node.u64()?, actual);
    }
    report.equal_bytes(&tx.key("raw")?, &tx.key("raw")?.base64()?, raw);
    tx.key("id")?.skip("empty: this call does not compute it");
    let kind = tx.key("type")?;
    report.equal(
        &kind,
        kind.text()?,
        format!("TRANSACTION_TYPE_{}", type_name(parsed)),
    );
    for (_, contents) in tx.key("contents")?.fields()? {
        for (key, node) in contents.fields()? {
            content(key, &node, &parsed.call, &hrp, report)?;
        }
    }
    Ok(())
}

fn type_name(parsed: &Parsed) -> &'static str {
    let spawned = match &parsed.call {
        Call::Spawn(args) => Some(args.template()),
        Call::Spend { .. } | Call::Drain { .. } => None,
    };
    match (parsed.kind, spawned, parsed.signer.template()) {
        (_, Some(Template::Wallet), _) => "SINGLE_SIG_SPAWN",
        (_, Some(Template::Multisig), _) => "MULTI_SIG_SPAWN",
        (_, Some(Template::Vesting), _) => "VESTING_SPAWN",
        (_, Some(Template::Vault), _) => "VAULT_SPAWN",
        (Kind::Drain, None, _) => "DRAIN_VAULT",
        (_, None, Template::Wallet) => "SINGLE_SIG_SEND",
        // Vesting accounts are multisigs here.
        (_, None, Template::Multisig | Template::Vesting | Template::Vault) => "MULTI_SIG_SEND",
    }
}

/// One field of the decoded contents.
fn content(
    key: &str,
    node: &Node<'_>,
    call: &Call,
    hrp: &Hrp,
    report: &mut Report,
) -> Result<(), Malformed> {
    let text = |address: &Address| address.to_bech32(hrp);
    let actual = match (key, call) {
        ("pubkey", Call::Spawn(SpawnArgs::Wallet(key))) => key.to_hex(),
        ("pubkey", Call::Spawn(SpawnArgs::Multisig(members) | SpawnArgs::Vesting(members))) => {
            let expected = node.items()?;
            report.equal(node, expected.len(), members.keys.len());
            for (expected, key) in expected.iter().zip(members.keys.iter()) {
                report.equal(expected, expected.text()?, key);
            }
            return Ok(());
        }
        ("required", Call::Spawn(args)) => args.required().to_string(),
        ("owner", Call::Spawn(SpawnArgs::Vault(vault))) => text(&vault.owner),
        ("totalAmount", Call::Spawn(SpawnArgs::Vault(vault))) => vault.total.to_string(),
        ("initialUnlockAmount", Call::Spawn(SpawnArgs::Vault(vault))) => {
            vault.initial_unlock.to_string()
        }
        ("vestingStart", Call::Spawn(SpawnArgs::Vault(vault))) => vault.start.to_string(),
        ("vestingEnd", Call::Spawn(SpawnArgs::Vault(vault))) => vault.end.to_string(),
        ("destination", Call::Spend { destination, .. } | Call::Drain { destination, .. }) => {
            text(destination)
        }
        ("amount", Call::Spend { amount, .. } | Call::Drain { amount, .. }) => amount.to_string(),
        ("vault", Call::Drain { vault, .. }) => text(vault),
        // Left unread, which is reported.
        _ => return Ok(()),
    };
    let number = node.u64().map(|number| number.to_string());
    let expected = number.or_else(|_| node.text().map(str::to_owned))?;
    report.equal(node, expected, actual);
    Ok(())
}
