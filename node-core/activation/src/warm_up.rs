//! From which epoch on the table of ATXs is filled at start (05 §19).

use spacemesh_types::{EpochId, LayerId, LayersPerEpoch};

use crate::{AtxRow, AtxTable};

/// The epoch up to which nothing is loaded: one more than tortoise's window before the last applied layer. None if that is not positive.
pub fn warm_up_watermark(
    last_applied: LayerId,
    window_layers: u32,
    layers_per_epoch: LayersPerEpoch,
) -> Option<EpochId> {
    let window = window_layers.div_ceil(layers_per_epoch.get());
    let applied = last_applied.epoch(layers_per_epoch);
    let watermark = applied.checked_sub(window)?.checked_sub(1)?;
    Some(watermark).filter(|epoch| *epoch > EpochId::ZERO)
}

/// Adds a stored row to the table of its target epoch, as at start. Returns whether it was added. The identities that misbehaved are added
/// by [`AtxTable::set_malicious`].
///
/// The stored weight is used where there is one: for merged ATXs of several PoETs it differs from what the reference computes again
/// (05 trap 18).
pub fn warm_up_row(table: &mut AtxTable, row: &AtxRow) -> bool {
    let target = row.publish_epoch.target();
    target.is_some_and(|target| table.add(target, row.id, &row.into(), false))
}
