//! `spacemesh poet generate-key`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use spacemesh_crypto::SigningKey;
use spacemesh_poet::api::Base64;
use zeroize::Zeroizing;

use crate::exit::{CliError, Exit, io_exit};
use crate::output::Output;

#[derive(Args, Debug)]
#[command(
    after_help = "The file holds the secret seed in base64, readable by you alone; the public key is printed. Use the key for nothing else:
certificates are signed without saying what the signature is for."
)]
pub(crate) struct GenerateKeyArgs {
    /// New file for the secret key
    file: PathBuf,
}

pub(crate) fn run(args: &GenerateKeyArgs, output: Output) -> Result<(), CliError> {
    let mut seed = Zeroizing::new([0; SigningKey::SEED_SIZE]);
    getrandom::fill(seed.as_mut_slice())
        .map_err(|error| CliError::new(Exit::Failed, "random", error))?;
    let public_key = Base64::from(SigningKey::from_seed(&seed).public_key()).to_string();
    let text = Zeroizing::new(format!("{}\n", Base64::from(seed.as_slice())));
    let fail = |error: std::io::Error| {
        CliError::new(
            io_exit(&error),
            "file",
            format!("cannot write {}: {error}", args.file.display()),
        )
    };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&args.file).map_err(fail)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(fail)?;
    output.result(&json!({ "public_key": public_key }), || {
        format!("{public_key}\n")
    });
    Ok(())
}
