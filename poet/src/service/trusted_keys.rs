//! Further certifier keys from a folder (04 §7.4): every `*.key` below it holds one key in base64. One bad file fails the whole load.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use spacemesh_types::PublicKey;

/// Most keys and folders that are read, against a folder that is not what was meant.
const ENTRIES_MAX: usize = 100_000;

/// A folder that holds something else than keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustedKeysError {
    /// A file.
    #[error(
        "{0} is no certifier key: expected base64 of 32 bytes; mend or remove the file, then load again"
    )]
    NoKey(PathBuf),
    /// Too many.
    #[error("{0} has more than {ENTRIES_MAX} entries, so it is not a folder of certifier keys")]
    TooMany(PathBuf),
    /// The disk.
    #[error("cannot read {path}")]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// The keys below `folder`, ordered by path.
///
/// # Errors
///
/// A file with the extension `key` holds no key, or something cannot be read.
pub(super) fn load(folder: &Path) -> Result<Vec<PublicKey>, TrustedKeysError> {
    let mut waiting = vec![folder.to_owned()];
    let mut files = Vec::new();
    let mut seen = 0;
    while let Some(path) = waiting.pop() {
        let io = |source| TrustedKeysError::Io {
            path: path.clone(),
            source,
        };
        for entry in std::fs::read_dir(&path).map_err(io)? {
            let entry = entry.map_err(io)?;
            seen += 1;
            if seen > ENTRIES_MAX {
                return Err(TrustedKeysError::TooMany(folder.to_owned()));
            }
            let kind = entry.file_type().map_err(io)?;
            if kind.is_dir() {
                waiting.push(entry.path());
            } else if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "key")
            {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    files.into_iter().map(read).collect()
}

fn read(path: PathBuf) -> Result<PublicKey, TrustedKeysError> {
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(TrustedKeysError::Io { path, source }),
    };
    match parse_key(&text) {
        Some(key) => Ok(key),
        None => Err(TrustedKeysError::NoKey(path)),
    }
}

/// A public key in standard base64, in which lines may be broken.
pub fn parse_key(text: &str) -> Option<PublicKey> {
    let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let bytes = STANDARD.decode(text).ok()?;
    bytes.as_slice().try_into().ok().map(PublicKey)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn keys_of_all_folders_below_are_read_and_one_bad_file_fails_all() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deeper")).unwrap();
        let text = STANDARD.encode([1; 32]);
        std::fs::write(
            folder.path().join("a.key"),
            format!("{}\n{}\n", &text[..20], &text[20..]),
        )
        .unwrap();
        std::fs::write(folder.path().join("deeper/b.key"), STANDARD.encode([2; 32])).unwrap();
        std::fs::write(folder.path().join("readme.txt"), "no key").unwrap();
        assert_eq!(
            load(folder.path()).unwrap(),
            [PublicKey([1; 32]), PublicKey([2; 32])]
        );
        std::fs::write(folder.path().join("c.key"), STANDARD.encode([2; 31])).unwrap();
        assert!(matches!(
            load(folder.path()),
            Err(TrustedKeysError::NoKey(_))
        ));
    }
}
