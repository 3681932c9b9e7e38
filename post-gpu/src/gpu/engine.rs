//! One open graphics device: its pipelines, buffers and the loop that keeps it busy.
//!
//! ```text
//! batch k    prepare fill fill … mix mix … finish ─copy─> slot k mod 2 ──> sink (while batch k+1 runs)
//! submissions ├─ about 100 ms each (12 ms when gentle) ─┤, two in flight
//! ```
//!
//! Keeps true: a submission holds so few chunkmixes that it ends in about the target time, learned from the former ones; results are
//! delivered in order; an error of the driver, also one reported late, ends the job before the results it might have spoilt are delivered.

use std::collections::VecDeque;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use wgpu::{
    Adapter, CommandEncoderDescriptor, ComputePassDescriptor, DeviceDescriptor, Features, Limits,
    MapMode, PollType, SubmissionIndex,
};

use super::layout::{GpuKernel, Tuning};
use super::program::{ENDS_WORKGROUP, HIT_BYTES, HITS_HEADER, Hit, Program, Slot, params};
use super::steps::{Step, pack, plan};
use super::{GpuOptions, TuningFile};
use crate::device::{Chunk, Device, DeviceControl, DeviceError, DeviceInfo, DeviceKind, LabelJob};
use crate::label::{Commitment, Label32};
use crate::params::ScryptN;
use crate::vrf_nonce::VrfCandidate;

/// How long a submission should take: well below the 2 s of Windows' watchdog, long enough to hide the cost of submitting.
const SUBMISSION: Duration = Duration::from_millis(100);
/// The same in gentle mode: shorter than a frame of the desktop.
const SUBMISSION_GENTLE: Duration = Duration::from_millis(12);
/// Chunkmixes per lane of a device's first submission: tens of milliseconds on the slowest graphics.
const FIRST_BUDGET: u32 = 256;
/// A device that does not answer for so long hangs.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// Hits that are read back with every batch. Real thresholds give 8 in a whole identity.
const USUAL_HITS: u32 = 64;

/// What the driver reported outside of a call.
#[derive(Default)]
struct Faults {
    first: Mutex<Option<String>>,
}

impl Faults {
    fn report(&self, reason: String) {
        self.first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(reason);
    }

    fn get(&self) -> Option<String> {
        self.first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// A graphics device that is open and passed its self test.
pub struct GpuDevice {
    info: DeviceInfo,
    device: wgpu::Device,
    queue: wgpu::Queue,
    faults: Arc<Faults>,
    /// What the driver grants, less what the options forbid.
    limits: Limits,
    memory: u64,
    tuning: Tuning,
    program: Program,
    /// Chunkmixes per lane and second, measured; 0 before the first submission.
    speed: f64,
}

impl fmt::Debug for GpuDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GpuDevice")
            .field("info", &self.info)
            .field("layout", &self.program.layout)
            .finish_non_exhaustive()
    }
}

/// A submission that was not waited for yet.
struct InFlight {
    index: SubmissionIndex,
    submitted: Instant,
    cost: u32,
    output: Option<Output>,
}

/// The batch that a submission ends.
struct Output {
    slot: usize,
    start: u64,
    count: u32,
    hits: u32,
    mapped: Arc<AtomicBool>,
}

/// What became of a delivered batch.
enum Delivery {
    Taken,
    Stop,
    /// More hits than were read back: compute again from here and read all.
    Again(u64),
}

impl GpuDevice {
    pub(super) fn open(
        adapter: &Adapter,
        info: DeviceInfo,
        options: &GpuOptions,
    ) -> Result<Self, DeviceError> {
        let descriptor = DeviceDescriptor {
            label: Some("labels"),
            required_limits: adapter.limits(),
            required_features: adapter.features() & Features::SUBGROUP,
            ..DeviceDescriptor::default()
        };
        let (device, queue) =
            pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| {
                DeviceError::Unsupported {
                    name: info.name.clone(),
                    reason: error.to_string(),
                }
            })?;
        let faults = Arc::new(Faults::default());
        let reports = Arc::clone(&faults);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            reports.report(error.to_string())
        }));
        let reports = Arc::clone(&faults);
        device.set_device_lost_callback(move |_, reason| {
            reports.report(format!("device lost: {reason}"))
        });

        let memory = options.memory_limit.unwrap_or_else(|| spare_memory(&info));
        let tuning = options
            .tuning
            .or_else(|| TuningFile::load(options.tuning_file.as_deref()?).get(&info))
            .unwrap_or_else(|| first_guess(&info));
        let mut limits = device.limits();
        if let Some(most) = options.buffer_limit {
            limits.max_storage_buffer_binding_size =
                limits.max_storage_buffer_binding_size.min(most);
        }
        let program = Program::build(&device, &info, tuning, ScryptN::MAINNET, (&limits, memory))?;
        let mut opened = Self {
            info,
            device,
            queue,
            faults,
            limits,
            memory,
            tuning,
            program,
            speed: 0.0,
        };
        match opened.self_test() {
            // A driver that lays out subgroups otherwise: the plain kernel does not depend on them.
            Err(DeviceError::WrongLabels { .. }) if tuning.kernel == GpuKernel::Quad => {
                opened.set_tuning(Tuning {
                    kernel: GpuKernel::Lane,
                    ..tuning
                })?;
            }
            tested => tested?,
        }
        Ok(opened)
    }

    /// Whether the driver offers what [`GpuKernel::Quad`] needs.
    pub fn has_shuffles(&self) -> bool {
        self.device.features().contains(Features::SUBGROUP)
            && self.device.adapter_info().subgroup_min_size >= 4
    }

    /// The choices in use.
    pub fn tuning(&self) -> Tuning {
        let layout = &self.program.layout;
        Tuning {
            gap: layout.gap,
            lanes: layout.lanes(),
            workgroup: layout.workgroup,
            kernel: layout.kernel,
        }
    }

    /// Takes other choices, after they computed known labels. On an error the device keeps the former ones.
    ///
    /// # Errors
    /// When the device has no memory for them, cannot run them or computes wrong labels with them.
    pub fn set_tuning(&mut self, tuning: Tuning) -> Result<(), DeviceError> {
        if tuning.kernel == GpuKernel::Quad && !self.has_shuffles() {
            return Err(DeviceError::Unsupported {
                name: self.info.name.clone(),
                reason: "its driver offers no subgroup shuffles; choose the lane kernel".to_owned(),
            });
        }
        let program = Program::build(
            &self.device,
            &self.info,
            tuning,
            self.program.n,
            (&self.limits, self.memory),
        )?;
        let former = std::mem::replace(&mut self.program, program);
        self.speed = 0.0;
        match self.self_test() {
            Ok(()) => {
                self.tuning = tuning;
                self.check_faults()
            }
            Err(error) => {
                self.program = former;
                Err(error)
            }
        }
    }

    /// Known labels of 03 "Known answers": indices that carry into the high word, and full-size scrypt.
    fn self_test(&mut self) -> Result<(), DeviceError> {
        let small = ScryptN::FASTNET;
        let known: [(ScryptN, u64, [u8; 16]); 5] = [
            (
                small,
                0,
                0xff29_deee_2578_176c_8c7d_9495_164e_8821_u128.to_be_bytes(),
            ),
            (
                small,
                1 << 32,
                0x6d45_2996_d107_d82a_0440_9b0a_1927_8324_u128.to_be_bytes(),
            ),
            (
                small,
                u64::MAX - 1,
                0xe5b5_4926_077c_deb3_5e7c_ae6a_8047_ff2c_u128.to_be_bytes(),
            ),
            (
                ScryptN::MAINNET,
                0,
                0x8c7b_34d4_9526_6b23_799d_dadd_c2a1_836b_u128.to_be_bytes(),
            ),
            (
                ScryptN::MAINNET,
                1 << 32,
                0xaccf_2c97_ccd9_569f_951c_4d46_3176_f060_u128.to_be_bytes(),
            ),
        ];
        for (scrypt, start, expected) in known {
            let job = LabelJob {
                commitment: Commitment::from_bytes([0; 32]),
                scrypt,
                start,
                count: 1,
                limit: [0xff; 32],
            };
            let mut right = false;
            self.compute(&job, &DeviceControl::default(), &mut |chunk| {
                right = chunk.labels == expected
                    && chunk
                        .hits
                        .iter()
                        .any(|hit| hit.index == start && hit.label[..16] == expected);
                ControlFlow::Continue(())
            })?;
            if !right {
                return Err(DeviceError::WrongLabels {
                    name: self.info.name.clone(),
                    index: start,
                });
            }
        }
        Ok(())
    }

    fn check_faults(&self) -> Result<(), DeviceError> {
        self.faults
            .get()
            .map_or(Ok(()), |reason| Err(self.lost(reason)))
    }

    fn lost(&self, reason: String) -> DeviceError {
        DeviceError::Lost {
            name: self.info.name.clone(),
            reason,
        }
    }

    /// Chunkmixes per lane that fit a submission of `target`.
    fn budget(&self, target: Duration) -> u32 {
        if self.speed == 0.0 {
            FIRST_BUDGET
        } else {
            ((self.speed * target.as_secs_f64()) as u32).clamp(16, 1 << 20)
        }
    }

    /// Waits for the oldest submission and hands its batch on, if it ended one.
    fn retire(
        &mut self,
        in_flight: &mut VecDeque<InFlight>,
        last_end: &mut Instant,
        sink: &mut dyn FnMut(Chunk<'_>) -> ControlFlow<()>,
    ) -> Result<Delivery, DeviceError> {
        let Some(done) = in_flight.pop_front() else {
            return Ok(Delivery::Taken);
        };
        let waited = self.device.poll(PollType::Wait {
            submission_index: Some(done.index),
            timeout: Some(ANSWER_TIMEOUT),
        });
        self.check_faults()?;
        waited.map_err(|error| {
            self.lost(format!(
                "no answer for {} s ({error})",
                ANSWER_TIMEOUT.as_secs()
            ))
        })?;
        let now = Instant::now();
        let busy = now
            .duration_since(done.submitted.max(*last_end))
            .as_secs_f64()
            .max(1e-6);
        *last_end = now;
        let speed = f64::from(done.cost) / busy;
        // Grow by at most 4 per submission: the first ones are dominated by overhead.
        self.speed = if self.speed == 0.0 {
            speed
        } else {
            speed.min(self.speed * 4.0) * 0.5 + self.speed * 0.5
        };
        done.output
            .map_or(Ok(Delivery::Taken), |output| self.deliver(&output, sink))
    }

    fn deliver(
        &self,
        output: &Output,
        sink: &mut dyn FnMut(Chunk<'_>) -> ControlFlow<()>,
    ) -> Result<Delivery, DeviceError> {
        if !output.mapped.load(Ordering::Acquire) {
            return Err(self.lost("results were not handed over".to_owned()));
        }
        let slot = &self.program.slots[output.slot];
        let unreadable =
            |error: &dyn fmt::Display| self.lost(format!("results cannot be read: {error}"));
        let mut hits = Vec::new();
        {
            let bytes = slot
                .hits
                .get_mapped_range(..HITS_HEADER + u64::from(output.hits) * HIT_BYTES)
                .map_err(|error| unreadable(&error))?;
            let (header, items) = bytes.split_at(HITS_HEADER as usize);
            let count = u32::from_le_bytes([header[0], header[1], header[2], header[3]]);
            if count > output.hits {
                drop(bytes);
                self.unmap(slot);
                return Ok(Delivery::Again(output.start));
            }
            for hit in bytemuck::cast_slice::<u8, Hit>(items)
                .iter()
                .take(count as usize)
            {
                hits.push(VrfCandidate {
                    index: u64::from(hit.index[1]) << 32 | u64::from(hit.index[0]),
                    label: hit.label,
                });
            }
        }
        let flow = {
            let bytes = slot
                .labels
                .get_mapped_range(..u64::from(output.count) * 16)
                .map_err(|error| unreadable(&error))?;
            sink(Chunk {
                start: output.start,
                labels: &bytes,
                hits: &hits,
            })
        };
        self.unmap(slot);
        Ok(if flow.is_break() {
            Delivery::Stop
        } else {
            Delivery::Taken
        })
    }

    fn unmap(&self, slot: &Slot) {
        slot.labels.unmap();
        slot.hits.unmap();
    }

    /// Records and submits some steps of a batch.
    fn submit(&self, steps: &[Step], count: u32, output: Option<&Output>) -> SubmissionIndex {
        let program = &self.program;
        let mut encoder = self
            .device
            .create_command_encoder(&CommandEncoderDescriptor::default());
        if steps.first() == Some(&Step::Prepare) {
            encoder.clear_buffer(&program.hits, 0, Some(HITS_HEADER));
        }
        {
            let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
            pass.set_bind_group(0, &program.bindings, &[]);
            for step in steps {
                pass.set_pipeline(match step {
                    Step::Prepare => &program.prepare,
                    Step::Fill => &program.fill,
                    Step::Mix => &program.mix,
                    Step::Rest => &program.rest,
                    Step::Finish => &program.finish,
                });
                let per_group = match step {
                    Step::Prepare | Step::Finish => ENDS_WORKGROUP,
                    Step::Fill | Step::Mix | Step::Rest => program.layout.lanes_per_group(),
                };
                pass.dispatch_workgroups(count.div_ceil(per_group), 1, 1);
            }
        }
        if let Some(output) = output {
            let slot = &program.slots[output.slot];
            let hits = HITS_HEADER + u64::from(output.hits) * HIT_BYTES;
            encoder.copy_buffer_to_buffer(
                &program.labels,
                0,
                &slot.labels,
                0,
                u64::from(output.count) * 16,
            );
            encoder.copy_buffer_to_buffer(&program.hits, 0, &slot.hits, 0, hits);
        }
        let index = self.queue.submit([encoder.finish()]);
        if let Some(output) = output {
            let slot = &program.slots[output.slot];
            let mapped = Arc::clone(&output.mapped);
            slot.labels.map_async(
                MapMode::Read,
                ..u64::from(output.count) * 16,
                move |result| mapped.store(result.is_ok(), Ordering::Release),
            );
            slot.hits.map_async(
                MapMode::Read,
                ..HITS_HEADER + u64::from(output.hits) * HIT_BYTES,
                |_| (),
            );
        }
        index
    }
}

impl Device for GpuDevice {
    fn info(&self) -> &DeviceInfo {
        &self.info
    }

    fn granularity(&self) -> u64 {
        u64::from(self.program.layout.lanes())
    }

    fn compute(
        &mut self,
        job: &LabelJob,
        control: &DeviceControl,
        sink: &mut dyn FnMut(Chunk<'_>) -> ControlFlow<()>,
    ) -> Result<(), DeviceError> {
        self.check_faults()?;
        if job.scrypt > self.program.n {
            self.program = Program::build(
                &self.device,
                &self.info,
                self.tuning,
                job.scrypt,
                (&self.limits, self.memory),
            )?;
        }
        let lanes = self.program.layout.lanes();
        let mut hits_read = expected_hits(&job.limit, lanes)
            .saturating_add(USUAL_HITS)
            .min(lanes);
        let mut in_flight = VecDeque::new();
        let mut last_end = Instant::now();
        let mut batch = 0_usize;
        let mut done = 0;
        while done < job.count || !in_flight.is_empty() {
            let mut stop = control.is_stopped();
            let mut again = None;
            if done < job.count && !stop {
                let start = job.start + done;
                let count = u64::from(lanes).min(job.count - done) as u32;
                let gentle = control.is_gentle();
                let budget = self.budget(if gentle {
                    SUBMISSION_GENTLE
                } else {
                    SUBMISSION
                });
                let per_dispatch = budget.min(job.scrypt.get());
                self.queue.write_buffer(
                    &self.program.params,
                    0,
                    bytemuck::bytes_of(&params(job, start, count, per_dispatch)),
                );
                let steps = plan(job.scrypt, self.program.layout.gap, per_dispatch);
                let mut submissions = pack(&steps, per_dispatch, budget).peekable();
                while let Some((steps, cost)) = submissions.next() {
                    let depth = if gentle { 1 } else { 2 };
                    while in_flight.len() >= depth && !stop && again.is_none() {
                        let began = Instant::now();
                        match self.retire(&mut in_flight, &mut last_end, sink)? {
                            Delivery::Taken => {}
                            Delivery::Stop => stop = true,
                            Delivery::Again(from) => again = Some(from),
                        }
                        if gentle {
                            std::thread::sleep(began.elapsed().min(SUBMISSION));
                        }
                    }
                    stop |= control.is_stopped();
                    if stop || again.is_some() {
                        break;
                    }
                    let output = submissions.peek().is_none().then(|| Output {
                        slot: batch % 2,
                        start,
                        count,
                        hits: hits_read.min(count),
                        mapped: Arc::new(AtomicBool::new(false)),
                    });
                    let index = self.submit(steps, count, output.as_ref());
                    in_flight.push_back(InFlight {
                        index,
                        submitted: Instant::now(),
                        cost,
                        output,
                    });
                }
                batch += 1;
                done += u64::from(count);
            } else {
                match self.retire(&mut in_flight, &mut last_end, sink)? {
                    Delivery::Taken => {}
                    Delivery::Stop => stop = true,
                    Delivery::Again(from) => again = Some(from),
                }
            }
            if stop || again.is_some() {
                self.abandon(&mut in_flight)?;
            }
            if stop {
                break;
            }
            if let Some(from) = again {
                hits_read = lanes;
                done = from - job.start;
            }
        }
        Ok(())
    }
}

impl GpuDevice {
    /// Waits for everything in flight and forgets its results.
    fn abandon(&self, in_flight: &mut VecDeque<InFlight>) -> Result<(), DeviceError> {
        let waited = self.device.poll(PollType::Wait {
            submission_index: None,
            timeout: Some(ANSWER_TIMEOUT),
        });
        for abandoned in in_flight.drain(..) {
            if let Some(output) = abandoned.output {
                self.unmap(&self.program.slots[output.slot]);
            }
        }
        self.check_faults()?;
        waited
            .map(|_| ())
            .map_err(|error| self.lost(error.to_string()))
    }
}

/// Twice the number of labels below `limit` that `lanes` labels hold on average.
fn expected_hits(limit: &Label32, lanes: u32) -> u32 {
    let (head, _) = limit
        .split_first_chunk::<8>()
        .expect("a label has 32 bytes");
    let share = u64::from_be_bytes(*head) as f64 / 2_f64.powi(64);
    (2.0 * share * f64::from(lanes)) as u32
}

/// What a device can spare for labels.
fn spare_memory(info: &DeviceInfo) -> u64 {
    /// The desktop, a browser and the driver's own needs.
    const OTHERS: u64 = 512 << 20;
    match (info.kind, info.memory) {
        (DeviceKind::DiscreteGpu | DeviceKind::VirtualGpu, Some(memory)) => {
            (memory / 100 * 90).saturating_sub(OTHERS).max(memory / 2)
        }
        (DeviceKind::DiscreteGpu | DeviceKind::VirtualGpu, None) => 1 << 30,
        // Shared with the programs of the person.
        (
            DeviceKind::IntegratedGpu | DeviceKind::Software | DeviceKind::Other | DeviceKind::Cpu,
            memory,
        ) => memory.map_or(1 << 30, |memory| memory / 4).min(4 << 30),
    }
}

/// Choices for a device that was not measured yet.
fn first_guess(info: &DeviceInfo) -> Tuning {
    match info.kind {
        DeviceKind::DiscreteGpu | DeviceKind::VirtualGpu => Tuning {
            kernel: GpuKernel::Lane,
            gap: 2,
            lanes: 1 << 15,
            workgroup: 64,
        },
        DeviceKind::IntegratedGpu | DeviceKind::Other => Tuning {
            kernel: GpuKernel::Lane,
            gap: 2,
            lanes: 1 << 11,
            workgroup: 64,
        },
        DeviceKind::Software | DeviceKind::Cpu => Tuning {
            kernel: GpuKernel::Lane,
            gap: 2,
            lanes: 1 << 7,
            workgroup: 16,
        },
    }
}
