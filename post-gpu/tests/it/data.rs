//! Checking, mending and moving a finished data directory.

use std::fs;
use std::path::Path;
use std::slice::from_ref as one;

use post_gpu::control::Control;
use post_gpu::cpu::LabelKernel;
use post_gpu::device::{CpuDevice, Device};
use post_gpu::init::{InitControl, InitOptions, InitSession};
use post_gpu::params::{PostParams, ScryptN};
use post_gpu::relocate::{RelocateError, copy_and_compare};
use post_gpu::repair::repair;
use post_gpu::verify_data::{DataReport, Extent, VerifyDataError, VerifyDataOptions, verify_data};

use crate::init::{assert_same, content, options, processor, reference};

const SCRYPT: ScryptN = ScryptN::FASTNET;

/// 20,000 labels in files of 6,000.
fn large(dir: &Path) -> InitOptions {
    let params = PostParams {
        labels_per_unit: 10_000,
        ..crate::init::PARAMS
    };
    InitOptions {
        params,
        num_units: 2,
        max_file_size: 6000 * 16,
        batch: 2000,
        ..options(dir, 40)
    }
}

fn fill(options: &InitOptions) {
    let session = InitSession::open(options).unwrap();
    session
        .run(
            vec![Box::new(CpuDevice::detect())],
            &InitControl::new(),
            &|_| (),
        )
        .unwrap();
}

fn check(dir: &Path, extent: Extent) -> DataReport {
    let options = VerifyDataOptions {
        extent,
        ..VerifyDataOptions::sample(dir, SCRYPT, 1)
    };
    verify_data(&options, Vec::new(), &Control::new(), &|_| ()).unwrap()
}

fn flip(path: &Path, offset: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[offset] ^= 0x40;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_flipped_byte_is_found_and_mended_and_no_other_byte_is_touched() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 41);
    fill(&options);
    let good = content(dir.path());
    assert!(check(dir.path(), Extent::Whole).is_good());
    flip(&dir.path().join("postdata_1.bin"), 77 * 16 + 15);
    let report = check(dir.path(), Extent::Whole);
    assert_eq!(
        (report.checked, report.bad.as_slice(), report.finds_share),
        (1200, one(&(589..590)), 0.0)
    );

    // Damage outside of the ranges shows that only these are touched.
    flip(&dir.path().join("postdata_0.bin"), 0);
    flip(&dir.path().join("postdata_2.bin"), 175 * 16);
    let mended = repair(
        dir.path(),
        SCRYPT,
        &report.bad,
        Vec::new(),
        &Control::new(),
        &|_| (),
    )
    .unwrap();
    assert_eq!(
        (mended.checked, mended.mended.as_slice()),
        (1, one(&(589..590)))
    );
    let found = content(dir.path());
    assert!(found["postdata_1.bin"] == good["postdata_1.bin"]);
    assert!(
        found["postdata_0.bin"][1..] == good["postdata_0.bin"][1..]
            && found["postdata_0.bin"][0] != good["postdata_0.bin"][0]
    );
    assert!(found["postdata_2.bin"][175 * 16] != good["postdata_2.bin"][175 * 16]);

    let all = one(&(0..1200));
    let mended = repair(
        dir.path(),
        SCRYPT,
        all,
        vec![processor("cpu"), processor("second")],
        &Control::new(),
        &|_| (),
    )
    .unwrap();
    assert_eq!(mended.mended, [0..1, 1199..1200]);
    assert_same(dir.path(), &reference(&options));
    let again = repair(
        dir.path(),
        SCRYPT,
        all,
        Vec::new(),
        &Control::new(),
        &|_| (),
    )
    .unwrap();
    assert_eq!(again.labels(), 0);
}

#[test]
fn a_sample_finds_a_lost_block_and_how_far_it_reaches() {
    let dir = tempfile::tempdir().unwrap();
    fill(&large(dir.path()));
    let path = dir.path().join("postdata_2.bin");
    let mut bytes = fs::read(&path).unwrap();
    bytes[1000 * 16..2000 * 16].fill(0);
    fs::write(&path, bytes).unwrap();
    let report = check(dir.path(), Extent::Sample { labels: 200 });
    assert_eq!(
        report.bad,
        one(&(13_000..14_000)),
        "all of it, from a sample of 1 %"
    );
    assert!(
        !report.more_likely && report.checked < 3000,
        "{} of 20000 checked",
        report.checked
    );
    assert!(
        report.finds_share > 0.014 && report.finds_share < 0.016,
        "{}",
        report.finds_share
    );
    let mended = repair(
        dir.path(),
        SCRYPT,
        &report.bad,
        Vec::new(),
        &Control::new(),
        &|_| (),
    )
    .unwrap();
    assert_eq!(mended.labels(), 1000);
    assert_same(dir.path(), &reference(&large(dir.path())));
}

#[test]
fn widespread_damage_is_reported_as_such_without_reading_everything() {
    let dir = tempfile::tempdir().unwrap();
    fill(&large(dir.path()));
    fs::write(dir.path().join("postdata_1.bin"), vec![1; 6000 * 16]).unwrap();
    let report = check(dir.path(), Extent::Percent { percent: 0.2 });
    assert!(report.more_likely && report.checked < 1000, "{report:?}");
}

#[test]
fn missing_and_short_files_are_reported_and_not_mended_by_guessing() {
    let dir = tempfile::tempdir().unwrap();
    fill(&options(dir.path(), 42));
    fs::remove_file(dir.path().join("postdata_0.bin")).unwrap();
    fs::OpenOptions::new()
        .write(true)
        .open(dir.path().join("postdata_1.bin"))
        .unwrap()
        .set_len(160)
        .unwrap();
    let report = check(dir.path(), Extent::Whole);
    let files: Vec<_> = report
        .files
        .iter()
        .map(|file| (file.file.as_str(), file.found))
        .collect();
    assert_eq!(
        files,
        [("postdata_0.bin", None), ("postdata_1.bin", Some(160))]
    );
    assert_eq!(report.checked, 10 + 176);
    let absent = one(&(0..10));
    let error = repair(
        dir.path(),
        SCRYPT,
        absent,
        Vec::new(),
        &Control::new(),
        &|_| (),
    )
    .unwrap_err();
    assert!(
        matches!(error, VerifyDataError::Absent { from: 0, to: 10 }),
        "{error}"
    );
}

/// A device that computes rubbish, as an overclocked card does.
struct Flawed(CpuDevice);

impl Device for Flawed {
    fn info(&self) -> &post_gpu::device::DeviceInfo {
        self.0.info()
    }

    fn granularity(&self) -> u64 {
        self.0.granularity()
    }

    fn compute(
        &mut self,
        job: &post_gpu::device::LabelJob,
        control: &post_gpu::device::DeviceControl,
        sink: &mut dyn FnMut(post_gpu::device::Chunk<'_>) -> std::ops::ControlFlow<()>,
    ) -> Result<(), post_gpu::device::DeviceError> {
        self.0.compute(job, control, &mut |chunk| {
            let labels = vec![3; chunk.labels.len()];
            sink(post_gpu::device::Chunk {
                labels: &labels,
                ..chunk
            })
        })
    }
}

#[test]
fn a_flawed_device_neither_condemns_nor_spoils_good_data() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), 43);
    fill(&options);
    let flawed =
        || vec![Box::new(Flawed(CpuDevice::new(LabelKernel::Portable, 1))) as Box<dyn Device>];
    let whole = VerifyDataOptions {
        extent: Extent::Whole,
        ..VerifyDataOptions::sample(dir.path(), SCRYPT, 1)
    };
    assert!(
        verify_data(&whole, flawed(), &Control::new(), &|_| ())
            .unwrap()
            .is_good()
    );
    let all = one(&(0..1200));
    assert_eq!(
        repair(dir.path(), SCRYPT, all, flawed(), &Control::new(), &|_| ())
            .unwrap()
            .labels(),
        0
    );
    assert_same(dir.path(), &reference(&options));
}

#[test]
fn a_cancelled_check_says_so() {
    let dir = tempfile::tempdir().unwrap();
    fill(&options(dir.path(), 44));
    let control = Control::new();
    control.cancel();
    let error = verify_data(
        &VerifyDataOptions::sample(dir.path(), SCRYPT, 1),
        Vec::new(),
        &control,
        &|_| (),
    )
    .unwrap_err();
    assert!(matches!(error, VerifyDataError::Cancelled), "{error}");
}

#[test]
fn data_is_moved_by_copy_and_comparison_and_an_interrupted_move_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (dir.path().join("from"), dir.path().join("to"));
    let options = options(&from, 45);
    fill(&options);
    let control = Control::new();
    let error = copy_and_compare(&from, &to, &control, &mut |progress| {
        if progress.copied > 0 {
            control.cancel();
        }
    })
    .unwrap_err();
    assert!(matches!(error, RelocateError::Cancelled), "{error}");
    assert!(
        !to.join("postdata_metadata.json").exists(),
        "metadata is last: nobody takes this for data"
    );
    // What an interrupted copy left may be wrong.
    flip(&to.join("postdata_0.bin"), 5);
    let bytes = copy_and_compare(&from, &to, &Control::new(), &mut |_| ()).unwrap();
    assert_eq!(
        bytes,
        content(&from)
            .values()
            .map(|file| file.len() as u64)
            .sum::<u64>()
    );
    assert!(content(&from) == content(&to));
    assert!(matches!(
        copy_and_compare(&from, &from, &Control::new(), &mut |_| ()).unwrap_err(),
        RelocateError::SamePlace { .. } | RelocateError::Storage(_)
    ));
    fs::write(to.join("letter.txt"), b"dear").unwrap();
    let error = copy_and_compare(&from, &to, &Control::new(), &mut |_| ()).unwrap_err();
    assert!(matches!(error, RelocateError::NotEmpty { .. }), "{error}");
}
