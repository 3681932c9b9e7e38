//! The RandomX work in front of a proof.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use post_gpu::control::{Cancelled, Control};
use post_gpu::k2pow::{
    Flags, LocalSolver, PowError, PowSolver, PowWork, RandomX, RandomXOptions, expected_hashes,
};

/// One light memory for all tests: 256 MiB and half a second.
pub(crate) fn randomx() -> Arc<RandomX> {
    static SHARED: OnceLock<Arc<RandomX>> = OnceLock::new();
    Arc::clone(SHARED.get_or_init(|| Arc::new(RandomX::new(&RandomXOptions::LIGHT).unwrap())))
}

fn work(first_byte: u8) -> PowWork {
    let mut difficulty = [0; 32];
    difficulty[0] = first_byte;
    PowWork {
        node_id: [1; 32],
        challenge: [2; 32],
        group: 3,
        difficulty,
    }
}

#[test]
fn the_smallest_number_is_found_with_any_number_of_threads() {
    let work = work(0x10);
    let mut hasher = randomx().hasher().unwrap();
    let expected = (0..)
        .find(|pow| work.is_solved_by(*pow, &mut hasher))
        .unwrap();
    for threads in [1, 3] {
        let hashes = AtomicU64::new(0);
        let found = LocalSolver::new(randomx(), threads).solve(&work, &hashes, &Control::new());
        assert_eq!(found, Ok(expected), "{threads} threads");
        assert!(hashes.into_inner() > expected, "all before it were tried");
    }
}

#[test]
fn a_cancelled_search_ends() {
    struct CancelAfter<'a>(&'a Control, &'a AtomicU64);
    impl Drop for CancelAfter<'_> {
        fn drop(&mut self) {
            self.0.cancel();
        }
    }
    let (control, hashes) = (Control::new(), AtomicU64::new(0));
    let result = std::thread::scope(|scope| {
        // Nothing is below zero, so only the cancellation ends this.
        let search =
            scope.spawn(|| LocalSolver::new(randomx(), 2).solve(&work(0), &hashes, &control));
        let cancel = CancelAfter(&control, &hashes);
        while cancel.1.load(Ordering::Relaxed) < 3 {
            std::thread::yield_now();
        }
        drop(cancel);
        search.join().unwrap()
    });
    assert_eq!(result, Err(PowError::Cancelled(Cancelled)));
}

#[test]
fn every_set_of_flags_gives_the_same_hash() {
    let expected = randomx().hasher().unwrap().hash(b"input");
    for flags in [
        Flags::recommended().with(Flags::SECURE),
        Flags::recommended().without(Flags::JIT),
    ] {
        let options = RandomXOptions {
            flags: Some(flags),
            ..RandomXOptions::LIGHT
        };
        let randomx = Arc::new(RandomX::new(&options).unwrap());
        assert_eq!(randomx.flags(), flags, "no fallback was needed");
        assert_eq!(randomx.hasher().unwrap().hash(b"input"), expected);
    }
    assert_eq!(
        Flags::from_bits(128).bits(),
        0,
        "the second version of RandomX cannot be asked for"
    );
}

#[test]
fn large_pages_are_never_needed() {
    // Where the system has none, as usual, this falls back.
    let options = RandomXOptions {
        large_pages: true,
        ..RandomXOptions::LIGHT
    };
    let randomx = Arc::new(RandomX::new(&options).unwrap());
    assert_eq!(
        randomx.hasher().unwrap().hash(b"input"),
        self::randomx().hasher().unwrap().hash(b"input")
    );
}

#[test]
fn only_seven_bytes_of_a_number_enter_the_hash() {
    let work = work(1);
    assert_eq!(work.input(5), work.input(5 | 0xab << 56));
    assert_ne!(work.input(5), work.input(5 | 0xab << 48));
}

#[test]
fn the_main_network_needs_4687_hashes_for_one_unit() {
    let hashes = expected_hashes(&post_gpu::params::PostParams::MAINNET.pow_difficulty);
    assert!((hashes - 4687.5).abs() < 0.5, "{hashes}");
}
