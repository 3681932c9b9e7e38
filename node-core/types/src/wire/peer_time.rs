//! Asking a peer for its clock: one request and one answer on a stream `/peersync/1.0/`, without a length before them (01 §6.4).

use spacemesh_codec::{Decode, Encode};

/// The question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct PeerTimeRequest {
    /// Number of the round.
    pub id: u64,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct PeerTimeResponse {
    /// Number of the round that was asked for.
    pub id: u64,
    /// The peer's clock, in nanoseconds since 1970.
    pub timestamp: u64,
}
