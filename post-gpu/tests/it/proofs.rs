//! From data to a proof, under interruptions and damage, and back through verification.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;

use post_gpu::aes::Cipher;
use post_gpu::control::Control;
use post_gpu::cpu::{LabelKernel, Scratch, labels};
use post_gpu::files::{Layout, file_name};
use post_gpu::k2pow::{PowError, PowSolver, PowWork};
use post_gpu::metadata::PostMetadata;
use post_gpu::params::{PostParams, ScryptN};
use post_gpu::proof::{Proof, ProofSubject};
use post_gpu::prove::{
    Phase, ProveError, ProveJob, ProveOptions, Proved, forget, prove_with_solver,
};
use post_gpu::verify::{Mode, Verifier, VerifyError};
use std::time::Duration;
use tempfile::TempDir;

use crate::pow::randomx;

const CHALLENGE: [u8; 32] = [5; 32];
const PARAMS: PostParams = PostParams {
    min_num_units: 1,
    max_num_units: 100,
    labels_per_unit: 16384,
    k1: 26,
    k2: 37,
    k3: 1,
    // Any work is good: these tests are not about RandomX.
    pow_difficulty: [0xff; 32],
    scrypt: ScryptN::FASTNET,
};
/// Bytes of one file: 8 files for the two units.
const FILE_BYTES: u64 = 65536;

fn metadata() -> PostMetadata {
    PostMetadata {
        node_id: [1; 32],
        commitment_atx_id: [2; 32],
        labels_per_unit: PARAMS.labels_per_unit,
        num_units: 2,
        max_file_size: FILE_BYTES,
        nonce: None,
        nonce_value: None,
        last_position: None,
    }
}

fn data() -> &'static [u8] {
    static DATA: OnceLock<Vec<u8>> = OnceLock::new();
    DATA.get_or_init(|| {
        let mut out = vec![[0; 32]; metadata().num_labels().unwrap().get() as usize];
        let commitment = metadata().commitment();
        labels(
            LabelKernel::detect_best(),
            &commitment,
            0,
            PARAMS.scrypt,
            &mut out,
            &mut Scratch::new(),
        )
        .unwrap();
        out.iter().flat_map(|label| &label[..16]).copied().collect()
    })
}

/// A complete data directory with files of `max_file_size`.
fn directory(max_file_size: u64) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let metadata = PostMetadata {
        max_file_size,
        ..metadata()
    };
    let layout = Layout::new(metadata.num_labels().unwrap(), max_file_size).unwrap();
    for file in 0..layout.files() {
        let range = layout.file_labels(file);
        let bytes = &data()[range.start as usize * 16..range.end as usize * 16];
        fs::write(dir.path().join(file_name(file)), bytes).unwrap();
    }
    metadata.write(dir.path()).unwrap();
    dir
}

fn job(dir: &Path) -> ProveJob {
    ProveJob {
        dir: dir.to_owned(),
        params: PARAMS,
        challenge: CHALLENGE,
    }
}

fn options() -> ProveOptions {
    ProveOptions {
        nonces: 64,
        threads: 2,
        save_every: Duration::ZERO,
        ..ProveOptions::default()
    }
}

/// Answers at once; may do something first, given the group.
struct Answers<F>(F);

impl<F: Fn(&PowWork, &Control) -> Result<u64, PowError> + Sync> PowSolver for Answers<F> {
    fn solve(&self, work: &PowWork, _: &AtomicU64, control: &Control) -> Result<u64, PowError> {
        (self.0)(work, control)
    }
}

fn by_group(work: &PowWork, _: &Control) -> Result<u64, PowError> {
    Ok(u64::from(work.group) * 3)
}

fn prove(dir: &Path, options: &ProveOptions) -> Result<Proved, ProveError> {
    prove_with_solver(
        &job(dir),
        options,
        &Answers(by_group),
        &Control::new(),
        &mut |_| {},
    )
}

/// The proof that all others are compared with: portable cipher, one thread.
fn expected() -> &'static Proof {
    static PROOF: OnceLock<Proof> = OnceLock::new();
    PROOF.get_or_init(|| {
        let options = ProveOptions {
            cipher: Cipher::Portable,
            threads: 1,
            ..options()
        };
        prove(directory(FILE_BYTES).path(), &options).unwrap().proof
    })
}

fn subject() -> ProofSubject {
    let PostMetadata {
        node_id,
        commitment_atx_id,
        num_units,
        ..
    } = metadata();
    ProofSubject {
        node_id,
        commitment_atx_id,
        challenge: CHALLENGE,
        num_units,
    }
}

fn verifier() -> Verifier {
    Verifier::new(PARAMS, randomx(), LabelKernel::detect_best())
}

#[test]
fn a_proof_made_by_every_cipher_verifies_and_is_the_same_with_any_number_of_threads() {
    verifier()
        .verify(expected(), &subject(), Mode::All)
        .unwrap();
    let dir = directory(FILE_BYTES);
    for cipher in Cipher::all_available() {
        for threads in [1, 3] {
            let options = ProveOptions {
                cipher,
                threads,
                ..options()
            };
            assert_eq!(
                prove(dir.path(), &options).unwrap().proof,
                *expected(),
                "{cipher}, {threads} threads"
            );
            forget(&job(dir.path()), &options).unwrap();
        }
    }
}

#[test]
fn a_search_interrupted_by_a_read_error_goes_on_and_ends_with_the_same_proof() {
    let dir = directory(FILE_BYTES);
    let path = dir.path().join(file_name(5));
    // Found complete at the start, cut when the last work is done.
    let cut = |work: &PowWork, control: &Control| {
        if work.group == 3 {
            fs::write(&path, [0; 1600]).unwrap();
        }
        by_group(work, control)
    };
    let error = prove_with_solver(
        &job(dir.path()),
        &options(),
        &Answers(cut),
        &Control::new(),
        &mut |_| {},
    )
    .unwrap_err();
    assert!(
        matches!(&error, ProveError::Read { path: named, .. } if *named == path),
        "{error}"
    );

    let again = prove(dir.path(), &options()).unwrap_err();
    assert!(
        matches!(again, ProveError::Files(_)),
        "refused before it starts: {again}"
    );
    fs::write(
        &path,
        &data()[5 * FILE_BYTES as usize..6 * FILE_BYTES as usize],
    )
    .unwrap();
    let must_not_be_asked = Answers(|_: &PowWork, _: &Control| Err(PowError::Exhausted));
    let proved = prove_with_solver(
        &job(dir.path()),
        &options(),
        &must_not_be_asked,
        &Control::new(),
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(proved.proof, *expected(), "with the work that was kept");
}

#[test]
fn a_search_cancelled_at_any_group_keeps_the_work_done() {
    let dir = directory(FILE_BYTES);
    for stop_at in 0..4 {
        let control = Control::new();
        let cancelling = |work: &PowWork, control: &Control| {
            assert!(
                u32::from(work.group) >= stop_at,
                "group {} was solved before",
                work.group
            );
            if u32::from(work.group) == stop_at {
                control.cancel();
            }
            by_group(work, control)
        };
        let result = prove_with_solver(
            &job(dir.path()),
            &options(),
            &Answers(cancelling),
            &control,
            &mut |_| {},
        );
        assert!(
            matches!(result, Err(ProveError::Cancelled(_))),
            "{result:?}"
        );
    }
    assert_eq!(prove(dir.path(), &options()).unwrap().proof, *expected());
}

#[test]
fn a_finished_proof_is_kept_until_it_is_forgotten() {
    let dir = directory(FILE_BYTES);
    let first = prove(dir.path(), &options()).unwrap();
    let must_not_be_asked = Answers(|_: &PowWork, _: &Control| Err(PowError::Exhausted));
    let ask = || {
        prove_with_solver(
            &job(dir.path()),
            &options(),
            &must_not_be_asked,
            &Control::new(),
            &mut |_| {},
        )
    };
    assert_eq!(ask().unwrap(), first);
    forget(&job(dir.path()), &options()).unwrap();
    assert!(matches!(ask(), Err(ProveError::Pow(PowError::Exhausted))));
}

#[test]
fn a_paused_search_reads_nothing_until_it_is_resumed() {
    let dir = directory(FILE_BYTES);
    let control = Control::new();
    control.pause();
    let mut reports = 0;
    let proved = prove_with_solver(
        &job(dir.path()),
        &options(),
        &Answers(by_group),
        &control,
        &mut |status| {
            if let Phase::Reading { read_now, .. } = status.phase
                && control.is_paused()
            {
                assert_eq!(read_now, 0);
                reports += 1;
                if reports == 2 {
                    control.resume();
                }
            }
        },
    );
    assert_eq!(proved.unwrap().proof, *expected());
    assert_eq!(reports, 2);
}

#[test]
fn damaged_labels_are_reported_and_the_proof_does_without_them() {
    let dir = directory(FILE_BYTES);
    let mut random = vec![0; FILE_BYTES as usize];
    blake3::Hasher::new().finalize_xof().fill(&mut random);
    fs::write(dir.path().join(file_name(2)), random).unwrap();
    let Proved { proof, bad_labels } = prove(dir.path(), &options()).unwrap();
    verifier().verify(&proof, &subject(), Mode::All).unwrap();
    assert!(!bad_labels.is_empty());
    let file = 2 * FILE_BYTES / 16..3 * FILE_BYTES / 16;
    assert!(
        bad_labels.iter().all(|label| file.contains(label)),
        "{bad_labels:?}"
    );
}

#[test]
fn what_cannot_be_proved_is_refused_before_anything_is_read() {
    let dir = directory(FILE_BYTES);
    for nonces in [0, 8, 4112] {
        let result = prove(
            dir.path(),
            &ProveOptions {
                nonces,
                ..options()
            },
        );
        assert!(matches!(result, Err(ProveError::Nonces { .. })));
    }
    let mut other = job(dir.path());
    other.params.labels_per_unit = 1024;
    let result = prove_with_solver(
        &other,
        &options(),
        &Answers(by_group),
        &Control::new(),
        &mut |_| {},
    );
    assert!(matches!(
        result,
        Err(ProveError::OtherNetwork {
            found: 16384,
            expected: 1024
        })
    ));
    fs::remove_file(dir.path().join(file_name(7))).unwrap();
    assert!(matches!(
        prove(dir.path(), &options()),
        Err(ProveError::Files(_))
    ));
}

#[test]
fn hits_that_never_suffice_end_after_all_nonces() {
    // Data of another identity: no label is right, so no hit counts.
    let dir = directory(FILE_BYTES);
    PostMetadata {
        node_id: [9; 32],
        ..metadata()
    }
    .write(dir.path())
    .unwrap();
    let options = ProveOptions {
        nonces: 4096,
        ..options()
    };
    let error = prove(dir.path(), &options).unwrap_err();
    assert!(matches!(error, ProveError::Exhausted), "{error}");
}

#[test]
fn checks_come_in_the_order_of_the_protocol() {
    let verifier = verifier();
    let verify =
        |proof: &Proof, subject: &ProofSubject, mode| verifier.verify(proof, subject, mode);
    let bad = Proof {
        nonce: 4096,
        indices: Vec::new(),
        pow: 0,
    };
    let nobody = ProofSubject {
        num_units: 0,
        ..subject()
    };
    assert_eq!(
        verify(&bad, &nobody, Mode::All),
        Err(VerifyError::NoIndices)
    );
    let bad = Proof {
        indices: vec![0],
        ..bad
    };
    assert!(matches!(
        verify(&bad, &nobody, Mode::All),
        Err(VerifyError::Params(_))
    ));
    assert_eq!(
        verify(&bad, &subject(), Mode::All),
        Err(VerifyError::Nonce { nonce: 4096 })
    );
    let bad = Proof { nonce: 4095, ..bad };
    assert!(matches!(
        verify(&bad, &subject(), Mode::All),
        Err(VerifyError::IndicesLength { found: 1, .. })
    ));

    // Index 0 is no hit of this nonce, so a list of zeros fails at its first place, and only there when that is asked for.
    let zeros = Proof {
        indices: vec![0; expected().indices.len()],
        ..expected().clone()
    };
    let error = verify(&zeros, &subject(), Mode::All).unwrap_err();
    assert!(
        matches!(
            error,
            VerifyError::InvalidIndex {
                position: 0,
                index: 0,
                ..
            }
        ),
        "{error}"
    );
    assert!(!error.is_local());
    let error = verify(&zeros, &subject(), Mode::One(36)).unwrap_err();
    assert!(
        matches!(error, VerifyError::InvalidIndex { position: 36, .. }),
        "{error}"
    );
    assert_eq!(
        verify(&zeros, &subject(), Mode::One(37)),
        Ok(()),
        "there is no such place"
    );
    assert_eq!(
        verify(&zeros, &subject(), Mode::Subset { k3: 0, seed: b"" }),
        Ok(())
    );
}

#[test]
fn a_proof_crosses_as_json_with_base64_indices() {
    let proof = Proof {
        nonce: 123,
        indices: vec![0xff, 0x00, 0x10],
        pow: u64::MAX,
    };
    let json = serde_json::to_string(&proof).unwrap();
    assert_eq!(
        json,
        r#"{"nonce":123,"indices":"/wAQ","pow":18446744073709551615}"#
    );
    assert_eq!(serde_json::from_str::<Proof>(&json).unwrap(), proof);
}
