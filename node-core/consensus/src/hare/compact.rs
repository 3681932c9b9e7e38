//! Short ids of proposals, and the exchange of full ones with the peer that relayed a message (hare 4, 07 §7.9).

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_codec::{decode_exact, decode_len, encode, encode_len};
use spacemesh_types::{
    CompactProposalId, Hash32, LayerId, ProposalId,
    wire::{CompactIdRequest, CompactIdResponse, Proposal},
};

/// Name of the stream protocol, without prefix.
pub const FULL_EXCHANGE_PROTOCOL: &str = "hare4/full_exchange";
/// Longest request in bytes.
pub const REQUEST_SIZE_MAX: usize = 10_240;
/// A response of this many bytes or more is refused.
pub const RESPONSE_SIZE_MAX: usize = 1_000_000;
/// Most ids in a response. A message may hold more; it is not answered then.
pub const IDS_PER_RESPONSE_MAX: usize = 2050;
/// Most messages of a layer whose full lists are kept for peers.
pub const CACHED_MESSAGES_MAX: usize = 4096;
/// Most ids kept for peers in all messages of a layer.
const CACHED_IDS_MAX: usize = 1 << 20;

/// Stream bytes of the exchange that mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FullExchangeError {
    /// The request is not one id with its length before it.
    #[error("the request is not 32 bytes with their length before them; close the stream")]
    Request,
    /// The response has no readable length.
    #[error("the response does not begin with its length; ignore the message")]
    Length,
    /// The response is too long.
    #[error("the response announces {announced} bytes, fewer than 1000000 are allowed")]
    TooLong {
        /// Bytes announced.
        announced: usize,
    },
    /// The response is no list of ids of the announced length.
    #[error("the response is no list of at most 2050 ids that fills its length")]
    Body,
}

/// The short id: the first bytes of the first eligibility proof. None for a proposal without one, which no valid proposal is.
pub fn compact_id(proposal: &Proposal) -> Option<CompactProposalId> {
    let first = proposal.inner.ballot.eligibility_proofs.first()?;
    first.proof.0.first_chunk().copied().map(CompactProposalId)
}

/// The proposals behind short ids, ascending, taken from those of the layer. Where several share a short id, the lowest id is taken
/// first. None if one is missing.
pub(super) fn reconstruct(
    stored: &[(ProposalId, CompactProposalId)],
    compact: &[CompactProposalId],
) -> Option<Vec<ProposalId>> {
    let mut by_short = BTreeMap::<CompactProposalId, BTreeSet<ProposalId>>::new();
    for &(id, short) in stored {
        by_short.entry(short).or_default().insert(id);
    }
    let mut found = Vec::with_capacity(compact.len());
    for short in compact {
        found.push(by_short.get_mut(short)?.pop_first()?);
    }
    found.sort_unstable();
    Some(found)
}

/// The bytes of a request for the message with this exchange id.
pub fn exchange_request(message_id: Hash32) -> Vec<u8> {
    let body = encode(&CompactIdRequest { message_id });
    let length = u8::try_from(body.len()).expect("a hash is shorter than one LEB128 byte can tell");
    [&[length], body.as_slice()].concat()
}

/// Reads a request: its length as unsigned LEB128, then the id.
///
/// # Errors
///
/// Anything else; nothing is answered then.
pub fn parse_exchange_request(bytes: &[u8]) -> Result<Hash32, FullExchangeError> {
    let (&length, body) = bytes.split_first().ok_or(FullExchangeError::Request)?;
    if usize::from(length) != body.len() || bytes.len() > REQUEST_SIZE_MAX {
        return Err(FullExchangeError::Request);
    }
    let request: CompactIdRequest = decode_exact(body).map_err(|_| FullExchangeError::Request)?;
    Ok(request.message_id)
}

/// The bytes of a response, unless there are more ids than a response holds.
pub fn exchange_response(ids: &[ProposalId]) -> Option<Vec<u8>> {
    let ids = ids.try_into().ok()?;
    let body = encode(&CompactIdResponse { ids });
    let mut bytes = encode_len(body.len());
    bytes.extend(body);
    Some(bytes)
}

/// Reads a response.
///
/// # Errors
///
/// See [`FullExchangeError`].
pub fn parse_exchange_response(bytes: &[u8]) -> Result<Vec<ProposalId>, FullExchangeError> {
    let (announced, body) = decode_len(bytes).map_err(|_| FullExchangeError::Length)?;
    if announced >= RESPONSE_SIZE_MAX {
        return Err(FullExchangeError::TooLong { announced });
    }
    if announced != body.len() {
        return Err(FullExchangeError::Body);
    }
    let response: CompactIdResponse = decode_exact(body).map_err(|_| FullExchangeError::Body)?;
    Ok(response.ids.into_vec())
}

/// Full lists of recent prerounds by exchange id, for peers that ask. Only checked messages with seats get in (07, Trap 22).
#[derive(Debug, Clone, Default)]
pub(super) struct FullLists {
    layers: BTreeMap<LayerId, LayerLists>,
}

#[derive(Debug, Clone, Default)]
struct LayerLists {
    lists: BTreeMap<Hash32, Vec<ProposalId>>,
    ids: usize,
}

impl FullLists {
    pub(super) fn insert(&mut self, layer: LayerId, message_id: Hash32, ids: &[ProposalId]) {
        let of_layer = self.layers.entry(layer).or_default();
        let room = of_layer.lists.len() < CACHED_MESSAGES_MAX
            && of_layer.ids + ids.len() <= CACHED_IDS_MAX;
        if room && !of_layer.lists.contains_key(&message_id) {
            of_layer.ids += ids.len();
            of_layer.lists.insert(message_id, ids.to_vec());
        }
    }

    pub(super) fn of_layer(&self, layer: LayerId, message_id: Hash32) -> Option<&[ProposalId]> {
        let lists = &self.layers.get(&layer)?.lists;
        lists.get(&message_id).map(Vec::as_slice)
    }

    pub(super) fn find(&self, message_id: Hash32) -> Option<&[ProposalId]> {
        let mut layers = self.layers.keys();
        layers.find_map(|&layer| self.of_layer(layer, message_id))
    }

    pub(super) fn forget_below(&mut self, layer: LayerId) {
        self.layers = self.layers.split_off(&layer);
    }
}
