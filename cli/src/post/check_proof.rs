//! `spacemesh post check-proof`.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use post_gpu::cpu::LabelKernel;
use post_gpu::k2pow::{RandomX, RandomXOptions};
use post_gpu::proof::{Proof, ProofSubject};
use post_gpu::verify::{Mode, Verifier, VerifyError};
use serde::Deserialize;
use serde_json::json;

use super::network::{NetworkArgs, parse_hex32};
use crate::exit::{CliError, Exit, io_exit};
use crate::output::Output;

/// Largest proof file that is read.
const FILE_BYTES_MAX: u64 = 1 << 20;

#[derive(Args, Debug)]
#[command(
    after_help = "The file is what `spacemesh post prove --out` writes: node_id, commitment_atx_id, num_units, challenge and proof
{nonce, indices (base64), pow}. Ends with 0 when the proof is valid and with 6 when it is not."
)]
pub(crate) struct CheckProofArgs {
    /// The proof file
    file: PathBuf,
    #[command(flatten)]
    network: NetworkArgs,
    /// Check only K3 indices, chosen by this seed (hex), as a node does with its peer id
    #[arg(long, value_name = "HEX")]
    subset_seed: Option<String>,
    /// Kernel that recomputes labels (default: the fastest)
    #[arg(long, value_name = "NAME")]
    kernel: Option<LabelKernel>,
}

/// The document of `post prove`.
#[derive(Deserialize)]
struct ProofFile {
    node_id: String,
    commitment_atx_id: String,
    num_units: u32,
    challenge: String,
    proof: Proof,
}

pub(crate) fn run(args: &CheckProofArgs, output: Output) -> Result<(), CliError> {
    let (subject, proof) = read(args)?;
    let seed = match &args.subset_seed {
        None => None,
        Some(text) => Some(hex::decode(text).map_err(|error| {
            CliError::new(
                Exit::Usage,
                "subset_seed",
                format!("--subset-seed: {error}"),
            )
        })?),
    };
    let params = args.network.params();
    let mode = seed.as_deref().map_or(Mode::All, |seed| Mode::Subset {
        k3: params.k3,
        seed,
    });
    let randomx = RandomX::new(&RandomXOptions::LIGHT)
        .map_err(|error| CliError::chain(Exit::Device, "randomx", &error))?;
    let verifier = Verifier::new(
        params,
        Arc::new(randomx),
        args.kernel.unwrap_or_else(LabelKernel::detect_best),
    );
    match verifier.verify(&proof, &subject, mode) {
        Ok(()) => {
            output.result(&json!({ "valid": true }), || {
                "the proof is valid\n".to_owned()
            });
            Ok(())
        }
        Err(error) if error.is_local() => Err(CliError::chain(Exit::Device, "device", &error)),
        Err(error) => {
            output.event(
                &json!({ "valid": false, "reason": reason(&error), "message": error.to_string() }),
            );
            Err(CliError::new(
                Exit::Damaged,
                "invalid_proof",
                format!("the proof is not valid: {error}"),
            ))
        }
    }
}

/// The reason as a stable name.
fn reason(error: &VerifyError) -> &'static str {
    match error {
        VerifyError::NoIndices => "no_indices",
        VerifyError::Params(_) => "num_units",
        VerifyError::Nonce { .. } => "nonce",
        VerifyError::Pow { .. } => "pow",
        VerifyError::IndicesLength { .. } => "indices_length",
        VerifyError::Difficulty(_) => "num_labels",
        VerifyError::InvalidIndex { .. } => "invalid_index",
        VerifyError::RandomX(_) => "randomx",
        VerifyError::Kernel(_) => "kernel",
        _ => "other",
    }
}

fn read(args: &CheckProofArgs) -> Result<(ProofSubject, Proof), CliError> {
    let path = args.file.display();
    let fail = |error: std::io::Error| {
        CliError::new(
            io_exit(&error),
            "file",
            format!("cannot read {path}: {error}"),
        )
    };
    let input =
        |message: String| CliError::new(Exit::Input, "proof_file", format!("{path}: {message}"));
    if fs::metadata(&args.file).map_err(fail)?.len() > FILE_BYTES_MAX {
        return Err(input(format!(
            "larger than {FILE_BYTES_MAX} bytes, so it is no proof file"
        )));
    }
    let text = fs::read(&args.file).map_err(fail)?;
    let file: ProofFile = serde_json::from_slice(&text)
        .map_err(|error| input(format!("not a proof file: {error}")))?;
    let id = |name: &str, text: &str| {
        parse_hex32(text).map_err(|error| input(format!("{name}: {error}")))
    };
    let subject = ProofSubject {
        node_id: id("node_id", &file.node_id)?,
        commitment_atx_id: id("commitment_atx_id", &file.commitment_atx_id)?,
        challenge: id("challenge", &file.challenge)?,
        num_units: file.num_units,
    };
    Ok((subject, file.proof))
}
