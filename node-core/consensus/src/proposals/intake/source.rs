//! What intake asks about the stored state and the tortoise.

use spacemesh_types::{
    BallotId, Hash32, LayerId, NodeId, ProposalId, TransactionId,
    wire::{Ballot, BallotProofMessage, EpochActiveSet, EpochData},
};

use super::fault::OpinionFault;
use crate::eligibility::{AtxSource, ReferenceSource};

/// The stored state and the tortoise, as one object is looked at. [`ReferenceSource::reference`] answers for the ballots in the tortoise.
pub trait IntakeSource: AtxSource + ReferenceSource {
    /// A stored active set.
    fn active_set(&self, id: &Hash32) -> Option<EpochActiveSet>;

    /// Follows the votes of a ballot whose base, reference and ATX are known, and compares the opinion.
    ///
    /// # Errors
    ///
    /// Why they cannot be followed, or that the opinion is another one.
    fn check_opinion(&self, ballot: &Ballot) -> Result<(), OpinionFault>;

    /// Whether there is a proof of malfeasance against a smesher.
    fn is_malicious(&self, smesher: &NodeId) -> bool;

    /// What the smesher signed of any stored ballot of its in a layer with another id.
    fn other_ballot(
        &self,
        smesher: &NodeId,
        layer: LayerId,
        except: &BallotId,
    ) -> Option<BallotProofMessage>;

    /// What a stored ballot declares; none if it is not stored or declares nothing.
    fn stored_epoch_data(&self, id: &BallotId) -> Option<EpochData>;

    /// Whether a transaction is known.
    fn has_transaction(&self, id: &TransactionId) -> bool;

    /// Whether a proposal is in the store of proposals.
    fn has_proposal(&self, id: &ProposalId) -> bool;

    /// Whether that store still takes proposals of a layer.
    fn keeps_proposals_of(&self, layer: LayerId) -> bool;

    /// Whether that store takes another proposal of a smesher in a layer.
    fn has_room_for(&self, smesher: &NodeId, layer: LayerId) -> bool;
}
