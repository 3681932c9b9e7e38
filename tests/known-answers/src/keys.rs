//! Chapter 12: words, derived keys, addresses, keys of older programs, signed texts.

use spacemesh_types::{Address, EdSignature, Hrp, transaction::SpawnArgs};
use spacemesh_wallet::{
    KeyPath, SecretSeed, Seed, SignedText, TextForm, Words, derive, derive_before_slip10, verify,
};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "keys",
    recognises: |file| file.has("mnemonics") && file.has("slip10_raw_seeds"),
    annotations: &["origin", "rule"],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in root.key("mnemonics")?.items()? {
        phrase(&row, report)?;
    }
    for row in root.key("slip10_raw_seeds")?.key("cases")?.items()? {
        let ascii = row.key("seed_ascii")?;
        let seed = ascii
            .text()?
            .as_bytes()
            .try_into()
            .map_err(|_| ascii.malformed("64 characters"))?;
        let key = derive(&Seed::from_bytes(seed), &path(&row.key("path")?)?);
        let expected = row.key("key64")?;
        report.equal(&expected, expected.text()?, key.to_hex().as_str());
    }
    for row in root.key("pre_slip10")?.key("cases")?.items()? {
        row.key("path_text")?.text()?;
        let words = row.key("mnemonic")?;
        let Some(words) = report.success(&words, Words::parse(words.text()?)) else {
            continue;
        };
        let seed = derive_before_slip10(&words.seed(), row.key("index")?.u64()?);
        pair(&row, &seed, report)?;
    }
    for row in root.key("message_signatures")?.items()? {
        signed_text(&row, report)?;
    }
    Ok(())
}

fn phrase(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let text = row.key("mnemonic")?;
    let Some(words) = report.success(&text, Words::parse(text.text()?)) else {
        return Ok(());
    };
    let seed = words.seed();
    report.equal_bytes(&row.key("seed")?, &row.key("seed")?.hex()?, seed.as_bytes());
    let master = row.key("smcli_master")?;
    report.equal(
        &master,
        master.key("path")?.text()?,
        KeyPath::smcli_master(),
    );
    pair(&master, &derive(&seed, &KeyPath::smcli_master()), report)?;
    for key in row.key("keys")?.items()? {
        let derived = derive(&seed, &path(&key.key("path")?)?);
        pair(&key, &derived, report)?;
        let stored = key.key("stored_secret_key")?;
        report.equal(&stored, stored.text()?, derived.to_hex().as_str());
        let address = SpawnArgs::Wallet(derived.public_key()).address();
        for (name, hrp) in [
            ("sm", Hrp::MAINNET),
            ("stest", Hrp::TESTNET),
            ("standalone", Hrp::STANDALONE),
        ] {
            let expected = key.key(name)?;
            report.equal(&expected, expected.text()?, address.to_bech32(&hrp));
            report.holds(
                &expected,
                Address::parse(expected.text()?, &hrp) == Ok(address),
                "to read back",
            );
        }
    }
    Ok(())
}

fn path(node: &Node<'_>) -> Result<KeyPath, Malformed> {
    node.text()?.parse().map_err(|error| node.malformed(error))
}

/// Compares `secret` and `public_key`.
fn pair(row: &Node<'_>, seed: &SecretSeed, report: &mut Report) -> Result<(), Malformed> {
    let secret = row.key("secret")?;
    report.equal(&secret, secret.text()?, &seed.to_hex()[..64]);
    let public_key = row.key("public_key")?;
    report.equal(&public_key, public_key.text()?, seed.public_key());
    Ok(())
}

fn signed_text(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let seed = SecretSeed::from_bytes(&row.key("secret")?.hex_array()?);
    let text = row.key("text")?.text()?;
    let signed = row.key("signed")?.hex()?;
    let expected = row.key("signature")?;
    report.equal(&expected, expected.text()?, seed.sign(&signed));
    let signature = EdSignature(expected.hex_array()?);
    report.holds(
        &expected,
        verify(&seed.public_key(), &signed, &signature),
        "to verify",
    );
    let (document, form) = match row.key("client")?.text()? {
        "smapp" => (
            SignedText {
                public_key: format!("0x{}", seed.public_key()),
                text: text.to_owned(),
                signature: format!("0x{signature}"),
            },
            TextForm::Plain,
        ),
        _ => {
            let Some(ours) = report.success(row, SignedText::sign(&seed, text)) else {
                return Ok(());
            };
            report.equal(&expected, expected.text()?, &ours.signature);
            report.equal_bytes(&row.key("signed")?, &signed, ours.text.as_bytes());
            (ours, TextForm::Prefixed)
        }
    };
    if let Some(verified) = report.success(row, document.verify()) {
        report.holds(
            row,
            verified.form == form && verified.text == text,
            "the text and its form to be recognised",
        );
    }
    Ok(())
}
