//! What a search for a proof has found so far, and its file: a crash costs the seconds since it was last written.
//!
//! Keeps true: results count in the order of the data, whichever order they arrive in, so a search with other threads, other drives or
//! interruptions ends with the same proof. A file that was altered, cut, or is about another search is refused as a whole.
//!
//! The file is one line of 64 hex digits, the BLAKE3 hash of everything after that line, then JSON.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Found;
use crate::aes::NONCES_PER_GROUP;
use crate::metadata::replace_file;
use crate::proof::Proof;

/// Largest file that is read: 4,096 nonces with all their indices are below 4 MiB.
const MAX_BYTES: u64 = 64 << 20;
const VERSION: u32 = 1;
const HASH_LINE: usize = 65;

/// What distinguishes one search from all others. Anything that changes the proof is in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Search {
    pub(super) version: u32,
    pub(super) node_id: String,
    pub(super) commitment_atx_id: String,
    pub(super) challenge: String,
    pub(super) num_units: u32,
    pub(super) labels_per_unit: u64,
    pub(super) max_file_size: u64,
    pub(super) k1: u32,
    pub(super) k2: u32,
    pub(super) pow_difficulty: String,
    /// Nonces of one pass: the first pass that yields a winner depends on it.
    pub(super) nonces: u32,
}

impl Search {
    pub(super) const VERSION: u32 = VERSION;

    /// Name of its file: one per challenge and identity.
    pub(super) fn file_name(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher
            .update(self.node_id.as_bytes())
            .update(self.challenge.as_bytes());
        format!("proof_{}.progress", &hasher.finalize().to_hex()[..16])
    }
}

/// State of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    search: Search,
    /// RandomX work by nonce group.
    pub(super) pows: BTreeMap<u32, u64>,
    /// First nonce of the pass.
    pub(super) first_nonce: u32,
    /// Chunks up to here have been counted.
    counted: u64,
    /// Hits of the counted chunks, by nonce.
    hits: BTreeMap<u32, Vec<u64>>,
    /// Chunks beyond `counted` that were scanned, as first → after the last.
    ahead: BTreeMap<u64, u64>,
    /// Their hits, by chunk.
    ahead_hits: BTreeMap<u64, Vec<(u32, u64)>>,
    /// Labels that were hits as stored, but are not what the label function says.
    pub(super) bad_labels: Vec<u64>,
    /// The end of the search.
    pub(super) proof: Option<Proof>,
}

impl Progress {
    pub(super) const fn new(search: Search) -> Self {
        Self {
            search,
            pows: BTreeMap::new(),
            first_nonce: 0,
            counted: 0,
            hits: BTreeMap::new(),
            ahead: BTreeMap::new(),
            ahead_hits: BTreeMap::new(),
            bad_labels: Vec::new(),
            proof: None,
        }
    }

    /// Forgets the hits of a pass without a winner; the next begins with nonce `first`.
    pub(super) fn next_pass(&mut self, first: u32) {
        self.first_nonce = first;
        self.counted = 0;
        self.hits.clear();
        self.ahead.clear();
        self.ahead_hits.clear();
    }

    /// Whether a chunk has been scanned in this pass.
    pub(super) fn is_scanned(&self, chunk: u64) -> bool {
        chunk < self.counted
            || self
                .ahead
                .range(..=chunk)
                .next_back()
                .is_some_and(|(_, end)| chunk < *end)
    }

    /// Chunks scanned in this pass.
    pub(super) fn scanned(&self) -> u64 {
        self.counted
            + self
                .ahead
                .iter()
                .map(|(start, end)| end - start)
                .sum::<u64>()
    }

    /// Most indices that one nonce has.
    pub(super) fn most_hits(&self) -> usize {
        self.hits.values().map(Vec::len).max().unwrap_or(0)
    }

    /// Takes the results of consecutive chunks, each in the order of a single-threaded search, and counts what follows without a gap. The
    /// first nonce that reaches `k2` indices is the winner; nothing is counted after it.
    pub(super) fn add(
        &mut self,
        chunks: Range<u64>,
        found: Vec<Found>,
        k2: usize,
    ) -> Option<(u32, Vec<u64>)> {
        for Found {
            chunk,
            nonce,
            index,
        } in found
        {
            self.ahead_hits
                .entry(chunk)
                .or_default()
                .push((nonce, index));
        }
        let (mut start, mut end) = (chunks.start, chunks.end);
        if let Some((&s, &e)) = self.ahead.range(..=start).next_back()
            && e >= start
        {
            start = s;
            end = end.max(e);
        }
        while let Some((&s, &e)) = self.ahead.range(start..).next()
            && s <= end
        {
            end = end.max(e);
            self.ahead.remove(&s);
        }
        self.ahead.insert(start, end);
        self.count(k2)
    }

    fn count(&mut self, k2: usize) -> Option<(u32, Vec<u64>)> {
        let end = self.ahead.remove(&self.counted)?;
        self.counted = end;
        while let Some(entry) = self.ahead_hits.first_entry()
            && *entry.key() < end
        {
            for (nonce, index) in entry.remove() {
                let hits = self.hits.entry(nonce).or_default();
                hits.push(index);
                if hits.len() >= k2 {
                    return Some((nonce, hits.clone()));
                }
            }
        }
        None
    }

    /// The state kept in `dir` for this search, if there is one that can be believed.
    ///
    /// A file that cannot be believed is reported in the log and ignored: the search then starts anew.
    pub(super) fn load(dir: &Path, search: &Search) -> Result<Option<Self>, ProgressError> {
        let path = dir.join(search.file_name());
        let mut bytes = Vec::new();
        match File::open(&path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(ProgressError::Read { path, source }),
        }
        let progress = Self::parse(&bytes)
            .filter(|progress| progress.search == *search && progress.is_sound());
        if progress.is_none() {
            tracing::warn!(path = %path.display(), "progress of another search or damaged; starting anew");
        }
        Ok(progress)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (line, json) = bytes.split_at_checked(HASH_LINE)?;
        let hash = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
        let hash = blake3::Hash::from_hex(hash).ok()?;
        if hash != blake3::hash(json) {
            return None;
        }
        serde_json::from_slice(json).ok()
    }

    /// Whether nonces belong to the pass and their groups' work is there: what the search relies on.
    fn is_sound(&self) -> bool {
        let end = self.first_nonce.saturating_add(self.search.nonces);
        let ahead = self.ahead_hits.values().flatten().map(|(nonce, _)| nonce);
        self.first_nonce.is_multiple_of(NONCES_PER_GROUP)
            && self.hits.keys().chain(ahead).all(|nonce| {
                (self.first_nonce..end).contains(nonce)
                    && self.pows.contains_key(&(nonce / NONCES_PER_GROUP))
            })
            && self.ahead.iter().all(|(start, end)| start < end)
    }

    fn to_bytes(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).expect("plain values become JSON");
        let mut bytes = format!("{}\n", blake3::hash(&json)).into_bytes();
        bytes.extend(json);
        bytes
    }

    /// Replaces the file in one step.
    pub(super) fn save(&self, dir: &Path) -> Result<(), ProgressError> {
        let bytes = self.to_bytes();
        let name = self.search.file_name();
        replace_file(dir, &name, &bytes).map_err(|source| ProgressError::Write {
            path: dir.join(name),
            source,
        })
    }

    pub(super) fn remove(dir: &Path, search: &Search) -> Result<(), ProgressError> {
        let path = dir.join(search.file_name());
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ProgressError::Write {
                path,
                source: error,
            }),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// The progress of a search cannot be kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgressError {
    /// The file cannot be read.
    #[error("cannot read {path}; check permissions, or delete it to search from the start")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The file cannot be written.
    #[error(
        "cannot write {path}; check free space and permissions, or keep progress in another folder"
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn search() -> Search {
        Search {
            version: VERSION,
            node_id: "aa".into(),
            commitment_atx_id: "bb".into(),
            challenge: "cc".into(),
            num_units: 1,
            labels_per_unit: 1,
            max_file_size: 1024,
            k1: 1,
            k2: 2,
            pow_difficulty: "ff".into(),
            nonces: 16,
        }
    }

    fn found(chunk: u64, nonce: u32, index: u64) -> Found {
        Found {
            chunk,
            nonce,
            index,
        }
    }

    #[test]
    fn the_winner_is_the_first_in_the_order_of_the_data_although_chunks_arrive_in_another() {
        let mut progress = Progress::new(search());
        assert_eq!(
            progress.add(2..3, vec![found(2, 5, 20), found(2, 5, 21)], 2),
            None,
            "chunks before it are missing"
        );
        assert_eq!(progress.add(1..2, vec![found(1, 7, 11)], 2), None);
        assert!(progress.is_scanned(2) && !progress.is_scanned(0) && !progress.is_scanned(3));
        assert_eq!(
            progress.add(0..1, vec![found(0, 7, 1)], 2),
            Some((7, vec![1, 11]))
        );
    }

    #[test]
    fn progress_read_back_is_what_was_written_and_a_changed_file_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let mut progress = Progress::new(search());
        progress.pows.insert(0, u64::MAX);
        let _ = progress.add(0..4, vec![found(1, 7, 11)], 2);
        let _ = progress.add(6..8, vec![found(7, 8, 70)], 2);
        assert_eq!(progress.scanned(), 6);
        progress.save(dir.path()).unwrap();
        assert_eq!(
            Progress::load(dir.path(), &search()).unwrap(),
            Some(progress)
        );

        let path = dir.path().join(search().file_name());
        let bytes = fs::read(&path).unwrap();
        for position in [0, 64, 70, bytes.len() - 1] {
            let mut damaged = bytes.clone();
            damaged[position] ^= 1;
            fs::write(&path, &damaged).unwrap();
            assert_eq!(
                Progress::load(dir.path(), &search()).unwrap(),
                None,
                "byte {position}"
            );
        }
        fs::write(&path, &bytes[..40]).unwrap();
        assert_eq!(Progress::load(dir.path(), &search()).unwrap(), None);
    }

    proptest! {
        /// Chunks arrive in any order and grouping, and the search is saved, lost and continued anywhere: the winner is that of a search
        /// that went from the first chunk to the last.
        #[test]
        fn neither_order_nor_interruption_changes_the_winner(
            hits in prop::collection::vec(prop::collection::vec(0..4_u32, 0..3), 1..40),
            cuts in prop::collection::vec(any::<bool>(), 40),
            order in prop::collection::vec(any::<u32>(), 40),
            crashes in prop::collection::vec(any::<bool>(), 40),
        ) {
            const K2: usize = 6;
            let of_chunk = |chunk: u64| -> Vec<Found> {
                (0..).zip(&hits[chunk as usize]).map(|(i, nonce)| found(chunk, *nonce, chunk * 10 + i)).collect()
            };
            let chunks = hits.len() as u64;
            let in_order = Progress::new(search()).add(0..chunks, (0..chunks).flat_map(of_chunk).collect(), K2);

            let mut sections: Vec<Range<u64>> = Vec::new();
            for chunk in 0..chunks {
                match sections.last_mut() {
                    Some(last) if !cuts[chunk as usize] => last.end = chunk + 1,
                    _ => sections.push(chunk..chunk + 1),
                }
            }
            sections.sort_by_key(|section| order[section.start as usize]);
            let mut progress = Progress::new(search());
            let mut winner = None;
            for (section, crash) in sections.into_iter().zip(crashes) {
                let before = progress.clone();
                winner = winner.or(progress.add(section.clone(), section.clone().flat_map(of_chunk).collect(), K2));
                if crash && winner.is_none() {
                    // Lost before it was saved: the section is scanned again.
                    let kept = serde_json::from_slice::<Progress>(&serde_json::to_vec(&before).unwrap()).unwrap();
                    prop_assert!(section.clone().all(|chunk| !kept.is_scanned(chunk)));
                    progress = kept;
                    winner = progress.add(section.clone(), section.flat_map(of_chunk).collect(), K2);
                }
            }
            prop_assert_eq!(winner, in_order);
        }
    }
}
