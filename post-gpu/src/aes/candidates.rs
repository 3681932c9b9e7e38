//! What the vector kernels share, all but the cipher itself: labels in steps of a kernel's width, the list of possible hits that the first
//! step fills, and the test of the second.

use super::GroupKeys;
use super::key::RoundKeys;
use crate::difficulty::{LOW_56, ProvingDifficulty};

/// The list of candidates while a kernel fills it: byte positions in the output of the group cipher, ascending.
pub(super) struct Candidates<'a> {
    positions: &'a mut [u32],
    len: usize,
}

impl Candidates<'_> {
    /// Appends the positions of the bits of `mask`, `base` added, a position being a bit's number divided by `2^SHIFT`. No branch is taken
    /// unless two bits are set, because on public networks a mask of 64 has a bit in one of four cases, which no predictor can guess.
    #[inline(always)]
    pub(super) fn append<const SHIFT: u32>(&mut self, base: u32, mut mask: u64) {
        self.positions[self.len] = base + (mask.trailing_zeros() >> SHIFT);
        self.len += usize::from(mask != 0);
        mask &= mask.wrapping_sub(1);
        while mask != 0 {
            self.positions[self.len] = base + (mask.trailing_zeros() >> SHIFT);
            self.len += 1;
            mask &= mask - 1;
        }
    }
}

/// Calls `step` with `WIDTH` labels, the position of their first byte and the list; the last labels are padded to a whole step. Returns how
/// many candidates were found. Inlined, so that `step` is compiled with the processor features of the kernel that calls this.
#[inline(always)]
pub(super) fn collect<const WIDTH: usize>(
    labels: &[[u8; 16]],
    positions: &mut [u32],
    mut step: impl FnMut(&[[u8; 16]; WIDTH], u32, &mut Candidates<'_>),
) -> usize {
    let (wide, rest) = labels.as_chunks();
    let mut found = Candidates { positions, len: 0 };
    let mut base = 0;
    for labels in wide {
        step(labels, base, &mut found);
        base += 16 * WIDTH as u32;
    }
    if !rest.is_empty() {
        let mut padded = [[0; 16]; WIDTH];
        padded[..rest.len()].copy_from_slice(rest);
        step(&padded, base, &mut found);
    }
    // Positions ascend, so those of the padding are last.
    let end = 16 * labels.len() as u32;
    let Candidates { positions, len } = found;
    len - positions[..len]
        .iter()
        .rev()
        .take_while(|position| **position >= end)
        .count()
}

/// As [`super::portable::check`] for a byte that is known not to be above `msb`. `encrypt` is a kernel's; its blocks are little-endian numbers.
#[inline(always)]
pub(super) fn confirm(
    keys: &GroupKeys,
    nonce: u8,
    difficulty: ProvingDifficulty,
    label: &[u8; 16],
    encrypt: impl Fn(&RoundKeys, &[u8; 16]) -> u128,
) -> bool {
    let nonce = usize::from(nonce % 16);
    if difficulty.msb > 0 {
        let bytes = encrypt(&keys.group.rounds, label).to_le_bytes();
        if bytes[nonce] < difficulty.msb {
            return true;
        }
    }
    encrypt(&keys.lazy[nonce].rounds, label) as u64 & LOW_56 < difficulty.lsb
}
