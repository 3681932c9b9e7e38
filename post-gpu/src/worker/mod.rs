//! The crate's operations in a child process, because a graphics driver may take its process along when it crashes.
//!
//! The parent is a [`Client`], the child calls [`serve`] on its standard streams; which executable is started is the caller's choice.
//!
//! ```text
//! parent                                child
//!   {"id":1,"request":{"init":{…}}}  ──>
//!                                    <──  {"id":1,"event":{"init":{"event":"progress",…}}}
//!   {"id":1,"control":"pause"}       ──>
//!                                    <──  {"id":1,"reply":{"init":{…}}}      or  {"id":1,"failure":{"code":…,"message":…}}
//! ```
//!
//! One line of JSON per message, at most [`LINE_MAX`] bytes; the child's first line is `{"hello":{"protocol":1}}`. A child runs one request
//! at a time and ends when its input ends, so it never outlives its parent.
//!
//! Keeps true: nothing that matters is kept in the child only. After it dies the same request goes on from what is on disk.

mod client; // the parent's side
mod protocol; // the messages
mod server; // the child's side

pub use client::{Client, Steering, WorkerError};
pub use protocol::{
    CheckMode, CheckRequest, Checked, DeviceChoice, Failure, InitRequest, MeasureRequest, Network,
    ProveEvent, ProveReply, ProveRequest, RepairRequest, Reply, Request, Steer, VerifyRequest,
    WorkerEvent,
};
pub use server::serve;

/// Longest line in either direction. A range map of a million holes does not travel; everything else is far shorter.
pub const LINE_MAX: usize = 4 << 20;
/// Version of the messages.
pub const PROTOCOL: u32 = 1;
