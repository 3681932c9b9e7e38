//! `cargo xtask dist`: what a user installs.
//!
//! On Linux the packages are made here: a `.deb` is an `ar` archive of two compressed tars, and the other package is one tar, so no packaging
//! program is needed. On macOS and Windows installers need those systems' own tools, which `cargo tauri build` drives.
//!
//! Keeps true: the same commit and compiler give the same packages, byte for byte: entries are sorted, belong to root, and carry the commit's
//! time. Nothing outside `dist/`, the build directory and `ui/` is touched.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use flate2::Compression;
use flate2::GzBuilder;

use crate::process::{Profile, binary, build, cargo, command, output, root, status, target_dir};
use crate::ui;

const HELP: &str = "\
cargo xtask dist: make the packages a user installs, in dist/

usage: cargo xtask dist [--skip-build]

  --skip-build   package the binaries that were built before

Linux: a .deb and a .tar.gz, made by this command. macOS: an app and a .dmg; Windows: an .msi and a setup program; both through
`cargo tauri build` (install it with `cargo install tauri-cli --locked`). dist/sizes.json says how large each is.";

/// Libraries that the window is linked with or opens at run time, by their Debian names (those of newer releases second).
const DEPENDS: &str = "libwebkit2gtk-4.1-0, libgtk-3-0 | libgtk-3-0t64, libayatana-appindicator3-1, libdbus-1-3 | libdbus-1-3t64, \
    libgcc-s1, libstdc++6";

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if crate::asks_for_help(args, HELP) {
        return Ok(());
    }
    let skip_build = match args {
        [] => false,
        [only] if only == "--skip-build" => true,
        _ => {
            return Err(format!(
                "dist does not know {args:?}; see `cargo xtask dist --help`"
            ));
        }
    };
    if !skip_build {
        ui::install()?;
        ui::build()?;
    }
    let made = if cfg!(target_os = "linux") {
        linux(skip_build)?
    } else {
        with_tauri_cli(skip_build)?
    };
    report(&made)
}

/// Prints each package with its size and writes `dist/sizes.json`.
fn report(made: &[PathBuf]) -> Result<(), String> {
    let mut sizes = serde_json::Map::new();
    for path in made {
        let bytes = fs::metadata(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?
            .len();
        println!("{:>12} bytes  {}", bytes, path.display());
        sizes.insert(
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            bytes.into(),
        );
    }
    write(
        &dist().join("sizes.json"),
        format!("{:#}\n", serde_json::Value::Object(sizes)).as_bytes(),
    )
}

fn dist() -> PathBuf {
    root().join("dist")
}

// Linux.

fn linux(skip_build: bool) -> Result<Vec<PathBuf>, String> {
    if !skip_build {
        build(Profile::Release, &["smapp", "spacemesh"])?;
    }
    let version = version()?;
    let time = commit_time();
    let files = installed_files()?;
    fs::create_dir_all(dist())
        .map_err(|error| format!("cannot make {}: {error}", dist().display()))?;

    let deb = dist().join(format!("smapp_{version}_{}.deb", debian_architecture()?));
    let control = control(&version, &files)?;
    write(&deb, &debian_package(&control, &files, time)?)?;

    let name = format!("smapp-{version}-linux-{}", std::env::consts::ARCH);
    let tar = dist().join(format!("{name}.tar.gz"));
    let mut portable: Vec<Entry> = files
        .into_iter()
        .map(|entry| entry.moved("usr/", &format!("{name}/")))
        .collect();
    portable.push(Entry::read(
        &root().join("src-tauri/packaging/linux/README.txt"),
        format!("{name}/README.txt"),
        0o644,
    )?);
    portable.sort_by(|a, b| a.path.cmp(&b.path));
    write(&tar, &gzip(&tar_of(&portable, time)?)?)?;
    Ok(vec![deb, tar])
}

/// A file inside a package; `path` is relative to the root of the file system.
struct Entry {
    path: String,
    mode: u32,
    content: Vec<u8>,
}

impl Entry {
    fn read(from: &Path, path: impl Into<String>, mode: u32) -> Result<Self, String> {
        let content =
            fs::read(from).map_err(|error| format!("cannot read {}: {error}", from.display()))?;
        Ok(Self {
            path: path.into(),
            mode,
            content,
        })
    }

    fn moved(self, from: &str, to: &str) -> Self {
        let path = self
            .path
            .strip_prefix(from)
            .map_or_else(|| self.path.clone(), |rest| format!("{to}{rest}"));
        Self { path, ..self }
    }
}

/// Everything that is installed, sorted by path.
fn installed_files() -> Result<Vec<Entry>, String> {
    let packaging = root().join("src-tauri/packaging/linux");
    let icons = root().join("icons");
    let mut files = vec![
        Entry::read(&binary(Profile::Release, "smapp"), "usr/bin/smapp", 0o755)?,
        Entry::read(
            &binary(Profile::Release, "spacemesh"),
            "usr/bin/spacemesh",
            0o755,
        )?,
        Entry::read(
            &packaging.join("smapp.desktop"),
            "usr/share/applications/smapp.desktop",
            0o644,
        )?,
        Entry::read(
            &packaging.join("org.smapp.Smapp.metainfo.xml"),
            "usr/share/metainfo/org.smapp.Smapp.metainfo.xml",
            0o644,
        )?,
        Entry::read(
            &packaging.join("copyright"),
            "usr/share/doc/smapp/copyright",
            0o644,
        )?,
        Entry::read(
            &root().join("LICENSE-MIT"),
            "usr/share/doc/smapp/LICENSE-MIT",
            0o644,
        )?,
        Entry::read(
            &root().join("LICENSE-APACHE"),
            "usr/share/doc/smapp/LICENSE-APACHE",
            0o644,
        )?,
        Entry::read(
            &icons.join("smapp.svg"),
            "usr/share/icons/hicolor/scalable/apps/smapp.svg",
            0o644,
        )?,
    ];
    for size in [16, 24, 32, 48, 64, 128, 256, 512] {
        let picture = icons.join(format!("{size}x{size}.png"));
        files.push(Entry::read(
            &picture,
            format!("usr/share/icons/hicolor/{size}x{size}/apps/smapp.png"),
            0o644,
        )?);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The control file of the Debian package.
fn control(version: &str, files: &[Entry]) -> Result<String, String> {
    let glibc = files
        .iter()
        .filter(|entry| entry.mode == 0o755)
        .filter_map(|entry| newest_glibc(&entry.content))
        .max()
        .ok_or(
            "the binaries name no version of the C library; are they built for Linux with glibc?",
        )?;
    let kibibytes: usize = files
        .iter()
        .map(|entry| entry.content.len().div_ceil(1024))
        .sum();
    Ok(format!(
        "Package: smapp\n\
         Version: {version}\n\
         Architecture: {}\n\
         Maintainer: The Smapp developers <developers@smapp.invalid>\n\
         Installed-Size: {kibibytes}\n\
         Depends: libc6 (>= {}.{}), {DEPENDS}\n\
         Recommends: libvulkan1, mesa-vulkan-drivers\n\
         Section: utils\n\
         Priority: optional\n\
         Description: wallet and smesher for Spacemesh\n \
         Smapp keeps accounts, commits free disk space with the graphics card, and proves\n \
         that the data is there. It has a window (smapp) and a terminal (spacemesh).\n",
        debian_architecture()?,
        glibc.0,
        glibc.1,
    ))
}

/// The newest `GLIBC_x.y` a binary asks for: its dynamic symbols name the versions in plain text.
fn newest_glibc(program: &[u8]) -> Option<(u32, u32)> {
    const MARK: &[u8] = b"GLIBC_2.";
    program
        .windows(MARK.len())
        .enumerate()
        .filter(|(_, window)| *window == MARK)
        .filter_map(|(at, _)| {
            let digits: String = program[at + MARK.len()..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .map(|b| char::from(*b))
                .collect();
            Some((2, digits.parse().ok()?))
        })
        .max()
}

fn debian_architecture() -> Result<&'static str, String> {
    match std::env::consts::ARCH {
        "x86_64" => Ok("amd64"),
        "aarch64" => Ok("arm64"),
        other => Err(format!(
            "no Debian name is known for the architecture {other}; add it in xtask/src/dist.rs"
        )),
    }
}

/// `ar` archive of the format version, the control tar and the data tar, in this order.
fn debian_package(control: &str, files: &[Entry], time: u64) -> Result<Vec<u8>, String> {
    let control = Entry {
        path: "control".to_owned(),
        mode: 0o644,
        content: control.as_bytes().to_vec(),
    };
    let members = [
        ("debian-binary", b"2.0\n".to_vec()),
        ("control.tar.gz", gzip(&tar_of(&[control], time)?)?),
        ("data.tar.gz", gzip(&tar_of(files, time)?)?),
    ];
    let mut archive = b"!<arch>\n".to_vec();
    for (name, content) in members {
        archive.extend_from_slice(
            format!(
                "{name:<16}{time:<12}{:<6}{:<6}{:<8}{:<10}`\n",
                0,
                0,
                "100644",
                content.len()
            )
            .as_bytes(),
        );
        archive.extend_from_slice(&content);
        if content.len() % 2 == 1 {
            archive.push(b'\n');
        }
    }
    Ok(archive)
}

/// A tar of the entries and of every folder above them, owned by root.
fn tar_of(entries: &[Entry], time: u64) -> Result<Vec<u8>, String> {
    let mut tar = Vec::new();
    let mut folders: Vec<String> = Vec::new();
    for entry in entries {
        let mut above = String::new();
        for part in entry
            .path
            .split_inclusive('/')
            .filter(|part| part.ends_with('/'))
        {
            above.push_str(part);
            if !folders.contains(&above) {
                tar.extend_from_slice(&tar_header(&above, 0o755, 0, time, b'5')?);
                folders.push(above.clone());
            }
        }
        tar.extend_from_slice(&tar_header(
            &entry.path,
            entry.mode,
            entry.content.len(),
            time,
            b'0',
        )?);
        tar.extend_from_slice(&entry.content);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    // Two empty blocks end a tar.
    tar.resize(tar.len() + 1024, 0);
    Ok(tar)
}

/// One header block of the POSIX format (ustar).
fn tar_header(
    path: &str,
    mode: u32,
    length: usize,
    time: u64,
    kind: u8,
) -> Result<[u8; 512], String> {
    let path = format!("./{path}");
    if path.len() > 100 {
        return Err(format!(
            "the path {path} has more than the 100 characters of a tar header"
        ));
    }
    let mut block = [0_u8; 512];
    let mut put =
        |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, &path);
    put(100, &format!("{mode:07o}"));
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{length:011o}"));
    put(136, &format!("{time:011o}"));
    // The checksum counts its own field as spaces.
    put(148, "        ");
    put(257, "ustar");
    put(263, "00");
    put(265, "root");
    put(297, "root");
    block[156] = kind;
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    Ok(block)
}

/// Compressed without a name or a time of its own.
fn gzip(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|error| format!("cannot compress: {error}"))
}

/// Seconds since 1970 of the commit, or of `SOURCE_DATE_EPOCH`, or of this moment outside a repository.
fn commit_time() -> u64 {
    let given = std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|text| text.parse().ok());
    let commit = || {
        output(command("git").args(["log", "-1", "--format=%ct"]))
            .ok()?
            .trim()
            .parse()
            .ok()
    };
    let now = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    };
    given.or_else(commit).unwrap_or_else(now)
}

// macOS and Windows.

fn with_tauri_cli(skip_build: bool) -> Result<Vec<PathBuf>, String> {
    let bundles = target_dir().join("release/bundle");
    if !skip_build {
        if output(cargo_plain("tauri").arg("--version")).is_err() {
            return Err(
                "`cargo tauri` is missing; install it with: cargo install tauri-cli --locked"
                    .to_owned(),
            );
        }
        if bundles.exists() {
            // Bundles of an older version would be taken for fresh ones.
            fs::remove_dir_all(&bundles)
                .map_err(|error| format!("cannot remove {}: {error}", bundles.display()))?;
        }
        status(
            cargo_plain("tauri")
                .arg("build")
                .args(["--", "--locked"])
                .current_dir(root().join("src-tauri")),
        )?;
        build(Profile::Release, &["spacemesh"])?;
    }
    fs::create_dir_all(dist())
        .map_err(|error| format!("cannot make {}: {error}", dist().display()))?;
    let mut made = Vec::new();
    for (folder, ending) in [("dmg", "dmg"), ("msi", "msi"), ("nsis", "exe")] {
        let Ok(listed) = fs::read_dir(bundles.join(folder)) else {
            continue;
        };
        for path in listed
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|found| found == ending))
        {
            made.push(copy_to_dist(&path)?);
        }
    }
    if made.is_empty() {
        return Err(format!(
            "no installer was found in {}; run without --skip-build",
            bundles.display()
        ));
    }
    made.push(copy_to_dist(&binary(Profile::Release, "spacemesh"))?);
    made.sort();
    Ok(made)
}

/// `cargo SUBCOMMAND` without options of our own, for subcommands that are other programs.
fn cargo_plain(subcommand: &str) -> std::process::Command {
    let mut plain = command(cargo(subcommand).get_program());
    plain.arg(subcommand);
    plain
}

fn copy_to_dist(from: &Path) -> Result<PathBuf, String> {
    let name = from
        .file_name()
        .ok_or_else(|| format!("{} has no file name", from.display()))?;
    let to = dist().join(name);
    fs::copy(from, &to).map_err(|error| {
        format!(
            "cannot copy {} to {}: {error}",
            from.display(),
            to.display()
        )
    })?;
    Ok(to)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// The version of the workspace.
fn version() -> Result<String, String> {
    let metadata = output(cargo("metadata").args(["--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value =
        serde_json::from_str(&metadata).map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    packages
        .iter()
        .find(|package| package["name"] == "smapp")
        .and_then(|package| package["version"].as_str())
        .map(str::to_owned)
        .ok_or_else(|| "cargo metadata lists no package smapp".to_owned())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn entry(path: &str, content: &[u8]) -> Entry {
        Entry {
            path: path.to_owned(),
            mode: 0o644,
            content: content.to_vec(),
        }
    }

    #[test]
    fn a_tar_has_each_folder_once_and_ends_with_two_empty_blocks() {
        let tar = tar_of(
            &[entry("usr/bin/a", b"one"), entry("usr/bin/b", &[7; 512])],
            1_700_000_000,
        )
        .unwrap();
        let names: Vec<String> = [0, 512, 1024, 2048]
            .into_iter()
            .map(|at| {
                String::from_utf8_lossy(&tar[at..at + 100])
                    .trim_end_matches('\0')
                    .to_owned()
            })
            .collect();
        assert_eq!(
            names,
            ["./usr/", "./usr/bin/", "./usr/bin/a", "./usr/bin/b"]
        );
        assert_eq!(tar.len(), 512 * (3 + 1 + 1 + 1 + 2));
        assert!(tar[tar.len() - 1024..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn a_header_carries_the_sum_of_its_bytes() {
        let header = tar_header("control", 0o644, 3, 0, b'0').unwrap();
        let stored =
            u32::from_str_radix(std::str::from_utf8(&header[148..154]).unwrap(), 8).unwrap();
        let field: u32 = header[148..156].iter().map(|byte| u32::from(*byte)).sum();
        let all: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        assert_eq!(stored, all - field + 8 * u32::from(b' '));
        assert!(tar_header(&"a".repeat(99), 0o644, 0, 0, b'0').is_err());
    }

    #[test]
    fn the_newest_c_library_asked_for_is_found_as_a_number() {
        assert_eq!(
            newest_glibc(b"..GLIBC_2.9\0GLIBC_2.34\0GLIBC_2.4\0GLIBC_PRIVATE"),
            Some((2, 34))
        );
        assert_eq!(newest_glibc(b"nothing"), None);
    }

    #[test]
    fn a_package_is_the_same_each_time() {
        let files = [entry("usr/share/doc/smapp/copyright", b"text")];
        let first = debian_package("Package: smapp\n", &files, 1).unwrap();
        assert_eq!(
            first,
            debian_package("Package: smapp\n", &files, 1).unwrap()
        );
        assert!(first.starts_with(
            b"!<arch>\ndebian-binary   1           0     0     100644  4         `\n2.0\n"
        ));
    }
}
