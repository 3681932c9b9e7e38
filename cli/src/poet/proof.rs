//! `spacemesh poet proof`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use spacemesh_poet::client::{Call, Outcome};

use super::{http, unexpected};
use crate::exit::{CliError, Exit, io_exit};
use crate::output::{Output, facts};
use crate::post::parse_hex32;
use crate::serve::runtime;

#[derive(Args, Debug)]
#[command(
    after_help = "The proof is verified under the members it comes with. Ends with 5 while there is none and with 6 when it is not valid."
)]
pub(crate) struct ProofArgs {
    /// Address of the service
    address: String,
    /// The round: a number
    round: String,
    /// A challenge whose membership is wanted (64 hex digits)
    #[arg(long, value_name = "HEX")]
    member: Option<String>,
    /// Write the message as nodes exchange it to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &ProofArgs, output: Output) -> Result<(), CliError> {
    let usage =
        |name: &str, error: String| CliError::new(Exit::Usage, "usage", format!("{name}: {error}"));
    if !args.round.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(usage("round", "expected a number".to_owned()));
    }
    let wanted = match &args.member {
        Some(text) => vec![parse_hex32(text).map_err(|error| usage("--member", error))?],
        None => Vec::new(),
    };
    let http = http(&args.address)?;
    let call = Call::Proof {
        round_id: args.round.clone(),
        wanted: wanted.clone(),
    };
    let proof = match runtime()?.block_on(http.call(&call)) {
        Outcome::Proof(proof) => proof,
        other => return Err(unexpected(http.address(), &other)),
    };
    let membership = match wanted.first() {
        Some(challenge) => Some(proof.memberships.get(challenge).ok_or_else(|| {
            CliError::new(
                Exit::NotFound,
                "not_a_member",
                "the challenge is not among the members of the round",
            )
        })?),
        None => None,
    };
    if let Some(path) = &args.out {
        std::fs::write(path, spacemesh_codec::encode(&proof.message)).map_err(|error| {
            CliError::new(
                io_exit(&error),
                "file",
                format!("cannot write {}: {error}", path.display()),
            )
        })?;
    }
    let reference = proof.message.proof.reference().to_hex();
    let leaves = proof.message.proof.leaf_count;
    let document = json!({
        "reference": reference,
        "leaves": leaves,
        "members": proof.members,
        "statement": proof.message.statement.to_hex(),
        "membership": membership.map(|membership| json!({
            "index": membership.index,
            "nodes": membership.nodes.iter().map(spacemesh_types::Hash32::to_hex).collect::<Vec<_>>(),
        })),
    });
    output.result(&document, || {
        let mut rows = vec![
            ("reference", reference.clone()),
            ("leaves", leaves.to_string()),
            ("members", proof.members.to_string()),
            ("statement", proof.message.statement.to_hex()),
        ];
        if let Some(membership) = membership {
            rows.push(("member", membership.index.to_string()));
        }
        facts(&rows)
    });
    Ok(())
}
