//! Proofs of space-time (03): labels on CPU and GPU, data directories, proofs and their verification.
//!
//! Keeps true: every implementation of a function is one member of a closed set and gives the bytes of its portable twin; nothing on disk is
//! replaced except in one step; no network and no wallet in here.

pub mod params; // what a network prescribes: start here

pub mod cpu;
pub mod label; // the label function, readable // the same in vector lanes

pub mod files; // names and sizes of data files
pub mod metadata; // whose data a directory holds
pub mod vrf_nonce; // the lowest label

pub mod difficulty; // how rare a hit is
