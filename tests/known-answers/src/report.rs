//! What passed and what did not.

use std::fmt::Display;

use crate::node::Node;

/// One expectation that was not met.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Where the expectation stands in the file, as in `.vrf.rows[3]`; empty for the file as a whole.
    pub(crate) at: String,
    pub(crate) expected: String,
    pub(crate) actual: String,
}

/// The comparisons of one file.
#[derive(Debug, Default)]
pub(crate) struct Report {
    passed: usize,
    failures: Vec<Failure>,
}

impl Report {
    /// Expectations that were met.
    pub(crate) fn passed(&self) -> usize {
        self.passed
    }

    /// Expectations that were not met.
    pub(crate) fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Compares `actual` with what the file says at `node`.
    pub(crate) fn equal<E: Display, A: Display>(
        &mut self,
        node: &Node<'_>,
        expected: E,
        actual: A,
    ) {
        let (expected, actual) = (expected.to_string(), actual.to_string());
        if expected == actual {
            self.passed += 1;
        } else {
            self.fail(node.path(), expected, actual);
        }
    }

    /// Compares bytes, shown in hexadecimal, with what the file says at `node`.
    pub(crate) fn equal_bytes(&mut self, node: &Node<'_>, expected: &[u8], actual: &[u8]) {
        if expected == actual {
            self.passed += 1;
        } else {
            self.fail(node.path(), hex::encode(expected), hex::encode(actual));
        }
    }

    /// Takes a result that should be a success, and returns its value.
    pub(crate) fn success<T, E: Display>(
        &mut self,
        node: &Node<'_>,
        result: Result<T, E>,
    ) -> Option<T> {
        match result {
            Ok(value) => {
                self.passed += 1;
                Some(value)
            }
            Err(error) => {
                self.fail(node.path(), "success", error);
                None
            }
        }
    }

    /// Takes a condition that the data at `node` should fulfil; `expected` says it in words.
    pub(crate) fn holds(&mut self, node: &Node<'_>, condition: bool, expected: impl Display) {
        if condition {
            self.passed += 1;
        } else {
            self.fail(node.path(), expected, "it does not hold");
        }
    }

    /// An expectation that was met without a comparison of two values.
    pub(crate) fn pass(&mut self) {
        self.passed += 1;
    }

    /// An expectation that was not met.
    pub(crate) fn fail(&mut self, at: &str, expected: impl Display, actual: impl Display) {
        self.failures.push(Failure {
            at: at.to_owned(),
            expected: expected.to_string(),
            actual: actual.to_string(),
        });
    }
}
