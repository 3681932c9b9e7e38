//! The data directory during an initialisation: which labels are done, under which name a file is, and in which order things reach the disk.
//!
//! Two names, so that the reference's tools never take a file with holes for a finished one:
//! - `postdata_<i>.bin` holds labels from its first byte to its last. Its size says how many are done, as the reference does it.
//! - `postdata_<i>.bin.part` may have holes. The range map says what is done. The reference ignores such files.
//!
//! A file becomes `.part` when it is first written in a session, and `.bin` when it is complete or when the session ends and it has no
//! holes. Order of writing: labels, flush, (metadata with a better nonce), range map; for names: range map, rename, flush of the directory.
//! So a crash between any two steps loses at most what was not recorded.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cpu::Scratch;
use crate::device::{LabelJob, check_label};
use crate::files::{Layout, file_name, parse_file_name, scan};
use crate::label::Commitment;
use crate::metadata::{remove_leftovers, sync_dir};
use crate::params::{LABEL_SIZE, ScryptN};
use crate::range_map::{self, RANGE_MAP_FILE, RangeMap, RangeMapError, RangeMapHeader};

use super::error::{InitError, Notice};

const PART_SUFFIX: &str = ".part";

/// Name of data file `index` while it may have holes.
pub fn part_file_name(index: u32) -> String {
    file_name(index) + PART_SUFFIX
}

/// The number of a file that may have holes.
pub fn parse_part_file_name(name: &str) -> Option<u32> {
    parse_file_name(name.strip_suffix(PART_SUFFIX)?)
}

/// What the labels of a directory are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content {
    pub(crate) commitment: Commitment,
    pub(crate) scrypt: ScryptN,
    pub(crate) layout: Layout,
}

/// An open data directory.
pub(crate) struct Store {
    dir: PathBuf,
    content: Content,
    done: RangeMap,
    open: BTreeMap<u32, Arc<File>>,
}

impl Store {
    /// Reads what is done. Nothing is changed on disk, except that bytes which cannot be labels are cut off and interrupted renames are
    /// finished. `batch` labels at the end of every range that was recorded last are checked.
    pub(crate) fn open(
        dir: &Path,
        content: Content,
        batch: u64,
        notices: &mut Vec<Notice>,
    ) -> Result<Self, InitError> {
        let mut store = Self {
            dir: dir.to_owned(),
            content,
            done: RangeMap::new(),
            open: BTreeMap::new(),
        };
        let mapped = store.load_map(notices)?;
        let parts = list_parts(dir)?;
        let files = scan(dir)?;
        let last = files
            .iter()
            .map(|file| file.index)
            .chain(parts.iter().copied())
            .max()
            .unwrap_or(0);
        for file in files
            .iter()
            .filter(|file| file.index < content.layout.files())
        {
            store.adopt_whole(file.index, file.size, file.index < last, notices)?;
        }
        for &file in parts.iter().filter(|&&file| file < content.layout.files()) {
            store.adopt_part(file, &mapped, notices)?;
        }
        store.check_tails(batch, notices)?;
        remove_leftovers(dir)
            .and_then(|_| remove_map_leftovers(dir))
            .map_err(|error| InitError::io(dir, error))?;
        Ok(store)
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) const fn layout(&self) -> &Layout {
        &self.content.layout
    }

    pub(crate) const fn done(&self) -> &RangeMap {
        &self.done
    }

    /// Bytes that the drive must still give for the labels of `scope`.
    pub(crate) fn missing_bytes(&self, scope: &Range<u64>) -> u64 {
        let layout = &self.content.layout;
        files_of(layout, scope)
            .map(|file| {
                let size =
                    |name: String| fs::metadata(self.dir.join(name)).map_or(0, |found| found.len());
                let present = size(file_name(file)).max(size(part_file_name(file)));
                layout.file_size(file).saturating_sub(present)
            })
            .sum()
    }

    /// The file of a label, open for positioned writing, with room for all of its labels.
    pub(crate) fn writer(&mut self, file: u32) -> Result<Arc<File>, InitError> {
        if let Some(open) = self.open.get(&file) {
            return Ok(Arc::clone(open));
        }
        let whole = self.dir.join(file_name(file));
        let part = self.dir.join(part_file_name(file));
        let fail = |error| InitError::io(&part, error);
        if whole.exists() {
            self.save_map()?;
            fs::rename(&whole, &part).map_err(fail)?;
        }
        let opened = owner_only(
            OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false),
        )
        .open(&part)
        .map_err(fail)?;
        reserve(&opened, self.content.layout.file_size(file)).map_err(fail)?;
        sync_dir(&self.dir).map_err(fail)?;
        let opened = Arc::new(opened);
        self.open.insert(file, Arc::clone(&opened));
        Ok(opened)
    }

    /// Records labels as done. They must have been written and flushed. Returns the files that became complete.
    pub(crate) fn record(&mut self, labels: Range<u64>) -> Result<Vec<u32>, InitError> {
        self.done.insert(labels.clone());
        self.save_map()?;
        let complete: Vec<u32> = files_of(&self.content.layout, &labels)
            .filter(|&file| self.is_complete(file))
            .collect();
        for &file in &complete {
            self.finish(file)?;
        }
        Ok(complete)
    }

    /// Ends a session: files without holes get their final name, and the range map goes when it has nothing to say.
    pub(crate) fn close(&mut self) -> Result<(), InitError> {
        self.save_map()?;
        for file in list_parts(&self.dir)? {
            if file >= self.content.layout.files() {
                continue;
            }
            let labels = self.content.layout.file_labels(file);
            let gap = self.done.first_gap(labels.clone());
            let prefix = gap.map_or(labels.end, |gap| gap.start);
            if self.done.count_in(prefix..labels.end) > 0 {
                continue;
            }
            self.open.remove(&file);
            self.rename_whole(file, (prefix - labels.start) * LABEL_SIZE)?;
        }
        self.open.clear();
        if list_parts(&self.dir)?.is_empty() {
            range_map::remove(&self.dir).map_err(|error| InitError::from(error).sorted())?;
        }
        Ok(())
    }

    fn is_complete(&self, file: u32) -> bool {
        self.done.covers(self.content.layout.file_labels(file))
    }

    fn finish(&mut self, file: u32) -> Result<(), InitError> {
        self.open.remove(&file);
        if self.dir.join(part_file_name(file)).exists() {
            self.rename_whole(file, self.content.layout.file_size(file))?;
        }
        Ok(())
    }

    /// Cuts a `.part` file to `size`, flushes it and gives it its final name; an empty one is removed.
    fn rename_whole(&self, file: u32, size: u64) -> Result<(), InitError> {
        let part = self.dir.join(part_file_name(file));
        let fail = |error| InitError::io(&part, error);
        if size == 0 {
            fs::remove_file(&part).map_err(fail)?;
        } else {
            let opened = OpenOptions::new().write(true).open(&part).map_err(fail)?;
            opened
                .set_len(size)
                .and_then(|()| opened.sync_all())
                .map_err(fail)?;
            drop(opened);
            fs::rename(&part, self.dir.join(file_name(file))).map_err(fail)?;
        }
        sync_dir(&self.dir).map_err(fail)
    }

    fn header(&self) -> RangeMapHeader {
        let Content {
            commitment, layout, ..
        } = self.content;
        RangeMapHeader {
            commitment,
            labels: layout.labels(),
            labels_per_file: layout.labels_per_file(),
        }
    }

    fn save_map(&self) -> Result<(), InitError> {
        range_map::save(&self.dir, &self.header(), &self.done)
            .map_err(|error| InitError::from(error).sorted())
    }

    fn load_map(&self, notices: &mut Vec<Notice>) -> Result<RangeMap, InitError> {
        let expected = self.header();
        match range_map::load(&self.dir) {
            // The number of labels may differ: the directory grew or shrank.
            Ok(Some((header, map)))
                if RangeMapHeader {
                    labels: expected.labels,
                    ..header
                } == expected =>
            {
                Ok(map)
            }
            Ok(Some(_)) => {
                notices.push(Notice::RangeMapUnusable {
                    reason: format!("{RANGE_MAP_FILE} belongs to other labels"),
                });
                Ok(RangeMap::new())
            }
            Ok(None) => Ok(RangeMap::new()),
            Err(error @ RangeMapError::Format { .. }) => {
                notices.push(Notice::RangeMapUnusable {
                    reason: error.to_string(),
                });
                Ok(RangeMap::new())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A `.bin` file: its size says what is done.
    fn adopt_whole(
        &mut self,
        file: u32,
        size: u64,
        not_last: bool,
        notices: &mut Vec<Notice>,
    ) -> Result<(), InitError> {
        let name = file_name(file);
        let path = self.dir.join(&name);
        let expected = self.content.layout.file_size(file);
        if size > expected {
            return Err(InitError::TooLong {
                path,
                expected,
                found: size,
            });
        }
        let stray = size % LABEL_SIZE;
        if stray > 0 {
            let opened = OpenOptions::new()
                .write(true)
                .open(&path)
                .map_err(|error| InitError::io(&path, error))?;
            opened
                .set_len(size - stray)
                .map_err(|error| InitError::io(&path, error))?;
            notices.push(Notice::StrayBytes {
                file: name.clone(),
                bytes: stray,
            });
        }
        if size < expected && not_last {
            notices.push(Notice::ShortFile {
                file: name,
                expected,
                found: size,
            });
        }
        let start = self.content.layout.file_labels(file).start;
        self.done.insert(start..start + size / LABEL_SIZE);
        Ok(())
    }

    /// A `.part` file: the range map says what is done, as far as the file reaches.
    fn adopt_part(
        &mut self,
        file: u32,
        mapped: &RangeMap,
        notices: &mut Vec<Notice>,
    ) -> Result<(), InitError> {
        let part = self.dir.join(part_file_name(file));
        let fail = |error| InitError::io(&part, error);
        let labels = self.content.layout.file_labels(file);
        let size = fs::metadata(&part).map_err(fail)?.len();
        let reach = (labels.start + size / LABEL_SIZE).min(labels.end);
        let lost = mapped.count_in(reach..labels.end);
        if lost > 0 {
            let expected = (mapped
                .within(labels.clone())
                .last()
                .map_or(labels.start, |last| last.end)
                - labels.start)
                * LABEL_SIZE;
            notices.push(Notice::ShortFile {
                file: part_file_name(file),
                expected,
                found: size,
            });
        }
        let whole = self.dir.join(file_name(file));
        if self.is_complete(file) {
            // Both names: the reference's tools filled the file meanwhile.
            fs::remove_file(&part).map_err(fail)?;
        } else if whole.exists() {
            self.merge_whole_into_part(file, mapped, reach)?;
        } else {
            for range in mapped.within(labels.start..reach).collect::<Vec<_>>() {
                self.done.insert(range);
            }
            if self.is_complete(file) {
                self.finish(file)?;
            }
        }
        Ok(())
    }

    /// Both names of an unfinished file exist: the reference's tools began it anew. Their labels join ours.
    fn merge_whole_into_part(
        &mut self,
        file: u32,
        mapped: &RangeMap,
        reach: u64,
    ) -> Result<(), InitError> {
        let whole = self.dir.join(file_name(file));
        let part = self.dir.join(part_file_name(file));
        let labels = self.content.layout.file_labels(file);
        let theirs: Vec<_> = self.done.within(labels.clone()).collect();
        let from = File::open(&whole).map_err(|error| InitError::io(&whole, error))?;
        let to = OpenOptions::new()
            .write(true)
            .open(&part)
            .map_err(|error| InitError::io(&part, error))?;
        reserve(&to, self.content.layout.file_size(file))
            .map_err(|error| InitError::io(&part, error))?;
        let mut buffer = vec![0; COPY_BUFFER];
        for range in theirs {
            let mut at = (range.start - labels.start) * LABEL_SIZE;
            let end = (range.end - labels.start) * LABEL_SIZE;
            while at < end {
                let piece = &mut buffer[..((end - at) as usize).min(COPY_BUFFER)];
                read_at(&from, at, piece).map_err(|error| InitError::io(&whole, error))?;
                write_at(&to, at, piece).map_err(|error| InitError::io(&part, error))?;
                at += piece.len() as u64;
            }
        }
        to.sync_all().map_err(|error| InitError::io(&part, error))?;
        for range in mapped.within(labels.start..reach).collect::<Vec<_>>() {
            self.done.insert(range);
        }
        self.save_map()?;
        fs::remove_file(&whole).map_err(|error| InitError::io(&whole, error))?;
        if self.is_complete(file) {
            self.finish(file)
        } else {
            Ok(())
        }
    }

    /// After a power cut a file's size can be right and its end zeros or rubbish. The ends of what is done are looked at: all of the last
    /// batch for zeros, some labels of it by computing them. What fails is computed again.
    fn check_tails(&mut self, batch: u64, notices: &mut Vec<Notice>) -> Result<(), InitError> {
        let layout = self.content.layout;
        let mut scratch = Scratch::default();
        let done = self.done.clone();
        for file in files_of(&layout, &(0..layout.labels())) {
            let labels = layout.file_labels(file);
            let complete = self.is_complete(file);
            for range in done.within(labels.clone()) {
                let length = if complete {
                    batch.min(FINISHED_TAIL)
                } else {
                    batch
                };
                let tail = range.end - length.min(range.end - range.start)..range.end;
                let Some(bad) = self.bad_tail(file, &tail, &mut scratch)? else {
                    continue;
                };
                let bad = self.zeros_before(file, range.start..bad)?..range.end;
                notices.push(Notice::TornTail {
                    file: file_name(file),
                    from: bad.start,
                    to: bad.end,
                });
                self.done.remove(bad.clone());
                let whole = self.dir.join(file_name(file));
                if whole.exists() {
                    // A `.bin` file has no holes: the rest of it is what is left.
                    let size = (bad.start - labels.start) * LABEL_SIZE;
                    let opened = OpenOptions::new()
                        .write(true)
                        .open(&whole)
                        .map_err(|error| InitError::io(&whole, error))?;
                    opened
                        .set_len(size)
                        .map_err(|error| InitError::io(&whole, error))?;
                }
            }
        }
        Ok(())
    }

    /// The first label of `tail` that is to be computed again; `None` when nothing is wrong with it.
    fn bad_tail(
        &self,
        file: u32,
        tail: &Range<u64>,
        scratch: &mut Scratch,
    ) -> Result<Option<u64>, InitError> {
        let (path, opened) = self.open_existing(file)?;
        let first = self.content.layout.file_labels(file).start;
        let mut bytes = vec![0; ((tail.end - tail.start) * LABEL_SIZE) as usize];
        read_at(&opened, (tail.start - first) * LABEL_SIZE, &mut bytes)
            .map_err(|error| InitError::io(&path, error))?;
        let (labels, _) = bytes.as_chunks::<{ LABEL_SIZE as usize }>();
        if let Some(zero) = labels
            .iter()
            .position(|label| *label == [0; LABEL_SIZE as usize])
        {
            return Ok(Some(tail.start + zero as u64));
        }
        let Content {
            commitment, scrypt, ..
        } = self.content;
        let job = LabelJob {
            commitment,
            scrypt,
            start: tail.start,
            count: labels.len() as u64,
            limit: [0; 32],
        };
        let wrong = [labels.len().saturating_sub(1), 0, labels.len() / 2]
            .into_iter()
            .any(|at| {
                labels.get(at).is_some_and(|label| {
                    check_label(&job, tail.start + at as u64, label, scratch).is_some()
                })
            });
        Ok(wrong.then_some(tail.start))
    }

    /// Zeros that begin at `range.end` may have begun earlier: the first label after which all are zero.
    fn zeros_before(&self, file: u32, range: Range<u64>) -> Result<u64, InitError> {
        let (path, opened) = self.open_existing(file)?;
        let first = self.content.layout.file_labels(file).start;
        let mut end = range.end;
        let mut buffer = vec![0; COPY_BUFFER];
        while end > range.start {
            let start = end
                .saturating_sub(COPY_BUFFER as u64 / LABEL_SIZE)
                .max(range.start);
            let piece = &mut buffer[..((end - start) * LABEL_SIZE) as usize];
            read_at(&opened, (start - first) * LABEL_SIZE, piece)
                .map_err(|error| InitError::io(&path, error))?;
            let (labels, _) = piece.as_chunks::<{ LABEL_SIZE as usize }>();
            match labels
                .iter()
                .rposition(|label| *label != [0; LABEL_SIZE as usize])
            {
                Some(last) => return Ok(start + last as u64 + 1),
                None => end = start,
            }
        }
        Ok(range.start)
    }

    fn open_existing(&self, file: u32) -> Result<(PathBuf, File), InitError> {
        let whole = self.dir.join(file_name(file));
        let path = if whole.exists() {
            whole
        } else {
            self.dir.join(part_file_name(file))
        };
        match File::open(&path) {
            Ok(opened) => Ok((path, opened)),
            Err(error) => Err(InitError::io(path, error)),
        }
    }
}

/// Labels at the end of a finished file that are looked at when the directory is opened: 64 KiB, what a disk writes in one go.
const FINISHED_TAIL: u64 = 4096;
const COPY_BUFFER: usize = 1 << 20;

/// Numbers of the files that hold labels of `range`.
pub(crate) fn files_of(layout: &Layout, range: &Range<u64>) -> impl Iterator<Item = u32> + use<> {
    let files = match (
        layout.locate(range.start),
        range
            .end
            .min(layout.labels())
            .checked_sub(1)
            .and_then(|last| layout.locate(last)),
    ) {
        (Some((first, _)), Some((last, _))) if range.start < range.end => first..last + 1,
        _ => 0..0,
    };
    files.into_iter()
}

/// Numbers of the `.part` files of a directory, in order.
pub(crate) fn list_parts(dir: &Path) -> Result<Vec<u32>, InitError> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| InitError::io(dir, error))? {
        let entry = entry.map_err(|error| InitError::io(dir, error))?;
        parts.extend(entry.file_name().to_str().and_then(parse_part_file_name));
    }
    parts.sort_unstable();
    Ok(parts)
}

/// Removes what a kill in the middle of saving the range map left behind.
fn remove_map_leftovers(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry
            .file_name()
            .to_str()
            .is_some_and(range_map::is_leftover)
        {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Gives a file its full size, with real blocks where the file system can promise them, so that a full disk shows before any work.
fn reserve(file: &File, size: u64) -> io::Result<()> {
    if file.metadata()?.len() >= size {
        return Ok(());
    }
    #[cfg(target_os = "linux")]
    match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, size) {
        Ok(()) => return Ok(()),
        Err(
            rustix::io::Errno::OPNOTSUPP
            | rustix::io::Errno::NOSYS
            | rustix::io::Errno::INVAL
            | rustix::io::Errno::NODEV,
        ) => {}
        Err(error) => return Err(error.into()),
    }
    file.set_len(size)
}

/// Labels are written once and not read again for weeks: the desktop's cached files must not make room for them.
pub(super) fn forget_cached(file: &File) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // A refusal costs nobody but the cache.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = file;
}

fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Writes all of `bytes` at an offset; the file's cursor is not used.
pub(crate) fn write_at(file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, bytes, offset);
    #[cfg(windows)]
    {
        let mut written = 0;
        while written < bytes.len() {
            match std::os::windows::fs::FileExt::seek_write(
                file,
                &bytes[written..],
                offset + written as u64,
            )? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                more => written += more,
            }
        }
        Ok(())
    }
}

/// Fills `bytes` from an offset; the file's cursor is not used.
pub(crate) fn read_at(file: &File, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset);
    #[cfg(windows)]
    {
        let mut read = 0;
        while read < bytes.len() {
            match std::os::windows::fs::FileExt::seek_read(
                file,
                &mut bytes[read..],
                offset + read as u64,
            )? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                more => read += more,
            }
        }
        Ok(())
    }
}
