//! `.account` files: what an account is made of, without secrets. Members of a shared account pass them around (12 §2.6).

use serde::{Deserialize, Deserializer, Serialize};
use spacemesh_types::{
    Address, Hrp, LayerId, PublicKey, Smidge,
    transaction::{SpawnArgs, SpawnArgsError, Template, Vault},
};

use crate::text_rules;

/// Largest file that is read, in bytes. Ten keys take 1,000.
pub const ACCOUNT_FILE_BYTES_MAX: usize = 64 << 10;

/// An account with its name, as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFile {
    /// The name its sender gave it.
    pub name: String,
    /// Template and arguments.
    pub args: SpawnArgs,
}

/// A file that describes no account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountFileError {
    /// Too large.
    #[error("{found} bytes are more than an account file's {ACCOUNT_FILE_BYTES_MAX}")]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// Not JSON of the expected shape.
    #[error(
        "not an account file: expected JSON with displayName, templateAddress and spawnArguments"
    )]
    NotAnAccount,
    /// Another template than the four.
    #[error("the account file is of template {0:?}, which this program does not know")]
    Template(String),
    /// A member is missing or can't be read.
    #[error("the account file's {0} is missing or can't be read; ask its sender for another copy")]
    Argument(&'static str),
    /// Arguments no account can be made of.
    #[error(transparent)]
    Args(#[from] SpawnArgsError),
}

/// Accounts as smapp-lite writes them. Unknown members are form leftovers and ignored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawAccount {
    #[serde(default)]
    display_name: String,
    template_address: String,
    spawn_arguments: RawArguments,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawArguments {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "number"
    )]
    required: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_keys: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "number",
        serialize_with = "as_text"
    )]
    total_amount: Option<u64>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "number",
        serialize_with = "as_text"
    )]
    initial_unlock_amount: Option<u64>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "number"
    )]
    vesting_start: Option<u64>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "number"
    )]
    vesting_end: Option<u64>,
}

impl AccountFile {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// See [`AccountFileError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, AccountFileError> {
        if bytes.len() > ACCOUNT_FILE_BYTES_MAX {
            return Err(AccountFileError::TooLarge { found: bytes.len() });
        }
        let raw: RawAccount =
            serde_json::from_slice(bytes).map_err(|_| AccountFileError::NotAnAccount)?;
        let args = raw.args()?;
        Ok(Self {
            name: text_rules::foreign_name(&raw.display_name, "Imported account"),
            args,
        })
    }

    /// The file's text. Addresses inside get the prefix of the network.
    pub fn to_json(&self, hrp: &Hrp) -> String {
        serde_json::to_string_pretty(&RawAccount::new(self, hrp))
            .expect("text and numbers become JSON")
    }

    /// The file's name: the account's address.
    pub fn file_name(&self, hrp: &Hrp) -> String {
        format!("{}.account", self.args.address().to_bech32(hrp))
    }
}

impl RawAccount {
    fn new(account: &AccountFile, hrp: &Hrp) -> Self {
        let mut raw = RawArguments::default();
        match &account.args {
            SpawnArgs::Wallet(key) => raw.public_key = Some(key.to_hex()),
            SpawnArgs::Multisig(members) | SpawnArgs::Vesting(members) => {
                raw.required = Some(members.required.into());
                raw.public_keys = Some(members.keys.iter().map(PublicKey::to_hex).collect());
            }
            SpawnArgs::Vault(vault) => {
                raw.owner = Some(vault.owner.to_bech32(hrp));
                raw.total_amount = Some(vault.total.0);
                raw.initial_unlock_amount = Some(vault.initial_unlock.0);
                raw.vesting_start = Some(vault.start.0.into());
                raw.vesting_end = Some(vault.end.0.into());
            }
        }
        Self {
            display_name: account.name.clone(),
            template_address: account.args.template().address().to_hex(),
            spawn_arguments: raw,
        }
    }

    /// An account of which the arguments are still JSON.
    pub(crate) fn from_parts(
        template_address: String,
        arguments: serde_json::Value,
    ) -> Result<Self, AccountFileError> {
        let spawn_arguments =
            serde_json::from_value(arguments).map_err(|_| AccountFileError::NotAnAccount)?;
        Ok(Self {
            display_name: String::new(),
            template_address,
            spawn_arguments,
        })
    }

    /// The arguments, checked.
    pub(crate) fn args(&self) -> Result<SpawnArgs, AccountFileError> {
        let template = Address::from_hex(&self.template_address)
            .ok()
            .and_then(|address| Template::from_address(&address));
        let raw = &self.spawn_arguments;
        match template.ok_or_else(|| {
            AccountFileError::Template(self.template_address.chars().take(60).collect())
        })? {
            Template::Wallet => raw.key().map(SpawnArgs::Wallet),
            Template::Multisig => Ok(SpawnArgs::multisig(raw.required()?, raw.keys()?)?),
            Template::Vesting => Ok(SpawnArgs::vesting(raw.required()?, raw.keys()?)?),
            Template::Vault => Ok(SpawnArgs::vault(raw.vault()?)?),
        }
    }
}

impl RawArguments {
    fn key(&self) -> Result<PublicKey, AccountFileError> {
        let key = self
            .public_key
            .as_deref()
            .and_then(|text| PublicKey::from_hex(text.trim()).ok());
        key.ok_or(AccountFileError::Argument("PublicKey"))
    }

    fn required(&self) -> Result<u8, AccountFileError> {
        self.required
            .and_then(|required| u8::try_from(required).ok())
            .ok_or(AccountFileError::Argument("Required"))
    }

    fn keys(&self) -> Result<Vec<PublicKey>, AccountFileError> {
        let keys = self.public_keys.as_deref().unwrap_or_default().iter();
        keys.map(|text| {
            PublicKey::from_hex(text.trim()).map_err(|_| AccountFileError::Argument("PublicKeys"))
        })
        .collect()
    }

    fn vault(&self) -> Result<Vault, AccountFileError> {
        use AccountFileError::Argument;
        let layer = |number: Option<u64>| {
            number
                .and_then(|number| u32::try_from(number).ok())
                .map(LayerId)
        };
        Ok(Vault {
            owner: self
                .owner
                .as_deref()
                .and_then(any_network_address)
                .ok_or(Argument("Owner"))?,
            total: self
                .total_amount
                .map(Smidge)
                .ok_or(Argument("TotalAmount"))?,
            initial_unlock: self
                .initial_unlock_amount
                .map(Smidge)
                .ok_or(Argument("InitialUnlockAmount"))?,
            start: layer(self.vesting_start).ok_or(Argument("VestingStart"))?,
            end: layer(self.vesting_end).ok_or(Argument("VestingEnd"))?,
        })
    }
}

/// An address under whatever prefix it has: files of other programs don't say for which network they are.
pub(crate) fn any_network_address(text: &str) -> Option<Address> {
    let text = text.trim();
    let (prefix, _) = text.rsplit_once('1')?;
    Address::parse(text, &Hrp::new(prefix.to_ascii_lowercase()).ok()?).ok()
}

/// A whole number, as JSON number or as decimal text; amounts are text there because JavaScript's numbers end at 2^53.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }
    match Option::<Either>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Either::Number(number)) => Ok(Some(number)),
        Some(Either::Text(text)) => text
            .trim()
            .parse()
            .map(Some)
            .map_err(serde::de::Error::custom),
    }
}

fn as_text<S: serde::Serializer>(number: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&number.unwrap_or_default())
}
