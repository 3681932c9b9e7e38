//! Requests to peers and their answers (09).

use spacemesh_codec::{BoundedBytes, BoundedVec, Decode, Encode, encode_slice};

use crate::{AtxId, BallotId, BlockId, Hash32, LayerId, NodeId, sum};

/// Largest answer in bytes: 260 MiB.
pub const RESPONSE_SIZE_MAX: usize = 272_629_760;

/// A wish for the object with a hash.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RequestMessage {
    /// Kind of the object.
    pub hint: BoundedBytes<256>,
    /// Its hash; ids of 20 bytes in their 32-byte form.
    pub hash: Hash32,
}

/// An object for a wish.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ResponseMessage {
    /// Hash that was asked for.
    pub hash: Hash32,
    /// The object, encoded.
    pub data: BoundedBytes<RESPONSE_SIZE_MAX>,
}

/// Several wishes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RequestBatch {
    /// [`RequestBatch::id_of`] the wishes.
    pub id: Hash32,
    /// The wishes.
    pub requests: BoundedVec<RequestMessage, 100>,
}

impl RequestBatch {
    /// The wishes under their id.
    pub fn new(requests: BoundedVec<RequestMessage, 100>) -> Self {
        Self {
            id: Self::id_of(&requests),
            requests,
        }
    }

    /// Hash of the wishes as a bare list.
    pub fn id_of(requests: &[RequestMessage]) -> Hash32 {
        sum([encode_slice(requests)])
    }
}

/// The objects for several wishes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ResponseBatch {
    /// Id of the batch that was asked for.
    pub id: Hash32,
    /// The objects that were found.
    pub responses: BoundedVec<ResponseMessage, 100>,
}

/// A wish for the mesh hashes of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct MeshHashRequest {
    /// The first layer.
    pub from: LayerId,
    /// The last layer.
    pub to: LayerId,
    /// Every how many layers.
    pub step: u32,
}

/// Mesh hashes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MeshHashes {
    /// One per layer asked for.
    pub hashes: BoundedVec<Hash32, 1000>,
}

/// Identities that misbehaved.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MaliciousIds {
    /// The identities.
    pub node_ids: BoundedVec<NodeId, 8_000_000>,
}

/// The ATXs that a peer knows of an epoch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct EpochAtxIds {
    /// The ATXs.
    pub atx_ids: BoundedVec<AtxId, 8_000_000>,
}

/// The ballots that a peer knows of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LayerData {
    /// The ballots.
    pub ballots: BoundedVec<BallotId, 2350>,
}

/// A wish for a peer's opinion on a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct OpinionRequest {
    /// The layer.
    pub layer: LayerId,
    /// The block whose certificate is wanted.
    pub block: Option<BlockId>,
}

/// A peer's opinion on a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct LayerOpinion {
    /// Mesh hash of the layer before.
    pub prev_aggregated_hash: Hash32,
    /// The block with a certificate.
    pub certified: Option<BlockId>,
}

/// Envelope of every answer: either data or an error.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ServerResponse {
    /// The answer, encoded.
    pub data: BoundedBytes<RESPONSE_SIZE_MAX>,
    /// Why there is no answer; empty if there is one.
    pub error: BoundedBytes<1024>,
}
