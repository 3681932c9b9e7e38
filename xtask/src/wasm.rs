//! Proves that the pure crates need no operating system: they build for `wasm32-unknown-unknown`.
//!
//! The target's standard library comes with rustup where downloads are possible. Debian's compiler `rustc-web` with its sources
//! `rust-web-src` can build it on the spot. Where neither is there, the check says that it was skipped and why.

use std::path::Path;

use crate::lint::PURE;
use crate::process::{cargo, command, output, status, target_dir};

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

enum Way {
    /// The compiler in use has the target.
    Installed,
    /// Debian's compiler builds the standard library from its sources.
    FromSource,
}

pub(crate) fn check() -> Result<(), String> {
    let Some(way) = way() else {
        println!(
            "skipped: the target {TARGET} is not installed here (rustup target add {TARGET}, or on Debian: apt-get install rustc-web \
             rust-web-src)"
        );
        return Ok(());
    };
    let mut build = cargo("build");
    build
        // What is built is never run, so optimising the dependencies would only take time.
        .args([
            "--config",
            "profile.dev.package.\"*\".opt-level=0",
            "--config",
            "profile.dev.debug=false",
        ])
        .args(["--target", TARGET])
        .env("CARGO_TARGET_DIR", target_dir().join("wasm"));
    for package in PURE {
        build.args(["--package", package]);
    }
    if matches!(way, Way::FromSource) {
        // The switch for `-Z` flags is meant for exactly this: building the standard library with the distribution's own compiler.
        build
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            .arg("-Zbuild-std=std,panic_abort");
    }
    status(&mut build)
}

fn way() -> Option<Way> {
    let libraries = |rustc: &str| {
        output(command(rustc).args(["--print", "target-libdir", "--target", TARGET])).ok()
    };
    let has_std = libraries("rustc").is_some_and(|dir| {
        Path::new(dir.trim()).read_dir().is_ok_and(|mut files| {
            files.any(|file| {
                file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
            })
        })
    });
    if has_std {
        return Some(Way::Installed);
    }
    let sources = Path::new("/usr/lib/rustlib/src/rust/library/std/Cargo.toml");
    (sources.exists() && libraries(DEBIAN_RUSTC).is_some()).then_some(Way::FromSource)
}
