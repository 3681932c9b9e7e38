//! What applying a layer comes to: everything that the caller commits in one transaction (02 §4.4, §4.6).

use spacemesh_types::{
    Address, BlockId, Hash32, LayerId, Smidge, TransactionId,
    transaction::{ParseTxError, TxHeader},
    wire::{Reward, TransactionResult, TransactionStatus},
};

use crate::Account;

/// Changes that a layer makes. Nothing is changed until the caller commits them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerEffect {
    /// The layer.
    pub layer: LayerId,
    /// Transactions that paid, in order: those that did what they were for and those that failed.
    pub executed: Vec<Executed>,
    /// Transactions without any effect, in order.
    pub ineffective: Vec<Ineffective>,
    /// What smeshers got, by ascending coinbase.
    pub rewards: Vec<Reward>,
    /// Rows to put, in the order of their first change.
    pub accounts: Vec<Account>,
    /// Hash over `accounts`.
    pub state_hash: Hash32,
    /// Fees of all executed transactions.
    pub fees: Smidge,
    /// Coins that came into being: the layer's subsidy, or nothing if there is no reward to pay.
    pub issued: Smidge,
    /// Coins that ceased to be: of fees and subsidy what no coinbase got.
    pub burnt: Smidge,
    /// What takes it back.
    pub undo: Undo,
}

impl LayerEffect {
    /// Names the block in all results. A node that executes a block's transactions before it knows the block (02 §4.8) calls this
    /// afterwards.
    pub fn set_block(&mut self, block: BlockId) {
        for executed in &mut self.executed {
            executed.result.block = block;
        }
    }

    /// Ids of the executed transactions in order: what a block made from this effect lists.
    pub fn executed_ids(&self) -> Vec<TransactionId> {
        self.executed.iter().map(|executed| executed.id).collect()
    }
}

/// A transaction that paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed {
    /// Its id.
    pub id: TransactionId,
    /// The record to store beside it.
    pub header: TxHeader,
    /// The record of what happened.
    pub result: TransactionResult,
}

impl Executed {
    /// Whether it did what it was for.
    pub fn succeeded(&self) -> bool {
        self.result.status == TransactionStatus::SUCCESS
    }
}

/// A transaction that changed nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ineffective {
    /// Its id.
    pub id: TransactionId,
    /// The record to store beside it, if it may be: with a record a transaction is not verified again.
    pub header: Option<TxHeader>,
    /// Why.
    pub reason: Ineffectiveness,
}

/// Why a transaction had no effect, in the order of the checks (02 §4.4).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Ineffectiveness {
    /// It is no transaction of its principal as the account is.
    #[error("failed to parse: {0}")]
    Unparsed(#[from] ParseTxError),
    /// It offers nothing for gas.
    #[error("gas price is zero")]
    NoGasPrice,
    /// The balance, in smidge, is below the gas for parsing and verifying.
    #[error("a balance of {balance} smidge does not cover {intrinsic_gas} units of intrinsic gas")]
    IntrinsicGas {
        /// The principal's balance.
        balance: Smidge,
        /// Gas for parsing and verifying.
        intrinsic_gas: u64,
    },
    /// The block has not that much gas left.
    #[error("{max_gas} units of gas do not fit the {left} that the block has left")]
    BlockGas {
        /// What it needs.
        max_gas: u64,
        /// What is left.
        left: u64,
    },
    /// The signatures are not the account's.
    #[error("not signed by its account")]
    Signature,
    /// The nonce is used up.
    #[error("nonce {nonce} is below the account's next, {next}")]
    Nonce {
        /// Its nonce.
        nonce: u64,
        /// The account's next.
        next: u64,
    },
}

/// The rows that a layer replaced: putting them back reverts it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Undo(Vec<(Address, Option<Account>)>);

impl Undo {
    pub(crate) fn push(&mut self, address: Address, before: Option<Account>) {
        self.0.push((address, before));
    }

    /// Each changed account, once, with its row before the layer; `None` where there was none and the row must go.
    pub fn rows(&self) -> &[(Address, Option<Account>)] {
        &self.0
    }
}
