//! What the bytes of a VRF proof decide (01 §3.5, §3.7). Two byte orders occur, as the reference has them.

use std::{cmp::Ordering, fmt};

use spacemesh_types::{LayersPerEpoch, VrfSignature};

/// Bits after the point of a fraction.
pub const FRACTION_BITS: u32 = 56;

/// A number from 0 up to but not including 1, in units of 2^−56. Compared with the binomial distribution (06 §10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VrfFraction(u64);

impl VrfFraction {
    /// The fraction in units of 2^−56.
    pub const fn units(self) -> u64 {
        self.0
    }
}

/// Sign, whole part, `'`, 14 hexadecimal digits: the text form of the reference's fixed-point numbers.
impl fmt::Display for VrfFraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+0'{:014x}", self.0)
    }
}

/// The fraction that decides hare and certifier eligibility: the low 56 bits of the first eight bytes, little-endian.
pub fn vrf_fraction(proof: &VrfSignature) -> VrfFraction {
    VrfFraction(first_u64(proof) & ((1 << FRACTION_BITS) - 1))
}

/// How many layers after the first of the epoch a proposal is due: the first eight bytes, little-endian, modulo the epoch's length.
pub fn layer_in_epoch(proof: &VrfSignature, layers_per_epoch: LayersPerEpoch) -> u32 {
    u32::try_from(first_u64(proof) % u64::from(layers_per_epoch.get()))
        .expect("a remainder is below its 32-bit divisor")
}

/// The value proposed for the beacon: the first four bytes.
pub fn beacon_proposal(proof: &VrfSignature) -> [u8; 4] {
    *proof
        .0
        .first_chunk()
        .expect("a proposal is shorter than a proof")
}

/// All bytes as a **big-endian** integer, to be compared with the beacon's threshold (strictly below passes).
pub const fn beacon_threshold_bytes(proof: &VrfSignature) -> &[u8; VrfSignature::SIZE] {
    &proof.0
}

/// Order of weak coin proofs: all bytes as **little-endian** integers, the last byte most significant.
pub fn weak_coin_order(left: &VrfSignature, right: &VrfSignature) -> Ordering {
    left.0.iter().rev().cmp(right.0.iter().rev())
}

/// The weak coin: the lowest bit of the first byte.
pub const fn weak_coin_bit(proof: &VrfSignature) -> bool {
    proof.0[0] & 1 == 1
}

fn first_u64(proof: &VrfSignature) -> u64 {
    u64::from_le_bytes(
        *proof
            .0
            .first_chunk()
            .expect("eight bytes are fewer than a proof"),
    )
}
