//! Keys of a wallet: where each comes from, and whether it can sign.

use spacemesh_types::PublicKey;

use crate::KeyPath;

/// A public key with what the wallet knows of it. The secret, if there is one, is elsewhere and locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key. Unique in a wallet.
    pub public_key: PublicKey,
    /// What its owner calls it.
    pub name: String,
    /// When it was made or added, in seconds since 1970, if that is known.
    pub created: Option<i64>,
    /// Where it comes from.
    pub origin: KeyOrigin,
}

/// Where a key comes from, hence where its secret is and whether the words bring it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOrigin {
    /// Derived from the words of this wallet. The only kind that the words bring back.
    Words {
        /// Where.
        path: KeyPath,
    },
    /// A secret key that was typed or pasted.
    Imported,
    /// The stored secret of an older program that its words and path do **not** give (12 §1.5). Only a file backup keeps it.
    OlderProgram {
        /// The path as it stands in that file, for example `0/0/0`.
        path: String,
    },
    /// The public key only.
    ViewOnly,
    /// The secret is on a Ledger.
    Ledger {
        /// Where on the device.
        path: KeyPath,
        /// Whether the device has shown this very key at this path. Keys of smcli's Ledger wallets start without.
        confirmed: bool,
    },
}

impl KeyOrigin {
    /// Whether the wallet file holds the secret.
    pub const fn has_secret(&self) -> bool {
        match self {
            Self::Words { .. } | Self::Imported | Self::OlderProgram { .. } => true,
            Self::ViewOnly | Self::Ledger { .. } => false,
        }
    }

    /// Whether the words of this wallet are enough to make the key again. Others need a file backup, their own copy, or the device.
    pub const fn recoverable_from_words(&self) -> bool {
        matches!(self, Self::Words { .. })
    }

    /// The path, for keys that have one by the rules of today.
    pub const fn path(&self) -> Option<&KeyPath> {
        match self {
            Self::Words { path } | Self::Ledger { path, .. } => Some(path),
            Self::Imported | Self::OlderProgram { .. } | Self::ViewOnly => None,
        }
    }
}
