//! Wallet files of other programs, and backups of our own: recognised, previewed, taken over into a new file.
//!
//! Keeps true: the given file is read, never changed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use spacemesh_wallet::{
    Account, AccountKind, Contents,
    file::{FileError, LockedFile},
    foreign::{ForeignError, ForeignFile, ImportWarning, Program},
};

use super::{accounts::template, random};
use crate::{
    app::Inner,
    error::{AppError, ErrorCode},
    session::{contents_error, file_error, password::check_new, sentence},
    source,
    storage::read_limited,
    view::{
        Done, FileSource, FoundWallet, ImportNote, ImportWalletArgs, InspectWalletArgs, Instant,
        PreviewAccount, SecretText, Sentence, SessionView, Tone, WalletPreview,
        WalletPreviewContent,
    },
};

/// Largest file looked at, in bytes.
const FILE_BYTES_MAX: usize = 4 << 20;
/// Most files looked at in one folder.
const FOLDER_FILES_MAX: usize = 500;
/// Most wallets listed.
const FOUND_MAX: usize = 50;

/// A recognised file.
enum Recognised {
    Own(LockedFile),
    Foreign(ForeignFile),
}

impl Inner {
    pub(crate) fn found_wallets(self: &Arc<Self>, _: Done) -> Result<Vec<FoundWallet>, AppError> {
        let folders = self
            .foreign_wallet_folders
            .clone()
            .unwrap_or_else(usual_folders);
        let mut found: Vec<FoundWallet> = folders
            .iter()
            .flat_map(|folder| wallets_in(folder))
            .take(FOUND_MAX)
            .collect();
        found.sort_by(|a, b| (&b.modified, &a.path).cmp(&(&a.modified, &b.path)));
        Ok(found)
    }

    pub(crate) fn inspect_wallet(
        self: &Arc<Self>,
        args: InspectWalletArgs,
    ) -> Result<WalletPreview, AppError> {
        let recognised = recognise(&args.source)?;
        let mut preview = WalletPreview {
            format: format(&recognised).to_owned(),
            title: title(&recognised),
            name: name(&recognised),
            needs_password: true,
            content: None,
            notes: Vec::new(),
        };
        let Some(password) = args.password else {
            return Ok(preview);
        };
        let (contents, notes) = match &recognised {
            Recognised::Own(file) => (
                self.open_own(file, &password)?.contents().clone(),
                Vec::new(),
            ),
            Recognised::Foreign(file) => {
                let imported = self.open_foreign(file, &password)?;
                (imported.wallet.contents.clone(), notes(&imported.warnings))
            }
        };
        preview.needs_password = false;
        preview.notes = notes;
        preview.content = Some(self.preview_content(&contents));
        Ok(preview)
    }

    pub(crate) fn import_wallet(
        self: &Arc<Self>,
        args: ImportWalletArgs,
    ) -> Result<SessionView, AppError> {
        check_new(&args.new_password, "newPassword")?;
        match recognise(&args.source)? {
            Recognised::Own(locked) => {
                let mut file = self.open_own(&locked, &args.password)?;
                let keyring = file
                    .unlock_secrets(args.password.expose())
                    .map_err(file_error)?;
                file.contents_mut()
                    .rename(&args.name)
                    .map_err(|error| contents_error(error).field("name"))?;
                file.change_password(
                    keyring,
                    args.new_password.expose(),
                    self.kdf_params(),
                    &mut random,
                )
                .map_err(file_error)?;
                self.put_wallet_file(file)?;
            }
            Recognised::Foreign(foreign) => {
                let mut imported = self.open_foreign(&foreign, &args.password)?;
                imported
                    .wallet
                    .contents
                    .rename(&args.name)
                    .map_err(|error| contents_error(error).field("name"))?;
                self.put_new_wallet(imported.wallet, &args.new_password)?;
            }
        }
        Ok(self.tell_session())
    }

    fn open_own(
        &self,
        file: &LockedFile,
        password: &SecretText,
    ) -> Result<spacemesh_wallet::file::WalletFile, AppError> {
        self.session_state().attempts.check(self.now())?;
        let unlocked = file.unlock(password.expose());
        let mut session = self.session_state();
        self.note_attempt(&mut session.attempts, unlocked)
            .map_err(|error| error.field("password"))
    }

    fn open_foreign(
        &self,
        file: &ForeignFile,
        password: &SecretText,
    ) -> Result<spacemesh_wallet::foreign::Imported, AppError> {
        let now = self.now();
        self.session_state().attempts.check(now)?;
        let opened = file.open(password.expose(), now.as_second());
        let attempts = &mut self.session_state().attempts;
        match opened {
            Ok(imported) => {
                attempts.right();
                Ok(imported)
            }
            Err(ForeignError::WrongPasswordOrDamaged) => {
                attempts.wrong(now);
                Err(AppError::new(ErrorCode::WrongPassword).field("password"))
            }
            Err(error) => Err(foreign_error(&error)),
        }
    }

    fn preview_content(&self, contents: &Contents) -> WalletPreviewContent {
        let network = self.network_in_use();
        let account = |account: &Account| PreviewAccount {
            name: account.name.clone(),
            address: account.address().to_bech32(network.hrp()),
            template: match (&account.kind, account.template().map(template)) {
                (AccountKind::Known(_), Some(template)) => serde_json::to_value(template)
                    .ok()
                    .and_then(|value| value.as_str().map(str::to_owned))
                    .unwrap_or_default(),
                (AccountKind::Known(_) | AccountKind::WatchOnly(_), _) => "unknown".to_owned(),
            },
            view_only: !account
                .keys()
                .iter()
                .any(|key| contents.key(key).is_some_and(|key| key.origin.has_secret())),
        };
        WalletPreviewContent {
            accounts: contents.accounts().iter().map(account).collect(),
            contacts: u32::try_from(contents.contacts().len()).unwrap_or(u32::MAX),
            has_words: contents.has_words(),
        }
    }
}

fn recognise(source: &FileSource) -> Result<Recognised, AppError> {
    let bytes = source::read(source, FILE_BYTES_MAX).map_err(|error| error.field("source"))?;
    recognise_bytes(&bytes).map_err(|error| error.field("source"))
}

fn recognise_bytes(bytes: &[u8]) -> Result<Recognised, AppError> {
    match LockedFile::parse(bytes) {
        Ok(file) => Ok(Recognised::Own(file)),
        Err(FileError::NotAWallet(_)) => ForeignFile::parse(bytes)
            .map(Recognised::Foreign)
            .map_err(|error| foreign_error(&error)),
        Err(error) => Err(file_error(error)),
    }
}

fn foreign_error(error: &ForeignError) -> AppError {
    let code = match error {
        ForeignError::NotAWallet(_) | ForeignError::Unsupported { .. } => ErrorCode::NotAWallet,
        ForeignError::TooLarge { .. } => ErrorCode::TooLarge,
        ForeignError::WrongPasswordOrDamaged => ErrorCode::WrongPassword,
        _ => ErrorCode::WalletDamaged,
    };
    AppError::with(code, sentence(&error.to_string()))
}

fn format(recognised: &Recognised) -> &'static str {
    match recognised {
        Recognised::Own(_) => "own",
        Recognised::Foreign(file) => match file.program() {
            Program::Smcli => "smcli",
            Program::Smapp => "smapp",
            Program::SmappOld => "smapp_old",
            Program::SmappLite => "smapp_lite",
        },
    }
}

fn name(recognised: &Recognised) -> Option<String> {
    let name = match recognised {
        Recognised::Own(file) => file.name(),
        Recognised::Foreign(file) => file.display_name(),
    };
    // Text of a stranger: shown as text, cut to a line.
    Some(
        name.chars()
            .filter(|c| !c.is_control())
            .take(64)
            .collect::<String>()
            .trim()
            .to_owned(),
    )
    .filter(|name| !name.is_empty())
}

/// "Smapp wallet of 18 Jul 2023".
fn title(recognised: &Recognised) -> String {
    match recognised {
        Recognised::Own(file) => format!(
            "Backup of the wallet {}",
            file.name().chars().take(64).collect::<String>()
        ),
        Recognised::Foreign(file) => {
            let program = match file.program() {
                Program::Smapp | Program::SmappOld => "Smapp",
                Program::Smcli => "smcli",
                Program::SmappLite => "smapp-lite",
            };
            let day = file
                .created()
                .and_then(|created| jiff::Timestamp::from_second(created).ok());
            match day.map(|at| {
                at.to_zoned_datetime(jiff::tz::TimeZone::UTC)
                    .strftime("%-d %b %Y")
                    .to_string()
            }) {
                Some(day) => format!("{program} wallet of {day}"),
                None => format!("{program} wallet"),
            }
        }
    }
}

fn notes(warnings: &[ImportWarning]) -> Vec<ImportNote> {
    warnings
        .iter()
        .map(|warning| {
            let (key, tone) = match warning {
                ImportWarning::WeakFormat => ("weak_format", Tone::Warning),
                ImportWarning::FewRounds { .. } => ("few_rounds", Tone::Warning),
                ImportWarning::NotRecoverable { .. } => ("not_recoverable", Tone::Warning),
                ImportWarning::PairMismatch { .. } => ("pair_mismatch", Tone::Warning),
                ImportWarning::ViewOnly { .. } => ("view_only", Tone::Ok),
                _ => ("other", Tone::Ok),
            };
            ImportNote {
                tone,
                text: Sentence::new(&format!("import.{key}"), sentence(&warning.to_string()), []),
            }
        })
        .collect()
}

/// Where the existing programs keep their wallets (12 §2.8).
fn usual_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(base) = directories::BaseDirs::new() {
        // Smapp is an Electron app: its user data lies in the configuration folder of each system.
        folders.push(base.config_dir().join("Spacemesh"));
        // smcli's default.
        folders.push(base.home_dir().join(".spacemesh"));
    }
    folders
}

fn wallets_in(folder: &Path) -> Vec<FoundWallet> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let named_like_a_wallet = |path: &Path| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        name.contains("wallet") && (name.ends_with("json") || name.ends_with("dat"))
    };
    entries
        .flatten()
        .take(FOLDER_FILES_MAX)
        .map(|entry| entry.path())
        .filter(|path| named_like_a_wallet(path))
        .filter_map(|path| found(&path))
        .collect()
}

fn found(path: &Path) -> Option<FoundWallet> {
    let bytes = read_limited(path, FILE_BYTES_MAX as u64).ok()?;
    let recognised = recognise_bytes(&bytes).ok()?;
    let Recognised::Foreign(file) = &recognised else {
        return None;
    };
    let modified = std::fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok();
    Some(FoundWallet {
        path: path.display().to_string(),
        program: file.program().name().to_owned(),
        title: title(&recognised),
        name: name(&recognised),
        modified: modified
            .and_then(|time| jiff::Timestamp::try_from(time).ok())
            .map(Instant::from_timestamp),
    })
}
