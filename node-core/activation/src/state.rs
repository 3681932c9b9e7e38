//! What activations read and write (05 §13): rows, a trait to read them, and the changes that validation decides on.
//!
//! A store applies the changes of one input in one transaction, and [`View`] shows it what earlier changes of the same turn wrote. Reads
//! cannot fail here: a store that cannot read ends the turn, which is rolled back as a whole.

use spacemesh_types::{
    Address, AtxId, AtxVersion, EdSignature, EpochId, Hash32, NodeId, PoetProofRef, Timestamp,
    VrfNonce, wire::MalfeasanceProof,
};

/// Whether all proofs of space of an ATX are known to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Validity {
    /// A sample was checked.
    #[default]
    Unknown,
    /// Every index was checked.
    Valid,
    /// Some index does not hold, here or in an ATX that this one builds on.
    Invalid,
}

/// An accepted ATX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtxRow {
    /// Its id.
    pub id: AtxId,
    /// Version of its bytes.
    pub version: AtxVersion,
    /// Epoch of publication.
    pub publish_epoch: EpochId,
    /// Number of ancestors; 0 in version 2.
    pub sequence: u64,
    /// Who signed it.
    pub smesher: NodeId,
    /// Account for rewards.
    pub coinbase: Address,
    /// Units that count: never more than the previous ATX proved.
    pub effective_units: u32,
    /// The ATX from which labels were derived; only in initial ones and those of a checkpoint.
    pub commitment: Option<AtxId>,
    /// VRF nonce of the signer.
    pub vrf_nonce: VrfNonce,
    /// Tick height of the positioning ATX.
    pub base_height: u64,
    /// Ticks of its (shortest) PoET proof.
    pub ticks: u64,
    /// Weight in its target epoch. 0 in rows of a checkpoint, see [`AtxRow::table_weight`].
    pub weight: u64,
    /// When its message arrived; none in rows of a checkpoint.
    pub received: Option<Timestamp>,
    /// What is known about its proofs of space.
    pub validity: Validity,
    /// The ATX that married its identities, in merged ones.
    pub marriage_atx: Option<AtxId>,
}

impl AtxRow {
    /// Height in ticks after it. Wraps, as it does in the reference.
    pub const fn height(&self) -> u64 {
        self.base_height.wrapping_add(self.ticks)
    }

    /// Whether it came with a checkpoint and has no bytes (05 §21).
    pub const fn is_checkpointed(&self) -> bool {
        self.received.is_none()
    }

    /// Weight as the table of ATXs has it: the stored one, or units times ticks for a row of a checkpoint, which stores none.
    pub const fn table_weight(&self) -> u64 {
        if self.is_checkpointed() {
            (self.effective_units as u64).wrapping_mul(self.ticks)
        } else {
            self.weight
        }
    }
}

/// The proof of space of one identity in an ATX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostRow {
    /// The ATX.
    pub atx: AtxId,
    /// The identity.
    pub node: NodeId,
    /// Its previous ATX; none in its first, and in rows of a checkpoint.
    pub previous: Option<AtxId>,
    /// Place of that ATX in the list of the ATX.
    pub previous_index: u32,
    /// Units that were proved.
    pub units: u32,
    /// Publish epoch of the ATX.
    pub publish_epoch: EpochId,
}

/// What a PoET proof says that is known to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoetRow {
    /// Leaves that were computed.
    pub leaf_count: u64,
    /// Root of the members.
    pub statement: Hash32,
}

/// An identity in an equivocation set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarriageRow {
    /// The identity.
    pub node: NodeId,
    /// The set it belongs to.
    pub set: u64,
    /// The ATX that carries its certificate.
    pub marriage_atx: AtxId,
    /// Place of the certificate there.
    pub index: u32,
    /// Who published it.
    pub target: NodeId,
    /// Its signature.
    pub signature: EdSignature,
}

/// What validation asks about the past.
pub trait View {
    /// The row of an ATX.
    fn atx(&self, id: AtxId) -> Option<AtxRow>;

    /// The bytes of an ATX as they were received, and their version; none for those of a checkpoint.
    fn blob(&self, id: AtxId) -> Option<(AtxVersion, Vec<u8>)>;

    /// Units that `node` proved in an ATX.
    fn units(&self, atx: AtxId, node: NodeId) -> Option<u32>;

    /// All proofs of space of an ATX.
    fn posts(&self, atx: AtxId) -> Vec<PostRow>;

    /// The commitment in the newest ATX (by publish epoch) signed by `node` that has one.
    fn commitment(&self, node: NodeId) -> Option<AtxId>;

    /// Any ATX *signed by* `node` with that publish epoch.
    fn signed_in(&self, node: NodeId, epoch: EpochId) -> Option<AtxId>;

    /// Newest ATX *signed by* `node`: largest publish epoch, then latest arrival.
    fn newest_signed(&self, node: NodeId) -> Option<AtxId>;

    /// Newest ATX *containing* a proof of space of `node` with a publish epoch below `epoch`; among equal epochs the last inserted.
    fn newest_containing(&self, node: NodeId, epoch: EpochId) -> Option<AtxId>;

    /// ATXs containing a proof of space of `node` with that publish epoch, at most two.
    fn containing_in(&self, node: NodeId, epoch: EpochId) -> Vec<AtxId>;

    /// ATXs in which the previous ATX of `node` is `previous`, in the order in which they were inserted. `None` finds first ATXs and those
    /// of a checkpoint.
    fn with_previous(&self, node: NodeId, previous: Option<AtxId>) -> Vec<AtxId>;

    /// Merged ATXs with that marriage ATX and publish epoch, at most two.
    fn merged_in(&self, marriage_atx: AtxId, epoch: EpochId) -> Vec<AtxId>;

    /// Whether a proof of misbehaviour of version 1 is stored for `node`.
    fn is_malicious(&self, node: NodeId) -> bool;

    /// Whether `node` belongs to a set that was condemned (malfeasance of version 2).
    fn is_condemned(&self, node: NodeId) -> bool;

    /// A PoET proof.
    fn poet(&self, reference: PoetProofRef) -> Option<PoetRow>;

    /// The marriage of an identity.
    fn marriage(&self, node: NodeId) -> Option<MarriageRow>;

    /// The identities of a set **in the order in which their rows were inserted**, which is what marriage indices count (05 §15.3).
    fn marriage_set(&self, set: u64) -> Vec<NodeId>;

    /// The largest number of a set; 0 if there is none.
    fn last_marriage_set(&self) -> u64;

    /// Largest publish epoch of any ATX.
    fn last_publish_epoch(&self) -> Option<EpochId>;
}

/// One write. The writes of one input belong together: all of them or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An ATX with its bytes and proofs of space. One that is stored already stays as it is.
    InsertAtx {
        /// The row.
        row: AtxRow,
        /// The bytes as received; none from a checkpoint.
        blob: Option<Vec<u8>>,
        /// One per identity.
        posts: Vec<PostRow>,
    },
    /// What was found out about proofs of space.
    SetValidity {
        /// The ATX.
        id: AtxId,
        /// The finding.
        validity: Validity,
    },
    /// An identity misbehaved. The first proof stays.
    InsertMalfeasance {
        /// The identity.
        node: NodeId,
        /// The proof.
        proof: Box<MalfeasanceProof>,
        /// When it arrived or was made.
        received: Timestamp,
    },
    /// An identity is married. One that is married already stays as it is.
    InsertMarriage(MarriageRow),
    /// Identities move from one set into another. Their order of insertion stays.
    MoveMarriageSet {
        /// The set that ends.
        from: u64,
        /// The set they are in afterwards.
        to: u64,
    },
    /// An identity belongs to a set of which one misbehaved.
    Condemn {
        /// The identity.
        node: NodeId,
        /// The set.
        set: u64,
    },
}

/// A view that takes changes.
pub trait State: View {
    /// Writes one change. Later reads of the same turn see it.
    fn apply(&mut self, change: Change);
}
