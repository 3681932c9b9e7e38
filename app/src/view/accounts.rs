//! Views of accounts, addresses and contacts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{FileSource, ImportNote, Instant, SecretText, Sentence, ShownSecret, Smidge, Tone};

/// All accounts of the open wallet.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountsView {
    /// In the order of the wallet.
    pub accounts: Vec<AccountView>,
    /// Keys of the wallet, for shared accounts.
    pub keys: Vec<KeyView>,
    /// Why there are no balances.
    pub balance_note: Sentence,
}

/// Template of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// One key.
    Single,
    /// m of n keys.
    Multisig,
    /// m of n keys, owner of a vault.
    Vesting,
    /// Coins that unlock over time.
    Vault,
    /// Only the address is known.
    Unknown,
}

/// One account.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Stable id inside the wallet: the address as hex.
    pub id: String,
    /// Name given by the person.
    pub name: String,
    /// Template.
    pub template: Template,
    /// Address on the network in use.
    pub address: AddressView,
    /// Can sign: this wallet holds enough to make at least one signature.
    pub can_sign: bool,
    /// "View only", "Not recoverable from the words", … with a glyph; empty if there is nothing to say.
    pub marks: Vec<AccountMark>,
    /// State on the network; unknown without a node.
    pub state: Sentence,
    /// Balance; absent: unknown.
    pub balance: Option<Smidge>,
    /// Path of the key (`m/44'/540'/0'/0'/0'`), for single-key accounts made from words.
    pub path: Option<String>,
    /// Public key of a single-key account, hex.
    pub public_key: Option<String>,
    /// Members in order, for multisig and vesting.
    pub members: Vec<MemberView>,
    /// Signatures needed, for multisig and vesting.
    pub required: Option<u8>,
    /// Terms, for a vault.
    pub vault: Option<VaultView>,
}

/// A mark on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountMark {
    /// `view_only`, `not_recoverable`, `ledger`, `watch`.
    pub kind: String,
    /// Glyph.
    pub tone: Tone,
    /// Text.
    pub text: Sentence,
}

/// A member of a shared account.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MemberView {
    /// Index, counted from 0, as in signatures.
    pub index: u8,
    /// Public key, hex.
    pub public_key: String,
    /// Name of the own key, if it is ours.
    pub own_key: Option<String>,
}

/// Terms of a vault.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultView {
    /// Owner's address.
    pub owner: String,
    /// Total.
    pub total: Smidge,
    /// Initial unlock (part of the address, without effect).
    pub initial_unlock: Smidge,
    /// First layer of vesting.
    pub vesting_start: u32,
    /// Last layer of vesting.
    pub vesting_end: u32,
    /// When vesting starts by the calendar of the network.
    pub starts_at: Instant,
    /// When everything is unlocked.
    pub ends_at: Instant,
    /// Unlocked at the next layer by the VM's formula, drained amounts not subtracted (unknown without a node).
    pub unlocked: Smidge,
    /// Still locked at the next layer.
    pub locked: Smidge,
}

/// One key pair of the wallet, without its secret.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyView {
    /// Stable id: the public key as hex.
    pub id: String,
    /// Name.
    pub name: String,
    /// Public key, hex.
    pub public_key: String,
    /// `words`, `imported`, `older_program`, `ledger`, `view_only`.
    pub origin: String,
    /// Path, for keys that follow from the words or a Ledger.
    pub path: Option<String>,
    /// Can be made again from the words.
    pub recoverable: bool,
    /// Whether the secret is in this wallet.
    pub has_secret: bool,
}

/// An address in all its forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AddressView {
    /// Canonical text, for copying.
    pub plain: String,
    /// The same in groups of four, for reading aloud.
    pub groups: Vec<String>,
    /// `sm1…` + 4 telling characters + `…` + last six.
    pub short: String,
    /// Characters at the start that are the same for all addresses of this network.
    pub common: String,
    /// The last six characters, the checksum.
    pub checksum: String,
    /// 24 bytes, hex.
    pub hex: String,
    /// Prefix.
    pub prefix: String,
}

/// Name an account.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountArgs {
    /// Id (hex) or address of the account.
    pub account: String,
}

/// Add a single-key account on the next unused path.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AddSingleArgs {
    /// Name, 1 to 64 characters.
    pub name: String,
    /// Path instead of the next unused one, all parts hardened.
    #[serde(default)]
    pub path: Option<String>,
    /// Password, since the words are needed.
    pub password: SecretText,
}

/// A shared account.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SharedAccountArgs {
    /// Name, 1 to 64 characters.
    pub name: String,
    /// `multisig` or `vesting`.
    pub template: Template,
    /// Signatures needed.
    pub required: u8,
    /// Public keys in the agreed order, hex with or without `0x`, 1 to 10.
    pub members: Vec<String>,
}

/// A vault.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VaultArgs {
    /// Name, 1 to 64 characters.
    pub name: String,
    /// Address of the owner.
    pub owner: String,
    /// Total.
    pub total: Smidge,
    /// Initial unlock.
    pub initial_unlock: Smidge,
    /// First layer of vesting.
    pub vesting_start: u32,
    /// Last layer of vesting.
    pub vesting_end: u32,
}

/// Proposed terms of a vault.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultProposal {
    /// The owner is one of the genesis vesting accounts: the values are theirs.
    pub genesis_owner: bool,
    /// Total, where known.
    pub total: Option<Smidge>,
    /// Initial unlock, where known.
    pub initial_unlock: Option<Smidge>,
    /// First layer of vesting.
    pub vesting_start: u32,
    /// Last layer of vesting.
    pub vesting_end: u32,
}

/// An account before it is added, to compare its address aloud.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountPreview {
    /// Its address.
    pub address: AddressView,
    /// Already in this wallet, under this name.
    pub existing: Option<String>,
    /// Own keys among the members.
    pub own_members: Vec<MemberView>,
    /// What to look out for.
    pub notes: Vec<ImportNote>,
}

/// Watch an address.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WatchAccountArgs {
    /// Name, 1 to 64 characters.
    pub name: String,
    /// The address.
    pub address: String,
}

/// Add an account from a secret key.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportKeyArgs {
    /// Name, 1 to 64 characters.
    pub name: String,
    /// 64 or 32 bytes, hex with or without `0x`.
    pub secret_key: SecretText,
    /// Password of the wallet.
    pub password: SecretText,
}

/// Add an account from a `.account` file.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ImportAccountArgs {
    /// The file.
    pub source: FileSource,
    /// Name instead of the one inside.
    #[serde(default)]
    pub name: Option<String>,
}

/// Rename an account.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EditAccountArgs {
    /// Id (hex) or address of the account.
    pub account: String,
    /// Name, 1 to 64 characters.
    pub name: String,
}

/// Show the secret key of an account or key.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShowKeyArgs {
    /// Public key (hex) or address of a single-key account.
    pub key: String,
    /// Password of the wallet.
    pub password: SecretText,
}

/// A secret key on its one screen.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SecretKeyView {
    /// 64 bytes (seed and public key), hex.
    pub secret_key: ShownSecret,
    /// Public key, hex.
    pub public_key: String,
    /// The screen closes itself at this time; a `secret_expired` change says so too.
    pub expires_at: Instant,
    /// Names this showing in `secret_expired`.
    pub id: String,
}

/// An address as text.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddressArgs {
    /// The address as typed or pasted.
    pub address: String,
}

/// What is known about an address as typed.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AddressCheck {
    /// It can be used.
    pub valid: bool,
    /// The fault: `too_short`, `checksum`, `other_network`, `not_an_address`, `reserved_bytes`; absent if valid.
    pub fault: Option<String>,
    /// What to say below the field.
    pub message: Option<Sentence>,
    /// Group of four with the likely mistake, counted from 1.
    pub faulty_group: Option<u8>,
    /// All forms, if valid.
    pub address: Option<AddressView>,
    /// Name of the own account with this address.
    pub own_account: Option<String>,
    /// Name of the contact with this address.
    pub contact: Option<String>,
    /// It looks like this known address but is another one.
    pub look_alike: Option<LookAlike>,
}

/// A known address that looks similar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LookAlike {
    /// Name of the contact or account.
    pub name: String,
    /// Its address.
    pub address: String,
    /// The warning.
    pub text: Sentence,
}

/// Make a QR picture.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct QrArgs {
    /// The address.
    pub address: String,
    /// Amount asked for.
    #[serde(default)]
    pub amount: Option<Smidge>,
    /// Message for the payer, at most 120 characters.
    #[serde(default)]
    pub message: Option<String>,
}

/// A QR picture.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QrView {
    /// SVG that draws with `currentColor` on a transparent ground; scales to any size.
    pub svg: String,
    /// What is encoded.
    pub text: String,
    /// Sentence for screen readers.
    pub label: String,
}

/// A contact.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactView {
    /// Stable id: the address as hex.
    pub id: String,
    /// Name.
    pub name: String,
    /// Address.
    pub address: AddressView,
    /// Note.
    pub note: String,
    /// It looks like another known address.
    pub look_alike: Option<LookAlike>,
}

/// Add a contact.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddContactArgs {
    /// Name, 1 to 64 characters.
    pub name: String,
    /// Address.
    pub address: String,
    /// Note, at most 500 characters.
    #[serde(default)]
    #[ts(optional = nullable, as = "Option<String>")]
    pub note: String,
    /// The person saw the look-alike warning and wants it anyway.
    #[serde(default)]
    #[ts(optional = nullable, as = "Option<bool>")]
    pub accept_look_alike: bool,
}

/// Change a contact.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EditContactArgs {
    /// Id of the contact.
    pub contact: String,
    /// Name.
    pub name: String,
    /// Address.
    pub address: String,
    /// Note.
    pub note: String,
    /// The person saw the look-alike warning and wants it anyway.
    #[serde(default)]
    #[ts(optional = nullable, as = "Option<bool>")]
    pub accept_look_alike: bool,
}

/// Name a contact.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactArgs {
    /// Id of the contact.
    pub contact: String,
}

/// Read an amount as typed.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ParseAmountArgs {
    /// The text, for example `12.5`.
    pub text: String,
    /// `smh` or `smidge`.
    pub unit: String,
}

/// An amount as read.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ParsedAmount {
    /// The amount; absent if it can't be read.
    pub smidge: Option<Smidge>,
    /// "Only 9 decimals exist."
    pub message: Option<Sentence>,
}
