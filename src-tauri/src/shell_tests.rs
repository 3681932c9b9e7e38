//! Scenarios: what the person, the page and the app do, and what the window does then.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::*;

/// A desk with a window, a tray and an app, all of them lists of what was asked for.
#[derive(Clone, Default)]
struct Desk(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// What the window did, one word or line each.
    done: Vec<String>,
    /// What the app was asked, with its arguments where there are any.
    asked: Vec<String>,
    answers: BTreeMap<String, Value>,
    told: bool,
    later: Vec<Event>,
}

impl Desk {
    /// An app that answers some commands; all others fail.
    fn answering<const N: usize>(answers: [(&str, Value); N]) -> Self {
        let desk = Self::default();
        for (name, value) in answers {
            desk.answer(name, value);
        }
        desk
    }

    fn answer(&self, name: &str, value: Value) {
        self.0
            .lock()
            .unwrap()
            .answers
            .insert(name.to_owned(), value);
    }

    fn controller(&self) -> Controller<Self, Self> {
        Controller::new(self.clone(), self.clone())
    }

    /// What the window did since the last call.
    fn done(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().done)
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    fn later(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.lock().unwrap().later)
    }

    fn note(&self, line: impl Into<String>) {
        self.0.lock().unwrap().done.push(line.into());
    }
}

impl Shell for Desk {
    fn show(&self) {
        self.note("show");
    }
    fn hide(&self) {
        self.note("hide");
    }
    fn quit(&self) {
        self.note("quit");
    }
    fn tell_page(&self, change: Value) {
        self.note(format!(
            "page: {}",
            state::text(&change, "kind").unwrap_or("?")
        ));
    }
    fn ask_natively(&self, question: &CloseQuestion) {
        self.note(format!("native dialog: {}", question.title));
    }
    fn later(&self, _after: Duration, event: Event) {
        self.0.lock().unwrap().later.push(event);
    }
    fn draw_tray(&self, view: &TrayView) {
        self.note(format!("tray: {} {:?}", view.state, view.percent));
    }
    fn notify(&self, title: &str, body: &str, _sound: bool) {
        self.note(format!("notice: {title} | {body}"));
    }
    fn start_with_system(&self, on: bool) {
        self.note(format!("autostart: {on}"));
    }
    fn protect_content(&self, on: bool) {
        self.note(format!("protected: {on}"));
    }
    fn told_about_tray(&self) -> bool {
        self.0.lock().unwrap().told
    }
    fn remember_told_about_tray(&self) {
        self.0.lock().unwrap().told = true;
    }
}

impl Backend for Desk {
    async fn call(&self, name: &str, args: Value) -> Result<Value, Value> {
        let mut inner = self.0.lock().unwrap();
        let arguments = if args == json!({}) {
            String::new()
        } else {
            format!(" {args}")
        };
        inner.asked.push(format!("{name}{arguments}"));
        inner.answers.get(name).cloned().ok_or_else(
            || json!({ "code": "internal", "message": "It failed.", "remedy": "Try again." }),
        )
    }
}

fn question(action: &str) -> Value {
    json!({
        "action": action,
        "title": { "text": "Smapp is filling space" },
        "body": { "text": "It goes on in the tray." },
        "choices": [{ "id": "tray", "label": { "text": "Keep running" } }, { "id": "quit", "label": { "text": "Quit" } }],
    })
}

fn filling(state: &str) -> Value {
    json!({
        "sentence": { "text": "Filling, done about 18:27." },
        "tasks": [{ "kind": "fill", "identity": "aa", "state": state }, { "kind": "check", "identity": "bb", "state": "running" }],
    })
}

#[tokio::test]
async fn with_nothing_to_run_closing_the_window_ends_the_program() {
    let desk = Desk::answering([("close_question", question("quit"))]);
    desk.controller().handle(Event::CloseRequested).await;
    assert_eq!(desk.done(), ["quit"]);
}

#[tokio::test]
async fn the_first_time_the_window_goes_to_the_tray_the_person_is_told() {
    let desk = Desk::answering([("close_question", question("tray"))]);
    let mut controller = desk.controller();
    controller.handle(Event::CloseRequested).await;
    assert_eq!(
        desk.done(),
        [
            "hide",
            "notice: Smapp is filling space | It goes on in the tray."
        ]
    );
    controller.handle(Event::CloseRequested).await;
    assert_eq!(desk.done(), ["hide"]);
}

#[tokio::test]
async fn an_app_that_does_not_answer_never_ends_by_closing_its_window() {
    let desk = Desk::default();
    desk.controller().handle(Event::CloseRequested).await;
    assert_eq!(desk.done().first().unwrap(), "hide");
}

#[tokio::test]
async fn the_page_asks_and_its_answer_counts() {
    let desk = Desk::answering([("close_question", question("ask"))]);
    let mut controller = desk.controller();
    controller.handle(Event::CloseRequested).await;
    assert_eq!(desk.done(), ["page: close_requested"]);
    controller.handle(Event::CloseShown).await;
    for late in desk.later() {
        controller.handle(late).await;
    }
    assert!(
        desk.done().is_empty(),
        "the page showed its dialog, so there is no second one"
    );
    controller.handle(Event::CloseAnswered(None)).await;
    assert!(desk.done().is_empty(), "cancel changes nothing");
    controller.handle(Event::CloseRequested).await;
    controller.handle(Event::CloseShown).await;
    controller
        .handle(Event::CloseAnswered(Some(CloseAction::Tray)))
        .await;
    assert_eq!(desk.done(), ["page: close_requested", "hide"]);
}

#[tokio::test]
async fn a_page_that_hangs_is_replaced_by_a_native_dialog() {
    let desk = Desk::answering([("close_question", question("ask"))]);
    let mut controller = desk.controller();
    controller.handle(Event::CloseRequested).await;
    let first = desk.later();
    controller.handle(Event::CloseRequested).await;
    desk.done();
    for late in first {
        controller.handle(late).await;
    }
    assert!(
        desk.done().is_empty(),
        "the timer of an older asking says nothing"
    );
    for late in desk.later() {
        controller.handle(late).await;
    }
    assert_eq!(desk.done(), ["native dialog: Smapp is filling space"]);
    controller
        .handle(Event::CloseAnswered(Some(CloseAction::Quit)))
        .await;
    assert_eq!(desk.done(), ["quit"]);
}

#[tokio::test]
async fn quitting_when_done_waits_for_the_end_of_the_filling() {
    let desk = Desk::answering([("smeshing", filling("running"))]);
    let mut controller = desk.controller();
    controller
        .handle(Event::CloseAnswered(Some(CloseAction::QuitWhenDone)))
        .await;
    assert_eq!(desk.done(), ["hide"]);
    desk.answer("smeshing", filling("finished"));
    controller
        .handle(Event::Changed(json!({ "kind": "smeshing" })))
        .await;
    assert_eq!(desk.done().last().unwrap(), "quit");
}

#[tokio::test]
async fn a_second_start_brings_the_window_back() {
    let desk = Desk::default();
    desk.controller().handle(Event::SecondStart).await;
    assert_eq!(desk.done(), ["show"]);
}

#[tokio::test]
async fn pause_and_resume_concern_every_filling_and_nothing_else() {
    let desk = Desk::answering([
        ("smeshing", filling("running")),
        ("pause_filling", json!({})),
    ]);
    let mut controller = desk.controller();
    controller
        .handle(Event::Tray(TrayItem::ResumeFilling))
        .await;
    assert_eq!(desk.asked(), ["smeshing"], "nothing is paused");
    controller.handle(Event::Tray(TrayItem::PauseFilling)).await;
    assert_eq!(
        desk.asked(),
        ["smeshing", r#"pause_filling {"identity":"aa"}"#]
    );
    desk.answer("smeshing", filling("paused"));
    controller
        .handle(Event::Tray(TrayItem::ResumeFilling))
        .await;
    assert_eq!(
        desk.done(),
        ["notice: It failed. | Try again."],
        "a failure is said although no page is open"
    );
}

#[tokio::test]
async fn absence_is_told_to_the_app_which_knows_the_setting() {
    let desk = Desk::default();
    desk.controller().handle(Event::Away).await;
    assert_eq!(desk.asked(), ["system_sleeps"]);
}

#[tokio::test]
async fn the_window_is_protected_while_any_secret_is_shown() {
    let desk = Desk::default();
    let mut controller = desk.controller();
    controller.handle(Event::SecretShown("1".to_owned())).await;
    controller.handle(Event::SecretShown("2".to_owned())).await;
    controller.handle(Event::SecretClosed("1".to_owned())).await;
    controller.handle(Event::SecretClosed("1".to_owned())).await;
    assert_eq!(desk.done(), ["protected: true", "protected: true"]);
    controller
        .handle(Event::Changed(
            json!({ "kind": "secret_expired", "id": "2" }),
        ))
        .await;
    assert_eq!(desk.done(), ["protected: false", "page: secret_expired"]);
}

#[tokio::test]
async fn a_notification_of_the_app_becomes_one_of_the_system() {
    let desk = Desk::default();
    let change = json!({ "kind": "notification", "text": { "text": "Filling stopped: disk full. Free some space." }, "sound": true });
    desk.controller().handle(Event::Changed(change)).await;
    assert_eq!(
        desk.done(),
        [
            "notice: Filling stopped: disk full | Free some space.",
            "page: notification"
        ]
    );
}

#[tokio::test]
async fn the_tray_is_drawn_when_what_it_shows_changed() {
    let desk = Desk::answering([
        (
            "status",
            json!({ "smeshing": { "tone": "running", "text": { "text": "Filling" }, "progress": 0.5 } }),
        ),
        ("session", json!({ "state": "locked" })),
        ("smeshing", filling("running")),
        ("settings", json!({ "startWithSystem": true })),
    ]);
    let mut controller = desk.controller();
    controller.handle(Event::Started).await;
    assert_eq!(
        desk.done(),
        [
            "autostart: true",
            "tray: Filling, done about 18:27. Some(50)"
        ]
    );
    controller
        .handle(Event::Changed(json!({ "kind": "smeshing" })))
        .await;
    assert_eq!(
        desk.done(),
        ["page: smeshing"],
        "nothing the tray shows is different"
    );
}
