//! The reference's checks of a transaction in their order (02 §2.5).

use spacemesh_codec::{Decode, DecodeError, Input};

use super::{
    Call, METHOD_DRAIN, METHOD_SPAWN, METHOD_SPEND, Signatures, SpawnArgs, SpawnArgsError,
    TX_SIZE_MAX, Template, Transaction, TxHeader, max_gas, signing_message,
};
use crate::{Address, EdSignature, Hash20, PublicKey, Smidge};

/// Bytes that are no transaction of their principal. Such a transaction has no effect and pays nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseTxError {
    /// Longer than [`TX_SIZE_MAX`].
    #[error("{found} bytes are more than a transaction's {TX_SIZE_MAX}")]
    TooLong {
        /// Length found.
        found: usize,
    },
    /// The bytes don't decode.
    #[error("malformed transaction: {0}")]
    Malformed(#[from] DecodeError),
    /// A version this network doesn't have.
    #[error("transaction version {0}: only 0 is known")]
    Version(u8),
    /// A template that isn't one of the four.
    #[error("{0} is not the address of an account template")]
    UnknownTemplate(Address),
    /// A method that the account's template doesn't have.
    #[error("accounts of this kind ({template:?}) have no method {method}")]
    UnknownMethod {
        /// The template asked.
        template: Template,
        /// The method's number.
        method: u8,
    },
    /// The principal has to be spawned first.
    #[error("account is not spawned")]
    NotSpawned,
    /// Spawn arguments no account can be made of.
    #[error("spawn arguments: {0}")]
    Args(#[from] SpawnArgsError),
}

/// What a parsed transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The principal spawns itself.
    SelfSpawn,
    /// The principal spawns another account.
    SpawnOther,
    /// The principal pays.
    Spend,
    /// The principal lets one of its vaults pay.
    Drain,
}

/// A transaction that passed all checks but that of its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The record to store.
    pub header: TxHeader,
    /// What it does.
    pub call: Call,
    /// What it is.
    pub kind: Kind,
    /// The account whose keys verify it: the arguments of a self-spawn, else the principal's state.
    pub signer: SpawnArgs,
    /// Where the signatures start.
    pub signatures_offset: usize,
}

/// The principal of a transaction, to load its account before [`parse`]: checks 1 to 4.
///
/// # Errors
///
/// Too long, no version 0, no principal or no method.
pub fn principal_of(raw: &[u8]) -> Result<Address, ParseTxError> {
    envelope(&mut Input::new(raw)).map(|(principal, _)| principal)
}

/// Parses a transaction. `account` is the state of the principal's account if it is spawned.
///
/// Bytes after the signatures are not an error here: the signed message is cut from the end, so verification decides (02 §2.4).
///
/// # Errors
///
/// The first of the reference's checks that fails.
pub fn parse(raw: &[u8], account: Option<&SpawnArgs>) -> Result<Parsed, ParseTxError> {
    let mut input = Input::new(raw);
    let (principal, method) = envelope(&mut input)?;
    let target = if method == METHOD_SPAWN {
        let address = Address::decode_from(&mut input)?;
        Some(Template::from_address(&address).ok_or(ParseTxError::UnknownTemplate(address))?)
    } else {
        None
    };
    let handler = account
        .map(SpawnArgs::template)
        .or(target)
        .ok_or(ParseTxError::NotSpawned)?;
    // A vault has neither nonce nor price.
    let (nonce, gas_price) = if handler == Template::Vault {
        (0, 0)
    } else {
        (u64::decode_from(&mut input)?, u64::decode_from(&mut input)?)
    };
    let call = call(target.unwrap_or(handler), method, &mut input)?;
    let (kind, signer) = match &call {
        Call::Spawn(args) if args.address() == principal => {
            args.validate()?;
            (Kind::SelfSpawn, args.clone())
        }
        Call::Spawn(args) => {
            let account = account.ok_or(ParseTxError::NotSpawned)?;
            args.validate()?;
            (Kind::SpawnOther, account.clone())
        }
        Call::Spend { .. } => (
            Kind::Spend,
            account.ok_or(ParseTxError::NotSpawned)?.clone(),
        ),
        Call::Drain { .. } => (
            Kind::Drain,
            account.ok_or(ParseTxError::NotSpawned)?.clone(),
        ),
    };
    let header = TxHeader {
        principal,
        template: target.unwrap_or(handler).address(),
        method,
        nonce,
        layer_min: 0,
        layer_max: 0,
        max_gas: max_gas(&signer, &call, kind == Kind::SelfSpawn, raw.len()),
        gas_price,
        max_spend: if handler == Template::Vault {
            Smidge::ZERO
        } else {
            call.max_spend()
        },
    };
    Ok(Parsed {
        header,
        call,
        kind,
        signer,
        signatures_offset: input.offset(),
    })
}

impl Transaction {
    /// Reads a transaction whose principal isn't a vault from the front of `raw`, without knowing the principal's account. Returns the
    /// bytes it took; signatures may follow. Spawn arguments are validated.
    ///
    /// For people and devices that look at what they sign; the network's rule is [`parse`].
    ///
    /// # Errors
    ///
    /// No transaction of a wallet, multisig or vesting account.
    pub fn decode_prefix(raw: &[u8]) -> Result<(Self, usize), ParseTxError> {
        let mut input = Input::new(raw);
        let (principal, method) = envelope(&mut input)?;
        let target = if method == METHOD_SPAWN {
            let address = Address::decode_from(&mut input)?;
            Template::from_address(&address).ok_or(ParseTxError::UnknownTemplate(address))?
        } else {
            // Has every method that an account which signs can have.
            Template::Vesting
        };
        let (nonce, gas_price) = (u64::decode_from(&mut input)?, u64::decode_from(&mut input)?);
        let call = call(target, method, &mut input)?;
        if let Call::Spawn(args) = &call {
            args.validate()?;
        }
        Ok((
            Self {
                principal,
                call,
                nonce,
                gas_price,
            },
            input.offset(),
        ))
    }
}

impl Parsed {
    /// Whether the transaction is signed as the network wants it. `verify` tells whether a key signed a message, by the rule of 02 §1.3.
    pub fn is_signed(
        &self,
        raw: &[u8],
        genesis_id: Hash20,
        verify: impl Fn(&PublicKey, &[u8], &EdSignature) -> bool,
    ) -> bool {
        let Some((signatures, size)) = self.signatures(raw) else {
            return false;
        };
        let Some(unsigned) = raw.len().checked_sub(size).and_then(|end| raw.get(..end)) else {
            return false;
        };
        let message = signing_message(genesis_id, unsigned);
        let keys = self.signer.keys();
        match signatures {
            Signatures::Single(signature) => keys
                .first()
                .is_some_and(|key| verify(key, &message, &signature)),
            Signatures::Several(parts) => {
                parts.is_sorted_by(|a, b| a.key_index < b.key_index)
                    && parts.iter().all(|part| {
                        keys.get(usize::from(part.key_index))
                            .is_some_and(|key| verify(key, &message, &part.signature))
                    })
            }
        }
    }

    /// The signatures and the bytes they took, if there are enough for the account. A vault has none.
    fn signatures(&self, raw: &[u8]) -> Option<(Signatures, usize)> {
        let mut input = Input::new(raw.get(self.signatures_offset..)?);
        let signatures = match &self.signer {
            SpawnArgs::Wallet(_) => Signatures::Single(EdSignature::decode_from(&mut input).ok()?),
            SpawnArgs::Multisig(members) | SpawnArgs::Vesting(members) => {
                Signatures::decode_several(members.required, &mut input).ok()?
            }
            SpawnArgs::Vault(_) => return None,
        };
        Some((signatures, input.offset()))
    }
}

/// Checks 1 to 4: length, version, principal, method.
fn envelope(input: &mut Input<'_>) -> Result<(Address, u8), ParseTxError> {
    if input.remaining() > TX_SIZE_MAX {
        return Err(ParseTxError::TooLong {
            found: input.remaining(),
        });
    }
    let version = u8::decode_from(input)?;
    if version != 0 {
        return Err(ParseTxError::Version(version));
    }
    Ok((Address::decode_from(input)?, u8::decode_from(input)?))
}

/// Check 9: the arguments, by the template that has the method.
fn call(template: Template, method: u8, input: &mut Input<'_>) -> Result<Call, ParseTxError> {
    let call = match (method, template) {
        (METHOD_SPAWN, template) => SpawnArgs::decode_from(template, input).map(Call::Spawn),
        (METHOD_SPEND, _) => spend(input),
        (METHOD_DRAIN, Template::Vesting) => drain(input),
        (method, template) => return Err(ParseTxError::UnknownMethod { template, method }),
    };
    Ok(call?)
}

fn spend(input: &mut Input<'_>) -> Result<Call, DecodeError> {
    Ok(Call::Spend {
        destination: Address::decode_from(input)?,
        amount: Smidge::decode_from(input)?,
    })
}

fn drain(input: &mut Input<'_>) -> Result<Call, DecodeError> {
    Ok(Call::Drain {
        vault: Address::decode_from(input)?,
        destination: Address::decode_from(input)?,
        amount: Smidge::decode_from(input)?,
    })
}
