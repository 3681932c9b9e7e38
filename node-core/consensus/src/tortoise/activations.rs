//! What the engine asks about ATXs, and a table that answers (08 §3.1).
//!
//! A node has one table for everything; the engine sees it through [`Activations`]. [`ActivationTable`] is the plain form of that
//! table: for simulations, for tests, and as the model that a faster one is compared with.

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_types::{AtxId, EpochId, NodeId};

/// What counting needs to know of an ATX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VotingAtx {
    /// Its weight.
    pub weight: u64,
    /// Its height in ticks: of its base, and its own on top.
    pub height: u64,
}

/// The table of ATXs, by the epoch they are for.
pub trait Activations {
    /// The ATX `id` if it is for `target`.
    fn voting(&self, target: EpochId, id: &AtxId) -> Option<VotingAtx>;

    /// The median of the heights of all ATXs for `target` whose identity is not known as malicious; see [`median_height`].
    fn median_height(&self, target: EpochId) -> u64;
}

/// The median as the network takes it: zero of nothing, the mean of the middle two of an even number (in wrapping arithmetic), rounded
/// down. Reorders `heights`.
pub fn median_height(heights: &mut [u64]) -> u64 {
    let middle = heights.len() / 2;
    if heights.is_empty() {
        return 0;
    }
    let even = heights.len().is_multiple_of(2);
    let (below, &mut upper, _) = heights.select_nth_unstable(middle);
    match below.iter().max() {
        Some(&lower) if even => lower.wrapping_add(upper) / 2,
        _ => upper,
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CachedAtx {
    /// The identity.
    pub node: NodeId,
    /// The weight: of a merged ATX the sum over its parts (08 Trap 36).
    pub weight: u64,
    /// Height of the ATX it builds on.
    pub base_height: u64,
    /// Height of this one.
    pub height: u64,
}

/// The plain table.
#[derive(Debug, Clone, Default)]
pub struct ActivationTable {
    epochs: BTreeMap<EpochId, BTreeMap<AtxId, CachedAtx>>,
    malicious: BTreeSet<NodeId>,
    evicted: Option<EpochId>,
}

impl ActivationTable {
    /// Adds an ATX. False if it is known or its epoch has been evicted: then its weight must not be counted a second time.
    pub fn add(&mut self, target: EpochId, id: AtxId, atx: CachedAtx) -> bool {
        if self.evicted.is_some_and(|evicted| target <= evicted) {
            return false;
        }
        let rows = self.epochs.entry(target).or_default();
        if rows.contains_key(&id) {
            return false;
        }
        rows.insert(id, atx);
        true
    }

    /// Marks an identity as malicious.
    pub fn set_malicious(&mut self, node: NodeId) {
        self.malicious.insert(node);
    }

    /// Whether an identity is known as malicious.
    pub fn is_malicious(&self, node: &NodeId) -> bool {
        self.malicious.contains(node)
    }

    /// The malicious identities, in ascending order.
    pub fn malicious(&self) -> impl Iterator<Item = &NodeId> {
        self.malicious.iter()
    }

    /// The ATX `id` if it is for `target`.
    pub fn get(&self, target: EpochId, id: &AtxId) -> Option<&CachedAtx> {
        self.epochs.get(&target)?.get(id)
    }

    /// The ATXs for `target`, by id.
    pub fn rows(&self, target: EpochId) -> impl Iterator<Item = (&AtxId, &CachedAtx)> {
        self.epochs.get(&target).into_iter().flatten()
    }

    /// Those of `ids` that are not in the table for `target`.
    pub fn missing(&self, target: EpochId, ids: &[AtxId]) -> Vec<AtxId> {
        let known = |id: &&AtxId| self.get(target, id).is_none();
        ids.iter().filter(known).copied().collect()
    }

    /// Drops every epoch up to `epoch` for good.
    pub fn evict(&mut self, epoch: EpochId) {
        self.evicted = self.evicted.max(Some(epoch));
        self.epochs = match epoch.checked_add(1) {
            Some(next) => self.epochs.split_off(&next),
            None => BTreeMap::new(),
        };
    }
}

impl Activations for ActivationTable {
    fn voting(&self, target: EpochId, id: &AtxId) -> Option<VotingAtx> {
        self.get(target, id).map(|atx| VotingAtx {
            weight: atx.weight,
            height: atx.height,
        })
    }

    fn median_height(&self, target: EpochId) -> u64 {
        let honest = self
            .rows(target)
            .filter(|(_, atx)| !self.is_malicious(&atx.node));
        let mut heights: Vec<u64> = honest.map(|(_, atx)| atx.height).collect();
        median_height(&mut heights)
    }
}
