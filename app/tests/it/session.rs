//! Locked and unlocked: what is refused, what locks, what is counted.

use serde_json::json;
use spacemesh_app::{Access, Change, commands};

use crate::desk::{Desk, PASSWORD, text};

#[tokio::test]
async fn a_fresh_folder_is_a_first_start_and_not_any_more_with_a_wallet() {
    let desk = Desk::new();
    assert_eq!(desk.ask("app_state").await["firstStart"], true);
    assert_eq!(desk.ask("session").await["state"], "no_wallet");
    desk.call(
        "create_wallet",
        json!({ "name": "First", "password": PASSWORD, "wordCount": 24 }),
    )
    .await;
    assert_eq!(desk.ask("app_state").await["firstStart"], false);
    assert_eq!(desk.ask("session").await["state"], "unlocked");
}

#[tokio::test]
async fn every_command_that_needs_a_wallet_is_refused_while_it_is_locked() {
    let desk = Desk::with_wallet().await;
    desk.ask("lock").await;
    for info in commands()
        .iter()
        .filter(|info| info.access == Access::Unlocked)
    {
        assert_eq!(
            desk.refused(info.name, json!({})).await,
            "locked",
            "{}",
            info.name
        );
    }
}

#[tokio::test]
async fn the_wallet_locks_itself_after_the_time_and_warns_before() {
    let desk = Desk::with_wallet().await;
    let mut changes = desk.app.subscribe();
    desk.clock.advance(5 * 60 - 31);
    desk.app.tick();
    assert!(
        changes
            .try_next()
            .is_none_or(|change| !matches!(change, Change::AutoLockWarning { .. }))
    );
    desk.clock.advance(1);
    desk.app.tick();
    let warned = std::iter::from_fn(|| changes.try_next())
        .any(|change| matches!(change, Change::AutoLockWarning { seconds: 30 }));
    assert!(warned);
    // Any activity keeps it open, and the warning may come again.
    desk.ask("activity").await;
    desk.clock.advance(5 * 60 - 1);
    desk.app.tick();
    assert_eq!(desk.ask("session").await["state"], "unlocked");
    assert!(
        std::iter::from_fn(|| changes.try_next())
            .any(|change| matches!(change, Change::AutoLockWarning { seconds: 1 }))
    );
    desk.clock.advance(1);
    desk.app.tick();
    let session = desk.ask("session").await;
    assert_eq!(
        (text(&session, "/state"), text(&session, "/reason")),
        ("locked".into(), "idle".into())
    );
    assert_eq!(desk.refused("accounts", json!({})).await, "locked");
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_keep_the_wallet_open_for_longer() {
    let desk = Desk::with_wallet().await;
    desk.clock.advance(-3600);
    desk.app.tick();
    desk.clock.advance(5 * 60);
    desk.app.tick();
    assert_eq!(desk.ask("session").await["state"], "locked");
}

#[tokio::test]
async fn a_person_may_choose_never_to_be_locked_by_time_and_still_be_locked_by_sleep() {
    let desk = Desk::with_wallet().await;
    desk.call("change_settings", json!({ "autoLockMinutes": 0 }))
        .await;
    desk.clock.advance(86_400);
    desk.app.tick();
    assert_eq!(desk.ask("session").await["locksAt"], json!(null));
    desk.ask("system_sleeps").await;
    assert_eq!(text(&desk.ask("session").await, "/reason"), "sleep");
}

#[tokio::test]
async fn sleep_does_not_lock_if_the_settings_say_so() {
    let desk = Desk::with_wallet().await;
    desk.call("change_settings", json!({ "lockOnSleep": false }))
        .await;
    assert_eq!(desk.ask("system_sleeps").await["state"], "unlocked");
}

#[tokio::test]
async fn wrong_passwords_are_slowed_down_over_all_commands_that_take_one() {
    let desk = Desk::with_wallet().await;
    for _ in 0..3 {
        assert_eq!(
            desk.refused("show_words", json!({ "password": "wrong password" }))
                .await,
            "wrong_password"
        );
    }
    desk.ask("lock").await;
    let wallet = text(&desk.ask("session").await, "/lastWallet");
    for _ in 0..2 {
        assert_eq!(
            desk.refused(
                "unlock",
                json!({ "wallet": wallet, "password": "wrong password" })
            )
            .await,
            "wrong_password"
        );
    }
    let blocked = desk
        .app
        .call("unlock", json!({ "wallet": wallet, "password": PASSWORD }))
        .await
        .unwrap_err();
    assert_eq!(
        (blocked.code.name(), blocked.retry_after_seconds),
        ("too_many_attempts".into(), Some(2))
    );
    desk.clock.advance(2);
    desk.call("unlock", json!({ "wallet": wallet, "password": PASSWORD }))
        .await;
}

#[tokio::test]
async fn a_changed_password_opens_and_the_old_one_does_not_even_from_the_previous_version() {
    let desk = Desk::with_wallet().await;
    desk.call(
        "change_password",
        json!({ "password": PASSWORD, "newPassword": "another password" }),
    )
    .await;
    desk.ask("lock").await;
    let wallet = text(&desk.ask("session").await, "/lastWallet");
    assert_eq!(
        desk.refused("unlock", json!({ "wallet": wallet, "password": PASSWORD }))
            .await,
        "wrong_password"
    );
    desk.call(
        "unlock",
        json!({ "wallet": wallet, "password": "another password" }),
    )
    .await;
    let names: Vec<String> = std::fs::read_dir(desk.data().join("wallets"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        names.iter().filter(|name| name.ends_with(".bak")).count(),
        0,
        "{names:?}"
    );
    assert_eq!(
        desk.refused(
            "change_password",
            json!({ "password": "another password", "newPassword": "short" })
        )
        .await,
        "password_too_short"
    );
}

#[tokio::test]
async fn the_grace_period_is_a_choice_and_ends_by_the_clock() {
    let desk = Desk::with_wallet().await;
    let sign = json!({ "key": desk.first_address().await, "text": "hello" });
    assert_eq!(
        desk.refused("sign_text", sign.clone()).await,
        "password_needed"
    );
    let mut with_password = sign.clone();
    with_password["password"] = json!(PASSWORD);
    desk.call("sign_text", with_password.clone()).await;
    assert_eq!(
        desk.refused("sign_text", sign.clone()).await,
        "password_needed",
        "asked each time by default"
    );
    desk.call(
        "change_settings",
        json!({ "passwordEachPayment": false, "autoLockMinutes": 15 }),
    )
    .await;
    desk.call("sign_text", with_password).await;
    desk.call("sign_text", sign.clone()).await;
    desk.clock.advance(5 * 60);
    desk.app.tick();
    assert_eq!(desk.refused("sign_text", sign).await, "password_needed");
}

#[tokio::test]
async fn a_strength_says_how_long_guessing_takes() {
    let desk = Desk::new();
    let weak = desk
        .call("password_strength", json!({ "password": "password1" }))
        .await;
    let strong = desk
        .call(
            "password_strength",
            json!({ "password": "seven purple otters drum quietly" }),
        )
        .await;
    let short = desk
        .call("password_strength", json!({ "password": "x7$kq" }))
        .await;
    assert_eq!(
        (
            weak["score"].as_u64().unwrap() < 2,
            weak["accepted"].clone()
        ),
        (true, json!(true))
    );
    assert!(
        strong["score"].as_u64().unwrap() > 3
            && text(&strong, "/sentence/text").starts_with("Would be guessed in about")
    );
    assert_eq!(
        (short["accepted"].clone(), text(&short, "/sentence/text")),
        (json!(false), "3 more characters are needed.".into())
    );
}

#[tokio::test]
async fn arguments_that_nobody_knows_are_refused_without_repeating_them() {
    let desk = Desk::new();
    let error = desk
        .app
        .call(
            "password_strength",
            json!({ "password": "secret-9f3", "extra": 1 }),
        )
        .await
        .unwrap_err();
    assert_eq!(error.code.name(), "bad_arguments");
    assert!(!format!("{error:?}").contains("secret-9f3"));
    assert_eq!(
        desk.refused("no_such_command", json!({})).await,
        "unknown_command"
    );
}
