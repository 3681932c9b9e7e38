//! Why an ATX is not accepted. Each of these costs the peer that sent it its connection (05 §8).

use spacemesh_codec::DecodeError;
use spacemesh_types::{AtxId, EpochId, NodeId, PoetProofRef};

use crate::QuantityError;

/// Why an ATX is rejected, in the order of 05 §9 and §10.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The bytes are no ATX.
    #[error("the bytes are no ATX: {0}")]
    Malformed(#[from] DecodeError),
    /// Another ATX than the one asked for.
    #[error("asked for {expected}, got {found}")]
    WrongId {
        /// What was asked for.
        expected: AtxId,
        /// What came.
        found: AtxId,
    },
    /// The signature is not one of the signer.
    #[error("the signature is not one of its signer")]
    Signature,
    /// A part that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A part that must not be there is.
    #[error("{0} must not be there")]
    Unexpected(&'static str),
    /// An epoch that has not come.
    #[error("published in epoch {publish}, but the current one is {current}")]
    Future {
        /// Epoch of publication.
        publish: EpochId,
        /// Epoch of the clock.
        current: EpochId,
    },
    /// A first ATX with ancestors.
    #[error("a first ATX has sequence 0, not {0}")]
    InitialSequence(u64),
    /// Fewer labels per unit than the network prescribes.
    #[error("{found} labels per unit, at least {expected} are needed")]
    LabelsPerUnit {
        /// In the ATX.
        found: u64,
        /// Of the network.
        expected: u64,
    },
    /// So few labels that no VRF nonce can be.
    #[error("{units} units of {labels_per_unit} labels are too few for a VRF nonce")]
    TooFewLabels {
        /// Units.
        units: u32,
        /// Labels of one.
        labels_per_unit: u64,
    },
    /// The VRF nonce is not low enough.
    #[error("the VRF nonce is not valid for so many labels")]
    VrfNonce,
    /// The initial proof of space does not hold.
    #[error("the initial proof of space does not hold")]
    InitialPost,
    /// No commitment is known for an identity.
    #[error("no commitment of {0} is known")]
    NoCommitment(NodeId),
    /// An ATX it refers to is not there.
    #[error("the {role} ATX {id} is not known")]
    Unknown {
        /// What it is for.
        role: &'static str,
        /// Its id.
        id: AtxId,
    },
    /// An ATX it refers to is not older.
    #[error("the {role} ATX was published in epoch {theirs}, which is not before {ours}")]
    NotOlder {
        /// What it is for.
        role: &'static str,
        /// Its epoch.
        theirs: EpochId,
        /// Epoch of this one.
        ours: EpochId,
    },
    /// The previous ATX is somebody else's.
    #[error("the previous ATX was signed by {0}")]
    PreviousOfAnother(NodeId),
    /// The sequence does not continue.
    #[error("sequence {found} after {previous}")]
    Sequence {
        /// Of the previous ATX.
        previous: u64,
        /// Of this one.
        found: u64,
    },
    /// The previous ATX contains no proof of space of the identity.
    #[error("the ATX {atx} proves no space of {node}")]
    NotContained {
        /// The previous ATX.
        atx: AtxId,
        /// The identity.
        node: NodeId,
    },
    /// Units outside the network's bounds.
    #[error("{0} units are outside the network's bounds")]
    NumUnits(u32),
    /// The proof of space does not hold.
    #[error("the proof of space does not hold")]
    Post,
    /// An index of a proof of space does not hold, and the signer is known to be malicious.
    #[error(
        "an index of the proof of space does not hold, of an identity that is known to be malicious"
    )]
    PostOfMalicious,
    /// The PoET proof is not there.
    #[error("the PoET proof {0} is not known")]
    NoPoet(PoetProofRef),
    /// The challenge is no member of the PoET round.
    #[error("the challenge is no member of the PoET round")]
    Membership,
    /// No weight can be derived.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// Counts that do not fit together.
    #[error("{0}")]
    Shape(&'static str),
    /// A marriage that does not hold.
    #[error("certificate {index}: {reason}")]
    Certificate {
        /// Its place.
        index: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// A merged ATX of identities that are not married (long enough).
    #[error("merged ATX: {0}")]
    Marriage(&'static str),
    /// An ATX it refers to, or its PoET proof, was rejected.
    #[error("something it refers to was rejected")]
    Reference,
}

/// Why an ATX is ignored: nothing is said about it, and it may come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Ignored {
    /// Gossip before the node knows the ATXs of the past.
    #[error("the node does not know the ATXs of the past yet")]
    NotSynced,
    /// Something it refers to could not be obtained.
    #[error("something it refers to could not be obtained")]
    NoReference,
    /// A check could not be done.
    #[error("a check could not be done")]
    Unchecked,
    /// Too much waits already.
    #[error("too many ATXs wait already")]
    Busy,
    /// It contradicts an ATX of an identity of this node.
    #[error("it contradicts an ATX of an identity of this node; is the identity used elsewhere?")]
    OwnIdentity,
    /// It contradicts an ATX that no proof of misbehaviour can be made of.
    #[error("it contradicts an ATX of a checkpoint or of another version")]
    NoProof,
    /// Known already.
    #[error("known already")]
    Known,
    /// It shows misbehaviour, for which a proof was made.
    #[error("malicious")]
    Malicious,
}
