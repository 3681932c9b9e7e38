//! Whether a ballot's proofs make it eligible for its layer (06 §7.2).

use spacemesh_crypto::verify_vrf;
use spacemesh_types::{
    AtxId, BallotId, Beacon, EpochId, LayerId, NodeId, PublicKey, wire::Ballot, wire::EpochData,
    wire::VotingVrfInput,
};

use super::{
    atx::AtxSource,
    slots::{SlotRules, layer_of},
};
use crate::verdict::Refusal;

/// What is remembered of a reference ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferenceBallot {
    /// Its smesher.
    pub smesher: NodeId,
    /// Its ATX.
    pub atx: AtxId,
    /// Its layer.
    pub layer: LayerId,
    /// What it declared for the epoch; none for a ballot that declared nothing and so is no reference.
    pub data: Option<EpochData>,
}

/// The ballots that the tortoise holds.
pub trait ReferenceSource {
    /// The ballot `id`.
    fn reference(&self, id: &BallotId) -> Option<ReferenceBallot>;
}

/// What an eligible ballot brings, reported to the beacon (06 §4.3) and used by the tortoise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BallotEligibility {
    /// Epoch of the ballot.
    pub epoch: EpochId,
    /// Beacon of its reference data. It may differ from the node's own.
    pub beacon: Beacon,
    /// Number of proofs.
    pub proofs: u32,
    /// Slots of the smesher in the epoch; not zero.
    pub slots: u32,
    /// Weight of the ATX.
    pub atx_weight: u64,
}

/// Why a ballot is not eligible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EligibilityFault {
    /// No proof at all.
    #[error("the ballot has no eligibility proof")]
    NoProof,
    /// The ATX is not known for the epoch.
    #[error("{atx} is not known as an ATX for epoch {epoch}; it can be fetched")]
    UnknownAtx {
        /// The ATX.
        atx: AtxId,
        /// The epoch it should give rights in.
        epoch: EpochId,
    },
    /// The ATX belongs to another smesher.
    #[error("the ATX is not one of the ballot's smesher")]
    ForeignAtx,
    /// The reference ballot declares no beacon.
    #[error("the reference ballot declares an empty beacon")]
    EmptyBeacon,
    /// The active set has no weight.
    #[error("the active set of the reference ballot has no weight")]
    EmptyActiveSet,
    /// Another count than the active set gives.
    #[error("the reference ballot claims {claimed} slots, its active set gives {expected}")]
    WrongCount {
        /// As declared.
        claimed: u32,
        /// As computed.
        expected: u32,
    },
    /// No declared data and no reference.
    #[error("the ballot has neither epoch data nor a reference ballot")]
    NoData,
    /// Declared data beside a reference.
    #[error("the ballot has epoch data and names a reference ballot; it may have only one of them")]
    DataAndReference,
    /// The reference ballot is not there.
    #[error("the reference ballot {0} is not known; it can be fetched")]
    UnknownReference(BallotId),
    /// The reference ballot declares nothing.
    #[error("the ballot named as reference declares no epoch data")]
    ReferenceWithoutData,
    /// The reference ballot has another ATX.
    #[error("the reference ballot has another ATX")]
    OtherAtx,
    /// The reference ballot has another smesher.
    #[error("the reference ballot has another smesher")]
    OtherSmesher,
    /// The reference ballot is of another epoch.
    #[error("the reference ballot is of epoch {0}")]
    OtherEpoch(EpochId),
    /// A slot beyond the count.
    #[error("slot {slot} of {count} slots does not exist")]
    SlotTooLarge {
        /// The slot.
        slot: u32,
        /// Number of slots.
        count: u32,
    },
    /// Slots out of order or twice.
    #[error("slot {slot} comes after slot {previous}; slots must ascend")]
    NotAscending {
        /// The slot.
        slot: u32,
        /// The one before it.
        previous: u32,
    },
    /// A proof of something else.
    #[error("the proof of slot {0} is not a proof of it by this smesher")]
    WrongProof(u32),
    /// A proof for another layer.
    #[error("slot {0} is due in another layer")]
    OtherLayer(u32),
}

impl EligibilityFault {
    /// How it is taken. A wrong proof is never rejected: honest nodes that know another nonce relay such ballots (06 trap 13).
    pub const fn refusal(self) -> Refusal {
        match self {
            Self::UnknownAtx { .. } | Self::UnknownReference(_) => Refusal::Ignore,
            Self::WrongProof(_) => Refusal::DoNotRetry,
            Self::NoProof
            | Self::ForeignAtx
            | Self::EmptyBeacon
            | Self::EmptyActiveSet
            | Self::WrongCount { .. }
            | Self::NoData
            | Self::DataAndReference
            | Self::ReferenceWithoutData
            | Self::OtherAtx
            | Self::OtherSmesher
            | Self::OtherEpoch(_)
            | Self::SlotTooLarge { .. }
            | Self::NotAscending { .. }
            | Self::OtherLayer(_) => Refusal::Reject,
        }
    }
}

/// Checks the proofs of `ballot`. `active_set_weight` is that of the set it declares, 0 where it was not needed; `current` is the epoch
/// of the clock.
///
/// The count is computed for reference ballots of the current epoch only; others are taken at their word (06 trap 11).
///
/// # Errors
///
/// The first rule that is broken, proof by proof.
pub fn check_ballot<S: AtxSource + ReferenceSource>(
    rules: &SlotRules,
    source: &S,
    ballot: &Ballot,
    active_set_weight: u64,
    current: EpochId,
) -> Result<BallotEligibility, EligibilityFault> {
    let inner = &ballot.inner;
    let epoch = inner.layer.epoch(rules.layers_per_epoch);
    if ballot.eligibility_proofs.is_empty() {
        return Err(EligibilityFault::NoProof);
    }
    let atx = source.atx(epoch, &inner.atx_id);
    let atx = atx.ok_or(EligibilityFault::UnknownAtx {
        atx: inner.atx_id,
        epoch,
    })?;
    if atx.smesher != ballot.smesher_id {
        return Err(EligibilityFault::ForeignAtx);
    }
    let data = match inner.epoch_data {
        Some(_) if !inner.ref_ballot.is_zero() => return Err(EligibilityFault::DataAndReference),
        Some(data) if epoch == current => {
            if data.beacon.is_zero() {
                return Err(EligibilityFault::EmptyBeacon);
            }
            let expected = rules.count(epoch, atx.weight, active_set_weight);
            let expected = expected.ok_or(EligibilityFault::EmptyActiveSet)?;
            if expected != data.eligibility_count {
                return Err(EligibilityFault::WrongCount {
                    claimed: data.eligibility_count,
                    expected,
                });
            }
            data
        }
        Some(data) => data,
        None if inner.ref_ballot.is_zero() => return Err(EligibilityFault::NoData),
        None => data_of_reference(rules, source, ballot, epoch)?,
    };

    let key = PublicKey::from(ballot.smesher_id);
    let mut previous: Option<u32> = None;
    for slot in ballot.eligibility_proofs.iter() {
        if slot.j >= data.eligibility_count {
            return Err(EligibilityFault::SlotTooLarge {
                slot: slot.j,
                count: data.eligibility_count,
            });
        }
        if let Some(previous) = previous.filter(|previous| slot.j <= *previous) {
            return Err(EligibilityFault::NotAscending {
                slot: slot.j,
                previous,
            });
        }
        previous = Some(slot.j);
        let input = VotingVrfInput::new(data.beacon, epoch, atx.nonce, slot.j);
        if verify_vrf(&key, &input.alpha(), &slot.proof).is_err() {
            return Err(EligibilityFault::WrongProof(slot.j));
        }
        if layer_of(epoch, &slot.proof, rules.layers_per_epoch) != Some(inner.layer) {
            return Err(EligibilityFault::OtherLayer(slot.j));
        }
    }
    Ok(BallotEligibility {
        epoch,
        beacon: data.beacon,
        proofs: u32::try_from(ballot.eligibility_proofs.len()).unwrap_or(u32::MAX),
        slots: data.eligibility_count,
        atx_weight: atx.weight,
    })
}

fn data_of_reference<S: ReferenceSource>(
    rules: &SlotRules,
    source: &S,
    ballot: &Ballot,
    epoch: EpochId,
) -> Result<EpochData, EligibilityFault> {
    let id = ballot.inner.ref_ballot;
    let reference = source.reference(&id);
    let reference = reference.ok_or(EligibilityFault::UnknownReference(id))?;
    if reference.atx != ballot.inner.atx_id {
        return Err(EligibilityFault::OtherAtx);
    }
    if reference.smesher != ballot.smesher_id {
        return Err(EligibilityFault::OtherSmesher);
    }
    let reference_epoch = reference.layer.epoch(rules.layers_per_epoch);
    if reference_epoch != epoch {
        return Err(EligibilityFault::OtherEpoch(reference_epoch));
    }
    reference.data.ok_or(EligibilityFault::ReferenceWithoutData)
}
