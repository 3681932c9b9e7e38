//! `spacemesh poet`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::program::Program;

#[test]
fn a_service_tells_where_it_listens_answers_and_is_not_started_twice() {
    let program = Program::new();
    let folder = program.path("poet");
    let serve = [
        "poet",
        "serve",
        "--json",
        "--restlisten",
        "127.0.0.1:0",
        "--phase-shift",
        "1h",
        "--epoch-duration",
        "2h",
        "--cycle-gap",
        "1h",
        "--poetdir",
        folder.to_str().unwrap(),
    ];
    let mut service = program
        .command(serve)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(service.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let listening: Value = serde_json::from_str(&line).unwrap();
    let address = listening["rest"].as_str().unwrap();
    let info = program
        .run(["poet", "info", address, "--json"])
        .ends(0)
        .json();
    assert_eq!(info["info"]["servicePubkey"], listening["public_key"]);
    assert_eq!(info["info"]["phaseShift"], "3600s");
    program.run(["poet", "proof", address, "0"]).ends(5);
    program.run(serve).ends(10);
    service.kill().unwrap();
    service.wait().unwrap();
    program.run(["poet", "info", address]).ends(1);
}

#[test]
fn a_certifiers_key_is_written_once_and_its_public_half_printed() {
    let program = Program::new();
    let file = program.path("certifier.key");
    let file = file.to_str().unwrap();
    let made = program
        .run(["poet", "generate-key", file, "--json"])
        .ends(0)
        .json();
    assert_eq!(made["public_key"].as_str().unwrap().len(), 44);
    assert_ne!(program.run(["poet", "generate-key", file]).code, 0);
}

#[test]
fn a_wrong_setting_is_named() {
    let program = Program::new();
    let run = program
        .run(["poet", "serve", "--cycle-gap", "soon"])
        .ends(2);
    assert!(run.err.contains("cycle-gap is \"soon\""), "{}", run.err);
}
