//! Reading all labels once: one thread per physical drive, recycled aligned buffers, no page cache where the system lets us go around it.
//!
//! A drive is read in the order of its files. Reads of 4 MiB keep a hard disk streaming and are split by the system for the queues of an SSD;
//! the next ones are under way while the ciphers work on those before, up to the number of buffers. Data that is read once must not push a
//! desktop's other data out of memory, hence direct reads.
//!
//! Keeps true: a file that is shorter than it must be, or cannot be read, ends the search; nothing is skipped.

use std::collections::BTreeMap;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread;
use std::time::Duration;

use bytemuck::Zeroable;

use super::ProveError;
use crate::control::Control;
use crate::files::{Layout, file_name};

/// Bytes of a chunk: the unit in which results are ordered. The reference reads batches of this size, so its single-threaded search and ours
/// name the same winner.
pub(super) const CHUNK_BYTES: u64 = 1 << 20;
/// Chunks of one read.
const CHUNKS_PER_READ: u64 = 4;
const READ_BYTES: usize = (CHUNK_BYTES * CHUNKS_PER_READ) as usize;
/// Buffers that a drive's reader has in turn.
pub(super) const BUFFERS_PER_DRIVE: usize = 4;
/// How soon a reader that waits notices a pause or the end.
const ASK_EVERY: Duration = Duration::from_millis(50);
/// Alignment that direct reads need on any drive.
const PAGE: usize = 4096;

/// Consecutive labels of one file, at most 4 MiB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// File number.
    pub(super) file: u32,
    /// Bytes in the file.
    pub(super) bytes: Range<u64>,
    /// Index of the first label.
    pub(super) first_label: u64,
    /// Chunks, numbered through all files.
    pub(super) chunks: Range<u64>,
}

/// Chunks of one file; all files but the last have the same number.
fn chunks_per_file(layout: &Layout) -> u64 {
    layout.file_size(0).div_ceil(CHUNK_BYTES)
}

/// Number of chunks of the whole data.
pub(super) fn chunk_count(layout: &Layout) -> u64 {
    let last = layout.files().saturating_sub(1);
    u64::from(last) * chunks_per_file(layout) + layout.file_size(last).div_ceil(CHUNK_BYTES)
}

/// The sections of one file, in order.
pub(super) fn sections(layout: &Layout, file: u32) -> impl Iterator<Item = Section> + use<> {
    let size = layout.file_size(file);
    let first_label = layout.file_labels(file).start;
    let first_chunk = u64::from(file) * chunks_per_file(layout);
    (0..size.div_ceil(READ_BYTES as u64)).map(move |i| {
        let start = i * READ_BYTES as u64;
        let bytes = start..size.min(start + READ_BYTES as u64);
        let chunks =
            first_chunk + start / CHUNK_BYTES..first_chunk + bytes.end.div_ceil(CHUNK_BYTES);
        Section {
            file,
            first_label: first_label + start / 16,
            bytes,
            chunks,
        }
    })
}

/// File numbers by the drive that holds them. Files may be links to several drives.
pub(super) fn drives(dir: &Path, layout: &Layout) -> Result<Vec<Vec<u32>>, ProveError> {
    let mut drives = BTreeMap::<u64, Vec<u32>>::new();
    for file in 0..layout.files() {
        let path = dir.join(file_name(file));
        let metadata = std::fs::metadata(&path).map_err(|source| ProveError::Read {
            path,
            offset: 0,
            source,
        })?;
        drives.entry(drive(&metadata)).or_default().push(file);
    }
    Ok(drives.into_values().collect())
}

#[cfg(unix)]
fn drive(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::dev(metadata)
}

/// Without a stable call for the volume's number, all files count as one drive.
#[cfg(not(unix))]
const fn drive(_: &Metadata) -> u64 {
    0
}

/// 4 MiB that start at a page, as direct reads need.
pub(super) struct Buffer(Vec<Page>);

#[derive(Clone, Copy, Zeroable, bytemuck::Pod)]
#[repr(C, align(4096))]
struct Page([u8; PAGE]);

impl Buffer {
    pub(super) fn new() -> Self {
        Self(bytemuck::zeroed_vec(READ_BYTES / PAGE))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.0)
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(&mut self.0)
    }
}

/// A section in memory.
pub(super) struct Filled {
    pub(super) section: Section,
    pub(super) buffer: Buffer,
    /// Where the buffer goes when it was used.
    pub(super) home: SyncSender<Buffer>,
}

/// What a reader needs besides its files.
pub(super) struct Reader<'a> {
    pub(super) dir: &'a Path,
    pub(super) layout: &'a Layout,
    /// Whether a section is to be read.
    pub(super) wanted: &'a (dyn Fn(&Section) -> bool + Sync),
    pub(super) control: &'a Control,
    /// The search has ended.
    pub(super) stop: &'a AtomicBool,
    /// Empty buffers. The channel holds them all, so giving one back never waits.
    pub(super) buffers: Receiver<Buffer>,
    pub(super) home: SyncSender<Buffer>,
    /// Waits when the ciphers are behind.
    pub(super) out: SyncSender<Filled>,
}

impl Reader<'_> {
    /// Reads the wanted sections of `files`. Ends early, without an error, when the receiver is gone or the search was cancelled.
    pub(super) fn run(self, files: &[u32]) -> Result<(), ProveError> {
        for &file in files {
            let mut open = None;
            for section in sections(self.layout, file).filter(|section| (self.wanted)(section)) {
                let Some(mut buffer) = self.wait() else {
                    return Ok(());
                };
                let source = match &mut open {
                    Some(source) => source,
                    None => open.insert(Source::open(self.dir.join(file_name(file)))?),
                };
                source.read(&section.bytes, buffer.bytes_mut())?;
                let filled = Filled {
                    section,
                    buffer,
                    home: self.home.clone(),
                };
                if self.out.send(filled).is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The next empty buffer, once work may go on; nothing when it is to end. Asks again and again instead of sleeping in the pause, so that
    /// a search that ends while paused does not wait for this thread.
    fn wait(&self) -> Option<Buffer> {
        let mut buffer = None;
        loop {
            if self.stop.load(Ordering::Relaxed) || self.control.is_cancelled() {
                return None;
            }
            if self.control.is_paused() {
                thread::sleep(ASK_EVERY);
            } else if buffer.is_some() {
                return buffer;
            } else {
                buffer = self.buffers.recv_timeout(ASK_EVERY).ok();
            }
        }
    }
}

/// An open data file.
struct Source {
    path: PathBuf,
    file: File,
    direct: bool,
}

impl Source {
    fn open(path: PathBuf) -> Result<Self, ProveError> {
        let direct = open_direct(&path);
        let is_direct = direct.is_ok();
        match direct.or_else(|_| File::open(&path)) {
            Ok(file) => Ok(Self {
                path,
                file,
                direct: is_direct,
            }),
            Err(source) => Err(ProveError::Read {
                path,
                offset: 0,
                source,
            }),
        }
    }

    /// Fills the front of `buffer` with `bytes` of the file.
    fn read(&mut self, bytes: &Range<u64>, buffer: &mut [u8]) -> Result<(), ProveError> {
        let wanted = (bytes.end - bytes.start) as usize;
        let result = if self.direct {
            // Direct reads are whole pages; at the end of the file fewer bytes come back.
            let whole = wanted.next_multiple_of(PAGE).min(buffer.len());
            match read_at(&mut self.file, bytes.start, &mut buffer[..whole]) {
                Ok(count) if count >= wanted => return Ok(()),
                // Some file systems open files for direct reads that they then refuse, or cut them short.
                Ok(_) | Err(_) => self
                    .reopen()
                    .and_then(|()| read_at(&mut self.file, bytes.start, &mut buffer[..wanted])),
            }
        } else {
            read_at(&mut self.file, bytes.start, &mut buffer[..wanted])
        };
        let fail = |source| ProveError::Read {
            path: self.path.clone(),
            offset: bytes.start,
            source,
        };
        if result.map_err(fail)? < wanted {
            Err(fail(io::ErrorKind::UnexpectedEof.into()))
        } else {
            Ok(())
        }
    }

    fn reopen(&mut self) -> io::Result<()> {
        self.file = File::open(&self.path)?;
        self.direct = false;
        Ok(())
    }
}

/// Reads until the buffer is full or the file ends.
fn read_at(file: &mut File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    file.seek(SeekFrom::Start(offset))?;
    let mut count = 0;
    while count < buffer.len() {
        match file.read(&mut buffer[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A direct read cannot go on from the middle of a page: what is there must do.
            Err(error) if count == 0 || error.kind() != io::ErrorKind::InvalidInput => {
                return Err(error);
            }
            Err(_) => break,
        }
    }
    Ok(count)
}

#[cfg(target_os = "linux")]
fn open_direct(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_DIRECT)
        .open(path)
}

#[cfg(windows)]
fn open_direct(path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    const FILE_FLAG_NO_BUFFERING: u32 = 0x2000_0000;
    OpenOptions::new()
        .read(true)
        .custom_flags(FILE_FLAG_NO_BUFFERING)
        .open(path)
}

#[cfg(not(any(target_os = "linux", windows)))]
fn open_direct(path: &Path) -> io::Result<File> {
    let _ = OpenOptions::new;
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        path.display().to_string(),
    ))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::params::NumLabels;

    #[test]
    fn sections_cover_every_label_once_and_chunks_are_numbered_without_gaps() {
        // Files of 5 MiB + 16 bytes: 6 chunks in two sections each; the last file has 3 MiB and a little.
        let per_file = (5 * CHUNK_BYTES + 16) / 16;
        let labels = 2 * per_file + (3 * CHUNK_BYTES + 48) / 16;
        let layout = Layout::new(NumLabels::new(1, labels).unwrap(), 5 * CHUNK_BYTES + 16).unwrap();
        let (mut label, mut chunk) = (0, 0);
        for section in (0..layout.files()).flat_map(|file| sections(&layout, file)) {
            assert_eq!(section.first_label, label);
            assert_eq!(section.chunks.start, chunk);
            assert_eq!(
                layout.locate(label),
                Some((section.file, section.bytes.start))
            );
            label += (section.bytes.end - section.bytes.start) / 16;
            chunk = section.chunks.end;
        }
        assert_eq!(label, labels);
        assert_eq!(chunk, chunk_count(&layout));
        assert_eq!(chunk, 6 + 6 + 4);
    }
}
