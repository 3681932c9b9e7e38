//! What users are told about activations (05 §18).

use std::time::Duration;

use spacemesh_types::{AtxId, EpochId, Hash32, NodeId, Timestamp, wire::MalfeasanceProof};

/// Something a person may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmesherEvent {
    /// Space is being initialised.
    InitStart {
        /// The identity.
        smesher: NodeId,
        /// What the labels are derived from.
        commitment: AtxId,
    },
    /// All space is initialised.
    InitComplete,
    /// It is not.
    InitFailed {
        /// The identity.
        smesher: NodeId,
        /// What the labels are derived from.
        commitment: AtxId,
        /// Why.
        reason: String,
    },
    /// The service that makes proofs runs.
    PostServiceStarted,
    /// It does not run any more.
    PostServiceStopped,
    /// The smesher waits until it may choose its positioning ATX. API version 1 knows this as "waiting for the PoET round" as well.
    WaitingForPoetRegistrationWindow {
        /// The identity.
        smesher: NodeId,
        /// The epoch at that time.
        current: EpochId,
        /// Epoch of publication.
        publish: EpochId,
        /// Until when.
        until: Timestamp,
    },
    /// A PoET server took the challenge.
    RegisteredInPoet {
        /// The identity.
        smesher: NodeId,
        /// The server.
        url: String,
        /// Its round.
        round: String,
    },
    /// The smesher waits for the end of the round. API version 1 knows this as "waiting for the PoET proof" as well.
    WaitingForPoetRoundEnd {
        /// The identity.
        smesher: NodeId,
        /// Epoch of publication.
        publish: EpochId,
        /// The epoch after.
        target: EpochId,
        /// The planned end.
        until: Timestamp,
    },
    /// A PoET proof was fetched and stored.
    ProofDownloadedFromPoet {
        /// The server.
        url: String,
        /// Its round.
        round: String,
        /// Full ticks of the proof.
        ticks: u64,
    },
    /// The proof with the most leaves was chosen.
    BestProofSelected {
        /// The identity.
        smesher: NodeId,
        /// The server.
        url: String,
        /// Its round.
        round: String,
        /// Full ticks of the proof.
        ticks: u64,
    },
    /// A proof of space is being made.
    PostStart {
        /// The identity.
        smesher: NodeId,
        /// What is proved.
        challenge: Hash32,
    },
    /// A proof of space was made, or not.
    PostComplete {
        /// The identity.
        smesher: NodeId,
        /// What was proved.
        challenge: Hash32,
        /// Whether there is none.
        failed: bool,
    },
    /// An ATX was published.
    AtxPublished {
        /// The identity.
        smesher: NodeId,
        /// Epoch of publication.
        current: EpochId,
        /// Epoch in which it makes eligible.
        target: EpochId,
        /// The ATX.
        id: AtxId,
        /// Until the target epoch starts.
        wait: Duration,
    },
    /// An identity of this node was condemned.
    Malfeasance {
        /// The identity.
        smesher: NodeId,
        /// The proof.
        proof: Box<MalfeasanceProof>,
    },
    /// Something is wrong that a person can mend, or an epoch was missed.
    Problem {
        /// The identity.
        smesher: NodeId,
        /// What.
        problem: SmesherProblem,
    },
}

/// What keeps a smesher from publishing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SmesherProblem {
    /// The round began without a registration, or the epoch passed.
    #[error("the epoch {0} is missed: the smesher goes on with the next")]
    EpochMissed(EpochId),
    /// No PoET server answered.
    #[error("no PoET server gave a proof or took the registration; it is tried again")]
    PoetUnstable,
    /// All registrations are at servers that are not configured any more.
    #[error(
        "registered only at PoET servers that are not configured any more ({0}); add one of them again to the configuration"
    )]
    RegisteredElsewhere(String),
    /// The initial proof of space does not hold for the space as it is.
    #[error(
        "the initial proof of space does not hold for the data as it is; it is made again, and the epoch is lost"
    )]
    InitialPostInvalid,
    /// No proof was made.
    #[error("the proof of space was not made: {0}")]
    PostFailed(String),
    /// The proof has no VRF nonce.
    #[error("the proof of space came without a VRF nonce; search for it in the data")]
    NoVrfNonce,
    /// The ATX was not taken by this node itself.
    #[error("the ATX could not be published; it is tried again until the epoch ends")]
    PublishFailed,
    /// This epoch was signed for before.
    #[error("an ATX for epoch {0} was signed before and is not here; none is signed again")]
    SignedBefore(EpochId),
}
