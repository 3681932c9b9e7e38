//! Votes of one ballot that contradict each other (06 §7.4 step 6).

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_types::{BlockId, LayerId, wire::Votes};

/// Why the votes of a ballot are rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VotesFault {
    /// Two blocks of a recent layer are supported.
    #[error("the ballot supports two blocks of layer {0}, within hdist of its own")]
    TwoBlocks(LayerId),
    /// A block is supported and voted against.
    #[error("the ballot votes for and against block {0}")]
    ForAndAgainst(BlockId),
    /// More blocks are supported than a ballot may differ by.
    #[error("the ballot supports {found} blocks, {max} are allowed")]
    TooMany {
        /// Distinct blocks.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// A layer is abstained on that has votes.
    #[error("the ballot abstains on layer {0} and votes in it")]
    AbstainsAndVotes(LayerId),
}

/// Checks the votes of a ballot of `layer`.
///
/// # Errors
///
/// The first contradiction.
pub fn check_votes(
    layer: LayerId,
    votes: &Votes,
    hdist: u32,
    exceptions_max: usize,
) -> Result<(), VotesFault> {
    let mut first_of_layer = BTreeMap::<LayerId, BlockId>::new();
    let mut supported = BTreeSet::new();
    for block in &votes.support {
        let first = first_of_layer.entry(block.layer).or_insert(block.id);
        let recent = u64::from(block.layer.0) + u64::from(hdist) > u64::from(layer.0);
        if *first != block.id && recent {
            return Err(VotesFault::TwoBlocks(block.layer));
        }
        supported.insert(block.id);
    }
    let mut voted: BTreeSet<LayerId> = first_of_layer.into_keys().collect();
    for block in &votes.against {
        if supported.contains(&block.id) {
            return Err(VotesFault::ForAndAgainst(block.id));
        }
        voted.insert(block.layer);
    }
    // Only supported blocks are counted, each once.
    if supported.len() > exceptions_max {
        return Err(VotesFault::TooMany {
            found: supported.len(),
            max: exceptions_max,
        });
    }
    match votes.abstain.iter().find(|layer| voted.contains(layer)) {
        Some(layer) => Err(VotesFault::AbstainsAndVotes(*layer)),
        None => Ok(()),
    }
}
