//! Initialisation through its public door: same bytes as the reference on any mix of devices, and a clear error for every fault.

use std::collections::BTreeMap;
use std::fs;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Mutex;

use post_gpu::cpu::{self, LabelKernel, Scratch};
use post_gpu::device::{
    Chunk, CpuDevice, Device, DeviceControl, DeviceError, DeviceInfo, LabelJob,
};
use post_gpu::gpu::{GpuKernel, GpuOptions};
use post_gpu::init::{
    self, InitControl, InitError, InitEvent, InitOptions, InitSession, InitState, Notice, Summary,
};
use post_gpu::label::{Commitment, Label32, label32};
use post_gpu::metadata::PostMetadata;
use post_gpu::params::{NumLabels, PostParams, ScryptN};
use post_gpu::vrf_nonce::{self, VrfNonce, VrfThreshold, best_in_batch};

/// 3 units of 400 labels in files of 512: 512 + 512 + 176. Batches of 100 do not divide a file.
pub(crate) const PARAMS: PostParams = PostParams {
    min_num_units: 1,
    max_num_units: 100,
    labels_per_unit: 400,
    scrypt: ScryptN::FASTNET,
    ..PostParams::TESTNET
};
pub(crate) const UNITS: u32 = 3;
pub(crate) const FILE_SIZE: u64 = 512 * 16;
pub(crate) const BATCH: u64 = 100;

pub(crate) fn options(dir: &Path, seed: u8) -> InitOptions {
    InitOptions {
        max_file_size: FILE_SIZE,
        batch: BATCH,
        ..InitOptions::new(dir, [seed; 32], [!seed; 32], PARAMS, UNITS)
    }
}

fn labels(options: &InitOptions, start: u64, count: u64) -> Vec<Label32> {
    let commitment = Commitment::new(&options.node_id, &options.commitment_atx_id);
    let mut out = vec![[0; 32]; count as usize];
    cpu::labels(
        LabelKernel::Portable,
        &commitment,
        start,
        options.params.scrypt,
        &mut out,
        &mut Scratch::new(),
    )
    .unwrap();
    out
}

/// The directory that the reference leaves behind, computed as 03 §3.4 and §3.6 describe it: file by file, batch by batch.
pub(crate) fn reference(options: &InitOptions) -> BTreeMap<String, Vec<u8>> {
    let total = NumLabels::new(options.num_units, options.params.labels_per_unit).unwrap();
    let threshold = VrfThreshold::new(total).unwrap();
    let per_file = options.max_file_size / 16;
    let mut files = BTreeMap::new();
    let mut nonce: Option<VrfNonce> = None;
    let mut last_position = None;
    for file in 0..total.get().div_ceil(per_file) {
        let mut bytes = Vec::new();
        let end = total.get().min((file + 1) * per_file);
        let mut start = file * per_file;
        while start < end {
            let count = options.batch.min(end - start);
            let batch = labels(options, start, count);
            if let Some(best) = best_in_batch(start, &batch, &threshold) {
                let value: [u8; 16] = best.label[..16].try_into().unwrap();
                if nonce.is_none_or(|known| value < known.value) {
                    nonce = Some(VrfNonce {
                        index: best.index,
                        value,
                    });
                }
            }
            batch
                .iter()
                .for_each(|label| bytes.extend_from_slice(&label[..16]));
            start += count;
        }
        files.insert(format!("postdata_{file}.bin"), bytes);
    }
    let mut beyond = None;
    if nonce.is_none() {
        let mut start = total.get();
        while beyond.is_none() {
            beyond = best_in_batch(start, &labels(options, start, options.batch), &threshold)
                .map(|best| best.index);
            last_position = Some(start);
            start += options.batch;
        }
    }
    let metadata = PostMetadata {
        node_id: options.node_id,
        commitment_atx_id: options.commitment_atx_id,
        labels_per_unit: options.params.labels_per_unit,
        num_units: options.num_units,
        max_file_size: options.max_file_size,
        nonce: nonce.map(|nonce| nonce.index).or(beyond),
        nonce_value: nonce.map(|nonce| nonce.value),
        last_position,
    };
    files.insert("postdata_metadata.json".to_owned(), metadata.to_bytes());
    files
}

pub(crate) fn content(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect()
}

/// Compares a directory with the reference's, names first: a difference of bytes is too long to read.
#[track_caller]
pub(crate) fn assert_same(dir: &Path, expected: &BTreeMap<String, Vec<u8>>) {
    let found = content(dir);
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in expected {
        assert!(
            found[name] == *bytes,
            "{name} differs: {}",
            String::from_utf8_lossy(&found[name][..found[name].len().min(400)])
        );
    }
}

/// Small chunks, so that a batch has several.
pub(crate) fn processor(id: &str) -> Box<dyn Device> {
    Box::new(Scripted::new(id, |_, _| Step::Right))
}

fn run(options: &InitOptions, devices: Vec<Box<dyn Device>>) -> Result<Summary, InitError> {
    run_with(options, devices, &InitControl::new()).0
}

fn run_with(
    options: &InitOptions,
    devices: Vec<Box<dyn Device>>,
    control: &InitControl,
) -> (Result<Summary, InitError>, Vec<InitEvent>) {
    let events = Mutex::new(Vec::new());
    let result = InitSession::open(options).and_then(|session| {
        session.run(devices, control, &|event| {
            events.lock().unwrap().push(event.clone())
        })
    });
    (result, events.into_inner().unwrap())
}

/// Steers a session from its own events: no clocks involved.
fn run_steered(
    options: &InitOptions,
    devices: Vec<Box<dyn Device>>,
    control: &InitControl,
    steer: impl Fn(&InitEvent) + Sync,
) -> Result<Summary, InitError> {
    InitSession::open(options)?.run(devices, control, &steer)
}

/// What a scripted device does with a piece.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Right,
    Wrong,
    Lost,
    Panics,
}

/// The processor in pieces of 10 labels, with faults: the script sees the number of the piece and its first label.
struct Scripted<F> {
    inner: CpuDevice,
    info: DeviceInfo,
    pieces: u64,
    script: F,
}

const PIECE: u64 = 10;

impl<F: FnMut(u64, u64) -> Step + Send> Scripted<F> {
    fn new(id: &str, script: F) -> Self {
        let inner = CpuDevice::new(LabelKernel::Portable, 1);
        let info = DeviceInfo {
            id: id.to_owned(),
            name: format!("Test device {id}"),
            ..inner.info().clone()
        };
        Self {
            inner,
            info,
            pieces: 0,
            script,
        }
    }
}

impl<F: FnMut(u64, u64) -> Step + Send> Device for Scripted<F> {
    fn info(&self) -> &DeviceInfo {
        &self.info
    }

    fn granularity(&self) -> u64 {
        PIECE
    }

    fn compute(
        &mut self,
        job: &LabelJob,
        control: &DeviceControl,
        sink: &mut dyn FnMut(Chunk<'_>) -> ControlFlow<()>,
    ) -> Result<(), DeviceError> {
        let mut start = job.start;
        let end = job.start + job.count;
        while start < end && !control.is_stopped() {
            let step = (self.script)(self.pieces, start);
            self.pieces += 1;
            match step {
                Step::Lost => {
                    return Err(DeviceError::Lost {
                        name: self.info.name.clone(),
                        reason: "as scripted".to_owned(),
                    });
                }
                Step::Panics => panic!("as scripted"),
                Step::Right | Step::Wrong => {}
            }
            let part = LabelJob {
                start,
                count: PIECE.min(end - start),
                ..*job
            };
            let mut flow = ControlFlow::Continue(());
            self.inner
                .compute(&part, &DeviceControl::default(), &mut |chunk| {
                    let mut labels = chunk.labels.to_vec();
                    if step == Step::Wrong {
                        labels.iter_mut().for_each(|byte| *byte ^= 1);
                    }
                    flow = sink(Chunk {
                        labels: &labels,
                        ..chunk
                    });
                    flow
                })?;
            if flow.is_break() {
                return Ok(());
            }
            start += part.count;
        }
        Ok(())
    }
}

fn gpus() -> Vec<Box<dyn Device>> {
    let tuning = post_gpu::gpu::Tuning {
        kernel: GpuKernel::Lane,
        gap: 2,
        lanes: 32,
        workgroup: 16,
    };
    let options = GpuOptions {
        tuning: Some(tuning),
        ..GpuOptions::default()
    };
    crate::gpu::devices(&options)
        .into_iter()
        .map(|device| Box::new(device) as Box<dyn Device>)
        .collect()
}

#[test]
fn processor_and_graphics_together_give_the_bytes_of_either_alone_and_of_the_reference() {
    let dir = tempfile::tempdir().unwrap();
    let mixed = || {
        let mut devices = gpus();
        devices.push(Box::new(CpuDevice::detect()));
        devices.push(processor("second"));
        devices
    };
    for seed in [1, 2] {
        let expected = reference(&options(dir.path(), seed));
        let cases: [(&str, Vec<Box<dyn Device>>); 3] = [
            ("processor", vec![Box::new(CpuDevice::detect())]),
            ("graphics", gpus()),
            ("mixed", mixed()),
        ];
        for (name, devices) in cases {
            if devices.is_empty() {
                continue;
            }
            let path = dir.path().join(format!("{name}{seed}"));
            let summary = run(&options(&path, seed), devices).unwrap();
            assert!(
                summary.complete && summary.done == 1200,
                "{name}: {summary:?}"
            );
            assert_same(&path, &expected);
        }
    }
}

/// `vectors/post.json` was written by the reference's own initialiser.
#[test]
fn recorded_directories_of_the_reference_are_reproduced() {
    let vectors: serde_json::Value =
        serde_json::from_slice(&fs::read(crate::vector("post.json")).unwrap()).unwrap();
    let bytes32 = |value: &serde_json::Value| {
        <[u8; 32]>::try_from(hex::decode(value.as_str().unwrap()).unwrap()).unwrap()
    };
    let mut seen = 0;
    for set in vectors["sets"].as_array().unwrap() {
        let scrypt = ScryptN::new(set["scrypt"]["n"].as_u64().unwrap() as u32).unwrap();
        let units = set["num_units"].as_u64().unwrap() as u32;
        let labels_per_unit = set["labels_per_unit"].as_u64().unwrap();
        // The large ones take minutes here; the known-answer runner has them.
        if u64::from(scrypt.get()) * labels_per_unit * u64::from(units) > 1 << 20 {
            continue;
        }
        seen += 1;
        let dir = tempfile::tempdir().unwrap();
        let params = PostParams {
            labels_per_unit,
            scrypt,
            k1: 1,
            ..PARAMS
        };
        let options = InitOptions::new(
            dir.path(),
            bytes32(&set["node_id"]),
            bytes32(&set["commitment_atx_id"]),
            params,
            units,
        );
        run(
            &options,
            vec![Box::new(CpuDevice::detect()), processor("second")],
        )
        .unwrap();
        for file in set["files"].as_array().unwrap() {
            let bytes = fs::read(dir.path().join(file["name"].as_str().unwrap())).unwrap();
            assert_eq!(
                blake3::hash(&bytes).to_hex().as_str(),
                file["blake3"].as_str().unwrap()
            );
        }
        // The recording was made without a search for the nonce.
        let nonce = PostMetadata::read(dir.path()).unwrap().nonce.unwrap();
        let labels = NumLabels::new(units, labels_per_unit).unwrap();
        let commitment = Commitment::new(&options.node_id, &options.commitment_atx_id);
        vrf_nonce::verify(nonce, &label32(&commitment, nonce, scrypt), labels).unwrap();
    }
    assert!(seen >= 2, "small sets are in the vectors");
}

/// 03 "Complete proof A": the nonce of 1,024 labels.
#[test]
fn the_known_nonce_is_found_by_any_number_of_devices() {
    for devices in 1..=3 {
        let dir = tempfile::tempdir().unwrap();
        let params = PostParams {
            labels_per_unit: 1024,
            ..PARAMS
        };
        let options = InitOptions {
            batch: 64,
            ..InitOptions::new(dir.path(), [7; 32], [9; 32], params, 1)
        };
        run(
            &options,
            (0..devices)
                .map(|i| processor(&format!("device {i}")))
                .collect(),
        )
        .unwrap();
        let metadata = PostMetadata::read(dir.path()).unwrap();
        assert_eq!(metadata.nonce, Some(580));
        assert_eq!(
            hex::encode(metadata.nonce_value.unwrap()),
            "0000281bf9d0f03078c326a3b582a141"
        );
    }
}

#[test]
fn a_stopped_session_looks_unfinished_to_the_references_tools_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 3);
    let control = InitControl::new();
    let batches = Mutex::new(0);
    let summary = run_steered(&options, vec![processor("cpu")], &control, |event| {
        if let InitEvent::Batch { .. } = event {
            let mut batches = batches.lock().unwrap();
            *batches += 1;
            if *batches == 8 {
                control.cancel();
            }
        }
    })
    .unwrap();
    assert!(!summary.complete && summary.done < 1200);
    // One device works in order: no holes, so the reference's tools can go on with it themselves.
    let found = content(dir.path());
    let expected = reference(&options);
    assert_eq!(found.len(), 3, "two files and metadata: {:?}", found.keys());
    for (name, bytes) in found.iter().filter(|(name, _)| name.ends_with(".bin")) {
        assert!(expected[name].starts_with(bytes), "{name} is a prefix");
    }
    assert_eq!(
        found["postdata_0.bin"].len() + found["postdata_1.bin"].len(),
        summary.done as usize * 16
    );
    let (_, status) = init::inspect(dir.path()).unwrap();
    assert_eq!(status.done_labels(), summary.done);
    assert!(!status.in_use && !status.is_complete());

    assert!(run(&options, vec![processor("cpu")]).unwrap().complete);
    assert_same(dir.path(), &expected);
}

#[test]
fn a_file_with_holes_is_hidden_from_the_references_tools_until_it_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 4);
    // The first device takes the front of the file and hangs; the second one makes two batches behind it, then the session is cancelled.
    let control = InitControl::new();
    let (gate, opened) = std::sync::mpsc::channel::<()>();
    let gate = Mutex::new(Some(gate));
    let hanging = Scripted::new("hanging", move |_, _| {
        // Ends when the sender is dropped.
        let _ = opened.recv();
        Step::Lost
    });
    let batches = Mutex::new(0);
    let summary = run_steered(
        &options,
        vec![Box::new(hanging)],
        &control,
        |event| match event {
            InitEvent::BatchStarted { device, .. } if device == "hanging" => {
                control.add_device(processor("other"))
            }
            InitEvent::Batch { .. } => {
                let mut batches = batches.lock().unwrap();
                *batches += 1;
                if *batches == 2 {
                    control.cancel();
                    drop(gate.lock().unwrap().take());
                }
            }
            _ => {}
        },
    )
    .unwrap();
    assert!(!summary.complete);
    let names: Vec<String> = content(dir.path()).into_keys().collect();
    assert!(
        names.contains(&"postdata_0.bin.part".to_owned())
            && names.contains(&"postdata_ranges.smapp".to_owned()),
        "{names:?}"
    );
    assert!(!names.contains(&"postdata_0.bin".to_owned()));
    let (_, status) = init::inspect(dir.path()).unwrap();
    assert!(
        status.done_labels() == summary.done && status.done[0].start > 0,
        "{status:?}"
    );

    assert!(run(&options, vec![processor("cpu")]).unwrap().complete);
    assert_same(dir.path(), &reference(&options));
}

#[test]
fn a_device_lost_in_the_middle_costs_nothing_but_itself() {
    for step in [Step::Lost, Step::Panics] {
        let dir = tempfile::tempdir().unwrap();
        let options = options(dir.path(), 5);
        let lost = Scripted::new(
            "lost",
            move |piece, _| if piece < 7 { Step::Right } else { step },
        );
        let (result, events) = run_with(
            &options,
            vec![Box::new(lost), processor("cpu")],
            &InitControl::new(),
        );
        assert!(result.unwrap().complete);
        // When the other device was faster the first one may have had nothing to do.
        let failed = events
            .iter()
            .filter(
                |event| matches!(event, InitEvent::DeviceFailed { device, .. } if device == "lost"),
            )
            .count();
        assert!(failed <= 1);
        assert_same(dir.path(), &reference(&options));
    }
}

#[test]
fn when_the_last_device_is_lost_the_error_says_so_and_its_finished_labels_stay() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 6);
    let lost = Scripted::new(
        "lost",
        |piece, _| if piece < 27 { Step::Right } else { Step::Lost },
    );
    let error = run(&options, vec![Box::new(lost)]).unwrap_err();
    assert!(
        matches!(
            error,
            InitError::AllDevicesFailed {
                last: DeviceError::Lost { .. }
            }
        ),
        "{error}"
    );
    let (_, status) = init::inspect(dir.path()).unwrap();
    assert_eq!(
        status.done_labels(),
        270,
        "also the finished part of the batch in which it was lost"
    );
    run(&options, vec![processor("cpu")]).unwrap();
    assert_same(dir.path(), &reference(&options));
}

#[test]
fn wrong_labels_are_never_kept_and_the_third_time_ends_the_device() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 7);
    let flawed = Scripted::new(
        "flawed",
        |piece, _| if piece < 3 { Step::Right } else { Step::Wrong },
    );
    let (result, events) = run_with(&options, vec![Box::new(flawed)], &InitControl::new());
    let error = result.unwrap_err();
    assert!(
        matches!(
            error,
            InitError::AllDevicesFailed {
                last: DeviceError::WrongLabels { .. }
            }
        ),
        "{error}"
    );
    let times: Vec<u32> = events
        .iter()
        .filter_map(|event| {
            if let InitEvent::WrongLabel { times, .. } = event {
                Some(*times)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(times, [1, 2, 3]);
    let (_, status) = init::inspect(dir.path()).unwrap();
    assert_eq!(
        status.done_labels(),
        0,
        "the batch went as a whole, right pieces too"
    );
    run(&options, vec![processor("cpu")]).unwrap();
    assert_same(dir.path(), &reference(&options));
}

#[test]
fn pause_keeps_what_is_done_and_devices_come_and_go() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 8);
    let control = InitControl::new();
    let batches = Mutex::new(0);
    let states = Mutex::new(Vec::new());
    let summary = run_steered(
        &options,
        vec![processor("first")],
        &control,
        |event| match event {
            InitEvent::Batch { .. } => {
                let mut batches = batches.lock().unwrap();
                *batches += 1;
                match *batches {
                    3 => control.pause(),
                    6 => control.remove_device("first"),
                    _ => {}
                }
            }
            InitEvent::Progress(progress) => {
                states.lock().unwrap().push(progress.state);
                let gone = progress
                    .devices
                    .iter()
                    .all(|device| device.state == init::DeviceState::Removed);
                match progress.state {
                    InitState::Paused => control.resume(),
                    InitState::Waiting if gone => control.add_device(processor("second")),
                    _ => {}
                }
            }
            _ => {}
        },
    )
    .unwrap();
    assert!(summary.complete);
    assert_same(dir.path(), &reference(&options));
    let states = states.into_inner().unwrap();
    assert!(
        states.contains(&InitState::Paused) && states.contains(&InitState::Waiting),
        "{states:?}"
    );
    assert_eq!(states.last(), Some(&InitState::Complete));
}

#[test]
fn files_made_apart_join_to_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    let whole = options(dir.path(), 9);
    let expected = reference(&whole);
    let mut best: Option<PostMetadata> = None;
    let joined = dir.path().join("joined");
    fs::create_dir(&joined).unwrap();
    for (from_file, to_file) in [(0, 0), (1, 2)] {
        let part = dir.path().join(format!("part{from_file}"));
        let options = InitOptions {
            dir: part.clone(),
            from_file,
            to_file: Some(to_file),
            ..whole.clone()
        };
        assert!(
            run(&options, vec![processor("cpu"), processor("second")])
                .unwrap()
                .complete
        );
        for file in from_file..=to_file {
            let name = format!("postdata_{file}.bin");
            fs::copy(part.join(&name), joined.join(&name)).unwrap();
        }
        let metadata = PostMetadata::read(&part).unwrap();
        if best
            .as_ref()
            .is_none_or(|best| best.nonce_value > metadata.nonce_value && metadata.nonce.is_some())
        {
            best = Some(metadata);
        }
    }
    best.unwrap().write(&joined).unwrap();
    assert!(
        run(
            &InitOptions {
                dir: joined.clone(),
                ..whole.clone()
            },
            vec![processor("cpu")]
        )
        .unwrap()
        .complete
    );
    assert_same(&joined, &expected);
    let error = InitSession::open(&InitOptions {
        to_file: Some(3),
        ..whole
    })
    .unwrap_err();
    assert!(matches!(error, InitError::Files { last: 2, .. }), "{error}");
}

/// Identity 0x…: none of its 100 labels is below the threshold, so the search goes beyond the end; found by trying identities.
#[test]
fn without_a_nonce_in_the_labels_the_search_goes_on_behind_them_as_the_reference_does() {
    let params = PostParams {
        labels_per_unit: 100,
        k1: 1,
        ..PARAMS
    };
    let base = |dir: &Path| InitOptions {
        params,
        num_units: 1,
        max_file_size: 1024,
        batch: 7,
        ..options(dir, 0)
    };
    let threshold = VrfThreshold::new(NumLabels::new(1, 100).unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let barren = (0_u32..).map(|i| {
        let mut options = base(dir.path());
        options.node_id[..4].copy_from_slice(&i.to_le_bytes());
        options
    });
    let barren = barren
        .into_iter()
        .find(|options| {
            (0..100).step_by(10).all(|start| {
                best_in_batch(start, &labels(options, start, 10), &threshold).is_none()
            })
        })
        .unwrap();
    let expected = reference(&barren);
    for (name, devices) in [
        ("one", vec![processor("cpu")]),
        (
            "three",
            vec![processor("a"), processor("b"), processor("c")],
        ),
    ] {
        let path = dir.path().join(name);
        let summary = run(
            &InitOptions {
                dir: path.clone(),
                ..barren.clone()
            },
            devices,
        )
        .unwrap();
        assert!(summary.complete && summary.vrf_nonce.unwrap() >= 100);
        assert_same(&path, &expected);
    }
}

#[test]
fn prefix_files_of_the_reference_are_continued() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 10);
    let expected = reference(&options);
    fs::write(
        dir.path().join("postdata_0.bin"),
        &expected["postdata_0.bin"],
    )
    .unwrap();
    fs::write(
        dir.path().join("postdata_1.bin"),
        &expected["postdata_1.bin"][..300 * 16],
    )
    .unwrap();
    let mut metadata = PostMetadata::parse(&expected["postdata_metadata.json"]).unwrap();
    // The reference's Rust tools drop the value; nonces of labels still to come are not known yet.
    metadata.nonce = metadata.nonce.filter(|&nonce| nonce < 812);
    metadata.nonce_value = None;
    metadata.write(dir.path()).unwrap();
    let session = InitSession::open(&options).unwrap();
    assert_eq!(session.done_and_total(), (812, 1200));
    assert_eq!(session.notices(), []);
    drop(session);
    run(&options, vec![processor("cpu"), processor("second")]).unwrap();
    assert_same(dir.path(), &expected);
}

#[test]
fn zeros_a_torn_end_and_stray_bytes_are_found_and_computed_again() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 11);
    let expected = reference(&options);
    let whole = |name: &str| expected[name].clone();
    let mut zeros = whole("postdata_0.bin");
    zeros[450 * 16..].fill(0);
    let mut torn = whole("postdata_1.bin")[..200 * 16].to_vec();
    torn[199 * 16] ^= 1;
    let mut stray = whole("postdata_2.bin")[..50 * 16].to_vec();
    stray.extend_from_slice(&[7; 5]);
    for (name, bytes) in [
        ("postdata_0.bin", zeros),
        ("postdata_1.bin", torn),
        ("postdata_2.bin", stray),
    ] {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    fs::write(
        dir.path().join("postdata_metadata.json"),
        &expected["postdata_metadata.json"],
    )
    .unwrap();
    let session = InitSession::open(&options).unwrap();
    let notices = session.notices();
    assert!(
        notices.contains(&Notice::TornTail {
            file: "postdata_0.bin".to_owned(),
            from: 450,
            to: 512
        }),
        "{notices:?}"
    );
    assert!(
        notices.contains(&Notice::TornTail {
            file: "postdata_1.bin".to_owned(),
            from: 612,
            to: 712
        }),
        "{notices:?}"
    );
    assert!(
        notices.contains(&Notice::StrayBytes {
            file: "postdata_2.bin".to_owned(),
            bytes: 5
        }),
        "{notices:?}"
    );
    drop(session);
    run(&options, vec![processor("cpu")]).unwrap();
    assert_same(dir.path(), &expected);
}

#[test]
fn a_truncated_file_is_named_and_filled_again() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 12);
    run(&options, vec![processor("cpu")]).unwrap();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(dir.path().join("postdata_1.bin"))
        .unwrap();
    file.set_len(100 * 16).unwrap();
    let session = InitSession::open(&options).unwrap();
    let notice = Notice::ShortFile {
        file: "postdata_1.bin".to_owned(),
        expected: 512 * 16,
        found: 100 * 16,
    };
    assert_eq!(session.notices(), [notice]);
    drop(session);
    run(&options, vec![processor("cpu")]).unwrap();
    assert_same(dir.path(), &reference(&options));
}

#[test]
fn a_damaged_range_map_costs_only_the_unfinished_files() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 13);
    let expected = reference(&options);
    fs::write(
        dir.path().join("postdata_0.bin"),
        &expected["postdata_0.bin"],
    )
    .unwrap();
    fs::write(dir.path().join("postdata_1.bin.part"), vec![9; 512 * 16]).unwrap();
    fs::write(dir.path().join("postdata_ranges.smapp"), b"SMRANGE1 torn").unwrap();
    fs::write(
        dir.path().join("postdata_metadata.json"),
        &expected["postdata_metadata.json"],
    )
    .unwrap();
    let session = InitSession::open(&options).unwrap();
    assert!(
        matches!(session.notices(), [Notice::RangeMapUnusable { .. }]),
        "{:?}",
        session.notices()
    );
    assert_eq!(session.done_and_total().0, 512);
    drop(session);
    run(&options, vec![processor("cpu")]).unwrap();
    assert_same(dir.path(), &expected);
}

#[test]
fn data_of_something_else_is_refused_by_name_and_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let good = options(dir.path(), 14);
    run(&good, vec![processor("cpu")]).unwrap();
    let before = content(dir.path());
    let others = [
        (
            "NodeId",
            InitOptions {
                node_id: [1; 32],
                ..good.clone()
            },
        ),
        (
            "CommitmentAtxId",
            InitOptions {
                commitment_atx_id: [1; 32],
                ..good.clone()
            },
        ),
        (
            "LabelsPerUnit",
            InitOptions {
                params: PostParams {
                    labels_per_unit: 800,
                    ..PARAMS
                },
                ..good.clone()
            },
        ),
        (
            "MaxFileSize",
            InitOptions {
                max_file_size: 1024,
                ..good.clone()
            },
        ),
    ];
    for (name, options) in others {
        let error = InitSession::open(&options).unwrap_err();
        assert!(
            matches!(error, InitError::Mismatch { parameter, .. } if parameter == name),
            "{name}: {error}"
        );
    }
    fs::write(dir.path().join("postdata_metadata.json"), b"{").unwrap();
    let error = InitSession::open(&good).unwrap_err();
    assert!(error.to_string().contains("not PoST metadata"), "{error}");
    fs::remove_file(dir.path().join("postdata_metadata.json")).unwrap();
    assert!(matches!(
        InitSession::open(&good).unwrap_err(),
        InitError::Metadata(_)
    ));
    fs::write(
        dir.path().join("postdata_metadata.json"),
        &before["postdata_metadata.json"],
    )
    .unwrap();
    fs::write(dir.path().join("postdata_2.bin"), vec![1; 177 * 16]).unwrap();
    let error = InitSession::open(&good).unwrap_err();
    assert!(
        matches!(
            error,
            InitError::TooLong {
                expected: 2816,
                found: 2832,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn growing_and_shrinking_need_consent_and_give_the_bytes_of_their_size() {
    let dir = tempfile::tempdir().unwrap();
    let three = options(dir.path(), 15);
    run(&three, vec![processor("cpu")]).unwrap();
    let with_units = |num_units, allow| InitOptions {
        num_units,
        allow_growing: allow,
        allow_shrinking: allow,
        ..three.clone()
    };

    let error = InitSession::open(&with_units(5, false)).unwrap_err();
    assert!(
        matches!(
            error,
            InitError::NeedsGrowing {
                found: 3,
                wanted: 5,
                ..
            }
        ),
        "{error}"
    );
    run(
        &with_units(5, true),
        vec![processor("cpu"), processor("second")],
    )
    .unwrap();
    assert_same(dir.path(), &reference(&with_units(5, true)));

    let before = content(dir.path());
    let error = InitSession::open(&with_units(2, false)).unwrap_err();
    let InitError::NeedsShrinking { bytes, files, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(bytes, 3 * 400 * 16);
    assert_eq!(files.len(), 3, "one is shortened, two go: {files:?}");
    assert!(
        content(dir.path()) == before,
        "nothing changed without consent"
    );
    let (result, events) = run_with(
        &with_units(2, true),
        vec![processor("cpu")],
        &InitControl::new(),
    );
    assert!(result.unwrap().complete);
    assert!(events.contains(&InitEvent::Notice(Notice::Shrunk { bytes })));
    let mut expected = reference(&with_units(2, true));
    // A nonce found in the larger size stays: it is lower, and any index is allowed.
    let metadata = PostMetadata {
        num_units: 2,
        ..PostMetadata::parse(&before["postdata_metadata.json"]).unwrap()
    };
    expected.insert("postdata_metadata.json".to_owned(), metadata.to_bytes());
    assert_same(dir.path(), &expected);
}

#[test]
fn a_second_process_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 16);
    let session = InitSession::open(&options).unwrap();
    let error = InitSession::open(&options).unwrap_err();
    assert!(matches!(error, InitError::Locked { .. }), "{error}");
    assert!(init::inspect(dir.path()).unwrap().1.in_use);
    drop(session);
    InitSession::open(&options).unwrap();
}

#[test]
fn a_disk_that_is_too_small_is_told_before_the_first_label() {
    let dir = tempfile::tempdir().unwrap();
    let params = PostParams {
        labels_per_unit: 1 << 56,
        k1: 1,
        ..PARAMS
    };
    let options = InitOptions {
        params,
        num_units: 4,
        max_file_size: 1 << 60,
        ..options(dir.path(), 17)
    };
    let error = run(&options, vec![processor("cpu")]).unwrap_err();
    let InitError::NoSpace {
        needed, available, ..
    } = error
    else {
        panic!("{error}")
    };
    assert!(needed > available);
    assert_eq!(content(dir.path()).len(), 1, "only metadata");
}

#[test]
fn no_device_is_an_error_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(
        run(&options(dir.path(), 18), Vec::new()).unwrap_err(),
        InitError::NoDevice
    ));
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_is_named_with_its_remedy() {
    use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    fs::create_dir(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o500)).unwrap();
    // Root writes everywhere; without this capability it is like anybody else.
    let refused = std::thread::spawn(move || {
        let mut sets = capabilities(None).unwrap();
        sets.effective.remove(CapabilitySet::DAC_OVERRIDE);
        set_capabilities(None, sets).unwrap();
        InitSession::open(&options(&path, 19)).unwrap_err()
    });
    let error = refused.join().unwrap();
    assert!(matches!(error, InitError::ReadOnly { .. }), "{error:?}");
    assert!(error.to_string().contains("read-only"), "{error}");
}

#[test]
fn deleting_takes_exactly_what_was_listed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    let options = options(&path, 20);
    run(&options, vec![processor("cpu")]).unwrap();
    fs::write(path.join("identity.key"), b"key").unwrap();
    let agreed = init::deletion(&path).unwrap();
    assert_eq!(agreed.files.len(), 4);
    assert_eq!(agreed.stays, [path.join("identity.key")]);
    fs::write(path.join("postdata_9.bin"), b"0123456789abcdef").unwrap();
    assert!(
        init::delete(&path, &agreed).is_err(),
        "a file appeared after the person agreed"
    );
    assert_eq!(content(&path).len(), 6);
    fs::remove_file(path.join("postdata_9.bin")).unwrap();
    init::delete(&path, &agreed).unwrap();
    assert_eq!(
        content(&path).into_keys().collect::<Vec<_>>(),
        ["identity.key"]
    );
    fs::remove_file(path.join("identity.key")).unwrap();
    init::delete(&path, &init::deletion(&path).unwrap()).unwrap();
    assert!(!path.exists(), "an empty folder goes too");
}

#[test]
fn progress_counts_rates_and_batches_are_consistent() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 21);
    let (result, events) = run_with(
        &options,
        vec![processor("a"), processor("b")],
        &InitControl::new(),
    );
    result.unwrap();
    let batches: Vec<Range<u64>> = events
        .iter()
        .filter_map(|event| {
            if let InitEvent::Batch { labels, .. } = event {
                Some(labels.clone())
            } else {
                None
            }
        })
        .collect();
    let mut sorted = batches.clone();
    sorted.sort_by_key(|range| range.start);
    assert!(
        sorted.windows(2).all(|pair| pair[0].end == pair[1].start),
        "every label once: {sorted:?}"
    );
    assert_eq!((sorted[0].start, sorted.last().unwrap().end), (0, 1200));
    assert!(batches.iter().all(|range| range.end - range.start <= BATCH));
    let files = events
        .iter()
        .filter(|event| matches!(event, InitEvent::FileComplete { .. }))
        .count();
    assert_eq!(files, 3);
    let InitEvent::Progress(last) = events
        .iter()
        .rev()
        .find(|event| matches!(event, InitEvent::Progress(_)))
        .unwrap()
    else {
        unreachable!()
    };
    assert_eq!(
        (last.state, last.done, last.total),
        (InitState::Complete, 1200, 1200)
    );
    assert_eq!(
        last.devices.iter().map(|device| device.labels).sum::<u64>(),
        1200
    );
}
