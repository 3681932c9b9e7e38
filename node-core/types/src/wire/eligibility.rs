//! Inputs of the VRF (01 §3.6). The genesis id is in none of them.

use spacemesh_codec::{Decode, Encode, encode};

use crate::{Beacon, EligibilityType, EpochId, LayerId, RoundId, VrfNonce};

/// Round that stands for the certifier in the input of a hare proof.
pub const CERTIFY_ROUND: RoundId = RoundId((1 << 31) - 1);

/// Declares an input whose first field is its type.
macro_rules! vrf_input {
    ($(#[$meta:meta])* $name:ident, $kind:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
        pub struct $name {
            /// What the proof makes eligible for.
            pub kind: EligibilityType,
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl $name {
            /// The input, with its type.
            pub const fn new($($field: $type),*) -> Self {
                Self { kind: EligibilityType::$kind, $($field),* }
            }

            /// The bytes that are proved.
            pub fn alpha(&self) -> Vec<u8> {
                encode(self)
            }
        }
    };
}

vrf_input! {
    /// For proposing a beacon.
    BeaconVrfInput, BEACON {
        /// The VRF nonce of the identity.
        nonce: VrfNonce,
        /// Epoch in which the protocol runs.
        epoch: EpochId,
    }
}

vrf_input! {
    /// For a seat in a hare round or in the certifier's committee ([`CERTIFY_ROUND`]). The only input without a nonce.
    HareVrfInput, HARE {
        /// Randomness of the epoch.
        beacon: Beacon,
        /// The round, counted over all iterations.
        round: RoundId,
        /// The layer.
        layer: LayerId,
    }
}

vrf_input! {
    /// For a slot of a proposal and ballot.
    VotingVrfInput, VOTING {
        /// Randomness of the epoch.
        beacon: Beacon,
        /// The epoch.
        epoch: EpochId,
        /// The VRF nonce of the identity.
        nonce: VrfNonce,
        /// Number of the slot.
        counter: u32,
    }
}

vrf_input! {
    /// For a toss of the weak coin.
    WeakCoinVrfInput, BEACON_WEAK_COIN {
        /// The VRF nonce of the identity.
        nonce: VrfNonce,
        /// Epoch in which the protocol runs.
        epoch: EpochId,
        /// The round.
        round: RoundId,
        /// Number of the toss.
        unit: u32,
    }
}
