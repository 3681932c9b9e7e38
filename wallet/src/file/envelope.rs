//! The lines of a wallet file and the ciphers of its sections.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{FILE_BYTES_MAX, FileError, KdfParams, Random};

const FORMAT: &str = "spacemesh-wallet";
pub(super) const NEWEST: u64 = 1;
const CIPHER: &str = "xchacha20-poly1305";
const KDF: &str = "argon2id";
const NONCE_SIZE: usize = 24;
const SALT_SIZE: usize = 32;

/// Key of one section. Wiped when dropped.
pub(super) type SectionKey = Zeroizing<[u8; 32]>;

/// The encrypted parts of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Private,
    Keys,
    Words,
}

impl Section {
    const fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Keys => "keys",
            Self::Words => "words",
        }
    }
}

/// The first line: how to open the file. Its bytes stay the same until the password changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Head {
    format: String,
    version: u64,
    /// Made at random once. Tells copies of one wallet from other wallets.
    #[serde(with = "hex::serde")]
    pub(super) id: [u8; 16],
    kdf: Kdf,
    cipher: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Kdf {
    name: String,
    params: KdfParams,
    #[serde(with = "hex::serde")]
    salt: [u8; SALT_SIZE],
}

/// The part of the first line that every version has.
#[derive(Deserialize)]
struct AnyHead {
    format: String,
    version: u64,
}

/// The second line: what is shown before the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Label {
    pub(super) name: String,
}

/// A file cut into lines, all still encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) head: Head,
    pub(super) head_line: String,
    pub(super) label: Label,
    pub(super) label_line: String,
    /// Nonce and ciphertext in base64.
    pub(super) private: String,
    pub(super) keys: String,
    pub(super) words: String,
}

impl Head {
    pub(super) fn new(id: [u8; 16], params: KdfParams, random: Random<'_>) -> Self {
        let mut salt = [0; SALT_SIZE];
        random(&mut salt);
        Self {
            format: FORMAT.into(),
            version: NEWEST,
            id,
            kdf: Kdf {
                name: KDF.into(),
                params,
                salt,
            },
            cipher: CIPHER.into(),
        }
    }

    pub(super) const fn params(&self) -> KdfParams {
        self.kdf.params
    }

    pub(super) const fn salt(&self) -> &[u8; SALT_SIZE] {
        &self.kdf.salt
    }

    /// The key all section keys come from. Slow on purpose.
    pub(super) fn master_key(&self, password: &str) -> Result<SectionKey, FileError> {
        self.kdf.params.derive(password, &self.kdf.salt)
    }

    pub(super) fn to_line(&self) -> String {
        serde_json::to_string(self).expect("numbers and hexadecimal text become JSON")
    }
}

impl Label {
    pub(super) fn to_line(&self) -> String {
        serde_json::to_string(self).expect("text becomes JSON")
    }
}

/// The key of one section.
pub(super) fn section_key(master: &SectionKey, section: Section) -> SectionKey {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(master.as_slice())
        .expect("HMAC takes keys of every length");
    mac.update(b"spacemesh-wallet 1 ");
    mac.update(section.name().as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// Encrypts a section; `bound` are the lines it is authenticated with.
pub(super) fn seal(
    key: &SectionKey,
    section: Section,
    bound: &[&str],
    plaintext: &[u8],
    random: Random<'_>,
) -> String {
    let mut nonce = [0; NONCE_SIZE];
    random(&mut nonce);
    let aad = associated(section, bound);
    let cipher = XChaCha20Poly1305::new(
        key.as_slice()
            .try_into()
            .expect("section keys have 32 bytes"),
    );
    let ciphertext = cipher
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plaintext,
                aad: &aad,
            },
        )
        .expect("sections are far below the cipher's limit of 256 GiB");
    STANDARD_NO_PAD.encode([nonce.as_slice(), &ciphertext].concat())
}

/// Decrypts a section. `None`: another key, or something was altered.
pub(super) fn open(
    key: &SectionKey,
    section: Section,
    bound: &[&str],
    sealed: &str,
) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = STANDARD_NO_PAD.decode(sealed).ok()?;
    let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_SIZE>()?;
    let aad = associated(section, bound);
    let cipher = XChaCha20Poly1305::new(
        key.as_slice()
            .try_into()
            .expect("section keys have 32 bytes"),
    );
    cipher
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: ciphertext,
                aad: &aad,
            },
        )
        .ok()
        .map(Zeroizing::new)
}

fn associated(section: Section, bound: &[&str]) -> Vec<u8> {
    let mut aad = Vec::new();
    for line in bound {
        aad.extend_from_slice(line.as_bytes());
        aad.push(b'\n');
    }
    aad.extend_from_slice(section.name().as_bytes());
    aad
}

/// Digest of a sealed section, which the private section holds so that none can be exchanged.
pub(super) fn digest(sealed: &str) -> [u8; 32] {
    Sha256::digest(sealed).into()
}

impl Envelope {
    /// Cuts a file into its lines. Looks at size, checksum and costs, not at the password.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(FileError::TooLarge { found: bytes.len() });
        }
        let text =
            str::from_utf8(bytes).map_err(|_| FileError::NotAWallet("expected text in UTF-8"))?;
        let (head_line, _) = text
            .split_once('\n')
            .ok_or(FileError::NotAWallet("expected several lines"))?;
        let any: AnyHead = serde_json::from_str(head_line)
            .map_err(|_| FileError::NotAWallet("expected JSON in the first line"))?;
        if any.format != FORMAT {
            return Err(FileError::NotAWallet(
                "expected the format spacemesh-wallet in the first line",
            ));
        }
        if any.version > NEWEST {
            return Err(FileError::TooNew {
                found: any.version,
                newest: NEWEST,
            });
        }
        if any.version == 0 {
            return Err(FileError::NotAWallet("there is no format 0"));
        }
        let (body, checksum) = text
            .strip_suffix('\n')
            .and_then(|text| text.rsplit_once('\n'))
            .and_then(|(body, last)| Some((body, last.strip_prefix("sha256 ")?)))
            .ok_or(FileError::Damaged("the end is missing"))?;
        if hex::encode(Sha256::digest(format!("{body}\n"))) != checksum {
            return Err(FileError::Damaged("its checksum does not fit"));
        }
        Self::parse_lines(body)
    }

    fn parse_lines(body: &str) -> Result<Self, FileError> {
        let lines: Vec<&str> = body.split('\n').collect();
        let [head_line, label_line, private, keys, words] = lines.as_slice() else {
            return Err(FileError::Damaged("it does not have six lines"));
        };
        let head: Head = serde_json::from_str(head_line)
            .map_err(|_| FileError::Damaged("the first line can't be read"))?;
        if head.cipher != CIPHER || head.kdf.name != KDF {
            return Err(FileError::NotAWallet(
                "expected argon2id and xchacha20-poly1305",
            ));
        }
        head.kdf.params.check_bounds()?;
        let label: Label = serde_json::from_str(label_line)
            .map_err(|_| FileError::Damaged("the second line can't be read"))?;
        let section = |line: &str, section: Section| {
            let sealed = line
                .strip_prefix(section.name())
                .and_then(|line| line.strip_prefix(' '));
            sealed
                .map(str::to_owned)
                .ok_or(FileError::Damaged("a section is missing"))
        };
        Ok(Self {
            head,
            head_line: (*head_line).to_owned(),
            label,
            label_line: (*label_line).to_owned(),
            private: section(private, Section::Private)?,
            keys: section(keys, Section::Keys)?,
            words: section(words, Section::Words)?,
        })
    }

    /// The file's bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut text = [
            self.head_line.as_str(),
            &self.label_line,
            &format!("{} {}", Section::Private.name(), self.private),
            &format!("{} {}", Section::Keys.name(), self.keys),
            &format!("{} {}", Section::Words.name(), self.words),
            "",
        ]
        .join("\n");
        let checksum = hex::encode(Sha256::digest(&text));
        text.push_str(&format!("sha256 {checksum}\n"));
        text.into_bytes()
    }
}
