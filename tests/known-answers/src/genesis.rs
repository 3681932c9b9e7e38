//! The genesis of mainnet: ids, parameters, accounts and what is in them.

use spacemesh_types::{Address, LayerId, Network, SMIDGE_PER_SMH, Smidge};
use spacemesh_vm::genesis_accounts;

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "genesis",
    recognises: |file| file.has("genesis_extra_data") && file.has("accounts"),
    annotations: &["computed"],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let network = Network::mainnet();
    let genesis = &network.genesis;
    let text = |key: &str, actual: String, report: &mut Report| {
        let node = root.key(key)?;
        report.equal(&node, node.text()?, actual);
        Ok(())
    };
    text("network", "mainnet".to_owned(), report)?;
    text("genesis_time", genesis.time.to_string(), report)?;
    text("genesis_extra_data", genesis.extra_data.clone(), report)?;
    text("genesis_id_hex", network.id().to_hex(), report)?;
    text("golden_atx_hex", genesis.golden_atx().to_hex(), report)?;
    text("hrp", network.hrp.to_string(), report)?;
    let number = |key: &str, actual: u64, report: &mut Report| {
        let node = root.key(key)?;
        report.equal(&node, node.u64()?, actual);
        Ok(())
    };
    let seconds = u64::try_from(genesis.time.unix_seconds()).unwrap_or_default();
    number("genesis_time_unix", seconds, report)?;
    number(
        "layer_duration_seconds",
        network.layer_duration.as_secs(),
        report,
    )?;
    number(
        "layers_per_epoch",
        network.layers_per_epoch.get().into(),
        report,
    )?;
    number(
        "first_effective_genesis_layer",
        network.first_effective_genesis().0.into(),
        report,
    )?;
    number("smidge_per_smesh", SMIDGE_PER_SMH, report)?;
    vesting(root, &network, report)?;
    accounts(root, &network, report)?;
    initial_state(root, &network, report)
}

/// Vaults release their first part when the first year is over and their last after the fourth.
fn vesting(root: &Node<'_>, network: &Network, report: &mut Report) -> Result<(), Malformed> {
    let year = |years: u64| {
        let layers = years * 365 * 24 * 3600 / network.layer_duration.as_secs();
        u32::try_from(layers).map(LayerId).unwrap_or_default()
    };
    let terms = root.key("vault_args_common")?;
    for (key, years) in [("vesting_start_layer", 1), ("vesting_end_layer", 4)] {
        let node = terms.key(key)?;
        report.equal(&node, node.u64()?, year(years));
    }
    Ok(())
}

fn accounts(root: &Node<'_>, network: &Network, report: &mut Report) -> Result<(), Malformed> {
    let built_in = network.genesis.accounts.clone().unwrap_or_default();
    let accounts = root.key("accounts")?.items()?;
    for account in &accounts {
        let text = account.key("address")?;
        let balance = account.key("balance_smidge")?;
        if let Some(address) = report.success(&text, Address::parse(text.text()?, &network.hrp)) {
            let bytes = account.key("address_hex")?;
            report.equal_bytes(&bytes, &bytes.hex()?, address.as_bytes());
        }
        let actual = built_in.get(text.text()?).copied().unwrap_or_default();
        report.equal(&balance, balance.u64()?, actual);
        // A quarter of the balance, which is an argument of the vault and so part of its address.
        let unlock = account.key("vault_initial_unlock_arg_smidge")?;
        report.equal(&unlock, unlock.u64()?, actual.0 / 4);
    }
    report.equal(
        &root.key("account_count")?,
        root.key("account_count")?.u64()?,
        built_in.len(),
    );
    let total = Smidge::checked_sum(built_in.into_values()).unwrap_or_default();
    report.equal(
        &root.key("total_balance_smidge")?,
        root.key("total_balance_smidge")?.u64()?,
        total,
    );
    Ok(())
}

/// Accounts of the genesis are balances alone, in the file and in the rows that are made of them.
fn initial_state(root: &Node<'_>, network: &Network, report: &mut Report) -> Result<(), Malformed> {
    let state = root.key("initial_state")?;
    let Some(rows) = report.success(&state, genesis_accounts(network)) else {
        return Ok(());
    };
    let total: u64 = rows.iter().map(|row| row.balance.0).sum();
    let expected = root.key("total_balance_smidge")?;
    report.equal(&expected, expected.u64()?, total);
    let (layer, nonce) = (state.key("layer")?, state.key("next_nonce")?);
    for row in rows {
        report.equal(&layer, layer.u64()?, row.layer);
        report.equal(&nonce, nonce.u64()?, row.next_nonce);
        let is_blank = row.template.is_none() && row.state.is_empty();
        report.holds(&state, is_blank, "neither template nor state");
    }
    for key in ["template", "state"] {
        report.holds(&state, state.optional(key).is_none(), format!("no {key}"));
    }
    Ok(())
}
