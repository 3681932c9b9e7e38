//! What a transaction does, and its canonical bytes without signatures (02 §2.1, §2.2).

use spacemesh_codec::{Encode, Output, encode};

use super::{SpawnArgs, Template};
use crate::{Address, Smidge};

/// Method number of spawning an account.
pub const METHOD_SPAWN: u8 = 0;
/// Method number of spending coins.
pub const METHOD_SPEND: u8 = 16;
/// Method number of draining a vault.
pub const METHOD_DRAIN: u8 = 17;

/// What the principal wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Make an account: the principal itself, or another one that the principal pays for.
    Spawn(SpawnArgs),
    /// Pay coins.
    Spend {
        /// Who gets them. The network doesn't look at the first four bytes.
        destination: Address,
        /// How much; may be nothing.
        amount: Smidge,
    },
    /// Pay coins that a vault of this vesting account has released.
    Drain {
        /// The vault that pays.
        vault: Address,
        /// Who gets them.
        destination: Address,
        /// How much.
        amount: Smidge,
    },
}

impl Call {
    /// The method's number on the wire.
    pub const fn method(&self) -> u8 {
        match self {
            Self::Spawn(_) => METHOD_SPAWN,
            Self::Spend { .. } => METHOD_SPEND,
            Self::Drain { .. } => METHOD_DRAIN,
        }
    }

    /// The template of the account to spawn.
    pub const fn template(&self) -> Option<Template> {
        match self {
            Self::Spawn(args) => Some(args.template()),
            Self::Spend { .. } | Self::Drain { .. } => None,
        }
    }

    /// The most that the principal loses besides the fee. Coins of a drained vault aren't the principal's.
    pub const fn max_spend(&self) -> Smidge {
        match self {
            Self::Spend { amount, .. } => *amount,
            Self::Spawn(_) | Self::Drain { .. } => Smidge::ZERO,
        }
    }
}

/// A transaction without its signatures. Its principal is not a vault, because those can't sign.
///
/// Encoding gives the canonical bytes, what a wallet signs and sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// The account that signs and pays.
    pub principal: Address,
    /// What is done.
    pub call: Call,
    /// At least the account's next nonce.
    pub nonce: u64,
    /// Smidge per unit of gas, at least one.
    pub gas_price: u64,
}

impl Transaction {
    /// The canonical bytes without signatures.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }
}

impl Encode for Transaction {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        0_u8.encode_to(out); // version
        self.principal.encode_to(out);
        self.call.method().encode_to(out);
        if let Some(template) = self.call.template() {
            template.address().encode_to(out);
        }
        self.nonce.encode_to(out);
        self.gas_price.encode_to(out);
        match &self.call {
            Call::Spawn(args) => args.encode_to(out),
            Call::Spend {
                destination,
                amount,
            } => {
                destination.encode_to(out);
                amount.encode_to(out);
            }
            Call::Drain {
                vault,
                destination,
                amount,
            } => {
                vault.encode_to(out);
                destination.encode_to(out);
                amount.encode_to(out);
            }
        }
    }
}
