//! Who may publish what, and how often: slots of ballots (06 §7.1, §7.2) and seats in hare's and the certifier's committees (06 §9).
//!
//! Keeps true: the slot count of a smesher in an epoch is fixed by its reference ballot; no weight, however absurd, divides by zero or
//! overflows; the oracle's answer depends on its inputs only, never on what it remembers.

mod active_set; // which ATXs count, as the first block of an epoch says: 8.1 step 4, 9.2
mod atx; // what is asked about an ATX
mod ballot; // a ballot's proofs, 7.2
mod committee; // weights of an epoch and seats, 9.2 and 9.3
mod oracle; // which epoch's weights, from where, and what is remembered, 9
mod recent; // a bounded memory
mod slots; // counts and layers, 7.1

pub use active_set::{ActiveSetError, ActiveSetSource, FirstBallot, set_of_first_block};
pub use atx::{AtxFacts, AtxSource};
pub use ballot::{
    BallotEligibility, EligibilityFault, ReferenceBallot, ReferenceSource, check_ballot,
};
pub use committee::{Committee, Seats, SeatsError, WEIGHT_MAX};
pub use oracle::{Oracle, OracleError, OracleRules, SeatQuestion};
pub use recent::Recent;
pub use slots::{MinimalWeights, MinimalWeightsError, SlotRules, SlotTable};

#[cfg(test)]
mod tests;
