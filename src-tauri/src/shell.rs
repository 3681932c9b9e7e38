//! What the window does and when: closing, tray, notices, locking. No Tauri here; the window and the app are two small traits.
//!
//! Keeps true: events are handled one after the other, so two of them never decide at the same time; nothing that runs is lost by closing
//! the window, and a page that does not answer never keeps anybody from leaving.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use serde_json::{Value, json};

use crate::state::{self, CloseAction, CloseQuestion, Fill, TrayView};

/// How long the page may take to say that its close dialog is shown, before a native one is.
pub(crate) const PAGE_ANSWERS_WITHIN: Duration = Duration::from_millis(1500);

/// The dozen things that a window, a tray and a desktop can do.
pub(crate) trait Shell: Send + Sync + 'static {
    /// Shows the window where it was and gives it the focus.
    fn show(&self);
    /// Takes the window off the screen; the tray and a second start bring it back.
    fn hide(&self);
    /// Ends the program after what runs was stopped in order.
    fn quit(&self);
    /// Sends a change to the page.
    fn tell_page(&self, change: Value);
    /// Asks in a native dialog; the answer comes back as [`Event::CloseAnswered`].
    fn ask_natively(&self, question: &CloseQuestion);
    /// Sends `event` after a while.
    fn later(&self, after: Duration, event: Event);
    /// Draws the tray icon and its menu.
    fn draw_tray(&self, view: &TrayView);
    /// Shows a notification of the system.
    fn notify(&self, title: &str, body: &str, sound: bool);
    /// Starts, or no longer starts, with the system.
    fn start_with_system(&self, on: bool);
    /// Keeps screenshots and screen sharing from seeing the window, where the system can.
    fn protect_content(&self, on: bool);
    /// Whether the person was told that Smapp goes on in the tray. Kept over restarts.
    fn told_about_tray(&self) -> bool;
    /// Remembers that the person was told.
    fn remember_told_about_tray(&self);
}

/// The app behind the window: commands by name, as the page calls them.
pub(crate) trait Backend: Send + Sync + 'static {
    /// Calls a command; the error is the app's error object.
    fn call(&self, name: &str, args: Value) -> impl Future<Output = Result<Value, Value>> + Send;
}

/// Everything that moves the controller.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event {
    /// The program is up: draw the tray for the first time.
    Started,
    /// The person closes the window.
    CloseRequested,
    /// The page shows its close dialog.
    CloseShown,
    /// The time to show it is over; the number is that of the asking.
    CloseUnanswered(u64),
    /// The choice of the close dialog; `None` is *cancel*.
    CloseAnswered(Option<CloseAction>),
    /// Smapp was started once more.
    SecondStart,
    /// An entry of the tray's menu, or a click on the icon (`Open`).
    Tray(TrayItem),
    /// The computer slept or its screen was locked.
    Away,
    /// A change of the app, as the page gets it.
    Changed(Value),
    /// A secret is on the screen from now on; the id is that of its showing.
    SecretShown(String),
    /// It is not any more.
    SecretClosed(String),
    /// The system wants the program to end.
    Terminated,
}

/// Entries of the tray's menu that do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrayItem {
    /// Open the window.
    Open,
    /// Lock the wallet.
    Lock,
    /// Pause every filling.
    PauseFilling,
    /// Go on with every paused filling.
    ResumeFilling,
    /// Leave.
    Quit,
}

/// Decides. Owns what is known between two events.
pub(crate) struct Controller<S, B> {
    shell: S,
    backend: B,
    tray: Option<TrayView>,
    tasks: state::TaskMarks,
    secrets: BTreeSet<String>,
    asking: Asking,
    askings: u64,
    quit_when_done: bool,
}

/// How far the close question is.
enum Asking {
    /// Nothing is asked.
    No,
    /// The page was told and has not shown its dialog yet.
    Told(CloseQuestion),
    /// A dialog is on the screen.
    Shown,
}

impl<S: Shell, B: Backend> Controller<S, B> {
    /// A controller that has seen nothing yet; send [`Event::Started`] first.
    pub(crate) fn new(shell: S, backend: B) -> Self {
        Self {
            shell,
            backend,
            tray: None,
            tasks: state::TaskMarks::default(),
            secrets: BTreeSet::new(),
            asking: Asking::No,
            askings: 0,
            quit_when_done: false,
        }
    }

    /// Handles one event to its end.
    pub(crate) async fn handle(&mut self, event: Event) {
        match event {
            Event::Started => {
                self.apply_settings().await;
                self.redraw_tray().await;
            }
            Event::CloseRequested => self.close_requested().await,
            Event::CloseShown => {
                if matches!(self.asking, Asking::Told(_)) {
                    self.asking = Asking::Shown;
                }
            }
            Event::CloseUnanswered(asking) => self.close_unanswered(asking),
            Event::CloseAnswered(choice) => self.close_answered(choice).await,
            Event::SecondStart | Event::Tray(TrayItem::Open) => self.shell.show(),
            Event::Tray(TrayItem::Lock) => {
                // The app tells every page by a change; a wallet that is locked already stays so.
                self.call("lock").await;
            }
            Event::Tray(TrayItem::PauseFilling) => {
                self.for_each_filling("pause_filling", Fill::can_pause)
                    .await
            }
            Event::Tray(TrayItem::ResumeFilling) => {
                self.for_each_filling("resume_filling", Fill::can_resume)
                    .await
            }
            Event::Tray(TrayItem::Quit) | Event::Terminated => self.shell.quit(),
            Event::Away => {
                self.call("system_sleeps").await;
            }
            Event::Changed(change) => self.changed(change).await,
            Event::SecretShown(id) => {
                self.secrets.insert(id);
                self.shell.protect_content(true);
            }
            Event::SecretClosed(id) => self.secret_closed(&id),
        }
    }

    async fn close_requested(&mut self) {
        let question = match self
            .backend
            .call("close_question", json!({}))
            .await
            .map(CloseQuestion::read)
        {
            Ok(Some(question)) => question,
            // Without an answer the safe side is to stay: hidden, with everything running.
            Ok(None) | Err(_) => CloseQuestion::stay(),
        };
        match question.action {
            CloseAction::Quit => self.shell.quit(),
            CloseAction::Tray | CloseAction::QuitWhenDone => self.to_tray(&question),
            CloseAction::Ask => {
                self.askings += 1;
                self.shell
                    .tell_page(json!({ "kind": "close_requested", "question": question.view }));
                self.shell
                    .later(PAGE_ANSWERS_WITHIN, Event::CloseUnanswered(self.askings));
                self.asking = Asking::Told(question);
            }
        }
    }

    fn close_unanswered(&mut self, asking: u64) {
        if asking != self.askings {
            return;
        }
        if let Asking::Told(question) = std::mem::replace(&mut self.asking, Asking::No) {
            self.asking = Asking::Shown;
            self.shell.ask_natively(&question);
        }
    }

    async fn close_answered(&mut self, choice: Option<CloseAction>) {
        // A dialog that was answered is gone, whoever showed it.
        self.asking = Asking::No;
        match choice {
            None | Some(CloseAction::Ask) => {}
            Some(CloseAction::Tray) => self.shell.hide(),
            Some(CloseAction::Quit) => self.shell.quit(),
            Some(CloseAction::QuitWhenDone) => {
                self.quit_when_done = true;
                self.shell.hide();
                self.quit_if_done().await;
            }
        }
    }

    /// Hides the window. The first time the person is told where it went.
    fn to_tray(&self, question: &CloseQuestion) {
        self.shell.hide();
        if !self.shell.told_about_tray() {
            self.shell.remember_told_about_tray();
            self.shell.notify(&question.title, &question.body, false);
        }
    }

    async fn changed(&mut self, change: Value) {
        let kind = state::text(&change, "kind").unwrap_or_default().to_owned();
        match kind.as_str() {
            "secret_expired" => {
                let id = state::text(&change, "id").unwrap_or_default().to_owned();
                self.secret_closed(&id);
            }
            "notification" => self.notification(&change),
            _ => {}
        }
        let moved = self.tasks.moved(&change);
        self.shell.tell_page(change);
        match kind.as_str() {
            "settings" => self.apply_settings().await,
            "lagged" => {
                self.apply_settings().await;
                self.redraw_tray().await;
                self.quit_if_done().await;
            }
            "session" | "network" | "notices" => self.redraw_tray().await,
            "smeshing" => {
                self.redraw_tray().await;
                self.quit_if_done().await;
            }
            "task" if moved => {
                self.redraw_tray().await;
                self.quit_if_done().await;
            }
            _ => {}
        }
    }

    fn notification(&self, change: &Value) {
        let Some(text) = state::sentence(change, "text") else {
            return;
        };
        let sound = change
            .get("sound")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let (title, body) = state::headline(text);
        self.shell.notify(title, body, sound);
    }

    fn secret_closed(&mut self, id: &str) {
        if self.secrets.remove(id) && self.secrets.is_empty() {
            self.shell.protect_content(false);
        }
    }

    async fn apply_settings(&self) {
        if let Some(settings) = self.call("settings").await
            && let Some(on) = settings.get("startWithSystem").and_then(Value::as_bool)
        {
            self.shell.start_with_system(on);
        }
    }

    async fn redraw_tray(&mut self) {
        let (status, session, smeshing) = (
            self.call("status").await,
            self.call("session").await,
            self.call("smeshing").await,
        );
        let view = TrayView::from_answers(status.as_ref(), session.as_ref(), smeshing.as_ref());
        if self.tray.as_ref() != Some(&view) {
            self.shell.draw_tray(&view);
            self.tray = Some(view);
        }
    }

    async fn quit_if_done(&self) {
        if self.quit_when_done
            && let Some(smeshing) = self.call("smeshing").await
            && !state::fills(&smeshing).iter().any(Fill::can_pause)
        {
            self.shell.quit();
        }
    }

    async fn for_each_filling(&self, command: &str, applies: fn(&Fill) -> bool) {
        let Some(smeshing) = self.call("smeshing").await else {
            return;
        };
        for fill in state::fills(&smeshing).iter().filter(|fill| applies(fill)) {
            if let Err(error) = self
                .backend
                .call(command, json!({ "identity": fill.identity }))
                .await
            {
                self.failed(&error);
            }
        }
    }

    /// Calls a command without arguments whose failure only a log wants to know.
    async fn call(&self, name: &str) -> Option<Value> {
        match self.backend.call(name, json!({})).await {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::warn!(
                    name,
                    code = state::text(&error, "code"),
                    "the app did not answer the window"
                );
                None
            }
        }
    }

    /// What a person asked for in the tray failed, and there may be no page to say so.
    fn failed(&self, error: &Value) {
        let part = |name| state::text(error, name).unwrap_or_default();
        self.shell.notify(part("message"), part("remedy"), false);
    }
}

#[cfg(test)]
#[path = "shell_tests.rs"]
mod tests;
