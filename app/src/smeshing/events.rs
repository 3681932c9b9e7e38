//! What happened to committed space: appended, kept for ever, newest first on the page.
//!
//! Keeps true: one JSON object per line; a torn last line after a crash is dropped, everything before it stays.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    view::{Decimal, EventView, EventsArgs, EventsView, Instant, Sentence, Tone},
};

/// Name of the file.
const FILE: &str = "events.jsonl";
/// Longest line read, in bytes.
const LINE_BYTES_MAX: usize = 64 << 10;

/// One event as it lies in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Event {
    id: u64,
    /// Milliseconds since 1970.
    at: i64,
    identity: Option<String>,
    kind: String,
    tone: Tone,
    key: String,
    text: String,
    #[serde(default)]
    values: BTreeMap<String, String>,
    #[serde(default)]
    remedy: Option<String>,
}

/// All events.
#[derive(Debug)]
pub(super) struct EventLog {
    path: PathBuf,
    events: Vec<Event>,
}

impl EventLog {
    pub(super) fn load(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let mut events: Vec<Event> = Vec::new();
        if let Ok(file) = File::open(&path) {
            for line in BufReader::new(file)
                .split(b'\n')
                .map_while(Result::ok)
                .filter(|line| line.len() <= LINE_BYTES_MAX)
            {
                if let Ok(event) = serde_json::from_slice(&line) {
                    events.push(event);
                }
            }
        }
        Self { path, events }
    }

    fn push(&mut self, mut event: Event) {
        event.id = self.events.last().map_or(1, |last| last.id + 1);
        if let Err(error) = self.append(&event) {
            tracing::warn!(%error, "an event is only kept in memory");
        }
        self.events.push(event);
    }

    fn append(&self, event: &Event) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(event).map_err(std::io::Error::other)?;
        line.push(b'\n');
        let mut options = File::options();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        // A line in one write: a crash tears at most the last one. It begins on a fresh line even after a torn one.
        if self.is_torn() {
            file.write_all(b"\n")?;
        }
        file.write_all(&line)?;
        file.sync_data()
    }

    fn is_torn(&self) -> bool {
        use std::io::{Read as _, Seek as _, SeekFrom};
        let Ok(mut file) = File::open(&self.path) else {
            return false;
        };
        let mut last = [b'\n'];
        file.seek(SeekFrom::End(-1))
            .and_then(|_| file.read_exact(&mut last))
            .is_ok()
            && last != *b"\n"
    }
}

impl Inner {
    pub(crate) fn smeshing_events(
        self: &Arc<Self>,
        args: EventsArgs,
    ) -> Result<EventsView, AppError> {
        if !(1..=500).contains(&args.limit) {
            return Err(AppError::with(
                ErrorCode::BadArguments,
                "Between 1 and 500 events can be listed at once.",
            )
            .field("limit"));
        }
        let limit = args.limit as usize;
        let state = self.smeshing.state();
        let wanted = |event: &&Event| {
            args.identity
                .as_deref()
                .is_none_or(|identity| event.identity.as_deref() == Some(identity))
                && (!args.needs_you || event.remedy.is_some())
                && args.before.is_none_or(|before| event.id < before.0)
        };
        let mut events: Vec<EventView> = state
            .events
            .events
            .iter()
            .rev()
            .filter(wanted)
            .take(limit + 1)
            .map(view)
            .collect();
        let more = events.len() > limit;
        events.truncate(limit);
        Ok(EventsView { events, more })
    }

    /// Remembers that something happened.
    pub(super) fn record_event(
        &self,
        identity: Option<&str>,
        kind: &str,
        tone: Tone,
        text: Sentence,
        remedy: Option<&str>,
    ) {
        let event = Event {
            id: 0,
            at: self.now().as_millisecond(),
            identity: identity.map(str::to_owned),
            kind: kind.to_owned(),
            tone,
            key: text.key,
            text: text.text,
            values: text.values,
            remedy: remedy.map(str::to_owned),
        };
        self.smeshing.state().events.push(event);
        self.tell(Change::Smeshing {});
    }
}

fn view(event: &Event) -> EventView {
    EventView {
        id: Decimal(event.id),
        at: jiff::Timestamp::from_millisecond(event.at)
            .map(Instant::from_timestamp)
            .unwrap_or_else(|_| Instant::from_unix_seconds(0)),
        identity: event.identity.clone(),
        kind: event.kind.clone(),
        tone: event.tone,
        text: Sentence {
            key: event.key.clone(),
            values: event.values.clone(),
            text: event.text.clone(),
        },
        remedy: event
            .remedy
            .as_deref()
            .map(|remedy| Sentence::new("event.remedy", remedy, [])),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn event(kind: &str) -> Event {
        Event {
            id: 0,
            at: 0,
            identity: None,
            kind: kind.into(),
            tone: Tone::Ok,
            key: String::new(),
            text: String::new(),
            values: BTreeMap::new(),
            remedy: None,
        }
    }

    #[test]
    fn a_torn_last_line_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = EventLog::load(folder.path());
        log.push(event("one"));
        log.push(event("two"));
        let path = folder.path().join(FILE);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
        let mut log = EventLog::load(folder.path());
        assert_eq!(
            log.events
                .iter()
                .map(|event| event.kind.as_str())
                .collect::<Vec<_>>(),
            ["one"]
        );
        log.push(event("three"));
        let kinds: Vec<String> = EventLog::load(folder.path())
            .events
            .into_iter()
            .map(|event| event.kind)
            .collect();
        assert_eq!(kinds, ["one", "three"]);
    }
}
