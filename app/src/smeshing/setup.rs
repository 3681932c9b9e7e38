//! Committing space and steering what runs: fill, pause, devices, check, repair, move.

use std::sync::{Arc, atomic::Ordering};

use post_gpu::params::DEFAULT_FILE_SIZE;

use super::{
    folders::{absolute, drive_of, size, units_that_fit},
    record::{Record, Wish},
    tasks::Task,
    work::Job,
};
use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    view::{
        AdoptSpaceArgs, CheckExtent, CheckSpaceArgs, DeviceChoice, Done, IdentityArgs,
        IdentityChoice, Sentence, SetDevicesArgs, SmeshingView, StartFillingArgs, TaskKind,
        TaskState, Tone,
    },
};

/// Files are read in pieces of 8 labels when proving, so their size is a multiple of 128 bytes (03 §3.5).
const FILE_STEP: u64 = 128;

impl Inner {
    pub(crate) fn start_filling(
        self: &Arc<Self>,
        args: StartFillingArgs,
    ) -> Result<SmeshingView, AppError> {
        let network = self.network_in_use();
        let post = network.post();
        let folder = absolute(&args.folder)?;
        if args.providers.is_empty() {
            return Err(AppError::new(ErrorCode::NoProvider).field("providers"));
        }
        if !(post.min_num_units..=post.max_num_units).contains(&args.units) {
            let text = format!(
                "{} units are not possible: this network takes {} to {}.",
                args.units, post.min_num_units, post.max_num_units
            );
            return Err(AppError::with(ErrorCode::InvalidSize, text).field("units"));
        }
        let max_file_bytes = args
            .max_file_bytes
            .map_or(DEFAULT_FILE_SIZE, |bytes| bytes.0);
        if max_file_bytes < 1024 || !max_file_bytes.is_multiple_of(FILE_STEP) {
            return Err(AppError::with(
                ErrorCode::InvalidSize,
                "The size of a file must be at least 1024 bytes and a multiple of 128.",
            )
            .field("maxFileBytes"));
        }
        check_proving(args.nonces, args.threads)?;
        let usual = self.settings_view().default_coinbase;
        let coinbase = args
            .coinbase
            .as_deref()
            .or(Some(usual.as_str()))
            .map(str::trim)
            .filter(|coinbase| !coinbase.is_empty())
            .map(str::to_owned);
        if let Some(coinbase) = &coinbase {
            network
                .parse_address(coinbase)
                .map_err(|error| error.field("coinbase"))?;
        }
        let commitment_atx = match args
            .commitment_atx
            .as_deref()
            .map(str::trim)
            .filter(|atx| !atx.is_empty())
        {
            Some(text) => {
                let digits = text.trim_start_matches("0x");
                let ok = hex::decode(digits).is_ok_and(|bytes| bytes.len() == 32);
                if !ok {
                    return Err(AppError::with(
                        ErrorCode::BadArguments,
                        "A commitment ATX has 64 hex digits.",
                    )
                    .field("commitmentAtx"));
                }
                digits.to_lowercase()
            }
            None => network.network().genesis.golden_atx().to_hex(),
        };
        let view = self.folder_view(&folder);
        if let Some(problem) = view.problems.iter().find(|problem| problem.blocks) {
            return Err(folder_error(&problem.kind, &problem.text.text));
        }
        let fits = units_that_fit(&drive_of(&folder), network.unit_bytes());
        if args.units > fits {
            let text = format!(
                "{} are needed and {fits} units fit on this drive with what stays free.",
                size(network.unit_bytes().saturating_mul(u64::from(args.units)))
            );
            return Err(AppError::with(ErrorCode::NotEnoughSpace, text).field("units"));
        }
        let identity = match &args.identity {
            IdentityChoice::New { name } => self.smeshing.new_identity(name.as_deref())?.id,
            IdentityChoice::Existing { id } => {
                self.smeshing
                    .key_file(id)
                    .ok_or_else(|| AppError::new(ErrorCode::IdentityNotFound).field("identity"))?
                    .id
            }
        };
        if self.smeshing.state().records.contains_key(&identity) {
            return Err(AppError::with(
                ErrorCode::IdentityExists,
                "This identity has space already. One identity has one folder.",
            )
            .field("identity"));
        }
        let (nonces, threads) = self.proposed_proving();
        let record = Record {
            format: 1,
            identity: identity.clone(),
            genesis_id: network.network().id().to_hex(),
            folder,
            units: args.units,
            max_file_bytes,
            commitment_atx,
            coinbase,
            nonces: args.nonces.unwrap_or(nonces),
            threads: args.threads.unwrap_or(threads),
            devices: args.providers,
            wish: Wish::Fill,
            paused_since: None,
            last_check: None,
            bad_ranges: Vec::new(),
            old_folder: None,
        };
        let text = Sentence::new(
            "event.filling_started",
            format!(
                "Filling {} started.",
                size(network.unit_bytes().saturating_mul(u64::from(args.units)))
            ),
            [("units", args.units.to_string())],
        );
        self.put_record(record)?;
        self.record_event(
            Some(&identity),
            "filling_started",
            Tone::Running,
            text,
            None,
        );
        self.fill(&identity)?;
        self.smeshing(Done {})
    }

    pub(crate) fn adopt_space(
        self: &Arc<Self>,
        args: AdoptSpaceArgs,
    ) -> Result<SmeshingView, AppError> {
        let network = self.network_in_use();
        let folder = absolute(&args.folder)?;
        let coinbase = args
            .coinbase
            .as_deref()
            .map(str::trim)
            .filter(|coinbase| !coinbase.is_empty())
            .map(str::to_owned);
        if let Some(coinbase) = &coinbase {
            network
                .parse_address(coinbase)
                .map_err(|error| error.field("coinbase"))?;
        }
        let data = self
            .existing_data(&folder, &network)
            .ok_or_else(|| AppError::new(ErrorCode::NoSpaceData).field("folder"))?;
        if !data.fits_network {
            return Err(AppError::with(
                ErrorCode::SpaceMismatch,
                "The data is for another network.",
            )
            .field("folder"));
        }
        if self.smeshing.state().records.contains_key(&data.identity) {
            return Err(AppError::with(
                ErrorCode::IdentityExists,
                "This identity has space here already.",
            )
            .field("folder"));
        }
        if !data.key_here {
            let from_folder = || super::Smeshing::key_in_folder(&folder, &data.identity);
            let source = match (&args.key_file, from_folder()) {
                (Some(source), _) => source.clone(),
                (None, Some(path)) => crate::view::FileSource::Path {
                    path: path.display().to_string(),
                },
                (None, None) => {
                    let text = "The data belongs to a key that is not on this computer. Choose its key file.";
                    return Err(AppError::with(ErrorCode::IdentityNotFound, text).field("keyFile"));
                }
            };
            let file = self
                .smeshing
                .take_key(&source, None)
                .map_err(|error| error.field("keyFile"))?;
            if file.id != data.identity {
                // Taken by mistake: it must not stay beside the right one.
                let _ = std::fs::remove_file(&file.path);
                return Err(AppError::with(
                    ErrorCode::IdentityMismatch,
                    "This key file is of another identity than the data.",
                )
                .field("keyFile"));
            }
        }
        let (nonces, threads) = self.proposed_proving();
        let record = Record {
            format: 1,
            identity: data.identity.clone(),
            genesis_id: network.network().id().to_hex(),
            folder,
            units: data.units,
            max_file_bytes: data.max_file_bytes.0,
            commitment_atx: data.commitment_atx,
            coinbase,
            nonces,
            threads,
            devices: vec![DeviceChoice {
                id: post_gpu::device::CPU_DEVICE_ID.to_owned(),
                gentle: false,
            }],
            wish: if data.complete {
                Wish::Rest
            } else {
                Wish::Pause
            },
            paused_since: (!data.complete).then(|| self.now().as_second()),
            last_check: None,
            bad_ranges: Vec::new(),
            old_folder: None,
        };
        self.put_record(record)?;
        let text = Sentence::new(
            "event.adopted",
            format!("{} taken over.", data.sentence.text.trim_end_matches('.')),
            [],
        );
        self.record_event(Some(&data.identity), "identity_added", Tone::Ok, text, None);
        if data.complete {
            self.check_space(CheckSpaceArgs {
                identity: data.identity,
                extent: CheckExtent::Sample,
            })
        } else {
            self.paused_task(&data.identity);
            self.smeshing(Done {})
        }
    }

    pub(crate) fn pause_filling(
        self: &Arc<Self>,
        args: IdentityArgs,
    ) -> Result<SmeshingView, AppError> {
        let now = self.now().as_second();
        self.edit_record(&args.identity, |record| {
            record.wish = Wish::Pause;
            record.paused_since = Some(now);
        })?;
        {
            let mut state = self.smeshing.state();
            let task = state.tasks.values_mut().find(|task| {
                task.identity == args.identity && task.kind == TaskKind::Fill && task.is_active()
            });
            let task =
                task.ok_or_else(|| AppError::new(ErrorCode::TaskNotFound).field("identity"))?;
            task.state = TaskState::Pausing;
            if let Some(handle) = &task.handle {
                handle.stop();
            }
        }
        self.record_event(
            Some(&args.identity),
            "paused",
            Tone::Off,
            Sentence::new("event.paused", "Filling paused.", []),
            None,
        );
        self.smeshing(Done {})
    }

    pub(crate) fn resume_filling(
        self: &Arc<Self>,
        args: IdentityArgs,
    ) -> Result<SmeshingView, AppError> {
        self.edit_record(&args.identity, |record| {
            record.wish = Wish::Fill;
            record.paused_since = None;
        })?;
        self.record_event(
            Some(&args.identity),
            "resumed",
            Tone::Running,
            Sentence::new("event.resumed", "Filling goes on.", []),
            None,
        );
        self.fill(&args.identity)?;
        self.smeshing(Done {})
    }

    pub(crate) fn set_devices(
        self: &Arc<Self>,
        args: SetDevicesArgs,
    ) -> Result<SmeshingView, AppError> {
        if args.providers.is_empty() {
            return Err(AppError::new(ErrorCode::NoProvider).field("providers"));
        }
        self.edit_record(&args.identity, |record| {
            record.devices.clone_from(&args.providers)
        })?;
        let handle = {
            let state = self.smeshing.state();
            state
                .tasks
                .values()
                .find(|task| {
                    task.identity == args.identity
                        && task.kind == TaskKind::Fill
                        && task.is_active()
                })
                .and_then(|task| task.handle.clone())
        };
        if let Some(handle) = handle {
            handle.set_devices(&gentle_devices(&args.providers, self.is_gentle_hour()));
        }
        self.tell(Change::Smeshing {});
        self.smeshing(Done {})
    }

    /// Starts filling what a record describes.
    pub(super) fn fill(self: &Arc<Self>, identity: &str) -> Result<(), AppError> {
        let record = self.record(identity)?;
        let network = self.network_in_use();
        let job = Job::Fill {
            folder: record.folder,
            identity: record.identity,
            commitment_atx: record.commitment_atx,
            post: *network.post(),
            units: record.units,
            max_file_bytes: record.max_file_bytes,
            devices: gentle_devices(&record.devices, self.is_gentle_hour()),
            tuning: self.smeshing.folder().join("tuning.json"),
        };
        self.start_task(identity, TaskKind::Fill, job).map(drop)
    }

    /// Goes on with what ran when the app ended, and shows what was paused.
    pub(crate) fn resume_tasks(self: &Arc<Self>) {
        let here = self.network_in_use().network().id().to_hex();
        let records: Vec<Record> = self
            .smeshing
            .state()
            .records
            .values()
            .filter(|record| record.genesis_id == here)
            .cloned()
            .collect();
        for record in records {
            match record.wish {
                Wish::Fill => {
                    if let Err(error) = self.fill(&record.identity) {
                        tracing::warn!(%error, identity = record.identity, "filling could not go on");
                    }
                }
                Wish::Pause => self.paused_task(&record.identity),
                Wish::Rest => {}
            }
        }
    }

    fn paused_task(&self, identity: &str) {
        let Ok(record) = self.record(identity) else {
            return;
        };
        let (done, total) = post_gpu::init::inspect(&record.folder)
            .map_or((0, 0), |(_, status)| {
                (status.done_labels() * 16, status.total * 16)
            });
        let since = record
            .paused_since
            .and_then(|at| jiff::Timestamp::from_second(at).ok())
            .unwrap_or_else(|| self.now());
        let id = self.next_id("task-");
        let mut state = self.smeshing.state();
        state
            .tasks
            .retain(|_, task| task.identity != identity || task.kind != TaskKind::Fill);
        state.tasks.insert(
            id.clone(),
            Task::paused(id, identity.to_owned(), done, total, since),
        );
    }

    /// Stops whatever runs for an identity and waits for its end.
    pub(super) fn end_tasks_of(&self, identity: &str) {
        let handles: Vec<_> = {
            let state = self.smeshing.state();
            state
                .tasks
                .values()
                .filter(|task| task.identity == identity)
                .filter_map(|task| task.handle.clone())
                .collect()
        };
        for handle in &handles {
            handle.stop();
        }
        for handle in handles {
            handle.wait();
        }
        self.smeshing
            .state()
            .tasks
            .retain(|_, task| task.identity != identity);
    }

    pub(super) fn record(&self, identity: &str) -> Result<Record, AppError> {
        let record = self.smeshing.state().records.get(identity).cloned();
        record.ok_or_else(|| AppError::new(ErrorCode::IdentityNotFound).field("identity"))
    }

    fn put_record(&self, record: Record) -> Result<(), AppError> {
        record.save(self.smeshing.folder())?;
        self.smeshing
            .state()
            .records
            .insert(record.identity.clone(), record);
        Ok(())
    }

    /// Changes a record on the disk and in memory.
    pub(super) fn edit_record(
        &self,
        identity: &str,
        change: impl FnOnce(&mut Record),
    ) -> Result<(), AppError> {
        let mut record = self.record(identity)?;
        change(&mut record);
        self.put_record(record)
    }

    /// Changes a record after the fact: what happened stays true if it can't be written.
    pub(super) fn note(&self, identity: &str, change: impl FnOnce(&mut Record)) {
        if let Err(error) = self.edit_record(identity, change) {
            tracing::warn!(%error, identity, "a record could not be written");
        }
    }

    /// What goes on with time: nothing runs here that is not told by its own process.
    pub(crate) fn tick_smeshing(self: &Arc<Self>) {
        self.tick_free_space();
        let gentle = self.is_gentle_hour();
        if self.smeshing.gentle_hours.swap(gentle, Ordering::SeqCst) == gentle {
            return;
        }
        let steered: Vec<_> = {
            let state = self.smeshing.state();
            let filling = state
                .tasks
                .values()
                .filter(|task| task.kind == TaskKind::Fill && task.is_active());
            filling
                .filter_map(|task| {
                    Some((
                        task.handle.clone()?,
                        state.records.get(&task.identity)?.devices.clone(),
                    ))
                })
                .collect()
        };
        for (handle, devices) in steered {
            handle.set_devices(&gentle_devices(&devices, gentle));
        }
    }

    /// Whether the clock of this computer stands within the gentle hours of the settings.
    fn is_gentle_hour(&self) -> bool {
        let settings = self.settings_view();
        let parse = |text: &str| text.parse::<jiff::civil::Time>().ok();
        let (Some(from), Some(until)) =
            (parse(&settings.gentle_from), parse(&settings.gentle_until))
        else {
            return false;
        };
        within(
            from,
            until,
            self.now()
                .to_zoned_datetime(jiff::tz::TimeZone::system())
                .time(),
        )
    }
}

/// Nonces and threads that are possible.
pub(super) fn check_proving(nonces: Option<u32>, threads: Option<u32>) -> Result<(), AppError> {
    if nonces.is_some_and(|nonces| nonces == 0 || nonces > 4096 || !nonces.is_multiple_of(16)) {
        return Err(AppError::with(
            ErrorCode::InvalidSetting,
            "Nonces come in groups of 16, from 16 to 4096.",
        )
        .field("nonces"));
    }
    if threads.is_some_and(|threads| threads == 0 || threads > 1024) {
        return Err(
            AppError::with(ErrorCode::InvalidSetting, "At least one thread is needed.")
                .field("threads"),
        );
    }
    Ok(())
}

/// Whether a time of day lies in a span that may go over midnight.
fn within(from: jiff::civil::Time, until: jiff::civil::Time, now: jiff::civil::Time) -> bool {
    if from <= until {
        (from..until).contains(&now)
    } else {
        now >= from || now < until
    }
}

/// The devices as chosen, all of them gentle in the gentle hours.
fn gentle_devices(devices: &[DeviceChoice], gentle_hour: bool) -> Vec<DeviceChoice> {
    let device = |device: &DeviceChoice| DeviceChoice {
        id: device.id.clone(),
        gentle: device.gentle || gentle_hour,
    };
    devices.iter().map(device).collect()
}

fn folder_error(kind: &str, text: &str) -> AppError {
    let code = match kind {
        "no_space" => ErrorCode::NotEnoughSpace,
        "read_only" => ErrorCode::NoPermission,
        "in_use" => ErrorCode::FolderInUse,
        "key_missing" => ErrorCode::IdentityMismatch,
        "other_network" | "foreign_data" => ErrorCode::SpaceMismatch,
        _ => ErrorCode::FileNotFound,
    };
    AppError::with(code, text).field("folder")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gentle_hours_may_go_over_midnight() {
        let time = |hour| jiff::civil::time(hour, 0, 0, 0);
        let hours = |from, until| {
            (0..24)
                .filter(|hour| within(time(from), time(until), time(*hour)))
                .collect::<Vec<i8>>()
        };
        assert_eq!(hours(9, 12), [9, 10, 11]);
        assert_eq!(hours(22, 2), [0, 1, 22, 23]);
        assert!(hours(8, 8).is_empty());
    }
}
