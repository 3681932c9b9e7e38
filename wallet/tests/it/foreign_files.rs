//! Files of other programs (12 §2; Traps 1 to 7, 10).

use aes_gcm::{Aes256Gcm, KeyInit, Nonce, aead::Aead};
use serde_json::{Value, json};
use spacemesh_types::{
    Hrp,
    transaction::{SpawnArgs, Template},
};
use spacemesh_wallet::{
    KeyOrigin, KeyPath, derive,
    file::KdfParams,
    foreign::{
        FOREIGN_BYTES_MAX, ForeignError, ForeignFile, ImportWarning, Imported, Program,
        export_smapp,
    },
};

use crate::made::{FILM, NOW, PASSWORD, address, random, refused, seed, wallet_of, words};

/// The recorded files by name. The suite of known answers compares keys and texts; here is what becomes of them.
fn recorded(name: &str) -> (ForeignFile, String) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/vectors/12-wallet-files.json"
    );
    let all: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let cases = all["cases"].as_array().unwrap();
    let case = cases
        .iter()
        .find(|case| case["name"].as_str().unwrap().starts_with(name))
        .unwrap();
    let file = ForeignFile::parse(case["file"].to_string().as_bytes()).unwrap();
    (file, case["password"].as_str().unwrap().to_owned())
}

/// A file in the GCM form around any text, with one round so that tests are fast.
fn gcm_file(plaintext: &Value) -> Value {
    let mut key = [0; 32];
    pbkdf2::pbkdf2_hmac::<sha2::Sha512>(PASSWORD.as_bytes(), &[1; 16], 1, &mut key);
    let cipher = Aes256Gcm::new_from_slice(&key).unwrap();
    let text = plaintext.to_string();
    let sealed = cipher
        .encrypt(&Nonce::from([2; 12]), text.as_bytes())
        .unwrap();
    json!({
        "meta": { "displayName": "Made up", "created": "2024-10-01T12-00-00.000Z", "type": "local-node" },
        "crypto": {
            "cipher": "AES-GCM", "cipherText": hex::encode(sealed),
            "cipherParams": { "iv": "02".repeat(12) },
            "kdf": "PBKDF2",
            "kdfparams": { "dklen": 256, "hash": "SHA-512", "salt": "01".repeat(16), "iterations": 1 },
        },
    })
}

fn import(plaintext: &Value) -> Imported {
    let file = ForeignFile::parse(gcm_file(plaintext).to_string().as_bytes()).unwrap();
    file.open(PASSWORD, NOW).ok().unwrap()
}

fn parse(file: &Value) -> Result<ForeignFile, ForeignError> {
    ForeignFile::parse(file.to_string().as_bytes())
}

fn secret_of(number: u8) -> String {
    seed(number).to_hex().to_string()
}

#[test]
fn each_program_is_recognised_and_its_wallet_taken_over() {
    let film_key = derive(&words().seed(), &KeyPath::standard(0).unwrap()).public_key();
    for (name, program) in [
        ("smapp GCM complete", Program::Smapp),
        ("smcli complete", Program::Smcli),
        ("smapp-lite complete", Program::SmappLite),
    ] {
        let (file, password) = recorded(name);
        assert_eq!(file.program(), program, "{name}");
        assert_eq!(file.created(), Some(1_727_784_000), "{name}");
        let imported = file.open(&password, NOW).ok().unwrap();
        let contents = &imported.wallet.contents;
        assert_eq!(
            (imported.program, &imported.warnings[..]),
            (program, &[][..])
        );
        // smcli's master key above the others is no key of its own.
        assert_eq!(contents.keys().len(), 1, "{name}");
        assert_eq!(
            contents.key(&film_key).unwrap().origin,
            KeyOrigin::Words {
                path: KeyPath::standard(0).unwrap()
            }
        );
        assert_eq!(
            contents.accounts()[0].args(),
            Some(&SpawnArgs::Wallet(film_key))
        );
        assert!(imported.wallet.secrets.words.as_ref() == Some(&words()));
        assert_eq!(contents.next_index(), 1);
        let origin = contents.imported_from().unwrap();
        assert!(origin.starts_with(program.name()), "{origin}");
    }
}

#[test]
fn an_old_smapp_file_opens_and_its_key_is_not_replaced_by_a_derived_one() {
    let (file, password) = recorded("smapp legacy CTR");
    assert_eq!(
        (file.program(), file.display_name()),
        (Program::SmappOld, "Wallet Legacy")
    );
    let imported = file.open(&password, NOW).ok().unwrap();
    let name = "Main Account".to_owned();
    assert_eq!(
        imported.warnings,
        [
            ImportWarning::WeakFormat,
            ImportWarning::NotRecoverable { name }
        ]
    );
    let key = &imported.wallet.contents.keys()[0];
    assert_eq!(
        key.origin,
        KeyOrigin::OlderProgram {
            path: "0/0/0".into()
        }
    );
    assert!(imported.wallet.secrets.seeds.contains_key(&key.public_key));
    // The words are good, so the next key follows from them, beginning at index 0.
    assert!(imported.wallet.secrets.words.is_some());
    assert_eq!(imported.wallet.contents.next_index(), 0);
}

#[test]
fn a_smapp_file_of_late_2022_keeps_its_underivable_key() {
    let (file, password) = recorded("smapp GCM (early");
    // A folder name, not the network's id.
    assert_eq!(
        file.smapp_folder_id(),
        Some("91d338938929ec38e320ba558b6bd8538eae9753")
    );
    let imported = file.open(&password, NOW).ok().unwrap();
    let name = "Main Account".to_owned();
    assert_eq!(imported.warnings, [ImportWarning::NotRecoverable { name }]);
    let key = &imported.wallet.contents.keys()[0];
    assert_eq!(
        key.public_key.to_hex(),
        "23463c31d0f7e00f68cd623125307e91a27cf37ac00c06770f6f65286bd6bc80"
    );
}

#[test]
fn a_wrong_password_is_an_error_of_every_kind_of_file() {
    for name in [
        "smapp GCM complete",
        "smcli complete",
        "smapp-lite complete",
        "smapp legacy CTR",
    ] {
        let (file, password) = recorded(name);
        let error = refused(file.open(&format!("{password}!"), NOW));
        assert_eq!(error, ForeignError::WrongPasswordOrDamaged, "{name}");
    }
    let mut damaged = gcm_file(&json!({ "accounts": [] }));
    let text = damaged["crypto"]["cipherText"].as_str().unwrap();
    let flipped = format!(
        "{}{}",
        if text.starts_with('0') { '1' } else { '0' },
        &text[1..]
    );
    damaged["crypto"]["cipherText"] = json!(flipped);
    let file = parse(&damaged).unwrap();
    assert_eq!(
        refused(file.open(PASSWORD, NOW)),
        ForeignError::WrongPasswordOrDamaged
    );
}

#[test]
fn unknown_ciphers_costs_and_sizes_are_refused_before_the_password() {
    let good = gcm_file(&json!({ "accounts": [] }));
    let with = |path: &str, value: Value| {
        let mut file = good.clone();
        *file.pointer_mut(path).unwrap() = value;
        parse(&file)
    };
    for cipher in ["AES-TTT", "AES-128-KKK", "aes-gcm", ""] {
        assert!(matches!(
            with("/crypto/cipher", json!(cipher)),
            Err(ForeignError::Unsupported { .. })
        ));
    }
    assert!(matches!(
        with("/crypto/kdf", json!("SCRYPT")),
        Err(ForeignError::Unsupported { .. })
    ));
    let rounds = |number: u64| with("/crypto/kdfparams/iterations", json!(number));
    assert!(matches!(rounds(0), Err(ForeignError::Parameter(_))));
    assert!(rounds(10_000_000).is_ok());
    for costly in [10_000_001, u64::MAX] {
        assert!(matches!(
            rounds(costly),
            Err(ForeignError::TooCostly { .. })
        ));
    }
    for (path, value) in [
        ("/crypto/cipherParams/iv", json!("00")),
        ("/crypto/cipherText", json!("0g")),
        ("/crypto/kdfparams/salt", json!("")),
        ("/crypto/kdfparams/salt", json!("00".repeat(65))),
    ] {
        assert!(
            matches!(with(path, value), Err(ForeignError::Parameter(_))),
            "{path}"
        );
    }
    for (path, value) in [("/meta/displayName", json!(7)), ("/meta", json!(null))] {
        assert!(
            matches!(with(path, value), Err(ForeignError::NotAWallet(_))),
            "{path}"
        );
    }
    let argon = |memory: u64, passes: u64, lanes: u64| {
        let mut file = good.clone();
        file["crypto"]["cipher"] = json!("AES-256-CTR");
        file["crypto"]["kdf"] = json!("ARGON2");
        file["crypto"]["cipherParams"]["iv"] = json!("00".repeat(16));
        file["crypto"]["mac"] = json!("00".repeat(32));
        file["crypto"]["kdfparams"]["iterations"] = json!(passes);
        file["crypto"]["kdfparams"]["memorySize"] = json!(memory);
        file["crypto"]["kdfparams"]["parallelism"] = json!(lanes);
        parse(&file)
    };
    assert!(argon(65_536, 64, 1).is_ok() && argon(1 << 20, 64, 64).is_ok());
    for (memory, passes, lanes) in [
        (1 << 21, 1, 1),
        (65_536, 1001, 1),
        (65_536, 1, 65),
        (1 << 20, 65, 1),
    ] {
        assert!(matches!(
            argon(memory, passes, lanes),
            Err(ForeignError::TooCostly { .. })
        ));
    }
    assert!(matches!(
        ForeignFile::parse(&vec![b' '; FOREIGN_BYTES_MAX + 1]),
        Err(ForeignError::TooLarge { .. })
    ));
}

#[test]
fn labels_of_hash_and_iv_decide_nothing() {
    // smcli's IV is always the first bytes of its text, and its label of the hash is wrong.
    let (file, password) = recorded("smcli complete");
    let decrypted = file.decrypt(&password).ok().unwrap();
    assert!(decrypted.plaintext.starts_with(b"{\"mnemonic\":"));
    let mut relabelled = gcm_file(&json!({ "accounts": [] }));
    relabelled["crypto"]["kdfparams"]["hash"] = json!("MD5");
    relabelled["crypto"]["kdfparams"]["dklen"] = json!("a lot");
    assert!(parse(&relabelled).unwrap().open(PASSWORD, NOW).is_ok());
}

#[test]
fn a_pair_that_does_not_belong_together_is_taken_apart_and_told() {
    let other = seed(2).public_key();
    let imported = import(&json!({
        "mnemonic": FILM,
        "accounts": [{
            "displayName": "Odd", "created": "2024-10-01T12-00-00.000Z", "path": "m/44'/540'/0'/0'/0'",
            "publicKey": other.to_hex(), "secretKey": format!("{}{}", &secret_of(1)[..64], other.to_hex()),
        }],
        "contacts": [],
    }));
    let contents = &imported.wallet.contents;
    assert!(
        imported
            .warnings
            .contains(&ImportWarning::PairMismatch { name: "Odd".into() })
    );
    assert_eq!(contents.key(&other).unwrap().origin, KeyOrigin::ViewOnly);
    let own = contents.key(&seed(1).public_key()).unwrap();
    assert!(own.origin.has_secret());
    let kept: Vec<_> = imported.wallet.secrets.seeds.keys().copied().collect();
    assert_eq!(kept, [seed(1).public_key()]);
    // Coins may lie on either.
    assert!(contents.account(&address(1)).is_some() && contents.account(&address(2)).is_some());
}

#[test]
fn view_only_accounts_contacts_and_bad_entries_are_taken_or_named() {
    let imported = import(&json!({
        "mnemonic": "this is just a test so it does not matter what mnemonics here",
        "accounts": [
            { "displayName": "Seen", "created": "", "path": "", "publicKey": seed(1).public_key().to_hex(), "secretKey": "" },
            { "displayName": "Empty", "path": "", "publicKey": "", "secretKey": null },
            { "displayName": "Short", "path": "m/0'", "publicKey": seed(3).public_key().to_hex(), "secretKey": "abcd" },
        ],
        "contacts": [
            { "address": address(4).to_bech32(&Hrp::TESTNET), "nickname": "Bob\u{202e}" },
            { "address": "sm1nonsense", "nickname": "Eve" },
        ],
    }));
    let contents = &imported.wallet.contents;
    assert_eq!(contents.keys().len(), 1);
    assert_eq!(contents.contacts()[0].name, "Bob");
    let left_out: Vec<&str> = imported
        .warnings
        .iter()
        .filter_map(|warning| {
            let ImportWarning::LeftOut { name, .. } = warning else {
                return None;
            };
            Some(name.as_str())
        })
        .collect();
    assert_eq!(left_out, ["Empty", "Short", "Eve"]);
    let view_only = ImportWarning::ViewOnly { count: 1 };
    assert!(imported.warnings.contains(&view_only));
    assert!(matches!(
        imported.warnings[1],
        ImportWarning::WordsUnreadable(_)
    ));
    assert!(!contents.has_words());
}

#[test]
fn a_ledger_wallet_of_smcli_waits_to_be_bound() {
    let key = |number: u8, path: &str, kind: u64| {
        json!({
            "displayName": "Ledger Child Key", "created": "", "path": path, "secretKey": "",
            "publicKey": seed(number).public_key().to_hex(), "keyType": kind,
        })
    };
    let imported = import(&json!({
        "mnemonic": "(none)",
        "MasterKeypair": key(1, "m/44'/540'/0'/0'", 1),
        "accounts": [key(2, "m/44'/540'/0'/0'/0'", 1)],
    }));
    assert_eq!(imported.program, Program::Smcli);
    let contents = &imported.wallet.contents;
    assert_eq!(contents.keys().len(), 1);
    assert_eq!(
        contents.keys()[0].origin,
        KeyOrigin::Ledger {
            path: KeyPath::standard(0).unwrap(),
            confirmed: false
        }
    );
    assert!(!contents.has_words());
    assert!(
        imported
            .warnings
            .contains(&ImportWarning::Ledger { count: 1 })
    );
}

#[test]
fn accounts_of_all_templates_come_from_smapp_lite() {
    let template = |number: u8| format!("{}{number:02x}", "00".repeat(23));
    let keys = [1, 2, 3].map(|number| seed(number).public_key().to_hex());
    let vesting = SpawnArgs::vesting(2, [1, 2, 3].map(|n| seed(n).public_key()).to_vec()).unwrap();
    let owner = vesting.address().to_bech32(&Hrp::MAINNET);
    let imported = import(&json!({
        "mnemonic": FILM,
        "keys": [
            { "displayName": "Pasted", "created": "2024-10-01T12:00:00.000Z", "publicKey": keys[0], "secretKey": secret_of(1) },
            { "displayName": "Cold", "created": "", "path": "m/44'/540'/0'/0'/0'", "publicKey": keys[1], "origin": 1 },
        ],
        "accounts": [
            { "displayName": "One", "templateAddress": template(1), "spawnArguments": { "PublicKey": keys[0], "displayName": "left over" } },
            { "displayName": "Many", "templateAddress": template(2), "spawnArguments": { "Required": 2, "PublicKeys": keys } },
            { "displayName": "Vesting", "templateAddress": template(3), "spawnArguments": { "Required": "2", "PublicKeys": keys } },
            { "displayName": "Vault", "templateAddress": template(4), "spawnArguments": {
                "Owner": owner, "TotalAmount": "1000000000000000000", "InitialUnlockAmount": "250000000000000000",
                "VestingStart": 105_120, "VestingEnd": "420480" } },
            { "displayName": "Bad", "templateAddress": template(2), "spawnArguments": { "Required": 0, "PublicKeys": keys } },
            { "displayName": "New", "templateAddress": template(5), "spawnArguments": {} },
        ],
        "contacts": [],
    }));
    let contents = &imported.wallet.contents;
    let templates: Vec<_> = contents.accounts().iter().map(|a| a.template()).collect();
    assert_eq!(templates, Template::ALL.map(Some));
    assert_eq!(contents.accounts()[2].args(), Some(&vesting));
    let left_out = |warning: &&ImportWarning| matches!(warning, ImportWarning::LeftOut { .. });
    assert_eq!(imported.warnings.iter().filter(left_out).count(), 2);
    // A pasted key isn't brought back by the words, a Ledger's was not confirmed here.
    assert_eq!(contents.keys()[0].origin, KeyOrigin::Imported);
    assert!(!contents.keys()[1].origin.has_secret());
}

#[test]
fn content_that_is_no_wallet_is_told_from_a_wrong_password() {
    for content in [
        json!("hello world"),
        json!([]),
        json!({}),
        json!({ "accounts": 7 }),
    ] {
        let file = parse(&gcm_file(&content)).unwrap();
        let error = refused(file.open(PASSWORD, NOW));
        assert!(
            matches!(error, ForeignError::Content(_)),
            "{content}: {error}"
        );
    }
}

#[test]
fn an_exported_file_opens_as_smapps_and_leaves_out_what_does_not_fit() {
    let mut wallet = spacemesh_wallet::NewWallet::from_words("Mine", words(), NOW)
        .ok()
        .unwrap();
    wallet.add_next(NOW).unwrap();
    let contents = &mut wallet.contents;
    let members = vec![seed(1).public_key(), seed(2).public_key()];
    let shared = SpawnArgs::multisig(1, members).unwrap();
    contents.add_account("Shared", shared, None).unwrap();
    contents.add_account("Foreign", wallet_of(9), None).unwrap();
    contents.add_contact("Bob", address(4), "", None).unwrap();
    let (file, keyring) = wallet
        .into_file(PASSWORD, KdfParams::CHEAPEST, &mut random())
        .ok()
        .unwrap();
    let export = export_smapp(&file, &keyring, &Hrp::MAINNET, PASSWORD, &mut random())
        .ok()
        .unwrap();
    assert_eq!(export.left_out, ["Shared", "Foreign"]);
    let read = ForeignFile::parse(&export.bytes).unwrap();
    assert_eq!(read.program(), Program::Smapp);
    let back = read.open(PASSWORD, NOW).ok().unwrap();
    assert_eq!(back.warnings, []);
    assert_eq!(back.wallet.contents.keys().len(), 2);
    assert_eq!(
        back.wallet.contents.contacts()[0].address,
        file.contents().contacts()[0].address
    );
    assert!(back.wallet.secrets.words == Some(words()));
}
