//! The key that names a service (04 §8.7): from the environment, the file, or made at the first start.

use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use spacemesh_crypto::SigningKey;
use zeroize::Zeroizing;

/// Environment variable with the key: base64 of seed and public key, 64 bytes.
pub const KEY_VARIABLE: &str = "POET_PRIVATE_KEY";

/// Name of the file in the data folder: base64 of the same 64 bytes.
pub const KEY_FILE: &str = "service.key";

/// No key, or too many.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// Text that is no key pair.
    #[error("{origin} is no key: expected base64 of 64 bytes, seed and public key")]
    NoKey {
        /// Where it stands.
        origin: String,
    },
    /// Two keys.
    #[error(
        "{KEY_VARIABLE} and {file} hold different keys; smeshers know the service by its key, so remove the wrong one"
    )]
    Differ {
        /// The file.
        file: PathBuf,
    },
    /// The disk.
    #[error("cannot read or write {file}")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The system's randomness.
    #[error("the system gave no randomness for a key: {0}")]
    Random(getrandom::Error),
}

/// The key of the service in `folder`. `given` is the content of [`KEY_VARIABLE`], if set.
///
/// # Errors
///
/// A key is malformed, two differ, or the file cannot be read or written.
pub(super) fn load(folder: &Path, given: Option<&str>) -> Result<SigningKey, IdentityError> {
    let file = folder.join(KEY_FILE);
    let given = given.map(|text| parse(text, KEY_VARIABLE)).transpose()?;
    let io = |source| IdentityError::Io {
        file: file.clone(),
        source,
    };
    let stored = match std::fs::read_to_string(&file) {
        Ok(text) => Some(parse(&Zeroizing::new(text), &file.display().to_string())?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(io(error)),
    };
    match (given, stored) {
        (Some(given), Some(stored)) if given.public_key() != stored.public_key() => {
            Err(IdentityError::Differ { file })
        }
        (_, Some(stored)) => Ok(stored),
        (Some(given), None) => Ok(given),
        (None, None) => {
            let mut seed = Zeroizing::new([0; SigningKey::SEED_SIZE]);
            getrandom::fill(seed.as_mut_slice()).map_err(IdentityError::Random)?;
            let key = SigningKey::from_seed(&seed);
            write(&file, &key).map_err(io)?;
            Ok(key)
        }
    }
}

fn parse(text: &str, origin: &str) -> Result<SigningKey, IdentityError> {
    let pair = STANDARD.decode(text.trim()).ok().map(Zeroizing::new);
    pair.and_then(|pair| SigningKey::from_pair(pair.as_slice().try_into().ok()?).ok())
        .ok_or_else(|| IdentityError::NoKey {
            origin: origin.to_owned(),
        })
}

/// Writes beside and renames, so that no start sees half a key.
fn write(file: &Path, key: &SigningKey) -> std::io::Result<()> {
    let text = Zeroizing::new(STANDARD.encode(key.pair().as_slice()));
    let beside = file.with_extension("key.new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&beside)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    std::fs::rename(&beside, file)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn the_key_is_made_once_and_a_different_one_in_the_environment_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let made = load(folder.path(), None).unwrap();
        assert_eq!(
            load(folder.path(), None).unwrap().public_key(),
            made.public_key()
        );
        let same = STANDARD.encode(made.pair().as_slice());
        assert_eq!(
            load(folder.path(), Some(&same)).unwrap().public_key(),
            made.public_key()
        );
        let other = STANDARD.encode(SigningKey::from_seed(&[9; 32]).pair().as_slice());
        assert!(matches!(
            load(folder.path(), Some(&other)),
            Err(IdentityError::Differ { .. })
        ));
        assert!(matches!(
            load(folder.path(), Some("AAAA")),
            Err(IdentityError::NoKey { .. })
        ));
    }
}
