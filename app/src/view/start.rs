//! Views of starting, unlocking and everything that is true of the whole app.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Decimal, FileSource, Instant, SecretText, Sentence, ShownSecret, Tone};

/// What the frame of every screen needs.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppState {
    /// Version of Smapp.
    pub version: String,
    /// `linux`, `macos`, `windows`.
    pub platform: String,
    /// Folder that holds wallets, keys and settings.
    pub data_folder: String,
    /// No own wallet, no identity and no setting exists yet: show the first start.
    pub first_start: bool,
    /// Network in use, by id: `mainnet`, `testnet`, `standalone`, `fastnet` or `own`.
    pub network: String,
    /// Its name to show; networks other than Mainnet are drawn in amber.
    pub network_name: String,
    /// Prefix of addresses: `sm`, `stest`, `standalone`.
    pub address_prefix: String,
    /// Whether this version runs a node. False: balances are unknown and nothing can be published.
    pub has_node: bool,
    /// Whether the page runs in a browser: no native file dialogs.
    pub in_browser: bool,
}

/// The status bar, each part a button to its page.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StatusView {
    /// The node, or that there is none.
    pub node: StatusPart,
    /// Smeshing: not set up, filling, paused, filled.
    pub smeshing: StatusPart,
    /// Network and clock of this computer.
    pub network: StatusPart,
    /// The current layer by this computer's clock; absent before genesis.
    pub layer: Option<u32>,
    /// The current epoch by this computer's clock; absent before genesis.
    pub epoch: Option<u32>,
    /// The part to show where there is room for one line: `node`, `smeshing` or `network`.
    pub worst: String,
}

/// One part of the status bar.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StatusPart {
    /// Glyph.
    pub tone: Tone,
    /// Text beside it.
    pub text: Sentence,
    /// Share done, 0 to 1, while something runs.
    pub progress: Option<f64>,
}

/// Whether a wallet is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(
    tag = "state",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum SessionView {
    /// There is no wallet of our own yet.
    NoWallet {},
    /// There are wallets, none is unlocked.
    Locked {
        /// The wallet used last, to be preselected.
        last_wallet: Option<String>,
        /// Why it is locked: `start`, `person`, `idle`, `sleep`.
        reason: LockReason,
    },
    /// A wallet is open.
    Unlocked {
        /// Its id.
        wallet: String,
        /// Its name.
        name: String,
        /// When it locks itself if nothing happens; absent if never.
        locks_at: Option<Instant>,
        /// Until when payments need no password again (the grace period); absent if asked each time.
        grace_until: Option<Instant>,
        /// The words of this wallet were not checked yet: show the reminder.
        words_unchecked: bool,
        /// The words can still be shown without the password: true only between creating and leaving the words screen.
        new_words_waiting: bool,
        /// Whether the wallet holds words at all (imported and watch-only ones may not).
        has_words: bool,
        /// Last verified backup of the wallet file.
        last_backup: Option<Instant>,
        /// A backup is due: none yet, or older than 90 days.
        backup_due: bool,
    },
}

/// Why a wallet was locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LockReason {
    /// Smapp was just started.
    Start,
    /// The person locked it.
    Person,
    /// Nothing happened for the time set.
    Idle,
    /// The computer slept or its screen was locked.
    Sleep,
}

/// One wallet file of our own.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WalletEntry {
    /// Stable id (the file's name without its ending).
    pub id: String,
    /// Name given by the person.
    pub name: String,
    /// Where the file lies.
    pub path: String,
    /// When it was made.
    pub created: Option<Instant>,
    /// When it was written last.
    pub modified: Option<Instant>,
    /// Size of the file in bytes.
    pub size_bytes: Decimal,
    /// Why it can't be opened (damaged, newer format); absent if it looks fine.
    pub problem: Option<String>,
}

/// A wallet of another program found on this computer.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundWallet {
    /// Where it lies.
    pub path: String,
    /// Which program made it: `Smapp`, `smcli`, `smapp-lite`.
    pub program: String,
    /// What to show: "Smapp wallet of 18 Jul 2023".
    pub title: String,
    /// Its name inside, where it is readable.
    pub name: Option<String>,
    /// When the file was written last.
    pub modified: Option<Instant>,
}

/// Unlock a wallet.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnlockArgs {
    /// Id of the wallet.
    pub wallet: String,
    /// Its password.
    pub password: SecretText,
}

/// The password, where it is asked again.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordArgs {
    /// Password of the open wallet.
    pub password: SecretText,
}

/// Ask how strong a password is.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordStrengthArgs {
    /// The password as typed so far.
    pub password: SecretText,
}

/// How strong a password is, with a reason.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PasswordStrength {
    /// 0 (guessed at once) to 4 (not in a lifetime).
    pub score: u8,
    /// Long enough to be accepted (8 characters).
    pub accepted: bool,
    /// "would be guessed in about 2 hours".
    pub sentence: Sentence,
}

/// Make a wallet with fresh words.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateWalletArgs {
    /// Name, 1 to 64 characters.
    pub name: String,
    /// Password, at least 8 characters.
    pub password: SecretText,
    /// 24 or 12.
    pub word_count: u8,
}

/// Words on their one screen. `new_words` gives them once after creating, `show_words` after the password.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WordsView {
    /// The words in order.
    pub words: Vec<ShownSecret>,
    /// Language of the list they are from.
    pub language: String,
    /// The screen closes itself at this time; a `secret_expired` change says so too.
    pub expires_at: Instant,
    /// Names this showing in `secret_expired`.
    pub id: String,
}

/// Which words to ask for after creating.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WordsQuiz {
    /// Four positions, counted from 1.
    pub positions: Vec<u8>,
    /// How many words there are.
    pub count: u8,
}

/// The answers to the quiz.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmWordsArgs {
    /// One per asked position.
    pub answers: Vec<WordAnswer>,
}

/// One answer.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WordAnswer {
    /// Position, counted from 1.
    pub position: u8,
    /// What was typed; a word that occurs twice fits at both places.
    pub word: SecretText,
}

/// How the quiz ended.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WordsQuizResult {
    /// All answers are right; the reminder is gone.
    pub confirmed: bool,
    /// Positions with a wrong word.
    pub wrong: Vec<u8>,
}

/// Words as typed so far.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckWordsArgs {
    /// The whole text; any separators.
    pub words: SecretText,
}

/// What is known about words as typed. Holds no word that was typed right.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WordsCheck {
    /// How many words there are so far.
    pub count: u8,
    /// Words that are not in the list, in order.
    pub unknown: Vec<UnknownWord>,
    /// Completions for the last word while it is being typed, at most 6.
    pub completions: Vec<String>,
    /// Name of the list the words are from, once it is clear.
    pub language: Option<String>,
    /// 12, 15, 18, 21 or 24 words that fit together: restoring is possible.
    pub valid: bool,
    /// What is wrong, in a sentence; absent if nothing is (yet).
    pub problem: Option<Sentence>,
}

/// A word that is not in the list.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnknownWord {
    /// Position, counted from 1.
    pub position: u8,
    /// What was typed.
    pub typed: String,
    /// Similar words of the list, best first, at most 4.
    pub suggestions: Vec<String>,
}

/// Make a wallet from words.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RestoreWalletArgs {
    /// Name, 1 to 64 characters.
    pub name: String,
    /// Password for the new file, at least 8 characters.
    pub password: SecretText,
    /// The words, any separators.
    pub words: SecretText,
    /// How many single-key accounts to make, 1 to 100. Used ones can't be searched for without a node.
    pub accounts: u8,
}

/// Look at a wallet file of any known program without taking anything over.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct InspectWalletArgs {
    /// The file.
    pub source: FileSource,
    /// Its password, once the person gave it; without it only the outside is shown.
    pub password: Option<SecretText>,
}

/// What a wallet file is and holds.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WalletPreview {
    /// Program and format: `smapp`, `smapp_old`, `smcli`, `smapp_lite`, `own`.
    pub format: String,
    /// "Smapp wallet of 18 Jul 2023".
    pub title: String,
    /// Name inside.
    pub name: Option<String>,
    /// Whether a password is needed to see more.
    pub needs_password: bool,
    /// The content, once the password was right.
    pub content: Option<WalletPreviewContent>,
    /// Notes and warnings, in the order to be shown.
    pub notes: Vec<ImportNote>,
}

/// What is inside a wallet file.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WalletPreviewContent {
    /// Accounts that will be taken over.
    pub accounts: Vec<PreviewAccount>,
    /// Number of contacts.
    pub contacts: u32,
    /// Whether it holds words.
    pub has_words: bool,
}

/// One account of a wallet file.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreviewAccount {
    /// Name inside.
    pub name: String,
    /// Address on the network in use.
    pub address: String,
    /// `single`, `multisig`, `vesting`, `vault`.
    pub template: String,
    /// No key for it: it can only be watched.
    pub view_only: bool,
}

/// A note about an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportNote {
    /// `warning` or `ok` (a remark).
    pub tone: Tone,
    /// "This format was weakly protected. Delete old copies when you have a backup."
    pub text: Sentence,
}

/// Take a wallet file over into a new file of our own. The given file is read, never changed.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportWalletArgs {
    /// The file.
    pub source: FileSource,
    /// Its password.
    pub password: SecretText,
    /// Name of the new wallet.
    pub name: String,
    /// Password of the new file, at least 8 characters.
    pub new_password: SecretText,
}

/// Make a wallet without keys.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateWatchWalletArgs {
    /// Name, 1 to 64 characters.
    pub name: String,
    /// Password; it protects names and notes.
    pub password: SecretText,
    /// Addresses to watch, at least one.
    pub addresses: Vec<String>,
}

/// Change the password of the open wallet.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePasswordArgs {
    /// The present one.
    pub password: SecretText,
    /// The next one, at least 8 characters.
    pub new_password: SecretText,
}

/// Give a thing a name.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RenameWalletArgs {
    /// The name, 1 to 64 characters.
    pub name: String,
}

/// Where to put a backup of the open wallet.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BackupWalletArgs {
    /// Folder or full path of the file; an existing file is never overwritten.
    pub path: String,
    /// Password, to verify the copy by opening it.
    pub password: SecretText,
}

/// A backup that was opened again and compared.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupView {
    /// Where it lies; absent for a download.
    pub path: Option<String>,
    /// The file, for a download.
    pub file: Option<super::FileContent>,
    /// Size in bytes.
    pub size_bytes: Decimal,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// When it was verified.
    pub verified_at: Instant,
    /// How many accounts the copy holds.
    pub accounts: u32,
}

/// Name a wallet of the list.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WalletArgs {
    /// Id of the wallet.
    pub wallet: String,
}

/// Remove a wallet file.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteWalletArgs {
    /// Id of the wallet.
    pub wallet: String,
    /// Its name, typed by the person.
    pub typed_name: String,
}

/// What a removal takes away, what stays and what it costs; the danger dialog.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemovalView {
    /// The question, title of the dialog.
    pub question: Sentence,
    /// Will be removed.
    pub removed: Vec<RemovalItem>,
    /// Stays.
    pub stays: Vec<Sentence>,
    /// What it costs.
    pub costs: Vec<Sentence>,
    /// What the person has to type; absent if it can be made again within a minute.
    pub typed_name: Option<String>,
    /// Sum of the sizes in bytes.
    pub total_bytes: Decimal,
    /// Text of the button.
    pub button: Sentence,
}

/// A thing to be removed.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemovalItem {
    /// Path of the file or folder.
    pub path: String,
    /// How many files.
    pub files: u32,
    /// Size in bytes.
    pub size_bytes: Decimal,
}

/// The question when the window is closed.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CloseView {
    /// What happens without asking: `ask`, `tray`, `quit`.
    pub action: CloseAction,
    /// Title.
    pub title: Sentence,
    /// Why.
    pub body: Sentence,
    /// Choices with their consequences, the default first.
    pub choices: Vec<CloseChoice>,
}

/// What closing the window does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CloseAction {
    /// Show the dialog.
    Ask,
    /// Go on in the tray.
    Tray,
    /// Leave.
    Quit,
}

/// One choice of the close dialog.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CloseChoice {
    /// `tray`, `quit`, `quit_when_done`.
    pub id: String,
    /// Text of the button.
    pub label: Sentence,
    /// What follows.
    pub consequence: Sentence,
}

/// A folder of this computer, for pages that can't open a native dialog.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct BrowseFolderArgs {
    /// Absolute path; absent for the home folder.
    pub path: Option<String>,
    /// Whether files are wanted too.
    pub files: bool,
}

/// What a folder holds.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FolderListing {
    /// Absolute path.
    pub path: String,
    /// Folder above, absent at the top.
    pub parent: Option<String>,
    /// Roots and usual places: home, drives.
    pub places: Vec<String>,
    /// Entries, folders first, by name; at most 1000.
    pub entries: Vec<FolderEntry>,
    /// There are more than are listed.
    pub truncated: bool,
}

/// One entry of a folder.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FolderEntry {
    /// Name.
    pub name: String,
    /// Absolute path.
    pub path: String,
    /// Whether it is a folder.
    pub folder: bool,
    /// Size in bytes of a file.
    pub size_bytes: Option<Decimal>,
}
