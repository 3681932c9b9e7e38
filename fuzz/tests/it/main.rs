//! Replays every input that is kept in `fuzz/corpus/`, and some that are hostile to any parser.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

use spacemesh_fuzz::TARGETS;

#[test]
fn kept_inputs_are_survived() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for target in TARGETS {
        let Ok(entries) = fs::read_dir(corpus.join(target.name)) else {
            continue;
        };
        for entry in entries {
            (target.run)(&fs::read(entry.unwrap().path()).unwrap());
        }
    }
}

#[test]
fn a_folder_of_the_corpus_belongs_to_a_target() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for entry in fs::read_dir(corpus).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(
            TARGETS.iter().any(|target| name == target.name),
            "no target is called {name:?}"
        );
    }
}

#[test]
fn inputs_hostile_to_any_parser_are_survived() {
    let deep = "[".repeat(50_000);
    let long = "9".repeat(50_000);
    let inputs: [&[u8]; 8] = [
        b"",
        b"\0",
        &[0xff; 64],
        &[0xff; 60_000],
        &[0x03, 0xff, 0xff, 0xff, 0xff],
        deep.as_bytes(),
        long.as_bytes(),
        b"{\"a\":{\"a\":1e999999999}}",
    ];
    for target in TARGETS {
        for input in inputs {
            (target.run)(input);
        }
    }
}
