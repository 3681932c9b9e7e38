//! Checks the window's configuration, makes the permission of the one command, and makes sure that there is a page to embed.
//!
//! The page is built by npm into `ui/dist`. A clone on which that has not happened must still compile (`cargo check`, `cargo test`),
//! so a page that says how to build the real one stands in for it.

use std::{error::Error, fs, path::Path};

const STAND_IN: &str = r#"<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Smapp</title></head>
  <body>
    <main>
      <h1>The interface is not built yet</h1>
      <p>Close this window and start Smapp with <code>cargo xtask run</code>, which builds it. By hand:
      <code>npm --prefix ui ci</code>, then <code>npm --prefix ui run build</code>, then build Smapp again.</p>
    </main>
  </body>
</html>
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let dist = Path::new("../ui/dist");
    let index = dist.join("index.html");
    if !index.exists() {
        fs::create_dir_all(dist)?;
        fs::write(&index, STAND_IN)?;
    }
    // The embedded page is part of the program: a new page means a new program.
    println!("cargo:rerun-if-changed={}", dist.display());
    let commands = tauri_build::AppManifest::new().commands(&["call"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    Ok(())
}
