//! What a person does with Smapp: wallets, committed space, settings, networks, notices; one set of operations for window, browser and terminal.
//!
//! Keeps true: both transports use the one table of commands; secrets stay here except on the two screens that show words or a key; nothing
//! waits for a wallet to be unlocked that does not need one.

mod app; // the running app
mod contract; // the table of commands, changes, and the TypeScript made from them: start here
mod dispatch; // from a command's name to its operation

mod network; // which network, by this computer's clock
mod session; // locked or unlocked
mod settings;
mod smeshing; // committed space
mod wallets; // wallet files, accounts, contacts, transactions

mod frame; // status, closing, about
mod notices;

mod changes; // the stream to pages
mod clock; // the time, as an argument
mod error; // the catalogue of errors
mod source; // files that a person gives
mod storage; // the data folder and atomic files

pub mod http; // the same commands in a browser on this computer
pub mod view; // what crosses to a page

pub use app::{App, ClockGuard, Options, WorkerCommand};
pub use changes::Subscription;
pub use clock::{Clock, FakeClock, SystemClock};
pub use contract::{Access, Change, ChangeKind, CommandInfo, CommandKind, bindings, commands};
pub use error::{AppError, ErrorCode, catalogue, catalogue_markdown};
pub use storage::DataFolder;
