//! The interface that nodes use (04 §7): HTTP/1.1 with JSON.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use serde::Serialize;

use super::Shared;
use crate::api::{Base64, Code, Refusal, Uint64, read_message};
use crate::http_server::{self, BodyError, PieceSender};
use crate::schedule::Round;

/// Most bytes of a request. Honest registrations have below 1000.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// Members that are read and sent at a time.
const MEMBERS_PAGE: usize = 1024;

/// The routes.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/info", any(info))
        .route("/v1/pow_params", any(pow_params))
        .route("/v1/submit", any(submit))
        .route("/v1/proofs/{round}", any(proof))
        .fallback(|| async { refuse(&Refusal::new(Code::NotFound, "Not Found")) })
        .with_state(shared)
}

/// `/metrics` for Prometheus.
pub(super) fn metrics_router(shared: Arc<Shared>) -> Router {
    let text = |State(shared): State<Arc<Shared>>| async move {
        (
            [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
            shared.metrics.render(),
        )
    };
    Router::new()
        .route("/metrics", get(text))
        .with_state(shared)
}

async fn info(State(shared): State<Arc<Shared>>, method: Method) -> Response {
    if let Some(refused) = only(&Method::GET, &method) {
        return refused;
    }
    json(&shared.info())
}

async fn pow_params(State(shared): State<Arc<Shared>>, method: Method) -> Response {
    if let Some(refused) = only(&Method::GET, &method) {
        return refused;
    }
    match shared.pow_params() {
        Ok(params) => json(&params),
        Err(refusal) => refuse(&refusal),
    }
}

async fn submit(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    if let Some(refused) = only(&Method::POST, request.method()) {
        return refused;
    }
    let body = match http_server::read_body(request.into_body(), BODY_BYTES_MAX).await {
        Ok(body) => body,
        Err(error) => return unread(error),
    };
    let request = match read_message(&body) {
        Ok(request) => request,
        Err(error) => return refuse(&Refusal::new(Code::InvalidArgument, error.to_string())),
    };
    match shared.submit(&request).await {
        Ok(taken) => json(&taken),
        Err(refusal) => refuse(&refusal),
    }
}

async fn proof(
    State(shared): State<Arc<Shared>>,
    method: Method,
    Path(round): Path<String>,
) -> Response {
    if let Some(refused) = only(&Method::GET, &method) {
        return refused;
    }
    let found = match parse_round(&round) {
        Some(round) => {
            let store = shared.store.clone();
            let read = tokio::task::spawn_blocking(move || store.proof(round)).await;
            match read {
                Ok(Ok(proof)) => proof.map(|proof| (round, proof)),
                Ok(Err(error)) => return failed(&error),
                Err(error) => return failed(&error),
            }
        }
        None => None,
    };
    let Some((round, proof)) = found else {
        return refuse(&Refusal::new(Code::NotFound, "proof not found"));
    };
    let head = Head::of(&proof);
    let leaves = Uint64(proof.leaf_count);
    let key = Base64::from(shared.key.public_key());
    let body = http_server::pieces(move |pieces| async move {
        // Field by field, in the reference's order; the list of members is never in memory as a whole.
        let (Ok(head), Ok(leaves), Ok(key)) = (
            serde_json::to_string(&head),
            serde_json::to_string(&leaves),
            serde_json::to_string(&key),
        ) else {
            return Err(());
        };
        let send = |text: String| pieces.send(text.into_bytes());
        send(format!("{{\"proof\":{{\"proof\":{head},\"members\":["))
            .await
            .map_err(drop)?;
        send_members(&shared, round, &pieces).await?;
        send(format!("],\"leaves\":{leaves}}},\"pubkey\":{key}}}"))
            .await
            .map_err(drop)
    });
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    response
}

async fn send_members(shared: &Arc<Shared>, round: Round, pieces: &PieceSender) -> Result<(), ()> {
    let mut after = None;
    loop {
        let store = shared.store.clone();
        // Each page is a read of its own: a slow caller holds no old version of the store.
        let page = tokio::task::spawn_blocking(move || store.members(round, after, MEMBERS_PAGE));
        let page = page.await.map_err(drop)?.map_err(drop)?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        let mut text = String::with_capacity(page.len() * 48);
        for (index, (_, challenge)) in page.iter().enumerate() {
            if after.is_some() || index > 0 {
                text.push(',');
            }
            text.push('"');
            text.push_str(&Base64::from(challenge).to_string());
            text.push('"');
        }
        after = Some(*last);
        pieces.send(text.into_bytes()).await.map_err(drop)?;
    }
}

/// A round's id; only the decimal that services print, since ids are keys.
pub(super) fn parse_round(text: &str) -> Option<Round> {
    let round: Round = text.parse().ok()?;
    (round.to_string() == text).then_some(round)
}

/// The tree of a proof as JSON.
type Head = crate::api::MerkleProofMessage;

/// The gateway answers a wrong method as an unimplemented one.
fn only(expected: &Method, method: &Method) -> Option<Response> {
    (method != expected).then(|| refuse(&Refusal::new(Code::Unimplemented, "Method Not Allowed")))
}

fn unread(error: BodyError) -> Response {
    match error {
        BodyError::TooLarge => plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            &Refusal::new(Code::InvalidArgument, "the request is too large"),
        ),
        BodyError::TooSlow => plain(
            StatusCode::REQUEST_TIMEOUT,
            &Refusal::new(Code::Canceled, "the request came too slowly"),
        ),
        BodyError::Broken => refuse(&Refusal::new(Code::Canceled, "the request broke off")),
    }
}

fn failed(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "a request could not be answered");
    refuse(&Refusal::new(Code::Internal, "the service failed"))
}

fn refuse(refusal: &Refusal) -> Response {
    let status =
        StatusCode::from_u16(refusal.code.http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    plain(status, refusal)
}

fn plain(status: StatusCode, refusal: &Refusal) -> Response {
    let mut response = json(&refusal.body());
    *response.status_mut() = status;
    response
}

fn json(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(text) => (
            [(header::CONTENT_TYPE, "application/json")],
            Body::from(text),
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
