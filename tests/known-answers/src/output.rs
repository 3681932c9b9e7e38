//! The result as lines for people or as one document for programs.

use serde_json::json;

use crate::suite::Outcome;

/// Prints one line for the file and one for each failure in it.
pub(crate) fn print_lines(outcome: &Outcome) {
    let (passed, failed) = (outcome.report.passed(), outcome.report.failures().len());
    let suite = outcome.suite.unwrap_or("unknown");
    println!(
        "{}: {suite}: {passed} passed, {failed} failed",
        outcome.path
    );
    for failure in outcome.report.failures() {
        println!(
            "  {}: expected {}, got {}",
            failure.at, failure.expected, failure.actual
        );
    }
}

/// Prints the last line: the sums.
pub(crate) fn print_total(outcomes: &[Outcome]) {
    let (passed, failed) = total(outcomes);
    println!("{passed} passed, {failed} failed");
}

/// Prints everything as one JSON document.
pub(crate) fn print_document(outcomes: &[Outcome]) {
    let files: Vec<_> = outcomes
        .iter()
        .map(|outcome| {
            let failures: Vec<_> = outcome
                .report
                .failures()
                .iter()
                .map(|failure| json!({ "at": failure.at, "expected": failure.expected, "actual": failure.actual }))
                .collect();
            json!({
                "path": outcome.path,
                "suite": outcome.suite,
                "passed": outcome.report.passed(),
                "failed": failures.len(),
                "failures": failures,
            })
        })
        .collect();
    let (passed, failed) = total(outcomes);
    println!(
        "{}",
        json!({ "files": files, "passed": passed, "failed": failed })
    );
}

fn total(outcomes: &[Outcome]) -> (usize, usize) {
    let passed = outcomes.iter().map(|outcome| outcome.report.passed()).sum();
    let failed = outcomes
        .iter()
        .map(|outcome| outcome.report.failures().len())
        .sum();
    (passed, failed)
}
