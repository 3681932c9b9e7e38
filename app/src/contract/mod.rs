//! The contract with every page and terminal: commands by name, changes, and the TypeScript made from them.
//!
//! Keeps true: there is one table of commands; the dispatcher, the bindings and the documentation all follow from it.

mod change;
mod table;
mod typescript;

pub use change::{Change, ChangeKind};
pub(crate) use table::with_commands;
pub use table::{Access, CommandInfo, CommandKind, commands};
pub use typescript::bindings;
