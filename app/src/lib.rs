//! What a person does with Smapp: wallets, committed space, settings, networks, notices; one set of operations for window, browser and terminal.
//!
//! Keeps true: both transports use the one table of commands; secrets stay here except on the two screens that show words or a key; nothing
//! waits for a wallet to be unlocked that does not need one.

mod contract; // the table of commands, changes, and the TypeScript made from them: start here
mod error; // the catalogue of errors
pub mod view; // what crosses to a page

pub use contract::{Access, Change, ChangeKind, CommandInfo, CommandKind, bindings, commands};
pub use error::{AppError, ErrorCode, catalogue, catalogue_markdown};
