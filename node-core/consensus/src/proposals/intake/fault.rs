//! Why an object is refused, and how that is taken.

use spacemesh_codec::DecodeError;
use spacemesh_types::{BallotId, Hash32, LayerId, NodeId, TransactionId};

use crate::{
    eligibility::EligibilityFault,
    proposals::{active_set::ActiveSetFault, votes::VotesFault},
    verdict::Refusal,
};

/// Why the votes of a ballot cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpinionFault {
    /// The base ballot is not in an earlier layer.
    #[error("the base ballot {0} is not of an earlier layer")]
    BaseNotEarlier(BallotId),
    /// The base ballot is not, or not any more, in the tortoise's window.
    #[error("the base ballot {0} is not in the window of layers that are voted on")]
    BaseNotInWindow(BallotId),
    /// The votes hash to something else than the ballot says.
    #[error("the votes give the opinion {computed}, the ballot was signed for {signed}")]
    OtherOpinion {
        /// From the votes.
        computed: Hash32,
        /// In the ballot.
        signed: Hash32,
    },
    /// The votes cannot be decoded for another reason, which the tortoise knows.
    #[error("the votes cannot be followed: {0}")]
    Other(&'static str),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeFault {
    /// The node does not listen.
    #[error("this node does not listen to proposals now")]
    NotListening,
    /// The bytes are no such object.
    #[error("the bytes are no such object")]
    Undecodable(#[from] DecodeError),
    /// A layer of genesis.
    #[error("layer {0} is part of genesis")]
    BeforeGenesis(LayerId),
    /// A layer that is over.
    #[error("layer {layer} is not after the last processed layer {processed}")]
    TooOld {
        /// The object's layer.
        layer: LayerId,
        /// The last processed one.
        processed: LayerId,
    },
    /// A layer to come.
    #[error("layer {layer} is after the current layer {current}")]
    TooEarly {
        /// The object's layer.
        layer: LayerId,
        /// The current one.
        current: LayerId,
    },
    /// The signature of the proposal is wrong.
    #[error("the proposal is not signed by {0}")]
    ProposalSignature(NodeId),
    /// The signature of the ballot is wrong.
    #[error("the ballot is not signed by {0}")]
    BallotSignature(NodeId),
    /// Another object than asked for.
    #[error("the object has the hash {found}, {requested} was asked for")]
    OtherHash {
        /// What was asked for.
        requested: Hash32,
        /// What it hashes to.
        found: Hash32,
    },
    /// No ATX, or the one of genesis.
    #[error("the ballot names no ATX, or the one of genesis")]
    NoAtx,
    /// Neither epoch data nor a reference.
    #[error("the ballot has neither epoch data nor a reference ballot")]
    NoEpochData,
    /// Epoch data and a reference.
    #[error("the ballot has epoch data and names a reference ballot; it may have only one of them")]
    DataAndReference,
    /// An empty beacon.
    #[error("the reference ballot declares an empty beacon")]
    EmptyBeacon,
    /// No slots; the reference divides by them (06 trap 8).
    #[error("the reference ballot declares no slots")]
    NoSlots,
    /// The active set.
    #[error(transparent)]
    ActiveSet(#[from] ActiveSetFault),
    /// The opinion.
    #[error(transparent)]
    Opinion(#[from] OpinionFault),
    /// The votes.
    #[error(transparent)]
    Votes(#[from] VotesFault),
    /// The eligibility.
    #[error(transparent)]
    Eligibility(#[from] EligibilityFault),
    /// A transaction twice.
    #[error("the proposal names transaction {0} twice")]
    DuplicateTransaction(TransactionId),
    /// The beacon cannot be told.
    #[error("the reference ballot {0} is not stored or declares no beacon")]
    NoBeacon(BallotId),
    /// The layer's proposals are gone.
    #[error("proposals of layer {0} are not kept any more")]
    Evicted(LayerId),
    /// Too many proposals of one smesher.
    #[error("{0} published more proposals in the layer than are kept of one smesher")]
    TooManyProposals(NodeId),
    /// The smesher published two ballots in the layer; a proof was made.
    #[error("{0} published two ballots in one layer; the proof is published instead")]
    Equivocation(NodeId),
}

/// An object that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Refused {
    /// How it is taken. The same fault is worse in some places than in others (06 trap 13).
    pub refusal: Refusal,
    /// What is wrong.
    #[source]
    pub why: IntakeFault,
}

impl Refused {
    pub(super) fn reject(why: impl Into<IntakeFault>) -> Self {
        Self {
            refusal: Refusal::Reject,
            why: why.into(),
        }
    }

    pub(super) fn ignore(why: impl Into<IntakeFault>) -> Self {
        Self {
            refusal: Refusal::Ignore,
            why: why.into(),
        }
    }
}

impl From<ActiveSetFault> for Refused {
    fn from(fault: ActiveSetFault) -> Self {
        Self {
            refusal: fault.refusal(),
            why: fault.into(),
        }
    }
}

impl From<EligibilityFault> for Refused {
    fn from(fault: EligibilityFault) -> Self {
        Self {
            refusal: fault.refusal(),
            why: fault.into(),
        }
    }
}

impl From<OpinionFault> for Refused {
    fn from(fault: OpinionFault) -> Self {
        Self {
            refusal: Refusal::DoNotRetry,
            why: fault.into(),
        }
    }
}
