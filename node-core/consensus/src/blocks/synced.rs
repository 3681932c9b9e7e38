//! Blocks that were asked for by hash (07 §7.17).

use std::collections::BTreeSet;

use spacemesh_codec::{DecodeError, decode_exact};
use spacemesh_types::{AtxId, BlockId, Hash32, LayerId, TransactionId, wire::Block};

/// Why the peer that sent a block is disconnected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockRejection {
    /// No block.
    #[error("the bytes are no block: {0}; ask another peer")]
    Malformed(DecodeError),
    /// Another block.
    #[error("block {block} was sent where {requested} was asked for; ask another peer")]
    OtherBlock {
        /// What came.
        block: BlockId,
        /// What was asked for.
        requested: Hash32,
    },
    /// A block before the first layer.
    #[error("the block is of layer {layer}, the first with blocks is {first}")]
    BeforeGenesis {
        /// Its layer.
        layer: LayerId,
        /// The first possible one.
        first: LayerId,
    },
    /// Nobody is rewarded.
    #[error("the block rewards nobody")]
    NoRewards,
    /// A share with a zero in it.
    #[error("the share of ATX {0} has a zero above or below the line")]
    ZeroShare(AtxId),
    /// An ATX is rewarded twice.
    #[error("ATX {0} is rewarded twice")]
    RepeatedReward(AtxId),
}

/// What is known here when a block arrives.
pub trait SyncedBlockView {
    /// Whether the block is stored. An error of the store counts as no.
    fn has_block(&self, id: BlockId) -> bool;
    /// Whether the tortoise knows an ATX for the epoch of `layer`.
    fn has_atx(&self, layer: LayerId, id: AtxId) -> bool;
    /// Whether a transaction is stored.
    fn has_transaction(&self, id: TransactionId) -> bool;
}

/// What comes next for a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncedStep {
    /// It is stored: success, nothing to do.
    Stored,
    /// Get these ATXs from the peer that sent the block, then ask again. A failure is no fault of the peer.
    FetchAtxs(Vec<AtxId>),
    /// A transaction stands in it twice: an error, but no fault of the peer.
    RepeatedTransaction(TransactionId),
    /// Get these transactions, then ask again. A failure is no fault of the peer.
    FetchTransactions(Vec<TransactionId>),
    /// Add it: to the tortoise first and then to the store.
    Add,
}

/// A block from a peer that may be added once what it names is here. Height, weights, gas and upper layer are not checked: the tortoise
/// decides about such blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncedBlock {
    /// Its id.
    pub id: BlockId,
    /// The block.
    pub block: Block,
}

impl SyncedBlock {
    /// Checks bytes that came for the `requested` hash, the padded id.
    ///
    /// # Errors
    ///
    /// The first rule that is broken: disconnect the peer.
    pub fn check(
        bytes: &[u8],
        requested: Hash32,
        effective_genesis: LayerId,
    ) -> Result<Self, BlockRejection> {
        let block: Block = decode_exact(bytes).map_err(BlockRejection::Malformed)?;
        let id = block.id();
        if id.to_hash32() != requested {
            return Err(BlockRejection::OtherBlock {
                block: id,
                requested,
            });
        }
        if block.layer <= effective_genesis {
            return Err(BlockRejection::BeforeGenesis {
                layer: block.layer,
                first: LayerId(effective_genesis.0.saturating_add(1)),
            });
        }
        if block.rewards.is_empty() {
            return Err(BlockRejection::NoRewards);
        }
        let mut rewarded = BTreeSet::new();
        for reward in &block.rewards {
            if reward.weight.num == 0 || reward.weight.denom == 0 {
                return Err(BlockRejection::ZeroShare(reward.atx_id));
            }
            if !rewarded.insert(reward.atx_id) {
                return Err(BlockRejection::RepeatedReward(reward.atx_id));
            }
        }
        Ok(Self { id, block })
    }

    /// What is to be done now.
    pub fn next_step(&self, view: &impl SyncedBlockView) -> SyncedStep {
        if view.has_block(self.id) {
            return SyncedStep::Stored;
        }
        let atxs = self.block.rewards.iter().map(|reward| reward.atx_id);
        let missing: Vec<AtxId> = atxs
            .filter(|&id| !view.has_atx(self.block.layer, id))
            .collect();
        if !missing.is_empty() {
            return SyncedStep::FetchAtxs(missing);
        }
        let mut seen = BTreeSet::new();
        for &id in &self.block.tx_ids {
            if !seen.insert(id) {
                return SyncedStep::RepeatedTransaction(id);
            }
        }
        let txs = self.block.tx_ids.iter().copied();
        let missing: Vec<TransactionId> = txs.filter(|&id| !view.has_transaction(id)).collect();
        if missing.is_empty() {
            SyncedStep::Add
        } else {
            SyncedStep::FetchTransactions(missing)
        }
    }
}
