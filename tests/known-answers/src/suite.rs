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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DOUBLES: Suite = Suite {
        name: "doubles",
        recognises: |file| file.has("doubles"),
        annotations: &["why"],
        run: |root, report| {
            for row in root.key("doubles")?.items()? {
                let number = row.key("number")?.u64()?;
                let double = row.key("double")?;
                report.equal(&double, double.u64()?, 2 * number);
            }
            Ok(())
        },
    };

    /// What fails in a file, as `path: expected, got actual`, and how much passes.
    fn outcome(content: serde_json::Value) -> (usize, Vec<String>) {
        let file = File {
            path: "file.json".into(),
            content: Content::Json(content),
        };
        let report = run(&[DOUBLES], file).report;
        let failures = report.failures().iter();
        let failures = failures.map(|failure| {
            format!(
                "{}: {}, got {}",
                failure.at, failure.expected, failure.actual
            )
        });
        (report.passed(), failures.collect())
    }

    #[test]
    fn right_and_wrong_answers_are_counted_with_their_paths() {
        let file = json!({ "about": "text", "doubles": [{ "number": 1, "double": 2, "why": "x" }, { "number": 2, "double": 5 }] });
        assert_eq!(
            outcome(file),
            (1, vec![".doubles[1].double: 5, got 4".to_owned()])
        );
    }

    #[test]
    fn an_expectation_that_nobody_read_fails() {
        let file = json!({ "doubles": [{ "number": 1, "double": 2, "triple": 3 }], "triples": { "a": [null] } });
        let unread =
            |path: &str| format!("{path}: to be compared, got no suite read this expectation");
        assert_eq!(
            outcome(file),
            (
                1,
                vec![unread(".doubles[0].triple"), unread(".triples.a[0]")]
            )
        );
    }

    #[test]
    fn a_file_that_nobody_recognises_or_that_is_built_otherwise_fails() {
        let unknown = ": a file of a known kind, got no suite recognises it".to_owned();
        assert_eq!(outcome(json!({ "other": 1 })), (0, vec![unknown]));
        let malformed = ".doubles[0].number: a whole number, got \"one\"".to_owned();
        let (passed, failures) = outcome(json!({ "doubles": [{ "number": "one", "double": 2 }] }));
        assert_eq!((passed, &failures[0]), (0, &malformed));
    }

    #[test]
    fn what_is_no_json_fails() {
        let file = File {
            path: "x".into(),
            content: Content::Unreadable("it is not JSON".to_owned()),
        };
        assert_eq!(run(&[DOUBLES], file).report.failures().len(), 1);
    }
}
