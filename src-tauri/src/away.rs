//! Notices that the person left: the computer slept or its screen was locked. What follows from it is a setting of the app.
//!
//! Sources: on Linux the login manager (`PrepareForSleep` before sleeping, `Lock` of a session) and the screen savers of the usual desktops
//! (`ActiveChanged`), over D-Bus; on every system the wall clock, which jumps between two ticks when the computer slept. Windows and macOS
//! tell a locked screen only to native window code, so there the clock and the time limit of the app are what locks.

use std::thread;
use std::time::{Duration, SystemTime};

/// Seconds between two looks at the clock. A wake-up is noticed at most this much later.
const TICK: Duration = Duration::from_secs(5);
/// A step of the wall clock between two ticks that a busy computer does not explain.
const SLEPT: Duration = Duration::from_secs(60);

/// Calls `on_away` on each sleep and each locked screen, from a thread and tasks that live as long as the process.
pub(crate) fn watch(on_away: impl Fn() + Clone + Send + Sync + 'static) {
    let clock = on_away.clone();
    spawn("away-clock", move || {
        let mut steps = ClockSteps::starting(SystemTime::now());
        loop {
            thread::sleep(TICK);
            if steps.tick(SystemTime::now()) {
                clock();
            }
        }
    });
    #[cfg(target_os = "linux")]
    linux::watch(on_away);
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(work) {
        tracing::warn!(%error, thread = name, "the wallet will not lock by itself on this sign of absence");
    }
}

/// Recognises sleep by the wall clock alone, since whether a monotonic clock counts sleep differs between systems.
struct ClockSteps {
    last: SystemTime,
}

impl ClockSteps {
    fn starting(now: SystemTime) -> Self {
        Self { last: now }
    }

    /// Whether the time since the last tick is so long that the computer must have slept. A clock set back is no sleep.
    fn tick(&mut self, now: SystemTime) -> bool {
        let step = now.duration_since(self.last).unwrap_or_default();
        self.last = now;
        step > SLEPT
    }
}

#[cfg(target_os = "linux")]
mod linux {
    //! D-Bus signals. A bus that is not there (a bare X server, a container) is no error: then nothing locks the screen either.

    use std::num::NonZeroUsize;

    use futures_util::StreamExt as _;
    use futures_util::stream::select_all;
    use zbus::message::{Message, Type};
    use zbus::{Connection, MatchRule, MessageStream, Result};

    /// A signal that may mean absence: interface, member, and whether its argument must be true.
    type Sign = (&'static str, &'static str, bool);

    /// The screen savers of the usual desktops.
    const SESSION: [Sign; 4] = [
        ("org.freedesktop.ScreenSaver", "ActiveChanged", true),
        ("org.gnome.ScreenSaver", "ActiveChanged", true),
        ("org.cinnamon.ScreenSaver", "ActiveChanged", true),
        ("org.mate.ScreenSaver", "ActiveChanged", true),
    ];
    /// The login manager.
    const SYSTEM: [Sign; 2] = [
        ("org.freedesktop.login1.Manager", "PrepareForSleep", true),
        ("org.freedesktop.login1.Session", "Lock", false),
    ];
    /// Signals that may wait while the app locks; more of them would say nothing else.
    const QUEUE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

    pub(super) fn watch(on_away: impl Fn() + Clone + Send + Sync + 'static) {
        let on_session = on_away.clone();
        tauri::async_runtime::spawn(async move {
            tell(
                "session",
                follow(Connection::session().await, &SESSION, on_session).await,
            )
        });
        tauri::async_runtime::spawn(async move {
            tell(
                "system",
                follow(Connection::system().await, &SYSTEM, on_away).await,
            )
        });
    }

    fn tell(bus: &'static str, ended: Result<()>) {
        if let Err(error) = ended {
            tracing::debug!(%error, bus, "not listening for sleep and locked screens");
        }
    }

    /// Listens until the bus goes away.
    async fn follow(
        bus: Result<Connection>,
        signs: &[Sign],
        on_away: impl Fn() + Send + Sync,
    ) -> Result<()> {
        let bus = bus?;
        let mut streams = Vec::with_capacity(signs.len());
        for (interface, member, with_true) in signs {
            let rule = MatchRule::builder()
                .msg_type(Type::Signal)
                .interface(*interface)
                .member(*member)
                .build()?;
            let stream = MessageStream::for_match_rule(rule, &bus, Some(QUEUE)).await?;
            streams.push(
                stream
                    .map(move |message| message.map(|message| !with_true || says_true(&message)))
                    .boxed(),
            );
        }
        let mut merged = select_all(streams);
        while let Some(means_away) = merged.next().await {
            if means_away? {
                on_away();
            }
        }
        Ok(())
    }

    fn says_true(message: &Message) -> bool {
        message.body().deserialize::<bool>().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_long_step_forward_is_sleep() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let mut steps = ClockSteps::starting(start);
        assert!(!steps.tick(start + TICK));
        assert!(!steps.tick(start + TICK + SLEPT), "a busy minute");
        assert!(steps.tick(start + TICK + SLEPT + SLEPT + Duration::from_millis(1)));
        assert!(!steps.tick(start), "the clock was set back");
        assert!(!steps.tick(start + TICK));
    }
}
