//! Identities and their key files, in the reference's form: 128 hex digits, one file per identity, readable for the owner only.
//!
//! Keeps true: a key is only ever read from and written to its file; pages get the public half; no file is overwritten.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use spacemesh_crypto::{
    IDENTITY_EXTENSION, KEY_FILE_SIZE, SigningKey, parse_key_file, write_key_file,
};
use zeroize::Zeroizing;

use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    session::sentence,
    source,
    storage::{create_exclusively, io_error, private_dir, read_limited},
    view::{
        CreateIdentityArgs, Decimal, EditIdentityArgs, ExportIdentityArgs, FileSource,
        IdentityView, ImportIdentityArgs, Sentence, Tone, WrittenFile,
    },
    wallets::random,
};

/// Longest name of a key file.
const NAME_CHARS_MAX: usize = 40;
/// Name of the first identity; the reference treats exactly this one as its own (01 §3.2).
const FIRST_NAME: &str = "local";

/// A key file of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyFile {
    /// Public key, hex.
    pub(super) id: String,
    /// Name without ending.
    pub(super) name: String,
    pub(super) path: PathBuf,
}

impl super::Smeshing {
    /// All readable key files, by name. Others are told in the log.
    pub(super) fn key_files(&self) -> Vec<KeyFile> {
        let Ok(entries) = fs::read_dir(&self.identities) else {
            return Vec::new();
        };
        let mut files: Vec<KeyFile> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == IDENTITY_EXTENSION))
            .filter_map(|path| match read_key(&path) {
                Ok(key) => Some(KeyFile { id: key.node_id().to_hex(), name: stem(&path), path }),
                Err(error) => {
                    tracing::warn!(path = %path.display(), error = %error.message, "a key file can't be read");
                    None
                }
            })
            .collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        files
    }

    pub(super) fn key_file(&self, identity: &str) -> Option<KeyFile> {
        self.key_files()
            .into_iter()
            .find(|file| file.id == identity)
    }

    /// Writes a key under a free name.
    fn put_key(&self, key: &SigningKey, name: Option<&str>) -> Result<KeyFile, AppError> {
        private_dir(&self.identities)?;
        let files = self.key_files();
        let id = key.node_id().to_hex();
        if let Some(known) = files.iter().find(|file| file.id == id) {
            return Err(AppError::with(
                ErrorCode::IdentityExists,
                format!("This identity is already here, as {}.", known.name),
            ));
        }
        let name = match name.map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => {
                check_name(name)?;
                name.to_owned()
            }
            None => free_name(&files),
        };
        let path = self.key_path(&name);
        let text = write_key_file(key);
        create_exclusively(&path, text.as_bytes()).map_err(|error| {
            let error = AppError::from(error);
            if error.code == ErrorCode::FileExists {
                AppError::with(
                    ErrorCode::NameTaken,
                    format!("There is already an identity called {name}."),
                )
                .field("name")
            } else {
                error
            }
        })?;
        // Read back before anything is bound to it.
        if read_key(&path)?.node_id() != key.node_id() {
            return Err(AppError::with(
                ErrorCode::IoFailed,
                format!("{} was not written correctly.", path.display()),
            ));
        }
        Ok(KeyFile { id, name, path })
    }

    fn key_path(&self, name: &str) -> PathBuf {
        self.identities.join(format!("{name}.{IDENTITY_EXTENSION}"))
    }

    /// A fresh identity.
    pub(super) fn new_identity(&self, name: Option<&str>) -> Result<KeyFile, AppError> {
        let mut seed = Zeroizing::new([0; SigningKey::SEED_SIZE]);
        random(seed.as_mut_slice());
        self.put_key(&SigningKey::from_seed(&seed), name)
    }

    /// Takes over a key file.
    pub(super) fn take_key(
        &self,
        source: &FileSource,
        name: Option<&str>,
    ) -> Result<KeyFile, AppError> {
        let bytes = source::read(source, KEY_FILE_SIZE * 2)?;
        self.put_key(&parse_lenient(&bytes)?, name)
    }

    /// The key that the reference's tools leave in a folder of data, if it is there and is that of `identity`.
    pub(super) fn key_in_folder(folder: &Path, identity: &str) -> Option<PathBuf> {
        ["identity.key", "key.bin", "local.key"]
            .iter()
            .map(|name| folder.join(name))
            .find(|path| read_key(path).is_ok_and(|key| key.node_id().to_hex() == identity))
    }
}

impl Inner {
    pub(crate) fn create_identity(
        self: &Arc<Self>,
        args: CreateIdentityArgs,
    ) -> Result<IdentityView, AppError> {
        let file = self.smeshing.new_identity(args.name.as_deref())?;
        self.identity_added(&file)
    }

    pub(crate) fn import_identity(
        self: &Arc<Self>,
        args: ImportIdentityArgs,
    ) -> Result<IdentityView, AppError> {
        let file = self
            .smeshing
            .take_key(&args.source, args.name.as_deref())
            .map_err(|error| {
                if error.field.is_none() {
                    error.field("source")
                } else {
                    error
                }
            })?;
        self.identity_added(&file)
    }

    pub(crate) fn export_identity(
        self: &Arc<Self>,
        args: ExportIdentityArgs,
    ) -> Result<WrittenFile, AppError> {
        // With an open wallet the person is asked for its password: a key file is worth as much as the space.
        let is_open = self.session_state().open.is_some();
        if is_open {
            let password = args.password.filter(|password| !password.is_empty());
            let password = password
                .ok_or_else(|| AppError::new(ErrorCode::PasswordNeeded).field("password"))?;
            self.with_keyring(&password, |_, _| Ok(()))?;
        }
        let file = self
            .smeshing
            .key_file(&args.identity)
            .ok_or_else(|| AppError::new(ErrorCode::IdentityNotFound).field("identity"))?;
        let path = PathBuf::from(&args.path);
        if !path.is_absolute() {
            return Err(AppError::with(
                ErrorCode::FileNotFound,
                "Give the whole path of the file.",
            )
            .field("path"));
        }
        let path = if path.is_dir() {
            path.join(format!("{}.{IDENTITY_EXTENSION}", file.name))
        } else {
            path
        };
        let bytes = Zeroizing::new(read_limited(&file.path, KEY_FILE_SIZE as u64)?);
        create_exclusively(&path, &bytes).map_err(|error| AppError::from(error).field("path"))?;
        Ok(WrittenFile {
            path: path.display().to_string(),
            size_bytes: Decimal(bytes.len() as u64),
        })
    }

    pub(crate) fn edit_identity(
        self: &Arc<Self>,
        args: EditIdentityArgs,
    ) -> Result<IdentityView, AppError> {
        if let Some(name) = args
            .name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            self.rename_identity(&args.identity, name)?;
        }
        if let Some(coinbase) = args
            .coinbase
            .as_deref()
            .filter(|coinbase| !coinbase.is_empty())
        {
            self.network_in_use()
                .parse_address(coinbase)
                .map_err(|error| error.field("coinbase"))?;
        }
        if args.coinbase.is_some() || args.nonces.is_some() || args.threads.is_some() {
            super::setup::check_proving(args.nonces, args.threads)?;
            self.edit_record(&args.identity, |record| {
                if let Some(coinbase) = &args.coinbase {
                    record.coinbase =
                        Some(coinbase.trim().to_owned()).filter(|coinbase| !coinbase.is_empty());
                }
                record.nonces = args.nonces.unwrap_or(record.nonces);
                record.threads = args.threads.unwrap_or(record.threads);
            })?;
        }
        self.tell(Change::Smeshing {});
        self.identity_view(&args.identity)
    }

    fn rename_identity(&self, identity: &str, name: &str) -> Result<(), AppError> {
        check_name(name)?;
        let file = self
            .smeshing
            .key_file(identity)
            .ok_or_else(|| AppError::new(ErrorCode::IdentityNotFound).field("identity"))?;
        if file.name == name {
            return Ok(());
        }
        let target = self.smeshing.key_path(name);
        if target.exists() {
            return Err(AppError::with(
                ErrorCode::NameTaken,
                format!("There is already an identity called {name}."),
            )
            .field("name"));
        }
        fs::rename(&file.path, &target).map_err(|error| io_error(&target, &error))
    }

    fn identity_added(&self, file: &KeyFile) -> Result<IdentityView, AppError> {
        let text = Sentence::new(
            "event.identity_added",
            format!("Identity {} added.", file.name),
            [("name", file.name.clone())],
        );
        self.record_event(Some(&file.id), "identity_added", Tone::Ok, text, None);
        self.identity_view(&file.id)
    }
}

fn read_key(path: &Path) -> Result<SigningKey, AppError> {
    let bytes = Zeroizing::new(read_limited(path, KEY_FILE_SIZE as u64 * 2)?);
    parse_lenient(&bytes)
}

/// The reference refuses a line end behind the digits (01 §3.2), editors add one; what is written here never has it.
fn parse_lenient(bytes: &[u8]) -> Result<SigningKey, AppError> {
    parse_key_file(bytes.trim_ascii())
        .map_err(|error| AppError::with(ErrorCode::NotAKeyFile, sentence(&error.to_string())))
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn check_name(name: &str) -> Result<(), AppError> {
    let fits = (1..=NAME_CHARS_MAX).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fits {
        Ok(())
    } else {
        Err(AppError::with(
            ErrorCode::InvalidName,
            format!("Use 1 to {NAME_CHARS_MAX} letters, digits, - and _."),
        )
        .field("name"))
    }
}

/// `local` for the first, as the reference wants it, then numbers.
fn free_name(files: &[KeyFile]) -> String {
    let taken = |name: &str| files.iter().any(|file| file.name == name);
    if files.is_empty() {
        return FIRST_NAME.to_owned();
    }
    (2..)
        .map(|number| format!("identity-{number}"))
        .find(|name| !taken(name))
        .unwrap_or_default()
}
