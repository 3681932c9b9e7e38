//! Activations through the public door.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod world; // a small network to judge ATXs in: start here

mod chain;
mod checkpoint;
mod intake_v1;
mod intake_v2;
mod malfeasance;
mod quantities;
mod smesher;
mod table;
mod tree;
mod versions;
