//! Activations: which ATXs are valid, what they weigh, who misbehaved, and how a smesher makes its own (chapter 05).
//!
//! Keeps true: the same inputs in the same order give the same rows, verdicts and effects on every machine; proofs of space and VRF nonces
//! are checked elsewhere and come back as results; what could not be checked is never held against anybody; no input panics.

mod rules; // what a network prescribes, 1
mod versions; // which version an ATX has, 6

mod atx; // an ATX of either version, 2 to 7: start here
mod identity_tree; // ids of version 2, 4
mod quantities; // ticks, units, weight, 7
mod tree; // Merkle trees of ids and memberships, 4.2

mod memory; // a state in memory
mod state; // rows, reads and changes, 13
mod work; // checks that are done elsewhere, 12.1

mod intake; // from bytes to a verdict, 8 and 11
mod rejection; // why not
mod validate_v1; // 9
mod validate_v2; // 10

mod malfeasance; // proofs of version 1, 14
mod marriage; // marriages and version 2, 15
mod proof_intake; // proofs of others, 14.3

mod interner; // byte strings that many rows share
mod table; // ATXs by target epoch in memory, 19
mod warm_up; // filling it at start

mod chain; // whole chains of proofs, 12.3
mod checkpoint; // ATXs of checkpoints, and those kept across a recovery, 21
mod positioning; // what an own ATX builds on, 16.5

mod events; // what users are told, 18
pub mod smesher; // making one's own ATXs, 16 and 17

pub use atx::{Atx, References, challenge_v2};
pub use chain::{ChainCheck, ChainStep, Trust};
pub use checkpoint::{
    CHECKPOINT_ATXS_MIN, CheckpointAtx, Preserved, checkpoint_rows, checkpointed, preserve,
};
pub use events::{SmesherEvent, SmesherProblem};
pub use identity_tree::{
    Leaves, MARRIAGES_LEAF, TreeRules, atx_id_v2, certificate_proof, certificate_root,
    marriages_root, nipost_root, post_root, sub_post_root,
};
pub use intake::{
    Conclusion, Intake, IntakeEffect, IntakeInput, IntakeLimits, JobId, Origin, Reference, Ticket,
    Verdict,
};
pub use malfeasance::{
    Checked, ProofRejection, check as check_proof, conclude as conclude_proof, invalid_post_index,
    invalid_prev_atx, multiple_atxs, proof_message,
};
pub use marriage::{MisbehaviourV2, check_double_marry, double_marry, marry_proof};
pub use memory::MemoryState;
pub use positioning::{Positioning, PositioningEffect, choose_positioning, known_commitment};
pub use proof_intake::{
    PROOFS_WAITING_MAX, ProofEffect, ProofInput, ProofIntake, ProofOrigin, ProofRefusal,
};
pub use quantities::{
    QuantityError, Totals, WEIGHT_MAX, element_units, product, ticks, totals, weight,
};
pub use rejection::{Ignored, Rejection};
pub use rules::{Rules, RulesError, Timing};
pub use state::{AtxRow, Change, MarriageRow, PoetRow, PostRow, State, Validity, View};
pub use table::{AtxData, AtxTable};
pub use tree::{evaluate, join, list_root, root, siblings};
pub use versions::{AtxVersions, AtxVersionsError};
pub use warm_up::{warm_up_row, warm_up_watermark};
pub use work::{Indices, PostWork, Verifier, VrfNonceWork, Work, WorkResult};
