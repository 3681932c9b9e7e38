//! Verification of a proof of sequential work (04 §4.4).
//!
//! Keeps true: accepts exactly what the reference accepts. Tree height, padding, names and signature of a message are free for whoever
//! made or relayed it. Work is bounded by the wire limits: 150 labels of at most 64 siblings and one hash per node.

use spacemesh_codec::{BoundedVec, DecodeError, TooManyElements, decode_exact};
use spacemesh_types::wire::{PoetMerkleProof, PoetProof, PoetProofMessage};

use crate::chain::Sha256;
use crate::climb::{Climbed, ShapeError, climb};
use crate::hash::{Node, SequentialWork, Statement, sample};

/// Leaves that a proof shows (04 §1.1).
pub const SAMPLES: usize = 150;

/// Longest encoding of a message with its numbers in their shortest form (04 §5.1).
pub const MESSAGE_LEN_MAX: usize = 33 + (2 + 150 * 33) + (2 + 5400 * 33) + 9 + 33 + 33 + 32 + 64;

/// A proof does not show the work it claims.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Another number of leaves than every proof has.
    #[error("the proof shows {found} leaves, a proof shows {SAMPLES}")]
    LeafCount {
        /// How many it shows.
        found: usize,
    },
    /// The leaves cannot be those that the root asks for; also where less work is claimed than a proof needs.
    #[error("the leaves do not fit the samples")]
    Shape(#[from] ShapeError),
    /// Leaves and nodes lead to another root.
    #[error("merkle proof not valid: it leads to {reached}, not to its root {root}")]
    Root {
        /// Where they lead, in hexadecimal.
        reached: String,
        /// What the proof says, in hexadecimal.
        root: String,
    },
    /// Nodes are missing, yet the root fits.
    #[error("the nodes lead up from {reached} of {SAMPLES} leaves only")]
    TooFewNodes {
        /// Leaves that were reached.
        reached: usize,
    },
    /// A leaf was not computed from the leaves before it.
    #[error("label at index {index} incorrect")]
    Label {
        /// Its index.
        index: u64,
    },
}

/// Whether `proof` shows `proof.leaf_count` leaves of sequential work on `statement`.
pub fn verify(statement: &Statement, proof: &PoetProof) -> Result<(), VerifyError> {
    verify_with(Sha256::best(), statement, proof)
}

/// [`verify`] by a chosen SHA-256.
pub fn verify_with(
    sha: Sha256,
    statement: &Statement,
    proof: &PoetProof,
) -> Result<(), VerifyError> {
    let PoetMerkleProof {
        root,
        proven_leaves: leaves,
        proof_nodes: nodes,
    } = &proof.merkle_proof;
    if leaves.len() != SAMPLES {
        return Err(VerifyError::LeafCount {
            found: leaves.len(),
        });
    }
    let work = SequentialWork::new(sha, *statement);
    // With fewer leaves than samples there are too few indices, however many those are.
    let indices = if proof.leaf_count < SAMPLES as u64 {
        (0..proof.leaf_count).collect()
    } else {
        sample(sha, root, proof.leaf_count, SAMPLES).indices
    };
    let Climbed {
        value,
        left_siblings,
    } = climb(
        &work,
        &indices,
        leaves.iter().map(|leaf| leaf.as_slice()),
        nodes.iter().map(|node| node.as_slice()),
        true,
    )?;
    if value.as_bytes() != root.as_slice() {
        return Err(VerifyError::Root {
            reached: hex::encode(value.as_bytes()),
            root: hex::encode(root.as_slice()),
        });
    }
    if left_siblings.len() != SAMPLES {
        return Err(VerifyError::TooFewNodes {
            reached: left_siblings.len(),
        });
    }
    let mut scratch = Vec::new();
    let shown: Vec<_> = indices
        .iter()
        .zip(&left_siblings)
        .zip(leaves.iter())
        .collect();
    let check = |index: u64, expected: &[u8], label: Node| {
        if label.as_slice() == expected {
            Ok(())
        } else {
            Err(VerifyError::Label { index })
        }
    };
    let (pairs, rest) = shown.as_chunks::<2>();
    for pair in pairs {
        let labels = work.labels_of(
            &mut scratch,
            pair.map(|((index, siblings), _)| (*index, siblings.as_slice())),
        );
        for (((index, _), leaf), label) in pair.iter().zip(labels) {
            check(**index, leaf, label)?;
        }
    }
    for ((index, siblings), leaf) in rest {
        let [label] = work.labels_of(&mut scratch, [(**index, siblings.as_slice())]);
        check(**index, leaf, label)?;
    }
    Ok(())
}

/// Bytes from elsewhere are no message with a valid proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// They are no message.
    #[error("not a proof of elapsed time")]
    Decode(#[from] DecodeError),
    /// Its proof does not hold.
    #[error("the proof does not hold under the message's statement")]
    Verify(#[from] VerifyError),
}

/// The message in `bytes`, which must be all of them, with its proof verified under its statement. Its names are hearsay (04 §5.3).
pub fn verify_message(bytes: &[u8]) -> Result<PoetProofMessage, MessageError> {
    let message: PoetProofMessage = decode_exact(bytes)?;
    verify(&message.statement.into(), &message.proof)?;
    Ok(message)
}

/// A proof from its parts, as they come out of a tree.
pub(crate) fn assemble(
    root: Node,
    leaves: Vec<Node>,
    nodes: Vec<Node>,
    leaf_count: u64,
) -> Result<PoetProof, TooManyElements> {
    let bytes = |node: Node| node.into();
    Ok(PoetProof {
        merkle_proof: PoetMerkleProof {
            root: root.into(),
            proven_leaves: BoundedVec::try_from(leaves.into_iter().map(bytes).collect::<Vec<_>>())?,
            proof_nodes: BoundedVec::try_from(nodes.into_iter().map(bytes).collect::<Vec<_>>())?,
        },
        leaf_count,
    })
}

#[cfg(test)]
mod tests;
