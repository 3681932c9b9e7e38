//! `spacemesh post`, on networks whose units are small.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::program::{Program, Run, flip_bit};

const ID: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const ATX: &str = "2222222222222222222222222222222222222222222222222222222222222222";

/// Runs a post command on the folder `data` of the preset whose labels cost next to nothing.
fn post(program: &Program, args: &[&str]) -> Run {
    let mut all = vec!["post"];
    all.extend(args);
    program.run(all)
}

fn filled(program: &Program) -> PathBuf {
    let dir = program.path("space");
    let args = [
        "init",
        "--dir",
        dir.to_str().unwrap(),
        "--preset",
        "fastnet",
        "--num-units",
        "4",
        "--id",
        ID,
        "--commitment-atx",
        ATX,
        "--device",
        "cpu",
    ];
    post(program, &args).ends(0);
    dir
}

/// All label files of a folder, joined.
fn labels(dir: &Path) -> Vec<u8> {
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "bin"))
        .collect();
    files.sort();
    files
        .into_iter()
        .flat_map(|path| fs::read(path).unwrap())
        .collect()
}

#[test]
fn space_is_filled_found_damaged_mended_proved_and_deleted() {
    let program = Program::new();
    let dir = filled(&program);
    let at = dir.to_str().unwrap();
    let info = post(&program, &["info", at, "--json"]).ends(0).json();
    assert_eq!(info["complete"], true);
    assert_eq!(info["node_id"], ID);
    assert_eq!(info["labels_done"], 512);

    post(&program, &["verify", at, "--preset", "fastnet", "--all"]).ends(0);
    let good = labels(&dir);
    flip_bit(&dir.join("postdata_0.bin"), 100 * 16 + 3);
    let found = post(
        &program,
        &["verify", at, "--preset", "fastnet", "--all", "--json"],
    )
    .ends(6);
    let report = found
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|event| event["event"] == "end")
        .unwrap();
    assert_eq!(
        report["report"]["bad"],
        serde_json::json!([{ "start": 100, "end": 101 }])
    );
    let repaired = post(&program, &["repair", at, "--preset", "fastnet", "--json"])
        .ends(0)
        .json();
    assert_eq!(repaired["labels"], 1);
    assert!(labels(&dir) == good, "repair restores the bytes");

    let proof = program.path("proof.json");
    let prove = [
        "prove",
        at,
        "--preset",
        "fastnet",
        "--nonces",
        "16",
        "--randomx-mode",
        "light",
        "--out",
        proof.to_str().unwrap(),
    ];
    post(&program, &prove).ends(0);
    let check = [
        "check-proof",
        proof.to_str().unwrap(),
        "--preset",
        "fastnet",
        "--json",
    ];
    assert_eq!(post(&program, &check).ends(0).json()["valid"], true);
    let altered = fs::read_to_string(&proof).unwrap().replace(ID, ATX);
    fs::write(&proof, altered).unwrap();
    let refused = post(&program, &check).ends(6);
    assert!(refused.out.contains("\"valid\":false"), "{}", refused.out);

    let key = dir.join("identity.key");
    fs::write(&key, "kept").unwrap();
    post(&program, &["delete", at]).ends(2);
    assert!(labels(&dir) == good, "nothing goes without agreement");
    post(&program, &["delete", at, "--yes"]).ends(0);
    assert!(labels(&dir).is_empty());
    assert_eq!(fs::read_to_string(key).unwrap(), "kept");
}

#[test]
fn a_stopped_filling_goes_on_and_ends_with_the_same_bytes() {
    let program = Program::new();
    let whole = program.path("whole");
    let part = program.path("part");
    let args = |dir: &Path| -> Vec<String> {
        [
            "post",
            "init",
            "--preset",
            "testnet",
            "--num-units",
            "2",
            "--id",
            ID,
            "--commitment-atx",
            ATX,
            "--device",
            "cpu",
            "--batch",
            "64",
            "--json",
            "--dir",
        ]
        .into_iter()
        .map(str::to_owned)
        .chain([dir.to_str().unwrap().to_owned()])
        .collect()
    };
    program.run(args(&whole)).ends(0);

    let mut child = program
        .command(args(&part))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first_batch = lines.find(|line| line.as_ref().unwrap().contains("\"batch\""));
    assert!(first_batch.is_some(), "a batch is recorded before the end");
    #[cfg(unix)]
    {
        let pid = child.id().to_string();
        let kill = std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap();
        assert!(kill.success());
    }
    lines.for_each(drop);
    let code = child.wait().unwrap().code();
    // The rest may have been done before the signal was seen.
    assert!(matches!(code, Some(7 | 0)), "{code:?}");
    program.run(args(&part)).ends(0);
    assert!(labels(&part) == labels(&whole));
    assert_eq!(
        fs::read(part.join("postdata_metadata.json")).unwrap(),
        fs::read(whole.join("postdata_metadata.json")).unwrap()
    );
}

#[test]
fn a_new_identity_has_its_key_on_disk_for_its_owner_only_and_is_used_again() {
    let program = Program::new();
    let dir = program.path("new");
    let args = [
        "init",
        "--dir",
        dir.to_str().unwrap(),
        "--preset",
        "fastnet",
        "--num-units",
        "2",
        "--commitment-atx",
        ATX,
        "--device",
        "cpu",
    ];
    post(&program, &args).ends(0);
    let key = dir.join("identity.key");
    assert_eq!(fs::read_to_string(&key).unwrap().trim().len(), 128);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&key).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    post(&program, &args).ends(0);
    let info = post(&program, &["info", dir.to_str().unwrap(), "--json"])
        .ends(0)
        .json();
    assert_eq!(
        info["node_id"].as_str().unwrap(),
        &fs::read_to_string(&key).unwrap().trim()[64..]
    );
}

#[test]
fn data_of_another_identity_is_refused_and_stays() {
    let program = Program::new();
    let dir = filled(&program);
    let before = labels(&dir);
    let args = [
        "init",
        "--dir",
        dir.to_str().unwrap(),
        "--preset",
        "fastnet",
        "--num-units",
        "4",
        "--id",
        ATX,
        "--commitment-atx",
        ATX,
        "--device",
        "cpu",
    ];
    let run = post(&program, &args).ends(3);
    assert!(run.err.contains("NodeId"), "{}", run.err);
    let shrink = [
        "init",
        "--dir",
        dir.to_str().unwrap(),
        "--preset",
        "fastnet",
        "--num-units",
        "2",
        "--id",
        ID,
        "--commitment-atx",
        ATX,
        "--device",
        "cpu",
    ];
    let run = post(&program, &shrink).ends(3);
    assert!(run.err.contains("shrink"), "{}", run.err);
    assert!(labels(&dir) == before);
}

#[test]
fn moved_space_is_compared_and_the_old_copy_stays_until_freed() {
    let program = Program::new();
    let from = filled(&program);
    let to = program.path("elsewhere");
    let before = labels(&from);
    post(
        &program,
        &["move", from.to_str().unwrap(), to.to_str().unwrap()],
    )
    .ends(0);
    assert!(labels(&to) == before && labels(&from) == before);
    post(
        &program,
        &[
            "verify",
            to.to_str().unwrap(),
            "--preset",
            "fastnet",
            "--all",
        ],
    )
    .ends(0);
}

#[test]
fn what_is_not_there_ends_with_5_and_devices_are_listed() {
    let program = Program::new();
    post(&program, &["info", "nowhere"]).ends(5);
    post(&program, &["verify", "nowhere"]).ends(5);
    let providers = post(&program, &["providers", "--json"]).ends(0).json();
    assert_eq!(providers["providers"][0]["id"], "cpu");
    assert!(
        providers["cpu_kernels"]
            .as_array()
            .unwrap()
            .contains(&Value::from("portable"))
    );
    let dir = program.path("x");
    let args = [
        "init",
        "--dir",
        dir.to_str().unwrap(),
        "--preset",
        "fastnet",
        "--num-units",
        "2",
        "--id",
        ID,
        "--commitment-atx",
        ATX,
        "--device",
        "gpu-of-another-computer",
    ];
    post(&program, &args).ends(8);
}
