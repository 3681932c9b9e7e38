//! What is kept of the work on disk: one node per finished subtree, and at the end where the work stopped.
//!
//! Keeps true: a log belongs to one statement and one height and says so in front; every record carries a check of its own, so that a
//! torn tail is cut at opening and damage elsewhere is named; the end is written only after all records before it are on the disk.
//!
//! `leaves.log` is a header and records. Header, 128 bytes: magic, version (4, little-endian), height (1), length of the statement (1),
//! zeros (2), statement (64, zeros behind), zeros (16), BLAKE3 of the 96 bytes before. Record, 40 bytes: a node, and the first 8 bytes
//! of BLAKE3 over its index (8, little-endian) and the node, keyed with the header's hash. `work.end`: magic, version (4), zeros (4),
//! leaves (8), parked nodes, highest first, and BLAKE3 over the header's hash and all of that.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::hash::{Node, STATEMENT_LEN_MAX, Statement, ZERO};
use crate::prune::Nodes;
use crate::tree::Parked;

const LOG: &str = "leaves.log";
const END: &str = "work.end";
const LOCK: &str = "lock";

const LOG_MAGIC: [u8; 8] = *b"PoETleaf";
const END_MAGIC: [u8; 8] = *b"PoET.end";
const VERSION: u32 = 1;

const HEADER_LEN: usize = 128;
const RECORD_LEN: usize = 40;
const END_HEAD_LEN: usize = 24;

/// Highest subtree that is rebuilt from one record.
pub const HEIGHT_MAX: u8 = 24;

/// A folder of work cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The system refused.
    #[error(
        "cannot read or write {path}; see that the disk has room and the folder belongs to this user"
    )]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another program works there.
    #[error("{path} is used by another program; end that one first")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The front of the file is not what is written there.
    #[error(
        "{path} is not a log of leaves, or its first {HEADER_LEN} bytes are damaged; its work cannot be used, remove the folder to start again"
    )]
    NotALog {
        /// The file.
        path: PathBuf,
    },
    /// A later version wrote it.
    #[error("{path} has format {found}, this version reads {VERSION}; update the program")]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// A record in the middle has a wrong check.
    #[error(
        "{path} is damaged at record {record} (byte {offset}); the work before it can be kept by cutting the file there"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Which record, from 0.
        record: u64,
        /// Where it starts.
        offset: u64,
    },
    /// The log ends before the work did, or its end says what cannot be.
    #[error(
        "{path} is damaged or does not belong to the log beside it; remove it to go on working from the log"
    )]
    EndDamaged {
        /// The file.
        path: PathBuf,
    },
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> LogError + use<> {
    let path = path.to_owned();
    move |source| LogError::Io {
        path: path.clone(),
        source,
    }
}

/// The log of one execution, open for appending and locked against other programs.
#[derive(Debug)]
pub struct LeafLog {
    folder: PathBuf,
    path: PathBuf,
    file: File,
    header: Header,
    len: u64,
    _lock: File,
}

#[derive(Debug, Clone, Copy)]
struct Header {
    statement: Statement,
    height: u8,
    /// Hash of the header: what checks of records and end are bound to.
    key: [u8; 32],
}

impl LeafLog {
    /// Opens the log in `folder`; none if there is none. A torn tail is cut.
    pub fn open(folder: &Path) -> Result<Option<Self>, LogError> {
        let path = folder.join(LOG);
        if !path.try_exists().map_err(io_error(&path))? {
            let end = folder.join(END);
            // The end is the first that is deleted, so it never stays behind alone.
            return match end.try_exists().map_err(io_error(&end))? {
                true => Err(LogError::EndDamaged { path: end }),
                false => Ok(None),
            };
        }
        let lock = lock(folder)?;
        let fail = io_error(&path);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(&fail)?;
        let header = Header::read(&mut file, &path)?;
        let bytes = file.metadata().map_err(&fail)?.len();
        let whole = bytes.saturating_sub(HEADER_LEN as u64) / RECORD_LEN as u64;
        let mut log = Self {
            folder: folder.to_owned(),
            path,
            file,
            header,
            len: whole,
            _lock: lock,
        };
        log.cut_torn_tail()?;
        Ok(Some(log))
    }

    /// Begins a log for `statement` that keeps the nodes of `height`. The folder must hold none.
    pub fn create(folder: &Path, statement: &Statement, height: u8) -> Result<Self, LogError> {
        fs::create_dir_all(folder).map_err(io_error(folder))?;
        let lock = lock(folder)?;
        let path = folder.join(LOG);
        let header = Header::new(*statement, height.min(HEIGHT_MAX));
        write_whole(&path, &header.to_bytes())?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(io_error(&path))?;
        file.seek(SeekFrom::End(0)).map_err(io_error(&path))?;
        Ok(Self {
            folder: folder.to_owned(),
            path,
            file,
            header,
            len: 0,
            _lock: lock,
        })
    }

    /// What the work in `folder` is about, without opening it; none if there is none.
    pub fn stored_statement(folder: &Path) -> Result<Option<Statement>, LogError> {
        let path = folder.join(LOG);
        match File::open(&path) {
            Ok(mut file) => Header::read(&mut file, &path).map(|header| Some(header.statement)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error(&path)(error)),
        }
    }

    /// What the work is about.
    pub fn statement(&self) -> &Statement {
        &self.header.statement
    }

    /// Height of the nodes that are kept.
    pub fn height(&self) -> u8 {
        self.header.height
    }

    /// Leaves below the nodes that are kept.
    pub fn leaves(&self) -> u64 {
        self.len << self.header.height
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends the next nodes. They survive the end of this program, and after [`Self::sync`] that of the machine. After an error the log
    /// must be opened again.
    pub fn append(&mut self, nodes: &[Node]) -> Result<(), LogError> {
        let mut bytes = Vec::with_capacity(nodes.len() * RECORD_LEN);
        for (index, node) in (self.len..).zip(nodes) {
            bytes.extend_from_slice(node);
            bytes.extend_from_slice(&self.header.check(index, node));
        }
        self.file.write_all(&bytes).map_err(io_error(&self.path))?;
        self.len += nodes.len() as u64;
        Ok(())
    }

    /// Waits until everything appended is on the disk.
    pub fn sync(&self) -> Result<(), LogError> {
        self.file.sync_data().map_err(io_error(&self.path))
    }

    /// Writes where the work ended: all its leaves and what is parked then. The log must be synced.
    pub fn write_end(&self, parked: &Parked) -> Result<(), LogError> {
        let mut bytes = END_MAGIC.to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&parked.count().to_le_bytes());
        bytes.extend_from_slice(parked.nodes().as_flattened());
        let check = self.end_check(&bytes);
        bytes.extend_from_slice(&check);
        write_whole(&self.folder.join(END), &bytes)
    }

    /// Where the work ended, if it did.
    pub fn read_end(&self) -> Result<Option<Parked>, LogError> {
        let path = self.folder.join(END);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_error(&path)(error)),
        };
        let parked = self.parse_end(&bytes);
        let fits = |parked: &Parked| parked.count() >> self.header.height == self.len;
        match parked.filter(fits) {
            Some(parked) => Ok(Some(parked)),
            None => Err(LogError::EndDamaged { path }),
        }
    }

    /// Removes the work, in an order that leaves something that can be opened or nothing.
    pub fn delete(self) -> Result<(), LogError> {
        for name in [END, LOG, LOCK] {
            let path = self.folder.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(io_error(&path)(error));
                }
                Ok(()) | Err(_) => sync_folder(&self.folder)?,
            }
        }
        fs::remove_dir(&self.folder).map_err(io_error(&self.folder))
    }

    fn parse_end(&self, bytes: &[u8]) -> Option<Parked> {
        let (content, check) = bytes.split_last_chunk::<32>()?;
        let (head, nodes) = content.split_first_chunk::<END_HEAD_LEN>()?;
        let (magic, rest) = head.split_first_chunk::<8>()?;
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (_, leaves) = rest.split_first_chunk::<4>()?;
        let known = *magic == END_MAGIC && u32::from_le_bytes(*version) == VERSION;
        if !known || self.end_check(content) != *check {
            return None;
        }
        let leaves = u64::from_le_bytes(*leaves.first_chunk::<8>()?);
        let (nodes, []) = nodes.as_chunks::<32>() else {
            return None;
        };
        Parked::resume(nodes.to_vec(), leaves)
    }

    fn end_check(&self, content: &[u8]) -> [u8; 32] {
        blake3::keyed_hash(&self.header.key, content).into()
    }

    /// Finds the first record near the end whose check is wrong, and cuts the file there. What was written since the last sync is near
    /// the end; damage before that is no torn tail and is found when the records are read.
    fn cut_torn_tail(&mut self) -> Result<(), LogError> {
        let unsynced = ((1 << 18) >> self.header.height) + 128;
        let from = self.len.saturating_sub(unsynced);
        let bytes = self.read_bytes(from, (self.len - from) as usize)?;
        let (records, _) = bytes.as_chunks::<RECORD_LEN>();
        let good = (from..)
            .zip(records)
            .take_while(|(index, record)| self.header.node(*index, record).is_some())
            .count();
        self.len = from + good as u64;
        let end = offset(self.len);
        let fail = io_error(&self.path);
        if self.file.metadata().map_err(&fail)?.len() != end {
            self.file.set_len(end).map_err(&fail)?;
            self.file.sync_all().map_err(&fail)?;
        }
        self.file.seek(SeekFrom::Start(end)).map_err(&fail)?;
        Ok(())
    }

    /// Records by a handle of its own, so that threads can read side by side.
    fn read_bytes(&self, from: u64, count: usize) -> Result<Vec<u8>, LogError> {
        let fail = io_error(&self.path);
        let mut file = File::open(&self.path).map_err(&fail)?;
        file.seek(SeekFrom::Start(offset(from))).map_err(&fail)?;
        let mut bytes = vec![0; count * RECORD_LEN];
        file.read_exact(&mut bytes).map_err(&fail)?;
        Ok(bytes)
    }
}

impl Nodes for LeafLog {
    type Error = LogError;

    fn len(&self) -> u64 {
        self.len
    }

    fn read(&self, from: u64, count: usize) -> Result<Vec<Node>, LogError> {
        let bytes = self.read_bytes(from, count)?;
        let (records, _) = bytes.as_chunks::<RECORD_LEN>();
        let records = (from..).zip(records);
        let node = |(record, bytes): (u64, &[u8; RECORD_LEN])| {
            let damaged = || LogError::Damaged {
                path: self.path.clone(),
                record,
                offset: offset(record),
            };
            self.header.node(record, bytes).ok_or_else(damaged)
        };
        records.map(node).collect()
    }
}

impl Header {
    fn new(statement: Statement, height: u8) -> Self {
        let mut header = Self {
            statement,
            height,
            key: ZERO,
        };
        header.key = blake3::hash(&header.content()).into();
        header
    }

    fn content(&self) -> [u8; HEADER_LEN - 32] {
        let mut content = [0; HEADER_LEN - 32];
        let statement = self.statement.as_bytes();
        content[..8].copy_from_slice(&LOG_MAGIC);
        content[8..12].copy_from_slice(&VERSION.to_le_bytes());
        content[12] = self.height;
        content[13] = statement.len() as u8;
        content[16..16 + statement.len()].copy_from_slice(statement);
        content
    }

    fn to_bytes(self) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        let (content, key) = bytes.split_at_mut(HEADER_LEN - 32);
        content.copy_from_slice(&self.content());
        key.copy_from_slice(&self.key);
        bytes
    }

    fn read(file: &mut File, path: &Path) -> Result<Self, LogError> {
        let mut bytes = [0; HEADER_LEN];
        match file.read_exact(&mut bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(LogError::NotALog { path: path.into() });
            }
            Err(error) => return Err(io_error(path)(error)),
        }
        let found = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
        if bytes.starts_with(&LOG_MAGIC) && found > VERSION {
            return Err(LogError::TooNew {
                path: path.into(),
                found,
            });
        }
        let statement = &bytes[16..16 + usize::from(bytes[13]).min(STATEMENT_LEN_MAX)];
        let header = Statement::new(statement)
            .ok()
            .map(|statement| Self::new(statement, bytes[12]));
        header
            .filter(|header| header.height <= HEIGHT_MAX && header.to_bytes() == bytes)
            .ok_or_else(|| LogError::NotALog { path: path.into() })
    }

    fn check(&self, index: u64, node: &Node) -> [u8; 8] {
        let mut message = [0; 40];
        message[..8].copy_from_slice(&index.to_le_bytes());
        message[8..].copy_from_slice(node);
        let hash = blake3::keyed_hash(&self.key, &message);
        let mut check = [0; 8];
        check.copy_from_slice(&hash.as_bytes()[..8]);
        check
    }

    /// The node of record `index`, if its check is right.
    fn node(&self, index: u64, record: &[u8; RECORD_LEN]) -> Option<Node> {
        let (node, check) = record.split_first_chunk::<32>()?;
        (self.check(index, node) == check).then_some(*node)
    }
}

fn offset(record: u64) -> u64 {
    HEADER_LEN as u64 + record * RECORD_LEN as u64
}

/// Held as long as the file is open; the system lets go of it however the program ends.
fn lock(folder: &Path) -> Result<File, LogError> {
    let path = folder.join(LOCK);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(io_error(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LogError::InUse {
            path: folder.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(io_error(&path)(source)),
    }
}

/// Puts a file in place at once: after a crash it is there whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), LogError> {
    let beside = path.with_extension("part");
    let fail = io_error(&beside);
    let mut file = File::create(&beside).map_err(&fail)?;
    file.write_all(bytes).map_err(&fail)?;
    file.sync_all().map_err(&fail)?;
    fs::rename(&beside, path).map_err(io_error(path))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes renames and removals in `folder` durable, where the system has that.
fn sync_folder(folder: &Path) -> Result<(), LogError> {
    if cfg!(unix) {
        let file = File::open(folder).map_err(io_error(folder))?;
        file.sync_all().map_err(io_error(folder))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
