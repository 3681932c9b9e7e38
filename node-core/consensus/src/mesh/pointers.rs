//! How far a node is: seen, processed, executed (08 §13.1).

use std::collections::BTreeSet;

use spacemesh_types::{BlockId, Hash32, LayerId, sum};

/// Marked layers beyond a gap; more than a node can lie behind by in a year of five-minute layers.
const MARKS_MAX: usize = 200_000;

/// The pointers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mesh {
    genesis: LayerId,
    latest: LayerId,
    processed: LayerId,
    /// Marked layers above `processed + 1`.
    marked: BTreeSet<LayerId>,
    in_state: LayerId,
}

/// What has to be done before the first layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartUp {
    /// Nothing is stored: the effective genesis is processed and executed as empty, with this mesh hash.
    Genesis {
        /// The effective genesis.
        layer: LayerId,
        /// Hash of no opinion at all.
        mesh_hash: Hash32,
    },
    /// Whatever was executed above the last applied layer when the process ended is undone, also at the effective genesis (08 Trap 32).
    Revert {
        /// The last layer that stays.
        to: LayerId,
    },
}

impl Mesh {
    /// At the start of a node. `latest_ballot`, `processed` and `applied` are the highest layers stored with a ballot, as processed and as
    /// applied.
    pub fn start(
        genesis: LayerId,
        latest_ballot: Option<LayerId>,
        processed: Option<LayerId>,
        applied: Option<LayerId>,
    ) -> (Self, StartUp) {
        let stored = latest_ballot.filter(|layer| layer.0 > 0);
        let at_least = |layer: Option<LayerId>| {
            layer
                .filter(|_| stored.is_some())
                .unwrap_or(genesis)
                .max(genesis)
        };
        let mesh = Self {
            genesis,
            latest: at_least(stored),
            processed: at_least(processed),
            marked: BTreeSet::new(),
            in_state: at_least(applied),
        };
        let todo = if stored.is_none() {
            StartUp::Genesis {
                layer: genesis,
                mesh_hash: sum::<&[u8]>([]),
            }
        } else {
            StartUp::Revert { to: mesh.in_state }
        };
        (mesh, todo)
    }

    /// The effective genesis.
    pub fn genesis(&self) -> LayerId {
        self.genesis
    }

    /// The highest layer seen in any object.
    pub fn latest(&self) -> LayerId {
        self.latest
    }

    /// The highest layer up to which every layer was processed.
    pub fn processed(&self) -> LayerId {
        self.processed
    }

    /// The last executed layer.
    pub fn in_state(&self) -> LayerId {
        self.in_state
    }

    /// An object of a layer was stored; true if none of a later one was before.
    pub fn seen(&mut self, layer: LayerId) -> bool {
        let grows = layer > self.latest;
        self.latest = self.latest.max(layer);
        grows
    }

    /// A layer was handed to processing. If the run of processed layers grows, its new end, whose row alone is marked in storage.
    pub fn mark_processed(&mut self, layer: LayerId) -> Option<LayerId> {
        if layer <= self.processed {
            return None;
        }
        if layer.since(self.processed) != Some(1) {
            if self.marked.len() < MARKS_MAX {
                self.marked.insert(layer);
            }
            return None;
        }
        self.processed = layer;
        while let Some(next) = self.processed.checked_add(1)
            && self.marked.remove(&next)
        {
            self.processed = next;
        }
        self.marked = match self.processed.checked_add(1) {
            Some(next) => self.marked.split_off(&next),
            None => BTreeSet::new(),
        };
        Some(self.processed)
    }

    /// A layer was executed and committed, by a plan or optimistically.
    pub fn committed(&mut self, layer: LayerId) {
        self.in_state = self.in_state.max(layer);
    }

    /// The state went back to `to`.
    pub fn reverted(&mut self, to: LayerId) {
        self.in_state = self.in_state.min(to);
    }

    /// Certificates of layers below this one are pruned. Never wraps on a young network (08 Trap 33).
    pub fn prune_below(clock: LayerId, hdist: u32) -> LayerId {
        clock.checked_sub(hdist).unwrap_or_default()
    }

    /// Whether a layer may be executed: exactly the one after the last (08 §13.6). `applied` is the highest applied layer in storage.
    ///
    /// # Errors
    ///
    /// It is applied already, or one before it is not.
    pub fn may_execute(applied: LayerId, layer: LayerId) -> Result<(), OrderError> {
        if layer <= applied {
            return Err(OrderError::AlreadyApplied { layer, applied });
        }
        if layer.since(applied) != Some(1) {
            return Err(OrderError::NotInOrder { layer, applied });
        }
        Ok(())
    }
}

/// Why a layer cannot be executed at this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// It is part of the state.
    #[error("layer {layer} is already applied: the state is at layer {applied}")]
    AlreadyApplied {
        /// The layer.
        layer: LayerId,
        /// The last applied one.
        applied: LayerId,
    },
    /// A layer before it is missing.
    #[error("layer {layer} is not in order: the state is at layer {applied}")]
    NotInOrder {
        /// The layer.
        layer: LayerId,
        /// The last applied one.
        applied: LayerId,
    },
}

/// How `applied_block` of a layer is stored: absent is "not executed", the zero id is "executed as empty" (08 Trap 27).
pub(super) fn differs(stored: Option<BlockId>, chosen: Option<BlockId>) -> bool {
    stored != Some(chosen.unwrap_or(BlockId::ZERO))
}
