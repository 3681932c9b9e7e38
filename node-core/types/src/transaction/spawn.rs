//! Spawn arguments: what an account is made of, and the address that follows from it (02 §1.2, §2.2).

use spacemesh_codec::{BoundedVec, Decode, DecodeError, Encode, Input, Output, encode};

use super::Template;
use crate::{Address, LayerId, PublicKey, Smidge, sum};

/// Most keys a multisig or vesting account can have.
pub const KEYS_MAX: usize = 10;

/// The signers of a multisig or vesting account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Members {
    /// How many must sign, at least one.
    pub required: u8,
    /// Their keys. The order is part of the address.
    pub keys: BoundedVec<PublicKey, KEYS_MAX>,
}

/// The terms of a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Vault {
    /// The vesting account that may drain it.
    pub owner: Address,
    /// What is released in the end.
    pub total: Smidge,
    /// Has no effect any more but is part of the address. Mainnet's vaults have a quarter of `total`, rounded down.
    pub initial_unlock: Smidge,
    /// The last layer in which nothing is released.
    pub start: LayerId,
    /// The first layer in which all is released.
    pub end: LayerId,
}

/// The arguments of one template. Equal to the account's stored state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpawnArgs {
    /// One key.
    Wallet(PublicKey),
    /// Several keys.
    Multisig(Members),
    /// Several keys that may drain vaults.
    Vesting(Members),
    /// A vault.
    Vault(Vault),
}

/// Arguments that decode but that no account can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpawnArgsError {
    /// Nobody would have to sign.
    #[error("0 signatures required: at least one is needed")]
    NoneRequired,
    /// More signatures than keys.
    #[error("{required} signatures required of {keys} keys: add keys or require fewer")]
    TooFewKeys {
        /// Signatures required.
        required: u8,
        /// Keys given.
        keys: usize,
    },
    /// More keys than the template can hold.
    #[error("{found} keys: an account has at most {KEYS_MAX}")]
    TooManyKeys {
        /// Keys given.
        found: usize,
    },
    /// A vault that would release more at first than in the end.
    #[error("the initial unlock of {initial_unlock} smidge is more than the total of {total}")]
    InitialUnlock {
        /// The initial unlock.
        initial_unlock: Smidge,
        /// The total.
        total: Smidge,
    },
    /// A vault that ends before it starts.
    #[error("vesting ends in layer {end}, before its start in layer {start}")]
    EndsBeforeStart {
        /// First layer of vesting.
        start: LayerId,
        /// Last layer of vesting.
        end: LayerId,
    },
}

impl SpawnArgs {
    /// A multisig account.
    ///
    /// # Errors
    ///
    /// What [`validate`](Self::validate) finds, or too many keys.
    pub fn multisig(required: u8, keys: Vec<PublicKey>) -> Result<Self, SpawnArgsError> {
        Self::Multisig(Members::new(required, keys)?).validated()
    }

    /// A vesting account.
    ///
    /// # Errors
    ///
    /// What [`validate`](Self::validate) finds, or too many keys.
    pub fn vesting(required: u8, keys: Vec<PublicKey>) -> Result<Self, SpawnArgsError> {
        Self::Vesting(Members::new(required, keys)?).validated()
    }

    /// A vault.
    ///
    /// # Errors
    ///
    /// What [`validate`](Self::validate) finds.
    pub fn vault(vault: Vault) -> Result<Self, SpawnArgsError> {
        Self::Vault(vault).validated()
    }

    fn validated(self) -> Result<Self, SpawnArgsError> {
        self.validate().map(|()| self)
    }

    /// The template.
    pub const fn template(&self) -> Template {
        match self {
            Self::Wallet(_) => Template::Wallet,
            Self::Multisig(_) => Template::Multisig,
            Self::Vesting(_) => Template::Vesting,
            Self::Vault(_) => Template::Vault,
        }
    }

    /// Checks what the network checks beyond decoding (02 §2.5, end). Equal keys are allowed.
    ///
    /// # Errors
    ///
    /// The first rule that doesn't hold.
    pub fn validate(&self) -> Result<(), SpawnArgsError> {
        match self {
            Self::Wallet(_) => Ok(()),
            Self::Multisig(members) | Self::Vesting(members) => members.validate(),
            Self::Vault(vault) => vault.validate(),
        }
    }

    /// Address of the account: four zero bytes and the last 20 of the digest of template and arguments.
    pub fn address(&self) -> Address {
        Address::generate(&sum([self.template().address().as_ref(), encode(self).as_slice()]).0)
    }

    /// The keys that sign for the account, in order; none for a vault.
    pub fn keys(&self) -> &[PublicKey] {
        match self {
            Self::Wallet(key) => std::slice::from_ref(key),
            Self::Multisig(members) | Self::Vesting(members) => members.keys.as_slice(),
            Self::Vault(_) => &[],
        }
    }

    /// How many of the keys must sign; 0 for a vault, which can't.
    pub const fn required(&self) -> u8 {
        match self {
            Self::Wallet(_) => 1,
            Self::Multisig(members) | Self::Vesting(members) => members.required,
            Self::Vault(_) => 0,
        }
    }

    /// Bytes that the signatures of a transaction of this account take.
    pub fn signatures_size(&self) -> usize {
        match self {
            Self::Wallet(_) => crate::EdSignature::SIZE,
            Self::Multisig(members) | Self::Vesting(members) => {
                super::SIGNATURE_PART_SIZE * usize::from(members.required)
            }
            Self::Vault(_) => 0,
        }
    }

    /// Reads the arguments of a template from the front of `input`. Not validated.
    ///
    /// # Errors
    ///
    /// The bytes are no arguments of this template.
    pub fn decode_from(template: Template, input: &mut Input<'_>) -> Result<Self, DecodeError> {
        match template {
            Template::Wallet => PublicKey::decode_from(input).map(Self::Wallet),
            Template::Multisig => Members::decode_from(input).map(Self::Multisig),
            Template::Vesting => Members::decode_from(input).map(Self::Vesting),
            Template::Vault => Vault::decode_from(input).map(Self::Vault),
        }
    }
}

/// The arguments without the template.
impl Encode for SpawnArgs {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        match self {
            Self::Wallet(key) => key.encode_to(out),
            Self::Multisig(members) | Self::Vesting(members) => members.encode_to(out),
            Self::Vault(vault) => vault.encode_to(out),
        }
    }
}

impl Members {
    fn new(required: u8, keys: Vec<PublicKey>) -> Result<Self, SpawnArgsError> {
        let found = keys.len();
        Ok(Self {
            required,
            keys: keys
                .try_into()
                .map_err(|_| SpawnArgsError::TooManyKeys { found })?,
        })
    }

    fn validate(&self) -> Result<(), SpawnArgsError> {
        if self.required == 0 {
            return Err(SpawnArgsError::NoneRequired);
        }
        if self.keys.len() < usize::from(self.required) {
            return Err(SpawnArgsError::TooFewKeys {
                required: self.required,
                keys: self.keys.len(),
            });
        }
        Ok(())
    }
}

impl Vault {
    fn validate(&self) -> Result<(), SpawnArgsError> {
        if self.initial_unlock > self.total {
            return Err(SpawnArgsError::InitialUnlock {
                initial_unlock: self.initial_unlock,
                total: self.total,
            });
        }
        if self.end < self.start {
            return Err(SpawnArgsError::EndsBeforeStart {
                start: self.start,
                end: self.end,
            });
        }
        Ok(())
    }
}
