//! The ledger: what a layer's block does to accounts, what smeshers are paid, and which transactions wait to be in a block (02).
//!
//! Keeps true: the same block on the same accounts gives the same rows, results and state hash everywhere; nothing that a peer sends can
//! stop a layer from being applied or make anything here grow without limit; no coin appears or vanishes except by issuance and burning.
//!
//! Accounts are behind [`Accounts`]. Applying reads them, changes none, and returns a [`LayerEffect`] for the caller to commit. Which transactions
//! a block has, and in which order (4.8), is decided before and elsewhere; [`Ledger::try_layer`] is for whoever makes a block of what can be executed.

// What the ledger works on.
mod accounts; // rows and where they come from: start here
mod genesis; // the first rows, 7.2
mod params; // what the rules need to know of a network

// Executing one transaction.
mod context; // what a transaction may do to accounts, 4.3
mod failure; // why a transaction pays and does nothing, 4.4
mod staged; // changes of a layer before they are committed, 4.2
mod templates; // transactions of version 0, 2 and 3
mod version; // which rules a transaction has, 8.6

// Applying one layer.
mod apply; // 4.4
mod effect; // what applying comes to
mod ledger; // accounts in memory, in order, with undo, 4.6
mod rewards; // who gets how much, 5.2
mod state_hash; // 4.5
mod subsidy; // how much is issued, 5.1

// Before a transaction is in a block.
mod admission; // checks of a transaction that arrives, 6.2
pub mod mempool; // what waits, 6
mod pending; // a transaction that waits, which of two is better, and which fit together, 6.3

pub use accounts::{Account, AccountMap, Accounts, AccountsError};
pub use admission::{CheckRefusal, CheckedTx, Verify, check, verify_signature};
pub use apply::{ApplyError, BlockTx, CoinbaseReward, LayerInput, apply_layer};
pub use effect::{Executed, Ineffective, Ineffectiveness, LayerEffect, Undo};
pub use failure::Failure;
pub use genesis::{GenesisLedgerError, genesis_accounts, is_genesis_missing, restored_accounts};
pub use ledger::{Ledger, LedgerError, UNDO_LAYERS_MAX};
pub use params::Params;
pub use pending::PendingTx;
pub use state_hash::{EMPTY_STATE_HASH, state_hash};
pub use subsidy::{TOTAL_SUBSIDY, accumulated_subsidy, subsidy};
