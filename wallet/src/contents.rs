//! What a wallet holds besides its secrets: keys, accounts, contacts, notes.
//!
//! Keeps true: a key and an account occur once; a key index is never used twice, also after a deletion; lists have limits. Nothing here
//! is secret, but all of it is private: files hold it encrypted.

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_types::{
    Address, PublicKey, TransactionId, transaction::SpawnArgs, transaction::SpawnArgsError,
};

use crate::{
    Account, AccountKind, Contact, Key, KeyOrigin, KeyPath, contact::look_alike, text_rules,
    text_rules::TextRuleError,
};

/// Most keys, accounts and contacts each.
pub const ENTRIES_MAX: usize = 10_000;
/// Most notes on transactions.
pub const NOTES_MAX: usize = 100_000;

/// Keys, accounts, contacts and notes of one wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    pub(crate) name: String,
    pub(crate) created: i64,
    pub(crate) has_words: bool,
    pub(crate) words_checked: bool,
    pub(crate) last_backup: Option<i64>,
    pub(crate) imported_from: Option<String>,
    pub(crate) used_indexes: BTreeSet<u32>,
    pub(crate) keys: Vec<Key>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) notes: BTreeMap<TransactionId, String>,
}

/// A change that is refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentsError {
    /// A name or note.
    #[error(transparent)]
    Text(#[from] TextRuleError),
    /// The list is full.
    #[error("{max} {what} is the most a wallet keeps; remove one or make a second wallet")]
    Full {
        /// What the list holds.
        what: &'static str,
        /// Its limit.
        max: usize,
    },
    /// The key is in the wallet.
    #[error("the key {key} is in this wallet already, as {name:?}")]
    KnownKey {
        /// The key.
        key: PublicKey,
        /// Its name here.
        name: String,
    },
    /// The account is in the wallet.
    #[error("the account is in this wallet already, as {name:?}")]
    KnownAccount {
        /// Its address.
        address: Address,
        /// Its name here.
        name: String,
    },
    /// The contact exists.
    #[error("the address is a contact already, {name:?}: change that one")]
    KnownContact {
        /// Its name here.
        name: String,
    },
    /// No such key.
    #[error("the key {0} is not in this wallet")]
    UnknownKey(PublicKey),
    /// No such account.
    #[error("the account is not in this wallet")]
    UnknownAccount(Address),
    /// No such contact.
    #[error("the address is not among the contacts")]
    UnknownContact(Address),
    /// Arguments no account can be made of.
    #[error(transparent)]
    Args(#[from] SpawnArgsError),
    /// Another key than the stored one.
    #[error(
        "the device has another key at this path: {found} instead of {expected}; connect the one that holds this key"
    )]
    OtherKey {
        /// Key stored here.
        expected: PublicKey,
        /// Key that the device shows.
        found: PublicKey,
    },
    /// The key isn't on a Ledger.
    #[error("the key {0} is not on a Ledger")]
    NotLedger(PublicKey),
}

impl Contents {
    /// An empty wallet. `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// A name that can't be one.
    pub fn new(name: &str, now: i64) -> Result<Self, ContentsError> {
        Ok(Self {
            name: text_rules::name(name)?,
            created: now,
            has_words: false,
            words_checked: false,
            last_backup: None,
            imported_from: None,
            used_indexes: BTreeSet::new(),
            keys: Vec::new(),
            accounts: Vec::new(),
            contacts: Vec::new(),
            notes: BTreeMap::new(),
        })
    }

    /// The wallet's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the wallet another name. Its file keeps its own.
    ///
    /// # Errors
    ///
    /// A name that can't be one.
    pub fn rename(&mut self, name: &str) -> Result<(), ContentsError> {
        self.name = text_rules::name(name)?;
        Ok(())
    }

    /// When the wallet was made, in seconds since 1970.
    pub const fn created(&self) -> i64 {
        self.created
    }

    /// Whether the wallet has words. One with only Ledger, imported or view-only keys has none.
    pub const fn has_words(&self) -> bool {
        self.has_words
    }

    /// Whether the owner has shown that the words are written down.
    pub const fn words_checked(&self) -> bool {
        self.words_checked
    }

    /// Notes that the owner has shown it.
    pub const fn set_words_checked(&mut self) {
        self.words_checked = true;
    }

    /// When the last copy of the file was made and read back, in seconds since 1970.
    pub const fn last_backup(&self) -> Option<i64> {
        self.last_backup
    }

    /// Notes a copy of the file.
    pub const fn set_last_backup(&mut self, now: i64) {
        self.last_backup = Some(now);
    }

    /// The program and file the wallet was imported from, as a sentence; `None` if it was made here.
    pub fn imported_from(&self) -> Option<&str> {
        self.imported_from.as_deref()
    }

    // Keys

    /// All keys, in the order they were added.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The key, if it is here.
    pub fn key(&self, public_key: &PublicKey) -> Option<&Key> {
        self.keys.iter().find(|key| key.public_key == *public_key)
    }

    /// The lowest index whose key was never made or found here. Deleted ones count as used.
    pub fn next_index(&self) -> u32 {
        (0..u32::MAX)
            .find(|index| !self.used_indexes.contains(index))
            .expect("fewer keys than indexes were made")
    }

    /// Adds a key whose secret is elsewhere: view only, or on a Ledger.
    ///
    /// # Errors
    ///
    /// A known key, a name that can't be one, a full list.
    pub fn add_public_key(
        &mut self,
        public_key: PublicKey,
        name: &str,
        ledger: Option<KeyPath>,
        now: i64,
    ) -> Result<(), ContentsError> {
        let origin = ledger.map_or(KeyOrigin::ViewOnly, |path| KeyOrigin::Ledger {
            path,
            confirmed: true,
        });
        self.add_key(Key {
            public_key,
            name: name.to_owned(),
            created: Some(now),
            origin,
        })
    }

    /// Notes that the device has shown this key at its path; `found` is the key it showed.
    ///
    /// # Errors
    ///
    /// An unknown key, one that isn't on a Ledger, or another key on the device.
    pub fn confirm_ledger_key(
        &mut self,
        public_key: &PublicKey,
        found: &PublicKey,
    ) -> Result<(), ContentsError> {
        let key = self.key_mut(public_key)?;
        match &mut key.origin {
            KeyOrigin::Ledger { .. } if found != public_key => Err(ContentsError::OtherKey {
                expected: *public_key,
                found: *found,
            }),
            KeyOrigin::Ledger { confirmed, .. } => {
                *confirmed = true;
                Ok(())
            }
            KeyOrigin::Words { .. }
            | KeyOrigin::Imported
            | KeyOrigin::OlderProgram { .. }
            | KeyOrigin::ViewOnly => Err(ContentsError::NotLedger(*public_key)),
        }
    }

    /// Gives a key another name.
    ///
    /// # Errors
    ///
    /// An unknown key or a name that can't be one.
    pub fn rename_key(&mut self, public_key: &PublicKey, name: &str) -> Result<(), ContentsError> {
        let name = text_rules::name(name)?;
        self.key_mut(public_key)?.name = name;
        Ok(())
    }

    /// Adds a key of any origin. A view-only entry of the same key is replaced by one that can sign and keeps its name.
    pub(crate) fn add_key(&mut self, mut key: Key) -> Result<(), ContentsError> {
        key.name = text_rules::name(&key.name)?;
        if let KeyOrigin::Words { path } = &key.origin {
            self.used_indexes.extend(path.standard_index());
        }
        if let Some(known) = self
            .keys
            .iter_mut()
            .find(|known| known.public_key == key.public_key)
        {
            if known.origin == KeyOrigin::ViewOnly && key.origin != KeyOrigin::ViewOnly {
                known.origin = key.origin;
                return Ok(());
            }
            return Err(ContentsError::KnownKey {
                key: known.public_key,
                name: known.name.clone(),
            });
        }
        room(self.keys.len(), ENTRIES_MAX, "keys")?;
        self.keys.push(key);
        Ok(())
    }

    pub(crate) fn remove_key(&mut self, public_key: &PublicKey) -> Result<Key, ContentsError> {
        let index = self
            .keys
            .iter()
            .position(|key| key.public_key == *public_key);
        index
            .map(|index| self.keys.remove(index))
            .ok_or(ContentsError::UnknownKey(*public_key))
    }

    fn key_mut(&mut self, public_key: &PublicKey) -> Result<&mut Key, ContentsError> {
        self.keys
            .iter_mut()
            .find(|key| key.public_key == *public_key)
            .ok_or(ContentsError::UnknownKey(*public_key))
    }

    // Accounts

    /// All accounts, in the order they were added.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The account, if it is here.
    pub fn account(&self, address: &Address) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.address() == *address)
    }

    /// Adds an account of any template. One that was only watched becomes known and keeps its name.
    ///
    /// # Errors
    ///
    /// A known account, arguments no account can have, a name that can't be one, a full list.
    pub fn add_account(
        &mut self,
        name: &str,
        args: SpawnArgs,
        now: Option<i64>,
    ) -> Result<Address, ContentsError> {
        args.validate()?;
        self.insert_account(Account {
            name: text_rules::name(name)?,
            created: now,
            kind: AccountKind::Known(args),
        })
    }

    /// Adds an address to watch.
    ///
    /// # Errors
    ///
    /// A known account, a name that can't be one, a full list.
    pub fn add_watched(
        &mut self,
        name: &str,
        address: Address,
        now: Option<i64>,
    ) -> Result<Address, ContentsError> {
        self.insert_account(Account {
            name: text_rules::name(name)?,
            created: now,
            kind: AccountKind::WatchOnly(address),
        })
    }

    fn insert_account(&mut self, account: Account) -> Result<Address, ContentsError> {
        let address = account.address();
        if let Some(known) = self
            .accounts
            .iter_mut()
            .find(|known| known.address() == address)
        {
            if known.args().is_none() && account.args().is_some() {
                known.kind = account.kind;
                return Ok(address);
            }
            return Err(ContentsError::KnownAccount {
                address,
                name: known.name.clone(),
            });
        }
        room(self.accounts.len(), ENTRIES_MAX, "accounts")?;
        self.accounts.push(account);
        Ok(address)
    }

    /// Gives an account another name.
    ///
    /// # Errors
    ///
    /// An unknown account or a name that can't be one.
    pub fn rename_account(&mut self, address: &Address, name: &str) -> Result<(), ContentsError> {
        let name = text_rules::name(name)?;
        let account = self
            .accounts
            .iter_mut()
            .find(|account| account.address() == *address);
        account.ok_or(ContentsError::UnknownAccount(*address))?.name = name;
        Ok(())
    }

    /// Forgets an account. Its coins stay where they are, and its keys stay in the wallet.
    ///
    /// # Errors
    ///
    /// An unknown account.
    pub fn remove_account(&mut self, address: &Address) -> Result<Account, ContentsError> {
        let index = self
            .accounts
            .iter()
            .position(|account| account.address() == *address);
        index
            .map(|index| self.accounts.remove(index))
            .ok_or(ContentsError::UnknownAccount(*address))
    }

    /// The keys of an account that this wallet has, with their position in the account.
    pub fn own_keys<'a>(&'a self, args: &'a SpawnArgs) -> impl Iterator<Item = (u8, &'a Key)> + 'a {
        (0..)
            .zip(args.keys())
            .filter_map(|(index, public_key)| self.key(public_key).map(|key| (index, key)))
    }

    // Contacts

    /// All contacts, in the order they were added.
    pub fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    /// The contact with this address.
    pub fn contact(&self, address: &Address) -> Option<&Contact> {
        self.contacts
            .iter()
            .find(|contact| contact.address == *address)
    }

    /// Adds a contact.
    ///
    /// # Errors
    ///
    /// A known address, a name or note that can't be one, a full list.
    pub fn add_contact(
        &mut self,
        name: &str,
        address: Address,
        note: &str,
        now: Option<i64>,
    ) -> Result<(), ContentsError> {
        if let Some(known) = self.contact(&address) {
            return Err(ContentsError::KnownContact {
                name: known.name.clone(),
            });
        }
        room(self.contacts.len(), ENTRIES_MAX, "contacts")?;
        self.contacts.push(Contact {
            name: text_rules::name(name)?,
            address,
            note: text_rules::note(note)?,
            created: now,
        });
        Ok(())
    }

    /// Changes name and note of a contact.
    ///
    /// # Errors
    ///
    /// An unknown contact, or a name or note that can't be one.
    pub fn change_contact(
        &mut self,
        address: &Address,
        name: &str,
        note: &str,
    ) -> Result<(), ContentsError> {
        let (name, note) = (text_rules::name(name)?, text_rules::note(note)?);
        let contact = self
            .contacts
            .iter_mut()
            .find(|contact| contact.address == *address);
        let contact = contact.ok_or(ContentsError::UnknownContact(*address))?;
        (contact.name, contact.note) = (name, note);
        Ok(())
    }

    /// Removes a contact.
    ///
    /// # Errors
    ///
    /// An unknown contact.
    pub fn remove_contact(&mut self, address: &Address) -> Result<Contact, ContentsError> {
        let index = self
            .contacts
            .iter()
            .position(|contact| contact.address == *address);
        index
            .map(|index| self.contacts.remove(index))
            .ok_or(ContentsError::UnknownContact(*address))
    }

    /// Names of contacts and own accounts that an address could be taken for although it is another one.
    pub fn look_alikes(&self, address: &Address) -> Vec<&str> {
        let contacts = self
            .contacts
            .iter()
            .map(|contact| (contact.address, contact.name.as_str()));
        let accounts = self
            .accounts
            .iter()
            .map(|account| (account.address(), account.name.as_str()));
        contacts
            .chain(accounts)
            .filter(|(known, _)| look_alike(known, address))
            .map(|(_, name)| name)
            .collect()
    }

    // Notes

    /// All notes on transactions.
    pub const fn notes(&self) -> &BTreeMap<TransactionId, String> {
        &self.notes
    }

    /// Writes, changes or (with empty text) removes the note on a transaction.
    ///
    /// # Errors
    ///
    /// A note that can't be one, or too many.
    pub fn set_note(&mut self, id: TransactionId, text: &str) -> Result<(), ContentsError> {
        let text = text_rules::note(text)?;
        if text.is_empty() {
            self.notes.remove(&id);
            return Ok(());
        }
        if !self.notes.contains_key(&id) {
            room(self.notes.len(), NOTES_MAX, "notes")?;
        }
        self.notes.insert(id, text);
        Ok(())
    }
}

fn room(taken: usize, max: usize, what: &'static str) -> Result<(), ContentsError> {
    if taken < max {
        Ok(())
    } else {
        Err(ContentsError::Full { what, max })
    }
}
