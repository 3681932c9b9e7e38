//! Which proposals a node votes for in the preround (07 §7.10).

use std::collections::BTreeMap;

use spacemesh_types::{AtxId, Beacon, ProposalId};

/// A proposal of the layer, as the proposal store has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: ProposalId,
    /// ATX of its ballot.
    pub atx: AtxId,
    /// Whether its smesher is known to be malicious or its ballot was flagged.
    pub malicious: bool,
    /// Beacon of its epoch data or of its reference ballot; none if that ballot is missing.
    pub beacon: Option<Beacon>,
}

/// The set to vote for.
///
/// `own_heights` are the tick heights (base and ticks) of the own ATXs of the epoch; without any the vote is empty. `base_height` looks
/// up the base tick height of a proposal's ATX. One ATX that is not known empties the whole vote (07, Trap 14).
pub fn select_proposals(
    own_heights: impl IntoIterator<Item = u64>,
    beacon: Beacon,
    candidates: &[Candidate],
    base_height: impl Fn(AtxId) -> Option<u64>,
) -> Vec<ProposalId> {
    let Some(height_limit) = own_heights.into_iter().min() else {
        return Vec::new();
    };
    let mut uses = BTreeMap::<AtxId, usize>::new();
    for candidate in candidates {
        *uses.entry(candidate.atx).or_default() += 1;
    }
    let mut selected = Vec::new();
    for candidate in candidates {
        if candidate.malicious || uses.get(&candidate.atx).is_some_and(|&uses| uses > 1) {
            continue;
        }
        let Some(base) = base_height(candidate.atx) else {
            return Vec::new();
        };
        if base < height_limit && candidate.beacon == Some(beacon) {
            selected.push(candidate.id);
        }
    }
    selected
}
