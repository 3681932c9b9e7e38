//! What an outcome of a call means (04 §7.6, §11.1). Pure.

use std::time::Duration;

use spacemesh_types::NodeId;

use crate::api::{
    CertifyRequest, CertifyResponse, ErrorMessage, InfoResponse, PowParamsResponse, SubmitRequest,
    SubmitResponse,
};
use crate::client::read_proof::{DownloadedProof, ProofReadError};

/// A call over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// `GET /v1/info`.
    Info,
    /// `GET /v1/pow_params`.
    PowParams,
    /// `POST /v1/submit`.
    Submit(Box<SubmitRequest>),
    /// `GET /v1/proofs/{round}`; proofs of membership are wanted for these challenges.
    Proof {
        /// The round's id.
        round_id: String,
        /// Challenges of own identities.
        wanted: Vec<[u8; 32]>,
    },
    /// `POST {url}/certify`.
    Certify {
        /// The certifier.
        url: String,
        /// What is shown.
        request: Box<CertifyRequest>,
    },
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// 200 on `/v1/info`.
    Info(InfoResponse),
    /// 200 on `/v1/pow_params`.
    PowParams(PowParamsResponse),
    /// 200 on `/v1/submit`.
    Submitted(SubmitResponse),
    /// 200 on `/v1/proofs`, with a proof that verifies under the members it came with.
    Proof(Box<DownloadedProof>),
    /// 200 on `/v1/proofs`, but not with a valid proof.
    BadProof(ProofReadError),
    /// 200 on `/certify`.
    Certified(CertifyResponse),
    /// 200 with something else than the message expected.
    Malformed(String),
    /// Another status.
    Status {
        /// The status.
        status: u16,
        /// Text of the body's error, as far as it has one.
        message: String,
        /// `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// No answer.
    Transport(Transport, String),
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// No connection, a broken one, or no answer in time.
    Broken,
    /// The server's certificate is not trusted.
    Untrusted,
    /// More than ten redirects.
    Redirects,
    /// The address cannot be asked.
    Address,
}

/// What to do about an outcome that is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Ask again later.
    Retry(Option<Duration>, Failure),
    /// 401: authorise again, once.
    Reauthorise(Failure),
    /// Not again.
    Final(Failure),
}

/// Which retry rules a call has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Regime {
    /// Info, parameters, proofs: also 404 is retried, a limited number of times.
    Query,
    /// Submissions: without limit until the window closes, but not on 404.
    Submit,
    /// The certifier: 429, 5xx and transport errors, a limited number of times.
    Certify,
}

/// Why something could not be had. The text says what to do where a person can do something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// Announced and own phase shift differ.
    #[error(
        "the service's rounds start {announced:?} after an epoch's start, this network's {expected:?} after; it serves another network, so nothing is registered there: remove it from poet-servers"
    )]
    PhaseShift {
        /// The service's; none if it announces none.
        announced: Option<Duration>,
        /// The node's.
        expected: Duration,
    },
    /// A final refusal.
    #[error("the service refused with status {status}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its text.
        message: String,
    },
    /// The identity is registered with another challenge.
    #[error(
        "{0} is registered in this round with another challenge; another node may use the same identity"
    )]
    Conflict(NodeId),
    /// Neither certificate nor proof of work was accepted.
    #[error("the service does not accept the certificate: {0}")]
    Unauthorised(String),
    /// The window closed.
    #[error("the round's registration closed before the service took it; last: {0}")]
    TooLate(String),
    /// No answer in all attempts.
    #[error("no answer after {attempts} attempts; last: {last}")]
    Unreachable {
        /// How many.
        attempts: u32,
        /// What came last.
        last: String,
    },
    /// TLS.
    #[error(
        "the server's TLS certificate is not trusted ({0}); check the address and this computer's clock"
    )]
    Untrusted(String),
    /// The address.
    #[error("the address cannot be used: {0}; mend it in poet-servers")]
    Address(String),
    /// The answer.
    #[error("the answer is not understood: {0}")]
    Malformed(String),
    /// The proof.
    #[error("the proof is not valid: {0}")]
    InvalidProof(String),
    /// The identity's challenge is missing.
    #[error("the service took the registration, but its round does not contain it")]
    NotMember,
    /// No work was found in time.
    #[error("no proof of work was found before the window closed")]
    NoWork,
    /// The certifier's answer does not hold.
    #[error("the certifier's answer does not hold: {0}")]
    BadCertificate(String),
}

/// What a failure asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// It may be different next time; ask again later.
    Later,
    /// Nothing will change it for this round; go on with the other services.
    GiveUp,
    /// Nothing will change it unless a person does something.
    TellUser,
}

impl Failure {
    /// What to do about it.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Unreachable { .. } | Self::Malformed(_) => Advice::Later,
            Self::TooLate(_)
            | Self::NoWork
            | Self::InvalidProof(_)
            | Self::NotMember
            | Self::BadCertificate(_) => Advice::GiveUp,
            Self::Refused { status, .. } => match status {
                403 => Advice::TellUser,
                _ => Advice::GiveUp,
            },
            Self::PhaseShift { .. }
            | Self::Conflict(_)
            | Self::Unauthorised(_)
            | Self::Untrusted(_)
            | Self::Address(_) => Advice::TellUser,
        }
    }
}

/// The verdict on an outcome that is no success of its call.
pub(super) fn judge(regime: Regime, outcome: &Outcome) -> Verdict {
    match outcome {
        Outcome::Status {
            status,
            message,
            retry_after,
        } => {
            let failure = Failure::Refused {
                status: *status,
                message: message.clone(),
            };
            match (status, regime) {
                (401, Regime::Submit) => {
                    Verdict::Reauthorise(Failure::Unauthorised(message.clone()))
                }
                (501, _) => Verdict::Final(failure),
                (429 | 503, Regime::Certify) => Verdict::Retry(*retry_after, failure),
                (429 | 500..=599 | 0, _) | (404, Regime::Query) => Verdict::Retry(None, failure),
                _ => Verdict::Final(failure),
            }
        }
        Outcome::Transport(why, text) => match why {
            Transport::Broken => Verdict::Retry(
                None,
                Failure::Unreachable {
                    attempts: 1,
                    last: text.clone(),
                },
            ),
            Transport::Untrusted => Verdict::Final(Failure::Untrusted(text.clone())),
            Transport::Redirects => Verdict::Final(Failure::Address(text.clone())),
            Transport::Address => Verdict::Final(Failure::Address(text.clone())),
        },
        Outcome::BadProof(error) if error.is_transport() => Verdict::Retry(
            None,
            Failure::Unreachable {
                attempts: 1,
                last: error.to_string(),
            },
        ),
        Outcome::BadProof(error) => Verdict::Final(Failure::InvalidProof(error.to_string())),
        Outcome::Malformed(text) => Verdict::Final(Failure::Malformed(text.clone())),
        Outcome::Info(_)
        | Outcome::PowParams(_)
        | Outcome::Submitted(_)
        | Outcome::Proof(_)
        | Outcome::Certified(_) => {
            Verdict::Final(Failure::Malformed("an answer to another call".to_owned()))
        }
    }
}

/// The text of an error's body: its message, or the body itself, shortened.
pub(super) fn error_text(body: &[u8]) -> String {
    const SHOWN: usize = 200;
    let text = match serde_json::from_slice::<ErrorMessage>(body) {
        Ok(error) if !error.message.is_empty() => error.message,
        Ok(_) | Err(_) => String::from_utf8_lossy(body).trim().to_owned(),
    };
    text.chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .take(SHOWN)
        .collect()
}
