//! From the result of hare to a block (07 §7.15 to §7.17).
//!
//! Keeps true: nodes with the same proposals, transactions and mesh make the same block, byte for byte; a layer is executed in advance
//! only when every earlier one is applied; what cannot be made is left to the syncer.

mod generator; // results in, blocks out: 7.15; start here

mod contents; // height, rewards and mode: 7.15, steps 3 and 4
mod order; // transactions in a block: 7.16
mod twister; // the generator of the reference's shuffle: 7.16

mod synced; // blocks from peers: 7.17

#[cfg(test)]
mod tests;

pub use contents::{
    AtxFacts, BlockContents, BlockSource, ContentsError, Mode, ProposalFacts, TransactionFacts,
    contents_of, mesh_hash_majority, reward_weight,
};
pub use generator::{
    Failure, Generator, GeneratorConfig, GeneratorEffect, GeneratorInput, LAYERS_MAX,
};
pub use order::{
    OrderedTransaction, TRANSACTIONS_PER_NONCE_MAX, TRANSACTIONS_PER_PRINCIPAL_MAX,
    order_transactions,
};
pub use synced::{BlockRejection, SyncedBlock, SyncedBlockView, SyncedStep};
pub use twister::Twister;
