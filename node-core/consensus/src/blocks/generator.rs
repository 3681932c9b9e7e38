//! From results of hare to blocks, layer by layer (07 §7.15).
//!
//! Fetching, executing and saving are effects; their outcome comes back as an input. Layers wait for their proposals side by side; a
//! layer whose proposers agree on the state waits until every earlier one is applied.

use std::collections::BTreeMap;

use spacemesh_types::{
    BlockId, LayerId, ProposalId, TransactionId,
    config::Config,
    wire::{AnyReward, Block},
};

use super::{BlockContents, BlockSource, ContentsError, Mode, contents_of};

/// Most layers that wait for something. The lowest are given up first: the syncer has them long before.
pub const LAYERS_MAX: usize = 128;

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GeneratorConfig {
    /// Gas that an ordinary block may hold (`main.block-gas-limit`).
    pub gas_limit: u64,
    /// Percent of the eligibility proofs that must stand behind a mesh hash (`main.optimistic-filtering-threshold`).
    pub threshold_percent: u32,
}

impl GeneratorConfig {
    /// The parameters of a configured network.
    pub fn from_config(config: &Config) -> Self {
        Self {
            gas_limit: config.number("main.block-gas-limit"),
            threshold_percent: config.number("main.optimistic-filtering-threshold"),
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneratorInput {
    /// Hare decided.
    Result {
        /// The layer.
        layer: LayerId,
        /// The decided proposals in the leader's order.
        proposals: Vec<ProposalId>,
    },
    /// Missing proposals are stored, or cannot be had.
    Fetched {
        /// The layer.
        layer: LayerId,
        /// Whether all are stored.
        complete: bool,
    },
    /// A block was executed in advance.
    Executed {
        /// The layer.
        layer: LayerId,
        /// The transactions that the ledger took, in order; none if the execution failed.
        tx_ids: Option<Vec<TransactionId>>,
    },
    /// A block is in the mesh, or could not be added.
    Added {
        /// The layer.
        layer: LayerId,
        /// Whether it is.
        added: bool,
    },
    /// A layer was applied.
    Applied,
}

/// What is to be done, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneratorEffect {
    /// Get these proposals from peers, and answer with [`GeneratorInput::Fetched`].
    Fetch {
        /// The layer.
        layer: LayerId,
        /// What is missing.
        proposals: Vec<ProposalId>,
    },
    /// Execute on top of the state, which is that of the layer before, and answer with [`GeneratorInput::Executed`].
    Execute {
        /// The layer.
        layer: LayerId,
        /// Who is rewarded.
        rewards: Vec<AnyReward>,
        /// In this order; leave out what is applied by then.
        tx_ids: Vec<TransactionId>,
    },
    /// Add the block: to the tortoise first and then to the store (07 §7.20). Answer with [`GeneratorInput::Added`].
    AddBlock(Box<Block>),
    /// Register the block (zero for an empty layer) with the certifier and certify it. Failures are only logged.
    Certify {
        /// The layer.
        layer: LayerId,
        /// The block.
        block: BlockId,
    },
    /// Process the layer with this output of hare.
    HareOutput {
        /// The layer.
        layer: LayerId,
        /// The block; zero for an empty layer.
        block: BlockId,
        /// Whether the state holds its execution already.
        executed: bool,
    },
    /// Take the layer's mark off the patrol.
    Unmark(LayerId),
    /// There will be no block of this layer from here; for the log.
    Failed {
        /// The layer.
        layer: LayerId,
        /// Why.
        reason: Failure,
    },
}

/// Why there is no block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// Not all proposals could be had.
    #[error("proposals that hare decided on could not be fetched; the syncer will get the block")]
    Fetch,
    /// The block cannot be put together.
    #[error(transparent)]
    Contents(ContentsError),
    /// More rewards or transactions than a block holds.
    #[error("the proposals hold more than fits in a block")]
    TooLarge,
    /// The execution failed.
    #[error("executing the block in advance failed")]
    Execution,
    /// The block could not be added.
    #[error("the block could not be added to the mesh")]
    Adding,
    /// The layer was applied without this result, or waited too long.
    #[error("the layer was applied or given up before its block was made here")]
    Overtaken,
}

#[derive(Debug, Clone)]
enum Waiting {
    /// For proposals from peers.
    Fetching(Vec<ProposalId>),
    /// For earlier layers.
    Postponed(BlockContents),
    /// For its execution.
    Executing(BlockContents),
    /// For the mesh.
    Adding { block: BlockId, executed: bool },
}

/// The machine.
#[derive(Debug, Clone)]
pub struct Generator {
    config: GeneratorConfig,
    layers: BTreeMap<LayerId, Waiting>,
}

impl Generator {
    /// Nothing waits.
    pub fn new(config: GeneratorConfig) -> Self {
        Self {
            config,
            layers: BTreeMap::new(),
        }
    }

    /// Takes what happened. `applied` is the last applied layer now; an answer for a layer that is not waited for does nothing.
    pub fn handle(
        &mut self,
        input: GeneratorInput,
        applied: LayerId,
        source: &impl BlockSource,
        out: &mut Vec<GeneratorEffect>,
    ) {
        match input {
            GeneratorInput::Result { layer, proposals } => {
                self.result(layer, proposals, source, out);
            }
            GeneratorInput::Fetched { layer, complete } => {
                if let Some(Waiting::Fetching(proposals)) =
                    self.take(layer, |waiting| matches!(waiting, Waiting::Fetching(_)))
                {
                    if complete {
                        self.generate(layer, &proposals, source, out);
                    } else {
                        fail(layer, Failure::Fetch, out);
                    }
                }
            }
            GeneratorInput::Executed { layer, tx_ids } => {
                if let Some(Waiting::Executing(contents)) =
                    self.take(layer, |waiting| matches!(waiting, Waiting::Executing(_)))
                {
                    match tx_ids {
                        Some(tx_ids) => self.add(&contents, tx_ids, true, out),
                        None => fail(layer, Failure::Execution, out),
                    }
                }
            }
            GeneratorInput::Added { layer, added } => {
                if let Some(Waiting::Adding { block, executed }) =
                    self.take(layer, |waiting| matches!(waiting, Waiting::Adding { .. }))
                {
                    if added {
                        finish(layer, block, executed, out);
                    } else {
                        fail(layer, Failure::Adding, out);
                    }
                }
            }
            GeneratorInput::Applied => {}
        }
        self.drop_overtaken(applied, out);
        self.execute_next(applied, out);
    }

    /// Layers that wait for something.
    pub fn waiting(&self) -> impl Iterator<Item = LayerId> {
        self.layers.keys().copied()
    }

    fn take(&mut self, layer: LayerId, expected: impl Fn(&Waiting) -> bool) -> Option<Waiting> {
        if self.layers.get(&layer).is_some_and(expected) {
            self.layers.remove(&layer)
        } else {
            None
        }
    }

    fn result(
        &mut self,
        layer: LayerId,
        proposals: Vec<ProposalId>,
        source: &impl BlockSource,
        out: &mut Vec<GeneratorEffect>,
    ) {
        if self.layers.contains_key(&layer) {
            return; // hare decides once
        }
        if proposals.is_empty() {
            finish(layer, BlockId::ZERO, false, out);
            return;
        }
        let missing: Vec<ProposalId> = proposals
            .iter()
            .copied()
            .filter(|&id| !source.has_proposal(id))
            .collect();
        if missing.is_empty() {
            self.generate(layer, &proposals, source, out);
        } else {
            self.layers.insert(layer, Waiting::Fetching(proposals));
            out.push(GeneratorEffect::Fetch {
                layer,
                proposals: missing,
            });
        }
    }

    fn generate(
        &mut self,
        layer: LayerId,
        proposals: &[ProposalId],
        source: &impl BlockSource,
        out: &mut Vec<GeneratorEffect>,
    ) {
        let GeneratorConfig {
            gas_limit,
            threshold_percent,
        } = self.config;
        match contents_of(layer, proposals, source, gas_limit, threshold_percent) {
            Err(error) => fail(layer, Failure::Contents(error), out),
            Ok(contents) => match contents.mode {
                Mode::Ordinary => self.add(&contents, contents.tx_ids.clone(), false, out),
                Mode::Optimistic => {
                    self.layers.insert(layer, Waiting::Postponed(contents));
                }
            },
        }
    }

    fn add(
        &mut self,
        contents: &BlockContents,
        tx_ids: Vec<TransactionId>,
        executed: bool,
        out: &mut Vec<GeneratorEffect>,
    ) {
        let layer = contents.layer;
        match contents.block(tx_ids) {
            None => fail(layer, Failure::TooLarge, out),
            Some(block) => {
                let id = block.id();
                self.layers.insert(
                    layer,
                    Waiting::Adding {
                        block: id,
                        executed,
                    },
                );
                out.push(GeneratorEffect::AddBlock(Box::new(block)));
            }
        }
    }

    /// Postponed layers that somebody else applied, and the lowest ones of too many.
    fn drop_overtaken(&mut self, applied: LayerId, out: &mut Vec<GeneratorEffect>) {
        let overtaken: Vec<LayerId> = self
            .layers
            .extract_if(..=applied, |_, waiting| {
                matches!(waiting, Waiting::Postponed(_))
            })
            .map(|(layer, _)| layer)
            .collect();
        for layer in overtaken {
            fail(layer, Failure::Overtaken, out);
        }
        while self.layers.len() > LAYERS_MAX {
            if let Some((layer, _)) = self.layers.pop_first() {
                fail(layer, Failure::Overtaken, out);
            }
        }
    }

    fn execute_next(&mut self, applied: LayerId, out: &mut Vec<GeneratorEffect>) {
        let Some(layer) = applied.checked_add(1) else {
            return;
        };
        if let Some(Waiting::Postponed(contents)) =
            self.take(layer, |waiting| matches!(waiting, Waiting::Postponed(_)))
        {
            out.push(GeneratorEffect::Execute {
                layer,
                rewards: contents.rewards.clone(),
                tx_ids: contents.tx_ids.clone(),
            });
            self.layers.insert(layer, Waiting::Executing(contents));
        }
    }
}

fn finish(layer: LayerId, block: BlockId, executed: bool, out: &mut Vec<GeneratorEffect>) {
    out.extend([
        GeneratorEffect::Certify { layer, block },
        GeneratorEffect::HareOutput {
            layer,
            block,
            executed,
        },
        GeneratorEffect::Unmark(layer),
    ]);
}

fn fail(layer: LayerId, reason: Failure, out: &mut Vec<GeneratorEffect>) {
    out.extend([
        GeneratorEffect::Failed { layer, reason },
        GeneratorEffect::Unmark(layer),
    ]);
}
