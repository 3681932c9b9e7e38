//! The proposals of recent layers, in memory only (06 §6.5).

use std::collections::BTreeMap;

use spacemesh_types::{LayerId, NodeId, ProposalId, wire::Proposal};

/// What adding a proposal comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddProposal {
    /// It is in the store.
    Added,
    /// It was there.
    Known,
    /// Its layer is gone.
    Evicted,
    /// Its smesher has as many in this layer as are kept of one.
    TooMany,
}

/// Proposals by layer.
#[derive(Debug, Clone)]
pub struct ProposalStore {
    layers_kept: u32,
    evicted: LayerId,
    layers: BTreeMap<LayerId, BTreeMap<ProposalId, Proposal>>,
}

impl ProposalStore {
    /// Proposals kept of one smesher in one layer. Honest ones publish one; each further one needs another signature by the smesher.
    pub const OF_SMESHER_MAX: usize = 8;

    /// A store that keeps `layers_kept` layers (zdist + 1) and nothing of `at_start`, the layer at start, and before.
    pub const fn new(layers_kept: u32, at_start: LayerId) -> Self {
        Self {
            layers_kept,
            evicted: at_start,
            layers: BTreeMap::new(),
        }
    }

    /// Adds a proposal.
    pub fn add(&mut self, id: ProposalId, proposal: Proposal) -> AddProposal {
        let layer = proposal.inner.ballot.inner.layer;
        if layer <= self.evicted {
            return AddProposal::Evicted;
        }
        let proposals = self.layers.entry(layer).or_default();
        if proposals.contains_key(&id) {
            return AddProposal::Known;
        }
        let smesher = proposal.inner.ballot.smesher_id;
        let of = |proposal: &&Proposal| proposal.inner.ballot.smesher_id == smesher;
        if proposals.values().filter(of).count() >= Self::OF_SMESHER_MAX {
            return AddProposal::TooMany;
        }
        proposals.insert(id, proposal);
        AddProposal::Added
    }

    /// A layer of hare begins: drops what is too old. The tick comes from hare, not from the clock.
    pub fn begin_layer(&mut self, layer: LayerId) {
        let Some(last) = layer.checked_sub(self.layers_kept) else {
            return;
        };
        if last < self.evicted {
            return;
        }
        self.evicted = last;
        if let Some(first) = last.checked_add(1) {
            self.layers = self.layers.split_off(&first);
        } else {
            self.layers.clear();
        }
    }

    /// A proposal, wherever it is.
    pub fn get(&self, id: &ProposalId) -> Option<&Proposal> {
        self.layers.values().find_map(|layer| layer.get(id))
    }

    /// Whether a proposal is here.
    pub fn contains(&self, id: &ProposalId) -> bool {
        self.get(id).is_some()
    }

    /// The proposals of a layer, by id.
    pub fn of_layer(&self, layer: LayerId) -> impl Iterator<Item = (&ProposalId, &Proposal)> {
        self.layers.get(&layer).into_iter().flatten()
    }

    /// The proposals of a smesher in a layer.
    pub fn of_smesher(
        &self,
        layer: LayerId,
        smesher: NodeId,
    ) -> impl Iterator<Item = (&ProposalId, &Proposal)> {
        self.of_layer(layer)
            .filter(move |(_, proposal)| proposal.inner.ballot.smesher_id == smesher)
    }
}
