//! The one command of the page, `call {name, args}`: most names belong to the app, a few only a window can answer.
//!
//! Keeps true: the page reaches files only through a dialog in which the person chose them; it never gets more than a path back.

use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::shell::{Backend, Event};
use crate::state::{CloseAction, text};

/// Commands of the app whose answer puts a secret on the screen; it carries the `id` of the showing.
const SHOW_SECRETS: [&str; 3] = ["new_words", "show_words", "show_secret_key"];

/// The dialogs in which a person chooses a path.
pub(crate) trait Dialogs {
    /// Opens the dialog; `None` when the person cancels.
    fn pick(&self, wish: PickPath) -> impl Future<Output = Option<PathBuf>> + Send;
}

/// What a path is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PickKind {
    /// An existing file.
    File,
    /// A folder.
    Folder,
    /// A file to be written.
    Save,
}

/// Arguments of `pick_path`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PickPath {
    /// What for.
    pub(crate) kind: PickKind,
    /// Title of the dialog.
    pub(crate) title: String,
    /// Where it opens; absent for the system's choice.
    #[serde(default)]
    pub(crate) directory: Option<PathBuf>,
    /// Proposed name of a file to be written.
    #[serde(default)]
    pub(crate) file_name: Option<String>,
    /// Endings without a dot to show first; empty for all files.
    #[serde(default)]
    pub(crate) extensions: Vec<String>,
}

/// Arguments of `save_file`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SaveFile {
    title: String,
    file_name: String,
    /// Standard base64 of the bytes.
    base64: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CloseAnswer {
    choice: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretClosed {
    id: String,
}

/// Answers a call of the page. `tell` moves the window's controller.
pub(crate) async fn call(
    backend: &impl Backend,
    dialogs: &impl Dialogs,
    tell: impl Fn(Event),
    name: &str,
    args: Value,
) -> Result<Value, Value> {
    match name {
        "pick_path" => Ok(json!(dialogs.pick(read(args)?).await)),
        "save_file" => save_file(dialogs, read(args)?).await,
        "page_ready" => {
            tracing::info!("the page is drawn");
            Ok(json!({}))
        }
        "close_shown" => {
            tell(Event::CloseShown);
            Ok(json!({}))
        }
        "close_answer" => {
            let answer: CloseAnswer = read(args)?;
            let choice = match answer.choice.as_str() {
                "cancel" => None,
                word => Some(CloseAction::parse(word).ok_or_else(|| {
                    bad_arguments("choice: expected tray, quit, quit_when_done or cancel")
                })?),
            };
            tell(Event::CloseAnswered(choice));
            Ok(json!({}))
        }
        "secret_closed" => {
            let closed: SecretClosed = read(args)?;
            tell(Event::SecretClosed(closed.id));
            Ok(json!({}))
        }
        _ => {
            let answer = backend.call(name, args).await?;
            if SHOW_SECRETS.contains(&name)
                && let Some(id) = text(&answer, "id")
            {
                // Before the page has the secret, so that no picture can be taken in between.
                tell(Event::SecretShown(id.to_owned()));
            }
            Ok(answer)
        }
    }
}

async fn save_file(dialogs: &impl Dialogs, wish: SaveFile) -> Result<Value, Value> {
    let bytes = STANDARD
        .decode(&wish.base64)
        .map_err(|_| bad_arguments("base64: expected standard base64"))?;
    let pick = PickPath {
        kind: PickKind::Save,
        title: wish.title,
        directory: None,
        // Only a name: a page must not steer the dialog to another folder by it.
        file_name: Path::new(&wish.file_name)
            .file_name()
            .map(|name| name.to_string_lossy().into_owned()),
        extensions: Vec::new(),
    };
    let Some(path) = dialogs.pick(pick).await else {
        return Ok(Value::Null);
    };
    match write(&path, &bytes) {
        Ok(()) => Ok(json!(path)),
        Err(error) => Err(json!({
            "code": "io",
            "message": format!("{} could not be written: {error}.", path.display()),
            "cost": "Nothing was saved. A file that was there is as before.",
            "remedy": "Choose another folder or drive.",
        })),
    }
}

/// Replaces the file as a whole; readable by its owner only, since exports may be private.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn read<T: for<'de> Deserialize<'de>>(args: Value) -> Result<T, Value> {
    serde_json::from_value(args).map_err(|error| bad_arguments(&error.to_string()))
}

fn bad_arguments(message: &str) -> Value {
    json!({
        "code": "bad_arguments",
        "message": format!("The page asked the window for something wrong: {message}."),
        "cost": "Nothing was done.",
        "remedy": "Reload the page; if that does not help, update Smapp.",
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::fs;
    use std::sync::Mutex;

    use super::*;

    struct App;

    impl Backend for App {
        async fn call(&self, name: &str, _args: Value) -> Result<Value, Value> {
            match name {
                "show_words" => Ok(json!({ "id": "7", "words": ["abandon"] })),
                "status" => Ok(json!({ "id": "not a secret" })),
                _ => Err(json!({ "code": "wrong_password" })),
            }
        }
    }

    struct Chooses(Option<PathBuf>);

    impl Dialogs for Chooses {
        async fn pick(&self, wish: PickPath) -> Option<PathBuf> {
            assert!(wish.file_name.is_none_or(|name| !name.contains('/')));
            self.0.clone()
        }
    }

    async fn ask(dialogs: &Chooses, name: &str, args: Value) -> (Result<Value, Value>, Vec<Event>) {
        let events = Mutex::new(Vec::new());
        let answer = call(
            &App,
            dialogs,
            |event| events.lock().unwrap().push(event),
            name,
            args,
        )
        .await;
        (answer, events.into_inner().unwrap())
    }

    #[tokio::test]
    async fn what_the_window_does_not_know_goes_to_the_app() {
        let (answer, events) = ask(&Chooses(None), "status", json!({})).await;
        assert_eq!(
            (answer.unwrap()["id"].as_str(), events),
            (Some("not a secret"), vec![])
        );
    }

    #[tokio::test]
    async fn showing_words_protects_the_window_and_a_wrong_password_does_not() {
        assert_eq!(
            ask(&Chooses(None), "show_words", json!({})).await.1,
            [Event::SecretShown("7".to_owned())]
        );
        let (answer, events) = ask(&Chooses(None), "show_secret_key", json!({})).await;
        assert_eq!(
            (answer.unwrap_err()["code"].as_str(), events),
            (Some("wrong_password"), vec![])
        );
    }

    #[tokio::test]
    async fn a_cancelled_dialog_is_no_path_and_a_strange_argument_is_refused() {
        let folder = json!({ "kind": "folder", "title": "Folder for the data" });
        assert_eq!(
            ask(&Chooses(None), "pick_path", folder.clone()).await.0,
            Ok(Value::Null)
        );
        assert_eq!(
            ask(&Chooses(Some("a".into())), "pick_path", folder).await.0,
            Ok(json!("a"))
        );
        let (answer, _) = ask(
            &Chooses(None),
            "pick_path",
            json!({ "kind": "registry", "title": "" }),
        )
        .await;
        assert_eq!(answer.unwrap_err()["code"], "bad_arguments");
    }

    #[tokio::test]
    async fn the_close_dialog_answers_in_the_words_of_the_app() {
        let (_, events) = ask(
            &Chooses(None),
            "close_answer",
            json!({ "choice": "quit_when_done" }),
        )
        .await;
        assert_eq!(
            events,
            [Event::CloseAnswered(Some(CloseAction::QuitWhenDone))]
        );
        assert_eq!(
            ask(
                &Chooses(None),
                "close_answer",
                json!({ "choice": "cancel" })
            )
            .await
            .1,
            [Event::CloseAnswered(None)]
        );
        assert_eq!(
            ask(&Chooses(None), "page_ready", json!({})).await,
            (Ok(json!({})), vec![])
        );
        assert_eq!(
            ask(&Chooses(None), "close_answer", json!({ "choice": "later" }))
                .await
                .0
                .unwrap_err()["code"],
            "bad_arguments"
        );
    }

    #[tokio::test]
    async fn a_file_is_written_where_the_person_chose_and_only_there() {
        let folder = tempfile::tempdir().unwrap();
        let chosen = folder.path().join("club.account");
        let wish =
            json!({ "title": "Save", "fileName": "../../../club.account", "base64": "aGVsbG8=" });
        assert_eq!(
            ask(&Chooses(None), "save_file", wish.clone()).await.0,
            Ok(Value::Null)
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(
            ask(&Chooses(Some(chosen.clone())), "save_file", wish.clone())
                .await
                .0,
            Ok(json!(chosen))
        );
        assert_eq!(fs::read(&chosen).unwrap(), b"hello");
        let gone = Chooses(Some(folder.path().join("gone").join("club.account")));
        assert_eq!(
            ask(&gone, "save_file", wish).await.0.unwrap_err()["code"],
            "io"
        );
    }
}
