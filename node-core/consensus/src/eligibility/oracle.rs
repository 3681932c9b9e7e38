//! Hare's eligibility oracle: whose weights count for a layer, and how many seats a proof wins (06 §9). The certifier asks it too.

use std::collections::BTreeMap;

use spacemesh_crypto::verify_vrf;
use spacemesh_types::{
    AtxId, EpochId, LayerId, LayersPerEpoch, NodeId, PublicKey, RoundId, VrfSignature,
    wire::HareVrfInput,
};

use super::{
    active_set::{ActiveSetError, ActiveSetSource, set_of_ballots, set_of_first_block},
    committee::{Committee, Seats, SeatsError},
    recent::Recent,
};

/// The parameters of the oracle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OracleRules {
    /// Layers of an epoch.
    pub layers_per_epoch: LayersPerEpoch,
    /// Last layer that counts as genesis.
    pub effective_genesis: LayerId,
    /// For this many layers of an epoch the weights of the epoch before count. Below the layers of an epoch.
    pub confidence: u32,
}

impl OracleRules {
    /// The epoch whose active set counts in `layer`. The VRF input has the beacon of the layer's own epoch all the same (06 trap 20).
    pub fn epoch_of_set(&self, layer: LayerId) -> Result<EpochId, OracleError> {
        if layer <= self.effective_genesis {
            return Err(OracleError::BeforeGenesis(layer));
        }
        let epoch = layer.epoch(self.layers_per_epoch);
        let first_content = self.effective_genesis.checked_add(1);
        let first_epoch = first_content.map(|layer| layer.epoch(self.layers_per_epoch));
        let early = layer.ordinal_in_epoch(self.layers_per_epoch) < self.confidence;
        Ok(match epoch.checked_sub(1) {
            Some(before) if early && first_epoch.is_some_and(|first| epoch > first) => before,
            Some(_) | None => epoch,
        })
    }
}

/// One question to the oracle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatQuestion {
    /// The layer.
    pub layer: LayerId,
    /// The round counted over all iterations, or `CERTIFY_ROUND`.
    pub round: RoundId,
    /// Seats of the committee.
    pub size: u32,
    /// Who asks.
    pub smesher: NodeId,
}

/// Why the oracle has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OracleError {
    /// The layer is part of genesis.
    #[error("layer {0} is part of genesis and has no active set")]
    BeforeGenesis(LayerId),
    /// No beacon.
    #[error("the beacon of epoch {0} is not known")]
    NoBeacon(EpochId),
    /// No ATX is active.
    #[error("no active set of epoch {0} can be found in blocks or ballots")]
    EmptySet(EpochId),
    /// An ATX of the set is not there.
    #[error("the active set of epoch {epoch} has {atx}, which is not known; it can be fetched")]
    MissingAtx {
        /// The epoch.
        epoch: EpochId,
        /// The ATX.
        atx: AtxId,
    },
    /// The set of the first block cannot be built.
    #[error(transparent)]
    ActiveSet(#[from] ActiveSetError),
    /// The smesher has no weight in the epoch.
    #[error("{smesher} is not active in epoch {epoch}")]
    NotActive {
        /// The smesher.
        smesher: NodeId,
        /// The epoch of the set.
        epoch: EpochId,
    },
    /// The seats cannot be counted.
    #[error(transparent)]
    Seats(#[from] SeatsError),
}

/// The oracle and what it remembers. Only complete sets are remembered; a set stays what it was when it was first built, also after the
/// blocks were reorganised, until [`Oracle::forget`] (06 trap 21).
#[derive(Debug, Clone)]
pub struct Oracle {
    rules: OracleRules,
    trusted: BTreeMap<EpochId, Vec<AtxId>>,
    committees: Recent<EpochId, Committee>,
    seats: Seats,
}

impl Oracle {
    /// How many epochs' sets are surely remembered.
    pub const EPOCHS_MAX: usize = 3;

    /// With nothing remembered.
    pub fn new(rules: OracleRules) -> Self {
        Self {
            rules,
            trusted: BTreeMap::new(),
            committees: Recent::new(Self::EPOCHS_MAX),
            seats: Seats::new(),
        }
    }

    /// The parameters.
    pub const fn rules(&self) -> &OracleRules {
        &self.rules
    }

    /// Takes the active set that the bootstrap service gives for an epoch. The first one stays and goes before blocks and ballots. Sets of
    /// long ago are dropped when a new one comes.
    pub fn trust(&mut self, epoch: EpochId, set: Vec<AtxId>) {
        if set.is_empty() {
            return;
        }
        self.trusted.entry(epoch).or_insert(set);
        let keep = u32::try_from(Self::EPOCHS_MAX).unwrap_or(u32::MAX);
        if let Some(oldest) = epoch.checked_sub(keep) {
            self.trusted = self.trusted.split_off(&oldest);
        }
    }

    /// Forgets the sets. Due whenever the node becomes synced: what was built before may miss blocks.
    pub fn forget(&mut self) {
        self.committees.clear();
    }

    /// The weights that count in `layer`.
    ///
    /// # Errors
    ///
    /// [`OracleError`] without [`OracleError::NotActive`] and [`OracleError::Seats`].
    pub fn committee<S: ActiveSetSource>(
        &mut self,
        source: &S,
        layer: LayerId,
    ) -> Result<&Committee, OracleError> {
        let epoch = self.rules.epoch_of_set(layer)?;
        let trusted = &self.trusted;
        let committee = self.committees.get_or_compute(epoch, || {
            let set = match trusted.get(&epoch) {
                Some(set) => set.clone(),
                None => find_set(source, epoch)?,
            };
            if set.is_empty() {
                return Err(OracleError::EmptySet(epoch));
            }
            Committee::new(source, epoch, &set)
                .map_err(|atx| OracleError::MissingAtx { epoch, atx })
        })?;
        Ok(committee)
    }

    /// Whether a smesher is active in `layer`.
    ///
    /// # Errors
    ///
    /// As [`Oracle::committee`].
    pub fn is_active<S: ActiveSetSource>(
        &mut self,
        source: &S,
        layer: LayerId,
        smesher: &NodeId,
    ) -> Result<bool, OracleError> {
        Ok(self.committee(source, layer)?.weight(smesher).is_some())
    }

    /// What a smesher proves for a seat.
    ///
    /// # Errors
    ///
    /// The beacon is not known.
    pub fn input<S: ActiveSetSource>(
        &self,
        source: &S,
        layer: LayerId,
        round: RoundId,
    ) -> Result<HareVrfInput, OracleError> {
        let epoch = layer.epoch(self.rules.layers_per_epoch);
        let beacon = source.beacon(epoch).filter(|beacon| !beacon.is_zero());
        let beacon = beacon.ok_or(OracleError::NoBeacon(epoch))?;
        Ok(HareVrfInput::new(beacon, round, layer))
    }

    /// Seats that `proof` wins; 0 for a proof of something else and for weights above 2^30.
    ///
    /// # Errors
    ///
    /// [`OracleError`].
    pub fn seats<S: ActiveSetSource>(
        &mut self,
        source: &S,
        question: &SeatQuestion,
        proof: &VrfSignature,
    ) -> Result<u16, OracleError> {
        let Some((weight, total)) = self.checked(source, question, proof)? else {
            return Ok(0);
        };
        Ok(self.seats.count(weight, total, question.size, proof)?)
    }

    /// Whether `proof` wins exactly `count` seats; not so for a proof of something else.
    ///
    /// # Errors
    ///
    /// [`OracleError`].
    pub fn validate<S: ActiveSetSource>(
        &mut self,
        source: &S,
        question: &SeatQuestion,
        proof: &VrfSignature,
        count: u16,
    ) -> Result<bool, OracleError> {
        let Some((weight, total)) = self.checked(source, question, proof)? else {
            return Ok(false);
        };
        Ok(self
            .seats
            .validate(weight, total, question.size, proof, count)?)
    }

    /// Weight of the smesher and of all; none for a proof of something else.
    fn checked<S: ActiveSetSource>(
        &mut self,
        source: &S,
        question: &SeatQuestion,
        proof: &VrfSignature,
    ) -> Result<Option<(u64, u64)>, OracleError> {
        if question.size < 1 {
            return Err(SeatsError::NoSeats.into());
        }
        let epoch = self.rules.epoch_of_set(question.layer)?;
        let committee = self.committee(source, question.layer)?;
        let smesher = question.smesher;
        let weight = committee.weight(&smesher);
        let weight = weight.ok_or(OracleError::NotActive { smesher, epoch })?;
        let total = committee.total();
        let input = self.input(source, question.layer, question.round)?;
        let verified = verify_vrf(&PublicKey::from(smesher), &input.alpha(), proof);
        Ok(verified.is_ok().then_some((weight, total)))
    }
}

fn find_set<S: ActiveSetSource>(source: &S, epoch: EpochId) -> Result<Vec<AtxId>, OracleError> {
    match set_of_first_block(source, epoch) {
        Err(error) if error.is_not_found() => {
            let beacon = source.beacon(epoch).filter(|beacon| !beacon.is_zero());
            let beacon = beacon.ok_or(OracleError::NoBeacon(epoch))?;
            Ok(set_of_ballots(source, epoch, beacon))
        }
        other => Ok(other?),
    }
}
