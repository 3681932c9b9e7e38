//! A recorded node and a recorded service of the reference: the client sends what that node sent, the service answers what that service answered.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;
use spacemesh_codec::BoundedBytes;
use spacemesh_crypto::{Domain, verify};
use spacemesh_poet::api::{InfoResponse, PowParamsResponse, SubmitRequest, SubmitResponse};
use spacemesh_poet::client::{
    Call, Certificates, Effect, Input, Machine, Outcome, Registration, Rules, read_proof,
};
use spacemesh_poet::pow::AcceptedPow;
use spacemesh_poet::schedule::Schedule;
use spacemesh_poet::service::core::{Progress, Table};
use spacemesh_poet::service::{KEY_FILE, SequentialRounds, Service, Settings, Store};
use spacemesh_types::wire::PoetProof;
use spacemesh_types::{EdSignature, Hash20, NodeId, Timestamp};

/// The key of the recorded service, of a network that was thrown away.
const SERVICE_KEY: &str =
    "8nSLtylUZo4ySU8BrN0tD9WzXQCPYimmBmwh6T/AAWA0tpeaXewCh6Ryr+PzdSKs22wYbbayxLTvjnparXIf5Q==";
const GENESIS_SECONDS: i64 = 1_795_534_436;
const GENESIS_ID: &str = "617e19e46242df9181ef16a32bacace2456beef0";
const SHIFT: Duration = Duration::from_secs(25);

/// One request with its answer.
#[derive(Deserialize)]
struct Exchange {
    t_ms: f64,
    method: String,
    path: String,
    request_headers: Value,
    request_body: String,
    status: u16,
    response_headers: Value,
    response_body: String,
}

fn exchanges() -> Vec<Exchange> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/vectors/net-a/poet-http-node1.json.gz"
    );
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

fn genesis() -> Timestamp {
    Timestamp::from_unix_seconds(GENESIS_SECONDS)
}

fn schedule() -> Schedule {
    Schedule::new(genesis(), 2 * SHIFT, SHIFT, SHIFT).unwrap()
}

/// What the recorded service had on its disk at the time of a request.
#[derive(Clone)]
struct Disk {
    pow: Option<AcceptedPow>,
    proofs: Vec<(u32, PoetProof, Vec<[u8; 32]>)>,
}

impl Disk {
    fn write(&self, folder: &std::path::Path, open: u32) {
        std::fs::create_dir_all(folder.join("data")).unwrap();
        std::fs::create_dir_all(folder.join("db")).unwrap();
        std::fs::write(folder.join("data").join(KEY_FILE), SERVICE_KEY).unwrap();
        let store = Store::open(&folder.join("db/poet.redb")).unwrap();
        let mut turn = store.turn().unwrap();
        for (round, proof, members) in &self.proofs {
            turn.put_proof(*round, proof).unwrap();
            // The answer does not say who the members are, only their order.
            for (index, challenge) in members.iter().enumerate() {
                turn.insert(
                    *round,
                    &NodeId([u8::try_from(index).unwrap(); 32]),
                    challenge,
                )
                .unwrap();
            }
        }
        if let Some(pow) = &self.pow {
            turn.set_progress(&Progress {
                open,
                pow: pow.clone(),
            })
            .unwrap();
        }
        turn.commit().unwrap();
    }

    /// After a proof was made.
    fn add(&mut self, round: u32, answer: &str) {
        let proof = read_proof(answer.as_bytes(), &round.to_string(), &BTreeSet::new()).unwrap();
        let members = serde_json::from_str::<spacemesh_poet::api::ProofResponse>(answer)
            .unwrap()
            .proof
            .members;
        self.pow
            .as_mut()
            .unwrap()
            .rotate(proof.message.proof.merkle_proof.root.as_slice().to_vec());
        self.proofs.push((
            round,
            proof.message.proof,
            members
                .iter()
                .map(|member| member.array().unwrap())
                .collect(),
        ));
    }
}

async fn start(disk: &Disk, now: Timestamp) -> (Service, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    disk.write(folder.path(), schedule().open_round(now));
    let mut settings = Settings::default();
    for (name, value) in [
        ("genesis-time", genesis().to_string()),
        ("genesis-id", GENESIS_ID.to_owned()),
        ("phase-shift", "25s".to_owned()),
        ("epoch-duration", "50s".to_owned()),
        ("cycle-gap", "25s".to_owned()),
        ("poetdir", folder.path().display().to_string()),
        ("restlisten", "127.0.0.1:0".to_owned()),
        ("submit-flush-interval", "1ms".to_owned()),
    ] {
        settings.set(name, &value).unwrap();
    }
    let config = settings.build(now, std::path::PathBuf::new()).unwrap();
    let service = Service::start(
        config,
        Box::new(SequentialRounds::default()),
        Arc::new(move || now),
        None,
    )
    .await
    .unwrap();
    (service, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_answers_the_recorded_requests_as_the_recorded_service_did() {
    let mut disk = Disk {
        pow: None,
        proofs: Vec::new(),
    };
    for exchange in exchanges() {
        let answer: Value = serde_json::from_str(&exchange.response_body).unwrap();
        let mut now = genesis().plus(Duration::from_millis(exchange.t_ms.max(0.0) as u64));
        if exchange.path == "/v1/submit" {
            // The exact instant of the answer is in it: the time that is left.
            let left = serde_json::from_value::<SubmitResponse>(answer.clone())
                .unwrap()
                .round_end
                .unwrap()
                .duration()
                .unwrap();
            now = schedule().round_end(schedule().open_round(now)).minus(left);
        }
        if exchange.path == "/v1/pow_params" && disk.pow.is_none() {
            // The first challenge was random.
            let response: PowParamsResponse = serde_json::from_value(answer.clone()).unwrap();
            disk.pow = Some(AcceptedPow {
                current: response.pow_params.unwrap().into(),
                previous: None,
            });
        }
        if let (Some(round), 200) = (exchange.path.strip_prefix("/v1/proofs/"), exchange.status) {
            disk.add(round.parse().unwrap(), &exchange.response_body);
        }
        let (service, _folder) = start(&disk, now).await;
        let url = format!("http://{}{}", service.rest_address(), exchange.path);
        let method = reqwest::Method::from_bytes(exchange.method.as_bytes()).unwrap();
        let mut request = reqwest::Client::new()
            .request(method, url)
            .body(exchange.request_body.clone());
        for name in ["User-Agent", "Content-Type", "Accept-Encoding"] {
            request = request.header(name, exchange.request_headers[name].as_str().unwrap());
        }
        let response = request.send().await.unwrap();
        assert_eq!(
            response.status().as_u16(),
            exchange.status,
            "{}",
            exchange.path
        );
        assert_eq!(
            response.headers()["content-type"],
            exchange.response_headers["Content-Type"].as_str().unwrap()
        );
        let text = response.text().await.unwrap();
        if exchange.path == "/v1/submit" {
            let mut ours: Value = serde_json::from_str(&text).unwrap();
            ours.as_object_mut().unwrap().remove("receipt").unwrap();
            assert_eq!(ours, answer);
        } else {
            assert_eq!(text, exchange.response_body, "{}", exchange.path);
        }
        service.stop().await.unwrap();
    }
    assert_eq!(disk.proofs.len(), 2);
}

#[test]
fn the_client_registers_as_the_recorded_node_did() {
    let mut registered = 0;
    let mut params = None;
    for exchange in exchanges() {
        if exchange.path == "/v1/pow_params" {
            params =
                Some(serde_json::from_str::<PowParamsResponse>(&exchange.response_body).unwrap());
        }
        if exchange.path != "/v1/submit" {
            continue;
        }
        let recorded: SubmitRequest = serde_json::from_str(&exchange.request_body).unwrap();
        let genesis_id = Hash20::from_hex(GENESIS_ID).unwrap();
        let registration = Registration {
            node_id: NodeId(recorded.pubkey.array().unwrap()),
            challenge: recorded.challenge.array().unwrap(),
            genesis_id,
            signature: EdSignature(recorded.signature.array().unwrap()),
            deadline: recorded.deadline,
            until: genesis().plus(Duration::from_secs(1_000_000)),
            post: None,
        };
        verify(
            &registration.node_id.0.into(),
            &genesis_id,
            Domain::Poet,
            &registration.challenge,
            &registration.signature,
        )
        .unwrap();
        let mut machine = Machine::new(Rules::mainnet(SHIFT), Certificates::new(), 0);
        let info: InfoResponse = serde_json::from_str(&exchanges()[0].response_body).unwrap();
        let mut input = Input::Register(Box::new(registration));
        let sent = loop {
            let mut out = Vec::new();
            machine.handle(genesis(), input, &mut out);
            input = match out.pop().unwrap() {
                Effect::Send {
                    request,
                    call: Call::Info,
                    ..
                } => answer(request, Outcome::Info(info.clone())),
                Effect::Send {
                    request,
                    call: Call::PowParams,
                    ..
                } => answer(request, Outcome::PowParams(params.clone().unwrap())),
                Effect::Search {
                    request,
                    params,
                    node_id,
                    challenge,
                    ..
                } => {
                    let nonce = spacemesh_poet::pow::search(
                        &params,
                        &node_id,
                        &challenge,
                        0..u64::MAX,
                        1,
                        || false,
                    );
                    Input::Searched { request, nonce }
                }
                Effect::Send {
                    call: Call::Submit(request),
                    ..
                } => break request,
                other => panic!("{other:?}"),
            };
        };
        // Field by field; protobuf leaves out a difficulty of zero, which is the same message.
        let mut ours = serde_json::to_value(&sent).unwrap();
        let difficulty = ours["powParams"]
            .as_object_mut()
            .unwrap()
            .remove("difficulty");
        assert_eq!(difficulty, Some(Value::from(0)));
        assert_eq!(
            ours,
            serde_json::from_str::<Value>(&exchange.request_body).unwrap()
        );
        registered += 1;
    }
    assert_eq!(registered, 3);
}

fn answer(request: u64, outcome: Outcome) -> Input {
    Input::Answer {
        request,
        outcome: Box::new(outcome),
    }
}

#[test]
fn recorded_proofs_contain_the_registered_challenge() {
    let exchanges = exchanges();
    for round in 0..2_u32 {
        let path = format!("/v1/proofs/{round}");
        let challenge: [u8; 32] = exchanges
            .iter()
            .filter(|exchange| exchange.path == "/v1/submit")
            .find(|exchange| {
                exchange
                    .response_body
                    .contains(&format!("\"roundId\":\"{round}\""))
            })
            .map(|exchange| {
                serde_json::from_str::<SubmitRequest>(&exchange.request_body)
                    .unwrap()
                    .challenge
                    .array()
                    .unwrap()
            })
            .unwrap();
        let answer = exchanges
            .iter()
            .find(|exchange| exchange.path == path && exchange.status == 200)
            .unwrap();
        let wanted = BTreeSet::from([challenge]);
        let proof =
            read_proof(answer.response_body.as_bytes(), &round.to_string(), &wanted).unwrap();
        assert_eq!(
            proof.message.round_id,
            BoundedBytes::try_from(round.to_string().into_bytes()).unwrap()
        );
        let member = &proof.memberships[&challenge];
        let nodes: Vec<[u8; 32]> = member.nodes.iter().map(|node| node.0).collect();
        spacemesh_poet::membership::verify(
            &proof.message.statement.0,
            &[member.index],
            &[challenge],
            &nodes,
        )
        .unwrap();
    }
}
