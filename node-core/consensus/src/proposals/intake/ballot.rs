//! What ballots of synchronisation and ballots in proposals have in common (06 §7.4, §7.5).

use spacemesh_types::{
    AtxId, BallotId, EpochId, LayerId,
    wire::{Ballot, MalfeasanceProof},
};

use super::{Dependency, Intake, IntakeEffect, IntakeFault, IntakeSource, Refused};
use crate::{eligibility::check_ballot, mesh::ballot_proof, proposals::votes::check_votes};

/// What became of the ballot.
#[derive(Debug)]
pub(super) enum Processed {
    /// These must be fetched first.
    Missing(Vec<Dependency>),
    /// The tortoise had it.
    Known,
    /// It was stored; with a proof if the smesher published another one in this layer.
    Stored(Option<Box<MalfeasanceProof>>),
}

/// Whether a ballot names an ATX that can give rights.
pub(super) fn names_atx(intake: &Intake, ballot: &Ballot) -> bool {
    let atx: AtxId = ballot.inner.atx_id;
    !atx.is_zero() && atx != intake.rules.golden_atx
}

/// What the sender of a ballot must have.
pub fn sources_of(ballot: &Ballot) -> Vec<Dependency> {
    let mut sources = Vec::new();
    let add_ballot = |id: BallotId, sources: &mut Vec<Dependency>| {
        if !id.is_zero() {
            sources.push(Dependency::Ballot(id));
        }
    };
    add_ballot(ballot.votes.base, &mut sources);
    if ballot.inner.ref_ballot.is_zero() {
        let data = ballot.inner.epoch_data;
        sources.extend(data.map(|data| Dependency::ActiveSet(data.active_set_hash)));
    } else {
        add_ballot(ballot.inner.ref_ballot, &mut sources);
    }
    let supported = ballot.votes.support.iter();
    sources.extend(supported.map(|block| Dependency::Block(block.id)));
    sources
}

/// Processes a ballot whose signature and layer were checked.
pub(super) fn process<S: IntakeSource>(
    intake: &mut Intake,
    source: &S,
    ballot: &Ballot,
    current: LayerId,
    out: &mut Vec<IntakeEffect>,
) -> Result<Processed, Refused> {
    let id = ballot.id();
    if source.reference(&id).is_some() {
        return Ok(Processed::Known);
    }
    let layers_per_epoch = intake.rules.slots.layers_per_epoch;
    let current_epoch = current.epoch(layers_per_epoch);
    let epoch = ballot.inner.layer.epoch(layers_per_epoch);

    let weight = match declared_weight(intake, source, ballot, epoch, current_epoch)? {
        Ok(weight) => weight,
        Err(missing) => return Ok(Processed::Missing(vec![missing])),
    };
    let missing = missing_of(source, ballot, epoch);
    if !missing.is_empty() {
        return Ok(Processed::Missing(missing));
    }
    source.check_opinion(ballot)?;
    check_votes(
        ballot.inner.layer,
        &ballot.votes,
        intake.rules.hdist,
        intake.rules.exceptions_max,
    )
    .map_err(Refused::reject)?;
    let eligibility = check_ballot(&intake.rules.slots, source, ballot, weight, current_epoch)?;

    out.push(IntakeEffect::ReportBeacon { id, eligibility });
    let proof = equivocation(source, ballot, &id);
    let mut stored = ballot.clone();
    stored.active_set = [].into();
    out.push(IntakeEffect::StoreBallot {
        id,
        ballot: Box::new(stored),
        proof: proof.clone(),
    });
    if proof.is_some() {
        out.push(IntakeEffect::MarkMalicious(ballot.smesher_id));
    }
    out.push(IntakeEffect::AddToTortoise { id, eligibility });
    Ok(Processed::Stored(proof))
}

/// Step 2: the data of a reference ballot and the weight of its active set, 0 where it is not needed; or the set, if it must be fetched.
fn declared_weight<S: IntakeSource>(
    intake: &mut Intake,
    source: &S,
    ballot: &Ballot,
    epoch: EpochId,
    current: EpochId,
) -> Result<Result<u64, Dependency>, Refused> {
    let inner = &ballot.inner;
    if !inner.ref_ballot.is_zero() {
        return match inner.epoch_data {
            Some(_) => Err(Refused::reject(IntakeFault::DataAndReference)),
            None => Ok(Ok(0)),
        };
    }
    let data = inner
        .epoch_data
        .ok_or_else(|| Refused::reject(IntakeFault::NoEpochData))?;
    if data.beacon.is_zero() {
        return Err(Refused::reject(IntakeFault::EmptyBeacon));
    }
    if data.eligibility_count == 0 {
        return Err(Refused::reject(IntakeFault::NoSlots));
    }
    if epoch.0 < current.0.saturating_sub(1) {
        return Ok(Ok(0));
    }
    let id = data.active_set_hash;
    if let Some(weight) = intake.weights.known(&id) {
        return Ok(Ok(weight));
    }
    match source.active_set(&id) {
        None => Ok(Err(Dependency::ActiveSet(id))),
        Some(set) => Ok(Ok(intake.weights.weight(source, id, &set)?)),
    }
}

/// Steps 3 and 4: ballots and ATX that must be known before the votes can be followed.
fn missing_of<S: IntakeSource>(source: &S, ballot: &Ballot, epoch: EpochId) -> Vec<Dependency> {
    let mut missing = Vec::new();
    for id in [ballot.votes.base, ballot.inner.ref_ballot] {
        let dependency = Dependency::Ballot(id);
        if !id.is_zero() && source.reference(&id).is_none() && !missing.contains(&dependency) {
            missing.push(dependency);
        }
    }
    if source.atx(epoch, &ballot.inner.atx_id).is_none() {
        missing.push(Dependency::Atx(ballot.inner.atx_id));
    }
    missing
}

fn equivocation<S: IntakeSource>(
    source: &S,
    ballot: &Ballot,
    id: &BallotId,
) -> Option<Box<MalfeasanceProof>> {
    let smesher = ballot.smesher_id;
    if source.is_malicious(&smesher) {
        return None;
    }
    let other = source.other_ballot(&smesher, ballot.inner.layer, id)?;
    ballot_proof(other, ballot).map(Box::new)
}
