//! Proofs of space-time (03): labels on CPU and GPU, data directories, proofs and their verification.
//!
//! Keeps true: every implementation of a function is one member of a closed set and gives the bytes of its portable twin; nothing on disk is
//! replaced except in one step; no network and no wallet in here.

pub mod params; // what a network prescribes: start here

pub mod cpu; // the label function in vector lanes
pub mod label; // the same, readable

pub mod files; // names and sizes of data files
pub mod metadata; // whose data a directory holds
pub mod vrf_nonce; // the lowest label

pub mod aes; // which labels are hits for which nonces
pub mod difficulty; // how rare a hit is
pub mod k2pow; // the RandomX work in front of a proof
pub mod proof; // a proof and how its indices are packed
pub mod prove; // from a data directory to a proof
pub mod verify; // whether a proof holds

pub mod control; // pausing and cancelling long work

pub mod device; // something that computes labels
pub mod gpu; // graphics cards
pub mod init; // filling a data directory
pub mod range_map; // which labels are done
pub mod relocate; // moving a data directory
pub mod repair; // mending wrong labels
pub mod verify_data; // finding them

pub mod bench; // every implementation beside its twin
pub mod measure; // what this machine can do, and a proposal
pub mod worker; // all of it in a child process
