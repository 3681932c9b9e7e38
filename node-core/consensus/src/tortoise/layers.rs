//! What is kept per layer: targets, ballots and the layer's part of the tree of votes.
//!
//! The window holds the layers from `evicted` on. Of layer `evicted` itself only the entries of vote lists are left, because the hash of the
//! first kept layer continues theirs.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use spacemesh_types::{AtxId, BallotId, Beacon, BlockId, Hash32, NodeId};

use super::sign::Sign;
use super::weight::Weight;

/// Index of a vote list's first entry's predecessor.
pub(super) const NO_NODE: u32 = u32::MAX;

/// A block that votes can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) height: u64,
    pub(super) id: BlockId,
    /// What hare said.
    pub(super) hare: Sign,
    /// What counting said.
    pub(super) validity: Sign,
    /// Weight for it less weight against it, as far as ballots were counted in full.
    pub(super) margin: Weight,
    /// Whether its body is stored here.
    pub(super) data: bool,
}

/// One layer's entry of one or more vote lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    /// Hash of the list up to here.
    pub(super) opinion: Hash32,
    /// The list's entry in the layer below, or [`NO_NODE`].
    pub(super) previous: u32,
    /// Where its supported targets stand in the layer's `supports`.
    pub(super) start: u32,
    pub(super) count: u32,
    pub(super) abstain: bool,
}

/// What an identity's ballots of one epoch share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) smesher: NodeId,
    pub(super) atx: AtxId,
    pub(super) slots: u32,
    pub(super) beacon: Beacon,
    pub(super) unit: Weight,
    pub(super) height: u64,
}

/// A stored ballot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: BallotId,
    pub(super) weight: Weight,
    /// Newest entry of its votes, in the layer below.
    pub(super) node: u32,
    pub(super) malicious: bool,
    pub(super) bad_beacon: bool,
    pub(super) reference: Arc<Reference>,
}

/// A layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) terminated: bool,
    pub(super) coin: Sign,
    pub(super) ref_height: u64,
    /// Weight of this layer's own good ballots.
    pub(super) good: Weight,
    /// Weight for "nothing is valid here" less weight against it.
    pub(super) empty: Weight,
    /// Local opinion; zero until the layer is processed.
    pub(super) opinion: Hash32,
    /// In order of arrival, so that indexes stay.
    pub(super) targets: Vec<Target>,
    /// Indexes of `targets`, by height and id.
    pub(super) order: Vec<u32>,
    /// Ballots in order of arrival.
    pub(super) ballots: Vec<Row>,
    /// Vote lists of this layer's ballots by their hash; the entries stand in the layer below.
    pub(super) opinions: BTreeMap<Hash32, u32>,
    /// Entries of vote lists for this layer.
    pub(super) nodes: Vec<Node>,
    /// Targets that `nodes` support, ascending by index within one node.
    pub(super) supports: Vec<u32>,
}

impl Layer {
    /// Index of the target with this identity.
    pub(super) fn find(&self, height: u64, id: &BlockId) -> Option<u32> {
        let position = self.position(height, id).ok()?;
        self.order.get(position).copied()
    }

    fn position(&self, height: u64, id: &BlockId) -> Result<usize, usize> {
        self.order.binary_search_by(|&index| {
            let target = &self.targets[index as usize]; // `order` holds indexes of `targets` only
            (target.height, &target.id).cmp(&(height, id))
        })
    }

    /// Adds a target that is not there yet, and returns its index.
    pub(super) fn add(&mut self, target: Target) -> u32 {
        let index = u32::try_from(self.targets.len()).unwrap_or(NO_NODE);
        if let Err(position) = self.position(target.height, &target.id) {
            self.order.insert(position, index);
            self.targets.push(target);
        }
        index
    }

    /// The targets by height and id.
    pub(super) fn ordered(&self) -> impl Iterator<Item = &Target> {
        self.order
            .iter()
            .map(|&index| &self.targets[index as usize])
    }

    /// The targets by height and id, to be changed.
    pub(super) fn for_each_ordered(&mut self, mut change: impl FnMut(&mut Target)) {
        for &index in &self.order {
            change(&mut self.targets[index as usize]);
        }
    }

    /// Indexes of the targets that a node supports.
    pub(super) fn supported(&self, node: &Node) -> &[u32] {
        let start = node.start as usize;
        self.supports
            .get(start..start + node.count as usize)
            .unwrap_or_default()
    }

    /// The targets that a node supports, as height and id in the order in which they are hashed.
    pub(super) fn supported_blocks(&self, node: &Node) -> Vec<(u64, BlockId)> {
        let block = |&index: &u32| {
            self.targets
                .get(index as usize)
                .map(|target| (target.height, target.id))
        };
        let mut blocks: Vec<_> = self.supported(node).iter().filter_map(block).collect();
        blocks.sort_unstable();
        blocks
    }

    /// Adds an entry of a vote list; `supports` are indexes of targets in ascending order.
    pub(super) fn add_node(
        &mut self,
        opinion: Hash32,
        previous: u32,
        abstain: bool,
        supports: &[u32],
    ) -> u32 {
        let index = u32::try_from(self.nodes.len()).unwrap_or(NO_NODE);
        let node = Node {
            opinion,
            previous,
            start: u32::try_from(self.supports.len()).unwrap_or(NO_NODE),
            count: u32::try_from(supports.len()).unwrap_or(0),
            abstain,
        };
        self.supports.extend_from_slice(supports);
        self.nodes.push(node);
        index
    }

    /// Forgets everything but the hashes of vote lists.
    pub(super) fn fade(&mut self) {
        let mut nodes = std::mem::take(&mut self.nodes);
        for node in &mut nodes {
            (node.start, node.count, node.previous) = (0, 0, NO_NODE);
        }
        *self = Self {
            opinion: self.opinion,
            nodes,
            ..Self::default()
        };
    }
}

/// The window of layers, dense by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layers {
    first: u32,
    layers: VecDeque<Layer>,
}

impl Layers {
    /// Begins with layer `first`, empty.
    pub(super) fn new(first: u32) -> Self {
        Self {
            first,
            layers: VecDeque::from([Layer::default()]),
        }
    }

    /// Number above the highest layer held.
    pub(super) fn end(&self) -> u32 {
        self.first
            .saturating_add(u32::try_from(self.layers.len()).unwrap_or(u32::MAX))
    }

    pub(super) fn get(&self, layer: u32) -> Option<&Layer> {
        self.layers.get(layer.checked_sub(self.first)? as usize)
    }

    pub(super) fn get_mut(&mut self, layer: u32) -> Option<&mut Layer> {
        self.layers.get_mut(layer.checked_sub(self.first)? as usize)
    }

    /// The layer, created with all below it if it is above the highest one. The caller bounds `layer`.
    pub(super) fn touch(&mut self, layer: u32) -> Option<&mut Layer> {
        let index = layer.checked_sub(self.first)? as usize;
        while self.layers.len() <= index {
            self.layers.push_back(Layer::default());
        }
        self.layers.get_mut(index)
    }

    pub(super) fn node(&self, layer: u32, index: u32) -> Option<&Node> {
        self.get(layer)?.nodes.get(index as usize)
    }

    pub(super) fn row(&self, (layer, index): (u32, u32)) -> Option<&Row> {
        self.get(layer)?.ballots.get(index as usize)
    }

    /// Drops the lowest layer if there is another.
    pub(super) fn pop(&mut self) -> Option<Layer> {
        if self.layers.len() < 2 {
            return None;
        }
        self.first += 1;
        self.layers.pop_front()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Layer)> {
        (self.first..).zip(&self.layers)
    }

    /// Puts a layer on top, for a snapshot.
    pub(super) fn push(&mut self, layer: Layer) {
        self.layers.push_back(layer);
    }

    /// Nothing yet, for a snapshot.
    pub(super) fn empty(first: u32) -> Self {
        Self {
            first,
            layers: VecDeque::new(),
        }
    }
}
