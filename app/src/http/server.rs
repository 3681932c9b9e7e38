//! Routes and the listening socket.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::{
        DefaultBodyLimit, Path, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use tokio::net::TcpListener;

use super::{access::Access, assets, guard::guard};
use crate::{
    app::App,
    dispatch::ARGS_BYTES_MAX,
    error::{AppError, ErrorCode},
    view::ErrorView,
};

/// Pages that may listen to changes at once. Full: a further one is refused and tries again.
const SOCKETS_MAX: usize = 16;
/// Longest message a page may send over the WebSocket; it has nothing to say.
const SOCKET_MESSAGE_MAX: usize = 1024;

/// A bound server that does not answer yet.
pub struct Server {
    listener: TcpListener,
    shared: Shared,
}

/// What all requests share.
#[derive(Clone)]
pub(super) struct Shared {
    app: App,
    access: Arc<Access>,
    port: u16,
    sockets: Arc<AtomicUsize>,
}

impl Shared {
    /// Whether a `Host` header names this server.
    pub(super) fn is_own_host(&self, host: &str) -> bool {
        let Some((name, port)) = host.rsplit_once(':') else {
            return false;
        };
        port == self.port.to_string() && matches!(name, "127.0.0.1" | "localhost")
    }
}

impl Server {
    /// Binds a port of the loopback address, any free one for 0.
    ///
    /// # Errors
    ///
    /// The port is taken or not allowed.
    pub async fn bind(app: App, port: u16) -> Result<Self, AppError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let taken = |error: std::io::Error| {
            AppError::with(
                ErrorCode::Busy,
                format!("Port {port} can't be used: {error}. Choose another port, or 0 for any."),
            )
        };
        let listener = TcpListener::bind(address).await.map_err(taken)?;
        let port = listener.local_addr().map_err(taken)?.port();
        Ok(Self {
            listener,
            shared: Shared {
                app,
                access: Arc::default(),
                port,
                sockets: Arc::default(),
            },
        })
    }

    /// The port in use.
    pub fn port(&self) -> u16 {
        self.shared.port
    }

    /// Makes addresses to open, each good for one browser once.
    pub fn addresses(&self) -> Addresses {
        Addresses {
            access: self.shared.access.clone(),
            port: self.shared.port,
        }
    }

    /// Answers until `stop` is done, then finishes what is being answered.
    ///
    /// # Errors
    ///
    /// The socket fails.
    pub async fn run(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), AppError> {
        let routes = Router::new()
            .route("/start/{token}", get(start))
            .route(
                "/api/call/{name}",
                post(call).layer(DefaultBodyLimit::max(ARGS_BYTES_MAX)),
            )
            .route("/api/changes", get(changes))
            .route("/api/{*rest}", get(unknown).post(unknown))
            .fallback(get(assets::serve))
            .layer(middleware::from_fn_with_state(self.shared.clone(), guard))
            .with_state(self.shared);
        let failed = |error: std::io::Error| {
            AppError::with(ErrorCode::Internal, format!("The server stopped: {error}."))
        };
        axum::serve(self.listener, routes)
            .with_graceful_shutdown(stop)
            .await
            .map_err(failed)
    }
}

/// Makes addresses to open.
#[derive(Debug, Clone)]
pub struct Addresses {
    access: Arc<Access>,
    port: u16,
}

impl Addresses {
    /// A fresh address with a one-time token in it.
    pub fn fresh(&self) -> String {
        format!(
            "http://127.0.0.1:{}/start/{}",
            self.port,
            self.access.new_token()
        )
    }
}

/// Exchanges the token of the printed address for a session.
async fn start(
    State(shared): State<Shared>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    // A preview or prefetch of the address must not burn the token.
    let is_prefetch = headers
        .get("sec-purpose")
        .or_else(|| headers.get("purpose"))
        .is_some();
    let cookie = if is_prefetch {
        None
    } else {
        shared.access.exchange(&token)
    };
    match cookie.as_deref().map(HeaderValue::from_str) {
        Some(Ok(cookie)) => {
            // A redirect, so that the token leaves the address bar and the history.
            let mut answer = Redirect::to("/").into_response();
            answer.headers_mut().insert(header::SET_COOKIE, cookie);
            answer
        }
        Some(Err(_)) | None => (
            StatusCode::FORBIDDEN,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            "<!doctype html><meta charset=utf-8><title>Smapp</title><h1>This address was used already</h1>\
             <p>Each address works once. Press Enter in the terminal that runs Smapp for another one.",
        )
            .into_response(),
    }
}

async fn call(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    if let Some(refused) = without_session(&shared, &headers) {
        return refused;
    }
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(';').next().map(str::trim) == Some("application/json"));
    if !is_json {
        return refusal(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            &AppError::with(
                ErrorCode::BadArguments,
                "The content type must be application/json.",
            ),
        );
    }
    let body = match body {
        Ok(body) => body,
        Err(_) => {
            return refusal(
                StatusCode::PAYLOAD_TOO_LARGE,
                &AppError::new(ErrorCode::TooLarge),
            );
        }
    };
    let Ok(args) = std::str::from_utf8(&body) else {
        return refusal(
            StatusCode::BAD_REQUEST,
            &AppError::new(ErrorCode::BadArguments),
        );
    };
    match shared.app.call_json(&name, args).await {
        Ok(answer) => json(StatusCode::OK, answer.to_string()),
        Err(error) => error_answer(status_of(error.code), &error),
    }
}

async fn changes(
    State(shared): State<Shared>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    if let Some(refused) = without_session(&shared, &headers) {
        return refused;
    }
    let Ok(upgrade) = upgrade else {
        return refusal(
            StatusCode::BAD_REQUEST,
            &AppError::with(ErrorCode::BadArguments, "Changes come over a WebSocket."),
        );
    };
    if shared.sockets.fetch_add(1, Ordering::SeqCst) >= SOCKETS_MAX {
        shared.sockets.fetch_sub(1, Ordering::SeqCst);
        return refusal(
            StatusCode::TOO_MANY_REQUESTS,
            &AppError::with(ErrorCode::Busy, "Too many pages are open. Close some."),
        );
    }
    let place = Place(shared.sockets.clone());
    upgrade
        .max_message_size(SOCKET_MESSAGE_MAX)
        .on_upgrade(move |socket| stream(shared.app, socket, place))
}

/// A place among the open sockets, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Sends changes until the page goes away or the app stops.
async fn stream(app: App, mut socket: WebSocket, _place: Place) {
    let mut changes = app.subscribe();
    loop {
        tokio::select! {
            change = changes.next() => {
                let Some(change) = change else { return };
                let Ok(text) = serde_json::to_string(&change) else { continue };
                if socket.send(Message::Text(text.into())).await.is_err() {
                    return;
                }
            }
            message = socket.recv() => {
                // Pages say nothing here; pings are answered by the library.
                match message {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(Message::Text(_) | Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => {}
                }
            }
        }
    }
}

async fn unknown() -> Response {
    refusal(
        StatusCode::NOT_FOUND,
        &AppError::new(ErrorCode::UnknownCommand),
    )
}

fn without_session(shared: &Shared, headers: &HeaderMap) -> Option<Response> {
    let allowed = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|cookies| shared.access.allows(cookies));
    (!allowed).then(|| {
        refusal(
            StatusCode::UNAUTHORIZED,
            &AppError::new(ErrorCode::NoSession),
        )
    })
}

/// The status that fits an error; pages go by its code.
fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::UnknownCommand => StatusCode::NOT_FOUND,
        ErrorCode::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        // 401 and 403 are kept for the session of the page itself.
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// A refusal as a JSON error.
pub(super) fn refusal(status: StatusCode, error: &AppError) -> Response {
    error_answer(status, &error.view())
}

fn error_answer(status: StatusCode, error: &ErrorView) -> Response {
    let mut answer = json(status, serde_json::to_string(error).unwrap_or_default());
    if let Some(value) = error
        .retry_after_seconds
        .and_then(|seconds| HeaderValue::from_str(&seconds.to_string()).ok())
    {
        answer.headers_mut().insert(header::RETRY_AFTER, value);
    }
    answer
}

fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
