//! `spacemesh wallet`.

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use crate::program::{PASSWORD, Program};

/// Words and address of a known answer (12, "Keys").
fn known() -> (String, String) {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/12-keys.json");
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let (words, address) =
        find_known(&file).expect("the vectors hold words and their first address");
    (words, address)
}

/// The first object that holds words and, somewhere below, an `sm1` address.
fn find_known(value: &Value) -> Option<(String, String)> {
    match value {
        Value::Object(map) => {
            let words = map
                .values()
                .filter_map(Value::as_str)
                .find(|text| text.split(' ').count() >= 12 && !text.contains('.'));
            let address = words.and_then(|_| find_address(value));
            match (words, address) {
                (Some(words), Some(address)) => Some((words.to_owned(), address)),
                _ => map.values().find_map(find_known),
            }
        }
        Value::Array(list) => list.iter().find_map(find_known),
        _ => None,
    }
}

fn find_address(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.starts_with("sm1") => Some(text.clone()),
        Value::Object(map) => map.values().find_map(find_address),
        Value::Array(list) => list.iter().find_map(find_address),
        _ => None,
    }
}

#[test]
fn words_of_a_known_answer_give_its_address() {
    let program = Program::new();
    let (words, address) = known();
    let file = program.path("words");
    fs::write(&file, words).unwrap();
    let made = program.wallet_json(&["restore", "Known", "--words-file", file.to_str().unwrap()]);
    assert_eq!(
        made["accounts"][0]["address"]["plain"],
        Value::from(address)
    );
    assert!(
        made.get("words").is_none(),
        "words that were typed are not printed"
    );
}

#[test]
fn a_new_wallet_shows_its_words_once_and_they_restore_the_same_address() {
    let program = Program::new();
    let made = program.wallet_json(&["create", "First"]);
    let words: Vec<&str> = made["words"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect();
    assert_eq!(words.len(), 24);
    let accounts = program.wallet_json(&["accounts", "--wallet", "First"]);
    assert!(!accounts.to_string().contains(&words[..3].join(" ")));
    let file = program.path("words");
    fs::write(&file, words.join(" ")).unwrap();
    let again = program.wallet_json(&["restore", "Second", "--words-file", file.to_str().unwrap()]);
    assert_eq!(
        again["accounts"][0]["address"]["plain"],
        made["accounts"][0]["address"]["plain"]
    );
    let shown = program.wallet_json(&["show-words", "--wallet", "First"]);
    assert_eq!(shown["words"], made["words"]);
}

#[test]
fn a_wrong_or_missing_password_ends_with_4_and_is_never_an_argument() {
    let program = Program::new();
    program.wallet_json(&["create", "Mine"]);
    let wrong = program.path("wrong");
    fs::write(&wrong, "not the password\n").unwrap();
    let run = program
        .run([
            "wallet",
            "accounts",
            "--password-file",
            wrong.to_str().unwrap(),
            "--json",
        ])
        .ends(4);
    assert_eq!(run.json()["error"]["code"], "wrong_password");
    program.run(["wallet", "accounts"]).ends(4);
    program
        .run(["wallet", "accounts", "--password", PASSWORD])
        .ends(2);
}

#[test]
fn a_payment_is_built_signed_exported_and_read_again() {
    let program = Program::new();
    let made = program.wallet_json(&["create", "Mine"]);
    let address = made["accounts"][0]["address"]["plain"]
        .as_str()
        .unwrap()
        .to_owned();
    let built = program.wallet_json(&[
        "tx", "spend", "--from", &address, "--to", &address, "--amount", "1.5SMH", "--nonce", "7",
    ]);
    assert_eq!(built["amount"], "1500000000");
    assert_eq!(built["complete"], false);
    let id = built["id"].as_str().unwrap();
    let signed = program.wallet_json(&["tx", "sign", id]);
    assert_eq!(signed["complete"], true);
    let file = program.path("payment.hex");
    let id = signed["id"].as_str().unwrap();
    program
        .wallet(&["tx", "export", id, "--out", file.to_str().unwrap()])
        .ends(0);
    let seen = program.wallet_json(&["tx", "inspect", file.to_str().unwrap()]);
    assert_eq!(seen["nonce"], "7");
    let imported = program.wallet_json(&["tx", "import", file.to_str().unwrap()]);
    assert_eq!(imported["transactionId"], signed["transactionId"]);
    fs::write(&file, "00zz").unwrap();
    let refused = program
        .wallet(&["tx", "inspect", file.to_str().unwrap(), "--json"])
        .ends(3);
    assert_eq!(refused.json()["error"]["code"], "not_a_transaction");
}

#[test]
fn a_signed_text_verifies_until_a_letter_changes() {
    let program = Program::new();
    program.wallet_json(&["create", "Mine"]);
    let keys = program.wallet_json(&["accounts"]);
    let key = keys["keys"][0]["publicKey"].as_str().unwrap().to_owned();
    let signed = program.wallet_json(&["sign-text", "--key", &key, "hello world"]);
    let file = program.path("signed.json");
    let document = signed["json"].as_str().unwrap();
    fs::write(&file, document).unwrap();
    let verified = program.wallet_json(&["verify-text", file.to_str().unwrap()]);
    assert_eq!(
        verified["publicKey"]
            .as_str()
            .unwrap()
            .trim_start_matches("0x"),
        key
    );
    fs::write(&file, document.replace("hello", "hallo")).unwrap();
    program
        .wallet(&["verify-text", file.to_str().unwrap()])
        .ends(6);
}

#[test]
fn a_wallet_is_deleted_only_when_its_name_is_given_again() {
    let program = Program::new();
    program.wallet_json(&["create", "Mine"]);
    program.wallet(&["delete"]).ends(2);
    program.wallet(&["delete", "--confirm", "Other"]).ends(3);
    program.wallet(&["delete", "--confirm", "Mine"]).ends(0);
    let left = program.wallet_json(&["list"]);
    assert_eq!(left["wallets"], serde_json::json!([]));
}

#[test]
fn two_programs_do_not_share_a_data_folder() {
    let program = Program::new();
    program.wallet_json(&["create", "Mine"]);
    let mut server = program
        .command(["app", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(
        &mut std::io::BufReader::new(server.stdout.take().unwrap()),
        &mut line,
    )
    .unwrap();
    let listening: Value = serde_json::from_str(&line).unwrap();
    assert!(
        listening["address"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
    let run = program.wallet(&["accounts", "--json"]);
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(run.ends(10).json()["error"]["code"], "data_folder_in_use");
}
