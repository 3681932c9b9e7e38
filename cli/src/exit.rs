//! How a command ends: the exit codes and the error that carries one.
//!
//! Keeps true: a code never changes its meaning; the table below is what `--help` and `docs/cli.md` print.

use std::fmt;

use serde_json::{Value, json};

macro_rules! exits {
    ($( $name:ident = $code:literal: $text:literal; )+) => {
        /// How a command ends.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Exit {
            $( #[doc = $text] $name = $code, )+
        }

        impl Exit {
            /// Every code with its meaning.
            pub(crate) const TABLE: &'static [(u8, &'static str)] = &[(0, "done"), $( ($code, $text), )+];
        }
    };
}

exits! {
    Failed = 1: "failed for a reason that no other code names";
    Usage = 2: "the command line is wrong";
    Input = 3: "a file or value is not what was expected; nothing was changed";
    Password = 4: "wrong password, or one is needed and none was given";
    NotFound = 5: "a file, folder, wallet, account or device is not there";
    Damaged = 6: "data is damaged, or a proof or signature is not valid";
    Interrupted = 7: "stopped by a signal; the same command goes on where it stopped";
    Device = 8: "no device could do the work";
    Disk = 9: "the disk is full, read-only or failing; what was recorded is kept";
    InUse = 10: "another process uses the folder or wallet";
}

/// The table as lines of text.
pub(crate) fn table() -> String {
    Exit::TABLE
        .iter()
        .map(|(code, text)| format!("  {code:>2}  {text}\n"))
        .collect()
}

/// Why a command ended without having done what was asked.
#[derive(Debug)]
pub(crate) struct CliError {
    pub(crate) exit: Exit,
    /// Stable name for scripts.
    pub(crate) code: String,
    /// What happened and what to do.
    pub(crate) message: String,
    /// What it costs and what to do, where the catalogue of errors knows.
    pub(crate) advice: Option<[String; 2]>,
}

impl CliError {
    /// `error` with its causes.
    pub(crate) fn new(exit: Exit, code: &str, error: impl fmt::Display) -> Self {
        Self {
            exit,
            code: code.to_owned(),
            message: error.to_string(),
            advice: None,
        }
    }

    /// An error value with its whole chain of sources, which the boundaries below leave out of their own text.
    pub(crate) fn chain(exit: Exit, code: &str, error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            // Transparent errors repeat their source's text.
            if !message.ends_with(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            source = cause.source();
        }
        Self {
            exit,
            code: code.to_owned(),
            message,
            advice: None,
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some([cost, remedy]) = &self.advice {
            error["cost"] = json!(cost);
            error["remedy"] = json!(remedy);
        }
        json!({ "error": error })
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some([cost, remedy]) = &self.advice {
            write!(f, "\n{cost} {remedy}")?;
        }
        Ok(())
    }
}

/// A failure to read or write, sorted into what a person can act on.
pub(crate) fn io_exit(error: &std::io::Error) -> Exit {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => Exit::NotFound,
        _ => Exit::Disk,
    }
}
