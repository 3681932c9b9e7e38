//! One process per data directory. The lock goes with the process, also when it is killed.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use super::error::InitError;

/// Holds a directory until dropped.
#[derive(Debug)]
pub(crate) struct DirLock {
    _file: Option<File>,
}

impl DirLock {
    /// `None` in the file: the drive knows no locks.
    pub(crate) fn take(dir: &Path) -> Result<Self, InitError> {
        let file = lock_file(dir).map_err(|error| InitError::io(dir, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(InitError::Locked {
                dir: dir.to_owned(),
            }),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Self { _file: None })
            }
            Err(TryLockError::Error(error)) => Err(InitError::io(dir, error)),
        }
    }

    pub(crate) const fn is_real(&self) -> bool {
        self._file.is_some()
    }
}

/// The directory itself carries the lock, so that nothing is left in it.
#[cfg(unix)]
fn lock_file(dir: &Path) -> io::Result<File> {
    File::open(dir)
}

/// Directories cannot be locked here: a file that goes away with its handle carries the lock.
#[cfg(windows)]
fn lock_file(dir: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    const DELETE_ON_CLOSE: u32 = 0x0400_0000;
    std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .custom_flags(DELETE_ON_CLOSE)
        .open(dir.join("postdata_lock.smapp"))
}
