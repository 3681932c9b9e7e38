//! Unlocked secrets: secret keys, and the key that opens the words.

use std::collections::BTreeMap;

use spacemesh_types::PublicKey;
use zeroize::Zeroizing;

use super::{FileError, envelope::SectionKey};
use crate::{SecretSeed, Words};

/// What a new file is to keep secret.
#[derive(Default)]
pub struct Secrets {
    /// The words, if the wallet has any.
    pub words: Option<Words>,
    /// Secret keys by their public key.
    pub seeds: BTreeMap<PublicKey, SecretSeed>,
}

impl Secrets {
    /// Adds a secret key.
    pub fn insert(&mut self, seed: SecretSeed) {
        self.seeds.insert(seed.public_key(), seed);
    }
}

/// Secret keys of a wallet file, after the password. Wiped when dropped; no `Debug`.
///
/// Holds no words, only the key that opens their section. To keep it for a few minutes so that a person can sign again, drop that
/// one with [`for_signing`](Self::for_signing).
pub struct Keyring {
    pub(super) salt: [u8; 32],
    pub(super) keys_key: SectionKey,
    pub(super) words_key: Option<SectionKey>,
    pub(super) seeds: BTreeMap<PublicKey, SecretSeed>,
}

impl Keyring {
    /// The secret of a key.
    pub fn seed(&self, key: &PublicKey) -> Option<&SecretSeed> {
        self.seeds.get(key)
    }

    /// Whether the words can be opened with it.
    pub const fn opens_words(&self) -> bool {
        self.words_key.is_some()
    }

    /// Can sign, can't open the words any more.
    #[must_use]
    pub fn for_signing(mut self) -> Self {
        self.words_key = None;
        self
    }
}

const SEED_SIZE: usize = 32;

/// The section of secret keys: 32 bytes each, in the order of their public keys.
pub(super) fn seeds_to_bytes(seeds: &BTreeMap<PublicKey, SecretSeed>) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(seeds.len() * SEED_SIZE));
    seeds
        .values()
        .for_each(|seed| bytes.extend_from_slice(seed.as_bytes()));
    bytes
}

pub(super) fn seeds_from_bytes(bytes: &[u8]) -> Result<BTreeMap<PublicKey, SecretSeed>, FileError> {
    let (seeds, rest) = bytes.as_chunks::<SEED_SIZE>();
    if !rest.is_empty() {
        return Err(FileError::Damaged(
            "the section of secret keys has a wrong length",
        ));
    }
    Ok(seeds
        .iter()
        .map(SecretSeed::from_bytes)
        .map(|seed| (seed.public_key(), seed))
        .collect())
}

const WORDS_STEP: usize = 512;

/// The section of words: text filled up with spaces, so that its length doesn't tell how many there are. Empty without words.
pub(super) fn words_to_bytes(words: Option<&Words>) -> Zeroizing<Vec<u8>> {
    let text = words.map(Words::to_text).unwrap_or_default();
    let size = text.len().max(1).next_multiple_of(WORDS_STEP);
    let mut bytes = Zeroizing::new(Vec::with_capacity(size));
    bytes.extend_from_slice(text.as_bytes());
    bytes.resize(size, b' ');
    bytes
}

pub(super) fn words_from_bytes(bytes: &[u8]) -> Result<Option<Words>, FileError> {
    let text = str::from_utf8(bytes).map_err(|_| FileError::Damaged("the words are no text"))?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    Words::parse(text).map(Some).map_err(FileError::from)
}
