//! Wallet files of our own: the list, backups, removal.
//!
//! Keeps true: a file's name never changes and never comes from a page; a backup counts only after it was read back and compared.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant as Stopwatch,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use spacemesh_wallet::{
    NewWallet,
    file::{FILE_BYTES_MAX, KdfParams, LockedFile, WalletFile, calibrate},
};

use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    session::{Open, file_error, sentence},
    storage::{create_exclusively, io_error, private_dir, read_limited},
    view::{
        BackupView, BackupWalletArgs, Decimal, DeleteWalletArgs, Done, FileContent, Instant,
        LockReason, PasswordArgs, RemovalItem, RemovalView, Sentence, WalletArgs, WalletEntry,
    },
    wallets::StoredTransactions,
};

/// Ending of our wallet files.
pub(crate) const EXTENSION: &str = "wallet";
/// Most memory that opening a wallet may take for a moment.
const KDF_MEMORY_KIB_MAX: u32 = 256 << 10;

/// Fills with bytes of the system's generator.
pub(crate) fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes)
        .expect("the operating system has a random generator; without one no key may be made");
}

impl Inner {
    /// Ids and paths of the wallet files, by name.
    pub(crate) fn wallet_files(&self) -> Vec<(String, PathBuf)> {
        let Ok(entries) = fs::read_dir(self.folder.wallets()) else {
            return Vec::new();
        };
        let mut files: Vec<(String, PathBuf)> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == EXTENSION))
            .filter_map(|path| {
                path.file_stem()
                    .and_then(|stem| stem.to_str())
                    .map(str::to_owned)
                    .map(|id| (id, path))
            })
            .collect();
        files.sort();
        files
    }

    /// The file of a wallet of the list. Ids come from pages, so only those of the list are looked at.
    pub(crate) fn wallet_path(&self, id: &str) -> Result<PathBuf, AppError> {
        let found = self
            .wallet_files()
            .into_iter()
            .find(|(known, _)| known == id);
        found
            .map(|(_, path)| path)
            .ok_or_else(|| AppError::new(ErrorCode::WalletNotFound).field("wallet"))
    }

    pub(crate) fn wallets(self: &Arc<Self>, _: Done) -> Result<Vec<WalletEntry>, AppError> {
        Ok(self
            .wallet_files()
            .into_iter()
            .map(|(id, path)| entry(id, &path))
            .collect())
    }

    /// What opening a fresh file costs: as chosen at start, as measured before, or measured once.
    pub(crate) fn kdf_params(&self) -> KdfParams {
        if let Some(params) = self.kdf.or_else(|| self.settings_state().kdf()) {
            return params;
        }
        let params = calibrate(KDF_MEMORY_KIB_MAX, |params| {
            let start = Stopwatch::now();
            let _ = params.derive("measuring", &[0; 16]);
            start.elapsed()
        });
        if let Err(error) = self.settings_state().set_kdf(params) {
            tracing::warn!(%error, "the cost of opening wallets is measured again next time");
        }
        params
    }

    /// Writes a fresh wallet and opens it.
    pub(crate) fn put_new_wallet(
        &self,
        wallet: NewWallet,
        password: &crate::view::SecretText,
    ) -> Result<(), AppError> {
        self.check_name_is_free(wallet.contents.name())?;
        let (file, _secrets) = wallet
            .into_file(password.expose(), self.kdf_params(), &mut random)
            .map_err(file_error)?;
        self.put_wallet_file(file)
    }

    fn check_name_is_free(&self, name: &str) -> Result<(), AppError> {
        if self
            .wallet_files()
            .iter()
            .any(|(_, path)| label(path).is_ok_and(|known| known.eq_ignore_ascii_case(name)))
        {
            return Err(AppError::with(
                ErrorCode::NameTaken,
                format!("There is already a wallet called {name}."),
            )
            .field("name"));
        }
        Ok(())
    }

    /// Writes a wallet file that is not in the folder yet, and opens it.
    pub(crate) fn put_wallet_file(&self, file: WalletFile) -> Result<(), AppError> {
        self.check_name_is_free(file.contents().name())?;
        let bytes = file.to_bytes(&mut random).map_err(file_error)?;
        // The start of the wallet's own id: unique, and says nothing about it.
        let id = hex::encode(&file.id()[..6]);
        let path = self.folder.wallets().join(format!("{id}.{EXTENSION}"));
        private_dir(&self.folder.wallets())?;
        create_exclusively(&path, &bytes).map_err(|error| taken(error, file.contents().name()))?;
        file.check_copy(&read_limited(&path, bytes.len() as u64)?)
            .map_err(file_error)?;
        let transactions = StoredTransactions::load(&path);
        self.close_wallet(LockReason::Person);
        self.session_state().open =
            Some(Open::new(id.clone(), path, file, transactions, self.now()));
        self.settings_state().set_last_wallet(Some(id))?;
        self.tell(Change::Wallets {});
        Ok(())
    }

    pub(crate) fn backup_wallet(
        self: &Arc<Self>,
        args: BackupWalletArgs,
    ) -> Result<BackupView, AppError> {
        let bytes = self.backup_bytes(&args.password)?;
        let target = backup_path(Path::new(&args.path), &self.backup_name()?)?;
        create_exclusively(&target, &bytes).map_err(|error| AppError::from(error).field("path"))?;
        let written = read_limited(&target, FILE_BYTES_MAX as u64)?;
        self.with_open(|open| {
            open.file
                .check_copy(&written)
                .map_err(|_| AppError::new(ErrorCode::BackupFailed))
        })?;
        self.note_backup(&written, Some(target), None)
    }

    pub(crate) fn download_backup(
        self: &Arc<Self>,
        args: PasswordArgs,
    ) -> Result<BackupView, AppError> {
        let bytes = self.backup_bytes(&args.password)?;
        let file = FileContent {
            file_name: self.backup_name()?,
            media_type: "application/octet-stream".to_owned(),
            base64: STANDARD.encode(&bytes),
            text: None,
        };
        self.note_backup(&bytes, None, Some(file))
    }

    /// The file as it lies on the disk, opened once more with the password and compared with what is in memory.
    fn backup_bytes(&self, password: &crate::view::SecretText) -> Result<Vec<u8>, AppError> {
        // The password first: it is the person's proof that the copy can be opened.
        self.with_keyring(password, |open, _| {
            open.save()?;
            let bytes = read_limited(&open.path, FILE_BYTES_MAX as u64)?;
            open.file
                .check_copy(&bytes)
                .map_err(|_| AppError::new(ErrorCode::BackupFailed))?;
            Ok(bytes)
        })
    }

    fn backup_name(&self) -> Result<String, AppError> {
        let date = self.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        self.with_open(|open| {
            let name: String = open
                .file
                .contents()
                .name()
                .chars()
                .map(|c| {
                    if c.is_alphanumeric() || c == '-' {
                        c
                    } else {
                        '_'
                    }
                })
                .collect();
            Ok(format!("{name}-{date}.{EXTENSION}"))
        })
    }

    fn note_backup(
        &self,
        bytes: &[u8],
        path: Option<PathBuf>,
        file: Option<FileContent>,
    ) -> Result<BackupView, AppError> {
        let now = self.now();
        let accounts = self.with_open(|open| {
            open.edit(|open| {
                open.file.contents_mut().set_last_backup(now.as_second());
                Ok(open.file.contents().accounts().len())
            })
        })?;
        self.tell_session();
        Ok(BackupView {
            path: path.map(|path| path.display().to_string()),
            file,
            size_bytes: Decimal(bytes.len() as u64),
            sha256: hex::encode(Sha256::digest(bytes)),
            verified_at: Instant::from_timestamp(now),
            accounts: u32::try_from(accounts).unwrap_or(u32::MAX),
        })
    }

    pub(crate) fn wallet_removal(
        self: &Arc<Self>,
        args: WalletArgs,
    ) -> Result<RemovalView, AppError> {
        let path = self.wallet_path(&args.wallet)?;
        let name = label(&path).unwrap_or_else(|_| args.wallet.clone());
        let items: Vec<RemovalItem> = parts(&path)
            .into_iter()
            .filter_map(|path| item(&path))
            .collect();
        Ok(RemovalView {
            question: Sentence::new(
                "wallet.delete.question",
                format!("Delete the wallet {name}?"),
                [("name", name.clone())],
            ),
            total_bytes: Decimal(items.iter().map(|item| item.size_bytes.0).sum()),
            removed: items,
            stays: vec![
                Sentence::new(
                    "wallet.delete.stays_coins",
                    "The coins, on the network.",
                    [],
                ),
                Sentence::new(
                    "wallet.delete.stays_others",
                    "Other wallets, committed space, identities and settings.",
                    [],
                ),
                Sentence::new(
                    "wallet.delete.stays_backups",
                    "Backups you made elsewhere.",
                    [],
                ),
            ],
            costs: vec![Sentence::new(
                "wallet.delete.costs",
                "Without its words or a backup the coins can't be moved any more. Names, contacts and notes are lost.",
                [],
            )],
            typed_name: Some(name.clone()),
            button: Sentence::new(
                "wallet.delete.button",
                format!("Delete {name}"),
                [("name", name)],
            ),
        })
    }

    pub(crate) fn delete_wallet(
        self: &Arc<Self>,
        args: DeleteWalletArgs,
    ) -> Result<Done, AppError> {
        let path = self.wallet_path(&args.wallet)?;
        let name = label(&path).unwrap_or_else(|_| args.wallet.clone());
        if args.typed_name.trim() != name {
            return Err(AppError::new(ErrorCode::NameMismatch).field("typedName"));
        }
        let is_open = self
            .session_state()
            .open
            .as_ref()
            .is_some_and(|open| open.id == args.wallet);
        if is_open {
            self.close_wallet(LockReason::Person);
        }
        // The wallet itself last: a crash in between leaves it whole.
        for part in parts(&path).into_iter().rev() {
            match fs::remove_file(&part) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(io_error(&part, &error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        self.tell(Change::Wallets {});
        self.tell_session();
        Ok(Done {})
    }
}

/// A backup of a wallet that is still here.
fn taken(error: crate::storage::WriteError, name: &str) -> AppError {
    let error = AppError::from(error);
    if error.code == ErrorCode::FileExists {
        AppError::with(
            ErrorCode::NameTaken,
            format!("The wallet of this backup is here already ({name})."),
        )
    } else {
        error
    }
}

/// The wallet's file, then what lies beside it.
fn parts(path: &Path) -> Vec<PathBuf> {
    vec![
        path.to_owned(),
        path.with_extension(format!("{EXTENSION}.bak")),
        StoredTransactions::path(path),
    ]
}

fn item(path: &Path) -> Option<RemovalItem> {
    let size = fs::metadata(path).ok()?.len();
    Some(RemovalItem {
        path: path.display().to_string(),
        files: 1,
        size_bytes: Decimal(size),
    })
}

/// The name in clear text of a wallet file.
fn label(path: &Path) -> Result<String, AppError> {
    let bytes = read_limited(path, FILE_BYTES_MAX as u64)?;
    LockedFile::parse(&bytes)
        .map(|file| file.name().to_owned())
        .map_err(file_error)
}

fn entry(id: String, path: &Path) -> WalletEntry {
    let metadata = fs::metadata(path).ok();
    let at = |time: std::io::Result<std::time::SystemTime>| {
        time.ok()
            .and_then(|time| jiff::Timestamp::try_from(time).ok())
            .map(Instant::from_timestamp)
    };
    let (name, problem) = match label(path) {
        Ok(name) => (name, None),
        Err(error) => (id.clone(), Some(sentence(&error.message))),
    };
    WalletEntry {
        name,
        path: path.display().to_string(),
        created: metadata
            .as_ref()
            .and_then(|metadata| at(metadata.created())),
        modified: metadata
            .as_ref()
            .and_then(|metadata| at(metadata.modified())),
        size_bytes: Decimal(metadata.map_or(0, |metadata| metadata.len())),
        problem,
        id,
    }
}

/// A folder gets the usual name, with a number if it is taken; a path of a file is taken as it is.
fn backup_path(wanted: &Path, name: &str) -> Result<PathBuf, AppError> {
    if !wanted.is_absolute() {
        return Err(AppError::with(
            ErrorCode::FileNotFound,
            "Give the whole path of the backup.",
        )
        .field("path"));
    }
    if !wanted.is_dir() {
        return Ok(wanted.to_owned());
    }
    let plain = wanted.join(name);
    if !plain.exists() {
        return Ok(plain);
    }
    let stem = name.strip_suffix(&format!(".{EXTENSION}")).unwrap_or(name);
    let numbered = (2..1000)
        .map(|number| wanted.join(format!("{stem}-{number}.{EXTENSION}")))
        .find(|path| !path.exists());
    numbered.ok_or_else(|| AppError::new(ErrorCode::FileExists).field("path"))
}
