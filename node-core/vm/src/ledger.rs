//! The current accounts in memory, changed layer by layer in order, with what takes the last layers back (02 §4.6).
//!
//! Keeps true: layers are applied one after the other without a gap; reverting to a layer gives exactly the rows that were there after it.

use std::collections::{BTreeMap, VecDeque};

use spacemesh_types::{Address, Hash32, LayerId};

use crate::{
    Account, AccountMap, Accounts, AccountsError, ApplyError, LayerEffect, LayerInput, Params,
    Undo, Verify, apply_layer,
};

/// Layers that can be taken back from memory, a week of mainnet. Going back further takes the rows of that layer from the store.
pub const UNDO_LAYERS_MAX: usize = 2_000;

/// The accounts and how far they are.
#[derive(Debug, Clone)]
pub struct Ledger {
    params: Params,
    accounts: AccountMap,
    last: LayerId,
    /// The last layers, the latest at the back.
    applied: VecDeque<AppliedLayer>,
}

#[derive(Debug, Clone)]
struct AppliedLayer {
    layer: LayerId,
    state_hash: Hash32,
    undo: Undo,
}

/// A layer that is not the next one, or one that cannot be reached backwards.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The layer is done.
    #[error(
        "layer {layer} is applied already; the last one is {last}: revert before applying it again"
    )]
    AlreadyApplied {
        /// The layer asked for.
        layer: LayerId,
        /// The last applied one.
        last: LayerId,
    },
    /// Layers before it are missing.
    #[error(
        "layer {layer} does not follow the last applied one, {last}: apply those between first"
    )]
    NotInOrder {
        /// The layer asked for.
        layer: LayerId,
        /// The last applied one.
        last: LayerId,
    },
    /// The layer to go back to is too long ago.
    #[error(
        "layer {layer} cannot be reached: what is kept goes back to the state after layer {first}; load the accounts of that layer from the store"
    )]
    TooFarBack {
        /// The layer asked for.
        layer: LayerId,
        /// The earliest that can be reached.
        first: LayerId,
    },
    /// The layer cannot be applied.
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

impl Ledger {
    /// The rows as they are after layer `last`, which is the effective genesis where nothing was applied yet.
    pub fn new(params: Params, accounts: impl IntoIterator<Item = Account>, last: LayerId) -> Self {
        Self {
            params,
            accounts: accounts.into_iter().collect(),
            last,
            applied: VecDeque::new(),
        }
    }

    /// The network's constants.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The rows.
    pub fn accounts(&self) -> &AccountMap {
        &self.accounts
    }

    /// The last applied layer.
    pub fn last(&self) -> LayerId {
        self.last
    }

    /// State hash of the last applied layer, as far as layers are remembered; 32 zero bytes if there is none.
    pub fn state_hash(&self) -> Hash32 {
        let last = self.applied.back();
        last.map_or(Hash32::ZERO, |applied| applied.state_hash)
    }

    /// Executes the next layer without changing anything: for a node that makes a block of what can be executed (02 §4.8).
    ///
    /// # Errors
    ///
    /// The layer isn't the next one or cannot be applied.
    pub fn try_layer(
        &self,
        input: &LayerInput<'_>,
        verify: Verify<'_>,
    ) -> Result<LayerEffect, LedgerError> {
        let (layer, last) = (input.layer, self.last);
        if layer <= last {
            return Err(LedgerError::AlreadyApplied { layer, last });
        }
        if layer.since(last) != Some(1) {
            return Err(LedgerError::NotInOrder { layer, last });
        }
        Ok(apply_layer(&self.params, &self.accounts, input, verify)?)
    }

    /// Applies the next layer. The effect tells what to store.
    ///
    /// # Errors
    ///
    /// As [`try_layer`](Self::try_layer); nothing is changed then.
    pub fn apply(
        &mut self,
        input: &LayerInput<'_>,
        verify: Verify<'_>,
    ) -> Result<LayerEffect, LedgerError> {
        let effect = self.try_layer(input, verify)?;
        self.commit(&effect)?;
        Ok(effect)
    }

    /// Takes over an effect that [`try_layer`](Self::try_layer) gave for the accounts as they are.
    ///
    /// # Errors
    ///
    /// The effect is not that of the next layer.
    pub fn commit(&mut self, effect: &LayerEffect) -> Result<(), LedgerError> {
        let (layer, last) = (effect.layer, self.last);
        if layer.since(last) != Some(1) {
            return Err(LedgerError::NotInOrder { layer, last });
        }
        for account in &effect.accounts {
            self.accounts.put(account.clone());
        }
        if self.applied.len() >= UNDO_LAYERS_MAX {
            self.applied.pop_front();
        }
        self.applied.push_back(AppliedLayer {
            layer,
            state_hash: effect.state_hash,
            undo: effect.undo.clone(),
        });
        self.last = layer;
        Ok(())
    }

    /// Goes back to the state after `layer`. Returns the rows to store, `None` for those to delete; empty if there is nothing to revert.
    ///
    /// # Errors
    ///
    /// The layer is longer ago than what is kept; nothing is changed then.
    pub fn revert_to(
        &mut self,
        layer: LayerId,
    ) -> Result<BTreeMap<Address, Option<Account>>, LedgerError> {
        let first = self.applied.front().map_or(self.last, |applied| {
            LayerId(applied.layer.0.saturating_sub(1))
        });
        if layer < first {
            return Err(LedgerError::TooFarBack { layer, first });
        }
        let mut rows = BTreeMap::new();
        while let Some(applied) = self.applied.pop_back_if(|applied| applied.layer > layer) {
            for (address, before) in applied.undo.rows() {
                match before {
                    Some(row) => self.accounts.put(row.clone()),
                    None => self.accounts.remove(address),
                };
                rows.insert(*address, before.clone());
            }
            self.last = LayerId(applied.layer.0.saturating_sub(1));
        }
        Ok(rows)
    }
}

impl Accounts for Ledger {
    fn get(&self, address: &Address) -> Result<Option<Account>, AccountsError> {
        self.accounts.get(address)
    }
}
