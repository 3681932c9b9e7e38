//! The one table of commands.
//!
//! `query` answers from present state and may be cached under its name until a change makes it stale; `ask` answers about its arguments and
//! changes nothing; `action` changes something. `always` works with a locked wallet, `unlocked` refuses with `locked`.

use serde::Serialize;

/// Calls `$then!` with the whole table.
macro_rules! with_commands {
    ($then:ident) => {
        $then! {
            // Frame.
            /// Everything the frame needs: version, network, whether this is the first start.
            query app_state() -> AppState, always;
            /// The status bar.
            query status() -> StatusView, always;
            /// Notices, worst first.
            query notices() -> Vec<NoticeView>, always;
            /// Dismiss a notice.
            action dismiss_notice(NoticeArgs) -> Done, always;
            /// What closing the window means now.
            ask close_question() -> CloseView, always;
            /// The catalogue of errors.
            query error_catalogue() -> Vec<ErrorEntry>, always;
            /// Versions, licences, and what leaves this computer.
            query about() -> AboutView, always;
            /// A report to copy.
            ask report() -> ReportView, always;
            /// List a folder of this computer, for pages without native dialogs.
            ask browse_folder(BrowseFolderArgs) -> FolderListing, always;

            // Session.
            /// Whether a wallet is open.
            query session() -> SessionView, always;
            /// Unlock a wallet.
            action unlock(UnlockArgs) -> SessionView, always;
            /// Lock the open wallet. Smeshing goes on.
            action lock() -> SessionView, always;
            /// The person is there: the time to the automatic lock starts again.
            action activity() -> SessionView, always;
            /// The computer goes to sleep or its screen was locked: lock if the settings say so.
            action system_sleeps() -> SessionView, always;
            /// How strong a password is.
            ask password_strength(PasswordStrengthArgs) -> PasswordStrength, always;
            /// Change the password.
            action change_password(ChangePasswordArgs) -> SessionView, unlocked;
            /// Rename the open wallet.
            action rename_wallet(RenameWalletArgs) -> SessionView, unlocked;

            // Wallet files.
            /// Own wallet files.
            query wallets() -> Vec<WalletEntry>, always;
            /// Wallets of other programs on this computer.
            query found_wallets() -> Vec<FoundWallet>, always;
            /// Make a wallet with fresh words and open it.
            action create_wallet(CreateWalletArgs) -> SessionView, always;
            /// The fresh words, once, right after `create_wallet`.
            action new_words() -> WordsView, unlocked;
            /// Which words to ask for.
            ask words_quiz() -> WordsQuiz, unlocked;
            /// Check the answers.
            action confirm_words(ConfirmWordsArgs) -> WordsQuizResult, unlocked;
            /// Check words while they are typed.
            ask check_words(CheckWordsArgs) -> WordsCheck, always;
            /// Make a wallet from words and open it.
            action restore_wallet(RestoreWalletArgs) -> SessionView, always;
            /// Look at a wallet file of any known program.
            ask inspect_wallet(InspectWalletArgs) -> WalletPreview, always;
            /// Take it over into a new file and open that.
            action import_wallet(ImportWalletArgs) -> SessionView, always;
            /// Make a wallet that only watches, and open it.
            action create_watch_wallet(CreateWatchWalletArgs) -> SessionView, always;
            /// Show the words (password).
            action show_words(PasswordArgs) -> WordsView, unlocked;
            /// Write a backup and verify it by opening it.
            action backup_wallet(BackupWalletArgs) -> BackupView, unlocked;
            /// A verified backup as a download, for pages in a browser.
            action download_backup(PasswordArgs) -> BackupView, unlocked;
            /// What removing a wallet file would take away.
            ask wallet_removal(WalletArgs) -> RemovalView, always;
            /// Remove a wallet file; nothing else is touched.
            action delete_wallet(DeleteWalletArgs) -> Done, always;

            // Accounts.
            /// Accounts and keys of the open wallet.
            query accounts() -> AccountsView, unlocked;
            /// Add a single-key account on the next unused path.
            action add_single_account(AddSingleArgs) -> AccountView, unlocked;
            /// The address a shared account would have.
            ask preview_shared_account(SharedAccountArgs) -> AccountPreview, unlocked;
            /// Add a multisig or vesting account.
            action add_shared_account(SharedAccountArgs) -> AccountView, unlocked;
            /// Proposed terms for the vault of an owner.
            ask propose_vault(AddressArgs) -> VaultProposal, unlocked;
            /// The address a vault would have.
            ask preview_vault(VaultArgs) -> AccountPreview, unlocked;
            /// Add a vault.
            action add_vault_account(VaultArgs) -> AccountView, unlocked;
            /// Watch an address.
            action add_watch_account(WatchAccountArgs) -> AccountView, unlocked;
            /// Add an account from a secret key.
            action import_secret_key(ImportKeyArgs) -> AccountView, unlocked;
            /// Add an account from a `.account` file.
            action import_account(ImportAccountArgs) -> AccountView, unlocked;
            /// The `.account` file of an account.
            ask export_account(AccountArgs) -> FileContent, unlocked;
            /// Rename an account.
            action edit_account(EditAccountArgs) -> AccountView, unlocked;
            /// What removing an account means.
            ask account_removal(AccountArgs) -> RemovalView, unlocked;
            /// Remove an account from the wallet; its coins stay on the network.
            action remove_account(AccountArgs) -> Done, unlocked;
            /// Show a secret key (password).
            action show_secret_key(ShowKeyArgs) -> SecretKeyView, unlocked;

            // Addresses, amounts, contacts.
            /// Check an address as typed.
            ask check_address(AddressArgs) -> AddressCheck, always;
            /// A QR picture of an address.
            ask address_qr(QrArgs) -> QrView, always;
            /// Read an amount as typed.
            ask parse_amount(ParseAmountArgs) -> ParsedAmount, always;
            /// Contacts of the open wallet.
            query contacts() -> Vec<ContactView>, unlocked;
            /// Add a contact; refuses look-alikes with `look_alike` until accepted.
            action add_contact(AddContactArgs) -> ContactView, unlocked;
            /// Change a contact.
            action edit_contact(EditContactArgs) -> ContactView, unlocked;
            /// Delete a contact.
            action delete_contact(ContactArgs) -> Done, unlocked;

            // Transactions and texts.
            /// Transactions kept in the wallet, newest first.
            query transactions() -> Vec<TransactionView>, unlocked;
            /// Build a transaction; nothing is signed.
            action prepare_transaction(PrepareTransactionArgs) -> TransactionView, unlocked;
            /// Sign it with one of the own keys.
            action sign_transaction(SignTransactionArgs) -> TransactionView, unlocked;
            /// Add a signature made elsewhere.
            action add_signature(AddSignatureArgs) -> TransactionView, unlocked;
            /// Import, merge or only inspect transactions. Inspecting works without a wallet.
            action import_transaction(ImportTransactionArgs) -> TransactionView, always;
            /// The file, text and QR of a transaction.
            ask export_transaction(TransactionArgs) -> ExportedTransaction, unlocked;
            /// Write a note on a transaction.
            action note_transaction(TransactionNoteArgs) -> TransactionView, unlocked;
            /// Forget a transaction.
            action discard_transaction(TransactionArgs) -> Done, unlocked;
            /// Sign a text.
            action sign_text(SignTextArgs) -> SignedText, unlocked;
            /// Verify a signed text.
            ask verify_text(VerifyTextArgs) -> VerifiedText, always;

            // Smeshing.
            /// The smeshing page.
            query smeshing() -> SmeshingView, always;
            /// Events of smeshing, newest first.
            query smeshing_events(EventsArgs) -> EventsView, always;
            /// Processors and graphics cards.
            query providers() -> ProvidersView, always;
            /// Look for devices again.
            action refresh_providers() -> ProvidersView, always;
            /// What a folder is good for.
            ask inspect_folder(InspectFolderArgs) -> FolderView, always;
            /// Measure this computer; steps come as `measurement` changes.
            action measure(MeasureArgs) -> ProposalView, always;
            /// The proposal as measured so far.
            query proposal() -> ProposalView, always;
            /// Stop measuring.
            action stop_measuring() -> ProposalView, always;
            /// How long filling and proving a size will take.
            ask forecast(ForecastArgs) -> ForecastView, always;
            /// Commit space: starts filling.
            action start_filling(StartFillingArgs) -> SmeshingView, always;
            /// Use space that exists.
            action adopt_space(AdoptSpaceArgs) -> SmeshingView, always;
            /// Pause filling; work done is kept.
            action pause_filling(IdentityArgs) -> SmeshingView, always;
            /// Go on filling.
            action resume_filling(IdentityArgs) -> SmeshingView, always;
            /// Choose the devices of a filling.
            action set_devices(SetDevicesArgs) -> SmeshingView, always;
            /// Check data in the background.
            action check_space(CheckSpaceArgs) -> SmeshingView, always;
            /// Make bad ranges again.
            action repair_space(IdentityArgs) -> SmeshingView, always;
            /// Move space: copy, compare, switch. The old copy is freed by `free_old_space`.
            action move_space(MoveSpaceArgs) -> SmeshingView, always;
            /// What freeing the old copy after a move takes away.
            ask old_space_removal(IdentityArgs) -> RemovalView, always;
            /// Free the old copy after a move.
            action free_old_space(IdentityArgs) -> SmeshingView, always;
            /// What removing space takes away.
            ask space_removal(RemovalArgs) -> RemovalView, always;
            /// Remove space, and the key if wished.
            action remove_space(RemoveSpaceArgs) -> SmeshingView, always;
            /// Stop a check, repair or move.
            action cancel_task(TaskArgs) -> SmeshingView, always;
            /// Take an ended task off the list.
            action dismiss_task(TaskArgs) -> SmeshingView, always;
            /// Make an identity.
            action create_identity(CreateIdentityArgs) -> IdentityView, always;
            /// Take over a key file.
            action import_identity(ImportIdentityArgs) -> IdentityView, always;
            /// Copy a key file to another place.
            action export_identity(ExportIdentityArgs) -> WrittenFile, always;
            /// Name, coinbase, nonces and threads of an identity.
            action edit_identity(EditIdentityArgs) -> IdentityView, always;

            // Settings and networks.
            /// Settings.
            query settings() -> SettingsView, always;
            /// Change settings.
            action change_settings(ChangeSettingsArgs) -> SettingsView, always;
            /// Networks to choose from.
            query networks() -> NetworksView, always;
            /// The network in use, by this computer's clock.
            query network() -> NetworkView, always;
            /// Look at a configuration before choosing it: values with origin, unknown keys, differences.
            ask inspect_config(InspectConfigArgs) -> ConfigView, always;
            /// The configuration in use with the origin of each value.
            query effective_config() -> ConfigView, always;
            /// Choose a network.
            action choose_network(ChooseNetworkArgs) -> NetworkView, always;
        }
    };
}
pub(crate) use with_commands;

/// What a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// Answers from present state; may be cached under its name.
    Query,
    /// Answers about its arguments; changes nothing.
    Ask,
    /// Changes something.
    Action,
}

/// When a command works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// With any wallet or none.
    Always,
    /// Only with an unlocked wallet.
    Unlocked,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    /// Stable name.
    pub name: &'static str,
    /// What it does.
    pub kind: CommandKind,
    /// When it works.
    pub access: Access,
    /// What it is for.
    pub doc: &'static str,
}

macro_rules! kind {
    (query) => {
        CommandKind::Query
    };
    (ask) => {
        CommandKind::Ask
    };
    (action) => {
        CommandKind::Action
    };
}

macro_rules! access {
    (always) => {
        Access::Always
    };
    (unlocked) => {
        Access::Unlocked
    };
}

macro_rules! rows {
    ($( #[doc = $doc:literal] $kind:ident $name:ident($($args:ty)?) -> $result:ty, $access:ident; )+) => {
        /// All commands, in the order of the table.
        pub fn commands() -> &'static [CommandInfo] {
            &[$( CommandInfo { name: stringify!($name), kind: kind!($kind), access: access!($access), doc: $doc }, )+]
        }
    };
}
with_commands!(rows);
