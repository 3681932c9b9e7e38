//! Settings, networks, configuration, frame.

use serde_json::{Value, json};

use crate::desk::{Desk, text};

#[tokio::test]
async fn settings_stay_over_a_restart_and_wrong_ones_are_refused() {
    let desk = Desk::new();
    desk.call("change_settings", json!({ "theme": "dark", "autoLockMinutes": 15, "notifications": { "filled": { "shown": false, "sound": false } } })).await;
    for (args, field) in [
        (json!({ "autoLockMinutes": 3 }), "autoLockMinutes"),
        (json!({ "gentleFrom": "25:00" }), "gentleFrom"),
        (json!({ "defaultCoinbase": "sm1hello" }), "defaultCoinbase"),
    ] {
        let error = desk.app.call("change_settings", args).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field));
    }
    let folder = desk.folder.clone();
    drop(desk);
    let settings = Desk::at(folder).ask("settings").await;
    assert_eq!(
        (
            text(&settings, "/theme"),
            settings["autoLockMinutes"].clone()
        ),
        ("dark".into(), json!(15))
    );
    assert_eq!(settings["notifications"]["filled"]["shown"], false);
    assert_eq!(
        settings["notifications"]["locked"]["shown"], true,
        "what was not changed stays"
    );
}

#[tokio::test]
async fn damaged_settings_are_set_aside_and_told() {
    let desk = Desk::new();
    desk.call("change_settings", json!({ "theme": "dark" }))
        .await;
    let path = desk.data().join("settings.json");
    let folder = desk.folder.clone();
    drop(desk);
    std::fs::write(&path, "{ not json").unwrap();
    let desk = Desk::at(folder);
    assert_eq!(text(&desk.ask("settings").await, "/theme"), "system");
    assert!(
        desk.ask("notices")
            .await
            .as_array()
            .unwrap()
            .iter()
            .any(|notice| notice["id"] == "settings_damaged")
    );
    assert_eq!(
        std::fs::read_to_string(path.with_extension("json.damaged")).unwrap(),
        "{ not json"
    );
}

#[tokio::test]
async fn the_network_follows_the_clock_of_this_computer() {
    let desk = Desk::new();
    let network = desk.ask("network").await;
    assert_eq!(
        (
            network["layer"].clone(),
            network["epoch"].clone(),
            network["hasNode"].clone()
        ),
        (json!(352_302), json!(87), json!(false))
    );
    assert_eq!(
        text(&network, "/genesisId"),
        "9eebff023abb17ccb775c602daade8ed708f0a50"
    );
    assert_eq!(text(&network, "/epochStartsAt"), "2026-11-13T08:00:00Z");
    let window = network["windows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|window| window["kind"] == "proof_window")
        .cloned()
        .unwrap();
    let hours = |from: &str, to: &str| {
        (to.parse::<jiff::Timestamp>().unwrap().as_second()
            - from.parse::<jiff::Timestamp>().unwrap().as_second())
            / 3600
    };
    assert_eq!(
        hours(&text(&window, "/startsAt"), &text(&window, "/endsAt")),
        12
    );
    let mut changes = desk.app.subscribe();
    desk.app.tick();
    assert!(matches!(
        changes.try_next(),
        Some(spacemesh_app::Change::Layer {
            layer: 352_302,
            epoch: 87
        })
    ));
    desk.app.tick();
    assert!(changes.try_next().is_none(), "a layer is told once");
    desk.clock.advance(300);
    desk.app.tick();
    assert!(matches!(
        changes.try_next(),
        Some(spacemesh_app::Change::Layer { layer: 352_303, .. })
    ));
}

#[tokio::test]
async fn an_own_network_is_looked_at_with_its_differences_before_it_is_chosen() {
    let desk = Desk::new();
    let content = json!({
        "preset": "fastnet",
        "genesis": { "genesis-time": "2026-11-18T14:00:00Z", "genesis-extra-data": "mine" },
        "main": { "layers-per-epok": 10 }
    });
    let config = json!({ "kind": "text", "text": content.to_string() });
    let view = desk
        .call("inspect_config", json!({ "config": config }))
        .await;
    let entry = |key: &str| {
        view["entries"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["key"] == key)
            .cloned()
            .unwrap_or(Value::Null)
    };
    assert_eq!(
        (text(&view, "/preset"), view["usable"].clone()),
        ("fastnet".into(), json!(true))
    );
    assert_eq!(
        text(&entry("genesis.genesis-extra-data"), "/origin"),
        "file"
    );
    assert_eq!(
        text(&entry("genesis.genesis-extra-data"), "/presetValue"),
        "\"fastnet\""
    );
    assert_eq!(text(&entry("main.layer-duration"), "/origin"), "fastnet");
    assert!(
        text(&view, "/unknownKeys/0").contains("main.layers-per-epoch"),
        "the key that was meant is named"
    );
    let network = desk
        .call(
            "choose_network",
            json!({ "network": "own", "config": config }),
        )
        .await;
    assert_eq!(
        (text(&network, "/addressPrefix"), network["layer"].clone()),
        ("stest".into(), json!(128))
    );
    let folder = desk.folder.clone();
    drop(desk);
    let again = Desk::at(folder).ask("network").await;
    assert_eq!(again["genesisId"], network["genesisId"]);
}

#[tokio::test]
async fn a_network_that_can_not_be_is_refused_and_nothing_changes() {
    let desk = Desk::new();
    assert_eq!(
        desk.refused("choose_network", json!({ "network": "fastnet" }))
            .await,
        "config_invalid",
        "its genesis time is missing"
    );
    assert_eq!(
        desk.refused("choose_network", json!({ "network": "nonsense" }))
            .await,
        "unknown_network"
    );
    assert_eq!(
        desk.refused(
            "choose_network",
            json!({ "network": "own", "config": { "kind": "text", "text": "{" } })
        )
        .await,
        "config_invalid"
    );
    assert_eq!(text(&desk.ask("app_state").await, "/network"), "mainnet");
    let choices = desk.ask("networks").await;
    let available: Vec<String> = choices["networks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|choice| choice["available"] == true)
        .map(|choice| text(choice, "/id"))
        .collect();
    assert_eq!(available, ["mainnet", "testnet"]);
}

#[tokio::test]
async fn a_chosen_network_whose_file_is_gone_becomes_mainnet_with_a_notice() {
    let desk = Desk::new();
    let content = json!({ "genesis": { "genesis-time": "2026-11-18T14:00:00Z", "genesis-extra-data": "mine" } });
    desk.call(
        "choose_network",
        json!({ "network": "own", "config": { "kind": "text", "text": content.to_string() } }),
    )
    .await;
    let folder = desk.folder.clone();
    let file = desk.data().join("network.json");
    drop(desk);
    std::fs::write(file, "damaged").unwrap();
    let desk = Desk::at(folder);
    assert_eq!(text(&desk.ask("app_state").await, "/network"), "mainnet");
    assert!(
        desk.ask("notices")
            .await
            .as_array()
            .unwrap()
            .iter()
            .any(|notice| notice["id"] == "network_problem")
    );
}

#[tokio::test]
async fn a_second_app_on_the_same_folder_is_refused() {
    let desk = Desk::new();
    let options = spacemesh_app::Options {
        data_folder: Some(desk.data()),
        ..spacemesh_app::Options::default()
    };
    assert_eq!(
        spacemesh_app::App::open(options)
            .err()
            .map(|error| error.code.name())
            .as_deref(),
        Some("data_folder_in_use")
    );
}

#[tokio::test]
async fn closing_asks_only_if_something_runs() {
    let desk = Desk::new();
    assert_eq!(text(&desk.ask("close_question").await, "/action"), "quit");
    desk.call("change_settings", json!({ "closeButton": "tray" }))
        .await;
    assert_eq!(text(&desk.ask("close_question").await, "/action"), "tray");
}

#[tokio::test]
async fn a_report_names_no_address_and_no_folder() {
    let desk = Desk::with_wallet().await;
    desk.call("create_identity", json!({})).await;
    let report = text(&desk.ask("report").await, "/text");
    let identity = text(&desk.ask("smeshing").await, "/identities/0/id");
    assert!(
        !report.contains(&desk.first_address().await)
            && !report.contains(&identity[..8])
            && !report.contains(&desk.data().display().to_string()),
        "{report}"
    );
}

#[tokio::test]
async fn folders_are_listed_for_pages_without_dialogs() {
    let desk = Desk::new();
    let path = desk.folder.path().join("list");
    std::fs::create_dir_all(path.join("b-folder")).unwrap();
    std::fs::write(path.join("a-file"), "12345").unwrap();
    std::fs::write(path.join(".hidden"), "").unwrap();
    let list = async |files: bool| {
        let listing = desk
            .call(
                "browse_folder",
                json!({ "path": path.display().to_string(), "files": files }),
            )
            .await;
        listing["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| text(entry, "/name"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (list(true).await, list(false).await),
        (
            vec!["b-folder".into(), "a-file".into()],
            vec!["b-folder".to_owned()]
        )
    );
    assert_eq!(
        desk.refused(
            "browse_folder",
            json!({ "path": "relative", "files": false })
        )
        .await,
        "file_not_found"
    );
}
