//! Offer, payment, claim, certificate, registration (04 §12), and the certifier of proofs of space (04 §10).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use spacemesh_crypto::{SigningKey, verify_plain};
use spacemesh_poet::api::{
    Base64, ClaimRequest, ClaimResponse, Offer, SignedOffer, claim_bytes, offer_bytes,
};
use spacemesh_poet::certifier::{
    CertifierConfig, CertifierLimits, CertifierServer, CertifierStore, Condition, Desk, Payment,
    PaymentState, PostVerifier, ShownPost, Tariff, TestLedger,
};
use spacemesh_poet::client::{Call, Http, Outcome};
use spacemesh_poet::schedule::Schedule;
use spacemesh_poet::service::{Clock, wall_clock};
use spacemesh_types::{
    Address, EdSignature, Hrp, LayerId, NodeId, PublicKey, Smidge, Timestamp, TransactionId,
};

use crate::service::{GENESIS, key, settings, signed, start};

const HOUR: Duration = Duration::from_secs(3600);
const TRANSACTION: TransactionId = TransactionId([7; 32]);

/// A paid certifier with its ledger, in time that the test sets.
struct World {
    server: CertifierServer,
    ledger: Arc<TestLedger>,
    now: Arc<Mutex<Timestamp>>,
    schedule: Schedule,
    _folder: tempfile::TempDir,
}

fn receiver() -> Address {
    Address::generate(&[9; 32])
}

impl World {
    async fn new(genesis: Timestamp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let schedule = Schedule::new(genesis, 2 * HOUR, HOUR, HOUR).unwrap();
        let ledger = Arc::new(TestLedger::default());
        let tariff = Tariff {
            poet: key(50).public_key(),
            poet_url: "http://poet".to_owned(),
            genesis_id: GENESIS,
            hrp: Hrp::MAINNET,
            schedule,
            address: receiver(),
            price: Smidge(100),
            confirmations: 10,
            rounds_max: 5,
            offer_ttl: Duration::from_secs(600),
            margin: Duration::from_secs(60),
        };
        let store = CertifierStore::open(&folder.path().join("certifier.redb")).unwrap();
        let desk = Desk::new(tariff, key(100), store, Arc::clone(&ledger) as _);
        let now = Arc::new(Mutex::new(genesis));
        let clock: Clock = {
            let now = Arc::clone(&now);
            Arc::new(move || *now.lock().unwrap())
        };
        let config = CertifierConfig {
            key: key(100),
            expiration: None,
            condition: Condition::Paid(Arc::new(desk), None),
            limits: CertifierLimits::default(),
        };
        let server = CertifierServer::start("127.0.0.1:0", config, clock)
            .await
            .unwrap();
        Self {
            server,
            ledger,
            now,
            schedule,
            _folder: folder,
        }
    }

    fn pay(&self, amount: u64) {
        let payment = Payment {
            state: PaymentState::Applied(LayerId(100)),
            destination: receiver(),
            amount: Smidge(amount),
            payer_keys: vec![key(60).public_key()],
            signatures_required: 1,
        };
        self.ledger.set(TRANSACTION, payment);
        self.ledger.set_verified(LayerId(110));
    }

    fn claim(&self, rounds: u32, nodes: &[NodeId], payer: &SigningKey) -> ClaimRequest {
        let message = claim_bytes(
            &GENESIS,
            &key(100).public_key(),
            &TRANSACTION,
            rounds,
            nodes,
        );
        ClaimRequest {
            transaction_id: TRANSACTION.into(),
            node_ids: nodes.iter().map(Into::into).collect(),
            rounds,
            signatures: vec![payer.sign_plain(&[&message]).into()],
        }
    }

    async fn post(&self, claim: &ClaimRequest) -> Result<ClaimResponse, (StatusCode, String)> {
        let url = format!("http://{}/v1/claim", self.server.address());
        let body = serde_json::to_vec(claim).unwrap();
        let answer = reqwest::Client::new()
            .post(url)
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        if status.is_success() {
            Ok(serde_json::from_str(&text).unwrap())
        } else {
            Err((status, text))
        }
    }

    async fn unpaid(&self, claim: &ClaimRequest, says: &str) {
        let (status, text) = self.post(claim).await.unwrap_err();
        assert_eq!(status, StatusCode::PAYMENT_REQUIRED);
        assert!(text.contains(says), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_becomes_certificates_that_register_once_and_for_the_rounds_paid() {
    let world = World::new(wall_clock()()).await;
    let url = |path: &str| format!("http://{}{path}", world.server.address());
    let signed_offer: SignedOffer = serde_json::from_str(
        &reqwest::get(url("/v1/offer"))
            .await
            .unwrap()
            .text()
            .await
            .unwrap(),
    )
    .unwrap();
    let signature = EdSignature(signed_offer.signature.array().unwrap());
    verify_plain(
        &key(100).public_key(),
        &[&offer_bytes(&signed_offer.offer)],
        &signature,
    )
    .unwrap();
    let offer: Offer = serde_json::from_str(&signed_offer.offer).unwrap();
    assert_eq!(
        (offer.price.0, offer.open_round, offer.address),
        (100, 0, receiver().to_bech32(&Hrp::MAINNET))
    );

    let nodes = [key(1).node_id(), key(2).node_id()];
    let claim = world.claim(2, &nodes, &key(60));
    world.unpaid(&claim, "not known").await;
    world.pay(399);
    world.unpaid(&claim, "400 smidge are asked for").await;
    world.pay(400);
    for (state, says) in [
        (PaymentState::Pending, "no block yet"),
        (PaymentState::Failed, "failed"),
        (PaymentState::Reverted, "reverted"),
        (
            PaymentState::Applied(LayerId(101)),
            "layer 111 must be verified first",
        ),
    ] {
        world.ledger.set_state(&TRANSACTION, state);
        world.unpaid(&claim, says).await;
    }
    world
        .ledger
        .set_state(&TRANSACTION, PaymentState::Applied(LayerId(100)));
    let stranger = world.claim(2, &nodes, &key(61));
    assert_eq!(
        world.post(&stranger).await.unwrap_err().0,
        StatusCode::FORBIDDEN
    );

    let issued = world.post(&claim).await.unwrap();
    assert_eq!(
        world.post(&claim).await.unwrap(),
        issued,
        "the same claim gives the same certificates"
    );
    assert!(
        issued
            .certificates
            .iter()
            .all(|certificate| certificate.last_round == 1)
    );
    for (rounds, nodes) in [
        (1, &nodes[..]),
        (2, &nodes[..1]),
        (2, &[key(3).node_id(), key(4).node_id()][..]),
    ] {
        let other = world.claim(rounds, nodes, &key(60));
        assert_eq!(
            world.post(&other).await.unwrap_err().0,
            StatusCode::CONFLICT,
            "a payment counts once"
        );
    }

    // The certificate registers with a service that trusts the certifier and takes no work.
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path(), wall_clock()(), HOUR, 2 * HOUR, HOUR);
    settings
        .set(
            "certifier-pubkey",
            &Base64::from(key(100).public_key()).to_string(),
        )
        .unwrap();
    settings.set("certificates-only", "true").unwrap();
    let service = start(&settings).await;
    let http = Http::new(&service.rest_address().to_string()).unwrap();
    assert!(matches!(
        http.call(&Call::PowParams).await,
        Outcome::Status { status: 403, .. }
    ));
    for (seed, expected) in [(1, true), (3, false)] {
        let mut request = signed(&key(seed), [seed; 32]);
        request.certificate = Some(spacemesh_poet::api::CertificateMessage {
            data: issued.certificates[0].certificate.clone(),
            signature: issued.certificates[0].signature.clone(),
        });
        let outcome = http.call(&Call::Submit(Box::new(request))).await;
        assert_eq!(
            matches!(outcome, Outcome::Submitted(_)),
            expected,
            "{outcome:?}"
        );
    }
    service.stop().await.unwrap();

    // What is due can be had again until the last paid round has started.
    let get = |node: NodeId| reqwest::get(url(&format!("/v1/certificate/{}", node.to_hex())));
    let again: Value =
        serde_json::from_str(&get(nodes[0]).await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(
        again["certificate"],
        json!(issued.certificates[0].certificate.to_string())
    );
    assert_eq!(
        get(key(3).node_id()).await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
    *world.now.lock().unwrap() = world.schedule.round_start(1);
    assert_eq!(get(nodes[0]).await.unwrap().status(), StatusCode::NOT_FOUND);
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_claims_are_refused_before_the_ledger_is_asked() {
    let world = World::new(Timestamp::from_unix_seconds(0)).await;
    let node = key(1).node_id();
    let good = world.claim(1, &[node], &key(60));
    for bad in [
        ClaimRequest {
            rounds: 0,
            ..good.clone()
        },
        ClaimRequest {
            rounds: 6,
            ..good.clone()
        },
        ClaimRequest {
            node_ids: Vec::new(),
            ..good.clone()
        },
        ClaimRequest {
            node_ids: vec![node.into(), node.into()],
            ..good.clone()
        },
        ClaimRequest {
            node_ids: vec![[1; 31].into()],
            ..good.clone()
        },
        ClaimRequest {
            node_ids: (0..1025_u32)
                .map(|n| [n.to_le_bytes(); 8].concat().into())
                .collect(),
            ..good.clone()
        },
        ClaimRequest {
            transaction_id: [1; 5].into(),
            ..good.clone()
        },
    ] {
        assert_eq!(
            world.post(&bad).await.unwrap_err().0,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_further_payment_continues_after_the_paid_rounds_and_many_signatures_may_be_needed() {
    let world = World::new(Timestamp::from_unix_seconds(0)).await;
    let node = key(1).node_id();
    world.pay(100);
    assert_eq!(
        world
            .post(&world.claim(1, &[node], &key(60)))
            .await
            .unwrap()
            .certificates[0]
            .last_round,
        0
    );
    let second = TransactionId([8; 32]);
    let payment = Payment {
        state: PaymentState::Applied(LayerId(100)),
        destination: receiver(),
        amount: Smidge(200),
        payer_keys: vec![
            key(60).public_key(),
            key(61).public_key(),
            key(62).public_key(),
        ],
        signatures_required: 2,
    };
    world.ledger.set(second, payment);
    let message = claim_bytes(&GENESIS, &key(100).public_key(), &second, 2, &[node]);
    let sign = |seed: u8| Base64::from(key(seed).sign_plain(&[&message]));
    let mut claim = ClaimRequest {
        transaction_id: second.into(),
        node_ids: vec![node.into()],
        rounds: 2,
        signatures: vec![sign(60), sign(60)],
    };
    assert_eq!(
        world.post(&claim).await.unwrap_err().0,
        StatusCode::FORBIDDEN,
        "one key twice is one signature"
    );
    claim.signatures = vec![sign(62), sign(60)];
    assert_eq!(
        world.post(&claim).await.unwrap().certificates[0].last_round,
        2
    );
    world.server.stop().await;
}

/// Takes proofs whose nonce is 1.
struct NonceOne;

impl PostVerifier for NonceOne {
    fn verify(&self, post: &ShownPost) -> Result<(), String> {
        if post.nonce == 1 {
            Ok(())
        } else {
            Err("no such nonce".to_owned())
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_of_space_becomes_a_certificate_and_each_mistake_has_the_references_status() {
    let config = CertifierConfig {
        key: key(100),
        expiration: Some(HOUR),
        condition: Condition::Post(Arc::new(NonceOne)),
        limits: CertifierLimits::default(),
    };
    let now = Timestamp::from_unix_seconds(1_735_686_000);
    let server = CertifierServer::start("127.0.0.1:0", config, Arc::new(move || now))
        .await
        .unwrap();
    let url = format!("http://{}/certify", server.address());
    let body = |nonce: u32| {
        json!({
            "proof": { "nonce": nonce, "indices": "AQID", "pow": 5_u64 },
            "metadata": { "node_id": Base64::from([1; 32]), "commitment_atx_id": Base64::from([2; 32]), "challenge": Base64::from([0; 32]), "num_units": 4 },
        })
    };
    let post = async |content: &'static str, body: String| {
        let answer = reqwest::Client::new()
            .post(&url)
            .header("content-type", content)
            .body(body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    const JSON: &str = "application/json";
    let (status, text) = post(JSON, body(1).to_string()).await;
    assert_eq!(status, 200);
    let reply: spacemesh_poet::api::CertifyResponse = serde_json::from_str(&text).unwrap();
    assert_eq!(reply.pub_key.0, key(100).public_key().as_bytes());
    let certificate = spacemesh_poet::certificate::Certificate {
        data: reply.certificate.0,
        signature: EdSignature(reply.signature.array().unwrap()),
    };
    assert_eq!(
        certificate.verify(
            &PublicKey(*key(100).public_key().as_bytes()),
            &NodeId([1; 32]),
            now
        ),
        Ok(Some(1_735_689_600))
    );
    assert_eq!(
        post(JSON, body(2).to_string()).await,
        (403, "invalid proof: no such nonce".to_owned())
    );
    assert_eq!(post("text/plain", body(1).to_string()).await.0, 415);
    assert_eq!(post(JSON, "{".to_owned()).await.0, 400);
    assert_eq!(post(JSON, "{}".to_owned()).await.0, 422);
    assert_eq!(post(JSON, " ".repeat(1025)).await.0, 413);
    let mut short = body(1);
    short["metadata"]["node_id"] = json!("AQ==");
    assert_eq!(post(JSON, short.to_string()).await.0, 422);
    server.stop().await;
}
