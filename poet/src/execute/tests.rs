//! Executions that run through, are stopped, killed and opened again.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::cell::Cell;
use std::collections::BTreeSet;

use super::*;
use crate::proof::verify;

const LEAVES: u64 = 700;

fn statement() -> Statement {
    [5; 32].into()
}

fn options(height: u8) -> Options {
    Options {
        height,
        threads: 2,
        ..Options::default()
    }
}

fn open(folder: &Path, height: u8) -> Execution {
    Execution::open_or_start(folder, &statement(), options(height)).unwrap()
}

fn run(execution: &mut Execution, end: End<'_>) -> Outcome {
    execution
        .run(end, &AtomicBool::new(false), &|_| {})
        .unwrap()
}

fn finish(execution: &mut Execution, end: End<'_>) -> PoetProof {
    match run(execution, end) {
        Outcome::Finished(proof) => *proof,
        Outcome::Stopped => panic!("nobody stopped it"),
    }
}

#[test]
fn an_execution_ends_with_a_proof_and_can_make_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("rounds/7");
    let mut execution = open(&inside, 4);
    assert_eq!((execution.leaves(), execution.is_finished()), (0, false));
    let proof = finish(&mut execution, End::Leaves(LEAVES));
    verify(&statement(), &proof).unwrap();
    assert_eq!(proof.leaf_count, LEAVES);
    assert_eq!(
        (execution.leaves(), execution.is_finished()),
        (LEAVES, true)
    );
    drop(execution);

    // As if the program had ended before the proof was stored: whatever the end says by then.
    let stored = Execution::stored_statement(&inside).unwrap();
    assert_eq!(stored, Some(statement()));
    let mut execution = open(&inside, 9);
    assert!(execution.is_finished());
    assert_eq!(finish(&mut execution, End::Leaves(2 * LEAVES)), proof);
    execution.delete().unwrap();
    assert!(!inside.exists());
}

/// The height decides what is kept and not what is proved.
#[test]
fn every_height_gives_the_same_proof() {
    let proofs = [0, 1, 5, 12].map(|height| {
        let folder = tempfile::tempdir().unwrap();
        finish(&mut open(folder.path(), height), End::Leaves(LEAVES))
    });
    assert!(proofs.iter().all(|proof| *proof == proofs[0]));
}

/// The log is cut where a kill may leave it, at every record and inside of them; the proof is as if nothing had happened.
#[test]
fn work_goes_on_from_any_cut_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let proof = finish(&mut open(folder.path(), 5), End::Leaves(LEAVES));
    let log = folder.path().join("leaves.log");
    let whole = std::fs::read(&log).unwrap();
    std::fs::remove_file(folder.path().join("work.end")).unwrap();
    for len in (128..=whole.len()).step_by(53) {
        std::fs::write(&log, &whole[..len]).unwrap();
        let mut execution = open(folder.path(), 5);
        assert_eq!(execution.leaves(), (len as u64 - 128) / 40 * 32);
        assert_eq!(finish(&mut execution, End::Leaves(LEAVES)), proof);
        drop(execution);
        assert_eq!(std::fs::read(&log).unwrap(), whole);
        std::fs::remove_file(folder.path().join("work.end")).unwrap();
    }
}

#[test]
fn a_stopped_execution_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut execution = open(folder.path(), 3);
    let stop = AtomicBool::new(false);
    // Asked by the second thread, turn by turn: the third turn stops it.
    let turns = AtomicU64::new(0);
    let over = || {
        if turns.fetch_add(1, Ordering::Relaxed) == 2 {
            stop.store(true, Ordering::Relaxed);
        }
        false
    };
    let outcome = execution.run(End::When(&over), &stop, &|_| {}).unwrap();
    assert_eq!(outcome, Outcome::Stopped);
    let leaves = execution.leaves();
    assert!(!execution.is_finished());
    assert_eq!(leaves % 8, 0);
    drop(execution);

    let mut execution = open(folder.path(), 3);
    assert_eq!(execution.leaves(), leaves);
    let proof = finish(&mut execution, End::Leaves(leaves + LEAVES));
    assert_eq!(proof.leaf_count, leaves + LEAVES);
}

/// A round that is over when its service comes back still needs its proof.
#[test]
fn work_that_is_late_makes_the_least_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let long_ago = End::At(SystemTime::UNIX_EPOCH);
    let proof = finish(&mut open(folder.path(), 2), long_ago);
    assert!(proof.leaf_count >= 150);
    std::fs::remove_file(folder.path().join("work.end")).unwrap();
    let mut execution = open(folder.path(), 2);
    let from = execution.leaves();
    let proof = finish(&mut execution, long_ago);
    assert!(proof.leaf_count > from);
}

#[test]
fn what_was_begun_for_another_statement_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), 2));
    let other = Statement::from([6; 32]);
    let opened = Execution::open_or_start(folder.path(), &other, options(2));
    assert!(matches!(opened, Err(ExecuteError::OtherStatement { .. })));
}

#[test]
fn a_kernel_that_the_processor_lacks_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for kernel in Kernel::ALL {
        let options = Options {
            kernel,
            ..options(2)
        };
        let opened = Execution::open_or_start(folder.path(), &statement(), options);
        match opened {
            Ok(_) => assert!(kernel.is_available()),
            Err(error) => {
                assert!(!kernel.is_available(), "{error}");
                assert!(matches!(error, ExecuteError::Kernel(_)));
            }
        }
    }
}

#[test]
fn progress_tells_the_phases_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let seen = Mutex::new(Vec::new());
    let mut execution = open(folder.path(), 2);
    let tell = |progress: Progress| seen.lock().unwrap().push(progress);
    execution
        .run(End::Leaves(LEAVES), &AtomicBool::new(false), &tell)
        .unwrap();
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen.first().unwrap().phase, Phase::Resuming);
    assert_eq!(seen.last().unwrap().phase, Phase::Proving);
    let worked: BTreeSet<u64> = seen
        .iter()
        .filter(|progress| progress.phase == Phase::Working)
        .map(|progress| progress.leaves)
        .collect();
    assert_eq!(worked.last(), Some(&LEAVES));
    let last = Cell::new(0);
    assert!(
        seen.iter()
            .all(|progress| last.replace(progress.durable) <= progress.durable)
    );
}
