//! Data files (03 §3.5): names, sizes, where a label lies, what a directory holds.
//!
//! Keeps true: file `i` begins with label `i * labels_per_file`; only the last file is shorter. File sizes are whole labels, so the
//! reference's two ways to compute a position agree.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::params::{LABEL_SIZE, MIN_FILE_SIZE, NumLabels, ParamsError};

/// Name of data file `index`.
pub fn file_name(index: u32) -> String {
    format!("postdata_{index}.bin")
}

/// The number in a data file's name; `None` for any other file, also for numbers with leading zeros, which no writer makes.
pub fn parse_file_name(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("postdata_")?.strip_suffix(".bin")?;
    let index: u32 = digits.parse().ok()?;
    (file_name(index) == name).then_some(index)
}

/// How labels are spread over files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    labels: u64,
    per_file: u64,
    files: u32,
}

/// A run of labels inside one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePart {
    /// File number.
    pub file: u32,
    /// Byte offset in the file.
    pub offset: u64,
    /// Label indices.
    pub labels: Range<u64>,
}

impl Layout {
    /// # Errors
    /// When `max_file_size` is below 1024 or not whole labels, or the files cannot be numbered with 32 bits.
    pub fn new(labels: NumLabels, max_file_size: u64) -> Result<Self, ParamsError> {
        if max_file_size < MIN_FILE_SIZE || !max_file_size.is_multiple_of(LABEL_SIZE) {
            return Err(ParamsError::FileSize { max_file_size });
        }
        let per_file = max_file_size / LABEL_SIZE;
        let files = u32::try_from(labels.get().div_ceil(per_file))
            .map_err(|_| ParamsError::FileSize { max_file_size })?;
        Ok(Self {
            labels: labels.get(),
            per_file,
            files,
        })
    }

    /// Labels of all files.
    pub const fn labels(&self) -> u64 {
        self.labels
    }

    /// Number of files.
    pub const fn files(&self) -> u32 {
        self.files
    }

    /// Labels of every file but the last.
    pub const fn labels_per_file(&self) -> u64 {
        self.per_file
    }

    /// Label indices of file `file`; empty when there is no such file.
    pub fn file_labels(&self, file: u32) -> Range<u64> {
        let start = u64::from(file)
            .saturating_mul(self.per_file)
            .min(self.labels);
        start..start.saturating_add(self.per_file).min(self.labels)
    }

    /// Size in bytes of file `file` when complete.
    pub fn file_size(&self, file: u32) -> u64 {
        let labels = self.file_labels(file);
        (labels.end - labels.start) * LABEL_SIZE
    }

    /// Size in bytes of all files.
    pub const fn total_size(&self) -> u128 {
        self.labels as u128 * LABEL_SIZE as u128
    }

    /// File and byte offset of a label.
    pub fn locate(&self, label: u64) -> Option<(u32, u64)> {
        let file = u32::try_from(label / self.per_file).ok()?;
        (label < self.labels).then_some((file, label % self.per_file * LABEL_SIZE))
    }

    /// Splits a range of labels at file boundaries; labels beyond the end are left out.
    pub fn parts(&self, labels: Range<u64>) -> impl Iterator<Item = FilePart> + use<> {
        let layout = *self;
        let end = labels.end.min(self.labels);
        let mut next = labels.start;
        std::iter::from_fn(move || {
            let (file, offset) = layout.locate(next).filter(|_| next < end)?;
            let part = next..layout.file_labels(file).end.min(end);
            next = part.end;
            Some(FilePart {
                file,
                offset,
                labels: part,
            })
        })
    }
}

/// A data file as found in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// Number in its name.
    pub index: u32,
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
}

/// The data files of a directory, by number. A directory that does not exist holds none.
///
/// # Errors
/// When the directory cannot be listed.
pub fn scan(dir: &Path) -> Result<Vec<DataFile>, FilesError> {
    let fail = |source| FilesError::List {
        dir: dir.to_owned(),
        source,
    };
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fail(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(fail)?;
        let Some(index) = entry.file_name().to_str().and_then(parse_file_name) else {
            continue;
        };
        // Not `entry.metadata()`: files may be links to other drives.
        let size = fs::metadata(entry.path()).map_err(fail)?.len();
        files.push(DataFile {
            index,
            path: entry.path(),
            size,
        });
    }
    files.sort_by_key(|file| file.index);
    Ok(files)
}

/// Checks that every file of the layout is there with exactly its size. A prover that skipped a file would name wrong labels.
///
/// # Errors
/// The first file that is missing, too short or too long.
pub fn check_complete(dir: &Path, layout: &Layout) -> Result<(), FilesError> {
    let found = scan(dir)?;
    let mut found = found.iter().peekable();
    for file in 0..layout.files() {
        let expected = layout.file_size(file);
        let Some(data) = found.next_if(|data| data.index == file) else {
            return Err(FilesError::Missing {
                path: dir.join(file_name(file)),
                expected,
            });
        };
        if data.size != expected {
            return Err(FilesError::Size {
                path: data.path.clone(),
                expected,
                found: data.size,
            });
        }
    }
    Ok(())
}

/// A data directory that is not as it must be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilesError {
    /// The directory cannot be listed.
    #[error("cannot list {dir}")]
    List {
        /// The directory.
        dir: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// A file is missing.
    #[error(
        "{path} is missing ({expected} bytes expected); continue initialising, or copy the file back"
    )]
    Missing {
        /// The file.
        path: PathBuf,
        /// Size in bytes when complete.
        expected: u64,
    },
    /// A file has another size.
    #[error("{path} has {found} bytes, expected {expected}; continue initialising, or repair")]
    Size {
        /// The file.
        path: PathBuf,
        /// Size in bytes when complete.
        expected: u64,
        /// Size in bytes as found.
        found: u64,
    },
}
