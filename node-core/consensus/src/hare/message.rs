//! Messages of both versions in one form, what is hashed and what is signed (07 §7.4).

use spacemesh_codec::{BoundedVec, DecodeError, Encode, Output, decode_exact, encode};
use spacemesh_crypto::{Domain, Prefix, verify};
use spacemesh_types::{
    Beacon, CompactProposalId, EdSignature, Hash32, HashBuilder, LayerId, NodeId, ProposalId,
    PublicKey, RoundId,
    wire::{Hare3Message, Hare4Message, HareEligibility, HareMetadata, HareVrfInput, IterRound},
};

use super::{Round, Version, absolute_round};

/// Fields 1 to 8 of a message, which are hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The layer.
    pub layer: LayerId,
    /// Iteration and round.
    pub at: IterRound,
    /// Proposals in the order sent; preround and propose.
    pub proposals: BoundedVec<ProposalId, 2350>,
    /// Hash of a set; commit and notify.
    pub reference: Option<Hash32>,
    /// Proposals by short id; preround of hare 4 on the wire. Not part of a hare 3 message.
    pub compact_proposals: BoundedVec<CompactProposalId, 2350>,
    /// Seats of the sender.
    pub eligibility: HareEligibility,
}

/// A message of either version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How it is encoded.
    pub version: Version,
    /// The part that is hashed and signed.
    pub body: Body,
    /// Who signed it.
    pub sender: NodeId,
    /// Signature over [`Body::metadata`] in domain `HARE`.
    pub signature: EdSignature,
}

impl Body {
    /// Hash of the encoding, which tells messages of a round apart and, in hare 4, names what is exchanged.
    pub fn hash(&self, version: Version) -> Hash32 {
        let mut hash = HashBuilder::new();
        self.encode_to(version, &mut hash);
        hash.finish()
    }

    /// What is signed.
    pub fn metadata(&self, version: Version) -> HareMetadata {
        HareMetadata {
            layer: self.layer,
            round: absolute_round(self.at).0,
            message_hash: self.hash(version),
        }
    }

    /// What must hold of any message: a reference in commit and notify, none in preround and propose (07 §7.4). Nothing else.
    pub fn is_statically_valid(&self) -> bool {
        match Round::from_number(self.at.round) {
            Some(Round::Commit | Round::Notify) => self.reference.is_some(),
            Some(Round::Preround | Round::Propose) => self.reference.is_none(),
            Some(Round::Hardlock | Round::Softlock | Round::Wait1 | Round::Wait2) | None => true,
        }
    }

    fn encode_to<O: Output + ?Sized>(&self, version: Version, out: &mut O) {
        self.layer.encode_to(out);
        self.at.encode_to(out);
        self.proposals.encode_to(out);
        self.reference.encode_to(out);
        if version == Version::Hare4 {
            self.compact_proposals.encode_to(out);
        }
        self.eligibility.encode_to(out);
    }
}

impl Message {
    /// The bytes on the wire.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.body.encode_to(self.version, &mut bytes);
        self.sender.encode_to(&mut bytes);
        self.signature.encode_to(&mut bytes);
        bytes
    }

    /// The signature to check.
    pub fn signature_check(&self) -> SignatureCheck {
        SignatureCheck {
            signer: self.sender,
            message: encode(&self.body.metadata(self.version)),
            signature: self.signature,
        }
    }
}

/// A signature to be checked, in domain `HARE`. Needs no state, so many can be checked at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureCheck {
    /// Who should have signed.
    pub signer: NodeId,
    /// What: the bytes after network and domain.
    pub message: Vec<u8>,
    /// The signature.
    pub signature: EdSignature,
}

impl SignatureCheck {
    /// Whether the signature holds in the network with this genesis id.
    pub fn holds(&self, prefix: &Prefix) -> bool {
        let signer = PublicKey::from(self.signer);
        verify(
            &signer,
            prefix,
            Domain::Hare,
            &self.message,
            &self.signature,
        )
        .is_ok()
    }
}

/// Seats to be checked by the oracle (chapter 06).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatsCheck {
    /// The layer.
    pub layer: LayerId,
    /// The round, counted over all iterations.
    pub round: RoundId,
    /// Expected seats of the round.
    pub committee: u16,
    /// Who claims them.
    pub identity: NodeId,
    /// The claim.
    pub eligibility: HareEligibility,
}

impl SeatsCheck {
    /// What the proof must be of.
    pub fn vrf_input(&self, beacon: Beacon) -> HareVrfInput {
        HareVrfInput::new(beacon, self.round, self.layer)
    }
}

impl From<Hare3Message> for Message {
    fn from(message: Hare3Message) -> Self {
        let body = message.body;
        Self {
            version: Version::Hare3,
            body: Body {
                layer: body.layer,
                at: body.iter_round,
                proposals: body.value.proposals,
                reference: body.value.reference,
                compact_proposals: BoundedVec::new(),
                eligibility: body.eligibility,
            },
            sender: message.sender,
            signature: message.signature,
        }
    }
}

impl From<Hare4Message> for Message {
    fn from(message: Hare4Message) -> Self {
        let body = message.body;
        Self {
            version: Version::Hare4,
            body: Body {
                layer: body.layer,
                at: body.iter_round,
                proposals: body.value.proposals,
                reference: body.value.reference,
                compact_proposals: body.value.compact_proposals,
                eligibility: body.eligibility,
            },
            sender: message.sender,
            signature: message.signature,
        }
    }
}

/// A message as it came, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received(pub Message);

impl Received {
    /// Reads gossip of a version; all bytes must be used. Needs no state, so it can run anywhere.
    ///
    /// # Errors
    ///
    /// The bytes are no message of this version: the peer that relayed them is disconnected.
    pub fn decode(version: Version, bytes: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self(match version {
            Version::Hare3 => decode_exact::<Hare3Message>(bytes)?.into(),
            Version::Hare4 => decode_exact::<Hare4Message>(bytes)?.into(),
        }))
    }
}
