//! An unsigned ATX from what the journal has (05 §16.7).

use spacemesh_codec::{BoundedBytes, BoundedVec};
use spacemesh_types::{
    Address, EdSignature, NodeId, VrfNonce,
    wire::{
        ActivationTxV1, ActivationTxV2, InitialAtxPartsV2, InnerActivationTxV1, MerkleProofV2,
        NipostV1, NipostsV2, PostMetadataV1, SubPostV2,
    },
};

use super::journal::{Challenge, ChosenProof, FinalPost};
use crate::Atx;

/// Of version 1. `previous_nonce` is that of the previous ATX.
pub(super) fn assemble_v1(
    challenge: &Challenge,
    poet: &ChosenProof,
    nipost: &FinalPost,
    coinbase: Address,
    previous_nonce: Option<VrfNonce>,
    node: NodeId,
) -> Atx {
    let initial = challenge.initial.is_some();
    // If the previous one cannot be looked up the nonce is left out, and inherited.
    let changed = previous_nonce.is_some_and(|previous| previous != nipost.vrf_nonce);
    Atx::V1(Box::new(ActivationTxV1 {
        inner: InnerActivationTxV1 {
            challenge: challenge.v1(),
            coinbase,
            num_units: nipost.num_units,
            nipost: Some(NipostV1 {
                membership: poet.membership.clone(),
                post: Some(nipost.post.clone()),
                post_metadata: Some(PostMetadataV1 {
                    challenge: BoundedBytes::from(poet.reference.0),
                    labels_per_unit: nipost.labels_per_unit,
                }),
            }),
            node_id: initial.then_some(node),
            vrf_nonce: (initial || changed).then_some(nipost.vrf_nonce),
        },
        smesher_id: node,
        signature: EdSignature::ZERO,
    }))
}

/// Of version 2, of one identity.
pub(super) fn assemble_v2(
    challenge: &Challenge,
    poet: &ChosenProof,
    nipost: &FinalPost,
    coinbase: Address,
) -> Atx {
    let initial = challenge.initial.as_ref().map(|initial| InitialAtxPartsV2 {
        commitment_atx: initial.commitment,
        post: initial.post.clone(),
    });
    let previous = if initial.is_some() {
        BoundedVec::new()
    } else {
        BoundedVec::from([challenge.previous])
    };
    Atx::V2(Box::new(ActivationTxV2 {
        publish_epoch: challenge.publish,
        positioning_atx: challenge.positioning,
        coinbase,
        initial,
        previous_atxs: previous,
        niposts: BoundedVec::from([NipostsV2 {
            membership: MerkleProofV2 {
                nodes: poet.membership.nodes.clone(),
            },
            challenge: poet.reference.to_hash32(),
            posts: BoundedVec::from([SubPostV2 {
                marriage_index: 0,
                prev_atx_index: 0,
                membership_leaf_index: poet.membership.leaf_index,
                post: nipost.post.clone(),
                num_units: nipost.num_units,
            }]),
        }]),
        vrf_nonce: nipost.vrf_nonce,
        marriages: BoundedVec::new(),
        marriage_atx: None,
        smesher_id: NodeId::ZERO,
        signature: EdSignature::ZERO,
    }))
}
