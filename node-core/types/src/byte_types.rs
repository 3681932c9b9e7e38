//! One macro for every fixed-size byte type: raw on the wire, ordered byte by byte, with the text forms of 01 §4.1.

/// Declares a type of `$size` raw bytes.
///
/// `log: full` prints all bytes in hexadecimal, `log: short(n)` the first n. `json: hex` is `"0x…"`, `base64` is standard padded
/// base64, `numbers` an array of numbers (what the reference prints for a type without a text form).
macro_rules! byte_type {
    ($(#[$meta:meta])* $name:ident, $size:literal, log: $log:ident $(($shown:literal))?, json: $json:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, spacemesh_codec::Encode, spacemesh_codec::Decode)]
        pub struct $name(pub [u8; $size]);

        impl $name {
            /// Number of bytes.
            pub const SIZE: usize = $size;
            /// All bytes zero, which the protocol uses for "none".
            pub const ZERO: Self = Self([0; $size]);

            /// The bytes.
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }

            /// Whether all bytes are zero.
            pub fn is_zero(&self) -> bool {
                self.0.iter().all(|&byte| byte == 0)
            }

            /// All bytes in lower-case hexadecimal.
            pub fn to_hex(&self) -> String {
                hex::encode(self.0)
            }

            /// Reads exactly twice `SIZE` hexadecimal digits of any case, with or without `0x` before them.
            ///
            /// # Errors
            ///
            /// Another length or another character.
            pub fn from_hex(text: &str) -> Result<Self, $crate::TextError> {
                $crate::text::hex_array(text).map(Self)
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ZERO
            }
        }

        impl From<[u8; $size]> for $name {
            fn from(bytes: [u8; $size]) -> Self {
                Self(bytes)
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.to_hex())
            }
        }

        byte_type!(@log $name, $log $(($shown))?);
        byte_type!(@json $name, $size, $json);
    };

    (@log $name:ident, full) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.to_hex())
            }
        }
    };
    (@log $name:ident, short($shown:literal)) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&hex::encode(&self.0[..$shown]))
            }
        }
    };

    (@json $name:ident, $size:literal, hex) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&format!("0x{}", self.to_hex()))
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                $crate::text::prefixed_hex_array(&text).map(Self).map_err(serde::de::Error::custom)
            }
        }
    };
    (@json $name:ident, $size:literal, base64) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&$crate::text::to_base64(&self.0))
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                $crate::text::base64_array(&text).map(Self).map_err(serde::de::Error::custom)
            }
        }
    };
    (@json $name:ident, $size:literal, numbers) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let bytes = Vec::<u8>::deserialize(deserializer)?;
                let found = bytes.len();
                <[u8; $size]>::try_from(bytes)
                    .map(Self)
                    .map_err(|_| serde::de::Error::invalid_length(found, &concat!(stringify!($size), " bytes")))
            }
        }
    };
}
