//! `spacemesh wallet`: everything about wallets that needs no network, through the same commands as the window.
//!
//! Keeps true: a secret is printed by two commands only, which are for that: `show-words` (and `create`, once) and `account show-key`.

mod accounts;
mod contacts;
mod files;
mod session;
mod texts;
mod transactions;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::exit::CliError;
use crate::output::Output;
use crate::secrets::PasswordSource;

use session::Session;
pub(crate) use session::app_error;

#[derive(Args, Debug)]
#[command(
    after_help = "The password is asked for, or read from --password-file or --password-fd. It is never taken from the command line or the
environment. Amounts are in smidge (1 SMH = 1000000000 smidge) unless they end in SMH."
)]
pub(crate) struct WalletCommand {
    /// The wallet, by name or id (default: the only one)
    #[arg(long, value_name = "NAME", global = true)]
    wallet: Option<String>,
    #[command(flatten)]
    password: PasswordSource,
    #[command(subcommand)]
    action: WalletAction,
}

#[derive(Subcommand, Debug)]
enum WalletAction {
    /// Wallets of this data folder, and those of other programs
    List,
    /// Make a wallet with fresh words
    Create(files::CreateArgs),
    /// Make a wallet from words
    Restore(files::RestoreArgs),
    /// Take over a wallet file of Smapp, smcli or smapp-lite; the file is only read
    Import(files::ImportArgs),
    /// Make a wallet that only watches addresses
    Watch(files::WatchArgs),
    /// Print the words
    ShowWords,
    /// Change the password
    ChangePassword(files::ChangePasswordArgs),
    /// Give the wallet another name
    Rename(files::RenameArgs),
    /// Write a copy and verify it by opening it
    Backup(files::BackupArgs),
    /// Delete a wallet file
    Delete(files::DeleteArgs),
    /// Accounts and keys of the wallet
    Accounts,
    /// Add, show, rename, export or remove an account
    #[command(subcommand)]
    Account(accounts::AccountAction),
    /// Check an address
    CheckAddress(accounts::CheckAddressArgs),
    /// Addresses of others
    #[command(subcommand)]
    Contact(contacts::ContactAction),
    /// Build, sign, merge, export and import transactions, without a network
    #[command(subcommand)]
    Tx(transactions::TxAction),
    /// Sign a text with a key
    SignText(texts::SignTextArgs),
    /// Verify a signed text
    VerifyText(texts::VerifyTextArgs),
}

pub(crate) fn run(
    command: WalletCommand,
    data_folder: Option<PathBuf>,
    output: Output,
) -> Result<(), CliError> {
    let session = Session::open(data_folder, command.wallet, command.password, output)?;
    match command.action {
        WalletAction::List => files::list(&session),
        WalletAction::Create(args) => files::create(&session, &args),
        WalletAction::Restore(args) => files::restore(&session, &args),
        WalletAction::Import(args) => files::import(&session, &args),
        WalletAction::Watch(args) => files::watch(&session, &args),
        WalletAction::ShowWords => files::show_words(&session),
        WalletAction::ChangePassword(args) => files::change_password(&session, &args),
        WalletAction::Rename(args) => files::rename(&session, &args),
        WalletAction::Backup(args) => files::backup(&session, &args),
        WalletAction::Delete(args) => files::delete(&session, &args),
        WalletAction::Accounts => accounts::list(&session),
        WalletAction::Account(action) => accounts::run(&session, action),
        WalletAction::CheckAddress(args) => accounts::check_address(&session, &args),
        WalletAction::Contact(action) => contacts::run(&session, action),
        WalletAction::Tx(action) => transactions::run(&session, action),
        WalletAction::SignText(args) => texts::sign(&session, &args),
        WalletAction::VerifyText(args) => texts::verify(&session, &args),
    }
}
