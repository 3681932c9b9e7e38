//! An ATX of either version: decoding, id, signature, what it refers to (05 §2–§7).

use std::collections::BTreeSet;

use spacemesh_codec::{DecodeError, decode_exact, decode_prefix, encode};
use spacemesh_crypto::{Domain, Prefix, SigningKey, verify};
use spacemesh_types::{
    Address, AtxId, AtxVersion, EdSignature, EpochId, NodeId, PoetProofRef, VrfNonce,
    wire::{ActivationTxV1, ActivationTxV2, NipostChallengeV2},
};

use crate::{AtxVersions, TreeRules, atx_id_v2};

/// An ATX as it was decoded. What is stored and served are the bytes it came in (05 trap 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Atx {
    /// Version 1.
    V1(Box<ActivationTxV1>),
    /// Version 2.
    V2(Box<ActivationTxV2>),
}

/// What must be known before an ATX can be judged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct References {
    /// ATXs, without the golden one and without zero.
    pub atxs: BTreeSet<AtxId>,
    /// PoET proofs.
    pub poets: BTreeSet<PoetProofRef>,
}

impl Atx {
    /// Reads an ATX of the version that its publish epoch has. Bytes that are left over are an error.
    ///
    /// # Errors
    ///
    /// The bytes are no ATX of that version.
    pub fn decode(bytes: &[u8], versions: &AtxVersions) -> Result<Self, DecodeError> {
        let (epoch, _) = decode_prefix::<EpochId>(bytes)?;
        Self::decode_version(bytes, versions.at(epoch))
    }

    /// Reads an ATX of the version that was stored with it. Any version but 2 counts as 1.
    ///
    /// # Errors
    ///
    /// The bytes are no ATX of that version.
    pub fn decode_version(bytes: &[u8], version: AtxVersion) -> Result<Self, DecodeError> {
        if version == AtxVersion::V2 {
            decode_exact(bytes).map(|atx| Self::V2(Box::new(atx)))
        } else {
            decode_exact(bytes).map(|atx| Self::V1(Box::new(atx)))
        }
    }

    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::V1(atx) => encode(&**atx),
            Self::V2(atx) => encode(&**atx),
        }
    }

    /// Its version.
    pub const fn version(&self) -> AtxVersion {
        match self {
            Self::V1(_) => AtxVersion::V1,
            Self::V2(_) => AtxVersion::V2,
        }
    }

    /// Its id, which covers neither signer nor signature.
    pub fn id(&self, tree: TreeRules) -> AtxId {
        match self {
            Self::V1(atx) => atx.id(),
            Self::V2(atx) => atx_id_v2(atx, tree),
        }
    }

    /// Epoch of publication.
    pub const fn publish_epoch(&self) -> EpochId {
        match self {
            Self::V1(atx) => atx.inner.challenge.publish_epoch,
            Self::V2(atx) => atx.publish_epoch,
        }
    }

    /// Who signed it.
    pub const fn smesher(&self) -> NodeId {
        match self {
            Self::V1(atx) => atx.smesher_id,
            Self::V2(atx) => atx.smesher_id,
        }
    }

    /// Account for rewards.
    pub const fn coinbase(&self) -> Address {
        match self {
            Self::V1(atx) => atx.inner.coinbase,
            Self::V2(atx) => atx.coinbase,
        }
    }

    /// The ATX whose height it builds on.
    pub const fn positioning(&self) -> AtxId {
        match self {
            Self::V1(atx) => atx.inner.challenge.positioning_atx,
            Self::V2(atx) => atx.positioning_atx,
        }
    }

    /// The ATX from which labels were derived, where this ATX says so.
    pub fn commitment(&self) -> Option<AtxId> {
        match self {
            Self::V1(atx) => atx.inner.challenge.commitment_atx,
            Self::V2(atx) => atx.initial.as_ref().map(|initial| initial.commitment_atx),
        }
    }

    /// The VRF nonce it carries.
    pub const fn vrf_nonce(&self) -> Option<VrfNonce> {
        match self {
            Self::V1(atx) => atx.inner.vrf_nonce,
            Self::V2(atx) => Some(atx.vrf_nonce),
        }
    }

    /// Its previous ATXs.
    pub fn previous(&self) -> Vec<AtxId> {
        match self {
            Self::V1(atx) => Some(atx.inner.challenge.prev_atx)
                .filter(|id| !id.is_zero())
                .into_iter()
                .collect(),
            Self::V2(atx) => atx.previous_atxs.to_vec(),
        }
    }

    /// Whether its signature is one of its signer.
    pub fn is_signed(&self, prefix: &Prefix, id: AtxId) -> bool {
        let message = self.signed_message(id);
        let (signer, signature) = match self {
            Self::V1(atx) => (atx.smesher_id, &atx.signature),
            Self::V2(atx) => (atx.smesher_id, &atx.signature),
        };
        verify(&signer.into(), prefix, Domain::Atx, &message, signature).is_ok()
    }

    /// Signs it with `key`, whose identity becomes its signer. Returns its id.
    pub fn sign(&mut self, key: &SigningKey, prefix: &Prefix, tree: TreeRules) -> AtxId {
        let id = self.id(tree);
        let signature = key.sign(prefix, Domain::Atx, &self.signed_message(id));
        match self {
            Self::V1(atx) => {
                atx.smesher_id = key.node_id();
                atx.signature = signature;
            }
            Self::V2(atx) => {
                atx.smesher_id = key.node_id();
                atx.signature = signature;
            }
        }
        id
    }

    /// The signature it carries.
    pub const fn signature(&self) -> EdSignature {
        match self {
            Self::V1(atx) => atx.signature,
            Self::V2(atx) => atx.signature,
        }
    }

    /// What it refers to (05 §9 B, §10 B).
    pub fn references(&self, golden: AtxId) -> References {
        let mut atxs = BTreeSet::from([self.positioning()]);
        atxs.extend(self.commitment());
        atxs.extend(self.previous());
        let mut poets = BTreeSet::new();
        match self {
            Self::V1(atx) => {
                poets.extend(
                    atx.inner
                        .nipost
                        .as_ref()
                        .and_then(|nipost| nipost.poet_ref()),
                );
            }
            Self::V2(atx) => {
                atxs.extend(atx.marriage_atx);
                atxs.extend(
                    atx.marriages
                        .iter()
                        .map(|certificate| certificate.reference_atx),
                );
                poets.extend(
                    atx.niposts
                        .iter()
                        .map(|element| PoetProofRef::from(element.challenge)),
                );
            }
        }
        atxs.retain(|id| !id.is_zero() && *id != golden);
        References { atxs, poets }
    }

    fn signed_message(&self, id: AtxId) -> Vec<u8> {
        match self {
            Self::V1(atx) => {
                let mut metadata = atx.inner.signed_metadata();
                metadata.message_hash = id.to_hash32();
                encode(&metadata)
            }
            Self::V2(_) => id.as_ref().to_vec(),
        }
    }
}

/// The challenge that a sub-post of an ATX of version 2 was registered with, given its previous ATX (05 §5, §10 E5).
pub fn challenge_v2(atx: &ActivationTxV2, previous: AtxId) -> NipostChallengeV2 {
    NipostChallengeV2 {
        publish_epoch: atx.publish_epoch,
        prev_atx: previous,
        positioning_atx: atx.positioning_atx,
        initial_post: atx.initial.as_ref().map(|initial| initial.post.clone()),
    }
}
