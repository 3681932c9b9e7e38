//! Keys, addresses, wallet files and transactions of people (12 §1, §2, §4, §7; 02 §1 to §3).
//!
//! Pure: no files, no clock, no randomness of its own. Bytes, time (seconds since 1970) and entropy are arguments, so that the crate
//! builds for the browser. Keeps true: secrets are wiped when dropped and no type that holds one has `Debug` or is serialised; keys of
//! other programs' files are trusted as stored; what a person confirms is read from the very bytes that are signed.

mod text_rules; // names and notes

mod path; // m/44'/540'/0'/0'/index'
mod secret;
mod slip10; // from seed to key
pub mod words; // BIP-39: start here for a new wallet // secret keys

mod account; // template and arguments, or an address to watch
mod account_file; // .account files
mod contact;
mod contents; // keys, accounts, contacts and notes of one wallet
mod key; // where a key comes from
mod new_wallet; // a wallet before it has a file

pub mod file; // our own file format
pub mod foreign; // files of other programs
mod signed_text; // texts signed with a key
pub mod tx; // building, reviewing, signing and carrying transactions

pub use account::{Account, AccountKind};
pub use account_file::{ACCOUNT_FILE_BYTES_MAX, AccountFile, AccountFileError};
pub use contact::{Contact, look_alike};
pub use contents::{Contents, ContentsError, ENTRIES_MAX, NOTES_MAX};
pub use key::{Key, KeyOrigin};
pub use new_wallet::{NewWallet, NewWalletError};
pub use path::{KeyPath, PathError};
pub use secret::{SecretKeyError, SecretSeed, verify};
pub use signed_text::{SIGNED_TEXT_BYTES_MAX, SignedText, SignedTextError, TextForm, VerifiedText};
pub use slip10::{derive, derive_before_slip10};
pub use text_rules::{NAME_CHARS_MAX, NOTE_CHARS_MAX, TextRuleError};
pub use words::{Language, Seed, WordCount, Words, WordsError};
