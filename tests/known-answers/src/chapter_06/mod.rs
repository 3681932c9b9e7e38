//! Chapter 06: VRF proofs, beacon, slots, ballots and proposals, fixed-point arithmetic, the oracle.

mod ballots; // 06-ballot-proposal.json
mod beacon; // 06-beacon.json
mod binomial; // 06-bincdf.json
mod fixed_point; // 06-fixed-point.json
mod oracle; // 06-oracle-eligibility.json
mod recorded; // recorded-epochs.json.gz
mod slots; // 06-eligibility-slots.json
mod vrf; // 06-vrf.json

use spacemesh_types::LayersPerEpoch;

use crate::node::{Malformed, Node};

pub(crate) use ballots::SUITE as BALLOTS;
pub(crate) use beacon::SUITE as BEACON;
pub(crate) use binomial::SUITE as BINOMIAL;
pub(crate) use fixed_point::SUITE as FIXED_POINT;
pub(crate) use oracle::SUITE as ORACLE;
pub(crate) use recorded::SUITE as RECORDED;
pub(crate) use slots::SUITE as SLOTS;
pub(crate) use vrf::SUITE as VRF;

/// A number of 32 bits.
fn number(node: &Node<'_>) -> Result<u32, Malformed> {
    u32::try_from(node.u64()?).map_err(|_| node.malformed("a number of 32 bits"))
}

/// A signed number, as a number or as text.
fn signed(node: &Node<'_>) -> Result<i64, Malformed> {
    if let Some(number) = node.value().as_i64() {
        return Ok(number);
    }
    let text = node.text()?;
    text.parse()
        .map_err(|_| node.malformed("a signed number of 64 bits"))
}

/// A word of up to 128 bits in hexadecimal.
fn word(node: &Node<'_>) -> Result<u128, Malformed> {
    let text = node.text()?;
    u128::from_str_radix(text, 16).map_err(|_| node.malformed("hexadecimal digits"))
}

/// A number of layers that is not zero.
fn layers_per_epoch(node: &Node<'_>) -> Result<LayersPerEpoch, Malformed> {
    LayersPerEpoch::new(number(node)?).ok_or_else(|| node.malformed("a number above zero"))
}
