//! Checks on every request, and headers on every answer.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::server::{Shared, refusal};
use crate::error::{AppError, ErrorCode};

/// Nothing from elsewhere, nothing inline but styles (components set them on elements), nobody may frame us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
     media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // The address of the first request holds the token.
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        "require-corp",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    ),
];

/// Runs around every route.
pub(super) async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let answer = match check(
        &shared,
        request.headers(),
        request.uri().path(),
        request.method().as_str(),
    ) {
        Ok(()) => next.run(request).await,
        Err(error) => refusal(StatusCode::FORBIDDEN, &error),
    };
    with_headers(answer)
}

fn with_headers(answer: Response) -> Response {
    let mut answer = answer.into_response();
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Only files whose name holds their digest may be kept; the assets say so themselves.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    answer
}

fn check(shared: &Shared, headers: &HeaderMap, path: &str, method: &str) -> Result<(), AppError> {
    let forbidden = || AppError::new(ErrorCode::ForbiddenOrigin);
    // DNS rebinding: the name in the address must be ours, wherever it points.
    let host = text(headers, &header::HOST).ok_or_else(forbidden)?;
    if !shared.is_own_host(host) {
        return Err(forbidden());
    }
    let fetched_from = text(headers, &HeaderName::from_static("sec-fetch-site"));
    let is_api = path.starts_with("/api/");
    if is_api && fetched_from.is_some_and(|site| site != "same-origin") {
        return Err(forbidden());
    }
    // Cross-site requests: browsers send `Origin` with every POST and every WebSocket.
    let origin = text(headers, &header::ORIGIN);
    let needs_origin = is_api || method != "GET";
    match origin {
        Some(origin) if origin != format!("http://{host}") => Err(forbidden()),
        None if needs_origin => Err(forbidden()),
        Some(_) | None => Ok(()),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
