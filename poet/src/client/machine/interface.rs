//! What goes into the machine and what comes out of it.

use std::collections::BTreeMap;
use std::time::Duration;

use spacemesh_types::{EdSignature, Hash20, NodeId, PublicKey, Timestamp};

use super::super::decide::{Call, Failure, Outcome};
use super::super::read_proof::DownloadedProof;
use crate::api::CertifyRequest;
use crate::certificate::Certificate;
use crate::pow::PowParams;

/// Names a call or a search under way.
pub type RequestId = u64;

/// What the network and the configuration say (05 §1 has mainnet's values).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The node's phase shift; a service with another one is not used.
    pub phase_shift: Duration,
    /// `retry-delay`.
    pub retry_delay: Duration,
    /// `retry-max`.
    pub retry_max: u32,
    /// How long info is kept.
    pub info_ttl: Duration,
    /// How long parameters of proofs of work are kept.
    pub pow_ttl: Duration,
    /// Longest time for all attempts to get a proof.
    pub request_timeout: Duration,
    /// Retries at the certifier.
    pub certifier_retry_max: u32,
    /// First wait between them; doubles each time.
    pub certifier_retry_delay: Duration,
    /// Longest wait between them.
    pub certifier_retry_delay_max: Duration,
    /// A certificate that expires sooner than this is renewed before it is used.
    pub renew_before: Duration,
}

impl Rules {
    /// Mainnet's, with the node's phase shift.
    pub fn mainnet(phase_shift: Duration) -> Self {
        Self {
            phase_shift,
            retry_delay: Duration::from_secs(10),
            retry_max: 10,
            info_ttl: Duration::from_secs(300),
            pow_ttl: Duration::from_secs(300),
            request_timeout: Duration::from_secs(1100),
            certifier_retry_max: 5,
            certifier_retry_delay: Duration::from_secs(1),
            certifier_retry_delay_max: Duration::from_secs(30),
            renew_before: Duration::ZERO,
        }
    }
}

/// An identity to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The identity.
    pub node_id: NodeId,
    /// Hash of its ATX challenge.
    pub challenge: [u8; 32],
    /// The network.
    pub genesis_id: Hash20,
    /// By the identity, domain PoET, over the challenge.
    pub signature: EdSignature,
    /// Latest acceptable end of the round.
    pub deadline: Option<Timestamp>,
    /// When the window closes: start of the round.
    pub until: Timestamp,
    /// A proof of space to show to a certifier, if there is one.
    pub post: Option<Box<CertifyRequest>>,
}

/// Rounds to get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// The round's id as the service gave it.
    pub round_id: String,
    /// First attempt: the round's end and some jitter.
    pub from: Timestamp,
    /// Challenges of own identities.
    pub wanted: Vec<[u8; 32]>,
}

/// A registration that a service took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The identity.
    pub node_id: NodeId,
    /// The round's id.
    pub round_id: String,
    /// When it ends; now if the service did not say.
    pub round_end: Timestamp,
    /// The service's signed word, if it gives any and it holds.
    pub receipt: Option<EdSignature>,
}

/// Certificates by identity and certifier.
pub type Certificates = BTreeMap<(NodeId, PublicKey), Certificate>;

/// Something that happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Time has passed.
    Wake,
    /// Register an identity, or get its certificate renewed with it.
    Register(Box<Registration>),
    /// Get a round's proof.
    Fetch(Download),
    /// A call came back.
    Answer {
        /// Which one.
        request: RequestId,
        /// With what.
        outcome: Box<Outcome>,
    },
    /// A search for a nonce came back.
    Searched {
        /// Which one.
        request: RequestId,
        /// The nonce; none if it was stopped.
        nonce: Option<u64>,
    },
}

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Make a call.
    Send {
        /// Names the answer.
        request: RequestId,
        /// What to ask.
        call: Call,
        /// Give up waiting then.
        until: Timestamp,
    },
    /// Search a nonce.
    Search {
        /// Names the answer.
        request: RequestId,
        /// For these parameters.
        params: PowParams,
        /// For this identity.
        node_id: NodeId,
        /// And this challenge.
        challenge: [u8; 32],
        /// Stop then.
        until: Timestamp,
    },
    /// Keep a certificate.
    StoreCertificate {
        /// Of this identity.
        node_id: NodeId,
        /// By this certifier.
        certifier: PublicKey,
        /// The certificate.
        certificate: Certificate,
    },
    /// Forget a certificate: it was refused or has expired.
    DropCertificate {
        /// Of this identity.
        node_id: NodeId,
        /// By this certifier.
        certifier: PublicKey,
    },
    /// An identity is registered.
    Registered(Registered),
    /// An identity is not registered.
    Failed {
        /// Which one.
        node_id: NodeId,
        /// Why.
        failure: Failure,
    },
    /// A proof arrived and verifies.
    Proof {
        /// The round.
        round_id: String,
        /// Proof and memberships.
        proof: Box<DownloadedProof>,
    },
    /// No proof.
    FetchFailed {
        /// The round.
        round_id: String,
        /// Why.
        failure: Failure,
    },
}
