//! Which program wrote a file, and what can be told before the password (12 §2.2).

use serde::Deserialize;
use spacemesh_types::Timestamp;

use super::{FOREIGN_BYTES_MAX, ForeignError, Imported, convert, crypt::Encryption};

/// Programs whose files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Program {
    /// The command line of the reference.
    Smcli,
    /// The desktop app, since late 2022.
    Smapp,
    /// The desktop app before that.
    SmappOld,
    /// The browser wallet.
    SmappLite,
}

impl Program {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Smcli => "smcli",
            Self::Smapp => "Smapp",
            Self::SmappOld => "Smapp (old format)",
            Self::SmappLite => "smapp-lite",
        }
    }
}

/// A recognised file, still encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignFile {
    program: Program,
    display_name: String,
    created: String,
    folder_id: Option<String>,
    encryption: Encryption,
    ciphertext: Vec<u8>,
}

#[derive(Deserialize)]
struct RawFile {
    meta: RawMeta,
    crypto: RawCrypto,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMeta {
    display_name: String,
    created: String,
    #[serde(rename = "type", default)]
    kind: Option<serde_json::Value>,
    #[serde(rename = "genesisID", default)]
    genesis_id: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawCrypto {
    cipher: String,
    cipher_text: String,
    #[serde(default)]
    cipher_params: Option<RawCipherParams>,
    #[serde(default)]
    kdf: Option<String>,
    #[serde(default)]
    kdfparams: Option<RawKdfParams>,
    #[serde(default)]
    mac: Option<String>,
}

#[derive(Deserialize)]
struct RawCipherParams {
    iv: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawKdfParams {
    salt: String,
    iterations: u64,
    #[serde(default)]
    hash: Option<serde_json::Value>,
    #[serde(default)]
    memory_size: Option<u64>,
    #[serde(default)]
    parallelism: Option<u64>,
}

impl ForeignFile {
    /// Recognises a file, without its password.
    ///
    /// # Errors
    ///
    /// Another kind of file, unknown ways of encrypting, sizes or costs out of bounds.
    pub fn parse(bytes: &[u8]) -> Result<Self, ForeignError> {
        if bytes.len() > FOREIGN_BYTES_MAX {
            return Err(ForeignError::TooLarge { found: bytes.len() });
        }
        let raw: RawFile = serde_json::from_slice(bytes)
            .map_err(|_| ForeignError::NotAWallet("JSON with meta and crypto"))?;
        let encryption = raw.crypto.encryption()?;
        encryption.check_bounds()?;
        let ciphertext = raw.crypto.ciphertext()?;
        let program = match &encryption {
            Encryption::OldCtr => Program::SmappOld,
            Encryption::Argon2Ctr { .. } => Program::SmappLite,
            // Certain only after decryption: smcli writes no type, and another label for the same hash.
            Encryption::Gcm { .. } if raw.meta.kind.is_none() && raw.crypto.names_sha256() => {
                Program::Smcli
            }
            Encryption::Gcm { .. } => Program::Smapp,
        };
        let folder_id = raw.meta.genesis_id.as_ref().and_then(|id| id.as_str());
        let folder_id = folder_id
            .map(|id| id.strip_prefix("0x").unwrap_or(id))
            .filter(|id| !id.is_empty());
        Ok(Self {
            program,
            folder_id: folder_id.map(|id| id.chars().take(64).collect()),
            display_name: raw.meta.display_name.chars().take(200).collect(),
            created: raw.meta.created.chars().take(40).collect(),
            encryption,
            ciphertext,
        })
    }

    /// The program that wrote it, as far as can be told. smcli and Smapp use the same envelope; [`Imported::program`] is certain.
    pub const fn program(&self) -> Program {
        self.program
    }

    /// The wallet's name in that program.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// When the wallet was made, in seconds since 1970.
    pub fn created(&self) -> Option<i64> {
        parse_time(&self.created)
    }

    /// The number by which that Smapp names its data folders. **Not** the network's genesis id: never sign with it.
    pub fn smapp_folder_id(&self) -> Option<&str> {
        self.folder_id.as_deref()
    }

    /// Decrypts the file and converts what is inside. `now` is for what has no date of its own. Takes from a tenth of a second to some
    /// seconds.
    ///
    /// # Errors
    ///
    /// Wrong password or damage, or a content that is no wallet.
    pub fn open(&self, password: &str, now: i64) -> Result<Imported, ForeignError> {
        self.convert(&self.decrypt(password)?, now)
    }

    /// The second half of [`open`](Self::open).
    ///
    /// # Errors
    ///
    /// A content that is no wallet.
    pub fn convert(&self, decrypted: &Decrypted, now: i64) -> Result<Imported, ForeignError> {
        convert::to_wallet(self, &decrypted.plaintext, now)
    }

    /// The first half of [`open`](Self::open): key and decrypted text.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open) up to decryption.
    pub fn decrypt(&self, password: &str) -> Result<Decrypted, ForeignError> {
        let key = self.encryption.key(password)?;
        let plaintext = self.encryption.decrypt(&key, &self.ciphertext)?;
        Ok(Decrypted { key, plaintext })
    }

    pub(super) const fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    /// Origin as one sentence, kept with the imported wallet.
    pub(super) fn origin(&self, program: Program) -> String {
        let name = crate::text_rules::foreign_name(&self.display_name, "without a name");
        let created = crate::text_rules::foreign_name(&self.created, "an unknown time");
        format!("{}: {name}, made {created}", program.name())
    }
}

/// Key and text of a decrypted file. Wiped when dropped; no `Debug`.
pub struct Decrypted {
    /// The AES key.
    pub key: zeroize::Zeroizing<[u8; 32]>,
    /// The text.
    pub plaintext: zeroize::Zeroizing<Vec<u8>>,
}

/// Smapp and smcli write dashes in the time where ISO has colons.
pub(super) fn parse_time(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let time = time.replace('-', ":");
    Timestamp::parse_rfc3339(&format!("{date}T{time}"))
        .ok()
        .map(Timestamp::unix_seconds)
}

impl RawCrypto {
    fn encryption(&self) -> Result<Encryption, ForeignError> {
        match (self.cipher.as_str(), self.kdf.as_deref()) {
            ("AES-GCM", Some("PBKDF2")) => {
                let params = self.params()?;
                Ok(Encryption::Gcm {
                    salt: params.salt()?,
                    rounds: params.rounds("crypto.kdfparams.iterations")?,
                    iv: self.iv()?,
                })
            }
            ("AES-128-CTR", _) => Ok(Encryption::OldCtr),
            ("AES-256-CTR", Some("ARGON2")) => {
                let params = self.params()?;
                let mut mac = [0; 32];
                let text = self
                    .mac
                    .as_deref()
                    .ok_or(ForeignError::Parameter("crypto.mac"))?;
                hex::decode_to_slice(text, &mut mac)
                    .map_err(|_| ForeignError::Parameter("crypto.mac"))?;
                Ok(Encryption::Argon2Ctr {
                    salt: params.salt()?,
                    passes: params.rounds("crypto.kdfparams.iterations")?,
                    memory_kib: small(params.memory_size, "crypto.kdfparams.memorySize")?,
                    lanes: small(params.parallelism, "crypto.kdfparams.parallelism")?,
                    iv: self.iv()?,
                    mac,
                })
            }
            (cipher, kdf) => Err(ForeignError::Unsupported {
                cipher: cipher.chars().take(40).collect(),
                kdf: kdf.unwrap_or("nothing").chars().take(40).collect(),
            }),
        }
    }

    fn params(&self) -> Result<&RawKdfParams, ForeignError> {
        self.kdfparams
            .as_ref()
            .ok_or(ForeignError::Parameter("crypto.kdfparams"))
    }

    fn iv<const N: usize>(&self) -> Result<[u8; N], ForeignError> {
        let wrong = ForeignError::Parameter("crypto.cipherParams.iv");
        let text = &self.cipher_params.as_ref().ok_or_else(|| wrong.clone())?.iv;
        let mut iv = [0; N];
        hex::decode_to_slice(text, &mut iv)
            .map(|()| iv)
            .map_err(|_| wrong)
    }

    fn ciphertext(&self) -> Result<Vec<u8>, ForeignError> {
        hex::decode(&self.cipher_text).map_err(|_| ForeignError::Parameter("crypto.cipherText"))
    }

    fn names_sha256(&self) -> bool {
        let hash = self
            .kdfparams
            .as_ref()
            .and_then(|params| params.hash.as_ref());
        hash.and_then(|hash| hash.as_str()) == Some("SHA-256")
    }
}

impl RawKdfParams {
    fn salt(&self) -> Result<Vec<u8>, ForeignError> {
        let salt = hex::decode(&self.salt)
            .ok()
            .filter(|salt| (1..=64).contains(&salt.len()));
        salt.ok_or(ForeignError::Parameter("crypto.kdfparams.salt"))
    }

    fn rounds(&self, name: &'static str) -> Result<u32, ForeignError> {
        small(Some(self.iterations), name)
    }
}

/// Numbers beyond 32 bits are beyond every bound, too.
fn small(number: Option<u64>, name: &'static str) -> Result<u32, ForeignError> {
    let found = number.ok_or(ForeignError::Parameter(name))?;
    u32::try_from(found).map_err(|_| ForeignError::TooCostly {
        what: name,
        found,
        max: u32::MAX.into(),
    })
}
