//! What a person may do to a running session.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::device::Device;

/// Steers a running session from another thread. Clones steer the same session.
#[derive(Clone, Default)]
pub struct InitControl {
    inner: Arc<Inner>,
}

impl fmt::Debug for InitControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wishes = self.lock();
        f.debug_struct("InitControl")
            .field("paused", &wishes.paused)
            .field("cancelled", &wishes.cancelled)
            .finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Inner {
    wishes: Mutex<Wishes>,
    changed: Condvar,
}

/// What the person wants. `added` is taken by the session, the rest stays.
#[derive(Default)]
pub(crate) struct Wishes {
    pub(crate) paused: bool,
    pub(crate) cancelled: bool,
    pub(crate) gentle: BTreeMap<String, bool>,
    pub(crate) removed: BTreeSet<String>,
    pub(crate) added: Vec<Box<dyn Device>>,
    /// Something changed since the session looked.
    pub(crate) news: bool,
}

impl InitControl {
    /// Nothing paused, nothing cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Finishes the pieces that are being computed, keeps them, and waits.
    pub fn pause(&self) {
        self.change(|wishes| wishes.paused = true);
    }

    /// Goes on after a pause.
    pub fn resume(&self) {
        self.change(|wishes| wishes.paused = false);
    }

    /// Finishes the pieces that are being computed, keeps them, and ends the session.
    pub fn cancel(&self) {
        self.change(|wishes| wishes.cancelled = true);
    }

    /// Whether the session was told to end.
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Leaves about half of a device to the person at the screen, or takes all of it. May be set before the device is added.
    pub fn set_gentle(&self, device: &str, gentle: bool) {
        self.change(|wishes| _ = wishes.gentle.insert(device.to_owned(), gentle));
    }

    /// Lets another device join.
    pub fn add_device(&self, device: Box<dyn Device>) {
        self.change(|wishes| {
            wishes.removed.remove(&device.info().id);
            wishes.added.push(device);
        });
    }

    /// Takes a device away. What it has finished is kept.
    pub fn remove_device(&self, device: &str) {
        self.change(|wishes| _ = wishes.removed.insert(device.to_owned()));
    }

    /// Makes the session look at its state.
    pub(crate) fn poke(&self) {
        self.change(|_| ());
    }

    /// Waits until something changes, at most `timeout`; then `look` may read the wishes.
    pub(crate) fn wait<T>(&self, timeout: Duration, look: impl FnOnce(&mut Wishes) -> T) -> T {
        let mut wishes = self.lock();
        if !wishes.news {
            wishes = self
                .inner
                .changed
                .wait_timeout(wishes, timeout)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        wishes.news = false;
        look(&mut wishes)
    }

    fn change(&self, change: impl FnOnce(&mut Wishes)) {
        let mut wishes = self.lock();
        change(&mut wishes);
        wishes.news = true;
        self.inner.changed.notify_all();
    }

    /// Nothing else is locked while this is held.
    fn lock(&self) -> MutexGuard<'_, Wishes> {
        self.inner
            .wishes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
