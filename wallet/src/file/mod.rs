//! Our own wallet file, format 1. One file per wallet; the decision behind it is `docs/decisions/wallet-file.md`.
//!
//! ```text
//! {"format":"spacemesh-wallet","version":1,"id":"…","kdf":{…},"cipher":"xchacha20-poly1305"}   how to open it
//! {"name":"Savings"}                                    what a list of wallets shows before the password
//! private 5Xk…                                          keys, accounts, contacts, notes
//! keys    q0c…                                          secret keys
//! words   8Qs…                                          the words
//! sha256  3f1…                                          of everything above
//! ```
//!
//! Lines end with a line feed; sections are base64 of a 24-byte nonce and the ciphertext. From the password Argon2id makes one key, and
//! from that HMAC-SHA256 one per section, so that looking at balances needs neither secret keys nor words in memory, and signing needs
//! no words. Keeps true: the first line is authenticated with every section, the second with `private`, and `private` holds the digests
//! of the two secret sections: no part can be exchanged for an older one. The checksum tells a damaged file from a wrong password.
//! Costs and sizes are bounded before anything is computed or allocated. Entropy comes from the caller.

mod content_v1; // the private section of format 1, frozen
mod envelope; // lines, section keys, ciphers
mod error;
mod kdf; // what opening costs, and how to choose that
mod keyring; // unlocked secrets
mod wallet_file; // start here

pub use error::FileError;
pub use kdf::{KdfParams, UNLOCK_TARGET_MAX, UNLOCK_TARGET_MIN, calibrate};
pub use keyring::{Keyring, Secrets};
pub use wallet_file::{LockedFile, WalletFile};

/// Largest wallet file read or written, in bytes. A wallet with 10,000 contacts takes a tenth.
pub const FILE_BYTES_MAX: usize = 32 << 20;

/// Fewest characters of a password.
pub const PASSWORD_CHARS_MIN: usize = 8;

/// Fills a buffer from the operating system's generator. Must fill all of it or not return.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]);
