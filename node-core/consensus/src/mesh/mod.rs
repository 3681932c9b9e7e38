//! The mesh: which block of a layer is applied, when the state goes back, and how far a node is (08 §13).
//!
//! ```text
//! tortoise.updates() ──► Mesh::plan ──► effects in order ──► what was done: Mesh::committed, Mesh::cleared
//! ```
//!
//! A pure machine: it is told what counting says and what is stored, and answers with effects. The caller carries them out in order, inside
//! one transaction, and stops at the first that fails; what the machine remembers changes only when the caller reports what was done.
//!
//! Keeps true: a layer is executed only on top of all layers below it; what was executed is compared with what counting says before anything
//! is executed above it; nothing is executed while a block that may be the answer is missing.

mod equivocation; // two ballots of one identity in one layer, 13.2
mod pointers; // how far processing came, 13.1
mod process; // one call of ProcessLayer, 13.5
#[cfg(test)]
mod tests;

pub use equivocation::{BallotProofError, ballot_culprit, ballot_proof, signed_part};
pub use pointers::{Mesh, OrderError, StartUp};
pub use process::{Effect, Plan};
