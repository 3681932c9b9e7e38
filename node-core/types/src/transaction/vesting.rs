//! What a vault has released (02 §3.3).

use super::Vault;
use crate::{LayerId, Smidge};

/// Coins of the vault that are released in a block of layer `layer`. Nothing at `start`, all from `end` on, in between in proportion,
/// rounded down. What the vault holds above the rest of `total` can be drained.
pub fn vested(vault: &Vault, layer: LayerId) -> Smidge {
    if layer >= vault.end {
        return vault.total;
    }
    let (Some(passed), Some(length)) = (layer.since(vault.start), vault.end.since(vault.start))
    else {
        return Smidge::ZERO;
    };
    // `layer` is below `end`, so the length isn't zero and the result is below `total`.
    let released = u128::from(vault.total.0) * u128::from(passed) / u128::from(length);
    Smidge(u64::try_from(released).expect("a part of the total is not more than the total"))
}
