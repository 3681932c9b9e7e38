//! Tests of the app through its public door.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod generated;
