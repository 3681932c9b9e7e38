//! The smeshing page: one sentence, identities, space, tasks.

use std::sync::Arc;

use post_gpu::init::{self, DirStatus};

use super::{
    folders::size,
    record::{Record, Wish},
    tasks::Task,
};
use crate::{
    app::Inner,
    error::{AppError, ErrorCode},
    view::{
        Decimal, Done, IdentityView, Instant, RangeState, RangeView, Sentence, SmeshingView,
        SpaceView, StatusPart, TaskKind, TaskState, TaskView, Tone,
    },
};

/// Parts of the range map at most.
const RANGES_MAX: usize = 256;

/// What an identity's space is doing, as far as its sentence needs to know.
struct Duty {
    name: String,
    state: DutyState,
}

/// In the order in which they win the page's sentence.
#[derive(Debug, Clone, PartialEq)]
enum DutyState {
    /// Filling, checking or moving ended with an error.
    Failed { text: String },
    /// The folder has a problem.
    Problem { text: String },
    /// Bad data waits for repair.
    Damaged { ranges: usize },
    /// Filling, with its end if known and the share done.
    Filling {
        ends_at: Option<Instant>,
        share: f64,
    },
    /// Something else runs.
    Working {
        what: String,
        ends_at: Option<Instant>,
        share: f64,
    },
    /// Paused before it is full.
    Paused { share: f64 },
    /// Filled; nothing to do without a node.
    Filled,
    /// An identity without space.
    NoSpace,
}

impl Inner {
    pub(crate) fn smeshing(self: &Arc<Self>, _: Done) -> Result<SmeshingView, AppError> {
        let network = self.network_in_use();
        let identities = self.identity_views();
        let tasks = self.smeshing.tasks();
        let duties = duties(&identities, &tasks);
        let (tone, sentence, details) = page_sentence(&duties);
        let post = network.post();
        Ok(SmeshingView {
            set_up: identities.iter().any(|identity| identity.space.is_some()),
            sentence,
            tone,
            details,
            identities,
            tasks,
            unit_bytes: Decimal(network.unit_bytes()),
            min_units: post.min_num_units,
            max_units: post.max_num_units,
        })
    }

    pub(super) fn identity_view(&self, identity: &str) -> Result<IdentityView, AppError> {
        let found = self
            .identity_views()
            .into_iter()
            .find(|view| view.id == identity);
        found.ok_or_else(|| AppError::new(ErrorCode::IdentityNotFound).field("identity"))
    }

    /// Identities with a key here, then those whose space is known but whose key is not.
    fn identity_views(&self) -> Vec<IdentityView> {
        let keys = self.smeshing.key_files();
        let (records, tasks) = {
            let state = self.smeshing.state();
            (
                state.records.clone(),
                state.tasks.values().map(Task::view).collect::<Vec<_>>(),
            )
        };
        let here = self.network_in_use().network().id().to_hex();
        let with_key = keys.iter().map(|key| {
            (
                key.id.clone(),
                key.name.clone(),
                Some(key.path.display().to_string()),
            )
        });
        let keyless = records
            .keys()
            .filter(|id| !keys.iter().any(|key| key.id == **id))
            .map(|id| (id.clone(), format!("{}…", &id[..8]), None));
        with_key
            .chain(keyless)
            .filter_map(|(id, name, key_file)| {
                let record = records.get(&id);
                if record.is_some_and(|record| record.genesis_id != here) {
                    // Space of another network: shown when that one is in use.
                    return None;
                }
                let task = tasks.iter().find(|task| {
                    task.identity.as_deref() == Some(id.as_str())
                        && (super::is_active(task) || task.state == TaskState::Paused)
                });
                let space = record.map(|record| space_view(record, task));
                let (tone, state) = identity_state(space.as_ref(), task);
                Some(IdentityView {
                    coinbase: record.and_then(|record| record.coinbase.clone()),
                    task: task.map(|task| task.id.clone()),
                    id,
                    name,
                    key_file,
                    space,
                    tone,
                    state,
                })
            })
            .collect()
    }

    /// The smeshing part of the status bar.
    pub(crate) fn smeshing_status(self: &Arc<Self>) -> StatusPart {
        let tasks = self.smeshing.tasks();
        let filling = tasks
            .iter()
            .find(|task| task.kind == TaskKind::Fill && super::is_active(task));
        let page = self.smeshing(Done {});
        match (page, filling) {
            (_, Some(task)) => {
                let percent = task.share * 100.0;
                let text = match &task.ends_at {
                    Some(at) => Sentence::new(
                        "status.filling_until",
                        format!("Filling {percent:.1} %, done about {}", clock_time(at)),
                        [
                            ("share", format!("{:.4}", task.share)),
                            ("at", at.0.clone()),
                        ],
                    ),
                    None => Sentence::new(
                        "status.filling",
                        format!("Filling {percent:.1} %"),
                        [("share", format!("{:.4}", task.share))],
                    ),
                };
                StatusPart {
                    tone: Tone::Running,
                    text,
                    progress: Some(task.share),
                }
            }
            (Ok(page), None) if page.set_up => StatusPart {
                tone: page.tone,
                text: page.sentence,
                progress: None,
            },
            (_, None) => StatusPart {
                tone: Tone::Off,
                text: Sentence::new("status.not_set_up", "Not set up", []),
                progress: None,
            },
        }
    }
}

fn duties(identities: &[IdentityView], tasks: &[TaskView]) -> Vec<Duty> {
    identities
        .iter()
        .map(|identity| {
            let own = |task: &&TaskView| task.identity.as_deref() == Some(identity.id.as_str());
            let active = tasks.iter().filter(own).find(|task| super::is_active(task));
            let failed = tasks
                .iter()
                .filter(own)
                .find(|task| task.state == TaskState::Failed);
            let share =
                |space: &SpaceView| space.done_bytes.0 as f64 / (space.total_bytes.0.max(1)) as f64;
            let state = match (&identity.space, active, failed) {
                (_, Some(task), _) if task.kind == TaskKind::Fill => DutyState::Filling {
                    ends_at: task.ends_at.clone(),
                    share: task.share,
                },
                (_, Some(task), _) => DutyState::Working {
                    what: task.title.text.clone(),
                    ends_at: task.ends_at.clone(),
                    share: task.share,
                },
                (_, None, Some(task)) => DutyState::Failed {
                    text: task
                        .error
                        .as_ref()
                        .map(|error| error.message.clone())
                        .unwrap_or_default(),
                },
                (Some(space), None, None) => match &space.problem {
                    Some(problem) => DutyState::Problem {
                        text: problem.text.clone(),
                    },
                    None if !space.bad_ranges.is_empty() => DutyState::Damaged {
                        ranges: space.bad_ranges.len(),
                    },
                    None if space.complete => DutyState::Filled,
                    None => DutyState::Paused {
                        share: share(space),
                    },
                },
                (None, None, None) => DutyState::NoSpace,
            };
            Duty {
                name: identity.name.clone(),
                state,
            }
        })
        .collect()
}

/// The one sentence of the page: the first rule that applies. A pure function of what is known.
fn page_sentence(duties: &[Duty]) -> (Tone, Sentence, Vec<Sentence>) {
    let first = |wanted: fn(&DutyState) -> bool| duties.iter().find(|duty| wanted(&duty.state));
    let many = duties.len() > 1;
    let named = |duty: &Duty| {
        if many {
            format!("{}: ", duty.name)
        } else {
            String::new()
        }
    };
    if let Some(duty) = first(|state| matches!(state, DutyState::Failed { .. }))
        && let DutyState::Failed { text } = &duty.state
    {
        let sentence = Sentence::new(
            "smeshing.failed",
            format!("{}{text}", named(duty)),
            [("name", duty.name.clone()), ("reason", text.clone())],
        );
        return (Tone::Failed, sentence, Vec::new());
    }
    if let Some(duty) = first(|state| matches!(state, DutyState::Problem { .. }))
        && let DutyState::Problem { text } = &duty.state
    {
        let sentence = Sentence::new(
            "smeshing.problem",
            format!("{}{text}", named(duty)),
            [("name", duty.name.clone()), ("reason", text.clone())],
        );
        return (Tone::Warning, sentence, Vec::new());
    }
    if let Some(duty) = first(|state| matches!(state, DutyState::Damaged { .. }))
        && let DutyState::Damaged { ranges } = &duty.state
    {
        let sentence = Sentence::new(
            "smeshing.damaged",
            format!(
                "Some of the data of {} is wrong: a proof over it would probably fail.",
                duty.name
            ),
            [("name", duty.name.clone()), ("ranges", ranges.to_string())],
        );
        let details = vec![Sentence::new(
            "smeshing.damaged_details",
            "Repair it: only the damaged part is made again.",
            [],
        )];
        return (Tone::Warning, sentence, details);
    }
    if let Some(duty) = first(|state| matches!(state, DutyState::Filling { .. }))
        && let DutyState::Filling { ends_at, share } = &duty.state
    {
        // With several at once the last to end counts.
        let latest = duties
            .iter()
            .filter_map(|duty| match &duty.state {
                DutyState::Filling { ends_at, .. } => Some(ends_at.clone()),
                _ => None,
            })
            .try_fold(None::<Instant>, |latest, ends_at| {
                ends_at
                    .map(|ends_at| Some(latest.map_or(ends_at.clone(), |known| known.max(ends_at))))
            })
            .flatten();
        let sentence = match latest.as_ref().or(ends_at.as_ref()) {
            Some(at) => Sentence::new(
                "smeshing.filling_until",
                format!("Filling, done about {}.", clock_time(at)),
                [("at", at.0.clone()), ("share", format!("{share:.4}"))],
            ),
            None => Sentence::new(
                "smeshing.filling",
                format!("Filling, {:.1} % done.", share * 100.0),
                [("share", format!("{share:.4}"))],
            ),
        };
        let details = vec![Sentence::new(
            "smeshing.filling_details",
            "If you close Smapp, filling stops and goes on from the same place next time.",
            [],
        )];
        return (Tone::Running, sentence, details);
    }
    if let Some(duty) = first(|state| matches!(state, DutyState::Working { .. }))
        && let DutyState::Working {
            what,
            ends_at,
            share,
        } = &duty.state
    {
        let end = ends_at
            .as_ref()
            .map(|at| format!(", done about {}", clock_time(at)))
            .unwrap_or_else(|| format!(", {:.0} % done", share * 100.0));
        let values = [
            ("what", what.clone()),
            (
                "at",
                ends_at.as_ref().map(|at| at.0.clone()).unwrap_or_default(),
            ),
            ("share", format!("{share:.4}")),
        ];
        return (
            Tone::Running,
            Sentence::new(
                "smeshing.working",
                format!("{}{what}{end}.", named(duty)),
                values,
            ),
            Vec::new(),
        );
    }
    if let Some(duty) = first(|state| matches!(state, DutyState::Paused { .. }))
        && let DutyState::Paused { share } = &duty.state
    {
        let sentence = Sentence::new(
            "smeshing.paused",
            format!("{}Paused at {:.1} %.", named(duty), share * 100.0),
            [
                ("name", duty.name.clone()),
                ("share", format!("{share:.4}")),
            ],
        );
        let details = vec![Sentence::new(
            "smeshing.paused_details",
            "Space earns nothing before it is full. Resume when it suits.",
            [],
        )];
        return (Tone::Warning, sentence, details);
    }
    if first(|state| *state == DutyState::Filled).is_some() {
        let sentence = Sentence::new(
            "smeshing.filled",
            "Filled. You can shut down at any time.",
            [],
        );
        let details = vec![Sentence::new(
            "smeshing.filled_details",
            "This version of Smapp has no node yet, so nothing is proved or earned with it. The folder also works with the existing tools of the network.",
            [],
        )];
        return (Tone::Ok, sentence, details);
    }
    (
        Tone::Off,
        Sentence::new("smeshing.empty", "No space is committed yet.", []),
        Vec::new(),
    )
}

fn identity_state(space: Option<&SpaceView>, task: Option<&TaskView>) -> (Tone, Sentence) {
    match (space, task) {
        (_, Some(task)) if task.state == TaskState::Paused => (
            Tone::Warning,
            Sentence::new("identity.paused", "Paused", []),
        ),
        (_, Some(task)) => (Tone::Running, task.title.clone()),
        (None, None) => (
            Tone::Off,
            Sentence::new("identity.no_space", "No space yet", []),
        ),
        (Some(space), None) if space.problem.is_some() => (
            Tone::Failed,
            Sentence::new("identity.problem", "Folder has a problem", []),
        ),
        (Some(space), None) if !space.bad_ranges.is_empty() => (
            Tone::Warning,
            Sentence::new("identity.damaged", "Needs repair", []),
        ),
        (Some(space), None) if space.complete => {
            (Tone::Ok, Sentence::new("identity.filled", "Filled", []))
        }
        (Some(_), None) => (
            Tone::Warning,
            Sentence::new("identity.incomplete", "Not full", []),
        ),
    }
}

fn space_view(record: &Record, task: Option<&TaskView>) -> SpaceView {
    let inspected = init::inspect(&record.folder);
    let filling = task.is_some_and(|task| task.kind == TaskKind::Fill && super::is_active(task));
    let waiting_to_start =
        record.wish != Wish::Rest && !record.folder.join("postdata_metadata.json").exists();
    let problem = match &inspected {
        Ok((metadata, _)) if hex::encode(metadata.node_id) != record.identity => {
            Some(Sentence::new(
                "space.other_identity",
                "The folder holds data of another identity.",
                [],
            ))
        }
        Err(_) if waiting_to_start => None,
        Err(error) => Some(super::work::init_error(error)).map(|error| {
            Sentence::new(
                "space.unreadable",
                error.message,
                [("code", error.code.name())],
            )
        }),
        Ok(_) => None,
    };
    let status = inspected.ok().map(|(_, status)| status);
    let total = status.as_ref().map_or(0, |status| status.total);
    let done = status.as_ref().map_or(0, DirStatus::done_labels);
    SpaceView {
        folder: record.folder.display().to_string(),
        units: record.units,
        total_bytes: Decimal(total.saturating_mul(16)),
        done_bytes: Decimal(done.saturating_mul(16)),
        max_file_bytes: Decimal(record.max_file_bytes),
        commitment_atx: record.commitment_atx.clone(),
        vrf_nonce: status
            .as_ref()
            .and_then(|status| status.vrf_nonce)
            .map(Decimal),
        vrf_nonce_file: status.as_ref().and_then(|status| {
            let file = status.vrf_nonce? / status.labels_per_file.max(1);
            u32::try_from(file).ok().filter(|file| *file < status.files)
        }),
        complete: status.as_ref().is_some_and(DirStatus::is_complete),
        ranges: status
            .as_ref()
            .map(|status| ranges(status, record, filling))
            .unwrap_or_default(),
        bad_ranges: record.bad_ranges.clone(),
        last_check: record.last_check.clone(),
        nonces: record.nonces,
        threads: record.threads,
        problem,
    }
}

/// The files in at most 256 parts.
fn ranges(status: &DirStatus, record: &Record, filling: bool) -> Vec<RangeView> {
    let files = status.files.max(1);
    let per_part = files.div_ceil(u32::try_from(RANGES_MAX).unwrap_or(u32::MAX));
    let mut done = status.done.iter().peekable();
    (0..files)
        .step_by(per_part as usize)
        .map(|first| {
            let last = (first + per_part - 1).min(files - 1);
            let begin = u64::from(first) * status.labels_per_file;
            let end = ((u64::from(last) + 1) * status.labels_per_file).min(status.total);
            // Both lists are sorted; a range that reaches into the next part is looked at again there.
            let mut labels = 0;
            while let Some(range) = done.peek() {
                labels += range.end.min(end).saturating_sub(range.start.max(begin));
                if range.end > end {
                    break;
                }
                done.next();
            }
            let share = labels as f64 / end.saturating_sub(begin).max(1) as f64;
            let bad = record
                .bad_ranges
                .iter()
                .any(|bad| (first..=last).contains(&bad.file));
            let state = match labels {
                _ if bad => RangeState::Bad,
                _ if share >= 1.0 => RangeState::Complete,
                0 => RangeState::Todo,
                _ if filling => RangeState::Writing,
                _ => RangeState::Writing,
            };
            RangeView {
                first_file: first,
                last_file: last,
                share,
                state,
            }
        })
        .collect()
}

/// A time of day as clients without a catalogue read it: UTC, with the day unless it is within 24 hours. Pages format `at` themselves.
fn clock_time(at: &Instant) -> String {
    let Ok(at) = at.0.parse::<jiff::Timestamp>() else {
        return at.0.clone();
    };
    let here = at.to_zoned_datetime(jiff::tz::TimeZone::system());
    let today = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::system());
    let form = if here.date() == today.date() {
        "%H:%M"
    } else {
        "%a %-d %b %H:%M"
    };
    here.strftime(form).to_string()
}

/// Size and share in words, for events.
pub(super) fn filled_sentence(bytes: u64, seconds: f64) -> Sentence {
    let took = super::forecast::span(seconds);
    Sentence::new(
        "event.filled",
        format!("{} are filled after {took}.", size(bytes)),
        [
            ("bytes", bytes.to_string()),
            ("seconds", format!("{seconds:.0}")),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(states: Vec<DutyState>) -> (Tone, String) {
        let duties: Vec<Duty> = states
            .into_iter()
            .map(|state| Duty {
                name: "Tower".into(),
                state,
            })
            .collect();
        let (tone, sentence, _) = page_sentence(&duties);
        (tone, sentence.key)
    }

    /// One row per rule of the table of sentences: the first that applies wins.
    #[test]
    fn the_worst_thing_has_the_sentence() {
        let at = Instant("2026-11-18T18:27:00Z".into());
        let rows = [
            (
                DutyState::Failed {
                    text: "The drive is full.".into(),
                },
                Tone::Failed,
                "smeshing.failed",
            ),
            (
                DutyState::Problem {
                    text: "The folder is not there.".into(),
                },
                Tone::Warning,
                "smeshing.problem",
            ),
            (
                DutyState::Damaged { ranges: 2 },
                Tone::Warning,
                "smeshing.damaged",
            ),
            (
                DutyState::Filling {
                    ends_at: Some(at.clone()),
                    share: 0.6,
                },
                Tone::Running,
                "smeshing.filling_until",
            ),
            (
                DutyState::Working {
                    what: "Checking".into(),
                    ends_at: None,
                    share: 0.1,
                },
                Tone::Running,
                "smeshing.working",
            ),
            (
                DutyState::Paused { share: 0.5 },
                Tone::Warning,
                "smeshing.paused",
            ),
            (DutyState::Filled, Tone::Ok, "smeshing.filled"),
            (DutyState::NoSpace, Tone::Off, "smeshing.empty"),
        ];
        for (index, (state, tone, expected)) in rows.iter().enumerate() {
            assert_eq!(key(vec![state.clone()]), (*tone, (*expected).to_owned()));
            let this_and_below: Vec<DutyState> = rows[index..]
                .iter()
                .rev()
                .map(|(state, _, _)| state.clone())
                .collect();
            assert_eq!(
                key(this_and_below).1,
                *expected,
                "wins over everything below"
            );
        }
        assert_eq!(key(Vec::new()), (Tone::Off, "smeshing.empty".into()));
    }

    #[test]
    fn two_fillings_are_done_when_the_later_one_is() {
        let filling = |at: &str| DutyState::Filling {
            ends_at: Some(Instant(at.into())),
            share: 0.5,
        };
        let duties: Vec<Duty> = [
            filling("2026-11-18T18:27:00Z"),
            filling("2026-11-18T20:00:00Z"),
        ]
        .into_iter()
        .map(|state| Duty {
            name: "Tower".into(),
            state,
        })
        .collect();
        assert_eq!(
            page_sentence(&duties).1.values["at"],
            "2026-11-18T20:00:00Z"
        );
    }
}
