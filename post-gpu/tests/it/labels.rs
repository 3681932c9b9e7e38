//! Every label kernel of this machine against the readable label function, on one table of sizes and edges.
//!
//! [`check`] runs the table for anything that computes labels; the graphics kernel is held against the same one.

use std::sync::OnceLock;

use post_gpu::cpu::{KernelError, LabelAt, LabelKernel, Scratch, labels, labels_at};
use post_gpu::label::{Commitment, Label32, label32};
use post_gpu::params::{MAX_LABEL_INDEX, ScryptN};

/// Labels to compute and what must come out.
pub(crate) struct Case {
    pub(crate) commitment: Commitment,
    pub(crate) start: u64,
    pub(crate) n: ScryptN,
    pub(crate) expected: Vec<Label32>,
}

/// The table: counts around the widths of all kernels, cheap and real N, and the places where an index changes its shape.
pub(crate) fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let file_boundary = (1_u64 << 28) - 7;
        let carry = (1_u64 << 32) - 5;
        let mut cases = Vec::new();
        for n in [2, 4, 64, 128] {
            for count in [
                1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65,
            ] {
                let last = MAX_LABEL_INDEX - (count - 1);
                for start in [0, file_boundary, carry, last] {
                    cases.push((start, count, n));
                }
            }
        }
        // The real N is slow: its own edge is the size of the scratch.
        cases.extend([
            (0, 33, 8192),
            (file_boundary, 9, 8192),
            (carry, 17, 8192),
            (MAX_LABEL_INDEX, 1, 8192),
        ]);
        let case = |(start, count, n)| {
            let n = ScryptN::new(n).unwrap();
            let seed = blake3::hash(format!("{start} {count} {n:?}").as_bytes());
            let commitment = Commitment::from_bytes(*seed.as_bytes());
            let expected = (start..=start + (count - 1))
                .map(|index| label32(&commitment, index, n))
                .collect();
            Case {
                commitment,
                start,
                n,
                expected,
            }
        };
        cases.into_iter().map(case).collect()
    })
}

/// Holds `compute`, called `name` in messages, against the table. It returns the labels of a case: all 32 bytes of each, or the 16 stored.
pub(crate) fn check<const BYTES: usize>(
    name: &str,
    mut compute: impl FnMut(&Case) -> Vec<[u8; BYTES]>,
) {
    for case in cases() {
        let found = compute(case);
        let expected: Vec<&[u8]> = case.expected.iter().map(|label| &label[..BYTES]).collect();
        assert!(
            found.iter().map(<[u8; BYTES]>::as_slice).eq(expected),
            "{name}: labels from {} ({} of them) at N = {} differ from the portable ones",
            case.start,
            case.expected.len(),
            case.n.get(),
        );
    }
}

#[test]
fn every_kernel_of_this_machine_gives_the_labels_of_the_readable_function() {
    for kernel in LabelKernel::all_available() {
        // One scratch for all cases: it must not matter what is in it, nor for which N it was made.
        let mut scratch = Scratch::new();
        check(kernel.name(), |case| {
            let mut out = vec![[0; 32]; case.expected.len()];
            labels(
                kernel,
                &case.commitment,
                case.start,
                case.n,
                &mut out,
                &mut scratch,
            )
            .unwrap();
            out
        });
    }
}

#[test]
fn labels_of_several_identities_at_any_index_are_computed_side_by_side() {
    let n = ScryptN::FASTNET;
    let places: Vec<LabelAt> = (0..70_u64)
        .map(|i| LabelAt {
            commitment: Commitment::new(&[i as u8; 32], &[1; 32]),
            index: i.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_sub(1),
        })
        .collect();
    let expected: Vec<Label32> = places
        .iter()
        .map(|place| label32(&place.commitment, place.index, n))
        .collect();
    assert_eq!(places[0].index, u64::MAX, "a verifier refuses no index");
    for kernel in LabelKernel::all_available() {
        let mut out = vec![[0; 32]; places.len()];
        labels_at(kernel, &places, n, &mut out, &mut Scratch::new()).unwrap();
        assert_eq!(out, expected, "{kernel}");
    }
}

#[test]
fn a_range_beyond_the_largest_index_is_refused_and_nothing_is_written() {
    let commitment = Commitment::from_bytes([3; 32]);
    let mut out = [[7; 32]; 2];
    let result = labels(
        LabelKernel::Portable,
        &commitment,
        MAX_LABEL_INDEX,
        ScryptN::FASTNET,
        &mut out,
        &mut Scratch::new(),
    );
    assert_eq!(
        result,
        Err(KernelError::Range {
            start: MAX_LABEL_INDEX,
            count: 2
        })
    );
    assert_eq!(out, [[7; 32]; 2]);
}

#[test]
fn a_kernel_is_chosen_by_name_and_refused_where_the_processor_lacks_it() {
    for kernel in LabelKernel::ALL {
        assert_eq!(kernel.name().parse(), Ok(kernel));
        let mut out = [[0; 32]; 1];
        let commitment = Commitment::from_bytes([3; 32]);
        let result = labels(
            kernel,
            &commitment,
            0,
            ScryptN::FASTNET,
            &mut out,
            &mut Scratch::new(),
        );
        let expected = if kernel.available() {
            Ok(())
        } else {
            Err(KernelError::Unavailable { kernel })
        };
        assert_eq!(result, expected);
    }
    assert!(LabelKernel::all_available().contains(&LabelKernel::detect_best()));
    assert!("sse9".parse::<LabelKernel>().is_err());
}
