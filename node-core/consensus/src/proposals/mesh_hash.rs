//! Whether a proposer is sure of the layers before (06 §8.3, 08 §13.7).

use spacemesh_types::{Hash32, LayerId};

/// What hare came to in a layer, by its certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HareOutput {
    /// No valid certificate.
    None,
    /// One valid certificate, also of the empty block; or several, which count as the empty output.
    Known,
}

/// What is asked about the layers before.
pub trait MeshView {
    /// The last layer that the tortoise verified.
    fn last_verified(&self) -> LayerId;
    /// Hare's output in a layer.
    fn hare_output(&self, layer: LayerId) -> HareOutput;
    /// The hash of all layers up to one.
    fn aggregated_hash(&self, layer: LayerId) -> Option<Hash32>;
}

/// The mesh hash of a proposal in `layer`; zero if the proposer is not sure.
pub fn mesh_hash<V: MeshView>(
    view: &V,
    layer: LayerId,
    hdist: u32,
    effective_genesis: LayerId,
) -> Hash32 {
    let window = hdist.saturating_add(1);
    let verified = layer.checked_sub(window).unwrap_or(LayerId::ZERO);
    let verified = verified.max(effective_genesis);
    if view.last_verified() < verified {
        return Hash32::ZERO;
    }
    let unverified = (verified.0.saturating_add(1)..layer.0).map(LayerId);
    let sure = unverified
        .into_iter()
        .all(|layer| view.hare_output(layer) == HareOutput::Known);
    if !sure {
        return Hash32::ZERO;
    }
    let before = layer.checked_sub(1);
    before
        .and_then(|before| view.aggregated_hash(before))
        .unwrap_or(Hash32::ZERO)
}
