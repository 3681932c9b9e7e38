//! Secret keys. One key signs messages and makes VRF proofs (01 §3.1).

use std::fmt;

use ed25519_dalek::{Signer, hazmat::ExpandedSecretKey};
use sha2::{Digest, Sha512};
use spacemesh_types::{EdSignature, NodeId, PublicKey, VrfSignature};
use zeroize::Zeroizing;

use crate::{Domain, Prefix, vrf};

/// An Ed25519 key pair. Wiped when dropped; `Debug` shows the public key only.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

/// Bytes that are no key pair.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The second half is not the public key of the first.
    #[error(
        "the public half of the key does not belong to its secret half; the key was damaged or put together wrongly"
    )]
    HalvesDiffer,
}

impl SigningKey {
    /// Bytes of a seed.
    pub const SEED_SIZE: usize = 32;
    /// Bytes of a key pair.
    pub const PAIR_SIZE: usize = 64;

    /// The key pair of an RFC 8032 seed.
    pub fn from_seed(seed: &[u8; Self::SEED_SIZE]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// A key pair as it is stored: seed, then public key, which must belong together.
    ///
    /// # Errors
    ///
    /// They do not.
    pub fn from_pair(pair: &[u8; Self::PAIR_SIZE]) -> Result<Self, KeyError> {
        let (seed, public) = pair
            .split_first_chunk::<{ Self::SEED_SIZE }>()
            .expect("the seed is shorter than the pair");
        let key = Self::from_seed(seed);
        if key.public_key().as_ref() == public {
            Ok(key)
        } else {
            Err(KeyError::HalvesDiffer)
        }
    }

    /// The seed.
    pub fn seed(&self) -> Zeroizing<[u8; Self::SEED_SIZE]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// Seed and public key, as the pair is stored.
    pub fn pair(&self) -> Zeroizing<[u8; Self::PAIR_SIZE]> {
        Zeroizing::new(self.0.to_keypair_bytes())
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// The public half as the id of a smesher.
    pub fn node_id(&self) -> NodeId {
        self.public_key().into()
    }

    /// Signs `message` for one network and one purpose.
    pub fn sign(&self, prefix: &Prefix, domain: Domain, message: &[u8]) -> EdSignature {
        self.sign_plain(&[prefix.as_bytes(), &[domain.byte()], message])
    }

    /// Signs the chunks one after the other and nothing else. Wallet transactions sign the genesis id and their bytes this way (02).
    pub fn sign_plain(&self, chunks: &[&[u8]]) -> EdSignature {
        EdSignature(self.0.sign(&chunks.concat()).to_bytes())
    }

    /// The VRF proof for the input `alpha` (01 §3.6): the same for the same key and input, always.
    pub fn prove_vrf(&self, alpha: &[u8]) -> VrfSignature {
        let digest = Zeroizing::new(<[u8; 64]>::from(Sha512::digest(self.seed().as_slice())));
        vrf::prove(
            &ExpandedSecretKey::from_bytes(&digest),
            &self.public_key(),
            alpha,
        )
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(of {})", self.public_key())
    }
}
