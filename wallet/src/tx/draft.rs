//! From a structured wish to the bytes that are signed.

use spacemesh_types::{
    Address, Hash20, Smidge,
    transaction::{Call, SpawnArgs, SpawnArgsError, TX_SIZE_MAX, Template, Transaction, max_gas},
};

use super::PendingTx;

/// What a person wants an account to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Activate the account itself. Needed once before anything else.
    SelfSpawn,
    /// Make another account, for example a vault, and pay for it.
    Spawn(SpawnArgs),
    /// Send coins.
    Spend {
        /// Who gets them.
        destination: Address,
        /// How much.
        amount: Smidge,
    },
    /// Send released coins of a vault that this vesting account owns.
    Drain {
        /// The vault.
        vault: Address,
        /// Who gets them.
        destination: Address,
        /// How much.
        amount: Smidge,
    },
}

/// A wish with everything that the bytes depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The account that signs and pays.
    pub account: SpawnArgs,
    /// What it does.
    pub action: Action,
    /// At least the account's next nonce. 0 for a first self-spawn.
    pub nonce: u64,
    /// Smidge per unit of gas, at least 1. Matters only when blocks are full.
    pub gas_price: u64,
}

/// A wish that makes no transaction the network would take, or none that a person can want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Vaults have no keys.
    #[error("a vault can't sign: drain it from the vesting account that owns it")]
    VaultCannotSign,
    /// Drains are for owners of vaults.
    #[error("only a vesting account can drain a vault")]
    NotVesting,
    /// The network refuses free transactions.
    #[error("gas price 0: at least 1 smidge per unit of gas is needed")]
    FreeGas,
    /// The fee, or fee and amount, pass 2^64: on the network they would wrap to a small number.
    #[error("fee and amount are more than the largest amount there can be: lower the gas price")]
    TooExpensive,
    /// More bytes than a transaction may have; ten of ten signers leave room for a gas price below 64.
    #[error(
        "{found} bytes with signatures, at most {TX_SIZE_MAX} are allowed: lower gas price or nonce, or use fewer keys"
    )]
    TooLong {
        /// Bytes with signatures.
        found: usize,
    },
    /// An address that no account can have. The network would take the coins and nobody could move them.
    #[error(
        "{address} is no account's address (the first four bytes are not zero): coins sent there are lost"
    )]
    LostCoins {
        /// The address.
        address: Address,
    },
    /// Arguments no account can be made of.
    #[error(transparent)]
    Args(#[from] SpawnArgsError),
}

impl Draft {
    /// The transaction, ready for signatures, on the network with this genesis id.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build(&self, genesis_id: Hash20) -> Result<PendingTx, BuildError> {
        let transaction = self.transaction()?;
        self.spending()?;
        Ok(PendingTx::new(
            genesis_id,
            self.account.clone(),
            &transaction,
        ))
    }

    /// Gas of the transaction, with the real sizes of all its numbers.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn max_gas(&self) -> Result<u64, BuildError> {
        let transaction = self.transaction()?;
        let self_spawn = matches!(self.action, Action::SelfSpawn);
        let size = transaction.to_bytes().len() + self.account.signatures_size();
        Ok(max_gas(&self.account, &transaction.call, self_spawn, size))
    }

    /// The fee: all of it is paid, also when the transaction fails.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn fee(&self) -> Result<Smidge, BuildError> {
        self.max_gas()?
            .checked_mul(self.gas_price)
            .map(Smidge)
            .ok_or(BuildError::TooExpensive)
    }

    /// What leaves the account at most: the fee, and the amount of a payment.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn spending(&self) -> Result<Smidge, BuildError> {
        let amount = match &self.action {
            Action::Spend { amount, .. } => *amount,
            Action::SelfSpawn | Action::Spawn(_) | Action::Drain { .. } => Smidge::ZERO,
        };
        self.fee()?
            .checked_add(amount)
            .ok_or(BuildError::TooExpensive)
    }

    /// The transaction without signatures.
    fn transaction(&self) -> Result<Transaction, BuildError> {
        self.account.validate()?;
        if self.account.template() == Template::Vault {
            return Err(BuildError::VaultCannotSign);
        }
        if self.gas_price == 0 {
            return Err(BuildError::FreeGas);
        }
        let call = match &self.action {
            Action::SelfSpawn => Call::Spawn(self.account.clone()),
            Action::Spawn(args) => {
                args.validate()?;
                Call::Spawn(args.clone())
            }
            Action::Spend {
                destination,
                amount,
            } => Call::Spend {
                destination: usable(*destination)?,
                amount: *amount,
            },
            Action::Drain {
                vault,
                destination,
                amount,
            } => {
                if self.account.template() != Template::Vesting {
                    return Err(BuildError::NotVesting);
                }
                Call::Drain {
                    vault: usable(*vault)?,
                    destination: usable(*destination)?,
                    amount: *amount,
                }
            }
        };
        let transaction = Transaction {
            principal: self.account.address(),
            call,
            nonce: self.nonce,
            gas_price: self.gas_price,
        };
        let found = transaction.to_bytes().len() + self.account.signatures_size();
        if found > TX_SIZE_MAX {
            return Err(BuildError::TooLong { found });
        }
        Ok(transaction)
    }
}

/// The smallest balance with which an account can activate itself, at a gas price: the fee of its self-spawn with nonce 0.
///
/// # Errors
///
/// See [`BuildError`].
pub fn activation_fee(account: &SpawnArgs, gas_price: u64) -> Result<Smidge, BuildError> {
    Draft {
        account: account.clone(),
        action: Action::SelfSpawn,
        nonce: 0,
        gas_price,
    }
    .fee()
}

fn usable(address: Address) -> Result<Address, BuildError> {
    if address.0.starts_with(&[0; 4]) {
        Ok(address)
    } else {
        Err(BuildError::LostCoins { address })
    }
}
