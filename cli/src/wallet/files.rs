//! Wallet files: list, make, restore, take over, back up, delete.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::session::Session;
use crate::exit::{CliError, Exit};
use crate::output::{facts, table, text};
use crate::secrets::{ask_visibly, first_line};

#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    /// Name of the wallet
    name: String,
    /// Number of words
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u8).range(12..=24))]
    words: u8,
}

#[derive(Args, Debug)]
pub(crate) struct RestoreArgs {
    /// Name of the wallet
    name: String,
    /// Read the words from this file instead of asking
    #[arg(long, value_name = "FILE")]
    words_file: Option<PathBuf>,
    /// How many accounts to derive
    #[arg(long, value_name = "N", default_value_t = 1)]
    accounts: u8,
}

#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    /// The file of the other program
    file: PathBuf,
    /// Name of the new wallet (default: as in the file)
    #[arg(long)]
    name: Option<String>,
    /// Read the old file's password from this file (default: the same as the new one)
    #[arg(long, value_name = "FILE")]
    old_password_file: Option<PathBuf>,
    /// Only show what the file is
    #[arg(long)]
    inspect: bool,
}

#[derive(Args, Debug)]
pub(crate) struct WatchArgs {
    /// Name of the wallet
    name: String,
    /// Addresses to watch
    #[arg(required = true)]
    addresses: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct ChangePasswordArgs {
    /// Read the new password from this file instead of asking
    #[arg(long, value_name = "FILE")]
    new_password_file: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct RenameArgs {
    /// The new name
    name: String,
}

#[derive(Args, Debug)]
pub(crate) struct BackupArgs {
    /// Where to write the copy
    file: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct DeleteArgs {
    /// The wallet's name once more, to be sure
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

pub(super) fn list(session: &Session) -> Result<(), CliError> {
    let wallets = session.call("wallets", Value::Null)?;
    let found = session.call("found_wallets", Value::Null)?;
    let document = json!({ "wallets": wallets, "found": found });
    session.print(&document, |document| {
        let rows = |list: &Value, fields: [&str; 3]| -> Vec<Vec<String>> {
            list.as_array().map_or_else(Vec::new, |list| {
                list.iter()
                    .map(|row| {
                        fields
                            .iter()
                            .map(|field| text(row, field).to_owned())
                            .collect()
                    })
                    .collect()
            })
        };
        let own = rows(&document["wallets"], ["name", "id", "path"]);
        let others = rows(&document["found"], ["title", "program", "path"]);
        let mut out = if own.is_empty() {
            "no wallets yet\n".to_owned()
        } else {
            table(&["NAME", "ID", "FILE"], &own)
        };
        if !others.is_empty() {
            out.push_str("\nof other programs (`spacemesh wallet import FILE` takes one over):\n");
            out.push_str(&table(&["WALLET", "PROGRAM", "FILE"], &others));
        }
        out
    });
    Ok(())
}

pub(super) fn create(session: &Session, args: &CreateArgs) -> Result<(), CliError> {
    let password = session
        .secrets
        .new_password("Password of the new wallet: ")?;
    session.call(
        "create_wallet",
        json!({ "name": args.name, "password": password.as_str(), "wordCount": args.words }),
    )?;
    session.made_with(password);
    let words = session.call("new_words", Value::Null)?;
    made(session, &args.name, Some(&words))
}

pub(super) fn restore(session: &Session, args: &RestoreArgs) -> Result<(), CliError> {
    let words = match &args.words_file {
        Some(path) => first_line(path)?,
        None => ask_visibly("The words, in order:")?,
    };
    let password = session
        .secrets
        .new_password("Password of the new wallet: ")?;
    let args_json = json!({ "name": args.name, "password": password.as_str(), "words": words.as_str(), "accounts": args.accounts });
    session.call("restore_wallet", args_json)?;
    session.made_with(password);
    made(session, &args.name, None)
}

pub(super) fn import(session: &Session, args: &ImportArgs) -> Result<(), CliError> {
    let source = json!({ "kind": "path", "path": absolute(&args.file) });
    let preview = session.call("inspect_wallet", json!({ "source": source }))?;
    let show_preview = |preview: &Value| {
        let mut out = format!("{}\n", text(preview, "title"));
        for note in preview["notes"].as_array().into_iter().flatten() {
            out.push_str(&format!("note: {}\n", text(&note["text"], "text")));
        }
        out
    };
    if args.inspect {
        session.print(&preview, show_preview);
        return Ok(());
    }
    session.output.note(show_preview(&preview).trim_end());
    let old = match &args.old_password_file {
        Some(path) => first_line(path)?,
        None => session.secrets.password("Password of the old file: ")?,
    };
    let new = session
        .secrets
        .new_password("Password of the new wallet: ")?;
    let name = args
        .name
        .clone()
        .or_else(|| preview["name"].as_str().map(str::to_owned))
        .unwrap_or_else(|| {
            args.file
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        });
    let args_json = json!({ "source": source, "password": old.as_str(), "name": name, "newPassword": new.as_str() });
    session.call("import_wallet", args_json)?;
    session.made_with(new);
    made(session, &name, None)
}

pub(super) fn watch(session: &Session, args: &WatchArgs) -> Result<(), CliError> {
    let password = session
        .secrets
        .new_password("Password of the new wallet (it protects names and notes): ")?;
    let args_json =
        json!({ "name": args.name, "password": password.as_str(), "addresses": args.addresses });
    session.call("create_watch_wallet", args_json)?;
    session.made_with(password);
    made(session, &args.name, None)
}

pub(super) fn show_words(session: &Session) -> Result<(), CliError> {
    let password = session.password()?;
    let words = session.call("show_words", json!({ "password": password.as_str() }))?;
    session.print(&words, words_text);
    Ok(())
}

pub(super) fn change_password(
    session: &Session,
    args: &ChangePasswordArgs,
) -> Result<(), CliError> {
    let old = session.password()?;
    let new = match &args.new_password_file {
        Some(path) => first_line(path)?,
        None => crate::secrets::PasswordSource::default().new_password("New password: ")?,
    };
    session.call(
        "change_password",
        json!({ "password": old.as_str(), "newPassword": new.as_str() }),
    )?;
    session.print(&json!({ "changed": true }), |_| {
        "the password was changed; old copies of the file keep the old one\n".to_owned()
    });
    Ok(())
}

pub(super) fn rename(session: &Session, args: &RenameArgs) -> Result<(), CliError> {
    session.call_unlocked("rename_wallet", json!({ "name": args.name }))?;
    session.print(&json!({ "name": args.name }), |_| {
        format!("the wallet is called {:?}\n", args.name)
    });
    Ok(())
}

pub(super) fn backup(session: &Session, args: &BackupArgs) -> Result<(), CliError> {
    let password = session.password()?;
    let backup = session.call(
        "backup_wallet",
        json!({ "path": absolute(&args.file), "password": password.as_str() }),
    )?;
    session.print(&backup, |backup| {
        facts(&[
            ("file", text(backup, "path").to_owned()),
            ("accounts", backup["accounts"].to_string()),
            ("SHA-256", text(backup, "sha256").to_owned()),
            ("verified", text(backup, "verifiedAt").to_owned()),
        ])
    });
    Ok(())
}

pub(super) fn delete(session: &Session, args: &DeleteArgs) -> Result<(), CliError> {
    let wallet = session.chosen()?;
    let id = text(&wallet, "id");
    let removal = session.call("wallet_removal", json!({ "wallet": id }))?;
    let Some(confirm) = &args.confirm else {
        session.print(&removal, |removal| {
            let mut out = format!("{}\n", text(&removal["question"], "text"));
            for item in removal["removed"].as_array().into_iter().flatten() {
                out.push_str(&format!("  will be removed: {}\n", text(item, "path")));
            }
            for line in removal["costs"].as_array().into_iter().flatten() {
                out.push_str(&format!("  {}\n", text(line, "text")));
            }
            out
        });
        return Err(CliError::new(
            Exit::Usage,
            "not_confirmed",
            format!(
                "nothing was removed; to agree add --confirm {:?}",
                text(&wallet, "name")
            ),
        ));
    };
    session.call(
        "delete_wallet",
        json!({ "wallet": id, "typedName": confirm }),
    )?;
    session.print(&json!({ "deleted": id }), |_| {
        "the wallet file was removed\n".to_owned()
    });
    Ok(())
}

/// What a new wallet holds. Words are shown once, right after they were made.
fn made(session: &Session, name: &str, words: Option<&Value>) -> Result<(), CliError> {
    let accounts = session.call("accounts", Value::Null)?;
    let mut document = json!({ "name": name, "accounts": accounts["accounts"] });
    if let Some(words) = words {
        document["words"] = words["words"].clone();
    }
    session.print(&document, |document| {
        let mut out = format!("made the wallet {name:?}\n");
        for account in document["accounts"].as_array().into_iter().flatten() {
            out.push_str(&format!("{}  {}\n", text(account, "name"), text(&account["address"], "plain")));
        }
        if let Some(words) = words {
            out.push_str("\nWrite these words on paper, in this order. Whoever has them has the coins; without them a lost file can't be replaced.\n\n");
            out.push_str(&words_text(words));
        }
        out
    });
    Ok(())
}

fn words_text(words: &Value) -> String {
    let list = words["words"].as_array().cloned().unwrap_or_default();
    let cells: Zeroizing<Vec<String>> = Zeroizing::new(
        list.iter()
            .enumerate()
            .map(|(i, word)| format!("{:>2} {:<10}", i + 1, word.as_str().unwrap_or_default()))
            .collect(),
    );
    let mut out = String::new();
    for line in cells.chunks(4) {
        out.push_str(line.join("  ").trim_end());
        out.push('\n');
    }
    out
}

/// The app takes absolute paths: it does not know where the person stands.
pub(super) fn absolute(path: &Path) -> String {
    std::path::absolute(path)
        .unwrap_or_else(|_| path.to_owned())
        .to_string_lossy()
        .into_owned()
}
