//! From the name of a command and its JSON to the operation and back.

use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{
    app::{App, Inner},
    contract::{Access, CommandKind, commands, with_commands},
    error::{AppError, ErrorCode},
    view::{SessionView, *},
};

/// Longest JSON of arguments, in bytes: the largest file that is taken in, in base64, and some room.
pub(crate) const ARGS_BYTES_MAX: usize = 8 << 20;

pub(crate) async fn call(app: &App, name: &str, args: &str) -> Result<Zeroizing<String>, AppError> {
    let info = commands()
        .iter()
        .find(|info| info.name == name)
        .ok_or_else(|| {
            AppError::with(
                ErrorCode::UnknownCommand,
                "There is no such command in this version of Smapp.",
            )
        })?;
    if args.len() > ARGS_BYTES_MAX {
        return Err(AppError::new(ErrorCode::TooLarge));
    }
    if info.access == Access::Unlocked
        && !matches!(app.0.session_view(), SessionView::Unlocked { .. })
    {
        return Err(AppError::new(ErrorCode::Locked));
    }
    if info.kind == CommandKind::Action {
        // Pages read again by themselves; only what changes something shows that a person is there.
        app.0.touch();
    }
    let started = std::time::Instant::now();
    let answer = run(app, name, args).await;
    match &answer {
        Ok(_) => tracing::debug!(name, elapsed_ms = started.elapsed().as_millis(), "command"),
        Err(error) => tracing::info!(name, code = %error.code.name(), "command refused"),
    }
    answer
}

macro_rules! runner {
    ($( #[doc = $doc:literal] $kind:ident $name:ident($($args:ty)?) -> $result:ty, $access:ident; )+) => {
        async fn run(app: &App, name: &str, args: &str) -> Result<Zeroizing<String>, AppError> {
            match name {
                $( stringify!($name) => {
                    let args = parse::<arguments!($($args)?)>(args)?;
                    blocking(app, move |inner| inner.$name(args)).await
                } )+
                _ => Err(AppError::new(ErrorCode::UnknownCommand)),
            }
        }
    };
}

macro_rules! arguments {
    () => {
        Done
    };
    ($args:ty) => {
        $args
    };
}
with_commands!(runner);

/// Runs an operation on a thread that may block. A panic is told as an error and ends nothing else.
async fn blocking<T: Serialize>(
    app: &App,
    operation: impl FnOnce(&std::sync::Arc<Inner>) -> Result<T, AppError> + Send + 'static,
) -> Result<Zeroizing<String>, AppError> {
    let inner = app.0.clone();
    let work =
        tokio::task::spawn_blocking(move || operation(&inner).and_then(|answer| to_json(&answer)));
    match work.await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!(%error, "a command panicked");
            Err(AppError::new(ErrorCode::Internal))
        }
    }
}

fn parse<T: DeserializeOwned>(args: &str) -> Result<T, AppError> {
    let text = if args.trim().is_empty() || args.trim() == "null" {
        "{}"
    } else {
        args
    };
    // Messages of the parser may quote the input, which may hold a password: only the place is told.
    serde_json::from_str(text).map_err(|error| {
        AppError::with(
            ErrorCode::BadArguments,
            format!(
                "A value is missing or has the wrong form (at character {}).",
                error.column()
            ),
        )
    })
}

fn to_json<T: Serialize>(answer: &T) -> Result<Zeroizing<String>, AppError> {
    // Room for the answers that may hold a secret, so that none is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 << 10));
    serde_json::to_writer(&mut *bytes, answer).map_err(|error| {
        AppError::with(
            ErrorCode::Internal,
            format!("The answer could not be written: {error}."),
        )
    })?;
    let text = String::from_utf8(std::mem::take(&mut *bytes))
        .map_err(|_| AppError::new(ErrorCode::Internal))?;
    Ok(Zeroizing::new(text))
}
