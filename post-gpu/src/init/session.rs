//! Opening a data directory for initialisation: whose data it is, what is done, growing and shrinking (03 §3.6 "Opening").

use std::fs::{self, OpenOptions};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::device::Device;
use crate::files::{Layout, scan};
use crate::label::{Commitment, label32, stored};
use crate::metadata::{MetadataError, PostMetadata, sync_dir};
use crate::params::{DEFAULT_COMPUTE_BATCH, DEFAULT_FILE_SIZE, LABEL_SIZE, PostParams};
use crate::vrf_nonce::{VrfNonce, VrfThreshold};

use super::control::InitControl;
use super::error::{InitError, Notice};
use super::lock::DirLock;
use super::progress::{InitEvent, Summary};
use super::run;
use super::store::{Content, Store, files_of, list_parts, part_file_name};

/// What to initialise.
#[derive(Clone, Debug)]
pub struct InitOptions {
    /// Data directory; made when it does not exist.
    pub dir: PathBuf,
    /// The identity's public key.
    pub node_id: [u8; 32],
    /// The ATX that the labels are bound to.
    pub commitment_atx_id: [u8; 32],
    /// The network's parameters.
    pub params: PostParams,
    /// Units of the identity.
    pub num_units: u32,
    /// Size in bytes of every file but the last.
    pub max_file_size: u64,
    /// First file of this session: other machines make the others.
    pub from_file: u32,
    /// Last file of this session; `None`: the last of all.
    pub to_file: Option<u32>,
    /// Most labels per batch. A batch is what a device loses when the process is killed; also the step of the search for a VRF nonce.
    pub batch: u64,
    /// The person agreed that the directory becomes larger.
    pub allow_growing: bool,
    /// The person agreed that labels are deleted, because the directory becomes smaller.
    pub allow_shrinking: bool,
}

impl InitOptions {
    /// All files of an identity, with the usual sizes.
    pub fn new(
        dir: impl Into<PathBuf>,
        node_id: [u8; 32],
        commitment_atx_id: [u8; 32],
        params: PostParams,
        num_units: u32,
    ) -> Self {
        Self {
            dir: dir.into(),
            node_id,
            commitment_atx_id,
            params,
            num_units,
            max_file_size: DEFAULT_FILE_SIZE,
            from_file: 0,
            to_file: None,
            batch: DEFAULT_COMPUTE_BATCH,
            allow_growing: false,
            allow_shrinking: false,
        }
    }

    fn metadata(&self) -> PostMetadata {
        PostMetadata {
            node_id: self.node_id,
            commitment_atx_id: self.commitment_atx_id,
            labels_per_unit: self.params.labels_per_unit,
            num_units: self.num_units,
            max_file_size: self.max_file_size,
            nonce: None,
            nonce_value: None,
            last_position: None,
        }
    }
}

/// An open and locked data directory, ready to compute.
pub struct InitSession {
    pub(super) store: Store,
    pub(super) metadata: PostMetadata,
    pub(super) threshold: VrfThreshold,
    pub(super) params: PostParams,
    pub(super) commitment: Commitment,
    pub(super) batch: u64,
    /// Labels of this session's files.
    pub(super) scope: Range<u64>,
    /// Whether the session is responsible for all files, so that a nonce must be found.
    pub(super) is_whole: bool,
    notices: Vec<Notice>,
    _lock: DirLock,
}

impl std::fmt::Debug for InitSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InitSession")
            .field("dir", &self.store.dir())
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl InitSession {
    /// Locks the directory, compares it with what was asked for, and looks at what is done. Metadata is on disk when this returns.
    ///
    /// # Errors
    /// Nothing is deleted without `allow_shrinking`, and nothing is changed when the data belongs to something else.
    pub fn open(options: &InitOptions) -> Result<Self, InitError> {
        let labels = options.params.check_session(
            options.num_units,
            options.max_file_size,
            options.batch,
        )?;
        let layout = Layout::new(labels, options.max_file_size)?;
        let threshold = VrfThreshold::new(labels)?;
        let last = layout.files() - 1;
        let to = options.to_file.unwrap_or(last);
        if to > last || options.from_file > to {
            return Err(InitError::Files {
                from: options.from_file,
                to,
                last,
            });
        }

        make_dir(&options.dir).map_err(|error| InitError::io(&options.dir, error))?;
        let lock = DirLock::take(&options.dir)?;
        let mut notices = Vec::new();
        if !lock.is_real() {
            notices.push(Notice::NoLock);
        }

        let mut metadata = options.metadata();
        if let Some(found) = existing(options)? {
            resize(options, &layout, &found, &mut notices)?;
            metadata = PostMetadata {
                num_units: options.num_units,
                ..found
            };
        }
        let commitment = metadata.commitment();
        check_nonce(
            &mut metadata,
            &commitment,
            &options.params,
            &threshold,
            &mut notices,
        );
        metadata
            .write(&options.dir)
            .map_err(|error| InitError::from(error).sorted())?;

        let content = Content {
            commitment,
            scrypt: options.params.scrypt,
            layout,
        };
        let store = Store::open(&options.dir, content, options.batch, &mut notices)?;
        Ok(Self {
            store,
            metadata,
            threshold,
            params: options.params,
            commitment,
            batch: options.batch,
            scope: layout.file_labels(options.from_file).start..layout.file_labels(to).end,
            is_whole: options.from_file == 0 && to == last,
            notices,
            _lock: lock,
        })
    }

    /// What was found and mended.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Labels of this session's files, and how many of them are done.
    pub fn done_and_total(&self) -> (u64, u64) {
        (
            self.store.done().count_in(self.scope.clone()),
            self.scope.end - self.scope.start,
        )
    }

    /// The labels that are done, over the whole identity.
    pub fn done_ranges(&self) -> Vec<Range<u64>> {
        self.store.done().iter().collect()
    }

    /// Whether everything is there, the VRF nonce included.
    pub fn is_complete(&self) -> bool {
        self.store.done().covers(self.scope.clone())
            && (self.metadata.nonce.is_some() || !self.is_whole)
    }

    /// The metadata as it is on disk.
    pub const fn metadata(&self) -> &PostMetadata {
        &self.metadata
    }

    /// Bytes that the drive must still give.
    pub fn missing_bytes(&self) -> u64 {
        self.store.missing_bytes(&self.scope)
    }

    /// Computes what is missing on any mix of devices, and a VRF nonce if none was found. Returns when everything is done or `control`
    /// cancels. `events` is called from several threads, one at a time.
    ///
    /// # Errors
    /// What was recorded as done stays done.
    pub fn run(
        mut self,
        devices: Vec<Box<dyn Device>>,
        control: &InitControl,
        events: &(dyn Fn(&InitEvent) + Sync),
    ) -> Result<Summary, InitError> {
        for notice in self.notices.drain(..) {
            events(&InitEvent::Notice(notice));
        }
        let needed = self.missing_bytes();
        let available = fs4::available_space(self.store.dir())
            .map_err(|error| InitError::io(self.store.dir(), error))?;
        if needed > available {
            return Err(InitError::NoSpace {
                dir: self.store.dir().to_owned(),
                needed,
                available,
            });
        }
        run::run(self, devices, control, events)
    }
}

fn make_dir(dir: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// The metadata of a directory that holds labels, after the comparisons of 03 §3.6 in their order. Without labels, metadata does not count.
fn existing(options: &InitOptions) -> Result<Option<PostMetadata>, InitError> {
    let dir = &options.dir;
    let written: u64 = scan(dir)?.iter().map(|file| file.size / LABEL_SIZE).sum();
    if written == 0 && list_parts(dir)?.is_empty() {
        return Ok(None);
    }
    let found = PostMetadata::read(dir)?;
    let wanted = options.metadata();
    let mismatch = |parameter, expected, found| {
        Err(InitError::Mismatch {
            dir: dir.clone(),
            parameter,
            expected,
            found,
        })
    };
    if found.node_id != wanted.node_id {
        return mismatch(
            "NodeId",
            hex::encode(wanted.node_id),
            hex::encode(found.node_id),
        );
    }
    if found.commitment_atx_id != wanted.commitment_atx_id {
        return mismatch(
            "CommitmentAtxId",
            hex::encode(wanted.commitment_atx_id),
            hex::encode(found.commitment_atx_id),
        );
    }
    if found.labels_per_unit != wanted.labels_per_unit {
        return mismatch(
            "LabelsPerUnit",
            wanted.labels_per_unit.to_string(),
            found.labels_per_unit.to_string(),
        );
    }
    if found.max_file_size != wanted.max_file_size {
        return mismatch(
            "MaxFileSize",
            wanted.max_file_size.to_string(),
            found.max_file_size.to_string(),
        );
    }
    Ok(Some(found))
}

/// Grows or shrinks, if the person agreed. Shrinking deletes files behind the end and cuts the last one.
fn resize(
    options: &InitOptions,
    layout: &Layout,
    found: &PostMetadata,
    notices: &mut Vec<Notice>,
) -> Result<(), InitError> {
    if options.num_units > found.num_units && !options.allow_growing {
        return Err(InitError::NeedsGrowing {
            dir: options.dir.clone(),
            found: found.num_units,
            wanted: options.num_units,
        });
    }
    if options.num_units >= found.num_units {
        return Ok(());
    }
    let surplus = surplus(&options.dir, layout)?;
    let bytes = surplus.iter().map(|(_, _, bytes)| bytes).sum();
    if !options.allow_shrinking {
        return Err(InitError::NeedsShrinking {
            dir: options.dir.clone(),
            found: found.num_units,
            wanted: options.num_units,
            bytes,
            files: surplus
                .into_iter()
                .map(|(path, _, bytes)| (path, bytes))
                .collect(),
        });
    }
    // The smaller size first: a crash in between leaves surplus files, which the next opening removes.
    PostMetadata {
        num_units: options.num_units,
        ..found.clone()
    }
    .write(&options.dir)
    .map_err(|error| InitError::from(error).sorted())?;
    for (path, keep, _) in &surplus {
        let cut = match keep {
            0 => fs::remove_file(path),
            &keep => OpenOptions::new()
                .write(true)
                .open(path)
                .and_then(|file| file.set_len(keep)),
        };
        cut.map_err(|error| InitError::io(path, error))?;
    }
    sync_dir(&options.dir).map_err(|error| InitError::io(&options.dir, error))?;
    notices.push(Notice::Shrunk { bytes });
    Ok(())
}

/// Files that reach beyond a layout: path, bytes to keep, bytes to go.
fn surplus(dir: &Path, layout: &Layout) -> Result<Vec<(PathBuf, u64, u64)>, InitError> {
    let mut sizes: Vec<(u32, PathBuf, u64)> = scan(dir)?
        .into_iter()
        .map(|file| (file.index, file.path, file.size))
        .collect();
    for index in list_parts(dir)? {
        let path = dir.join(part_file_name(index));
        let size = fs::metadata(&path)
            .map_err(|error| InitError::io(&path, error))?
            .len();
        sizes.push((index, path, size));
    }
    let over = sizes.into_iter().filter_map(|(index, path, size)| {
        let keep = layout.file_size(index);
        (size > keep).then(|| (path, keep, size - keep))
    });
    Ok(over.collect())
}

/// Completes `NonceValue`, and drops a nonce that is not valid for this size.
fn check_nonce(
    metadata: &mut PostMetadata,
    commitment: &Commitment,
    params: &PostParams,
    threshold: &VrfThreshold,
    notices: &mut Vec<Notice>,
) {
    let Some(index) = metadata.nonce else { return };
    let label = label32(commitment, index, params.scrypt);
    if threshold.admits(&label)
        && metadata
            .nonce_value
            .is_none_or(|value| value == stored(&label))
    {
        metadata.set_vrf_nonce(VrfNonce {
            index,
            value: stored(&label),
        });
    } else {
        metadata.nonce = None;
        metadata.nonce_value = None;
        notices.push(Notice::NonceDropped { index });
    }
}

/// What a directory holds, without changing or locking it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirStatus {
    /// Labels of the identity.
    pub total: u64,
    /// Labels that are done, as sorted ranges.
    pub done: Vec<Range<u64>>,
    /// Files of the identity.
    pub files: u32,
    /// Labels of every file but the last.
    pub labels_per_file: u64,
    /// Files that do not have what they should, by number: missing, short, long or with holes.
    pub incomplete_files: Vec<u32>,
    /// Bytes of all label files.
    pub bytes: u64,
    /// The VRF nonce.
    pub vrf_nonce: Option<u64>,
    /// Whether another process works on it right now.
    pub in_use: bool,
}

impl DirStatus {
    /// Labels that are done.
    pub fn done_labels(&self) -> u64 {
        self.done.iter().map(|range| range.end - range.start).sum()
    }

    /// Whether every file and a VRF nonce are there.
    pub fn is_complete(&self) -> bool {
        self.incomplete_files.is_empty() && self.vrf_nonce.is_some()
    }
}

/// Looks at a data directory without changing it.
///
/// # Errors
/// When there is no readable metadata or a file cannot be looked at.
pub fn inspect(dir: &Path) -> Result<(PostMetadata, DirStatus), InitError> {
    let metadata = PostMetadata::read(dir)?;
    let labels = metadata.num_labels()?;
    let layout = Layout::new(labels, metadata.max_file_size)?;
    let mut done = crate::range_map::RangeMap::new();
    let mut bytes = 0;
    let mut bad = Vec::new();
    for file in scan(dir)? {
        bytes += file.size;
        let range = layout.file_labels(file.index);
        done.insert(range.start..range.end.min(range.start + file.size / LABEL_SIZE));
        if file.size > layout.file_size(file.index) {
            bad.push(file.index);
        }
    }
    let mapped = crate::range_map::load(dir)
        .ok()
        .flatten()
        .filter(|(header, _)| header.commitment == metadata.commitment());
    for file in list_parts(dir)? {
        let path = dir.join(part_file_name(file));
        let size = fs::metadata(&path)
            .map_err(|error| InitError::io(&path, error))?
            .len();
        bytes += size;
        let range = layout.file_labels(file);
        let reach = range.end.min(range.start + size / LABEL_SIZE);
        for part in mapped
            .iter()
            .flat_map(|(_, map)| map.within(range.start..reach))
        {
            done.insert(part);
        }
        bad.push(file);
    }
    let missing = files_of(&layout, &(0..labels.get()))
        .filter(|&file| !done.covers(layout.file_labels(file)));
    let mut incomplete_files: Vec<u32> = missing.chain(bad).collect();
    incomplete_files.sort_unstable();
    incomplete_files.dedup();
    let in_use = matches!(DirLock::take(dir), Err(InitError::Locked { .. }));
    let status = DirStatus {
        total: labels.get(),
        done: done.iter().collect(),
        files: layout.files(),
        labels_per_file: layout.labels_per_file(),
        incomplete_files,
        bytes,
        vrf_nonce: metadata.nonce,
        in_use,
    };
    Ok((metadata, status))
}

/// What [`delete`] removes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Files and their sizes, in the order of removal.
    pub files: Vec<(PathBuf, u64)>,
    /// Sum of the sizes.
    pub bytes: u64,
    /// Things in the directory that stay, because they are not ours.
    pub stays: Vec<PathBuf>,
}

/// Lists exactly what deleting a data directory removes: label files, metadata and range map, nothing else.
///
/// # Errors
/// When the directory cannot be listed.
pub fn deletion(dir: &Path) -> Result<Deletion, InitError> {
    let fail = |error| InitError::io(dir, error);
    let mut files = Vec::new();
    let mut stays = Vec::new();
    for entry in fs::read_dir(dir).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name();
        let is_file = entry.file_type().map_err(fail)?.is_file()
            || entry.file_type().map_err(fail)?.is_symlink();
        match name.to_str().and_then(rank).filter(|_| is_file) {
            Some(rank) => files.push((
                rank,
                entry.path(),
                fs::metadata(entry.path()).map_or(0, |found| found.len()),
            )),
            None => stays.push(entry.path()),
        }
    }
    files.sort();
    stays.sort();
    let files: Vec<_> = files
        .into_iter()
        .map(|(_, path, size)| (path, size))
        .collect();
    Ok(Deletion {
        bytes: files.iter().map(|(_, size)| size).sum(),
        files,
        stays,
    })
}

/// Labels go first and metadata last, so that an interrupted deletion still says whose data it was.
fn rank(name: &str) -> Option<(u8, u32)> {
    if let Some(index) =
        crate::files::parse_file_name(name).or_else(|| super::store::parse_part_file_name(name))
    {
        return Some((0, index));
    }
    match name {
        crate::range_map::RANGE_MAP_FILE => Some((1, 0)),
        name if crate::range_map::is_leftover(name) => Some((1, 0)),
        crate::metadata::METADATA_FILE => Some((2, 0)),
        _ => None,
    }
}

/// Removes what `agreed` lists. The directory itself goes too when nothing else is in it.
///
/// # Errors
/// When another process works on it, or it holds other files than those the person agreed to; then nothing is removed.
pub fn delete(dir: &Path, agreed: &Deletion) -> Result<(), InitError> {
    let lock = DirLock::take(dir)?;
    let present = deletion(dir)?;
    if present.files != agreed.files {
        return Err(InitError::Mismatch {
            dir: dir.to_owned(),
            parameter: "files to delete",
            expected: format!("{} files, {} bytes", agreed.files.len(), agreed.bytes),
            found: format!("{} files, {} bytes", present.files.len(), present.bytes),
        });
    }
    for (path, _) in &agreed.files {
        fs::remove_file(path).map_err(|error| InitError::io(path, error))?;
    }
    drop(lock);
    if present.stays.is_empty() {
        fs::remove_dir(dir).map_err(|error| InitError::io(dir, error))?;
    }
    Ok(())
}

/// The metadata error of a missing file is how callers learn that a directory holds nothing.
pub fn is_empty_dir(error: &InitError) -> bool {
    matches!(error, InitError::Metadata(MetadataError::Missing { .. }))
}
