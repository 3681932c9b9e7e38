//! Tests of the app through its public door.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod accounts;
mod desk;
mod generated;
mod http;
mod malformed;
mod saving;
mod secrets;
mod session;
mod settings;
mod smeshing;
mod transactions;
mod wallets;
