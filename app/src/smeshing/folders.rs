//! What a folder is good for: space, drive, and data that is there already.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use post_gpu::{init, metadata::PostMetadata};
use sysinfo::{DiskKind, Disks};

use crate::{
    app::Inner,
    error::{AppError, ErrorCode},
    network::NetworkInUse,
    view::{Decimal, ExistingData, FolderProblem, FolderView, InspectFolderArgs, Sentence},
};

/// Free space that stays free whatever is committed.
const KEEP_FREE_BYTES: u64 = 20 << 30;

/// The drive under a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Drive {
    pub(super) free: u64,
    pub(super) total: u64,
    pub(super) file_system: Option<String>,
    /// `ssd`, `hdd`, `network`, `removable`, `unknown`.
    pub(super) kind: &'static str,
}

impl Inner {
    pub(crate) fn inspect_folder(
        self: &Arc<Self>,
        args: InspectFolderArgs,
    ) -> Result<FolderView, AppError> {
        let path = absolute(&args.path)?;
        Ok(self.folder_view(&path))
    }

    /// What a folder is good for on the network in use.
    pub(super) fn folder_view(&self, path: &Path) -> FolderView {
        let network = self.network_in_use();
        let drive = drive_of(path);
        let exists = path.is_dir();
        let mut problems = Vec::new();
        let mut problem = |kind: &str, blocks: bool, text: String| {
            problems.push(FolderProblem {
                kind: kind.to_owned(),
                blocks,
                text: Sentence::new(&format!("folder.{kind}"), text, []),
            });
        };
        let writable = is_writable(path);
        if path.exists() && !exists {
            problem(
                "not_a_folder",
                true,
                "This is a file, not a folder.".to_owned(),
            );
        } else if !writable {
            problem(
                "read_only",
                true,
                "Smapp may not write there. Choose another folder.".to_owned(),
            );
        }
        let data = self.existing_data(path, &network);
        let in_use = exists
            && data.as_ref().is_some()
            && init::inspect(path).is_ok_and(|(_, status)| status.in_use);
        if in_use {
            problem(
                "in_use",
                true,
                "Another program works in this folder. Close it first.".to_owned(),
            );
        }
        if let Some(data) = &data {
            if !data.fits_network {
                problem(
                    "other_network",
                    true,
                    "The data is for another network.".to_owned(),
                );
            } else if !data.key_here && !data.key_in_folder {
                problem("key_missing", true, "The data belongs to a key that is not on this computer. Choose its key file or another folder.".to_owned());
            } else {
                problem(
                    "foreign_data",
                    true,
                    format!(
                        "{} Check and use it, or choose another folder.",
                        data.sentence.text
                    ),
                );
            }
        } else if exists && has_label_files(path) {
            problem("foreign_data", true, "There are data files without their description (postdata_metadata.json). Choose another folder.".to_owned());
        } else if exists && !is_empty(path) {
            problem(
                "not_empty",
                false,
                "The folder holds other files. They are left alone.".to_owned(),
            );
        }
        if drive.kind == "network" {
            problem(
                "network_drive",
                false,
                "This is a network drive. A break during the proof costs an epoch.".to_owned(),
            );
        }
        let units_that_fit = units_that_fit(&drive, network.unit_bytes());
        let least = network.post().min_num_units;
        if units_that_fit < least && data.is_none() {
            let needed = network
                .unit_bytes()
                .saturating_mul(u64::from(least))
                .saturating_add(reserve(&drive));
            problem(
                "no_space",
                true,
                format!(
                    "{} are free; the least size needs {} with what stays free.",
                    size(drive.free),
                    size(needed)
                ),
            );
        }
        problems.sort_by_key(|problem| !problem.blocks);
        FolderView {
            path: path.display().to_string(),
            exists,
            writable,
            free_bytes: Decimal(drive.free),
            total_bytes: Decimal(drive.total),
            units_that_fit,
            file_system: drive.file_system.clone(),
            drive: drive.kind.to_owned(),
            usable: !problems.iter().any(|problem| problem.blocks),
            data,
            problems,
        }
    }

    /// Space that lies in a folder.
    pub(super) fn existing_data(
        &self,
        path: &Path,
        network: &NetworkInUse,
    ) -> Option<ExistingData> {
        let (metadata, status) = init::inspect(path).ok()?;
        let identity = hex::encode(metadata.node_id);
        let key = self.smeshing.key_file(&identity);
        let post = network.post();
        let fits = metadata.labels_per_unit == post.labels_per_unit
            && (post.min_num_units..=post.max_num_units).contains(&metadata.num_units);
        let total = status.total.saturating_mul(16);
        let done = status.done_labels().saturating_mul(16);
        let complete = status.is_complete();
        let state = if complete {
            "complete".to_owned()
        } else {
            format!("{:.1} % filled", 100.0 * done as f64 / total.max(1) as f64)
        };
        let sentence = Sentence::new(
            "folder.holds",
            format!(
                "This folder holds {} for identity {}…, {state}.",
                size(total),
                &identity[..8]
            ),
            [
                ("bytes", total.to_string()),
                ("identity", identity.clone()),
                ("done", done.to_string()),
            ],
        );
        Some(ExistingData {
            key_here: key.is_some(),
            identity_name: key.map(|key| key.name),
            key_in_folder: super::Smeshing::key_in_folder(path, &identity).is_some(),
            commitment_atx: hex::encode(metadata.commitment_atx_id),
            units: metadata.num_units,
            labels_per_unit: Decimal(metadata.labels_per_unit),
            fits_network: fits,
            max_file_bytes: Decimal(metadata.max_file_size),
            done_bytes: Decimal(done),
            total_bytes: Decimal(total),
            complete,
            sentence,
            identity,
        })
    }
}

/// A path as typed, which must be whole.
pub(super) fn absolute(text: &str) -> Result<PathBuf, AppError> {
    let path = PathBuf::from(text.trim());
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(AppError::with(
            ErrorCode::FileNotFound,
            "Give the whole path of the folder.",
        )
        .field("folder"))
    }
}

/// Free space that is not offered: a tenth of the drive, at least 20 GiB.
fn reserve(drive: &Drive) -> u64 {
    (drive.total / 10).max(KEEP_FREE_BYTES)
}

/// Units that leave the reserve free. On a network with tiny units the reserve would forbid everything, so there it does not count.
pub(super) fn units_that_fit(drive: &Drive, unit_bytes: u64) -> u32 {
    let tiny = unit_bytes < 1 << 20;
    let offered = if tiny {
        drive.free / 2
    } else {
        drive.free.saturating_sub(reserve(drive))
    };
    u32::try_from(offered / unit_bytes.max(1)).unwrap_or(u32::MAX)
}

/// The drive under a path that need not exist.
pub(super) fn drive_of(path: &Path) -> Drive {
    let existing = path
        .ancestors()
        .find(|folder| folder.exists())
        .map_or_else(|| PathBuf::from("/"), Path::to_path_buf);
    let existing = std::fs::canonicalize(&existing).unwrap_or(existing);
    let disks = Disks::new_with_refreshed_list();
    let disk = disks
        .iter()
        .flatten()
        .filter(|disk| existing.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().components().count());
    // What may be written counts, quotas included; the list of drives only knows the drive.
    let free = fs4::available_space(&existing).ok();
    let total = fs4::total_space(&existing).ok();
    let Some(disk) = disk else {
        return Drive {
            free: free.unwrap_or(0),
            total: total.unwrap_or(0),
            file_system: None,
            kind: "unknown",
        };
    };
    let file_system = disk.file_system().to_string_lossy().into_owned();
    let kind = match disk.kind() {
        _ if is_network(&file_system) => "network",
        _ if disk.is_removable() => "removable",
        DiskKind::SSD => "ssd",
        DiskKind::HDD => "hdd",
        DiskKind::Unknown(_) => "unknown",
    };
    Drive {
        free: free.unwrap_or_else(|| disk.available_space()),
        total: total.unwrap_or_else(|| disk.total_space()),
        file_system: Some(file_system),
        kind,
    }
}

fn is_network(file_system: &str) -> bool {
    let name = file_system.to_lowercase();
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smbfs",
        "smb2",
        "smb3",
        "afpfs",
        "webdav",
        "9p",
        "sshfs",
        "fuse.sshfs",
        "davfs",
    ]
    .contains(&name.as_str())
}

fn is_writable(path: &Path) -> bool {
    let Some(existing) = path.ancestors().find(|folder| folder.is_dir()) else {
        return false;
    };
    // The only sure test on all systems is writing.
    tempfile::Builder::new()
        .prefix(".smapp-probe-")
        .tempfile_in(existing)
        .is_ok()
}

fn has_label_files(path: &Path) -> bool {
    let is_labels = |entry: std::fs::DirEntry| {
        entry
            .file_name()
            .to_str()
            .and_then(post_gpu::files::parse_file_name)
            .is_some()
    };
    std::fs::read_dir(path).is_ok_and(|entries| entries.flatten().any(is_labels))
        && PostMetadata::read(path).is_err()
}

fn is_empty(path: &Path) -> bool {
    std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// A size as people read it: binary units, three figures.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = if unit == 0 || value >= 100.0 || value.fract() < 0.05 {
        0
    } else {
        1
    };
    format!("{value:.digits$} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_binary_units() {
        let read: Vec<String> = [0, 1000, 32 << 10, 256 << 30, 1536 << 30, 4 << 40]
            .into_iter()
            .map(size)
            .collect();
        assert_eq!(
            read,
            [
                "0 bytes",
                "1000 bytes",
                "32 KiB",
                "256 GiB",
                "1.5 TiB",
                "4 TiB"
            ]
        );
    }

    #[test]
    fn a_tenth_and_twenty_gigabytes_stay_free() {
        let unit: u64 = 64 << 30;
        let drive = |free: u64, total: u64| Drive {
            free: free << 30,
            total: total << 30,
            ..Drive::default()
        };
        assert_eq!(
            units_that_fit(&drive(1000, 1000), unit),
            14,
            "900 of 1000 GiB are offered"
        );
        assert_eq!(
            units_that_fit(&drive(100, 120), unit),
            1,
            "20 GiB stay free on small drives"
        );
        assert_eq!(units_that_fit(&drive(10, 1000), unit), 0);
    }
}
