//! `spacemesh post`: committed space without a node, for people and machines that fill it apart from the computer that smeshes.

mod bench;
mod check_proof;
mod delete;
mod info;
mod init;
mod move_data;
mod network;
mod prove;
mod providers;
mod repair;
mod verify;

use clap::Subcommand;

use crate::exit::{CliError, Exit, io_exit};
use crate::output::Output;

pub(crate) use network::{NetworkArgs, PresetName, parse_hex32};

use post_gpu::init::InitError;
use post_gpu::metadata::MetadataError;

/// Proofs of space-time: fill, check, repair and prove committed space
#[derive(Subcommand, Debug)]
pub(crate) enum PostCommand {
    /// Fill a folder with labels, or go on where an earlier run stopped
    Init(init::InitArgs),
    /// What a folder holds
    Info(info::InfoArgs),
    /// Recompute labels and compare them with the data
    Verify(verify::VerifyArgs),
    /// Make damaged ranges again; everything else stays as it is
    Repair(repair::RepairArgs),
    /// Find a proof for a challenge, or go on with one
    Prove(prove::ProveArgs),
    /// Check a proof
    CheckProof(check_proof::CheckProofArgs),
    /// Measure this computer, each figure beside its portable baseline
    Bench(bench::BenchArgs),
    /// Processors and graphics cards that can fill space
    Providers(providers::ProvidersArgs),
    /// Move a folder to another drive: copy, compare, and free the old one only when asked
    Move(move_data::MoveArgs),
    /// Delete a folder's data, after showing what goes
    Delete(delete::DeleteArgs),
}

pub(crate) fn run(command: PostCommand, output: Output) -> Result<(), CliError> {
    match command {
        PostCommand::Init(args) => init::run(&args, output),
        PostCommand::Info(args) => info::run(&args, output),
        PostCommand::Verify(args) => verify::run(&args, output),
        PostCommand::Repair(args) => repair::run(&args, output),
        PostCommand::Prove(args) => prove::run(&args, output),
        PostCommand::CheckProof(args) => check_proof::run(&args, output),
        PostCommand::Bench(args) => bench::run(&args, output),
        PostCommand::Providers(args) => providers::run(&args, output),
        PostCommand::Move(args) => move_data::run(&args, output),
        PostCommand::Delete(args) => delete::run(&args, output),
    }
}

/// An initialisation error with its exit code.
pub(crate) fn init_error(error: &InitError) -> CliError {
    let (exit, code) = match error {
        InitError::Params(_) | InitError::VrfNonce(_) | InitError::Files { .. } => {
            (Exit::Usage, "size")
        }
        InitError::Metadata(MetadataError::Missing { .. }) => (Exit::NotFound, "no_data"),
        InitError::Metadata(_) => (Exit::Input, "metadata"),
        InitError::Mismatch { .. } => (Exit::Input, "mismatch"),
        InitError::NeedsGrowing { .. } => (Exit::Input, "needs_growing"),
        InitError::NeedsShrinking { .. } => (Exit::Input, "needs_shrinking"),
        InitError::TooLong { .. } => (Exit::Input, "too_long"),
        InitError::Locked { .. } => (Exit::InUse, "in_use"),
        InitError::NoSpace { .. } => (Exit::Disk, "no_space"),
        InitError::DiskFull { .. } => (Exit::Disk, "disk_full"),
        InitError::ReadOnly { .. } => (Exit::Disk, "read_only"),
        InitError::Io { source, .. } => (io_exit(source), "io"),
        InitError::Listing(_) | InitError::RangeMap(_) => (Exit::Disk, "io"),
        InitError::NoDevice => (Exit::Device, "no_device"),
        InitError::AllDevicesFailed { .. } => (Exit::Device, "devices_failed"),
        _ => (Exit::Failed, "failed"),
    };
    CliError::chain(exit, code, error)
}
