//! Texts signed with a key, to prove that one holds it (12 §4.7).
//!
//! Keeps true: what is signed here starts with `Message:`, so it can't be a transaction. A signature proves a key; of an account with
//! several signers it proves one member.

use serde::{Deserialize, Serialize};
use spacemesh_types::{EdSignature, PublicKey};

use crate::{SecretSeed, secret::verify};

const PREFIX: &str = "Message:";

/// Longest text that is signed or verified, in bytes.
pub const SIGNED_TEXT_BYTES_MAX: usize = 1 << 20;

/// A text and its signature, as smapp-lite writes and reads them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedText {
    /// Who signed, in hexadecimal.
    pub public_key: String,
    /// What was signed; with the prefix in the form that is written here.
    pub text: String,
    /// The signature, in hexadecimal.
    pub signature: String,
}

/// The three things a signature can cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextForm {
    /// `Message:` and the text: smapp-lite, and this program.
    Prefixed,
    /// The text as it stands.
    Plain,
    /// The text without white space at its ends: Smapp, which prints the untrimmed text.
    Trimmed,
}

/// A signature that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedText {
    /// Who signed.
    pub public_key: PublicKey,
    /// The text without prefix.
    pub text: String,
    /// What exactly was signed.
    pub form: TextForm,
}

/// A text that can't be signed or whose signature doesn't fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignedTextError {
    /// Too long.
    #[error("{found} bytes of text: at most {SIGNED_TEXT_BYTES_MAX} are signed or verified")]
    TooLong {
        /// Bytes found.
        found: usize,
    },
    /// Not the JSON of a signed text.
    #[error("not a signed text: expected JSON with publicKey, text and signature")]
    NotASignedText,
    /// No public key.
    #[error("publicKey is not 64 hexadecimal digits")]
    PublicKey,
    /// No signature.
    #[error("signature is not 128 hexadecimal digits")]
    Signature,
    /// The signature is of another text or another key.
    #[error("the signature does not fit: it is of another text or another key")]
    DoesNotFit,
}

impl SignedText {
    /// Signs `Message:` and the text, exactly as typed.
    ///
    /// # Errors
    ///
    /// A text that is too long.
    pub fn sign(seed: &SecretSeed, text: &str) -> Result<Self, SignedTextError> {
        check_size(text)?;
        let text = format!("{PREFIX}{text}");
        let signature = seed.sign(text.as_bytes()).to_hex();
        Ok(Self {
            public_key: seed.public_key().to_hex(),
            text,
            signature,
        })
    }

    /// The JSON to pass on.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("text becomes JSON")
    }

    /// Reads the JSON of any client.
    ///
    /// # Errors
    ///
    /// Another kind of text.
    pub fn from_json(json: &str) -> Result<Self, SignedTextError> {
        check_size(json)?;
        serde_json::from_str(json).map_err(|_| SignedTextError::NotASignedText)
    }

    /// Verifies the form of any client: with or without `0x`, with or without prefix, trimmed or not.
    ///
    /// # Errors
    ///
    /// What doesn't fit.
    pub fn verify(&self) -> Result<VerifiedText, SignedTextError> {
        check_size(&self.text)?;
        let public_key =
            PublicKey::from_hex(self.public_key.trim()).map_err(|_| SignedTextError::PublicKey)?;
        let signature =
            EdSignature::from_hex(self.signature.trim()).map_err(|_| SignedTextError::Signature)?;
        let fits = |text: &str| verify(&public_key, text.as_bytes(), &signature);
        let (form, text) = if fits(&self.text) {
            match self.text.strip_prefix(PREFIX) {
                Some(text) => (TextForm::Prefixed, text),
                None => (TextForm::Plain, self.text.as_str()),
            }
        } else if fits(self.text.trim()) {
            (TextForm::Trimmed, self.text.trim())
        } else {
            return Err(SignedTextError::DoesNotFit);
        };
        Ok(VerifiedText {
            public_key,
            text: text.to_owned(),
            form,
        })
    }
}

fn check_size(text: &str) -> Result<(), SignedTextError> {
    if text.len() > SIGNED_TEXT_BYTES_MAX {
        Err(SignedTextError::TooLong { found: text.len() })
    } else {
        Ok(())
    }
}
