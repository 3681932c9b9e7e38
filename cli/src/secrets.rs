//! How passwords and words get into the program: typed without echo, or from a file or an open descriptor.
//!
//! A command line and an environment are readable by other programs, so neither ever carries a secret. Everything read here is wiped after
//! use.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::PathBuf;

use clap::Args;
use zeroize::Zeroizing;

use crate::exit::{CliError, Exit, io_exit};

/// Longest secret that is read from a file or pipe.
const SECRET_BYTES_MAX: u64 = 4096;

/// Where the password of a wallet comes from. Asked on the terminal unless given.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct PasswordSource {
    /// Read the password from the first line of this file instead of asking
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        conflicts_with = "password_fd"
    )]
    password_file: Option<PathBuf>,
    /// Read the password from the first line of this open file descriptor
    #[arg(long, value_name = "N", global = true)]
    password_fd: Option<u32>,
}

impl PasswordSource {
    /// The password of an existing wallet.
    pub(crate) fn password(&self, question: &str) -> Result<Zeroizing<String>, CliError> {
        if let Some(given) = self.given()? {
            return Ok(given);
        }
        ask(question)
    }

    /// A new password, asked twice when typed.
    pub(crate) fn new_password(&self, question: &str) -> Result<Zeroizing<String>, CliError> {
        if let Some(given) = self.given()? {
            return Ok(given);
        }
        let first = ask(question)?;
        let second = ask("The same again: ")?;
        if *first != *second {
            return Err(CliError::new(
                Exit::Password,
                "passwords_differ",
                "the two passwords differ; nothing was done",
            ));
        }
        Ok(first)
    }

    fn given(&self) -> Result<Option<Zeroizing<String>>, CliError> {
        if let Some(path) = &self.password_file {
            return first_line(path).map(Some);
        }
        match self.password_fd {
            None => Ok(None),
            Some(0) => line_of_stdin().map(Some),
            Some(fd) => first_line(&PathBuf::from(format!("/dev/fd/{fd}"))).map(Some),
        }
    }
}

/// The first line of a file that holds a secret.
pub(crate) fn first_line(path: &PathBuf) -> Result<Zeroizing<String>, CliError> {
    let file = fs::File::open(path).map_err(|error| {
        CliError::new(
            io_exit(&error),
            "secret_file",
            format!("cannot read {}: {error}", path.display()),
        )
    })?;
    let mut text = Zeroizing::new(String::new());
    file.take(SECRET_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|error| {
            CliError::new(
                io_exit(&error),
                "secret_file",
                format!("cannot read {}: {error}", path.display()),
            )
        })?;
    Ok(Zeroizing::new(
        text.lines().next().unwrap_or_default().to_owned(),
    ))
}

/// One line from standard input, with a question when a person sits there. For words: they are shown while typed, so that a slip is seen.
pub(crate) fn ask_visibly(question: &str) -> Result<Zeroizing<String>, CliError> {
    if io::stdin().is_terminal() {
        crate::output::Output { json: false }.note(question);
    }
    line_of_stdin()
}

fn ask(question: &str) -> Result<Zeroizing<String>, CliError> {
    if !io::stdin().is_terminal() {
        return Err(CliError::new(
            Exit::Password,
            "password_needed",
            "a password is needed and there is no terminal to ask on; give --password-file or --password-fd",
        ));
    }
    rpassword::prompt_password(question)
        .map(Zeroizing::new)
        .map_err(|error| {
            CliError::new(
                Exit::Password,
                "password_needed",
                format!("cannot ask for the password: {error}"),
            )
        })
}

fn line_of_stdin() -> Result<Zeroizing<String>, CliError> {
    let mut text = Zeroizing::new(String::new());
    io::stdin()
        .lock()
        .take(SECRET_BYTES_MAX)
        .read_line(&mut text)
        .map_err(|error| {
            CliError::new(
                Exit::Input,
                "stdin",
                format!("cannot read standard input: {error}"),
            )
        })?;
    Ok(Zeroizing::new(
        text.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}
