//! Which certificates hold (07 §7.19, Trap 21).

use std::collections::BTreeSet;

use spacemesh_codec::encode;
use spacemesh_types::{
    LayerId,
    wire::{CERTIFY_ROUND, Certificate, CertifyMessage, HareEligibility},
};

use crate::hare::{SeatsCheck, SignatureCheck};

/// The signature of a certify message, in domain `HARE`: the same as that of hare messages.
pub fn certify_signature_check(message: &CertifyMessage) -> SignatureCheck {
    SignatureCheck {
        signer: message.smesher_id,
        message: encode(&message.content),
        signature: message.signature,
    }
}

/// The seats that a certify message claims, in a committee of the given size.
pub fn certify_seats_check(message: &CertifyMessage, committee: u16) -> SeatsCheck {
    SeatsCheck {
        layer: message.content.layer,
        round: CERTIFY_ROUND,
        committee,
        identity: message.smesher_id,
        eligibility: HareEligibility {
            proof: message.content.proof,
            count: message.content.eligibility_count,
        },
    }
}

/// A certificate with too few seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the certificate has {seats} seats that hold, {threshold} are needed; ask another peer")]
pub struct InvalidCertificate {
    /// Seats that hold.
    pub seats: u32,
    /// Seats needed.
    pub threshold: u16,
}

/// Checks a certificate for `layer`. `holds` tells whether signature and seats of a message are right; it is not asked for messages that
/// cannot count (of another block or layer, or of a smesher that counted already), nor after enough was found.
///
/// # Errors
///
/// Too few seats hold.
pub fn validate_certificate(
    certificate: &Certificate,
    layer: LayerId,
    threshold: u16,
    mut holds: impl FnMut(&CertifyMessage) -> bool,
) -> Result<(), InvalidCertificate> {
    let mut counted = BTreeSet::new();
    let mut seats = 0_u32;
    for message in &certificate.signatures {
        let content = &message.content;
        if content.layer == layer
            && content.block_id == certificate.block_id
            && !counted.contains(&message.smesher_id)
            && holds(message)
        {
            counted.insert(message.smesher_id);
            seats = seats.saturating_add(u32::from(content.eligibility_count));
            if seats >= u32::from(threshold) {
                return Ok(());
            }
        }
    }
    Err(InvalidCertificate { seats, threshold })
}
