//! ATXs by target epoch in memory, which ballots, hare, rewards and tortoise look up (05 §19).
//!
//! A row takes 64 bytes, one cache line: the id, what cannot be derived, and 4-byte names of identity and coinbase. Rows lie in 4096 buckets
//! by the first twelve bits of their ids, each sorted, so they are in the order of their ids as a whole; ten million rows give buckets of
//! 2500, found in twelve comparisons and inserted by moving 80 kB on average. Names are shared by all epochs: 40 bytes per identity.
//! Ten million ATXs take 640 MB per epoch and at most an eighth of slack, and 400 MB of names once. (The reference: 190 bytes per ATX.)
//!
//! Keeps true: a row never changes once it is there; nothing enters an epoch that was evicted; no answer depends on the order in which rows
//! were added, except which of an own identity's two ATXs is its last.

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_types::{Address, AtxId, EpochId, NodeId, VrfNonce};

use crate::{AtxRow, interner::Interner};

/// Bits of an id that choose its bucket.
const BUCKET_BITS: u32 = 12;

/// What the table knows about an ATX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtxData {
    /// Who signed it.
    pub node: NodeId,
    /// Account for rewards.
    pub coinbase: Address,
    /// Its weight.
    pub weight: u64,
    /// Tick height of its positioning ATX.
    pub base_height: u64,
    /// Its own tick height.
    pub height: u64,
    /// VRF nonce of its signer.
    pub nonce: VrfNonce,
}

impl From<&AtxRow> for AtxData {
    fn from(row: &AtxRow) -> Self {
        Self {
            node: row.smesher,
            coinbase: row.coinbase,
            weight: row.table_weight(),
            base_height: row.base_height,
            height: row.height(),
            nonce: row.vrf_nonce,
        }
    }
}

/// All epochs that are not evicted.
#[derive(Debug, Clone, Default)]
pub struct AtxTable {
    epochs: BTreeMap<EpochId, Epoch>,
    nodes: Interner<32>,
    coinbases: Interner<24>,
    malicious: BTreeSet<NodeId>,
    own: BTreeSet<NodeId>,
    watermark: Option<EpochId>,
}

/// The table of one epoch.
#[derive(Debug, Clone)]
struct Epoch {
    buckets: Vec<Vec<Row>>,
    /// Weight and height of rows where they do not follow from units and ticks of 32 bits: merged ATXs of several PoETs.
    odd: BTreeMap<AtxId, (u64, u64)>,
    /// The last ATX of each identity of this node.
    own: BTreeMap<NodeId, AtxId>,
    len: usize,
}

/// One ATX as it lies in memory.
#[derive(Debug, Clone, Copy)]
struct Row {
    id: [u8; 32],
    base_height: u64,
    nonce: u64,
    node: u32,
    coinbase: u32,
    /// Weight is units times ticks.
    units: u32,
    /// Height is base height plus ticks.
    ticks: u32,
}

/// The size that the module's figures follow from.
const _: () = assert!(size_of::<Row>() == 64);

impl Row {
    /// In `units` and `ticks` of rows whose figures are in [`Epoch::odd`].
    const ODD: (u32, u32) = (u32::MAX, u32::MAX);
}

impl AtxTable {
    /// A table that has its identities of this node looked up at once.
    pub fn add_own(&mut self, node: NodeId) {
        self.own.insert(node);
    }

    /// Adds an ATX. Its signer is marked as malicious if `malicious`, also where the ATX is not added. Returns whether it was: not into
    /// evicted epochs, and not twice.
    pub fn add(&mut self, target: EpochId, id: AtxId, data: &AtxData, malicious: bool) -> bool {
        if malicious {
            self.set_malicious(data.node);
        }
        if self.watermark.is_some_and(|evicted| target <= evicted) {
            return false;
        }
        let epoch = self.epochs.entry(target).or_default();
        let Some(bucket) = epoch.buckets.get_mut(bucket_of(&id)) else {
            return false;
        };
        let Err(place) = bucket.binary_search_by(|row| row.id.cmp(&id.0)) else {
            return false;
        };
        let names = (
            self.nodes.acquire(&data.node.0),
            self.coinbases.acquire(&data.coinbase.0),
        );
        let (Some(node), Some(coinbase)) = names else {
            return false;
        };
        let (units, ticks) = units_and_ticks(data).unwrap_or_else(|| {
            epoch.odd.insert(id, (data.weight, data.height));
            Row::ODD
        });
        // An eighth at a time: doubling would leave half of the memory unused right after it.
        if bucket.len() == bucket.capacity() {
            bucket.reserve_exact(bucket.len() / 8 + 1);
        }
        bucket.insert(
            place,
            Row {
                id: id.0,
                base_height: data.base_height,
                nonce: data.nonce.0,
                node,
                coinbase,
                units,
                ticks,
            },
        );
        epoch.len += 1;
        if self.own.contains(&data.node) {
            epoch.own.insert(data.node, id);
        }
        true
    }

    /// Drops all epochs up to `epoch`. Nothing is added to them any more.
    pub fn evict(&mut self, epoch: EpochId) {
        self.watermark = self.watermark.max(Some(epoch));
        while let Some(entry) = self.epochs.first_entry() {
            if *entry.key() > epoch {
                break;
            }
            for row in entry.remove().buckets.into_iter().flatten() {
                self.nodes.release(row.node);
                self.coinbases.release(row.coinbase);
            }
        }
    }

    /// The last epoch that was evicted.
    pub const fn evicted(&self) -> Option<EpochId> {
        self.watermark
    }

    /// Marks an identity for ever.
    pub fn set_malicious(&mut self, node: NodeId) {
        self.malicious.insert(node);
    }

    /// Whether an identity is marked.
    pub fn is_malicious(&self, node: NodeId) -> bool {
        self.malicious.contains(&node)
    }

    /// An ATX of an epoch.
    pub fn get(&self, target: EpochId, id: AtxId) -> Option<AtxData> {
        let epoch = self.epochs.get(&target)?;
        Some(self.data(epoch, epoch.row(id)?))
    }

    /// The ATX of an identity: at once for those of this node, otherwise by looking through the epoch, the one with the lowest id.
    pub fn by_node(&self, target: EpochId, node: NodeId) -> Option<AtxId> {
        let epoch = self.epochs.get(&target)?;
        if self.own.contains(&node) {
            return epoch.own.get(&node).copied();
        }
        let name = self.nodes.name(&node.0)?;
        let mut rows = epoch.rows().filter(|row| row.node == name);
        rows.next().map(|row| AtxId(row.id))
    }

    /// The sum of the weights of those of `ids` that are known (it wraps), and which are.
    pub fn weight_of(&self, target: EpochId, ids: &[AtxId]) -> (u64, Vec<bool>) {
        let mut weight = 0_u64;
        let known = ids.iter().map(|&id| {
            let data = self.get(target, id);
            weight = weight.wrapping_add(data.map_or(0, |data| data.weight));
            data.is_some()
        });
        let known = known.collect();
        (weight, known)
    }

    /// Those of `ids` that are not known, in their order.
    pub fn missing(&self, target: EpochId, ids: &[AtxId]) -> Vec<AtxId> {
        let epoch = self.epochs.get(&target);
        let unknown = |id: &&AtxId| epoch.is_none_or(|epoch| epoch.row(**id).is_none());
        ids.iter().filter(unknown).copied().collect()
    }

    /// The next `count` ATXs after `after` whose signers are not malicious, by height descending and id ascending. Start with `None` and go
    /// on with the last one returned. Needs memory for `count` only.
    pub fn highest(
        &self,
        target: EpochId,
        after: Option<(u64, AtxId)>,
        count: usize,
    ) -> Vec<(u64, AtxId)> {
        use std::cmp::Reverse;
        let Some(epoch) = self.epochs.get(&target) else {
            return Vec::new();
        };
        let after = after.map(|(height, id)| (Reverse(height), id));
        let mut best = std::collections::BinaryHeap::with_capacity(count.min(epoch.len) + 1);
        for row in epoch.rows() {
            let entry = (Reverse(epoch.figures(row).1), AtxId(row.id));
            if after.is_some_and(|after| entry <= after) {
                continue;
            }
            if best.len() == count && best.peek().is_none_or(|worst| entry >= *worst) {
                continue;
            }
            if self.is_malicious(self.node(row)) {
                continue;
            }
            best.push(entry);
            if best.len() > count {
                best.pop();
            }
        }
        let best = best.into_sorted_vec().into_iter();
        best.map(|(Reverse(height), id)| (height, id)).collect()
    }

    /// All ATXs of an epoch, in the order of their ids.
    pub fn iter(&self, target: EpochId) -> impl Iterator<Item = (AtxId, AtxData)> {
        let epochs = self.epochs.get(&target).into_iter();
        epochs.flat_map(move |epoch| {
            let rows = epoch.rows();
            rows.map(move |row| (AtxId(row.id), self.data(epoch, row)))
        })
    }

    /// ATXs of an epoch.
    pub fn len(&self, target: EpochId) -> usize {
        self.epochs.get(&target).map_or(0, |epoch| epoch.len)
    }

    /// Whether an epoch has no ATXs.
    pub fn is_empty(&self, target: EpochId) -> bool {
        self.len(target) == 0
    }

    /// Identities that have an ATX in some epoch.
    pub fn identities(&self) -> usize {
        self.nodes.len()
    }

    /// Bytes on the heap, apart from exceptions and marks.
    pub fn heap_size(&self) -> usize {
        let epochs = self.epochs.values().map(|epoch| {
            let rows: usize = epoch.buckets.iter().map(Vec::capacity).sum();
            rows * size_of::<Row>() + epoch.buckets.capacity() * size_of::<Vec<Row>>()
        });
        epochs.sum::<usize>() + self.nodes.heap_size() + self.coinbases.heap_size()
    }

    fn data(&self, epoch: &Epoch, row: &Row) -> AtxData {
        let (weight, height) = epoch.figures(row);
        AtxData {
            node: self.node(row),
            coinbase: Address(
                self.coinbases
                    .value(row.coinbase)
                    .copied()
                    .unwrap_or_default(),
            ),
            weight,
            base_height: row.base_height,
            height,
            nonce: VrfNonce(row.nonce),
        }
    }

    fn node(&self, row: &Row) -> NodeId {
        NodeId(self.nodes.value(row.node).copied().unwrap_or_default())
    }
}

impl Epoch {
    fn row(&self, id: AtxId) -> Option<&Row> {
        let bucket = self.buckets.get(bucket_of(&id))?;
        let place = bucket.binary_search_by(|row| row.id.cmp(&id.0)).ok()?;
        bucket.get(place)
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.buckets.iter().flatten()
    }

    /// Weight and height.
    fn figures(&self, row: &Row) -> (u64, u64) {
        if (row.units, row.ticks) == Row::ODD
            && let Some(&figures) = self.odd.get(&AtxId(row.id))
        {
            return figures;
        }
        (
            u64::from(row.units).wrapping_mul(row.ticks.into()),
            row.base_height.wrapping_add(row.ticks.into()),
        )
    }
}

impl Default for Epoch {
    fn default() -> Self {
        Self {
            buckets: vec![Vec::new(); 1 << BUCKET_BITS],
            odd: BTreeMap::new(),
            own: BTreeMap::new(),
            len: 0,
        }
    }
}

fn bucket_of(id: &AtxId) -> usize {
    let [first, second, ..] = id.0;
    usize::from(u16::from_be_bytes([first, second]) >> (16 - BUCKET_BITS))
}

/// Two numbers of 32 bits from which weight and height follow, if there are.
fn units_and_ticks(data: &AtxData) -> Option<(u32, u32)> {
    let ticks = u32::try_from(data.height.wrapping_sub(data.base_height)).ok()?;
    let units = match ticks {
        0 if data.weight == 0 => 0,
        0 => return None,
        ticks if data.weight.is_multiple_of(ticks.into()) => data.weight / u64::from(ticks),
        _ => return None,
    };
    let units = u32::try_from(units).ok()?;
    Some((units, ticks)).filter(|pair| *pair != Row::ODD)
}
