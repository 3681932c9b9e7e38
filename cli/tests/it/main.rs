//! The program as a person or a script starts it: real processes, what they print and how they end.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod config;
mod help;
mod poet;
mod post;
mod program;
mod wallet;
