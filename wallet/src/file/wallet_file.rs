//! A wallet file from locked bytes to unlocked contents and back.

use spacemesh_types::PublicKey;

use super::{
    FILE_BYTES_MAX, FileError, KdfParams, Keyring, PASSWORD_CHARS_MIN, Random, Secrets,
    content_v1::{self, Digests},
    envelope::{Envelope, Head, Label, Section, SectionKey, digest, open, seal, section_key},
    keyring,
};
use crate::{Contents, ContentsError, Key, KeyOrigin, KeyPath, SecretSeed, Words, derive};

/// A file that was read but not unlocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedFile(Envelope);

/// An unlocked file: its contents to look at and change, its secret sections still encrypted.
///
/// Whoever changes it writes [`to_bytes`](Self::to_bytes) to disk: temporary file, sync, rename.
pub struct WalletFile {
    head: Head,
    head_line: String,
    private_key: SectionKey,
    keys_sealed: String,
    words_sealed: String,
    contents: Contents,
}

impl LockedFile {
    /// Reads a file without its password.
    ///
    /// # Errors
    ///
    /// Another kind of file, a newer format, damage, or costs out of bounds.
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        Envelope::parse(bytes).map(Self)
    }

    /// The name as it stands in clear text. Nobody vouches for it before the password.
    pub fn name(&self) -> &str {
        &self.0.label.name
    }

    /// The wallet's id: the same in all copies, also after renaming and after a change of the password.
    pub const fn id(&self) -> &[u8; 16] {
        &self.0.head.id
    }

    /// What unlocking costs.
    pub const fn kdf(&self) -> KdfParams {
        self.0.head.params()
    }

    /// Unlocks the contents; secrets stay encrypted. Takes as long as [`kdf`](Self::kdf) says.
    ///
    /// # Errors
    ///
    /// [`FileError::WrongPassword`], or damage that the checksum hides because somebody computed it again.
    pub fn unlock(&self, password: &str) -> Result<WalletFile, FileError> {
        let envelope = &self.0;
        let master = envelope.head.master_key(password)?;
        let private_key = section_key(&master, Section::Private);
        let bound = [envelope.head_line.as_str(), &envelope.label_line];
        let plaintext = open(&private_key, Section::Private, &bound, &envelope.private)
            .ok_or(FileError::WrongPassword)?;
        let (contents, digests) = content_v1::from_bytes(&plaintext)?;
        if digests
            != (Digests {
                keys: digest(&envelope.keys),
                words: digest(&envelope.words),
            })
        {
            return Err(FileError::Damaged("its parts are of different versions"));
        }
        Ok(WalletFile {
            head: envelope.head.clone(),
            head_line: envelope.head_line.clone(),
            private_key,
            keys_sealed: envelope.keys.clone(),
            words_sealed: envelope.words.clone(),
            contents,
        })
    }
}

impl WalletFile {
    /// A new file. Returned with its unlocked secrets.
    ///
    /// # Errors
    ///
    /// A password or parameters that are too weak.
    pub fn create(
        mut contents: Contents,
        secrets: Secrets,
        password: &str,
        kdf: KdfParams,
        random: Random<'_>,
    ) -> Result<(Self, Keyring), FileError> {
        let mut id = [0; 16];
        random(&mut id);
        contents.has_words = secrets.words.is_some();
        Self::seal_all(id, contents, secrets, password, kdf, random)
    }

    fn seal_all(
        id: [u8; 16],
        contents: Contents,
        secrets: Secrets,
        password: &str,
        kdf: KdfParams,
        random: Random<'_>,
    ) -> Result<(Self, Keyring), FileError> {
        let found = password.chars().count();
        if found < PASSWORD_CHARS_MIN {
            return Err(FileError::ShortPassword { found });
        }
        kdf.check_strength()?;
        let head = Head::new(id, kdf, random);
        let head_line = head.to_line();
        let master = head.master_key(password)?;
        let keyring = Keyring {
            salt: *head.salt(),
            keys_key: section_key(&master, Section::Keys),
            words_key: Some(section_key(&master, Section::Words)),
            seeds: secrets.seeds,
        };
        let words_key = section_key(&master, Section::Words);
        let words = keyring::words_to_bytes(secrets.words.as_ref());
        let words_sealed = seal(&words_key, Section::Words, &[&head_line], &words, random);
        let private_key = section_key(&master, Section::Private);
        let mut file = Self {
            head,
            head_line,
            private_key,
            keys_sealed: String::new(),
            words_sealed,
            contents,
        };
        file.seal_keys(&keyring, random);
        Ok((file, keyring))
    }

    fn seal_keys(&mut self, keyring: &Keyring, random: Random<'_>) {
        let seeds = keyring::seeds_to_bytes(&keyring.seeds);
        self.keys_sealed = seal(
            &keyring.keys_key,
            Section::Keys,
            &[&self.head_line],
            &seeds,
            random,
        );
    }

    /// The file's bytes. A fresh nonce is drawn each time.
    ///
    /// # Errors
    ///
    /// [`FileError::TooLarge`] if the file couldn't be read back.
    pub fn to_bytes(&self, random: Random<'_>) -> Result<Vec<u8>, FileError> {
        let label = Label {
            name: self.contents.name.clone(),
        };
        let label_line = label.to_line();
        let digests = Digests {
            keys: digest(&self.keys_sealed),
            words: digest(&self.words_sealed),
        };
        let plaintext = content_v1::to_bytes(&self.contents, digests);
        let private = seal(
            &self.private_key,
            Section::Private,
            &[&self.head_line, &label_line],
            &plaintext,
            random,
        );
        let envelope = Envelope {
            head: self.head.clone(),
            head_line: self.head_line.clone(),
            label,
            label_line,
            private,
            keys: self.keys_sealed.clone(),
            words: self.words_sealed.clone(),
        };
        let bytes = envelope.to_bytes();
        if bytes.len() > FILE_BYTES_MAX {
            return Err(FileError::TooLarge { found: bytes.len() });
        }
        Ok(bytes)
    }

    /// Whether bytes that were just written (or a copy) are this wallet with these contents and secrets. Needs no password, because the
    /// key is at hand.
    ///
    /// # Errors
    ///
    /// What is wrong with the bytes.
    pub fn check_copy(&self, bytes: &[u8]) -> Result<(), FileError> {
        let envelope = Envelope::parse(bytes)?;
        let bound = [envelope.head_line.as_str(), &envelope.label_line];
        let plaintext = open(
            &self.private_key,
            Section::Private,
            &bound,
            &envelope.private,
        )
        .ok_or(FileError::Damaged(
            "it does not open with the key of this wallet",
        ))?;
        let (contents, _) = content_v1::from_bytes(&plaintext)?;
        let same = contents == self.contents
            && envelope.keys == self.keys_sealed
            && envelope.words == self.words_sealed;
        same.then_some(())
            .ok_or(FileError::Damaged("it is another version of this wallet"))
    }

    /// The wallet's id, as in [`LockedFile::id`].
    pub const fn id(&self) -> &[u8; 16] {
        &self.head.id
    }

    /// What unlocking costs.
    pub const fn kdf(&self) -> KdfParams {
        self.head.params()
    }

    /// Keys, accounts, contacts, notes.
    pub const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The same, to change what needs no password: names, accounts, contacts, notes, public keys.
    pub const fn contents_mut(&mut self) -> &mut Contents {
        &mut self.contents
    }

    /// Unlocks the secrets. Takes as long as [`kdf`](Self::kdf) says.
    ///
    /// # Errors
    ///
    /// [`FileError::WrongPassword`], or damage.
    pub fn unlock_secrets(&self, password: &str) -> Result<Keyring, FileError> {
        let master = self.head.master_key(password)?;
        let keys_key = section_key(&master, Section::Keys);
        let plaintext = open(
            &keys_key,
            Section::Keys,
            &[&self.head_line],
            &self.keys_sealed,
        )
        .ok_or(FileError::WrongPassword)?;
        let seeds = keyring::seeds_from_bytes(&plaintext)?;
        for key in self
            .contents
            .keys
            .iter()
            .filter(|key| key.origin.has_secret())
        {
            if !seeds.contains_key(&key.public_key) {
                return Err(FileError::Damaged("the secret of a key is missing"));
            }
        }
        Ok(Keyring {
            salt: *self.head.salt(),
            keys_key,
            words_key: Some(section_key(&master, Section::Words)),
            seeds,
        })
    }

    /// The words, to show them or to derive from them. `None` if the wallet has none.
    ///
    /// # Errors
    ///
    /// Secrets of another file, unlocked for signing only, or damage.
    pub fn words(&self, keyring: &Keyring) -> Result<Option<Words>, FileError> {
        self.check_keyring(keyring)?;
        let key = keyring.words_key.as_ref().ok_or(FileError::WordsLocked)?;
        let plaintext = open(key, Section::Words, &[&self.head_line], &self.words_sealed);
        keyring::words_from_bytes(
            &plaintext.ok_or(FileError::Damaged("the words can't be decrypted"))?,
        )
    }

    /// Derives the next key from the words, at the lowest index that was never used. Returns its public key.
    ///
    /// # Errors
    ///
    /// No words, words locked, or a name that can't be one.
    pub fn add_next_key(
        &mut self,
        keyring: &mut Keyring,
        name: &str,
        now: i64,
        random: Random<'_>,
    ) -> Result<PublicKey, FileError> {
        let index = self.contents.next_index();
        let path =
            KeyPath::standard(index).ok_or(FileError::Damaged("all key indexes are used"))?;
        self.add_key_at(keyring, path, name, now, random)
    }

    /// Derives the key at a path from the words. For restoring accounts that were used before.
    ///
    /// # Errors
    ///
    /// No words, words locked, a known key, or a name that can't be one.
    pub fn add_key_at(
        &mut self,
        keyring: &mut Keyring,
        path: KeyPath,
        name: &str,
        now: i64,
        random: Random<'_>,
    ) -> Result<PublicKey, FileError> {
        let words = self.words(keyring)?.ok_or(FileError::NoWords)?;
        let seed = derive(&words.seed(), &path);
        self.add_secret(keyring, seed, KeyOrigin::Words { path }, name, now, random)
    }

    /// Takes in a secret key. The words don't bring it back: the owner should be told.
    ///
    /// # Errors
    ///
    /// A known key, secrets of another file, or a name that can't be one.
    pub fn import_secret(
        &mut self,
        keyring: &mut Keyring,
        seed: SecretSeed,
        name: &str,
        now: i64,
        random: Random<'_>,
    ) -> Result<PublicKey, FileError> {
        self.add_secret(keyring, seed, KeyOrigin::Imported, name, now, random)
    }

    fn add_secret(
        &mut self,
        keyring: &mut Keyring,
        seed: SecretSeed,
        origin: KeyOrigin,
        name: &str,
        now: i64,
        random: Random<'_>,
    ) -> Result<PublicKey, FileError> {
        self.check_keyring(keyring)?;
        let public_key = seed.public_key();
        self.contents.add_key(Key {
            public_key,
            name: name.to_owned(),
            created: Some(now),
            origin,
        })?;
        keyring.seeds.insert(public_key, seed);
        self.seal_keys(keyring, random);
        Ok(public_key)
    }

    /// Forgets a key, and its secret if the file has it. Its index is not used again; accounts of the key can still be watched.
    ///
    /// # Errors
    ///
    /// An unknown key, or secrets of another file.
    pub fn remove_key(
        &mut self,
        keyring: &mut Keyring,
        public_key: &PublicKey,
        random: Random<'_>,
    ) -> Result<Key, FileError> {
        self.check_keyring(keyring)?;
        let key = self.contents.remove_key(public_key)?;
        keyring.seeds.remove(public_key);
        self.seal_keys(keyring, random);
        Ok(key)
    }

    /// Encrypts everything anew under another password, with a new salt. Consumes the secrets and returns them for the new password.
    ///
    /// # Errors
    ///
    /// A weak password or parameters, secrets of another file, or words locked. The file is unchanged then.
    pub fn change_password(
        &mut self,
        keyring: Keyring,
        password: &str,
        kdf: KdfParams,
        random: Random<'_>,
    ) -> Result<Keyring, FileError> {
        let words = self.words(&keyring)?;
        let secrets = Secrets {
            words,
            seeds: keyring.seeds,
        };
        let (file, keyring) = Self::seal_all(
            self.head.id,
            self.contents.clone(),
            secrets,
            password,
            kdf,
            random,
        )?;
        *self = file;
        Ok(keyring)
    }

    /// The secret of a key, to sign with it.
    ///
    /// # Errors
    ///
    /// An unknown key, one without a secret in this file, or secrets of another file.
    pub fn seed<'a>(
        &self,
        keyring: &'a Keyring,
        public_key: &PublicKey,
    ) -> Result<&'a SecretSeed, FileError> {
        self.check_keyring(keyring)?;
        self.contents
            .key(public_key)
            .ok_or(ContentsError::UnknownKey(*public_key))?;
        keyring.seed(public_key).ok_or(FileError::NoSecret)
    }

    fn check_keyring(&self, keyring: &Keyring) -> Result<(), FileError> {
        if keyring.salt == *self.head.salt() {
            Ok(())
        } else {
            Err(FileError::OtherKeyring)
        }
    }
}
