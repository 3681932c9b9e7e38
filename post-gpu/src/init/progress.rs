//! What a person sees while labels are computed: counts, rates, end time, and what happened.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::device::DeviceInfo;

use super::error::Notice;

/// What the session does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitState {
    /// Computing labels.
    Filling,
    /// All labels are there, none is a VRF nonce: computing beyond the end until one is found.
    SearchingNonce,
    /// Paused by the person.
    Paused,
    /// Every device was taken away; waits for one.
    Waiting,
    /// Everything is done.
    Complete,
    /// Ended before everything was done.
    Stopped,
}

/// What a device does at the moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeviceState {
    /// Computing, or waiting for its next labels.
    Working,
    /// Taken away by the person.
    Removed,
    /// Out of service, for this reason.
    Failed {
        /// The reason as a sentence.
        reason: String,
    },
}

/// One device of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceProgress {
    /// Name and nature.
    pub info: DeviceInfo,
    /// What it does.
    #[serde(flatten)]
    pub state: DeviceState,
    /// Whether it leaves room for others.
    pub gentle: bool,
    /// Labels it computed in this session and that were kept.
    pub labels: u64,
    /// Labels per second over the last half minute.
    pub labels_per_second: f64,
    /// How often its labels were wrong. Nothing wrong is kept.
    pub wrong_labels: u32,
}

/// A session at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// What it does.
    pub state: InitState,
    /// Labels done of this session's files.
    pub done: u64,
    /// Labels of this session's files.
    pub total: u64,
    /// Labels per second over the last half minute, all devices.
    pub labels_per_second: f64,
    /// Seconds until everything is done at that rate; `None` while there is no rate, and while searching a nonce.
    pub seconds_left: Option<f64>,
    /// Labels tried beyond the end in search of a VRF nonce.
    pub searched: u64,
    /// The best VRF nonce so far.
    pub vrf_nonce: Option<u64>,
    /// The devices, by id.
    pub devices: Vec<DeviceProgress>,
}

/// Something that happened in a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum InitEvent {
    /// Found and mended when the directory was opened, or noticed later.
    Notice(Notice),
    /// The present state; at the start, about twice a second, and at the end.
    Progress(Progress),
    /// A device begins to compute labels. What it has not recorded when the process dies is computed again.
    BatchStarted {
        /// Which device.
        device: String,
        /// Labels to compute.
        labels: Range<u64>,
    },
    /// A batch is on disk and recorded.
    Batch {
        /// Which device made it.
        device: String,
        /// Its labels.
        labels: Range<u64>,
    },
    /// A file is complete.
    FileComplete {
        /// Its number.
        file: u32,
    },
    /// A better VRF nonce was found and is in the metadata.
    Nonce {
        /// Its label index.
        index: u64,
    },
    /// A device computed a wrong label. The batch was thrown away.
    WrongLabel {
        /// Which device.
        device: String,
        /// The label.
        index: u64,
        /// How often this device did so.
        times: u32,
    },
    /// A device is out of service; the others take over its work.
    DeviceFailed {
        /// Which device.
        device: String,
        /// The reason as a sentence.
        reason: String,
    },
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Whether all labels of the session's files are there (and a VRF nonce, when those are all files).
    pub complete: bool,
    /// Labels done of the session's files.
    pub done: u64,
    /// Labels of the session's files.
    pub total: u64,
    /// The best VRF nonce.
    pub vrf_nonce: Option<u64>,
    /// Seconds it took.
    pub seconds: f64,
}

/// A rate over a sliding window.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    /// Amounts in the window and when they arrived.
    recent: VecDeque<(Instant, u64)>,
    in_window: u64,
    since: Option<Instant>,
    total: u64,
}

/// Long enough to smooth batches of a few seconds, short enough to follow a game that starts.
const WINDOW: Duration = Duration::from_secs(30);

impl Meter {
    /// Work begins (again) now: idle time before does not count.
    pub(crate) fn start(&mut self, now: Instant) {
        self.recent.clear();
        self.in_window = 0;
        self.since = Some(now);
    }

    pub(crate) fn add(&mut self, now: Instant, amount: u64) {
        self.since.get_or_insert(now);
        self.recent.push_back((now, amount));
        self.in_window += amount;
        self.total += amount;
        self.forget(now);
    }

    /// Amount per second.
    pub(crate) fn rate(&mut self, now: Instant) -> f64 {
        self.forget(now);
        let Some(since) = self.since else { return 0.0 };
        let span = now.duration_since(since).min(WINDOW).as_secs_f64();
        if span <= 0.0 {
            0.0
        } else {
            self.in_window as f64 / span
        }
    }

    fn forget(&mut self, now: Instant) {
        while let Some(&(at, amount)) = self.recent.front() {
            if now.duration_since(at) <= WINDOW {
                break;
            }
            self.in_window -= amount;
            self.recent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_covers_the_last_half_minute_and_starts_anew_after_a_pause() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut meter = Meter::default();
        meter.start(at(0));
        meter.add(at(10), 1000);
        assert!((meter.rate(at(10)) - 100.0).abs() < 1e-9);
        meter.add(at(35), 600);
        assert!(
            (meter.rate(at(40)) - 1600.0 / 30.0).abs() < 1e-9,
            "both are within 30 s"
        );
        assert!(
            (meter.rate(at(60)) - 20.0).abs() < 1e-9,
            "only the second is"
        );
        meter.start(at(1000));
        meter.add(at(1002), 50);
        assert!((meter.rate(at(1002)) - 25.0).abs() < 1e-9);
    }
}
