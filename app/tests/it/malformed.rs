//! Whatever a page sends, it gets an error with a code: no command panics on input from outside.

use proptest::prelude::*;
use serde_json::{Value, json};
use spacemesh_app::{App, ErrorCode, commands};

use crate::desk::Desk;

/// Commands that start processes or look at the whole computer: slow, and their arguments are plain numbers and paths.
const SLOW: [&str; 3] = ["refresh_providers", "measure", "providers"];

/// Values that a confused or hostile page could put anywhere.
fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(1e308),
        json!(""),
        json!("\u{0}\u{202e}/../../etc"),
        json!("18446744073709551616"),
        json!("0x"),
        json!("sm1"),
        json!("é".repeat(5000)),
        json!([]),
        json!([[[[]]]]),
        json!({}),
        json!({ "kind": "path", "path": "/nonexistent" }),
        json!({ "kind": "content", "name": "x", "base64": "%%%" }),
        json!({ "kind": "text", "text": "{\"meta\":{},\"crypto\":{}}" }),
    ]
}

/// Whole arguments; one field at a time is replaced, so that values reach the code behind the parser.
fn whole() -> Vec<(&'static str, Value)> {
    let address = "sm1qqqqqqylyl2l0zsmmax0wnutt4dwnrkcwef5eeq3xladz";
    let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let file = json!({ "kind": "text", "text": "{}" });
    let spend = json!({ "kind": "spend", "destination": address, "amount": "1" });
    vec![
        ("unlock", json!({ "wallet": "x", "password": "12345678" })),
        (
            "create_wallet",
            json!({ "name": "", "password": "12345678", "wordCount": 12 }),
        ),
        (
            "restore_wallet",
            json!({ "name": "", "password": "12345678", "words": "film theme", "accounts": 1 }),
        ),
        ("check_words", json!({ "words": "film" })),
        (
            "confirm_words",
            json!({ "answers": [{ "position": 1, "word": "film" }] }),
        ),
        (
            "inspect_wallet",
            json!({ "source": file, "password": "12345678" }),
        ),
        (
            "import_wallet",
            json!({ "source": file, "password": "12345678", "name": "a", "newPassword": "12345678" }),
        ),
        (
            "create_watch_wallet",
            json!({ "name": "", "password": "12345678", "addresses": [address] }),
        ),
        (
            "backup_wallet",
            json!({ "path": "/nonexistent/backup", "password": "wrong" }),
        ),
        ("delete_wallet", json!({ "wallet": "x", "typedName": "x" })),
        (
            "preview_shared_account",
            json!({ "name": "a", "template": "multisig", "required": 1, "members": [key] }),
        ),
        (
            "preview_vault",
            json!({ "name": "a", "owner": address, "total": "4", "initialUnlock": "1", "vestingStart": 1, "vestingEnd": 2 }),
        ),
        ("propose_vault", json!({ "address": address })),
        (
            "add_watch_account",
            json!({ "name": "", "address": address }),
        ),
        ("import_account", json!({ "source": file, "name": "a" })),
        ("export_account", json!({ "account": address })),
        ("edit_account", json!({ "account": address, "name": "a" })),
        ("check_address", json!({ "address": address })),
        (
            "address_qr",
            json!({ "address": address, "amount": "1", "message": "a" }),
        ),
        ("parse_amount", json!({ "text": "1", "unit": "smh" })),
        (
            "add_contact",
            json!({ "name": "", "address": address, "note": "a" }),
        ),
        (
            "edit_contact",
            json!({ "contact": key, "name": "a", "address": address, "note": "a" }),
        ),
        (
            "prepare_transaction",
            json!({ "account": address, "action": spend, "nonce": "0", "gasPrice": "1", "note": "" }),
        ),
        (
            "sign_transaction",
            json!({ "transaction": key, "index": 0 }),
        ),
        (
            "add_signature",
            json!({ "transaction": key, "index": 0, "signature": key }),
        ),
        (
            "import_transaction",
            json!({ "sources": [file], "inspectOnly": true }),
        ),
        ("sign_text", json!({ "key": key, "text": "a" })),
        ("verify_text", json!({ "json": "{}" })),
        (
            "smeshing_events",
            json!({ "identity": key, "needsYou": true, "before": "1", "limit": 1 }),
        ),
        ("inspect_folder", json!({ "path": "/nonexistent" })),
        (
            "forecast",
            json!({ "units": 1, "providers": ["cpu"], "nonces": 16, "threads": 1 }),
        ),
        (
            "adopt_space",
            json!({ "folder": "/nonexistent", "keyFile": file }),
        ),
        (
            "set_devices",
            json!({ "identity": key, "providers": [{ "id": "cpu", "gentle": false }] }),
        ),
        (
            "check_space",
            json!({ "identity": key, "extent": "sample" }),
        ),
        (
            "move_space",
            json!({ "identity": key, "folder": "/nonexistent" }),
        ),
        (
            "remove_space",
            json!({ "identity": key, "typedName": "x", "removeKey": true }),
        ),
        ("create_identity", json!({ "name": "../x" })),
        ("import_identity", json!({ "source": file, "name": "x" })),
        (
            "edit_identity",
            json!({ "identity": key, "name": "x", "coinbase": address, "nonces": 16, "threads": 1 }),
        ),
        (
            "change_settings",
            json!({ "gentleFrom": "22:00", "autoLockMinutes": 5, "theme": "dark", "defaultCoinbase": "" }),
        ),
        (
            "inspect_config",
            json!({ "network": "testnet", "config": file }),
        ),
        (
            "choose_network",
            json!({ "network": "own", "config": file }),
        ),
        (
            "browse_folder",
            json!({ "path": "/nonexistent", "files": true }),
        ),
        ("dismiss_notice", json!({ "notice": "x" })),
    ]
}

async fn is_answered(app: &App, name: &str, args: &str) {
    if let Err(error) = app.call_json(name, args).await {
        assert_ne!(error.code, ErrorCode::Internal, "{name} with {args:.200}");
        assert!(
            !error.message.is_empty() && !error.cost.is_empty() && !error.remedy.is_empty(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn every_command_answers_nonsense_with_an_error_of_its_own() {
    let desk = Desk::with_wallet().await;
    let names = || {
        commands()
            .iter()
            .map(|info| info.name)
            .filter(|name| !SLOW.contains(name))
    };
    for name in names().filter(|name| !["lock", "system_sleeps"].contains(name)) {
        for args in [
            "",
            "null",
            "[]",
            "{",
            "\"text\"",
            "{\"a\":1}",
            &"[".repeat(100_000),
        ] {
            is_answered(&desk.app, name, args).await;
        }
    }
    for (name, args) in whole() {
        is_answered(&desk.app, name, &args.to_string()).await;
        for field in args.as_object().unwrap().keys() {
            for value in values() {
                let mut changed = args.clone();
                changed[field] = value;
                is_answered(&desk.app, name, &changed.to_string()).await;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn files_of_any_bytes_are_refused_by_every_intake(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let desk = Desk::new();
            use base64::Engine as _;
            let source = json!({ "kind": "content", "name": "file", "base64": base64::engine::general_purpose::STANDARD.encode(&bytes) });
            for (name, args) in [
                ("inspect_wallet", json!({ "source": source })),
                ("import_identity", json!({ "source": source })),
                ("inspect_config", json!({ "config": source })),
                ("import_transaction", json!({ "sources": [source], "inspectOnly": true })),
            ] {
                is_answered(&desk.app, name, &args.to_string()).await;
            }
            is_answered(&desk.app, "verify_text", &json!({ "json": String::from_utf8_lossy(&bytes) }).to_string()).await;
        });
    }
}
