//! Which transactions are in proposals and blocks of layers to come (02 §6.4).
//!
//! The reference remembers one layer for a transaction and loses it when that layer's block leaves the transaction out. Here all layers are
//! remembered until they are applied, so nothing stays marked for ever.

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_types::{LayerId, TransactionId};

use super::Limits;

#[derive(Debug, Clone)]
pub(super) struct Marks {
    applied: LayerId,
    by_layer: BTreeMap<LayerId, BTreeSet<TransactionId>>,
    by_id: BTreeMap<TransactionId, BTreeSet<LayerId>>,
}

impl Marks {
    pub(super) fn new(applied: LayerId) -> Self {
        Self {
            applied,
            by_layer: BTreeMap::new(),
            by_id: BTreeMap::new(),
        }
    }

    /// The first layer to come with a proposal or block that lists the transaction.
    pub(super) fn next(&self, id: &TransactionId) -> Option<LayerId> {
        self.by_id.get(id)?.first().copied()
    }

    /// Remembers a transaction for a layer. Layers that are applied, and what goes beyond the limits, are passed over.
    pub(super) fn add(&mut self, layer: LayerId, id: TransactionId, limits: &Limits) {
        let is_new = !self.by_layer.contains_key(&layer);
        if layer <= self.applied || (is_new && self.by_layer.len() >= limits.marked_layers) {
            return;
        }
        let ids = self.by_layer.entry(layer).or_default();
        if ids.len() < limits.marks_per_layer || ids.contains(&id) {
            ids.insert(id);
            self.by_id.entry(id).or_default().insert(layer);
        }
    }

    /// Forgets the layers up to `layer`, and returns the transactions that are in none any more.
    pub(super) fn applied(&mut self, layer: LayerId) -> Vec<TransactionId> {
        self.applied = self.applied.max(layer);
        let mut unmarked = Vec::new();
        while let Some(entry) = self.by_layer.first_entry() {
            if *entry.key() > layer {
                break;
            }
            let (layer, ids) = entry.remove_entry();
            for id in ids {
                if let Some(layers) = self.by_id.get_mut(&id) {
                    layers.remove(&layer);
                    if layers.is_empty() {
                        self.by_id.remove(&id);
                        unmarked.push(id);
                    }
                }
            }
        }
        unmarked
    }

    /// Layers after `layer` are to come again.
    pub(super) fn reverted(&mut self, layer: LayerId) {
        self.applied = self.applied.min(layer);
    }
}
