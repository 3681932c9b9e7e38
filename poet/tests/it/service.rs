//! The service in this process, real sockets, real work, short rounds.

use std::time::Duration;

use spacemesh_crypto::{Domain, SigningKey};
use spacemesh_poet::api::{Code, ErrorMessage, SubmitRequest};
use spacemesh_poet::certificate::Certificate;
use spacemesh_poet::client::{
    Call, Client, Download, Effect, Http, Input, Outcome, Registration, Rules,
};
use spacemesh_poet::hash::Statement;
use spacemesh_poet::registration::verify_receipt;
use spacemesh_poet::service::{SequentialRounds, Service, Settings, wall_clock};
use spacemesh_poet::{membership, pow, proof};
use spacemesh_types::{Hash20, NodeId, Timestamp};

/// The network of these tests.
pub(crate) const GENESIS: Hash20 = Hash20([3; 20]);

/// Longest wait for anything: the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

/// Settings of a service below `folder`, with a free port. Rounds start `shift` after now and last `round`.
pub(crate) fn settings(
    folder: &std::path::Path,
    genesis: Timestamp,
    shift: Duration,
    epoch: Duration,
    gap: Duration,
) -> Settings {
    let mut settings = Settings::default();
    let text = |duration: Duration| format!("{}ms", duration.as_millis());
    for (name, value) in [
        ("genesis-time", genesis.to_string()),
        ("genesis-id", GENESIS.to_hex()),
        ("phase-shift", text(shift)),
        ("epoch-duration", text(epoch)),
        ("cycle-gap", text(gap)),
        ("poetdir", folder.display().to_string()),
        ("restlisten", "127.0.0.1:0".to_owned()),
        ("submit-flush-interval", "5ms".to_owned()),
    ] {
        settings.set(name, &value).unwrap();
    }
    settings
}

pub(crate) async fn start(settings: &Settings) -> Service {
    let config = settings
        .build(Timestamp::UNSET, std::path::PathBuf::new())
        .unwrap();
    Service::start(
        config,
        Box::new(SequentialRounds::default()),
        wall_clock(),
        None,
    )
    .await
    .unwrap()
}

/// A registration by proof of work.
pub(crate) fn by_work(
    key: &SigningKey,
    challenge: [u8; 32],
    params: &pow::PowParams,
) -> SubmitRequest {
    let mut request = signed(key, challenge);
    request.nonce.0 =
        pow::search(params, &key.node_id(), &challenge, 0..u64::MAX, 1, || false).unwrap();
    request.pow_params = Some(params.into());
    request
}

/// A registration without authorisation.
pub(crate) fn signed(key: &SigningKey, challenge: [u8; 32]) -> SubmitRequest {
    let mut prefix = GENESIS.0.to_vec();
    prefix.push(Domain::Poet.byte());
    SubmitRequest {
        prefix: prefix.into(),
        challenge: challenge.into(),
        pubkey: key.node_id().into(),
        signature: key.sign(&GENESIS, Domain::Poet, &challenge).into(),
        ..SubmitRequest::default()
    }
}

pub(crate) async fn params(http: &Http) -> pow::PowParams {
    match http.call(&Call::PowParams).await {
        Outcome::PowParams(response) => response.pow_params.unwrap().into(),
        other => panic!("{other:?}"),
    }
}

/// The status and the error's code of a refused registration.
pub(crate) async fn refused(http: &Http, request: &SubmitRequest) -> (u16, String) {
    match http.call(&Call::Submit(Box::new(request.clone()))).await {
        Outcome::Status {
            status, message, ..
        } => (status, message),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_clients_register_by_certificate_and_work_and_find_themselves_in_a_valid_proof() {
    let folder = tempfile::tempdir().unwrap();
    let seconds = Duration::from_secs;
    let mut settings = settings(
        folder.path(),
        wall_clock()(),
        seconds(8),
        seconds(20),
        seconds(17),
    );
    settings
        .set(
            "certifier-pubkey",
            &spacemesh_poet::api::Base64::from(key(100).public_key()).to_string(),
        )
        .unwrap();
    settings.set("pow-difficulty", "8").unwrap();
    let service = start(&settings).await;
    let address = service.rest_address().to_string();
    let mut rules = Rules::mainnet(seconds(8));
    rules.retry_delay = Duration::from_millis(50);
    rules.retry_max = 1000;
    let mut clients = Vec::new();
    for seed in 1..=3 {
        let key = key(seed);
        let mut certificates = spacemesh_poet::client::Certificates::new();
        if seed == 1 {
            let certificate = Certificate::issue(&self::key(100), &key.node_id(), None);
            certificates.insert((key.node_id(), self::key(100).public_key()), certificate);
        }
        let client = Client::start(&address, rules.clone(), certificates, wall_clock()).unwrap();
        let challenge = [200 - seed; 32];
        let registration = Registration {
            node_id: key.node_id(),
            challenge,
            genesis_id: GENESIS,
            signature: key.sign(&GENESIS, Domain::Poet, &challenge),
            deadline: None,
            until: wall_clock()().plus(seconds(60)),
            post: None,
        };
        client
            .give(Input::Register(Box::new(registration)))
            .await
            .unwrap();
        clients.push((client, key, challenge));
    }
    for (client, key, challenge) in &mut clients {
        let result = tokio::time::timeout(PATIENCE, client.next())
            .await
            .unwrap()
            .unwrap();
        let Effect::Registered(registered) = result else {
            panic!("{result:?}")
        };
        assert_eq!(registered.round_id, "0");
        let receipt = registered.receipt.unwrap();
        assert!(verify_receipt(
            &service.public_key(),
            &GENESIS,
            "0",
            &key.node_id(),
            challenge,
            &receipt
        ));
        let download = Download {
            round_id: "0".to_owned(),
            from: registered.round_end,
            wanted: vec![*challenge],
        };
        client.give(Input::Fetch(download)).await.unwrap();
    }
    for (client, _, challenge) in &mut clients {
        let result = tokio::time::timeout(PATIENCE, client.next())
            .await
            .unwrap()
            .unwrap();
        let Effect::Proof { proof, .. } = result else {
            panic!("{result:?}")
        };
        assert_eq!(proof.members, 3);
        assert_eq!(
            proof.message.service_id.as_slice(),
            service.public_key().as_bytes()
        );
        let statement = Statement::new(&proof.message.statement.0).unwrap();
        proof::verify(&statement, &proof.message.proof).unwrap();
        let member = &proof.memberships[challenge];
        let nodes: Vec<[u8; 32]> = member.nodes.iter().map(|node| node.0).collect();
        membership::verify(
            &proof.message.statement.0,
            &[member.index],
            &[*challenge],
            &nodes,
        )
        .unwrap();
    }
    drop(clients);
    service.stop().await.unwrap();
    assert_eq!(
        std::fs::read_dir(folder.path().join("data/rounds"))
            .unwrap()
            .count(),
        0,
        "the finished round's folder is gone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_requests_are_refused_with_the_references_statuses() {
    let folder = tempfile::tempdir().unwrap();
    let hour = Duration::from_secs(3600);
    let mut settings = settings(
        folder.path(),
        wall_clock()(),
        hour,
        hour,
        Duration::from_secs(60),
    );
    let trusted = folder.path().join("keys");
    std::fs::create_dir(&trusted).unwrap();
    settings
        .set("trusted-pub-keys-dir-path", trusted.to_str().unwrap())
        .unwrap();
    settings
        .set(
            "certifier-pubkey",
            &spacemesh_poet::api::Base64::from(key(100).public_key()).to_string(),
        )
        .unwrap();
    settings.set("pow-difficulty", "4").unwrap();
    settings.set("max-round-members", "2").unwrap();
    let service = start(&settings).await;
    let http = Http::new(&service.rest_address().to_string()).unwrap();
    let params = params(&http).await;
    let good = by_work(&key(1), [1; 32], &params);

    let mut forged = good.clone();
    forged.challenge = [2; 32].into();
    assert_eq!(
        refused(&http, &forged).await,
        (400, "invalid signature".to_owned())
    );

    // Work for one challenge or identity is none for another.
    let mut replayed = signed(&key(2), [1; 32]);
    (replayed.nonce, replayed.pow_params) = (good.nonce, good.pow_params.clone());
    replayed.nonce.0 = good.nonce.0;
    if pow::digest(&params, &key(2).node_id(), &[1; 32], good.nonce.0)[0] >> 4 != 0 {
        assert_eq!(
            refused(&http, &replayed).await,
            (400, "invalid proof of work".to_owned())
        );
    }
    let mut other = good.clone();
    other.pow_params.as_mut().unwrap().challenge = [0; 32].into();
    assert_eq!(
        refused(&http, &other).await,
        (400, "invalid proof of work parameters".to_owned())
    );

    let expired = Certificate::issue(&key(100), &key(1).node_id(), Some(851_042_397));
    let mut late = signed(&key(1), [1; 32]);
    late.certificate = Some((&expired).into());
    assert_eq!(
        refused(&http, &late).await,
        (401, "invalid certificate\ncertificate expired".to_owned())
    );

    let mut hasty = good.clone();
    hasty.deadline = Some(Timestamp::from_unix_seconds(0));
    assert_eq!(refused(&http, &hasty).await.0, 400);

    // A key that is trusted after a reload, chosen by the hint.
    let mut hinted = signed(&key(1), [1; 32]);
    hinted.certificate = Some((&Certificate::issue(&key(101), &key(1).node_id(), None)).into());
    hinted.certificate_pubkey_hint = Some(key(101).public_key().as_bytes()[..4].into());
    assert_eq!(
        refused(&http, &hinted).await,
        (
            401,
            "invalid certificate\nno matching cert public keys".to_owned()
        )
    );
    std::fs::write(
        trusted.join("second.key"),
        spacemesh_poet::api::Base64::from(key(101).public_key()).to_string(),
    )
    .unwrap();
    assert_eq!(service.reload_trusted_keys().unwrap(), 1);
    assert!(matches!(
        http.call(&Call::Submit(Box::new(hinted.clone()))).await,
        Outcome::Submitted(_)
    ));
    assert!(
        matches!(
            http.call(&Call::Submit(Box::new(hinted.clone()))).await,
            Outcome::Submitted(_)
        ),
        "the same again is success"
    );
    assert_eq!(
        refused(&http, &by_work(&key(1), [9; 32], &params)).await,
        (409, "conflicting registration".to_owned())
    );
    assert!(matches!(
        http.call(&Call::Submit(Box::new(by_work(&key(2), [2; 32], &params))))
            .await,
        Outcome::Submitted(_)
    ));
    assert_eq!(
        refused(&http, &by_work(&key(3), [3; 32], &params)).await.0,
        429
    );

    let client = reqwest::Client::new();
    let url = |path: &str| format!("http://{}{path}", service.rest_address());
    for (method, path, body, status, code) in [
        (
            "POST",
            "/v1/submit",
            vec![b' '; 1 << 20],
            413,
            Code::InvalidArgument,
        ),
        (
            "POST",
            "/v1/submit",
            b"{".to_vec(),
            400,
            Code::InvalidArgument,
        ),
        (
            "POST",
            "/v1/submit",
            b"{\"pubkey\":7}".to_vec(),
            400,
            Code::InvalidArgument,
        ),
        ("POST", "/v1/submit", Vec::new(), 400, Code::InvalidArgument),
        ("GET", "/v1/submit", Vec::new(), 501, Code::Unimplemented),
        ("POST", "/v1/info", Vec::new(), 501, Code::Unimplemented),
        ("GET", "/v1/proofs/0", Vec::new(), 404, Code::NotFound),
        (
            "GET",
            "/v1/proofs/pow_challenge",
            Vec::new(),
            404,
            Code::NotFound,
        ),
        ("GET", "/v1/proofs/00", Vec::new(), 404, Code::NotFound),
        ("GET", "/v1/proofs/-1", Vec::new(), 404, Code::NotFound),
        ("GET", "/v2/anything", Vec::new(), 404, Code::NotFound),
    ] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let answer = client
            .request(method, url(path))
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let error: ErrorMessage = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(error.code, u32::from(code.number()), "{path}");
    }
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_service_on_the_same_store_is_refused_and_the_key_stays() {
    let folder = tempfile::tempdir().unwrap();
    let hour = Duration::from_secs(3600);
    let settings = settings(
        folder.path(),
        wall_clock()(),
        hour,
        hour,
        Duration::from_secs(60),
    );
    let service = start(&settings).await;
    let config = settings
        .build(Timestamp::UNSET, std::path::PathBuf::new())
        .unwrap();
    let second = Service::start(
        config,
        Box::new(SequentialRounds::default()),
        wall_clock(),
        None,
    )
    .await;
    assert!(second.is_err_and(|error| error.to_string().contains("in use")));
    let name = service.public_key();
    service.stop().await.unwrap();
    let service = start(&settings).await;
    assert_eq!(service.public_key(), name);
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_answered_and_every_acknowledged_registration_is_a_member() {
    const CALLERS: usize = 16;
    const EACH: usize = 150;
    let folder = tempfile::tempdir().unwrap();
    let seconds = Duration::from_secs;
    let settings = settings(
        folder.path(),
        wall_clock()(),
        seconds(3600),
        seconds(7200),
        seconds(60),
    );
    let service = start(&settings).await;
    let address = service.rest_address().to_string();
    let http = Http::new(&address).unwrap();
    let params = params(&http).await;
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..CALLERS {
        let (http, params) = (http.clone(), params.clone());
        callers.spawn(async move {
            let mut acknowledged = Vec::new();
            for index in 0..EACH {
                let mut seed = [0; 32];
                seed[..4]
                    .copy_from_slice(&u32::try_from(caller * EACH + index).unwrap().to_le_bytes());
                let key = SigningKey::from_seed(&seed);
                let mut request = by_work(&key, seed, &params);
                // Half are forged, and a quarter is sent twice.
                if index % 2 == 0 {
                    request.signature = [0; 64].into();
                }
                for _ in 0..=usize::from(index % 4 == 1) {
                    match http.call(&Call::Submit(Box::new(request.clone()))).await {
                        Outcome::Submitted(_) => acknowledged.push((key.node_id(), seed)),
                        Outcome::Status {
                            status: 400 | 429, ..
                        } => {}
                        other => panic!("{other:?}"),
                    }
                }
            }
            acknowledged
        });
    }
    let acknowledged: Vec<(NodeId, [u8; 32])> =
        callers.join_all().await.into_iter().flatten().collect();
    let metrics = service.metrics();
    assert!(
        metrics.contains("poet_registration_with_pow_total{result=\"invalid\"} 1200"),
        "{metrics}"
    );
    let members = service.store().members(0, None, usize::MAX).unwrap();
    assert_eq!(members.len(), CALLERS * EACH / 2);
    for (node, challenge) in &acknowledged {
        assert!(members.binary_search(&(node.0, *challenge)).is_ok());
    }
    service.stop().await.unwrap();
}
