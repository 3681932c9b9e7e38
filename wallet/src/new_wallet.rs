//! A wallet before it has a file: made from words, restored, imported, or with nothing in it yet.

use spacemesh_types::{Address, transaction::SpawnArgs};

use crate::{
    Contents, ContentsError, Key, KeyOrigin, KeyPath, SecretSeed, Words, derive,
    file::{FileError, KdfParams, Keyring, Random, Secrets, WalletFile},
};

/// Contents and secrets that don't lie in a file yet. No `Debug`, because of the secrets.
pub struct NewWallet {
    /// Keys, accounts, contacts.
    pub contents: Contents,
    /// Words and secret keys.
    pub secrets: Secrets,
}

/// A wallet that can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NewWalletError {
    /// A name, or something twice.
    #[error(transparent)]
    Contents(#[from] ContentsError),
    /// There are no words to derive from.
    #[error("this wallet has no words to derive a key from")]
    NoWords,
}

impl NewWallet {
    /// A wallet from words, with its first key and that key's account. `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// A name that can't be one.
    pub fn from_words(name: &str, words: Words, now: i64) -> Result<Self, NewWalletError> {
        let mut wallet = Self::empty(name, now)?;
        wallet.contents.has_words = true;
        wallet.secrets.words = Some(words);
        wallet.add_next(now)?;
        Ok(wallet)
    }

    /// A wallet without words: for Ledger keys, imported keys, or addresses to watch.
    ///
    /// # Errors
    ///
    /// A name that can't be one.
    pub fn empty(name: &str, now: i64) -> Result<Self, NewWalletError> {
        Ok(Self {
            contents: Contents::new(name, now)?,
            secrets: Secrets::default(),
        })
    }

    /// Adds the next key of the words and its single-key account; returns the account's address. For restoring several.
    ///
    /// # Errors
    ///
    /// No words.
    pub fn add_next(&mut self, now: i64) -> Result<Address, NewWalletError> {
        let words = self.secrets.words.as_ref().ok_or(NewWalletError::NoWords)?;
        let index = self.contents.next_index();
        let path = KeyPath::standard(index).ok_or(NewWalletError::NoWords)?;
        let seed = derive(&words.seed(), &path);
        let number = u64::from(index) + 1;
        let key = SpawnArgs::Wallet(seed.public_key());
        self.insert(
            seed,
            KeyOrigin::Words { path },
            &format!("Key {number}"),
            Some(now),
        )?;
        Ok(self
            .contents
            .add_account(&format!("Account {number}"), key, Some(now))?)
    }

    /// The address of the words' key number `index` as a single-key account, to look for coins before adding it.
    ///
    /// # Errors
    ///
    /// No words, or an index from 2^31 on.
    pub fn address_at(&self, index: u32) -> Result<Address, NewWalletError> {
        let words = self.secrets.words.as_ref().ok_or(NewWalletError::NoWords)?;
        let path = KeyPath::standard(index).ok_or(NewWalletError::NoWords)?;
        Ok(SpawnArgs::Wallet(derive(&words.seed(), &path).public_key()).address())
    }

    /// Adds a secret key of any origin.
    pub(crate) fn insert(
        &mut self,
        seed: SecretSeed,
        origin: KeyOrigin,
        name: &str,
        created: Option<i64>,
    ) -> Result<(), ContentsError> {
        self.contents.add_key(Key {
            public_key: seed.public_key(),
            name: name.to_owned(),
            created,
            origin,
        })?;
        self.secrets.insert(seed);
        Ok(())
    }

    /// Encrypts the wallet. See [`WalletFile::create`].
    ///
    /// # Errors
    ///
    /// A password or parameters that are too weak.
    pub fn into_file(
        self,
        password: &str,
        kdf: KdfParams,
        random: Random<'_>,
    ) -> Result<(WalletFile, Keyring), FileError> {
        WalletFile::create(self.contents, self.secrets, password, kdf, random)
    }
}
