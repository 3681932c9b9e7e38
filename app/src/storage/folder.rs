//! The data folder and the lock on it.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::{io_error, remove_leftovers};
use crate::error::{AppError, ErrorCode};

/// Where everything of one person lies. Holds the lock: one Smapp per data folder.
#[derive(Debug)]
pub struct DataFolder {
    root: PathBuf,
    /// Held for the life of the process; the system frees it if the process dies.
    lock: File,
}

impl DataFolder {
    /// The usual place of this system, unless `wanted` or the environment variable `SMAPP_DATA_FOLDER` names another.
    pub fn choose(wanted: Option<PathBuf>) -> PathBuf {
        let from_environment = || {
            std::env::var_os("SMAPP_DATA_FOLDER")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let usual = || {
            directories::ProjectDirs::from("io", "Spacemesh", "Smapp")
                .map(|dirs| dirs.data_dir().to_owned())
        };
        wanted
            .or_else(from_environment)
            .or_else(usual)
            .unwrap_or_else(|| PathBuf::from("smapp-data"))
    }

    /// Makes the folder if needed, private to its owner, and locks it.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::DataFolderInUse`] if another process holds it; errors of the drive.
    pub fn open(root: PathBuf) -> Result<Self, AppError> {
        let root = std::path::absolute(&root).map_err(|error| io_error(&root, &error))?;
        private_dir(&root)?;
        let path = root.join("lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| io_error(&path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(AppError::with(
                    ErrorCode::DataFolderInUse,
                    format!("Another Smapp uses {}.", root.display()),
                ));
            }
            Err(TryLockError::Error(error)) => return Err(io_error(&path, &error)),
        }
        let folder = Self { root, lock };
        for private in [folder.wallets(), folder.identities(), folder.smeshing()] {
            private_dir(&private)?;
            remove_leftovers(&private);
        }
        remove_leftovers(&folder.root);
        Ok(folder)
    }

    /// Lets another Smapp have the folder, after the last thing was written.
    pub(crate) fn release(&self) {
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the data folder is free only when this process ends");
        }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Wallet files.
    pub(crate) fn wallets(&self) -> PathBuf {
        self.root.join("wallets")
    }

    /// Key files of identities, in the reference's form.
    pub(crate) fn identities(&self) -> PathBuf {
        self.root.join("identities")
    }

    /// Records of committed space, events, measurements.
    pub(crate) fn smeshing(&self) -> PathBuf {
        self.root.join("smeshing")
    }

    /// Settings.
    pub(crate) fn settings(&self) -> PathBuf {
        self.root.join("settings.json")
    }

    /// The configuration file that the person chose, as it was given.
    pub(crate) fn own_config(&self) -> PathBuf {
        self.root.join("network.json")
    }

    /// The folder of log files inside of a data folder; the shells write them.
    pub fn logs(root: &Path) -> PathBuf {
        root.join("logs")
    }
}

/// Makes a folder that only its owner can enter; narrows an existing one.
pub(crate) fn private_dir(path: &Path) -> Result<(), AppError> {
    make_private(path).map_err(|error| io_error(path, &error))
}

#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)?;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Folders inside a profile are private by inheritance; one that was chosen elsewhere gets an access list with its owner only.
#[cfg(windows)]
fn make_private(path: &Path) -> io::Result<()> {
    let fresh = !path.exists();
    fs::create_dir_all(path)?;
    if fresh {
        let owner = "*S-1-3-4:(OI)(CI)F";
        let user = format!(
            "{}:(OI)(CI)F",
            std::env::var("USERNAME").unwrap_or_default()
        );
        let status = std::process::Command::new("icacls")
            .arg(path)
            .args([
                "/inheritance:r",
                "/grant:r",
                owner,
                "/grant:r",
                user.as_str(),
                "/q",
            ])
            .stdout(std::process::Stdio::null())
            .status()?;
        if !status.success() {
            tracing::warn!(path = %path.display(), "the folder could not be made private");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_second_smapp_is_refused_the_same_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataFolder::open(folder.path().join("data")).unwrap();
        assert_eq!(
            DataFolder::open(folder.path().join("data"))
                .unwrap_err()
                .code,
            ErrorCode::DataFolderInUse
        );
        drop(first);
        DataFolder::open(folder.path().join("data")).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn folders_with_secrets_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("data");
        fs::create_dir(&root).unwrap();
        fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).unwrap();
        let data = DataFolder::open(root.clone()).unwrap();
        for path in [root, data.wallets(), data.identities(), data.smeshing()] {
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o700,
                "{}",
                path.display()
            );
        }
    }
}
