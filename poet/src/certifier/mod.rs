//! The certifier (04 §10) and the paid certifier (04 §12): who gets a certificate, and why.
//!
//! Keeps true: what costs most comes last and is bounded in number; a payment is used once, in one durable step with what it buys; a claim
//! that is repeated gives the same certificates; the certifier's key signs certificates and, under a domain that no certificate can begin
//! with, offers, and nothing else.

mod desk; // payments to certificates: start here for §12
mod http; // both interfaces
mod payments; // what the certifier must know of the ledger
mod store; // what was paid

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use spacemesh_crypto::SigningKey;
use spacemesh_types::{NodeId, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::api::CertifyRequest;
use crate::certificate::Certificate;
use crate::http_server;
use crate::service::Clock;

pub use desk::{ClaimRefusal, Desk, Tariff};
pub use payments::{Payment, PaymentSource, PaymentState, SourceError, TestLedger};
pub use store::{CertifierStore, CertifierStoreError};

/// A PoST proof with its fields at their lengths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPost {
    /// The identity.
    pub node_id: NodeId,
    /// The ATX the space is bound to.
    pub commitment_atx: [u8; 32],
    /// What the proof answers.
    pub challenge: [u8; 32],
    /// Units of space.
    pub num_units: u32,
    /// Nonce of the proof.
    pub nonce: u32,
    /// Packed indices.
    pub indices: Vec<u8>,
    /// Proof of work of the nonce group.
    pub pow: u64,
}

/// Verifies PoST proofs (03). The crate that can do so implements it.
pub trait PostVerifier: Send + Sync + 'static {
    /// Whether the proof holds, all its indices. Blocks.
    ///
    /// # Errors
    ///
    /// Why it does not.
    fn verify(&self, post: &ShownPost) -> Result<(), String>;
}

/// What somebody must show.
#[derive(Clone)]
pub enum Condition {
    /// A proof of space.
    Post(Arc<dyn PostVerifier>),
    /// A payment, and a proof of space too where there is a verifier.
    Paid(Arc<Desk>, Option<Arc<dyn PostVerifier>>),
}

/// Bounds of the interface (04 §10.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertifierLimits {
    /// Requests that are verified at once.
    pub concurrent_max: usize,
    /// Requests that wait for that; further ones get 429.
    pub pending_max: usize,
    /// Bytes of a `/certify` request.
    pub body_bytes_max: usize,
}

impl Default for CertifierLimits {
    fn default() -> Self {
        Self {
            concurrent_max: std::thread::available_parallelism().map_or(1, usize::from),
            pending_max: 64,
            body_bytes_max: 1024,
        }
    }
}

/// A certifier's key and rules.
pub struct CertifierConfig {
    /// Signs certificates; must be used for nothing else.
    pub key: SigningKey,
    /// How long a certificate for a proof of space holds; none for ever.
    pub expiration: Option<Duration>,
    /// What must be shown.
    pub condition: Condition,
    /// Bounds.
    pub limits: CertifierLimits,
}

/// A running certifier.
pub struct CertifierServer {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: tokio::task::JoinHandle<()>,
}

impl CertifierServer {
    /// Listens on `address`.
    ///
    /// # Errors
    ///
    /// The address cannot be used.
    pub async fn start(
        address: &str,
        config: CertifierConfig,
        clock: Clock,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let router = http::router(config, clock);
        Ok(Self {
            address,
            stop,
            server: tokio::spawn(http_server::serve(listener, router, stopped)),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets running requests finish, and ends.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let _ = self.server.await;
    }
}

/// The certificate for a proof of space shown at `now` (04 §10.3): whole seconds.
fn certify_post(
    key: &SigningKey,
    node_id: &NodeId,
    expiration: Option<Duration>,
    now: Timestamp,
) -> Certificate {
    let until =
        expiration.map(|duration| u64::try_from(now.plus(duration).unix_seconds()).unwrap_or(0));
    Certificate::issue(key, node_id, until)
}

/// A request's fields at their lengths; the name of the first that has another.
fn shown_post(request: CertifyRequest) -> Result<ShownPost, &'static str> {
    let metadata = request.metadata;
    Ok(ShownPost {
        node_id: NodeId(metadata.node_id.array().ok_or("metadata.node_id")?),
        commitment_atx: metadata
            .commitment_atx_id
            .array()
            .ok_or("metadata.commitment_atx_id")?,
        challenge: metadata.challenge.array().ok_or("metadata.challenge")?,
        num_units: metadata.num_units,
        nonce: request.proof.nonce,
        indices: request.proof.indices.0,
        pow: request.proof.pow,
    })
}
