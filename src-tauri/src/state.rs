//! What the window reads from the app's answers: small views for the tray and the close question.
//!
//! Answers are read as JSON, the form in which the page gets them, and leniently: a part that is missing leaves a line out of the menu.

use serde_json::Value;

use crate::tray_picture::Dot;

/// The tray: its picture and the state of its menu.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrayView {
    /// First line: how things stand.
    pub(crate) state: String,
    /// Second line, for example until when it is safe to shut down.
    pub(crate) detail: Option<String>,
    /// Done part of the running task in hundredths; the arc.
    pub(crate) percent: Option<u8>,
    /// Colour of the dot.
    pub(crate) dot: Dot,
    /// A wallet is unlocked, so *Lock* does something.
    pub(crate) can_lock: bool,
    /// A filling runs.
    pub(crate) can_pause: bool,
    /// A filling is paused.
    pub(crate) can_resume: bool,
}

impl TrayView {
    /// From the answers of `status`, `session` and `smeshing`; each may be missing.
    pub(crate) fn from_answers(
        status: Option<&Value>,
        session: Option<&Value>,
        smeshing: Option<&Value>,
    ) -> Self {
        let part = status.and_then(|status| status.get("smeshing"));
        let fills = smeshing.map(fills).unwrap_or_default();
        let sentence = smeshing
            .and_then(|page| sentence(page, "sentence"))
            .unwrap_or("Smapp");
        let detail = part
            .and_then(|part| sentence_in(part))
            .filter(|text| *text != sentence);
        Self {
            state: sentence.to_owned(),
            detail: detail.map(str::to_owned),
            percent: part
                .and_then(|part| part.get("progress"))
                .and_then(Value::as_f64)
                .map(percent),
            dot: dot(part.and_then(|part| text(part, "tone"))),
            can_lock: session.and_then(|session| text(session, "state")) == Some("unlocked"),
            can_pause: fills.iter().any(Fill::can_pause),
            can_resume: fills.iter().any(Fill::can_resume),
        }
    }
}

/// A filling, as far as the tray can act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fill {
    /// The identity whose space it is, hex.
    pub(crate) identity: String,
    state: String,
}

impl Fill {
    /// It runs or is about to.
    pub(crate) fn can_pause(&self) -> bool {
        matches!(self.state.as_str(), "starting" | "running")
    }

    /// It is paused.
    pub(crate) fn can_resume(&self) -> bool {
        self.state == "paused"
    }
}

/// The fillings of the answer of `smeshing`.
pub(crate) fn fills(smeshing: &Value) -> Vec<Fill> {
    let tasks = smeshing
        .get("tasks")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    tasks
        .iter()
        .filter(|task| text(task, "kind") == Some("fill"))
        .filter_map(|task| {
            Some(Fill {
                identity: text(task, "identity")?.to_owned(),
                state: text(task, "state")?.to_owned(),
            })
        })
        .collect()
}

/// What closing the window does, and the choices of its dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CloseAction {
    /// Ask first.
    Ask,
    /// Go on in the tray.
    Tray,
    /// Leave.
    Quit,
    /// Leave as soon as nothing runs any more.
    QuitWhenDone,
}

impl CloseAction {
    /// From the words of the app and of the page.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "ask" => Some(Self::Ask),
            "tray" => Some(Self::Tray),
            "quit" => Some(Self::Quit),
            "quit_when_done" => Some(Self::QuitWhenDone),
            _ => None,
        }
    }
}

/// The answer of `close_question`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CloseQuestion {
    /// What happens.
    pub(crate) action: CloseAction,
    /// Title of the dialog or the notice.
    pub(crate) title: String,
    /// Its text.
    pub(crate) body: String,
    /// Choices with the text of their buttons, the default first.
    pub(crate) choices: Vec<(CloseAction, String)>,
    /// As the page gets it.
    pub(crate) view: Value,
}

impl CloseQuestion {
    /// `None` when the answer does not say what to do.
    pub(crate) fn read(view: Value) -> Option<Self> {
        let action = CloseAction::parse(text(&view, "action")?)?;
        let listed = view
            .get("choices")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let choices = listed
            .iter()
            .filter_map(|choice| {
                Some((
                    CloseAction::parse(text(choice, "id")?)?,
                    sentence(choice, "label")?.to_owned(),
                ))
            })
            .collect();
        Some(Self {
            action,
            title: sentence(&view, "title").unwrap_or("Smapp").to_owned(),
            body: sentence(&view, "body").unwrap_or_default().to_owned(),
            choices,
            view,
        })
    }

    /// Stay in the tray, when the app does not say what to do.
    pub(crate) fn stay() -> Self {
        Self {
            action: CloseAction::Tray,
            title: "Smapp keeps running".to_owned(),
            body: "Open it again from the tray, or by starting Smapp once more.".to_owned(),
            choices: Vec::new(),
            view: Value::Null,
        }
    }
}

/// Which steps of tasks the tray has seen. Tasks tell about themselves four times a second; the tray shows hundredths.
#[derive(Debug, Default)]
pub(crate) struct TaskMarks(std::collections::BTreeMap<String, (String, u8)>);

impl TaskMarks {
    /// Whether a change is a task that moved by a hundredth or into another state.
    pub(crate) fn moved(&mut self, change: &Value) -> bool {
        let Some(task) = change.get("task") else {
            return false;
        };
        let (Some(id), Some(state)) = (text(task, "id"), text(task, "state")) else {
            return false;
        };
        let mark = (
            state.to_owned(),
            percent(task.get("share").and_then(Value::as_f64).unwrap_or(0.0)),
        );
        if matches!(state, "finished" | "failed" | "cancelled") {
            self.0.remove(id);
            return true;
        }
        self.0.insert(id.to_owned(), mark.clone()) != Some(mark)
    }
}

/// The first sentence of a text and the rest, which is where a notification splits.
pub(crate) fn headline(text: &str) -> (&str, &str) {
    match text.split_once(". ") {
        Some((first, rest)) => (first, rest.trim()),
        None => (text.trim_end_matches('.'), ""),
    }
}

/// A string field.
pub(crate) fn text<'a>(object: &'a Value, field: &str) -> Option<&'a str> {
    object.get(field)?.as_str()
}

/// The English text of a sentence field.
pub(crate) fn sentence<'a>(object: &'a Value, field: &str) -> Option<&'a str> {
    text(object.get(field)?, "text")
}

/// The English text of a status part.
fn sentence_in(part: &Value) -> Option<&str> {
    sentence(part, "text")
}

fn percent(share: f64) -> u8 {
    // A float that is no number becomes 0.
    (share.clamp(0.0, 1.0) * 100.0).floor() as u8
}

fn dot(tone: Option<&str>) -> Dot {
    match tone {
        Some("failed") => Dot::Failed,
        Some("warning") => Dot::Attention,
        _ => Dot::Calm,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use serde_json::json;

    use super::*;

    fn task(state: &str, share: f64) -> Value {
        json!({ "kind": "task", "task": { "id": "1", "state": state, "share": share } })
    }

    #[test]
    fn a_task_moves_the_tray_once_per_hundredth_and_at_each_change_of_state() {
        let mut marks = TaskMarks::default();
        let steps = [
            ("running", 0.001),
            ("running", 0.004),
            ("running", 0.010),
            ("paused", 0.010),
            ("paused", 0.011),
            ("finished", 1.0),
        ];
        let moved: Vec<bool> = steps
            .into_iter()
            .map(|(state, share)| marks.moved(&task(state, share)))
            .collect();
        assert_eq!(moved, [true, false, true, true, false, true]);
        assert!(!marks.moved(&json!({ "kind": "layer", "layer": 1 })));
    }

    #[test]
    fn the_tray_says_what_the_pages_say() {
        let status = json!({ "smeshing": { "tone": "warning", "text": { "text": "Filling 61.8 %" }, "progress": 0.6189 } });
        let session = json!({ "state": "unlocked" });
        let smeshing = json!({
            "sentence": { "text": "Filling, done about 18:27." },
            "tasks": [
                { "kind": "fill", "identity": "aa", "state": "running" },
                { "kind": "fill", "identity": "bb", "state": "paused" },
                { "kind": "check", "identity": "cc", "state": "running" },
            ],
        });
        let view = TrayView::from_answers(Some(&status), Some(&session), Some(&smeshing));
        assert_eq!(
            view,
            TrayView {
                state: "Filling, done about 18:27.".to_owned(),
                detail: Some("Filling 61.8 %".to_owned()),
                percent: Some(61),
                dot: Dot::Attention,
                can_lock: true,
                can_pause: true,
                can_resume: true,
            }
        );
    }

    #[test]
    fn an_app_that_does_not_answer_leaves_a_tray_that_opens_and_quits() {
        let view = TrayView::from_answers(None, None, None);
        assert_eq!(
            (view.state.as_str(), view.percent, view.can_lock),
            ("Smapp", None, false)
        );
    }

    #[test]
    fn the_close_question_is_read_with_its_choices_in_order() {
        let question = CloseQuestion::read(json!({
            "action": "ask",
            "title": { "text": "Smapp is filling space" },
            "body": { "text": "It goes on in the tray." },
            "choices": [
                { "id": "tray", "label": { "text": "Keep running in the background" } },
                { "id": "quit", "label": { "text": "Quit" } },
                { "id": "something_later", "label": { "text": "…" } },
            ],
        }))
        .unwrap();
        assert_eq!(
            question
                .choices
                .iter()
                .map(|(action, _)| *action)
                .collect::<Vec<_>>(),
            [CloseAction::Tray, CloseAction::Quit]
        );
        assert_eq!(CloseQuestion::read(json!({ "action": "explode" })), None);
    }

    #[test]
    fn a_notification_is_split_after_its_first_sentence() {
        assert_eq!(
            headline("256 GiB are filled after 7 h 36 min."),
            ("256 GiB are filled after 7 h 36 min", "")
        );
        assert_eq!(
            headline("Filling stopped: disk full. Free some space."),
            ("Filling stopped: disk full", "Free some space.")
        );
    }
}
