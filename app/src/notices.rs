//! Notices on pages and notifications of the system.
//!
//! Keeps true: a notice follows from present state, so it goes away by itself when its cause does; each has at most one action.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    app::{Inner, guard},
    contract::Change,
    error::AppError,
    view::{
        Done, NoticeAction, NoticeArgs, NoticeView, NotificationKind, Sentence, SessionView,
        TaskState, Tone,
    },
};

/// Free bytes below which a drive with committed space is told.
const DISK_LOW_BYTES: u64 = 5 << 30;

/// Notices that the person dismissed, until the app ends; and what was told once.
#[derive(Debug, Default)]
pub(crate) struct Dismissed {
    notices: BTreeSet<String>,
    disk_low_told: bool,
}

impl Inner {
    pub(crate) fn notices(self: &Arc<Self>, _: Done) -> Result<Vec<NoticeView>, AppError> {
        let mut notices = Vec::new();
        let text = |key: &str, text: &str| Sentence::new(key, text, []);
        let action = |id: &str, subject: Option<String>, label: &str| {
            Some(NoticeAction {
                id: id.to_owned(),
                subject,
                label: Sentence::new(&format!("notice.action_{id}"), label, []),
            })
        };
        let network = self.network_in_use();
        if let Some(problem) = network.problem() {
            notices.push(NoticeView {
                id: "network_problem".to_owned(),
                tone: Tone::Warning,
                page: "all".to_owned(),
                title: text(
                    "notice.network_problem",
                    "The chosen network can't be used. This is Mainnet.",
                ),
                body: Some(Sentence::new("notice.network_problem_body", problem, [])),
                action: action("choose_network", None, "Choose the network"),
                dismissible: false,
            });
        }
        if let Some(path) = self.settings_state().set_aside() {
            notices.push(NoticeView {
                id: "settings_damaged".to_owned(),
                tone: Tone::Warning,
                page: "all".to_owned(),
                title: text(
                    "notice.settings_damaged",
                    "The file with the settings was damaged. They are those of a fresh start.",
                ),
                body: Some(Sentence::new(
                    "notice.settings_damaged_body",
                    format!("The damaged file is kept as {}.", path.display()),
                    [],
                )),
                action: action("open_settings", None, "Open settings"),
                dismissible: true,
            });
        }
        if let SessionView::Unlocked {
            words_unchecked,
            backup_due,
            last_backup,
            ..
        } = self.session_view()
        {
            // At most one reminder, the more important first.
            if words_unchecked {
                notices.push(NoticeView {
                    id: "words_unchecked".to_owned(),
                    tone: Tone::Warning,
                    page: "wallet".to_owned(),
                    title: text(
                        "notice.words_unchecked",
                        "The words of this wallet were not checked yet.",
                    ),
                    body: Some(text(
                        "notice.words_unchecked_body",
                        "Without them the coins are lost with this computer.",
                    )),
                    action: action("check_words", None, "Check words"),
                    dismissible: false,
                });
            } else if backup_due {
                let (key, title) = if last_backup.is_some() {
                    (
                        "notice.backup_old",
                        "The last backup of the wallet file is older than 90 days.",
                    )
                } else {
                    (
                        "notice.backup_none",
                        "There is no backup of the wallet file yet.",
                    )
                };
                notices.push(NoticeView {
                    id: "backup_due".to_owned(),
                    tone: Tone::Warning,
                    page: "wallet".to_owned(),
                    title: text(key, title),
                    body: Some(text(
                        "notice.backup_body",
                        "It also holds names, notes and keys that the words don't bring back.",
                    )),
                    action: action("backup", None, "Make a backup"),
                    dismissible: true,
                });
            }
        }
        let page = self.smeshing(Done {})?;
        for identity in &page.identities {
            let Some(space) = &identity.space else {
                continue;
            };
            if !space.bad_ranges.is_empty() {
                notices.push(NoticeView {
                    id: format!("bad_data_{}", identity.id),
                    tone: Tone::Warning,
                    page: "smeshing".to_owned(),
                    title: Sentence::new(
                        "notice.bad_data",
                        format!("Some of the data of {} is wrong.", identity.name),
                        [("name", identity.name.clone())],
                    ),
                    body: Some(text(
                        "notice.bad_data_body",
                        "A proof over it would probably fail. Only the damaged part is made again.",
                    )),
                    action: action("repair", Some(identity.id.clone()), "Repair"),
                    dismissible: false,
                });
            }
        }
        for task in page
            .tasks
            .iter()
            .filter(|task| task.state == TaskState::Failed)
        {
            let Some(error) = &task.error else { continue };
            notices.push(NoticeView {
                id: format!("failed_{}", task.id),
                tone: Tone::Failed,
                page: "smeshing".to_owned(),
                title: Sentence::new(
                    "notice.task_failed",
                    error.message.clone(),
                    [("code", error.code.name())],
                ),
                body: Some(Sentence::new(
                    "notice.task_failed_body",
                    format!("{} {}", error.cost, error.remedy),
                    [],
                )),
                action: action(
                    if task.kind == crate::view::TaskKind::Fill {
                        "resume_filling"
                    } else {
                        "open_smeshing"
                    },
                    task.identity.clone(),
                    if task.kind == crate::view::TaskKind::Fill {
                        "Try again"
                    } else {
                        "Look"
                    },
                ),
                dismissible: true,
            });
        }
        let dismissed = guard(&self.dismissed);
        notices.retain(|notice| !notice.dismissible || !dismissed.notices.contains(&notice.id));
        notices.sort_by_key(|notice| match notice.tone {
            Tone::Failed => 0,
            Tone::Warning => 1,
            Tone::Running | Tone::Ok | Tone::Off => 2,
        });
        Ok(notices)
    }

    pub(crate) fn dismiss_notice(self: &Arc<Self>, args: NoticeArgs) -> Result<Done, AppError> {
        guard(&self.dismissed).notices.insert(args.notice);
        self.tell(Change::Notices {});
        Ok(Done {})
    }

    /// Tells something that a person would get up for, if the settings want it.
    pub(crate) fn notify(&self, kind: NotificationKind, text: Sentence, urgent: bool) {
        let setting = self.settings_view().notifications.get(&kind).copied();
        if let Some(setting) = setting.filter(|setting| setting.shown) {
            self.tell(Change::Notification {
                notification: kind,
                text,
                urgent,
                sound: setting.sound,
            });
        }
    }

    /// Tells once when a drive with committed space gets full.
    pub(crate) fn tick_free_space(&self) {
        // On networks for tests the whole space is smaller than that.
        let is_large = self.network_in_use().unit_bytes() > DISK_LOW_BYTES;
        let low =
            is_large
                && self.smeshing.filling_folders().iter().any(|folder| {
                    fs4::available_space(folder).is_ok_and(|free| free < DISK_LOW_BYTES)
                });
        let told = std::mem::replace(&mut guard(&self.dismissed).disk_low_told, low);
        if low && !told {
            let text = Sentence::new(
                "notify.disk_low",
                "Less than 5 GiB are free on the drive that is being filled.",
                [],
            );
            self.notify(NotificationKind::DiskLow, text, true);
        }
    }
}
