//! Which labels are done: sorted, disjoint ranges, and their file beside the data.
//!
//! Keeps true: ranges never touch or overlap (touching ones are merged); the file has its former or its next content at any moment, and a
//! file that was altered, cut or belongs to other labels is refused by its checksum or header, never believed in part.
//!
//! The file, little-endian: magic `SMRANGE1`, commitment (32 bytes), labels of the identity (u64), labels per file (u64), number of ranges
//! (u32), per range first label and label after the last (u64 each), BLAKE3 of all that (32 bytes).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::label::Commitment;
use crate::metadata::replace_file;

/// Name of the file in a data directory. It exists only while files have holes; the reference's tools ignore it.
pub const RANGE_MAP_FILE: &str = "postdata_ranges.smapp";

const MAGIC: &[u8; 8] = b"SMRANGE1";
/// A directory with more holes than this was not made by a scheduler that works from the front.
const MAX_RANGES: usize = 1 << 20;
const HEADER: usize = 8 + 32 + 8 + 8 + 4;
const HASH: usize = 32;

/// A set of label indices as sorted, disjoint, non-touching ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RangeMap {
    /// First label → label after the last.
    ranges: BTreeMap<u64, u64>,
}

impl RangeMap {
    /// The empty set.
    pub const fn new() -> Self {
        Self {
            ranges: BTreeMap::new(),
        }
    }

    /// Adds a range. Returns how many of its labels were already in the set.
    pub fn insert(&mut self, range: Range<u64>) -> u64 {
        if range.is_empty() {
            return 0;
        }
        let overlap = self.count_in(range.clone());
        let (mut start, mut end) = (range.start, range.end);
        // Everything that overlaps or touches becomes one range.
        while let Some((&s, &e)) = self.ranges.range(..=end).next_back() {
            if e < start {
                break;
            }
            self.ranges.remove(&s);
            start = start.min(s);
            end = end.max(e);
        }
        self.ranges.insert(start, end);
        overlap
    }

    /// Removes a range.
    pub fn remove(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        while let Some((&s, &e)) = self.ranges.range(..range.end).next_back() {
            if e <= range.start {
                break;
            }
            self.ranges.remove(&s);
            if s < range.start {
                self.ranges.insert(s, range.start);
            }
            if e > range.end {
                self.ranges.insert(range.end, e);
            }
        }
    }

    /// Number of labels in the set.
    pub fn count(&self) -> u64 {
        self.ranges.iter().map(|(start, end)| end - start).sum()
    }

    /// Number of labels of `range` that are in the set.
    pub fn count_in(&self, range: Range<u64>) -> u64 {
        self.within(range).map(|part| part.end - part.start).sum()
    }

    /// Whether all of `range` is in the set.
    pub fn covers(&self, range: Range<u64>) -> bool {
        range.is_empty()
            || self
                .ranges
                .range(..=range.start)
                .next_back()
                .is_some_and(|(_, &end)| end >= range.end)
    }

    /// Whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The ranges in order.
    pub fn iter(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        self.ranges.iter().map(|(&start, &end)| start..end)
    }

    /// The parts of `range` that are in the set, in order.
    pub fn within(&self, range: Range<u64>) -> impl Iterator<Item = Range<u64>> + '_ {
        let before = self
            .ranges
            .range(..range.start)
            .next_back()
            .map(|(&s, &e)| s..e);
        let rest = self
            .ranges
            .range(range.start..range.end.max(range.start))
            .map(|(&s, &e)| s..e);
        before.into_iter().chain(rest).filter_map(move |part| {
            let part = part.start.max(range.start)..part.end.min(range.end);
            (!part.is_empty()).then_some(part)
        })
    }

    /// The first gap of the set at or after `range.start` and inside `range`.
    pub fn first_gap(&self, range: Range<u64>) -> Option<Range<u64>> {
        let mut start = range.start;
        if let Some((_, &end)) = self.ranges.range(..=start).next_back()
            && end > start
        {
            start = end;
        }
        let end = self
            .ranges
            .range(start..)
            .next()
            .map_or(range.end, |(&next, _)| next.min(range.end));
        (start < end).then_some(start..end)
    }

    /// All gaps of the set inside `range`, in order.
    pub fn gaps(&self, range: Range<u64>) -> impl Iterator<Item = Range<u64>> + '_ {
        let mut from = range.start;
        std::iter::from_fn(move || {
            let gap = self.first_gap(from..range.end)?;
            from = gap.end;
            Some(gap)
        })
    }
}

impl FromIterator<Range<u64>> for RangeMap {
    fn from_iter<I: IntoIterator<Item = Range<u64>>>(ranges: I) -> Self {
        let mut map = Self::new();
        for range in ranges {
            map.insert(range);
        }
        map
    }
}

/// Whose labels a range map speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeMapHeader {
    /// Binds it to identity and commitment ATX.
    pub commitment: Commitment,
    /// Labels of the identity.
    pub labels: u64,
    /// Labels of every file but the last.
    pub labels_per_file: u64,
}

/// The bytes of a range map file.
pub fn encode(header: &RangeMapHeader, map: &RangeMap) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + map.ranges.len() * 16 + HASH);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(header.commitment.as_bytes());
    out.extend_from_slice(&header.labels.to_le_bytes());
    out.extend_from_slice(&header.labels_per_file.to_le_bytes());
    out.extend_from_slice(&(map.ranges.len() as u32).to_le_bytes());
    for range in map.iter() {
        out.extend_from_slice(&range.start.to_le_bytes());
        out.extend_from_slice(&range.end.to_le_bytes());
    }
    let hash = blake3::hash(&out);
    out.extend_from_slice(hash.as_bytes());
    out
}

/// Reads the bytes of a range map file.
///
/// # Errors
/// Says what is wrong.
pub fn decode(bytes: &[u8]) -> Result<(RangeMapHeader, RangeMap), &'static str> {
    let (body, hash) = bytes.split_last_chunk::<HASH>().ok_or("too short")?;
    if blake3::hash(body) != *hash {
        return Err("its checksum does not match");
    }
    let (magic, rest) = body.split_first_chunk::<8>().ok_or("too short")?;
    if magic != MAGIC {
        return Err("another kind of file, or a newer version");
    }
    let (commitment, rest) = rest.split_first_chunk::<32>().ok_or("too short")?;
    let (labels, rest) = rest.split_first_chunk::<8>().ok_or("too short")?;
    let (labels_per_file, rest) = rest.split_first_chunk::<8>().ok_or("too short")?;
    let (count, rest) = rest.split_first_chunk::<4>().ok_or("too short")?;
    let (pairs, tail) = rest.as_chunks::<16>();
    if !tail.is_empty() || pairs.len() != u32::from_le_bytes(*count) as usize {
        return Err("its length does not match its count");
    }
    let header = RangeMapHeader {
        commitment: Commitment::from_bytes(*commitment),
        labels: u64::from_le_bytes(*labels),
        labels_per_file: u64::from_le_bytes(*labels_per_file),
    };
    let mut map = RangeMap::new();
    let mut last = None;
    for pair in pairs {
        let pair = u128::from_le_bytes(*pair);
        let (start, end) = (pair as u64, (pair >> 64) as u64);
        if start >= end || last.is_some_and(|last| start <= last) {
            return Err("its ranges are not in order");
        }
        last = Some(end);
        map.ranges.insert(start, end);
    }
    Ok((header, map))
}

/// Replaces the range map of `dir`.
///
/// # Errors
/// The former file is untouched when any step fails.
pub fn save(dir: &Path, header: &RangeMapHeader, map: &RangeMap) -> Result<(), RangeMapError> {
    replace_file(dir, RANGE_MAP_FILE, &encode(header, map)).map_err(|source| RangeMapError::Write {
        path: dir.join(RANGE_MAP_FILE),
        source,
    })
}

/// Reads the range map of `dir`; `None` when there is none.
///
/// # Errors
/// When it cannot be read or is not one.
pub fn load(dir: &Path) -> Result<Option<(RangeMapHeader, RangeMap)>, RangeMapError> {
    let path = dir.join(RANGE_MAP_FILE);
    let mut bytes = Vec::new();
    let limit = (HEADER + MAX_RANGES * 16 + HASH) as u64;
    match File::open(&path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)) {
        Ok(read) if read as u64 > limit => Err(RangeMapError::Format {
            path,
            reason: "too long",
        }),
        Ok(_) => decode(&bytes)
            .map(Some)
            .map_err(|reason| RangeMapError::Format { path, reason }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(RangeMapError::Read { path, source }),
    }
}

/// Removes the range map of `dir`, if there is one.
///
/// # Errors
/// When it exists and cannot be removed.
pub fn remove(dir: &Path) -> Result<(), RangeMapError> {
    let path = dir.join(RANGE_MAP_FILE);
    match fs::remove_file(&path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(RangeMapError::Write { path, source }),
    }
}

/// Whether a name is that of a file that an interrupted [`save`] left behind.
pub(crate) fn is_leftover(name: &str) -> bool {
    name.starts_with(RANGE_MAP_FILE) && name.ends_with(".tmp")
}

/// A range map file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RangeMapError {
    /// Not a range map.
    #[error("{path} is damaged: {reason}; labels of unfinished files are computed again")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {path}; check free space and permissions")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
}
