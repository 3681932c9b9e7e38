//! Unlocking, locking, and what an open wallet remembers.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use spacemesh_wallet::{
    Words,
    file::{FileError, Keyring, LockedFile, WalletFile},
};

use super::{
    BACKUP_DUE_DAYS, GRACE_SECONDS, SHOWING_SECONDS, WARNING_SECONDS, after, password::check_new,
    seconds_between,
};
use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    storage::{Access, read_limited, replace},
    view::{
        ChangePasswordArgs, Done, Instant, LockReason, NotificationKind, RenameWalletArgs,
        SecretText, Sentence, SessionView, UnlockArgs,
    },
    wallets::{StoredTransactions, random},
};

/// An open wallet.
pub(crate) struct Open {
    /// Id in the list of wallets: name of its file without the ending.
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    pub(crate) file: WalletFile,
    /// Keys for signing without the password, and until when.
    pub(crate) grace: Option<(Keyring, Timestamp)>,
    /// Words that were just made or shown and may still be asked for.
    pub(crate) fresh: Option<Fresh>,
    pub(crate) transactions: StoredTransactions,
    /// Screens that show a secret right now.
    pub(crate) showings: Vec<Showing>,
    last_activity: Timestamp,
    warned: bool,
}

/// Words in memory for the screens after creating, or after showing them with the password.
pub(crate) struct Fresh {
    pub(crate) words: Words,
    /// They may still be shown once without the password.
    pub(crate) showable: bool,
    pub(crate) until: Timestamp,
    /// Positions that are asked for, from 1.
    pub(crate) asked: Vec<u8>,
}

/// A screen that shows a secret.
pub(crate) struct Showing {
    pub(crate) id: String,
    pub(crate) until: Timestamp,
}

impl Open {
    pub(crate) fn new(
        id: String,
        path: PathBuf,
        file: WalletFile,
        transactions: StoredTransactions,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            path,
            file,
            grace: None,
            fresh: None,
            transactions,
            showings: Vec::new(),
            last_activity: now,
            warned: false,
        }
    }

    /// Writes the wallet and reads it back: what is told as saved is on the disk.
    pub(crate) fn save(&self) -> Result<(), AppError> {
        let bytes = self.file.to_bytes(&mut random).map_err(file_error)?;
        replace(&self.path, &bytes, Access::Private, true)?;
        let written = read_limited(&self.path, bytes.len() as u64)?;
        self.file.check_copy(&written).map_err(file_error)
    }

    /// Changes the contents and saves; on failure the contents are as before.
    pub(crate) fn edit<T>(
        &mut self,
        change: impl FnOnce(&mut Self) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let before = self.file.contents().clone();
        let result = change(self).and_then(|answer| self.save().map(|()| answer));
        if result.is_err() {
            *self.file.contents_mut() = before;
        }
        result
    }

    /// Remembers that a screen shows a secret from now on.
    pub(crate) fn show(&mut self, id: String, now: Timestamp) -> Instant {
        let until = after(now, SHOWING_SECONDS);
        self.showings.push(Showing { id, until });
        Instant::from_timestamp(until)
    }
}

impl Inner {
    pub(crate) fn session(self: &Arc<Self>, _: Done) -> Result<SessionView, AppError> {
        Ok(self.session_view())
    }

    pub(crate) fn session_view(&self) -> SessionView {
        let limit = self.auto_lock_limit();
        let now = self.now();
        let session = self.session_state();
        let Some(open) = &session.open else {
            let reason = session.reason;
            drop(session);
            let wallets = self.wallet_files();
            if wallets.is_empty() {
                return SessionView::NoWallet {};
            }
            let last = self
                .settings_state()
                .last_wallet()
                .map(str::to_owned)
                .filter(|last| wallets.iter().any(|(id, _)| id == last));
            return SessionView::Locked {
                last_wallet: last,
                reason,
            };
        };
        let contents = open.file.contents();
        let last_backup = contents.last_backup();
        // A wallet that only watches loses nothing with its file that matters.
        let worth_a_backup = !contents.keys().is_empty();
        let backup_age = |at: i64| now.as_second().saturating_sub(at) > BACKUP_DUE_DAYS * 86_400;
        SessionView::Unlocked {
            wallet: open.id.clone(),
            name: contents.name().to_owned(),
            locks_at: limit.map(|limit| Instant::from_timestamp(after(open.last_activity, limit))),
            grace_until: open
                .grace
                .as_ref()
                .filter(|(_, until)| *until > now)
                .map(|(_, until)| Instant::from_timestamp(*until)),
            words_unchecked: contents.has_words() && !contents.words_checked(),
            new_words_waiting: open.fresh.as_ref().is_some_and(|fresh| fresh.showable),
            has_words: contents.has_words(),
            last_backup: last_backup.map(Instant::from_unix_seconds),
            backup_due: worth_a_backup && last_backup.is_none_or(backup_age),
        }
    }

    pub(crate) fn unlock(self: &Arc<Self>, args: UnlockArgs) -> Result<SessionView, AppError> {
        let now = self.now();
        self.session_state().attempts.check(now)?;
        let path = self.wallet_path(&args.wallet)?;
        let bytes = read_limited(&path, spacemesh_wallet::file::FILE_BYTES_MAX as u64)?;
        let locked = LockedFile::parse(&bytes).map_err(file_error)?;
        // The costly part; no lock is held meanwhile.
        let unlocked = locked.unlock(args.password.expose());
        let mut session = self.session_state();
        let file = self
            .note_attempt(&mut session.attempts, unlocked)
            .map_err(|error| error.field("password"))?;
        let transactions = StoredTransactions::load(&path);
        session.open = Some(Open::new(
            args.wallet.clone(),
            path,
            file,
            transactions,
            self.now(),
        ));
        drop(session);
        self.settings_state().set_last_wallet(Some(args.wallet))?;
        Ok(self.tell_session())
    }

    pub(crate) fn lock(self: &Arc<Self>, _: Done) -> Result<SessionView, AppError> {
        self.close_wallet(LockReason::Person);
        Ok(self.session_view())
    }

    pub(crate) fn activity(self: &Arc<Self>, _: Done) -> Result<SessionView, AppError> {
        if self.touch() {
            return Ok(self.tell_session());
        }
        Ok(self.session_view())
    }

    /// The person did something: the time to the automatic lock starts again. Tells whether a page had been warned.
    pub(crate) fn touch(&self) -> bool {
        let now = self.now();
        let mut session = self.session_state();
        session.open.as_mut().is_some_and(|open| {
            open.last_activity = now;
            std::mem::take(&mut open.warned)
        })
    }

    pub(crate) fn system_sleeps(self: &Arc<Self>, _: Done) -> Result<SessionView, AppError> {
        if self.settings_view().lock_on_sleep {
            self.close_wallet(LockReason::Sleep);
        }
        Ok(self.session_view())
    }

    pub(crate) fn change_password(
        self: &Arc<Self>,
        args: ChangePasswordArgs,
    ) -> Result<SessionView, AppError> {
        check_new(&args.new_password, "newPassword")?;
        let kdf = self.kdf_params();
        self.with_keyring(&args.password, |open, keyring| {
            let bytes = std::fs::read(&open.path).ok();
            open.file
                .change_password(keyring, args.new_password.expose(), kdf, &mut random)
                .map_err(file_error)?;
            open.grace = None;
            open.save().inspect_err(|_| {
                // The disk still holds the file of the old password: go on with that one.
                let old = bytes
                    .as_deref()
                    .and_then(|bytes| LockedFile::parse(bytes).ok())
                    .and_then(|file| file.unlock(args.password.expose()).ok());
                if let Some(old) = old {
                    open.file = old;
                }
            })?;
            // The previous version opens with the old password; it must not stay.
            let previous = open
                .path
                .with_extension(format!("{}.bak", crate::wallets::EXTENSION));
            match std::fs::remove_file(&previous) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    tracing::warn!(%error, "the previous wallet version stays")
                }
                Ok(()) | Err(_) => {}
            }
            Ok(())
        })?;
        Ok(self.tell_session())
    }

    pub(crate) fn rename_wallet(
        self: &Arc<Self>,
        args: RenameWalletArgs,
    ) -> Result<SessionView, AppError> {
        self.with_open(|open| {
            open.edit(|open| {
                open.file
                    .contents_mut()
                    .rename(&args.name)
                    .map_err(contents_error)
            })
        })?;
        self.tell(Change::Wallets {});
        Ok(self.tell_session())
    }

    /// Runs with the open wallet.
    pub(crate) fn with_open<T>(
        &self,
        run: impl FnOnce(&mut Open) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut session = self.session_state();
        let open = session
            .open
            .as_mut()
            .ok_or_else(|| AppError::new(ErrorCode::Locked))?;
        run(open)
    }

    /// Runs with the open wallet and its secrets, after the password.
    pub(crate) fn with_keyring<T>(
        &self,
        password: &SecretText,
        run: impl FnOnce(&mut Open, Keyring) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let now = self.now();
        let mut session = self.session_state();
        session.attempts.check(now)?;
        let open = session
            .open
            .as_mut()
            .ok_or_else(|| AppError::new(ErrorCode::Locked))?;
        let unlocked = open.file.unlock_secrets(password.expose());
        let keyring = self
            .note_attempt(&mut session.attempts, unlocked)
            .map_err(|error| error.field("password"))?;
        let open = session
            .open
            .as_mut()
            .ok_or_else(|| AppError::new(ErrorCode::Locked))?;
        run(open, keyring)
    }

    /// Runs with keys for signing: those of the grace period, or after the password.
    pub(crate) fn with_signing<T>(
        &self,
        password: Option<&SecretText>,
        run: impl FnOnce(&mut Open, &Keyring) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let now = self.now();
        let each = self.settings_view().password_each_payment;
        if let Some(password) = password.filter(|password| !password.is_empty()) {
            return self.with_keyring(password, |open, keyring| {
                let keyring = keyring.for_signing();
                let answer = run(open, &keyring)?;
                open.grace = (!each).then(|| (keyring, after(now, GRACE_SECONDS)));
                Ok(answer)
            });
        }
        self.with_open(|open| match open.grace.take() {
            Some((keyring, until)) if !each && now < until => {
                let answer = run(open, &keyring);
                open.grace = Some((keyring, until));
                answer
            }
            Some(_) | None => Err(AppError::new(ErrorCode::PasswordNeeded).field("password")),
        })
    }

    /// Whether signing asks for the password now.
    pub(crate) fn signing_needs_password(&self, open: &Open) -> bool {
        self.settings_view().password_each_payment
            || open
                .grace
                .as_ref()
                .is_none_or(|(_, until)| *until <= self.now())
    }

    /// Counts a wrong password, forgets them after a right one.
    pub(crate) fn note_attempt<T>(
        &self,
        attempts: &mut super::Attempts,
        result: Result<T, FileError>,
    ) -> Result<T, AppError> {
        match result {
            Ok(value) => {
                attempts.right();
                Ok(value)
            }
            Err(error) => {
                if error == FileError::WrongPassword {
                    attempts.wrong(self.now());
                }
                Err(file_error(error))
            }
        }
    }

    /// Locks; wipes everything the open wallet held.
    pub(crate) fn close_wallet(&self, reason: LockReason) {
        let mut session = self.session_state();
        let Some(open) = session.open.take() else {
            return;
        };
        session.reason = reason;
        drop(session);
        for showing in &open.showings {
            self.tell(Change::SecretExpired {
                id: showing.id.clone(),
            });
        }
        drop(open);
        self.tell(Change::Session {
            session: self.session_view(),
        });
        if reason == LockReason::Idle {
            self.notify(
                NotificationKind::Locked,
                Sentence::new(
                    "notify.locked",
                    "The wallet was locked. Smeshing goes on.",
                    [],
                ),
                false,
            );
        }
    }

    pub(crate) fn tell_session(&self) -> SessionView {
        let view = self.session_view();
        self.tell(Change::Session {
            session: view.clone(),
        });
        view
    }

    /// Seconds without activity until the automatic lock; none for never.
    fn auto_lock_limit(&self) -> Option<i64> {
        let chosen = self.settings_view().auto_lock_minutes;
        let chosen = (chosen > 0).then(|| i64::from(chosen) * 60);
        match (chosen, self.auto_lock_seconds.map(i64::from)) {
            (Some(chosen), Some(shorter)) => Some(chosen.min(shorter)),
            (chosen, shorter) => chosen.or(shorter),
        }
    }

    /// The automatic lock, its warning, and the end of what was only allowed for a while.
    pub(crate) fn tick_session(&self) {
        let now = self.now();
        let limit = self.auto_lock_limit();
        let mut expired = Vec::new();
        let mut warn = None;
        let mut lock = false;
        {
            let mut session = self.session_state();
            let Some(open) = session.open.as_mut() else {
                return;
            };
            if now < open.last_activity {
                // The clock was set back: count from here, so that this can't keep a wallet open.
                open.last_activity = now;
            }
            if let Some(limit) = limit {
                let left = limit - seconds_between(open.last_activity, now);
                lock = left <= 0;
                if !lock && left <= WARNING_SECONDS && !open.warned {
                    open.warned = true;
                    warn = u32::try_from(left).ok();
                }
            }
            open.showings.retain(|showing| {
                let over = showing.until <= now;
                if over {
                    expired.push(showing.id.clone());
                }
                !over
            });
            open.grace.take_if(|(_, until)| *until <= now);
            open.fresh.take_if(|fresh| fresh.until <= now);
        }
        for id in expired {
            self.tell(Change::SecretExpired { id });
        }
        if let Some(seconds) = warn {
            self.tell(Change::AutoLockWarning { seconds });
        }
        if lock {
            self.close_wallet(LockReason::Idle);
        }
    }
}

/// A refused change of a wallet's contents as a person sees it.
pub(crate) fn contents_error(error: spacemesh_wallet::ContentsError) -> AppError {
    use spacemesh_wallet::ContentsError as E;
    let code = match &error {
        E::Text(spacemesh_wallet::TextRuleError::TooLong { max, .. })
            if *max == spacemesh_wallet::NOTE_CHARS_MAX =>
        {
            ErrorCode::TextTooLong
        }
        E::Text(_) => ErrorCode::InvalidName,
        E::KnownKey { .. } | E::KnownAccount { .. } => ErrorCode::AccountExists,
        E::KnownContact { .. } => ErrorCode::ContactExists,
        E::UnknownContact(_) => ErrorCode::ContactNotFound,
        E::UnknownKey(_) | E::UnknownAccount(_) => ErrorCode::AccountNotFound,
        E::Args(_) => ErrorCode::InvalidMembers,
        _ => ErrorCode::BadArguments,
    };
    AppError::with(code, sentence(&error.to_string()))
}

/// A wallet file's error as a person sees it.
pub(crate) fn file_error(error: FileError) -> AppError {
    let code = match &error {
        FileError::WrongPassword => return AppError::new(ErrorCode::WrongPassword),
        FileError::Contents(inner) => return contents_error(inner.clone()),
        FileError::NotAWallet(_) => ErrorCode::NotAWallet,
        FileError::TooNew { .. } => ErrorCode::WalletTooNew,
        FileError::Damaged(_) | FileError::TooCostly { .. } => ErrorCode::WalletDamaged,
        FileError::TooLarge { .. } => ErrorCode::TooLarge,
        FileError::ShortPassword { .. } => return AppError::new(ErrorCode::PasswordTooShort),
        FileError::NoWords => return AppError::new(ErrorCode::NoWords),
        FileError::NoSecret => return AppError::new(ErrorCode::CannotSign),
        FileError::OtherKeyring | FileError::WordsLocked => {
            return AppError::new(ErrorCode::PasswordNeeded);
        }
        FileError::Words(_) => ErrorCode::WordsInvalid,
        _ => ErrorCode::WalletDamaged,
    };
    AppError::with(code, sentence(&error.to_string()))
}

/// Errors of crates begin with a small letter and end without a stop; a person reads a sentence.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let mut sentence: String = chars
        .next()
        .map(|first| first.to_uppercase().collect())
        .unwrap_or_default();
    sentence.push_str(chars.as_str());
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}
