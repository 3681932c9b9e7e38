//! Layers that hare has in hand, so that the syncer leaves them alone for a while (07 §7.20).

use std::collections::BTreeSet;

use spacemesh_types::LayerId;

/// Layers after which a mark that nobody removed is dropped.
const MARK_LAYERS: u32 = 100;

/// The marks. In memory only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerPatrol {
    marked: BTreeSet<LayerId>,
}

impl LayerPatrol {
    /// Hare runs `layer`.
    pub fn mark(&mut self, layer: LayerId) {
        if let Some(oldest) = layer.checked_sub(MARK_LAYERS) {
            self.marked = self.marked.split_off(&oldest);
            self.marked.remove(&oldest);
        }
        self.marked.insert(layer);
    }

    /// Hare and block generation are done with `layer`, one way or the other.
    pub fn unmark(&mut self, layer: LayerId) {
        self.marked.remove(&layer);
    }

    /// Whether hare runs `layer`.
    pub fn is_marked(&self, layer: LayerId) -> bool {
        self.marked.contains(&layer)
    }

    /// Whether the syncer stops before `layer` and lets hare decide. After `zdist` layers it does not wait any more.
    pub fn hare_in_charge(&self, layer: LayerId, current: LayerId, zdist: u32) -> bool {
        self.is_marked(layer) && current.0.saturating_sub(layer.0) < zdist
    }
}
