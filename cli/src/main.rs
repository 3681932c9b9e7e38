//! `spacemesh`: Smapp in a terminal. Wallets, committed space and the interface in a browser, for people and for scripts.
//!
//! Keeps true: results go to standard output and everything else to standard error; `--json` gives stable field names; a command that was
//! stopped can be started again and goes on; no secret is ever taken from the command line or the environment.

mod completions;
mod config;
mod exit;
mod output;
mod poet;
mod post;
mod progress;
mod secrets;
mod serve;
mod stop;
mod wallet;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use exit::{CliError, Exit};
use output::Output;

/// Spacemesh in a terminal: wallets, committed space, and Smapp's interface in a browser
#[derive(Parser, Debug)]
#[command(
    name = "spacemesh",
    version,
    propagate_version = true,
    disable_help_subcommand = true
)]
struct Cli {
    /// Print JSON: one document, or one line per event of long work
    #[arg(long, global = true)]
    json: bool,
    /// Folder of Smapp's own data: wallets, settings, keys
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "SMAPP_DATA_FOLDER",
        hide_env_values = true
    )]
    data_folder: Option<PathBuf>,
    /// Say more on standard error: info, debug or trace
    #[arg(long, global = true, value_name = "LEVEL", default_value = "warn")]
    log: tracing_subscriber::filter::LevelFilter,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve Smapp's interface to a browser on this computer
    App(serve::ServeArgs),
    /// Wallets, accounts, contacts, transactions and signed texts
    Wallet(wallet::WalletCommand),
    /// Proofs of space-time: fill, check, repair and prove committed space
    #[command(subcommand)]
    Post(post::PostCommand),
    /// Proofs of elapsed time: serve rounds, certify identities, look at a service
    #[command(subcommand)]
    Poet(poet::PoetCommand),
    /// The effective configuration and where each value comes from
    Config(config::ConfigArgs),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArgs),
    /// Serve post work over standard input and output; started by Smapp itself
    #[command(name = "post-worker", hide = true)]
    PostWorker,
    /// Print the whole documentation of the command line as Markdown
    #[command(hide = true)]
    Manual,
}

fn main() -> ExitCode {
    let matches = command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    tracing_subscriber::fmt()
        .with_max_level(cli.log)
        .with_writer(std::io::stderr)
        .init();
    let output = Output { json: cli.json };
    match run(cli, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output.event(&error.to_json());
            output.note(&format!("error: {error}"));
            ExitCode::from(error.exit as u8)
        }
    }
}

fn run(cli: Cli, output: Output) -> Result<(), CliError> {
    match cli.command {
        Command::App(args) => serve::run(&args, cli.data_folder, output),
        Command::Wallet(command) => wallet::run(command, cli.data_folder, output),
        Command::Post(command) => post::run(command, output),
        Command::Poet(command) => poet::run(command, cli.data_folder, output),
        Command::Config(args) => config::run(&args, output),
        Command::Completions(args) => {
            completions::run(&args, &command());
            Ok(())
        }
        Command::PostWorker => post_gpu::worker::serve(std::io::stdin().lock(), std::io::stdout())
            .map_err(|error| CliError::new(Exit::Failed, "post_worker", error)),
        Command::Manual => {
            output.result(
                &serde_json::json!({ "manual": completions::manual(&command()) }),
                || completions::manual(&command()),
            );
            Ok(())
        }
    }
}

/// The command line with its table of exit codes.
fn command() -> clap::Command {
    Cli::command().after_help(format!("Exit codes:\n{}", exit::table()))
}
