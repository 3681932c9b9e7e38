//! A ballot on its way in: what the engine reads of it, what decoding makes of it, and why it fails.

use std::sync::Arc;

use spacemesh_types::wire::{Ballot, Votes};
use spacemesh_types::{AtxId, BallotId, Beacon, BlockId, EpochId, Hash32, LayerId, NodeId};

use super::layers::Reference;
use super::weight::Weight;

/// What an identity's first ballot of an epoch declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochVotes {
    /// The epoch's beacon as the identity sees it.
    pub beacon: Beacon,
    /// Slots that the identity has in the epoch.
    pub slots: u32,
}

/// What the engine reads of a ballot.
#[derive(Debug, Clone, Copy)]
pub struct IncomingBallot<'a> {
    /// Its id.
    pub id: BallotId,
    /// Whose it is.
    pub smesher: NodeId,
    /// Its layer.
    pub layer: LayerId,
    /// Number of slots it uses.
    pub eligibilities: u32,
    /// The ATX that gives it weight.
    pub atx: AtxId,
    /// The signed hash of its votes.
    pub opinion: Hash32,
    /// Its votes, which are not signed.
    pub votes: &'a Votes,
    /// In the first ballot of an epoch. Wins over `reference` if both are there.
    pub epoch_data: Option<EpochVotes>,
    /// In the others: that first ballot.
    pub reference: Option<BallotId>,
    /// Whether its identity is known as malicious.
    pub malicious: bool,
}

impl<'a> IncomingBallot<'a> {
    /// Of a wire object. `malicious` comes from the table of identities.
    pub fn of(ballot: &'a Ballot, malicious: bool) -> Self {
        let inner = &ballot.inner;
        Self {
            id: ballot.id(),
            smesher: ballot.smesher_id,
            layer: inner.layer,
            eligibilities: u32::try_from(ballot.eligibility_proofs.len()).unwrap_or(u32::MAX),
            atx: inner.atx_id,
            opinion: inner.opinion_hash,
            votes: &ballot.votes,
            epoch_data: inner.epoch_data.map(|data| EpochVotes {
                beacon: data.beacon,
                slots: data.eligibility_count,
            }),
            reference: (!inner.ref_ballot.is_zero()).then_some(inner.ref_ballot),
            malicious,
        }
    }
}

/// A ballot that can be stored. Belongs to the engine that decoded it.
#[derive(Debug, Clone)]
pub struct Decoded {
    pub(super) id: BallotId,
    pub(super) layer: u32,
    pub(super) weight: Weight,
    pub(super) malicious: bool,
    pub(super) opinion: Hash32,
    pub(super) reference: Option<Arc<Reference>>,
    pub(super) votes: DecodedVotes,
}

impl Decoded {
    /// Hash of the votes as they were decoded.
    pub fn opinion(&self) -> Hash32 {
        self.opinion
    }

    /// Its identity turned out to be malicious after decoding. Its weight stays (08 §5.4).
    pub fn set_malicious(&mut self) {
        self.malicious = true;
    }
}

#[derive(Debug, Clone)]
pub(super) enum DecodedVotes {
    /// The ballot is stored already.
    Stored,
    /// The layer knows a list with the signed hash.
    Known,
    /// On top of the base's entry in the layer below the first of `entries`.
    Fresh(FreshVotes),
}

/// Entries that differ from those of the base.
#[derive(Debug, Clone, Default)]
pub(super) struct FreshVotes {
    /// Layer of the first entry; one for each layer follows.
    pub(super) start: u32,
    /// The base's entry below `start`, or `NO_NODE`.
    pub(super) previous: u32,
    pub(super) entries: Vec<Entry>,
    /// Supported blocks of all entries one after the other, each entry's by height and id.
    pub(super) blocks: Vec<(u64, BlockId)>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) opinion: Hash32,
    pub(super) abstain: bool,
    /// How many of `blocks` are its.
    pub(super) count: u32,
}

/// Why a ballot cannot be decoded. Its sender is not at fault in any of these: a ballot may be decodable elsewhere (08 §5.3, Trap 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Its layer is not kept any more.
    #[error("the ballot is of layer {layer}; layers up to {evicted} are not kept any more")]
    TooOld {
        /// The ballot's layer.
        layer: LayerId,
        /// The last layer that is forgotten.
        evicted: LayerId,
    },
    /// Its layer lies too far ahead.
    #[error("the ballot is of layer {layer}; layers after {horizon} are not accepted yet")]
    TooNew {
        /// The ballot's layer.
        layer: LayerId,
        /// The last layer that is accepted.
        horizon: LayerId,
    },
    /// Its base ballot is not known.
    #[error("base ballot {base} is not known: fetch it first")]
    DanglingBase {
        /// The base ballot.
        base: BallotId,
    },
    /// A ballot builds on earlier ones only.
    #[error("the base ballot is of layer {base}; expected one before {layer}")]
    BaseNotEarlier {
        /// The ballot's layer.
        layer: LayerId,
        /// The base ballot's layer.
        base: LayerId,
    },
    /// Its ATX is not known for the epoch.
    #[error("ATX {atx} is not known for epoch {epoch}: fetch it first")]
    UnknownAtx {
        /// The ATX.
        atx: AtxId,
        /// The ballot's epoch.
        epoch: EpochId,
    },
    /// Slots of an epoch are counted from one.
    #[error("the ballot declares 0 slots in the epoch, expected at least 1")]
    NoSlots,
    /// Its reference ballot is not known.
    #[error("reference ballot {reference} is not known: fetch it first")]
    UnknownReference {
        /// The reference ballot.
        reference: BallotId,
    },
    /// It declares nothing and refers to nothing.
    #[error("the ballot has neither epoch data nor a reference ballot")]
    NoReference,
    /// Two votes on one block.
    #[error("conflicting votes on block {block} in layer {layer}")]
    ConflictingVotes {
        /// The block.
        block: BlockId,
        /// Its layer.
        layer: LayerId,
    },
    /// A vote in a layer without an opinion, or such a layer named twice.
    #[error("votes conflict with abstaining in layer {layer}")]
    ConflictsWithAbstain {
        /// The layer.
        layer: LayerId,
    },
    /// A vote against a block that the base supports with another height.
    #[error(
        "wrong target: the vote against block {block} in layer {layer} has another height than the base ballot's vote"
    )]
    WrongTarget {
        /// The block.
        block: BlockId,
        /// Its layer.
        layer: LayerId,
    },
    /// It votes on layers that are forgotten.
    #[error("the ballot votes on layer {from}; layers up to {evicted} are not kept any more")]
    VotedEvicted {
        /// The lowest layer that the ballot votes on.
        from: LayerId,
        /// The last layer that is forgotten.
        evicted: LayerId,
    },
    /// The votes are not those that were signed.
    #[error("the votes hash to {computed}, the ballot signs {signed}")]
    OpinionMismatch {
        /// In the ballot.
        signed: Hash32,
        /// Of its votes.
        computed: Hash32,
    },
}

/// Why a decoded ballot was not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It is there already.
    #[error("ballot {id} exists")]
    Exists {
        /// The ballot.
        id: BallotId,
    },
}
