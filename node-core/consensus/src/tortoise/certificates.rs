//! Which hare result of a layer counts, when hare and certificates tell several (08 §13.4, §13.9).

use spacemesh_types::BlockId;

/// A row of the table of certificates: a layer's hare result, with or without a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CertificateRow {
    /// The block; zero for an empty layer.
    pub block: BlockId,
    /// Whether it counts.
    pub valid: bool,
    /// Whether a certificate is stored with it.
    pub certificate: bool,
}

/// What to do with the result of our own hare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HareDecision {
    /// A row to add to the layer's rows. Rows are never overwritten.
    pub insert: Option<CertificateRow>,
    /// Whether the tortoise is told, which it is also while another block holds the valid row (08 Trap 31).
    pub tell_tortoise: bool,
}

/// Decides about hare's result `block` (zero for an empty layer) in a layer with `rows`.
pub fn save_hare_output(rows: &[CertificateRow], block: BlockId) -> HareDecision {
    let known = rows.iter().any(|row| row.block == block);
    let valid = rows.iter().any(|row| row.valid);
    let row = CertificateRow {
        block,
        valid: !valid,
        certificate: false,
    };
    HareDecision {
        insert: (!known).then_some(row),
        tell_tortoise: rows.len() < 2,
    }
}

/// The hare result of a layer with `rows`: the valid block, zero if several are valid, none if none is.
pub fn valid_hare_output(rows: &[CertificateRow]) -> Option<BlockId> {
    let mut valid = rows.iter().filter(|row| row.valid);
    let first = valid.next()?;
    Some(if valid.next().is_some() {
        BlockId::ZERO
    } else {
        first.block
    })
}
