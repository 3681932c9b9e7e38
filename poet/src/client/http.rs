//! The sockets of the client (04 §11.1): one call, one outcome.
//!
//! Keeps true: small answers are read up to a limit, proofs are parsed while they arrive; a body that stalls ends the call; TLS is checked
//! against the system's certificates.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::Read;
use std::time::Duration;

use reqwest::{Method, Response, StatusCode, header};
use serde::de::DeserializeOwned;

use super::decide::{Call, Outcome, Transport, error_text};
use super::read_proof::{ProofReadError, read_proof};
use crate::api::read_message;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest silence within an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
const REDIRECTS_MAX: usize = 10;
/// Most bytes of an answer that is not a proof.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Most bytes of a proof with its members, after decompression.
const PROOF_BYTES_MAX: u64 = 2 << 30;

/// A client that cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client can be made on this computer")]
pub struct HttpError(#[source] reqwest::Error);

/// Makes calls to one service. Clones share connections.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    base: String,
}

impl Http {
    /// For the service at `address`; `http://` is added where no scheme is given (04 §11.1).
    ///
    /// # Errors
    ///
    /// The computer has no usable certificate store.
    pub fn new(address: &str) -> Result<Self, HttpError> {
        // Another part of the process may have chosen a provider; either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .redirect(reqwest::redirect::Policy::limited(REDIRECTS_MAX))
            .user_agent(concat!("spacemesh-poet/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(HttpError)?;
        Ok(Self {
            client,
            base: with_scheme(address),
        })
    }

    /// The address with its scheme, as registrations are stored under.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// Makes a call. Ends within the time-outs of a connection; give it a limit of its own for the whole.
    pub async fn call(&self, call: &Call) -> Outcome {
        match call {
            Call::Info => {
                self.small(Method::GET, "/v1/info", b"{}".to_vec(), Outcome::Info)
                    .await
            }
            Call::PowParams => {
                self.small(
                    Method::GET,
                    "/v1/pow_params",
                    b"{}".to_vec(),
                    Outcome::PowParams,
                )
                .await
            }
            Call::Submit(request) => match serde_json::to_vec(request) {
                Ok(body) => {
                    self.small(Method::POST, "/v1/submit", body, Outcome::Submitted)
                        .await
                }
                Err(error) => Outcome::Malformed(error.to_string()),
            },
            Call::Certify { url, request } => match serde_json::to_vec(request) {
                Ok(body) => {
                    let url = format!("{}/certify", with_scheme(url));
                    small(
                        self.send(Method::POST, &url, body).await,
                        Outcome::Certified,
                    )
                    .await
                }
                Err(error) => Outcome::Malformed(error.to_string()),
            },
            Call::Proof { round_id, wanted } => {
                self.proof(round_id, wanted.iter().copied().collect()).await
            }
        }
    }

    async fn small<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        done: impl Fn(T) -> Outcome,
    ) -> Outcome {
        let url = format!("{}{path}", self.base);
        small(self.send(method, &url, body).await, done).await
    }

    async fn send(&self, method: Method, url: &str, body: Vec<u8>) -> Result<Response, Outcome> {
        let request = self
            .client
            .request(method, url)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        request.send().await.map_err(|error| transport(&error))
    }

    async fn proof(&self, round_id: &str, wanted: BTreeSet<[u8; 32]>) -> Outcome {
        let url = format!("{}/v1/proofs/{round_id}", self.base);
        let mut response = match self.send(Method::GET, &url, b"{}".to_vec()).await {
            Ok(response) if response.status() == StatusCode::OK => response,
            Ok(response) => return refused(response).await,
            Err(outcome) => return outcome,
        };
        // Full means: the parser is behind, wait for it.
        let (pieces, arriving) = tokio::sync::mpsc::channel::<Result<Vec<u8>, String>>(4);
        let round_id = round_id.to_owned();
        let reading = tokio::task::spawn_blocking(move || {
            read_proof(
                Arriving {
                    pieces: arriving,
                    piece: Vec::new(),
                    read: 0,
                    total: 0,
                },
                &round_id,
                &wanted,
            )
        });
        loop {
            let piece = match response.chunk().await {
                Ok(Some(piece)) => Ok(piece.to_vec()),
                Ok(None) => break,
                Err(error) => Err(causes(&error)),
            };
            let broken = piece.is_err();
            // The parser ends early where the answer is no proof.
            if pieces.send(piece).await.is_err() || broken {
                break;
            }
        }
        drop(pieces);
        match reading.await {
            Ok(Ok(proof)) => Outcome::Proof(Box::new(proof)),
            Ok(Err(error)) => Outcome::BadProof(error),
            Err(error) => Outcome::BadProof(ProofReadError::Broken(error.to_string())),
        }
    }
}

/// The address with `http://` where it has no scheme, without a slash at the end; nothing if it names no host.
fn with_scheme(address: &str) -> String {
    let (scheme, rest) = address
        .trim()
        .split_once("://")
        .unwrap_or(("http", address.trim()));
    match rest.trim_end_matches('/') {
        "" => String::new(),
        rest => format!("{scheme}://{rest}"),
    }
}

async fn small<T: DeserializeOwned>(
    response: Result<Response, Outcome>,
    done: impl Fn(T) -> Outcome,
) -> Outcome {
    let response = match response {
        Ok(response) if response.status() == StatusCode::OK => response,
        Ok(response) => return refused(response).await,
        Err(outcome) => return outcome,
    };
    match body(response).await {
        Ok(bytes) => match read_message(&bytes) {
            Ok(message) => done(message),
            Err(error) => Outcome::Malformed(if bytes.is_empty() {
                "an empty body".to_owned()
            } else {
                error.to_string()
            }),
        },
        Err(outcome) => outcome,
    }
}

async fn refused(response: Response) -> Outcome {
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let message = match body(response).await {
        Ok(bytes) => error_text(&bytes),
        Err(_) => String::new(),
    };
    Outcome::Status {
        status,
        message,
        retry_after: retry_after.map(Duration::from_secs),
    }
}

async fn body(mut response: Response) -> Result<Vec<u8>, Outcome> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) if bytes.len() + piece.len() > ANSWER_BYTES_MAX => {
                return Err(Outcome::Malformed(
                    "the answer is larger than any honest one".to_owned(),
                ));
            }
            Ok(Some(piece)) => bytes.extend_from_slice(&piece),
            Ok(None) => return Ok(bytes),
            Err(error) => return Err(transport(&error)),
        }
    }
}

fn transport(error: &reqwest::Error) -> Outcome {
    let text = causes(error);
    let why = if error.is_redirect() {
        Transport::Redirects
    } else if error.is_builder() {
        Transport::Address
    } else if is_untrusted(error) {
        Transport::Untrusted
    } else {
        Transport::Broken
    };
    Outcome::Transport(why, text)
}

/// Whether TLS refused the server's certificate.
fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = source {
        if matches!(
            cause.downcast_ref(),
            Some(rustls::Error::InvalidCertificate(_))
        ) {
            return true;
        }
        // An I/O error may hold the TLS error without naming it as its source.
        let inner = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if inner.is_some_and(|inner| {
            matches!(
                inner.downcast_ref(),
                Some(rustls::Error::InvalidCertificate(_))
            )
        }) {
            return true;
        }
        source = cause.source();
    }
    false
}

fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// An answer that arrives on another thread.
struct Arriving {
    pieces: tokio::sync::mpsc::Receiver<Result<Vec<u8>, String>>,
    piece: Vec<u8>,
    read: usize,
    total: u64,
}

impl Read for Arriving {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.read == self.piece.len() {
            match self.pieces.blocking_recv() {
                None => return Ok(0),
                Some(Err(reason)) => return Err(std::io::Error::other(reason)),
                Some(Ok(piece)) => {
                    self.total += u64::try_from(piece.len()).unwrap_or(u64::MAX);
                    if self.total > PROOF_BYTES_MAX {
                        return Err(std::io::Error::new(
                            std::io::ErrorKind::InvalidData,
                            "it is larger than any round",
                        ));
                    }
                    (self.piece, self.read) = (piece, 0);
                }
            }
        }
        let mut rest = self.piece.get(self.read..).unwrap_or_default();
        let count = rest.read(out)?;
        self.read += count;
        Ok(count)
    }
}
