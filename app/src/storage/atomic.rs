//! Replacing files: temporary file in the same folder, sync, rename, sync of the folder.
//!
//! Keeps true: at every moment the path holds the whole old content or the whole new content; secrets are readable for their owner only
//! from the first byte on.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use super::fault_point;
use crate::error::{AppError, ErrorCode};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Only its owner (0600).
    Private,
    /// As the system's defaults say.
    Shared,
}

/// A file that could not be written; says which and why.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}")]
pub(crate) struct WriteError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl From<WriteError> for AppError {
    fn from(error: WriteError) -> Self {
        io_error(&error.path, &error.source)
    }
}

/// An error of the drive as a person sees it.
pub(crate) fn io_error(path: &Path, error: &io::Error) -> AppError {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => {
            AppError::with(ErrorCode::FileNotFound, format!("{shown} is not there."))
        }
        io::ErrorKind::PermissionDenied => AppError::with(
            ErrorCode::NoPermission,
            format!("Smapp may not use {shown}."),
        ),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => AppError::with(
            ErrorCode::DiskFull,
            format!("The drive of {shown} is full."),
        ),
        io::ErrorKind::ReadOnlyFilesystem => AppError::with(
            ErrorCode::ReadOnly,
            format!("{shown} is on a read-only drive."),
        ),
        io::ErrorKind::AlreadyExists => {
            AppError::with(ErrorCode::FileExists, format!("{shown} exists already."))
        }
        _ => AppError::with(ErrorCode::IoFailed, format!("{shown}: {error}.")),
    }
}

/// Puts `bytes` at `path`. With `keep_previous` the old content stays beside as `<name>.bak`.
pub(crate) fn replace(
    path: &Path,
    bytes: &[u8],
    access: Access,
    keep_previous: bool,
) -> Result<(), WriteError> {
    steps(path, bytes, access, keep_previous).map_err(|source| WriteError {
        path: path.to_owned(),
        source,
    })
}

fn steps(path: &Path, bytes: &[u8], access: Access, keep_previous: bool) -> io::Result<()> {
    let folder = parent(path);
    // Made with mode 0600, in the same folder so that the rename stays on one drive.
    let mut temporary = tempfile::Builder::new()
        .prefix(TEMPORARY_PREFIX)
        .tempfile_in(folder)?;
    let (half, rest) = bytes.split_at(bytes.len() / 2);
    temporary.write_all(half)?;
    fault_point("replace.half_written");
    temporary.write_all(rest)?;
    if access == Access::Shared {
        make_shared(temporary.as_file())?;
    }
    fault_point("replace.written");
    temporary.as_file().sync_all()?;
    fault_point("replace.synced");
    if keep_previous && path.exists() {
        let previous = beside(path, ".bak");
        let spare = beside(path, ".bak-next");
        // Copied and renamed, so that there is always a whole previous version too.
        fs::copy(path, &spare)?;
        File::options().write(true).open(&spare)?.sync_all()?;
        fs::rename(&spare, &previous)?;
        fault_point("replace.previous_kept");
    }
    temporary.persist(path).map_err(|error| error.error)?;
    fault_point("replace.renamed");
    sync_folder(folder)
}

/// Writes a file that must not exist yet, for its owner only.
pub(crate) fn create_exclusively(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let write = || {
        let folder = parent(path);
        let mut temporary = tempfile::Builder::new()
            .prefix(TEMPORARY_PREFIX)
            .tempfile_in(folder)?;
        temporary.write_all(bytes)?;
        temporary.as_file().sync_all()?;
        fault_point("create.synced");
        temporary
            .persist_noclobber(path)
            .map_err(|error| error.error)?;
        sync_folder(folder)
    };
    write().map_err(|source| WriteError {
        path: path.to_owned(),
        source,
    })
}

/// Reads a file of at most `limit` bytes.
pub(crate) fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, AppError> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|error| io_error(path, &error))?;
    if bytes.len() as u64 > limit {
        return Err(AppError::with(
            ErrorCode::TooLarge,
            format!("{} has more than {limit} bytes.", path.display()),
        ));
    }
    Ok(bytes)
}

/// Begin of the names of temporary files; leftovers of a crash are recognised by it.
pub(crate) const TEMPORARY_PREFIX: &str = ".smapp-tmp-";

/// Removes what a crash left behind in a folder of ours.
pub(crate) fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let ours = |entry: &fs::DirEntry| {
        entry
            .file_name()
            .to_string_lossy()
            .starts_with(TEMPORARY_PREFIX)
    };
    for entry in entries.flatten().filter(ours) {
        if let Err(error) = fs::remove_file(entry.path()) {
            tracing::warn!(%error, path = %entry.path().display(), "cannot remove a leftover");
        }
    }
}

fn parent(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

#[cfg(unix)]
fn make_shared(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_shared(_: &File) -> io::Result<()> {
    Ok(())
}

/// A rename is only durable once its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// NTFS journals the rename; folders can't be opened for syncing.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_replaced_file_keeps_its_previous_version_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wallet");
        for content in ["one", "two", "three"] {
            replace(&path, content.as_bytes(), Access::Private, true).unwrap();
        }
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["wallet", "wallet.bak"]);
        assert_eq!(
            (
                fs::read_to_string(&path).unwrap(),
                fs::read_to_string(folder.path().join("wallet.bak")).unwrap()
            ),
            ("three".into(), "two".into())
        );
    }

    #[test]
    fn an_existing_file_is_never_overwritten_by_creation() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create_exclusively(&path, b"first").unwrap();
        let error = AppError::from(create_exclusively(&path, b"second").unwrap_err());
        assert_eq!(
            (error.code, fs::read(&path).unwrap()),
            (ErrorCode::FileExists, b"first".to_vec())
        );
    }

    #[cfg(unix)]
    #[test]
    fn private_files_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let path = folder.path().join("wallet");
        for _ in 0..2 {
            replace(&path, b"secret", Access::Private, true).unwrap();
        }
        create_exclusively(&folder.path().join("key"), b"secret").unwrap();
        assert_eq!(
            (
                mode(&path),
                mode(&folder.path().join("wallet.bak")),
                mode(&folder.path().join("key"))
            ),
            (0o600, 0o600, 0o600)
        );
    }

    #[test]
    fn a_file_above_the_limit_is_refused_without_reading_it_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large");
        fs::write(&path, [0; 11]).unwrap();
        assert_eq!(
            read_limited(&path, 10).unwrap_err().code,
            ErrorCode::TooLarge
        );
        assert_eq!(read_limited(&path, 11).unwrap().len(), 11);
    }
}
