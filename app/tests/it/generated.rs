//! Files made from Rust: a test compares them and, with `SMAPP_WRITE_GENERATED` set, writes them.

use std::path::{Path, PathBuf};

/// Compares a generated text with the file in the tree.
#[track_caller]
fn check(relative: &str, expected: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(relative);
    if std::env::var_os("SMAPP_WRITE_GENERATED").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, expected).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    if found != expected {
        let first = found
            .lines()
            .zip(expected.lines())
            .position(|(a, b)| a != b)
            .unwrap_or(found.lines().count().min(expected.lines().count()));
        panic!(
            "{relative} is stale from line {}:\n  there:    {}\n  expected: {}\nrun SMAPP_WRITE_GENERATED=1 cargo test -p spacemesh-app generated",
            first + 1,
            found.lines().nth(first).unwrap_or("(end)"),
            expected.lines().nth(first).unwrap_or("(end)"),
        );
    }
}

#[test]
fn the_bindings_of_the_page_are_those_of_the_table() {
    check("ui/src/bindings.ts", &spacemesh_app::bindings());
}

#[test]
fn the_page_of_errors_is_the_catalogue() {
    check("docs/errors.md", &spacemesh_app::catalogue_markdown());
}

#[test]
fn every_error_says_what_happened_what_it_costs_and_what_to_do() {
    for entry in spacemesh_app::catalogue() {
        for part in [&entry.happened, &entry.cost, &entry.remedy] {
            assert!(
                part.ends_with('.') && part.len() > 12,
                "{:?} lacks a whole sentence: {part:?}",
                entry.code
            );
        }
    }
}

#[test]
fn a_change_only_names_queries_that_exist() {
    let queries: Vec<&str> = spacemesh_app::commands()
        .iter()
        .filter(|info| info.kind == spacemesh_app::CommandKind::Query)
        .map(|info| info.name)
        .collect();
    for kind in spacemesh_app::ChangeKind::ALL {
        for query in kind.stale() {
            assert!(
                *query == "*" || queries.contains(query),
                "{kind:?} names {query}"
            );
        }
    }
}
