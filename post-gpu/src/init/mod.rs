//! Initialising: computing an identity's labels once, on any mix of devices, into files that the reference's tools accept (03 §3.4–3.6).
//!
//! ```text
//! InitSession::open   lock → compare metadata → grow or shrink → what is done → check the ends      session.rs, store.rs
//! InitSession::run    devices ⇄ schedule → files, range map, metadata                                run.rs, schedule.rs
//! InitControl         pause, cancel, gentle, add and remove devices                                  control.rs
//! InitEvent           progress, rates, end time, what happened                                       progress.rs
//! ```
//!
//! Keeps true: labels recorded as done are on disk and were checked; a kill at any moment costs at most one batch per device; when all files
//! are complete, files and metadata are byte for byte what the reference would have written, and nothing else is left in the directory.

mod control;
mod error;
mod lock;
mod progress;
mod run;
mod schedule;
mod search;
mod session;
mod store;

pub use control::InitControl;
pub use error::{InitError, Notice};
pub use progress::{DeviceProgress, DeviceState, InitEvent, InitState, Progress, Summary};
pub use session::{
    Deletion, DirStatus, InitOptions, InitSession, delete, deletion, inspect, is_empty_dir,
};
pub use store::{parse_part_file_name, part_file_name};

pub(crate) use lock::DirLock;
pub(crate) use store::{read_at, write_at};
