//! Making wallets: with fresh words, from words, or only to watch.

use std::sync::Arc;

use spacemesh_wallet::{Language, NewWallet, WordCount, Words};
use zeroize::Zeroizing;

use super::random;
use crate::{
    app::Inner,
    error::{AppError, ErrorCode},
    session::{FRESH_SECONDS, Fresh, after, contents_error, password::check_new, sentence},
    view::{CreateWalletArgs, CreateWatchWalletArgs, RestoreWalletArgs, SessionView},
};

/// How many words are asked for after creating.
const ASKED: usize = 4;
/// Most accounts made when restoring.
const RESTORED_MAX: u8 = 100;

impl Inner {
    pub(crate) fn create_wallet(
        self: &Arc<Self>,
        args: CreateWalletArgs,
    ) -> Result<SessionView, AppError> {
        check_new(&args.password, "password")?;
        let count = match args.word_count {
            12 => WordCount::Twelve,
            24 => WordCount::TwentyFour,
            _ => {
                return Err(AppError::with(
                    ErrorCode::BadArguments,
                    "A wallet can be made with 12 or 24 words.",
                )
                .field("wordCount"));
            }
        };
        let now = self.now();
        let mut entropy = Zeroizing::new(vec![0; count.entropy_bytes()]);
        random(&mut entropy);
        let words = Words::from_entropy(Language::English, &entropy)
            .map_err(|error| AppError::with(ErrorCode::Internal, sentence(&error.to_string())))?;
        let wallet = NewWallet::from_words(&args.name, words.clone(), now.as_second())
            .map_err(new_wallet_error)?;
        self.put_new_wallet(wallet, &args.password)?;
        let asked = asked_positions(count.words());
        self.with_open(|open| {
            open.fresh = Some(Fresh {
                words,
                showable: true,
                until: after(now, FRESH_SECONDS),
                asked,
            });
            Ok(())
        })?;
        Ok(self.tell_session())
    }

    pub(crate) fn restore_wallet(
        self: &Arc<Self>,
        args: RestoreWalletArgs,
    ) -> Result<SessionView, AppError> {
        check_new(&args.password, "password")?;
        if !(1..=RESTORED_MAX).contains(&args.accounts) {
            return Err(AppError::with(
                ErrorCode::BadArguments,
                format!("Between 1 and {RESTORED_MAX} accounts can be made."),
            )
            .field("accounts"));
        }
        let words = Words::parse(args.words.expose())
            .map_err(|error| super::words::words_error(&error).field("words"))?;
        let now = self.now().as_second();
        let mut wallet = NewWallet::from_words(&args.name, words, now).map_err(new_wallet_error)?;
        for _ in 1..args.accounts {
            wallet.add_next(now).map_err(new_wallet_error)?;
        }
        // Who typed the words has them.
        wallet.contents.set_words_checked();
        self.put_new_wallet(wallet, &args.password)?;
        Ok(self.tell_session())
    }

    pub(crate) fn create_watch_wallet(
        self: &Arc<Self>,
        args: CreateWatchWalletArgs,
    ) -> Result<SessionView, AppError> {
        check_new(&args.password, "password")?;
        if args.addresses.is_empty() {
            return Err(AppError::with(
                ErrorCode::BadArguments,
                "Give at least one address to watch.",
            )
            .field("addresses"));
        }
        let now = self.now().as_second();
        let network = self.network_in_use();
        let mut wallet = NewWallet::empty(&args.name, now).map_err(new_wallet_error)?;
        for (number, text) in (1..).zip(&args.addresses) {
            let address = network
                .parse_address(text)
                .map_err(|error| error.field("addresses"))?;
            wallet
                .contents
                .add_watched(&format!("Watched {number}"), address, Some(now))
                .map_err(contents_error)?;
        }
        self.put_new_wallet(wallet, &args.password)?;
        Ok(self.tell_session())
    }
}

/// A wallet that can't be made, as a person sees it.
pub(crate) fn new_wallet_error(error: spacemesh_wallet::NewWalletError) -> AppError {
    match error {
        spacemesh_wallet::NewWalletError::Contents(error) => {
            let error = contents_error(error);
            if error.code == ErrorCode::InvalidName {
                error.field("name")
            } else {
                error
            }
        }
        other => AppError::with(ErrorCode::NoWords, sentence(&other.to_string())),
    }
}

/// Four different positions, from 1, in order.
pub(super) fn asked_positions(count: usize) -> Vec<u8> {
    let mut positions: Vec<u8> = (1..=u8::try_from(count).unwrap_or(u8::MAX)).collect();
    while positions.len() > ASKED {
        let mut byte = [0];
        random(&mut byte);
        // Which words are asked is no secret; the slight preference of the remainder does no harm.
        let index = usize::from(byte[0]) % positions.len();
        positions.remove(index);
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_different_places_in_order_are_asked() {
        for count in [12, 24] {
            for _ in 0..50 {
                let asked = asked_positions(count);
                assert!(
                    asked.len() == ASKED
                        && asked.is_sorted_by(|a, b| a < b)
                        && asked.iter().all(|p| (1..=count).contains(&usize::from(*p))),
                    "{asked:?}"
                );
            }
        }
    }
}
