//! The stream of changes to every page.
//!
//! Keeps true: bounded; a subscriber that is too slow gets `lagged` (take everything afresh), never silence.

use tokio::sync::broadcast::{self, error::RecvError};

use crate::contract::Change;

/// Changes that may wait for a slow subscriber. Full: the oldest is dropped for that subscriber alone, who is told so.
const WAITING_MAX: usize = 256;

/// Sends changes to all subscribers.
#[derive(Debug, Clone)]
pub(crate) struct Changes(broadcast::Sender<Change>);

impl Changes {
    pub(crate) fn new() -> Self {
        Self(broadcast::channel(WAITING_MAX).0)
    }

    /// Tells everybody. Nobody listening is fine.
    pub(crate) fn send(&self, change: Change) {
        // An error only says that nobody is subscribed.
        let _ = self.0.send(change);
    }

    pub(crate) fn subscribe(&self) -> Subscription {
        Subscription(self.0.subscribe())
    }
}

/// One subscriber's end of the stream.
#[derive(Debug)]
pub struct Subscription(broadcast::Receiver<Change>);

impl Subscription {
    /// The next change; `None` once the app has stopped.
    pub async fn next(&mut self) -> Option<Change> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(RecvError::Lagged(_)) => {
                // What is still waiting is older than the snapshot that follows.
                self.0 = self.0.resubscribe();
                Some(Change::Lagged {})
            }
            Err(RecvError::Closed) => None,
        }
    }

    /// What waits right now; `None` if nothing does.
    pub fn try_next(&mut self) -> Option<Change> {
        match self.0.try_recv() {
            Ok(change) => Some(change),
            Err(broadcast::error::TryRecvError::Lagged(_)) => {
                self.0 = self.0.resubscribe();
                Some(Change::Lagged {})
            }
            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => {
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_subscriber_is_told_to_take_everything_afresh_and_then_goes_on() {
        let changes = Changes::new();
        let mut slow = changes.subscribe();
        for layer in 0..1000 {
            changes.send(Change::Layer { layer, epoch: 0 });
        }
        assert!(matches!(slow.try_next(), Some(Change::Lagged {})));
        assert!(slow.try_next().is_none());
        changes.send(Change::Layer { layer: 7, epoch: 0 });
        assert!(matches!(
            slow.try_next(),
            Some(Change::Layer { layer: 7, .. })
        ));
    }
}
