//! The data folder: where things lie, who may read them, and how a file is replaced so that a crash leaves the old one or the new one.

mod atomic;
mod fault;
mod folder;

pub(crate) use atomic::{
    Access, WriteError, create_exclusively, io_error, read_limited, remove_leftovers, replace,
};
pub(crate) use fault::point as fault_point;
pub use folder::DataFolder;
pub(crate) use folder::private_dir;
