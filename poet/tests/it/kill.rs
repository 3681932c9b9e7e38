//! The service as a process that is killed: nothing acknowledged is lost, and the round still ends with a valid proof.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use spacemesh_crypto::SigningKey;
use spacemesh_poet::client::{Call, Http, Outcome};
use spacemesh_poet::service::wall_clock;
use spacemesh_types::Timestamp;

use crate::service::{PATIENCE, by_work, settings, start};

const FOLDER_VARIABLE: &str = "POET_TEST_FOLDER";
const GENESIS_VARIABLE: &str = "POET_TEST_GENESIS";

/// Kills per run, at moments from a seed.
const KILLS: usize = 20;
const SHIFT: Duration = Duration::from_secs(6);
const EPOCH: Duration = Duration::from_secs(600);
/// Rounds last ten seconds.
const GAP: Duration = Duration::from_secs(590);

/// Not a test by itself: the process that the test below starts and kills.
#[test]
fn service_process() {
    let (Ok(folder), Ok(genesis)) = (
        std::env::var(FOLDER_VARIABLE),
        std::env::var(GENESIS_VARIABLE),
    ) else {
        return;
    };
    let genesis = Timestamp::parse_rfc3339(&genesis).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let service = start(&settings(Path::new(&folder), genesis, SHIFT, EPOCH, GAP)).await;
        // The reader waits for this line.
        writeln!(std::io::stderr(), "POET READY {}", service.rest_address()).unwrap();
        panic!("the service ended: {}", service.failed().await);
    });
}

struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start(folder: &Path, genesis: Timestamp) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::service_process", "--nocapture"])
            .env(FOLDER_VARIABLE, folder)
            .env(GENESIS_VARIABLE, genesis.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut seen = Vec::new();
        let address = loop {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("the service did not start: {seen:?}"))
                .unwrap();
            if let Some(address) = line.strip_prefix("POET READY ") {
                break address.to_owned();
            }
            seen.push(line);
        };
        // Whatever it says later is read, so that it does not block.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, address }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A number from 0 to 1, from a seed.
fn random(state: &mut u64) -> f64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 40) as f64 / f64::from(1 << 24)
}

#[test]
fn killed_at_twenty_moments_the_round_ends_with_everybody_who_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let genesis = wall_clock()();
    let start_of_round = genesis.plus(SHIFT);
    let mut state = 20_260_704;
    let mut acknowledged = Vec::new();
    let mut kills = 0;
    let began = Instant::now();
    // Half of the kills fall into registration, the others into execution and proof making.
    loop {
        let process = Process::start(folder.path(), genesis);
        let http = Http::new(&process.address).unwrap();
        let open = wall_clock()() < start_of_round;
        if open && kills < KILLS / 2 {
            let life = Duration::from_secs_f64(0.02 + 0.25 * random(&mut state));
            let registering =
                runtime.spawn(register(http, u8::try_from(kills).unwrap(), start_of_round));
            std::thread::park_timeout(life);
            process.kill();
            acknowledged.extend(runtime.block_on(registering).unwrap());
            kills += 1;
        } else if kills < KILLS {
            // Wait for the start of the round, then kill at moments spread over its ten seconds.
            let target = start_of_round.plus(
                Duration::from_secs_f64(10.5 * (kills as f64 - 10.0 + random(&mut state)) / 10.0)
                    .max(Duration::ZERO),
            );
            std::thread::park_timeout(target.since(wall_clock()()).unwrap_or_default());
            process.kill();
            kills += 1;
        } else {
            let proof = runtime.block_on(download(&http, acknowledged.clone(), began));
            let Outcome::Proof(proof) = proof else {
                panic!("{proof:?}")
            };
            for challenge in &acknowledged {
                assert!(
                    proof.memberships.contains_key(challenge),
                    "an acknowledged registration is missing"
                );
            }
            assert!(!acknowledged.is_empty());
            process.kill();
            return;
        }
    }
}

/// Registers identities one after the other until the service is gone; the challenges that were acknowledged for round 0.
async fn register(http: Http, run: u8, until: Timestamp) -> Vec<[u8; 32]> {
    let mut acknowledged = Vec::new();
    let Outcome::PowParams(response) = http.call(&Call::PowParams).await else {
        return acknowledged;
    };
    let Some(params) = response.pow_params.map(Into::into) else {
        return acknowledged;
    };
    for index in 0..=u8::MAX {
        let challenge = [[run; 16], [index; 16]].concat().try_into().unwrap();
        let mut seed = [run; 32];
        seed[0] = index;
        let key = SigningKey::from_seed(&seed);
        if until <= wall_clock()() {
            break;
        }
        match http
            .call(&Call::Submit(Box::new(by_work(&key, challenge, &params))))
            .await
        {
            Outcome::Submitted(taken) if taken.round_id == "0" => acknowledged.push(challenge),
            _ => break,
        }
    }
    acknowledged
}

/// The proof of round 0, asked for until it is there.
async fn download(http: &Http, wanted: Vec<[u8; 32]>, began: Instant) -> Outcome {
    let call = Call::Proof {
        round_id: "0".to_owned(),
        wanted,
    };
    loop {
        let outcome = http.call(&call).await;
        match outcome {
            Outcome::Status { status: 404, .. } if began.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            other => return other,
        }
    }
}
