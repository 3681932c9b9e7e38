//! The server on loopback: who may talk to it, and what the others are told.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::{Value, json};
use spacemesh_app::http::{Addresses, Server};

use crate::desk::Desk;

/// A served app.
struct Served {
    _desk: Desk,
    addresses: Addresses,
    port: u16,
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    fn code(&self) -> String {
        serde_json::from_str::<Value>(&self.body)
            .ok()
            .and_then(|body| body["code"].as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

impl Served {
    async fn new() -> Self {
        let desk = Desk::new();
        let server = Server::bind(desk.app.clone(), 0).await.unwrap();
        let (addresses, port) = (server.addresses(), server.port());
        tokio::spawn(server.run(std::future::pending()));
        Self {
            _desk: desk,
            addresses,
            port,
        }
    }

    /// Sends bytes as they are, so that no library corrects what an attacker would send.
    async fn send(&self, request: String) -> Answer {
        let port = self.port;
        let exchange = move || {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            // The server may refuse before it has read everything.
            let _ = stream.write_all(request.as_bytes());
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
            let status = head
                .split(' ')
                .nth(1)
                .and_then(|status| status.parse().ok())
                .unwrap_or(0);
            Answer {
                status,
                head: head.to_owned(),
                body: body.to_owned(),
            }
        };
        tokio::task::spawn_blocking(exchange).await.unwrap()
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let extra: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        self.send(format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{extra}Connection: close\r\n\r\n",
            self.host()
        ))
        .await
    }

    /// Opens the printed address and gives the cookie.
    async fn cookie(&self) -> String {
        let answer = self.get(&path_of(&self.addresses.fresh()), &[]).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, Some("/")),
            "{answer:?}"
        );
        let cookie = answer.header("set-cookie").unwrap().to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        cookie.split(';').next().unwrap().to_owned()
    }

    async fn call(&self, name: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let extra: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let host = if headers.iter().any(|(name, _)| *name == "Host") {
            String::new()
        } else {
            format!("Host: {}\r\n", self.host())
        };
        self.send(format!("POST /api/call/{name} HTTP/1.1\r\n{host}{extra}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())).await
    }
}

fn path_of(address: &str) -> String {
    format!("/start/{}", address.rsplit('/').next().unwrap())
}

/// What it is, the headers sent, the status and code that come back.
type Case<'a> = (&'a str, Vec<(&'a str, &'a str)>, u16, &'a str);

const JSON: (&str, &str) = ("Content-Type", "application/json");

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_address_opens_one_session_once() {
    let served = Served::new().await;
    let path = path_of(&served.addresses.fresh());
    assert_eq!(
        served
            .get(&path, &[("Sec-Purpose", "prefetch")])
            .await
            .status,
        403,
        "a preview does not burn the token"
    );
    assert_eq!(served.get(&path, &[]).await.status, 303);
    assert_eq!(served.get(&path, &[]).await.status, 403, "the second use");
    assert_eq!(
        served.get("/start/0000", &[]).await.status,
        403,
        "a wrong token"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_with_a_session_calls_commands() {
    let served = Served::new().await;
    let (cookie, origin) = (served.cookie().await, format!("http://{}", served.host()));
    let answer = served
        .call(
            "app_state",
            &[
                JSON,
                ("Cookie", &cookie),
                ("Origin", &origin),
                ("Sec-Fetch-Site", "same-origin"),
            ],
            "{}",
        )
        .await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, Some("no-store"))
    );
    assert_eq!(
        serde_json::from_str::<Value>(&answer.body).unwrap()["network"],
        "mainnet"
    );
    let refused = served
        .call(
            "accounts",
            &[JSON, ("Cookie", &cookie), ("Origin", &origin)],
            "{}",
        )
        .await;
    assert_eq!((refused.status, refused.code()), (422, "locked".into()));
    let unknown = served
        .call(
            "nothing",
            &[JSON, ("Cookie", &cookie), ("Origin", &origin)],
            "{}",
        )
        .await;
    assert_eq!(
        (unknown.status, unknown.code()),
        (404, "unknown_command".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_from_another_place_or_under_another_name_nothing_is_answered() {
    let served = Served::new().await;
    let (cookie, origin) = (served.cookie().await, format!("http://{}", served.host()));
    let other_port = format!("127.0.0.1:{}", served.port.wrapping_add(1));
    let cases: Vec<Case<'_>> = vec![
        (
            "no cookie",
            vec![JSON, ("Origin", &origin)],
            401,
            "no_session",
        ),
        (
            "a made-up cookie",
            vec![JSON, ("Origin", &origin), ("Cookie", "smapp_session=0011")],
            401,
            "no_session",
        ),
        (
            "another origin",
            vec![JSON, ("Origin", "http://evil.example"), ("Cookie", &cookie)],
            403,
            "forbidden_origin",
        ),
        (
            "no origin",
            vec![JSON, ("Cookie", &cookie)],
            403,
            "forbidden_origin",
        ),
        (
            "the origin null",
            vec![JSON, ("Origin", "null"), ("Cookie", &cookie)],
            403,
            "forbidden_origin",
        ),
        (
            "a rebound name",
            vec![
                JSON,
                ("Host", "evil.example"),
                ("Origin", "http://evil.example"),
                ("Cookie", &cookie),
            ],
            403,
            "forbidden_origin",
        ),
        (
            "another port",
            vec![
                JSON,
                ("Host", &other_port),
                ("Origin", &origin),
                ("Cookie", &cookie),
            ],
            403,
            "forbidden_origin",
        ),
        (
            "another site, says the browser",
            vec![
                JSON,
                ("Origin", &origin),
                ("Sec-Fetch-Site", "cross-site"),
                ("Cookie", &cookie),
            ],
            403,
            "forbidden_origin",
        ),
        (
            "a form",
            vec![
                ("Content-Type", "text/plain"),
                ("Origin", &origin),
                ("Cookie", &cookie),
            ],
            415,
            "bad_arguments",
        ),
    ];
    for (case, headers, status, code) in cases {
        let answer = served.call("app_state", &headers, "{}").await;
        assert_eq!(
            (answer.status, answer.code()),
            (status, code.to_owned()),
            "{case}"
        );
    }
    let socket = [
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let without_cookie: Vec<(&str, &str)> = socket
        .iter()
        .copied()
        .chain([("Origin", origin.as_str())])
        .collect();
    assert_eq!(
        served.get("/api/changes", &without_cookie).await.status,
        401
    );
    let from_elsewhere: Vec<(&str, &str)> = socket
        .iter()
        .copied()
        .chain([
            ("Origin", "http://evil.example"),
            ("Cookie", cookie.as_str()),
        ])
        .collect();
    assert_eq!(
        served.get("/api/changes", &from_elsewhere).await.status,
        403
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_above_the_limit_is_refused() {
    let served = Served::new().await;
    let (cookie, origin) = (served.cookie().await, format!("http://{}", served.host()));
    let body = json!({ "password": "x".repeat(9 << 20) }).to_string();
    let answer = served
        .call(
            "password_strength",
            &[JSON, ("Cookie", &cookie), ("Origin", &origin)],
            &body,
        )
        .await;
    // A refusal may cut the connection while the body is still being sent.
    assert!(
        answer.status == 413 || answer.status == 0,
        "{}",
        answer.status
    );
    assert_eq!(
        served
            .call(
                "session",
                &[JSON, ("Cookie", &cookie), ("Origin", &origin)],
                "{}"
            )
            .await
            .status,
        200,
        "and the server goes on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_forbids_frames_foreign_scripts_and_caches() {
    let served = Served::new().await;
    for path in ["/", "/start/wrong", "/api/unknown", "/missing.js"] {
        let answer = served.get(path, &[]).await;
        let policy = answer
            .header("content-security-policy")
            .unwrap_or_default()
            .to_owned();
        assert!(
            policy.contains("default-src 'none'")
                && policy.contains("frame-ancestors 'none'")
                && policy.contains("script-src 'self';"),
            "{path}: {policy}"
        );
        assert_eq!(
            (
                answer.header("x-content-type-options"),
                answer.header("referrer-policy")
            ),
            (Some("nosniff"), Some("no-referrer")),
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert!(
            answer.header("access-control-allow-origin").is_none(),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_come_over_the_socket_of_a_session() {
    let served = Served::new().await;
    let (cookie, host) = (served.cookie().await, served.host());
    let port = served.port;
    let listening = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let request = format!(
            "GET /api/changes HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut received = Vec::new();
        let mut piece = [0; 4096];
        while !String::from_utf8_lossy(&received).contains("\"theme\"")
            && !String::from_utf8_lossy(&received).contains("\"kind\":\"settings\"")
        {
            let read = stream.read(&mut piece).unwrap();
            assert!(
                read > 0,
                "the socket closed: {}",
                String::from_utf8_lossy(&received)
            );
            received.extend_from_slice(&piece[..read]);
        }
        String::from_utf8_lossy(&received).into_owned()
    });
    let (cookie, origin) = (served.cookie().await, format!("http://{}", served.host()));
    // The socket may open a moment later than the first change: change until one arrives.
    let received = async {
        let mut listening = listening;
        loop {
            served
                .call(
                    "change_settings",
                    &[JSON, ("Cookie", &cookie), ("Origin", &origin)],
                    "{\"theme\":\"dark\"}",
                )
                .await;
            if let Ok(done) =
                tokio::time::timeout(std::time::Duration::from_millis(20), &mut listening).await
            {
                return done.unwrap();
            }
        }
    };
    let received = tokio::time::timeout(std::time::Duration::from_secs(60), received)
        .await
        .unwrap();
    assert!(received.starts_with("HTTP/1.1 101"), "{received}");
}
