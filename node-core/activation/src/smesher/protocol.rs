//! What happens to a smesher and what it asks for.

use spacemesh_types::{
    Address, AtxId, EdSignature, EpochId, Hash32, PoetProofRef, Timestamp, VrfNonce,
    wire::{MerkleProof, PostV1},
};

use crate::{SmesherEvent, Work, WorkResult};

/// Number of a question; answers carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question(pub u64);

/// A proof of space as the proving service returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadePost {
    /// The proof.
    pub post: PostV1,
    /// Units of the data.
    pub num_units: u32,
    /// Labels of a unit.
    pub labels_per_unit: u64,
    /// What the labels were derived from.
    pub commitment: AtxId,
    /// Index of the lowest label, if it was found.
    pub vrf_nonce: Option<VrfNonce>,
}

/// What the proving service says about its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostInfo {
    /// Units.
    pub num_units: u32,
    /// What the labels were derived from.
    pub commitment: AtxId,
}

/// Why there is no proof of space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostFailure {
    /// The service is not connected, or the connection broke. It is asked again.
    Unavailable,
    /// The service could not make it.
    Failed(String),
}

/// The answer of a PoET server about a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoetAnswer {
    /// The proof, which is verified and stored.
    pub reference: PoetProofRef,
    /// Its leaves.
    pub leaf_count: u64,
    /// Place of the challenge among the members; none if it is no member.
    pub membership: Option<MerkleProof>,
}

/// What happens to a smesher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmesherInput {
    /// Time went on.
    Wakeup,
    /// Smeshing starts. Without a coinbase nothing starts.
    Start {
        /// Account for rewards.
        coinbase: Address,
    },
    /// Smeshing stops.
    Stop {
        /// Whether what was begun is dropped.
        delete: bool,
    },
    /// The account for rewards of the ATXs that are assembled from here on.
    SetCoinbase(Address),
    /// Whether the node knows the ATXs of the past.
    Synced(bool),
    /// The PoET servers that are configured.
    Poets(Vec<String>),
    /// The certificates were obtained, as far as they could be.
    Certified(Question),
    /// A proof of space was made, or not.
    PostMade(Question, Result<MadePost, PostFailure>),
    /// The proving service told about its data.
    PostInfo(Question, Result<PostInfo, PostFailure>),
    /// A proof of space was checked.
    PostChecked(Question, WorkResult),
    /// The search for a positioning ATX ended.
    Positioned {
        /// For ATXs of this epoch.
        publish: EpochId,
        /// The ATX and its height, if there is one.
        candidate: Option<(AtxId, u64)>,
    },
    /// A PoET server took the challenge, with its round and the end of that in Unix seconds, or did not.
    Registered {
        /// Which question.
        question: Question,
        /// The server.
        address: String,
        /// Round and its end.
        round: Option<(String, Option<u64>)>,
    },
    /// A PoET server answered about a round, or did not.
    PoetAnswered {
        /// Which question.
        question: Question,
        /// The server.
        address: String,
        /// The answer.
        answer: Option<PoetAnswer>,
    },
    /// This node took its own ATX, or did not.
    Published(Question, bool),
}

/// What a smesher asks for. Carry them out in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmesherEffect {
    /// Write the journal and flush it before anything that follows.
    Persist(Vec<u8>),
    /// Obtain certificates of all PoET servers.
    Certify(Question),
    /// Make a proof of space.
    MakePost {
        /// Which question.
        question: Question,
        /// What to prove; zeros for the initial proof.
        challenge: Hash32,
    },
    /// Ask the proving service about its data.
    AskPostInfo(Question),
    /// Check an own proof of space, before the work of others.
    CheckPost(Question, Work),
    /// Search for a positioning ATX until the deadline.
    Position {
        /// For ATXs of this epoch.
        publish: EpochId,
        /// The end of the search.
        deadline: Option<Timestamp>,
    },
    /// Register at a PoET server (04 §7.2).
    Register {
        /// Which question.
        question: Question,
        /// The server.
        address: String,
        /// The challenge.
        challenge: Hash32,
        /// Genesis id and domain byte, as the request repeats them.
        prefix: Vec<u8>,
        /// Signature of the challenge in domain `POET`.
        signature: EdSignature,
        /// When the proof must be there at the latest.
        deadline: Timestamp,
    },
    /// Ask a PoET server for the proof of a round, and verify and store it.
    AskPoet {
        /// Which question.
        question: Question,
        /// The server.
        address: String,
        /// Its round.
        round: String,
        /// The member to look for.
        challenge: Hash32,
    },
    /// Publish an ATX on `ax1`, through the same validation as those of others.
    Publish {
        /// Which question.
        question: Question,
        /// The ATX.
        bytes: Vec<u8>,
    },
    /// Publish stored bytes on `ax1` again.
    Regossip(Vec<u8>),
    /// Tell the person.
    Event(SmesherEvent),
}

/// What an identity does, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SmesherState {
    /// Smeshing is stopped.
    Stopped,
    /// Nothing to do but wait.
    Idle,
    /// A proof of space is being made.
    Proving,
}
