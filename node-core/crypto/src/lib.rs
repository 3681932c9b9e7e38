//! Signatures, VRF proofs and key files of the network (01 §3).
//!
//! Keeps true: a signature or proof is accepted here exactly when the reference accepts it, since one difference splits consensus;
//! signing is deterministic and takes no randomness; secrets are wiped when dropped and no `Debug` shows them.

mod domain; // what a signature is for
mod key; // secret keys: start here
mod key_file; // keys on disk, as text and as a folder
mod points; // canonical points, the rule shared by signatures and proofs
mod signature; // which signatures are accepted, 3.4
mod vrf; // proofs and which are accepted, 3.5
mod vrf_use; // what proof bytes decide, 3.5 and 3.7

pub use domain::{Domain, Prefix};
pub use key::{KeyError, SigningKey};
pub use key_file::{
    IDENTITY_EXTENSION, IDENTITY_FOLDER, Identities, IdentitiesError, Identity, KEY_FILE_SIZE,
    KeyFileError, SUPERVISED_KEY_FILE, Setup, load_identities, parse_key_file, write_key_file,
};
pub use signature::{SignatureRejection, verify, verify_plain};
pub use spacemesh_types::{EdSignature as Signature, NodeId, PublicKey, VrfSignature};
pub use vrf::{VrfRejection, verify_vrf};
pub use vrf_use::{
    FRACTION_BITS, VrfFraction, beacon_proposal, beacon_threshold_bytes, layer_in_epoch,
    vrf_fraction, weak_coin_bit, weak_coin_order,
};
