//! What is inside: the JSON of the three programs, read leniently, secrets wiped.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};
use spacemesh_types::transaction::SpawnArgs;
use zeroize::Zeroizing;

use crate::{AccountFileError, account_file::RawAccount};

/// The union of all shapes. Which one it is follows from the members that are there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawWallet {
    #[serde(default)]
    pub(super) mnemonic: SecretText,
    /// Only smcli's. The capital letters are the file's.
    #[serde(rename = "MasterKeypair", default)]
    pub(super) master: Option<RawKey>,
    /// Only smapp-lite's.
    #[serde(default)]
    pub(super) keys: Option<Vec<RawKey>>,
    #[serde(default)]
    pub(super) accounts: Option<Vec<RawKey>>,
    #[serde(default)]
    pub(super) contacts: Option<Vec<RawContact>>,
}

/// A key or an account: in Smapp and smcli they are the same.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawKey {
    #[serde(default)]
    pub(super) display_name: Option<String>,
    #[serde(default)]
    pub(super) created: Option<String>,
    #[serde(default)]
    pub(super) path: Option<String>,
    #[serde(default)]
    pub(super) public_key: Option<String>,
    #[serde(default)]
    pub(super) secret_key: SecretText,
    /// smcli: 1 is a Ledger's.
    #[serde(default)]
    key_type: Option<u64>,
    /// smapp-lite: 1 is a Ledger's.
    #[serde(default)]
    origin: Option<u64>,
    /// Only accounts of smapp-lite.
    #[serde(default)]
    template_address: Option<String>,
    #[serde(default)]
    spawn_arguments: Option<serde_json::Value>,
}

impl RawKey {
    pub(super) fn is_ledger(&self) -> bool {
        self.key_type == Some(1) || self.origin == Some(1)
    }

    /// The account of smapp-lite.
    pub(super) fn account(&self) -> Result<SpawnArgs, AccountFileError> {
        let template = self
            .template_address
            .clone()
            .ok_or(AccountFileError::NotAnAccount)?;
        let arguments = self
            .spawn_arguments
            .clone()
            .ok_or(AccountFileError::NotAnAccount)?;
        RawAccount::from_parts(template, arguments)?.args()
    }
}

#[derive(Deserialize)]
pub(super) struct RawContact {
    #[serde(default)]
    pub(super) address: String,
    #[serde(default)]
    pub(super) nickname: String,
}

/// Secret text; absent and null are empty. Wiped when dropped; no `Debug`.
#[derive(Default)]
pub(super) struct SecretText(pub(super) Zeroizing<String>);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = SecretText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or null")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretText, E> {
                Ok(SecretText(Zeroizing::new(text.to_owned())))
            }

            fn visit_unit<E: de::Error>(self) -> Result<SecretText, E> {
                Ok(SecretText::default())
            }
        }

        deserializer.deserialize_any(Text)
    }
}
