//! Certify messages, from gossip to a certificate (07 §7.18).
//!
//! Lists are in memory only. Messages are collected for every block; a certificate is made here only for blocks that this node made or
//! agreed to itself.

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_codec::{BoundedVec, DecodeError, decode_exact, encode};
use spacemesh_crypto::{Domain, Prefix, SigningKey};
use spacemesh_types::{
    BlockId, Hash32, LayerId, NodeId,
    config::Config,
    hash_of,
    wire::{Certificate, CertifyContent, CertifyMessage},
};

use super::certificate::{certify_seats_check, certify_signature_check};
use crate::{
    hare::{Seats, SeatsCheck, SignatureCheck},
    verdict,
};

/// Most messages in a certificate.
pub const MESSAGES_PER_BLOCK_MAX: usize = 1000;
/// Most blocks of a layer that the messages of one smesher are kept for. An honest one certifies one.
pub const BLOCKS_PER_SMESHER_MAX: usize = 4;
/// Most messages of a layer.
const MESSAGES_PER_LAYER_MAX: usize = 8192;

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertifierConfig {
    /// Expected seats (`certificate.committee-size`; where that is 0, the base committee of hare 3).
    pub committee: u16,
    /// Layers before and after the current one whose messages are taken (`tortoise.tortoise-zdist`).
    pub layer_buffer: u32,
    /// Layers whose messages are kept (twice `tortoise-zdist`).
    pub layers_kept: u32,
}

impl CertifierConfig {
    /// The certifier of a network: a committee of 0 is that of hare.
    pub fn new(committee: u16, hare_committee: u16, zdist: u32) -> Self {
        Self {
            committee: if committee == 0 {
                hare_committee
            } else {
                committee
            },
            layer_buffer: zdist,
            layers_kept: zdist.saturating_mul(2),
        }
    }

    /// The certifier of a configured network.
    pub fn from_config(config: &Config) -> Self {
        Self::new(
            config.number("certificate.committee-size"),
            config.number("hare3.committee"),
            config.number("tortoise.tortoise-zdist"),
        )
    }

    /// Seats that a certificate needs.
    pub fn threshold(&self) -> u16 {
        (self.committee / 2).saturating_add(1)
    }

    /// Whether messages of `layer` are taken during `current`.
    pub fn takes(&self, layer: LayerId, current: LayerId, effective_genesis: LayerId) -> bool {
        let back = self.layer_buffer.saturating_add(1);
        let start = if current.0 > back {
            LayerId(current.0 - back)
        } else {
            effective_genesis
        };
        start <= layer && layer.0 <= current.0.saturating_add(self.layer_buffer)
    }
}

/// What gossip does with a certify message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Forward it.
    Accept,
    /// Neither forward nor blame.
    Ignore(IgnoreReason),
    /// Do not forward, and disconnect the peer that relayed it.
    Reject(RejectReason),
}

impl Verdict {
    /// The verdict without its reason.
    pub const fn gossip(&self) -> verdict::Verdict {
        match self {
            Self::Accept => verdict::Verdict::Accept,
            Self::Ignore(_) => verdict::Verdict::Ignore,
            Self::Reject(_) => verdict::Verdict::Reject,
        }
    }
}

/// Why a message is of no use although its relay did nothing wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IgnoreReason {
    /// The beacon of the layer's epoch is not known.
    NoBeacon,
    /// The layer is too far away.
    OutsideWindow,
    /// The smesher counts for this block already.
    Duplicate,
    /// A table is full, or the smesher certified too many blocks.
    Full,
    /// The oracle does not know these seats.
    NoSeats,
}

/// Why a relay is disconnected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RejectReason {
    /// The bytes are no certify message.
    Malformed(DecodeError),
    /// The signature does not hold.
    Signature,
}

/// What comes next for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// Nothing.
    Done(Verdict),
    /// Signature and seats, then [`Certifier::conclude`].
    Check(Box<UnverifiedCertify>),
}

/// A certify message whose signature and seats are to be checked by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnverifiedCertify {
    message: CertifyMessage,
    committee: u16,
}

impl UnverifiedCertify {
    /// The message.
    pub fn message(&self) -> &CertifyMessage {
        &self.message
    }

    /// The signature to check.
    pub fn signature_check(&self) -> SignatureCheck {
        certify_signature_check(&self.message)
    }

    /// The seats to check. The oracle is not to be asked when the signature does not hold.
    pub fn seats_check(&self) -> SeatsCheck {
        certify_seats_check(&self.message, self.committee)
    }
}

/// What the caller found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// Whether the signature holds.
    pub signature: bool,
    /// Whether the oracle accepts the seats; false also for any error of the oracle.
    pub seats: bool,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// For gossip.
    pub verdict: Verdict,
    /// A certificate that can be saved ([`super::certificate_save`]); tell [`Certifier::saved`] when it is. If saving fails, the message
    /// is ignored instead.
    pub certificate: Option<Certificate>,
}

/// A certify message to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertifyDraft {
    /// Who signs.
    pub identity: NodeId,
    /// What.
    pub content: CertifyContent,
}

impl CertifyDraft {
    /// Hash of what is signed, for the signing journal.
    pub fn content_hash(&self) -> Hash32 {
        hash_of(&self.content)
    }

    /// The message. `key` is that of [`CertifyDraft::identity`].
    pub fn sign(&self, key: &SigningKey, prefix: &Prefix) -> CertifyMessage {
        CertifyMessage {
            content: self.content,
            signature: key.sign(prefix, Domain::Hare, &encode(&self.content)),
            smesher_id: self.identity,
        }
    }
}

/// What is collected for a block.
#[derive(Debug, Clone, Default)]
struct Block {
    registered: bool,
    done: bool,
    seats: u32,
    messages: Vec<CertifyMessage>,
}

/// What is collected for a layer.
#[derive(Debug, Clone, Default)]
struct Layer {
    blocks: BTreeMap<BlockId, Block>,
    votes: BTreeSet<(NodeId, BlockId)>,
}

/// The machine.
#[derive(Debug, Clone)]
pub struct Certifier {
    config: CertifierConfig,
    effective_genesis: LayerId,
    layers: BTreeMap<LayerId, Layer>,
}

impl Certifier {
    /// Nothing is collected.
    pub fn new(config: CertifierConfig, effective_genesis: LayerId) -> Self {
        Self {
            config,
            effective_genesis,
            layers: BTreeMap::new(),
        }
    }

    /// The parameters.
    pub fn config(&self) -> &CertifierConfig {
        &self.config
    }

    /// The first steps with gossip: form, beacon, window, duplicates.
    pub fn admit(
        &self,
        bytes: &[u8],
        current: LayerId,
        beacon_known: impl Fn(LayerId) -> bool,
    ) -> Admission {
        let message: CertifyMessage = match decode_exact(bytes) {
            Ok(message) => message,
            Err(error) => {
                return Admission::Done(Verdict::Reject(RejectReason::Malformed(error)));
            }
        };
        let CertifyContent {
            layer, block_id, ..
        } = message.content;
        let ignore = |reason| Admission::Done(Verdict::Ignore(reason));
        if !beacon_known(layer) {
            return ignore(IgnoreReason::NoBeacon);
        }
        if !self.config.takes(layer, current, self.effective_genesis) {
            return ignore(IgnoreReason::OutsideWindow);
        }
        if self.is_done(layer, block_id) {
            return Admission::Done(Verdict::Accept);
        }
        if let Some(reason) = self.no_room(&message) {
            return ignore(reason);
        }
        Admission::Check(Box::new(UnverifiedCertify {
            message,
            committee: self.config.committee,
        }))
    }

    fn is_done(&self, layer: LayerId, block: BlockId) -> bool {
        let of_layer = self.layers.get(&layer);
        of_layer.is_some_and(|layer| layer.blocks.get(&block).is_some_and(|block| block.done))
    }

    fn no_room(&self, message: &CertifyMessage) -> Option<IgnoreReason> {
        let layer = self.layers.get(&message.content.layer)?;
        let (smesher, block) = (message.smesher_id, message.content.block_id);
        if layer.votes.contains(&(smesher, block)) {
            return Some(IgnoreReason::Duplicate);
        }
        let of_smesher = (smesher, BlockId::ZERO)..=(smesher, BlockId([u8::MAX; BlockId::SIZE]));
        let messages = layer.blocks.get(&block);
        let full = layer.votes.len() >= MESSAGES_PER_LAYER_MAX
            || layer.votes.range(of_smesher).count() >= BLOCKS_PER_SMESHER_MAX
            || messages.is_some_and(|block| block.messages.len() >= MESSAGES_PER_BLOCK_MAX);
        full.then_some(IgnoreReason::Full)
    }

    /// The last steps: the message counts.
    pub fn conclude(&mut self, unverified: UnverifiedCertify, checks: Checks) -> Conclusion {
        let message = unverified.message;
        let done = |verdict| Conclusion {
            verdict,
            certificate: None,
        };
        if !checks.signature {
            return done(Verdict::Reject(RejectReason::Signature));
        }
        if !checks.seats {
            return done(Verdict::Ignore(IgnoreReason::NoSeats));
        }
        let CertifyContent {
            layer,
            block_id,
            eligibility_count,
            ..
        } = message.content;
        if let Some(reason) = self.no_room(&message) {
            return done(Verdict::Ignore(reason));
        }
        let of_layer = self.layers.entry(layer).or_default();
        of_layer.votes.insert((message.smesher_id, block_id));
        let block = of_layer.blocks.entry(block_id).or_default();
        block.seats = block.seats.saturating_add(u32::from(eligibility_count));
        block.messages.push(message);
        Conclusion {
            verdict: Verdict::Accept,
            certificate: self.certificate(layer, block_id),
        }
    }

    /// This node made or agreed to the block (zero for an empty layer). Messages that came before may be enough for a certificate.
    pub fn register(&mut self, layer: LayerId, block: BlockId) -> Option<Certificate> {
        let blocks = &mut self.layers.entry(layer).or_default().blocks;
        blocks.entry(block).or_default().registered = true;
        self.certificate(layer, block)
    }

    /// What the identities with seats are to sign for the block, right after registering it.
    pub fn certify(layer: LayerId, block_id: BlockId, seats: &[Seats]) -> Vec<CertifyDraft> {
        let with_seats = seats.iter().filter(|seats| seats.eligibility.count > 0);
        with_seats
            .map(|seats| CertifyDraft {
                identity: seats.identity,
                content: CertifyContent {
                    layer,
                    block_id,
                    eligibility_count: seats.eligibility.count,
                    proof: seats.eligibility.proof,
                },
            })
            .collect()
    }

    /// A certificate of the block is in the store: no other is made, and its messages are forwarded without checks. Also after a
    /// certificate from a peer was saved.
    pub fn saved(&mut self, layer: LayerId, block: BlockId) {
        if let Some(of_layer) = self.layers.get_mut(&layer)
            && let Some(block) = of_layer.blocks.get_mut(&block)
        {
            block.done = true;
        }
    }

    /// Forgets layers that nobody asks for any more.
    pub fn tick(&mut self, current: LayerId) {
        let first = if current.0 > self.config.layers_kept {
            LayerId(current.0 - self.config.layers_kept)
        } else {
            self.effective_genesis
        };
        self.layers = self.layers.split_off(&first);
    }

    /// Messages kept, of all layers.
    pub fn messages_kept(&self) -> usize {
        let layers = self.layers.values();
        layers.map(|layer| layer.votes.len()).sum()
    }

    fn certificate(&self, layer: LayerId, block_id: BlockId) -> Option<Certificate> {
        let block = self.layers.get(&layer)?.blocks.get(&block_id)?;
        let enough = block.seats >= u32::from(self.config.threshold());
        if !enough || !block.registered || block.done {
            return None;
        }
        let signatures = BoundedVec::try_from(block.messages.clone()).ok()?;
        Some(Certificate {
            block_id,
            signatures,
        })
    }
}
