//! Secret keys: never shown by `Debug`, never serialised, wiped when dropped.
//!
//! Keeps true: a signature is only ever made with the public key that follows from the same seed. (A pair that doesn't fit together
//! would give the seed away.)

use spacemesh_crypto::SigningKey;
use spacemesh_types::{EdSignature, PublicKey};
use zeroize::Zeroizing;

/// The 32 bytes from which an Ed25519 key pair follows (RFC 8032). No `Debug`, no `Clone`, no serialisation.
pub struct SecretSeed(Zeroizing<[u8; 32]>);

/// Text that is no secret key. Never holds any part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretKeyError {
    /// Neither 128 nor 64 hexadecimal digits.
    #[error(
        "{found} characters are no secret key: 128 hexadecimal digits are needed (or the first 64 of them)"
    )]
    Length {
        /// Characters found, without white space around and `0x`.
        found: usize,
    },
    /// A character that is no hexadecimal digit.
    #[error("the character at position {position} is no hexadecimal digit; copy the key again")]
    Digit {
        /// Position from 1.
        position: usize,
    },
    /// The second half isn't the public key of the first.
    #[error("the two halves of the key do not belong together; copy the key again")]
    PairMismatch,
}

impl SecretSeed {
    /// Takes a copy of the bytes; the caller wipes its own.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// Reads what files and dialogs call a secret key: seed and public key as 128 hexadecimal digits. The seed alone is read too.
    ///
    /// # Errors
    ///
    /// See [`SecretKeyError`].
    pub fn from_hex(text: &str) -> Result<Self, SecretKeyError> {
        let text = text.trim();
        let digits = text
            .strip_prefix("0x")
            .or_else(|| text.strip_prefix("0X"))
            .unwrap_or(text);
        if let Some(position) = digits.chars().position(|c| !c.is_ascii_hexdigit()) {
            return Err(SecretKeyError::Digit {
                position: position + 1,
            });
        }
        let length = SecretKeyError::Length {
            found: digits.len(),
        };
        let (secret, public) = match digits.len() {
            64 => (digits, None),
            128 => (&digits[..64], Some(&digits[64..])),
            _ => return Err(length),
        };
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(secret, bytes.as_mut_slice()).map_err(|_| length)?;
        let seed = Self(bytes);
        match public {
            Some(public) if !public.eq_ignore_ascii_case(&seed.public_key().to_hex()) => {
                Err(SecretKeyError::PairMismatch)
            }
            _ => Ok(seed),
        }
    }

    /// The secret key as files and dialogs write it: 128 hexadecimal digits, seed and public key.
    pub fn to_hex(&self) -> Zeroizing<String> {
        let mut digits = Zeroizing::new([0; 64]);
        hex::encode_to_slice(self.0.as_slice(), digits.as_mut_slice())
            .expect("32 bytes take 64 digits");
        let mut text = Zeroizing::new(String::with_capacity(128));
        text.extend(digits.iter().map(|digit| char::from(*digit)));
        text.push_str(&self.public_key().to_hex());
        text
    }

    /// The bytes, for writing them encrypted.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKey {
        self.key().public_key()
    }

    /// Signs with deterministic Ed25519.
    pub fn sign(&self, message: &[u8]) -> EdSignature {
        self.key().sign_plain(&[message])
    }

    fn key(&self) -> SigningKey {
        SigningKey::from_seed(&self.0)
    }
}

/// Whether `key` signed `message`, by the network's rule (02 §1.3).
pub fn verify(key: &PublicKey, message: &[u8], signature: &EdSignature) -> bool {
    spacemesh_crypto::verify_plain(key, &[message], signature).is_ok()
}
