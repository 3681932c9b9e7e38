//! What goes into the machine and what comes out.

use std::collections::BTreeMap;

use spacemesh_codec::DecodeError;
use spacemesh_crypto::SigningKey;
use spacemesh_types::{
    Beacon, EpochId, LayerId, NodeId, RoundId, Timestamp, VrfNonce, wire::WeakCoinMessage,
};

use crate::{beacon::epoch::EpochAtx, verdict::Refusal};

/// A gossip topic of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Proposals.
    Proposal,
    /// First votes.
    FirstVote,
    /// Later votes.
    FollowingVote,
    /// Tosses of the coin.
    WeakCoin,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Proposal,
        Self::FirstVote,
        Self::FollowingVote,
        Self::WeakCoin,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposal => "bp1",
            Self::FirstVote => "bf1",
            Self::FollowingVote => "bo1",
            Self::WeakCoin => "bw1",
        }
    }
}

/// What the machine asks about the stored state.
pub trait BeaconSource {
    /// The ATXs published in an epoch, in their stored order.
    fn atxs_published_in(&self, epoch: EpochId) -> Vec<EpochAtx>;
    /// The VRF nonce of the smesher's ATX with the highest publish epoch below `epoch`.
    fn vrf_nonce(&self, smesher: &NodeId, epoch: EpochId) -> Option<VrfNonce>;
}

/// The identities of this node.
pub type Signers = BTreeMap<NodeId, SigningKey>;

/// What surrounds one input.
#[derive(Debug)]
pub struct Context<'a, S> {
    /// The stored state.
    pub source: &'a S,
    /// This node's identities.
    pub signers: &'a Signers,
    /// The time; never goes back between inputs.
    pub now: Timestamp,
    /// Whether the node is synced: only then a run begins.
    pub synced: bool,
    /// Whether the node listens to gossip: only then messages count.
    pub listening: bool,
}

/// What happens to the machine, apart from messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A layer begins.
    LayerBegan(LayerId),
    /// The time of [`super::BeaconMachine::next_wakeup`] has come.
    Wakeup,
    /// An ATX was accepted that gives rights in the epoch.
    Atx {
        /// The epoch.
        target: EpochId,
        /// The ATX.
        atx: EpochAtx,
    },
    /// The job of [`Effect::Toss`] is done for one identity.
    Tossed(WeakCoinMessage),
}

/// What the machine asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Publish a message of one of the node's identities. It has been taken in here.
    Publish {
        /// Where.
        topic: Topic,
        /// Who signed it.
        smesher: NodeId,
        /// The encoded message.
        bytes: Vec<u8>,
    },
    /// Run [`crate::beacon::smallest_toss`] for identities and give the results back as [`Input::Tossed`].
    Toss {
        /// Epoch of the run.
        epoch: EpochId,
        /// The round.
        round: RoundId,
        /// Identity, nonce and units.
        tossers: Vec<(NodeId, VrfNonce, u32)>,
    },
    /// The run ended with a beacon: store it unless another one is stored, then tell the tortoise.
    Beacon {
        /// The epoch that the beacon is for.
        epoch: EpochId,
        /// The beacon.
        beacon: Beacon,
    },
    /// The run in this epoch ended without a beacon for the next one.
    Failed {
        /// Epoch of the run.
        epoch: EpochId,
        /// Why.
        why: FailedRun,
    },
}

/// Why there is no beacon. Nothing is retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FailedRun {
    /// The epoch has no weight, or its state is gone.
    #[error("no ATX gives weight in the epoch")]
    NoWeight,
    /// Nobody tossed in a round.
    #[error("nobody tossed the coin of round {0}")]
    NoToss(RoundId),
    /// No proposal has support.
    #[error("no proposal has support")]
    NoSupport,
}

/// Why a message is not taken. Only what cannot be decoded is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageFault {
    /// The node does not listen, or the protocol is off.
    #[error("this node does not listen to the beacon protocol now")]
    NotListening,
    /// No run.
    #[error("this node does not run the beacon protocol now")]
    NotRunning,
    /// The bytes are no such message.
    #[error("the bytes are no message of this topic")]
    Undecodable(#[from] DecodeError),
    /// Another epoch.
    #[error("the message is of epoch {0}")]
    OtherEpoch(EpochId),
    /// Another round.
    #[error("the message is of round {0}")]
    OtherRound(RoundId),
    /// No state and none can be made.
    #[error("no ATX gives weight in epoch {0}")]
    NoState(EpochId),
    /// Not a smesher of the epoch.
    #[error("{0} has no ATX for the epoch")]
    UnknownSmesher(NodeId),
    /// No nonce.
    #[error("the VRF nonce of {0} is not known")]
    NoNonce(NodeId),
    /// The VRF proof is wrong.
    #[error("the proof is not one of this smesher for this epoch")]
    WrongProof,
    /// The signature is wrong.
    #[error("the signature is not one of this smesher")]
    WrongSignature,
    /// Not the first.
    #[error("{0} has sent such a message before")]
    Duplicate(NodeId),
    /// A later vote without a first one.
    #[error("the first vote of {0} is not known")]
    NoFirstVote(NodeId),
    /// A toss beyond the smesher's units.
    #[error("unit {unit} is beyond the {units} units of the smesher")]
    UnitTooLarge {
        /// The unit.
        unit: u32,
        /// Units of the smesher.
        units: u32,
    },
    /// Not the smallest toss.
    #[error("a smaller toss is known")]
    NotSmallest,
}

impl MessageFault {
    /// How it is taken.
    pub const fn refusal(&self) -> Refusal {
        match self {
            Self::Undecodable(_) => Refusal::Reject,
            Self::NotListening
            | Self::NotRunning
            | Self::OtherEpoch(_)
            | Self::OtherRound(_)
            | Self::NoState(_)
            | Self::UnknownSmesher(_)
            | Self::NoNonce(_)
            | Self::WrongProof
            | Self::WrongSignature
            | Self::Duplicate(_)
            | Self::NoFirstVote(_)
            | Self::UnitTooLarge { .. }
            | Self::NotSmallest => Refusal::Ignore,
        }
    }
}
