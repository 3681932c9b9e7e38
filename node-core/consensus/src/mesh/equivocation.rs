//! Two ballots of one identity in one layer (08 §13.2).

use spacemesh_codec::encode;
use spacemesh_crypto::{Domain, Prefix, verify};
use spacemesh_types::NodeId;
use spacemesh_types::wire::{
    Ballot, BallotProof, BallotProofMessage, MalfeasanceProof, MisbehaviourProof,
};

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BallotProofError {
    /// A signature is not that of its message.
    #[error("the signature of ballot {index} of the proof is invalid")]
    Signature {
        /// 0 or 1.
        index: usize,
    },
    /// Nobody with that key takes part.
    #[error("identity {smesher} has no ATX: it does not exist")]
    UnknownIdentity {
        /// The key.
        smesher: NodeId,
    },
    /// The two ballots may stand beside each other.
    #[error("the two ballots are of different smeshers or layers, or the same ballot")]
    NoContradiction,
}

/// What a smesher signed of a ballot: all that a proof needs to know of it.
pub fn signed_part(ballot: &Ballot) -> BallotProofMessage {
    BallotProofMessage {
        inner: ballot.inner.signed_metadata(),
        smesher_id: ballot.smesher_id,
        signature: ballot.signature,
    }
}

/// The proof from a stored and a later ballot, if they contradict each other.
pub fn ballot_proof(stored: BallotProofMessage, later: &Ballot) -> Option<MalfeasanceProof> {
    let proof = BallotProof {
        messages: [stored, signed_part(later)],
    };
    contradicts(&proof).then_some(MalfeasanceProof {
        layer: later.inner.layer,
        proof: MisbehaviourProof::MultipleBallots(proof),
    })
}

/// Who is at fault. `prefix` is the network's; `has_atx` tells whether an identity has at least one ATX.
///
/// # Errors
///
/// The proof is not valid.
pub fn ballot_culprit(
    proof: &BallotProof,
    prefix: &Prefix,
    has_atx: impl Fn(&NodeId) -> bool,
) -> Result<NodeId, BallotProofError> {
    for (index, message) in proof.messages.iter().enumerate() {
        let signed = encode(&message.inner);
        let key = message.smesher_id.into();
        verify(&key, prefix, Domain::Ballot, &signed, &message.signature)
            .map_err(|_| BallotProofError::Signature { index })?;
    }
    let smesher = proof.messages[0].smesher_id;
    if !has_atx(&smesher) {
        return Err(BallotProofError::UnknownIdentity { smesher });
    }
    if !contradicts(proof) {
        return Err(BallotProofError::NoContradiction);
    }
    Ok(smesher)
}

fn contradicts(proof: &BallotProof) -> bool {
    let [first, second] = &proof.messages;
    first.smesher_id == second.smesher_id
        && first.inner.layer == second.inner.layer
        && first.inner.message_hash != second.inner.message_hash
}
