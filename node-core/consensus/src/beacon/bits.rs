//! Votes on the proposals of a first vote, as bits (06 §3.5).

use std::collections::BTreeSet;

use spacemesh_types::wire::BeaconProposalValue;

/// One bit per proposal of `index`, bit j of a big-endian number for the j-th, set for those in `support`. No leading zero byte: the
/// signature covers the bytes (06 trap 25).
pub fn encode_votes(
    index: &[BeaconProposalValue],
    support: &BTreeSet<BeaconProposalValue>,
) -> Vec<u8> {
    let mut bytes: Vec<u8> = index
        .chunks(8)
        .map(|chunk| {
            let bits = chunk.iter().enumerate();
            bits.fold(0, |byte, (bit, value)| {
                byte | u8::from(support.contains(value)) << bit
            })
        })
        .collect();
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    bytes.reverse();
    bytes
}

/// For each proposal of `index` whether its bit is set. Missing bits are zero, surplus ones and leading zero bytes say nothing.
pub fn decode_votes<'a>(
    index: &'a [BeaconProposalValue],
    bytes: &'a [u8],
) -> impl Iterator<Item = (BeaconProposalValue, bool)> + 'a {
    index.iter().enumerate().map(|(bit, value)| {
        let byte = bytes.iter().rev().nth(bit / 8).copied().unwrap_or(0);
        (*value, byte >> (bit % 8) & 1 == 1)
    })
}
