//! Signed texts.

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::accounts::key_id;
use super::session::Session;
use crate::exit::{CliError, Exit, io_exit};
use crate::output::text;

/// Longest text or file that is read.
const TEXT_BYTES_MAX: u64 = 1 << 20;

#[derive(Args, Debug)]
pub(crate) struct SignTextArgs {
    /// The key, by account name, public key or id
    #[arg(long)]
    key: String,
    /// The text (default: standard input)
    text: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct VerifyTextArgs {
    /// File with the signed text as JSON: text, signature, publicKey (default: standard input)
    file: Option<PathBuf>,
}

pub(super) fn sign(session: &Session, args: &SignTextArgs) -> Result<(), CliError> {
    let key = key_id(session, &args.key)?;
    let signed_text = match &args.text {
        Some(text) => text.clone(),
        None => read(&mut io::stdin().lock())?,
    };
    let password = session.password()?;
    let signed = session.call(
        "sign_text",
        json!({ "key": key, "text": signed_text, "password": password.as_str() }),
    )?;
    session.print(&signed, |signed| format!("{}\n", text(signed, "json")));
    Ok(())
}

pub(super) fn verify(session: &Session, args: &VerifyTextArgs) -> Result<(), CliError> {
    let document = match &args.file {
        None => read(&mut io::stdin().lock())?,
        Some(path) => {
            let mut file = fs::File::open(path).map_err(|error| {
                CliError::new(
                    io_exit(&error),
                    "file",
                    format!("cannot read {}: {error}", path.display()),
                )
            })?;
            read(&mut file)?
        }
    };
    let verified = session.call("verify_text", json!({ "json": document }))?;
    session.print(&verified, |verified| {
        format!("{}\n", text(&verified["sentence"], "text"))
    });
    if verified["valid"].as_bool() == Some(true) {
        Ok(())
    } else {
        Err(CliError::new(
            Exit::Damaged,
            "invalid_signature",
            "the signature does not fit the text",
        ))
    }
}

fn read(from: &mut dyn Read) -> Result<String, CliError> {
    let mut content = String::new();
    from.take(TEXT_BYTES_MAX)
        .read_to_string(&mut content)
        .map_err(|error| {
            CliError::new(
                Exit::Input,
                "text",
                format!("cannot read the text: {error}"),
            )
        })?;
    Ok(content)
}
