//! From a decrypted text to a wallet, with the checks of 12 §1.5 on every key.

use serde::de::IgnoredAny;
use spacemesh_types::{PublicKey, transaction::SpawnArgs};

use super::{
    ForeignError, ForeignFile, ImportWarning, Imported, Program,
    crypt::Encryption,
    plaintext::{RawContact, RawKey, RawWallet},
    recognise::parse_time,
};
use crate::{
    Contents, ContentsError, Key, KeyOrigin, KeyPath, NewWallet, SecretSeed, Seed, Words,
    account_file::any_network_address, derive, file::Secrets, secret::SecretKeyError,
    text_rules::foreign_name,
};

/// What Smapp and smcli write at least.
const USUAL_ROUNDS: u32 = 120_000;

pub(super) fn to_wallet(
    file: &ForeignFile,
    plaintext: &[u8],
    now: i64,
) -> Result<Imported, ForeignError> {
    let raw: RawWallet =
        serde_json::from_slice(plaintext).map_err(|_| match file.encryption() {
            // Without a tag the text itself tells whether the password was right.
            Encryption::OldCtr if serde_json::from_slice::<IgnoredAny>(plaintext).is_err() => {
                ForeignError::WrongPasswordOrDamaged
            }
            Encryption::OldCtr | Encryption::Gcm { .. } | Encryption::Argon2Ctr { .. } => {
                ForeignError::Content("expected JSON with words, keys or accounts")
            }
        })?;
    let program = match (&raw.master, &raw.keys, &raw.accounts, file.program()) {
        (Some(_), _, _, _) => Program::Smcli,
        (None, Some(_), _, _) => Program::SmappLite,
        (None, None, Some(_), Program::SmappOld) => Program::SmappOld,
        (None, None, Some(_), _) => Program::Smapp,
        (None, None, None, _) => return Err(ForeignError::Content("expected keys or accounts")),
    };
    let mut import = Import::new(file, program, now);
    import.warn_of_encryption(file.encryption());
    import.take_words(raw.mnemonic.0.as_str());
    for key in raw.keys.unwrap_or_default() {
        import.take_key(&key);
    }
    for entry in raw.accounts.unwrap_or_default() {
        if program == Program::SmappLite {
            import.take_account(&entry)
        } else {
            import.take_key_with_account(&entry)
        }
    }
    if let Some(master) = raw.master {
        import.take_master(&master);
    }
    for contact in raw.contacts.unwrap_or_default() {
        import.take_contact(&contact);
    }
    Ok(import.finish(program))
}

struct Import {
    wallet: NewWallet,
    seed: Option<Seed>,
    warnings: Vec<ImportWarning>,
    now: i64,
}

impl Import {
    fn new(file: &ForeignFile, program: Program, now: i64) -> Self {
        let name = foreign_name(file.display_name(), "Imported wallet");
        let mut contents = Contents::new(&name, file.created().unwrap_or(now))
            .expect("foreign_name makes names that are allowed");
        contents.imported_from = Some(file.origin(program));
        Self {
            wallet: NewWallet {
                contents,
                secrets: Secrets::default(),
            },
            seed: None,
            warnings: Vec::new(),
            now,
        }
    }

    fn finish(mut self, program: Program) -> Imported {
        let keys = self.wallet.contents.keys();
        let count = |is: fn(&KeyOrigin) -> bool| keys.iter().filter(|key| is(&key.origin)).count();
        let view_only = count(|origin| *origin == KeyOrigin::ViewOnly);
        let ledger = count(|origin| matches!(origin, KeyOrigin::Ledger { .. }));
        self.warnings
            .extend((view_only > 0).then_some(ImportWarning::ViewOnly { count: view_only }));
        self.warnings
            .extend((ledger > 0).then_some(ImportWarning::Ledger { count: ledger }));
        Imported {
            wallet: self.wallet,
            program,
            warnings: self.warnings,
        }
    }

    fn warn_of_encryption(&mut self, encryption: &Encryption) {
        match encryption {
            Encryption::OldCtr => self.warnings.push(ImportWarning::WeakFormat),
            Encryption::Gcm { rounds, .. } if *rounds < USUAL_ROUNDS => {
                self.warnings.push(ImportWarning::FewRounds {
                    found: *rounds,
                    usual: USUAL_ROUNDS,
                });
            }
            Encryption::Gcm { .. } | Encryption::Argon2Ctr { .. } => {}
        }
    }

    /// The words of a Ledger wallet of smcli are `(none)`.
    fn take_words(&mut self, text: &str) {
        if text.trim().is_empty() || text.trim() == "(none)" {
            return;
        }
        match Words::parse(text) {
            Ok(words) => {
                self.seed = Some(words.seed());
                self.wallet.contents.has_words = true;
                self.wallet.secrets.words = Some(words);
            }
            Err(error) => self.warnings.push(ImportWarning::WordsUnreadable(error)),
        }
    }

    fn take_key_with_account(&mut self, raw: &RawKey) {
        let created = raw.created.as_deref().and_then(parse_time);
        let name = name_of(raw, "Account");
        for public_key in self.take_key(raw) {
            let added = self.wallet.contents.add_account(
                &name,
                SpawnArgs::Wallet(public_key),
                created.or(Some(self.now)),
            );
            self.note_failure("account", &name, added.map(|_| ()));
        }
    }

    fn take_account(&mut self, raw: &RawKey) {
        let name = name_of(raw, "Account");
        match raw.account() {
            Ok(args) => {
                let added = self
                    .wallet
                    .contents
                    .add_account(&name, args, Some(self.now));
                self.note_failure("account", &name, added.map(|_| ()));
            }
            Err(error) => self.leave_out("account", &name, error.to_string()),
        }
    }

    /// smcli's master key lies above the others; nobody is paid to it, and the words bring it back. Kept only if they don't.
    fn take_master(&mut self, raw: &RawKey) {
        let Ok(seed) = SecretSeed::from_hex(&raw.secret_key.0) else {
            return;
        };
        let derived = self
            .seed
            .as_ref()
            .map(|words| derive(words, &KeyPath::smcli_master()).public_key());
        if derived != Some(seed.public_key()) {
            self.take_key(raw);
        }
    }

    fn take_contact(&mut self, raw: &RawContact) {
        let name = foreign_name(&raw.nickname, "Contact");
        match any_network_address(&raw.address) {
            Some(address) => {
                let added = self.wallet.contents.add_contact(&name, address, "", None);
                self.note_failure("contact", &name, added);
            }
            None => self.leave_out("contact", &name, "its address can't be read".into()),
        }
    }

    /// Takes a key in and returns the public keys that came of it: one, or two if the stored halves don't belong together.
    fn take_key(&mut self, raw: &RawKey) -> Vec<PublicKey> {
        let name = name_of(raw, "Key");
        let created = raw.created.as_deref().and_then(parse_time);
        let stated = raw
            .public_key
            .as_deref()
            .and_then(|text| PublicKey::from_hex(text.trim()).ok());
        if raw.secret_key.0.trim().is_empty() {
            return self.take_public_key(raw, name, created, stated);
        }
        let (seed, fits) = match stored_seed(&raw.secret_key.0) {
            Ok(seed) => seed,
            Err(error) => {
                self.leave_out("key", &name, error.to_string());
                return Vec::new();
            }
        };
        let public_key = seed.public_key();
        let mut taken = vec![public_key];
        let origin = self.origin(raw, &public_key);
        if !origin.recoverable_from_words() {
            self.warnings
                .push(ImportWarning::NotRecoverable { name: name.clone() });
        }
        if let Err(error) = self.wallet.insert(seed, origin, &name, created) {
            self.note_failure("key", &name, Err(error));
        }
        let other = stated.filter(|stated| *stated != public_key);
        if !fits || other.is_some() {
            self.warnings
                .push(ImportWarning::PairMismatch { name: name.clone() });
        }
        if let Some(other) = other {
            let key = Key {
                public_key: other,
                name: name.clone(),
                created,
                origin: KeyOrigin::ViewOnly,
            };
            let added = self.wallet.contents.add_key(key);
            self.note_failure("key", &name, added);
            taken.push(other);
        }
        taken
    }

    fn take_public_key(
        &mut self,
        raw: &RawKey,
        name: String,
        created: Option<i64>,
        stated: Option<PublicKey>,
    ) -> Vec<PublicKey> {
        let Some(public_key) = stated else {
            self.leave_out(
                "key",
                &name,
                "it has neither a secret nor a public key".into(),
            );
            return Vec::new();
        };
        let path = raw.path.as_deref().and_then(|path| path.parse().ok());
        let origin = match path {
            Some(path) if raw.is_ledger() => KeyOrigin::Ledger {
                path,
                confirmed: false,
            },
            _ => KeyOrigin::ViewOnly,
        };
        let added = self.wallet.contents.add_key(Key {
            public_key,
            name: name.clone(),
            created,
            origin,
        });
        self.note_failure("key", &name, added);
        vec![public_key]
    }

    /// Whether words and path really give the stored key; the stored one is kept in any case.
    fn origin(&self, raw: &RawKey, public_key: &PublicKey) -> KeyOrigin {
        let text = raw.path.as_deref().unwrap_or_default();
        let path: Option<KeyPath> = text.parse().ok();
        match (path, &self.seed) {
            (Some(path), Some(seed)) if derive(seed, &path).public_key() == *public_key => {
                KeyOrigin::Words { path }
            }
            _ if text.is_empty() => KeyOrigin::Imported,
            _ => KeyOrigin::OlderProgram {
                path: foreign_name(text, "?"),
            },
        }
    }

    fn note_failure(&mut self, what: &'static str, name: &str, result: Result<(), ContentsError>) {
        if let Err(error) = result {
            self.leave_out(what, name, error.to_string());
        }
    }

    fn leave_out(&mut self, what: &'static str, name: &str, reason: String) {
        self.warnings.push(ImportWarning::LeftOut {
            what,
            name: name.to_owned(),
            reason,
        });
    }
}

fn name_of(raw: &RawKey, otherwise: &str) -> String {
    foreign_name(raw.display_name.as_deref().unwrap_or_default(), otherwise)
}

/// The stored seed, and whether the public key behind it is its own. If not, the seed alone is trusted.
fn stored_seed(text: &str) -> Result<(SecretSeed, bool), SecretKeyError> {
    match SecretSeed::from_hex(text) {
        Ok(seed) => Ok((seed, true)),
        Err(SecretKeyError::PairMismatch) => {
            let digits = text.trim().trim_start_matches("0x");
            SecretSeed::from_hex(digits.get(..64).unwrap_or_default()).map(|seed| (seed, false))
        }
        Err(error) => Err(error),
    }
}
