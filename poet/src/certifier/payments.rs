//! What a paid certifier must know of the ledger, and a ledger for tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use spacemesh_types::{Address, LayerId, PublicKey, Smidge, TransactionId};

/// The ledger, as far as payments go. A node implements it.
pub trait PaymentSource: Send + Sync + 'static {
    /// A transaction; none if it is not known.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read at the moment.
    fn payment(&self, transaction: &TransactionId) -> Result<Option<Payment>, SourceError>;

    /// The newest layer that is verified.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read at the moment.
    fn verified_layer(&self) -> Result<LayerId, SourceError>;
}

/// The ledger cannot be read at the moment; ask again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger cannot be read at the moment: {0}")]
pub struct SourceError(pub String);

/// A transaction that moves coins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// What became of it.
    pub state: PaymentState,
    /// Who received.
    pub destination: Address,
    /// How much.
    pub amount: Smidge,
    /// Keys of the paying account.
    pub payer_keys: Vec<PublicKey>,
    /// How many of them must sign.
    pub signatures_required: usize,
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentState {
    /// In no block yet.
    Pending,
    /// Executed, in this layer.
    Applied(LayerId),
    /// Executed without success: nothing was moved.
    Failed,
    /// Its block was reverted; it may be applied again later.
    Reverted,
}

/// A ledger in memory, for tests and trials.
#[derive(Debug, Default)]
pub struct TestLedger(Mutex<(LayerId, BTreeMap<TransactionId, Payment>)>);

impl TestLedger {
    /// Adds or replaces a transaction.
    pub fn set(&self, transaction: TransactionId, payment: Payment) {
        self.lock().1.insert(transaction, payment);
    }

    /// Sets what became of a transaction.
    pub fn set_state(&self, transaction: &TransactionId, state: PaymentState) {
        if let Some(payment) = self.lock().1.get_mut(transaction) {
            payment.state = state;
        }
    }

    /// Sets the newest verified layer.
    pub fn set_verified(&self, layer: LayerId) {
        self.lock().0 = layer;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (LayerId, BTreeMap<TransactionId, Payment>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PaymentSource for TestLedger {
    fn payment(&self, transaction: &TransactionId) -> Result<Option<Payment>, SourceError> {
        Ok(self.lock().1.get(transaction).cloned())
    }

    fn verified_layer(&self) -> Result<LayerId, SourceError> {
        Ok(self.lock().0)
    }
}
