//! The schedule of a run: which labels are missing, who computes them, what is recorded. No threads and no waiting; time is an argument.
//!
//! Keeps true: a range is claimed by one device; labels are recorded after the metadata of a better nonce among them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use crate::device::{DeviceControl, DeviceError, DeviceInfo};
use crate::label::Label32;
use crate::range_map::RangeMap;
use crate::vrf_nonce::{VrfCandidate, VrfNonce, search_start};

use super::error::InitError;
use super::progress::{DeviceProgress, DeviceState, InitEvent, InitState, Meter, Progress};
use super::search::NonceSearch;
use super::session::InitSession;

/// How long a batch should take: what is lost when the process is killed, against a flush per batch.
const BATCH_SECONDS: f64 = 10.0;

/// What a run is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Stored labels are missing.
    Labels,
    /// They are all there; a nonce is looked for beyond them.
    Search,
    /// Nothing is left to do.
    Complete,
}

/// What is missing, who computes what of it, and how far everything is. Shared by the threads of a run under one lock.
pub(super) struct Schedule {
    pub(super) session: InitSession,
    pub(super) phase: Phase,
    /// Being computed by a device.
    claimed: RangeMap,
    /// The search for a nonce beyond the stored labels, in its phase.
    pub(super) search: Option<NonceSearch>,
    /// By the device's id.
    pub(super) devices: BTreeMap<String, Member>,
    pub(super) meter: Meter,
    pub(super) paused: bool,
    pub(super) ending: bool,
    /// What ended the session.
    pub(super) failure: Option<InitError>,
    pub(super) last_device_error: Option<DeviceError>,
}

/// A device as the scheduler sees it.
pub(super) struct Member {
    pub(super) info: DeviceInfo,
    pub(super) control: Arc<DeviceControl>,
    pub(super) status: DeviceState,
    /// Its thread runs.
    pub(super) active: bool,
    pub(super) labels: u64,
    pub(super) meter: Meter,
    pub(super) wrong_labels: u32,
    pub(super) granularity: u64,
}

/// Labels that a device is to compute.
#[derive(Clone)]
pub(super) struct Claim {
    pub(super) labels: Range<u64>,
    pub(super) phase: Phase,
    pub(super) limit: Label32,
}

impl Schedule {
    pub(super) fn new(session: InitSession) -> Self {
        Self {
            phase: Phase::Labels,
            claimed: RangeMap::new(),
            search: None,
            devices: BTreeMap::new(),
            meter: Meter::default(),
            paused: false,
            ending: false,
            failure: None,
            last_device_error: None,
            session,
        }
    }

    /// Goes to the next phase when the present one has nothing left.
    pub(super) fn advance(&mut self) {
        if self.phase == Phase::Labels
            && self.session.store.done().covers(self.session.scope.clone())
        {
            let needs_nonce = self.session.is_whole && self.session.metadata.nonce.is_none();
            if needs_nonce {
                let labels = self.session.store.layout().labels();
                let labels =
                    std::num::NonZeroU64::new(labels).map(crate::params::NumLabels::from_count);
                let start = labels.map_or(0, |labels| {
                    search_start(self.session.metadata.last_position, labels)
                });
                self.search = Some(NonceSearch::new(start, self.session.batch));
                self.phase = Phase::Search;
            } else {
                self.phase = Phase::Complete;
            }
        }
        if self.phase == Phase::Search
            && self
                .search
                .as_ref()
                .is_none_or(|search| search.found().is_some() || search.is_exhausted())
        {
            self.phase = Phase::Complete;
        }
    }

    /// The next labels for a device, `None` when it has to wait for the others.
    pub(super) fn claim(&mut self, id: &str, batch: u64, now: Instant) -> Option<Claim> {
        let member = self.devices.get_mut(id)?;
        let rate = member.meter.rate(now);
        let wish = if rate > 0.0 {
            (rate * BATCH_SECONDS) as u64
        } else {
            member.granularity * 4
        };
        let most = wish
            .div_ceil(member.granularity)
            .saturating_mul(member.granularity)
            .clamp(1, batch);
        let labels = match self.phase {
            Phase::Labels => self.claim_labels(most)?,
            Phase::Search => self.search.as_mut()?.claim(most)?,
            Phase::Complete => return None,
        };
        // Equal stored bytes must still be reported: the lower index wins a tie.
        let known = self
            .session
            .metadata
            .vrf_nonce()
            .map_or([0xff; 32], |best| {
                let mut limit = [0xff; 32];
                limit[..16].copy_from_slice(&best.value);
                limit
            });
        Some(Claim {
            labels,
            phase: self.phase,
            limit: known.min(*self.session.threshold.as_bytes()),
        })
    }

    /// The first missing and unclaimed labels, within one compute batch of one file as the reference counts them, so that the lowest
    /// label of a batch is the same.
    fn claim_labels(&mut self, most: u64) -> Option<Range<u64>> {
        let scope = self.session.scope.clone();
        let done = self.session.store.done();
        let mut from = scope.start;
        let free = loop {
            let missing = done.first_gap(from..scope.end)?;
            match self.claimed.first_gap(missing.clone()) {
                Some(free) => break free,
                None => from = missing.end,
            }
        };
        let per_file = self.session.store.layout().labels_per_file();
        let file_start = free.start / per_file * per_file;
        let batch_end =
            file_start + ((free.start - file_start) / self.session.batch + 1) * self.session.batch;
        let end = free
            .end
            .min(free.start + most)
            .min(batch_end)
            .min(file_start + per_file);
        self.claimed.insert(free.start..end);
        Some(free.start..end)
    }

    pub(super) fn fail(&mut self, error: InitError) {
        self.failure.get_or_insert(error);
        self.end();
    }

    pub(super) fn end(&mut self) {
        self.ending = true;
        self.devices
            .values()
            .for_each(|member| member.control.set_stop(true));
    }

    pub(super) fn progress(&mut self, now: Instant, cancelled: bool) -> Progress {
        let (done, total) = self.session.done_and_total();
        let any_active = self.devices.values().any(|member| member.active);
        let state = match self.phase {
            Phase::Complete => InitState::Complete,
            Phase::Labels | Phase::Search if self.ending || cancelled => InitState::Stopped,
            Phase::Labels | Phase::Search if self.paused => InitState::Paused,
            Phase::Labels | Phase::Search if !any_active => InitState::Waiting,
            Phase::Labels => InitState::Filling,
            Phase::Search => InitState::SearchingNonce,
        };
        let moving = matches!(state, InitState::Filling | InitState::SearchingNonce);
        let rate = if moving { self.meter.rate(now) } else { 0.0 };
        let seconds_left =
            (state == InitState::Filling && rate > 0.0).then(|| (total - done) as f64 / rate);
        Progress {
            state,
            done,
            total,
            labels_per_second: rate,
            seconds_left,
            searched: self.search.as_ref().map_or(0, NonceSearch::tried),
            vrf_nonce: self.session.metadata.nonce,
            devices: self
                .devices
                .values_mut()
                .map(|member| DeviceProgress {
                    info: member.info.clone(),
                    state: member.status.clone(),
                    gentle: member.control.is_gentle(),
                    labels: member.labels,
                    labels_per_second: if moving && member.active {
                        member.meter.rate(now)
                    } else {
                        0.0
                    },
                    wrong_labels: member.wrong_labels,
                })
                .collect(),
        }
    }

    /// Metadata with a better nonce first, then the record of the labels.
    pub(super) fn record_labels(
        &mut self,
        claim: &Range<u64>,
        kept: &Range<u64>,
        hits: &[VrfCandidate],
        id: &str,
        news: &mut Vec<InitEvent>,
    ) -> Result<(), InitError> {
        self.claimed.remove(claim.clone());
        if kept.is_empty() {
            return Ok(());
        }
        let metadata = &mut self.session.metadata;
        if let Some(best) = hits.iter().min_by_key(|hit| (hit.label, hit.index)) {
            let known = metadata.vrf_nonce();
            let better = VrfNonce::better(known, best);
            if known != Some(better) {
                metadata.set_vrf_nonce(better);
                metadata
                    .write(self.session.store.dir())
                    .map_err(|error| InitError::from(error).sorted())?;
                news.push(InitEvent::Nonce {
                    index: better.index,
                });
            }
        }
        let complete = self.session.store.record(kept.clone())?;
        news.push(InitEvent::Batch {
            device: id.to_owned(),
            labels: kept.clone(),
        });
        news.extend(
            complete
                .into_iter()
                .map(|file| InitEvent::FileComplete { file }),
        );
        Ok(())
    }

    /// Keeps what was tried, and the result once it is certain: the nonce without its value, as the reference does.
    pub(super) fn record_search(
        &mut self,
        claim: Range<u64>,
        tried: Range<u64>,
        hits: &[VrfCandidate],
        news: &mut Vec<InitEvent>,
    ) -> Result<(), InitError> {
        let Some(search) = &mut self.search else {
            return Ok(());
        };
        let before = search.position();
        search.release(claim, tried, hits);
        let metadata = &mut self.session.metadata;
        if let Some(found) = search.found() {
            metadata.nonce = Some(found.nonce.index);
            metadata.nonce_value = None;
            metadata.last_position = Some(found.batch_start);
            news.push(InitEvent::Nonce {
                index: found.nonce.index,
            });
        } else if search.position() != before {
            metadata.last_position = Some(search.position());
        } else {
            return Ok(());
        }
        metadata
            .write(self.session.store.dir())
            .map_err(|error| InitError::from(error).sorted())
    }
}
