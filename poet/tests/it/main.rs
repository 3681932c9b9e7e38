//! PoET through its public door: the service, its certifiers and its client over real sockets on loopback.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod kill;
mod odd_server;
mod paid;
mod recorded;
mod service;
