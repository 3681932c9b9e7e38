//! ATXs that come with a checkpoint, and those that are kept across a recovery (05 §21).

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_types::{Address, AtxId, AtxVersion, EpochId, NodeId, PoetProofRef, VrfNonce};

use crate::{Atx, AtxRow, Change, PostRow, Rules, Validity, View};

/// Fewest ATXs per identity in a checkpoint; smaller requests are raised to it.
pub const CHECKPOINT_ATXS_MIN: usize = 4;

/// An ATX as a checkpoint carries it: what counts, without bytes and without weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointAtx {
    /// Its id.
    pub id: AtxId,
    /// Epoch of publication.
    pub publish_epoch: EpochId,
    /// What the labels of its signer were derived from.
    pub commitment: AtxId,
    /// The ATX that married its identities.
    pub marriage_atx: Option<AtxId>,
    /// VRF nonce of its signer.
    pub vrf_nonce: VrfNonce,
    /// Height of its positioning ATX.
    pub base_height: u64,
    /// Ticks of its PoET proof.
    pub ticks: u64,
    /// Who signed it.
    pub smesher: NodeId,
    /// Number of ancestors.
    pub sequence: u64,
    /// Account for rewards.
    pub coinbase: Address,
    /// Units that count.
    pub effective_units: u32,
    /// Units that each identity in it proved.
    pub units: BTreeMap<NodeId, u32>,
}

/// The write that takes an ATX of a checkpoint in: without time of arrival, bytes, weight and previous ATXs.
pub fn checkpointed(atx: &CheckpointAtx) -> Change {
    let posts = atx.units.iter().map(|(&node, &units)| PostRow {
        atx: atx.id,
        node,
        previous: None,
        previous_index: 0,
        units,
        publish_epoch: atx.publish_epoch,
    });
    Change::InsertAtx {
        row: AtxRow {
            id: atx.id,
            version: AtxVersion::V1,
            publish_epoch: atx.publish_epoch,
            sequence: atx.sequence,
            smesher: atx.smesher,
            coinbase: atx.coinbase,
            effective_units: atx.effective_units,
            commitment: Some(atx.commitment).filter(|id| !id.is_zero()),
            vrf_nonce: atx.vrf_nonce,
            base_height: atx.base_height,
            ticks: atx.ticks,
            weight: 0,
            received: None,
            validity: Validity::Unknown,
            marriage_atx: atx.marriage_atx,
        },
        blob: None,
        posts: posts.collect(),
    }
}

/// The rows of a checkpoint: for each identity that did not misbehave its latest `count` ATXs, newest first. `rows` in any order.
pub fn checkpoint_rows(
    rows: impl IntoIterator<Item = AtxRow>,
    count: usize,
    view: &(impl View + ?Sized),
) -> Vec<AtxRow> {
    let count = count.max(CHECKPOINT_ATXS_MIN);
    let mut by_node: BTreeMap<NodeId, Vec<AtxRow>> = BTreeMap::new();
    for row in rows {
        if !view.is_malicious(row.smesher) {
            by_node.entry(row.smesher).or_default().push(row);
        }
    }
    let newest = by_node.into_values().flat_map(|mut rows| {
        rows.sort_by_key(|row| (std::cmp::Reverse(row.publish_epoch), row.id));
        rows.truncate(count);
        rows
    });
    newest.collect()
}

/// What is kept across a recovery and fed to the intake again, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preserved {
    /// Ids and bytes, by publish epoch and id.
    pub atxs: Vec<(AtxId, Vec<u8>)>,
    /// The PoET proofs they refer to.
    pub poets: BTreeSet<PoetProofRef>,
}

/// Own ATXs and the positioning ATX of a challenge that is pending (`roots`), with all they build on that is not in the checkpoint.
pub fn preserve(
    roots: impl IntoIterator<Item = AtxId>,
    in_checkpoint: &BTreeSet<AtxId>,
    rules: &Rules,
    view: &(impl View + ?Sized),
) -> Preserved {
    let mut ahead: Vec<AtxId> = roots.into_iter().collect();
    let mut seen = BTreeSet::new();
    let mut kept = BTreeMap::new();
    let mut poets = BTreeSet::new();
    while let Some(id) = ahead.pop() {
        if in_checkpoint.contains(&id) || !seen.insert(id) {
            continue;
        }
        let Some((version, bytes)) = view.blob(id) else {
            continue;
        };
        let Ok(atx) = Atx::decode_version(&bytes, version) else {
            continue;
        };
        let references = atx.references(rules.golden_atx);
        ahead.extend(references.atxs);
        poets.extend(references.poets);
        kept.insert((atx.publish_epoch(), id), bytes);
    }
    Preserved {
        atxs: kept
            .into_iter()
            .map(|((_, id), bytes)| (id, bytes))
            .collect(),
        poets,
    }
}
