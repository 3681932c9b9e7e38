//! The certifier's request and answer as JSON (04 §10.1).

use serde::{Deserialize, Serialize};

use super::Base64;

/// `POST /certify`: a proof of space for an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertifyRequest {
    /// The proof.
    pub proof: CertifyProof,
    /// What it is about.
    pub metadata: CertifyMetadata,
}

/// A PoST proof (03).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertifyProof {
    /// Nonce.
    pub nonce: u32,
    /// Packed indices.
    pub indices: Base64,
    /// Proof of work of the nonce group.
    pub pow: u64,
}

/// Whose space it is and what the proof answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertifyMetadata {
    /// The identity: 32 bytes.
    pub node_id: Base64,
    /// The ATX the space is bound to: 32 bytes.
    pub commitment_atx_id: Base64,
    /// Challenge: 32 bytes.
    pub challenge: Base64,
    /// Units of space.
    pub num_units: u32,
}

/// The answer: a certificate and who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertifyResponse {
    /// What is certified.
    pub certificate: Base64,
    /// Over `certificate`.
    pub signature: Base64,
    /// The certifier's key.
    pub pub_key: Base64,
}
