//! What was paid: one redb file. A claim is one flushed transaction that marks the payment as used and writes what it buys.

use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use spacemesh_codec::{BoundedVec, Decode, Encode, decode_exact, encode};
use spacemesh_types::{NodeId, TransactionId};

use crate::schedule::Round;

/// Most identities of one claim.
pub(super) const NODES_MAX: usize = 1024;

/// Payments that were used, with what they bought.
const CLAIMS: TableDefinition<'_, [u8; 32], &[u8]> = TableDefinition::new("claims");
/// The last round that is paid for an identity.
const PAID: TableDefinition<'_, [u8; 32], Round> = TableDefinition::new("paid");

/// What the file cannot do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertifierStoreError {
    /// redb's reason.
    #[error("the certifier's store failed; free space or mend the disk, then start again")]
    Database(#[source] Box<redb::Error>),
    /// Another process.
    #[error("{0} is in use by another process")]
    InUse(PathBuf),
    /// A value that this program did not write.
    #[error("the certifier's store holds a value that does not decode; restore it from a copy")]
    Damaged,
}

impl<E: Into<redb::Error>> From<E> for CertifierStoreError {
    fn from(error: E) -> Self {
        Self::Database(Box::new(error.into()))
    }
}

/// The file.
#[derive(Debug)]
pub struct CertifierStore(Database);

/// What a payment bought.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(super) struct Bought {
    /// Rounds that were claimed.
    pub(super) rounds: u32,
    /// Each identity with its last paid round at the time.
    pub(super) nodes: BoundedVec<Entitlement, NODES_MAX>,
}

/// Until when an identity is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(super) struct Entitlement {
    /// The identity.
    pub(super) node_id: NodeId,
    /// The last round.
    pub(super) last_round: Round,
}

impl CertifierStore {
    /// Opens or makes the file.
    ///
    /// # Errors
    ///
    /// Another process has it, or the disk fails.
    pub fn open(path: &Path) -> Result<Self, CertifierStoreError> {
        let database = match Database::create(path) {
            Ok(database) => database,
            Err(redb::DatabaseError::DatabaseAlreadyOpen) => {
                return Err(CertifierStoreError::InUse(path.to_owned()));
            }
            Err(error) => return Err(error.into()),
        };
        let write = database.begin_write()?;
        write.open_table(CLAIMS)?;
        write.open_table(PAID)?;
        write.commit()?;
        Ok(Self(database))
    }

    /// What a payment bought; none if it was not used.
    pub(super) fn bought(
        &self,
        transaction: &TransactionId,
    ) -> Result<Option<Bought>, CertifierStoreError> {
        let read = self.0.begin_read()?;
        let claims = read.open_table(CLAIMS)?;
        claims
            .get(transaction.0)?
            .map(|row| decode(row.value()))
            .transpose()
    }

    /// The last paid round of an identity.
    pub(super) fn paid_until(
        &self,
        node_id: &NodeId,
    ) -> Result<Option<Round>, CertifierStoreError> {
        let read = self.0.begin_read()?;
        let paid = read.open_table(PAID)?;
        Ok(paid.get(node_id.0)?.map(|row| row.value()))
    }

    /// Uses a payment for `rounds` rounds of each identity: from `open` on, or after what is paid already. Gives what an earlier use bought
    /// if there was one. Flushed when it returns.
    pub(super) fn use_payment(
        &self,
        transaction: &TransactionId,
        node_ids: &[NodeId],
        rounds: u32,
        open: Round,
    ) -> Result<Bought, CertifierStoreError> {
        let write = self.0.begin_write()?;
        let bought = {
            let mut claims = write.open_table(CLAIMS)?;
            let earlier = claims
                .get(transaction.0)?
                .map(|row| decode::<Bought>(row.value()))
                .transpose()?;
            match earlier {
                Some(earlier) => earlier,
                None => {
                    let mut paid = write.open_table(PAID)?;
                    let mut nodes = Vec::with_capacity(node_ids.len());
                    for node_id in node_ids {
                        let next = match paid.get(node_id.0)? {
                            Some(last) => open.max(last.value().saturating_add(1)),
                            None => open,
                        };
                        let last_round = next.saturating_add(rounds.saturating_sub(1));
                        paid.insert(node_id.0, last_round)?;
                        nodes.push(Entitlement {
                            node_id: *node_id,
                            last_round,
                        });
                    }
                    let bought = Bought {
                        rounds,
                        nodes: BoundedVec::try_from(nodes)
                            .map_err(|_| CertifierStoreError::Damaged)?,
                    };
                    claims.insert(transaction.0, encode(&bought).as_slice())?;
                    bought
                }
            }
        };
        write.commit()?;
        Ok(bought)
    }
}

fn decode<T: Decode>(bytes: &[u8]) -> Result<T, CertifierStoreError> {
    decode_exact(bytes).map_err(|_| CertifierStoreError::Damaged)
}
