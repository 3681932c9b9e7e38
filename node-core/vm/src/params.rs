//! What the ledger's rules need to know of a network.

use spacemesh_types::{Hash20, Hrp, LayerId, Network};

/// Constants of a network that decide what a block does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Params {
    /// First part of every signed message (02 §2.4).
    pub genesis_id: Hash20,
    /// How addresses are written in messages of failures.
    pub hrp: Hrp,
    /// Issuance counts from here, whatever checkpoint a node started from (02 §5.1).
    pub first_effective_genesis: LayerId,
    /// Blocks of earlier layers cannot be applied.
    pub effective_genesis: LayerId,
    /// Gas that the transactions of one block can consume together.
    pub block_gas_limit: u64,
}

impl Params {
    /// Block gas limit of mainnet and of the public test network; others have none, which is `u64::MAX` (02 §7.2).
    pub const MAINNET_BLOCK_GAS_LIMIT: u64 = 100_107_000;

    /// The constants of `network` with the configured `main.block-gas-limit`.
    pub fn new(network: &Network, block_gas_limit: u64) -> Self {
        Self {
            genesis_id: network.id(),
            hrp: network.hrp.clone(),
            first_effective_genesis: network.first_effective_genesis(),
            effective_genesis: network.effective_genesis,
            block_gas_limit,
        }
    }
}
