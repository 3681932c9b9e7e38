//! Why an initialisation cannot start or go on, and what was mended on the way.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::device::DeviceError;
use crate::files::FilesError;
use crate::metadata::MetadataError;
use crate::params::ParamsError;
use crate::range_map::RangeMapError;
use crate::vrf_nonce::VrfNonceError;

/// Why an initialisation cannot start or go on. Labels that were recorded as done stay so in every case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// Sizes outside the network's limits.
    #[error(transparent)]
    Params(#[from] ParamsError),
    /// Too few labels for a VRF nonce.
    #[error(transparent)]
    VrfNonce(#[from] VrfNonceError),
    /// The first file of the subset lies behind its last, or beyond the identity's files.
    #[error(
        "files {from} to {to}: this identity has files 0 to {last}; choose a range within them"
    )]
    Files {
        /// First file asked for.
        from: u32,
        /// Last file asked for.
        to: u32,
        /// Last file of the identity.
        last: u32,
    },
    /// The metadata file is missing, unreadable or cannot be written.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The directory cannot be listed.
    #[error(transparent)]
    Listing(#[from] FilesError),
    /// The range map cannot be read or written.
    #[error(transparent)]
    RangeMap(#[from] RangeMapError),
    /// The directory holds data of something else.
    #[error(
        "{dir} holds data with {parameter} {found}, expected {expected}; choose another folder, or the settings that the data was made with"
    )]
    Mismatch {
        /// The directory.
        dir: PathBuf,
        /// Name of the parameter as in the metadata file.
        parameter: &'static str,
        /// What was asked for.
        expected: String,
        /// What the metadata file says.
        found: String,
    },
    /// More units than the directory was made for.
    #[error("{dir} holds {found} units, {wanted} were asked for; allow growing to fill more")]
    NeedsGrowing {
        /// The directory.
        dir: PathBuf,
        /// Units of the metadata file.
        found: u32,
        /// Units asked for.
        wanted: u32,
    },
    /// Fewer units than the directory was made for: data would be deleted.
    #[error(
        "{dir} holds {found} units, {wanted} were asked for: {bytes} bytes of labels would be deleted; allow shrinking to do so"
    )]
    NeedsShrinking {
        /// The directory.
        dir: PathBuf,
        /// Units of the metadata file.
        found: u32,
        /// Units asked for.
        wanted: u32,
        /// Bytes that would go.
        bytes: u64,
        /// Files that would be deleted or shortened, with the bytes that go.
        files: Vec<(PathBuf, u64)>,
    },
    /// A file is longer than its labels.
    #[error(
        "{path} has {found} bytes, expected at most {expected}: the surplus is not ours; move the file away or cut it"
    )]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Bytes when complete.
        expected: u64,
        /// Bytes found.
        found: u64,
    },
    /// Another process works on the directory.
    #[error("{dir} is in use by another process; stop the other one first")]
    Locked {
        /// The directory.
        dir: PathBuf,
    },
    /// The disk will not hold the rest.
    #[error(
        "{dir} needs {needed} more bytes, {available} are free; free some space or choose fewer units"
    )]
    NoSpace {
        /// The directory.
        dir: PathBuf,
        /// Bytes still to be written.
        needed: u64,
        /// Bytes free on its drive.
        available: u64,
    },
    /// The disk filled up while working.
    #[error(
        "{path} cannot grow: the disk, a quota or a file size limit is full; free some space and resume, nothing that was recorded is lost"
    )]
    DiskFull {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The directory or a file refuses writing.
    #[error(
        "{path} cannot be written; check permissions, and that the drive is not mounted read-only"
    )]
    ReadOnly {
        /// The file or directory.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// Another failure of the file system.
    #[error("{path} failed: check the drive")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// There is no device to compute with.
    #[error("no device was chosen; choose the processor or a graphics card")]
    NoDevice,
    /// Every device failed.
    #[error("no device is left: {last}")]
    AllDevicesFailed {
        /// The last failure.
        #[source]
        last: DeviceError,
    },
}

impl InitError {
    /// Stable name of the cause, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Params(_) => "params",
            Self::VrfNonce(_) => "vrf_nonce",
            Self::Files { .. } => "files",
            Self::Metadata(MetadataError::Missing { .. }) => "metadata_missing",
            Self::Metadata(_) => "metadata",
            Self::Listing(_) => "listing",
            Self::RangeMap(_) => "range_map",
            Self::Mismatch { .. } => "mismatch",
            Self::NeedsGrowing { .. } => "needs_growing",
            Self::NeedsShrinking { .. } => "needs_shrinking",
            Self::TooLong { .. } => "too_long",
            Self::Locked { .. } => "locked",
            Self::NoSpace { .. } => "no_space",
            Self::DiskFull { .. } => "disk_full",
            Self::ReadOnly { .. } => "read_only",
            Self::Io { .. } => "io",
            Self::NoDevice => "no_device",
            Self::AllDevicesFailed { .. } => "devices_failed",
        }
    }

    /// Sorts a failure of the file system into the variants that a person can act on.
    pub(crate) fn io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        use io::ErrorKind;
        let kind = source.kind();
        if matches!(
            kind,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge
        ) {
            Self::DiskFull { path, source }
        } else if matches!(
            kind,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
        ) {
            Self::ReadOnly { path, source }
        } else {
            Self::Io { path, source }
        }
    }

    /// The same for writers that wrap the system's reason: metadata and range map.
    pub(crate) fn sorted(self) -> Self {
        if let Self::Metadata(MetadataError::Write { path, source })
        | Self::RangeMap(RangeMapError::Write { path, source }) = self
        {
            Self::io(path, source)
        } else {
            self
        }
    }
}

/// Something that was found and mended, or that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notice {
    /// A file is shorter than what was once written; its missing labels are computed again.
    ShortFile {
        /// File name.
        file: String,
        /// Bytes expected.
        expected: u64,
        /// Bytes found.
        found: u64,
    },
    /// The end of a file does not hold labels (zeros after a power cut, or torn); that part is computed again.
    TornTail {
        /// File name.
        file: String,
        /// First label that is computed again.
        from: u64,
        /// Label after the last that is computed again.
        to: u64,
    },
    /// A file ends in the middle of a label; the odd bytes are cut off, or every later label would lie wrong.
    StrayBytes {
        /// File name.
        file: String,
        /// Bytes cut.
        bytes: u64,
    },
    /// The record of what is done cannot be used; unfinished files are computed again.
    RangeMapUnusable {
        /// What is wrong with it.
        reason: String,
    },
    /// The VRF nonce in the metadata is not valid for this size; another one is searched.
    NonceDropped {
        /// The nonce.
        index: u64,
    },
    /// Files were removed or shortened as asked.
    Shrunk {
        /// Bytes that were freed.
        bytes: u64,
    },
    /// The drive cannot be locked: do not start a second process on this directory.
    NoLock,
    /// A device with this id works already; the second one is not used.
    DuplicateDevice {
        /// The id.
        device: String,
    },
}
