//! Making, restoring, importing, backing up and deleting wallets.

use serde_json::{Value, json};

use crate::desk::{Desk, PASSWORD, WORDS, text};

fn vectors() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/vectors/12-wallet-files.json"
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test]
async fn a_created_wallet_shows_its_words_once_and_asks_four_of_them() {
    let desk = Desk::new();
    let session = desk
        .call(
            "create_wallet",
            json!({ "name": "Savings", "password": PASSWORD, "wordCount": 24 }),
        )
        .await;
    assert_eq!(
        (
            session["newWordsWaiting"].clone(),
            session["wordsUnchecked"].clone()
        ),
        (json!(true), json!(true))
    );
    let shown = desk.ask("new_words").await;
    let words: Vec<String> = shown["words"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(words.len(), 24);
    assert_eq!(
        desk.refused("new_words", json!({})).await,
        "nothing_to_show"
    );
    let quiz = desk.ask("words_quiz").await;
    let positions: Vec<usize> = quiz["positions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p.as_u64().unwrap() as usize)
        .collect();
    assert_eq!(positions.len(), 4);
    let answers = |wrong: usize| -> Value {
        positions.iter().enumerate().map(|(i, p)| json!({ "position": p, "word": if i == wrong { "zebra zebra" } else { words[p - 1].as_str() } })).collect()
    };
    let one_wrong = desk
        .call("confirm_words", json!({ "answers": answers(2) }))
        .await;
    assert_eq!(
        (one_wrong["confirmed"].clone(), one_wrong["wrong"].clone()),
        (json!(false), json!([positions[2]]))
    );
    assert!(
        desk.ask("notices")
            .await
            .as_array()
            .unwrap()
            .iter()
            .any(|notice| notice["id"] == "words_unchecked")
    );
    assert_eq!(
        desk.call("confirm_words", json!({ "answers": answers(9) }))
            .await["confirmed"],
        true
    );
    assert_eq!(desk.ask("session").await["wordsUnchecked"], false);
    // The same words, asked for with the password.
    let again = desk
        .call("show_words", json!({ "password": PASSWORD }))
        .await;
    assert_eq!(again["words"], shown["words"]);
}

#[tokio::test]
async fn a_screen_with_words_must_close_after_a_minute() {
    let desk = Desk::with_wallet().await;
    let mut changes = desk.app.subscribe();
    let id = text(
        &desk
            .call("show_words", json!({ "password": PASSWORD }))
            .await,
        "/id",
    );
    desk.clock.advance(60);
    desk.app.tick();
    let expired = std::iter::from_fn(|| changes.try_next()).any(|change| matches!(&change, spacemesh_app::Change::SecretExpired { id: other } if *other == id));
    assert!(expired);
}

#[tokio::test]
async fn restored_words_give_the_known_address_on_each_network() {
    let desk = Desk::with_wallet().await;
    // 12, Known answers.
    assert_eq!(
        desk.first_address().await,
        "sm1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8q2gdz9k"
    );
    desk.call("choose_network", json!({ "network": "testnet" }))
        .await;
    assert_eq!(
        desk.first_address().await,
        "stest1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8qha56t0"
    );
}

#[tokio::test]
async fn several_accounts_are_restored_on_the_paths_in_order() {
    let desk = Desk::new();
    desk.call("restore_wallet", json!({ "name": "A", "password": PASSWORD, "words": WORDS.to_uppercase().replace(' ', ", "), "accounts": 3 })).await;
    let accounts = desk.ask("accounts").await;
    let paths: Vec<String> = accounts["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| text(account, "/path"))
        .collect();
    assert_eq!(
        paths,
        [
            "m/44'/540'/0'/0'/0'",
            "m/44'/540'/0'/0'/1'",
            "m/44'/540'/0'/0'/2'"
        ]
    );
    assert_eq!(
        desk.ask("session").await["wordsUnchecked"],
        false,
        "who typed the words has them"
    );
}

#[tokio::test]
async fn words_that_do_not_fit_are_named_and_nothing_is_made() {
    let desk = Desk::new();
    let restore =
        |words: String| json!({ "name": "A", "password": PASSWORD, "words": words, "accounts": 1 });
    assert_eq!(
        desk.refused("restore_wallet", restore(WORDS.replace("inch", "inhc")))
            .await,
        "word_unknown"
    );
    assert_eq!(
        desk.refused(
            "restore_wallet",
            restore("theme film".to_owned() + &WORDS[10..])
        )
        .await,
        "words_invalid"
    );
    assert_eq!(desk.ask("wallets").await, json!([]));
    let check = desk
        .call(
            "check_words",
            json!({ "words": WORDS.replace("inch", "inhc") }),
        )
        .await;
    assert_eq!(text(&check, "/unknown/0/suggestions/0"), "inch");
    assert!(
        !check.to_string().contains("pudding"),
        "words that were typed right do not come back"
    );
}

#[tokio::test]
async fn files_of_every_known_program_are_recognised_previewed_and_taken_over() {
    let mut imported = 0;
    for case in vectors()
        .pointer("/cases")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
    {
        let (Some(file), Some(password)) = (
            case.get("file"),
            case.get("password").and_then(Value::as_str),
        ) else {
            continue;
        };
        let desk = Desk::new();
        let content = if let Some(text) = file.as_str() {
            text.to_owned()
        } else {
            file.to_string()
        };
        let source = json!({ "kind": "text", "text": content });
        let outside = desk
            .call("inspect_wallet", json!({ "source": source }))
            .await;
        assert_eq!(outside["needsPassword"], true, "{outside}");
        let preview = desk
            .call(
                "inspect_wallet",
                json!({ "source": source, "password": password }),
            )
            .await;
        let accounts = preview
            .pointer("/content/accounts")
            .and_then(Value::as_array)
            .unwrap()
            .len();
        assert_eq!(
            desk.refused(
                "inspect_wallet",
                json!({ "source": source, "password": "not the password" })
            )
            .await,
            "wrong_password"
        );
        desk.call("import_wallet", json!({ "source": source, "password": password, "name": "Old", "newPassword": PASSWORD })).await;
        assert_eq!(
            desk.ask("accounts").await["accounts"]
                .as_array()
                .unwrap()
                .len(),
            accounts
        );
        imported += 1;
    }
    assert!(
        imported >= 4,
        "only {imported} files of the known answers were found"
    );
}

#[tokio::test]
async fn a_watch_only_wallet_holds_addresses_and_no_words() {
    let desk = Desk::new();
    let address = "sm1qqqqqqylyl2l0zsmmax0wnutt4dwnrkcwef5eeq3xladz";
    desk.call(
        "create_watch_wallet",
        json!({ "name": "Watch", "password": PASSWORD, "addresses": [address] }),
    )
    .await;
    let account = desk.ask("accounts").await["accounts"][0].clone();
    assert_eq!(
        (
            text(&account, "/address/plain"),
            text(&account, "/marks/0/kind"),
            account["canSign"].clone()
        ),
        (address.into(), "watch".into(), json!(false))
    );
    assert_eq!(
        desk.refused("show_words", json!({ "password": PASSWORD }))
            .await,
        "no_words"
    );
    assert_eq!(desk.ask("session").await["backupDue"], false);
}

#[tokio::test]
async fn a_backup_is_verified_counts_and_can_be_imported_elsewhere() {
    let desk = Desk::with_wallet().await;
    let target = desk.folder.path().join("elsewhere");
    std::fs::create_dir(&target).unwrap();
    assert_eq!(desk.ask("session").await["backupDue"], true);
    let args = json!({ "path": target.display().to_string(), "password": PASSWORD });
    let backup = desk.call("backup_wallet", args.clone()).await;
    let path = text(&backup, "/path");
    assert_eq!(
        (
            backup["accounts"].clone(),
            std::fs::read(&path).unwrap().len().to_string()
        ),
        (json!(1), text(&backup, "/sizeBytes"))
    );
    assert_eq!(desk.ask("session").await["backupDue"], false);
    let second = text(&desk.call("backup_wallet", args).await, "/path");
    assert_ne!(second, path, "a backup is never overwritten");

    let other = Desk::new();
    let source = json!({ "kind": "path", "path": path });
    assert_eq!(
        text(
            &other
                .call("inspect_wallet", json!({ "source": source }))
                .await,
            "/format"
        ),
        "own"
    );
    other.call("import_wallet", json!({ "source": source, "password": PASSWORD, "name": "Copy", "newPassword": "yet another one" })).await;
    assert_eq!(other.first_address().await, desk.first_address().await);
    let again = json!({ "source": source, "password": PASSWORD, "name": "Twice", "newPassword": "yet another one" });
    assert_eq!(
        other.refused("import_wallet", again).await,
        "name_taken",
        "the same wallet is not kept twice"
    );
}

#[tokio::test]
async fn deleting_a_wallet_needs_its_name_and_takes_nothing_else() {
    let desk = Desk::with_wallet().await;
    desk.call("create_identity", json!({})).await;
    let wallet = text(&desk.ask("wallets").await, "/0/id");
    let removal = desk
        .call("wallet_removal", json!({ "wallet": wallet }))
        .await;
    assert_eq!(text(&removal, "/typedName"), "Savings");
    assert_eq!(
        desk.refused(
            "delete_wallet",
            json!({ "wallet": wallet, "typedName": "savings" })
        )
        .await,
        "name_mismatch"
    );
    desk.call("change_settings", json!({ "theme": "dark" }))
        .await;
    desk.call(
        "delete_wallet",
        json!({ "wallet": wallet, "typedName": "Savings" }),
    )
    .await;
    assert_eq!(
        (
            desk.ask("wallets").await,
            text(&desk.ask("session").await, "/state")
        ),
        (json!([]), "no_wallet".into())
    );
    assert_eq!(text(&desk.ask("settings").await, "/theme"), "dark");
    assert_eq!(
        desk.ask("smeshing").await["identities"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let left = std::fs::read_dir(desk.data().join("wallets"))
        .unwrap()
        .count();
    assert_eq!(left, 0);
    assert_eq!(
        desk.refused("wallet_removal", json!({ "wallet": "../settings" }))
            .await,
        "wallet_not_found"
    );
}

#[tokio::test]
async fn two_wallets_do_not_share_a_name_and_names_are_checked() {
    let desk = Desk::with_wallet().await;
    assert_eq!(
        desk.refused(
            "create_wallet",
            json!({ "name": "savings", "password": PASSWORD, "wordCount": 12 })
        )
        .await,
        "name_taken"
    );
    for name in ["", "   ", "a\nb", &"x".repeat(65)] {
        assert_eq!(
            desk.refused(
                "create_wallet",
                json!({ "name": name, "password": PASSWORD, "wordCount": 12 })
            )
            .await,
            "invalid_name",
            "{name:?}"
        );
    }
    assert_eq!(
        desk.refused(
            "create_wallet",
            json!({ "name": "B", "password": PASSWORD, "wordCount": 13 })
        )
        .await,
        "bad_arguments"
    );
}

#[tokio::test]
async fn old_wallets_on_this_computer_are_found() {
    let desk = Desk::new();
    let foreign = desk.folder.path().join("foreign");
    std::fs::create_dir(&foreign).unwrap();
    let case = vectors().pointer("/cases/0/file").cloned().unwrap();
    let content = if let Some(text) = case.as_str() {
        text.to_owned()
    } else {
        case.to_string()
    };
    std::fs::write(foreign.join("my_wallet_0.json"), content).unwrap();
    std::fs::write(foreign.join("wallet_notes.json"), "{}").unwrap();
    let found = desk.ask("found_wallets").await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert!(text(&found, "/0/path").ends_with("my_wallet_0.json"));
}
