//! What can be wrong with a wallet file or a change of it.

use super::{FILE_BYTES_MAX, PASSWORD_CHARS_MIN};
use crate::{ContentsError, WordsError};

/// A wallet file that can't be opened or changed. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// Something else than a wallet file of this format.
    #[error("not a wallet file of this program: {0}; choose another file")]
    NotAWallet(&'static str),
    /// Written by a newer version.
    #[error("wallet file of format {found}; this version reads up to {newest}: update the program")]
    TooNew {
        /// Format of the file.
        found: u64,
        /// Newest format that is read.
        newest: u64,
    },
    /// The checksum doesn't fit: the file was cut or altered.
    #[error("the wallet file is damaged: {0}; use the copy beside it or a backup")]
    Damaged(&'static str),
    /// The checksum fits but the password doesn't open the file.
    #[error("wrong password")]
    WrongPassword,
    /// Larger than any wallet.
    #[error("{found} bytes are more than a wallet file's {FILE_BYTES_MAX}; choose another file")]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// Opening would take more memory or time than is allowed.
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
    /// Key derivation parameters that are too weak to write, or that no Argon2 has.
    #[error("key derivation with {what} = {found}: at least {min} is needed")]
    TooCheap {
        /// Name of the parameter.
        what: &'static str,
        /// Value given.
        found: u64,
        /// Smallest value allowed.
        min: u64,
    },
    /// A password that would be guessed.
    #[error("the password has {found} characters, at least {PASSWORD_CHARS_MIN} are needed")]
    ShortPassword {
        /// Characters given.
        found: usize,
    },
    /// Secrets of another file, or from before its password was changed.
    #[error("these unlocked secrets belong to another file or an older password; unlock again")]
    OtherKeyring,
    /// The wallet has no words, so no further key follows from them.
    #[error("this wallet has no words: import a secret key or connect a Ledger instead")]
    NoWords,
    /// Secrets were unlocked for signing only.
    #[error("the words are locked: ask for the password again")]
    WordsLocked,
    /// The key's secret isn't in this file.
    #[error("the secret of this key is not in the wallet file")]
    NoSecret,
    /// A change of the contents that is refused.
    #[error(transparent)]
    Contents(#[from] ContentsError),
    /// Words inside that are none.
    #[error(transparent)]
    Words(#[from] WordsError),
}
