//! The messages of the PoET service (04 §7.2 to §7.5) as JSON.

use serde::{Deserialize, Deserializer, Serialize};
use spacemesh_codec::BoundedBytes;
use spacemesh_types::Timestamp;
use spacemesh_types::wire::PoetProof;

use super::{Base64, Seconds, Uint64};
use crate::certificate::Certificate;
use crate::pow::PowParams;

/// A field that is `null` counts as unset, as protobuf has it.
fn unset<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// `POST /v1/submit`: a registration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SubmitRequest {
    /// Nonce of the proof of work.
    #[serde(skip_serializing_if = "is_zero")]
    pub nonce: Uint64,
    /// What the nonce was found for.
    #[serde(alias = "pow_params", skip_serializing_if = "Option::is_none")]
    pub pow_params: Option<PowParamsMessage>,
    /// Signed before the challenge: genesis id and domain.
    pub prefix: Base64,
    /// The leaf: 32 bytes.
    pub challenge: Base64,
    /// The identity: 32 bytes.
    pub pubkey: Base64,
    /// Ed25519 over prefix and challenge.
    pub signature: Base64,
    /// Latest end of the round that is acceptable; absent or in the year 1 for any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// Instead of a proof of work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateMessage>,
    /// First four bytes of the certifier's key.
    #[serde(
        alias = "certificate_pubkey_hint",
        skip_serializing_if = "Option::is_none"
    )]
    pub certificate_pubkey_hint: Option<Base64>,
}

fn is_zero(number: &Uint64) -> bool {
    number.0 == 0
}

/// Answer to a registration that is on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SubmitResponse {
    /// The round: a number in decimal.
    #[serde(alias = "round_id", deserialize_with = "unset")]
    pub round_id: String,
    /// Time until the round ends.
    #[serde(alias = "round_end")]
    pub round_end: Option<Seconds>,
    /// The service's signed word that it took the registration (04 §12.4). The reference has no such field and ignores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Base64>,
}

/// Parameters of a proof of work.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PowParamsMessage {
    /// Required leading zero bits.
    #[serde(deserialize_with = "unset")]
    pub difficulty: u32,
    /// What the search is about.
    pub challenge: Base64,
}

/// Answer of `GET /v1/pow_params`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PowParamsResponse {
    /// The parameters.
    #[serde(alias = "pow_params")]
    pub pow_params: Option<PowParamsMessage>,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CertificateMessage {
    /// What is certified.
    pub data: Base64,
    /// By the certifier.
    pub signature: Base64,
}

/// Answer of `GET /v1/info`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct InfoResponse {
    /// Name of the service: its public key.
    #[serde(alias = "service_pubkey")]
    pub service_pubkey: Base64,
    /// From an epoch's start to a round's start.
    #[serde(alias = "phase_shift")]
    pub phase_shift: Option<Seconds>,
    /// From a round's end to the next one's start.
    #[serde(alias = "cycle_gap")]
    pub cycle_gap: Option<Seconds>,
    /// Who gives certificates for it; none where only proofs of work count.
    pub certifier: Option<CertifierInfo>,
}

/// A certifier as a service announces it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CertifierInfo {
    /// Where it is asked; empty if certificates come another way.
    #[serde(deserialize_with = "unset")]
    pub url: String,
    /// Its key.
    pub pubkey: Base64,
}

/// Answer of `GET /v1/proofs/{round}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProofResponse {
    /// Proof and members.
    #[serde(deserialize_with = "unset")]
    pub proof: ProofBody,
    /// The service.
    pub pubkey: Base64,
}

/// A proof and whose challenges it is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProofBody {
    /// The tree.
    #[serde(deserialize_with = "unset")]
    pub proof: MerkleProofMessage,
    /// Registered challenges in the order of the tree.
    #[serde(deserialize_with = "unset")]
    pub members: Vec<Base64>,
    /// How many leaves were computed.
    pub leaves: Uint64,
}

/// Nodes of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MerkleProofMessage {
    /// Root.
    pub root: Base64,
    /// Leaves that were asked for.
    #[serde(alias = "proven_leaves", deserialize_with = "unset")]
    pub proven_leaves: Vec<Base64>,
    /// Nodes on their ways to the root.
    #[serde(alias = "proof_nodes", deserialize_with = "unset")]
    pub proof_nodes: Vec<Base64>,
}

/// Body of an answer that is an error.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ErrorMessage {
    /// A gRPC code.
    pub code: u32,
    /// Text.
    pub message: String,
    /// Always empty.
    pub details: Vec<serde_json::Value>,
}

impl From<&PowParams> for PowParamsMessage {
    fn from(params: &PowParams) -> Self {
        Self {
            difficulty: params.difficulty,
            challenge: (&params.challenge).into(),
        }
    }
}

impl From<PowParamsMessage> for PowParams {
    fn from(message: PowParamsMessage) -> Self {
        Self {
            difficulty: message.difficulty,
            challenge: message.challenge.0,
        }
    }
}

impl From<&Certificate> for CertificateMessage {
    fn from(certificate: &Certificate) -> Self {
        Self {
            data: (&certificate.data).into(),
            signature: certificate.signature.into(),
        }
    }
}

impl MerkleProofMessage {
    /// The tree of a proof.
    pub fn of(proof: &PoetProof) -> Self {
        let bytes =
            |nodes: &[BoundedBytes<32>]| nodes.iter().map(|node| node.as_slice().into()).collect();
        Self {
            root: proof.merkle_proof.root.as_slice().into(),
            proven_leaves: bytes(proof.merkle_proof.proven_leaves.as_slice()),
            proof_nodes: bytes(proof.merkle_proof.proof_nodes.as_slice()),
        }
    }
}
