//! The certifier: a committee signs the block of a layer, so that nodes that were away can trust it (07 §7.18 to §7.20).
//!
//! Keeps true: a smesher counts once for a block; only messages that name the block and layer count; a layer with two certificates has
//! none; every table that peers fill has a cap.

mod collect; // from gossip to a certificate: 7.18; start here

mod certificate; // which certificates hold: 7.19
mod rows; // what the store says about a layer, and how it changes: 7.18 to 7.20

mod adopt; // certificates from peers: 7.19

#[cfg(test)]
mod tests;

pub use adopt::{Adoption, AdoptionInput, AdoptionStep, needs_certificate, within_adoption_window};
pub use certificate::{
    InvalidCertificate, certify_seats_check, certify_signature_check, validate_certificate,
};
pub use collect::{
    Admission, BLOCKS_PER_SMESHER_MAX, Certifier, CertifierConfig, CertifyDraft, Checks,
    Conclusion, IgnoreReason, MESSAGES_PER_BLOCK_MAX, RejectReason, UnverifiedCertify, Verdict,
};
pub use rows::{
    CertificateRow, CertificateSave, HareOutputSave, certificate_save, hare_output_save,
    layer_output, opinion_block, prune_before,
};
