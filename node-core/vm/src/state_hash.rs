//! The state hash of a layer (02 §4.5): over the accounts that changed in it, and nothing else.
//!
//! Not cumulative, not exchanged, not part of consensus. A rule for later layers, over other records, belongs into [`state_hash`] by layer.

use spacemesh_codec::Encode;
use spacemesh_types::{Hash32, HashBuilder};

use crate::Account;

/// The hash of a layer in which no account changed: BLAKE3 of nothing.
pub const EMPTY_STATE_HASH: Hash32 = Hash32([
    0xaf, 0x13, 0x49, 0xb9, 0xf5, 0xf9, 0xa1, 0xa6, 0xa0, 0x40, 0x4d, 0xea, 0x36, 0xdc, 0xc9, 0x49,
    0x9b, 0xcb, 0x25, 0xc9, 0xad, 0xc1, 0x12, 0xb7, 0xcc, 0x9a, 0x93, 0xca, 0xe4, 0x1f, 0x32, 0x62,
]);

/// The hash over the changed accounts, each as it is after the layer, in the order of their first change.
pub fn state_hash(changed: &[Account]) -> Hash32 {
    let mut hash = HashBuilder::new();
    for account in changed {
        account.encode_to(&mut hash);
    }
    hash.finish()
}
