//! What a ballot's votes must fulfil in themselves, before and beside decoding (08 §5.5).
//!
//! Unlike decoding, a failure here is the sender's fault: the message is rejected.

use std::collections::BTreeMap;

use spacemesh_types::wire::Votes;
use spacemesh_types::{BlockId, LayerId};

/// Why the votes of a ballot are rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VotesError {
    /// Hare gives a layer one block.
    #[error("double voting: two blocks of layer {layer} are supported, which is within hdist")]
    DoubleVoting {
        /// The layer.
        layer: LayerId,
    },
    /// For and against the same block.
    #[error("block {block} is supported and opposed")]
    Contradiction {
        /// The block.
        block: BlockId,
    },
    /// Too many blocks.
    #[error("{supported} blocks are supported, the limit is {max}")]
    TooMany {
        /// How many different ones.
        supported: usize,
        /// `tortoise-max-exceptions`.
        max: u32,
    },
    /// A vote in a layer without an opinion.
    #[error("the ballot has no opinion on layer {layer} and votes there")]
    AbstainsAndVotes {
        /// The layer.
        layer: LayerId,
    },
}

/// Checks the votes of a ballot in `layer`. Only supported blocks count towards the limit (08 Trap 11).
///
/// # Errors
///
/// The first rule that is broken, in the order of 08 §5.5.
pub fn check_votes(
    votes: &Votes,
    layer: LayerId,
    hdist: u32,
    max_exceptions: u32,
) -> Result<(), VotesError> {
    let mut by_layer: BTreeMap<LayerId, BlockId> = BTreeMap::new();
    let mut supported: Vec<BlockId> = Vec::with_capacity(votes.support.len());
    for block in &votes.support {
        let first = *by_layer.entry(block.layer).or_insert(block.id);
        let recent = u64::from(block.layer.0) + u64::from(hdist) > u64::from(layer.0);
        if first != block.id && recent {
            return Err(VotesError::DoubleVoting { layer: block.layer });
        }
        supported.push(block.id);
    }
    supported.sort_unstable();
    supported.dedup();
    let both = votes
        .against
        .iter()
        .find(|block| supported.binary_search(&block.id).is_ok());
    if let Some(block) = both {
        return Err(VotesError::Contradiction { block: block.id });
    }
    if supported.len() > max_exceptions as usize {
        return Err(VotesError::TooMany {
            supported: supported.len(),
            max: max_exceptions,
        });
    }
    let mut opposed: Vec<LayerId> = votes.against.iter().map(|block| block.layer).collect();
    opposed.sort_unstable();
    let voted =
        |layer: &&LayerId| by_layer.contains_key(layer) || opposed.binary_search(layer).is_ok();
    match votes.abstain.iter().find(voted) {
        Some(&layer) => Err(VotesError::AbstainsAndVotes { layer }),
        None => Ok(()),
    }
}
