//! From the paths of the command line to parsed files, in a fixed order.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use serde_json::Value;

/// A file that was found.
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) content: Content,
}

/// What is in it.
pub(crate) enum Content {
    Json(Value),
    /// Why there is nothing.
    Unreadable(String),
}

impl File {
    /// Whether the file is a JSON object with the key `key`.
    pub(crate) fn has(&self, key: &str) -> bool {
        matches!(&self.content, Content::Json(value) if value.get(key).is_some())
    }

    /// The file's name without its folder.
    #[expect(
        dead_code,
        reason = "an interface for the suites; those here recognise files by their content"
    )]
    pub(crate) fn name(&self) -> &str {
        self.path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
    }
}

/// `tests/vectors` of the repository that this program was built from.
pub(crate) fn default_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("vectors")
}

/// The files that `paths` name, folders taken apart. Texts that explain (`*.md`) are left out of folders, nothing else is.
pub(crate) fn find(paths: &[PathBuf]) -> Vec<File> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            collect(path, &mut found);
        } else {
            found.push(load(path.clone()));
        }
    }
    found
}

fn collect(folder: &Path, found: &mut Vec<File>) {
    let entries = fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect()
    });
    let mut paths: Vec<PathBuf> = match entries {
        Ok(paths) => paths,
        Err(error) => {
            let content = Content::Unreadable(format!("cannot list the folder: {error}"));
            found.push(File {
                path: folder.to_owned(),
                content,
            });
            return;
        }
    };
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_none_or(|extension| extension != "md") {
            found.push(load(path));
        }
    }
}

fn load(path: PathBuf) -> File {
    let content = read(&path).map_or_else(Content::Unreadable, Content::Json);
    File { path, content }
}

fn read(path: &Path) -> Result<Value, String> {
    let mut bytes = fs::read(path).map_err(|error| format!("cannot read it: {error}"))?;
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut unpacked = Vec::new();
        GzDecoder::new(bytes.as_slice())
            .read_to_end(&mut unpacked)
            .map_err(|error| format!("cannot unpack it: {error}"))?;
        bytes = unpacked;
    }
    // One value per line reads as the array of the lines.
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let parsed = if name.trim_end_matches(".gz").ends_with(".jsonl") {
        let lines = serde_json::Deserializer::from_slice(&bytes).into_iter();
        lines.collect::<Result<Vec<Value>, _>>().map(Value::Array)
    } else {
        serde_json::from_slice(&bytes)
    };
    parsed.map_err(|error| format!("it is not JSON: {error}"))
}
