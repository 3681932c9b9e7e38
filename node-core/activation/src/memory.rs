//! A state in memory: the readable model of what a store answers, for tests, simulations and short histories.

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_types::{
    AtxId, AtxVersion, EpochId, NodeId, PoetProofRef, Timestamp, wire::MalfeasanceProof,
};

use crate::{AtxRow, Change, MarriageRow, PoetRow, PostRow, State, View};

/// Counts insertions, which is the order that rows have in the reference where nothing else orders them.
type Sequence = u64;

/// All tables, with the indexes that [`View`] needs.
#[derive(Debug, Clone, Default)]
pub struct MemoryState {
    inserted: Sequence,
    atxs: BTreeMap<AtxId, AtxRow>,
    blobs: BTreeMap<AtxId, Vec<u8>>,
    posts: BTreeMap<AtxId, Vec<PostRow>>,
    signed: BTreeMap<(NodeId, EpochId, i128, Sequence), AtxId>,
    commitments: BTreeMap<(NodeId, EpochId, Sequence), AtxId>,
    containing: BTreeMap<(NodeId, EpochId, Sequence), AtxId>,
    by_previous: BTreeMap<(NodeId, Option<AtxId>, Sequence), AtxId>,
    merged: BTreeMap<(AtxId, EpochId, Sequence), AtxId>,
    epochs: BTreeMap<EpochId, BTreeSet<AtxId>>,
    malicious: BTreeMap<NodeId, (MalfeasanceProof, Timestamp)>,
    condemned: BTreeMap<NodeId, u64>,
    poets: BTreeMap<PoetProofRef, PoetRow>,
    marriages: BTreeMap<NodeId, (MarriageRow, Sequence)>,
}

impl MemoryState {
    /// Adds a PoET proof that is known to hold.
    pub fn insert_poet(&mut self, reference: PoetProofRef, poet: PoetRow) {
        self.poets.insert(reference, poet);
    }

    /// The rows of a publish epoch, by id.
    pub fn epoch(&self, epoch: EpochId) -> impl Iterator<Item = &AtxRow> {
        let ids = self.epochs.get(&epoch).into_iter().flatten();
        ids.filter_map(|id| self.atxs.get(id))
    }

    /// All rows, by id.
    pub fn atxs(&self) -> impl Iterator<Item = &AtxRow> {
        self.atxs.values()
    }

    /// The stored proof about an identity and when it was received.
    pub fn malfeasance(&self, node: NodeId) -> Option<&(MalfeasanceProof, Timestamp)> {
        self.malicious.get(&node)
    }

    fn insert_atx(&mut self, row: AtxRow, blob: Option<Vec<u8>>, posts: Vec<PostRow>) {
        if self.atxs.contains_key(&row.id) {
            return;
        }
        let at = self.inserted;
        let (node, epoch) = (row.smesher, row.publish_epoch);
        let received = row.received.map_or(0, Timestamp::unix_nanos);
        self.signed.insert((node, epoch, received, at), row.id);
        if let Some(commitment) = row.commitment {
            self.commitments.insert((node, epoch, at), commitment);
        }
        if let Some(marriage) = row.marriage_atx {
            self.merged.insert((marriage, epoch, at), row.id);
        }
        self.epochs.entry(epoch).or_default().insert(row.id);
        self.atxs.insert(row.id, row);
        if let Some(blob) = blob {
            self.blobs.insert(row.id, blob);
        }
        for post in &posts {
            self.containing
                .insert((post.node, post.publish_epoch, at), row.id);
            self.by_previous
                .insert((post.node, post.previous, at), row.id);
        }
        self.posts.insert(row.id, posts);
    }
}

impl View for MemoryState {
    fn atx(&self, id: AtxId) -> Option<AtxRow> {
        self.atxs.get(&id).copied()
    }

    fn blob(&self, id: AtxId) -> Option<(AtxVersion, Vec<u8>)> {
        Some((self.atxs.get(&id)?.version, self.blobs.get(&id)?.clone()))
    }

    fn units(&self, atx: AtxId, node: NodeId) -> Option<u32> {
        let posts = self.posts.get(&atx)?.iter();
        posts
            .filter(|post| post.node == node)
            .map(|post| post.units)
            .next()
    }

    fn posts(&self, atx: AtxId) -> Vec<PostRow> {
        self.posts.get(&atx).cloned().unwrap_or_default()
    }

    fn commitment(&self, node: NodeId) -> Option<AtxId> {
        let rows = (node, EpochId::ZERO, 0)..=(node, EpochId::MAX, Sequence::MAX);
        self.commitments.range(rows).next_back().map(|(_, &id)| id)
    }

    fn signed_in(&self, node: NodeId, epoch: EpochId) -> Option<AtxId> {
        let rows = (node, epoch, i128::MIN, 0)..=(node, epoch, i128::MAX, Sequence::MAX);
        self.signed.range(rows).next().map(|(_, &id)| id)
    }

    fn newest_signed(&self, node: NodeId) -> Option<AtxId> {
        let last = (node, EpochId::MAX, i128::MAX, Sequence::MAX);
        let rows = (node, EpochId::ZERO, i128::MIN, 0)..=last;
        self.signed.range(rows).next_back().map(|(_, &id)| id)
    }

    fn newest_containing(&self, node: NodeId, epoch: EpochId) -> Option<AtxId> {
        let rows = (node, EpochId::ZERO, 0)..(node, epoch, 0);
        self.containing.range(rows).next_back().map(|(_, &id)| id)
    }

    fn containing_in(&self, node: NodeId, epoch: EpochId) -> Vec<AtxId> {
        let rows = (node, epoch, 0)..=(node, epoch, Sequence::MAX);
        let rows = self.containing.range(rows).take(2);
        rows.map(|(_, &id)| id).collect()
    }

    fn with_previous(&self, node: NodeId, previous: Option<AtxId>) -> Vec<AtxId> {
        let rows = (node, previous, 0)..=(node, previous, Sequence::MAX);
        self.by_previous.range(rows).map(|(_, &id)| id).collect()
    }

    fn merged_in(&self, marriage_atx: AtxId, epoch: EpochId) -> Vec<AtxId> {
        let rows = (marriage_atx, epoch, 0)..=(marriage_atx, epoch, Sequence::MAX);
        let rows = self.merged.range(rows).take(2);
        rows.map(|(_, &id)| id).collect()
    }

    fn is_malicious(&self, node: NodeId) -> bool {
        self.malicious.contains_key(&node)
    }

    fn is_condemned(&self, node: NodeId) -> bool {
        self.condemned.contains_key(&node)
    }

    fn poet(&self, reference: PoetProofRef) -> Option<PoetRow> {
        self.poets.get(&reference).copied()
    }

    fn marriage(&self, node: NodeId) -> Option<MarriageRow> {
        self.marriages.get(&node).map(|(row, _)| *row)
    }

    fn marriage_set(&self, set: u64) -> Vec<NodeId> {
        let rows = self.marriages.values().filter(|(row, _)| row.set == set);
        let mut rows: Vec<_> = rows.map(|(row, at)| (*at, row.node)).collect();
        rows.sort_unstable();
        rows.into_iter().map(|(_, node)| node).collect()
    }

    fn last_marriage_set(&self) -> u64 {
        let sets = self.marriages.values().map(|(row, _)| row.set);
        sets.max().unwrap_or(0)
    }

    fn last_publish_epoch(&self) -> Option<EpochId> {
        self.epochs.keys().next_back().copied()
    }
}

impl State for MemoryState {
    fn apply(&mut self, change: Change) {
        self.inserted += 1;
        match change {
            Change::InsertAtx { row, blob, posts } => self.insert_atx(row, blob, posts),
            Change::SetValidity { id, validity } => {
                if let Some(row) = self.atxs.get_mut(&id) {
                    row.validity = validity;
                }
            }
            Change::InsertMalfeasance {
                node,
                proof,
                received,
            } => {
                self.malicious.entry(node).or_insert((*proof, received));
            }
            Change::InsertMarriage(row) => {
                self.marriages
                    .entry(row.node)
                    .or_insert((row, self.inserted));
            }
            Change::MoveMarriageSet { from, to } => {
                for (row, _) in self.marriages.values_mut() {
                    if row.set == from {
                        row.set = to;
                    }
                }
            }
            Change::Condemn { node, set } => {
                self.condemned.insert(node, set);
            }
        }
    }
}
