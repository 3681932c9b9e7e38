//! The four built-in account templates.

use crate::Address;

/// What kind of account an address is. The template's own address is 23 zero bytes and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Template {
    /// One key.
    Wallet,
    /// `required` of up to ten keys.
    Multisig,
    /// A multisig that may also drain vaults it owns.
    Vesting,
    /// Coins that are released over time to a vesting account. Never signs.
    Vault,
}

impl Template {
    /// All four, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Wallet, Self::Multisig, Self::Vesting, Self::Vault];

    /// The last byte of the template's address.
    pub const fn number(self) -> u8 {
        match self {
            Self::Wallet => 1,
            Self::Multisig => 2,
            Self::Vesting => 3,
            Self::Vault => 4,
        }
    }

    /// The template's address.
    pub const fn address(self) -> Address {
        let mut bytes = [0; Address::SIZE];
        bytes[Address::SIZE - 1] = self.number();
        Address(bytes)
    }

    /// The template with this address. All 24 bytes count.
    pub fn from_address(address: &Address) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|template| template.address() == *address)
    }
}
