//! The two screens that show a secret: words and secret keys. Nothing else sends one outward.

use std::sync::Arc;

use spacemesh_types::PublicKey;
use spacemesh_wallet::Words;

use super::words::language_name;
use crate::{
    app::Inner,
    error::{AppError, ErrorCode},
    session::{FRESH_SECONDS, Fresh, Open, after, file_error},
    view::{Done, PasswordArgs, SecretKeyView, ShowKeyArgs, ShownSecret, WordsView},
};

impl Inner {
    pub(crate) fn new_words(self: &Arc<Self>, _: Done) -> Result<WordsView, AppError> {
        let view = self.with_open(|open| {
            let fresh = open
                .fresh
                .as_mut()
                .filter(|fresh| fresh.showable)
                .ok_or_else(|| AppError::new(ErrorCode::NothingToShow))?;
            fresh.showable = false;
            let words = fresh.words.clone();
            Ok(self.words_view(open, &words))
        })?;
        self.tell_session();
        Ok(view)
    }

    pub(crate) fn show_words(self: &Arc<Self>, args: PasswordArgs) -> Result<WordsView, AppError> {
        let now = self.now();
        self.with_keyring(&args.password, |open, keyring| {
            let words = open
                .file
                .words(&keyring)
                .map_err(file_error)?
                .ok_or_else(|| AppError::new(ErrorCode::NoWords))?;
            let view = self.words_view(open, &words);
            // Who was shown the words may be asked for them.
            let asked = super::create::asked_positions(words.count().words());
            open.fresh = Some(Fresh {
                words,
                showable: false,
                until: after(now, FRESH_SECONDS),
                asked,
            });
            Ok(view)
        })
    }

    pub(crate) fn show_secret_key(
        self: &Arc<Self>,
        args: ShowKeyArgs,
    ) -> Result<SecretKeyView, AppError> {
        let network = self.network_in_use();
        self.with_keyring(&args.password, |open, keyring| {
            let key = find_key(open, &network, &args.key)?;
            let seed = open
                .file
                .seed(&keyring, &key)
                .map_err(|error| file_error(error).field("key"))?;
            let secret_key = ShownSecret::new(seed.to_hex().to_string());
            let id = self.next_id("showing-");
            let expires_at = open.show(id.clone(), self.now());
            Ok(SecretKeyView {
                secret_key,
                public_key: key.to_hex(),
                expires_at,
                id,
            })
        })
    }

    fn words_view(&self, open: &mut Open, words: &Words) -> WordsView {
        let id = self.next_id("showing-");
        let expires_at = open.show(id.clone(), self.now());
        WordsView {
            words: words
                .shown()
                .iter()
                .map(|word| ShownSecret::new(word.to_string()))
                .collect(),
            language: language_name(words.language()),
            expires_at,
            id,
        }
    }
}

/// A key of the wallet, by its hex or by the address of its single-key account.
pub(super) fn find_key(
    open: &Open,
    network: &crate::network::NetworkInUse,
    text: &str,
) -> Result<PublicKey, AppError> {
    let contents = open.file.contents();
    let unknown = || AppError::new(ErrorCode::AccountNotFound).field("key");
    let digits = text.trim().trim_start_matches("0x");
    if let Ok(key) = PublicKey::from_hex(digits) {
        return contents
            .key(&key)
            .map(|key| key.public_key)
            .ok_or_else(unknown);
    }
    let address = network
        .parse_account(text)
        .map_err(|error| error.field("key"))?;
    let account = contents
        .accounts()
        .iter()
        .find(|account| account.address() == address)
        .ok_or_else(unknown)?;
    match account.keys() {
        [key] if account.template() == Some(spacemesh_types::transaction::Template::Wallet) => {
            Ok(*key)
        }
        _ => Err(AppError::with(
            ErrorCode::CannotSign,
            "This account has not exactly one key; choose a key.",
        )
        .field("key")),
    }
}
