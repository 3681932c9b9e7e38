//! What the node's identities publish in a layer (06 §8.2).
//!
//! The same for all identities: the beacon and active set of the epoch, fetched once and kept. Of each identity: its reference ballot,
//! which fixes beacon and slot count for the epoch, whatever the node learns later (06 trap 2), and the layer it built last.
//!
//! A build is due exactly when a layer begins. It is not repeated, and never for a layer that an identity has built: the last built
//! layer is written before the proposal leaves, so a crash in between costs a proposal and not the identity.

use std::collections::BTreeMap;

use spacemesh_codec::{BoundedVec, encode};
use spacemesh_crypto::{Domain, Prefix, SigningKey};
use spacemesh_types::{
    AtxId, BallotId, Beacon, EpochId, Hash32, LayerId, NodeId, TransactionId,
    wire::{
        Ballot, EpochActiveSet, EpochData, InnerBallot, InnerProposal, Opinion, Proposal,
        VotingEligibility,
    },
};

use super::{
    grade::PreparedSet,
    selection::{Candidate, select_transactions},
};
use crate::eligibility::{AtxFacts, SlotRules, SlotTable};

/// The parameters of building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuilderRules {
    /// The network, for signatures.
    pub prefix: Prefix,
    /// Last layer that counts as genesis.
    pub effective_genesis: LayerId,
    /// Slots.
    pub slots: SlotRules,
    /// Transactions that one slot may propose.
    pub transactions_per_slot: usize,
}

/// What the builder asks about the stored state.
pub trait BuilderSource {
    /// The stored beacon of an epoch.
    fn beacon(&self, epoch: EpochId) -> Option<Beacon>;
    /// The ATX of an identity that gives rights in an epoch.
    fn own_atx(&self, smesher: &NodeId, epoch: EpochId) -> Option<(AtxId, AtxFacts)>;
    /// The lowest-layer stored ballot of an ATX in an epoch, with what it declares.
    fn first_ballot(&self, atx: &AtxId, epoch: EpochId) -> Option<(BallotId, Option<EpochData>)>;
    /// The layer of the last stored ballot of an ATX in an epoch.
    fn last_ballot_layer(&self, atx: &AtxId, epoch: EpochId) -> Option<LayerId>;
    /// The last layer that the identity's journal says was built.
    fn journal(&self, smesher: &NodeId) -> Option<LayerId>;
}

/// What is the same for all identities in a layer.
#[derive(Debug)]
pub struct BuildContext<'a, S> {
    /// The stored state.
    pub source: &'a S,
    /// The node's identities.
    pub signers: &'a BTreeMap<NodeId, SigningKey>,
    /// The active set of the layer's epoch: the stored one, or the one that was just made and stored.
    pub active_set: Option<&'a PreparedSet>,
    /// What the tortoise votes; none if it cannot encode.
    pub opinion: Option<&'a Opinion>,
    /// [`super::mesh_hash()`] for the layer.
    pub mesh_hash: Hash32,
    /// Transactions of the predicted block, in its order.
    pub candidates: &'a [Candidate],
    /// Decides which are chosen if they are too many.
    pub seed: u64,
    /// Whether the node is synced.
    pub synced: bool,
}

/// What the builder asks for, in order: nothing may leave before what stands before it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuilderEffect {
    /// Store the active set that a reference ballot declares. One that is stored already is fine.
    StoreActiveSet {
        /// Its id.
        id: Hash32,
        /// The set.
        set: EpochActiveSet,
    },
    /// Write that an identity built a layer, and flush.
    Journal {
        /// The identity.
        smesher: NodeId,
        /// The layer.
        layer: LayerId,
    },
    /// Let the node's own intake take the proposal, as if gossip had brought it; only if it accepts, publish it.
    Publish {
        /// The identity.
        smesher: NodeId,
        /// The encoded proposal.
        bytes: Vec<u8>,
    },
}

/// Why a layer is not built at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The layer is part of genesis.
    #[error("layer {0} is part of genesis")]
    BeforeGenesis(LayerId),
    /// The node is not synced.
    #[error("the node is not synced; it publishes nothing until it is")]
    NotSynced,
    /// The layer was running when the node started, or was built.
    #[error("layer {layer} is not due, the next one is {next}")]
    NotDue {
        /// The layer.
        layer: LayerId,
        /// The next one to be built.
        next: LayerId,
    },
    /// No beacon.
    #[error("the beacon of epoch {0} is not known; nothing can be published")]
    NoBeacon(EpochId),
    /// No active set.
    #[error("there is no active set for epoch {0}; nothing can be published")]
    NoActiveSet(EpochId),
    /// The tortoise cannot encode its votes.
    #[error("the votes of layer {0} cannot be encoded")]
    NoOpinion(LayerId),
}

/// What an identity does in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerOutcome {
    /// It has no ATX for the epoch.
    NoAtx,
    /// It has no slot in the layer.
    NoSlot,
    /// It built this layer or a later one.
    AlreadyBuilt(LayerId),
    /// Its first ballot in the epoch is no reference ballot.
    BrokenReference(BallotId),
    /// It publishes a proposal with this ballot.
    Published(BallotId),
    /// It has more slots in the layer than a ballot holds.
    TooManySlots,
}

/// An identity and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignerBuild {
    /// The identity.
    pub smesher: NodeId,
    /// What it does.
    pub outcome: SignerOutcome,
}

/// What is known of an identity in an epoch.
#[derive(Debug, Clone)]
struct SignerEpoch {
    epoch: EpochId,
    atx: AtxId,
    reference: Option<BallotId>,
    data: EpochData,
    slots: SlotTable,
    last_built: Option<LayerId>,
}

/// The builder of a node.
#[derive(Debug, Clone)]
pub struct Builder {
    rules: BuilderRules,
    next: LayerId,
    signers: BTreeMap<NodeId, SignerEpoch>,
}

impl Builder {
    /// A builder that starts in the layer `current`, which it does not build.
    pub const fn new(rules: BuilderRules, current: LayerId) -> Self {
        Self {
            rules,
            next: LayerId(current.0.saturating_add(1)),
            signers: BTreeMap::new(),
        }
    }

    /// Computes the slots of identities in an epoch before it begins. Everything is known once beacon and active set are; identities with
    /// a reference ballot keep that ballot's.
    pub fn prepare<S: BuilderSource>(
        &mut self,
        source: &S,
        signers: &BTreeMap<NodeId, SigningKey>,
        active_set: &PreparedSet,
    ) -> Result<(), BuildError> {
        let epoch = active_set.epoch;
        let beacon = source.beacon(epoch).filter(|beacon| !beacon.is_zero());
        let beacon = beacon.ok_or(BuildError::NoBeacon(epoch))?;
        for (smesher, key) in signers {
            // What the epoch holds is taken up when a layer is built, and errors are reported then.
            let _ = self.signer(source, *smesher, key, beacon, active_set);
        }
        Ok(())
    }

    /// Builds a layer that begins now.
    ///
    /// # Errors
    ///
    /// Why nothing at all is built. Not tried again.
    pub fn build<S: BuilderSource>(
        &mut self,
        context: &BuildContext<'_, S>,
        layer: LayerId,
        out: &mut Vec<BuilderEffect>,
    ) -> Result<Vec<SignerBuild>, BuildError> {
        if layer < self.next {
            let next = self.next;
            return Err(BuildError::NotDue { layer, next });
        }
        self.next = LayerId(layer.0.saturating_add(1));
        if layer <= self.rules.effective_genesis {
            return Err(BuildError::BeforeGenesis(layer));
        }
        if !context.synced {
            return Err(BuildError::NotSynced);
        }
        let epoch = layer.epoch(self.rules.slots.layers_per_epoch);
        let beacon = context.source.beacon(epoch);
        let beacon = beacon.filter(|beacon| !beacon.is_zero());
        let beacon = beacon.ok_or(BuildError::NoBeacon(epoch))?;
        let active_set = context.active_set.filter(|set| set.epoch == epoch);
        let active_set = active_set.ok_or(BuildError::NoActiveSet(epoch))?;

        let mut builds = Vec::new();
        let mut active_set_stored = false;
        for (smesher, key) in context.signers {
            let smesher = *smesher;
            let eligible = self.begin(context.source, smesher, key, layer, beacon, active_set);
            let (state, slots) = match eligible {
                Err(outcome) => {
                    builds.push(SignerBuild { smesher, outcome });
                    continue;
                }
                Ok(eligible) => eligible,
            };
            let opinion = context.opinion.ok_or(BuildError::NoOpinion(layer))?;
            if state.reference.is_none() && !active_set_stored {
                active_set_stored = true;
                out.push(BuilderEffect::StoreActiveSet {
                    id: active_set.id,
                    set: EpochActiveSet {
                        epoch,
                        set: BoundedVec::try_from(active_set.set.clone())
                            .map_err(|_| BuildError::NoActiveSet(epoch))?,
                    },
                });
            }
            let count = slots.len().saturating_mul(self.rules.transactions_per_slot);
            let transactions = select_transactions(context.candidates, count, context.seed);
            let outcome = match assemble(
                &self.rules.prefix,
                key,
                layer,
                &state,
                slots,
                opinion,
                context.mesh_hash,
                transactions,
            ) {
                None => SignerOutcome::TooManySlots,
                Some(proposal) => {
                    out.push(BuilderEffect::Journal { smesher, layer });
                    let ballot = proposal.inner.ballot.id();
                    let bytes = encode(&proposal);
                    out.push(BuilderEffect::Publish { smesher, bytes });
                    SignerOutcome::Published(ballot)
                }
            };
            builds.push(SignerBuild { smesher, outcome });
        }
        Ok(builds)
    }

    /// Steps a to f for one identity: its state and its slots in the layer, or why it does nothing.
    fn begin<S: BuilderSource>(
        &mut self,
        source: &S,
        smesher: NodeId,
        key: &SigningKey,
        layer: LayerId,
        beacon: Beacon,
        active_set: &PreparedSet,
    ) -> Result<(SignerEpoch, Vec<VotingEligibility>), SignerOutcome> {
        let state = self.signer(source, smesher, key, beacon, active_set)?;
        if let Some(last) = state.last_built.filter(|last| layer <= *last) {
            return Err(SignerOutcome::AlreadyBuilt(last));
        }
        state.last_built = Some(layer);
        // The first ballot is a reference for the next one once it is stored.
        if state.reference.is_none()
            && let Some((id, data)) = source.first_ballot(&state.atx, state.epoch)
        {
            state.data = data.ok_or(SignerOutcome::BrokenReference(id))?;
            state.reference = Some(id);
        }
        let slots = state.slots.of_layer(layer).to_vec();
        if slots.is_empty() {
            return Err(SignerOutcome::NoSlot);
        }
        Ok((state.clone_without_slots(), slots))
    }

    /// The state of an identity in the active set's epoch, made when it is first asked for.
    fn signer<S: BuilderSource>(
        &mut self,
        source: &S,
        smesher: NodeId,
        key: &SigningKey,
        beacon: Beacon,
        active_set: &PreparedSet,
    ) -> Result<&mut SignerEpoch, SignerOutcome> {
        let epoch = active_set.epoch;
        let known = self.signers.get(&smesher);
        // Until a reference ballot fixes them, beacon and active set may change under an identity that was prepared.
        let outdated = |state: &SignerEpoch| {
            let data = &state.data;
            let same = data.beacon == beacon && data.active_set_hash == active_set.id;
            state.epoch != epoch || (state.reference.is_none() && !same)
        };
        let built = known.and_then(|state| state.last_built);
        let stale = known.is_none_or(outdated);
        if stale {
            let (atx, facts) = source
                .own_atx(&smesher, epoch)
                .ok_or(SignerOutcome::NoAtx)?;
            let (reference, data) = match source.first_ballot(&atx, epoch) {
                Some((id, data)) => (Some(id), data.ok_or(SignerOutcome::BrokenReference(id))?),
                None => {
                    let count = self
                        .rules
                        .slots
                        .count(epoch, facts.weight, active_set.weight);
                    let data = EpochData {
                        active_set_hash: active_set.id,
                        beacon,
                        eligibility_count: count.ok_or(SignerOutcome::NoSlot)?,
                    };
                    (None, data)
                }
            };
            let slots = SlotTable::prove(
                key,
                data.beacon,
                epoch,
                facts.nonce,
                data.eligibility_count,
                self.rules.slots.layers_per_epoch,
            );
            let stored = source.last_ballot_layer(&atx, epoch);
            let last_built = stored.max(source.journal(&smesher)).max(built);
            let state = SignerEpoch {
                epoch,
                atx,
                reference,
                data,
                slots,
                last_built,
            };
            self.signers.insert(smesher, state);
        }
        let state = self.signers.get_mut(&smesher);
        Ok(state.expect("it was there or has been inserted"))
    }
}

impl SignerEpoch {
    /// What a ballot is made of, without the table that stays.
    fn clone_without_slots(&self) -> Self {
        Self {
            slots: SlotTable::default(),
            ..*self
        }
    }
}

/// The signed proposal of an identity; none if it has more slots than a ballot holds.
#[expect(
    clippy::too_many_arguments,
    reason = "the parts of a proposal, each of another origin"
)]
fn assemble(
    prefix: &Prefix,
    key: &SigningKey,
    layer: LayerId,
    state: &SignerEpoch,
    slots: Vec<VotingEligibility>,
    opinion: &Opinion,
    mesh_hash: Hash32,
    transactions: Vec<TransactionId>,
) -> Option<Proposal> {
    let inner = InnerBallot {
        layer,
        atx_id: state.atx,
        opinion_hash: opinion.hash,
        ref_ballot: state.reference.unwrap_or(BallotId::ZERO),
        epoch_data: state.reference.is_none().then_some(state.data),
    };
    let signed = encode(&inner.signed_metadata());
    let ballot = Ballot {
        inner,
        signature: key.sign(prefix, Domain::Ballot, &signed),
        smesher_id: key.node_id(),
        votes: opinion.votes.clone(),
        eligibility_proofs: slots.try_into().ok()?,
        active_set: [].into(),
    };
    let inner = InnerProposal {
        ballot,
        tx_ids: transactions.try_into().ok()?,
        mesh_hash,
    };
    let signed = encode(&inner.signed_metadata());
    Some(Proposal {
        signature: key.sign(prefix, Domain::Proposal, &signed),
        inner,
    })
}
