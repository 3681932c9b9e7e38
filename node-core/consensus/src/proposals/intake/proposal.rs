//! Proposals, by gossip and by fetch (06 §7.6).

use std::collections::BTreeSet;

use spacemesh_codec::{decode_exact, encode};
use spacemesh_crypto::Domain;
use spacemesh_types::{
    Beacon, Hash32, ProposalId,
    wire::{MalfeasanceProof, Proposal},
};

use super::{
    Dependency, Intake, IntakeEffect, IntakeFault, IntakeMoment, IntakeSource, Outcome, Refused,
    ballot::{Processed, names_atx, process, sources_of},
    is_signed,
};

/// How an object came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// By gossip.
    Gossip,
    /// As the answer to a request for this hash.
    Fetch(Hash32),
}

/// A proposal.
#[derive(Debug, Clone)]
pub struct ProposalTask {
    id: ProposalId,
    proposal: Proposal,
    ballot_done: bool,
    proof: Option<Box<MalfeasanceProof>>,
    beacon: Option<Beacon>,
}

impl ProposalTask {
    /// Reads a proposal and does the checks that need no stored state. Ends in [`Outcome::Known`] or a refusal.
    ///
    /// A proposal must have a beacon to be of use in hare; see [`ProposalTask::beacon`].
    ///
    /// # Errors
    ///
    /// The outcome, if there is nothing more to do.
    pub fn start<S: IntakeSource>(
        intake: &Intake,
        source: &S,
        moment: &IntakeMoment,
        origin: Origin,
        bytes: &[u8],
        out: &mut Vec<IntakeEffect>,
    ) -> Result<Self, Outcome> {
        let proposal = read(intake, moment, origin, bytes).map_err(Outcome::Refused)?;
        let id = proposal.id();
        if source.has_proposal(&id) {
            return Err(Outcome::Known);
        }
        let mut sources = sources_of(&proposal.inner.ballot);
        let transactions = proposal.inner.tx_ids.iter();
        sources.extend(transactions.map(|id| Dependency::Transaction(*id)));
        out.push(IntakeEffect::NoteSources(sources));
        Ok(Self {
            id,
            proposal,
            ballot_done: false,
            proof: None,
            beacon: None,
        })
    }

    /// Its id.
    pub const fn id(&self) -> ProposalId {
        self.id
    }

    /// The proposal.
    pub const fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// Its beacon, known once it was accepted: that of its reference ballot.
    pub const fn beacon(&self) -> Option<Beacon> {
        self.beacon
    }

    /// Goes on as far as possible.
    pub fn advance<S: IntakeSource>(
        &mut self,
        intake: &mut Intake,
        source: &S,
        moment: &IntakeMoment,
        out: &mut Vec<IntakeEffect>,
    ) -> Outcome {
        if !self.ballot_done {
            let ballot = &self.proposal.inner.ballot;
            match process(intake, source, ballot, moment.current, out) {
                Err(refused) => return Outcome::Refused(refused),
                Ok(Processed::Missing(missing)) => return Outcome::Missing(missing),
                Ok(Processed::Known) => {}
                Ok(Processed::Stored(proof)) => self.proof = proof,
            }
            self.ballot_done = true;
        }
        self.finish(source, out).unwrap_or_else(|outcome| outcome)
    }

    /// What comes after the ballot.
    fn finish<S: IntakeSource>(
        &mut self,
        source: &S,
        out: &mut Vec<IntakeEffect>,
    ) -> Result<Outcome, Outcome> {
        let refuse = |refused| Outcome::Refused(refused);
        let inner = &self.proposal.inner;
        let mut seen = BTreeSet::new();
        if let Some(twice) = inner.tx_ids.iter().find(|id| !seen.insert(**id)) {
            let fault = IntakeFault::DuplicateTransaction(*twice);
            return Err(refuse(Refused::reject(fault)));
        }
        let missing: Vec<Dependency> = inner
            .tx_ids
            .iter()
            .filter(|id| !source.has_transaction(id))
            .map(|id| Dependency::Transaction(*id))
            .collect();
        if !missing.is_empty() {
            return Err(Outcome::Missing(missing));
        }
        let ballot = &inner.ballot.inner;
        let data = ballot
            .epoch_data
            .or_else(|| source.stored_epoch_data(&ballot.ref_ballot));
        let Some(data) = data else {
            let fault = IntakeFault::NoBeacon(ballot.ref_ballot);
            return Err(refuse(Refused::ignore(fault)));
        };
        self.beacon = Some(data.beacon);
        if source.has_proposal(&self.id) {
            return Err(Outcome::Known);
        }
        let (layer, smesher) = (ballot.layer, inner.ballot.smesher_id);
        if !source.keeps_proposals_of(layer) {
            return Err(refuse(Refused::ignore(IntakeFault::Evicted(layer))));
        }
        if !source.has_room_for(&smesher, layer) {
            let fault = IntakeFault::TooManyProposals(smesher);
            return Err(refuse(Refused::ignore(fault)));
        }
        out.push(IntakeEffect::StoreProposal {
            id: self.id,
            proposal: Box::new(self.proposal.clone()),
        });
        out.push(IntakeEffect::LinkTransactions {
            id: self.id,
            layer,
            transactions: inner.tx_ids.to_vec(),
        });
        if let Some(proof) = self.proof.take() {
            out.push(IntakeEffect::PublishMalfeasance(proof));
            let fault = IntakeFault::Equivocation(smesher);
            return Err(refuse(Refused::ignore(fault)));
        }
        Ok(Outcome::Accepted)
    }
}

/// Steps 0 to 8.
fn read(
    intake: &Intake,
    moment: &IntakeMoment,
    origin: Origin,
    bytes: &[u8],
) -> Result<Proposal, Refused> {
    if origin == Origin::Gossip && !moment.listening {
        return Err(Refused::ignore(IntakeFault::NotListening));
    }
    let rules = &intake.rules;
    let proposal: Proposal = decode_exact(bytes).map_err(Refused::reject)?;
    let ballot = &proposal.inner.ballot;
    let layer = ballot.inner.layer;
    if layer <= rules.effective_genesis {
        return Err(Refused::ignore(IntakeFault::BeforeGenesis(layer)));
    }
    if layer <= moment.processed {
        let processed = moment.processed;
        return Err(Refused::ignore(IntakeFault::TooOld { layer, processed }));
    }
    if layer > moment.current {
        let current = moment.current;
        return Err(Refused::ignore(IntakeFault::TooEarly { layer, current }));
    }
    // Signatures are no reason to reject here: honest nodes relay before they know (06 trap 13).
    let smesher = ballot.smesher_id;
    let signed = encode(&proposal.inner.signed_metadata());
    let (prefix, signature) = (&rules.prefix, &proposal.signature);
    if !is_signed(prefix, Domain::Proposal, smesher, &signed, signature) {
        return Err(Refused::ignore(IntakeFault::ProposalSignature(smesher)));
    }
    let signed = encode(&ballot.inner.signed_metadata());
    if !is_signed(prefix, Domain::Ballot, smesher, &signed, &ballot.signature) {
        return Err(Refused::ignore(IntakeFault::BallotSignature(smesher)));
    }
    if let Origin::Fetch(requested) = origin {
        let found = proposal.id().to_hash32();
        if found != requested {
            return Err(Refused::reject(IntakeFault::OtherHash { requested, found }));
        }
    }
    if !names_atx(intake, ballot) {
        return Err(Refused::reject(IntakeFault::NoAtx));
    }
    Ok(proposal)
}
