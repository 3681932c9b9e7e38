//! The genesis of mainnet: addresses and balances of the accounts.

use spacemesh_types::{Address, Hrp, Smidge};

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
    let hrp = Hrp::new(root.key("hrp")?.text()?).map_err(|error| root.malformed(error))?;
    let accounts = root.key("accounts")?.items()?;
    let mut balances = Vec::new();
    for account in &accounts {
        let text = account.key("address")?;
        if let Some(address) = report.success(&text, Address::parse(text.text()?, &hrp)) {
            let bytes = account.key("address_hex")?;
            report.equal_bytes(&bytes, &bytes.hex()?, address.as_bytes());
        }
        balances.push(Smidge(account.key("balance_smidge")?.u64()?));
    }
    report.equal(
        &root.key("account_count")?,
        root.key("account_count")?.u64()?,
        accounts.len(),
    );
    let total = Smidge::checked_sum(balances)
        .map_or_else(|| "more than 2^64".to_owned(), |sum| sum.to_string());
    report.equal(
        &root.key("total_balance_smidge")?,
        root.key("total_balance_smidge")?.u64()?,
        total,
    );
    Ok(())
}
