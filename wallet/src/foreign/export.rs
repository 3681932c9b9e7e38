//! Export in the form of Smapp (AES-GCM), which most existing programs open (12 §2.4, §2.7). Single-key accounts only.

use serde::Serialize;
use spacemesh_types::{Hrp, Timestamp, transaction::Template};
use zeroize::Zeroizing;

use super::crypt::{Encryption, encrypt_smapp};
use crate::{
    Contents, KeyOrigin, Words,
    file::{FileError, Keyring, PASSWORD_CHARS_MIN, Random, WalletFile},
};

const ROUNDS: u32 = 120_000;

/// A file for Smapp, smcli or smapp-lite, and what didn't fit into it.
pub struct SmappExport {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// Names of accounts that this form can't hold: shared ones, vaults, watched ones, those whose key has no secret here.
    pub left_out: Vec<String>,
}

/// A wallet that can't be exported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// No account fits.
    #[error(
        "no account of this wallet fits into Smapp's form, which holds single-key accounts with their secret keys"
    )]
    NothingFits,
    /// A password that would be guessed. The form has a weak key derivation, so this matters more than in our own.
    #[error("the password has {found} characters, at least {PASSWORD_CHARS_MIN} are needed")]
    ShortPassword {
        /// Characters given.
        found: usize,
    },
    /// The secrets can't be read.
    #[error(transparent)]
    File(#[from] FileError),
}

#[derive(Serialize)]
struct OutFile<'a> {
    meta: OutMeta<'a>,
    crypto: OutCrypto,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutMeta<'a> {
    display_name: &'a str,
    created: String,
    #[serde(rename = "genesisID")]
    genesis_id: &'static str,
    remote_api: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutCrypto {
    cipher: &'static str,
    cipher_text: String,
    cipher_params: OutIv,
    kdf: &'static str,
    kdfparams: OutKdf,
}

#[derive(Serialize)]
struct OutIv {
    iv: String,
}

#[derive(Serialize)]
struct OutKdf {
    dklen: u32,
    hash: &'static str,
    salt: String,
    iterations: u32,
}

#[derive(Serialize)]
struct OutWallet<'a> {
    mnemonic: &'a str,
    accounts: Vec<OutAccount<'a>>,
    contacts: Vec<OutContact<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutAccount<'a> {
    display_name: &'a str,
    created: String,
    path: String,
    public_key: String,
    secret_key: &'a str,
}

#[derive(Serialize)]
struct OutContact<'a> {
    address: String,
    nickname: &'a str,
}

/// Writes the single-key accounts of a wallet as Smapp's file. `hrp` is for the contacts' addresses.
///
/// # Errors
///
/// Nothing to export, a weak password, or secrets that don't belong to the file.
pub fn export_smapp(
    wallet: &WalletFile,
    keyring: &Keyring,
    hrp: &Hrp,
    password: &str,
    random: Random<'_>,
) -> Result<SmappExport, ExportError> {
    let found = password.chars().count();
    if found < PASSWORD_CHARS_MIN {
        return Err(ExportError::ShortPassword { found });
    }
    let contents = wallet.contents();
    let mut accounts = Vec::new();
    let mut left_out = Vec::new();
    for account in contents.accounts() {
        let key = account.keys().first().and_then(|key| contents.key(key));
        match (
            account.template(),
            key,
            key.and_then(|key| keyring.seed(&key.public_key)),
        ) {
            (Some(Template::Wallet), Some(key), Some(seed)) => {
                accounts.push((account, key, seed.to_hex()))
            }
            _ => left_out.push(account.name.clone()),
        }
    }
    if accounts.is_empty() {
        return Err(ExportError::NothingFits);
    }
    let words = wallet.words(keyring)?;
    let mnemonic = words.as_ref().map(Words::to_text).unwrap_or_default();
    let out = OutWallet {
        mnemonic: &mnemonic,
        accounts: accounts
            .iter()
            .map(|(account, key, secret)| OutAccount {
                display_name: &account.name,
                created: smapp_time(account.created.unwrap_or_else(|| contents.created())),
                path: path_text(&key.origin),
                public_key: key.public_key.to_hex(),
                secret_key: secret,
            })
            .collect(),
        contacts: contents
            .contacts()
            .iter()
            .map(|contact| OutContact {
                address: contact.address.to_bech32(hrp),
                nickname: &contact.name,
            })
            .collect(),
    };
    let plaintext = to_json(&out, accounts.len() + contents.contacts().len());
    let mut salt = [0; 16];
    random(&mut salt);
    let bytes = seal(contents, &plaintext, password, salt);
    Ok(SmappExport { bytes, left_out })
}

/// Reserved generously, so that growing leaves no copies of secrets behind.
fn to_json(out: &OutWallet<'_>, entries: usize) -> Zeroizing<Vec<u8>> {
    let mut plaintext = Zeroizing::new(Vec::with_capacity((64 << 10) + entries * 1024));
    serde_json::to_writer(&mut *plaintext, out)
        .expect("text becomes JSON, and vectors take all bytes");
    plaintext
}

fn seal(contents: &Contents, plaintext: &[u8], password: &str, salt: [u8; 16]) -> Vec<u8> {
    let encryption = Encryption::Gcm {
        salt: salt.to_vec(),
        rounds: ROUNDS,
        iv: [0; 12],
    };
    let key = encryption
        .key(password)
        .expect("the rounds are within the bounds");
    let (iv, ciphertext) = encrypt_smapp(&key, plaintext);
    let file = OutFile {
        meta: OutMeta {
            display_name: contents.name(),
            created: smapp_time(contents.created()),
            genesis_id: "",
            remote_api: "",
            kind: "local-node",
        },
        crypto: OutCrypto {
            cipher: "AES-GCM",
            cipher_text: hex::encode(ciphertext),
            cipher_params: OutIv {
                iv: hex::encode(iv),
            },
            kdf: "PBKDF2",
            kdfparams: OutKdf {
                dklen: 256,
                hash: "SHA-512",
                salt: hex::encode(salt),
                iterations: ROUNDS,
            },
        },
    };
    serde_json::to_vec(&file).expect("text becomes JSON")
}

fn path_text(origin: &KeyOrigin) -> String {
    match origin {
        KeyOrigin::Words { path } | KeyOrigin::Ledger { path, .. } => path.to_string(),
        KeyOrigin::OlderProgram { path } => path.clone(),
        KeyOrigin::Imported | KeyOrigin::ViewOnly => String::new(),
    }
}

/// ISO time with milliseconds, and dashes where it has colons.
fn smapp_time(seconds: i64) -> String {
    let text = Timestamp::from_unix_seconds(seconds)
        .to_string()
        .replace(':', "-");
    format!("{}.000Z", text.trim_end_matches('Z'))
}
