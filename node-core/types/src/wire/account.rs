//! Accounts, executed transactions and rewards as they are stored and hashed (02).

use std::fmt;

use spacemesh_codec::{BoundedBytes, BoundedVec, Decode, Encode};

use crate::{Address, BlockId, LayerId, NodeId, Smidge, TransactionId, transaction::TxHeader};

/// The state of an account after a layer. The hash of a layer's state is over these (02 §4.5).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Account {
    /// Layer in which the account changed last.
    pub layer: LayerId,
    /// Its address.
    pub address: Address,
    /// Nonce that its next transaction needs.
    pub next_nonce: u64,
    /// What it owns.
    pub balance: Smidge,
    /// Its template; none until it is spawned.
    pub template: Option<Address>,
    /// Encoded state of the template; empty until it is spawned.
    pub state: BoundedBytes<10_000>,
}

/// Layers in which a transaction may be applied; both zero for all transactions that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct LayerLimits {
    /// The first.
    pub min: u32,
    /// The last; zero for no limit.
    pub max: u32,
}

/// Whether a transaction did what it was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct TransactionStatus(pub u8);

impl TransactionStatus {
    /// It did.
    pub const SUCCESS: Self = Self(0);
    /// It paid its fee and did nothing else.
    pub const FAILURE: Self = Self(1);
}

impl fmt::Display for TransactionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::SUCCESS => f.write_str("success"),
            Self::FAILURE => f.write_str("failure"),
            Self(other) => write!(f, "status {other}"),
        }
    }
}

/// What executing a transaction came to.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TransactionResult {
    /// Success or failure.
    pub status: TransactionStatus,
    /// Reason of a failure.
    pub message: BoundedBytes<1024>,
    /// Gas consumed.
    pub gas: u64,
    /// Fee paid.
    pub fee: Smidge,
    /// Block that it was executed in.
    pub block: BlockId,
    /// Layer of the block.
    pub layer: LayerId,
    /// Accounts whose state it touched.
    pub addresses: BoundedVec<Address, 10>,
}

/// A transaction's bytes under their id.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RawTx {
    /// Hash of the bytes.
    pub id: TransactionId,
    /// The bytes as received.
    pub raw: BoundedBytes<4096>,
}

impl RawTx {
    /// The bytes under their id.
    pub fn new(raw: BoundedBytes<4096>) -> Self {
        Self {
            id: crate::transaction::id_of(&raw),
            raw,
        }
    }
}

/// A transaction as it is stored before it is executed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredTransaction {
    /// Id and bytes.
    pub raw: RawTx,
    /// What parsing told; none until it was parsed.
    pub header: Option<TxHeader>,
}

/// A transaction as it is stored after it was executed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TransactionWithResult {
    /// The transaction.
    pub transaction: StoredTransaction,
    /// Its result.
    pub result: TransactionResult,
}

/// What a smesher got for a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Reward {
    /// The layer.
    pub layer: LayerId,
    /// Subsidy and fees.
    pub total: Smidge,
    /// Subsidy alone.
    pub subsidy: Smidge,
    /// Account that was credited.
    pub coinbase: Address,
    /// Identity that earned it.
    pub smesher_id: NodeId,
}
