//! Two messages of one identity in one round (07 §7.11). One format for both versions.

use spacemesh_codec::encode;
use spacemesh_types::{
    LayerId, NodeId,
    wire::{HareProof, MalfeasanceProof, MisbehaviourProof},
};

use super::message::SignatureCheck;

/// A proof that this node found itself. Write it to the store before the identity counts as malicious; it is not gossiped, others find
/// it themselves because the second message is forwarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equivocation {
    /// Who did it.
    pub identity: NodeId,
    /// The proof.
    pub proof: MalfeasanceProof,
}

impl Equivocation {
    /// The proof made of two messages that an instance found.
    pub(super) fn of(proof: HareProof) -> Self {
        let [first, _] = &proof.messages;
        Self {
            identity: first.smesher_id,
            proof: MalfeasanceProof {
                layer: first.inner.layer,
                proof: MisbehaviourProof::HareEquivocation(proof),
            },
        }
    }
}

/// Why a received proof of hare equivocation shows nothing, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidEquivocation {
    /// A signature does not hold.
    #[error("message {0} of the proof is not signed by the identity it names")]
    Signature(usize),
    /// Nothing is known about the identity.
    #[error("{0} has no ATX here; a proof about an identity without one is not kept")]
    UnknownIdentity(NodeId),
    /// The messages are of two identities.
    #[error("the messages are signed by {0} and {1}; two of one identity are expected")]
    OtherIdentity(NodeId, NodeId),
    /// The messages are of two layers.
    #[error("the messages are of layers {0} and {1}; two of one layer are expected")]
    OtherLayer(LayerId, LayerId),
    /// The messages are of two rounds.
    #[error("the messages are of rounds {0} and {1}; two of one round are expected")]
    OtherRound(u32, u32),
    /// The messages are the same.
    #[error("both messages have the same hash; two different ones are expected")]
    SameMessage,
}

/// Checks a received proof and names the identity. `verify` checks a signature in domain `HARE`; `has_atx` tells whether an ATX of an
/// identity is stored. Seats and the version of hare are not part of it.
///
/// # Errors
///
/// The first rule that is broken.
pub fn check_equivocation(
    proof: &HareProof,
    verify: impl Fn(&SignatureCheck) -> bool,
    has_atx: impl Fn(NodeId) -> bool,
) -> Result<NodeId, InvalidEquivocation> {
    for (index, message) in proof.messages.iter().enumerate() {
        let check = SignatureCheck {
            signer: message.smesher_id,
            message: encode(&message.inner),
            signature: message.signature,
        };
        if !verify(&check) {
            return Err(InvalidEquivocation::Signature(index));
        }
    }
    let [first, second] = &proof.messages;
    let identity = first.smesher_id;
    if !has_atx(identity) {
        return Err(InvalidEquivocation::UnknownIdentity(identity));
    }
    if identity != second.smesher_id {
        return Err(InvalidEquivocation::OtherIdentity(
            identity,
            second.smesher_id,
        ));
    }
    let (left, right) = (first.inner, second.inner);
    if left.layer != right.layer {
        return Err(InvalidEquivocation::OtherLayer(left.layer, right.layer));
    }
    if left.round != right.round {
        return Err(InvalidEquivocation::OtherRound(left.round, right.round));
    }
    if left.message_hash == right.message_hash {
        return Err(InvalidEquivocation::SameMessage);
    }
    Ok(identity)
}
