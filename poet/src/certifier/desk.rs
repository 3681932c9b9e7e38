//! The desk of a paid certifier (04 §12.1, §12.2): what it offers, and what a payment buys.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use spacemesh_crypto::{SigningKey, verify_plain};
use spacemesh_types::{
    Address, EdSignature, Hash20, Hrp, NodeId, PublicKey, Smidge, Timestamp, TransactionId,
};

use super::payments::{PaymentSource, PaymentState, SourceError};
use super::store::{Bought, CertifierStore, CertifierStoreError, Entitlement, NODES_MAX};
use crate::api::{
    ClaimRequest, ClaimResponse, IssuedCertificate, Offer, SignedOffer, Uint64, claim_bytes,
    offer_bytes,
};
use crate::certificate::Certificate;
use crate::schedule::{Round, Schedule};

/// Most signatures that are looked at: the largest multisignature account has ten keys.
const SIGNATURES_MAX: usize = 10;

/// What an operator asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tariff {
    /// The PoET service that trusts the certifier.
    pub poet: PublicKey,
    /// Where it is.
    pub poet_url: String,
    /// The network.
    pub genesis_id: Hash20,
    /// How its addresses begin.
    pub hrp: Hrp,
    /// When rounds are.
    pub schedule: Schedule,
    /// Who receives payments.
    pub address: Address,
    /// Price of one identity in one round.
    pub price: Smidge,
    /// How many layers above a payment's must be verified. Certificates cannot be taken back, so as many as a reorganisation can undo.
    pub confirmations: u32,
    /// Most rounds that can be paid in advance.
    pub rounds_max: u32,
    /// How long an offer holds.
    pub offer_ttl: Duration,
    /// How long after the start of the last paid round a certificate holds: for clocks that differ.
    pub margin: Duration,
}

/// Turns payments into certificates.
pub struct Desk {
    tariff: Tariff,
    key: SigningKey,
    store: CertifierStore,
    ledger: Arc<dyn PaymentSource>,
}

/// Why a claim gives no certificates.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimRefusal {
    /// The request.
    #[error("{0}")]
    Malformed(&'static str),
    /// The payment is missing, not settled, or too small. 402.
    #[error("{0}")]
    Unpaid(String),
    /// The claim is not by whoever paid. 403.
    #[error(
        "the claim needs {required} signatures by keys of the paying account over the claim; {valid} are valid"
    )]
    Unsigned {
        /// How many are needed.
        required: usize,
        /// How many hold.
        valid: usize,
    },
    /// The payment bought something else. 409.
    #[error("the payment was used for another claim; a payment counts once")]
    Used,
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] SourceError),
    /// The disk.
    #[error(transparent)]
    Store(#[from] CertifierStoreError),
}

impl Desk {
    /// A desk.
    pub fn new(
        tariff: Tariff,
        key: SigningKey,
        store: CertifierStore,
        ledger: Arc<dyn PaymentSource>,
    ) -> Self {
        Self {
            tariff,
            key,
            store,
            ledger,
        }
    }

    /// What a certificate costs, signed.
    pub fn offer(&self, now: Timestamp) -> SignedOffer {
        let tariff = &self.tariff;
        let open = tariff.schedule.open_round(now);
        let round_start = tariff.schedule.round_start(open);
        let offer = Offer {
            poet_pubkey: tariff.poet.into(),
            poet_url: tariff.poet_url.clone(),
            certifier_pubkey: self.key.public_key().into(),
            genesis_id: tariff.genesis_id.into(),
            address: tariff.address.to_bech32(&tariff.hrp),
            price: Uint64(tariff.price.0),
            open_round: open,
            round_start,
            confirmations: tariff.confirmations,
            expires: now.plus(tariff.offer_ttl).min(round_start),
        };
        let offer = serde_json::to_string(&offer).expect("an offer is text and numbers");
        let signature = self.key.sign_plain(&[&offer_bytes(&offer)]).into();
        SignedOffer { offer, signature }
    }

    /// Certificates for a payment. The same claim gives the same certificates again.
    ///
    /// # Errors
    ///
    /// The claim is malformed, unpaid, not by the payer, or the payment bought something else.
    pub fn claim(
        &self,
        request: &ClaimRequest,
        now: Timestamp,
    ) -> Result<ClaimResponse, ClaimRefusal> {
        let transaction = TransactionId(
            request
                .transaction_id
                .array()
                .ok_or(ClaimRefusal::Malformed("transactionId has not 32 bytes"))?,
        );
        let node_ids = node_ids(request)?;
        if request.rounds == 0 || request.rounds > self.tariff.rounds_max {
            return Err(ClaimRefusal::Malformed(
                "rounds is 0 or more than can be paid in advance",
            ));
        }
        let bought = match self.store.bought(&transaction)? {
            Some(bought) => bought,
            None => {
                self.check_payment(&transaction, request, &node_ids)?;
                let open = self.tariff.schedule.open_round(now);
                self.store
                    .use_payment(&transaction, &node_ids, request.rounds, open)?
            }
        };
        self.certificates(&bought, request.rounds, &node_ids)
    }

    /// The certificate of an identity that is paid for; none if nothing is due.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn certificate(
        &self,
        node_id: &NodeId,
        now: Timestamp,
    ) -> Result<Option<IssuedCertificate>, CertifierStoreError> {
        let open = self.tariff.schedule.open_round(now);
        let last = self.store.paid_until(node_id)?.filter(|&last| last >= open);
        Ok(last.map(|last_round| {
            self.issue(&Entitlement {
                node_id: *node_id,
                last_round,
            })
        }))
    }

    fn check_payment(
        &self,
        transaction: &TransactionId,
        request: &ClaimRequest,
        node_ids: &[NodeId],
    ) -> Result<(), ClaimRefusal> {
        let unpaid = |text: String| Err(ClaimRefusal::Unpaid(text));
        let Some(payment) = self.ledger.payment(transaction)? else {
            return unpaid(
                "the transaction is not known; claim again once it is in a block".to_owned(),
            );
        };
        let layer = match payment.state {
            PaymentState::Applied(layer) => layer,
            PaymentState::Pending => {
                return unpaid("the transaction is in no block yet; claim again later".to_owned());
            }
            PaymentState::Failed => {
                return unpaid("the transaction failed, so nothing was paid".to_owned());
            }
            PaymentState::Reverted => {
                return unpaid(
                    "the transaction's block was reverted; claim again once it is applied"
                        .to_owned(),
                );
            }
        };
        let verified = self.ledger.verified_layer()?;
        let needed = layer.0.saturating_add(self.tariff.confirmations);
        if verified.0 < needed {
            return unpaid(format!(
                "layer {needed} must be verified first; {} is",
                verified.0
            ));
        }
        if payment.destination != self.tariff.address {
            return unpaid("the transaction pays another address".to_owned());
        }
        let count = u128::try_from(node_ids.len()).unwrap_or(u128::MAX);
        let price = u128::from(self.tariff.price.0)
            .saturating_mul(count)
            .saturating_mul(request.rounds.into());
        if u128::from(payment.amount.0) < price {
            return unpaid(format!(
                "{price} smidge are asked for, {} were paid",
                payment.amount.0
            ));
        }
        let message = claim_bytes(
            &self.tariff.genesis_id,
            &self.key.public_key(),
            transaction,
            request.rounds,
            node_ids,
        );
        let signatures: Vec<EdSignature> = request
            .signatures
            .iter()
            .take(SIGNATURES_MAX)
            .filter_map(|signature| signature.array().map(EdSignature))
            .collect();
        let signed_by = |key: &&PublicKey| {
            signatures
                .iter()
                .any(|signature| verify_plain(key, &[&message], signature).is_ok())
        };
        let keys: BTreeSet<&PublicKey> = payment.payer_keys.iter().take(SIGNATURES_MAX).collect();
        let valid = keys.into_iter().filter(signed_by).count();
        let required = payment.signatures_required.max(1);
        if valid < required {
            return Err(ClaimRefusal::Unsigned { required, valid });
        }
        Ok(())
    }

    /// What `bought` is worth to this claim: the same claim as the one that used the payment.
    fn certificates(
        &self,
        bought: &Bought,
        rounds: u32,
        node_ids: &[NodeId],
    ) -> Result<ClaimResponse, ClaimRefusal> {
        let same = bought.rounds == rounds
            && bought
                .nodes
                .as_slice()
                .iter()
                .map(|node| &node.node_id)
                .eq(node_ids);
        if !same {
            return Err(ClaimRefusal::Used);
        }
        let certificates = bought
            .nodes
            .as_slice()
            .iter()
            .map(|node| self.issue(node))
            .collect();
        Ok(ClaimResponse { certificates })
    }

    fn issue(&self, entitlement: &Entitlement) -> IssuedCertificate {
        let expires = self.expiration(entitlement.last_round);
        let certificate = Certificate::issue(&self.key, &entitlement.node_id, Some(expires));
        IssuedCertificate {
            node_id: entitlement.node_id.into(),
            certificate: certificate.data.into(),
            signature: certificate.signature.into(),
            last_round: entitlement.last_round,
        }
    }

    /// Registration for a round ends at its start, and so does the use of a certificate, but for the margin.
    fn expiration(&self, last_round: Round) -> u64 {
        let end = self
            .tariff
            .schedule
            .round_start(last_round)
            .plus(self.tariff.margin);
        u64::try_from(end.unix_seconds()).unwrap_or(0)
    }
}

fn node_ids(request: &ClaimRequest) -> Result<Vec<NodeId>, ClaimRefusal> {
    if request.node_ids.is_empty() || request.node_ids.len() > NODES_MAX {
        return Err(ClaimRefusal::Malformed(
            "nodeIds names no identity, or more than 1024",
        ));
    }
    let ids: Option<Vec<NodeId>> = request
        .node_ids
        .iter()
        .map(|id| id.array().map(NodeId))
        .collect();
    let ids = ids.ok_or(ClaimRefusal::Malformed(
        "an identity in nodeIds has not 32 bytes",
    ))?;
    if ids.iter().collect::<BTreeSet<_>>().len() != ids.len() {
        return Err(ClaimRefusal::Malformed(
            "an identity is named twice in nodeIds",
        ));
    }
    Ok(ids)
}
