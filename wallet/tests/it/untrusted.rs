//! Arbitrary bytes at every door: an error or a value, never a panic, and what is read is written as it was.

use proptest::prelude::*;
use serde_json::json;
use spacemesh_types::transaction::{SpawnArgs, Transaction, parse};
use spacemesh_wallet::{
    AccountFile, KeyPath, SecretSeed, SignedText, Words,
    file::LockedFile,
    foreign::ForeignFile,
    tx::{PendingTx, Review, bytes_from_text},
};

use crate::made::{GENESIS, file, random, seed, wallet_of};

fn accounts() -> [SpawnArgs; 3] {
    let keys = [1, 2, 3].map(|n| seed(n).public_key()).to_vec();
    [
        wallet_of(1),
        SpawnArgs::multisig(2, keys.clone()).unwrap(),
        SpawnArgs::vesting(1, keys).unwrap(),
    ]
}

/// Bytes that begin like a transaction, so that the later checks are reached.
fn like_a_transaction() -> impl Strategy<Value = Vec<u8>> {
    let start = (
        0_usize..4,
        prop_oneof![Just(0_u8), Just(0x40), Just(0x44), any::<u8>()],
    );
    (
        start,
        0_u8..6,
        proptest::collection::vec(any::<u8>(), 0..400),
    )
        .prop_map(|((who, method), template, rest)| {
            let mut bytes = vec![0];
            let principal = accounts().get(who).map(SpawnArgs::address);
            bytes.extend(principal.unwrap_or_default().0);
            bytes.push(method);
            if method == 0 {
                bytes.extend([0; 23]);
                bytes.push(template);
            }
            bytes.extend(rest);
            bytes
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn transactions(bytes in prop_oneof![like_a_transaction(), proptest::collection::vec(any::<u8>(), 0..1200)]) {
        if let Ok((transaction, size)) = Transaction::decode_prefix(&bytes) {
            // Numbers may have come in a longer form, never in a shorter one.
            prop_assert!(transaction.to_bytes().len() <= size);
        }
        for account in accounts() {
            let _ = parse(&bytes, Some(&account)).map(|parsed| parsed.is_signed(&bytes, GENESIS, |_, _, _| true));
            if let Ok(imported) = PendingTx::import(&bytes, GENESIS, |_| Some(account.clone())) {
                let again = imported.pending.to_export();
                prop_assert!(again.len() <= bytes.len() && bytes.starts_with(imported.pending.unsigned()));
                let _ = Review::of(&imported.pending);
            }
        }
        let _ = parse(&bytes, None);
        let _ = Review::of_message(&bytes);
    }

    #[test]
    fn texts(text in any::<String>()) {
        let _ = bytes_from_text(&text);
        let _ = text.parse::<KeyPath>();
        let _ = SecretSeed::from_hex(&text);
        let _ = Words::parse(&text);
        let _ = SignedText::from_json(&text).map(|signed| signed.verify());
    }

    #[test]
    fn files(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(LockedFile::parse(&bytes).is_err());
        prop_assert!(ForeignFile::parse(&bytes).is_err());
        prop_assert!(AccountFile::parse(&bytes).is_err());
    }

    #[test]
    fn envelopes_of_other_programs(
        cipher in prop_oneof![Just("AES-GCM"), Just("AES-128-CTR"), Just("AES-256-CTR"), Just("x")],
        kdf in prop_oneof![Just("PBKDF2"), Just("ARGON2"), Just("x")],
        salt in proptest::collection::vec(any::<u8>(), 0..70),
        iv in proptest::collection::vec(any::<u8>(), 10..18),
        iterations in any::<u64>(), memory in any::<u64>(), lanes in any::<u64>(),
        text in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let file = json!({
            "meta": { "displayName": "x", "created": "x" },
            "crypto": {
                "cipher": cipher, "cipherText": hex::encode(text), "cipherParams": { "iv": hex::encode(iv) },
                "kdf": kdf, "mac": "00".repeat(32),
                "kdfparams": {
                    "salt": hex::encode(salt), "iterations": iterations, "memorySize": memory, "parallelism": lanes,
                },
            },
        });
        let _ = ForeignFile::parse(file.to_string().as_bytes());
    }
}

/// A damaged file must not open as another one: every line cut or doubled, every length.
#[test]
fn a_wallet_file_with_lines_moved_is_refused() {
    let (wallet, _) = file();
    let text = String::from_utf8(wallet.to_bytes(&mut random()).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for index in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(index);
        let mut more = lines.clone();
        more.insert(index, lines[index]);
        for changed in [fewer, more] {
            let changed = changed.join("\n") + "\n";
            assert!(LockedFile::parse(changed.as_bytes()).is_err());
        }
    }
    assert!(LockedFile::parse(text.replace('\n', "\r\n").as_bytes()).is_err());
    assert!(LockedFile::parse(format!("{text}\n").as_bytes()).is_err());
}
