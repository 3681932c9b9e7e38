//! Looking after space: check, repair, move, and what a finished task leaves behind.

use std::sync::Arc;

use post_gpu::params::LABEL_SIZE;

use super::{
    folders::{absolute, size},
    record::{BAD_RANGES_MAX, Wish},
    view::filled_sentence,
    work::{Extent, Finished, Job},
};
use crate::{
    app::Inner,
    error::{AppError, ErrorCode},
    view::{
        BadRange, CheckExtent, CheckSpaceArgs, CheckView, Decimal, Done, IdentityArgs, Instant,
        MoveSpaceArgs, NotificationKind, Sentence, SmeshingView, TaskKind, Tone,
    },
};

impl Inner {
    pub(crate) fn check_space(
        self: &Arc<Self>,
        args: CheckSpaceArgs,
    ) -> Result<SmeshingView, AppError> {
        let record = self.record(&args.identity)?;
        let extent = match args.extent {
            CheckExtent::Sample => Extent::Sample,
            CheckExtent::All => Extent::All,
        };
        // Another seed every time: checks together find more than one of them.
        let mut seed = [0; 8];
        crate::wallets::random(&mut seed);
        let job = Job::Check {
            folder: record.folder,
            scrypt_n: self.network_in_use().post().scrypt_n,
            extent,
            seed: u64::from_le_bytes(seed),
            devices: record.devices,
        };
        self.start_task(&args.identity, TaskKind::Check, job)?;
        self.smeshing(Done {})
    }

    pub(crate) fn repair_space(
        self: &Arc<Self>,
        args: IdentityArgs,
    ) -> Result<SmeshingView, AppError> {
        let record = self.record(&args.identity)?;
        let missing = record
            .bad_ranges
            .iter()
            .any(|bad| bad.reason != "wrong_label");
        if record.bad_ranges.is_empty() {
            return Err(AppError::with(
                ErrorCode::BadArguments,
                "Nothing is known to be damaged; check the data first.",
            )
            .field("identity"));
        }
        if missing {
            // Missing and short files are filled like fresh space; that also mends nothing else.
            self.edit_record(&args.identity, |record| {
                record.wish = Wish::Fill;
                record.bad_ranges.retain(|bad| bad.reason == "wrong_label");
            })?;
            self.fill(&args.identity)?;
            return self.smeshing(Done {});
        }
        let ranges = record
            .bad_ranges
            .iter()
            .map(|bad| bad.first_label.0..bad.first_label.0 + bad.labels.0)
            .collect();
        let job = Job::Repair {
            folder: record.folder,
            scrypt_n: self.network_in_use().post().scrypt_n,
            ranges,
            devices: record.devices,
        };
        self.start_task(&args.identity, TaskKind::Repair, job)?;
        self.smeshing(Done {})
    }

    pub(crate) fn move_space(
        self: &Arc<Self>,
        args: MoveSpaceArgs,
    ) -> Result<SmeshingView, AppError> {
        let record = self.record(&args.identity)?;
        let target = absolute(&args.folder)?;
        if record.old_folder.is_some() {
            return Err(AppError::with(
                ErrorCode::Busy,
                "An old copy is still there. Free it first.",
            )
            .field("identity"));
        }
        let view = self.folder_view(&target);
        if !view.writable {
            return Err(AppError::new(ErrorCode::NoPermission).field("folder"));
        }
        self.start_task(
            &args.identity,
            TaskKind::Move,
            Job::Move {
                from: record.folder,
                to: target,
            },
        )?;
        self.smeshing(Done {})
    }

    /// What a finished task leaves behind: events, records, notifications.
    pub(super) fn task_finished(
        self: &Arc<Self>,
        identity: &str,
        kind: TaskKind,
        what: Finished,
    ) -> Option<Sentence> {
        match what {
            Finished::Filled {
                complete,
                bytes,
                seconds,
            } => {
                if !complete {
                    return None;
                }
                let text = filled_sentence(bytes, seconds);
                self.note(identity, |record| record.wish = Wish::Rest);
                self.record_event(Some(identity), "filled", Tone::Ok, text.clone(), None);
                self.notify(NotificationKind::Filled, text.clone(), false);
                Some(text)
            }
            Finished::Checked {
                checked,
                bad,
                more_likely,
            } => Some(self.checked(identity, checked, bad, more_likely)),
            Finished::Repaired { labels } => {
                let text = Sentence::new(
                    "event.repaired",
                    format!("Repaired: {labels} labels were made again."),
                    [("labels", labels.to_string())],
                );
                self.note(identity, |record| record.bad_ranges.clear());
                self.record_event(Some(identity), "repaired", Tone::Ok, text.clone(), None);
                self.notify(NotificationKind::TaskEnded, text.clone(), false);
                Some(text)
            }
            Finished::Moved { to, bytes } => {
                let text = Sentence::new(
                    "event.moved",
                    format!(
                        "{} moved to {} and compared. The old copy can be freed.",
                        size(bytes),
                        to.display()
                    ),
                    [
                        ("bytes", bytes.to_string()),
                        ("folder", to.display().to_string()),
                    ],
                );
                self.note(identity, |record| {
                    record.old_folder = Some(std::mem::replace(&mut record.folder, to))
                });
                self.record_event(Some(identity), "moved", Tone::Ok, text.clone(), None);
                self.notify(NotificationKind::TaskEnded, text.clone(), false);
                // Filling that the move interrupted goes on in the new place.
                if kind == TaskKind::Move
                    && self
                        .record(identity)
                        .is_ok_and(|record| record.wish == Wish::Fill)
                {
                    let _ = self.fill(identity);
                }
                Some(text)
            }
        }
    }

    fn checked(
        &self,
        identity: &str,
        checked: u64,
        mut bad: Vec<BadRange>,
        more_likely: bool,
    ) -> Sentence {
        let labels_per_file = self
            .record(identity)
            .map_or(1, |record| (record.max_file_bytes / LABEL_SIZE).max(1));
        for range in bad.iter_mut().filter(|range| range.reason == "wrong_label") {
            range.file = u32::try_from(range.first_label.0 / labels_per_file).unwrap_or(u32::MAX);
        }
        let count = bad.len();
        let labels: u64 = bad.iter().map(|range| range.labels.0).sum();
        let text = if count == 0 {
            Sentence::new(
                "event.checked",
                format!("Checked {checked} labels: all are right."),
                [("labels", checked.to_string())],
            )
        } else {
            let found = match (labels, count) {
                (1, _) => "one is wrong or missing".to_owned(),
                (_, 1) => format!("{labels} in one place are wrong or missing"),
                _ => format!("{labels} in {count} places are wrong or missing"),
            };
            let more = if more_likely {
                " There is probably more: check everything."
            } else {
                ""
            };
            Sentence::new(
                "event.bad_labels",
                format!("Checked {checked} labels: {found}.{more}"),
                [
                    ("labels", checked.to_string()),
                    ("bad", labels.to_string()),
                    ("places", count.to_string()),
                ],
            )
        };
        let check = CheckView {
            at: Instant::from_timestamp(self.now()),
            labels: Decimal(checked),
            bad: u32::try_from(count).unwrap_or(u32::MAX),
            sentence: text.text.clone(),
        };
        self.note(identity, |record| {
            record.last_check = Some(check);
            record.bad_ranges = bad.into_iter().take(BAD_RANGES_MAX).collect();
        });
        if count == 0 {
            self.record_event(Some(identity), "checked", Tone::Ok, text.clone(), None);
            self.notify(NotificationKind::TaskEnded, text.clone(), false);
        } else {
            self.record_event(
                Some(identity),
                "bad_labels",
                Tone::Warning,
                text.clone(),
                Some(ErrorCode::DataDamaged.remedy()),
            );
            self.notify(NotificationKind::BadData, text.clone(), true);
        }
        text
    }
}
