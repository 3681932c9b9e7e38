//! A scripted server with each odd answer (04 §11.1), and what the client makes of it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use spacemesh_poet::client::{Call, Http, Outcome, ProofReadError, Transport};

/// Answers each connection with the next of `answers`, byte for byte, and hangs up.
fn server(answers: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            read_request(&mut stream);
            // The client may have seen enough.
            let _ = stream.write_all(&answer);
        }
    });
    address
}

/// The head and the body, which the client always announces.
fn read_request(stream: &mut TcpStream) {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
    let head = String::from_utf8(seen).unwrap().to_lowercase();
    let length = head.split("content-length: ").nth(1).map_or(0, |rest| {
        rest.split("\r\n").next().unwrap().parse().unwrap()
    });
    stream.read_exact(&mut vec![0; length]).unwrap();
}

fn answer(status: u16, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

async fn ask(call: Call, answer: Vec<u8>) -> Outcome {
    Http::new(&server(vec![answer])).unwrap().call(&call).await
}

fn proof_call() -> Call {
    Call::Proof {
        round_id: "7".to_owned(),
        wanted: vec![[1; 32]],
    }
}

#[tokio::test]
async fn statuses_come_with_the_text_of_their_error() {
    for status in [400, 401, 403, 404, 409, 429, 499, 500, 501, 502, 503, 504] {
        let body = r#"{"code":9,"message":"too late","details":[]}"#;
        for call in [Call::Info, proof_call()] {
            let outcome = ask(call, answer(status, body)).await;
            assert_eq!(
                outcome,
                Outcome::Status {
                    status,
                    message: "too late".to_owned(),
                    retry_after: None
                }
            );
        }
    }
    let outcome = ask(Call::Info, answer(503, "<html>busy</html>")).await;
    assert!(matches!(outcome, Outcome::Status { message, .. } if message == "<html>busy</html>"));
    let waiting = b"HTTP/1.1 503 X\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n".to_vec();
    let outcome = ask(Call::Info, waiting).await;
    assert!(
        matches!(outcome, Outcome::Status { retry_after: Some(after), .. } if after.as_secs() == 7)
    );
}

#[tokio::test]
async fn bodies_that_are_no_answer_are_malformed() {
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"text\"",
        r#"{"phaseShift":"soon"}"#,
        r#"{"servicePubkey":"*"}"#,
    ] {
        let outcome = ask(Call::Info, answer(200, body)).await;
        assert!(
            matches!(outcome, Outcome::Malformed(_)),
            "{body:?}: {outcome:?}"
        );
    }
    let huge = format!("{{\"servicePubkey\":\"{}\"}}", "A".repeat(1 << 20));
    assert!(matches!(
        ask(Call::Info, answer(200, &huge)).await,
        Outcome::Malformed(_)
    ));
}

#[tokio::test]
async fn unknown_fields_and_both_spellings_are_read() {
    let body = r#"{"service_pubkey":"AQ==","phaseShift":"25s","cycle_gap":"1.500s","certifier":null,"future":{"a":[1]}}"#;
    let Outcome::Info(info) = ask(Call::Info, answer(200, body)).await else {
        panic!()
    };
    assert_eq!(
        (
            info.service_pubkey.0,
            info.phase_shift.unwrap().0,
            info.certifier
        ),
        (vec![1], 25_000_000_000, None)
    );
}

#[tokio::test]
async fn broken_connections_are_told_from_refusals() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"service".to_vec();
    for bytes in [
        Vec::new(),
        b"HTTP/1.1 2".to_vec(),
        cut.clone(),
        b"nonsense\r\n\r\n".to_vec(),
    ] {
        let outcome = ask(Call::Info, bytes).await;
        assert!(
            matches!(outcome, Outcome::Transport(Transport::Broken, _)),
            "{outcome:?}"
        );
    }
    let outcome = ask(proof_call(), cut).await;
    assert!(
        matches!(&outcome, Outcome::BadProof(error) if error.is_transport()),
        "{outcome:?}"
    );
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let outcome = Http::new(&closed.to_string())
        .unwrap()
        .call(&Call::Info)
        .await;
    assert!(
        matches!(outcome, Outcome::Transport(Transport::Broken, _)),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn addresses_that_cannot_be_asked_are_told_at_once() {
    for address in ["ftp://127.0.0.1", "http://", "http://[::"] {
        let outcome = Http::new(address).unwrap().call(&Call::Info).await;
        assert!(
            matches!(outcome, Outcome::Transport(Transport::Address, _)),
            "{address}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn endless_redirects_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let location = format!(
        "HTTP/1.1 302 X\r\nlocation: http://{address}/v1/info\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            read_request(&mut stream);
            let _ = stream.write_all(location.as_bytes());
        }
    });
    let outcome = Http::new(&address).unwrap().call(&Call::Info).await;
    assert!(
        matches!(outcome, Outcome::Transport(Transport::Redirects, _)),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn wrong_proofs_are_invalid_and_not_asked_for_again() {
    let leaf = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let leaves = vec![format!("\"{leaf}\""); 150].join(",");
    let wrong = format!(
        r#"{{"proof":{{"proof":{{"root":"{leaf}","provenLeaves":[{leaves}],"proofNodes":[]}},"members":["{leaf}"],"leaves":"150"}},"pubkey":"{leaf}"}}"#
    );
    let outcome = ask(proof_call(), answer(200, &wrong)).await;
    assert!(
        matches!(&outcome, Outcome::BadProof(error @ ProofReadError::Invalid(_)) if !error.is_transport()),
        "{outcome:?}"
    );
    for body in [
        r#"{"proof":{"members":[],"leaves":"0"}}"#.to_owned(),
        r#"{"proof":null,"pubkey":""}"#.to_owned(),
        format!(r#"{{"proof":{{"proof":{{"root":"{leaf}{leaf}"}}}}}}"#),
        format!(r#"{{"proof":{{"proof":{{"provenLeaves":[{leaves},"AA=="]}}}}}}"#),
        format!(r#"{{"proof":{{"members":["{leaf}"],"members":["{leaf}"]}}}}"#),
        format!(r#"{{"proof":{{"members":["{}"]}}}}"#, "A".repeat(1 << 20)),
        r#"{"proof":{"leaves":-1}}"#.to_owned(),
    ] {
        let outcome = ask(proof_call(), answer(200, &body)).await;
        assert!(
            matches!(&outcome, Outcome::BadProof(ProofReadError::Malformed(_))),
            "{}: {outcome:?}",
            &body[..40]
        );
    }
}

#[tokio::test]
async fn a_list_of_a_million_members_is_read_in_small_memory() {
    const MEMBERS: usize = 1_000_000;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream);
        let mut out = std::io::BufWriter::new(&mut stream);
        out.write_all(
            b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"proof\":{\"proof\":{},\"members\":[",
        )
        .unwrap();
        for index in 0..MEMBERS {
            let comma = if index > 0 { "," } else { "" };
            write!(
                out,
                "{comma}\"{}\"",
                spacemesh_poet::api::Base64::from([index.to_le_bytes(); 4].concat())
            )
            .unwrap();
        }
        out.write_all(b"],\"leaves\":\"150\"},\"pubkey\":\"\"}")
            .unwrap();
        out.flush().unwrap();
    });
    let outcome = Http::new(&address).unwrap().call(&proof_call()).await;
    // All of it was read: only the proof itself does not hold.
    assert!(
        matches!(outcome, Outcome::BadProof(ProofReadError::Invalid(_))),
        "{outcome:?}"
    );
    serving.join().unwrap();
}

#[tokio::test]
async fn a_body_that_stalls_is_cut_by_the_callers_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (gone, stalled) = std::sync::mpsc::channel::<()>();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
            .unwrap();
        let _ = stalled.recv();
    });
    let http = Http::new(&address).unwrap();
    let limit = std::time::Duration::from_millis(300);
    assert!(
        tokio::time::timeout(limit, http.call(&Call::Info))
            .await
            .is_err()
    );
    drop(gone);
    serving.join().unwrap();
}
