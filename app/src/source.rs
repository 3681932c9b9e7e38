//! Files that a person gives, by path, content or pasted text.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::{
    error::{AppError, ErrorCode},
    storage::read_limited,
    view::FileSource,
};

/// Longest content taken in, in bytes, whatever it is for.
const CONTENT_BYTES_MAX: usize = 4 << 20;

/// Reads a given file of at most `limit` bytes.
pub(crate) fn read(source: &FileSource, limit: usize) -> Result<Zeroizing<Vec<u8>>, AppError> {
    let limit = limit.min(CONTENT_BYTES_MAX);
    let too_large = || {
        AppError::with(
            ErrorCode::TooLarge,
            format!("The file has more than {limit} bytes."),
        )
    };
    match source {
        FileSource::Path { path } => {
            let path = Path::new(path);
            if !path.is_absolute() {
                return Err(AppError::with(
                    ErrorCode::FileNotFound,
                    "Give the whole path of the file.",
                ));
            }
            if path.is_dir() {
                return Err(AppError::with(
                    ErrorCode::FileNotFound,
                    format!("{} is a folder.", path.display()),
                ));
            }
            read_limited(path, limit as u64).map(Zeroizing::new)
        }
        FileSource::Content { base64, .. } => {
            let text = base64.expose();
            if text.len() / 4 * 3 > limit + 3 {
                return Err(too_large());
            }
            let bytes = STANDARD.decode(text).map(Zeroizing::new).map_err(|_| {
                AppError::with(ErrorCode::BadArguments, "The content is not base64.")
            })?;
            if bytes.len() > limit {
                Err(too_large())
            } else {
                Ok(bytes)
            }
        }
        FileSource::Text { text } => {
            let text = text.expose().trim();
            if text.len() > limit {
                Err(too_large())
            } else {
                Ok(Zeroizing::new(text.as_bytes().to_vec()))
            }
        }
    }
}
