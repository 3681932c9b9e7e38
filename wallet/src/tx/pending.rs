//! A transaction on its way to its signatures (12 §4.4).

use std::collections::BTreeMap;

use spacemesh_codec::decode_prefix;
use spacemesh_types::{
    Address, EdSignature, Hash20, PublicKey, Smidge, TransactionId,
    transaction::{
        Call, ParseTxError, SIGNATURE_PART_SIZE, SignaturePart, Signatures, SpawnArgs, TX_SIZE_MAX,
        Template, Transaction, id_of, max_gas, parse, signing_message,
    },
};

use crate::{SecretSeed, secret::verify};

/// A transaction with the signatures collected so far, all of which fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingTx {
    genesis_id: Hash20,
    account: SpawnArgs,
    transaction: Transaction,
    unsigned: Vec<u8>,
    signatures: BTreeMap<u8, EdSignature>,
}

/// An imported transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedTx {
    /// The transaction with those signatures that fit.
    pub pending: PendingTx,
    /// Signatures that were left out.
    pub rejected: Vec<RejectedPart>,
}

/// A signature that was not taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RejectedPart {
    /// It isn't of this member, this transaction or this network.
    #[error("the signature of member {} does not fit: of another transaction, another network, or another key", .0 + 1)]
    DoesNotFit(u8),
    /// The account has no such member.
    #[error("there is no member {} in this account", .0 + 1)]
    NoMember(u8),
    /// The member's signature was there already.
    #[error("the signature of member {} was there already", .0 + 1)]
    Duplicate(u8),
}

/// Bytes or signatures that don't belong to a transaction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TxError {
    /// No transaction.
    #[error("not a transaction: {0}")]
    Parse(#[from] ParseTxError),
    /// The account isn't in this wallet, so its signatures can't be told apart and checked.
    #[error(
        "the transaction is of an account that is not in this wallet ({principal}): add the account first"
    )]
    UnknownPrincipal {
        /// The account.
        principal: Address,
        /// What the transaction says.
        transaction: Box<Transaction>,
    },
    /// What follows the arguments isn't signatures.
    #[error(
        "{found} bytes follow the transaction: signatures of this account take {expected} each; the file was cut or altered"
    )]
    SignaturesLength {
        /// Bytes found.
        found: usize,
        /// Bytes of one signature.
        expected: usize,
    },
    /// Bytes too many for a transaction.
    #[error("{found} bytes with signatures are more than a transaction's {TX_SIZE_MAX}")]
    TooLong {
        /// Bytes found.
        found: usize,
    },
    /// The key isn't one of the account.
    #[error("the key {0} is not one of this account's keys")]
    NotAMember(PublicKey),
    /// The key's signature is there.
    #[error("the key {0} has signed already")]
    SignedAlready(PublicKey),
    /// A signature made elsewhere (a device, another program) doesn't fit.
    #[error(transparent)]
    Rejected(#[from] RejectedPart),
    /// Two different transactions.
    #[error("the files hold different transactions: signatures of one are void for the other")]
    Different,
    /// Signatures are missing.
    #[error("{missing} more signatures are needed before this can be sent")]
    Incomplete {
        /// Signatures missing.
        missing: usize,
    },
    /// The account is a vault.
    #[error("a vault can't sign")]
    Vault,
}

impl PendingTx {
    pub(super) fn new(genesis_id: Hash20, account: SpawnArgs, transaction: &Transaction) -> Self {
        let unsigned = transaction.to_bytes();
        Self {
            genesis_id,
            account,
            transaction: transaction.clone(),
            unsigned,
            signatures: BTreeMap::new(),
        }
    }

    /// Reads what another program or member exported: the transaction, followed by the signatures so far without a count, in any number.
    /// Each is checked; those that don't fit are left out and named. `account_of` finds the wallet's account of an address; a self-spawn
    /// brings its own.
    ///
    /// # Errors
    ///
    /// Bytes that are no transaction, or one of an account that isn't known.
    pub fn import(
        bytes: &[u8],
        genesis_id: Hash20,
        account_of: impl FnOnce(&Address) -> Option<SpawnArgs>,
    ) -> Result<ImportedTx, TxError> {
        // Files may hold more parts than the network takes, so the length is looked at without them.
        let (transaction, size) =
            Transaction::decode_prefix(bytes.get(..TX_SIZE_MAX).unwrap_or(bytes))?;
        let account = match &transaction.call {
            Call::Spawn(args) if args.address() == transaction.principal => args.clone(),
            Call::Spawn(_) | Call::Spend { .. } | Call::Drain { .. } => {
                account_of(&transaction.principal)
                    .filter(|account| account.address() == transaction.principal)
                    .ok_or_else(|| TxError::UnknownPrincipal {
                        principal: transaction.principal,
                        transaction: Box::new(transaction.clone()),
                    })?
            }
        };
        if account.template() == Template::Vault {
            return Err(TxError::Vault);
        }
        let (unsigned, signatures) = bytes.split_at(size);
        // The network's own checks, with signatures of the right size in place: catches methods that the template doesn't have.
        let complete = [unsigned, &vec![0; account.signatures_size()]].concat();
        parse(&complete, Some(&account))?;
        let mut pending = Self {
            genesis_id,
            account,
            transaction,
            unsigned: unsigned.to_vec(),
            signatures: BTreeMap::new(),
        };
        let mut rejected = Vec::new();
        for part in pending.split_signatures(signatures)? {
            if let Err(reason) = pending.take(part) {
                rejected.push(reason);
            }
        }
        Ok(ImportedTx { pending, rejected })
    }

    fn split_signatures(&self, bytes: &[u8]) -> Result<Vec<SignaturePart>, TxError> {
        let single = self.account.template() == Template::Wallet;
        let expected = if single {
            EdSignature::SIZE
        } else {
            SIGNATURE_PART_SIZE
        };
        let wrong = TxError::SignaturesLength {
            found: bytes.len(),
            expected,
        };
        if single {
            return match bytes.len() {
                0 => Ok(Vec::new()),
                EdSignature::SIZE => {
                    let (signature, _) = decode_prefix::<EdSignature>(bytes).map_err(|_| wrong)?;
                    Ok(vec![SignaturePart {
                        key_index: 0,
                        signature,
                    }])
                }
                _ => Err(wrong),
            };
        }
        let mut parts = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (part, after) = decode_prefix::<SignaturePart>(rest).map_err(|_| wrong.clone())?;
            parts.push(part);
            rest = after;
        }
        Ok(parts)
    }

    /// Adds a part if it fits. The same part again is fine only once, so that a person sees what is new.
    fn take(&mut self, part: SignaturePart) -> Result<(), RejectedPart> {
        let index = part.key_index;
        let key = self
            .account
            .keys()
            .get(usize::from(index))
            .ok_or(RejectedPart::NoMember(index))?;
        if self.signatures.contains_key(&index) {
            return Err(RejectedPart::Duplicate(index));
        }
        if !verify(key, &self.signing_message(), &part.signature) {
            return Err(RejectedPart::DoesNotFit(index));
        }
        self.signatures.insert(index, part.signature);
        Ok(())
    }

    /// What the transaction says.
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// The account that signs and pays.
    pub const fn account(&self) -> &SpawnArgs {
        &self.account
    }

    /// The network the signatures are for.
    pub const fn genesis_id(&self) -> Hash20 {
        self.genesis_id
    }

    /// The very bytes that are signed. What a person confirms is read from these ([`super::Review::of_message`]).
    pub fn signing_message(&self) -> Vec<u8> {
        signing_message(self.genesis_id, &self.unsigned)
    }

    /// The bytes without signatures.
    pub fn unsigned(&self) -> &[u8] {
        &self.unsigned
    }

    /// Whether the account activates itself.
    pub fn is_self_spawn(&self) -> bool {
        matches!(&self.transaction.call, Call::Spawn(args) if args.address() == self.transaction.principal)
    }

    /// Gas, from the real size.
    pub fn max_gas(&self) -> u64 {
        let size = self.unsigned.len() + self.account.signatures_size();
        max_gas(
            &self.account,
            &self.transaction.call,
            self.is_self_spawn(),
            size,
        )
    }

    /// The fee; `None` if it passes 2^64, where the network wraps.
    pub fn fee(&self) -> Option<Smidge> {
        self.max_gas()
            .checked_mul(self.transaction.gas_price)
            .map(Smidge)
    }

    /// Signs with one member's secret key. Returns the member's position.
    ///
    /// # Errors
    ///
    /// A key that isn't the account's, or has signed.
    pub fn sign(&mut self, seed: &SecretSeed) -> Result<u8, TxError> {
        let index = self.free_position(&seed.public_key())?;
        let signature = seed.sign(&self.signing_message());
        self.take(SignaturePart {
            key_index: index,
            signature,
        })?;
        Ok(index)
    }

    /// Adds a signature that was made elsewhere, on a device or pasted, after checking it. Returns the member's position.
    ///
    /// # Errors
    ///
    /// A key that isn't the account's or has signed, or a signature that doesn't fit.
    pub fn add_signature(
        &mut self,
        key: &PublicKey,
        signature: EdSignature,
    ) -> Result<u8, TxError> {
        let index = self.free_position(key)?;
        self.take(SignaturePart {
            key_index: index,
            signature,
        })?;
        Ok(index)
    }

    /// The first place of a key that hasn't signed. Accounts may have a key twice.
    fn free_position(&self, key: &PublicKey) -> Result<u8, TxError> {
        let mut places = (0..)
            .zip(self.account.keys())
            .filter(|(_, member)| *member == key)
            .map(|(index, _)| index)
            .peekable();
        if places.peek().is_none() {
            return Err(TxError::NotAMember(*key));
        }
        places
            .find(|index| !self.signatures.contains_key(index))
            .ok_or(TxError::SignedAlready(*key))
    }

    /// Adds the signatures of another copy of the same transaction.
    ///
    /// # Errors
    ///
    /// Another transaction or another network.
    pub fn merge(&mut self, other: &Self) -> Result<(), TxError> {
        if self.unsigned != other.unsigned
            || self.genesis_id != other.genesis_id
            || self.account != other.account
        {
            return Err(TxError::Different);
        }
        for (index, signature) in &other.signatures {
            self.signatures.entry(*index).or_insert(*signature);
        }
        Ok(())
    }

    /// Positions of the members that have signed, increasing.
    pub fn signed_by(&self) -> impl Iterator<Item = u8> + '_ {
        self.signatures.keys().copied()
    }

    /// Signatures still needed.
    pub fn missing(&self) -> usize {
        usize::from(self.account.required()).saturating_sub(self.signatures.len())
    }

    /// Whether it can be sent.
    pub fn is_complete(&self) -> bool {
        self.missing() == 0
    }

    /// The bytes to send: exactly as many signatures as required, those of the first members that signed.
    ///
    /// # Errors
    ///
    /// Signatures are missing.
    pub fn to_raw(&self) -> Result<Vec<u8>, TxError> {
        if !self.is_complete() {
            return Err(TxError::Incomplete {
                missing: self.missing(),
            });
        }
        let raw = self.with_signatures(usize::from(self.account.required()));
        if raw.len() > TX_SIZE_MAX {
            return Err(TxError::TooLong { found: raw.len() });
        }
        Ok(raw)
    }

    /// The id under which it will be known, once it is complete. Depends on who signed.
    ///
    /// # Errors
    ///
    /// Signatures are missing.
    pub fn id(&self) -> Result<TransactionId, TxError> {
        self.to_raw().map(|raw| id_of(&raw))
    }

    /// What other members import: the transaction and all signatures so far.
    pub fn to_export(&self) -> Vec<u8> {
        self.with_signatures(self.signatures.len())
    }

    fn with_signatures(&self, count: usize) -> Vec<u8> {
        let parts = self.signatures.iter().take(count);
        let signatures = match (&self.account, self.signatures.get(&0)) {
            (SpawnArgs::Wallet(_), Some(signature)) => Signatures::Single(*signature),
            _ => Signatures::Several(
                parts
                    .map(|(index, signature)| SignaturePart {
                        key_index: *index,
                        signature: *signature,
                    })
                    .collect(),
            ),
        };
        [self.unsigned.as_slice(), &signatures.to_bytes()].concat()
    }
}
