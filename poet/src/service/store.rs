//! The store: one redb file (`poet.redb`), one write transaction per turn, flushed before anybody hears of it.
//!
//! | table | key → value |
//! |---|---|
//! | `meta` | name → bytes: format, open round, parameters of proofs of work |
//! | `members` | round, identity → challenge; kept, because the list is part of the proof's answer |
//! | `unfinished` | closed round without a proof → statement, whether started |
//! | `proofs` | round → proof |

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use spacemesh_codec::{BoundedBytes, Decode, Encode, decode_exact, encode};
use spacemesh_types::NodeId;
use spacemesh_types::wire::PoetProof;

use super::core::{Progress, Table, Unfinished};
use crate::membership::Stream;
use crate::pow::{AcceptedPow, PowParams};
use crate::schedule::Round;

/// Version of the tables below.
const FORMAT: u32 = 1;

const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
const MEMBERS: TableDefinition<'_, (Round, [u8; 32]), [u8; 32]> = TableDefinition::new("members");
const UNFINISHED: TableDefinition<'_, Round, &[u8]> = TableDefinition::new("unfinished");
const PROOFS: TableDefinition<'_, Round, &[u8]> = TableDefinition::new("proofs");

const FORMAT_KEY: &str = "format";
const PROGRESS_KEY: &str = "progress";

/// What a store cannot do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// redb's reason.
    #[error("the store of the PoET service failed; free space or mend the disk, then start again")]
    Database(#[source] Box<redb::Error>),
    /// Another process.
    #[error("{0} is in use by another process; end that one, two services must not share a store")]
    InUse(PathBuf),
    /// Newer than this program.
    #[error(
        "the store has format {found}; this version reads {FORMAT}: use the version that wrote it"
    )]
    Format {
        /// What the file says.
        found: u32,
    },
    /// A value that this program did not write.
    #[error(
        "table {table} of the store holds a value that does not decode; restore the store from a copy"
    )]
    Damaged {
        /// Where.
        table: &'static str,
    },
}

impl<E: Into<redb::Error>> From<E> for StoreError {
    fn from(error: E) -> Self {
        Self::Database(Box::new(error.into()))
    }
}

/// The file. Clones share it.
#[derive(Debug, Clone)]
pub struct Store(Arc<Database>);

impl Store {
    /// Opens or makes the file.
    ///
    /// # Errors
    ///
    /// Another process has it, it has another format, or the disk fails.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let database = match Database::create(path) {
            Ok(database) => database,
            Err(redb::DatabaseError::DatabaseAlreadyOpen) => {
                return Err(StoreError::InUse(path.to_owned()));
            }
            Err(error) => return Err(error.into()),
        };
        let write = database.begin_write()?;
        {
            let mut meta = write.open_table(META)?;
            let found = match meta.get(FORMAT_KEY)? {
                Some(format) => Some(decode::<u32>(format.value(), "meta")?),
                None => None,
            };
            match found {
                None => drop(meta.insert(FORMAT_KEY, encode(&FORMAT).as_slice())?),
                Some(FORMAT) => {}
                Some(found) => return Err(StoreError::Format { found }),
            }
            write.open_table(MEMBERS)?;
            write.open_table(UNFINISHED)?;
            write.open_table(PROOFS)?;
        }
        write.commit()?;
        Ok(Self(Arc::new(database)))
    }

    /// Begins a turn. What it writes is on the disk when [`Turn::commit`] returns, and nowhere before.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn turn(&self) -> Result<Turn, StoreError> {
        let mut write = self.0.begin_write()?;
        // After a kill the file opens at once instead of being walked.
        write.set_quick_repair(true);
        Ok(Turn {
            write,
            changed: false,
        })
    }

    /// The proof of a round; none before it is made.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn proof(&self, round: Round) -> Result<Option<PoetProof>, StoreError> {
        let read = self.0.begin_read()?;
        let proofs = read.open_table(PROOFS)?;
        match proofs.get(round)? {
            Some(proof) => Ok(Some(decode(proof.value(), "proofs")?)),
            None => Ok(None),
        }
    }

    /// At most `count` members of a round with their challenges, in order, after one identity.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn members(
        &self,
        round: Round,
        after: Option<[u8; 32]>,
        count: usize,
    ) -> Result<Vec<Member>, StoreError> {
        use std::ops::Bound::{Excluded, Included};
        let read = self.0.begin_read()?;
        let members = read.open_table(MEMBERS)?;
        let from = after.map_or(Included((round, [0; 32])), |last| Excluded((round, last)));
        let mut page = Vec::new();
        for member in members
            .range((from, Included((round, [0xff; 32]))))?
            .take(count)
        {
            let (key, challenge) = member?;
            page.push((key.value().1, challenge.value()));
        }
        Ok(page)
    }

    /// How many members a round has.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn count(&self, round: Round) -> Result<u64, StoreError> {
        let mut count = 0;
        for member in self
            .0
            .begin_read()?
            .open_table(MEMBERS)?
            .range(keys(round))?
        {
            member?;
            count += 1;
        }
        Ok(count)
    }
}

/// An identity and its challenge.
pub type Member = ([u8; 32], [u8; 32]);

/// One write transaction.
pub struct Turn {
    write: WriteTransaction,
    changed: bool,
}

impl Turn {
    /// Flushes what the turn wrote; a turn that wrote nothing costs nothing.
    ///
    /// # Errors
    ///
    /// The disk's. Nothing was written then.
    pub fn commit(self) -> Result<(), StoreError> {
        if self.changed {
            Ok(self.write.commit()?)
        } else {
            Ok(self.write.abort()?)
        }
    }
}

impl Table for Turn {
    type Error = StoreError;

    fn challenge(&self, round: Round, node_id: &NodeId) -> Result<Option<[u8; 32]>, StoreError> {
        let members = self.write.open_table(MEMBERS)?;
        let challenge = members.get((round, node_id.0))?;
        Ok(challenge.map(|challenge| challenge.value()))
    }

    fn insert(
        &mut self,
        round: Round,
        node_id: &NodeId,
        challenge: &[u8; 32],
    ) -> Result<(), StoreError> {
        self.changed = true;
        self.write
            .open_table(MEMBERS)?
            .insert((round, node_id.0), *challenge)?;
        Ok(())
    }

    fn count(&self, round: Round) -> Result<u64, StoreError> {
        let mut count = 0;
        for member in self.write.open_table(MEMBERS)?.range(keys(round))? {
            member?;
            count += 1;
        }
        Ok(count)
    }

    fn statement(&self, round: Round) -> Result<Vec<u8>, StoreError> {
        let mut tree = Stream::new();
        for member in self.write.open_table(MEMBERS)?.range(keys(round))? {
            tree.push(member?.1.value(), false);
        }
        Ok(tree
            .finish()
            .root
            .map(|root| root.to_vec())
            .unwrap_or_default())
    }

    fn unfinished(&self) -> Result<BTreeMap<Round, Unfinished>, StoreError> {
        let mut rounds = BTreeMap::new();
        for entry in self.write.open_table(UNFINISHED)?.iter()? {
            let (round, state) = entry?;
            rounds.insert(round.value(), decode(state.value(), "unfinished")?);
        }
        Ok(rounds)
    }

    fn set_unfinished(
        &mut self,
        round: Round,
        state: Option<&Unfinished>,
    ) -> Result<(), StoreError> {
        self.changed = true;
        let mut rounds = self.write.open_table(UNFINISHED)?;
        match state {
            Some(state) => drop(rounds.insert(round, encode(state).as_slice())?),
            None => drop(rounds.remove(round)?),
        }
        Ok(())
    }

    fn put_proof(&mut self, round: Round, proof: &PoetProof) -> Result<(), StoreError> {
        self.changed = true;
        self.write
            .open_table(PROOFS)?
            .insert(round, encode(proof).as_slice())?;
        Ok(())
    }

    fn progress(&self) -> Result<Option<Progress>, StoreError> {
        let meta = self.write.open_table(META)?;
        let Some(row) = meta.get(PROGRESS_KEY)? else {
            return Ok(None);
        };
        let row: ProgressRow = decode(row.value(), "meta")?;
        let pow = |row: PowRow| PowParams {
            challenge: row.challenge.as_slice().to_vec(),
            difficulty: row.difficulty,
        };
        Ok(Some(Progress {
            open: row.open,
            pow: AcceptedPow {
                current: pow(row.current),
                previous: row.previous.map(pow),
            },
        }))
    }

    fn set_progress(&mut self, progress: &Progress) -> Result<(), StoreError> {
        self.changed = true;
        let pow = |params: &PowParams| PowRow {
            challenge: BoundedBytes::try_from(params.challenge.clone()).unwrap_or_default(),
            difficulty: params.difficulty,
        };
        let row = ProgressRow {
            open: progress.open,
            current: pow(&progress.pow.current),
            previous: progress.pow.previous.as_ref().map(pow),
        };
        self.write
            .open_table(META)?
            .insert(PROGRESS_KEY, encode(&row).as_slice())?;
        Ok(())
    }
}

/// [`Progress`] as it is stored.
#[derive(Encode, Decode)]
struct ProgressRow {
    open: u32,
    current: PowRow,
    previous: Option<PowRow>,
}

/// [`PowParams`] as they are stored.
#[derive(Encode, Decode)]
struct PowRow {
    challenge: BoundedBytes<32>,
    difficulty: u32,
}

fn keys(round: Round) -> std::ops::RangeInclusive<(Round, [u8; 32])> {
    (round, [0; 32])..=(round, [0xff; 32])
}

fn decode<T: Decode>(bytes: &[u8], table: &'static str) -> Result<T, StoreError> {
    decode_exact(bytes).map_err(|_| StoreError::Damaged { table })
}
