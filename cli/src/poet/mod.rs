//! `spacemesh poet`: proofs of elapsed time, for people who run a service or a certifier and for those who look at one.

mod bench;
mod certifier;
mod generate_key;
mod info;
mod proof;
mod serve;

use clap::Subcommand;
use spacemesh_poet::client::{Http, HttpError, Outcome};

use crate::exit::{CliError, Exit};
use crate::output::Output;

/// Proofs of elapsed time: serve rounds, certify identities, look at a service
#[derive(Subcommand, Debug)]
pub(crate) enum PoetCommand {
    /// Serve rounds: take registrations, do the sequential work, give the proofs
    Serve(serve::ServeArgs),
    /// Give certificates for proofs of space
    Certifier(certifier::CertifierArgs),
    /// Make a key for a certifier
    GenerateKey(generate_key::GenerateKeyArgs),
    /// What a service says about itself
    Info(info::InfoArgs),
    /// Download and verify the proof of a round
    Proof(proof::ProofArgs),
    /// Measure the sequential work on this computer, beside its baselines
    Bench(bench::BenchArgs),
}

pub(crate) fn run(
    command: PoetCommand,
    data_folder: Option<std::path::PathBuf>,
    output: Output,
) -> Result<(), CliError> {
    match command {
        PoetCommand::Serve(args) => serve::run(&args, data_folder, output),
        PoetCommand::Certifier(args) => certifier::run(&args, output),
        PoetCommand::GenerateKey(args) => generate_key::run(&args, output),
        PoetCommand::Info(args) => info::run(&args, output),
        PoetCommand::Proof(args) => proof::run(&args, output),
        PoetCommand::Bench(args) => bench::run(&args, output),
    }
}

fn http(address: &str) -> Result<Http, CliError> {
    Http::new(address).map_err(|error: HttpError| CliError::chain(Exit::Failed, "http", &error))
}

/// An outcome that is not the one that was asked for.
fn unexpected(address: &str, outcome: &Outcome) -> CliError {
    match outcome {
        Outcome::Status {
            status: 404,
            message,
            ..
        } => CliError::new(Exit::NotFound, "not_found", format!("{address}: {message}")),
        Outcome::Status {
            status, message, ..
        } => CliError::new(
            Exit::Failed,
            "refused",
            format!("{address} answered with status {status}: {message}"),
        ),
        Outcome::Transport(_, reason) => CliError::new(
            Exit::Failed,
            "unreachable",
            format!("{address} cannot be asked: {reason}"),
        ),
        Outcome::BadProof(error) => CliError::new(
            Exit::Damaged,
            "invalid_proof",
            format!("the proof is not valid: {error}"),
        ),
        Outcome::Malformed(reason) => CliError::new(
            Exit::Input,
            "malformed",
            format!("{address} gave an answer that is not understood: {reason}"),
        ),
        Outcome::Info(_)
        | Outcome::PowParams(_)
        | Outcome::Submitted(_)
        | Outcome::Proof(_)
        | Outcome::Certified(_) => CliError::new(
            Exit::Input,
            "malformed",
            format!("{address} gave an answer to another question"),
        ),
    }
}
