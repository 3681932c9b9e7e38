//! Tests through the public door of the crate.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod data;
mod gpu;
mod init;

/// A known-answer file of the repository.
fn vector(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vectors")
        .join(name)
}
