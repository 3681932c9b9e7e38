//! Layers and epochs (01 §4.2). Peers choose the layers they send, so nothing here wraps or panics: what leaves the range is `None`.

use std::{fmt, num::NonZeroU32};

use spacemesh_codec::{Decode, Encode};

macro_rules! number_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The first.
            pub const ZERO: Self = Self(0);
            /// The last that has a number.
            pub const MAX: Self = Self(u32::MAX);

            /// The number.
            pub const fn number(self) -> u32 {
                self.0
            }

            /// The one `count` later, unless there is none.
            pub const fn checked_add(self, count: u32) -> Option<Self> {
                match self.0.checked_add(count) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// The one `count` earlier, unless there is none.
            pub const fn checked_sub(self, count: u32) -> Option<Self> {
                match self.0.checked_sub(count) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// How much later this one is than `earlier`; none if it is not.
            pub const fn since(self, earlier: Self) -> Option<u32> {
                self.0.checked_sub(earlier.0)
            }
        }

        impl From<u32> for $name {
            fn from(number: u32) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_type! {
    /// A layer, the network's unit of time. Layer 0 is also the time before genesis.
    LayerId
}

number_type! {
    /// An epoch: [`LayersPerEpoch`] layers.
    EpochId
}

number_type! {
    /// A round of the beacon or of hare.
    RoundId
}

/// How many layers an epoch of a network has, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayersPerEpoch(NonZeroU32);

impl LayersPerEpoch {
    /// `None` for zero.
    pub const fn new(layers: u32) -> Option<Self> {
        match NonZeroU32::new(layers) {
            Some(layers) => Some(Self(layers)),
            None => None,
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for LayersPerEpoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl LayerId {
    /// The epoch that the layer belongs to.
    pub const fn epoch(self, layers_per_epoch: LayersPerEpoch) -> EpochId {
        EpochId(self.0 / layers_per_epoch.get())
    }

    /// How many layers of its epoch lie before this one.
    pub const fn ordinal_in_epoch(self, layers_per_epoch: LayersPerEpoch) -> u32 {
        self.0 % layers_per_epoch.get()
    }

    /// Whether the layer is the first of its epoch.
    pub const fn is_first_in_epoch(self, layers_per_epoch: LayersPerEpoch) -> bool {
        self.ordinal_in_epoch(layers_per_epoch) == 0
    }
}

impl EpochId {
    /// The epoch's first layer; none if it lies beyond the last layer that has a number.
    pub const fn first_layer(self, layers_per_epoch: LayersPerEpoch) -> Option<LayerId> {
        match self.0.checked_mul(layers_per_epoch.get()) {
            Some(layer) => Some(LayerId(layer)),
            None => None,
        }
    }

    /// The epoch in which an ATX published in this one gives eligibility (01 §6.2).
    pub const fn target(self) -> Option<Self> {
        self.checked_add(1)
    }
}
