//! `known-answers [--json] [PATH…]`: runs files of known answers through the crates.
//!
//! Keeps true: every file is recognised by its content or counts as a failure, and so does every expectation inside that no suite read.
//! What passes here was compared with data made outside of this code.
//!
//! A suite is a module with one `SUITE` constant and two lines below: its `mod` and its place in `SUITES`. See `suite`.
#![expect(
    clippy::print_stdout,
    reason = "the result is the output of this program"
)]

mod node; // a value in a file, and which ones were read
mod report; // what passed and what did not
mod suite; // what a module of answers provides: start here to add one

mod files; // from paths to parsed files
mod output; // lines for people, one document for programs

mod activations; // 05-activations.json
mod chapter_06; // 06-*.json, recorded-epochs.json.gz
mod encoding; // 01-vectors.json
mod genesis; // mainnet-genesis.json
mod hare_recorded; // net-*/hare.json.gz
mod hare_scenarios; // 07-hare-scenarios.json
mod hare_vectors; // 07-hare-vectors.json
mod keys; // 12-keys.json
mod ledger; // 02-vm.json
mod poet; // 04-poet-vectors.json, net-a/poet.json.gz
mod post; // post.json
mod post_chapter; // 03-post.json
mod recorded_atxs; // 05-atxs-*.json.gz
mod recorded_ledger; // net-*/ledger.json.gz
mod recorded_transactions; // net-a/txs-submitted.json
mod tortoise; // tortoise/
mod transactions; // 02-transactions.json, ledger/
mod wallet_files;
mod wire; // recorded-wire.json // 12-wallet-files.json

use std::process::ExitCode;

use suite::Suite;

/// Every kind of file that is known. The first that recognises a file runs it.
const SUITES: &[Suite] = &[
    encoding::SUITE,
    activations::SUITE,
    recorded_atxs::SUITE,
    genesis::SUITE,
    wire::SUITE,
    post::SUITE,
    post_chapter::SUITE,
    poet::CHAPTER,
    poet::ROUNDS,
    poet::STORED,
    poet::TRAFFIC,
    hare_scenarios::SUITE,
    hare_recorded::SUITE,
    hare_vectors::SUITE,
    chapter_06::BALLOTS,
    chapter_06::BEACON,
    chapter_06::BINOMIAL,
    chapter_06::FIXED_POINT,
    chapter_06::ORACLE,
    chapter_06::RECORDED,
    chapter_06::SLOTS,
    chapter_06::VRF,
    tortoise::SCENARIOS,
    tortoise::TRACES,
    tortoise::UNITS,
    tortoise::PROCESS_LAYER,
    tortoise::HARE_OUTPUT,
    keys::SUITE,
    wallet_files::SUITE,
    ledger::SUITE,
    recorded_ledger::SUITE,
    transactions::SUITE,
    recorded_transactions::SUITE,
    transactions::LEDGER_ADDRESSES,
    transactions::LEDGER_SCREENS,
    transactions::LEDGER_SIGNATURES,
];

const HELP: &str = "\
known-answers: run files of known answers through the crates

usage: known-answers [--json] [PATH…]

  PATH     a file, or a folder with files (default: tests/vectors of the repository)
  --json   print one JSON document instead of lines

Exit status: 0 when everything passed, 1 when something failed, 2 when the arguments are wrong.";

fn main() -> ExitCode {
    let mut json = false;
    let mut paths = Vec::new();
    for argument in std::env::args_os().skip(1) {
        match argument.to_str() {
            Some("--help" | "-h") => {
                println!("{HELP}");
                return ExitCode::SUCCESS;
            }
            Some("--json") => json = true,
            Some(option) if option.starts_with('-') => {
                println!("unknown option {option}\n\n{HELP}");
                return ExitCode::from(2);
            }
            Some(_) | None => paths.push(argument.into()),
        }
    }
    if paths.is_empty() {
        paths.push(files::default_folder());
    }
    let mut outcomes = Vec::new();
    for file in files::find(&paths) {
        let outcome = suite::run(SUITES, file);
        if !json {
            output::print_lines(&outcome);
        }
        outcomes.push(outcome);
    }
    if json {
        output::print_document(&outcomes);
    } else {
        output::print_total(&outcomes);
    }
    let passed = outcomes
        .iter()
        .all(|outcome| outcome.report.failures().is_empty());
    if passed && !outcomes.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
