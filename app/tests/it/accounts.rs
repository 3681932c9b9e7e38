//! Accounts of every template, addresses, contacts.

use serde_json::{Value, json};

use crate::desk::{Desk, PASSWORD, text};

/// A genesis vault of mainnet (01 §5.2).
const VAULT: &str = "sm1qqqqqqylyl2l0zsmmax0wnutt4dwnrkcwef5eeq3xladz";

async fn members(desk: &Desk) -> Vec<String> {
    for name in ["Second", "Third"] {
        desk.call(
            "add_single_account",
            json!({ "name": name, "password": PASSWORD }),
        )
        .await;
    }
    desk.ask("accounts").await["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| text(key, "/publicKey"))
        .collect()
}

#[tokio::test]
async fn a_further_key_takes_the_next_path_and_never_one_that_was_used() {
    let desk = Desk::with_wallet().await;
    let second = desk
        .call(
            "add_single_account",
            json!({ "name": "Second", "password": PASSWORD }),
        )
        .await;
    assert_eq!(text(&second, "/path"), "m/44'/540'/0'/0'/1'");
    desk.call("remove_account", json!({ "account": second["id"] }))
        .await;
    let third = desk
        .call(
            "add_single_account",
            json!({ "name": "Third", "password": PASSWORD }),
        )
        .await;
    assert_eq!(text(&third, "/path"), "m/44'/540'/0'/0'/2'");
    assert_eq!(
        desk.refused(
            "add_single_account",
            json!({ "name": "X", "path": "m/44'/540'/0", "password": PASSWORD })
        )
        .await,
        "invalid_path"
    );
    assert_eq!(
        desk.refused(
            "add_single_account",
            json!({ "name": "X", "password": "wrong password" })
        )
        .await,
        "wrong_password"
    );
}

#[tokio::test]
async fn a_shared_account_has_the_previewed_address_and_the_order_counts() {
    let desk = Desk::with_wallet().await;
    let keys = members(&desk).await;
    let args = |keys: Vec<String>| json!({ "name": "Club", "template": "multisig", "required": 2, "members": keys });
    let preview = desk
        .call("preview_shared_account", args(keys.clone()))
        .await;
    let mut turned = keys.clone();
    turned.reverse();
    assert_ne!(
        preview["address"],
        desk.call("preview_shared_account", args(turned)).await["address"]
    );
    let account = desk.call("add_shared_account", args(keys.clone())).await;
    assert_eq!(account["address"], preview["address"]);
    assert_eq!(
        (
            account["required"].clone(),
            account["members"].as_array().unwrap().len(),
            account["canSign"].clone()
        ),
        (json!(2), 3, json!(true))
    );
    assert_eq!(
        desk.refused("add_shared_account", args(keys.clone())).await,
        "account_exists"
    );
    assert_eq!(
        desk.refused(
            "add_shared_account",
            args(vec![keys[0].clone(), keys[0].clone()])
        )
        .await,
        "invalid_members"
    );
    assert_eq!(
        desk.refused("add_shared_account", args(vec!["12".into()]))
            .await,
        "invalid_key"
    );
    assert_eq!(
        desk.refused(
            "add_shared_account",
            json!({ "name": "C", "template": "vesting", "required": 4, "members": keys })
        )
        .await,
        "invalid_members"
    );
}

#[tokio::test]
async fn an_account_file_carries_an_account_to_another_wallet() {
    let desk = Desk::with_wallet().await;
    let keys = members(&desk).await;
    let account = desk
        .call(
            "add_shared_account",
            json!({ "name": "Club", "template": "vesting", "required": 1, "members": keys }),
        )
        .await;
    let file = desk
        .call("export_account", json!({ "account": account["id"] }))
        .await;
    let other = Desk::new();
    other
        .call(
            "create_watch_wallet",
            json!({ "name": "W", "password": PASSWORD, "addresses": [VAULT] }),
        )
        .await;
    let source = json!({ "kind": "content", "name": file["fileName"], "base64": file["base64"] });
    let taken = other
        .call("import_account", json!({ "source": source }))
        .await;
    assert_eq!(
        (
            taken["address"].clone(),
            text(&taken, "/name"),
            taken["canSign"].clone()
        ),
        (account["address"].clone(), "Club".into(), json!(false))
    );
    assert_eq!(
        other
            .refused(
                "import_account",
                json!({ "source": { "kind": "text", "text": "{}" } })
            )
            .await,
        "not_an_account_file"
    );
}

#[tokio::test]
async fn a_vault_tells_what_is_unlocked_at_the_next_layer() {
    let desk = Desk::with_wallet().await;
    let keys = members(&desk).await;
    let owner = desk
        .call(
            "add_shared_account",
            json!({ "name": "Owner", "template": "vesting", "required": 2, "members": keys }),
        )
        .await;
    let owner = text(&owner, "/address/plain");
    let proposal = desk
        .call("propose_vault", json!({ "address": owner }))
        .await;
    assert_eq!(
        (
            proposal["genesisOwner"].clone(),
            proposal["vestingStart"].clone(),
            proposal["vestingEnd"].clone()
        ),
        (json!(false), json!(105_120), json!(420_480))
    );
    let args = json!({ "name": "Vault", "owner": owner, "total": "1000000000000", "initialUnlock": "250000000000", "vestingStart": 105_120, "vestingEnd": 420_480 });
    let vault = desk.call("add_vault_account", args).await;
    // Next layer 352,303 by the clock: 10^12 × (352,303 − 105,120) / 315,360, rounded down.
    assert_eq!(
        text(&vault, "/vault/unlocked"),
        (1_000_000_000_000u128 * (352_303 - 105_120) / 315_360).to_string()
    );
    let wrong = json!({ "name": "V", "owner": owner, "total": "1", "initialUnlock": "2", "vestingStart": 1, "vestingEnd": 2 });
    assert_eq!(
        desk.refused("add_vault_account", wrong).await,
        "invalid_vault"
    );
}

#[tokio::test]
async fn a_pasted_secret_key_signs_and_is_marked_as_not_recoverable() {
    let desk = Desk::with_wallet().await;
    let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let account = desk
        .call(
            "import_secret_key",
            json!({ "name": "Paper", "secretKey": secret, "password": PASSWORD }),
        )
        .await;
    assert_eq!(
        (text(&account, "/marks/0/kind"), account["canSign"].clone()),
        ("not_recoverable".into(), json!(true))
    );
    let shown = desk
        .call(
            "show_secret_key",
            json!({ "key": account["publicKey"], "password": PASSWORD }),
        )
        .await;
    assert!(text(&shown, "/secretKey").starts_with(secret));
    assert_eq!(
        desk.refused(
            "import_secret_key",
            json!({ "name": "P", "secretKey": "zz", "password": PASSWORD })
        )
        .await,
        "invalid_key"
    );
}

#[tokio::test]
async fn each_fault_of_an_address_has_its_own_words() {
    let desk = Desk::new();
    let check = async |text: &str| desk.call("check_address", json!({ "address": text })).await;
    assert_eq!(check(VAULT).await["valid"], true);
    let spaced: String = VAULT
        .chars()
        .collect::<Vec<_>>()
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ");
    assert_eq!(
        check(&spaced).await["valid"],
        true,
        "as it is shown, it can be typed"
    );
    let fault = |value: Value| (text(&value, "/fault"), text(&value, "/message/text"));
    assert_eq!(
        fault(check(&VAULT[..44]).await),
        ("too_short".into(), "Too short: 44 of 48 characters.".into())
    );
    let typo = VAULT.replacen("0zsm", "0zqm", 1);
    assert_eq!(
        fault(check(&typo).await),
        (
            "checksum".into(),
            format!(
                "Checksum wrong: look at group {}.",
                (typo.find("0zqm").unwrap() + 2) / 4 + 1
            )
        )
    );
    assert_eq!(fault(check("hello").await).0, "not_an_address");
    desk.call("choose_network", json!({ "network": "testnet" }))
        .await;
    assert_eq!(
        fault(check(VAULT).await),
        (
            "other_network".into(),
            "This is an address of another network (sm1), you are on Testnet.".into()
        )
    );
}

#[tokio::test]
async fn a_qr_holds_the_address_and_what_is_asked_for() {
    let desk = Desk::new();
    let plain = desk.call("address_qr", json!({ "address": VAULT })).await;
    assert_eq!(text(&plain, "/text"), VAULT);
    assert!(text(&plain, "/svg").starts_with("<svg"));
    let asking = desk
        .call(
            "address_qr",
            json!({ "address": VAULT, "amount": "12500000000", "message": "for tea & cake" }),
        )
        .await;
    assert_eq!(
        text(&asking, "/text"),
        format!("spacemesh:{VAULT}?amount=12500000000&message=for%20tea%20%26%20cake")
    );
}

#[tokio::test]
async fn amounts_are_read_exactly_or_not_at_all() {
    let desk = Desk::new();
    let read = async |text: &str, unit: &str| {
        desk.call("parse_amount", json!({ "text": text, "unit": unit }))
            .await
    };
    assert_eq!(text(&read("12.5", "smh").await, "/smidge"), "12500000000");
    assert_eq!(
        text(&read("9007199.254740993", "smh").await, "/smidge"),
        "9007199254740993",
        "no floating point in between"
    );
    assert_eq!(
        text(&read("1 000,5", "smh").await, "/smidge"),
        "1000500000000"
    );
    assert_eq!(
        text(&read("0.0000000001", "smh").await, "/message/text"),
        "Only 9 decimals exist."
    );
    assert_eq!(read("1.5", "smidge").await["smidge"], json!(null));
}

#[tokio::test]
async fn a_look_alike_is_only_saved_by_a_person_who_saw_the_warning() {
    let desk = Desk::with_wallet().await;
    let original = desk
        .call("add_contact", json!({ "name": "Bob", "address": VAULT }))
        .await;
    // The same last characters before the checksum: 20 bits at the end.
    let mut bytes = [0u8; 24];
    hex::decode_to_slice(text(&original, "/address/hex"), &mut bytes).unwrap();
    bytes[4] ^= 0xff;
    let twin = spacemesh_types::Address(bytes).to_bech32(&spacemesh_types::Hrp::MAINNET);
    let check = desk.call("check_address", json!({ "address": twin })).await;
    assert_eq!(text(&check, "/lookAlike/name"), "Bob");
    assert_eq!(
        desk.refused("add_contact", json!({ "name": "Bobby", "address": twin }))
            .await,
        "look_alike"
    );
    let added = desk
        .call(
            "add_contact",
            json!({ "name": "Bobby", "address": twin, "acceptLookAlike": true }),
        )
        .await;
    assert_eq!(text(&added, "/lookAlike/name"), "Bob");
    assert_eq!(
        desk.refused("add_contact", json!({ "name": "Again", "address": VAULT }))
            .await,
        "contact_exists"
    );
}

#[tokio::test]
async fn contacts_are_changed_kept_and_deleted() {
    let desk = Desk::with_wallet().await;
    let id = text(
        &desk
            .call(
                "add_contact",
                json!({ "name": "Bob", "address": VAULT, "note": "tea" }),
            )
            .await,
        "/id",
    );
    desk.call(
        "edit_contact",
        json!({ "contact": id, "name": "Robert", "address": VAULT, "note": "" }),
    )
    .await;
    desk.ask("lock").await;
    let wallet = text(&desk.ask("session").await, "/lastWallet");
    desk.call("unlock", json!({ "wallet": wallet, "password": PASSWORD }))
        .await;
    let contacts = desk.ask("contacts").await;
    assert_eq!(
        (text(&contacts, "/0/name"), text(&contacts, "/0/note")),
        ("Robert".into(), String::new())
    );
    assert_eq!(
        text(
            &desk
                .call("check_address", json!({ "address": VAULT }))
                .await,
            "/contact"
        ),
        "Robert"
    );
    desk.call("delete_contact", json!({ "contact": id })).await;
    assert_eq!(
        desk.refused("delete_contact", json!({ "contact": id }))
            .await,
        "contact_not_found"
    );
}
