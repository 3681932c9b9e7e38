//! Where the window was, so that it opens there again.
//!
//! Keeps true: the window never opens where nobody can reach it (a monitor may be gone), and a damaged file costs the place, not the start.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The size of a first start, logical pixels.
pub(crate) const SIZE: (f64, f64) = (1280.0, 800.0);
/// The smallest size that every screen is made for, logical pixels.
pub(crate) const SIZE_MIN: (f64, f64) = (360.0, 560.0);

/// How much of the upper edge must lie on a monitor to be grasped with a mouse, physical pixels.
const REACHABLE: (i64, i64) = (96, 24);

/// A rectangle in physical pixels of the whole desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Area {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// What is remembered between two starts. `area` is that of the window when it is not maximised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Placement {
    pub(crate) area: Area,
    pub(crate) maximized: bool,
}

impl Placement {
    /// The same place on today's monitors: no larger than the monitor it lies on; `None` when its upper edge cannot be reached on any.
    pub(crate) fn on(self, monitors: &[Area]) -> Option<Self> {
        let monitor = monitors
            .iter()
            .find(|monitor| self.area.is_reachable_on(monitor))?;
        let area = Area {
            width: self.area.width.min(monitor.width),
            height: self.area.height.min(monitor.height),
            ..self.area
        };
        Some(Self { area, ..self })
    }
}

impl Area {
    fn is_reachable_on(&self, monitor: &Self) -> bool {
        let left = i64::from(self.x.max(monitor.x));
        let right = (i64::from(self.x) + i64::from(self.width))
            .min(i64::from(monitor.x) + i64::from(monitor.width));
        let above = i64::from(monitor.y) - i64::from(self.y);
        let room_below = i64::from(monitor.y) + i64::from(monitor.height) - i64::from(self.y);
        // A title bar may lie a few pixels above a monitor, as maximised windows of some systems do.
        right - left >= REACHABLE.0 && above <= REACHABLE.1 && room_below >= REACHABLE.1
    }
}

/// What the window remembers between two starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Remembered {
    /// Where it was; absent before it was ever shown.
    pub(crate) placement: Option<Placement>,
    /// The person knows that Smapp goes on in the tray.
    pub(crate) told_about_tray: bool,
}

/// The file that keeps it.
#[derive(Debug, Clone)]
pub(crate) struct MemoryFile(PathBuf);

impl MemoryFile {
    /// The file in the folder of the app's data.
    pub(crate) fn within(folder: &Path) -> Self {
        Self(folder.join("window.json"))
    }

    /// What was remembered; nothing at the first start and when the file is damaged.
    pub(crate) fn read(&self) -> Remembered {
        let bytes = fs::read(&self.0).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Replaces the file as a whole, so that a crash leaves the older place.
    pub(crate) fn write(&self, remembered: &Remembered) -> io::Result<()> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(remembered)?)?;
        file.as_file().sync_all()?;
        file.persist(&self.0)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    const MONITOR: Area = Area {
        x: 0,
        y: 0,
        width: 1920,
        height: 1080,
    };
    const SECOND: Area = Area {
        x: 1920,
        y: 0,
        width: 2560,
        height: 1440,
    };

    fn at(x: i32, y: i32) -> Placement {
        Placement {
            area: Area {
                x,
                y,
                width: 1280,
                height: 800,
            },
            maximized: false,
        }
    }

    #[test]
    fn a_window_on_a_monitor_that_is_gone_is_not_restored() {
        assert_eq!(at(2500, 100).on(&[MONITOR, SECOND]), Some(at(2500, 100)));
        assert_eq!(at(2500, 100).on(&[MONITOR]), None);
        assert_eq!(at(100, 100).on(&[]), None);
    }

    #[test]
    fn the_upper_edge_must_be_within_reach() {
        assert!(
            at(-1200, 0).on(&[MONITOR]).is_none(),
            "only 80 pixels are left of it"
        );
        assert!(at(-1100, 0).on(&[MONITOR]).is_some());
        assert!(
            at(0, -300).on(&[MONITOR]).is_none(),
            "the title bar is above the screen"
        );
        assert!(at(0, -8).on(&[MONITOR]).is_some());
        assert!(at(0, 1070).on(&[MONITOR]).is_none());
        assert!(at(i32::MAX, i32::MIN).on(&[MONITOR]).is_none());
    }

    #[test]
    fn a_window_larger_than_its_monitor_is_cut_to_it() {
        let large = Placement {
            area: Area {
                x: 0,
                y: 0,
                width: 4000,
                height: 3000,
            },
            maximized: true,
        };
        assert_eq!(
            large.on(&[MONITOR]),
            Some(Placement {
                area: MONITOR,
                maximized: true
            })
        );
    }

    #[test]
    fn what_was_written_is_read_and_a_damaged_file_is_no_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = MemoryFile::within(folder.path());
        assert_eq!(file.read(), Remembered::default());
        let remembered = Remembered {
            placement: Some(at(10, 20)),
            told_about_tray: true,
        };
        file.write(&remembered).unwrap();
        assert_eq!(file.read(), remembered);
        fs::write(folder.path().join("window.json"), b"{\"placement\":").unwrap();
        assert_eq!(file.read(), Remembered::default());
    }
}
