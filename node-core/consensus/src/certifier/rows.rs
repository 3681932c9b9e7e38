//! What the store holds about the output of a layer, and how it changes (07 §7.18 to §7.20). One row per layer and block.

use spacemesh_types::{BlockId, LayerId};

/// A row of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateRow {
    /// The block; zero for an empty layer.
    pub block: BlockId,
    /// Bytes of the certificate; 0 for a plain output of hare.
    pub certificate_size: usize,
    /// Whether the row counts.
    pub valid: bool,
}

/// How saving a certificate changes the rows of its layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateSave {
    /// The row to write: the certificate's block, valid, with the certificate.
    pub block: BlockId,
    /// Rows of other blocks with their validity from now on. One transaction with the row above.
    pub others: Vec<(BlockId, bool)>,
    /// Another block has a certificate that holds: tell the tortoise that the layer is empty, and count the saving as failed. The
    /// certificate is marked as saved in the certifier all the same.
    pub conflict: bool,
}

/// Saves a certificate for `block`. `still_holds` checks the stored certificate of another block again; a plain output of hare never
/// holds against a certificate.
pub fn certificate_save(
    rows: &[CertificateRow],
    block: BlockId,
    mut still_holds: impl FnMut(BlockId) -> bool,
) -> CertificateSave {
    let others: Vec<(BlockId, bool)> = rows
        .iter()
        .filter(|row| row.block != block)
        .map(|row| {
            (
                row.block,
                row.certificate_size > 0 && still_holds(row.block),
            )
        })
        .collect();
    CertificateSave {
        block,
        conflict: others.iter().any(|&(_, valid)| valid),
        others,
    }
}

/// How the output of hare changes the rows of its layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HareOutputSave {
    /// The validity of a row to insert for the block, without certificate; none if its row exists.
    pub insert: Option<bool>,
    /// Whether the tortoise is told of the block, after the row is written.
    pub tell_tortoise: bool,
}

/// Saves the output of hare, `block` or zero (07 §7.20, `ProcessLayerPerHareOutput` steps 2 and 3).
pub fn hare_output_save(rows: &[CertificateRow], block: BlockId) -> HareOutputSave {
    let mut by_size = rows.to_vec();
    by_size.sort_by_key(|row| std::cmp::Reverse(row.certificate_size));
    let mut insert = Some(true);
    for row in &by_size {
        if row.block == block {
            insert = None;
            break;
        }
        if row.valid {
            insert = Some(false);
            break;
        }
    }
    HareOutputSave {
        insert,
        tell_tortoise: rows.len() <= 1,
    }
}

/// The output of hare of a layer, as the proposal builder and recovery read it: the block of the only valid row, zero if there are
/// several, none if there is none.
pub fn layer_output(rows: &[CertificateRow]) -> Option<BlockId> {
    let mut valid = rows.iter().filter(|row| row.valid);
    let first = valid.next()?;
    Some(match valid.next() {
        None => first.block,
        Some(_) => BlockId::ZERO,
    })
}

/// The block that a peer is told when it asks for the opinion on a layer: that of a valid row with a certificate, the last of several.
pub fn opinion_block(rows: &[CertificateRow]) -> Option<BlockId> {
    let certified = rows
        .iter()
        .filter(|row| row.valid && row.certificate_size > 0);
    certified.map(|row| row.block).next_back()
}

/// The first layer whose certificates are kept; those of earlier layers are cleared, their rows stay. In a young network that is the
/// first layer of all (07, Trap 27).
pub fn prune_before(current: LayerId, hdist: u32) -> LayerId {
    LayerId(current.0.saturating_sub(hdist))
}
