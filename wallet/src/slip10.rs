//! From a seed to a key: SLIP-10 for Ed25519 (12 §1.1), and the rule used before it, to recognise old keys (12 §1.5).

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use crate::{KeyPath, SecretSeed, words::Seed};

const MASTER_KEY: &[u8] = b"ed25519 seed";
const BEFORE_SLIP10_SALT: &[u8] = b"Spacemesh blockmesh";

/// The key at a path. The same seed and path give the same key for ever and in every client.
pub fn derive(seed: &Seed, path: &KeyPath) -> SecretSeed {
    derive_bytes(seed.as_bytes(), path)
}

/// Like [`derive()`] for a seed of any length.
fn derive_bytes(seed: &[u8], path: &KeyPath) -> SecretSeed {
    let master = hmac(MASTER_KEY, &[seed]);
    let node = path.hardened().fold(master, |node, element| {
        let (key, chain_code) = node.split_at(32);
        hmac(chain_code, &[&[0], key, &element.to_be_bytes()])
    });
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(&node[..32]);
    SecretSeed::from_bytes(&key)
}

/// The key Smapp made before SLIP-10, in 2022; its path text in files is `0/0/index`.
pub fn derive_before_slip10(seed: &Seed, index: u64) -> SecretSeed {
    let digest = Sha512::new()
        .chain_update(&seed.as_bytes()[32..])
        .chain_update(BEFORE_SLIP10_SALT)
        .chain_update(index.to_le_bytes())
        .finalize();
    let digest = Zeroizing::new(<[u8; 64]>::from(digest));
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(&digest[..32]);
    SecretSeed::from_bytes(&key)
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 64]> {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("HMAC takes keys of every length");
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}
