//! Who may register: the checks of a submission that need no round (04 §7.2, steps 1 to 4). Pure.
//!
//! Keeps true: cheap checks come first; a certificate that was given is never ignored in favour of a proof of work where certificates
//! count; the signed prefix must be that of PoET registrations, so that a signature made for something else registers nothing (Trap 19).

use spacemesh_crypto::{Domain, SigningKey, verify_plain};
use spacemesh_types::{EdSignature, Hash20, NodeId, PublicKey, Timestamp};

use crate::api::{CertificateMessage, Code, Refusal, SubmitRequest};
use crate::certificate::{Certificate, CertificateError, KEY_HINT_SIZE};
use crate::pow::{AcceptedPow, PowParams};

/// Bytes of the prefix: genesis id and domain.
pub const PREFIX_SIZE: usize = Hash20::SIZE + 1;

/// Bytes that begin what a receipt's signature is over.
const RECEIPT_DOMAIN: &[u8] = b"spacemesh/poet-receipt/1";

/// Whose registrations a service takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The network. Without it every network's prefix is accepted, but nothing that is not a registration.
    pub genesis_id: Option<Hash20>,
    /// Whose certificates count; none where only proofs of work do.
    pub certification: Option<TrustedKeys>,
    /// Refuses proofs of work, for a service that wants certificates only (04 §12.3).
    pub certificates_only: bool,
}

/// Keys of certifiers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustedKeys {
    /// The announced one.
    pub configured: Option<PublicKey>,
    /// Others, chosen by the hint.
    pub further: Vec<PublicKey>,
}

/// A registration that may enter a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The identity.
    pub node_id: NodeId,
    /// The leaf.
    pub challenge: [u8; 32],
    /// Latest acceptable end of the round.
    pub deadline: Option<Timestamp>,
    /// The network, from the prefix.
    pub genesis_id: Hash20,
    /// How it was authorised.
    pub by: Authorisation,
}

/// How a registration was authorised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authorisation {
    /// By a certificate.
    Certificate,
    /// By a proof of work.
    Pow,
}

impl Policy {
    /// Checks a submission, steps 1 to 4.
    ///
    /// # Errors
    ///
    /// The first rule that is broken, with the reference's code and text where it has one.
    pub fn check(
        &self,
        request: &SubmitRequest,
        pow: &AcceptedPow,
        now: Timestamp,
    ) -> Result<Registration, Refusal> {
        let invalid = |message: &str| Refusal::new(Code::InvalidArgument, message);
        let node_id = NodeId(
            request
                .pubkey
                .array()
                .ok_or_else(|| invalid("invalid public key"))?,
        );
        let challenge = request
            .challenge
            .array::<32>()
            .ok_or_else(|| invalid("invalid challenge: 32 bytes are expected"))?;
        let genesis_id = self.prefix(&request.prefix.0).ok_or_else(|| {
            invalid("invalid prefix: the network's genesis id and the byte 04 are expected")
        })?;
        let signature = request
            .signature
            .array()
            .ok_or_else(|| invalid("invalid signature"))?;
        let signed = [request.prefix.0.as_slice(), &challenge];
        verify_plain(&node_id.0.into(), &signed, &EdSignature(signature))
            .map_err(|_| invalid("invalid signature"))?;
        let hint = match &request.certificate_pubkey_hint {
            None => None,
            Some(hint) => Some(hint.array::<KEY_HINT_SIZE>().ok_or_else(|| {
                invalid("invalid certificate public key hint: 4 bytes are expected")
            })?),
        };
        let by = self.authorise(request, &node_id, &challenge, hint, pow, now)?;
        Ok(Registration {
            node_id,
            challenge,
            deadline: request.deadline.filter(|deadline| !deadline.is_unset()),
            genesis_id,
            by,
        })
    }

    fn prefix(&self, prefix: &[u8]) -> Option<Hash20> {
        let prefix: &[u8; PREFIX_SIZE] = prefix.try_into().ok()?;
        let (genesis_id, domain) = prefix.split_first_chunk::<{ Hash20::SIZE }>()?;
        let genesis_id = Hash20(*genesis_id);
        let fits =
            domain == [Domain::Poet.byte()] && self.genesis_id.is_none_or(|own| own == genesis_id);
        fits.then_some(genesis_id)
    }

    fn authorise(
        &self,
        request: &SubmitRequest,
        node_id: &NodeId,
        challenge: &[u8; 32],
        hint: Option<[u8; KEY_HINT_SIZE]>,
        pow: &AcceptedPow,
        now: Timestamp,
    ) -> Result<Authorisation, Refusal> {
        if let (Some(message), Some(trusted)) = (&request.certificate, &self.certification) {
            let refuse = |reason: CertificateError| {
                Refusal::new(
                    Code::Unauthenticated,
                    format!("invalid certificate\n{reason}"),
                )
            };
            let certificate =
                certificate_of(message).ok_or_else(|| refuse(CertificateError::Signature))?;
            certificate
                .verify_by_trusted(
                    trusted.configured.as_ref(),
                    &trusted.further,
                    hint,
                    node_id,
                    now,
                )
                .map_err(refuse)?;
            return Ok(Authorisation::Certificate);
        }
        if self.certificates_only {
            return Err(Refusal::new(
                Code::PermissionDenied,
                "this service takes registrations with a certificate only",
            ));
        }
        let params: PowParams = request.pow_params.clone().unwrap_or_default().into();
        pow.verify(&params, node_id, challenge, request.nonce.0)
            .map_err(|error| Refusal::new(Code::InvalidArgument, error.to_string()))?;
        Ok(Authorisation::Pow)
    }
}

/// A certificate from its message; none if the signature has another length than 64 bytes.
pub fn certificate_of(message: &CertificateMessage) -> Option<Certificate> {
    Some(Certificate {
        data: message.data.0.clone(),
        signature: EdSignature(message.signature.array()?),
    })
}

/// The service's word that it took a registration (04 §12.4).
pub fn sign_receipt(
    key: &SigningKey,
    genesis_id: &Hash20,
    round_id: &str,
    node_id: &NodeId,
    challenge: &[u8; 32],
) -> EdSignature {
    key.sign_plain(&receipt_parts(genesis_id, round_id, node_id, challenge))
}

/// Whether a receipt is the word of `service`.
pub fn verify_receipt(
    service: &PublicKey,
    genesis_id: &Hash20,
    round_id: &str,
    node_id: &NodeId,
    challenge: &[u8; 32],
    receipt: &EdSignature,
) -> bool {
    verify_plain(
        service,
        &receipt_parts(genesis_id, round_id, node_id, challenge),
        receipt,
    )
    .is_ok()
}

fn receipt_parts<'a>(
    genesis_id: &'a Hash20,
    round_id: &'a str,
    node_id: &'a NodeId,
    challenge: &'a [u8; 32],
) -> [&'a [u8]; 5] {
    [
        RECEIPT_DOMAIN,
        genesis_id.as_bytes(),
        round_id.as_bytes(),
        node_id.as_bytes(),
        challenge,
    ]
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    const GENESIS: Hash20 = Hash20([3; 20]);

    fn pow() -> AcceptedPow {
        AcceptedPow {
            current: PowParams {
                challenge: vec![9; 32],
                difficulty: 0,
            },
            previous: None,
        }
    }

    fn submission(key: &SigningKey, domain: Domain) -> SubmitRequest {
        let challenge = [5; 32];
        let mut prefix = GENESIS.0.to_vec();
        prefix.push(domain.byte());
        SubmitRequest {
            pow_params: Some((&pow().current).into()),
            prefix: prefix.into(),
            challenge: challenge.into(),
            pubkey: key.node_id().into(),
            signature: key.sign(&GENESIS, domain, &challenge).into(),
            ..SubmitRequest::default()
        }
    }

    fn refused(policy: &Policy, request: &SubmitRequest) -> (u8, String) {
        let refusal = policy
            .check(request, &pow(), Timestamp::from_unix_seconds(100))
            .unwrap_err();
        (refusal.code.number(), refusal.message)
    }

    #[test]
    fn a_signature_made_for_another_purpose_or_network_registers_nothing() {
        let key = SigningKey::from_seed(&[1; 32]);
        let policy = Policy {
            genesis_id: Some(GENESIS),
            ..Policy::default()
        };
        assert!(
            policy
                .check(&submission(&key, Domain::Poet), &pow(), Timestamp::UNSET)
                .is_ok()
        );
        assert_eq!(refused(&policy, &submission(&key, Domain::Atx)).0, 3);
        let elsewhere = Policy {
            genesis_id: Some(Hash20([4; 20])),
            ..Policy::default()
        };
        assert_eq!(refused(&elsewhere, &submission(&key, Domain::Poet)).0, 3);
        assert!(
            Policy::default()
                .check(&submission(&key, Domain::Poet), &pow(), Timestamp::UNSET)
                .is_ok()
        );
        assert_eq!(
            refused(&Policy::default(), &submission(&key, Domain::Atx)).0,
            3
        );
    }

    #[test]
    fn malformed_fields_are_named() {
        let key = SigningKey::from_seed(&[1; 32]);
        let good = submission(&key, Domain::Poet);
        let check = |request: SubmitRequest| refused(&Policy::default(), &request).1;
        assert_eq!(
            check(SubmitRequest {
                pubkey: [1; 31].into(),
                ..good.clone()
            }),
            "invalid public key"
        );
        assert!(
            check(SubmitRequest {
                challenge: [5; 33].into(),
                ..good.clone()
            })
            .starts_with("invalid challenge")
        );
        assert_eq!(
            check(SubmitRequest {
                signature: [5; 64].into(),
                ..good.clone()
            }),
            "invalid signature"
        );
        assert_eq!(
            check(SubmitRequest {
                signature: [5; 63].into(),
                ..good.clone()
            }),
            "invalid signature"
        );
        assert!(
            check(SubmitRequest {
                certificate_pubkey_hint: Some([1; 3].into()),
                ..good.clone()
            })
            .contains("hint")
        );
        assert_eq!(
            check(SubmitRequest {
                pow_params: None,
                ..good
            }),
            "invalid proof of work parameters"
        );
    }

    #[test]
    fn a_bad_certificate_is_refused_although_the_proof_of_work_is_good() {
        let key = SigningKey::from_seed(&[1; 32]);
        let certifier = SigningKey::from_seed(&[2; 32]);
        let trusted = TrustedKeys {
            configured: Some(certifier.public_key()),
            further: Vec::new(),
        };
        let policy = Policy {
            certification: Some(trusted),
            ..Policy::default()
        };
        let with = |certificate: &Certificate| SubmitRequest {
            certificate: Some(certificate.into()),
            ..submission(&key, Domain::Poet)
        };
        let stranger = Certificate::issue(&key, &key.node_id(), None);
        assert_eq!(
            refused(&policy, &with(&stranger)),
            (16, "invalid certificate\nsignature mismatch".to_owned())
        );
        let expired = Certificate::issue(&certifier, &key.node_id(), Some(99));
        assert_eq!(
            refused(&policy, &with(&expired)),
            (16, "invalid certificate\ncertificate expired".to_owned())
        );
        let good = Certificate::issue(&certifier, &key.node_id(), Some(101));
        let taken = policy
            .check(&with(&good), &pow(), Timestamp::from_unix_seconds(100))
            .unwrap();
        assert_eq!(taken.by, Authorisation::Certificate);
        // Where no certificates count, one that was sent anyway does not stand in the way of a proof of work.
        let taken = Policy::default()
            .check(&with(&stranger), &pow(), Timestamp::UNSET)
            .unwrap();
        assert_eq!(taken.by, Authorisation::Pow);
    }

    #[test]
    fn a_service_for_certificates_only_refuses_work_finally() {
        let key = SigningKey::from_seed(&[1; 32]);
        let policy = Policy {
            certificates_only: true,
            ..Policy::default()
        };
        assert_eq!(refused(&policy, &submission(&key, Domain::Poet)).0, 7);
    }

    #[test]
    fn a_receipt_is_about_one_registration() {
        let key = SigningKey::from_seed(&[1; 32]);
        let node = NodeId([2; 32]);
        let receipt = sign_receipt(&key, &GENESIS, "7", &node, &[5; 32]);
        let holds = |round, challenge| {
            verify_receipt(
                &key.public_key(),
                &GENESIS,
                round,
                &node,
                challenge,
                &receipt,
            )
        };
        assert!(holds("7", &[5; 32]) && !holds("8", &[5; 32]) && !holds("7", &[6; 32]));
    }
}
