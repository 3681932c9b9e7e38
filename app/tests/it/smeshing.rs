//! Committed space on the test network, with the real process that fills.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use spacemesh_app::{
    Change, Subscription,
    view::{TaskKind, TaskState, TaskView},
};

use crate::desk::{Desk, PASSWORD, text, wait_for};

async fn on_testnet() -> Desk {
    let desk = Desk::new();
    desk.call("choose_network", json!({ "network": "testnet" }))
        .await;
    desk
}

fn start_args(folder: &Path, units: u32) -> Value {
    json!({
        "folder": folder.display().to_string(), "units": units, "maxFileBytes": "8192", "identity": { "kind": "new" },
        "providers": [{ "id": "cpu" }], "nonces": 16, "threads": 1
    })
}

async fn ended(changes: &mut Subscription, kind: TaskKind, state: TaskState) -> TaskView {
    let fits = |change: &Change| matches!(change, Change::Task { task } if task.kind == kind && task.state == state && (state != TaskState::Finished || task.result.is_some()));
    let Change::Task { task } = wait_for(changes, &format!("{kind:?} {state:?}"), fits).await
    else {
        panic!("another change")
    };
    task
}

/// Fills 2 units (32 KiB in 4 files) and gives the identity.
async fn filled(desk: &Desk, folder: &Path) -> String {
    let mut changes = desk.app.subscribe();
    let page = desk.call("start_filling", start_args(folder, 2)).await;
    ended(&mut changes, TaskKind::Fill, TaskState::Finished).await;
    text(&page, "/identities/0/id")
}

#[tokio::test(flavor = "multi_thread")]
async fn space_is_filled_checked_and_mended_where_a_byte_was_flipped() {
    let desk = on_testnet().await;
    let folder = desk.folder.path().join("space");
    let identity = filled(&desk, &folder).await;
    let page = desk.ask("smeshing").await;
    let space = &page["identities"][0]["space"];
    assert_eq!(
        (
            space["complete"].clone(),
            text(space, "/totalBytes"),
            space["ranges"].as_array().unwrap().len()
        ),
        (json!(true), "32768".into(), 4)
    );
    assert_eq!(text(&page, "/sentence/key"), "smeshing.filled");
    assert!(
        desk.data().join("identities").join("local.key").exists(),
        "the reference's name for the first identity"
    );

    let file = folder.join("postdata_2.bin");
    let before = std::fs::read(&file).unwrap();
    let mut damaged = before.clone();
    damaged[1600] ^= 1;
    std::fs::write(&file, &damaged).unwrap();
    let mut changes = desk.app.subscribe();
    desk.call(
        "check_space",
        json!({ "identity": identity, "extent": "all" }),
    )
    .await;
    ended(&mut changes, TaskKind::Check, TaskState::Finished).await;
    let page = desk.ask("smeshing").await;
    let bad = &page["identities"][0]["space"]["badRanges"];
    assert_eq!(
        (
            bad.as_array().unwrap().len(),
            bad[0]["file"].clone(),
            text(bad, "/0/firstLabel")
        ),
        (1, json!(2), (2 * 512 + 100).to_string())
    );
    assert_eq!(text(&page, "/sentence/key"), "smeshing.damaged");
    assert!(
        desk.ask("notices")
            .await
            .as_array()
            .unwrap()
            .iter()
            .any(|notice| text(notice, "/id").starts_with("bad_data"))
    );

    desk.call("repair_space", json!({ "identity": identity }))
        .await;
    ended(&mut changes, TaskKind::Repair, TaskState::Finished).await;
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert_eq!(
        text(&desk.ask("smeshing").await, "/sentence/key"),
        "smeshing.filled"
    );
    let events = desk
        .call(
            "smeshing_events",
            json!({ "identity": identity, "limit": 10 }),
        )
        .await;
    let kinds: Vec<String> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| text(event, "/kind"))
        .collect();
    assert_eq!(
        kinds,
        ["repaired", "bad_labels", "filled", "filling_started"]
    );
    assert_eq!(
        desk.call("smeshing_events", json!({ "needsYou": true, "limit": 10 }))
            .await["events"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn filling_pauses_goes_on_over_a_restart_and_gives_the_same_data() {
    let desk = on_testnet().await;
    let folder = desk.folder.path().join("space");
    let mut changes = desk.app.subscribe();
    // 16 units take seconds: enough to be caught in the middle.
    let page = desk.call("start_filling", start_args(&folder, 16)).await;
    let identity = text(&page, "/identities/0/id");
    wait_for(
        &mut changes,
        "the first labels",
        |change| matches!(change, Change::Task { task } if task.state == TaskState::Running),
    )
    .await;
    assert_eq!(text(&desk.ask("close_question").await, "/action"), "ask");
    assert_eq!(
        desk.refused("choose_network", json!({ "network": "mainnet" }))
            .await,
        "busy"
    );
    desk.call("pause_filling", json!({ "identity": identity }))
        .await;
    ended(&mut changes, TaskKind::Fill, TaskState::Paused).await;
    assert_eq!(
        text(&desk.ask("smeshing").await, "/sentence/key"),
        "smeshing.paused"
    );
    let shared = desk.folder.clone();
    desk.app.stop();
    drop(desk);

    let desk = Desk::at(shared.clone());
    let mut changes = desk.app.subscribe();
    desk.app.resume();
    let page = desk.ask("smeshing").await;
    assert_eq!(
        (text(&page, "/tasks/0/state"), text(&page, "/sentence/key")),
        ("paused".into(), "smeshing.paused".into()),
        "a pause stays a pause"
    );
    desk.call("resume_filling", json!({ "identity": identity }))
        .await;
    wait_for(
        &mut changes,
        "further labels",
        |change| matches!(change, Change::Task { task } if task.state == TaskState::Running),
    )
    .await;
    desk.app.stop();
    drop(desk);

    let desk = Desk::at(shared);
    let mut changes = desk.app.subscribe();
    desk.app.resume();
    ended(&mut changes, TaskKind::Fill, TaskState::Finished).await;
    let mut check = desk.app.subscribe();
    desk.call(
        "check_space",
        json!({ "identity": identity, "extent": "sample" }),
    )
    .await;
    ended(&mut check, TaskKind::Check, TaskState::Finished).await;
    let page = desk.ask("smeshing").await;
    assert_eq!(
        (
            page["identities"][0]["space"]["lastCheck"]["bad"].clone(),
            text(&page, "/sentence/key")
        ),
        (json!(0), "smeshing.filled".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn space_moves_is_compared_and_its_old_copy_freed_only_on_wish() {
    let desk = on_testnet().await;
    let (old, new) = (
        desk.folder.path().join("old"),
        desk.folder.path().join("new"),
    );
    let identity = filled(&desk, &old).await;
    std::fs::write(old.join("holiday.jpg"), "mine").unwrap();
    let bytes = std::fs::read(old.join("postdata_3.bin")).unwrap();
    let mut changes = desk.app.subscribe();
    desk.call(
        "move_space",
        json!({ "identity": identity, "folder": new.display().to_string() }),
    )
    .await;
    ended(&mut changes, TaskKind::Move, TaskState::Finished).await;
    assert_eq!(
        text(&desk.ask("smeshing").await, "/identities/0/space/folder"),
        new.display().to_string()
    );
    assert_eq!(std::fs::read(new.join("postdata_3.bin")).unwrap(), bytes);
    assert!(old.join("postdata_3.bin").exists());
    let removal = desk
        .call("old_space_removal", json!({ "identity": identity }))
        .await;
    assert!(
        removal["removed"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| text(item, "/path").starts_with(&old.display().to_string()))
    );
    desk.call("free_old_space", json!({ "identity": identity }))
        .await;
    assert!(!old.join("postdata_3.bin").exists() && old.join("holiday.jpg").exists());
    assert_eq!(
        desk.refused("free_old_space", json!({ "identity": identity }))
            .await,
        "no_space_data"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_space_takes_exactly_what_was_listed() {
    let desk = on_testnet().await;
    let folder = desk.folder.path().join("space");
    let identity = filled(&desk, &folder).await;
    std::fs::write(folder.join("holiday.jpg"), "mine").unwrap();
    let removal = desk
        .call(
            "space_removal",
            json!({ "identity": identity, "removeKey": true }),
        )
        .await;
    let listed: Vec<PathBuf> = removal["removed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| text(item, "/path").into())
        .collect();
    assert_eq!(
        desk.refused(
            "remove_space",
            json!({ "identity": identity, "typedName": "x", "removeKey": true })
        )
        .await,
        "name_mismatch"
    );
    assert!(listed.iter().all(|path| path.exists()));
    desk.call("remove_space", json!({ "identity": identity, "typedName": text(&removal, "/typedName"), "removeKey": true })).await;
    assert!(listed.iter().all(|path| !path.exists()), "{listed:?}");
    let left: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, ["holiday.jpg"]);
    assert_eq!(desk.ask("smeshing").await["identities"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn space_of_another_program_is_taken_over_with_its_key() {
    let first = on_testnet().await;
    let folder = first.folder.path().join("space");
    let identity = filled(&first, &folder).await;
    let key = first.folder.path().join("moved.key");
    first
        .call(
            "export_identity",
            json!({ "identity": identity, "path": key.display().to_string() }),
        )
        .await;

    let second = on_testnet().await;
    let look = async || {
        second
            .call(
                "inspect_folder",
                json!({ "path": folder.display().to_string() }),
            )
            .await
    };
    let view = look().await;
    assert_eq!(
        (
            text(&view, "/data/identity"),
            view["data"]["keyHere"].clone(),
            view["usable"].clone()
        ),
        (identity.clone(), json!(false), json!(false))
    );
    assert_eq!(text(&view, "/problems/0/kind"), "key_missing");
    let adopt = json!({ "folder": folder.display().to_string() });
    assert_eq!(
        second.refused("adopt_space", adopt.clone()).await,
        "identity_not_found"
    );
    let stranger = second.folder.path().join("stranger.key");
    let other = second
        .call("create_identity", json!({ "name": "other" }))
        .await;
    second
        .call(
            "export_identity",
            json!({ "identity": other["id"], "path": stranger.display().to_string() }),
        )
        .await;
    // As postcli leaves it: the key beside the data, perhaps with a line end of an editor.
    std::fs::write(
        folder.join("identity.key"),
        format!("{}\n", std::fs::read_to_string(&key).unwrap()),
    )
    .unwrap();
    assert_eq!(look().await["data"]["keyInFolder"], true);
    let mut changes = second.app.subscribe();
    let page = second.call("adopt_space", adopt.clone()).await;
    assert!(
        page["identities"]
            .as_array()
            .unwrap()
            .iter()
            .any(|view| view["id"] == identity.as_str() && view["space"]["complete"] == true)
    );
    let check = ended(&mut changes, TaskKind::Check, TaskState::Finished).await;
    assert_eq!(check.identity.as_deref(), Some(identity.as_str()));
    assert_eq!(
        second.refused("adopt_space", adopt).await,
        "identity_exists"
    );
    assert_eq!(
        second
            .refused("start_filling", start_args(&folder, 2))
            .await,
        "space_mismatch"
    );
    second
        .call("choose_network", json!({ "network": "mainnet" }))
        .await;
    assert_eq!(
        second.ask("smeshing").await["identities"]
            .as_array()
            .unwrap()
            .len(),
        1,
        "space of another network waits for it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_filled_is_refused_before_anything_is_made() {
    let desk = on_testnet().await;
    let folder = desk.folder.path().join("space");
    let with = |key: &str, value: Value| {
        let mut args = start_args(&folder, 2);
        args[key] = value;
        args
    };
    for (args, code) in [
        (with("units", json!(1)), "invalid_size"),
        (with("providers", json!([])), "no_provider"),
        (with("maxFileBytes", json!("1000")), "invalid_size"),
        (with("nonces", json!(17)), "invalid_setting"),
        (
            with(
                "coinbase",
                json!("sm1qqqqqqylyl2l0zsmmax0wnutt4dwnrkcwef5eeq3xladz"),
            ),
            "address_other_network",
        ),
        (with("commitmentAtx", json!("12")), "bad_arguments"),
        (with("folder", json!("relative")), "file_not_found"),
        (
            with("identity", json!({ "kind": "existing", "id": "00" })),
            "identity_not_found",
        ),
        (
            with("identity", json!({ "kind": "new", "name": "../evil" })),
            "invalid_name",
        ),
    ] {
        assert_eq!(
            desk.refused("start_filling", args.clone()).await,
            code,
            "{args}"
        );
    }
    assert_eq!(desk.ask("smeshing").await["identities"], json!([]));
    assert!(!folder.exists());
    let file = desk.folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let view = desk
        .call(
            "inspect_folder",
            json!({ "path": file.display().to_string() }),
        )
        .await;
    assert_eq!(
        (text(&view, "/problems/0/kind"), view["usable"].clone()),
        ("not_a_folder".into(), json!(false))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_can_not_start_is_an_error_of_its_task_alone() {
    let desk = on_testnet().await;
    let folder = desk.folder.clone();
    drop(desk);
    let options = spacemesh_app::Options {
        data_folder: Some(folder.path().join("data")),
        worker: spacemesh_app::WorkerCommand {
            program: folder.path().join("nothing"),
            args: Vec::new(),
        },
        ..spacemesh_app::Options::default()
    };
    let app = spacemesh_app::App::open(options).unwrap();
    let mut changes = app.subscribe();
    app.call("start_filling", start_args(&folder.path().join("space"), 2))
        .await
        .unwrap();
    let task = ended(&mut changes, TaskKind::Fill, TaskState::Failed).await;
    assert_eq!(
        task.error.map(|error| error.code.name()).as_deref(),
        Some("worker_died")
    );
    assert_eq!(
        app.call("smeshing", json!({})).await.unwrap()["sentence"]["key"],
        "smeshing.failed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn identities_have_files_in_the_reference_form_for_their_owner_only() {
    let desk = Desk::with_wallet().await;
    let first = desk.call("create_identity", json!({})).await;
    let second = desk
        .call("create_identity", json!({ "name": "Tower" }))
        .await;
    assert_eq!(
        (text(&first, "/name"), text(&second, "/name")),
        ("local".into(), "Tower".into())
    );
    let path = desk.data().join("identities").join("Tower.key");
    let content = std::fs::read_to_string(&path).unwrap();
    assert!(
        content.len() == 128
            && content.ends_with(&text(&second, "/id"))
            && content.bytes().all(|b| b.is_ascii_hexdigit())
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    assert_eq!(
        desk.refused("create_identity", json!({ "name": "Tower" }))
            .await,
        "name_taken"
    );
    desk.call(
        "edit_identity",
        json!({ "identity": second["id"], "name": "Attic" }),
    )
    .await;
    assert!(!path.exists() && desk.data().join("identities").join("Attic.key").exists());
    let source = json!({ "kind": "text", "text": content });
    assert_eq!(
        desk.refused("import_identity", json!({ "source": source }))
            .await,
        "identity_exists"
    );
    assert_eq!(
        desk.refused(
            "import_identity",
            json!({ "source": { "kind": "text", "text": "hello" } })
        )
        .await,
        "not_a_key_file"
    );
    let target = desk.folder.path().join("copy.key").display().to_string();
    let export = |password: Option<&str>| json!({ "identity": second["id"], "path": target, "password": password });
    assert_eq!(
        desk.refused("export_identity", export(None)).await,
        "password_needed"
    );
    desk.call("export_identity", export(Some(PASSWORD))).await;
    assert_eq!(std::fs::read_to_string(&target).unwrap(), content);
    assert_eq!(
        desk.refused("export_identity", export(Some(PASSWORD)))
            .await,
        "file_exists"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn measuring_proposes_a_size_and_says_what_it_is_based_on() {
    let desk = on_testnet().await;
    assert_eq!(
        desk.refused("forecast", json!({ "units": 4 })).await,
        "not_measured"
    );
    let folder = desk.folder.path().join("space").display().to_string();
    let mut changes = desk.app.subscribe();
    let started = desk
        .call("measure", json!({ "folder": folder, "seconds": 1 }))
        .await;
    assert_eq!(started["measuring"], true);
    assert_eq!(
        desk.refused("measure", json!({ "seconds": 1 })).await,
        "busy"
    );
    let mut early = None;
    let done = |change: &Change| {
        let Change::Measurement { proposal } = change else {
            return false;
        };
        let processor = proposal
            .providers
            .iter()
            .find(|provider| provider.id == "cpu");
        if proposal.measuring && early.is_none() {
            early = processor.and_then(|provider| provider.rate);
        }
        !proposal.measuring
    };
    let Change::Measurement { proposal } = wait_for(&mut changes, "figures", done).await else {
        panic!("another change")
    };
    assert!(
        proposal.fill_rate.is_some_and(|rate| rate > 1.0)
            && proposal.read_rate.is_some()
            && proposal.units >= 2
    );
    assert!(
        early.is_some(),
        "the processor's rate is told while the rest is measured"
    );
    assert_eq!(
        (proposal.basis.key.as_str(), proposal.folder.path.as_str()),
        ("proposal.measured", folder.as_str())
    );
    let forecast = desk
        .call("forecast", json!({ "units": 64, "providers": ["cpu"] }))
        .await;
    let rate = desk.ask("providers").await["providers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|provider| provider["id"] == "cpu")
        .unwrap()["rate"]
        .as_f64()
        .unwrap();
    let seconds = forecast["fillSeconds"].as_f64().unwrap();
    assert!(
        (seconds - 64.0 * 1024.0 / rate).abs() < 1e-6 * seconds,
        "labels divided by the measured rate"
    );
}
