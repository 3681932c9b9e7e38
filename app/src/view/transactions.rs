//! Views of offline transactions and signed texts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Decimal, FileContent, FileSource, Instant, SecretText, Sentence, Smidge, Template, Tone,
};

/// Build a transaction.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PrepareTransactionArgs {
    /// Account that pays: id (hex) or address.
    pub account: String,
    /// What it does.
    pub action: TransactionAction,
    /// Nonce, given by the person: without a node the next one is not known.
    pub nonce: Decimal,
    /// Gas price in smidge, at least 1.
    pub gas_price: Decimal,
    /// Note, kept in the wallet only, at most 500 characters.
    #[serde(default)]
    #[ts(optional = nullable, as = "Option<String>")]
    pub note: String,
}

/// What a transaction does.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum TransactionAction {
    /// Activate the paying account itself (self-spawn).
    Activate {},
    /// Activate another account of the wallet (a vault from its owner, for example).
    ActivateOther {
        /// The account to activate: id (hex) or address.
        target: String,
    },
    /// Send coins.
    Spend {
        /// Where to.
        destination: String,
        /// How much.
        amount: Smidge,
    },
    /// Take unlocked coins out of a vault; the paying account is its owner.
    Drain {
        /// The vault's address.
        vault: String,
        /// Where to.
        destination: String,
        /// How much.
        amount: Smidge,
    },
}

/// A transaction as decoded from its bytes.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TransactionView {
    /// Id inside Smapp: hash of the unsigned bytes and the network, hex. Stays the same while signatures are added.
    pub id: String,
    /// Id on the network; only with all signatures.
    pub transaction_id: Option<String>,
    /// The lines to be shown before signing, in order, made from the bytes that are signed.
    pub lines: Vec<ReviewLine>,
    /// "Club: payment of 1,200 SMH waits for 1 signature".
    pub title: Sentence,
    /// `spawn`, `spend`, `drain`.
    pub method: String,
    /// Template of the paying account.
    pub template: Template,
    /// Address of the paying account.
    pub principal: String,
    /// Its name, if it is ours.
    pub principal_name: Option<String>,
    /// Where coins go.
    pub destination: Option<String>,
    /// Name of the contact or own account there.
    pub destination_name: Option<String>,
    /// How much is moved.
    pub amount: Option<Smidge>,
    /// Nonce.
    pub nonce: Decimal,
    /// Gas price.
    pub gas_price: Decimal,
    /// Gas at most.
    pub max_gas: Decimal,
    /// Fee: gas price × max gas; all of it is paid.
    pub fee: Smidge,
    /// Network it is signed for.
    pub network_name: String,
    /// Signatures, in the order of the members.
    pub signatures: Vec<SignatureView>,
    /// Signatures needed; absent if the account's template is not known here.
    pub required: Option<u8>,
    /// Valid signatures present.
    pub present: u8,
    /// Exactly the needed signatures are there: it can be published.
    pub complete: bool,
    /// This wallet can add a signature.
    pub can_sign: bool,
    /// Whether signing asks for the password.
    pub needs_password: bool,
    /// What to look out for.
    pub warnings: Vec<Sentence>,
    /// The bytes, hex, signatures included.
    pub raw_hex: String,
    /// Size in bytes.
    pub size_bytes: u32,
    /// State: signed or not, and that there is no node to publish it.
    pub state: Sentence,
    /// Glyph of the state.
    pub tone: Tone,
    /// Note of the person.
    pub note: String,
    /// When it was made or imported here; absent for one that is only looked at.
    pub added_at: Option<Instant>,
}

/// One line of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReviewLine {
    /// What it is: `action`, `from`, `to`, `amount`, `fee`, `nonce`, `network`, …
    pub key: String,
    /// Label in English.
    pub label: String,
    /// Value in exact units.
    pub value: String,
    /// A known name for the value.
    pub name: Option<String>,
    /// `address`, `amount`, `number`, `text`, `hex`.
    pub kind: String,
}

/// One signer of a transaction.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignatureView {
    /// Index among the members, from 0.
    pub index: u8,
    /// Public key, hex; absent if the account is not known here.
    pub public_key: Option<String>,
    /// Name of the own key.
    pub own_key: Option<String>,
    /// How it stands.
    pub state: SignatureState,
}

/// How a signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignatureState {
    /// Present and checked against the account's key.
    Valid,
    /// Present, does not fit.
    Invalid,
    /// Present, can't be checked since the account's keys are not known here.
    Unchecked,
    /// Absent, this wallet can make it.
    CanSign,
    /// Absent.
    Missing,
    /// Absent and not needed any more.
    NotNeeded,
}

/// Name a transaction of the wallet.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TransactionArgs {
    /// Id of the transaction.
    pub transaction: String,
}

/// Sign a transaction.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct SignTransactionArgs {
    /// Id of the transaction.
    pub transaction: String,
    /// Which of the own keys among the members signs, by index; absent: the first that can.
    #[serde(default)]
    pub index: Option<u8>,
    /// Password; may be absent within the grace period.
    #[serde(default)]
    pub password: Option<SecretText>,
}

/// Add a signature made elsewhere.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddSignatureArgs {
    /// Id of the transaction.
    pub transaction: String,
    /// Index among the members, from 0.
    pub index: u8,
    /// 64 bytes, hex.
    pub signature: String,
}

/// Import transactions: the same one several times with different signatures is merged.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportTransactionArgs {
    /// One or several files or texts.
    pub sources: Vec<FileSource>,
    /// Only look: nothing is stored. Works without a wallet.
    #[serde(default)]
    #[ts(optional = nullable, as = "Option<bool>")]
    pub inspect_only: bool,
}

/// Write a note on a transaction.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TransactionNoteArgs {
    /// Id of the transaction.
    pub transaction: String,
    /// Note, at most 500 characters.
    pub note: String,
}

/// A transaction to carry to another computer.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportedTransaction {
    /// `tx-signed-….hex` or `tx-unsigned-….hex`.
    pub file: FileContent,
    /// `0x` and hex, the text itself.
    pub text: String,
    /// QR picture of the text; absent if it does not fit.
    pub qr_svg: Option<String>,
}

/// Sign a text.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct SignTextArgs {
    /// Public key (hex) or address of a single-key account.
    pub key: String,
    /// The text, without prefix.
    pub text: String,
    /// Password; may be absent within the grace period.
    #[serde(default)]
    pub password: Option<SecretText>,
}

/// A signed text.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignedText {
    /// JSON with `publicKey`, `text` (prefixed) and `signature`, to be handed on.
    pub json: String,
    /// Public key, hex.
    pub public_key: String,
    /// What was signed, with its prefix.
    pub text: String,
    /// Signature, hex.
    pub signature: String,
    /// "A signature proves a key, not an account with several signers."
    pub note: Sentence,
}

/// Verify a text.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyTextArgs {
    /// The JSON as received from Smapp or smapp-lite.
    pub json: String,
}

/// Whether a text is signed.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedText {
    /// The signature fits.
    pub valid: bool,
    /// The sentence.
    pub sentence: Sentence,
    /// Which form it was: `prefixed`, `plain`, `trimmed`; absent if none fits.
    pub form: Option<String>,
    /// The text without its prefix.
    pub text: String,
    /// Public key, hex.
    pub public_key: String,
    /// Address of the single-key account of this key.
    pub address: String,
    /// Name of the own account or contact with this address.
    pub name: Option<String>,
}
