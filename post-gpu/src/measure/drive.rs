//! How fast a drive reads in order, and what kind of drive it is.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use super::{Figure, MeasuredDrive};

pub(super) fn measure_drive(folder: &Path, bytes: u64) -> MeasuredDrive {
    let existing = folder
        .ancestors()
        .find(|path| path.exists())
        .unwrap_or(folder);
    let disks = sysinfo::Disks::new_with_refreshed_list();
    let canonical = fs::canonicalize(existing).unwrap_or_else(|_| existing.to_owned());
    let disk = disks
        .iter()
        .flat_map(|disks| disks.iter())
        .filter(|disk| canonical.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().as_os_str().len());
    let file_system = disk
        .map(|disk| disk.file_system().to_string_lossy().into_owned())
        .unwrap_or_default();
    let (read, problem) = match read_speed(existing, bytes) {
        Ok(figure) => (Some(figure), None),
        Err(error) => (None, Some(format!("{}: {error}", existing.display()))),
    };
    MeasuredDrive {
        folder: folder.to_owned(),
        mount: disk.map(|disk| disk.mount_point().to_owned()),
        kind: match disk.map(sysinfo::Disk::kind) {
            Some(sysinfo::DiskKind::SSD) => "ssd",
            Some(sysinfo::DiskKind::HDD) => "hdd",
            Some(sysinfo::DiskKind::Unknown(_)) | None => "unknown",
        }
        .to_owned(),
        is_network: is_network(&file_system),
        file_system,
        total: fs4::total_space(existing).unwrap_or(0),
        free: fs4::available_space(existing).unwrap_or(0),
        read_bytes_per_second: read,
        problem,
    }
}

fn is_network(file_system: &str) -> bool {
    let name = file_system.to_ascii_lowercase();
    [
        "nfs",
        "cifs",
        "smb",
        "afs",
        "9p",
        "sshfs",
        "webdav",
        "davfs",
        "glusterfs",
        "ceph",
    ]
    .iter()
    .any(|network| name.contains(network))
}

/// Reads in order past the system's cache: files of ours when there are any, otherwise a temporary one that is removed.
fn read_speed(folder: &Path, bytes: u64) -> io::Result<Figure> {
    let largest = crate::files::scan(folder)
        .ok()
        .and_then(|files| files.into_iter().max_by_key(|file| file.size));
    if let Some(data) = largest.filter(|file| file.size >= bytes) {
        return time_reading(
            &File::open(&data.path)?,
            bytes,
            &format!("reading {}", crate::files::file_name(data.index)),
        );
    }
    let mut file = tempfile::tempfile_in(folder)?;
    let mut piece = vec![0; READ_PIECE];
    // Not zeros: some drives store those in no time.
    blake3::Hasher::new().finalize_xof().fill(&mut piece);
    let mut written = 0;
    while written < bytes {
        let part = piece.len().min((bytes - written) as usize);
        file.write_all(&piece[..part])?;
        written += part as u64;
    }
    file.sync_all()?;
    time_reading(&file, bytes, "reading a test file")
}

const READ_PIECE: usize = 4 << 20;

fn time_reading(file: &File, bytes: u64, how: &str) -> io::Result<Figure> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // Refused on file systems without a cache, where it is not needed.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    let mut piece = vec![0; READ_PIECE];
    let began = Instant::now();
    let mut read = 0;
    while read < bytes {
        let part = piece.len().min((bytes - read) as usize);
        crate::init::read_at(file, read, &mut piece[..part])?;
        read += part as u64;
    }
    let elapsed = began.elapsed();
    Ok(Figure::measured(
        bytes as f64 / elapsed.as_secs_f64().max(1e-9),
        format!("{how}, {} MiB in order", bytes >> 20),
        elapsed,
    ))
}
