//! An HTTP/1.1 listener for a router, with the bounds that a public port needs.
//!
//! Keeps true: connections are capped, and further ones wait in the system's queue; a caller that sends its head or its body slowly is cut
//! off; stopping ends idle connections at once and lets running requests finish within a limit.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Most connections at once; further ones wait to be accepted.
const CONNECTIONS_MAX: usize = 1024;
/// Longest time for a request's head, also between requests of one connection: the reference's.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest time for a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long running requests may take after the stop, as in the reference.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves `router` until `stop` is true or its sender is gone. Returns when the last connection has ended or the limit has passed.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let max = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
    loop {
        let accepted = tokio::select! {
            slot = accept(&listener, &slots) => slot,
            () = stopped(&mut stop) => break,
        };
        let Some((stream, slot)) = accepted else {
            // Out of file descriptors, or the peer was gone already: others wait meanwhile.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        let mut stop = stop.clone();
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .max_buf_size(64 * 1024)
                .serve_connection(TokioIo::new(stream), service);
            tokio::pin!(connection);
            tokio::select! {
                _ = connection.as_mut() => {}
                () = stopped(&mut stop) => {
                    connection.as_mut().graceful_shutdown();
                    // An error here is the peer's; there is nobody to tell.
                    let _ = connection.await;
                }
            }
            drop(slot);
        });
    }
    let ended = slots.acquire_many(max);
    if tokio::time::timeout(STOP_TIMEOUT, ended).await.is_err() {
        tracing::warn!("some requests did not end in time and are cut off");
    }
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    let (stream, _) = listener.accept().await.ok()?;
    // Answers are small and complete; waiting to merge them only delays.
    stream.set_nodelay(true).ok();
    Some((stream, slot))
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// More bytes than allowed.
    TooLarge,
    /// It came too slowly.
    TooSlow,
    /// The connection broke.
    Broken,
}

/// Reads a request's body of at most `bytes_max`.
pub(crate) async fn read_body(body: Body, bytes_max: usize) -> Result<Bytes, BodyError> {
    let whole = Limited::new(body, bytes_max).collect();
    match tokio::time::timeout(BODY_TIMEOUT, whole).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Ok(Err(_)) => Err(BodyError::Broken),
        Err(_) => Err(BodyError::TooSlow),
    }
}

/// A body that is made piece by piece while it is sent.
pub(crate) struct Pieces(tokio::sync::mpsc::Receiver<Bytes>);

/// Longest time for a caller to take one piece.
const PIECE_TIMEOUT: Duration = Duration::from_secs(60);

/// Sends pieces into a body. Ends with an error when the caller is gone or takes too long.
pub(crate) struct PieceSender(tokio::sync::mpsc::Sender<Bytes>);

/// The caller is gone or too slow.
#[derive(Debug)]
pub(crate) struct Gone;

impl PieceSender {
    pub(crate) async fn send(&self, piece: Vec<u8>) -> Result<(), Gone> {
        let sent = self.0.send(piece.into());
        match tokio::time::timeout(PIECE_TIMEOUT, sent).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }
}

/// A body that `make` fills. Full means: wait for the caller, up to [`PIECE_TIMEOUT`]. If `make` fails the connection is cut, so that the
/// caller does not take a part for the whole.
pub(crate) fn pieces<F, E>(make: impl FnOnce(PieceSender) -> F) -> Body
where
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Send + 'static,
{
    let (sender, receiver) = tokio::sync::mpsc::channel(2);
    let (done, outcome) = tokio::sync::oneshot::channel();
    let filling = make(PieceSender(sender));
    tokio::spawn(async move {
        if filling.await.is_ok() {
            let _ = done.send(());
        }
    });
    Body::new(Streamed {
        pieces: Pieces(receiver),
        outcome,
    })
}

struct Streamed {
    pieces: Pieces,
    outcome: tokio::sync::oneshot::Receiver<()>,
}

impl hyper::body::Body for Streamed {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, std::io::Error>>> {
        use std::task::Poll;
        match self.pieces.0.poll_recv(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(piece)) => Poll::Ready(Some(Ok(hyper::body::Frame::data(piece)))),
            Poll::Ready(None) => match std::pin::Pin::new(&mut self.outcome).poll(context) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Ok(())) => Poll::Ready(None),
                Poll::Ready(Err(_)) => Poll::Ready(Some(Err(std::io::Error::other(
                    "the answer could not be completed",
                )))),
            },
        }
    }
}
