//! Applying the block of one layer (02 §4.4).

use spacemesh_types::{
    Address, BlockId, LayerId, NodeId, Smidge, TransactionId,
    wire::{RatNum, TransactionResult, TransactionStatus},
};

use crate::{
    Accounts, AccountsError, Executed, Ineffective, Ineffectiveness, LayerEffect, Params, Verify,
    context::Context,
    failure::Stop,
    rewards,
    staged::Staged,
    state_hash, subsidy,
    version::{Place, Prepared, Unparsed, prepare},
};

/// A transaction of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockTx<'a> {
    /// Its id, made from `raw`.
    pub id: TransactionId,
    /// Its bytes as received.
    pub raw: &'a [u8],
    /// Whether it was verified when it arrived, which is what a stored header says. It is not verified again then.
    pub verified: bool,
}

/// A share in the layer's rewards, with what the ATX says about who gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoinbaseReward {
    /// Account to credit; need not exist.
    pub coinbase: Address,
    /// Identity that earned it; at most once in a layer.
    pub smesher: NodeId,
    /// The share.
    pub weight: RatNum,
}

/// What a layer's block says, with everything that it names looked up. A layer without a block has neither transactions nor rewards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerInput<'a> {
    /// The layer.
    pub layer: LayerId,
    /// The block; zero for none.
    pub block: BlockId,
    /// In the order of the block, less those that were applied in an earlier layer.
    pub transactions: &'a [BlockTx<'a>],
    /// In any order.
    pub rewards: &'a [CoinbaseReward],
}

/// A layer that cannot be applied. Nothing of it must be committed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// A layer of the genesis.
    #[error(
        "layer {layer} is before the effective genesis, layer {effective_genesis}: it has no block"
    )]
    BeforeGenesis {
        /// The layer.
        layer: LayerId,
        /// The last layer of the genesis.
        effective_genesis: LayerId,
    },
    /// An account could not be read.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// One identity has two rewards, which the stored rows cannot hold.
    #[error(
        "layer {layer}: smesher {smesher} is rewarded twice; take another block for this layer"
    )]
    SmesherTwice {
        /// The layer.
        layer: LayerId,
        /// The identity.
        smesher: NodeId,
    },
    /// A share that is nothing, or a division by zero. Blocks with one are refused on arrival (02 §5.3).
    #[error(
        "layer {layer}: the reward of smesher {smesher} has no weight; refuse such blocks on arrival"
    )]
    NoWeight {
        /// The layer.
        layer: LayerId,
        /// The identity.
        smesher: NodeId,
    },
}

/// Executes a layer's transactions in order and pays its rewards. `accounts` stay as they are.
///
/// # Errors
///
/// The layer cannot be applied: the caller's accounts or its block are not what they have to be. No transaction can cause one.
pub fn apply_layer(
    params: &Params,
    accounts: &dyn Accounts,
    input: &LayerInput<'_>,
    verify: Verify<'_>,
) -> Result<LayerEffect, ApplyError> {
    if input.layer < params.effective_genesis {
        return Err(ApplyError::BeforeGenesis {
            layer: input.layer,
            effective_genesis: params.effective_genesis,
        });
    }
    let mut run = Run {
        params,
        input,
        verify,
        staged: Staged::new(accounts),
        gas_left: params.block_gas_limit,
        fees: 0,
        executed: Vec::new(),
        ineffective: Vec::new(),
    };
    for transaction in input.transactions {
        run.transaction(transaction)?;
    }
    run.finish()
}

struct Run<'a> {
    params: &'a Params,
    input: &'a LayerInput<'a>,
    verify: Verify<'a>,
    staged: Staged<'a>,
    gas_left: u64,
    fees: u64,
    executed: Vec<Executed>,
    ineffective: Vec<Ineffective>,
}

impl Run<'_> {
    fn transaction(&mut self, transaction: &BlockTx<'_>) -> Result<(), AccountsError> {
        let id = transaction.id;
        let prepared = match prepare(transaction.raw, &self.staged) {
            Ok(prepared) => prepared,
            Err(Unparsed::Accounts(error)) => return Err(error),
            Err(Unparsed::Refused(error)) => {
                self.ineffective.push(Ineffective {
                    id,
                    header: None,
                    reason: error.into(),
                });
                return Ok(());
            }
        };
        if let Some(reason) = self.refusal(transaction, prepared.as_ref()) {
            let header = matches!(reason, Ineffectiveness::Nonce { .. });
            self.ineffective.push(Ineffective {
                id,
                header: header.then(|| *prepared.header()),
                reason,
            });
            return Ok(());
        }
        self.execute(id, prepared.as_ref())
    }

    /// The checks between parsing and paying. Their order decides whether a transaction is free, and whether its header is stored.
    fn refusal(&self, transaction: &BlockTx<'_>, tx: &dyn Prepared) -> Option<Ineffectiveness> {
        let (header, principal) = (tx.header(), tx.principal());
        if header.gas_price == 0 {
            return Some(Ineffectiveness::NoGasPrice);
        }
        // Smidge against units of gas, whatever the price.
        let intrinsic_gas = tx.intrinsic_gas();
        if principal.balance.0 < intrinsic_gas {
            return Some(Ineffectiveness::IntrinsicGas {
                balance: principal.balance,
                intrinsic_gas,
            });
        }
        if self.gas_left < header.max_gas {
            return Some(Ineffectiveness::BlockGas {
                max_gas: header.max_gas,
                left: self.gas_left,
            });
        }
        let genesis_id = self.params.genesis_id;
        if !transaction.verified && !tx.is_signed(transaction.raw, genesis_id, self.verify) {
            return Some(Ineffectiveness::Signature);
        }
        (header.nonce < principal.next_nonce).then_some(Ineffectiveness::Nonce {
            nonce: header.nonce,
            next: principal.next_nonce,
        })
    }

    fn execute(&mut self, id: TransactionId, tx: &dyn Prepared) -> Result<(), AccountsError> {
        let header = *tx.header();
        let place = Place {
            params: self.params,
            layer: self.input.layer,
        };
        let mut context = Context::new(&mut self.staged, header, tx.principal().clone());
        let done = match context.consume(header.max_gas) {
            Ok(()) => tx.execute(place, &mut context),
            Err(failure) => Err(failure.into()),
        };
        let message = match done {
            Ok(()) => None,
            Err(Stop::Failed(failure)) => Some(failure.to_string()),
            Err(Stop::Accounts(error)) => return Err(error),
        };
        let spent = context.apply()?;
        self.fees = self.fees.wrapping_add(spent.fee.0);
        self.gas_left = self.gas_left.saturating_sub(spent.gas);
        self.executed.push(Executed {
            id,
            header,
            result: TransactionResult {
                status: match message {
                    None => TransactionStatus::SUCCESS,
                    Some(_) => TransactionStatus::FAILURE,
                },
                // Texts of failures and the few accounts of a call fit their lists.
                message: message
                    .unwrap_or_default()
                    .into_bytes()
                    .try_into()
                    .unwrap_or_default(),
                gas: spent.gas,
                fee: spent.fee,
                block: self.input.block,
                layer: self.input.layer,
                addresses: spent.addresses.try_into().unwrap_or_default(),
            },
        });
        Ok(())
    }

    fn finish(mut self) -> Result<LayerEffect, ApplyError> {
        let layer = self.input.layer;
        let issued = if self.input.rewards.is_empty() {
            Smidge::ZERO
        } else {
            subsidy(layer, self.params.first_effective_genesis)
        };
        let fees = Smidge(self.fees);
        let (rewards, burnt) =
            rewards::pay(layer, self.input.rewards, issued, fees, &mut self.staged)?;
        let (mut accounts, undo) = self.staged.into_changes();
        for account in &mut accounts {
            account.layer = layer;
        }
        Ok(LayerEffect {
            layer,
            executed: self.executed,
            ineffective: self.ineffective,
            rewards,
            state_hash: state_hash(&accounts),
            accounts,
            fees,
            issued,
            burnt,
            undo,
        })
    }
}
