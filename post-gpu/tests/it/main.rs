//! Tests through the public door of the crate.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod ciphers;
mod data;
mod directory;
mod gpu;
mod init;
mod labels;
mod pow;
mod proofs;
mod range_map;
mod vrf;
mod worker;

/// A known-answer file of the repository.
fn vector(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vectors")
        .join(name)
}
