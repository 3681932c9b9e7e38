//! Moving a data directory to another drive: copy, flush, compare byte by byte. The old one is freed by [`crate::init::delete`] after the
//! person has confirmed; nothing in here deletes.
//!
//! Keeps true: only label files, metadata and range map are copied; metadata goes last, so an interrupted copy is not taken for data; a copy
//! that is repeated goes on where it stopped.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::control::Control;
use crate::init::{DirLock, InitError, deletion, read_at, write_at};
use crate::metadata::sync_dir;

/// How far a move is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelocateProgress {
    /// Bytes copied, or found to be there already.
    pub copied: u64,
    /// Bytes compared.
    pub compared: u64,
    /// Bytes of all files.
    pub total: u64,
}

const PIECE: usize = 4 << 20;

/// Copies the data in `from` to `to` and compares both. `to` is made when it does not exist and may hold the rest of an earlier attempt.
/// Returns the bytes of the copy.
///
/// # Errors
/// `from` is never changed. When the drive lacks space, nothing is copied.
pub fn copy_and_compare(
    from: &Path,
    to: &Path,
    control: &Control,
    report: &mut dyn FnMut(RelocateProgress),
) -> Result<u64, RelocateError> {
    let _source_lock = DirLock::take(from)?;
    fs::create_dir_all(to).map_err(|error| InitError::io(to, error))?;
    if fs::canonicalize(from).ok() == fs::canonicalize(to).ok() {
        return Err(RelocateError::SamePlace { dir: to.to_owned() });
    }
    let _target_lock = DirLock::take(to)?;
    let source = deletion(from)?;
    let present = deletion(to)?;
    if let Some(other) = present.stays.first() {
        return Err(RelocateError::NotEmpty {
            dir: to.to_owned(),
            found: other.clone(),
        });
    }
    let needed = source.bytes.saturating_sub(present.bytes);
    let available = fs4::available_space(to).map_err(|error| InitError::io(to, error))?;
    if needed > available {
        return Err(InitError::NoSpace {
            dir: to.to_owned(),
            needed,
            available,
        }
        .into());
    }
    let mut progress = RelocateProgress {
        copied: 0,
        compared: 0,
        total: source.bytes,
    };
    let names = source
        .files
        .iter()
        .filter_map(|(path, size)| Some((path, to.join(path.file_name()?), *size)));
    let files: Vec<_> = names.collect();
    for (path, target, size) in &files {
        copy_file(path, target, *size, control, &mut |bytes| {
            progress.copied += bytes;
            report(progress);
        })?;
    }
    sync_dir(to).map_err(|error| InitError::io(to, error))?;
    for (path, target, size) in &files {
        compare_file(path, target, *size, control, &mut |bytes| {
            progress.compared += bytes;
            report(progress);
        })?;
    }
    Ok(source.bytes)
}

/// Copies what differs: pieces that are equal already are not written again.
fn copy_file(
    from: &Path,
    to: &Path,
    size: u64,
    control: &Control,
    done: &mut dyn FnMut(u64),
) -> Result<(), RelocateError> {
    let read = |error| InitError::io(from, error);
    let write = |error| InitError::io(to, error);
    let source = File::open(from).map_err(read)?;
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let target = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(to)
        .map_err(write)?;
    let there = target.metadata().map_err(write)?.len().min(size);
    let (mut piece, mut old) = (vec![0; PIECE], vec![0; PIECE]);
    let mut at = 0;
    while at < size {
        control.checkpoint().map_err(|_| RelocateError::Cancelled)?;
        let length = (size - at).min(PIECE as u64);
        let piece = &mut piece[..length as usize];
        let old = &mut old[..length as usize];
        read_at(&source, at, piece).map_err(read)?;
        let equal = at + length <= there && read_at(&target, at, old).is_ok() && piece == old;
        if !equal {
            write_at(&target, at, piece).map_err(write)?;
        }
        at += length;
        done(length);
    }
    target
        .set_len(size)
        .and_then(|()| target.sync_all())
        .map_err(write)?;
    Ok(())
}

fn compare_file(
    from: &Path,
    to: &Path,
    size: u64,
    control: &Control,
    done: &mut dyn FnMut(u64),
) -> Result<(), RelocateError> {
    let source = File::open(from).map_err(|error| InitError::io(from, error))?;
    let target = File::open(to).map_err(|error| InitError::io(to, error))?;
    forget_cached(&target);
    let (mut a, mut b) = (vec![0; PIECE], vec![0; PIECE]);
    let mut at = 0;
    while at < size {
        control.checkpoint().map_err(|_| RelocateError::Cancelled)?;
        let length = (size - at).min(PIECE as u64);
        let (a, b) = (&mut a[..length as usize], &mut b[..length as usize]);
        read_at(&source, at, a).map_err(|error| InitError::io(from, error))?;
        read_at(&target, at, b).map_err(|error| InitError::io(to, error))?;
        if let Some(offset) = a.iter().zip(b.iter()).position(|(a, b)| a != b) {
            return Err(RelocateError::Differs {
                path: to.to_owned(),
                offset: at + offset as u64,
            });
        }
        at += length;
        done(length);
    }
    Ok(())
}

/// The comparison should read the drive, not the memory that was just written.
fn forget_cached(file: &File) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // A refusal costs only how much the comparison means.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = file;
}

/// Why data cannot be moved. The old directory is complete in every case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelocateError {
    /// The file system, space or a lock.
    #[error(transparent)]
    Storage(#[from] InitError),
    /// Both are the same directory.
    #[error("{dir} is where the data already is; choose another folder")]
    SamePlace {
        /// The directory.
        dir: PathBuf,
    },
    /// The target holds something else.
    #[error("{dir} already holds {found}; choose an empty folder")]
    NotEmpty {
        /// The directory.
        dir: PathBuf,
        /// Something in it.
        found: PathBuf,
    },
    /// The copy is not equal.
    #[error(
        "{path} differs from the original at byte {offset}: the drive may be failing; the original is untouched"
    )]
    Differs {
        /// The copy.
        path: PathBuf,
        /// First byte that differs.
        offset: u64,
    },
    /// The person cancelled; a repeated move goes on from here.
    #[error("cancelled")]
    Cancelled,
}
