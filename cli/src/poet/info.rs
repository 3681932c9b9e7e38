//! `spacemesh poet info`.

use clap::Args;
use serde_json::json;
use spacemesh_poet::client::{Call, Outcome};

use super::{http, unexpected};
use crate::exit::CliError;
use crate::output::{Output, facts};
use crate::serve::runtime;

#[derive(Args, Debug)]
pub(crate) struct InfoArgs {
    /// Address of the service
    address: String,
}

pub(crate) fn run(args: &InfoArgs, output: Output) -> Result<(), CliError> {
    let http = http(&args.address)?;
    let runtime = runtime()?;
    let info = match runtime.block_on(http.call(&Call::Info)) {
        Outcome::Info(info) => info,
        other => return Err(unexpected(http.address(), &other)),
    };
    // A service for certificates only has no parameters; that is an answer too.
    let work = match runtime.block_on(http.call(&Call::PowParams)) {
        Outcome::PowParams(params) => params.pow_params,
        _ => None,
    };
    output.result(&json!({ "info": info, "work": work }), || {
        let seconds = |seconds: Option<spacemesh_poet::api::Seconds>| {
            seconds.map_or_else(|| "not said".to_owned(), |seconds| seconds.to_string())
        };
        let certifier = info.certifier.as_ref().map_or_else(
            || "none".to_owned(),
            |certifier| format!("{} {}", certifier.url, certifier.pubkey),
        );
        let work = work.as_ref().map_or_else(
            || "not taken".to_owned(),
            |work| format!("{} bits", work.difficulty),
        );
        facts(&[
            ("public key", info.service_pubkey.to_string()),
            ("phase shift", seconds(info.phase_shift)),
            ("cycle gap", seconds(info.cycle_gap)),
            ("certifier", certifier),
            ("proof of work", work),
        ])
    });
    Ok(())
}
