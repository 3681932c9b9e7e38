//! What frames every screen: state of the app, status bar, closing, about, report, folders to choose from.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    app::Inner,
    error::{AppError, ErrorCode, catalogue},
    storage::io_error,
    view::{
        AboutView, AppState, BrowseFolderArgs, CloseAction, CloseButton, CloseChoice, CloseView,
        Decimal, Done, ErrorEntry, FolderEntry, FolderListing, ReportView, Sentence, StatusPart,
        StatusView, TaskKind, Tone,
    },
};

/// Entries of a folder that are listed.
const ENTRIES_MAX: usize = 1000;

impl Inner {
    pub(crate) fn app_state(self: &Arc<Self>, _: Done) -> Result<AppState, AppError> {
        let network = self.network_in_use();
        let first_start = self.wallet_files().is_empty()
            && self.smeshing.is_empty()
            && !self.settings_state().existed();
        Ok(AppState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            platform: std::env::consts::OS.to_owned(),
            data_folder: self.folder.root().display().to_string(),
            first_start,
            network: network.id().to_owned(),
            network_name: network.name(),
            address_prefix: network.hrp().as_str().to_owned(),
            has_node: false,
            in_browser: self.in_browser,
        })
    }

    pub(crate) fn status(self: &Arc<Self>, _: Done) -> Result<StatusView, AppError> {
        let network = self.network_in_use();
        let layer = network.layer(self.now());
        let epoch = layer.map(|layer| layer.epoch(network.network().layers_per_epoch));
        let node = StatusPart {
            tone: Tone::Off,
            text: Sentence::new("status.no_node", "No node in this version", []),
            progress: None,
        };
        let smeshing = self.smeshing_status();
        let network_part = StatusPart {
            tone: if network.problem().is_some() {
                Tone::Warning
            } else {
                Tone::Ok
            },
            text: Sentence::new("status.network", network.name(), [("name", network.name())]),
            progress: None,
        };
        let grave = |part: &StatusPart| matches!(part.tone, Tone::Failed | Tone::Warning);
        let worst = if grave(&network_part) {
            "network"
        } else if smeshing.tone == Tone::Off {
            "node"
        } else {
            "smeshing"
        };
        Ok(StatusView {
            node,
            smeshing,
            network: network_part,
            layer: layer.map(|layer| layer.0),
            epoch: epoch.map(|epoch| epoch.0),
            worst: worst.to_owned(),
        })
    }

    pub(crate) fn error_catalogue(self: &Arc<Self>, _: Done) -> Result<Vec<ErrorEntry>, AppError> {
        Ok(catalogue())
    }

    pub(crate) fn close_question(self: &Arc<Self>, _: Done) -> Result<CloseView, AppError> {
        let tasks = self.smeshing.tasks();
        let active: Vec<_> = tasks
            .iter()
            .filter(|task| crate::smeshing::is_active(task))
            .collect();
        let button = self.settings_view().close_button;
        let quit = |title: Sentence, body: Sentence, action| CloseView {
            action,
            title,
            body,
            choices: Vec::new(),
        };
        let Some(task) = active
            .iter()
            .find(|task| task.kind == TaskKind::Fill)
            .or(active.first())
        else {
            let action = if button == CloseButton::Tray {
                CloseAction::Tray
            } else {
                CloseAction::Quit
            };
            let title = Sentence::new("close.nothing_runs", "Nothing runs.", []);
            let body = Sentence::new("close.tray_body", "Smapp goes on in the tray.", []);
            return Ok(quit(title, body, action));
        };
        let at = task
            .ends_at
            .as_ref()
            .map(|at| at.0.clone())
            .unwrap_or_default();
        let choice = |id: &str, label: &str, consequence: &str| CloseChoice {
            id: id.to_owned(),
            label: Sentence::new(&format!("close.{id}"), label, []),
            consequence: Sentence::new(
                &format!("close.{id}_consequence"),
                consequence,
                [("at", at.clone())],
            ),
        };
        Ok(CloseView {
            action: match button {
                CloseButton::Ask => CloseAction::Ask,
                CloseButton::Tray => CloseAction::Tray,
                CloseButton::Quit => CloseAction::Quit,
            },
            title: Sentence::new(
                "close.title",
                format!("{} is not finished.", task.title.text),
                [("task", task.title.text.clone()), ("at", at.clone())],
            ),
            body: task.close_sentence.clone(),
            choices: vec![
                choice(
                    "tray",
                    "Keep running in the background",
                    "Smapp goes on in the tray; the window can be opened there.",
                ),
                choice(
                    "quit_when_done",
                    "Quit when it is done",
                    "Smapp goes on in the tray and quits when nothing runs any more.",
                ),
                choice(
                    "quit",
                    "Quit",
                    "Work stops; it goes on from the same place at the next start.",
                ),
            ],
        })
    }

    pub(crate) fn about(self: &Arc<Self>, _: Done) -> Result<AboutView, AppError> {
        let leaves = [
            (
                "nothing",
                "Nothing leaves this computer: this version has no node, asks no server and looks for no updates.",
            ),
            (
                "exports",
                "Only files that you export yourself: backups, accounts, transactions, key files.",
            ),
        ];
        let kernels = post_gpu::cpu::LabelKernel::ALL
            .iter()
            .filter(|kernel| kernel.available())
            .map(|kernel| format!("labels {}", kernel.name()));
        let ciphers = post_gpu::aes::Cipher::all_available()
            .into_iter()
            .map(|cipher| format!("proving {}", cipher.name()));
        Ok(AboutView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: option_env!("SMAPP_COMMIT").map(str::to_owned),
            target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            licence: env!("CARGO_PKG_LICENSE").to_owned(),
            data_folder: self.folder.root().display().to_string(),
            log_file: self
                .log_file
                .as_ref()
                .map(|path| path.display().to_string()),
            kernels: kernels.chain(ciphers).collect(),
            leaves_computer: leaves
                .into_iter()
                .map(|(key, text)| Sentence::new(&format!("about.leaves_{key}"), text, []))
                .collect(),
        })
    }

    pub(crate) fn report(self: &Arc<Self>, _: Done) -> Result<ReportView, AppError> {
        let about = self.about(Done {})?;
        let status = self.status(Done {})?;
        let page = self.smeshing(Done {})?;
        let mut text = format!(
            "Smapp {} ({})\nnetwork {} layer {}\nkernels {}\n",
            about.version,
            about.target,
            self.network_in_use().id(),
            status
                .layer
                .map_or_else(|| "-".to_owned(), |layer| layer.to_string()),
            about.kernels.join(", "),
        );
        for identity in &page.identities {
            if let Some(space) = &identity.space {
                // Neither identity nor folder: a report is shown to strangers.
                text.push_str(&format!(
                    "space {} units, {} of {} bytes, complete {}, bad ranges {}\n",
                    space.units,
                    space.done_bytes,
                    space.total_bytes,
                    space.complete,
                    space.bad_ranges.len()
                ));
            }
        }
        for task in &page.tasks {
            text.push_str(&format!(
                "task {:?} {:?} {:.4}",
                task.kind, task.state, task.share
            ));
            if let Some(error) = &task.error {
                text.push_str(&format!(" error {}", error.code.name()));
            }
            text.push('\n');
        }
        Ok(ReportView { text })
    }

    pub(crate) fn browse_folder(
        self: &Arc<Self>,
        args: BrowseFolderArgs,
    ) -> Result<FolderListing, AppError> {
        let home = directories::BaseDirs::new().map(|base| base.home_dir().to_path_buf());
        let path = match &args.path {
            Some(path) if !path.trim().is_empty() => PathBuf::from(path.trim()),
            Some(_) | None => home.clone().unwrap_or_else(|| PathBuf::from("/")),
        };
        if !path.is_absolute() {
            return Err(AppError::with(
                ErrorCode::FileNotFound,
                "Give the whole path of a folder.",
            )
            .field("path"));
        }
        let listing =
            std::fs::read_dir(&path).map_err(|error| io_error(&path, &error).field("path"))?;
        let mut entries: Vec<FolderEntry> = listing
            .flatten()
            .filter_map(|entry| folder_entry(&entry.path(), args.files))
            .collect();
        entries.sort_by(|a, b| {
            b.folder
                .cmp(&a.folder)
                .then_with(|| a.name.to_lowercase().cmp(&b.name.to_lowercase()))
        });
        let truncated = entries.len() > ENTRIES_MAX;
        entries.truncate(ENTRIES_MAX);
        let mut places: Vec<String> = home.iter().map(|home| home.display().to_string()).collect();
        places.extend(
            sysinfo::Disks::new_with_refreshed_list()
                .iter()
                .flatten()
                .map(|disk| disk.mount_point().display().to_string()),
        );
        places.dedup();
        Ok(FolderListing {
            parent: path.parent().map(|parent| parent.display().to_string()),
            path: path.display().to_string(),
            places,
            entries,
            truncated,
        })
    }
}

/// Hidden entries are left out, as file dialogs do.
fn folder_entry(path: &Path, files: bool) -> Option<FolderEntry> {
    let name = path.file_name()?.to_str()?.to_owned();
    let metadata = std::fs::metadata(path).ok()?;
    if name.starts_with('.') || (!files && !metadata.is_dir()) {
        return None;
    }
    Some(FolderEntry {
        name,
        path: path.display().to_string(),
        folder: metadata.is_dir(),
        size_bytes: metadata.is_file().then_some(Decimal(metadata.len())),
    })
}
