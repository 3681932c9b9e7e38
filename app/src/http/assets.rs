//! The pages, from the program itself. A build without them says so instead of failing.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use rust_embed::RustEmbed;

/// The built user interface. The folder may be missing while compiling.
#[derive(RustEmbed)]
#[folder = "../ui/dist"]
#[allow_missing = true]
struct Pages;

/// What stands in for the pages.
const MISSING: &str = "<!doctype html><meta charset=utf-8><title>Smapp</title><h1>The pages are not part of this build</h1>\
     <p>Build them with <code>npm --prefix ui ci &amp;&amp; npm --prefix ui run build</code>, then build Smapp again.";

/// Answers any path outside of `/api`: a file, or the first page for the routes inside of the application.
pub(super) async fn serve(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = Pages::get(path).filter(|_| !path.is_empty()) {
        // Names in `assets/` hold a digest of the content: such a file never changes.
        let cache = if path.starts_with("assets/") {
            "private, max-age=31536000, immutable"
        } else {
            "no-store"
        };
        return answer(
            StatusCode::OK,
            media_type(path),
            cache,
            Body::from(file.data.into_owned()),
        );
    }
    if path.contains('.') {
        return answer(
            StatusCode::NOT_FOUND,
            "text/plain; charset=utf-8",
            "no-store",
            Body::from("There is no such file."),
        );
    }
    match Pages::get("index.html") {
        Some(page) => answer(
            StatusCode::OK,
            "text/html; charset=utf-8",
            "no-store",
            Body::from(page.data.into_owned()),
        ),
        None => answer(
            StatusCode::SERVICE_UNAVAILABLE,
            "text/html; charset=utf-8",
            "no-store",
            Body::from(MISSING),
        ),
    }
}

fn answer(
    status: StatusCode,
    media_type: &'static str,
    cache: &'static str,
    body: Body,
) -> Response {
    let mut answer = (status, body).into_response();
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    answer
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
