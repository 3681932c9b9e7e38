//! The record that is stored beside a transaction (02 §2.6).

use spacemesh_codec::{Decode, Encode};

use crate::{Address, Smidge};

/// What the mempool, blocks and the API need to know of a transaction without parsing it again.
///
/// Arithmetic wraps at 2^64 as in the reference: that is consensus (02, Trap 1). Wallets use checked sums before they sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct TxHeader {
    /// The account that signs and pays.
    pub principal: Address,
    /// The template to spawn, or that of the principal.
    pub template: Address,
    /// 0, 16 or 17.
    pub method: u8,
    /// The account's counter.
    pub nonce: u64,
    /// Always 0.
    pub layer_min: u32,
    /// Always 0.
    pub layer_max: u32,
    /// All of it is consumed always.
    pub max_gas: u64,
    /// Smidge per unit of gas.
    pub gas_price: u64,
    /// The most that leaves the account besides the fee.
    pub max_spend: Smidge,
}

impl TxHeader {
    /// Gas times price, wrapping.
    pub const fn fee(&self) -> Smidge {
        Smidge(self.max_gas.wrapping_mul(self.gas_price))
    }

    /// Fee and amount, wrapping.
    pub const fn spending(&self) -> Smidge {
        Smidge(self.fee().0.wrapping_add(self.max_spend.0))
    }
}
