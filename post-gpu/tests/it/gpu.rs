//! The WGSL kernel on every graphics device of this machine; in CI that is the software device (lavapipe).

use std::ops::ControlFlow;

use post_gpu::cpu::{self, LabelKernel, Scratch};
use post_gpu::device::{Device, DeviceControl, LabelJob};
use post_gpu::gpu::{self, GpuDevice, GpuKernel, GpuOptions, Tuning, TuningFile};
use post_gpu::label::{Commitment, Label32};
use post_gpu::params::ScryptN;
use post_gpu::vrf_nonce::VrfCandidate;

/// Opens every device; says why when there is none, so that a run without the software driver is not taken for a pass.
pub(crate) fn devices(options: &GpuOptions) -> Vec<GpuDevice> {
    let providers = gpu::providers();
    if providers.is_empty() {
        skipped(
            "no Vulkan, Metal or Direct3D driver is installed; on Debian: apt-get install mesa-vulkan-drivers",
        );
    }
    providers
        .iter()
        .map(|provider| gpu::open(&provider.info.id, options).unwrap())
        .collect()
}

#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
fn skipped(reason: &str) {
    eprintln!("SKIPPED: graphics test: {reason}");
}

fn small() -> GpuOptions {
    GpuOptions {
        tuning: Some(Tuning {
            kernel: GpuKernel::Lane,
            gap: 2,
            lanes: 64,
            workgroup: 16,
        }),
        ..GpuOptions::default()
    }
}

/// All labels and all hits of a job, as a device delivers them.
pub(crate) fn run(device: &mut dyn Device, job: &LabelJob) -> (Vec<u8>, Vec<VrfCandidate>) {
    let mut labels = Vec::new();
    let mut hits = Vec::new();
    device
        .compute(job, &DeviceControl::default(), &mut |chunk| {
            assert_eq!(
                chunk.start,
                job.start + labels.len() as u64 / 16,
                "pieces come in order"
            );
            labels.extend_from_slice(chunk.labels);
            hits.extend_from_slice(chunk.hits);
            ControlFlow::Continue(())
        })
        .unwrap();
    hits.sort_by_key(|hit| hit.index);
    (labels, hits)
}

fn portable(job: &LabelJob) -> (Vec<u8>, Vec<VrfCandidate>) {
    let mut labels = vec![[0; 32]; job.count as usize];
    cpu::labels(
        LabelKernel::Portable,
        &job.commitment,
        job.start,
        job.scrypt,
        &mut labels,
        &mut Scratch::default(),
    )
    .unwrap();
    let hits = labels
        .iter()
        .zip(job.start..)
        .filter(|(label, _)| **label < job.limit)
        .map(|(&label, index)| VrfCandidate { index, label });
    (
        labels
            .iter()
            .flat_map(|label| label[..16].to_vec())
            .collect(),
        hits.collect(),
    )
}

fn job(seed: u8, n: u32, start: u64, count: u64, limit: Label32) -> LabelJob {
    let commitment = Commitment::new(&[seed; 32], &[!seed; 32]);
    LabelJob {
        commitment,
        scrypt: ScryptN::new(n).unwrap(),
        start,
        count,
        limit,
    }
}

/// The kernels that a device can run.
fn kernels(device: &GpuDevice) -> Vec<GpuKernel> {
    if device.has_shuffles() {
        return vec![GpuKernel::Lane, GpuKernel::Quad];
    }
    skipped("the kernel with four invocations per label: the driver offers no subgroup shuffles");
    vec![GpuKernel::Lane]
}

#[test]
fn every_kernel_gap_and_layout_gives_the_portable_labels_and_hits() {
    let tenth = [25; 32];
    // Buffers of 32 MiB hold 32 to 128 lanes: some layouts need several.
    let options = GpuOptions {
        buffer_limit: Some(32 << 20),
        ..small()
    };
    for mut device in devices(&options) {
        let jobs = [
            (2, 0, 300, tenth),
            (16, (1 << 32) - 70, 200, tenth),
            (128, u64::MAX - 99, 99, [0xff; 32]),
            (512, 5, 65, [0; 32]),
        ];
        for kernel in kernels(&device) {
            for gap in 1..=4 {
                for (lanes, workgroup) in [(64, 16), (96, 32)] {
                    device
                        .set_tuning(Tuning {
                            kernel,
                            gap,
                            lanes,
                            workgroup,
                        })
                        .unwrap();
                    assert_eq!(
                        device.tuning().lanes,
                        lanes,
                        "several buffers hold them: {device:?}"
                    );
                    for (n, start, count, limit) in jobs {
                        let job = job(gap as u8, n, start, count, limit);
                        assert!(
                            run(&mut device, &job) == portable(&job),
                            "{} {kernel:?} gap {gap} lanes {lanes} N {n}",
                            device.info().name
                        );
                    }
                }
            }
        }
    }
}

/// The table that the processor's kernels pass too.
#[test]
fn graphics_pass_the_table_of_sizes_and_edges() {
    for mut device in devices(&small()) {
        for kernel in kernels(&device) {
            let tuning = Tuning {
                kernel,
                ..device.tuning()
            };
            device.set_tuning(tuning).unwrap();
            let name = format!("{} {kernel:?}", device.info().name);
            crate::labels::check::<16>(&name, |case| {
                let job = LabelJob {
                    commitment: case.commitment,
                    scrypt: case.n,
                    start: case.start,
                    count: case.expected.len() as u64,
                    limit: [0; 32],
                };
                run(&mut device, &job).0.as_chunks().0.to_vec()
            });
        }
    }
}

#[test]
fn full_scrypt_in_slices_gives_the_portable_labels() {
    for mut device in devices(&small()) {
        let job = job(7, 8192, (1 << 32) - 2, 5, [0xff; 32]);
        assert!(
            run(&mut device, &job) == portable(&job),
            "{}",
            device.info().name
        );
    }
}

#[test]
fn a_stopped_device_delivers_a_prefix_and_can_be_used_again() {
    for mut device in devices(&small()) {
        let job = job(9, 16, 0, 1000, [0; 32]);
        let control = DeviceControl::default();
        let mut delivered = Vec::new();
        device
            .compute(&job, &control, &mut |chunk| {
                delivered.extend_from_slice(chunk.labels);
                control.set_stop(true);
                ControlFlow::Continue(())
            })
            .unwrap();
        let (all, _) = portable(&job);
        assert!(delivered.len() < all.len() && all.starts_with(&delivered));
        assert!(run(&mut device, &job).0 == all);
    }
}

#[test]
fn tuning_is_measured_kept_per_driver_and_used_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tuning.json");
    for mut device in devices(&small()) {
        let trials = device
            .autotune(
                ScryptN::new(16).unwrap(),
                std::time::Duration::ZERO,
                &DeviceControl::default(),
            )
            .unwrap();
        assert!(trials.len() >= 4, "at least every gap was tried");
        assert_eq!(device.tuning(), trials[0].tuning);
        let chosen = Tuning {
            gap: 3,
            ..trials[0].tuning
        };
        let mut file = TuningFile::default();
        file.set(
            device.info(),
            gpu::TuningTrial {
                tuning: chosen,
                ..trials[0]
            },
        );
        file.save(&path).unwrap();
        let again = gpu::open(
            &device.info().id,
            &GpuOptions {
                tuning_file: Some(path.clone()),
                ..GpuOptions::default()
            },
        )
        .unwrap();
        assert_eq!(again.tuning(), chosen);
        let mut newer = device.info().clone();
        newer.driver.push_str(" next");
        assert_eq!(
            TuningFile::load(&path).get(&newer),
            None,
            "another driver version is measured anew"
        );
    }
}

#[test]
fn an_unknown_device_is_named_with_a_remedy() {
    let error = gpu::open("vulkan-0000-0000", &GpuOptions::default()).unwrap_err();
    assert!(error.to_string().contains("vulkan-0000-0000"), "{error}");
}
