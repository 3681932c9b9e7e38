//! `postdata_metadata.json` (03 §3.5): whose labels a directory holds.
//!
//! Keeps true: reading accepts any writer's layout and never passes a number through floating point; writing gives the bytes of the Go
//! reference (tab indentation, its field order, absent instead of null, a final newline) and replaces the file in one step, so a reader sees
//! the former or the next content and nothing between, also after a power cut.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, de};

use crate::label::{Commitment, Label};
use crate::params::{NumLabels, ParamsError};
use crate::vrf_nonce::VrfNonce;

/// Name of the metadata file in a data directory.
pub const METADATA_FILE: &str = "postdata_metadata.json";
/// A metadata file is a few hundred bytes; more than this is something else.
const MAX_METADATA_BYTES: u64 = 64 * 1024;

/// Content of a metadata file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PostMetadata {
    /// The identity's public key.
    #[serde(deserialize_with = "base64_id")]
    pub node_id: [u8; 32],
    /// The ATX that the labels are bound to.
    #[serde(deserialize_with = "base64_id")]
    pub commitment_atx_id: [u8; 32],
    /// Labels of one unit.
    pub labels_per_unit: u64,
    /// Units of this identity.
    pub num_units: u32,
    /// Size in bytes of every file but the last.
    pub max_file_size: u64,
    /// Index of the best VRF nonce.
    #[serde(default)]
    pub nonce: Option<u64>,
    /// Stored half of the label at `nonce`. Only Go writers keep it.
    #[serde(default, deserialize_with = "hex_label")]
    pub nonce_value: Option<Label>,
    /// Where the search for a nonce beyond the data stands.
    #[serde(default)]
    pub last_position: Option<u64>,
}

impl PostMetadata {
    /// Reads the metadata of a data directory.
    ///
    /// # Errors
    /// [`MetadataError::Missing`] when there is no file; otherwise when it cannot be read or is not metadata.
    pub fn read(dir: &Path) -> Result<Self, MetadataError> {
        let path = dir.join(METADATA_FILE);
        let mut bytes = Vec::new();
        let opened = File::open(&path)
            .and_then(|file| file.take(MAX_METADATA_BYTES + 1).read_to_end(&mut bytes));
        match opened {
            Ok(_) => Self::parse(&bytes).map_err(|reason| MetadataError::Format { path, reason }),
            Err(source) if source.kind() == io::ErrorKind::NotFound => {
                Err(MetadataError::Missing { path })
            }
            Err(source) => Err(MetadataError::Read { path, source }),
        }
    }

    /// Parses the bytes of a metadata file.
    ///
    /// # Errors
    /// Says what is wrong and where.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() as u64 > MAX_METADATA_BYTES {
            return Err(format!("more than {MAX_METADATA_BYTES} bytes"));
        }
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    /// The bytes of the Go reference's writer.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self {
            node_id,
            commitment_atx_id,
            labels_per_unit,
            num_units,
            max_file_size,
            nonce,
            nonce_value,
            last_position,
        } = self;
        let mut out = format!(
            "{{\n\t\"NodeId\": \"{}\",\n\t\"CommitmentAtxId\": \"{}\",\n\t\"LabelsPerUnit\": {labels_per_unit},\n\t\"NumUnits\": {num_units},\n\t\"MaxFileSize\": {max_file_size}",
            STANDARD.encode(node_id),
            STANDARD.encode(commitment_atx_id),
        );
        let optional = [
            nonce.map(|nonce| format!("\"Nonce\": {nonce}")),
            nonce_value.map(|value| format!("\"NonceValue\": \"{}\"", hex::encode(value))),
            last_position.map(|position| format!("\"LastPosition\": {position}")),
        ];
        for field in optional.into_iter().flatten() {
            write!(out, ",\n\t{field}").expect("writing to a string does not fail");
        }
        out.push_str("\n}\n");
        out.into_bytes()
    }

    /// Replaces the metadata file of `dir`: temporary file, flush to disk, rename, flush of the directory.
    ///
    /// # Errors
    /// The former file is untouched when any step fails.
    pub fn write(&self, dir: &Path) -> Result<(), MetadataError> {
        replace_file(dir, METADATA_FILE, &self.to_bytes()).map_err(|source| MetadataError::Write {
            path: dir.join(METADATA_FILE),
            source,
        })
    }

    /// The commitment of the labels.
    pub fn commitment(&self) -> Commitment {
        Commitment::new(&self.node_id, &self.commitment_atx_id)
    }

    /// Labels of the identity.
    ///
    /// # Errors
    /// When the stored numbers multiply to zero or overflow.
    pub fn num_labels(&self) -> Result<NumLabels, ParamsError> {
        NumLabels::new(self.num_units, self.labels_per_unit)
    }

    /// The best nonce with its value, when both are known.
    pub fn vrf_nonce(&self) -> Option<VrfNonce> {
        Some(VrfNonce {
            index: self.nonce?,
            value: self.nonce_value?,
        })
    }

    /// Remembers a nonce.
    pub fn set_vrf_nonce(&mut self, nonce: VrfNonce) {
        self.nonce = Some(nonce.index);
        self.nonce_value = Some(nonce.value);
    }
}

/// Writes `name` in `dir` so that it has either its former or its next content at any moment. The file is readable by its owner only.
pub(crate) fn replace_file(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = tempfile::Builder::new()
        .prefix(name)
        .suffix(".tmp")
        .tempfile_in(dir)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(dir.join(name))?;
    sync_dir(dir)
}

/// Makes a rename or a new file durable. Windows has no such call: there the rename is durable with the file's own flush.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(windows) {
        Ok(())
    } else {
        File::open(dir)?.sync_all()
    }
}

/// Removes what an interrupted [`PostMetadata::write`] left behind. Returns how many files that were.
///
/// # Errors
/// When the directory cannot be listed or a file cannot be removed.
pub fn remove_leftovers(dir: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let leftover = name
            .to_str()
            .is_some_and(|name| name.starts_with(METADATA_FILE) && name.ends_with(".tmp"));
        if leftover {
            fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn base64_id<'de, D: Deserializer<'de>>(input: D) -> Result<[u8; 32], D::Error> {
    let text = String::deserialize(input)?;
    let bytes = STANDARD
        .decode(&text)
        .map_err(|_| de::Error::custom("expected 32 bytes in padded base64"))?;
    bytes.try_into().map_err(|bytes: Vec<u8>| {
        de::Error::custom(format!(
            "expected 32 bytes in base64, found {}",
            bytes.len()
        ))
    })
}

fn hex_label<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Label>, D::Error> {
    let Some(text) = Option::<String>::deserialize(input)? else {
        return Ok(None);
    };
    if text.is_empty() {
        return Ok(None);
    }
    let mut label = [0; 16];
    hex::decode_to_slice(&text, &mut label)
        .map_err(|_| de::Error::custom("expected 16 bytes in hex"))?;
    Ok(Some(label))
}

/// A metadata file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// There is none.
    #[error(
        "{path} does not exist: the folder holds no PoST data, or its metadata was deleted; choose another folder or restore the file"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Not metadata.
    #[error("{path} is not PoST metadata: {reason}; restore the file from a copy")]
    Format {
        /// The file.
        path: PathBuf,
        /// What was expected and where.
        reason: String,
    },
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {path}; check free space and permissions")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
}
