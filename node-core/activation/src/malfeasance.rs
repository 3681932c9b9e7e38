//! Proofs of misbehaviour of version 1: making and checking them (05 §14).

use spacemesh_codec::encode;
use spacemesh_crypto::{Domain, Prefix, verify};
use spacemesh_types::{
    AtxId, EdSignature, EpochId, LayerId, NodeId,
    wire::{
        ActivationTxV1, AtxProof, AtxProofMessage, InvalidPostIndexProof, InvalidPrevAtxProof,
        MalfeasanceProof, MisbehaviourProof,
    },
};

use crate::{Indices, PostWork, Rules, View, Work, WorkResult, validate_v1};

/// Why a proof of misbehaviour is rejected. Whoever sent it loses its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofRejection {
    /// The bytes are no proof.
    #[error("the bytes are no proof of misbehaviour")]
    Malformed,
    /// A field that is not used any more.
    #[error("the eligibility must not be there")]
    Eligibility,
    /// A signature does not hold.
    #[error("message {0} is not signed by the identity")]
    Signature(usize),
    /// An identity that never published.
    #[error("no ATX of {0} is known")]
    UnknownIdentity(NodeId),
    /// The messages do not contradict each other.
    #[error("the messages do not contradict each other")]
    NoContradiction,
    /// No commitment is known for the identity.
    #[error("no commitment of {0} is known")]
    NoCommitment(NodeId),
    /// The ATX has no proof of space that could be checked. The reference ends its process (05 trap 19).
    #[error("the ATX has no proof of space")]
    NoPost,
    /// The proof of space holds.
    #[error("the proof of space holds")]
    PostHolds,
    /// It is about somebody else than was asked for.
    #[error("asked for a proof about {expected}, got one about {found}")]
    OtherIdentity {
        /// Who was asked for.
        expected: NodeId,
        /// Whom it is about.
        found: NodeId,
    },
}

/// What checking a proof came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// The identity misbehaved.
    Guilty(NodeId),
    /// The identity misbehaved if this proof of space does **not** hold; see [`conclude`].
    IfFails(NodeId, Work),
}

/// Checks a proof, except for a proof of space that has to be checked elsewhere.
///
/// # Errors
///
/// The first thing that is wrong, in the order of 05 §14.2.
pub fn check(
    proof: &MalfeasanceProof,
    rules: &Rules,
    view: &(impl View + ?Sized),
) -> Result<Checked, ProofRejection> {
    match &proof.proof {
        MisbehaviourProof::MultipleAtxs(proof) => {
            let [a, b] = &proof.messages;
            let pair = [a, b].map(|m| (m.smesher_id, encode(&m.inner), m.signature));
            let contradicts = a.inner.publish_epoch == b.inner.publish_epoch
                && a.inner.message_hash != b.inner.message_hash;
            equivocation(pair, Domain::Atx, contradicts, rules, view)
        }
        MisbehaviourProof::MultipleBallots(proof) => {
            let [a, b] = &proof.messages;
            let pair = [a, b].map(|m| (m.smesher_id, encode(&m.inner), m.signature));
            let contradicts =
                a.inner.layer == b.inner.layer && a.inner.message_hash != b.inner.message_hash;
            equivocation(pair, Domain::Ballot, contradicts, rules, view)
        }
        MisbehaviourProof::HareEquivocation(proof) => {
            let [a, b] = &proof.messages;
            let pair = [a, b].map(|m| (m.smesher_id, encode(&m.inner), m.signature));
            let contradicts = a.inner.layer == b.inner.layer
                && a.inner.round == b.inner.round
                && a.inner.message_hash != b.inner.message_hash;
            equivocation(pair, Domain::Hare, contradicts, rules, view)
        }
        MisbehaviourProof::InvalidPostIndex(proof) => invalid_post(proof, rules, view),
        MisbehaviourProof::InvalidPrevAtx(proof) => invalid_previous(proof, rules, view),
    }
}

/// Whether the identity misbehaved, once its proof of space was checked. `None` if that could not be done (05 trap 20).
///
/// # Errors
///
/// The proof of space holds.
pub fn conclude(node: NodeId, result: WorkResult) -> Option<Result<NodeId, ProofRejection>> {
    match result {
        WorkResult::Valid => Some(Err(ProofRejection::PostHolds)),
        WorkResult::InvalidIndex(_) | WorkResult::Invalid => Some(Ok(node)),
        WorkResult::Unavailable => None,
    }
}

/// The proof that a smesher published two ATXs in an epoch. The reference takes the earlier message first.
pub fn multiple_atxs(messages: [AtxProofMessage; 2], rules: &Rules) -> MalfeasanceProof {
    MalfeasanceProof {
        layer: first_layer(messages[0].inner.publish_epoch, rules),
        proof: MisbehaviourProof::MultipleAtxs(AtxProof { messages }),
    }
}

/// The signed part of an ATX of version 1.
pub fn proof_message(atx: &ActivationTxV1) -> AtxProofMessage {
    AtxProofMessage {
        inner: atx.inner.signed_metadata(),
        smesher_id: atx.smesher_id,
        signature: atx.signature,
    }
}

/// The proof that an index of an ATX's proof of space does not hold.
pub fn invalid_post_index(
    atx: ActivationTxV1,
    invalid_index: u32,
    rules: &Rules,
) -> MalfeasanceProof {
    MalfeasanceProof {
        layer: first_layer(atx.inner.challenge.publish_epoch, rules),
        proof: MisbehaviourProof::InvalidPostIndex(Box::new(InvalidPostIndexProof {
            atx,
            invalid_index,
        })),
    }
}

/// The proof that a smesher has two ATXs with the same previous one; `atx1` is the newer.
pub fn invalid_prev_atx(
    atx1: ActivationTxV1,
    atx2: ActivationTxV1,
    rules: &Rules,
) -> MalfeasanceProof {
    MalfeasanceProof {
        layer: first_layer(atx1.inner.challenge.publish_epoch, rules),
        proof: MisbehaviourProof::InvalidPrevAtx(Box::new(InvalidPrevAtxProof { atx1, atx2 })),
    }
}

/// Signer, signed bytes and signature of a message.
type SignedPart = (NodeId, Vec<u8>, EdSignature);

fn equivocation(
    messages: [SignedPart; 2],
    domain: Domain,
    contradicts: bool,
    rules: &Rules,
    view: &(impl View + ?Sized),
) -> Result<Checked, ProofRejection> {
    for (index, (node, message, signature)) in messages.iter().enumerate() {
        verify(&(*node).into(), &rules.prefix, domain, message, signature)
            .map_err(|_| ProofRejection::Signature(index))?;
    }
    let [(node, ..), (other, ..)] = messages;
    check_known(node, view)?;
    if node != other || !contradicts {
        return Err(ProofRejection::NoContradiction);
    }
    Ok(Checked::Guilty(node))
}

fn invalid_post(
    proof: &InvalidPostIndexProof,
    rules: &Rules,
    view: &(impl View + ?Sized),
) -> Result<Checked, ProofRejection> {
    let atx = &proof.atx;
    let node = atx.smesher_id;
    check_signed(atx, 0, &rules.prefix)?;
    let commitment = atx.inner.challenge.commitment_atx;
    let commitment = commitment.or_else(|| view.commitment(node));
    let commitment = commitment.ok_or(ProofRejection::NoCommitment(node))?;
    let parts = validate_v1::parts(atx).map_err(|_| ProofRejection::NoPost)?;
    let work = Work::Post(PostWork {
        node,
        commitment,
        challenge: parts.challenge,
        post: parts.post.clone(),
        num_units: atx.inner.num_units,
        indices: Indices::One(proof.invalid_index),
    });
    Ok(Checked::IfFails(node, work))
}

fn invalid_previous(
    proof: &InvalidPrevAtxProof,
    rules: &Rules,
    view: &(impl View + ?Sized),
) -> Result<Checked, ProofRejection> {
    let (atx1, atx2) = (&proof.atx1, &proof.atx2);
    let node = atx1.smesher_id;
    check_known(node, view)?;
    check_signed(atx1, 0, &rules.prefix)?;
    if atx2.smesher_id != node {
        return Err(ProofRejection::NoContradiction);
    }
    check_signed(atx2, 1, &rules.prefix)?;
    let previous = |atx: &ActivationTxV1| atx.inner.challenge.prev_atx;
    if atx1.id() == atx2.id() || previous(atx1) != previous(atx2) {
        return Err(ProofRejection::NoContradiction);
    }
    Ok(Checked::Guilty(node))
}

fn check_known(node: NodeId, view: &(impl View + ?Sized)) -> Result<AtxId, ProofRejection> {
    view.newest_signed(node)
        .ok_or(ProofRejection::UnknownIdentity(node))
}

fn check_signed(atx: &ActivationTxV1, index: usize, prefix: &Prefix) -> Result<(), ProofRejection> {
    let message = encode(&atx.inner.signed_metadata());
    verify(
        &atx.smesher_id.into(),
        prefix,
        Domain::Atx,
        &message,
        &atx.signature,
    )
    .map_err(|_| ProofRejection::Signature(index))
}

/// The layer of a proof is for people: nobody checks it.
fn first_layer(epoch: EpochId, rules: &Rules) -> LayerId {
    epoch
        .first_layer(rules.layers_per_epoch)
        .unwrap_or(LayerId::MAX)
}
