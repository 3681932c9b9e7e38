//! Ballots and proposals: what is checked when they arrive, and what a smesher publishes (06 §5 to §8).
//!
//! Keeps true: a ballot is stored before it votes, and a smesher's second ballot in a layer makes the smesher malicious before it
//! votes; an id that is known is never judged again; what another peer sent decides nothing before its hash was compared; an identity
//! publishes at most one proposal per layer, and only after its layer and active set are stored.

mod intake; // a ballot or proposal from arrival to verdict, 7.4 and 7.6: start here

mod active_set; // sets as they are fetched, and their weight, 5
mod store; // the proposals of recent layers, 6.5
mod votes; // votes that contradict themselves, 7.4 step 6

mod builder; // what is published in a layer, 8.2
mod grade; // which ATXs are good, and the active set of an epoch, 8.1
mod mesh_hash; // whether the proposer is sure of the layers before, 8.3
mod selection; // which transactions are proposed, 8.4

pub use active_set::{ActiveSetFault, ActiveSetWeights, check_active_set};
pub use builder::{
    BuildContext, BuildError, Builder, BuilderEffect, BuilderRules, BuilderSource, SignerBuild,
    SignerOutcome,
};
pub use grade::{
    Grade, GradeRules, GradedAtx, PreparationPlan, PrepareError, PreparedSet, grade_atx,
    prepare_active_set,
};
pub use intake::{
    BallotTask, Dependency, Intake, IntakeEffect, IntakeFault, IntakeMoment, IntakeRules,
    IntakeSource, OpinionFault, Origin, Outcome, ProposalTask, Refused, sources_of,
};
pub use mesh_hash::{HareOutput, MeshView, mesh_hash};
pub use selection::{Candidate, select_transactions};
pub use store::{AddProposal, ProposalStore};
pub use votes::{VotesFault, check_votes};

#[cfg(test)]
mod tests;
