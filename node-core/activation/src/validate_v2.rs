//! Judging an ATX of version 2 as the snapshot of the reference does (05 §10).

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_crypto::{Domain, verify};
use spacemesh_types::{
    AtxId, AtxVersion, EpochId, Hash32, NodeId, Timestamp,
    wire::{ActivationTxV2, NipostsV2, SubPostV2},
};

use crate::{
    AtxRow, Indices, PostRow, PostWork, Rejection, Rules, View, Work,
    atx::challenge_v2,
    quantities, tree,
    validate_v1::{Accepted, Late, check_epoch, check_older, check_positioning, sampled_validity},
    work::vrf_nonce_work,
};

/// Epochs that a marriage must be old before its identities may merge.
const MARRIAGE_AGE_MIN: u32 = 2;

/// Steps A2 to A11, without what is done elsewhere: those works, in order.
pub(crate) fn early(
    atx: &ActivationTxV2,
    rules: &Rules,
    current: EpochId,
) -> Result<Vec<Work>, Rejection> {
    if atx.positioning_atx.is_zero() {
        return Err(Rejection::Missing("the positioning ATX"));
    }
    let certificates = &atx.marriages;
    if !certificates.is_empty() && !certificates.iter().any(|it| it.reference_atx.is_zero()) {
        return Err(Rejection::Marriage("the signer does not marry itself"));
    }
    check_epoch(atx.publish_epoch, current)?;
    if atx.marriage_atx.is_none() {
        let post = only_post(atx).ok_or(Rejection::Shape(
            "an ATX of one identity has exactly one proof of space",
        ))?;
        if post.prev_atx_index != 0 {
            return Err(Rejection::Shape(
                "an ATX of one identity refers to its first previous ATX",
            ));
        }
    }
    if let Some(initial) = &atx.initial {
        if atx.marriage_atx.is_some() {
            return Err(Rejection::Unexpected("the marriage ATX of a first ATX"));
        }
        if initial.commitment_atx.is_zero() {
            return Err(Rejection::Missing("the commitment"));
        }
        if !atx.previous_atxs.is_empty() {
            return Err(Rejection::Unexpected("a previous ATX of a first ATX"));
        }
        let post = only_post(atx).ok_or(Rejection::Missing("the proof of space"))?;
        let vrf_nonce = vrf_nonce_work(
            atx.smesher_id,
            initial.commitment_atx,
            atx.vrf_nonce,
            post.num_units,
            rules.labels_per_unit,
        )?;
        let initial_post = Work::Post(PostWork {
            node: atx.smesher_id,
            commitment: initial.commitment_atx,
            challenge: Hash32::ZERO,
            post: initial.post.clone(),
            num_units: post.num_units,
            indices: Indices::All,
        });
        return Ok(vec![vrf_nonce, initial_post]);
    }
    let impossible = |id: &AtxId| id.is_zero() || *id == rules.golden_atx;
    if atx.previous_atxs.iter().any(impossible) {
        return Err(Rejection::Shape("a previous ATX is zero or golden"));
    }
    if atx.marriage_atx.is_some() {
        if !atx.marriages.is_empty() {
            return Err(Rejection::Unexpected("a certificate in a merged ATX"));
        }
        let mut indices = BTreeSet::new();
        let mut posts = atx.niposts.iter().flat_map(|element| &element.posts);
        if !posts.all(|post| indices.insert(post.marriage_index)) {
            return Err(Rejection::Marriage("an identity occurs twice"));
        }
    } else if atx.previous_atxs.len() != 1 {
        return Err(Rejection::Shape(
            "an ATX of one identity has exactly one previous ATX",
        ));
    }
    Ok(Vec::new())
}

/// Steps C, D and E, once everything it refers to is stored.
pub(crate) fn late(
    atx: &ActivationTxV2,
    id: AtxId,
    received: Timestamp,
    rules: &Rules,
    view: &(impl View + ?Sized),
) -> Result<Late, Rejection> {
    let publish = atx.publish_epoch;
    let base_height = check_positioning(view, atx.positioning_atx, publish, rules)?;
    married(atx, rules, view)?;
    if let Some(initial) = &atx.initial {
        check_older(view, initial.commitment_atx, publish, "commitment", rules)?;
    }
    for &previous in &atx.previous_atxs {
        let row = view.atx(previous).ok_or(Rejection::Unknown {
            role: "previous",
            id: previous,
        })?;
        if row.publish_epoch >= publish {
            return Err(Rejection::NotOlder {
                role: "previous",
                theirs: row.publish_epoch,
                ours: publish,
            });
        }
    }
    let set = equivocation_set(atx, view)?;
    let mut works = Vec::new();
    let mut posts = Vec::new();
    let mut elements = Vec::new();
    let mut total_units = 0_u32;
    for element in &atx.niposts {
        let mut effective = Vec::new();
        for post in &element.posts {
            let node = identity(&set, post)?;
            let previous = previous_of(atx, post)?;
            let counted = match previous {
                None => post.num_units,
                Some(previous) => {
                    let proved = view.units(previous, node);
                    let atx = previous;
                    proved
                        .ok_or(Rejection::NotContained { atx, node })?
                        .min(post.num_units)
                }
            };
            effective.push(counted);
            total_units = total_units.wrapping_add(post.num_units);
            posts.push(PostRow {
                atx: id,
                node,
                previous,
                previous_index: post.prev_atx_index,
                units: post.num_units,
                publish_epoch: publish,
            });
        }
        let poet = view.poet(element.challenge.into());
        let poet = poet.ok_or(Rejection::NoPoet(element.challenge.into()))?;
        check_membership(atx, element, poet.statement)?;
        let (units, _) = quantities::element_units(effective);
        elements.push((units, quantities::ticks(poet.leaf_count, rules.tick_size)));
    }
    let totals = quantities::totals(&elements)?;
    for element in &atx.niposts {
        for post in &element.posts {
            let node = identity(&set, post)?;
            works.push(Work::Post(PostWork {
                node,
                commitment: commitment_of(atx, node, view)?,
                challenge: element.challenge,
                post: post.post.clone(),
                num_units: post.num_units,
                indices: Indices::Sampled,
            }));
        }
    }
    if atx.initial.is_none() {
        if !posts.iter().any(|post| post.node == atx.smesher_id) {
            return Err(Rejection::Marriage("the signer proves no space"));
        }
        // Only the signer's nonce is checked, for the size of all together.
        works.push(vrf_nonce_work(
            atx.smesher_id,
            commitment_of(atx, atx.smesher_id, view)?,
            atx.vrf_nonce,
            total_units,
            rules.labels_per_unit,
        )?);
    }
    let row = AtxRow {
        id,
        version: AtxVersion::V2,
        publish_epoch: publish,
        sequence: 0,
        smesher: atx.smesher_id,
        coinbase: atx.coinbase,
        effective_units: totals.units,
        commitment: atx.initial.as_ref().map(|initial| initial.commitment_atx),
        vrf_nonce: atx.vrf_nonce,
        base_height,
        ticks: totals.ticks,
        weight: totals.weight,
        received: Some(received),
        validity: sampled_validity(rules),
        marriage_atx: atx.marriage_atx,
    };
    Ok(Late {
        works,
        then: Ok(Accepted { row, posts }),
    })
}

/// The identities that the certificates of an ATX marry, in their order (step D).
pub(crate) fn married(
    atx: &ActivationTxV2,
    rules: &Rules,
    view: &(impl View + ?Sized),
) -> Result<Vec<NodeId>, Rejection> {
    let mut nodes = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, certificate) in atx.marriages.iter().enumerate() {
        let refused = |reason| Rejection::Certificate { index, reason };
        let node = if certificate.reference_atx.is_zero() {
            atx.smesher_id
        } else {
            let reference = view.atx(certificate.reference_atx);
            reference.ok_or(refused("its ATX is not known"))?.smesher
        };
        verify(
            &node.into(),
            &rules.prefix,
            Domain::Marriage,
            atx.smesher_id.as_ref(),
            &certificate.signature,
        )
        .map_err(|_| refused("its signature is not one of the identity"))?;
        if !seen.insert(node) {
            return Err(refused("the identity is married twice"));
        }
        nodes.push(node);
    }
    Ok(nodes)
}

/// The identities that marriage indices refer to (step E3).
pub(crate) fn equivocation_set(
    atx: &ActivationTxV2,
    view: &(impl View + ?Sized),
) -> Result<Vec<NodeId>, Rejection> {
    let Some(marriage_atx) = atx.marriage_atx else {
        return Ok(vec![atx.smesher_id]);
    };
    let marriage = view.marriage(atx.smesher_id);
    let marriage = marriage.ok_or(Rejection::Marriage("the signer is not married"))?;
    if marriage.marriage_atx != marriage_atx {
        return Err(Rejection::Marriage("the signer was married in another ATX"));
    }
    let row = view.atx(marriage_atx).ok_or(Rejection::Unknown {
        role: "marriage",
        id: marriage_atx,
    })?;
    let earliest = row.publish_epoch.checked_add(MARRIAGE_AGE_MIN);
    if earliest.is_none_or(|earliest| earliest > atx.publish_epoch) {
        return Err(Rejection::Marriage("the marriage is not two epochs old"));
    }
    Ok(view.marriage_set(marriage.set))
}

/// The previous ATX of a sub-post; none in an initial ATX.
fn previous_of(atx: &ActivationTxV2, post: &SubPostV2) -> Result<Option<AtxId>, Rejection> {
    if atx.initial.is_some() {
        return Ok(None);
    }
    let index = usize::try_from(post.prev_atx_index).ok();
    let previous = index
        .and_then(|index| atx.previous_atxs.get(index))
        .copied();
    previous.map(Some).ok_or(Rejection::Shape(
        "a proof of space refers to a previous ATX that is not listed",
    ))
}

fn identity(set: &[NodeId], post: &SubPostV2) -> Result<NodeId, Rejection> {
    let index = usize::try_from(post.marriage_index).ok();
    let node = index.and_then(|index| set.get(index)).copied();
    node.ok_or(Rejection::Marriage(
        "an index is beyond the married identities",
    ))
}

fn commitment_of(
    atx: &ActivationTxV2,
    node: NodeId,
    view: &(impl View + ?Sized),
) -> Result<AtxId, Rejection> {
    match &atx.initial {
        Some(initial) => Ok(initial.commitment_atx),
        None => view.commitment(node).ok_or(Rejection::NoCommitment(node)),
    }
}

/// All distinct leaves of an element at once. Of posts with the same leaf only the first is looked at (05 trap 16).
fn check_membership(
    atx: &ActivationTxV2,
    element: &NipostsV2,
    statement: Hash32,
) -> Result<(), Rejection> {
    let mut leaves = BTreeMap::new();
    for post in &element.posts {
        if let std::collections::btree_map::Entry::Vacant(entry) =
            leaves.entry(post.membership_leaf_index)
        {
            let previous = previous_of(atx, post)?.unwrap_or_default();
            entry.insert(challenge_v2(atx, previous).hash());
        }
    }
    let leaves: Vec<(u64, Hash32)> = leaves.into_iter().collect();
    if tree::evaluate(&leaves, &element.membership.nodes) != Some(statement) {
        return Err(Rejection::Membership);
    }
    Ok(())
}

fn only_post(atx: &ActivationTxV2) -> Option<&SubPostV2> {
    match (
        atx.niposts.as_slice(),
        atx.niposts.first()?.posts.as_slice(),
    ) {
        ([_], [post]) => Some(post),
        _ => None,
    }
}
