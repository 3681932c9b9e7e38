//! `spacemesh post delete`.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use post_gpu::init::{delete, deletion};
use serde_json::json;

use super::init_error;
use crate::exit::{CliError, Exit};
use crate::output::{Output, bytes};
use crate::secrets::ask_visibly;

#[derive(Args, Debug)]
#[command(
    after_help = "Removes label files, their metadata and the record of progress, nothing else; keys stay. Without --yes it only shows what
would go and asks."
)]
pub(crate) struct DeleteArgs {
    /// The data folder
    dir: PathBuf,
    /// Delete without asking
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(args: &DeleteArgs, output: Output) -> Result<(), CliError> {
    let list = deletion(&args.dir).map_err(|error| init_error(&error))?;
    if list.files.is_empty() {
        return Err(CliError::new(
            Exit::NotFound,
            "no_data",
            format!("{} holds no committed space", args.dir.display()),
        ));
    }
    let mut text = format!(
        "{} files, {} will be removed from {}:\n",
        list.files.len(),
        bytes(u128::from(list.bytes)),
        args.dir.display()
    );
    for (path, size) in list.files.iter().take(20) {
        text.push_str(&format!(
            "  {}  {}\n",
            path.display(),
            bytes(u128::from(*size))
        ));
    }
    if list.files.len() > 20 {
        text.push_str(&format!("  and {} more\n", list.files.len() - 20));
    }
    for path in &list.stays {
        text.push_str(&format!("  stays: {}\n", path.display()));
    }
    if !args.yes {
        if output.json || !std::io::stdin().is_terminal() {
            output.event(&json!({ "event": "plan", "deletion": list }));
            output.note(&text);
            return Err(CliError::new(
                Exit::Usage,
                "not_confirmed",
                "nothing was removed; add --yes to agree",
            ));
        }
        output.note(&text);
        let answer =
            ask_visibly("Filling this again takes as long as it took. Type yes to remove it:")?;
        if answer.as_str() != "yes" {
            return Err(CliError::new(
                Exit::Usage,
                "not_confirmed",
                "nothing was removed",
            ));
        }
    }
    delete(&args.dir, &list).map_err(|error| init_error(&error))?;
    output.result(
        &json!({ "removed": list.files.len(), "bytes": list.bytes }),
        || {
            format!(
                "removed {} files, {}\n",
                list.files.len(),
                bytes(u128::from(list.bytes))
            )
        },
    );
    Ok(())
}
