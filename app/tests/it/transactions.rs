//! Offline payments: prepared, reviewed, signed, carried, merged; and signed texts.

use serde_json::{Value, json};

use crate::desk::{Desk, PASSWORD, text};

const DESTINATION: &str = "sm1qqqqqqylyl2l0zsmmax0wnutt4dwnrkcwef5eeq3xladz";

async fn spend(desk: &Desk, account: &str, nonce: &str) -> Value {
    let action = json!({ "kind": "spend", "destination": DESTINATION, "amount": "12500000000" });
    desk.call("prepare_transaction", json!({ "account": account, "action": action, "nonce": nonce, "gasPrice": "1", "note": "for tea" })).await
}

#[tokio::test]
async fn a_payment_is_reviewed_from_its_bytes_and_signed_with_the_password() {
    let desk = Desk::with_wallet().await;
    let from = desk.first_address().await;
    let prepared = spend(&desk, &from, "7").await;
    let line = |key: &str| {
        let lines = prepared["lines"].as_array().unwrap();
        lines
            .iter()
            .find(|line| line["key"] == key)
            .map(|line| text(line, "/value"))
            .unwrap_or_else(|| panic!("{key} in {lines:?}"))
    };
    assert_eq!(
        (line("from"), line("to"), line("nonce")),
        (from.clone(), DESTINATION.into(), "7".into())
    );
    assert!(line("amount").contains("12.5"));
    assert_eq!(
        line("genesis_id"),
        "9eebff023abb17ccb775c602daade8ed708f0a50"
    );
    assert_eq!(
        (
            prepared["complete"].clone(),
            text(&prepared, "/note"),
            text(&prepared, "/signatures/0/state")
        ),
        (json!(false), "for tea".into(), "can_sign".into())
    );
    let sign =
        |password: Option<&str>| json!({ "transaction": prepared["id"], "password": password });
    assert_eq!(
        desk.refused("sign_transaction", sign(None)).await,
        "password_needed"
    );
    assert_eq!(
        desk.refused("sign_transaction", sign(Some("wrong password")))
            .await,
        "wrong_password"
    );
    let signed = desk.call("sign_transaction", sign(Some(PASSWORD))).await;
    assert_eq!(
        (
            signed["complete"].clone(),
            signed["id"].clone(),
            text(&signed, "/note")
        ),
        (json!(true), prepared["id"].clone(), "for tea".into())
    );
    assert_eq!(
        desk.refused("sign_transaction", sign(Some(PASSWORD))).await,
        "signature_exists"
    );
    let exported = desk
        .call(
            "export_transaction",
            json!({ "transaction": prepared["id"] }),
        )
        .await;
    assert_eq!(
        text(&exported, "/text"),
        format!("0x{}", text(&signed, "/rawHex"))
    );
    assert!(
        text(&exported, "/file/fileName").starts_with("tx-signed-")
            && exported["qrSvg"].is_string()
    );
}

#[tokio::test]
async fn transactions_stay_over_a_restart_and_are_forgotten_on_wish() {
    let desk = Desk::with_wallet().await;
    let id = text(&spend(&desk, &desk.first_address().await, "0").await, "/id");
    let folder = desk.folder.clone();
    desk.app.stop();
    drop(desk);
    let desk = Desk::at(folder);
    let wallet = text(&desk.ask("session").await, "/lastWallet");
    desk.call("unlock", json!({ "wallet": wallet, "password": PASSWORD }))
        .await;
    assert_eq!(text(&desk.ask("transactions").await, "/0/id"), id);
    desk.call("choose_network", json!({ "network": "testnet" }))
        .await;
    assert_eq!(
        desk.ask("transactions").await,
        json!([]),
        "a transaction belongs to its network"
    );
    desk.call("choose_network", json!({ "network": "mainnet" }))
        .await;
    desk.call("discard_transaction", json!({ "transaction": id }))
        .await;
    assert_eq!(
        desk.refused("discard_transaction", json!({ "transaction": id }))
            .await,
        "transaction_not_found"
    );
}

#[tokio::test]
async fn two_members_on_two_computers_complete_a_payment_of_their_club() {
    // Three wallets, one key each; the account file travels.
    let mut desks = Vec::new();
    let mut keys = Vec::new();
    for name in ["Ann", "Ben", "Cid"] {
        let desk = Desk::new();
        desk.call(
            "create_wallet",
            json!({ "name": name, "password": PASSWORD, "wordCount": 12 }),
        )
        .await;
        keys.push(text(&desk.ask("accounts").await, "/keys/0/publicKey"));
        desks.push(desk);
    }
    let club = json!({ "name": "Club", "template": "multisig", "required": 2, "members": keys });
    let mut address = String::new();
    for desk in &desks {
        address = text(
            &desk.call("add_shared_account", club.clone()).await,
            "/address/plain",
        );
    }
    let (ann, ben, cid) = (&desks[0], &desks[1], &desks[2]);
    let prepared = spend(ann, &address, "5").await;
    assert!(text(&prepared, "/title/text").ends_with("waits for 2 signatures"));
    let sign = json!({ "transaction": prepared["id"], "password": PASSWORD });
    let half = ann.call("sign_transaction", sign.clone()).await;
    assert_eq!(
        (half["present"].clone(), half["complete"].clone()),
        (json!(1), json!(false))
    );
    let from_ann = text(
        &ann.call(
            "export_transaction",
            json!({ "transaction": prepared["id"] }),
        )
        .await,
        "/text",
    );

    // Ben signs the unsigned one, Cid merges both files; the trailing line end of an editor is fine.
    let unsigned = format!("{}\n", text(&prepared, "/rawHex"));
    let at_ben = ben
        .call(
            "import_transaction",
            json!({ "sources": [{ "kind": "text", "text": unsigned }] }),
        )
        .await;
    assert_eq!(at_ben["id"], prepared["id"]);
    ben.call("sign_transaction", sign.clone()).await;
    let from_ben = text(
        &ben.call(
            "export_transaction",
            json!({ "transaction": prepared["id"] }),
        )
        .await,
        "/text",
    );
    let sources =
        json!([{ "kind": "text", "text": from_ann }, { "kind": "text", "text": from_ben }]);
    let merged = cid
        .call("import_transaction", json!({ "sources": sources }))
        .await;
    assert_eq!(
        (merged["present"].clone(), merged["complete"].clone()),
        (json!(2), json!(true))
    );
    assert_eq!(text(&merged, "/signatures/2/state"), "not_needed");
    assert_eq!(
        cid.refused("sign_transaction", sign).await,
        "signature_exists"
    );

    // Looked at without a wallet: readable, unchecked.
    let stranger = Desk::new();
    let looked = stranger
        .call(
            "import_transaction",
            json!({ "sources": [{ "kind": "text", "text": from_ann }], "inspectOnly": true }),
        )
        .await;
    assert_eq!(
        (
            text(&looked, "/destination"),
            text(&looked, "/warnings/0/key")
        ),
        (DESTINATION.into(), "transaction.unknown_account".into())
    );
    assert_eq!(
        stranger
            .refused(
                "import_transaction",
                json!({ "sources": [{ "kind": "text", "text": from_ann }] })
            )
            .await,
        "locked"
    );

    // A signature with one bit changed is named and left out.
    let mut altered = from_ann.clone();
    let last = altered.pop().unwrap();
    altered.push(if last == '0' { '1' } else { '0' });
    let rejected = ben
        .call(
            "import_transaction",
            json!({ "sources": [{ "kind": "text", "text": altered }], "inspectOnly": true }),
        )
        .await;
    assert_eq!(
        (
            text(&rejected, "/signatures/0/state"),
            rejected["present"].clone()
        ),
        ("invalid".into(), json!(0))
    );
    let other = spend(ann, &address, "6").await;
    let different = json!([{ "kind": "text", "text": from_ann }, { "kind": "text", "text": text(&other, "/rawHex") }]);
    assert_eq!(
        ann.refused("import_transaction", json!({ "sources": different }))
            .await,
        "transaction_mismatch"
    );
}

#[tokio::test]
async fn accounts_are_activated_and_vaults_drained_by_their_owner_only() {
    let desk = Desk::with_wallet().await;
    let from = desk.first_address().await;
    let prepare = |account: &str, action: Value| json!({ "account": account, "action": action, "nonce": "0", "gasPrice": "1" });
    let activation = desk
        .call(
            "prepare_transaction",
            prepare(&from, json!({ "kind": "activate" })),
        )
        .await;
    assert_eq!(
        (text(&activation, "/method"), text(&activation, "/fee")),
        ("spawn".into(), "100432".into()),
        "12 §4.1"
    );
    let key = text(&desk.ask("accounts").await, "/keys/0/publicKey");
    let owner = desk
        .call(
            "add_shared_account",
            json!({ "name": "Owner", "template": "vesting", "required": 1, "members": [key] }),
        )
        .await;
    let owner = text(&owner, "/address/plain");
    let vault = json!({ "name": "Vault", "owner": owner, "total": "4000", "initialUnlock": "1000", "vestingStart": 105_120, "vestingEnd": 420_480 });
    let vault = text(
        &desk.call("add_vault_account", vault).await,
        "/address/plain",
    );
    let spawned = desk
        .call(
            "prepare_transaction",
            prepare(&owner, json!({ "kind": "activate_other", "target": vault })),
        )
        .await;
    assert_eq!(text(&spawned, "/method"), "spawn");
    let drain = json!({ "kind": "drain", "vault": vault, "destination": from, "amount": "10" });
    assert_eq!(
        text(
            &desk
                .call("prepare_transaction", prepare(&owner, drain.clone()))
                .await,
            "/method"
        ),
        "drain"
    );
    assert_eq!(
        desk.refused("prepare_transaction", prepare(&from, drain))
            .await,
        "action_not_possible"
    );
    let from_vault = json!({ "kind": "spend", "destination": from, "amount": "10" });
    assert_eq!(
        desk.refused("prepare_transaction", prepare(&vault, from_vault))
            .await,
        "action_not_possible"
    );
}

#[tokio::test]
async fn nonsense_is_no_transaction() {
    let desk = Desk::with_wallet().await;
    for nonsense in ["", "0x", "hello", "0x0", "00", &"ab".repeat(9000)] {
        let error = desk
            .refused(
                "import_transaction",
                json!({ "sources": [{ "kind": "text", "text": nonsense }] }),
            )
            .await;
        assert!(
            error == "not_a_transaction" || error == "too_large",
            "{nonsense:.20}: {error}"
        );
    }
    assert_eq!(
        desk.refused("import_transaction", json!({ "sources": [] }))
            .await,
        "bad_arguments"
    );
}

#[tokio::test]
async fn a_signed_text_proves_the_key_and_an_altered_one_nothing() {
    let desk = Desk::with_wallet().await;
    let address = desk.first_address().await;
    let signed = desk
        .call(
            "sign_text",
            json!({ "key": address, "text": "I am here", "password": PASSWORD }),
        )
        .await;
    assert_eq!(text(&signed, "/text"), "Message:I am here");
    let verified = desk
        .call("verify_text", json!({ "json": signed["json"] }))
        .await;
    assert_eq!(
        (
            verified["valid"].clone(),
            text(&verified, "/address"),
            text(&verified, "/form")
        ),
        (json!(true), address, "prefixed".into())
    );
    let altered = text(&signed, "/json").replace("here", "gone");
    assert_eq!(
        desk.call("verify_text", json!({ "json": altered })).await["valid"],
        false
    );
    assert_eq!(
        desk.refused("verify_text", json!({ "json": "{}" })).await,
        "not_a_signed_text"
    );
}
