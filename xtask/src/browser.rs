//! The tests that a person could do: flows in a real browser and in the real window.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::process::{Profile, binary, command, root, status, which};
use crate::ui;

/// A person's flows in headless Chromium against `spacemesh app`.
pub(crate) fn flows() -> Result<(), String> {
    let mut npm = ui::npm();
    npm.args(["run", "--silent", "e2e"])
        .env("SPACEMESH_BIN", binary(Profile::Dev, "spacemesh"));
    if env::var_os("CHROMIUM").is_none()
        && let Some(chromium) = ["chromium", "chromium-browser", "google-chrome"]
            .iter()
            .find_map(|name| which(name))
    {
        npm.env("CHROMIUM", chromium);
    }
    status(&mut npm)
}

/// The main flow in the real window, on a virtual display of its own and with a session bus of its own.
pub(crate) fn window() -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        println!("skipped: the window is driven by WebKitWebDriver, which exists on Linux only");
        return Ok(());
    }
    let display = Display::start()?;
    status(window_test(&display, Profile::Dev).arg("tests/window/smapp.test.mjs"))
}

/// Node's test runner for the window, on a virtual display and with a session bus of its own; the caller adds what to run.
pub(crate) fn window_test(display: &Display, profile: Profile) -> Command {
    let mut node = under_session_bus();
    node.args(["node", "--test"])
        .current_dir(root())
        .env("SMAPP_BIN", binary(profile, "smapp"))
        .env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        // The software renderer: virtual displays have no GPU.
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    node
}

/// `dbus-run-session -- …` where it exists, so that tray and notifications never reach the person's own desktop.
fn under_session_bus() -> Command {
    let mut run = command(if which("dbus-run-session").is_some() {
        "dbus-run-session"
    } else {
        "env"
    });
    if which("dbus-run-session").is_some() {
        run.arg("--");
    }
    run
}

/// A virtual display that ends with this value.
pub(crate) struct Display {
    server: Child,
    /// The value for `DISPLAY`.
    pub(crate) name: String,
}

impl Display {
    /// Starts Xvfb, which picks a free number and reports it.
    pub(crate) fn start() -> Result<Self, String> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1600x1200x24",
                "-nolisten",
                "tcp",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                format!("cannot start Xvfb: {error}; `cargo xtask doctor` tells how to install it")
            })?;
        let mut number = String::new();
        let read = server
            .stdout
            .take()
            .map(|out| BufReader::new(out).read_line(&mut number));
        match read {
            Some(Ok(n)) if n > 0 => Ok(Self {
                server,
                name: format!(":{}", number.trim()),
            }),
            _ => {
                // The server ended without naming a display; nothing is left to stop.
                drop(server.wait());
                Err("Xvfb ended without a display".to_owned())
            }
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Already ended is as good as killed.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}
