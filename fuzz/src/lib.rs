//! What is fuzzed: each intake of bytes from outside, as a plain function that must return on any input.
//!
//! Keeps true: a target decides nothing and keeps nothing; it panics only where the code under test broke a promise (a crash, or a value
//! that does not survive its own encoding). The tests of this crate replay the corpora in every run, `cargo xtask fuzz` grows them.

mod activations; // ATXs, proofs of misbehaviour, journals
mod hare; // hare messages, certificates, blocks from peers
mod ledger; // blocks on accounts, and what waits
mod proposals; // beacon messages, ballots, proposals, active sets
mod targets;
mod tortoise; // votes in any order, snapshots off a disk

pub use targets::{TARGETS, Target};
