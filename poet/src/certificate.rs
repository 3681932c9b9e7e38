//! Certificates: a certifier's word that an identity may register (04 §7.4). Pure.
//!
//! Keeps true: the reasons and their order are the reference's; a key of another length than 32 bytes cannot be expressed. A certifier's
//! key must sign nothing else, because certificates have no domain.

use spacemesh_codec::{BoundedBytes, decode_prefix, encode};
use spacemesh_crypto::{SigningKey, verify_plain};
use spacemesh_types::wire::PoetCertificate;
use spacemesh_types::{EdSignature, NodeId, PublicKey, Timestamp};

/// Bytes of a key hint: the first ones of the certifier's key.
pub const KEY_HINT_SIZE: usize = 4;

/// Most bytes of a certificate's data that are looked at. Honest ones have at most 43; trailing bytes are tolerated.
pub const DATA_SIZE_MAX: usize = 1024;

/// A certificate as it travels: encoded data and the signature over exactly those bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// [`PoetCertificate`], encoded.
    pub data: Vec<u8>,
    /// By the certifier over `data`, with neither prefix nor domain.
    pub signature: EdSignature,
}

/// Why a certificate is not accepted, in the order of the checks. The texts are the reference's, which clients may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// No key that could have signed it is trusted.
    #[error("no matching cert public keys")]
    NoKey,
    /// Several keys fit the hint and none accepts it.
    #[error("invalid certificate")]
    NoneAccepts,
    /// Not signed by the key.
    #[error("signature mismatch")]
    Signature,
    /// The data does not decode.
    #[error("decoding certificate failed")]
    Data,
    /// It is about another identity.
    #[error("pubkey mismatch")]
    OtherIdentity,
    /// It has run out.
    #[error("certificate expired")]
    Expired,
}

impl Certificate {
    /// Certifies `node_id` until `expiration` (Unix seconds), or for ever.
    pub fn issue(key: &SigningKey, node_id: &NodeId, expiration: Option<u64>) -> Self {
        let public_key =
            BoundedBytes::try_from(node_id.as_bytes().to_vec()).expect("an identity has 32 bytes");
        let data = encode(&PoetCertificate {
            public_key,
            expiration,
        });
        let signature = key.sign_plain(&[&data]);
        Self { data, signature }
    }

    /// Checks it as PoET services and nodes do, and says until when it holds.
    ///
    /// # Errors
    ///
    /// The first rule that is broken.
    pub fn verify(
        &self,
        certifier: &PublicKey,
        node_id: &NodeId,
        now: Timestamp,
    ) -> Result<Option<u64>, CertificateError> {
        if self.data.len() > DATA_SIZE_MAX
            || verify_plain(certifier, &[&self.data], &self.signature).is_err()
        {
            return Err(CertificateError::Signature);
        }
        let data = self.content()?;
        if data.public_key.as_ref() != node_id.as_bytes() {
            return Err(CertificateError::OtherIdentity);
        }
        if is_expired(data.expiration, now) {
            return Err(CertificateError::Expired);
        }
        Ok(data.expiration)
    }

    /// What it says, unchecked.
    ///
    /// # Errors
    ///
    /// The data does not decode. Bytes after the content are tolerated.
    pub fn content(&self) -> Result<PoetCertificate, CertificateError> {
        match decode_prefix::<PoetCertificate>(&self.data) {
            Ok((content, _)) => Ok(content),
            Err(_) => Err(CertificateError::Data),
        }
    }

    /// Checks it against the keys a service trusts (04 §7.4): without a hint only `configured`, with one all keys that begin so.
    ///
    /// # Errors
    ///
    /// No key fits, or none that fits accepts it.
    pub fn verify_by_trusted(
        &self,
        configured: Option<&PublicKey>,
        further: &[PublicKey],
        hint: Option<[u8; KEY_HINT_SIZE]>,
        node_id: &NodeId,
        now: Timestamp,
    ) -> Result<Option<u64>, CertificateError> {
        let Some(hint) = hint else {
            let key = configured.ok_or(CertificateError::NoKey)?;
            return self.verify(key, node_id, now);
        };
        let mut refused = CertificateError::NoKey;
        for key in configured.into_iter().chain(further) {
            if key.as_bytes().starts_with(&hint) {
                match self.verify(key, node_id, now) {
                    Ok(expiration) => return Ok(expiration),
                    Err(_) => refused = CertificateError::NoneAccepts,
                }
            }
        }
        Err(refused)
    }
}

/// Whether an expiration lies strictly before `now`, by whole seconds as the reference compares instants.
pub fn is_expired(expiration: Option<u64>, now: Timestamp) -> bool {
    expiration.is_some_and(|seconds| {
        let nanos = i128::from(seconds).saturating_mul(1_000_000_000);
        Timestamp::from_unix_nanos(nanos) < now
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    const NODE: NodeId = NodeId([7; 32]);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn each_rule_has_its_reason_and_they_come_in_order() {
        let key = SigningKey::from_seed(&[1; 32]);
        let other = SigningKey::from_seed(&[2; 32]);
        let certificate = Certificate::issue(&key, &NODE, Some(100));
        let check = |certificate: &Certificate, key: &SigningKey, node, now| {
            certificate.verify(&key.public_key(), node, now)
        };
        assert_eq!(check(&certificate, &key, &NODE, at(100)), Ok(Some(100)));
        assert_eq!(
            check(&certificate, &other, &NODE, at(101)),
            Err(CertificateError::Signature)
        );
        assert_eq!(
            check(&certificate, &key, &NodeId([8; 32]), at(101)),
            Err(CertificateError::OtherIdentity)
        );
        assert_eq!(
            check(
                &certificate,
                &key,
                &NODE,
                at(100).plus(std::time::Duration::from_nanos(1))
            ),
            Err(CertificateError::Expired)
        );
        let garbage = Certificate {
            data: vec![0xff; 9],
            signature: key.sign_plain(&[&[0xff; 9]]),
        };
        assert_eq!(
            check(&garbage, &key, &NODE, at(0)),
            Err(CertificateError::Data)
        );
    }

    #[test]
    fn bytes_after_the_content_are_tolerated() {
        let key = SigningKey::from_seed(&[1; 32]);
        let mut data = Certificate::issue(&key, &NODE, None).data;
        data.extend([1, 2, 3]);
        let certificate = Certificate {
            signature: key.sign_plain(&[&data]),
            data,
        };
        assert_eq!(
            certificate.verify(&key.public_key(), &NODE, at(0)),
            Ok(None)
        );
    }

    #[test]
    fn the_hint_chooses_among_all_trusted_keys_and_its_absence_only_the_configured_one() {
        let [configured, further, stranger] =
            [1, 2, 3].map(|seed| SigningKey::from_seed(&[seed; 32]));
        let keys = [further.public_key()];
        let hint = |key: &SigningKey| key.public_key().as_bytes()[..4].try_into().unwrap();
        let check = |signer: &SigningKey, hint, now| {
            Certificate::issue(signer, &NODE, Some(100)).verify_by_trusted(
                Some(&configured.public_key()),
                &keys,
                hint,
                &NODE,
                at(now),
            )
        };
        assert_eq!(check(&configured, None, 1), Ok(Some(100)));
        assert_eq!(check(&further, None, 1), Err(CertificateError::Signature));
        assert_eq!(check(&further, Some(hint(&further)), 1), Ok(Some(100)));
        assert_eq!(
            check(&configured, Some(hint(&configured)), 1),
            Ok(Some(100))
        );
        assert_eq!(
            check(&stranger, Some(hint(&stranger)), 1),
            Err(CertificateError::NoKey)
        );
        assert_eq!(
            check(&further, Some(hint(&further)), 101),
            Err(CertificateError::NoneAccepts)
        );
        let unconfigured = Certificate::issue(&further, &NODE, None).verify_by_trusted(
            None,
            &keys,
            None,
            &NODE,
            at(1),
        );
        assert_eq!(unconfigured, Err(CertificateError::NoKey));
    }
}
