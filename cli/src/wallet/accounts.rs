//! Accounts and addresses.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::files::absolute;
use super::session::Session;
use crate::exit::{CliError, Exit, io_exit};
use crate::output::{facts, table, text};
use crate::secrets::first_line;

#[derive(Subcommand, Debug)]
pub(crate) enum AccountAction {
    /// Show an account: address in groups, members, state
    Show(AccountRef),
    /// Add a single-key account on the next unused path
    Add {
        /// Name of the account
        name: String,
        /// Path of its key (default: the next unused one)
        #[arg(long)]
        path: Option<String>,
    },
    /// Add an account with several signers
    AddShared {
        /// Name of the account
        name: String,
        /// multisig, or vesting for the owner of a vault
        #[arg(long, value_enum, default_value = "multisig")]
        template: SharedTemplate,
        /// How many signatures a payment needs
        #[arg(long, value_name = "M")]
        required: u8,
        /// Public key of a member (64 hex digits), in the account's order; several times
        #[arg(long = "member", value_name = "KEY", required = true)]
        members: Vec<String>,
        /// Only show the address
        #[arg(long)]
        preview: bool,
    },
    /// Add a vault
    AddVault {
        /// Name of the account
        name: String,
        /// Address of the vesting account that owns it
        #[arg(long, value_name = "ADDRESS")]
        owner: String,
        /// Total amount
        #[arg(long, value_name = "AMOUNT")]
        total: String,
        /// Amount that is free at the start
        #[arg(long, value_name = "AMOUNT")]
        initial: String,
        /// First layer of vesting
        #[arg(long, value_name = "LAYER")]
        start: u32,
        /// Last layer of vesting
        #[arg(long, value_name = "LAYER")]
        end: u32,
    },
    /// Watch an address
    Watch {
        /// Name of the account
        name: String,
        /// The address
        address: String,
    },
    /// Add an account from a secret key
    ImportKey {
        /// Name of the account
        name: String,
        /// File with the secret key, 64 or 128 hex digits on its first line
        #[arg(long, value_name = "FILE")]
        key_file: PathBuf,
    },
    /// Add an account from a .account file
    Import {
        /// The file
        file: PathBuf,
        /// Name of the account (default: as in the file)
        #[arg(long)]
        name: Option<String>,
    },
    /// Write the .account file that other members import
    Export {
        #[command(flatten)]
        account: AccountRef,
        /// Where to write it (default: standard output)
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Rename an account or write a note
    Edit {
        #[command(flatten)]
        account: AccountRef,
        /// The new name
        #[arg(long)]
        name: Option<String>,
        /// The new note
        #[arg(long)]
        note: Option<String>,
    },
    /// Remove an account from the wallet; its coins stay on the network
    Remove(AccountRef),
    /// Print a secret key
    ShowKey {
        /// The key's public key or id (`wallet accounts`)
        key: String,
    },
}

/// An account of the wallet.
#[derive(Args, Debug)]
pub(crate) struct AccountRef {
    /// The account, by name, id or address
    account: String,
}

/// Templates with several signers.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SharedTemplate {
    Multisig,
    Vesting,
}

#[derive(Args, Debug)]
pub(crate) struct CheckAddressArgs {
    /// The address
    address: String,
}

pub(super) fn list(session: &Session) -> Result<(), CliError> {
    let accounts = session.call_unlocked("accounts", Value::Null)?;
    session.print(&accounts, |view| {
        let rows: Vec<Vec<String>> = array(&view["accounts"])
            .map(|account| {
                vec![
                    text(account, "name").to_owned(),
                    text(account, "template").to_owned(),
                    text(&account["address"], "plain").to_owned(),
                    text(account, "path").to_owned(),
                    text(&account["state"], "text").to_owned(),
                ]
            })
            .collect();
        let keys: Vec<Vec<String>> = array(&view["keys"])
            .map(|key| {
                vec![
                    text(key, "name").to_owned(),
                    text(key, "publicKey").to_owned(),
                    text(key, "origin").to_owned(),
                    text(key, "path").to_owned(),
                ]
            })
            .collect();
        let mut out = table(&["ACCOUNT", "KIND", "ADDRESS", "PATH", "STATE"], &rows);
        out.push('\n');
        out.push_str(&table(&["KEY", "PUBLIC KEY", "ORIGIN", "PATH"], &keys));
        out.push_str(&format!("\n{}\n", text(&view["balanceNote"], "text")));
        out
    });
    Ok(())
}

pub(super) fn run(session: &Session, action: AccountAction) -> Result<(), CliError> {
    session.unlock()?;
    let answer = match action {
        AccountAction::Show(account) => find(session, &account.account)?,
        AccountAction::Add { name, path } => session.call(
            "add_single_account",
            json!({ "name": name, "path": path, "password": session.password()?.as_str() }),
        )?,
        AccountAction::AddShared {
            name,
            template,
            required,
            members,
            preview,
        } => {
            let template = match template {
                SharedTemplate::Multisig => "multisig",
                SharedTemplate::Vesting => "vesting",
            };
            let args = json!({ "name": name, "template": template, "required": required, "members": members });
            if preview {
                let shown = session.call("preview_shared_account", args)?;
                session.print(&shown, |shown| {
                    format!("{}\n", text(&shown["address"], "plain"))
                });
                return Ok(());
            }
            session.call("add_shared_account", args)?
        }
        AccountAction::AddVault {
            name,
            owner,
            total,
            initial,
            start,
            end,
        } => {
            let args = json!({
                "name": name, "owner": owner, "total": amount(session, &total)?, "initialUnlock": amount(session, &initial)?,
                "vestingStart": start, "vestingEnd": end,
            });
            session.call("add_vault_account", args)?
        }
        AccountAction::Watch { name, address } => session.call(
            "add_watch_account",
            json!({ "name": name, "address": address }),
        )?,
        AccountAction::ImportKey { name, key_file } => {
            let key = first_line(&key_file)?;
            let args = json!({ "name": name, "secretKey": key.as_str(), "password": session.password()?.as_str() });
            session.call("import_secret_key", args)?
        }
        AccountAction::Import { file, name } => session.call(
            "import_account",
            json!({ "source": { "kind": "path", "path": absolute(&file) }, "name": name }),
        )?,
        AccountAction::Export { account, out } => return export(session, &account, out),
        AccountAction::Edit {
            account,
            name,
            note,
        } => {
            let id = id_of(session, &account.account)?;
            session.call(
                "edit_account",
                json!({ "account": id, "name": name, "note": note }),
            )?
        }
        AccountAction::Remove(account) => {
            let id = id_of(session, &account.account)?;
            session.call("remove_account", json!({ "account": id }))?;
            session.print(&json!({ "removed": id }), |_| {
                "the account was removed from the wallet; its coins stay on the network\n"
                    .to_owned()
            });
            return Ok(());
        }
        AccountAction::ShowKey { key } => {
            let id = key_id(session, &key)?;
            let shown = session.call(
                "show_secret_key",
                json!({ "key": id, "password": session.password()?.as_str() }),
            )?;
            session.print(&shown, |shown| format!("{}\n", text(shown, "secretKey")));
            return Ok(());
        }
    };
    session.print(&answer, show);
    Ok(())
}

pub(super) fn check_address(session: &Session, args: &CheckAddressArgs) -> Result<(), CliError> {
    let check = session.call("check_address", json!({ "address": args.address }))?;
    let valid = check["valid"].as_bool().unwrap_or(false);
    session.print(&check, |check| {
        if valid {
            format!("valid: {}\n", text(&check["address"], "plain"))
        } else {
            String::new()
        }
    });
    if valid {
        Ok(())
    } else {
        Err(CliError::new(
            Exit::Input,
            text(&check, "fault"),
            text(&check["message"], "text"),
        ))
    }
}

fn export(session: &Session, account: &AccountRef, out: Option<PathBuf>) -> Result<(), CliError> {
    let id = id_of(session, &account.account)?;
    let file = session.call("export_account", json!({ "account": id }))?;
    match out {
        None => session.print(&file, |file| format!("{}\n", text(file, "text").trim_end())),
        Some(path) => {
            fs::write(&path, text(&file, "text")).map_err(|error| {
                CliError::new(
                    io_exit(&error),
                    "out",
                    format!("cannot write {}: {error}", path.display()),
                )
            })?;
            session.print(&json!({ "file": path }), |_| {
                format!("wrote {}\n", path.display())
            });
        }
    }
    Ok(())
}

fn show(account: &Value) -> String {
    let groups: Vec<&str> = array(&account["address"]["groups"])
        .filter_map(Value::as_str)
        .collect();
    let mut rows = vec![
        ("name", text(account, "name").to_owned()),
        ("kind", text(account, "template").to_owned()),
        ("address", text(&account["address"], "plain").to_owned()),
        ("to compare", groups.join(" ")),
        ("state", text(&account["state"], "text").to_owned()),
    ];
    for (field, label) in [
        ("path", "path"),
        ("publicKey", "public key"),
        ("note", "note"),
    ] {
        if !text(account, field).is_empty() {
            rows.push((label, text(account, field).to_owned()));
        }
    }
    for member in array(&account["members"]) {
        rows.push((
            "member",
            format!(
                "{} {}{}",
                member["index"],
                text(member, "publicKey"),
                if member["ownKey"].is_null() {
                    ""
                } else {
                    " (own)"
                }
            ),
        ));
    }
    for mark in array(&account["marks"]) {
        rows.push(("mark", text(&mark["text"], "text").to_owned()));
    }
    facts(&rows)
}

/// The account with this name, id or address.
pub(super) fn find(session: &Session, wanted: &str) -> Result<Value, CliError> {
    let view = session.call_unlocked("accounts", Value::Null)?;
    let mut fitting = array(&view["accounts"]).filter(|account| {
        text(account, "id") == wanted
            || text(account, "name") == wanted
            || text(&account["address"], "plain") == wanted
    });
    match (fitting.next(), fitting.next()) {
        (Some(account), None) => Ok(account.clone()),
        (Some(_), Some(_)) => Err(CliError::new(
            Exit::NotFound,
            "account_not_found",
            format!("several accounts are called {wanted:?}; name one by its address"),
        )),
        (None, _) => Err(CliError::new(
            Exit::NotFound,
            "account_not_found",
            format!("there is no account {wanted:?} in the wallet; `wallet accounts` lists them"),
        )),
    }
}

/// Its id.
pub(super) fn id_of(session: &Session, wanted: &str) -> Result<String, CliError> {
    find(session, wanted).map(|account| text(&account, "id").to_owned())
}

/// The id of the key with this public key or id, or of an account's key.
pub(super) fn key_id(session: &Session, wanted: &str) -> Result<String, CliError> {
    let view = session.call_unlocked("accounts", Value::Null)?;
    let by_account = array(&view["accounts"])
        .find(|account| text(account, "name") == wanted)
        .map(|account| text(account, "publicKey").to_owned());
    let wanted = by_account
        .filter(|key| !key.is_empty())
        .unwrap_or_else(|| wanted.trim_start_matches("0x").to_owned());
    array(&view["keys"])
        .find(|key| {
            text(key, "id") == wanted
                || text(key, "publicKey") == wanted
                || text(key, "name") == wanted
        })
        .map(|key| text(key, "id").to_owned())
        .ok_or_else(|| {
            CliError::new(
                Exit::NotFound,
                "account_not_found",
                format!("there is no key {wanted:?} in the wallet; `wallet accounts` lists them"),
            )
        })
}

/// An amount as typed, in smidge.
pub(super) fn amount(session: &Session, typed: &str) -> Result<String, CliError> {
    let (number, unit) = match typed.to_ascii_lowercase().strip_suffix("smh") {
        Some(number) => (number.trim().to_owned(), "smh"),
        None => (typed.trim_end_matches("smidge").trim().to_owned(), "smidge"),
    };
    let parsed = session.call("parse_amount", json!({ "text": number, "unit": unit }))?;
    match parsed["smidge"].as_str() {
        Some(smidge) => Ok(smidge.to_owned()),
        None => Err(CliError::new(
            Exit::Input,
            "invalid_amount",
            format!("{typed}: {}", text(&parsed["message"], "text")),
        )),
    }
}

/// The elements of a JSON array, none if it is none.
pub(super) fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
