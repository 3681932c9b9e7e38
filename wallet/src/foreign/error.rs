//! What can be wrong with another program's file, and what its owner should know of a good one.

use super::FOREIGN_BYTES_MAX;

/// A file that can't be imported. It is never changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForeignError {
    /// Another kind of file.
    #[error("not a wallet file: expected {0}")]
    NotAWallet(&'static str),
    /// A way of encrypting that no known program uses.
    #[error("the file is encrypted with {cipher} and {kdf}, which no known wallet program uses")]
    Unsupported {
        /// Cipher named in the file.
        cipher: String,
        /// Key derivation named in the file.
        kdf: String,
    },
    /// Too large.
    #[error("{found} bytes are more than a wallet file's {FOREIGN_BYTES_MAX}")]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// Opening would take more time or memory than is allowed.
    #[error(
        "opening asks for {what} = {found}, at most {max} is allowed: the file may be made to exhaust this computer"
    )]
    TooCostly {
        /// Name of the parameter.
        what: &'static str,
        /// Value in the file.
        found: u64,
        /// Largest value allowed.
        max: u64,
    },
    /// A member of the encryption parameters is missing or can't be read.
    #[error("the file's {0} is missing or can't be read: it was cut or altered")]
    Parameter(&'static str),
    /// These formats can't tell the two apart.
    #[error("wrong password, or the file is damaged")]
    WrongPasswordOrDamaged,
    /// Decrypted, but not what a wallet holds.
    #[error("the file opens, but what is inside is no wallet: {0}")]
    Content(&'static str),
}

/// Something the owner of an imported wallet should know. None of them stops the import.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportWarning {
    /// Old Smapp files: same salt and counter in all of them, no integrity.
    #[error("this format was weakly protected: delete old copies when you have a backup")]
    WeakFormat,
    /// Fewer rounds of key derivation than any program wrote.
    #[error(
        "the file was protected with {found} rounds only, programs write at least {usual}: delete old copies when you have a backup"
    )]
    FewRounds {
        /// Rounds in the file.
        found: u32,
        /// Rounds that programs write.
        usual: u32,
    },
    /// The key doesn't follow from words and path.
    #[error("key {name:?} cannot be made again from the words: keep a file backup")]
    NotRecoverable {
        /// Name of the key.
        name: String,
    },
    /// The stored public key isn't that of the stored secret key.
    #[error(
        "key {name:?}: the stored public key does not belong to the secret key; both were taken over, the stored one as view only"
    )]
    PairMismatch {
        /// Name of the key.
        name: String,
    },
    /// Accounts without a secret.
    #[error("{count} accounts are view only")]
    ViewOnly {
        /// How many.
        count: usize,
    },
    /// Keys on a Ledger.
    #[error("{count} keys are on a Ledger: connect it once to bind them")]
    Ledger {
        /// How many.
        count: usize,
    },
    /// The words in the file are no valid phrase. Keys were taken over, words not.
    #[error("the words in the file are not valid ({0}); its keys were taken over")]
    WordsUnreadable(crate::WordsError),
    /// An entry that can't be read.
    #[error("{what} {name:?} was left out: {reason}")]
    LeftOut {
        /// Key, account or contact.
        what: &'static str,
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
}
