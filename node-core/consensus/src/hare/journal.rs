//! Never two different messages of one identity for one layer and round (07 §7.21).
//!
//! An identity that contradicts itself is lost for ever. Within a run the journal knows what was signed; across runs it refuses every
//! layer up to the highest one that any earlier run took part in. So a clock that was set back, or a stop in the middle of a session,
//! costs a few layers and not the identity. The record of the highest layer is on disk before the first signature is made.

use std::collections::BTreeMap;

use spacemesh_types::{Hash32, LayerId, NodeId, RoundId};

/// What is to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// A message of a hare round, by its number over all iterations: what the signature covers.
    Hare(RoundId),
    /// A certify message.
    Certify,
}

/// Whether to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// Sign now.
    Sign,
    /// Write `layer` as the identity's highest to disk, flush, and sign then.
    PersistThenSign {
        /// The layer to write.
        layer: LayerId,
    },
    /// Do not sign.
    Refuse(Refusal),
}

/// Why nothing may be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Another run of the node may have signed for this layer.
    #[error(
        "layer {layer} was or may have been signed for by an earlier run, up to {highest}; wait for a later layer"
    )]
    EarlierRun {
        /// The layer asked for.
        layer: LayerId,
        /// Highest layer of an earlier run, or that this run has forgotten.
        highest: LayerId,
    },
    /// Something else was signed for the same round.
    #[error(
        "another message was already signed for {duty:?} of layer {layer}; signing a second one would lose the identity"
    )]
    Contradiction {
        /// The layer.
        layer: LayerId,
        /// What for.
        duty: Duty,
    },
}

/// What this run has signed, and up to where earlier ones did.
#[derive(Debug, Clone, Default)]
pub struct SigningJournal {
    identities: BTreeMap<NodeId, Identity>,
}

#[derive(Debug, Clone, Default)]
struct Identity {
    /// Layers up to here are closed.
    closed: Option<LayerId>,
    /// The highest layer on disk.
    persisted: Option<LayerId>,
    signed: BTreeMap<(LayerId, Duty), Hash32>,
}

impl SigningJournal {
    /// A journal that continues what is on disk: the highest layer of each identity.
    pub fn restored(highest: impl IntoIterator<Item = (NodeId, LayerId)>) -> Self {
        let identity = |(id, layer)| {
            let identity = Identity {
                closed: Some(layer),
                persisted: Some(layer),
                signed: BTreeMap::new(),
            };
            (id, identity)
        };
        Self {
            identities: highest.into_iter().map(identity).collect(),
        }
    }

    /// Asks to sign something with hash `content`. The same content may be signed again.
    pub fn permit(
        &mut self,
        identity: NodeId,
        layer: LayerId,
        duty: Duty,
        content: Hash32,
    ) -> Permit {
        let own = self.identities.entry(identity).or_default();
        if let Some(highest) = own.closed.filter(|&closed| layer <= closed) {
            return Permit::Refuse(Refusal::EarlierRun { layer, highest });
        }
        let signed = *own.signed.entry((layer, duty)).or_insert(content);
        if signed != content {
            return Permit::Refuse(Refusal::Contradiction { layer, duty });
        }
        if own.persisted.is_none_or(|persisted| persisted < layer) {
            own.persisted = Some(layer);
            return Permit::PersistThenSign { layer };
        }
        Permit::Sign
    }

    /// Forgets what was signed for layers up to `layer`. They are closed from then on.
    pub fn close_up_to(&mut self, layer: LayerId) {
        for own in self.identities.values_mut() {
            own.signed.retain(|&(of, _), _| of > layer);
            own.closed = own.closed.max(Some(layer));
        }
    }
}
