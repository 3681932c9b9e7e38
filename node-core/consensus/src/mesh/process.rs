//! From what counting says to what is executed, undone and written (08 §13.5).

use std::collections::BTreeSet;

use spacemesh_types::{BlockId, Hash32, LayerId};

use super::pointers::{Mesh, differs};
use crate::tortoise::LayerResult;

/// What the caller does, in this order, in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Forget `applied_block`, state hash and mesh hash of all layers from here on. Comes before the state goes back, so that a crash between
    /// the two is repaired by the revert at start (08 §13.10).
    Clear {
        /// The first layer to forget.
        from: LayerId,
    },
    /// Undo what was executed above a layer, in the ledger and in the mempool. Report it with [`Mesh::reverted`].
    Revert {
        /// The last layer that stays.
        to: LayerId,
    },
    /// Execute a layer; the block must be stored.
    Execute {
        /// The layer.
        layer: LayerId,
        /// Its block; none for an empty layer.
        block: Option<BlockId>,
    },
    /// Write what a layer is. Report it with [`Mesh::committed`].
    Commit {
        /// The layer.
        layer: LayerId,
        /// Its `applied_block`; the zero id for an empty layer.
        applied: BlockId,
        /// Its mesh hash.
        mesh_hash: Hash32,
        /// Blocks that are decided, valid or invalid.
        validity: Vec<(BlockId, bool)>,
    },
    /// Tell the tortoise that the verified layer is written, and others that it is applied. Only after the commit is durable.
    Acknowledge {
        /// The layer.
        layer: LayerId,
        /// The opinion that was written.
        opinion: Hash32,
    },
}

/// The outcome of one call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// What to do.
    pub effects: Vec<Effect>,
    /// Blocks to fetch; with any, processing ends as "missing" after the effects.
    pub missing: Vec<BlockId>,
}

impl Mesh {
    /// Plans what follows from `results`, which are in ascending order without gaps, as the tortoise gives them. `applied` reads a layer's
    /// `applied_block`: none if it was not executed.
    pub fn plan(
        &self,
        results: &[LayerResult],
        applied: impl Fn(LayerId) -> Option<BlockId>,
    ) -> Plan {
        let (results, missing) = self.without_missing(results);
        let mut effects = Vec::new();
        let contradiction = results.iter().find(|result| {
            let stored = applied(result.layer);
            stored.is_some() && differs(stored, result.first_valid())
        });
        let cleared = contradiction.map(|result| result.layer);
        if let Some(from) = cleared {
            effects.push(Effect::Clear { from });
            effects.push(Effect::Revert {
                to: from.checked_sub(1).unwrap_or_default(),
            });
        }
        for result in results {
            let layer = result.layer;
            let block = result.first_valid();
            if !result.verified && block.is_none() {
                break;
            }
            let stored = applied(layer).filter(|_| cleared.is_none_or(|from| layer < from));
            if differs(stored, block) {
                effects.push(Effect::Execute { layer, block });
            }
            let decided = result
                .blocks
                .iter()
                .filter(|block| block.data && (block.valid || block.invalid));
            effects.push(Effect::Commit {
                layer,
                applied: block.unwrap_or(BlockId::ZERO),
                mesh_hash: result.opinion,
                validity: decided
                    .map(|block| (block.header.id, block.valid))
                    .collect(),
            });
            if result.verified {
                effects.push(Effect::Acknowledge {
                    layer,
                    opinion: result.opinion,
                });
            }
        }
        Plan { effects, missing }
    }

    /// The results below the first layer in which a block is missing that may be applied, and all such blocks. Nothing at all if that layer is
    /// next or before: then also what is executed must stay (08 Trap 30).
    fn without_missing<'a>(&self, results: &'a [LayerResult]) -> (&'a [LayerResult], Vec<BlockId>) {
        let mut missing = BTreeSet::new();
        let mut first = None;
        for (index, result) in results.iter().enumerate() {
            let blocks = result
                .blocks
                .iter()
                .filter(|block| !block.data && (block.valid || block.hare || block.local));
            for block in blocks {
                missing.insert(block.header.id);
                first = first.or(Some((index, result.layer)));
            }
        }
        let kept = match first {
            None => results,
            Some((_, layer)) if layer.0 <= self.in_state().0.saturating_add(1) => &[],
            Some((index, _)) => results.get(..index).unwrap_or_default(),
        };
        (kept, missing.into_iter().collect())
    }
}
