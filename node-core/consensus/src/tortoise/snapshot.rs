//! The whole state as bytes, so that a restart need not read the window again.
//!
//! A snapshot belongs to a turn of its store and to the parameters it was made with. It ends with a digest, and whatever it claims is checked
//! before it is used: an index that leads nowhere is an error, not a panic. The caller compares opinions with the stored mesh hashes
//! ([`Tortoise::contradicts`]) and falls back to recovery from objects.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use spacemesh_codec::{BoundedVec, Decode, Encode, Output, decode_exact, encode};
use spacemesh_types::{AtxId, BallotId, Beacon, BlockId, EpochId, Hash32, LayerId, NodeId, sum};

use super::engine::{Epoch, Tortoise};
use super::layers::{Layer, Layers, NO_NODE, Node, Reference, Row, Target};
use super::settings::Settings;
use super::sign::Sign;
use super::weight::Weight;

/// Version of the format.
pub const SNAPSHOT_VERSION: u32 = 1;

/// Lists are as long as the bytes that hold them; the limit is the codec's arithmetic.
const ANY: usize = u32::MAX as usize;
type List<T> = BoundedVec<T, ANY>;

/// Why a snapshot cannot be used. Recovery from stored objects always can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Bytes were changed or are missing.
    #[error("the tortoise snapshot is damaged: recover from stored objects")]
    Damaged,
    /// Another version of this program wrote it.
    #[error(
        "the tortoise snapshot has version {found}, expected {SNAPSHOT_VERSION}: recover from stored objects"
    )]
    Version {
        /// The version found.
        found: u32,
    },
    /// It was made with other parameters.
    #[error("the tortoise snapshot was made with other parameters: recover from stored objects")]
    OtherSettings,
    /// It contradicts itself.
    #[error("the tortoise snapshot contradicts itself in {what}: recover from stored objects")]
    Inconsistent {
        /// Where.
        what: &'static str,
    },
}

#[derive(Encode, Decode)]
struct Saved {
    version: u32,
    settings: Hash32,
    last: u32,
    processed: u32,
    verified: u32,
    evicted: u32,
    pending: Option<u32>,
    counted: u32,
    clock: u32,
    full: bool,
    local_threshold: Raw,
    total_good: Raw,
    good_below: Raw,
    opinion_below: Option<Hash32>,
    evicted_epoch: Option<EpochId>,
    epochs: List<SavedEpoch>,
    malicious: List<NodeId>,
    parked: List<(u32, u32)>,
    delayed: List<SavedDelay>,
    references: List<SavedReference>,
    layers: List<SavedLayer>,
}

#[derive(Encode, Decode)]
struct SavedEpoch {
    epoch: u32,
    weight: Raw,
    height: u64,
    beacon: Option<Beacon>,
}

#[derive(Encode, Decode)]
struct SavedDelay {
    layer: u32,
    ballots: List<(u32, u32)>,
}

#[derive(Encode, Decode)]
struct SavedReference {
    smesher: NodeId,
    atx: AtxId,
    slots: u32,
    beacon: Beacon,
    unit: Raw,
    height: u64,
}

#[derive(Encode, Decode)]
struct SavedLayer {
    terminated: bool,
    coin: SavedSign,
    ref_height: u64,
    good: Raw,
    empty: Raw,
    opinion: Hash32,
    targets: List<SavedTarget>,
    ballots: List<SavedRow>,
    opinions: List<(Hash32, u32)>,
    nodes: List<SavedNode>,
}

#[derive(Encode, Decode)]
struct SavedTarget {
    height: u64,
    id: BlockId,
    hare: SavedSign,
    validity: SavedSign,
    margin: Raw,
    data: bool,
}

#[derive(Encode, Decode)]
struct SavedNode {
    opinion: Hash32,
    previous: Option<u32>,
    abstain: bool,
    supports: List<u32>,
}

#[derive(Encode, Decode)]
struct SavedRow {
    id: BallotId,
    weight: Raw,
    node: u32,
    malicious: bool,
    bad_beacon: bool,
    reference: u32,
}

/// A weight's 16 bytes, little endian.
type Raw = [u8; 16];
/// A sign's number.
type SavedSign = [u8; 1];

impl Tortoise {
    /// The state as bytes. Made at the end of an epoch, or whenever a restart should be quick.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut references: BTreeMap<*const Reference, u32> = BTreeMap::new();
        let mut saved_references = Vec::new();
        let mut layers = Vec::new();
        for (_, layer) in self.layers.iter() {
            let ballots = layer.ballots.iter().map(|row| {
                let next = u32::try_from(saved_references.len()).unwrap_or(u32::MAX);
                let reference = *references
                    .entry(Arc::as_ptr(&row.reference))
                    .or_insert_with(|| {
                        saved_references.push(save_reference(&row.reference));
                        next
                    });
                SavedRow {
                    id: row.id,
                    weight: raw(row.weight),
                    node: row.node,
                    malicious: row.malicious,
                    bad_beacon: row.bad_beacon,
                    reference,
                }
            });
            let ballots = list(ballots.collect());
            layers.push(save_layer(layer, ballots));
        }
        let epochs = self.epochs.iter().map(|(&epoch, state)| SavedEpoch {
            epoch,
            weight: raw(state.weight),
            height: state.height,
            beacon: state.beacon,
        });
        let delayed = self.delayed.iter().map(|(&layer, ballots)| SavedDelay {
            layer,
            ballots: list(ballots.clone()),
        });
        let mut bytes = encode(&Saved {
            version: SNAPSHOT_VERSION,
            settings: settings_hash(&self.settings),
            last: self.last,
            processed: self.processed,
            verified: self.verified,
            evicted: self.evicted,
            pending: self.pending,
            counted: self.counted,
            clock: self.clock,
            full: self.full,
            local_threshold: raw(self.local_threshold),
            total_good: raw(self.total_good),
            good_below: raw(self.good_below),
            opinion_below: self.opinion_below,
            evicted_epoch: self.evicted_epoch,
            epochs: list(epochs.collect()),
            malicious: list(self.malicious.iter().copied().collect()),
            parked: list(self.parked.iter().copied().collect()),
            delayed: list(delayed.collect()),
            references: list(saved_references),
            layers: list(layers),
        });
        let digest = sum([&bytes]);
        bytes.extend_from_slice(digest.as_bytes());
        bytes
    }

    /// The state from bytes.
    ///
    /// # Errors
    ///
    /// Bytes that this version did not write with these parameters.
    pub fn restore(settings: Settings, bytes: &[u8]) -> Result<Self, SnapshotError> {
        let (content, digest) = bytes
            .split_last_chunk::<32>()
            .ok_or(SnapshotError::Damaged)?;
        if sum([content]).as_bytes() != digest {
            return Err(SnapshotError::Damaged);
        }
        let saved: Saved = decode_exact(content).map_err(|_| match decode_version(content) {
            Some(found) if found != SNAPSHOT_VERSION => SnapshotError::Version { found },
            _ => SnapshotError::Damaged,
        })?;
        if saved.version != SNAPSHOT_VERSION {
            let found = saved.version;
            return Err(SnapshotError::Version { found });
        }
        if saved.settings != settings_hash(&settings) {
            return Err(SnapshotError::OtherSettings);
        }
        let references: Vec<_> = saved
            .references
            .iter()
            .map(|saved| Arc::new(load_reference(saved)))
            .collect();
        let mut layers = Layers::empty(saved.evicted);
        let mut refs = BTreeMap::new();
        let mut heights: BTreeMap<u64, u32> = BTreeMap::new();
        let mut below = 0;
        for (lid, saved) in (saved.evicted..).zip(&saved.layers) {
            let layer = load_layer(saved, below, &references)?;
            for (index, row) in (0..).zip(&layer.ballots) {
                if refs.insert(row.id, (lid, index)).is_some() {
                    return Err(SnapshotError::Inconsistent { what: "ballots" });
                }
            }
            for target in &layer.targets {
                *heights.entry(target.height).or_default() += 1;
            }
            below = layer.nodes.len();
            layers.push(layer);
        }
        let kept = layers.end().checked_sub(1);
        if kept.is_none_or(|kept| kept < saved.processed)
            || saved.processed < saved.evicted
            || saved.last < saved.processed
        {
            return Err(SnapshotError::Inconsistent { what: "layers" });
        }
        let at = |list: &List<(u32, u32)>| list.iter().copied().collect::<Vec<_>>();
        Ok(Self {
            settings,
            layers,
            refs,
            epochs: saved
                .epochs
                .iter()
                .map(|saved| {
                    let epoch = Epoch {
                        weight: weight(saved.weight),
                        height: saved.height,
                        beacon: saved.beacon,
                    };
                    (saved.epoch, epoch)
                })
                .collect(),
            malicious: saved.malicious.iter().copied().collect::<BTreeSet<_>>(),
            parked: VecDeque::from(at(&saved.parked)),
            delayed: saved
                .delayed
                .iter()
                .map(|delay| (delay.layer, at(&delay.ballots)))
                .collect(),
            heights,
            last: saved.last,
            processed: saved.processed,
            verified: saved.verified,
            evicted: saved.evicted,
            pending: saved.pending,
            local_threshold: weight(saved.local_threshold),
            full: saved.full,
            counted: saved.counted,
            total_good: weight(saved.total_good),
            good_below: weight(saved.good_below),
            opinion_below: saved.opinion_below,
            evicted_epoch: saved.evicted_epoch,
            clock: saved.clock,
        })
    }

    /// The lowest layer whose opinion is not the stored mesh hash, among delivered layers that have one: such a snapshot is not of this store.
    pub fn contradicts(&self, mesh_hash: impl Fn(LayerId) -> Option<Hash32>) -> Option<LayerId> {
        let delivered = self
            .pending
            .map_or(self.processed.saturating_add(1), |pending| pending);
        let mut layers = (self.evicted.saturating_add(1)..delivered).map(LayerId);
        layers.find(|&layer| match (mesh_hash(layer), self.opinion(layer)) {
            (Some(stored), Some(opinion)) => stored != opinion,
            _ => false,
        })
    }
}

fn decode_version(content: &[u8]) -> Option<u32> {
    spacemesh_codec::decode_prefix::<u32>(content)
        .ok()
        .map(|(version, _)| version)
}

fn settings_hash(settings: &Settings) -> Hash32 {
    let mut hash = spacemesh_types::HashBuilder::new();
    let numbers = [
        settings.hdist,
        settings.zdist,
        settings.window,
        settings.max_exceptions,
        settings.bad_beacon_delay,
        settings.layers_per_epoch.get(),
        settings.genesis.0,
    ];
    let past = settings
        .historical
        .iter()
        .flat_map(|past| [past.start.0, past.end.0, past.window]);
    for number in numbers.into_iter().chain(past) {
        hash.write(&number.to_le_bytes());
    }
    hash.finish()
}

fn list<T>(items: Vec<T>) -> List<T> {
    BoundedVec::try_from(items).unwrap_or_default()
}

fn raw(weight: Weight) -> Raw {
    weight.raw().to_le_bytes()
}

fn weight(raw: Raw) -> Weight {
    Weight::from_raw(i128::from_le_bytes(raw))
}

fn save_sign(sign: Sign) -> SavedSign {
    match sign {
        Sign::Neutral => [0],
        Sign::Support => [1],
        Sign::Against => [2],
    }
}

fn load_sign(saved: SavedSign) -> Result<Sign, SnapshotError> {
    match saved {
        [0] => Ok(Sign::Neutral),
        [1] => Ok(Sign::Support),
        [2] => Ok(Sign::Against),
        _ => Err(SnapshotError::Inconsistent { what: "signs" }),
    }
}

fn save_reference(reference: &Reference) -> SavedReference {
    SavedReference {
        smesher: reference.smesher,
        atx: reference.atx,
        slots: reference.slots,
        beacon: reference.beacon,
        unit: raw(reference.unit),
        height: reference.height,
    }
}

fn load_reference(saved: &SavedReference) -> Reference {
    Reference {
        smesher: saved.smesher,
        atx: saved.atx,
        slots: saved.slots,
        beacon: saved.beacon,
        unit: weight(saved.unit),
        height: saved.height,
    }
}

fn save_layer(layer: &Layer, ballots: List<SavedRow>) -> SavedLayer {
    let targets = layer.targets.iter().map(|target| SavedTarget {
        height: target.height,
        id: target.id,
        hare: save_sign(target.hare),
        validity: save_sign(target.validity),
        margin: raw(target.margin),
        data: target.data,
    });
    let nodes = layer.nodes.iter().map(|node| SavedNode {
        opinion: node.opinion,
        previous: (node.previous != NO_NODE).then_some(node.previous),
        abstain: node.abstain,
        supports: list(layer.supported(node).to_vec()),
    });
    SavedLayer {
        terminated: layer.terminated,
        coin: save_sign(layer.coin),
        ref_height: layer.ref_height,
        good: raw(layer.good),
        empty: raw(layer.empty),
        opinion: layer.opinion,
        targets: list(targets.collect()),
        ballots,
        opinions: list(
            layer
                .opinions
                .iter()
                .map(|(&hash, &node)| (hash, node))
                .collect(),
        ),
        nodes: list(nodes.collect()),
    }
}

/// A layer above one with `below` entries of vote lists.
fn load_layer(
    saved: &SavedLayer,
    below: usize,
    references: &[Arc<Reference>],
) -> Result<Layer, SnapshotError> {
    let inconsistent = |what| SnapshotError::Inconsistent { what };
    let mut layer = Layer {
        terminated: saved.terminated,
        coin: load_sign(saved.coin)?,
        ref_height: saved.ref_height,
        good: weight(saved.good),
        empty: weight(saved.empty),
        opinion: saved.opinion,
        ..Layer::default()
    };
    for target in &saved.targets {
        if layer.find(target.height, &target.id).is_some() {
            return Err(inconsistent("targets"));
        }
        layer.add(Target {
            height: target.height,
            id: target.id,
            hare: load_sign(target.hare)?,
            validity: load_sign(target.validity)?,
            margin: weight(target.margin),
            data: target.data,
        });
    }
    for node in &saved.nodes {
        let supports = node.supports.as_slice();
        let ascending = supports.windows(2).all(|pair| pair[0] < pair[1]);
        let in_layer = supports
            .last()
            .is_none_or(|&last| (last as usize) < layer.targets.len());
        let previous = node.previous.unwrap_or(NO_NODE);
        if !ascending || !in_layer || (previous != NO_NODE && previous as usize >= below) {
            return Err(inconsistent("votes"));
        }
        let start = u32::try_from(layer.supports.len()).map_err(|_| inconsistent("votes"))?;
        layer.supports.extend_from_slice(supports);
        layer.nodes.push(Node {
            opinion: node.opinion,
            previous,
            start,
            count: u32::try_from(supports.len()).map_err(|_| inconsistent("votes"))?,
            abstain: node.abstain,
        });
    }
    for row in &saved.ballots {
        let reference = references
            .get(row.reference as usize)
            .ok_or(inconsistent("references"))?;
        if row.node as usize >= below {
            return Err(inconsistent("ballots"));
        }
        layer.ballots.push(Row {
            id: row.id,
            weight: weight(row.weight),
            node: row.node,
            malicious: row.malicious,
            bad_beacon: row.bad_beacon,
            reference: Arc::clone(reference),
        });
    }
    for &(opinion, node) in &saved.opinions {
        if node as usize >= below {
            return Err(inconsistent("opinions"));
        }
        layer.opinions.insert(opinion, node);
    }
    Ok(layer)
}
