//! The three ways in which these programs encrypt (12 §2.3 to §2.6).

use aes_gcm::{Aes256Gcm, KeyInit, Nonce, aead::Aead};
use argon2::{Algorithm, Argon2, Params, Version};
use ctr::{
    Ctr128BE,
    cipher::{KeyIvInit, StreamCipher},
};
use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::ForeignError;

/// Most rounds of PBKDF2 that are computed: some seconds.
const ROUNDS_MAX: u32 = 10_000_000;
const MEMORY_KIB_MAX: u32 = 1 << 20;
const PASSES_MAX: u32 = 1000;
const LANES_MAX: u32 = 64;
/// Memory times passes, in KiB: the product of the limits alone would take an hour.
const WORK_KIB_MAX: u64 = 64 << 20;

const OLD_SALT: &[u8] = b"Spacemesh blockmesh";
const OLD_ROUNDS: u32 = 1_000_000;
const OLD_COUNTER: u128 = 5;

pub(super) type AesKey = Zeroizing<[u8; 32]>;

/// How a file is encrypted, with checked parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Encryption {
    /// smcli and Smapp of today.
    Gcm {
        salt: Vec<u8>,
        rounds: u32,
        iv: [u8; 12],
    },
    /// Smapp before: no parameters in the file.
    OldCtr,
    /// smapp-lite.
    Argon2Ctr {
        salt: Vec<u8>,
        passes: u32,
        memory_kib: u32,
        lanes: u32,
        iv: [u8; 16],
        mac: [u8; 32],
    },
}

impl Encryption {
    /// Refuses costs out of bounds.
    pub(super) fn check_bounds(&self) -> Result<(), ForeignError> {
        match self {
            Self::Gcm { rounds, .. } => bound("iterations", *rounds, ROUNDS_MAX),
            Self::OldCtr => Ok(()),
            Self::Argon2Ctr {
                salt,
                passes,
                memory_kib,
                lanes,
                ..
            } => {
                bound("memorySize", *memory_kib, MEMORY_KIB_MAX)?;
                bound("iterations", *passes, PASSES_MAX)?;
                bound("parallelism", *lanes, LANES_MAX)?;
                let found = u64::from(*memory_kib) * u64::from(*passes);
                if found > WORK_KIB_MAX {
                    return Err(ForeignError::TooCostly {
                        what: "memorySize × iterations",
                        found,
                        max: WORK_KIB_MAX,
                    });
                }
                if salt.len() < argon2::MIN_SALT_LEN {
                    return Err(ForeignError::Parameter("crypto.kdfparams.salt"));
                }
                Ok(())
            }
        }
    }

    /// The key for a password: its UTF-8, not normalised.
    pub(super) fn key(&self, password: &str) -> Result<AesKey, ForeignError> {
        self.check_bounds()?;
        let mut key = Zeroizing::new([0; 32]);
        match self {
            Self::Gcm { salt, rounds, .. } => {
                pbkdf2::pbkdf2_hmac::<Sha512>(
                    password.as_bytes(),
                    salt,
                    *rounds,
                    key.as_mut_slice(),
                );
            }
            Self::OldCtr => pbkdf2::pbkdf2_hmac::<Sha512>(
                password.as_bytes(),
                OLD_SALT,
                OLD_ROUNDS,
                key.as_mut_slice(),
            ),
            Self::Argon2Ctr {
                salt,
                passes,
                memory_kib,
                lanes,
                ..
            } => {
                let params = Params::new(*memory_kib, *passes, *lanes, Some(32));
                let params = params.map_err(|_| ForeignError::Parameter("crypto.kdfparams"))?;
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(password.as_bytes(), salt, key.as_mut_slice())
                    .map_err(|_| ForeignError::Parameter("crypto.kdfparams"))?;
            }
        }
        Ok(key)
    }

    /// Decrypts and verifies what can be verified.
    pub(super) fn decrypt(
        &self,
        key: &AesKey,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, ForeignError> {
        match self {
            Self::Gcm { iv, .. } => gcm(key)
                .decrypt(&Nonce::from(*iv), ciphertext)
                .map(Zeroizing::new)
                .map_err(|_| wrong_password()),
            Self::OldCtr => Ok(ctr(key, &OLD_COUNTER.to_be_bytes(), ciphertext)),
            Self::Argon2Ctr { iv, mac, .. } => {
                let plaintext = ctr(key, iv, ciphertext);
                // Keyed with the hexadecimal text of the key, over the plaintext.
                let key_text = Zeroizing::new(hex::encode(key.as_slice()));
                let mut check = hmac_sha256(key_text.as_bytes());
                check.update(&plaintext);
                check.verify_slice(mac).map_err(|_| wrong_password())?;
                Ok(plaintext)
            }
        }
    }
}

/// AES-256-GCM over a plaintext, as Smapp writes it: the IV is made of key and plaintext.
pub(super) fn encrypt_smapp(key: &AesKey, plaintext: &[u8]) -> ([u8; 12], Vec<u8>) {
    let mut mac = <Hmac<Sha512> as KeyInit>::new_from_slice(key.as_slice())
        .expect("HMAC takes keys of every length");
    mac.update(plaintext);
    let digest: [u8; 64] = mac.finalize().into_bytes().into();
    let mut iv = [0; 12];
    iv.copy_from_slice(&digest[..12]);
    let ciphertext = gcm(key)
        .encrypt(&Nonce::from(iv), plaintext)
        .expect("wallets are far below the cipher's limit of 64 GiB");
    (iv, ciphertext)
}

fn hmac_sha256(key: &[u8]) -> Hmac<Sha256> {
    <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of every length")
}

fn gcm(key: &AesKey) -> Aes256Gcm {
    Aes256Gcm::new_from_slice(key.as_slice()).expect("the key has 32 bytes")
}

/// AES-256 in counter mode; the counter block is a 128-bit big-endian number.
fn ctr(key: &AesKey, counter: &[u8; 16], ciphertext: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(ciphertext.to_vec());
    let mut cipher = Ctr128BE::<aes::Aes256>::new_from_slices(key.as_slice(), counter)
        .expect("key and counter have the cipher's sizes");
    cipher.apply_keystream(&mut text);
    text
}

fn bound(what: &'static str, found: u32, max: u32) -> Result<(), ForeignError> {
    match found {
        0 => Err(ForeignError::Parameter(what)),
        found if found > max => Err(ForeignError::TooCostly {
            what,
            found: found.into(),
            max: max.into(),
        }),
        _ => Ok(()),
    }
}

const fn wrong_password() -> ForeignError {
    ForeignError::WrongPasswordOrDamaged
}
