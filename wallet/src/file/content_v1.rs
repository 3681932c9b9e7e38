//! The private section of format 1, as JSON. **Frozen**: files of this format exist, so these types never change. A new format gets
//! its own module, and this one a conversion.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use spacemesh_codec::{Input, encode};
use spacemesh_types::{
    Address, PublicKey, TransactionId,
    transaction::{SpawnArgs, Template},
};
use zeroize::Zeroizing;

use super::FileError;
use crate::{Account, AccountKind, Contact, Contents, Key, KeyOrigin};

/// Plaintexts are filled up with spaces to a multiple of this, so that the file's size tells less about its content.
const STEP: usize = 1024;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PrivateV1 {
    name: String,
    created: i64,
    has_words: bool,
    words_checked: bool,
    last_backup: Option<i64>,
    imported_from: Option<String>,
    used_indexes: Vec<u32>,
    keys: Vec<KeyV1>,
    accounts: Vec<AccountV1>,
    contacts: Vec<ContactV1>,
    notes: BTreeMap<String, String>,
    /// Digests of the sealed secret sections.
    keys_digest: String,
    words_digest: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyV1 {
    public_key: String,
    name: String,
    created: Option<i64>,
    origin: OriginV1,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, tag = "kind")]
enum OriginV1 {
    Words { path: String },
    Imported,
    OlderProgram { path: String },
    ViewOnly,
    Ledger { path: String, confirmed: bool },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AccountV1 {
    name: String,
    created: Option<i64>,
    /// Template number and encoded arguments.
    template: Option<u8>,
    arguments: Option<String>,
    /// Instead of both, an address to watch.
    watch: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ContactV1 {
    name: String,
    address: String,
    note: String,
    created: Option<i64>,
}

/// Digests of the sealed sections `keys` and `words`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digests {
    pub(super) keys: [u8; 32],
    pub(super) words: [u8; 32],
}

pub(super) fn to_bytes(contents: &Contents, digests: Digests) -> Zeroizing<Vec<u8>> {
    let private = PrivateV1 {
        name: contents.name.clone(),
        created: contents.created,
        has_words: contents.has_words,
        words_checked: contents.words_checked,
        last_backup: contents.last_backup,
        imported_from: contents.imported_from.clone(),
        used_indexes: contents.used_indexes.iter().copied().collect(),
        keys: contents.keys.iter().map(key_to_v1).collect(),
        accounts: contents.accounts.iter().map(account_to_v1).collect(),
        contacts: contents.contacts.iter().map(contact_to_v1).collect(),
        notes: contents
            .notes
            .iter()
            .map(|(id, text)| (id.to_hex(), text.clone()))
            .collect(),
        keys_digest: hex::encode(digests.keys),
        words_digest: hex::encode(digests.words),
    };
    let mut bytes =
        Zeroizing::new(serde_json::to_vec(&private).expect("text, numbers and lists become JSON"));
    let size = bytes.len().next_multiple_of(STEP);
    bytes.resize(size, b' ');
    bytes
}

pub(super) fn from_bytes(bytes: &[u8]) -> Result<(Contents, Digests), FileError> {
    let damaged = FileError::Damaged("the private section can't be read");
    let private: PrivateV1 = serde_json::from_slice(bytes).map_err(|_| damaged.clone())?;
    let digest = |text: &str| {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)
            .map(|()| bytes)
            .map_err(|_| damaged.clone())
    };
    let digests = Digests {
        keys: digest(&private.keys_digest)?,
        words: digest(&private.words_digest)?,
    };
    let notes = private
        .notes
        .into_iter()
        .map(|(id, text)| TransactionId::from_hex(&id).map(|id| (id, text)));
    let contents = Contents {
        name: private.name,
        created: private.created,
        has_words: private.has_words,
        words_checked: private.words_checked,
        last_backup: private.last_backup,
        imported_from: private.imported_from,
        used_indexes: private.used_indexes.into_iter().collect(),
        keys: private
            .keys
            .into_iter()
            .map(key_from_v1)
            .collect::<Option<_>>()
            .ok_or_else(|| damaged.clone())?,
        accounts: private
            .accounts
            .into_iter()
            .map(account_from_v1)
            .collect::<Option<_>>()
            .ok_or_else(|| damaged.clone())?,
        contacts: private
            .contacts
            .into_iter()
            .map(contact_from_v1)
            .collect::<Option<_>>()
            .ok_or_else(|| damaged.clone())?,
        notes: notes.collect::<Result<_, _>>().map_err(|_| damaged)?,
    };
    Ok((contents, digests))
}

fn key_to_v1(key: &Key) -> KeyV1 {
    let origin = match &key.origin {
        KeyOrigin::Words { path } => OriginV1::Words {
            path: path.to_string(),
        },
        KeyOrigin::Imported => OriginV1::Imported,
        KeyOrigin::OlderProgram { path } => OriginV1::OlderProgram { path: path.clone() },
        KeyOrigin::ViewOnly => OriginV1::ViewOnly,
        KeyOrigin::Ledger { path, confirmed } => OriginV1::Ledger {
            path: path.to_string(),
            confirmed: *confirmed,
        },
    };
    KeyV1 {
        public_key: key.public_key.to_hex(),
        name: key.name.clone(),
        created: key.created,
        origin,
    }
}

fn key_from_v1(key: KeyV1) -> Option<Key> {
    let origin = match key.origin {
        OriginV1::Words { path } => KeyOrigin::Words {
            path: path.parse().ok()?,
        },
        OriginV1::Imported => KeyOrigin::Imported,
        OriginV1::OlderProgram { path } => KeyOrigin::OlderProgram { path },
        OriginV1::ViewOnly => KeyOrigin::ViewOnly,
        OriginV1::Ledger { path, confirmed } => KeyOrigin::Ledger {
            path: path.parse().ok()?,
            confirmed,
        },
    };
    Some(Key {
        public_key: PublicKey::from_hex(&key.public_key).ok()?,
        name: key.name,
        created: key.created,
        origin,
    })
}

fn account_to_v1(account: &Account) -> AccountV1 {
    let (template, arguments, watch) = match &account.kind {
        AccountKind::Known(args) => (
            Some(args.template().number()),
            Some(hex::encode(encode(args))),
            None,
        ),
        AccountKind::WatchOnly(address) => (None, None, Some(address.to_hex())),
    };
    AccountV1 {
        name: account.name.clone(),
        created: account.created,
        template,
        arguments,
        watch,
    }
}

fn account_from_v1(account: AccountV1) -> Option<Account> {
    let kind = match (account.template, account.arguments, account.watch) {
        (Some(number), Some(arguments), None) => {
            let template = Template::ALL
                .into_iter()
                .find(|template| template.number() == number)?;
            let bytes = hex::decode(arguments).ok()?;
            let mut input = Input::new(&bytes);
            let args = SpawnArgs::decode_from(template, &mut input).ok()?;
            if input.remaining() > 0 || args.validate().is_err() {
                return None;
            }
            AccountKind::Known(args)
        }
        (None, None, Some(address)) => AccountKind::WatchOnly(Address::from_hex(&address).ok()?),
        _ => return None,
    };
    Some(Account {
        name: account.name,
        created: account.created,
        kind,
    })
}

fn contact_to_v1(contact: &Contact) -> ContactV1 {
    ContactV1 {
        name: contact.name.clone(),
        address: contact.address.to_hex(),
        note: contact.note.clone(),
        created: contact.created,
    }
}

fn contact_from_v1(contact: ContactV1) -> Option<Contact> {
    let address = Address::from_hex(&contact.address).ok()?;
    Some(Contact {
        name: contact.name,
        address,
        note: contact.note,
        created: contact.created,
    })
}
