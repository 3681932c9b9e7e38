//! Transactions that are kept beside a wallet until they are sent: bytes only, readable for their owner.
//!
//! Keeps true: names and notes are not in here, they lie encrypted in the wallet; what can't be read is set aside, not overwritten.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{
    error::{AppError, ErrorCode},
    storage::{Access, read_limited, replace},
};

/// Largest file read, in bytes.
const FILE_BYTES_MAX: u64 = 8 << 20;
/// Most transactions kept.
pub(crate) const STORED_MAX: usize = 1000;

/// One kept transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stored {
    /// Transaction and the signatures so far, hex.
    pub(crate) bytes: String,
    /// When it came here, seconds since 1970.
    pub(crate) added: i64,
    /// Genesis id of its network, hex.
    pub(crate) genesis_id: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    format: u32,
    transactions: Vec<Stored>,
}

/// The kept transactions of one wallet, newest last.
#[derive(Debug, Default)]
pub(crate) struct StoredTransactions {
    path: PathBuf,
    list: Vec<Stored>,
}

impl StoredTransactions {
    /// The file beside a wallet's.
    pub(crate) fn path(wallet: &Path) -> PathBuf {
        wallet.with_extension("transactions.json")
    }

    pub(crate) fn load(wallet: &Path) -> Self {
        let path = Self::path(wallet);
        if !path.exists() {
            return Self {
                path,
                list: Vec::new(),
            };
        }
        match read_limited(&path, FILE_BYTES_MAX)
            .map(|bytes| serde_json::from_slice::<File>(&bytes))
        {
            Ok(Ok(file)) if file.format == 1 => Self {
                path,
                list: file.transactions,
            },
            Ok(_) => {
                let aside = path.with_extension("json.damaged");
                if let Err(error) = std::fs::rename(&path, &aside) {
                    tracing::warn!(%error, "a damaged list of transactions stays in place");
                }
                Self {
                    path,
                    list: Vec::new(),
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the list of transactions can't be read");
                Self {
                    path,
                    list: Vec::new(),
                }
            }
        }
    }

    pub(crate) fn list(&self) -> &[Stored] {
        &self.list
    }

    /// Replaces the one that `same` recognises, or adds.
    pub(crate) fn put(
        &mut self,
        stored: Stored,
        same: impl Fn(&Stored) -> bool,
    ) -> Result<(), AppError> {
        let mut list = self.list.clone();
        let full = list.len() >= STORED_MAX;
        match list.iter_mut().find(|known| same(known)) {
            Some(known) => known.bytes = stored.bytes,
            None if full => {
                return Err(AppError::with(
                    ErrorCode::TooLarge,
                    format!("A wallet keeps {STORED_MAX} transactions; remove some first."),
                ));
            }
            None => list.push(stored),
        }
        self.write(list)
    }

    pub(crate) fn remove(&mut self, same: impl Fn(&Stored) -> bool) -> Result<(), AppError> {
        let list: Vec<Stored> = self
            .list
            .iter()
            .filter(|known| !same(known))
            .cloned()
            .collect();
        if list.len() == self.list.len() {
            return Err(AppError::new(ErrorCode::TransactionNotFound).field("transaction"));
        }
        self.write(list)
    }

    fn write(&mut self, list: Vec<Stored>) -> Result<(), AppError> {
        let bytes = serde_json::to_vec_pretty(&File {
            format: 1,
            transactions: list.clone(),
        })
        .map_err(|_| AppError::new(ErrorCode::Internal))?;
        replace(&self.path, &bytes, Access::Private, false)?;
        self.list = list;
        Ok(())
    }
}
