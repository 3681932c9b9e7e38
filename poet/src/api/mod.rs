//! What travels between nodes, services and certifiers (04 §5.4, §7, §10, §12): the messages, their JSON and their status codes.
//!
//! Keeps true: output is what the reference prints, with unset fields; input is read as tolerantly as the reference reads it. A message
//! is one type for both sides, so service and client cannot disagree.

mod certify; // the certifier's messages, §10.1
mod json; // how protobuf values look in JSON, §7.1
mod messages; // the service's messages, §7.2 to §7.5: start here
mod paid; // offers and claims, §12.1
mod status; // codes and HTTP statuses, §7.6

pub use certify::{CertifyMetadata, CertifyProof, CertifyRequest, CertifyResponse};
pub use json::{Base64, Seconds, Uint64, read_message};
pub use messages::{
    CertificateMessage, CertifierInfo, ErrorMessage, InfoResponse, MerkleProofMessage,
    PowParamsMessage, PowParamsResponse, ProofBody, ProofResponse, SubmitRequest, SubmitResponse,
};
pub use paid::{
    ClaimRequest, ClaimResponse, IssuedCertificate, Offer, SignedOffer, claim_bytes, offer_bytes,
};
pub use status::{Code, Refusal};
