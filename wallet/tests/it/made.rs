//! Keys, wallets and randomness for the tests.

use spacemesh_types::{Address, Hash20, transaction::SpawnArgs};
use spacemesh_wallet::{
    NewWallet, SecretSeed, Words,
    file::{KdfParams, Keyring, WalletFile},
};

pub(crate) const FILM: &str =
    "film theme cheese broken kingdom destroy inch ready wear inspire shove pudding";
pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const NOW: i64 = 1_790_000_000;
pub(crate) const GENESIS: Hash20 = Hash20([0x9e; 20]);

/// Bytes that are different each time, and the same in each run.
pub(crate) fn random() -> impl FnMut(&mut [u8]) {
    let mut next: u64 = 1;
    move |buffer: &mut [u8]| {
        for byte in buffer {
            next = next
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = next.to_be_bytes()[0];
        }
    }
}

pub(crate) fn words() -> Words {
    Words::parse(FILM).ok().unwrap()
}

pub(crate) fn seed(number: u8) -> SecretSeed {
    SecretSeed::from_bytes(&[number; 32])
}

pub(crate) fn wallet_of(number: u8) -> SpawnArgs {
    SpawnArgs::Wallet(seed(number).public_key())
}

pub(crate) fn address(number: u8) -> Address {
    wallet_of(number).address()
}

pub(crate) fn file() -> (WalletFile, Keyring) {
    NewWallet::from_words("Savings", words(), NOW)
        .ok()
        .unwrap()
        .into_file(PASSWORD, KdfParams::CHEAPEST, &mut random())
        .ok()
        .unwrap()
}

/// The error of a result whose value has no `Debug`.
#[track_caller]
pub(crate) fn refused<T, E>(result: Result<T, E>) -> E {
    result.err().unwrap()
}
