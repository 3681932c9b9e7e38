//! The certifier's interface over HTTP (04 §10.1, §12.1).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::de::DeserializeOwned;
use spacemesh_types::NodeId;
use tokio::sync::Semaphore;

use super::desk::{ClaimRefusal, Desk};
use super::{CertifierConfig, Condition, ShownPost, certify_post, shown_post};
use crate::api::{Base64, CertifyRequest, CertifyResponse, ClaimRequest};
use crate::http_server::{BodyError, read_body};
use crate::service::Clock;

/// Most bytes of a claim: a thousand identities and ten signatures.
const CLAIM_BYTES_MAX: usize = 64 * 1024;

struct Shared {
    config: CertifierConfig,
    clock: Clock,
    /// Requests that are verified or wait.
    places: Semaphore,
    /// Requests that are verified.
    verifying: Semaphore,
}

/// The routes of a certifier; those of payments only where payments count.
pub(super) fn router(config: CertifierConfig, clock: Clock) -> Router {
    let limits = config.limits;
    let paid = matches!(config.condition, Condition::Paid(..));
    let shared = Arc::new(Shared {
        config,
        clock,
        places: Semaphore::new(limits.concurrent_max.saturating_add(limits.pending_max)),
        verifying: Semaphore::new(limits.concurrent_max.max(1)),
    });
    let mut router = Router::new().route("/certify", post(certify));
    if paid {
        router = router
            .route("/v1/offer", get(offer))
            .route("/v1/claim", post(claim))
            .route("/v1/certificate/{node_id}", get(certificate));
    }
    router.with_state(shared)
}

async fn certify(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let body: CertifyRequest = match json_body(request, shared.config.limits.body_bytes_max).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let post = match shown_post(body) {
        Ok(post) => post,
        Err(field) => {
            return text(
                StatusCode::UNPROCESSABLE_ENTITY,
                format!("{field} has not 32 bytes"),
            );
        }
    };
    // 429 without a text, as the reference has it.
    let Ok(_place) = shared.places.try_acquire() else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    let Ok(_verifying) = shared.verifying.acquire().await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let working = Arc::clone(&shared);
    match tokio::task::spawn_blocking(move || working.decide(&post)).await {
        Ok(response) => response,
        Err(error) => failed(&error),
    }
}

impl Shared {
    fn decide(&self, shown: &ShownPost) -> Response {
        let now = (self.clock)();
        let node_id = shown.node_id;
        let certificate = match &self.config.condition {
            Condition::Post(verifier) => match verifier.verify(shown) {
                Ok(()) => certify_post(&self.config.key, &node_id, self.config.expiration, now),
                Err(reason) => return invalid(&reason),
            },
            Condition::Paid(desk, verifier) => {
                let issued = match desk.certificate(&node_id, now) {
                    Ok(Some(issued)) => issued,
                    Ok(None) => {
                        return text(
                            StatusCode::FORBIDDEN,
                            format!("nothing is paid for {node_id}; see /v1/offer"),
                        );
                    }
                    Err(error) => return failed(&error),
                };
                if let Some(Err(reason)) = verifier.as_ref().map(|verifier| verifier.verify(shown))
                {
                    return invalid(&reason);
                }
                return Json(CertifyResponse {
                    certificate: issued.certificate,
                    signature: issued.signature,
                    pub_key: self.config.key.public_key().into(),
                })
                .into_response();
            }
        };
        Json(CertifyResponse {
            certificate: certificate.data.into(),
            signature: certificate.signature.into(),
            pub_key: self.config.key.public_key().into(),
        })
        .into_response()
    }

    fn desk(&self) -> Option<&Arc<Desk>> {
        match &self.config.condition {
            Condition::Paid(desk, _) => Some(desk),
            Condition::Post(_) => None,
        }
    }
}

/// The answer to a proof that does not hold.
fn invalid(reason: &str) -> Response {
    text(StatusCode::FORBIDDEN, format!("invalid proof: {reason}"))
}

async fn offer(State(shared): State<Arc<Shared>>) -> Response {
    match shared.desk() {
        Some(desk) => Json(desk.offer((shared.clock)())).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn claim(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let claim: ClaimRequest = match json_body(request, CLAIM_BYTES_MAX).await {
        Ok(claim) => claim,
        Err(response) => return response,
    };
    let Ok(_place) = shared.places.try_acquire() else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    let working = Arc::clone(&shared);
    let claimed = tokio::task::spawn_blocking(move || {
        working
            .desk()
            .map(|desk| desk.claim(&claim, (working.clock)()))
    })
    .await;
    match claimed {
        Ok(Some(Ok(response))) => Json(response).into_response(),
        Ok(Some(Err(refusal))) => {
            let status = match &refusal {
                ClaimRefusal::Malformed(_) => StatusCode::UNPROCESSABLE_ENTITY,
                ClaimRefusal::Unpaid(_) => StatusCode::PAYMENT_REQUIRED,
                ClaimRefusal::Unsigned { .. } => StatusCode::FORBIDDEN,
                ClaimRefusal::Used => StatusCode::CONFLICT,
                ClaimRefusal::Ledger(_) => StatusCode::SERVICE_UNAVAILABLE,
                ClaimRefusal::Store(error) => return failed(error),
            };
            text(status, refusal.to_string())
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => failed(&error),
    }
}

/// The identity in hexadecimal, or in base64 of either alphabet.
async fn certificate(State(shared): State<Arc<Shared>>, Path(node_id): Path<String>) -> Response {
    let parsed = NodeId::from_hex(&node_id)
        .ok()
        .or_else(|| Base64::parse(&node_id)?.array().map(NodeId));
    let Some(node_id) = parsed else {
        return text(
            StatusCode::UNPROCESSABLE_ENTITY,
            "the identity has not 32 bytes".to_owned(),
        );
    };
    let working = Arc::clone(&shared);
    let found = tokio::task::spawn_blocking(move || {
        working
            .desk()
            .map(|desk| desk.certificate(&node_id, (working.clock)()))
    })
    .await;
    match found {
        Ok(Some(Ok(Some(issued)))) => Json(issued).into_response(),
        Ok(Some(Ok(None)) | None) => {
            text(StatusCode::NOT_FOUND, "no certificate is due".to_owned())
        }
        Ok(Some(Err(error))) => failed(&error),
        Err(error) => failed(&error),
    }
}

/// The reference's statuses: 415 for another content type, 413 for too much, 400 for no JSON, 422 for other JSON.
async fn json_body<T: DeserializeOwned>(request: Request, bytes_max: usize) -> Result<T, Response> {
    if !is_json(request.headers()) {
        return Err(text(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content type must be application/json".to_owned(),
        ));
    }
    let body = read_body(request.into_body(), bytes_max)
        .await
        .map_err(|error| match error {
            BodyError::TooLarge => text(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("at most {bytes_max} bytes are read"),
            ),
            BodyError::TooSlow => text(
                StatusCode::REQUEST_TIMEOUT,
                "the request came too slowly".to_owned(),
            ),
            BodyError::Broken => text(StatusCode::BAD_REQUEST, "the request broke off".to_owned()),
        })?;
    serde_json::from_slice(&body).map_err(|error| {
        let status = if error.is_data() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::BAD_REQUEST
        };
        text(status, error.to_string())
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn failed(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "a request could not be answered");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

fn text(status: StatusCode, text: String) -> Response {
    (status, text).into_response()
}
