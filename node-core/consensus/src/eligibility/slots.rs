//! How many ballots a smesher may publish in an epoch, and in which layers (06 §7.1).

use std::collections::BTreeMap;

use spacemesh_crypto::{SigningKey, layer_in_epoch};
use spacemesh_types::{
    Beacon, EpochId, LayerId, LayersPerEpoch, VrfNonce, VrfSignature,
    wire::{VotingEligibility, VotingVrfInput},
};

/// Weights below which an active set counts as heavier than it is, from an epoch on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MinimalWeights(Vec<(EpochId, u64)>);

/// A table out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the minimal weight of epoch {later} stands before that of epoch {earlier}; sort the table by epoch"
)]
pub struct MinimalWeightsError {
    /// The epoch that stands too late.
    pub earlier: EpochId,
    /// The epoch before it in the table.
    pub later: EpochId,
}

impl MinimalWeights {
    /// A table with the weight from each epoch on.
    ///
    /// # Errors
    ///
    /// It is not sorted by epoch.
    pub fn new(table: Vec<(EpochId, u64)>) -> Result<Self, MinimalWeightsError> {
        for pair in table.windows(2) {
            if let [(later, _), (earlier, _)] = pair
                && earlier < later
            {
                return Err(MinimalWeightsError {
                    earlier: *earlier,
                    later: *later,
                });
            }
        }
        Ok(Self(table))
    }

    /// The weight of the last row whose epoch is not after `epoch`; 0 without one.
    pub fn at(&self, epoch: EpochId) -> u64 {
        let row = self.0.iter().rev().find(|(from, _)| *from <= epoch);
        row.map_or(0, |(_, weight)| *weight)
    }
}

/// The parameters that slots follow from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotRules {
    /// Ballots that a layer should have.
    pub layer_size: u32,
    /// Layers of an epoch.
    pub layers_per_epoch: LayersPerEpoch,
    /// Minimal weights of active sets.
    pub minimal_weights: MinimalWeights,
}

impl SlotRules {
    /// Slots of an ATX of `weight` in `epoch`, computed from an active set: at least one, in 64 bits that wrap, cut to 32 bits. None for
    /// an active set without weight.
    pub fn count(&self, epoch: EpochId, weight: u64, active_set_weight: u64) -> Option<u32> {
        if active_set_weight == 0 {
            return None;
        }
        let divisor = self.minimal_weights.at(epoch).max(active_set_weight);
        let slots = weight
            .wrapping_mul(u64::from(self.layer_size))
            .wrapping_mul(u64::from(self.layers_per_epoch.get()))
            / divisor;
        // The reference cuts to 32 bits after raising to one.
        Some((slots.max(1) & u64::from(u32::MAX)) as u32)
    }
}

/// The layer of `epoch` that a proof is for; none if it lies beyond the last layer that has a number.
pub(super) fn layer_of(
    epoch: EpochId,
    proof: &VrfSignature,
    layers_per_epoch: LayersPerEpoch,
) -> Option<LayerId> {
    let first = epoch.first_layer(layers_per_epoch)?;
    first.checked_add(layer_in_epoch(proof, layers_per_epoch))
}

/// All slots of a smesher in an epoch, by layer: those of a layer go into one ballot, in ascending order (06 trap 6).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SlotTable(BTreeMap<LayerId, Vec<VotingEligibility>>);

impl SlotTable {
    /// Proves the slots 0 to `slots` − 1. Depends on nothing but the arguments, so it can be prepared before the epoch.
    pub fn prove(
        key: &SigningKey,
        beacon: Beacon,
        epoch: EpochId,
        nonce: VrfNonce,
        slots: u32,
        layers_per_epoch: LayersPerEpoch,
    ) -> Self {
        let mut table = BTreeMap::<LayerId, Vec<VotingEligibility>>::new();
        for j in 0..slots {
            let proof = key.prove_vrf(&VotingVrfInput::new(beacon, epoch, nonce, j).alpha());
            if let Some(layer) = layer_of(epoch, &proof, layers_per_epoch) {
                table
                    .entry(layer)
                    .or_default()
                    .push(VotingEligibility { j, proof });
            }
        }
        Self(table)
    }

    /// The slots of a layer, ascending; often none.
    pub fn of_layer(&self, layer: LayerId) -> &[VotingEligibility] {
        self.0.get(&layer).map_or(&[], Vec::as_slice)
    }

    /// Layers with slots, ascending, and their slots.
    pub fn layers(&self) -> impl Iterator<Item = (LayerId, &[VotingEligibility])> {
        self.0
            .iter()
            .map(|(layer, slots)| (*layer, slots.as_slice()))
    }
}
