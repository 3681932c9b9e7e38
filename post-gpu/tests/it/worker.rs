//! The same operations in a real child process, which is killed at will.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use post_gpu::init::{self, InitEvent, InitOptions, InitState};
use post_gpu::measure::MeasureStep;
use post_gpu::params::{PostParams, ScryptN};
use post_gpu::range_map::RangeMap;
use post_gpu::verify_data::Extent;
use post_gpu::worker::{
    CheckMode, CheckRequest, Client, DeviceChoice, InitRequest, MeasureRequest, ProveRequest,
    RepairRequest, Reply, Request, Steer, VerifyRequest, WorkerError, WorkerEvent, serve,
};

use crate::init::{assert_same, content, options, reference};

fn client() -> Client {
    Client::new(|| Command::new(env!("CARGO_BIN_EXE_post-worker")))
}

fn portable() -> DeviceChoice {
    DeviceChoice::Cpu {
        threads: Some(1),
        kernel: Some("portable".to_owned()),
    }
}

fn fill(options: &InitOptions) -> Request {
    Request::Init(InitRequest::new(options, vec![portable()]))
}

/// Numbers below `below` from a seed.
fn random(seed: &str) -> impl FnMut(u64) -> u64 {
    let mut stream = blake3::Hasher::new().update(seed.as_bytes()).finalize_xof();
    move |below| {
        let mut bytes = [0; 8];
        stream.fill(&mut bytes);
        u64::from_le_bytes(bytes) % below
    }
}

const KILLS: u64 = 20;
/// So small that a child fills the pipe with its events long before it has filled the directory: it waits for its parent.
const BATCH: u64 = 32;

/// 12,000 labels that take the portable kernel about a tenth of a millisecond each.
fn slow_labels(dir: &Path, seed: u8) -> InitOptions {
    let params = PostParams {
        labels_per_unit: 4000,
        scrypt: ScryptN::new(256).unwrap(),
        ..crate::init::PARAMS
    };
    InitOptions {
        params,
        max_file_size: 5000 * 16,
        batch: BATCH,
        ..options(dir, seed)
    }
}

#[test]
fn killed_at_twenty_random_moments_and_resumed_gives_the_same_bytes_and_repeats_at_most_a_batch_per_device()
 {
    let dir = tempfile::tempdir().unwrap();
    let client = client();
    let mut random = random("moments of death");
    let graphics = post_gpu::gpu::providers()
        .into_iter()
        .next()
        .map(|provider| DeviceChoice::Gpu {
            id: provider.info.id,
        });
    let mut kills = 0;
    let mut killed_while_filling = 0;
    let mut seed = 60;
    // A machine that fills the directory before 20 kills fills another one.
    while kills < KILLS {
        seed += 1;
        let options = slow_labels(&dir.path().join(seed.to_string()), seed);
        let mut begun = RangeMap::new();
        let mut recorded = RangeMap::new();
        let mut repeated = 0;
        let mut allowed = 0;
        loop {
            // Every fifth time with a graphics device beside: opening it takes a second.
            let mut devices = vec![portable()];
            devices.extend(graphics.clone().filter(|_| kills % 5 == 4));
            let count = devices.len() as u64;
            let deadline = if kills < KILLS { random(24) } else { u64::MAX };
            let steering = client.steering();
            let mut events = 0;
            let result = client.call(
                &Request::Init(InitRequest::new(&options, devices)),
                &mut |event| {
                    if events == deadline {
                        steering.kill();
                    }
                    events += 1;
                    match event {
                        WorkerEvent::Init(InitEvent::BatchStarted { labels, .. }) => {
                            repeated += begun.insert(labels)
                        }
                        WorkerEvent::Init(InitEvent::Batch { labels, .. }) => {
                            _ = recorded.insert(labels)
                        }
                        WorkerEvent::Init(InitEvent::Notice(notice)) => {
                            panic!("a kill tears nothing: {notice:?}")
                        }
                        _ => {}
                    }
                },
            );
            assert!(
                repeated <= allowed,
                "{repeated} labels begun twice, {allowed} allowed after {kills} kills"
            );
            match result {
                Err(WorkerError::Died { .. }) => {
                    kills += 1;
                    killed_while_filling += 1;
                    allowed += count * BATCH;
                    let done: RangeMap = init::inspect(&options.dir).map_or_else(
                        |_| RangeMap::new(),
                        |(_, status)| status.done.into_iter().collect(),
                    );
                    assert!(
                        recorded.iter().all(|range| done.covers(range)),
                        "what was reported as recorded is on disk"
                    );
                }
                other => {
                    assert!(matches!(other, Ok(Reply::Init(summary)) if summary.complete));
                    break;
                }
            }
        }
        assert_same(&options.dir, &reference(&options));
    }
    assert_eq!(killed_while_filling, KILLS);
}

#[test]
fn a_child_that_dies_is_replaced_and_the_operation_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let options = slow_labels(dir.path(), 50);
    let client = client();
    let steering = client.steering();
    let mut batches = 0;
    let mut restarts = 0;
    let reply = client.call_restarting(&fill(&options), 1, &mut |event| match event {
        WorkerEvent::Init(InitEvent::Batch { .. }) => {
            batches += 1;
            // Three deaths with progress in between, though only one in a row is allowed.
            if batches % 20 == 1 && restarts < 3 {
                steering.kill();
            }
        }
        WorkerEvent::Restarted { reason } => {
            assert!(
                reason.contains("9") || cfg!(windows),
                "the signal is named: {reason}"
            );
            restarts += 1;
        }
        _ => {}
    });
    assert!(matches!(reply, Ok(Reply::Init(summary)) if summary.complete));
    assert!(restarts >= 1);
    assert_same(dir.path(), &reference(&options));
}

#[test]
fn a_child_that_dies_again_and_again_is_given_up_with_its_last_words() {
    let client = client();
    let steering = client.steering();
    let mut restarts = 0;
    let dir = tempfile::tempdir().unwrap();
    let result =
        client.call_restarting(
            &fill(&slow_labels(dir.path(), 51)),
            2,
            &mut |event| match event {
                WorkerEvent::Restarted { .. } => restarts += 1,
                // Before anything is recorded.
                _ => steering.kill(),
            },
        );
    assert!(
        matches!(result, Err(WorkerError::Died { .. })),
        "{result:?}"
    );
    assert!(restarts >= 2);
}

#[test]
fn every_operation_works_in_the_child() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 52);
    let client = client();
    let call = |request: Request| client.call(&request, &mut |_| ());

    let Ok(Reply::Providers(providers)) = call(Request::Providers) else {
        panic!("no list")
    };
    assert_eq!(providers, post_gpu::gpu::providers());
    assert!(matches!(call(fill(&options)), Ok(Reply::Init(summary)) if summary.complete));
    assert_same(dir.path(), &reference(&options));

    let path = dir.path().join("postdata_0.bin");
    let mut bytes = fs::read(&path).unwrap();
    bytes[100] ^= 1;
    fs::write(&path, bytes).unwrap();
    let verify = VerifyRequest {
        dir: dir.path().to_owned(),
        scrypt: 2,
        extent: Extent::Whole,
        from_file: 0,
        to_file: None,
        seed: 1,
        threads: None,
        devices: vec![portable()],
    };
    let Ok(Reply::Verify(report)) = call(Request::Verify(verify)) else {
        panic!("no report")
    };
    assert_eq!(report.bad_labels(), 1);
    let repair = RepairRequest {
        dir: dir.path().to_owned(),
        scrypt: 2,
        ranges: report.bad,
        devices: Vec::new(),
    };
    assert!(
        matches!(call(Request::Repair(repair)), Ok(Reply::Repair(repaired)) if repaired.labels() == 1)
    );

    let network = (&options.params).into();
    let prove = ProveRequest {
        dir: dir.path().to_owned(),
        network,
        challenge: [5; 32],
        nonces: 64,
        threads: 2,
        cipher: None,
        fast_pow: false,
        large_pages: false,
        progress_dir: None,
    };
    let Ok(Reply::Prove(proved)) = call(Request::Prove(prove)) else {
        panic!("no proof")
    };
    let check = |num_units| CheckRequest {
        network,
        proof: proved.proof.clone(),
        node_id: options.node_id,
        commitment_atx_id: options.commitment_atx_id,
        challenge: [5; 32],
        num_units,
        mode: CheckMode::All,
    };
    assert!(matches!(call(Request::Check(check(3))), Ok(Reply::Check(checked)) if checked.valid));
    let Ok(Reply::Check(checked)) = call(Request::Check(check(4))) else {
        panic!("no answer")
    };
    assert!(!checked.valid && checked.reason.is_some());
}

#[test]
fn measuring_in_the_child_gives_figures_with_their_basis_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let request = MeasureRequest {
        folders: vec![dir.path().to_owned(), dir.path().join("not/yet/there")],
        scrypt: 2,
        each_ms: 10,
        disk_bytes: 1 << 20,
        fast_pow: false,
        graphics: false,
        tuning_file: None,
    };
    let (mut steps, mut devices) = (0, Vec::new());
    let reply = client().call(&Request::Measure(request), &mut |event| match event {
        WorkerEvent::Measure(MeasureStep::Device(device)) => devices.push(device),
        _ => steps += 1,
    });
    let Ok(Reply::Measure(measured)) = reply else {
        panic!("no figures")
    };
    assert_eq!(steps, 5, "processor, ciphers, pow and two folders");
    assert_eq!(devices, measured.devices, "each as soon as it is measured");
    assert!(
        measured.devices[0]
            .labels_per_second
            .as_ref()
            .is_some_and(|figure| figure.value > 0.0)
    );
    assert!(measured.drives.iter().all(|drive| {
        drive
            .read_bytes_per_second
            .as_ref()
            .is_some_and(|figure| figure.value > 0.0)
    }));
    assert!(
        measured
            .pow_hashes_per_second
            .is_some_and(|figure| figure.value > 0.0)
    );
    assert_eq!(content(dir.path()).len(), 0);
}

#[test]
fn a_failure_in_the_child_has_a_code_and_the_child_goes_on_serving() {
    let dir = tempfile::tempdir().unwrap();
    let client = client();
    let refused = InitOptions {
        num_units: 0,
        ..options(dir.path(), 53)
    };
    let cases = [
        ("params", fill(&refused)),
        (
            "no_device",
            Request::Init(InitRequest::new(&options(dir.path(), 53), Vec::new())),
        ),
        (
            "devices_failed",
            Request::Init(InitRequest::new(
                &options(dir.path(), 53),
                vec![DeviceChoice::Gpu {
                    id: "vulkan-none".to_owned(),
                }],
            )),
        ),
    ];
    for (code, request) in cases {
        let error = client.call(&request, &mut |_| ()).unwrap_err();
        assert!(
            matches!(&error, WorkerError::Failed(failure) if failure.code == code),
            "{code}: {error:?}"
        );
    }
    assert!(
        client
            .call(&fill(&options(dir.path(), 53)), &mut |_| ())
            .is_ok()
    );
}

#[test]
fn the_child_is_paused_resumed_and_cancelled() {
    let dir = tempfile::tempdir().unwrap();
    let options = slow_labels(dir.path(), 54);
    let client = client();
    let steering = client.steering();
    let mut was_paused = false;
    let mut failed = Vec::new();
    let mut batches_after = 0;
    let reply = client.call(&fill(&options), &mut |event| match event {
        WorkerEvent::Init(InitEvent::Batch { .. }) if was_paused => {
            batches_after += 1;
            if batches_after == 2 {
                steering.tell(Steer::Cancel);
            }
        }
        WorkerEvent::Init(InitEvent::Batch { .. }) => steering.tell(Steer::Pause),
        WorkerEvent::Init(InitEvent::Progress(progress)) if progress.state == InitState::Paused => {
            was_paused = true;
            steering.tell(Steer::AddDevice(DeviceChoice::Gpu {
                id: "vulkan-none".to_owned(),
            }));
            steering.tell(Steer::Resume);
        }
        WorkerEvent::Init(InitEvent::DeviceFailed { device, .. }) => failed.push(device),
        _ => {}
    });
    assert!(
        matches!(reply, Ok(Reply::Init(ref summary)) if !summary.complete && summary.done > 0),
        "{reply:?}"
    );
    assert!(was_paused);
    assert_eq!(
        failed,
        ["vulkan-none"],
        "a device that cannot join is named"
    );
}

#[test]
fn a_request_that_is_too_long_is_refused_and_the_child_goes_on_serving() {
    let client = client();
    let ranges = (0..400_000).map(|i| i * 10..i * 10 + 1).collect();
    let request = Request::Repair(RepairRequest {
        dir: "/nowhere".into(),
        scrypt: 2,
        ranges,
        devices: Vec::new(),
    });
    assert!(matches!(
        client.call(&request, &mut |_| ()),
        Err(WorkerError::Io(_))
    ));
    assert!(client.call(&Request::Providers, &mut |_| ()).is_ok());
}

#[test]
fn a_missing_program_and_one_that_speaks_otherwise_are_told_apart() {
    let missing = Client::new(|| Command::new("/nonexistent/post-worker"));
    assert!(matches!(
        missing.call(&Request::Providers, &mut |_| ()),
        Err(WorkerError::Start { .. })
    ));
    if cfg!(unix) {
        let other = Client::new(|| {
            let mut command = Command::new("echo");
            command.arg("hello");
            command
        });
        assert!(matches!(
            other.call(&Request::Providers, &mut |_| ()),
            Err(WorkerError::Protocol { .. })
        ));
        let silent = Client::new(|| Command::new("true"));
        assert!(matches!(
            silent.call(&Request::Providers, &mut |_| ()),
            Err(WorkerError::Died { .. })
        ));
    }
}

#[test]
fn a_child_refuses_lines_that_are_no_messages_and_lines_without_end() {
    for input in [
        b"{\"id\":1}\n".to_vec(),
        b"\xff\xfe\n".to_vec(),
        vec![b'['; post_gpu::worker::LINE_MAX + 10],
    ] {
        let output = Mutex::new(Vec::new());
        struct Shared<'a>(&'a Mutex<Vec<u8>>);
        impl std::io::Write for Shared<'_> {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                let mut out = self.0.lock().map_err(|_| std::io::ErrorKind::Other)?;
                out.write(bytes)
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let error = serve(&input[..], Shared(&output)).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
        assert!(output.lock().unwrap().starts_with(b"{\"hello\""));
    }
}

/// A file size limit stands for a disk that fills up: the same refusal, at the same places.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_is_told_and_nothing_recorded_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 55);
    // Blocks of 512 bytes: the third file (2,816 bytes) fits, the others (8,192) do not.
    let small = Client::new(|| {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "trap '' XFSZ; ulimit -f 8; exec \"$0\"",
            env!("CARGO_BIN_EXE_post-worker"),
        ]);
        command
    });
    let third = InitOptions {
        from_file: 2,
        to_file: Some(2),
        ..options.clone()
    };
    assert!(small.call(&fill(&third), &mut |_| ()).is_ok());
    let error = small.call(&fill(&options), &mut |_| ()).unwrap_err();
    let WorkerError::Failed(failure) = error else {
        panic!("{error:?}")
    };
    assert_eq!(failure.code, "disk_full");
    assert!(
        failure.message.contains("free some space"),
        "{}",
        failure.message
    );
    assert_eq!(init::inspect(dir.path()).unwrap().1.done_labels(), 176);
    assert!(client().call(&fill(&options), &mut |_| ()).is_ok());
    assert_same(dir.path(), &reference(&options));
}
