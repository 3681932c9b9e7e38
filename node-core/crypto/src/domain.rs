//! What is signed before the message (01 §3.3): the network, then one byte for the purpose.

use spacemesh_types::Hash20;

/// The 20 bytes that tie a signature to a network: the genesis id.
pub type Prefix = Hash20;

/// What a signature is for. Wallet transactions have no domain, and VRF proofs have neither prefix nor domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Domain {
    /// An activation transaction.
    Atx = 0,
    /// A proposal.
    Proposal = 1,
    /// A ballot.
    Ballot = 2,
    /// A hare message, and also a certify message: they differ only in content.
    Hare = 3,
    /// A challenge submitted to a PoET server.
    Poet = 4,
    /// A marriage of identities.
    Marriage = 5,
    /// First vote on beacon proposals.
    BeaconFirstMessage = 10,
    /// Later votes on beacon proposals.
    BeaconFollowupMessage = 11,
}

impl Domain {
    /// All domains. The numbers 6 to 9 are not used.
    pub const ALL: [Self; 8] = [
        Self::Atx,
        Self::Proposal,
        Self::Ballot,
        Self::Hare,
        Self::Poet,
        Self::Marriage,
        Self::BeaconFirstMessage,
        Self::BeaconFollowupMessage,
    ];

    /// The byte that is signed.
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// The domain of a byte; none for the bytes that are not used.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|domain| domain.byte() == byte)
    }
}
