//! Keys on disk (01 §3.2): the text of one file, and what a folder of them means. Nothing here reads the disk.

use std::{collections::BTreeMap, fmt};

use spacemesh_types::NodeId;
use zeroize::Zeroizing;

use crate::{KeyError, SigningKey};

/// Folder of the identities inside of the data folder; created with mode 0700.
pub const IDENTITY_FOLDER: &str = "identities";
/// Extension of the files that count, with exactly this case. The files have mode 0600.
pub const IDENTITY_EXTENSION: &str = "key";
/// Name of the one identity whose space the node itself initialises and proves.
pub const SUPERVISED_KEY_FILE: &str = "local.key";
/// Bytes of a key file: 64 in hexadecimal, and nothing after them.
pub const KEY_FILE_SIZE: usize = 2 * SigningKey::PAIR_SIZE;

/// The text of a key file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// Another length.
    #[error("{found} bytes, expected 128 hexadecimal digits and nothing after them")]
    Length {
        /// Bytes found.
        found: usize,
    },
    /// A line end or blank behind the key, as editors leave it.
    #[error(
        "the key is followed by a line end or blanks; remove them, the file must end with the last digit"
    )]
    BlanksAtTheEnd,
    /// A byte that is no hexadecimal digit.
    #[error("byte {position} is no hexadecimal digit; restore the file from a copy")]
    Digit {
        /// Its position in the file.
        position: usize,
    },
    /// The halves do not belong together.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Reads the content of a key file.
///
/// # Errors
///
/// Anything but 128 hexadecimal digits (of either case) of a key pair whose halves belong together.
pub fn parse_key_file(content: &[u8]) -> Result<SigningKey, KeyFileError> {
    if content.len() != KEY_FILE_SIZE {
        let trimmed = content.trim_ascii_end().len();
        let blanks = trimmed == KEY_FILE_SIZE;
        return Err(if blanks {
            KeyFileError::BlanksAtTheEnd
        } else {
            KeyFileError::Length {
                found: content.len(),
            }
        });
    }
    if let Some(position) = content.iter().position(|byte| !byte.is_ascii_hexdigit()) {
        return Err(KeyFileError::Digit { position });
    }
    let mut pair = Zeroizing::new([0; SigningKey::PAIR_SIZE]);
    hex::decode_to_slice(content, pair.as_mut_slice()).map_err(|_| KeyFileError::Length {
        found: content.len(),
    })?;
    Ok(SigningKey::from_pair(&pair)?)
}

/// The content of a key file: 128 lower-case hexadecimal digits, no line end.
pub fn write_key_file(key: &SigningKey) -> Zeroizing<String> {
    Zeroizing::new(hex::encode(key.pair().as_slice()))
}

/// One identity and the file it came from.
#[derive(Debug, Clone)]
pub struct Identity {
    /// File name, extension included.
    pub file: String,
    /// Its key.
    pub key: SigningKey,
}

/// Who initialises and proves space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setup {
    /// The node itself, for its one identity `local.key`.
    Supervised,
    /// Provers that connect from outside, for any number of identities.
    Remote,
}

/// The identities of a data folder: at least one, no two alike, in the order of their file names.
#[derive(Debug, Clone)]
pub struct Identities {
    list: Vec<Identity>,
    setup: Setup,
}

impl Identities {
    /// The identities.
    pub fn list(&self) -> &[Identity] {
        &self.list
    }

    /// Who initialises and proves their space.
    pub const fn setup(&self) -> Setup {
        self.setup
    }
}

/// A folder of identities that cannot be used. None of its keys may be used then.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentitiesError {
    /// A file that is no key.
    File {
        /// File name.
        file: String,
        /// What is wrong with it.
        source: KeyFileError,
    },
    /// Files with the same key, each key with all of its files.
    Duplicates(Vec<(NodeId, Vec<String>)>),
    /// `local.key` beside other keys.
    SupervisedAmongOthers {
        /// Number of keys.
        count: usize,
    },
}

impl fmt::Display for IdentitiesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, source } => write!(f, "{file}: {source}"),
            Self::Duplicates(groups) => {
                f.write_str("identities occur more than once; keep one file of each:")?;
                groups
                    .iter()
                    .try_for_each(|(id, files)| write!(f, " {id} in {};", files.join(" and ")))
            }
            Self::SupervisedAmongOthers { count } => write!(
                f,
                "{count} keys and one of them is {SUPERVISED_KEY_FILE}, which must be alone; rename it to smesh with provers outside of \
                 the node, or move the others away"
            ),
        }
    }
}

impl std::error::Error for IdentitiesError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { source, .. } => Some(source),
            Self::Duplicates(_) | Self::SupervisedAmongOthers { .. } => None,
        }
    }
}

/// What the files of an identity folder mean. `files` are name and content of the files in it, in any order; subfolders are not looked
/// into. `None` says that there is no key, so that a first one may be made and stored as `local.key`.
///
/// # Errors
///
/// A file with the extension that is no key, two files with one key, or `local.key` together with other keys.
pub fn load_identities<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<Option<Identities>, IdentitiesError> {
    let mut files: Vec<_> = files
        .into_iter()
        .filter(|(name, _)| has_extension(name))
        .collect();
    files.sort_unstable_by_key(|(name, _)| *name);
    let mut list = Vec::new();
    for (name, content) in files {
        let key = parse_key_file(content).map_err(|source| IdentitiesError::File {
            file: name.to_owned(),
            source,
        })?;
        list.push(Identity {
            file: name.to_owned(),
            key,
        });
    }
    if list.is_empty() {
        return Ok(None);
    }
    let mut by_id = BTreeMap::<NodeId, Vec<String>>::new();
    for identity in &list {
        by_id
            .entry(identity.key.node_id())
            .or_default()
            .push(identity.file.clone());
    }
    let duplicates: Vec<_> = by_id
        .into_iter()
        .filter(|(_, files)| files.len() > 1)
        .collect();
    if !duplicates.is_empty() {
        return Err(IdentitiesError::Duplicates(duplicates));
    }
    let supervised = list
        .iter()
        .any(|identity| identity.file == SUPERVISED_KEY_FILE);
    match (supervised, list.len()) {
        (true, 1) => Ok(Some(Identities {
            list,
            setup: Setup::Supervised,
        })),
        (true, count) => Err(IdentitiesError::SupervisedAmongOthers { count }),
        (false, _) => Ok(Some(Identities {
            list,
            setup: Setup::Remote,
        })),
    }
}

/// Whether the text after the last dot is the extension; the reference counts a file named `.key` too.
fn has_extension(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| extension == IDENTITY_EXTENSION)
}
