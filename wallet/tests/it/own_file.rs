//! Our own wallet file.

use spacemesh_types::{TransactionId, transaction::SpawnArgs};
use spacemesh_wallet::{
    ContentsError, KeyOrigin, KeyPath, NewWallet, SecretSeed, derive,
    file::{FILE_BYTES_MAX, FileError, KdfParams, LockedFile, WalletFile},
};

use crate::made::{NOW, PASSWORD, address, file, random, refused, seed, wallet_of, words};

fn reopened(bytes: &[u8]) -> WalletFile {
    LockedFile::parse(bytes)
        .unwrap()
        .unlock(PASSWORD)
        .ok()
        .unwrap()
}

/// Puts a fitting checksum under changed lines, as somebody who alters a file on purpose would.
fn with_checksum(lines: &[&str]) -> Vec<u8> {
    use sha2::Digest;
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    format!(
        "{body}sha256 {}\n",
        hex::encode(sha2::Sha256::digest(&body))
    )
    .into_bytes()
}

#[test]
fn a_wallet_comes_back_with_everything_it_held() {
    let (mut wallet, mut keyring) = file();
    let mut random = random();
    let second = wallet
        .add_next_key(&mut keyring, "Second", NOW, &mut random)
        .unwrap();
    let imported = wallet
        .import_secret(&mut keyring, seed(7), "Pasted", NOW, &mut random)
        .unwrap();
    let contents = wallet.contents_mut();
    let members = vec![second, imported, seed(8).public_key()];
    let shared = SpawnArgs::multisig(2, members).unwrap();
    contents
        .add_account("Shared", shared.clone(), Some(NOW))
        .unwrap();
    contents.add_watched("Mum", address(9), Some(NOW)).unwrap();
    let ledger = KeyPath::standard(0).unwrap();
    contents
        .add_public_key(seed(10).public_key(), "Cold", Some(ledger), NOW)
        .unwrap();
    contents
        .add_contact("Bob", address(11), "from the club\nsince 2024", Some(NOW))
        .unwrap();
    contents.set_note(TransactionId([3; 32]), "rent").unwrap();
    contents.set_words_checked();
    contents.set_last_backup(NOW + 1);
    let bytes = wallet.to_bytes(&mut random).unwrap();
    wallet.check_copy(&bytes).unwrap();

    let locked = LockedFile::parse(&bytes).unwrap();
    assert_eq!((locked.name(), locked.id()), ("Savings", wallet.id()));
    let again = reopened(&bytes);
    assert_eq!(again.contents(), wallet.contents());
    let keyring = again.unlock_secrets(PASSWORD).ok().unwrap();
    assert_eq!(
        again.seed(&keyring, &imported).ok().unwrap().public_key(),
        imported
    );
    assert!(again.words(&keyring).ok().unwrap() == Some(words()));
    let own: Vec<u8> = again.contents().own_keys(&shared).map(|(i, _)| i).collect();
    assert_eq!(own, [0, 1]);
}

#[test]
fn wrong_passwords_are_told_from_damage() {
    let (wallet, _) = file();
    let bytes = wallet.to_bytes(&mut random()).unwrap();
    let locked = LockedFile::parse(&bytes).unwrap();
    for wrong in ["", "correct hors", "Correct horse", "correct horse "] {
        assert_eq!(refused(locked.unlock(wrong)), FileError::WrongPassword);
    }
    assert_eq!(
        refused(wallet.unlock_secrets("correct horsf")),
        FileError::WrongPassword
    );
    // Every byte counts: a flipped one is noticed without the password.
    for index in (0..bytes.len())
        .step_by(7)
        .chain(bytes.len() - 70..bytes.len())
    {
        let mut damaged = bytes.clone();
        damaged[index] ^= 1;
        assert!(LockedFile::parse(&damaged).is_err(), "byte {index}");
    }
    for length in [0, 1, 100, bytes.len() / 2, bytes.len() - 1] {
        assert!(
            LockedFile::parse(&bytes[..length]).is_err(),
            "{length} bytes"
        );
    }
}

#[test]
fn who_alters_a_file_and_its_checksum_does_not_get_it_opened() {
    let (mut wallet, mut keyring) = file();
    let mut random = random();
    let old = String::from_utf8(wallet.to_bytes(&mut random).unwrap()).unwrap();
    wallet
        .add_next_key(&mut keyring, "Second", NOW, &mut random)
        .unwrap();
    let new = String::from_utf8(wallet.to_bytes(&mut random).unwrap()).unwrap();
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let open = |lines: [&str; 5]| {
        refused(LockedFile::parse(&with_checksum(&lines)).and_then(|file| file.unlock(PASSWORD)))
    };

    // Another name: the second line is authenticated.
    let renamed = r#"{"name":"Savingz"}"#;
    assert_eq!(
        open([new[0], renamed, new[2], new[3], new[4]]),
        FileError::WrongPassword
    );
    // Secret keys of an older version beside the newer accounts.
    let mixed = open([new[0], new[1], new[2], old[3], new[4]]);
    assert!(matches!(mixed, FileError::Damaged(_)), "{mixed}");
    // Sections exchanged.
    let words_as_keys = new[4].replace("words ", "keys ");
    let keys_as_words = new[3].replace("keys ", "words ");
    let swapped = open([new[0], new[1], new[2], &words_as_keys, &keys_as_words]);
    assert!(matches!(swapped, FileError::Damaged(_)), "{swapped}");
    // Costs beyond every bound are refused before the password is asked.
    let costly = new[0].replace("\"passes\":1", "\"passes\":1001");
    assert!(matches!(
        open([&costly, new[1], new[2], new[3], new[4]]),
        FileError::TooCostly { found: 1001, .. }
    ));
    // Unknown members could mean anything.
    let extended = new[0].replace("\"version\":1", "\"version\":1,\"extra\":0");
    assert!(
        LockedFile::parse(&with_checksum(&[&extended, new[1], new[2], new[3], new[4]])).is_err()
    );
}

#[test]
fn a_file_of_a_newer_version_says_so() {
    let (wallet, _) = file();
    let text = String::from_utf8(wallet.to_bytes(&mut random()).unwrap()).unwrap();
    let newer = text.replace("\"version\":1", "\"version\":2");
    assert_eq!(
        LockedFile::parse(newer.as_bytes()).unwrap_err(),
        FileError::TooNew {
            found: 2,
            newest: 1
        }
    );
    assert!(matches!(
        LockedFile::parse(b"{\"format\":\"other\",\"version\":1}\n"),
        Err(FileError::NotAWallet(_))
    ));
    assert!(matches!(
        LockedFile::parse(&vec![b' '; FILE_BYTES_MAX + 1]),
        Err(FileError::TooLarge { .. })
    ));
}

#[test]
fn renaming_and_contacts_need_no_password_and_lose_nothing() {
    let (wallet, _) = file();
    let bytes = wallet.to_bytes(&mut random()).unwrap();
    let mut wallet = reopened(&bytes);
    wallet.contents_mut().rename("  Old age ").unwrap();
    wallet
        .contents_mut()
        .add_contact("Bob", address(1), "", None)
        .unwrap();
    let bytes = wallet.to_bytes(&mut random()).unwrap();
    let locked = LockedFile::parse(&bytes).unwrap();
    assert_eq!(locked.name(), "Old age");
    let again = locked.unlock(PASSWORD).ok().unwrap();
    let keyring = again.unlock_secrets(PASSWORD).ok().unwrap();
    assert!(again.words(&keyring).ok().unwrap() == Some(words()));
    let first = again.contents().keys()[0].public_key;
    assert!(again.seed(&keyring, &first).is_ok());
}

#[test]
fn another_password_takes_the_place_of_the_old_one_completely() {
    let (mut wallet, keyring) = file();
    let id = *wallet.id();
    let before = wallet.to_bytes(&mut random()).unwrap();
    let short = wallet.unlock_secrets(PASSWORD).ok().unwrap();
    assert_eq!(
        refused(wallet.change_password(short, "seven77", KdfParams::CHEAPEST, &mut random())),
        FileError::ShortPassword { found: 7 }
    );
    let weak = KdfParams {
        memory_kib: 1024,
        ..KdfParams::CHEAPEST
    };
    let again = wallet.unlock_secrets(PASSWORD).ok().unwrap();
    assert!(matches!(
        refused(wallet.change_password(again, "another one", weak, &mut random())),
        FileError::TooCheap { .. }
    ));

    let old_keyring = wallet.unlock_secrets(PASSWORD).ok().unwrap();
    let mut other_random = random();
    other_random(&mut [0; 99]);
    let keyring = wallet
        .change_password(
            keyring,
            "another one",
            KdfParams::CHEAPEST,
            &mut other_random,
        )
        .ok()
        .unwrap();
    assert!(wallet.words(&keyring).ok().unwrap() == Some(words()));
    assert_eq!(refused(wallet.words(&old_keyring)), FileError::OtherKeyring);
    let after = LockedFile::parse(&wallet.to_bytes(&mut random()).unwrap()).unwrap();
    assert_eq!(refused(after.unlock(PASSWORD)), FileError::WrongPassword);
    assert!(after.unlock("another one").is_ok());
    assert_eq!(after.id(), &id);
    // Copies from before still open with the old password: that is what they are for.
    assert!(LockedFile::parse(&before).unwrap().unlock(PASSWORD).is_ok());
}

#[test]
fn secrets_kept_for_signing_do_not_open_the_words() {
    let (mut wallet, keyring) = file();
    let mut keyring = keyring.for_signing();
    let first = wallet.contents().keys()[0].public_key;
    assert!(wallet.seed(&keyring, &first).is_ok());
    assert_eq!(refused(wallet.words(&keyring)), FileError::WordsLocked);
    assert_eq!(
        refused(wallet.add_next_key(&mut keyring, "More", NOW, &mut random())),
        FileError::WordsLocked
    );
}

#[test]
fn an_index_is_never_used_twice_even_after_its_key_was_removed() {
    let (mut wallet, mut keyring) = file();
    let mut random = random();
    let second = wallet
        .add_next_key(&mut keyring, "Second", NOW, &mut random)
        .unwrap();
    wallet
        .remove_key(&mut keyring, &second, &mut random)
        .unwrap();
    assert_eq!(
        refused(wallet.seed(&keyring, &second)),
        ContentsError::UnknownKey(second).into()
    );
    let bytes = wallet.to_bytes(&mut random).unwrap();
    let mut wallet = reopened(&bytes);
    let mut keyring = wallet.unlock_secrets(PASSWORD).ok().unwrap();
    let third = wallet
        .add_next_key(&mut keyring, "Third", NOW, &mut random)
        .unwrap();
    let path = KeyPath::standard(2).unwrap();
    assert_eq!(third, derive(&words().seed(), &path).public_key());
    assert_eq!(
        wallet.contents().key(&third).unwrap().origin,
        KeyOrigin::Words { path }
    );
    // A far path leaves the lowest unused index where it is.
    let far = KeyPath::standard(9).unwrap();
    wallet
        .add_key_at(&mut keyring, far, "Far", NOW, &mut random)
        .unwrap();
    assert_eq!(wallet.contents().next_index(), 3);
}

#[test]
fn nothing_secret_or_private_stands_in_the_file_in_clear() {
    let (mut wallet, _) = file();
    wallet
        .contents_mut()
        .add_contact("Bob of the club", address(5), "a note", None)
        .unwrap();
    let text = String::from_utf8(wallet.to_bytes(&mut random()).unwrap()).unwrap();
    let first = derive(&words().seed(), &KeyPath::standard(0).unwrap());
    let key = first.public_key();
    let secret = first.to_hex();
    for hidden in [
        "film",
        "pudding",
        "Bob",
        "a note",
        "Account",
        &secret[..64],
        &key.to_hex(),
        &SpawnArgs::Wallet(key).address().to_hex(),
    ] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    // Two writings of one state share no section.
    let mut random = random();
    let (a, b) = (
        wallet.to_bytes(&mut random).unwrap(),
        wallet.to_bytes(&mut random).unwrap(),
    );
    let section = |bytes: &[u8]| {
        String::from_utf8(bytes.to_vec())
            .unwrap()
            .lines()
            .nth(2)
            .unwrap()
            .to_owned()
    };
    assert_ne!(section(&a), section(&b));
}

#[test]
fn phrases_of_different_lengths_make_files_of_the_same_size() {
    let size = |words| {
        let (wallet, _) = NewWallet::from_words("Same", words, NOW)
            .ok()
            .unwrap()
            .into_file(PASSWORD, KdfParams::CHEAPEST, &mut random())
            .ok()
            .unwrap();
        wallet.to_bytes(&mut random()).unwrap().len()
    };
    let long = spacemesh_wallet::Words::from_entropy(spacemesh_wallet::Language::English, &[1; 32]);
    assert_eq!(size(words()), size(long.ok().unwrap()));
}

#[test]
fn a_wallet_without_words_takes_keys_from_elsewhere() {
    let wallet = NewWallet::empty("Cold", NOW).ok().unwrap();
    let (mut wallet, mut keyring) = wallet
        .into_file(PASSWORD, KdfParams::CHEAPEST, &mut random())
        .ok()
        .unwrap();
    assert!(!wallet.contents().has_words());
    assert_eq!(
        refused(wallet.add_next_key(&mut keyring, "Key", NOW, &mut random())),
        FileError::NoWords
    );
    let public = seed(3).public_key();
    let contents = wallet.contents_mut();
    contents.add_public_key(public, "Seen", None, NOW).unwrap();
    // The secret of a key that was only seen makes it able to sign.
    wallet
        .import_secret(&mut keyring, seed(3), "Pasted", NOW, &mut random())
        .unwrap();
    let key = wallet.contents().key(&public).unwrap();
    assert_eq!(
        (key.name.as_str(), &key.origin),
        ("Seen", &KeyOrigin::Imported)
    );
    assert!(matches!(
        refused(wallet.import_secret(&mut keyring, seed(3), "Again", NOW, &mut random())),
        FileError::Contents(ContentsError::KnownKey { .. })
    ));
}

#[test]
fn a_ledger_key_is_bound_only_by_the_same_key() {
    let (mut wallet, _) = file();
    let contents = wallet.contents_mut();
    let (stored, other) = (seed(1).public_key(), seed(2).public_key());
    let path = KeyPath::standard(0).unwrap();
    contents
        .add_public_key(stored, "Cold", Some(path), NOW)
        .unwrap();
    assert_eq!(
        contents.confirm_ledger_key(&stored, &other),
        Err(ContentsError::OtherKey {
            expected: stored,
            found: other
        })
    );
    contents.confirm_ledger_key(&stored, &stored).unwrap();
    let software = contents.keys()[0].public_key;
    assert_eq!(
        contents.confirm_ledger_key(&software, &software),
        Err(ContentsError::NotLedger(software))
    );
}

#[test]
fn entries_are_kept_once_and_names_are_fit_to_be_shown() {
    let (mut wallet, _) = file();
    let contents = wallet.contents_mut();
    contents.add_watched("Bob's", address(1), None).unwrap();
    assert!(matches!(
        contents.add_watched("Twice", address(1), None),
        Err(ContentsError::KnownAccount { .. })
    ));
    // Learning what a watched account is made of keeps its name.
    contents.add_account("Other", wallet_of(1), None).unwrap();
    let account = contents.account(&address(1)).unwrap();
    assert_eq!(
        (account.name.as_str(), account.args()),
        ("Bob's", Some(&wallet_of(1)))
    );
    for bad in ["", "   ", "a\nb", "abc\u{202e}def", &"x".repeat(65)] {
        assert!(
            matches!(contents.rename(bad), Err(ContentsError::Text(_))),
            "{bad:?}"
        );
    }
    contents.add_contact("Bob", address(2), "", None).unwrap();
    assert!(matches!(
        contents.add_contact("Bobby", address(2), "", None),
        Err(ContentsError::KnownContact { .. })
    ));
    let mut planted = address(2);
    planted.0[10] ^= 0xff;
    assert_eq!(contents.look_alikes(&planted), ["Bob"]);
    assert!(contents.look_alikes(&address(2)).is_empty());
    contents.remove_contact(&address(2)).unwrap();
    assert!(contents.contact(&address(2)).is_none());
}

#[test]
fn secret_keys_are_read_as_other_programs_write_them() {
    let text = seed(1).to_hex();
    for typed in [
        text.as_str(),
        &format!(" 0x{}\n", *text),
        &text.to_uppercase(),
        &text[..64],
    ] {
        let read = SecretSeed::from_hex(typed).ok().unwrap();
        assert_eq!(read.public_key(), seed(1).public_key());
    }
    let mut other = text.to_string();
    other.replace_range(64.., &seed(2).to_hex()[64..]);
    for bad in [other.as_str(), "", &text[..127], &text.replace('0', "g")] {
        assert!(SecretSeed::from_hex(bad).is_err(), "{bad}");
    }
}
