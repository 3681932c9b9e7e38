//! The client in virtual time: windows, retries, certificates and every odd answer.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use spacemesh_crypto::SigningKey;
use spacemesh_types::Hash20;

use super::*;
use crate::api::CertifyRequest;
use crate::api::{CertificateMessage, CertifyMetadata, CertifyProof, PowParamsMessage, Seconds};
use crate::client::{Advice, Transport};

const SHIFT: Duration = Duration::from_secs(100);
/// When the window closes.
const UNTIL: i64 = 1_000_000;

/// A machine, the time, and the calls that wait for an answer.
struct World {
    machine: Machine,
    now: Timestamp,
    waiting: Vec<(RequestId, Call)>,
    searching: Vec<RequestId>,
    results: Vec<Effect>,
}

fn certifier() -> SigningKey {
    SigningKey::from_seed(&[2; 32])
}

fn node() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

impl World {
    fn new(certificates: Certificates) -> Self {
        Self {
            machine: Machine::new(Rules::mainnet(SHIFT), certificates, 1),
            now: at(0),
            waiting: Vec::new(),
            searching: Vec::new(),
            results: Vec::new(),
        }
    }

    fn give(&mut self, input: Input) {
        let mut out = Vec::new();
        self.machine.handle(self.now, input, &mut out);
        for effect in out {
            match effect {
                Effect::Send { request, call, .. } => self.waiting.push((request, call)),
                Effect::Search { request, .. } => self.searching.push(request),
                other => self.results.push(other),
            }
        }
    }

    /// Answers the only call that waits, which must be as described.
    #[track_caller]
    fn answer(&mut self, is: impl Fn(&Call) -> bool, outcome: Outcome) {
        assert_eq!(self.waiting.len(), 1, "{:?}", self.waiting);
        let (request, call) = self.waiting.remove(0);
        assert!(is(&call), "{call:?}");
        self.give(Input::Answer {
            request,
            outcome: Box::new(outcome),
        });
    }

    /// To the next wake-up; how long it took.
    fn sleep(&mut self) -> Duration {
        let (due, _) = self.machine.next_wakeup().unwrap();
        let slept = due.since(self.now).unwrap();
        self.now = due;
        self.give(Input::Wake);
        slept
    }

    #[track_caller]
    fn failure(&mut self) -> Failure {
        match self.results.pop() {
            Some(Effect::Failed { failure, .. } | Effect::FetchFailed { failure, .. }) => failure,
            other => panic!("{other:?}, waiting {:?}", self.waiting),
        }
    }

    fn search_done(&mut self, nonce: Option<u64>) {
        let request = self.searching.pop().unwrap();
        self.give(Input::Searched { request, nonce });
    }
}

fn registration(post: bool) -> Box<Registration> {
    let genesis_id = Hash20([3; 20]);
    let request = CertifyRequest {
        proof: CertifyProof {
            nonce: 1,
            indices: [1].into(),
            pow: 2,
        },
        metadata: CertifyMetadata {
            node_id: node().node_id().into(),
            commitment_atx_id: [0; 32].into(),
            challenge: [0; 32].into(),
            num_units: 4,
        },
    };
    Box::new(Registration {
        node_id: node().node_id(),
        challenge: [5; 32],
        genesis_id,
        signature: node().sign(&genesis_id, Domain::Poet, &[5; 32]),
        deadline: None,
        until: at(UNTIL),
        post: post.then(|| Box::new(request)),
    })
}

fn info(certifier_key: Option<PublicKey>, shift: Duration) -> Outcome {
    Outcome::Info(InfoResponse {
        service_pubkey: [9; 32].into(),
        phase_shift: Some(Seconds::of(shift)),
        cycle_gap: None,
        certifier: certifier_key.map(|key| CertifierInfo {
            url: "http://certifier".to_owned(),
            pubkey: key.into(),
        }),
    })
}

fn params() -> Outcome {
    Outcome::PowParams(PowParamsResponse {
        pow_params: Some(PowParamsMessage {
            difficulty: 1,
            challenge: [1].into(),
        }),
    })
}

fn status(status: u16, message: &str) -> Outcome {
    Outcome::Status {
        status,
        message: message.to_owned(),
        retry_after: None,
    }
}

fn taken() -> Outcome {
    Outcome::Submitted(SubmitResponse {
        round_id: "29".to_owned(),
        round_end: Some(Seconds(60_000_000_000)),
        receipt: None,
    })
}

fn is_info(call: &Call) -> bool {
    matches!(call, Call::Info)
}
fn is_params(call: &Call) -> bool {
    matches!(call, Call::PowParams)
}
fn is_certify(call: &Call) -> bool {
    matches!(call, Call::Certify { .. })
}
fn by_certificate(call: &Call) -> bool {
    matches!(call, Call::Submit(request) if request.certificate.is_some() && request.pow_params.is_none())
}
fn by_work(call: &Call) -> bool {
    matches!(call, Call::Submit(request) if request.certificate.is_none() && request.pow_params.is_some())
}

fn issued() -> Outcome {
    let certificate = Certificate::issue(&certifier(), &node().node_id(), Some(500_000));
    Outcome::Certified(CertifyResponse {
        certificate: certificate.data.into(),
        signature: certificate.signature.into(),
        pub_key: certifier().public_key().into(),
    })
}

fn stored(expiration: Option<u64>) -> Certificates {
    let key = (node().node_id(), certifier().public_key());
    Certificates::from([(
        key,
        Certificate::issue(&certifier(), &node().node_id(), expiration),
    )])
}

/// Up to a submission with a stored certificate.
fn submitting() -> World {
    let mut world = World::new(stored(None));
    world.give(Input::Register(registration(true)));
    world.answer(is_info, info(Some(certifier().public_key()), SHIFT));
    world
}

#[test]
fn a_registration_by_work_asks_for_info_and_parameters_once() {
    let mut world = World::new(Certificates::new());
    world.give(Input::Register(registration(false)));
    world.answer(is_info, info(None, SHIFT));
    world.answer(is_params, params());
    world.search_done(Some(7));
    world.answer(by_work, taken());
    let Some(Effect::Registered(registered)) = world.results.pop() else {
        panic!()
    };
    assert_eq!(
        (registered.round_id.as_str(), registered.round_end),
        ("29", at(60))
    );
    assert!(world.machine.is_idle());
    let mut second = registration(false);
    second.node_id = NodeId([8; 32]);
    world.give(Input::Register(second));
    assert!(world.waiting.is_empty(), "both answers are kept");
    assert_eq!(world.searching.len(), 1);
}

#[test]
fn a_different_phase_shift_stops_everything_and_tells_the_user() {
    let mut world = World::new(stored(None));
    world.give(Input::Register(registration(false)));
    world.answer(
        is_info,
        info(
            Some(certifier().public_key()),
            SHIFT + Duration::from_secs(1),
        ),
    );
    let failure = world.failure();
    assert!(matches!(failure, Failure::PhaseShift { .. }));
    assert_eq!(failure.advice(), Advice::TellUser);
    assert!(world.waiting.is_empty());
}

#[test]
fn a_certificate_is_asked_for_kept_and_used() {
    let mut world = World::new(Certificates::new());
    world.give(Input::Register(registration(true)));
    world.answer(is_info, info(Some(certifier().public_key()), SHIFT));
    world.answer(is_certify, issued());
    assert!(matches!(
        world.results.pop(),
        Some(Effect::StoreCertificate { .. })
    ));
    world.answer(by_certificate, taken());
    assert!(matches!(world.results.pop(), Some(Effect::Registered(_))));
}

#[test]
fn a_certificate_of_another_key_or_identity_leads_to_work() {
    let other = SigningKey::from_seed(&[4; 32]);
    let forged = Certificate::issue(&other, &node().node_id(), None);
    let foreign = Certificate::issue(&certifier(), &other.node_id(), None);
    for (certificate, key) in [
        (&forged, &certifier()),
        (&forged, &other),
        (&foreign, &certifier()),
    ] {
        let mut world = World::new(Certificates::new());
        world.give(Input::Register(registration(true)));
        world.answer(is_info, info(Some(certifier().public_key()), SHIFT));
        let message = CertificateMessage::from(certificate);
        let reply = CertifyResponse {
            certificate: message.data,
            signature: message.signature,
            pub_key: key.public_key().into(),
        };
        world.answer(is_certify, Outcome::Certified(reply));
        world.answer(is_params, params());
        assert!(world.results.is_empty() && world.searching.len() == 1);
    }
}

#[test]
fn a_certifier_that_is_busy_is_asked_again_with_doubling_waits_and_then_given_up() {
    let mut world = World::new(Certificates::new());
    world.give(Input::Register(registration(true)));
    world.answer(is_info, info(Some(certifier().public_key()), SHIFT));
    let mut waits = Vec::new();
    for _ in 0..5 {
        world.answer(is_certify, status(429, ""));
        waits.push(world.sleep().as_secs());
    }
    assert_eq!(waits, [1, 2, 4, 8, 16]);
    world.answer(is_certify, status(500, ""));
    world.answer(is_params, params());
}

#[test]
fn a_certifier_says_how_long_to_wait() {
    let mut world = World::new(Certificates::new());
    world.give(Input::Register(registration(true)));
    world.answer(is_info, info(Some(certifier().public_key()), SHIFT));
    world.answer(
        is_certify,
        Outcome::Status {
            status: 503,
            message: String::new(),
            retry_after: Some(Duration::from_secs(7)),
        },
    );
    assert_eq!(world.sleep().as_secs(), 7);
    world.answer(is_certify, status(403, "invalid proof"));
    world.answer(is_params, params());
}

#[test]
fn an_expired_certificate_is_renewed_before_it_is_used() {
    let mut world = World::new(stored(Some(99)));
    world.now = at(100);
    world.give(Input::Register(registration(true)));
    world.answer(is_info, info(Some(certifier().public_key()), SHIFT));
    assert!(matches!(
        world.results.pop(),
        Some(Effect::DropCertificate { .. })
    ));
    world.answer(is_certify, issued());
    world.answer(by_certificate, taken());
}

#[test]
fn a_401_leads_to_exactly_one_further_submission() {
    let mut world = submitting();
    world.answer(
        by_certificate,
        status(401, "invalid certificate\ncertificate expired"),
    );
    assert!(matches!(
        world.results.pop(),
        Some(Effect::DropCertificate { .. })
    ));
    world.answer(is_certify, issued());
    world.results.clear();
    world.answer(by_certificate, status(401, "invalid certificate"));
    assert!(matches!(world.failure(), Failure::Unauthorised(_)));
    assert!(world.waiting.is_empty());
}

#[test]
fn a_401_without_a_certifier_is_a_plain_failure() {
    let mut world = World::new(Certificates::new());
    world.give(Input::Register(registration(false)));
    world.answer(is_info, info(None, SHIFT));
    world.answer(is_params, params());
    world.search_done(Some(1));
    world.answer(by_work, status(401, "no"));
    world.search_done(Some(1));
    world.answer(by_work, status(401, "no"));
    assert!(matches!(world.failure(), Failure::Unauthorised(_)));
}

#[test]
fn submissions_are_repeated_without_limit_until_the_window_closes() {
    let mut world = submitting();
    let odd = [
        status(429, ""),
        status(500, ""),
        status(503, ""),
        status(504, ""),
        Outcome::Transport(Transport::Broken, "reset".to_owned()),
    ];
    let mut tried = 0;
    let failure = loop {
        let Some(outcome) = odd.get(tried % odd.len()).cloned() else {
            panic!()
        };
        world.answer(by_certificate, outcome);
        tried += 1;
        let slept = world.sleep();
        if let Some(Effect::Failed { failure, .. }) = world.results.pop() {
            break failure;
        }
        assert!(
            slept >= Duration::from_secs(10) && slept < Duration::from_secs(20),
            "{slept:?}"
        );
    };
    assert!(tried > 1000);
    assert!(matches!(failure, Failure::TooLate(_)));
}

#[test]
fn final_answers_to_a_submission_are_not_repeated() {
    for (code, message, expected) in [
        (
            400,
            "too late to register for the desired round",
            Advice::GiveUp,
        ),
        (400, "invalid signature", Advice::GiveUp),
        (403, "", Advice::TellUser),
        (404, "", Advice::GiveUp),
        (409, "conflicting registration", Advice::TellUser),
        (499, "", Advice::GiveUp),
        (501, "", Advice::GiveUp),
    ] {
        let mut world = submitting();
        world.answer(by_certificate, status(code, message));
        assert_eq!(world.failure().advice(), expected, "{code}");
        assert!(world.waiting.is_empty() && world.machine.is_idle());
    }
}

#[test]
fn outdated_parameters_are_asked_for_again_once() {
    let mut world = World::new(Certificates::new());
    world.give(Input::Register(registration(false)));
    world.answer(is_info, info(None, SHIFT));
    for _ in 0..2 {
        world.answer(is_params, params());
        world.search_done(Some(1));
        world.answer(by_work, status(400, "invalid proof of work parameters"));
    }
    assert!(matches!(
        world.failure(),
        Failure::Refused { status: 400, .. }
    ));
}

#[test]
fn odd_answers_to_a_submission_are_failures() {
    for outcome in [
        Outcome::Malformed("an empty body".to_owned()),
        Outcome::Submitted(SubmitResponse::default()),
        Outcome::Submitted(SubmitResponse {
            round_id: "../../etc".to_owned(),
            ..SubmitResponse::default()
        }),
        Outcome::Submitted(SubmitResponse {
            round_id: "1".repeat(33),
            ..SubmitResponse::default()
        }),
        Outcome::Transport(Transport::Untrusted, "expired".to_owned()),
        Outcome::Transport(Transport::Redirects, "loop".to_owned()),
        info(None, SHIFT),
    ] {
        let mut world = submitting();
        world.answer(by_certificate, outcome);
        world.failure();
        assert!(world.machine.is_idle());
    }
}

#[test]
fn a_missing_round_end_means_to_ask_at_once() {
    let mut world = submitting();
    world.answer(
        by_certificate,
        Outcome::Submitted(SubmitResponse {
            round_id: "1".to_owned(),
            ..SubmitResponse::default()
        }),
    );
    let Some(Effect::Registered(registered)) = world.results.pop() else {
        panic!()
    };
    assert_eq!(registered.round_end, world.now);
}

#[test]
fn queries_have_a_limited_number_of_attempts_with_growing_waits() {
    let mut world = World::new(Certificates::new());
    world.give(Input::Register(registration(false)));
    let mut total = Duration::ZERO;
    for k in 1..=10 {
        world.answer(is_info, status(if k == 3 { 404 } else { 502 }, ""));
        let slept = world.sleep();
        assert!(
            slept >= Duration::from_secs(10 * k) && slept < Duration::from_secs(20 * k),
            "{k}: {slept:?}"
        );
        total += slept;
    }
    assert!(total >= Duration::from_secs(550) && total < Duration::from_secs(1100));
    world.answer(is_info, status(502, ""));
    assert!(matches!(
        world.failure(),
        Failure::Unreachable { attempts: 11, .. }
    ));
}

#[test]
fn a_service_that_refuses_work_tells_so_at_once() {
    let mut world = World::new(Certificates::new());
    world.give(Input::Register(registration(false)));
    world.answer(is_info, info(None, SHIFT));
    world.answer(
        is_params,
        status(
            403,
            "this service takes registrations with a certificate only",
        ),
    );
    assert_eq!(world.failure().advice(), Advice::TellUser);
}

#[test]
fn a_proof_is_asked_for_from_the_given_time_until_it_is_there() {
    let mut world = World::new(Certificates::new());
    let is_proof = |call: &Call| matches!(call, Call::Proof { round_id, .. } if round_id == "29");
    world.give(Input::Fetch(Download {
        round_id: "29".to_owned(),
        from: at(100),
        wanted: vec![[5; 32]],
    }));
    assert!(world.waiting.is_empty());
    assert_eq!(world.sleep().as_secs(), 100);
    world.answer(is_proof, status(404, "proof not found"));
    world.sleep();
    world.answer(
        is_proof,
        Outcome::BadProof(crate::client::ProofReadError::Broken("reset".to_owned())),
    );
    world.sleep();
    world.answer(
        is_proof,
        Outcome::BadProof(crate::client::ProofReadError::Invalid("wrong".to_owned())),
    );
    assert!(matches!(world.failure(), Failure::InvalidProof(_)));
}

#[test]
fn a_proof_that_never_comes_is_given_up_when_its_time_is_over() {
    let mut world = World::new(Certificates::new());
    world.give(Input::Fetch(Download {
        round_id: "29".to_owned(),
        from: at(0),
        wanted: Vec::new(),
    }));
    while world.results.is_empty() {
        if let Some((request, _)) = world.waiting.pop() {
            let outcome = Box::new(status(404, ""));
            world.give(Input::Answer { request, outcome });
        } else {
            world.sleep();
        }
    }
    assert!(matches!(world.failure(), Failure::Unreachable { .. }));
    assert!(world.now <= at(1100));
}

#[test]
fn a_late_answer_that_nobody_waits_for_changes_nothing() {
    let mut world = submitting();
    let request = world.waiting[0].0;
    world.now = at(UNTIL);
    world.give(Input::Wake);
    assert!(matches!(world.failure(), Failure::TooLate(_)));
    world.give(Input::Answer {
        request,
        outcome: Box::new(taken()),
    });
    assert!(world.results.is_empty());
}

#[test]
fn the_same_inputs_give_the_same_waits() {
    let run = || {
        let mut world = submitting();
        world.answer(by_certificate, status(429, ""));
        world.sleep()
    };
    assert_eq!(run(), run());
}
