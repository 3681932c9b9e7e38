//! The window in Tauri: how it is made, what it may do, and the desktop behind [`Shell`].
//!
//! Keeps true: the page stays on the app's own files, opens no other window and downloads nothing; it is shown only when the app behind it is
//! up; and the program ends only after the app has stopped what it does.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, Emitter, Manager, PhysicalPosition, PhysicalSize, RunEvent, State, Theme, Url,
    WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};
use tauri_plugin_autostart::ManagerExt as _;
use tauri_plugin_dialog::{
    DialogExt as _, FilePath, MessageDialogButtons, MessageDialogKind, MessageDialogResult,
};
use tauri_plugin_notification::NotificationExt as _;
use tokio::sync::{mpsc, oneshot};

use crate::host::{self, Dialogs, PickKind, PickPath};
use crate::placement::{Area, MemoryFile, Placement, Remembered, SIZE, SIZE_MIN};
use crate::program::Program;
use crate::shell::{Controller, Event, Shell};
use crate::state::{CloseAction, CloseQuestion, TrayView};
use crate::tray::Tray;
use crate::{away, program};

/// The window's label, in capabilities and events.
const MAIN: &str = "main";
/// The one event of the page.
const CHANGE: &str = "change";
/// How long the app may take to stop before the program ends anyway; a filling needs one batch.
const STOPS_WITHIN: Duration = Duration::from_secs(20);

/// Events of people and systems wait here for the controller. 256 is more than a person can cause while one is handled.
/// Full: the newest is dropped, with a line in the log; changes of the app have a channel of their own.
#[derive(Clone)]
struct Events(mpsc::Sender<Event>);

impl Events {
    fn send(&self, event: Event) {
        if let Err(error) = self.0.try_send(event) {
            tracing::warn!(%error, "an event was dropped");
        }
    }
}

/// Runs Smapp until it is left. `visible` is false when it starts with the system.
pub(crate) fn run(visible: bool) -> ExitCode {
    let log_file = program::start_logging();
    let (events, queue) = mpsc::channel(256);
    let events = Events(events);
    let second_start = events.clone();
    let built = tauri::Builder::default()
        // First, so that a second start ends before anything of the first one is touched.
        .plugin(tauri_plugin_single_instance::init(move |_, _, _| {
            second_start.send(Event::SecondStart)
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(
            tauri_plugin_autostart::Builder::new()
                .arg("--hidden")
                .build(),
        )
        .invoke_handler(tauri::generate_handler![call])
        .setup(move |app| {
            set_up(app.handle(), log_file, events, queue, visible).map_err(Into::into)
        })
        .build(tauri::generate_context!());
    let app = match built {
        Ok(app) => app,
        Err(error) => {
            tracing::error!(%error, "Smapp could not start");
            return ExitCode::FAILURE;
        }
    };
    let code = app.run_return(|app, event| match event {
        RunEvent::WindowEvent {
            label,
            event: WindowEvent::CloseRequested { api, .. },
            ..
        } if label == MAIN => {
            // Whether to close is the app's to say; until then the window stays.
            api.prevent_close();
            remember_placement(app);
            if let Some(events) = app.try_state::<Events>() {
                events.send(Event::CloseRequested);
            }
        }
        RunEvent::ExitRequested {
            code: None, api, ..
        } => api.prevent_exit(),
        RunEvent::Exit => {
            remember_placement(app);
            stop(app);
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => {
            if let Some(events) = app.try_state::<Events>() {
                events.send(Event::SecondStart);
            }
        }
        _ => {}
    });
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// Gives the app its time to stop. What it does not manage in it is resumed at the next start, as after a crash.
fn stop(app: &AppHandle) {
    let Some(program) = app.try_state::<Program>() else {
        return;
    };
    let program = program.inner().clone();
    let stopped = tauri::async_runtime::block_on(async {
        tokio::time::timeout(
            STOPS_WITHIN,
            tokio::task::spawn_blocking(move || program.stop()),
        )
        .await
    });
    if stopped.is_err() {
        tracing::warn!("the app did not stop in time");
    }
}

/// Starts the app, then the window, then everything that listens.
fn set_up(
    app: &AppHandle,
    log_file: Option<PathBuf>,
    events: Events,
    mut queue: mpsc::Receiver<Event>,
    visible: bool,
) -> Result<(), String> {
    let (program, mut changes) = match tauri::async_runtime::block_on(Program::open(log_file)) {
        Ok(opened) => opened,
        Err(problem) => {
            // Without an app there is nothing to show a page of.
            app.dialog()
                .message(&problem)
                .title("Smapp could not start")
                .kind(MessageDialogKind::Error)
                .blocking_show();
            return Err(problem);
        }
    };
    let folder = program.data_folder().to_owned();
    let memory = Memory::open(MemoryFile::within(&folder));
    let window = open_window(app, &folder, memory.get().placement, visible)
        .map_err(|error| error.to_string())?;
    let tray_events = events.clone();
    let tray = Tray::new(app, &folder, move |item| {
        tray_events.send(Event::Tray(item))
    });
    let desk = Desk {
        app: app.clone(),
        window,
        tray: Arc::new(tray),
        events: events.clone(),
        memory: memory.clone(),
    };
    app.manage(program.clone());
    app.manage(events.clone());
    app.manage(desk.clone());
    app.manage(memory);
    let absence = events.clone();
    away::watch(move || absence.send(Event::Away));
    listen_to_notices(app, events.clone());
    listen_to_signals(events);
    let mut controller = Controller::new(desk, program);
    tauri::async_runtime::spawn(async move {
        controller.handle(Event::Started).await;
        loop {
            let event = tokio::select! {
                change = changes.next() => match change {
                    Some(change) => Event::Changed(change),
                    None => return,
                },
                event = queue.recv() => match event {
                    Some(event) => event,
                    None => return,
                },
            };
            controller.handle(event).await;
        }
    });
    Ok(())
}

/// The one command of the page.
#[tauri::command]
async fn call(
    name: String,
    args: Option<Value>,
    program: State<'_, Program>,
    events: State<'_, Events>,
    desk: State<'_, Desk>,
) -> Result<Value, Value> {
    let args = args
        .filter(|args| !args.is_null())
        .unwrap_or_else(|| serde_json::json!({}));
    let tell = |event| events.send(event);
    host::call(program.inner(), desk.inner(), tell, &name, args).await
}

fn open_window(
    app: &AppHandle,
    folder: &std::path::Path,
    placement: Option<Placement>,
    visible: bool,
) -> tauri::Result<WebviewWindow> {
    let mut builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Smapp")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SIZE_MIN.0, SIZE_MIN.1)
        .prevent_overflow()
        .visible(false)
        .data_directory(folder.join("webview"))
        .devtools(cfg!(debug_assertions))
        // Files are dropped onto the page; the window's own handler would swallow them.
        .disable_drag_drop_handler()
        .general_autofill_enabled(false)
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false);
    if placement.is_none() {
        builder = builder.center();
    }
    let window = builder.build()?;
    window.set_background_color(Some(backdrop(window.theme().unwrap_or(Theme::Light))))?;
    let monitors: Vec<Area> = window
        .available_monitors()?
        .iter()
        .map(|monitor| area(*monitor.position(), *monitor.size()))
        .collect();
    if let Some(place) = placement.and_then(|placement| placement.on(&monitors)) {
        window.set_size(PhysicalSize::new(place.area.width, place.area.height))?;
        window.set_position(PhysicalPosition::new(place.area.x, place.area.y))?;
        if place.maximized {
            window.maximize()?;
        }
    }
    if visible {
        window.show()?;
        window.set_focus()?;
    }
    Ok(window)
}

/// `--c-bg` of the theme, so that a dark window does not flash white before the page is there.
fn backdrop(theme: Theme) -> tauri::window::Color {
    if theme == Theme::Dark {
        tauri::window::Color(0x0b, 0x11, 0x13, 0xff)
    } else {
        tauri::window::Color(0xf2, 0xf5, 0xf5, 0xff)
    }
}

/// Only the files that came with the program: `tauri://localhost`, which Windows writes as `http://tauri.localhost`.
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

fn area(position: PhysicalPosition<i32>, size: PhysicalSize<u32>) -> Area {
    Area {
        x: position.x,
        y: position.y,
        width: size.width,
        height: size.height,
    }
}

/// Writes down where the window is. A maximised window keeps the place it will have when it is not.
fn remember_placement(app: &AppHandle) {
    let (Some(memory), Some(window)) = (app.try_state::<Memory>(), app.get_webview_window(MAIN))
    else {
        return;
    };
    if !window.is_visible().unwrap_or(false) {
        return;
    }
    let maximized = window.is_maximized().unwrap_or(false);
    let (Ok(position), Ok(size)) = (window.outer_position(), window.inner_size()) else {
        return;
    };
    memory.change(|remembered| {
        let now = area(position, size);
        let kept = remembered.placement.map_or(now, |before| before.area);
        remembered.placement = Some(Placement {
            area: if maximized { kept } else { now },
            maximized,
        });
    });
}

/// A click on a notification opens the window.
fn listen_to_notices(app: &AppHandle, events: Events) {
    let heard = app
        .notification()
        .on_action(move |_| events.send(Event::SecondStart));
    Desk::tried("clicks on notifications", heard.map(drop));
}

/// A system that shuts down, and Ctrl C in a terminal, end the program in order.
fn listen_to_signals(events: Events) {
    tauri::async_runtime::spawn(async move {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let (Ok(mut term), Ok(mut int)) = (
                signal(SignalKind::terminate()),
                signal(SignalKind::interrupt()),
            ) else {
                return;
            };
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        events.send(Event::Terminated);
    });
}

/// What the window remembers, with its file.
#[derive(Clone)]
struct Memory(Arc<(MemoryFile, Mutex<Remembered>)>);

impl Memory {
    fn open(file: MemoryFile) -> Self {
        let remembered = file.read();
        Self(Arc::new((file, Mutex::new(remembered))))
    }

    fn get(&self) -> Remembered {
        *self.0.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Remembered)) {
        let mut remembered = self.0.1.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *remembered;
        change(&mut remembered);
        if *remembered != before
            && let Err(error) = self.0.0.write(&remembered)
        {
            tracing::warn!(%error, "the place of the window is not remembered");
        }
    }
}

/// Window, tray and desktop.
#[derive(Clone)]
struct Desk {
    app: AppHandle,
    window: WebviewWindow,
    tray: Arc<Tray>,
    events: Events,
    memory: Memory,
}

impl Desk {
    /// Logs what a desktop refused. Nothing depends on it: the next event tries again.
    fn tried(what: &'static str, result: Result<(), impl std::fmt::Display>) {
        if let Err(error) = result {
            tracing::warn!(%error, what, "the desktop refused");
        }
    }
}

impl Shell for Desk {
    fn show(&self) {
        Self::tried("show", self.window.show());
        Self::tried("unminimize", self.window.unminimize());
        Self::tried("focus", self.window.set_focus());
    }

    fn hide(&self) {
        Self::tried("hide", self.window.hide());
    }

    fn quit(&self) {
        self.app.exit(0);
    }

    fn tell_page(&self, change: Value) {
        Self::tried("change", self.app.emit_to(MAIN, CHANGE, change));
    }

    fn ask_natively(&self, question: &CloseQuestion) {
        let labels: Vec<String> = question
            .choices
            .iter()
            .map(|(_, label)| label.clone())
            .collect();
        let buttons = match labels.as_slice() {
            [first, second, third, ..] => MessageDialogButtons::YesNoCancelCustom(
                first.clone(),
                second.clone(),
                third.clone(),
            ),
            [first, second] => MessageDialogButtons::OkCancelCustom(first.clone(), second.clone()),
            [only] => MessageDialogButtons::OkCustom(only.clone()),
            [] => MessageDialogButtons::Ok,
        };
        let choices = question.choices.clone();
        let events = self.events.clone();
        self.app
            .dialog()
            .message(&question.body)
            .title(&question.title)
            .parent(&self.window)
            .buttons(buttons)
            .show_with_result(move |result| {
                events.send(Event::CloseAnswered(chosen(&result, &choices)));
            });
    }

    fn later(&self, after: Duration, event: Event) {
        let events = self.events.clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(after).await;
            events.send(event);
        });
    }

    fn draw_tray(&self, view: &TrayView) {
        // Menus belong to the main thread.
        let (app, tray, view) = (self.app.clone(), Arc::clone(&self.tray), view.clone());
        Self::tried(
            "tray",
            self.app.run_on_main_thread(move || tray.show(&app, &view)),
        );
    }

    fn notify(&self, title: &str, body: &str, sound: bool) {
        let mut notice = self.app.notification().builder().title(title).body(body);
        if sound {
            notice = notice.sound("default");
        }
        Self::tried("notification", notice.show());
    }

    fn start_with_system(&self, on: bool) {
        let manager = self.app.autolaunch();
        if manager.is_enabled().ok() == Some(on) {
            return;
        }
        Self::tried(
            "start with the system",
            if on {
                manager.enable()
            } else {
                manager.disable()
            },
        );
    }

    fn protect_content(&self, on: bool) {
        Self::tried("content protection", self.window.set_content_protected(on));
    }

    fn told_about_tray(&self) -> bool {
        self.memory.get().told_about_tray
    }

    fn remember_told_about_tray(&self) {
        self.memory
            .change(|remembered| remembered.told_about_tray = true);
    }
}

/// Which choice a native dialog's result is. Closing the dialog is *cancel*, also where the system reports its last button.
fn chosen(result: &MessageDialogResult, choices: &[(CloseAction, String)]) -> Option<CloseAction> {
    let place = match result {
        MessageDialogResult::Yes | MessageDialogResult::Ok => 0,
        MessageDialogResult::No => 1,
        MessageDialogResult::Cancel => return None,
        MessageDialogResult::Custom(label) => {
            choices.iter().position(|(_, known)| known == label)?
        }
    };
    choices.get(place).map(|(action, _)| *action)
}

impl Dialogs for Desk {
    async fn pick(&self, wish: PickPath) -> Option<PathBuf> {
        let mut dialog = self
            .app
            .dialog()
            .file()
            .set_title(&wish.title)
            .set_parent(&self.window)
            .set_can_create_directories(true);
        if let Some(directory) = &wish.directory {
            dialog = dialog.set_directory(directory);
        }
        if let Some(name) = &wish.file_name {
            dialog = dialog.set_file_name(name);
        }
        if !wish.extensions.is_empty() {
            let extensions: Vec<&str> = wish.extensions.iter().map(String::as_str).collect();
            dialog = dialog
                .add_filter(wish.extensions.join(", "), &extensions)
                .add_filter("*", &["*"]);
        }
        let (answer, answered) = oneshot::channel::<Option<FilePath>>();
        // The person may leave while the dialog is open; then nobody waits for the answer.
        let reply = move |path| drop(answer.send(path));
        match wish.kind {
            PickKind::File => dialog.pick_file(reply),
            PickKind::Folder => dialog.pick_folder(reply),
            PickKind::Save => dialog.save_file(reply),
        }
        answered.await.ok().flatten()?.into_path().ok()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn the_page_stays_on_its_own_files() {
        for own in [
            "tauri://localhost/",
            "tauri://localhost/index.html#/smeshing",
            "http://tauri.localhost/",
            "https://tauri.localhost/x",
        ] {
            assert!(is_own_page(&Url::parse(own).unwrap()), "{own}");
        }
        for foreign in [
            "https://example.org/",
            "http://localhost/",
            "http://tauri.localhost.example.org/",
            "tauri://example.org/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:blank",
        ] {
            assert!(!is_own_page(&Url::parse(foreign).unwrap()), "{foreign}");
        }
    }

    #[test]
    fn the_answer_of_a_native_dialog_is_one_of_its_choices() {
        let choices = [
            (CloseAction::Tray, "Keep running".to_owned()),
            (CloseAction::Quit, "Quit".to_owned()),
        ];
        assert_eq!(
            chosen(&MessageDialogResult::Custom("Quit".to_owned()), &choices),
            Some(CloseAction::Quit)
        );
        assert_eq!(
            chosen(&MessageDialogResult::Ok, &choices),
            Some(CloseAction::Tray)
        );
        assert_eq!(chosen(&MessageDialogResult::Cancel, &choices), None);
        assert_eq!(
            chosen(&MessageDialogResult::Custom("?".to_owned()), &choices),
            None
        );
    }

    #[test]
    fn the_page_may_call_one_command_and_hear_one_event_and_no_more() {
        let capability: Value =
            serde_json::from_str(include_str!("../capabilities/page.json")).unwrap();
        let allowed: Vec<&str> = capability["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(
            allowed,
            [
                "allow-call",
                "core:event:allow-listen",
                "core:event:allow-unlisten"
            ]
        );
        let config: Value = serde_json::from_str(include_str!("../tauri.conf.json")).unwrap();
        let security = &config["app"]["security"];
        assert_eq!(security["capabilities"], serde_json::json!(["page"]));
        assert_eq!(security["csp"]["default-src"], "'none'");
        assert_eq!(security["csp"]["script-src"], "'self'");
        assert_eq!(config["app"]["withGlobalTauri"], false);
    }
}
