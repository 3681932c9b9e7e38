//! Secrets are searched for where they must not be: answers, changes, logs, files, arguments.

use std::{
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use crate::desk::{Desk, PASSWORD, WORDS, text};

/// Everything that was said aloud.
#[derive(Clone, Default)]
struct Loud(Arc<Mutex<Vec<u8>>>);

impl Write for Loud {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The first secret key of the known words (12, Known answers), and one that is pasted.
const SECRET_KEY: &str = "cd85df73aa3bc31de2f0b69bb1421df7eb0cdca7cb170a457869ab337749dae1";
const PASTED_KEY: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const NEW_PASSWORD: &str = "zanzibar umbrella 77";
const WRONG_PASSWORD: &str = "hippopotamus 123";

/// Whether a text holds a secret: a password, a key, or three words in a row.
fn secret_in(bytes: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    // JSON puts quotes and commas between words.
    let plain: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let raw = |key: &str| {
        let mut bytes = [0; 32];
        hex::decode_to_slice(key, &mut bytes).unwrap();
        bytes
    };
    let holds = |key: &'static str| {
        text.contains(key) || bytes.windows(32).any(|window| window == raw(key))
    };
    if holds(SECRET_KEY) {
        return Some("the secret key");
    }
    if holds(PASTED_KEY) {
        return Some("the pasted key");
    }
    for password in [PASSWORD, NEW_PASSWORD, WRONG_PASSWORD] {
        if text.contains(password) {
            return Some("a password");
        }
    }
    let words: Vec<&str> = WORDS.split(' ').collect();
    words
        .windows(3)
        .any(|three| plain.contains(&three.join(" ")))
        .then_some("words")
}

fn search_files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            search_files(&path, found);
        } else if let Some(what) = secret_in(&std::fs::read(&path).unwrap()) {
            found.push(format!("{what} in {}", path.display()));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = entry.metadata().unwrap().permissions().mode();
            if path
                .extension()
                .is_some_and(|ending| ending == "key" || ending == "wallet" || ending == "bak")
            {
                assert_eq!(mode & 0o077, 0, "{} is readable by others", path.display());
            }
        }
    }
}

#[tokio::test]
async fn no_secret_leaves_but_on_the_two_screens_that_show_it() {
    let loud = Loud::default();
    let writer = loud.clone();
    // Everything that any crate says at any level, on the threads of the runtime too.
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let desk = Desk::new();
    let mut changes = desk.app.subscribe();
    let mut said = Vec::new();
    let mut ask = async |name: &str, args: Value| {
        let answer = match desk.app.call(name, args).await {
            Ok(answer) => answer,
            Err(error) => serde_json::to_value(error).unwrap(),
        };
        said.push((name.to_owned(), answer.to_string()));
        answer
    };
    ask("check_words", json!({ "words": WORDS })).await;
    ask(
        "check_words",
        json!({ "words": WORDS.replace("inch", "inhc") }),
    )
    .await;
    ask("restore_wallet", json!({ "name": "Savings", "password": PASSWORD, "words": WORDS.replace("inch", "inhc"), "accounts": 1 })).await;
    ask(
        "restore_wallet",
        json!({ "name": "Savings", "password": PASSWORD, "words": WORDS, "accounts": 2 }),
    )
    .await;
    ask(
        "restore_wallet",
        json!({ "name": "Savings", "password": PASSWORD, "words": WORDS, "accounts": 1 }),
    )
    .await;
    let shown_words = desk
        .call("show_words", json!({ "password": PASSWORD }))
        .await;
    let accounts = ask("accounts", json!({})).await;
    let address = text(&accounts, "/accounts/0/address/plain");
    let shown_key = desk
        .call(
            "show_secret_key",
            json!({ "key": address, "password": PASSWORD }),
        )
        .await;
    ask("words_quiz", json!({})).await;
    ask(
        "confirm_words",
        json!({ "answers": [{ "position": 1, "word": "film" }] }),
    )
    .await;
    ask(
        "import_secret_key",
        json!({ "name": "Paper", "secretKey": PASTED_KEY, "password": PASSWORD }),
    )
    .await;
    ask(
        "import_secret_key",
        json!({ "name": "Paper", "secretKey": format!("{PASTED_KEY}zz"), "password": PASSWORD }),
    )
    .await;
    ask("show_words", json!({ "password": WRONG_PASSWORD })).await;
    ask(
        "show_words",
        json!({ "password": WRONG_PASSWORD, "unknown": PASSWORD }),
    )
    .await;
    ask("password_strength", json!({ "password": PASSWORD })).await;
    ask(
        "add_single_account",
        json!({ "name": "Third", "password": PASSWORD }),
    )
    .await;
    let action = json!({ "kind": "spend", "destination": address, "amount": "1" });
    let transaction = ask(
        "prepare_transaction",
        json!({ "account": address, "action": action, "nonce": "0", "gasPrice": "1" }),
    )
    .await;
    ask(
        "sign_transaction",
        json!({ "transaction": transaction["id"], "password": PASSWORD }),
    )
    .await;
    ask(
        "sign_text",
        json!({ "key": address, "text": "hello", "password": PASSWORD }),
    )
    .await;
    ask(
        "change_password",
        json!({ "password": PASSWORD, "newPassword": NEW_PASSWORD }),
    )
    .await;
    ask("download_backup", json!({ "password": NEW_PASSWORD })).await;
    ask("create_identity", json!({})).await;
    for query in [
        "session",
        "wallets",
        "accounts",
        "transactions",
        "contacts",
        "smeshing",
        "settings",
        "notices",
        "report",
        "about",
        "effective_config",
    ] {
        ask(query, json!({})).await;
    }
    ask("lock", json!({})).await;
    let wallet = text(&ask("wallets", json!({})).await, "/0/id");
    ask(
        "unlock",
        json!({ "wallet": wallet, "password": WRONG_PASSWORD }),
    )
    .await;
    ask(
        "unlock",
        json!({ "wallet": wallet, "password": NEW_PASSWORD }),
    )
    .await;

    // The search itself works: it finds what the two screens show.
    assert_eq!(secret_in(shown_words.to_string().as_bytes()), Some("words"));
    assert_eq!(
        secret_in(shown_key.to_string().as_bytes()),
        Some("the secret key")
    );

    for (name, answer) in &said {
        assert_eq!(
            secret_in(answer.as_bytes()),
            None,
            "in the answer of {name}"
        );
    }
    while let Some(change) = changes.try_next() {
        let change = serde_json::to_string(&change).unwrap();
        assert_eq!(secret_in(change.as_bytes()), None, "in a change: {change}");
    }
    let log = loud.0.lock().unwrap().clone();
    assert!(
        log.len() > 500,
        "nothing was logged, so nothing was searched"
    );
    assert_eq!(secret_in(&log), None, "in the log");
    let mut found = Vec::new();
    search_files(&desk.data(), &mut found);
    assert!(found.is_empty(), "{found:?}");
    // Key files hold the key of an identity, for their owner only; nothing else does.
    let identity =
        std::fs::read_to_string(desk.data().join("identities").join("local.key")).unwrap();
    assert!(
        !String::from_utf8_lossy(&log).contains(&identity[..64])
            && said
                .iter()
                .all(|(_, answer)| !answer.contains(&identity[..64]))
    );
    #[cfg(target_os = "linux")]
    assert_eq!(
        secret_in(&std::fs::read("/proc/self/cmdline").unwrap()),
        None,
        "in the arguments"
    );
}
