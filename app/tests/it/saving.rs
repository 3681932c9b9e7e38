//! The process dies in the middle of saving a wallet: afterwards the wallet is the old one or the new one.

use std::process::Command;

use serde_json::json;

use crate::desk::{Desk, PASSWORD, text};

/// Points inside of one replacement, in order, and whether the new content is on the disk afterwards.
const POINTS: [(&str, bool); 5] = [
    ("replace.half_written", false),
    ("replace.written", false),
    ("replace.synced", false),
    ("replace.previous_kept", false),
    ("replace.renamed", true),
];

/// The other half of the tests below: run alone in a process of its own, which is ended at a point.
#[tokio::test]
async fn child() {
    let Some(folder) = std::env::var_os("SMAPP_TEST_DYING_CHILD") else {
        return;
    };
    let options = spacemesh_app::Options {
        data_folder: Some(folder.into()),
        kdf: Some(spacemesh_wallet::file::KdfParams::CHEAPEST),
        ..spacemesh_app::Options::default()
    };
    let app = spacemesh_app::App::open(options).unwrap();
    let wallet = text(&app.call("wallets", json!({})).await.unwrap(), "/0/id");
    app.call("unlock", json!({ "wallet": wallet, "password": PASSWORD }))
        .await
        .unwrap();
    let _ = app.call("rename_wallet", json!({ "name": "After" })).await;
}

#[tokio::test]
async fn a_wallet_survives_a_death_at_every_point_of_saving() {
    for (point, is_new) in POINTS {
        let desk = Desk::new();
        desk.call(
            "create_wallet",
            json!({ "name": "Before", "password": PASSWORD, "wordCount": 12 }),
        )
        .await;
        // A second version, so that a previous one is kept.
        desk.call("add_contact", json!({ "name": "Bob", "address": desk.first_address().await, "acceptLookAlike": true })).await;
        let folder = desk.folder.clone();
        let data = desk.data();
        drop(desk);
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "saving::child", "--nocapture"])
            .env("SMAPP_TEST_DYING_CHILD", &data)
            .env("SMAPP_FAULT", point)
            .output()
            .unwrap();
        assert!(!output.status.success(), "the child did not die at {point}");
        let desk = Desk::at(folder);
        let wallets = desk.ask("wallets").await;
        assert_eq!(
            (
                wallets.as_array().unwrap().len(),
                wallets[0]["problem"].clone()
            ),
            (1, json!(null)),
            "{point}: {wallets}"
        );
        desk.call(
            "unlock",
            json!({ "wallet": wallets[0]["id"], "password": PASSWORD }),
        )
        .await;
        let name = text(&desk.ask("session").await, "/name");
        assert_eq!(name, if is_new { "After" } else { "Before" }, "{point}");
        assert_eq!(
            desk.ask("contacts").await.as_array().unwrap().len(),
            1,
            "{point}"
        );
        let leftovers: Vec<String> = std::fs::read_dir(data.join("wallets"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with(".smapp-tmp"))
            .collect();
        assert!(leftovers.is_empty(), "{point}: {leftovers:?}");
    }
}
