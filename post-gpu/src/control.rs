//! Pausing and cancelling long work from another thread.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

const RUN: u8 = 0;
const PAUSE: u8 = 1;
const CANCEL: u8 = 2;

/// Shared by the one who works, who asks at every [`Control::checkpoint`], and the one who decides. Cancelling is final.
#[derive(Debug, Default)]
pub struct Control {
    wish: AtomicU8,
    /// Guards nothing but the wait for a change of `wish`; no other lock is taken while it is held.
    turn: Mutex<()>,
    changed: Condvar,
}

impl Control {
    /// Work runs.
    pub const fn new() -> Self {
        Self {
            wish: AtomicU8::new(RUN),
            turn: Mutex::new(()),
            changed: Condvar::new(),
        }
    }

    /// Work stops at its next checkpoint until [`Self::resume`].
    pub fn pause(&self) {
        self.set(RUN, PAUSE);
    }

    /// Work goes on.
    pub fn resume(&self) {
        self.set(PAUSE, RUN);
    }

    /// Work ends at its next checkpoint, also when paused.
    pub fn cancel(&self) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.wish.store(CANCEL, Ordering::Release);
        self.changed.notify_all();
    }

    /// Whether work is to wait.
    pub fn is_paused(&self) -> bool {
        self.wish.load(Ordering::Acquire) == PAUSE
    }

    /// Whether work is to end.
    pub fn is_cancelled(&self) -> bool {
        self.wish.load(Ordering::Acquire) == CANCEL
    }

    /// Called by the worker between small steps: waits while paused.
    ///
    /// # Errors
    /// When cancelled.
    pub fn checkpoint(&self) -> Result<(), Cancelled> {
        if self.wish.load(Ordering::Relaxed) == RUN {
            return Ok(());
        }
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match self.wish.load(Ordering::Acquire) {
                RUN => return Ok(()),
                PAUSE => {
                    turn = self
                        .changed
                        .wait(turn)
                        .unwrap_or_else(PoisonError::into_inner)
                }
                _ => return Err(Cancelled),
            }
        }
    }

    fn set(&self, from: u8, to: u8) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // Fails when the wish is another: a pause after a cancel changes nothing.
        let _ = self
            .wish
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire);
        self.changed.notify_all();
    }
}

/// The work was cancelled; what it had done is kept where its own documentation says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn cancelling_is_final_and_wakes_those_who_wait() {
        let control = Control::new();
        assert_eq!(control.checkpoint(), Ok(()));
        control.pause();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| control.checkpoint());
            control.cancel();
            assert_eq!(waiting.join().ok(), Some(Err(Cancelled)));
        });
        control.resume();
        control.pause();
        assert!(control.is_cancelled());
    }

    #[test]
    fn a_pause_ends_with_resuming() {
        let control = Control::new();
        control.pause();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| control.checkpoint());
            control.resume();
            assert_eq!(waiting.join().ok(), Some(Ok(())));
        });
    }
}
