//! Judging an ATX of version 1 (05 §9). Signature and duplicates are the intake's, this is the rest.

use spacemesh_types::{
    AtxId, AtxVersion, EpochId, Hash32, Timestamp,
    wire::{ActivationTxV1, NipostV1, PostMetadataV1, PostV1},
};

use crate::{
    AtxRow, Indices, PostRow, PostWork, Rejection, Rules, Validity, View, Work, quantities, tree,
    work::vrf_nonce_work,
};

/// What is left to be checked elsewhere, and what follows if all of it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Late {
    pub(crate) works: Vec<Work>,
    pub(crate) then: Result<Accepted, Rejection>,
}

/// An ATX that may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) row: AtxRow,
    pub(crate) posts: Vec<PostRow>,
}

/// Steps A3 to A9, without what is done elsewhere: those works, in order.
pub(crate) fn early(
    atx: &ActivationTxV1,
    rules: &Rules,
    current: EpochId,
) -> Result<Vec<Work>, Rejection> {
    let inner = &atx.inner;
    let challenge = &inner.challenge;
    let parts = parts(atx)?;
    check_epoch(challenge.publish_epoch, current)?;
    if challenge.positioning_atx.is_zero() {
        return Err(Rejection::Missing("the positioning ATX"));
    }
    if !challenge.prev_atx.is_zero() {
        let unexpected = [
            (inner.node_id.is_some(), "the identity of a later ATX"),
            (
                challenge.initial_post.is_some(),
                "the initial proof of space of a later ATX",
            ),
            (
                challenge.commitment_atx.is_some(),
                "the commitment of a later ATX",
            ),
        ];
        for (present, part) in unexpected {
            if present {
                return Err(Rejection::Unexpected(part));
            }
        }
        return Ok(Vec::new());
    }
    let post = challenge.initial_post.as_ref();
    let post = post.ok_or(Rejection::Missing("the initial proof of space"))?;
    if inner.node_id.is_none() {
        return Err(Rejection::Missing("the identity"));
    }
    let nonce = inner.vrf_nonce.ok_or(Rejection::Missing("the VRF nonce"))?;
    let commitment = challenge.commitment_atx.filter(|id| !id.is_zero());
    let commitment = commitment.ok_or(Rejection::Missing("the commitment"))?;
    if challenge.sequence != 0 {
        return Err(Rejection::InitialSequence(challenge.sequence));
    }
    let labels_per_unit = parts.metadata.labels_per_unit;
    check_labels_per_unit(labels_per_unit, rules)?;
    Ok(vec![
        vrf_nonce_work(
            atx.smesher_id,
            commitment,
            nonce,
            inner.num_units,
            labels_per_unit,
        )?,
        Work::Post(PostWork {
            node: atx.smesher_id,
            commitment,
            challenge: Hash32::ZERO,
            post: post.clone(),
            num_units: inner.num_units,
            indices: Indices::All,
        }),
    ])
}

/// Steps D1 to D8, once everything it refers to is stored. Membership and weight come after the proof of space, so that a bad proof is
/// told although they are bad as well (05 trap 12).
pub(crate) fn late(
    atx: &ActivationTxV1,
    id: AtxId,
    received: Timestamp,
    rules: &Rules,
    view: &(impl View + ?Sized),
) -> Result<Late, Rejection> {
    let inner = &atx.inner;
    let challenge = &inner.challenge;
    let node = atx.smesher_id;
    let publish = challenge.publish_epoch;
    let parts = parts(atx)?;
    let commitment = match challenge.commitment_atx {
        Some(commitment) => commitment,
        None => view.commitment(node).ok_or(Rejection::NoCommitment(node))?,
    };
    let mut works = Vec::new();
    let (effective_units, vrf_nonce) = if challenge.prev_atx.is_zero() {
        check_older(view, commitment, publish, "commitment", rules)?;
        (inner.num_units, inner.vrf_nonce.unwrap_or_default())
    } else {
        let previous = view.atx(challenge.prev_atx);
        let previous = previous.ok_or(Rejection::Unknown {
            role: "previous",
            id: challenge.prev_atx,
        })?;
        if previous.smesher != node {
            return Err(Rejection::PreviousOfAnother(previous.smesher));
        }
        if previous.publish_epoch >= publish {
            return Err(Rejection::NotOlder {
                role: "previous",
                theirs: previous.publish_epoch,
                ours: publish,
            });
        }
        if previous.sequence.checked_add(1) != Some(challenge.sequence) {
            return Err(Rejection::Sequence {
                previous: previous.sequence,
                found: challenge.sequence,
            });
        }
        let nonce = inner.vrf_nonce.unwrap_or(previous.vrf_nonce);
        // Compared with the units that counted before, not with those that were proved (05 trap 8).
        if inner.vrf_nonce.is_some() || inner.num_units > previous.effective_units {
            check_labels_per_unit(parts.metadata.labels_per_unit, rules)?;
            works.push(vrf_nonce_work(
                node,
                commitment,
                nonce,
                inner.num_units,
                parts.metadata.labels_per_unit,
            )?);
        }
        let proved = view.units(challenge.prev_atx, node);
        let proved = proved.ok_or(Rejection::NotContained {
            atx: challenge.prev_atx,
            node,
        })?;
        (proved.min(inner.num_units), nonce)
    };
    let base_height = check_positioning(view, challenge.positioning_atx, publish, rules)?;
    if !(rules.min_num_units..=rules.max_num_units).contains(&inner.num_units) {
        return Err(Rejection::NumUnits(inner.num_units));
    }
    check_labels_per_unit(parts.metadata.labels_per_unit, rules)?;
    works.push(Work::Post(PostWork {
        node,
        commitment,
        challenge: parts.challenge,
        post: parts.post.clone(),
        num_units: inner.num_units,
        indices: Indices::Sampled,
    }));
    let then = (|| {
        let poet = view.poet(parts.challenge.into());
        let poet = poet.ok_or(Rejection::NoPoet(parts.challenge.into()))?;
        let membership = &parts.nipost.membership;
        let leaf = [(membership.leaf_index, challenge.hash())];
        if tree::evaluate(&leaf, &membership.nodes) != Some(poet.statement) {
            return Err(Rejection::Membership);
        }
        let ticks = quantities::ticks(poet.leaf_count, rules.tick_size);
        let weight = quantities::weight(effective_units, ticks)?;
        Ok(Accepted {
            row: AtxRow {
                id,
                version: AtxVersion::V1,
                publish_epoch: publish,
                sequence: challenge.sequence,
                smesher: node,
                coinbase: inner.coinbase,
                effective_units,
                commitment: challenge.commitment_atx,
                vrf_nonce,
                base_height,
                ticks,
                weight,
                received: Some(received),
                validity: sampled_validity(rules),
                marriage_atx: None,
            },
            posts: vec![PostRow {
                atx: id,
                node,
                previous: Some(challenge.prev_atx).filter(|id| !id.is_zero()),
                previous_index: 0,
                units: inner.num_units,
                publish_epoch: publish,
            }],
        })
    })();
    Ok(Late { works, then })
}

/// Step A4, for both versions: at most one epoch ahead, and as old as anybody likes.
pub(crate) fn check_epoch(publish: EpochId, current: EpochId) -> Result<(), Rejection> {
    if u64::from(publish.0) > u64::from(current.0) + 1 {
        return Err(Rejection::Future { publish, current });
    }
    Ok(())
}

/// Golden, or stored with a smaller publish epoch. Returns its tick height.
pub(crate) fn check_positioning(
    view: &(impl View + ?Sized),
    id: AtxId,
    publish: EpochId,
    rules: &Rules,
) -> Result<u64, Rejection> {
    check_older(view, id, publish, "positioning", rules)
}

/// Golden (height 0), or stored with a smaller publish epoch. Returns its tick height.
pub(crate) fn check_older(
    view: &(impl View + ?Sized),
    id: AtxId,
    publish: EpochId,
    role: &'static str,
    rules: &Rules,
) -> Result<u64, Rejection> {
    if id == rules.golden_atx {
        return Ok(0);
    }
    let row = view.atx(id).ok_or(Rejection::Unknown { role, id })?;
    if row.publish_epoch >= publish {
        return Err(Rejection::NotOlder {
            role,
            theirs: row.publish_epoch,
            ours: publish,
        });
    }
    Ok(row.height())
}

/// What an accepted ATX is known to be after its sampled indices held.
pub(crate) const fn sampled_validity(rules: &Rules) -> Validity {
    if rules.sample_is_complete() {
        Validity::Valid
    } else {
        Validity::Unknown
    }
}

/// The parts of the proof of space-time, all of which must be there. The reference ends its process without them (05 trap 19).
pub(crate) struct NipostParts<'a> {
    pub(crate) nipost: &'a NipostV1,
    pub(crate) post: &'a PostV1,
    pub(crate) metadata: &'a PostMetadataV1,
    /// Reference of the PoET proof.
    pub(crate) challenge: Hash32,
}

pub(crate) fn parts(atx: &ActivationTxV1) -> Result<NipostParts<'_>, Rejection> {
    let nipost = atx.inner.nipost.as_ref();
    let nipost = nipost.ok_or(Rejection::Missing("the proof of space-time"))?;
    let post = nipost.post.as_ref();
    let post = post.ok_or(Rejection::Missing("the proof of space"))?;
    let metadata = nipost.post_metadata.as_ref();
    let metadata = metadata.ok_or(Rejection::Missing("the parameters of the proof of space"))?;
    let challenge = nipost.poet_ref();
    let challenge = challenge.ok_or(Rejection::Missing("a PoET reference of 32 bytes"))?;
    Ok(NipostParts {
        nipost,
        post,
        metadata,
        challenge: challenge.to_hash32(),
    })
}

fn check_labels_per_unit(found: u64, rules: &Rules) -> Result<(), Rejection> {
    let expected = rules.labels_per_unit;
    if found < expected {
        return Err(Rejection::LabelsPerUnit { found, expected });
    }
    Ok(())
}
