//! Basic types, wire objects, networks and configuration through the public door (01).
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod address;
mod amount;
mod config;
mod genesis;
mod hash;
mod ids;
mod layer;
mod peer_time;
mod range_sync;
mod ticker;
mod time;
mod wire;
