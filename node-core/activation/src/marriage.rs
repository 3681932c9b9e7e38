//! Marriages: recording them, and misbehaviour that ATXs of version 2 show (05 §15).
//!
//! In the snapshot of the reference what is detected here marks the ATX at hand in memory and nothing else: no proof is stored or sent.

use std::collections::BTreeSet;

use spacemesh_codec::BoundedVec;
use spacemesh_crypto::{Domain, verify};
use spacemesh_types::{
    AtxId, AtxVersion, EdSignature, NodeId,
    wire::{ActivationTxV2, MarriageCertificate, MarryProof, ProofDoubleMarry},
};

use crate::{
    Atx, Change, MarriageRow, PostRow, Rules, View,
    identity_tree::{Leaves, MARRIAGES_LEAF, certificate_proof, certificate_root, marriages_root},
    tree,
};

/// What recording the marriages of an accepted ATX writes: `nodes` are the identities of its certificates, in order (05 §15.2).
pub(crate) fn record(
    atx: &ActivationTxV2,
    id: AtxId,
    nodes: &[NodeId],
    view: &(impl View + ?Sized),
) -> Vec<Change> {
    let mut changes = Vec::new();
    let fresh = view.last_marriage_set().saturating_add(1);
    let mut others = BTreeSet::new();
    let mut condemned = false;
    for ((index, &node), certificate) in (0..).zip(nodes).zip(&atx.marriages) {
        match view.marriage(node) {
            Some(earlier) => {
                others.insert(earlier.set);
            }
            None => {
                changes.push(Change::InsertMarriage(MarriageRow {
                    node,
                    set: fresh,
                    marriage_atx: id,
                    index,
                    target: atx.smesher_id,
                    signature: certificate.signature,
                }));
                condemned = condemned || view.is_condemned(node);
            }
        }
    }
    let set = others.first().map_or(fresh, |&first| first.min(fresh));
    for from in others.into_iter().chain([fresh]) {
        if from != set {
            changes.push(Change::MoveMarriageSet { from, to: set });
        }
    }
    if condemned {
        let condemn = |&node| Change::Condemn { node, set };
        changes.extend(nodes.iter().map(condemn));
    }
    changes
}

/// Misbehaviour that shows in a stored ATX of version 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MisbehaviourV2 {
    /// The signer was condemned before.
    Condemned,
    /// An identity was married in two ATXs. There is no proof if the earlier one has no bytes of version 2.
    DoubleMarry(Option<Box<ProofDoubleMarry>>),
    /// An identity proved space in two ATXs of an epoch.
    DoublePost {
        /// The identity.
        node: NodeId,
        /// The ATXs.
        atxs: [AtxId; 2],
    },
    /// A set merged twice in an epoch.
    DoubleMerge([AtxId; 2]),
    /// An identity has two ATXs with the same previous one.
    WrongPrevious {
        /// The identity.
        node: NodeId,
        /// The ATXs.
        atxs: [AtxId; 2],
    },
}

/// Looks at an ATX that was just stored with its marriages; the first hit counts (05 §15.4).
pub(crate) fn detect(
    atx: &ActivationTxV2,
    id: AtxId,
    nodes: &[NodeId],
    posts: &[PostRow],
    rules: &Rules,
    view: &(impl View + ?Sized),
) -> Option<MisbehaviourV2> {
    if view.is_condemned(atx.smesher_id) {
        return Some(MisbehaviourV2::Condemned);
    }
    for &node in nodes {
        let recorded = view.marriage(node).map(|marriage| marriage.marriage_atx);
        if let Some(other) = recorded.filter(|other| *other != id) {
            let proof = double_marry(node, [other, id], rules, view);
            return Some(MisbehaviourV2::DoubleMarry(proof.map(Box::new)));
        }
    }
    for post in posts {
        let in_epoch = view.containing_in(post.node, post.publish_epoch);
        if let [first, second, ..] = in_epoch[..] {
            return Some(MisbehaviourV2::DoublePost {
                node: post.node,
                atxs: [first, second],
            });
        }
    }
    if let Some(marriage_atx) = atx.marriage_atx
        && let [first, second, ..] = view.merged_in(marriage_atx, atx.publish_epoch)[..]
    {
        return Some(MisbehaviourV2::DoubleMerge([first, second]));
    }
    for post in posts {
        let expected = view.newest_containing(post.node, post.publish_epoch);
        // First ATXs declare none and never match here.
        if expected != post.previous
            && post.previous.is_some()
            && let [first, second, ..] = view.with_previous(post.node, post.previous)[..]
        {
            return Some(MisbehaviourV2::WrongPrevious {
                node: post.node,
                atxs: [first, second],
            });
        }
    }
    None
}

/// The proof that `node` was married in both of `atxs`. `None` unless both are stored with bytes of version 2 and marry it.
pub fn double_marry(
    node: NodeId,
    atxs: [AtxId; 2],
    rules: &Rules,
    view: &(impl View + ?Sized),
) -> Option<ProofDoubleMarry> {
    let proof = |id| {
        let (version, bytes) = view.blob(id)?;
        if version != AtxVersion::V2 {
            return None;
        }
        let Ok(Atx::V2(atx)) = Atx::decode_version(&bytes, version) else {
            return None;
        };
        let index = atx
            .marriages
            .iter()
            .position(|certificate| signs(node, atx.smesher_id, &certificate.signature, rules))?;
        marry_proof(&atx, index, rules)
    };
    let [first, second] = atxs;
    Some(ProofDoubleMarry {
        node_id: node,
        proofs: [proof(first)?, proof(second)?],
    })
}

/// That the certificate `index` belongs to an ATX.
pub fn marry_proof(atx: &ActivationTxV2, index: usize, rules: &Rules) -> Option<MarryProof> {
    let certificate = atx.marriages.get(index)?;
    let leaves = Leaves::of(atx, rules.tree);
    Some(MarryProof {
        atx_id: leaves.id(),
        marriage_root: marriages_root(&atx.marriages),
        marriage_proof: BoundedVec::try_from(leaves.proof(MARRIAGES_LEAF)).ok()?,
        certificate_reference: certificate.reference_atx,
        certificate_signature: certificate.signature,
        certificate_index: u64::try_from(index).ok()?,
        certificate_proof: certificate_proof(&atx.marriages, index),
        smesher_id: atx.smesher_id,
        signature: atx.signature,
    })
}

/// Whether the proof holds: two different ATXs, both signed, both with a certificate of the identity (05 §15.5).
pub fn check_double_marry(proof: &ProofDoubleMarry, rules: &Rules) -> bool {
    let [first, second] = &proof.proofs;
    first.atx_id != second.atx_id
        && proof
            .proofs
            .iter()
            .all(|marry| check_marry(proof.node_id, marry, rules))
}

fn check_marry(node: NodeId, proof: &MarryProof, rules: &Rules) -> bool {
    let atx_signed = verify(
        &proof.smesher_id.into(),
        &rules.prefix,
        Domain::Atx,
        proof.atx_id.as_ref(),
        &proof.signature,
    );
    let certificate = MarriageCertificate {
        reference_atx: proof.certificate_reference,
        signature: proof.certificate_signature,
    };
    let belongs =
        |index, leaf, nodes: &[_], root| tree::evaluate(&[(index, leaf)], nodes) == Some(root);
    atx_signed.is_ok()
        && signs(node, proof.smesher_id, &proof.certificate_signature, rules)
        && belongs(
            MARRIAGES_LEAF as u64,
            proof.marriage_root,
            &proof.marriage_proof,
            proof.atx_id.to_hash32(),
        )
        && belongs(
            proof.certificate_index,
            certificate_root(&certificate),
            &proof.certificate_proof,
            proof.marriage_root,
        )
}

fn signs(node: NodeId, publisher: NodeId, signature: &EdSignature, rules: &Rules) -> bool {
    verify(
        &node.into(),
        &rules.prefix,
        Domain::Marriage,
        publisher.as_ref(),
        signature,
    )
    .is_ok()
}
