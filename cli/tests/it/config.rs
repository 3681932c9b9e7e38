//! `spacemesh config`.

use std::fs;

use crate::program::Program;

#[test]
fn a_value_tells_where_it_comes_from_and_a_misspelt_key_is_named() {
    let program = Program::new();
    let file = program.path("node.json");
    fs::write(
        &file,
        r#"{"preset": "testnet", "main": {"layer-duration": "10m", "layers-per-epok": 5}}"#,
    )
    .unwrap();
    let run = program
        .run([
            "config",
            "--file",
            file.to_str().unwrap(),
            "--changed",
            "--set",
            "post-k2=40",
            "--json",
        ])
        .ends(0);
    let document = run.json();
    assert_eq!(document["preset"], "testnet");
    let value = |key: &str| {
        document["values"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["key"] == key)
            .cloned()
            .unwrap_or_default()
    };
    assert!(
        value("main.layer-duration")["origin"]
            .as_str()
            .unwrap()
            .contains("node.json")
    );
    assert!(
        value("post.post-k2")["origin"]
            .as_str()
            .unwrap()
            .contains("post-k2")
    );
    assert_eq!(value("post.post-k2")["value"], 40);
    assert_eq!(document["unknown"][0]["key"], "main.layers-per-epok");
    assert_eq!(
        document["unknown"][0]["suggestion"],
        "main.layers-per-epoch"
    );
}

#[test]
fn a_file_that_is_no_configuration_is_named_and_ends_with_3() {
    let program = Program::new();
    let file = program.path("broken.json");
    fs::write(&file, "{\"main\": 5").unwrap();
    let run = program
        .run(["config", "--file", file.to_str().unwrap()])
        .ends(3);
    assert!(run.err.contains("broken.json"), "{}", run.err);
    program.run(["config", "--file", "nowhere.json"]).ends(5);
}
