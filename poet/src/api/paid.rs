//! Offers and claims of a paid certifier as JSON, and the bytes that are signed (04 §12.1, §12.2).
//!
//! Amounts are decimal text, because they exceed what JSON numbers hold exactly.

use serde::{Deserialize, Serialize};
use spacemesh_types::{Hash20, NodeId, PublicKey, Timestamp, TransactionId};

use super::{Base64, Uint64};

/// Begins what an offer's signature is over.
const OFFER_DOMAIN: &[u8] = b"spacemesh/poet-offer/1";
/// Begins what a claim's signature is over.
const CLAIM_DOMAIN: &[u8] = b"spacemesh/poet-claim/1";

/// What a certificate costs and how to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// Public key of the PoET service.
    pub poet_pubkey: Base64,
    /// Where the service is.
    pub poet_url: String,
    /// Key that signs certificates and this offer.
    pub certifier_pubkey: Base64,
    /// The network: its genesis id.
    pub genesis_id: Base64,
    /// Address that receives the payment.
    pub address: String,
    /// Price of one identity in one round, in smidge.
    pub price: Uint64,
    /// Round that takes registrations.
    pub open_round: u32,
    /// When that round starts.
    pub round_start: Timestamp,
    /// Layers that must be verified above a payment's layer.
    pub confirmations: u32,
    /// Until when the offer holds.
    pub expires: Timestamp,
}

/// An offer as it is sent: the exact text that is signed, so that nothing depends on how JSON is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOffer {
    /// [`Offer`] as JSON text.
    pub offer: String,
    /// By the certifier over [`offer_bytes`].
    pub signature: Base64,
}

/// `POST /v1/claim`: what was paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimRequest {
    /// The payment.
    pub transaction_id: Base64,
    /// Identities that may register; each once.
    pub node_ids: Vec<Base64>,
    /// How many rounds, from the open one on.
    pub rounds: u32,
    /// By the keys of the paying account over [`claim_bytes`].
    pub signatures: Vec<Base64>,
}

/// Certificates of a claim, in the order of its identities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimResponse {
    /// One for each identity.
    pub certificates: Vec<IssuedCertificate>,
}

/// A certificate and who it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuedCertificate {
    /// The identity.
    pub node_id: Base64,
    /// What is certified.
    pub certificate: Base64,
    /// Over `certificate`.
    pub signature: Base64,
    /// Last round it pays for.
    pub last_round: u32,
}

/// What a claim's signatures are over.
pub fn claim_bytes(
    genesis_id: &Hash20,
    certifier: &PublicKey,
    transaction: &TransactionId,
    rounds: u32,
    node_ids: &[NodeId],
) -> Vec<u8> {
    let mut bytes = CLAIM_DOMAIN.to_vec();
    bytes.extend(genesis_id.as_bytes());
    bytes.extend(certifier.as_bytes());
    bytes.extend(transaction.as_bytes());
    bytes.extend(rounds.to_be_bytes());
    for node_id in node_ids {
        bytes.extend(node_id.as_bytes());
    }
    bytes
}

/// What an offer's signature is over.
pub fn offer_bytes(offer: &str) -> Vec<u8> {
    [OFFER_DOMAIN, offer.as_bytes()].concat()
}
