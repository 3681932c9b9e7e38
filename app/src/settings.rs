//! Settings: one file, readable by its owner, replaced as a whole.
//!
//! Keeps true: a damaged file is set aside, never overwritten; what other versions wrote beside our keys is kept.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    storage::{Access, read_limited, replace},
    view::{ChangeSettingsArgs, Done, SettingsView},
};

/// Largest settings file read.
const SETTINGS_BYTES_MAX: u64 = 1 << 20;
/// Minutes until the automatic lock that can be chosen.
const AUTO_LOCK_CHOICES: [u32; 4] = [0, 2, 5, 15];

/// Settings as they lie in the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Stored {
    format: u32,
    network: String,
    last_wallet: Option<String>,
    kdf: Option<spacemesh_wallet::file::KdfParams>,
    settings: SettingsView,
    /// Keys of other versions.
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl Default for Stored {
    fn default() -> Self {
        Self {
            format: 1,
            network: "mainnet".to_owned(),
            last_wallet: None,
            kdf: None,
            settings: SettingsView::default(),
            others: Map::new(),
        }
    }
}

/// Settings and where they are kept.
#[derive(Debug)]
pub(crate) struct SettingsStore {
    path: PathBuf,
    stored: Stored,
    /// The file was there at start.
    existed: bool,
    /// Where a damaged file was put.
    set_aside: Option<PathBuf>,
}

impl SettingsStore {
    pub(crate) fn load(path: &Path) -> Self {
        let fresh = |existed, set_aside| Self {
            path: path.to_owned(),
            stored: Stored::default(),
            existed,
            set_aside,
        };
        if !path.exists() {
            return fresh(false, None);
        }
        match read_limited(path, SETTINGS_BYTES_MAX).map(|bytes| serde_json::from_slice(&bytes)) {
            Ok(Ok(stored)) => Self {
                stored,
                ..fresh(true, None)
            },
            Ok(Err(_)) => {
                let aside = path.with_extension("json.damaged");
                let moved = std::fs::rename(path, &aside).map(|()| aside);
                tracing::warn!(path = %path.display(), "settings are damaged and were set aside");
                fresh(true, moved.ok())
            }
            Err(error) => {
                tracing::warn!(%error, "settings can't be read");
                fresh(true, None)
            }
        }
    }

    pub(crate) fn view(&self) -> &SettingsView {
        &self.stored.settings
    }

    pub(crate) fn network(&self) -> &str {
        &self.stored.network
    }

    pub(crate) fn last_wallet(&self) -> Option<&str> {
        self.stored.last_wallet.as_deref()
    }

    pub(crate) fn kdf(&self) -> Option<spacemesh_wallet::file::KdfParams> {
        self.stored.kdf
    }

    pub(crate) const fn existed(&self) -> bool {
        self.existed
    }

    pub(crate) fn set_aside(&self) -> Option<&Path> {
        self.set_aside.as_deref()
    }

    pub(crate) fn set_network(&mut self, network: &str) -> Result<(), AppError> {
        self.edit(|stored| stored.network = network.to_owned())
    }

    pub(crate) fn set_last_wallet(&mut self, wallet: Option<String>) -> Result<(), AppError> {
        if self.stored.last_wallet == wallet {
            return Ok(());
        }
        self.edit(|stored| stored.last_wallet = wallet)
    }

    pub(crate) fn set_kdf(
        &mut self,
        kdf: spacemesh_wallet::file::KdfParams,
    ) -> Result<(), AppError> {
        self.edit(|stored| stored.kdf = Some(kdf))
    }

    fn edit(&mut self, change: impl FnOnce(&mut Stored)) -> Result<(), AppError> {
        let before = serde_json::to_value(&self.stored).ok();
        change(&mut self.stored);
        let bytes = serde_json::to_vec_pretty(&self.stored)
            .map_err(|_| AppError::new(ErrorCode::Internal))?;
        let written = replace(&self.path, &bytes, Access::Private, false);
        if written.is_err() {
            // In memory as on disk.
            if let Some(stored) = before.and_then(|before| serde_json::from_value(before).ok()) {
                self.stored = stored;
            }
        }
        written?;
        self.existed = true;
        Ok(())
    }
}

impl Inner {
    pub(crate) fn settings_view(&self) -> SettingsView {
        self.settings_state().view().clone()
    }

    pub(crate) fn change_settings(
        self: &Arc<Self>,
        args: ChangeSettingsArgs,
    ) -> Result<SettingsView, AppError> {
        check(&args, |coinbase| {
            self.network_in_use().parse_address(coinbase).map(drop)
        })?;
        let view = {
            let mut settings = self.settings_state();
            settings.edit(|stored| merge(&mut stored.settings, args))?;
            settings.view().clone()
        };
        self.tell(Change::Settings {});
        self.tell(Change::Session {
            session: self.session_view(),
        });
        Ok(view)
    }
}

impl Inner {
    pub(crate) fn settings(&self, _: Done) -> Result<SettingsView, AppError> {
        Ok(self.settings_view())
    }
}

fn check(
    args: &ChangeSettingsArgs,
    coinbase: impl Fn(&str) -> Result<(), AppError>,
) -> Result<(), AppError> {
    if let Some(minutes) = args.auto_lock_minutes
        && !AUTO_LOCK_CHOICES.contains(&minutes)
    {
        return Err(AppError::with(
            ErrorCode::InvalidSetting,
            "The automatic lock can be set to 2, 5 or 15 minutes, or 0 for never.",
        )
        .field("autoLockMinutes"));
    }
    for (field, value) in [
        ("gentleFrom", &args.gentle_from),
        ("gentleUntil", &args.gentle_until),
    ] {
        if let Some(time) = value
            && !time.is_empty()
            && time.parse::<jiff::civil::Time>().is_err()
        {
            return Err(AppError::with(
                ErrorCode::InvalidSetting,
                "Write the time as HH:MM, for example 22:30.",
            )
            .field(field));
        }
    }
    if let Some(language) = &args.language
        && !(1..=35).contains(&language.len())
    {
        return Err(AppError::new(ErrorCode::InvalidSetting).field("language"));
    }
    match &args.default_coinbase {
        Some(address) if !address.is_empty() => {
            coinbase(address).map_err(|error| error.field("defaultCoinbase"))
        }
        Some(_) | None => Ok(()),
    }
}

fn merge(settings: &mut SettingsView, args: ChangeSettingsArgs) {
    macro_rules! take {
        ($($field:ident),+) => { $( if let Some(value) = args.$field { settings.$field = value; } )+ };
    }
    take!(
        language,
        theme,
        unit,
        time_zone,
        start_with_system,
        close_button,
        auto_lock_minutes,
        lock_on_sleep,
        password_each_payment,
        hide_amounts,
        gentle_from,
        gentle_until,
        default_coinbase,
        default_folder,
        low_priority
    );
    settings
        .notifications
        .extend(args.notifications.unwrap_or_default());
}
