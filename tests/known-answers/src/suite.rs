//! What a module of known answers provides, and how one file is run.
//!
//! ```ignore
//! pub(crate) const SUITE: Suite = Suite {
//!     name: "keys",
//!     recognises: |file| file.has("slip10"),
//!     annotations: &["comment"],
//!     run,
//! };
//!
//! fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
//!     for row in root.key("slip10")?.items()? {
//!         let key = wallet::derive(&row.key("seed")?.hex()?, row.key("path")?.text()?);
//!         report.equal(&row.key("key")?, row.key("key")?.text()?, hex::encode(key));
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Reading a leaf through [`Node`] marks it as read. Leaves that stay unread are failures, except under keys that explain
//! ([`ANNOTATIONS`] and the suite's own). Files must therefore be read completely; use [`Node::skip`] with a reason where a part
//! of a file is about something that does not exist here.

use crate::{
    files::{Content, File},
    node::{Malformed, Node, Reads},
    report::Report,
};

/// Keys whose values explain the data and expect nothing, in files of every kind.
const ANNOTATIONS: &[&str] = &["about", "note", "notes", "source", "columns"];

/// A kind of file and what is done with it.
pub(crate) struct Suite {
    /// Name of the kind, for the output.
    pub(crate) name: &'static str,
    /// Whether a file is of this kind, by content first and by name where the content says nothing.
    pub(crate) recognises: fn(&File) -> bool,
    /// Further keys, at any depth, whose values expect nothing.
    pub(crate) annotations: &'static [&'static str],
    /// Compares every expectation. An error says that the file is not built as expected, and ends the run of the file.
    pub(crate) run: fn(&Node<'_>, &mut Report) -> Result<(), Malformed>,
}

/// What came out for one file.
pub(crate) struct Outcome {
    /// Path as it was given or found.
    pub(crate) path: String,
    /// Name of the suite; none if no suite recognised the file.
    pub(crate) suite: Option<&'static str>,
    /// The comparisons.
    pub(crate) report: Report,
}

/// Runs `file` through the first of `suites` that recognises it.
pub(crate) fn run(suites: &[Suite], file: File) -> Outcome {
    let mut report = Report::default();
    let mut name = None;
    match &file.content {
        Content::Unreadable(reason) => report.fail("", "a JSON file", reason),
        Content::Json(value) => match suites.iter().find(|suite| (suite.recognises)(&file)) {
            None => report.fail("", "a file of a known kind", "no suite recognises it"),
            Some(suite) => {
                name = Some(suite.name);
                let reads = Reads::default();
                if let Err(malformed) = (suite.run)(&Node::root(value, &reads), &mut report) {
                    report.fail(&malformed.path, malformed.expected, malformed.found);
                }
                let explains =
                    |key: &str| ANNOTATIONS.contains(&key) || suite.annotations.contains(&key);
                for path in reads.unread(value, &explains) {
                    report.fail(&path, "to be compared", "no suite read this expectation");
                }
            }
        },
    }
    Outcome {
        path: file.path.display().to_string(),
        suite: name,
        report,
    }
}
