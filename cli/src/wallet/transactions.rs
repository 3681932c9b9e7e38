//! Transactions without a network: build, review, sign, merge, export, import.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::accounts::{amount, array, id_of};
use super::files::absolute;
use super::session::Session;
use crate::exit::{CliError, io_exit};
use crate::output::{facts, table, text};

#[derive(Subcommand, Debug)]
pub(crate) enum TxAction {
    /// Transactions kept in the wallet
    List,
    /// Build a payment
    Spend {
        #[command(flatten)]
        common: Common,
        /// Address that is paid
        #[arg(long, value_name = "ADDRESS")]
        to: String,
        /// How much, for example 12.5SMH or 1000 (smidge)
        #[arg(long)]
        amount: String,
    },
    /// Build the activation that an account needs before its first payment
    Spawn {
        #[command(flatten)]
        common: Common,
        /// Activate this other account of the wallet, paid by the first one
        #[arg(long, value_name = "ACCOUNT")]
        target: Option<String>,
    },
    /// Build a payment out of a vault, made by its owner
    Drain {
        #[command(flatten)]
        common: Common,
        /// The vault, by name or address
        #[arg(long)]
        vault: String,
        /// Address that is paid
        #[arg(long, value_name = "ADDRESS")]
        to: String,
        /// How much
        #[arg(long)]
        amount: String,
    },
    /// Sign a transaction with the wallet's key, after showing what is signed
    Sign {
        /// The transaction's id in the wallet
        transaction: String,
        /// Place of the signature in an account of several signers (default: the first one that can be filled)
        #[arg(long, value_name = "N")]
        index: Option<u8>,
    },
    /// Add a signature that was made elsewhere
    AddSignature {
        /// The transaction's id in the wallet
        transaction: String,
        /// Place of the signature
        index: u8,
        /// The signature, 128 hex digits
        signature: String,
    },
    /// Import transactions; parts of one and the same are merged, each signature is checked
    Import {
        /// Files with the hexadecimal text
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Show what a file holds without keeping it
    Inspect {
        /// Files with the hexadecimal text
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Print a transaction as text, or write it to a file
    Export {
        /// The transaction's id in the wallet
        transaction: String,
        /// Where to write it (default: standard output)
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Write a note on a transaction
    Note {
        /// The transaction's id in the wallet
        transaction: String,
        /// The note
        note: String,
    },
    /// Forget a transaction
    Discard {
        /// The transaction's id in the wallet
        transaction: String,
    },
}

/// What every new transaction needs.
#[derive(Args, Debug)]
pub(crate) struct Common {
    /// The account that pays, by name, id or address
    #[arg(long, value_name = "ACCOUNT")]
    from: String,
    /// Its next nonce: how many transactions it has made (0 for the first)
    #[arg(long, value_name = "N")]
    nonce: u64,
    /// Price per unit of gas, in smidge
    #[arg(long, value_name = "SMIDGE", default_value_t = 1)]
    gas_price: u64,
    /// Note for yourself
    #[arg(long, default_value = "")]
    note: String,
}

pub(super) fn run(session: &Session, action: TxAction) -> Result<(), CliError> {
    let inspect = matches!(action, TxAction::Inspect { .. });
    if !inspect {
        session.unlock()?;
    }
    let answer = match action {
        TxAction::List => return list(session),
        TxAction::Spend {
            common,
            to,
            amount: typed,
        } => {
            let amount = amount(session, &typed)?;
            prepare(
                session,
                &common,
                json!({ "kind": "spend", "destination": to, "amount": amount }),
            )?
        }
        TxAction::Spawn {
            common,
            target: None,
        } => prepare(session, &common, json!({ "kind": "activate" }))?,
        TxAction::Spawn {
            common,
            target: Some(target),
        } => {
            let target = id_of(session, &target)?;
            prepare(
                session,
                &common,
                json!({ "kind": "activate_other", "target": target }),
            )?
        }
        TxAction::Drain {
            common,
            vault,
            to,
            amount: typed,
        } => {
            let amount = amount(session, &typed)?;
            let vault = super::accounts::find(session, &vault).map_or(vault, |account| {
                text(&account["address"], "plain").to_owned()
            });
            prepare(
                session,
                &common,
                json!({ "kind": "drain", "vault": vault, "destination": to, "amount": amount }),
            )?
        }
        TxAction::Sign { transaction, index } => {
            let password = session.password()?;
            session.call("sign_transaction", json!({ "transaction": transaction, "index": index, "password": password.as_str() }))?
        }
        TxAction::AddSignature {
            transaction,
            index,
            signature,
        } => session.call(
            "add_signature",
            json!({ "transaction": transaction, "index": index, "signature": signature }),
        )?,
        TxAction::Import { files } | TxAction::Inspect { files } => {
            let sources: Vec<Value> = files
                .iter()
                .map(|file| json!({ "kind": "path", "path": absolute(file) }))
                .collect();
            session.call(
                "import_transaction",
                json!({ "sources": sources, "inspectOnly": inspect }),
            )?
        }
        TxAction::Export { transaction, out } => return export(session, &transaction, out),
        TxAction::Note { transaction, note } => session.call(
            "note_transaction",
            json!({ "transaction": transaction, "note": note }),
        )?,
        TxAction::Discard { transaction } => {
            session.call("discard_transaction", json!({ "transaction": transaction }))?;
            session.print(&json!({ "discarded": transaction }), |_| {
                "forgotten\n".to_owned()
            });
            return Ok(());
        }
    };
    session.print(&answer, show);
    Ok(())
}

fn prepare(session: &Session, common: &Common, action: Value) -> Result<Value, CliError> {
    let account = id_of(session, &common.from)?;
    session.call(
        "prepare_transaction",
        json!({
            "account": account, "action": action, "nonce": common.nonce.to_string(), "gasPrice": common.gas_price.to_string(), "note": common.note,
        }),
    )
}

fn list(session: &Session) -> Result<(), CliError> {
    let transactions = session.call("transactions", Value::Null)?;
    session.print(&transactions, |list| {
        let rows: Vec<Vec<String>> = array(list)
            .map(|tx| {
                vec![
                    text(tx, "id").to_owned(),
                    text(&tx["title"], "text").to_owned(),
                    text(tx, "nonce").to_owned(),
                    text(&tx["state"], "text").to_owned(),
                ]
            })
            .collect();
        if rows.is_empty() {
            "no transactions yet\n".to_owned()
        } else {
            table(&["ID", "WHAT", "NONCE", "STATE"], &rows)
        }
    });
    Ok(())
}

fn export(session: &Session, transaction: &str, out: Option<PathBuf>) -> Result<(), CliError> {
    let exported = session.call("export_transaction", json!({ "transaction": transaction }))?;
    match out {
        None => session.print(&exported, |exported| {
            format!("{}\n", text(exported, "text").trim_end())
        }),
        Some(path) => {
            fs::write(&path, text(&exported, "text")).map_err(|error| {
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

/// The review, made from the bytes that are signed.
fn show(transaction: &Value) -> String {
    let lines: Vec<(&str, String)> = array(&transaction["lines"])
        .map(|line| {
            let name = line["name"]
                .as_str()
                .map_or_else(String::new, |name| format!(" ({name})"));
            (
                text(line, "label"),
                format!("{}{name}", text(line, "value")),
            )
        })
        .collect();
    let mut out = format!(
        "{}\n\n{}",
        text(&transaction["title"], "text"),
        facts(&lines)
    );
    for warning in array(&transaction["warnings"]) {
        out.push_str(&format!("warning: {}\n", text(warning, "text")));
    }
    out.push_str(&format!(
        "\nid     {}\nstate  {}\nbytes  {}\n",
        text(transaction, "id"),
        text(&transaction["state"], "text"),
        text(transaction, "rawHex")
    ));
    out
}
