//! What a vault has released (02 §3.3).

use super::Vault;
use crate::{Address, LayerId, Smidge};

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

/// Coins that can be drained in a block of layer `layer` from a vault with this balance. `None` if it holds less than it must still keep:
/// then every drain fails. Coins beyond the endowment can be drained at any time.
pub fn drainable(vault: &Vault, balance: Smidge, layer: LayerId) -> Option<Smidge> {
    let kept = vault.total.checked_sub(vested(vault, layer))?;
    balance.checked_sub(kept)
}

impl Vault {
    /// Layer in which the vaults of mainnet's genesis start to release.
    pub const GENESIS_START: LayerId = LayerId(105_120);
    /// Layer in which they have released everything.
    pub const GENESIS_END: LayerId = LayerId(420_480);

    /// The terms of a vault of mainnet's genesis. All 27 were made by this rule (12 §4.5).
    pub const fn of_genesis(owner: Address, total: Smidge) -> Self {
        let initial_unlock = Smidge(total.0 / 4);
        Self {
            owner,
            total,
            initial_unlock,
            start: Self::GENESIS_START,
            end: Self::GENESIS_END,
        }
    }
}
