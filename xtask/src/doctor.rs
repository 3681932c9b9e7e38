//! What this computer must have for building and testing, and how it gets it.
//!
//! One table of needs per operating system. A need is probed by what the build will really use (a program, a pkg-config name, a file), not
//! by a package database. On Debian and Ubuntu the missing packages are installed when that is possible without asking (root, or sudo
//! without a password); elsewhere the command is printed.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::process::{status, which};

const HELP: &str = "\
cargo xtask doctor: name what this computer lacks, with the command that installs it

usage: cargo xtask doctor [--install]

  --install   install it (Debian and Ubuntu, as root or with sudo)

`cargo xtask run` and `cargo xtask test` do this by themselves where they may.";

/// For what something is needed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Building and opening Smapp.
    Run,
    /// Everything that `cargo xtask test` does.
    Test,
}

enum Probe {
    Program(&'static str),
    PkgConfig(&'static str),
    File(&'static str),
    /// The Vulkan loader library.
    VulkanLoader,
    /// A Vulkan driver description: any driver will do.
    VulkanDriver,
}

struct Need {
    what: &'static str,
    purpose: Purpose,
    probe: Probe,
    /// The Debian and Ubuntu package.
    debian: &'static str,
    /// Fedora's and Arch's.
    fedora: &'static str,
    arch: &'static str,
}

const fn need(
    what: &'static str,
    purpose: Purpose,
    probe: Probe,
    [debian, fedora, arch]: [&'static str; 3],
) -> Need {
    Need {
        what,
        purpose,
        probe,
        debian,
        fedora,
        arch,
    }
}

#[rustfmt::skip]
const LINUX: &[Need] = &[
    need("a C and C++ compiler (RandomX)", Purpose::Run, Probe::Program("c++"), ["g++", "gcc-c++", "gcc"]),
    need("CMake (RandomX)", Purpose::Run, Probe::Program("cmake"), ["cmake", "cmake", "cmake"]),
    need("make (RandomX)", Purpose::Run, Probe::Program("make"), ["make", "make", "make"]),
    need("pkg-config", Purpose::Run, Probe::Program("pkg-config"), ["pkg-config", "pkgconf", "pkgconf"]),
    need("WebKitGTK (the window)", Purpose::Run, Probe::PkgConfig("webkit2gtk-4.1"), ["libwebkit2gtk-4.1-dev", "webkit2gtk4.1-devel", "webkit2gtk-4.1"]),
    need("GTK (the window)", Purpose::Run, Probe::PkgConfig("gtk+-3.0"), ["libgtk-3-dev", "gtk3-devel", "gtk3"]),
    need("AppIndicator (the tray)", Purpose::Run, Probe::PkgConfig("ayatana-appindicator3-0.1"), ["libayatana-appindicator3-dev", "libayatana-appindicator-gtk3-devel", "libayatana-appindicator"]),
    need("D-Bus (notifications)", Purpose::Run, Probe::PkgConfig("dbus-1"), ["libdbus-1-dev", "dbus-devel", "dbus"]),
    need("the Vulkan loader (GPUs)", Purpose::Run, Probe::VulkanLoader, ["libvulkan1", "vulkan-loader", "vulkan-icd-loader"]),
    need("a Vulkan driver (the software device is enough for tests)", Purpose::Test, Probe::VulkanDriver, ["mesa-vulkan-drivers", "mesa-vulkan-drivers", "vulkan-swrast"]),
    need("Chromium (browser tests)", Purpose::Test, Probe::Program("chromium"), ["chromium", "chromium", "chromium"]),
    need("Xvfb (window test)", Purpose::Test, Probe::Program("Xvfb"), ["xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"]),
    need("a D-Bus session (window test)", Purpose::Test, Probe::Program("dbus-run-session"), ["dbus", "dbus-daemon", "dbus"]),
    need("WebKitWebDriver (window test)", Purpose::Test, Probe::Program("WebKitWebDriver"), ["webkit2gtk-driver", "webkit2gtk-driver", "webkit2gtk-4.1"]),
    need("rsvg-convert (icons)", Purpose::Test, Probe::Program("rsvg-convert"), ["librsvg2-bin", "librsvg2-tools", "librsvg"]),
    need("fonts", Purpose::Test, Probe::File("/usr/share/fonts"), ["fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu"]),
];

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if crate::asks_for_help(args, HELP) {
        return Ok(());
    }
    if args.iter().any(|arg| arg == "--install") {
        return provide(Purpose::Test);
    }
    let missing = missing(Purpose::Test);
    if missing.is_empty() {
        println!("nothing is missing");
        return Ok(());
    }
    for line in &missing {
        println!("missing: {}", line.what());
    }
    println!("install with: {}", install_line(&missing));
    Err(format!("{} things are missing", missing.len()))
}

/// Makes sure that everything for `purpose` is there: installs it where that is possible without asking, else says what to type.
pub(crate) fn provide(purpose: Purpose) -> Result<(), String> {
    let missing_now = missing(purpose);
    if missing_now.is_empty() {
        return Ok(());
    }
    for line in &missing_now {
        println!("missing: {}", line.what());
    }
    let by_hand = install_line(&missing_now);
    let Some(prefix) = apt_prefix() else {
        return Err(format!("install what is missing with: {by_hand}"));
    };
    let packages: Vec<_> = missing_now.iter().filter_map(Missing::package).collect();
    println!("installing: {}", packages.join(" "));
    status(apt(&prefix).arg("update"))?;
    status(
        apt(&prefix)
            .args(["install", "--yes", "--no-install-recommends"])
            .args(&packages),
    )?;
    let still = missing(purpose);
    match still.first() {
        None => Ok(()),
        Some(first) => Err(format!(
            "{} is still missing after installing; try by hand: {by_hand}",
            first.what()
        )),
    }
}

/// Something that is not there.
enum Missing {
    Listed(&'static Need),
    /// Node.js has no package that is new enough everywhere, so it is never installed by us.
    Node(String),
    /// Of an operating system that is not Linux: what it is and the command.
    Other(&'static str, &'static str),
}

impl Missing {
    fn what(&self) -> String {
        match self {
            Self::Listed(need) => need.what.to_owned(),
            Self::Node(problem) => problem.clone(),
            Self::Other(what, _) => (*what).to_owned(),
        }
    }

    fn package(&self) -> Option<&'static str> {
        match self {
            Self::Listed(need) => Some(need.debian),
            Self::Node(_) | Self::Other(..) => None,
        }
    }
}

fn missing(purpose: Purpose) -> Vec<Missing> {
    let mut missing = Vec::new();
    if let Some(problem) = node_problem() {
        missing.push(Missing::Node(problem));
    }
    if cfg!(target_os = "linux") {
        missing.extend(
            LINUX
                .iter()
                .filter(|need| need.purpose <= purpose && !is_there(&need.probe))
                .map(Missing::Listed),
        );
    } else if cfg!(target_os = "macos") {
        if which("c++").is_none() {
            missing.push(Missing::Other(
                "the Xcode command line tools",
                "xcode-select --install",
            ));
        }
        if which("cmake").is_none() {
            missing.push(Missing::Other("CMake (RandomX)", "brew install cmake"));
        }
    } else if cfg!(windows) && which("cmake").is_none() {
        missing.push(Missing::Other(
            "CMake (RandomX)",
            "winget install Kitware.CMake",
        ));
    }
    missing
}

fn is_there(probe: &Probe) -> bool {
    match probe {
        Probe::Program(name) => which(name).is_some(),
        Probe::PkgConfig(name) => quiet(Command::new("pkg-config").args(["--exists", name])),
        Probe::File(path) => Path::new(path).exists(),
        Probe::VulkanLoader => quiet(Command::new("sh").args([
            "-c",
            "PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q libvulkan.so.1",
        ])),
        Probe::VulkanDriver => ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"]
            .iter()
            .any(|dir| {
                Path::new(dir)
                    .read_dir()
                    .is_ok_and(|mut entries| entries.next().is_some())
            }),
    }
}

/// The oldest Node.js that the UI's tools run on.
const NODE_MAJOR_MIN: u32 = 20;

fn node_problem() -> Option<String> {
    let hint = format!("Node.js {NODE_MAJOR_MIN} or newer with npm (https://nodejs.org)");
    if which("npm").is_none() && which("npm.cmd").is_none() {
        return Some(hint);
    }
    let output = Command::new("node").arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout);
    let major: u32 = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()?;
    (major < NODE_MAJOR_MIN).then(|| format!("{hint}; found {}", version.trim()))
}

/// The command that a person types.
fn install_line(missing: &[Missing]) -> String {
    let listed = |pick: fn(&Need) -> &'static str| {
        let mut packages: Vec<_> = missing
            .iter()
            .filter_map(|line| match line {
                Missing::Listed(need) => Some(pick(need)),
                Missing::Node(_) | Missing::Other(..) => None,
            })
            .collect();
        packages.dedup();
        packages.join(" ")
    };
    let mut lines: Vec<String> = Vec::new();
    if missing
        .iter()
        .any(|line| matches!(line, Missing::Listed(_)))
    {
        lines.push(if which("dnf").is_some() {
            format!("sudo dnf install {}", listed(|need| need.fedora))
        } else if which("pacman").is_some() {
            format!("sudo pacman -S {}", listed(|need| need.arch))
        } else {
            format!("sudo apt-get install {}", listed(|need| need.debian))
        });
    }
    for line in missing {
        match line {
            Missing::Other(_, command) => lines.push((*command).to_owned()),
            Missing::Node(hint) => lines.push(hint.clone()),
            Missing::Listed(_) => {}
        }
    }
    lines.join("; ")
}

/// How `apt-get` can be called without asking a person, if at all.
fn apt_prefix() -> Option<Vec<&'static str>> {
    which("apt-get")?;
    if quiet(Command::new("sh").args(["-c", "[ \"$(id -u)\" = 0 ]"])) {
        return Some(vec!["apt-get"]);
    }
    quiet(Command::new("sudo").args(["-n", "true"])).then(|| vec!["sudo", "-n", "apt-get"])
}

fn apt(prefix: &[&str]) -> Command {
    let mut command = Command::new(prefix[0]);
    command
        .args(&prefix[1..])
        .arg("--quiet")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    command
}

fn quiet(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
