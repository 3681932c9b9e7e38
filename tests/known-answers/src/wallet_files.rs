//! Chapter 12: files of other wallet programs: derived key and decrypted text.

use serde_json::json;
use spacemesh_wallet::foreign::{ForeignError, ForeignFile};

use crate::{
    files::{Content, File},
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "wallet files",
    recognises,
    annotations: &["name"],
    run,
};

fn recognises(file: &File) -> bool {
    let Content::Json(value) = &file.content else {
        return false;
    };
    value
        .pointer("/cases/0")
        .is_some_and(|case| case.get("password").is_some() && case.get("plaintext").is_some())
}

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for case in root.key("cases")?.items()? {
        let file = match case.optional("file") {
            Some(file) => file.value().clone(),
            // Only the encrypted part was recorded; the rest is what every program writes.
            None => json!({
                "meta": { "displayName": "", "created": "" },
                "crypto": case.key("crypto")?.value(),
            }),
        };
        let Some(file) = report.success(&case, ForeignFile::parse(file.to_string().as_bytes()))
        else {
            continue;
        };
        let Some(decrypted) = report.success(&case, file.decrypt(case.key("password")?.text()?))
        else {
            continue;
        };
        let key = case.key("key")?;
        report.equal_bytes(&key, &key.hex()?, decrypted.key.as_slice());
        let plaintext = case.key("plaintext")?;
        report.equal_bytes(
            &plaintext,
            plaintext.text()?.as_bytes(),
            &decrypted.plaintext,
        );
        // One of the recorded texts is no wallet; all others open.
        let opened = file.convert(&decrypted, 0);
        let expected_to_open = plaintext.text()?.starts_with('{');
        report.holds(
            &case,
            match opened {
                Ok(_) => expected_to_open,
                Err(error) => !expected_to_open && matches!(error, ForeignError::Content(_)),
            },
            "to open as a wallet exactly if the text is one",
        );
    }
    Ok(())
}
