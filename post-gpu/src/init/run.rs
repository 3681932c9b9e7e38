//! The threads of a run: devices take ranges of labels from the schedule, compute, check, write and record them.
//!
//! ```text
//! coordinator ── wishes of the person, progress twice a second
//!   ├─ thread per device:  claim → compute ─ piece ─> check labels → write … → flush → (metadata) → record → claim …
//! ```
//!
//! Keeps true: a batch is recorded only when every piece of it passed its check and is flushed; a batch with a wrong label is thrown away as
//! a whole, and so is, after the third, its device; what a device finished before it was paused, taken away or lost is kept; the VRF nonce
//! does not depend on who finished when.

use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Scope;
use std::time::{Duration, Instant};

use crate::cpu::Scratch;
use crate::device::{Chunk, Device, DeviceControl, DeviceError, DeviceKind, LabelJob, check_label};
use crate::label::label32;
use crate::metadata::PostMetadata;
use crate::params::{LABEL_SIZE, ScryptN};
use crate::vrf_nonce::VrfCandidate;

use super::control::InitControl;
use super::error::{InitError, Notice};
use super::progress::{DeviceState, InitEvent, Meter, Summary};
use super::schedule::{Claim, Member, Phase, Schedule};
use super::search::NonceSearch;
use super::session::InitSession;
use super::store::write_at;

/// A device whose labels were wrong so often is not used any more.
const WRONG_LABELS_MAX: u32 = 3;
/// How often progress is reported.
const PROGRESS_EVERY: Duration = Duration::from_millis(500);

type Events<'a> = &'a (dyn Fn(&InitEvent) + Sync);

/// Runs an open session to its end.
pub(super) fn run(
    session: InitSession,
    devices: Vec<Box<dyn Device>>,
    control: &InitControl,
    events: Events<'_>,
) -> Result<Summary, InitError> {
    let began = Instant::now();
    let shared = Shared {
        commitment: session.commitment,
        scrypt: session.params.scrypt,
        batch: session.batch,
        state: Mutex::new(Schedule::new(session)),
        changed: Condvar::new(),
        control,
        events: Mutex::new(events),
    };
    shared.lock().advance();

    std::thread::scope(|scope| {
        for device in devices {
            shared.start(scope, device);
        }
        shared.coordinate(scope);
    });

    let state = shared
        .state
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let Schedule {
        mut session,
        failure,
        phase,
        search,
        meter: _,
        ..
    } = state;
    let closed = session.store.close();
    let saved = save_search(&mut session.metadata, search.as_ref(), session.store.dir());
    if let Some(failure) = failure {
        return Err(failure);
    }
    closed.and(saved)?;
    let (done, total) = session.done_and_total();
    let summary = Summary {
        complete: phase == Phase::Complete,
        done,
        total,
        vrf_nonce: session.metadata.nonce,
        seconds: began.elapsed().as_secs_f64(),
    };
    Ok(summary)
}

/// Keeps where an unfinished search stands.
fn save_search(
    metadata: &mut PostMetadata,
    search: Option<&NonceSearch>,
    dir: &std::path::Path,
) -> Result<(), InitError> {
    let Some(search) = search.filter(|search| search.found().is_none()) else {
        return Ok(());
    };
    if metadata.last_position == Some(search.position()) {
        return Ok(());
    }
    metadata.last_position = Some(search.position());
    metadata
        .write(dir)
        .map_err(|error| InitError::from(error).sorted())
}

struct Shared<'a> {
    commitment: crate::label::Commitment,
    scrypt: ScryptN,
    batch: u64,
    /// Only the lock of `events` is taken while this is held.
    state: Mutex<Schedule>,
    /// Signalled when work, a pause or the end may have changed.
    changed: Condvar,
    control: &'a InitControl,
    events: Mutex<Events<'a>>,
}

/// What became of a claim.
struct Outcome {
    /// From the start of the claim to here everything was checked (and written).
    reached: u64,
    hits: Vec<VrfCandidate>,
    wrong: Option<u64>,
    device: Result<(), DeviceError>,
    storage: Option<InitError>,
}

impl<'a> Shared<'a> {
    fn lock(&self) -> MutexGuard<'_, Schedule> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, event: &InitEvent) {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events(event);
    }

    /// Adds a device and its thread.
    fn start<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, device: Box<dyn Device>) {
        let info = device.info().clone();
        let id = info.id.clone();
        let control = Arc::new(DeviceControl::default());
        {
            let mut state = self.lock();
            if state.devices.get(&id).is_some_and(|member| member.active) {
                drop(state);
                return self.tell(&InitEvent::Notice(Notice::DuplicateDevice { device: id }));
            }
            control.set_stop(state.paused || state.ending);
            let mut meter = Meter::default();
            meter.start(Instant::now());
            let former = state.devices.remove(&id);
            let member = Member {
                info,
                control: Arc::clone(&control),
                status: DeviceState::Working,
                active: true,
                labels: former.as_ref().map_or(0, |member| member.labels),
                wrong_labels: former.as_ref().map_or(0, |member| member.wrong_labels),
                meter,
                granularity: device.granularity().max(1),
            };
            state.devices.insert(id.clone(), member);
        }
        scope.spawn(move || {
            self.work(&id, device, &control);
            let mut state = self.lock();
            if let Some(member) = state.devices.get_mut(&id) {
                member.active = false;
            }
            drop(state);
            self.changed.notify_all();
            self.control.poke();
        });
    }

    /// The calling thread: carries out wishes, reports progress, sees the end.
    fn coordinate<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) {
        let mut wait = Duration::ZERO;
        let mut last_report: Option<Instant> = None;
        loop {
            let (paused, cancelled, gentle, removed, added) = self.control.wait(wait, |wishes| {
                (
                    wishes.paused,
                    wishes.cancelled,
                    wishes.gentle.clone(),
                    wishes.removed.clone(),
                    std::mem::take(&mut wishes.added),
                )
            });
            for device in added {
                self.start(scope, device);
            }
            let now = Instant::now();
            let (is_over, progress) = {
                let mut state = self.lock();
                state.advance();
                let changed = state.paused != paused;
                state.paused = paused;
                if changed && !paused {
                    state.meter.start(now);
                }
                for (id, member) in &mut state.devices {
                    if let Some(&gentle) = gentle.get(id) {
                        member.control.set_gentle(gentle);
                    }
                    if removed.contains(id) && member.status == DeviceState::Working {
                        member.status = DeviceState::Removed;
                    }
                    if changed && !paused {
                        member.meter.start(now);
                    }
                    member
                        .control
                        .set_stop(paused || member.status != DeviceState::Working);
                }
                let any_active = state.devices.values().any(|member| member.active);
                let any_removed = state
                    .devices
                    .values()
                    .any(|member| member.status == DeviceState::Removed);
                if state.phase == Phase::Complete || cancelled || state.ending {
                    state.end();
                } else if !any_active && !any_removed {
                    let error = match state.last_device_error.take() {
                        Some(last) => InitError::AllDevicesFailed { last },
                        None => InitError::NoDevice,
                    };
                    state.fail(error);
                }
                self.changed.notify_all();
                let is_over = state.ending && !any_active;
                let due = is_over
                    || changed
                    || last_report.is_none_or(|last| now.duration_since(last) >= PROGRESS_EVERY);
                (is_over, due.then(|| state.progress(now, cancelled)))
            };
            if let Some(progress) = progress {
                last_report = Some(now);
                self.tell(&InitEvent::Progress(progress));
            }
            if is_over {
                return;
            }
            wait = PROGRESS_EVERY;
        }
    }

    /// A device's thread: claims until there is nothing left for it.
    fn work(&self, id: &str, mut device: Box<dyn Device>, control: &DeviceControl) {
        let mut scratch = Scratch::new();
        while let Some(claim) = self.next_claim(id) {
            self.tell(&InitEvent::BatchStarted {
                device: id.to_owned(),
                labels: claim.labels.clone(),
            });
            let outcome = self.compute(&mut *device, control, &claim, &mut scratch);
            if !self.settle(id, claim, outcome) {
                return;
            }
        }
    }

    /// Waits for labels to compute; `None`: the device is not needed any more.
    fn next_claim(&self, id: &str) -> Option<Claim> {
        let mut state = self.lock();
        loop {
            let works = state
                .devices
                .get(id)
                .is_some_and(|member| member.status == DeviceState::Working);
            if state.ending || !works || state.phase == Phase::Complete {
                return None;
            }
            if !state.paused
                && let Some(claim) = state.claim(id, self.batch, Instant::now())
            {
                return Some(claim);
            }
            // Ends when a claim is released, a wish changes or the session ends: each of them signals.
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn compute(
        &self,
        device: &mut dyn Device,
        control: &DeviceControl,
        claim: &Claim,
        scratch: &mut Scratch,
    ) -> Outcome {
        let id = device.info().id.clone();
        let name = device.info().name.clone();
        let checks = if device.info().kind == DeviceKind::Cpu {
            1
        } else {
            2
        };
        let Range { start, end } = claim.labels;
        let job = LabelJob {
            commitment: self.commitment,
            scrypt: self.scrypt,
            start,
            count: end - start,
            limit: claim.limit,
        };
        let mut outcome = Outcome {
            reached: start,
            hits: Vec::new(),
            wrong: None,
            device: Ok(()),
            storage: None,
        };
        let mut sink = |chunk: Chunk<'_>| {
            if let Some(index) = wrong_label(&job, &chunk, checks, scratch) {
                outcome.wrong = Some(index);
                return ControlFlow::Break(());
            }
            if claim.phase == Phase::Labels
                && let Err(error) = self.write(chunk.start, chunk.labels)
            {
                outcome.storage = Some(error);
                return ControlFlow::Break(());
            }
            outcome
                .hits
                .extend(chunk.hits.iter().min_by_key(|hit| (hit.label, hit.index)));
            outcome.reached += chunk.count();
            self.count(&id, chunk.count());
            if control.is_stopped() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        // A driver's library may panic when its device vanishes; that must cost the device only.
        outcome.device = catch_unwind(AssertUnwindSafe(|| {
            device.compute(&job, control, &mut sink)
        }))
        .unwrap_or_else(|panic| {
            let reason = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
            Err(DeviceError::Lost {
                name,
                reason: reason.unwrap_or_else(|| "its driver failed without a reason".to_owned()),
            })
        });
        if outcome.wrong.is_none() && outcome.storage.is_none() && claim.phase == Phase::Labels {
            outcome.storage = self.flush(start..outcome.reached).err();
        }
        outcome
    }

    fn count(&self, id: &str, labels: u64) {
        let now = Instant::now();
        let mut state = self.lock();
        state.meter.add(now, labels);
        if let Some(member) = state.devices.get_mut(id) {
            member.meter.add(now, labels);
        }
    }

    /// Writes a piece; it lies in one file.
    fn write(&self, start: u64, labels: &[u8]) -> Result<(), InitError> {
        let (file, name, offset) = {
            let mut state = self.lock();
            let store = &mut state.session.store;
            let Some((file, offset)) = store.layout().locate(start) else {
                return Ok(());
            };
            (
                store.writer(file)?,
                store.dir().join(super::store::part_file_name(file)),
                offset,
            )
        };
        write_at(&file, offset, labels).map_err(|error| InitError::io(name, error))
    }

    fn flush(&self, labels: Range<u64>) -> Result<(), InitError> {
        if labels.is_empty() {
            return Ok(());
        }
        let (file, name) = {
            let mut state = self.lock();
            let store = &mut state.session.store;
            let Some((file, _)) = store.layout().locate(labels.start) else {
                return Ok(());
            };
            (
                store.writer(file)?,
                store.dir().join(super::store::part_file_name(file)),
            )
        };
        file.sync_data()
            .map_err(|error| InitError::io(name, error))?;
        super::store::forget_cached(&file);
        Ok(())
    }

    /// Records what a claim gave. Returns whether the device may go on.
    fn settle(&self, id: &str, claim: Claim, outcome: Outcome) -> bool {
        let mut news = Vec::new();
        let mut goes_on = true;
        {
            let mut state = self.lock();
            let keeps = outcome.wrong.is_none() && outcome.storage.is_none();
            let kept = claim.labels.start..if keeps {
                outcome.reached
            } else {
                claim.labels.start
            };
            let hits: &[VrfCandidate] = if keeps { &outcome.hits } else { &[] };
            match claim.phase {
                Phase::Labels => {
                    let recorded = state.record_labels(&claim.labels, &kept, hits, id, &mut news);
                    if let Err(error) = recorded {
                        state.fail(error);
                    }
                }
                Phase::Search | Phase::Complete => {
                    if let Err(error) =
                        state.record_search(claim.labels, kept.clone(), hits, &mut news)
                    {
                        state.fail(error);
                    }
                }
            }
            if let Some(error) = outcome.storage {
                state.fail(error);
            }
            let mut broken = outcome.device.err();
            if let Some(member) = state.devices.get_mut(id) {
                member.labels += kept.end - kept.start;
                if let Some(index) = outcome.wrong {
                    member.wrong_labels += 1;
                    news.push(InitEvent::WrongLabel {
                        device: id.to_owned(),
                        index,
                        times: member.wrong_labels,
                    });
                    if member.wrong_labels >= WRONG_LABELS_MAX {
                        broken = Some(DeviceError::WrongLabels {
                            name: member.info.name.clone(),
                            index,
                        });
                    }
                }
                if let Some(error) = &broken {
                    let reason = error.to_string();
                    member.status = DeviceState::Failed {
                        reason: reason.clone(),
                    };
                    news.push(InitEvent::DeviceFailed {
                        device: id.to_owned(),
                        reason,
                    });
                    goes_on = false;
                }
            }
            if broken.is_some() {
                state.last_device_error = broken;
            }
            state.advance();
        }
        self.changed.notify_all();
        self.control.poke();
        for event in &news {
            self.tell(event);
        }
        goes_on
    }
}

/// Recomputes some labels of a piece with plain code: its last one, one that nobody can foresee, and its best hit.
fn wrong_label(
    job: &LabelJob,
    chunk: &Chunk<'_>,
    checks: usize,
    scratch: &mut Scratch,
) -> Option<u64> {
    let count = chunk.count();
    let last = count.checked_sub(1)?;
    let seed = blake3::hash(chunk.labels.last_chunk::<16>()?);
    let (head, _) = seed.as_bytes().split_first_chunk::<8>()?;
    let picks = [last, u64::from_le_bytes(*head) % count];
    for &at in picks.iter().take(checks) {
        let from = (at * LABEL_SIZE) as usize;
        let found = chunk.labels.get(from..from + LABEL_SIZE as usize)?;
        if check_label(job, chunk.start + at, found, scratch).is_some() {
            return Some(chunk.start + at);
        }
    }
    let best = chunk.hits.iter().min_by_key(|hit| (hit.label, hit.index))?;
    let stored_at = best
        .index
        .checked_sub(chunk.start)
        .filter(|&at| at < count)
        .map(|at| (at * LABEL_SIZE) as usize);
    let is_stored =
        stored_at.is_some_and(|at| chunk.labels.get(at..at + 16) == best.label.get(..16));
    (!is_stored || label32(&job.commitment, best.index, job.scrypt) != best.label)
        .then_some(best.index)
}
